//! `print.html`: the whole variant as one page that needs no other file, to print, to mail, to carry.

mod bodies;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use lol_html::html_content::Element;
use lol_html::{HandlerResult, RewriteStrSettings, element, rewrite_str};
use minijinja::{Value, context};
use sha2::{Digest, Sha256};

use crate::plan::{Plan, PlanPage};
use crate::render::address;
use crate::render::html::{Body, Tie};
use crate::render::page::{Pages, Sheets};
use crate::render::press::Press;
use crate::render::whole::bodies::Gathered;
use crate::syntax::target::decode;
use crate::syntax::{day, picture};
use crate::theme::{Fault, Theme};

pub use bodies::Bodies;

/// The name of the theme's style sheet.
const STYLE: &str = "style.css";

/// The address of the page in its variant's folder.
pub const NAME: &str = "print.html";

/// What stands for the body of a page while the rest of it is read: a word no author writes.
const BODY: &str = "\u{F8FF}redbinder-body\u{F8FF}";
/// By how many of its bytes a body is looked for.
const STARTS_WITH: usize = 64;
/// The lowest level a heading can have.
const LOWEST: u8 = 6;

/// The HTML of a page as a part of the whole.
pub struct Part {
    html: Value,
    length: usize,
}

/// Writes the page. `parts` are those of all pages of the plan, by their numbers.
///
/// # Errors
/// When a template of the theme cannot be used, or `out` does not take what is written.
pub fn whole(
    press: &Press,
    book: &Pages,
    plan: &Plan,
    parts: &[Part],
    out: &mut dyn io::Write,
) -> Result<(), Fault> {
    let part = |index: &usize| {
        let page = &plan.pages[*index];
        context! { id => id_of(page), title => &page.title, html => &parts[*index].html }
    };
    let pages: Vec<Value> = book.order().iter().map(part).collect();
    let style = press.sheet.get_or_init(|| Sheet::of(press.theme));
    let document = &plan.document;
    let (language, direction) = press.language(plan);
    let context = context! {
        site => press.site(),
        language => language,
        direction => direction,
        generator => crate::render::GENERATOR,
        style => &style.text,
        style_hash => &style.hash,
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
    let bytes = style.text.len() + parts.iter().map(|part| part.length).sum::<usize>();
    press.theme.render_around(bytes, "print.html", &context, out)
}

/// The style sheet that stands in the page.
pub struct Sheet {
    text: String,
    /// As a Content-Security-Policy names it
    pub hash: String,
}

impl Sheet {
    /// That of a theme.
    pub fn of(theme: &Theme) -> Sheet {
        let text = theme.assets.get(STYLE).map_or(String::new(), |(_, bytes)| {
            // Nothing in a sheet may end the element it stands in.
            String::from_utf8_lossy(bytes).replace("</", "<\\/")
        });
        Sheet { hash: BASE64_STANDARD.encode(Sha256::digest(&text)), text }
    }
}

/// What belongs to the page, and how the rest is reached from it.
pub struct Bounds<'p> {
    plan: &'p Plan,
    folder: String,
    own: String,
    /// The ids of pages by their addresses, as they are written in one
    ids: HashMap<String, String>,
    /// What other variants have too; none where there is no other
    bodies: Option<&'p Bodies>,
}

/// What a link leads to.
enum Target<'l> {
    /// A place of its own page
    Here(&'l str),
    /// A page of the plan, by its address and id, and a place in it
    Page(String, &'l str, Option<&'l str>),
    /// Another file of the site, by its address
    File(String),
    /// What is not a part of the site
    Elsewhere,
}

/// The id of a page's part. Ids of sections follow it after a colon, so that none is there twice.
fn id_of(page: &PlanPage) -> &str {
    page.path.trim_end_matches(".md")
}

impl<'p> Bounds<'p> {
    /// The bounds of a plan's page.
    pub fn new(press: &'p Press, book: &Pages, plan: &'p Plan) -> Bounds<'p> {
        let folder = press.folder(plan);
        Bounds {
            plan,
            own: format!("{folder}/{NAME}"),
            folder,
            ids: plan.pages.iter().map(|page| (book.address(page), address::encoded(id_of(page)))).collect(),
            bodies: (press.plans.len() > 1).then_some(&press.whole_bodies),
        }
    }

    /// A page as a part of the whole: ids of its own, links that stay inside, pictures in it.
    ///
    /// # Errors
    /// When there is too much in it to be read.
    pub fn gathered(&self, page: &PlanPage, address: &str, sheets: &Sheets) -> Result<Part, Fault> {
        let html = match self.spliced(page, address, sheets)? {
            Some(html) => html,
            None => self.rewritten(page, address, &sheets.paper)?,
        };
        Ok(Part { length: html.len(), html: Value::from_safe_string(html) })
    }

    /// A page whose body is not read again, since it is known what ties it to its place; `None` where the body
    /// is not in it as it was written, because a theme does something with it.
    fn spliced(&self, page: &PlanPage, address: &str, sheets: &Sheets) -> Result<Option<String>, Fault> {
        let Sheets { paper, body, .. } = sheets;
        let Some(at) = place_of(body.html(), paper) else { return Ok(None) };
        let frame = [&paper[..at], BODY, &paper[at + body.html().len()..]].concat();
        let frame = self.rewritten(page, address, &frame)?;
        let mut parts = frame.split(BODY);
        let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
            return Ok(None);
        };
        let body = self.body(page, address, body)?;
        Ok(Some([before, &body.html, after].concat()))
    }

    /// The body of a page, or what was made of it for another variant.
    fn body(&self, page: &PlanPage, address: &str, body: &Arc<Body>) -> Result<Arc<Gathered>, Fault> {
        // One that nobody else keeps is this variant's own.
        let bodies = self.bodies.filter(|_| Arc::strong_count(body) > 1);
        let has_page = |to: &str| self.ids.contains_key(&format!("{}/{to}", self.folder));
        if let Some(known) = bodies.and_then(|bodies| bodies.get(body, has_page)) {
            return Ok(known);
        }
        let gathered = Arc::new(self.gather(page, address, body)?);
        bodies.iter().for_each(|bodies| bodies.keep(body, &gathered));
        Ok(gathered)
    }

    /// The body of a page, which knows what ties it to its place.
    fn gather(&self, page: &PlanPage, address: &str, body: &Body) -> Result<Gathered, Fault> {
        let mut html = String::with_capacity(body.html().len() + body.html().len() / 8);
        let mut leads_to = Some(Vec::new());
        let mut from = 0;
        for (range, tie) in &body.ties {
            html.push_str(&body.html()[from..range.start]);
            from = range.end;
            let text = &body.html()[range.clone()];
            match tie {
                Tie::Id => html.push_str(&own_ids(page, text).replace('"', "&quot;")),
                Tie::Link => {
                    let target = self.target(address, text);
                    match self.href(page, &target) {
                        Some(href) => html.push_str(&href.replace('"', "&quot;")),
                        None => html.push_str(text),
                    }
                    match target {
                        Target::Page(to, ..) => {
                            let to = to.strip_prefix(&self.folder).and_then(|to| to.strip_prefix('/'));
                            leads_to.iter_mut().for_each(|known| known.extend(to.map(str::to_string)));
                        }
                        // It may be a page of another variant.
                        Target::File(_) => leads_to = None,
                        Target::Here(_) | Target::Elsewhere => {}
                    }
                }
                Tie::Level => match lower(text) {
                    Some(level) => html.push_str(&level.to_string()),
                    None => html.push_str(text),
                },
                Tie::Anchor => {}
                Tie::Markup => {
                    html.push_str(&self.rewritten(page, address, text)?);
                    leads_to = None;
                }
            }
        }
        html.push_str(&body.html()[from..]);
        Ok(Gathered { html, leads_to })
    }

    /// Any HTML of a page as it is in the whole.
    fn rewritten(&self, page: &PlanPage, address: &str, html: &str) -> Result<String, Fault> {
        // One handler that takes every element: selectors are compiled anew for each text.
        let handler = element!("*", |element: &mut Element| self.rewrite(page, address, element));
        let settings = RewriteStrSettings::new().append_element_content_handler(handler);
        rewrite_str(html, settings).map_err(|error| format!("{}: {error}", page.path).into())
    }

    fn rewrite(&self, page: &PlanPage, address: &str, element: &mut Element) -> HandlerResult {
        let named = if element.attributes().is_empty() { &[][..] } else { &ID_ATTRIBUTES[..] };
        for attribute in named {
            if let Some(value) = element.get_attribute(attribute) {
                element.set_attribute(attribute, &own_ids(page, &value))?;
            }
        }
        match element.tag_name().as_str() {
            "script" | "button" => element.remove(),
            "a" if has_class(element, "anchor") => element.remove(),
            "a" => {
                let href = element.get_attribute("href");
                let href = href.and_then(|href| self.href(page, &self.target(address, &href)));
                if let Some(href) = href {
                    element.set_attribute("href", &href)?;
                }
            }
            "img" => {
                if let Some(source) = element.get_attribute("src") {
                    match self.picture(address, &source) {
                        Some(data) => element.set_attribute("src", &data)?,
                        None => element.remove_attribute("src"),
                    }
                    element.remove_attribute("loading");
                }
            }
            name => {
                if let Some(level) = name.strip_prefix('h').and_then(lower) {
                    element.set_tag_name(&format!("h{level}"))?;
                }
            }
        }
        Ok(())
    }

    /// Where a link leads from the whole page; `None` where its address is good as it is.
    fn href(&self, page: &PlanPage, target: &Target) -> Option<String> {
        match target {
            Target::Here(fragment) => Some(format!("#{}:{fragment}", address::encoded(id_of(page)))),
            Target::Page(_, id, None) => Some(format!("#{id}")),
            Target::Page(_, id, Some(fragment)) => Some(format!("#{id}:{fragment}")),
            Target::File(to) => Some(address::relative(&self.own, to)),
            Target::Elsewhere => None,
        }
    }

    /// What a link of a page leads to. `from` is the address of the page.
    fn target<'l>(&'l self, from: &str, href: &'l str) -> Target<'l> {
        if let Some(fragment) = href.strip_prefix('#') {
            return Target::Here(fragment);
        }
        if has_scheme(href) {
            return Target::Elsewhere;
        }
        let (path, fragment) = match href.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (href, None),
        };
        let to = resolved(from, &path.replace("&amp;", "&"));
        match self.ids.get(&to) {
            Some(id) => Target::Page(to, id, fragment),
            None => Target::File(to),
        }
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

/// Ids, and what refers to ids, as the page's own.
fn own_ids(page: &PlanPage, ids: &str) -> String {
    let page = id_of(page);
    ids.split_whitespace().map(|id| format!("{page}:{id}")).collect::<Vec<_>>().join(" ")
}

fn has_class(element: &Element, class: &str) -> bool {
    element.get_attribute("class").is_some_and(|all| all.split_ascii_whitespace().any(|it| it == class))
}

/// The level of a heading in the whole, which has one of its own above those of its pages; `None` for what
/// is no level, or the lowest.
fn lower(level: &str) -> Option<u8> {
    level.parse().ok().filter(|level| (1..LOWEST).contains(level)).map(|level: u8| level + 1)
}

/// Where a body stands in a text.
fn place_of(body: &str, text: &str) -> Option<usize> {
    // A long text is looked for by its start, since to prepare for all of it takes longer.
    let start = &body[..body.floor_char_boundary(STARTS_WITH)];
    text.match_indices(start).map(|(at, _)| at).find(|at| text[*at..].starts_with(body))
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
