//! The site: every page of every plan, as files.

pub mod address;
mod cards;
mod compress;
mod document;
mod due;
mod feed;
pub mod headers;
mod highlight;
mod html;
pub mod json;
mod language;
mod nav;
mod offline;
mod origin;
mod overview;
pub mod pack;
mod page;
mod picture;
mod record;
mod report;
pub mod search;
mod site;
mod verify;
mod whole;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::files::Output;
use crate::plan::Plan;
use crate::render::address::in_folder;
use crate::render::page::{Pages, Press};
use crate::render::whole::Bounds;
use crate::syntax::Audience;
use crate::theme::{Fault, Theme};

pub use compress::compress;

pub(crate) use crate::theme::escape_html;

/// What wrote a page.
pub const GENERATOR: &str = concat!("redbinder ", env!("CARGO_PKG_VERSION"));

/// A file of the site: its address from the root, and its bytes.
type Rendered = (String, Arc<[u8]>);

/// A file beside the site that pages link to: a printed copy of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// Its address from the site's root
    pub address: String,
    /// What it is called
    pub title: String,
}

/// Renders every plan, in its edition's folder. `printed` are the copies that are published beside it.
///
/// # Errors
/// When a template of the theme cannot be used, or two files have one address.
pub fn render(config: &Config, plans: &[Plan], theme: &Theme, printed: &[Printed]) -> Result<Output, Fault> {
    let mut files: Vec<Rendered> = Vec::new();
    let editions: BTreeSet<Audience> = plans.iter().map(|plan| plan.edition).collect();
    for edition in editions {
        let Some(folder) = config.editions.get(edition.name()) else { continue };
        let of_edition = in_order(plans.iter().filter(|plan| plan.edition == edition).collect());
        let press = Press {
            config,
            theme,
            edition,
            plans: &of_edition,
            edition_folder: &folder.value,
            packed: false,
            printed,
        };
        let mut of_edition = render_edition(&press)?;
        of_edition.extend(offline::workers(&press, &of_edition)?);
        files.extend(of_edition);
    }
    files.extend(site::sitemap(config, plans));
    files.extend(headers::files(config, plans, &whole::hash_of_sheet(theme)));
    together(files)
}

/// The files by their addresses.
fn together(files: Vec<Rendered>) -> Result<Output, Fault> {
    let mut output = Output::new();
    for (address, bytes) in files {
        if output.insert(address.clone(), bytes).is_some() {
            let reason = format!(
                "two files of the site have the address {address}; rename a page or an edition's folder"
            );
            return Err(reason.into());
        }
    }
    Ok(output)
}

/// A site with what its compressed files say in their place.
pub fn readable(site: &Output) -> Output {
    let read = |(address, bytes): (&String, &Arc<[u8]>)| {
        let index = address.ends_with(search::INDEX).then(|| search::read(std::str::from_utf8(bytes).ok()?));
        (address.clone(), index.flatten().map_or_else(|| bytes.clone(), self::bytes))
    };
    site.iter().map(read).collect()
}

fn render_edition(press: &Press) -> Result<Vec<Rendered>, Fault> {
    let books: Vec<(Pages, Bounds, &Plan)> = press
        .plans
        .iter()
        .map(|(plan, _)| {
            let pages = Pages::new(press, plan);
            let bounds = Bounds::new(press, &pages, plan);
            (pages, bounds, *plan)
        })
        .collect();
    let jobs: Vec<_> = books
        .iter()
        .flat_map(|(book, bounds, plan)| plan.pages.iter().enumerate().map(move |page| (book, bounds, page)))
        .collect();
    let mut parts = jobs
        .into_par_iter()
        .map(|(book, bounds, (index, page))| {
            let address = book.address(page);
            let sheets = book.render(index)?;
            let part = bounds.gathered(page, &address, &sheets.paper)?;
            Ok(((address, bytes(sheets.screen)), part))
        })
        .collect::<Result<Vec<_>, Fault>>()?
        .into_iter();
    let mut files = Vec::new();
    for (book, _, plan) in &books {
        let (screens, parts): (Vec<_>, Vec<_>) = parts.by_ref().take(plan.pages.len()).unzip();
        files.extend(screens);
        let address = format!("{}/{}", press.folder(plan), whole::NAME);
        files.push((address, bytes(whole::whole(press, book, plan, &parts)?)));
    }
    for (book, ..) in &books {
        files.extend(book.document()?.map(|html| (book.document_address().to_string(), bytes(html))));
        files.extend(book.search()?.map(|(address, html)| (address, bytes(html))));
    }
    for (plan, _) in press.plans {
        let folder = press.folder(plan);
        files.push((format!("{folder}/{}", cards::NAME), bytes(cards::script(plan))));
        files.extend(plan.files.iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes.clone())));
        files.push((format!("{folder}/plan.json"), bytes(format!("{:#}\n", json::plan(plan)))));
        files.extend(site::redirects(press, plan)?);
        files.push(offline::manifest(press, plan));
        if !press.packed {
            files.push((format!("{folder}/404.html"), bytes(site::not_found_in(press, plan)?)));
            files.extend(feed::feed(press, plan));
        }
    }
    files.par_extend(
        press.plans.par_iter().map(|(plan, _)| {
            (format!("{}/{}", press.folder(plan), search::INDEX), bytes(search::index(plan)))
        }),
    );
    // Each edition has all it needs: its folder can be published alone.
    let assets = press.theme.assets.values();
    files.extend(assets.map(|(address, bytes)| (in_folder(press.edition_folder, address), bytes.clone())));
    files.push((in_folder(press.edition_folder, "plan.schema.json"), json::SCHEMA.as_bytes().into()));
    if !press.packed {
        files.push((in_folder(press.edition_folder, "index.html"), bytes(site::door(press)?)));
        files.push((in_folder(press.edition_folder, "404.html"), bytes(site::not_found(press)?)));
    }
    files.push((in_folder(press.edition_folder, verify::ADDRESS), bytes(verify::verify(press)?)));
    Ok(files)
}

/// The plans as a tree: each after the one it extends, with how deep it is.
fn in_order(mut plans: Vec<&Plan>) -> Vec<(&Plan, usize)> {
    plans.sort_by_key(|plan| plan.lineage.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>());
    plans.into_iter().map(|plan| (plan, plan.lineage.len() - 1)).collect()
}

fn bytes(text: String) -> Arc<[u8]> {
    text.into_bytes().into()
}
