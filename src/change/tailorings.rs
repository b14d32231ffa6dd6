//! What layers change in pages they inherit, compared; and which tailorings a change makes stale.

use std::collections::{BTreeMap, BTreeSet};

use crate::load::Project;
use crate::plan::{Place, PlanPage};
use crate::syntax::{Block, Section, Verb};
use crate::tailor::drift::{Lock, State, Tailoring, normal, tailorings};
use crate::tailor::merge::TOP;

use super::reach::Stale;
use super::text::Reader;
use super::{Area, Change, Kind, Side, View, gather::Heirs, place, widest, words};

/// The tailorings that differ, and those whose inherited text moved.
#[derive(Debug, Default)]
pub struct Tailored {
    changes: Vec<TailoringChange>,
    /// Those that are stale now and were not
    pub stale: Vec<Stale>,
}

/// A tailoring that came, went, or says something else.
#[derive(Debug)]
struct TailoringChange {
    layer: String,
    /// `response.md#channels`, or `response.md` for a whole page
    place: String,
    kind: Kind,
    /// What it did, and what it does
    verbs: (Option<&'static str>, Option<&'static str>),
    /// Whether the layer still writes it, and has nothing there to tailor any more
    is_lost: bool,
    /// What the layer writes now: where it takes something out, why
    reason: String,
    was_at: Option<Place>,
    is_at: Option<Place>,
}

impl TailoringChange {
    /// Whether it puts something in the place of all the inherited text, or did.
    fn is_total(&self) -> bool {
        let total = [Verb::Replace.name(), Verb::Remove.name()];
        [self.verbs.0, self.verbs.1].into_iter().flatten().any(|verb| total.contains(&verb))
    }

    /// Whether it is a page that was rewritten before and still is: its sections tell what differs.
    fn is_told_by_sections(&self) -> bool {
        self.kind == Kind::Changed && !self.place.contains('#') && self.verbs.0 == self.verbs.1
    }
}

/// The tailorings whose changes a variant's readers see.
#[derive(Debug)]
pub struct Reached {
    variant: String,
    changes: BTreeSet<usize>,
}

impl Reached {
    /// None yet.
    pub fn new(variant: &str) -> Reached {
        Reached { variant: variant.to_string(), changes: BTreeSet::new() }
    }
}

/// What the tailorings of a section leave to be told of it.
#[derive(Debug, Default)]
pub struct Told<'t> {
    /// Whether a tailoring tells all of it
    pub all: bool,
    /// The layers whose text a tailoring tells
    pub layers: BTreeSet<&'t str>,
    changes: BTreeSet<usize>,
}

impl Told<'_> {
    /// Remembers that a variant's readers see the changes.
    pub fn reach(&self, reached: &mut Reached) {
        reached.changes.extend(&self.changes);
    }
}

impl Tailored {
    /// Compares the tailorings of the layers of both sides.
    pub fn compare(before: &Side, after: &Side) -> Tailored {
        let (old, new) = (by_layer(before.project), by_layer(after.project));
        let mut tailored = Tailored::default();
        for (layer, new) in &new {
            let Some(old) = old.get(layer) else { continue };
            let places: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for at in places {
                let (was, is) = (old.get(at), new.get(at));
                tailored.changes.extend(difference(layer, at, (before.project, was), (after.project, is)));
                let is_stale = |found: &Found| found.1 == State::Stale;
                if let Some((tailoring, _)) = is.filter(|is| is_stale(is) && !was.is_some_and(is_stale)) {
                    let place = place(after.project, tailoring.span);
                    tailored.stale.push(Stale { layer: layer.to_string(), target: at.clone(), place });
                }
            }
        }
        tailored
    }

    /// What tailorings tell of a section of a page, in a variant. `ids` are its own and those of the
    /// sections around it.
    pub fn told(&self, view: &View, page: &str, ids: &[&str]) -> Told<'_> {
        let mut told = Told::default();
        let lineage: Vec<&str> = view.variant.lineage.iter().map(|ancestor| &*ancestor.name).collect();
        for (index, change) in self.changes.iter().enumerate() {
            let (at, id) = change.place.split_once('#').unwrap_or((&change.place, ""));
            let concerns = at == page && (id.is_empty() || ids.contains(&id));
            if !concerns || !lineage.contains(&change.layer.as_str()) || change.is_told_by_sections() {
                continue;
            }
            told.all |= change.is_total();
            told.layers.insert(&change.layer);
            told.changes.insert(index);
        }
        told
    }

    /// The changes of tailorings, each with the variants whose readers see it.
    pub fn tell(
        &self,
        before: &Side,
        after: &Side,
        heirs: &Heirs,
        reached: impl Iterator<Item = Reached>,
    ) -> Vec<Change> {
        let mut variants: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for reached in reached {
            for index in reached.changes {
                variants.entry(index).or_default().insert(reached.variant.clone());
            }
        }
        let (old, new) = (widest(before), widest(after));
        let told = self.changes.iter().enumerate().filter(|(_, change)| !change.is_told_by_sections());
        told.map(|(index, change)| {
            let layer = change.layer.as_str();
            let titles = [new.get(layer), old.get(layer)].into_iter().flatten();
            let title = titles.filter_map(|view| title(view, &change.place)).next();
            let read = |view: Option<&View>| view.and_then(|view| section_words(view, &change.place));
            let texts = (read(old.get(layer)), read(new.get(layer)));
            let mut told = tell(change, &title.unwrap_or_else(|| change.place.clone()), texts);
            told.variants = variants.remove(&index).unwrap_or_default();
            told.variants.insert(change.layer.clone());
            told.not_in = heirs.of(layer).difference(&told.variants).cloned().collect();
            told
        })
        .collect()
    }
}

type Found = (Tailoring, State);

/// The tailorings of each layer, by place.
fn by_layer(project: &Project) -> BTreeMap<String, BTreeMap<String, Found>> {
    let layers = project.layers.iter().enumerate().map(|(index, layer)| {
        let lock = Lock::of(project, index);
        let found = tailorings(project, index).into_iter().map(|tailoring| {
            let state = State::of(&tailoring, &lock);
            (tailoring.place.clone(), (tailoring, state))
        });
        (layer.name.to_string(), found.collect())
    });
    layers.collect()
}

fn difference(
    layer: &str,
    at: &str,
    (old, was): (&Project, Option<&Found>),
    (new, is): (&Project, Option<&Found>),
) -> Option<TailoringChange> {
    let own = |project: &Project, found: Option<&Found>| {
        found.map_or(String::new(), |found| normal(&found.0.own, &project.sources))
    };
    let (said, says) = (own(old, was), own(new, is));
    let verbs = (was.map(|was| was.0.verb), is.map(|is| is.0.verb));
    let kind = match verbs {
        (None, Some(_)) => Kind::Added,
        (Some(_), None) => Kind::Removed,
        (Some(old), Some(new)) if old == new && said == says => return None,
        (Some(_), Some(_)) => Kind::Changed,
        (None, None) => return None,
    };
    Some(TailoringChange {
        layer: layer.to_string(),
        place: at.to_string(),
        kind,
        verbs,
        is_lost: is.is_none() && still_writes(new, layer, at),
        reason: says,
        was_at: was.map(|was| place(old, was.0.span)),
        is_at: is.map(|is| place(new, is.0.span)),
    })
}

/// Whether a layer has words for a place, though there may be nothing to say them of.
fn still_writes(project: &Project, layer: &str, at: &str) -> bool {
    let (path, id) = at.split_once('#').map_or((at, None), |(path, id)| (path, Some(id)));
    let layer = project.layers.iter().find(|known| *known.name == *layer);
    let Some(file) = layer.and_then(|layer| layer.pages.get(path)) else { return false };
    let text = &project.sources.get(file.source).text;
    match id {
        Some(id) => [' ', '}'].iter().any(|end| text.contains(&format!("{{#{id}{end}"))),
        None => file.front.get("tailor").is_some(),
    }
}

fn tell(change: &TailoringChange, title: &str, texts: (Option<String>, Option<String>)) -> Change {
    let TailoringChange { layer, place, kind, verbs, .. } = change;
    let verb = verbs.1.or(verbs.0).unwrap_or_default();
    let words = match (kind, verbs) {
        (Kind::Added, _) => format!("{layer} now tailors {title} ({place}, {verb})"),
        (Kind::Removed, _) if change.is_lost => {
            format!("what {layer} tailors is gone: {title} ({place}, {verb})")
        }
        (Kind::Removed, _) => format!("{layer} no longer tailors {title} ({place}, {verb})"),
        (_, (Some(old), Some(new))) if old != new => {
            format!("{layer} changed its tailoring of {title} ({place}, {old} → {new})")
        }
        _ => format!("{layer} changed its tailoring of {title} ({place}, {verb})"),
    };
    let mut told = Change::new(Area::Tailorings, *kind, format!("{layer}:{place}"), words)
        .places(change.was_at.clone(), change.is_at.clone());
    // The text of a removal is its reason.
    if *kind == Kind::Added && verb == Verb::Remove.name() {
        told.notes.push(format!("because: {}", words::clip(&change.reason, 30)));
    } else if let (Some(before), Some(after)) = texts {
        told = told.reworded(&before, &after).values(Some(before), Some(after));
    }
    told
}

/// What readers of a variant get at a place: a section with those in it, or what stands before the
/// first one. Nothing for a whole page, whose sections are too many to show.
fn section_words(view: &View, target: &str) -> Option<String> {
    let (path, id) = target.split_once('#')?;
    let page = &view.plan.pages[view.plan.page_index(path)?];
    let reader = Reader::new(*view, page);
    let words = |blocks: &mut dyn Iterator<Item = &Block>| -> String {
        reader.parts(blocks, false).into_iter().map(|part| part.words).collect::<Vec<_>>().join(" ")
    };
    match find(page, id) {
        Some(section) => {
            let mut text = String::new();
            section.walk(&mut |inner| {
                text += &words(&mut inner.blocks());
                text.push(' ');
            });
            Some(text.trim_end().to_string())
        }
        None if id == TOP => Some(words(&mut page.body.top.iter().flat_map(|part| part.iter()))),
        None => None,
    }
}

fn find<'p>(page: &'p PlanPage, id: &str) -> Option<&'p Section> {
    let mut found: Option<&Section> = None;
    page.body.walk(&mut |section| {
        if *section.id == *id && found.is_none() {
            found = Some(section);
        }
    });
    found
}

/// The title of the page or section that is tailored.
fn title(view: &View, target: &str) -> Option<String> {
    let (path, id) = target.split_once('#').map_or((target, None), |(path, id)| (path, Some(id)));
    let page = &view.plan.pages[view.plan.page_index(path)?];
    let Some(id) = id else { return Some(page.title.clone()) };
    match find(page, id) {
        Some(section) => Some(section.title_text()),
        None => (id == TOP).then(|| format!("the opening of {}", page.title)),
    }
}
