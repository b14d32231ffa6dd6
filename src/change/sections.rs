//! The sections of a page as they are compared, and which of them are the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Place, PlanPage};
use crate::syntax::{Block, Kind as PageKind, Section};
use crate::tailor::Body;

use super::text::{Part, Reader};
use super::words::{Bag, Search};
use super::{View, records};

/// Sections that have this much in common are one.
pub const ALIKE: f32 = 0.7;

/// A section, where it stands on its page.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The variant
    pub view: View<'a>,
    /// The page
    pub page: &'a PlanPage,
    /// `None` for what stands before the first section
    pub section: Option<&'a Section>,
    /// Its place in the order of the text
    pub number: usize,
    /// Its id, and how many of that id stand before it
    pub key: (&'a str, usize),
    /// The ids of the sections around it, and its own
    pub ids: Vec<&'a str>,
    /// Its text without the sections in it
    pub blocks: Vec<&'a Block>,
}

/// The sections of a page in the order of the text, after what stands before the first.
pub fn entries<'a>(view: View<'a>, page: &'a PlanPage) -> Vec<Entry<'a>> {
    let body: &'a Body = &page.body;
    let top = body.top.iter().flat_map(|part| part.iter()).collect();
    let mut entries =
        vec![Entry { view, page, section: None, number: 0, key: ("", 0), ids: vec!["top"], blocks: top }];
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    fn add<'a>(
        section: &'a Section,
        around: &[&'a str],
        counts: &mut BTreeMap<&'a str, usize>,
        (view, page): (View<'a>, &'a PlanPage),
        entries: &mut Vec<Entry<'a>>,
    ) {
        let count = counts.entry(&section.id).or_default();
        let key = (&*section.id, *count);
        *count += 1;
        let ids: Vec<&str> = around.iter().copied().chain([&*section.id]).collect();
        let blocks = section.blocks().collect();
        let number = entries.len();
        entries.push(Entry { view, page, section: Some(section), number, key, ids: ids.clone(), blocks });
        for child in &section.children {
            add(child, &ids, counts, (view, page), entries);
        }
    }
    for section in &body.sections {
        add(section, &[], &mut counts, (view, page), &mut entries);
    }
    entries
}

/// The pairs, and what is left on either side.
pub type MatchedUp<'a> = (Vec<(Entry<'a>, Entry<'a>)>, Vec<Entry<'a>>, Vec<Entry<'a>>);

/// Pairs the sections of a page: by id, then by title or text. The pairs are in the order of the
/// second side.
pub fn match_up<'a>(old: Vec<Entry<'a>>, new: Vec<Entry<'a>>) -> MatchedUp<'a> {
    let known: BTreeSet<(&str, usize)> = new.iter().map(|entry| entry.key).collect();
    let by_key: BTreeMap<(&str, usize), usize> =
        old.iter().enumerate().map(|(at, entry)| (entry.key, at)).collect();
    let loose = old.iter().enumerate().filter(|(_, entry)| !known.contains(&entry.key));
    let mut loose: Vec<(usize, Described)> = match new.iter().all(|entry| by_key.contains_key(&entry.key)) {
        true => Vec::new(),
        false => loose.map(|(at, entry)| (at, Described::of(entry))).collect(),
    };
    let mut old: Vec<Option<Entry>> = old.into_iter().map(Some).collect();
    let mut search = Search::new();
    let mut pairs = Vec::new();
    let mut added = Vec::new();
    for entry in new {
        let by_id = by_key.get(&entry.key).copied();
        let at = by_id.or_else(|| {
            let own = Described::of(&entry);
            search.find(&loose, |(_, it)| it.is_alike(&own)).map(|found| loose.remove(found).0)
        });
        match at.and_then(|at| old[at].take()) {
            Some(before) => pairs.push((before, entry)),
            None => added.push(entry),
        }
    }
    (pairs, old.into_iter().flatten().collect(), added)
}

/// What a section is known by, where its id is not that of before.
struct Described {
    title: String,
    text: Bag,
}

impl Described {
    fn of(entry: &Entry) -> Described {
        Described { title: entry.title(), text: Bag::of(&entry.words()) }
    }

    fn is_alike(&self, other: &Described) -> bool {
        (self.title == other.title && !self.title.is_empty()) || self.text.is_alike(&other.text, ALIKE)
    }
}

impl Entry<'_> {
    /// Its page, to be read.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self.view, self.page)
    }

    /// Its text, without that of the sections in it and without the steps of a checklist.
    pub fn parts(&self) -> Vec<Part> {
        self.reader().parts(self.blocks.iter().copied(), self.page.kind == PageKind::Checklist)
    }

    /// The words of its text.
    pub fn words(&self) -> String {
        joined(self.parts().iter())
    }

    /// Its title; empty before the first section.
    pub fn title(&self) -> String {
        self.section.map_or(String::new(), |section| self.reader().inlines(&section.title))
    }

    /// `section Containment of page Response`
    pub fn name(&self) -> String {
        let page = records::subject(self.page);
        match self.section {
            Some(_) => format!("section {} of {page}", self.title()),
            None => format!("the opening of {page}"),
        }
    }

    /// `response.md#contain`
    pub fn path(&self) -> String {
        match self.section {
            Some(section) => format!("{}#{}", self.page.path, section.id),
            None => format!("{}#top", self.page.path),
        }
    }

    /// Where it begins.
    pub fn place(&self) -> Option<Place> {
        let span = match self.section {
            Some(section) => section.span,
            None => self.blocks.first().map_or(self.page.start, |block| block.span()),
        };
        Some(self.view.place(span))
    }
}

/// The words of some parts.
pub fn joined<'p>(parts: impl Iterator<Item = &'p Part>) -> String {
    parts.map(|part| part.words.as_str()).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}
