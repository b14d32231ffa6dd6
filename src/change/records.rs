//! Pages and the records they describe, compared field by field.

use std::collections::BTreeMap;

use crate::plan::{Place, PlanPage};
use crate::source::Span;
use crate::syntax::{Kind as PageKind, Node, Shape};

use super::fields::{self, Fields};
use super::text::Reader;
use super::words::{Bag, Search};
use super::{Area, Change, Kind, Pair, View};

/// What is told elsewhere, or says something about the file alone.
const SKIPPED: &[&str] = &["title", "tailor"];
/// Pages that have this much in common are one that was renamed.
const ALIKE: f32 = 0.7;

/// Tells what differs in the front matter of the pages of a variant, and which pages came and went.
pub fn compare(pair: &Pair, pages: &[(Option<&PlanPage>, Option<&PlanPage>)], changes: &mut Vec<Change>) {
    for (before, after) in pages.iter().copied() {
        match (before, after) {
            (Some(before), Some(after)) => changed(pair, before, after, changes),
            (None, Some(after)) => changes.push(added(pair, after)),
            (Some(before), None) => changes.push(dropped(pair, before)),
            (None, None) => {}
        }
    }
}

/// The pages of both sides, each with what it is on the other: by path, or alike in text.
pub fn pages<'a>(pair: &Pair<'a>) -> Vec<(Option<&'a PlanPage>, Option<&'a PlanPage>)> {
    let by_path = |view: &View<'a>| -> BTreeMap<&'a str, &'a PlanPage> {
        view.plan.pages.iter().map(|page| (&*page.path, &**page)).collect()
    };
    let (mut old, mut new) = (by_path(&pair.before), by_path(&pair.after));
    let mut found = Vec::new();
    for page in &pair.after.plan.pages {
        if let Some(before) = old.remove(&*page.path) {
            new.remove(&*page.path);
            found.push((Some(before), Some(&**page)));
        }
    }
    let bag = |view: View, page: &PlanPage| Bag::of(&Reader::new(view, page).all(&page.body));
    let old = old.into_values();
    let mut old: Vec<_> = match new.is_empty() {
        true => old.map(|page| (page, None)).collect(),
        false => old.map(|page| (page, Some(bag(pair.before, page)))).collect(),
    };
    let mut search = Search::new();
    for page in new.into_values() {
        let text = bag(pair.after, page);
        let renamed = search.find(&old, |(before, known)| {
            before.kind == page.kind && known.as_ref().is_some_and(|it| it.is_alike(&text, ALIKE))
        });
        found.push((renamed.map(|at| old.remove(at).0), Some(page)));
    }
    found.extend(old.into_iter().map(|(page, _)| (Some(page), None)));
    found
}

fn changed(pair: &Pair, before: &PlanPage, after: &PlanPage, changes: &mut Vec<Change>) {
    let subject = subject(after);
    let (area, path) = (area(after.kind), path_of(after));
    let places = (start(&pair.before, before), start(&pair.after, after));
    if before.path != after.path {
        let words = format!("{subject} is now at {} (was at {})", after.path, before.path);
        let change =
            Change::new(area, Kind::Moved, path.clone(), words).places(places.0.clone(), places.1.clone());
        changes.push(change.values(Some(before.path.to_string()), Some(after.path.to_string())));
    }
    if is_retitled(pair, before, after) {
        let words = format!("{} renamed to {}", self::subject(before), name(after));
        let change = Change::new(area, Kind::Renamed, format!("{path}.title"), words);
        let places = (title_place(&pair.before, before), title_place(&pair.after, after));
        let change = change.places(places.0, places.1);
        changes.push(change.values(Some(before.title.clone()), Some(after.title.clone())));
    }
    if after.kind == PageKind::Plan {
        return;
    }
    let fields = Fields { pair, area, subject, path, page: &after.path };
    fields.compare(&before.front, &after.front, after.kind.all_fields(), SKIPPED, changes);
}

fn added(pair: &Pair, page: &PlanPage) -> Change {
    let summary = if page.summary.is_empty() { String::new() } else { format!(": {}", page.summary) };
    let words = format!("{} added{}", subject(page), summary.trim_end_matches('.'));
    let change = Change::new(area(page.kind), Kind::Added, path_of(page), words);
    change.places(None, start(&pair.after, page))
}

fn dropped(pair: &Pair, page: &PlanPage) -> Change {
    let removed = removal(&pair.after, &page.path).map(|span| pair.after.place(span));
    let words = format!("{} dropped", subject(page));
    let change = Change::new(area(page.kind), Kind::Removed, path_of(page), words);
    change.places(start(&pair.before, page), removed)
}

/// Where the nearest layer says that it drops a page.
fn removal(view: &View, path: &str) -> Option<Span> {
    view.variant.lineage.iter().rev().find_map(|ancestor| {
        let file = view.project.layers[ancestor.layer].pages.get(path)?;
        let tailor = file.front.get("tailor")?;
        (tailor.value.as_text() == Some("remove")).then_some(tailor.span)
    })
}

fn area(kind: PageKind) -> Area {
    if kind.folder().is_some() { Area::Records } else { Area::Pages }
}

/// `severities.high` for a record, the path for another page.
fn path_of(page: &PlanPage) -> String {
    match (page.kind.folder(), crate::tailor::record_id(&page.path)) {
        (Some(folder), Some(id)) => format!("{folder}.{id}"),
        _ => page.path.to_string(),
    }
}

/// `severity High`, `role Scribe`, `page Reporting`
pub fn subject(page: &PlanPage) -> String {
    format!("{} {}", page.kind.name(), name(page))
}

fn name(page: &PlanPage) -> String {
    let label = page.front.get("label").and_then(|node| node.value.as_text());
    label.filter(|_| page.kind == PageKind::Severity).unwrap_or(&page.title).to_string()
}

fn start(view: &View, page: &PlanPage) -> Option<Place> {
    Some(view.place(page.start))
}

/// Whether the title differs, and not only by a value in it. A title stands in front matter or in
/// the text.
fn is_retitled(pair: &Pair, before: &PlanPage, after: &PlanPage) -> bool {
    let written = |view: &View, page: &PlanPage| {
        let title = page.front.get("title")?;
        Some(view.project.sources.text(title.span).to_string())
    };
    let (old, new) = (written(&pair.before, before), written(&pair.after, after));
    before.title != after.title && (old.is_none() || old != new)
}

fn title_place(view: &View, page: &PlanPage) -> Option<Place> {
    fields::place(view, page.front.get("title")).or_else(|| start(view, page))
}

/// The words of all values of some front matter, to see whether they differ.
pub fn said(view: &View, page: &PlanPage) -> String {
    let mut words = format!("{} ", page.title);
    for field in page.kind.all_fields() {
        if let Some(node) = page.front.get(field.name) {
            say(view, node, &field.shape, &mut words);
        }
    }
    words
}

fn say(view: &View, node: &Node, shape: &Shape, words: &mut String) {
    match (shape, node.value.as_map()) {
        (Shape::Map(shape) | Shape::ById(_, shape), Some(map)) => {
            map.iter().for_each(|(_, node)| say(view, node, shape, words))
        }
        (Shape::Record(fields), Some(map)) => {
            for field in *fields {
                if let Some(node) = map.get(field.name) {
                    say(view, node, &field.shape, words);
                }
            }
        }
        _ => {
            words.push_str(&fields::value(view, node, shape));
            words.push(' ');
        }
    }
}
