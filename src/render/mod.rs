//! The site: every page of every plan, as files.

pub mod address;
mod cards;
mod compress;
mod document;
mod due;
mod feed;
pub mod headers;
pub mod highlight;
mod html;
pub mod json;
mod language;
mod nav;
mod offline;
mod one;
mod origin;
mod overview;
pub mod pack;
mod page;
mod picture;
mod press;
mod record;
mod report;
pub mod search;
mod sentences;
mod shared;
mod site;
mod switcher;
mod verify;
mod whole;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::config::Config;
use crate::files::Output;
use crate::plan::{Plan, PlanPage};
use crate::render::address::in_folder;
use crate::render::page::Pages;
use crate::render::press::Press;
use crate::render::whole::Bounds;
use crate::syntax::{Audience, fields};
use crate::theme::{Fault, Theme};

pub use compress::{compressed, may_be_compressed};
pub use one::file;
pub use sentences::sentences;

pub(crate) use crate::theme::escape_html;

/// What wrote a page.
pub const GENERATOR: &str = concat!("redbinder ", env!("CARGO_PKG_VERSION"));

/// A file of the site: its address from the root, and its bytes.
type Rendered = (String, Arc<[u8]>);

/// Takes the files of a site as they are made, from several threads and in any order.
pub trait Sink: Sync {
    /// Takes a file by its address from the site's root.
    ///
    /// # Errors
    /// When there is one of this address, or it cannot be kept.
    fn put(&self, address: &str, bytes: &[u8]) -> Result<(), Fault>;

    /// Takes a large file, which `write` writes piece by piece.
    ///
    /// # Errors
    /// As [`Sink::put`], and those of `write`.
    fn put_pieces(&self, address: &str, write: WritePieces) -> Result<(), Fault> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        self.put(address, &bytes)
    }
}

/// Writes a file once, piece by piece.
pub type WritePieces<'w> = &'w mut dyn FnMut(&mut dyn io::Write) -> Result<(), Fault>;

/// A site in memory.
impl Sink for Mutex<Output> {
    fn put(&self, address: &str, bytes: &[u8]) -> Result<(), Fault> {
        let bytes: Arc<[u8]> = bytes.into();
        match self.lock().unwrap_or_else(PoisonError::into_inner).insert(address.into(), bytes) {
            None => Ok(()),
            Some(_) => Err(Fault::from(format!(
                "two files of the site have the address {address}; rename a page or an edition's folder"
            ))),
        }
    }
}

/// The files of one edition: each goes on as it is made. Where they are kept for reading without a network,
/// addresses and hashes are remembered.
struct Made<'s> {
    sink: &'s dyn Sink,
    is_kept: bool,
    hashes: Mutex<Vec<(String, String)>>,
}

impl Made<'_> {
    fn put(&self, address: impl Into<String>, bytes: impl AsRef<[u8]>) -> Result<(), Fault> {
        let (address, bytes) = (address.into(), bytes.as_ref());
        self.sink.put(&address, bytes)?;
        if self.is_kept {
            self.keep(address, offline::hash(bytes));
        }
        Ok(())
    }

    fn put_pieces(&self, address: String, write: WritePieces) -> Result<(), Fault> {
        if !self.is_kept {
            return self.sink.put_pieces(&address, write);
        }
        let mut hash = None;
        self.sink.put_pieces(&address, &mut |out| {
            let mut hashing = offline::Hashing::new(out);
            write(&mut hashing)?;
            hash = Some(hashing.finish());
            Ok(())
        })?;
        hash.into_iter().for_each(|hash| self.keep(address.clone(), hash));
        Ok(())
    }

    fn keep(&self, address: String, hash: String) {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner).push((address, hash));
    }
}

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
/// When a template of the theme cannot be used, or the sink does not take a file.
pub fn render(
    config: &Config,
    plans: &[Plan],
    theme: &Theme,
    printed: &[Printed],
    sink: &dyn Sink,
) -> Result<(), Fault> {
    let editions: BTreeSet<Audience> = plans.iter().map(|plan| plan.edition).collect();
    for edition in editions {
        let Some(folder) = config.editions.get(edition.name()) else { continue };
        let of_edition = in_order(plans.iter().filter(|plan| plan.edition == edition).collect());
        let press = Press::new(config, theme, edition, &of_edition, &folder.value);
        render_edition(&Press { printed, ..press }, sink)?;
    }
    let others = site::sitemap(config, plans).into_iter();
    others
        .chain(headers::files(config, plans, &whole::Sheet::of(theme).hash))
        .try_for_each(|(address, bytes)| sink.put(&address, &bytes))
}

/// What a site says whatever its plans say: what it is called and where it is, the words of the built-in theme and
/// those of the files for servers, the names that its data has for everything, and the sentences of pages.
pub fn own_words(config: &Config, theme: &Theme) -> String {
    let files = headers::files(config, &[], "");
    let files =
        files.iter().flat_map(|(address, bytes)| [Cow::from(address), String::from_utf8_lossy(bytes)]);
    let site = [Some(&config.title), config.base_url.as_ref(), config.edit_url.as_ref()];
    let site = site.into_iter().flatten().map(Cow::from);
    let names = fields::names().into_iter().map(Cow::from);
    let sentences = record::HOLDERS.into_iter().chain(nav::DOORS.map(|(_, title)| title));
    let sentences = sentences
        .chain(offline::MANIFEST_KEYS)
        .chain([due::SEND_REPORT, due::ACT_ALONE])
        .chain(offline::SIZES)
        .map(Cow::from);
    let words =
        [Cow::from(&theme.text), json::SCHEMA.into()].into_iter().chain(files).chain(site).chain(names);
    words.chain(sentences).collect::<Vec<_>>().join("\n")
}

/// What a file of a site says, also where it is compressed: each line of an index as one.
pub fn readable<'b>(address: &str, bytes: &'b [u8]) -> Cow<'b, [u8]> {
    let index = address.ends_with(search::INDEX).then(|| search::read(std::str::from_utf8(bytes).ok()?));
    index.flatten().map_or(Cow::Borrowed(bytes), |text| Cow::Owned(text.replace("\\n", "\n").into_bytes()))
}

fn render_edition(press: &Press, sink: &dyn Sink) -> Result<(), Fault> {
    let made = Made { sink, is_kept: press.config.offline, hashes: Mutex::default() };
    press.plans.par_iter().try_for_each(|(plan, _)| render_plan(press, plan, &made))?;
    // Each edition has all it needs: its folder can be published alone.
    for (address, bytes) in press.theme.assets.values() {
        made.put(in_folder(press.edition_folder, address), bytes)?;
    }
    made.put(in_folder(press.edition_folder, "plan.schema.json"), json::SCHEMA)?;
    if !press.packed {
        made.put(in_folder(press.edition_folder, "index.html"), site::door(press)?)?;
        made.put(in_folder(press.edition_folder, "404.html"), site::not_found(press)?)?;
    }
    made.put(in_folder(press.edition_folder, verify::ADDRESS), verify::verify(press)?)?;
    if !press.packed {
        let hashes = made.hashes.into_inner().unwrap_or_else(PoisonError::into_inner);
        offline::workers(press, &hashes, sink)?;
    }
    Ok(())
}

/// The files of one plan.
fn render_plan(press: &Press, plan: &Plan, made: &Made) -> Result<(), Fault> {
    let book = Pages::new(press, plan);
    let bounds = Bounds::new(press, &book, plan);
    let folder = press.folder(plan);
    let page = |(index, page): (usize, &Arc<PlanPage>)| {
        let address = book.address(page);
        let sheets = book.render(index)?;
        let part = bounds.gathered(page, &address, &sheets)?;
        made.put(address, sheets.screen).map(|()| part)
    };
    // Large files take a core by themselves, so they are made beside others.
    let index = || made.put(format!("{folder}/{}", search::INDEX), search::index(plan, &press.search));
    let whole = || {
        let pages = plan.pages.par_iter().enumerate().map(page).collect::<Result<Vec<_>, Fault>>()?;
        let write = &mut |out: &mut dyn io::Write| whole::whole(press, &book, plan, &pages, out);
        made.put_pieces(format!("{folder}/{}", whole::NAME), write)
    };
    let others = || render_others(press, plan, &book, made);
    let (index, (whole, others)) = rayon::join(index, || rayon::join(whole, others));
    index.and(whole).and(others)
}

/// The files of a plan that are neither pages nor made of all of them.
fn render_others(press: &Press, plan: &Plan, book: &Pages, made: &Made) -> Result<(), Fault> {
    let folder = press.folder(plan);
    if let Some(html) = book.document()? {
        made.put(book.document_address(), html)?;
    }
    if let Some((address, html)) = book.search()? {
        made.put(address, html)?;
    }
    made.put(format!("{folder}/{}", cards::NAME), cards::script(plan))?;
    for (path, bytes) in &plan.files {
        made.put(format!("{folder}/{path}"), bytes)?;
    }
    made.put(format!("{folder}/plan.json"), format!("{:#}\n", json::plan(plan)))?;
    let mut others = site::redirects(press, plan)?;
    others.push(offline::manifest(press, plan));
    if !press.packed {
        made.put(format!("{folder}/404.html"), site::not_found_in(press, plan, book.near())?)?;
        others.extend(feed::feed(press, plan));
    }
    others.into_iter().try_for_each(|(address, bytes)| made.put(address, bytes))
}

/// The plans as a tree: each after the one it extends, with how deep it is.
fn in_order(mut plans: Vec<&Plan>) -> Vec<(&Plan, usize)> {
    plans.sort_by(|one, other| {
        let names = one.lineage.iter().map(|layer| &layer.name);
        names.cmp(other.lineage.iter().map(|layer| &layer.name))
    });
    plans.into_iter().map(|plan| (plan, plan.lineage.len() - 1)).collect()
}

fn bytes(text: String) -> Arc<[u8]> {
    text.into_bytes().into()
}
