//! What links lead to, found once for each plan.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::plan::Plan;
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::html::is_script_address;
use crate::syntax::target::{decode, join, pages_at};
use crate::syntax::{Kind, slug};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A page, by its number in the plan, and a section of it by its anchor
    Page(usize, Option<Box<str>>),
    /// A file of the variant that is no page, by its path
    File(Arc<str>),
    /// A thing with a page: its kind, its place among the plan's records of that kind, and a section of its page
    Record(Kind, usize),
    /// A fact, by its place among the plan's facts, with the scheme that named it
    Fact(&'static str, usize),
    /// Another site, a mail or telephone address
    Elsewhere,
    /// Nothing
    Broken(Problem),
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No such page or file
    NoPage {
        /// The path from the layer's folder
        path: String,
    },
    /// The page has no such section
    NoSection {
        /// The page
        page: String,
        /// The anchor
        anchor: String,
    },
    /// The page has the section more than once
    TwoSections {
        /// The page
        page: String,
        /// The id
        anchor: String,
    },
    /// No such thing
    NoThing {
        /// The link's scheme: `role`
        scheme: &'static str,
        /// The id
        id: String,
    },
    /// `rol:scribe`: neither a kind of ours nor a web address
    UnknownScheme {
        /// The word before the colon
        scheme: String,
        /// The kinds there are
        known: Vec<String>,
    },
    /// A path that leads out of the layer's folder
    ClimbsOut,
    /// An address that runs something
    Script,
    /// No target at all
    Empty,
}

/// Anchors of a page: which there are, and which ids stand more than once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Anchors {
    /// For each section, in the order of the text, its anchor in the page
    pub of_sections: Vec<Box<str>>,
    /// How often each id stands, also in raw HTML
    counts: BTreeMap<Box<str>, usize>,
    /// The anchors with a number
    numbered: BTreeSet<Box<str>>,
}

impl Anchors {
    /// Gives each section an anchor of its own: where an id stands again, it gets a number.
    pub fn new<'a>(ids: impl Iterator<Item = &'a str>, html_ids: Vec<Box<str>>) -> Anchors {
        let mut anchors = Anchors::default();
        let mut given: HashSet<Box<str>> = HashSet::new();
        for id in ids {
            let id = if id.is_empty() { "section" } else { id };
            let count = anchors.counts.entry(id.into()).or_insert(0);
            *count += 1;
            let mut anchor: Box<str> = id.into();
            let mut number = *count - 1;
            while !given.insert(anchor.clone()) {
                anchor = format!("{id}-{number}").into();
                number += 1;
            }
            if *anchor != *id {
                anchors.numbered.insert(anchor.clone());
            }
            anchors.of_sections.push(anchor);
        }
        for id in html_ids {
            *anchors.counts.entry(id).or_insert(0) += 1;
        }
        anchors
    }

    /// How many sections or elements have this id, or this anchor.
    pub fn count(&self, id: &str) -> usize {
        self.counts.get(id).copied().unwrap_or_else(|| usize::from(self.numbered.contains(id)))
    }
}

/// Finds what a link of a page leads to.
pub fn resolve(plan: &Plan, page: usize, target: &str) -> Target {
    let target = target.trim();
    if target.is_empty() {
        return Target::Broken(Problem::Empty);
    }
    // A value in it could not be filled in, which is told there.
    if target.contains('…') {
        return Target::Elsewhere;
    }
    if is_script_address(target) {
        return Target::Broken(Problem::Script);
    }
    if let Some((scheme, id)) = split_scheme(target) {
        return match thing(plan, scheme, id) {
            Some(target) => target,
            None if leads_elsewhere(scheme, id) => Target::Elsewhere,
            None => Target::Broken(Problem::UnknownScheme {
                scheme: scheme.to_string(),
                known: kinds().map(str::to_string).collect(),
            }),
        };
    }
    if target.starts_with("//") {
        return Target::Elsewhere;
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(decode(anchor))),
        None => (target, None),
    };
    let path = decode(path.split('?').next().unwrap_or_default());
    let found = if path.is_empty() {
        Some(page)
    } else {
        let Some(path) = join(&plan.pages[page].path, &path) else {
            return Target::Broken(Problem::ClimbsOut);
        };
        if let Some((file, _)) = plan.files.get_key_value(path.as_str()) {
            return Target::File(file.clone());
        }
        let index = pages_at(&path).find_map(|page| plan.page_index(&page));
        if index.is_none() {
            return Target::Broken(Problem::NoPage { path });
        }
        index
    };
    let Some(found) = found else {
        return Target::Broken(Problem::Empty);
    };
    let anchor = anchor.filter(|anchor| !anchor.is_empty() && anchor != "top");
    let Some(anchor) = anchor else {
        return Target::Page(found, None);
    };
    let anchors = &plan.pages[found].anchors;
    match anchors.count(&anchor) {
        // A page's own title is where it begins.
        0 if anchor == slug(&plan.pages[found].title) => Target::Page(found, None),
        1 => Target::Page(found, Some(anchor.into())),
        0 => Target::Broken(Problem::NoSection { page: plan.pages[found].path.to_string(), anchor }),
        _ => Target::Broken(Problem::TwoSections { page: plan.pages[found].path.to_string(), anchor }),
    }
}

/// The words that typed links begin with.
fn kinds() -> impl Iterator<Item = &'static str> {
    let records = Kind::ALL.into_iter().filter(|kind| kind.folder().is_some()).map(Kind::name);
    records.chain(FACT_KINDS.iter().map(|(scheme, _)| *scheme))
}

/// Whether an address leads out of the site: one with two slashes, or one of those without.
fn leads_elsewhere(scheme: &str, rest: &str) -> bool {
    const WITHOUT_SLASHES: [&str; 6] = ["mailto", "tel", "sms", "urn", "doi", "news"];
    let scheme = scheme.to_lowercase();
    match rest.starts_with("//") {
        true => scheme != "file",
        false => WITHOUT_SLASHES.contains(&scheme.as_str()),
    }
}

/// The thing a typed link names; `None` for a scheme that is no kind of ours.
fn thing(plan: &Plan, scheme: &str, id: &str) -> Option<Target> {
    for kind in Kind::ALL.into_iter().filter(|kind| kind.folder().is_some()) {
        if kind.name() != scheme {
            continue;
        }
        let ids = plan.record_ids(kind);
        return Some(match ids.iter().position(|known| *known == id) {
            Some(index) => Target::Record(kind, index),
            None => no_thing(kind.name(), id),
        });
    }
    let (scheme, map) = FACT_KINDS.iter().find(|(known, _)| *known == scheme)?;
    let index = plan.facts.iter().position(|fact| fact.map == *map && fact.id.value == id);
    Some(match index {
        Some(index) => Target::Fact(scheme, index),
        None => no_thing(scheme, id),
    })
}

fn no_thing(scheme: &'static str, id: &str) -> Target {
    Target::Broken(Problem::NoThing { scheme, id: id.to_string() })
}

/// Divides `role:scribe`. A path has no scheme, and neither has a drive letter.
fn split_scheme(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once(':')?;
    let named = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    named.then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_told_from_paths() {
        assert_eq!(split_scheme("role:scribe"), Some(("role", "scribe")));
        assert_eq!(split_scheme("a/b:c.md"), None);
        assert_eq!(split_scheme("c:x"), None);
    }

    #[test]
    fn ids_that_stand_again_get_a_number_and_are_ambiguous() {
        let anchors = Anchors::new(["a", "b", "a", "a-1"].into_iter(), vec!["x".into()]);
        let given: Vec<&str> = anchors.of_sections.iter().map(|anchor| &**anchor).collect();
        assert_eq!(given, ["a", "b", "a-1", "a-1-0"]);
        assert_eq!(
            (anchors.count("a"), anchors.count("b"), anchors.count("x"), anchors.count("y")),
            (2, 1, 1, 0)
        );
        assert_eq!((anchors.count("a-1"), anchors.count("a-1-0")), (1, 1));
    }
}
