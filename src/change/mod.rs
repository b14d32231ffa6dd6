//! What a change means: two states of a project compared in the words of its plans.
//!
//! Not lines but records, facts, steps, sections and tailorings are compared. A value is told
//! where it is stated, not in each sentence that says it; what several variants inherit is told
//! once; white space is nothing.

mod document;
mod facts;
mod fields;
mod gather;
mod layers;
mod pages;
mod reach;
mod records;
mod sections;
mod steps;
mod tailorings;
mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::load::Project;
use crate::plan::{Place, Plan};
use crate::source::Span;
use crate::syntax::Audience;
use crate::tailor::Variant;

use tailorings::Tailored;

pub use reach::{Edition, Reach, ReachedPage, Stale};
pub use words::Piece;

/// A state of a project.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What is written
    pub project: &'a Project,
    /// What each reader gets
    pub variants: &'a [Variant],
    /// What it means; one for each variant
    pub plans: &'a [Plan],
}

/// What a change is about, in the order changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// What is built: editions, levels of rules
    Settings,
    /// Layers, and whom they extend
    Layers,
    /// Document control
    Document,
    /// The facts of a plan
    Facts,
    /// Severities, roles, phases and the other records
    Records,
    /// The steps of checklists
    Steps,
    /// Pages and their sections
    Pages,
    /// What layers change in pages they inherit
    Tailorings,
}

impl Area {
    /// Every area, in order.
    pub const ALL: [Area; 8] = [
        Area::Settings,
        Area::Layers,
        Area::Document,
        Area::Facts,
        Area::Records,
        Area::Steps,
        Area::Pages,
        Area::Tailorings,
    ];

    /// Its name, one word
    pub fn name(self) -> &'static str {
        match self {
            Area::Settings => "settings",
            Area::Layers => "layers",
            Area::Document => "document",
            Area::Facts => "facts",
            Area::Records => "records",
            Area::Steps => "steps",
            Area::Pages => "pages",
            Area::Tailorings => "tailorings",
        }
    }
}

/// What happened to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is no longer there.
    Removed,
    /// It says something else.
    Changed,
    /// It has another name.
    Renamed,
    /// It stands elsewhere.
    Moved,
}

impl Kind {
    /// Its name, one word
    pub fn name(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
            Kind::Renamed => "renamed",
            Kind::Moved => "moved",
        }
    }
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about
    pub area: Area,
    /// What happened
    pub kind: Kind,
    /// What it happened to: `severities.high.sitrep_every`, `response.md#contain`
    pub path: String,
    /// The whole of it in a sentence, without a full stop
    pub words: String,
    /// What it said before, where it is a value
    pub before: Option<String>,
    /// What it says now, where it is a value
    pub after: Option<String>,
    /// For a text: the words that changed
    pub excerpt: Vec<Piece>,
    /// What is worth pointing out
    pub notes: Vec<String>,
    /// Where it was written
    pub was_at: Option<Place>,
    /// Where it is written, or where it is taken out
    pub is_at: Option<Place>,
    /// The variants whose readers get it
    pub variants: BTreeSet<String>,
    /// The variants that inherit the place, and whose readers do not get it
    pub not_in: BTreeSet<String>,
}

impl Change {
    fn new(area: Area, kind: Kind, path: impl Into<String>, words: impl Into<String>) -> Change {
        Change {
            area,
            kind,
            path: path.into(),
            words: words.into(),
            before: None,
            after: None,
            excerpt: Vec::new(),
            notes: Vec::new(),
            was_at: None,
            is_at: None,
            variants: BTreeSet::new(),
            not_in: BTreeSet::new(),
        }
    }

    fn values(self, before: Option<String>, after: Option<String>) -> Change {
        Change { before, after, ..self }
    }

    fn places(self, was_at: Option<Place>, is_at: Option<Place>) -> Change {
        Change { was_at, is_at, ..self }
    }

    /// Adds the words that differ, where there are any.
    fn reworded(mut self, before: &str, after: &str) -> Change {
        if let Some(rewording) = words::reword(before, after) {
            self.excerpt = rewording.excerpt;
            self.notes.extend(rewording.notes);
        }
        self
    }
}

/// What differs between two states, and whom it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The changes, by area and place
    pub changes: Vec<Change>,
    /// What they reach
    pub reach: Reach,
}

/// A variant of a state, in the edition that shows most.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    project: &'a Project,
    variant: &'a Variant,
    plan: &'a Plan,
}

impl View<'_> {
    fn place(&self, span: Span) -> Place {
        place(self.project, span)
    }
}

/// What is compared: one variant before and after, or two variants of one state.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    before: View<'a>,
    after: View<'a>,
}

impl Pair<'_> {
    /// Whether the second is what became of the first.
    fn is_in_time(&self) -> bool {
        self.before.variant.name == self.after.variant.name
    }
}

fn place(project: &Project, span: Span) -> Place {
    let source = project.sources.get(span.source);
    Place {
        layer: project.layer_of(span).map_or("".into(), |layer| layer.name.clone()),
        file: source.path.clone(),
        line: source.line_column(span.start).0,
    }
}

/// What differs between two states of a project.
pub fn compare(before: &Side, after: &Side) -> Comparison {
    let tailored = Tailored::compare(before, after);
    let (old, new) = (widest(before), widest(after));
    let pairs: Vec<Pair> = old
        .iter()
        .filter_map(|(name, before)| Some(Pair { before: *before, after: *new.get(name)? }))
        .collect();
    let found: Vec<(Vec<Change>, tailorings::Reached)> =
        pairs.par_iter().map(|pair| changes_of(pair, &tailored)).collect();
    // A variant that is new has nothing to compare, and stands beside no change.
    let heirs = gather::Heirs::among(pairs.iter().map(|pair| pair.after.variant));
    let mut gathered = gather::Gathered::default();
    for (pair, (changes, _)) in pairs.iter().zip(&found) {
        gathered.add(pair.after.variant, changes.clone());
    }
    let mut changes = gathered.finish(&heirs);
    changes.extend(layers::compare(before, after));
    changes.extend(tailored.tell(before, after, &heirs, found.into_iter().map(|(_, reached)| reached)));
    gather::sort(&mut changes);
    Comparison { changes, reach: reach::of(before, after, &tailored) }
}

/// What readers of one variant get otherwise than readers of another, of the same state; `None`
/// where there is no variant of a name.
pub fn compare_variants(side: &Side, before: &str, after: &str) -> Option<Vec<Change>> {
    let views = widest(side);
    let pair = Pair { before: *views.get(before)?, after: *views.get(after)? };
    let (mut changes, _) = changes_of(&pair, &Tailored::default());
    for change in &mut changes {
        change.variants.insert(after.to_string());
    }
    gather::sort(&mut changes);
    Some(changes)
}

fn changes_of(pair: &Pair, tailored: &Tailored) -> (Vec<Change>, tailorings::Reached) {
    let mut changes = Vec::new();
    let mut reached = tailorings::Reached::new(&pair.after.variant.name);
    let pages = records::pages(pair);
    document::compare(pair, &mut changes);
    facts::compare(pair, &mut changes);
    records::compare(pair, &pages, &mut changes);
    steps::compare(pair, &pages, tailored, &mut reached, &mut changes);
    pages::compare(pair, &pages, tailored, &mut reached, &mut changes);
    (changes, reached)
}

/// Each variant in the edition that shows most, by name.
fn widest<'a>(side: &Side<'a>) -> BTreeMap<&'a str, View<'a>> {
    let mut found: BTreeMap<&str, (Audience, View)> = BTreeMap::new();
    for (variant, plan) in side.variants.iter().zip(side.plans) {
        let view = View { project: side.project, variant, plan };
        let wider = found.get(&*variant.name).is_none_or(|(edition, _)| *edition < variant.edition);
        if wider {
            found.insert(&variant.name, (variant.edition, view));
        }
    }
    found.into_iter().map(|(name, (_, view))| (name, view)).collect()
}
