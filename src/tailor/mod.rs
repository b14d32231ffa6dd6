//! Variants: for each layer and edition, the complete text its readers get.

mod context;
mod draft;
pub mod drift;
mod engine;
pub mod expand;
pub mod facts;
pub mod merge;
mod outline;
mod tables;
mod tags;
pub mod wording;
mod workshop;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::load::{Project, has_template};
use crate::source::{SourceId, Span};
use crate::syntax::{Audience, FaultKind, Kind, Map, Misuse, Waiver};
use crate::tailor::workshop::Workshop;

pub use expand::TemplateFault;
pub use merge::Body;
pub use tags::raw_stretches;
pub use workshop::Memory;

/// One layer over all it extends, as one audience may see it.
#[derive(Debug)]
pub struct Variant {
    /// The layer's name, and the variant's
    pub name: Arc<str>,
    /// Its number in the project
    pub layer: usize,
    /// The layers it consists of, the farthest first, its own last
    pub lineage: Vec<Ancestor>,
    /// For each source, the layer that wrote it
    written_by: Arc<[Option<usize>]>,
    /// Who may see it
    pub edition: Audience,
    /// The plan's facts
    pub facts: Map,
    /// The facts that are stated, by path, also those this edition may not see.
    pub stated: BTreeMap<String, Span>,
    /// The pages, by path: one that several variants share is the same in memory
    pub pages: BTreeMap<Arc<str>, Arc<Page>>,
    /// The other files, by path, with the layer each is from
    pub assets: BTreeMap<Arc<str>, (usize, Arc<[u8]>)>,
    /// What could not be tailored
    pub faults: Vec<TailorFault>,
}

impl Variant {
    /// The place in the lineage of the layer that wrote a source; `None` where none of it did.
    pub fn writer(&self, source: SourceId) -> Option<usize> {
        let layer = self.written_by.get(source.0 as usize).copied().flatten()?;
        self.lineage.iter().position(|ancestor| ancestor.layer == layer)
    }
}

/// A layer a variant consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestor {
    /// Its number in the project
    pub layer: usize,
    /// Its name
    pub name: Arc<str>,
    /// The start of its `plan.md`.
    pub plan_span: Span,
    /// What it is called in a sentence
    pub title: String,
}

/// A page of a variant.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path from the layer's folder
    pub path: Arc<str>,
    /// What it describes
    pub kind: Kind,
    /// Its front matter, merged
    pub front: Arc<Map>,
    /// Its title: from its front matter, or its first heading, or its file's name
    pub title: String,
    /// Its text
    pub body: Arc<Body>,
    /// The places in the lineage of the layers that wrote some of it, the farthest first
    pub layers: Vec<usize>,
    /// The file of the layer that wrote it first
    pub source: SourceId,
    /// Exceptions from rules
    pub waivers: Vec<Waiver>,
}

/// Something a tailoring or its values cannot mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailorFault {
    /// Where
    pub span: Span,
    /// What
    pub kind: TailorFaultKind,
}

/// What is wrong with a tailoring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TailorFaultKind {
    /// A text that could not be understood
    Syntax(FaultKind),
    /// A value that could not be filled in
    Template(TemplateFault),
    /// A section the inherited page does not have
    UnknownTarget {
        /// The id
        id: String,
        /// The page
        page: String,
        /// The ids there are
        known: Vec<String>,
    },
    /// A section the inherited page has twice
    AmbiguousTarget {
        /// The id
        id: String,
        /// The page
        page: String,
    },
    /// A heading that does not say what it does with the inherited page.
    NoVerb {
        /// The heading.
        title: String,
        /// Its level.
        level: u8,
        /// The id of an inherited section with the same title.
        id: Option<String>,
        /// The page.
        page: String,
    },
    /// A page at an inherited path that changes nothing of it: written as if it were new.
    NothingTailored {
        /// The page.
        page: String,
    },
    /// A tailoring that begins with the page's title.
    TitleAgain {
        /// The page.
        page: String,
    },
    /// Text of a tailoring that belongs to no section
    TextOutsideSection {
        /// The page
        page: String,
    },
    /// A page that wants to change one that is not inherited
    NothingInherited {
        /// The page
        page: String,
        /// The pages there are; empty where only a heading wants it
        known: Vec<String>,
    },
    /// Something in the braces of a heading that cannot be meant.
    Misused(Misuse),
    /// A section put in the place of another, without a text.
    NothingWritten,
    /// A section that is to stand before the start of the page.
    BeforeTop,
    /// A layer's own `plan.md` that says it is removed.
    PlanRemoved,
    /// A new section with the id of an inherited one
    IdTaken {
        /// The id
        id: String,
        /// The page
        page: String,
    },
    /// Text added to a section for another audience than the section's
    AudienceOfPart,
    /// A change that is written under a heading for these readers, and goes where more can read it
    LeavesSection(Audience),
    /// A section that is rewritten for more readers than its title, which it keeps or has in its id, was written for
    TitleOpened {
        /// For whom it was written
        readers: Audience,
        /// Where it was
        inherited: Span,
        /// Whether its id alone says the title
        is_in_id: bool,
    },
    /// A removal that does not say why
    ReasonMissing,
}

/// Makes every variant of a project, in each edition that is built.
pub fn tailor(project: &Project) -> Vec<Variant> {
    tailor_again(project, &mut Memory::default())
}

/// The same, when it was made before: texts that come out the same are those of `memory`, which then has
/// those of now.
pub fn tailor_again(project: &Project, memory: &mut Memory) -> Vec<Variant> {
    let editions = project.config.editions.keys().filter_map(|name| Audience::parse(name));
    let (variants, made) = tailor_in(project, &editions.collect::<Vec<_>>(), memory);
    *memory = made;
    variants
}

/// Makes every variant of a project as one audience would see it, whether it is built or not.
pub fn tailor_for(project: &Project, edition: Audience) -> Vec<Variant> {
    tailor_in(project, &[edition], &Memory::default()).0
}

fn tailor_in(project: &Project, editions: &[Audience], before: &Memory) -> (Vec<Variant>, Memory) {
    let workshop = Workshop::new(project, before);
    let jobs: Vec<(usize, Audience)> = (0..project.layers.len())
        .flat_map(|layer| editions.iter().map(move |edition| (layer, *edition)))
        .collect();
    let make = |(layer, edition)| workshop.variant(layer, edition);
    (jobs.into_par_iter().filter_map(make).collect(), workshop.memory())
}

/// What a layer is called: its organization, its system, or its folder.
pub fn layer_title(name: &str, front: &Map) -> String {
    // What a template would make of it, and for whom, is not known here.
    let is_plain = |text: &&str| !has_template(text);
    let text = |path: &str| front.at(path).and_then(|node| node.value.as_text()).filter(is_plain);
    match text("system.name").or(text("organization.name").filter(|_| front.get("extends").is_some())) {
        Some(title) => title.to_string(),
        None => title_of_path(name),
    }
}

/// A title made of a file's name: `incident-report.md` is "Incident report".
pub fn title_of_path(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.strip_suffix(".md").unwrap_or(name).replace(['-', '_'], " ");
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name,
    }
}

/// The id of a record: its file's name.
pub fn record_id(path: &str) -> Option<&str> {
    path.rsplit('/').next()?.strip_suffix(".md")
}

/// What pages of a kind are sorted by in lists: severities by rank, phases by number, the
/// others by their `order`, then by id.
pub fn list_order<'a>(kind: Kind, front: &Map, id: &'a str) -> (u32, &'a str) {
    let key = match kind {
        Kind::Severity => "rank",
        Kind::Phase => "number",
        Kind::Plan | Kind::Page | Kind::Role | Kind::Checklist | Kind::Template | Kind::Playbook => "order",
    };
    let number = front.get(key).and_then(|node| node.value.as_text()?.parse().ok());
    (number.unwrap_or(u32::MAX), id)
}
