//! A page of a plan: what it says of itself, its anchors, what its links lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::plan::reference::{self, Anchors, Target};
use crate::plan::{Fields, Plan, PlanFault, PlanFaultKind};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::html::AttributeUse;
use crate::syntax::tree::{Reference, inline_references, references};
use crate::syntax::{Block, Kind, Map};
use crate::tailor::{Body, Page, Variant};

/// A page of a plan.
#[derive(Debug, Clone)]
pub struct PlanPage {
    /// The path from the layer's folder
    pub path: Arc<str>,
    /// What it describes
    pub kind: Kind,
    /// Its title
    pub title: String,
    /// One line about it; may be empty
    pub summary: String,
    /// `noticed`, `responding` or `plan`; empty where its kind decides
    pub group: String,
    /// Its place among its neighbours
    pub order: u32,
    /// Old addresses
    pub aliases: Vec<Spanned<String>>,
    /// Its front matter, merged
    pub front: Arc<Map>,
    /// Its text
    pub body: Arc<Body>,
    /// The anchors of its sections
    pub anchors: Anchors,
    /// What its links lead to, by their targets as written
    pub links: BTreeMap<Box<str>, Target>,
    /// Where it is from
    pub origin: Origin,
    /// The start of the file that wrote it first
    pub start: Span,
    /// That file, from the project's folder
    pub source_path: Arc<str>,
    /// The places in the lineage of the layers that wrote some of it
    layers: Vec<usize>,
    /// What in its text could not be understood
    pub(super) faults: Vec<PlanFault>,
    /// The hash of its content, once somebody has asked for it
    pub(super) hash: OnceLock<[u8; 32]>,
}

/// Which layers wrote a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The place in the lineage of the layer that wrote it first
    pub first: usize,
    /// The places of those that tailored it
    pub tailored_by: Vec<usize>,
    /// For each section, in the order of the text: the place of the layer its heading is from, and those of its text
    pub sections: Vec<(usize, Vec<usize>)>,
}

impl PlanPage {
    /// Whether it is what a page of a variant is read as, but for what its links lead to. The layers of both
    /// wrote the same files.
    pub(super) fn is_of(&self, page: &Page) -> bool {
        Arc::ptr_eq(&self.body, &page.body)
            && Arc::ptr_eq(&self.front, &page.front)
            && (&self.path, self.kind, &self.title) == (&page.path, page.kind, &page.title)
            && self.start.source == page.source
            && self.layers == page.layers
    }
}

/// A page of a variant, whose links nobody has followed yet.
pub(super) fn read(variant: &Variant, page: &Page, sources: &Sources) -> PlanPage {
    let fields = Fields::new(&page.front);
    let mut html_ids: Vec<(&str, Span)> = Vec::new();
    each_reference(&page.body, &mut |reference| {
        if let Reference::Html(html) = reference {
            let ids = html.attributes.iter().filter(|attribute| attribute.use_ == AttributeUse::Id);
            html_ids.extend(ids.map(|id| (&*id.value, id.span)));
        }
    });
    let faults = repeated_ids(page, &html_ids);
    PlanPage {
        path: page.path.clone(),
        kind: page.kind,
        title: page.title.clone(),
        summary: fields.text_or_empty("summary"),
        group: fields.text_or_empty("group"),
        order: fields.whole("order").map_or(u32::MAX, |order| order.value),
        aliases: fields.texts("aliases"),
        front: page.front.clone(),
        body: page.body.clone(),
        anchors: Anchors::new(
            page.body.ids().into_iter(),
            html_ids.into_iter().map(|(id, _)| id.into()).collect(),
        ),
        links: BTreeMap::new(),
        origin: read_origin(variant, page),
        source_path: sources.get(page.source).path.clone(),
        start: Span::new(page.source, 0..0),
        layers: page.layers.clone(),
        faults,
        hash: OnceLock::new(),
    }
}

fn read_origin(variant: &Variant, page: &Page) -> Origin {
    let writer = |span: Span| variant.writer(span.source).unwrap_or_default();
    // A page that a layer rewrote is that layer's.
    let first = writer(Span::new(page.source, 0..0));
    let mut sections = Vec::new();
    page.body.walk(&mut |section| {
        let heading = writer(section.span);
        let parts = section.parts.iter().filter_map(|part| part.first()).map(|block| writer(block.span()));
        sections.push((heading, parts.collect()));
    });
    // A layer whose whole contribution this edition may not see is not named.
    let mut visible: BTreeSet<usize> = sections
        .iter()
        .flat_map(|(heading, parts): &(usize, Vec<usize>)| {
            std::iter::once(*heading).chain(parts.iter().copied())
        })
        .collect();
    visible.extend(page.body.top.iter().filter_map(|part| part.first()).map(|block| writer(block.span())));
    visible.extend(page.front.iter().map(|(_, node)| writer(node.span)));
    let tailored_by = page.layers.iter().copied().filter(|layer| *layer > first && visible.contains(layer));
    Origin { first, tailored_by: tailored_by.collect(), sections }
}

/// What the links of a page lead to. Those that lead nowhere are faults.
pub(super) fn follow_links(plan: &Plan, page: usize) -> (BTreeMap<Box<str>, Target>, Vec<PlanFault>) {
    let mut links: BTreeMap<Box<str>, Target> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut follow = |target: &str, span: Span, media: bool| {
        if media && crate::syntax::html::is_remote(target) {
            faults.push(PlanFault { span, kind: PlanFaultKind::RemoteImage(target.to_string()) });
            return;
        }
        let found = links.entry(target.into()).or_insert_with(|| reference::resolve(plan, page, target));
        if let Target::Broken(problem) = found {
            let kind = PlanFaultKind::BrokenLink(target.to_string(), problem.clone());
            faults.push(PlanFault { span, kind });
        }
    };
    each_reference(&plan.pages[page].body, &mut |reference| match reference {
        Reference::Link(link) => follow(&link.target, link.target_span, false),
        Reference::Image(image) => follow(&image.target, image.target_span, true),
        Reference::Html(html) => {
            for attribute in &html.attributes {
                match attribute.use_ {
                    AttributeUse::Link => follow(&attribute.value, attribute.span, false),
                    // Remote media in raw HTML was found when it was read.
                    AttributeUse::Media if crate::syntax::html::is_remote(&attribute.value) => {}
                    AttributeUse::Media => follow(&attribute.value, attribute.span, false),
                    AttributeUse::Id => {}
                }
            }
        }
        Reference::Footnote(..) => {}
    });
    (links, faults)
}

/// Calls `see` with everything a text refers to, in order.
pub fn each_reference<'a>(body: &'a Body, see: &mut dyn FnMut(Reference<'a>)) {
    let mut blocks = |blocks: &'a [Block]| references(blocks, see);
    for part in &body.top {
        blocks(part);
    }
    body.walk(&mut |section| {
        inline_references(&section.title, see);
        for part in &section.parts {
            references(part, see);
        }
    });
}

/// The ids of a page that somebody chose, and that stand there again. `html` are those of raw HTML.
fn repeated_ids<'a>(page: &'a Page, html: &[(&'a str, Span)]) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    let mut places: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    page.body.walk(&mut |section| {
        // An id that came of a title may repeat: nobody chose it.
        if section.id_span != section.span {
            places.entry(&section.id).or_default().push(section.id_span);
        }
    });
    for (id, span) in html {
        places.entry(id).or_default().push(*span);
    }
    for (id, places) in places {
        if let [first, later @ ..] = &places[..] {
            for span in later {
                let kind = PlanFaultKind::RepeatedId {
                    id: id.to_string(),
                    page: page.path.to_string(),
                    first: *first,
                };
                faults.push(PlanFault { span: *span, kind });
            }
        }
    }
    faults
}
