//! `print.html`: the whole variant as one page that needs no other file, to print, to mail, to carry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::prelude::{BASE64_STANDARD, Engine};
use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use minijinja::{Value, context};
use sha2::{Digest, Sha256};

use crate::plan::address::decode;
use crate::plan::{Plan, PlanPage};
use crate::render::address;
use crate::render::page::{Pages, Press};
use crate::syntax::{day, picture};
use crate::theme::{Fault, Theme};

/// The name of the theme's style sheet.
const STYLE: &str = "style.css";

/// The address of the page in its variant's folder.
pub const NAME: &str = "print.html";

/// The page. `parts` has the HTML of each page of the plan, by its number, as [`Bounds::gathered`] made it.
///
/// # Errors
/// When a template of the theme cannot be used.
pub fn whole(press: &Press, book: &Pages, plan: &Plan, parts: &[Arc<str>]) -> Result<String, Fault> {
    let part = |index: &usize| {
        let page = &plan.pages[*index];
        context! { id => id_of(page), title => &page.title, html => parts[*index].clone() }
    };
    let pages: Vec<Value> = book.order().iter().map(part).collect();
    let style = sheet(press.theme);
    let document = &plan.document;
    let (language, direction) = press.language(plan);
    let context = context! {
        site => press.site(),
        language => language,
        direction => direction,
        generator => crate::render::GENERATOR,
        style => &style,
        style_hash => hash_of_sheet(press.theme),
        title => &plan.title,
        edition => plan.edition.name(),
        version => &document.version,
        status => &document.status,
        classification => plan.values.at("document.classification").and_then(|node| node.value.as_text()),
        hash => plan.content_hash(),
        valid_until => document.next_review.map(|next| day::short(&next.to_string())),
        verify => press.verify_address(),
        pages => pages,
    };
    let bytes = style.len() + parts.iter().map(|part| part.len()).sum::<usize>();
    press.theme.render_around(bytes, "print.html", &context)
}

/// The style sheet that stands in the page.
fn sheet(theme: &Theme) -> String {
    theme.assets.get(STYLE).map_or(String::new(), |(_, bytes)| {
        // Nothing in a sheet may end the element it stands in.
        String::from_utf8_lossy(bytes).replace("</", "<\\/")
    })
}

/// Its hash, as a Content-Security-Policy names it.
pub fn hash_of_sheet(theme: &Theme) -> String {
    BASE64_STANDARD.encode(Sha256::digest(sheet(theme)))
}

/// What belongs to the page, and how the rest is reached from it.
pub struct Bounds<'p> {
    plan: &'p Plan,
    folder: String,
    own: String,
    /// The pages by their addresses
    pages: HashMap<String, &'p PlanPage>,
    /// Of what links and pictures can lead to
    hash: Sha256,
}

/// Parts of several variants: what is the same in them is gathered once.
#[derive(Default)]
pub struct Parts {
    known: Mutex<HashMap<[u8; 32], Arc<str>>>,
}

impl Parts {
    /// See [`Bounds::gathered`].
    pub fn gathered(
        &self,
        bounds: &Bounds,
        page: &PlanPage,
        address: &str,
        html: &str,
    ) -> Result<Arc<str>, Fault> {
        let mut hash = bounds.hash.clone();
        hash.update(&*page.path);
        hash.update([0]);
        hash.update(html);
        let key: [u8; 32] = hash.finalize().into();
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = known().get(&key) {
            return Ok(part.clone());
        }
        let part: Arc<str> = bounds.gathered(page, address, html)?.into();
        known().insert(key, part.clone());
        Ok(part)
    }
}

/// The id of a page's part. Ids of sections follow it after a colon, so that none is there twice.
fn id_of(page: &PlanPage) -> &str {
    page.path.trim_end_matches(".md")
}

impl<'p> Bounds<'p> {
    /// The bounds of a plan's page.
    pub fn new(press: &Press, book: &Pages, plan: &'p Plan) -> Bounds<'p> {
        let folder = press.folder(plan);
        let mut hash = Sha256::new();
        for page in &plan.pages {
            hash.update(&*page.path);
            hash.update([0]);
        }
        for (path, bytes) in &plan.files {
            hash.update(&**path);
            // Variants that have the same file share it.
            hash.update((Arc::as_ptr(bytes).addr() as u64).to_le_bytes());
        }
        Bounds {
            plan,
            own: format!("{folder}/{NAME}"),
            folder,
            hash,
            pages: plan.pages.iter().map(|page| (book.address(page), &**page)).collect(),
        }
    }

    /// The HTML of a page as a part of the whole: ids of its own, links that stay inside, pictures in it.
    ///
    /// # Errors
    /// When there is too much in it to be read.
    pub fn gathered(&self, page: &PlanPage, address: &str, html: &str) -> Result<String, Fault> {
        let id = id_of(page);
        let handlers = vec![
            element!("a.anchor, script, button", |element| {
                element.remove();
                Ok(())
            }),
            element!(WITH_IDS, |element| {
                prefix_ids(element, id);
                Ok(())
            }),
            // The whole has a heading of its own above those of its pages.
            element!("h1, h2, h3, h4, h5", |element| {
                let level = element.tag_name().as_bytes()[1] - b'0';
                Ok(element.set_tag_name(&format!("h{}", level + 1))?)
            }),
            element!("a[href]", |element| {
                if let Some(href) = element.get_attribute("href")
                    && let Some(href) = self.href(page, address, &href)
                {
                    element.set_attribute("href", &href)?;
                }
                Ok(())
            }),
            element!("img[src]", |element| {
                match element.get_attribute("src").and_then(|source| self.picture(address, &source)) {
                    Some(data) => element.set_attribute("src", &data)?,
                    None => element.remove_attribute("src"),
                }
                element.remove_attribute("loading");
                Ok(())
            }),
        ];
        let settings = handlers.into_iter().fold(RewriteStrSettings::new(), |settings, handler| {
            settings.append_element_content_handler(handler)
        });
        rewrite_str(html, settings).map_err(|error| format!("{}: {error}", page.path).into())
    }

    /// Where a link leads from the whole page; `None` where its address is good as it is.
    fn href(&self, page: &PlanPage, from: &str, href: &str) -> Option<String> {
        if let Some(fragment) = href.strip_prefix('#') {
            return Some(format!("#{}:{fragment}", encode_id(id_of(page))));
        }
        if has_scheme(href) {
            return None;
        }
        let (path, fragment) = match href.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (href, None),
        };
        let to = resolved(from, &path.replace("&amp;", "&"));
        Some(match self.pages.get(&to) {
            Some(page) => {
                let id = encode_id(id_of(page));
                fragment.map_or(format!("#{id}"), |fragment| format!("#{id}:{fragment}"))
            }
            None => address::relative(&self.own, &to),
        })
    }

    /// A picture of the variant as an address that holds it.
    fn picture(&self, from: &str, source: &str) -> Option<String> {
        if source.starts_with("data:") {
            return Some(source.to_string());
        }
        let to = resolved(from, source);
        let path = to.strip_prefix(self.folder.as_str())?.strip_prefix('/')?;
        let bytes = self.plan.files.get(path)?;
        let kind = picture::media_type(path)?;
        Some(format!("data:{kind};base64,{}", BASE64_STANDARD.encode(bytes)))
    }
}

/// The attributes that are ids or refer to some.
const ID_ATTRIBUTES: [&str; 6] =
    ["id", "for", "headers", "aria-labelledby", "aria-describedby", "aria-controls"];
const WITH_IDS: &str = "[id], [for], [headers], [aria-labelledby], [aria-describedby], [aria-controls]";

/// Gives an element's ids, and what refers to ids, the page's own.
fn prefix_ids(element: &mut Element, page: &str) {
    for attribute in ID_ATTRIBUTES {
        if let Some(value) = element.get_attribute(attribute) {
            let ids: Vec<String> = value.split_whitespace().map(|id| format!("{page}:{id}")).collect();
            // A name of these six is one an attribute may have.
            let _ = element.set_attribute(attribute, &ids.join(" "));
        }
    }
}

/// An id in an address: what has a meaning there is encoded.
fn encode_id(id: &str) -> String {
    let encode = |byte: u8| match byte {
        b if b.is_ascii_alphanumeric() || b"-._~!$'()*+,;=@:/".contains(&b) => (b as char).to_string(),
        b => format!("%{b:02X}"),
    };
    id.bytes().map(encode).collect()
}

fn has_scheme(href: &str) -> bool {
    let scheme = href.split([':', '/', '?', '#']).next().unwrap_or_default();
    href[scheme.len()..].starts_with(':')
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
}

/// A relative address, as seen from the site's root.
fn resolved(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    decode(&parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_address_is_seen_from_the_root() {
        assert_eq!(resolved("a/roles/ic.html", "../response.html"), "a/response.html");
        assert_eq!(resolved("a/index.html", "./b%20c.svg"), "a/b c.svg");
        assert_eq!(resolved("index.html", "../../x.html"), "x.html");
    }

    #[test]
    fn an_address_elsewhere_is_left_alone() {
        assert!(has_scheme("mailto:a@b.example"));
        assert!(has_scheme("https://b.example/"));
        assert!(!has_scheme("roles/ic.html#a:b"));
        assert!(!has_scheme("./a:b.html"));
    }
}
