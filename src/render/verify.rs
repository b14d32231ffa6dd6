//! `verify/`: the current hashes, so that anybody can tell whether a printed copy is stale.

use minijinja::{Value, context};

use crate::render::address;
use crate::render::press::Press;
use crate::render::{GENERATOR, address::in_folder, whole};
use crate::syntax::day;
use crate::theme::Fault;

/// The page's address in its edition's folder.
pub const ADDRESS: &str = "verify/index.html";

/// The page.
///
/// # Errors
/// When a template of the theme cannot be used.
pub fn verify(press: &Press) -> Result<String, Fault> {
    let own = in_folder(press.edition_folder, ADDRESS);
    let variants: Vec<Value> = press
        .plans
        .iter()
        .map(|(plan, _)| {
            let folder = press.folder(plan);
            let copies =
                press.printed.iter().filter(|copy| copy.address.starts_with(&format!("{folder}/print/")));
            let copies: Vec<Value> = copies
                .map(|copy| context! { title => &copy.title, href => address::relative(&own, &copy.address) })
                .collect();
            context! {
                title => &plan.title,
                home => address::relative(&own, &format!("{folder}/index.html")),
                whole => address::relative(&own, &format!("{folder}/{}", whole::NAME)),
                hash => plan.content_hash(),
                version => &plan.document.version,
                valid_until => plan.document.next_review.map(|date| day::short(&date.to_string())),
                copies => copies,
            }
        })
        .collect();
    let context = context! {
        site => press.site(),
        generator => GENERATOR,
        asset => press.assets(&own),
        root => press.root(&own),
        door => address::relative(&own, &in_folder(press.edition_folder, "index.html")),
        copies => variants,
    };
    press.theme.render("verify.html", &context)
}
