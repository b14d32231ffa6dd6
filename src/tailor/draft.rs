//! A page along a lineage, before values are filled in.

use std::collections::HashMap;
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
    /// Whether an edition may not see a section of the page, by what is written before values are filled in: in
    /// one of its files or as these are laid over each other, rather once too often.
    pub(super) fn hides_section(&self, id: &str, edition: Audience, path: &str, sources: &Sources) -> bool {
        let says_any =
            |file: &Arc<PageSource>| sources.get(file.source).text[file.body.clone()].contains("audience");
        if !self.files.iter().any(says_any) {
            return false;
        }
        let documents: Vec<Arc<Document>> = self.files.iter().map(|file| unfilled(file, sources)).collect();
        let (merged, _) = merge::merged(&documents, path);
        let of_files = documents.iter().flat_map(|document| &document.sections);
        let mut audiences = HashMap::new();
        for section in of_files.chain(&merged.sections) {
            collect_audiences(section, Audience::default(), &mut audiences);
        }
        match audiences.get(id) {
            Some(audience) => *audience > edition,
            // The id of a heading that a template makes, or of a step in a section.
            None => {
                let body = |file: &Arc<PageSource>| &sources.get(file.source).text[file.body.clone()];
                let (mark, mut is_in) = (format!("#{id}"), false);
                let mut look = |section: &Section| {
                    is_in |= audiences.get(&*section.id).is_some_and(|audience| *audience > edition)
                        && sources.text(section.extent()).contains(&mark);
                };
                documents.iter().flat_map(|it| &it.sections).for_each(|section| section.walk(&mut look));
                !id.is_empty() && (is_in || self.files.iter().any(|file| has_template(body(file))))
            }
        }
    }

    /// The title that the first heading of its files gives.
    pub(super) fn first_heading(&self, sources: &Sources) -> Option<String> {
        self.files.iter().find_map(|file| first_heading(file, sources))
    }
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
