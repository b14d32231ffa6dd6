//! One file of a site by itself, for whoever looks at a few pages of a plan while they write it.

use crate::config::Config;
use crate::plan::Plan;
use crate::render::address::of_page;
use crate::render::page::Pages;
use crate::render::press::Press;
use crate::render::{cards, document, in_order, search, site};
use crate::syntax::Audience;
use crate::theme::{Fault, Theme};

/// The file of an address, the same bytes that [`render`](super::render()) makes of it; `None` where only the
/// whole site can tell what it is, or whether it is there.
///
/// # Errors
/// When a template of the theme cannot be used.
pub fn file(config: &Config, plans: &[Plan], theme: &Theme, address: &str) -> Result<Option<Vec<u8>>, Fault> {
    let Some((name, folder, rest)) = config.edition_at(address) else { return Ok(None) };
    let Some(edition) = Audience::parse(name) else { return Ok(None) };
    let of_edition = in_order(plans.iter().filter(|plan| plan.edition == edition).collect());
    if of_edition.is_empty() {
        return Ok(None);
    }
    if let Some((_, bytes)) = theme.assets.values().find(|(own, _)| own == rest) {
        return Ok(Some(bytes.to_vec()));
    }
    let press = Press::new(config, theme, edition, &of_edition, folder);
    if rest == "index.html" {
        return site::door(&press).map(|html| Some(html.into_bytes()));
    }
    let Some((name, path)) = rest.split_once('/') else { return Ok(None) };
    let Some((plan, _)) = of_edition.iter().find(|(plan, _)| &*plan.name == name) else { return Ok(None) };
    let book = || Pages::new(&press, plan);
    let text = match path {
        search::INDEX => Some(search::index(plan, &press.search)),
        search::PAGE => book().search()?.map(|(_, html)| html),
        cards::NAME => Some(cards::script(plan)),
        _ if path == document::address(plan) => book().document()?,
        _ => match plan.pages.iter().position(|page| of_page(&page.path) == path) {
            Some(page) => Some(book().screen(page)?),
            None => return Ok(plan.files.get(path).map(|bytes| bytes.to_vec())),
        },
    };
    Ok(text.map(String::into_bytes))
}
