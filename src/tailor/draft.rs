//! A page along a lineage, before values are filled in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::load::{PageSource, has_template};
use crate::source::{ExpansionMap, Sources};
use crate::syntax::{Audience, Document, Kind, Map, Section, markdown};
use crate::tailor::merge;

/// A page's front matter along the lineage, and the files its text is of.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) front: Arc<Map>,
    pub(super) kind: Kind,
    /// All are laid over the first.
    pub(super) files: Vec<Arc<PageSource>>,
    /// The places in the lineage of the layers that wrote some of it, also where a later one rewrote it
    pub(super) layers: Vec<usize>,
}

impl Draft {
    /// What an edition may not see of the page, by what is written before values are filled in: in one of its files or
    /// as these are laid over each other, rather once too often. `None` where no audience is written.
    pub(super) fn hiding(&self, edition: Audience, path: &str, sources: &Sources) -> Option<Hiding> {
        let body = |file: &Arc<PageSource>| &sources.get(file.source).text[file.body.clone()];
        if !self.files.iter().any(|file| body(file).contains("audience")) {
            return None;
        }
        let documents: Vec<Arc<Document>> = self.files.iter().map(|file| unfilled(file, sources)).collect();
        let (merged, _) = merge::merged(&documents, path);
        let of_files = || documents.iter().flat_map(|document| &document.sections);
        let mut audiences = HashMap::new();
        for section in of_files().chain(&merged.sections) {
            collect_audiences(section, Audience::default(), &mut audiences);
        }
        let is_hidden = |id: &str| audiences.get(id).is_some_and(|audience| *audience > edition);
        let mut marks = HashSet::new();
        let mut look = |section: &Section| {
            if is_hidden(&section.id) {
                marks.extend(marks_in(sources.text(section.extent())).map(str::to_string));
            }
        };
        of_files().for_each(|section| section.walk(&mut look));
        let sections = audiences.iter().map(|(id, audience)| (id.to_string(), *audience > edition)).collect();
        let has_template = self.files.iter().any(|file| has_template(body(file)));
        Some(Hiding { sections, marks, has_template })
    }

    /// The title that the first heading of its files gives.
    pub(super) fn first_heading(&self, sources: &Sources) -> Option<String> {
        self.files.iter().find_map(|file| first_heading(file, sources))
    }
}

/// What an edition may not see of a page.
pub(super) struct Hiding {
    /// For each section by its id, whether it is hidden
    sections: HashMap<String, bool>,
    /// The ids in hidden sections, of steps too
    marks: HashSet<String>,
    /// Whether templates may make ids that are not known yet
    has_template: bool,
}

impl Hiding {
    /// Whether it has what is called so: a section, or a step in one. Of the page itself, which has no id, it has none.
    pub(super) fn has(&self, id: &str) -> bool {
        let known = self.sections.get(id).copied();
        known.unwrap_or_else(|| !id.is_empty() && (self.has_template || self.marks.contains(id)))
    }
}

/// What stands after the signs of a number in a text, as in `{#id}`.
fn marks_in(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| !(c.is_alphanumeric() || "-_.:".contains(c));
    text.split('#').skip(1).map(move |rest| rest.split(ends).next().unwrap_or_default())
}

/// Who may see each section at most, whichever of the sections around it say so.
fn collect_audiences<'s>(section: &'s Section, around: Audience, audiences: &mut HashMap<&'s str, Audience>) {
    let known = audiences.get(&*section.id).copied().unwrap_or_default();
    let audience = section.audience.unwrap_or_default().max(around).max(known);
    audiences.insert(&section.id, audience);
    section.children.iter().for_each(|child| collect_audiences(child, audience, audiences));
}

/// A file as it is read where no value is filled in.
fn unfilled(file: &PageSource, sources: &Sources) -> Arc<Document> {
    file.document.clone().unwrap_or_else(|| {
        let text = &sources.get(file.source).text[file.body.clone()];
        Arc::new(markdown::parse(file.source, text, &ExpansionMap::copied(file.body.start)))
    })
}

/// The title a file's first heading gives.
pub(super) fn first_heading(file: &PageSource, sources: &Sources) -> Option<String> {
    if let Some(document) = &file.document {
        return document.title.as_ref().map(|title| title.value.clone());
    }
    // Its values are not filled in yet, but its first line can be read.
    let text = &sources.get(file.source).text;
    let line = text[file.body.clone()].trim_start().lines().next()?;
    if !line.starts_with("# ") || has_template(line) {
        return None;
    }
    let document = markdown::parse(file.source, line, &ExpansionMap::copied(0));
    document.title.map(|title| title.value)
}
