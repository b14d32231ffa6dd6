//! The text of pages, compared section by section.

use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::plan::{Place, PlanPage};
use crate::syntax::{Kind as PageKind, Section, Verb};
use crate::tailor::drift::tailorings;

use super::sections::{ALIKE, Entry, entries, joined, match_up};
use super::tailorings::{Reached, Tailored, Told};
use super::text::Part;
use super::words::{self, Bag, Search};
use super::{Area, Change, Kind, Pair, View, records};

/// A section with fewer words is not looked for on other pages.
const TELLING: usize = 8;

/// Tells what differs in the text of the pages of a variant.
pub fn compare<'a>(
    pair: &Pair<'a>,
    pages: &[(Option<&'a PlanPage>, Option<&'a PlanPage>)],
    tailored: &Tailored,
    reached: &mut Reached,
    changes: &mut Vec<Change>,
) {
    let mut loose = Loose::default();
    for page in pages {
        let (before, after) = match page {
            (Some(before), Some(after)) => (before, after),
            // A page that came or went is told whole, and why it did where a layer says so.
            (Some(page), None) | (None, Some(page)) => {
                tailored.told(&pair.after, &page.path, &[]).reach(reached);
                continue;
            }
            (None, None) => continue,
        };
        if std::ptr::eq(&*before.body, &*after.body) {
            continue;
        }
        let (old, new) = (entries(pair.before, before), entries(pair.after, after));
        let (matched, removed, added) = match_up(old, new);
        tell_moved(pair, &matched, changes);
        for (old, new) in &matched {
            let ids: Vec<&str> = old.ids.iter().chain(&new.ids).copied().collect();
            let told = tailored.told(&pair.after, &after.path, &ids);
            compare_section(pair, old, new, &told, reached, changes);
        }
        for entry in removed {
            let told = tailored.told(&pair.after, &after.path, &entry.ids);
            told.reach(reached);
            if !told.all {
                loose.removed.push(entry);
            }
        }
        for entry in added {
            let told = tailored.told(&pair.after, &after.path, &entry.ids);
            told.reach(reached);
            if !told.all && !told.layers.contains(writer(&entry).as_str()) {
                loose.added.push(entry);
            }
        }
    }
    loose.tell(pair, changes);
}

fn writer(entry: &Entry) -> String {
    entry.place().map_or(String::new(), |place| place.layer.to_string())
}

fn compare_section(
    pair: &Pair,
    old: &Entry,
    new: &Entry,
    told: &Told,
    reached: &mut Reached,
    changes: &mut Vec<Change>,
) {
    if let (Some(before), Some(after)) = (old.section, new.section) {
        let heading =
            |view: &View, section: &Section| super::text::normal(view.project.sources.text(section.span));
        let written = (heading(&pair.before, before), heading(&pair.after, after));
        if old.title() != new.title() && written.0 != written.1 && !told.all {
            let words = format!("{} retitled {}", old.name(), new.title());
            let change = Change::new(Area::Pages, Kind::Renamed, new.path(), words);
            changes
                .push(change.values(Some(old.title()), Some(new.title())).places(old.place(), new.place()));
        }
        if before.id != after.id && old.title() == new.title() && !told.all {
            let words = format!("{} is now at #{} (was at #{})", new.name(), after.id, before.id);
            let change = Change::new(Area::Pages, Kind::Moved, new.path(), words);
            changes.push(change.values(Some(old.path()), Some(new.path())).places(old.place(), new.place()));
        }
        if before.audience != after.audience && !told.all {
            let shown = |section: &Section| section.audience.unwrap_or_default().name().to_string();
            let words = format!("{}: audience {} → {}", new.name(), shown(before), shown(after));
            let change = Change::new(Area::Pages, Kind::Changed, format!("{}.audience", new.path()), words);
            let change = change.values(Some(shown(before)), Some(shown(after)));
            changes.push(change.places(old.place(), new.place()));
        }
    }
    let parts = (old.parts(), new.parts());
    if parts.0.iter().map(|part| &part.written).eq(parts.1.iter().map(|part| &part.written)) {
        return;
    }
    told.reach(reached);
    if !told.all {
        changes.extend(reworded(pair, old, new, &parts, told));
    }
}

/// How the text of a section differs, but for what tailorings tell.
fn reworded(
    pair: &Pair,
    old: &Entry,
    new: &Entry,
    parts: &(Vec<Part>, Vec<Part>),
    told: &Told,
) -> Option<Change> {
    let rest = |view: &View, parts: &[Part]| -> Vec<Part> {
        let is_told = |part: &Part| told.layers.contains(&*view.place(part.span).layer);
        parts.iter().filter(|part| !is_told(part)).cloned().collect()
    };
    let (before, after) = (rest(&pair.before, &parts.0), rest(&pair.after, &parts.1));
    let written = |parts: &[Part]| -> Vec<String> { parts.iter().map(|part| part.written.clone()).collect() };
    let (mut gone, mut come): (Vec<&Part>, Vec<&Part>) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &written(&before), &written(&after)) {
        if !matches!(op, DiffOp::Equal { .. }) {
            gone.extend(&before[op.old_range()]);
            come.extend(&after[op.new_range()]);
        }
    }
    gone.retain(|part| !is_conditional((&pair.before, part), (&pair.after, &after)));
    come.retain(|part| !is_conditional((&pair.after, part), (&pair.before, &before)));
    let texts = (joined(gone.iter().copied()), joined(come.iter().copied()));
    let rewording = words::reword(&texts.0, &texts.1)?;
    let all = (joined(before.iter()), joined(after.iter()));
    let how = if words::is_rewritten(&all.0, &all.1) {
        "rewritten".to_string()
    } else {
        format!(
            "reworded ({} of {} words out, {} in)",
            rewording.out,
            all.0.split(' ').count(),
            rewording.new
        )
    };
    let place = |view: &View, parts: &[&Part], entry: &Entry| {
        parts.first().map_or(entry.place(), |part| Some(view.place(part.span)))
    };
    let change = Change::new(Area::Pages, Kind::Changed, new.path(), format!("{} {how}", new.name()))
        .values(Some(texts.0.clone()), Some(texts.1.clone()))
        .places(place(&pair.before, &gone, old), place(&pair.after, &come, new));
    Some(change.reworded(&texts.0, &texts.1))
}

/// Whether a part is there on one side only because a condition asks for a fact: its file says the
/// same on both sides and writes some of the section on both.
fn is_conditional((own, part): (&View, &Part), (other, parts): (&View, &[Part])) -> bool {
    let source = own.project.sources.get(part.span.source);
    let sources = parts.iter().map(|part| other.project.sources.get(part.span.source));
    sources.into_iter().any(|known| known.path == source.path && known.text == source.text)
}

/// The sections that stand in another order among those that stayed.
fn tell_moved(pair: &Pair, matched: &[(Entry, Entry)], changes: &mut Vec<Change>) {
    let new: Vec<(&str, usize)> = matched.iter().map(|(old, _)| old.key).collect();
    let mut by_old: Vec<&(Entry, Entry)> = matched.iter().collect();
    by_old.sort_by_key(|(old, _)| old.number);
    let old: Vec<(&str, usize)> = by_old.iter().map(|(old, _)| old.key).collect();
    let mut moved: BTreeSet<(&str, usize)> = BTreeSet::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Delete { .. } | DiffOp::Replace { .. } = op {
            moved.extend(&old[op.old_range()]);
        }
    }
    let moved_ids: BTreeSet<&str> = moved.iter().map(|(id, _)| *id).collect();
    let mut before: Option<&Entry> = None;
    for (was, is) in matched {
        let with_parent = is.ids.iter().rev().skip(1).any(|id| moved_ids.contains(id));
        if moved.contains(&was.key) && !with_parent {
            let to = before.map_or(String::new(), |entry| match entry.section {
                Some(_) => format!(", now after {}", entry.title()),
                None => ", now first".into(),
            });
            let change = Change::new(Area::Pages, Kind::Moved, is.path(), format!("{} moved{to}", is.name()));
            let places = (
                was.section.map(|it| pair.before.place(it.span)),
                is.section.map(|it| pair.after.place(it.span)),
            );
            changes.push(change.places(places.0, places.1));
        }
        before = Some(is);
    }
}

/// Sections that are on one side only, of all pages.
#[derive(Default)]
struct Loose<'a> {
    removed: Vec<Entry<'a>>,
    added: Vec<Entry<'a>>,
}

impl Loose<'_> {
    fn tell(mut self, pair: &Pair, changes: &mut Vec<Change>) {
        let mut added = Vec::new();
        let mut texts: Vec<Bag> = self.removed.iter().map(|entry| Bag::of(&entry.words())).collect();
        let mut search = Search::new();
        for entry in std::mem::take(&mut self.added) {
            let text = entry.words();
            let bag = Bag::of(&text);
            let from = search.find(&texts, |old| old.count() >= TELLING && old.is_alike(&bag, ALIKE));
            match from {
                Some(index) => {
                    texts.remove(index);
                    let old = self.removed.remove(index);
                    let words = format!("{} moved to {}", old.name(), records::subject(entry.page));
                    let change = Change::new(Area::Pages, Kind::Moved, entry.path(), words);
                    let change = change.reworded(&old.words(), &text);
                    changes.push(
                        change
                            .values(Some(old.path()), Some(entry.path()))
                            .places(old.place(), entry.place()),
                    );
                }
                None => added.push(entry),
            }
        }
        // What became of a section in time is told by the tailoring that took it out.
        let removals = match self.removed.is_empty() || pair.is_in_time() {
            true => BTreeMap::new(),
            false => removals(&pair.after),
        };
        for entry in outermost(&self.removed) {
            let change = one_sided(entry, Kind::Removed, "removed");
            changes.push(change.places(entry.place(), removals.get(&entry.path()).cloned()));
        }
        for entry in outermost(&added) {
            changes.push(one_sided(entry, Kind::Added, "added").places(None, entry.place()));
        }
    }
}

/// Those that stand in no other of the list: what is in a section comes and goes with it.
fn outermost<'e, 'a>(entries: &'e [Entry<'a>]) -> impl Iterator<Item = &'e Entry<'a>> {
    let all: BTreeSet<(&str, &str)> = entries.iter().map(|it| (&*it.page.path, it.key.0)).collect();
    let is_inside = move |entry: &Entry| {
        let around = &entry.ids[..entry.ids.len().saturating_sub(1)];
        around.iter().any(|id| all.contains(&(&*entry.page.path, *id)))
    };
    entries.iter().filter(move |entry| !is_inside(entry))
}

fn one_sided(entry: &Entry, kind: Kind, what: &str) -> Change {
    let of_checklist = entry.section.filter(|_| entry.page.kind == PageKind::Checklist);
    let with = match of_checklist.map_or(0, |section| entry.reader().count_steps(section)) {
        0 => String::new(),
        1 => " with its step".to_string(),
        count => format!(" with its {count} steps"),
    };
    let text = entry.words();
    let said = if text.is_empty() { String::new() } else { format!(": {}", words::clip(&text, 20)) };
    let words = format!("{} {what}{with}{}", entry.name(), said.trim_end_matches('.'));
    let change = Change::new(Area::Pages, kind, entry.path(), words);
    match kind {
        Kind::Removed => change.values(Some(text), None),
        _ => change.values(None, Some(text)),
    }
}

/// Where layers take sections out, by the path of each: the nearest layer where several do.
fn removals(view: &View) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    for ancestor in view.variant.lineage.iter().rev() {
        let tailorings = tailorings(view.project, ancestor.layer).into_iter();
        for removal in tailorings.filter(|it| it.verb == Verb::Remove.name()) {
            found.entry(removal.place).or_insert_with(|| view.place(removal.span));
        }
    }
    found
}
