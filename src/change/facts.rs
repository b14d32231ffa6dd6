//! The facts of a plan, compared by path.

use crate::source::Spanned;
use crate::syntax::fields::{COMMON, FACT_KINDS};
use crate::syntax::{Field, Kind as PageKind, Map, Node, Shape};

use super::fields::{self, Fields};
use super::{Area, Change, Kind, Pair, View};

/// What is told elsewhere, or says something about the file alone.
const SKIPPED: &[&str] = &["extends", "tailor", "document"];

/// Tells what differs in the facts of a variant.
pub fn compare(pair: &Pair, changes: &mut Vec<Change>) {
    let (before, after) = (&pair.before.variant.facts, &pair.after.variant.facts);
    let page = Fields {
        pair,
        area: Area::Facts,
        subject: "the plan's first page".into(),
        path: "plan".into(),
        page: "plan.md",
    };
    page.compare(before, after, COMMON.iter(), SKIPPED, changes);
    for field in PageKind::Plan.fields().iter().filter(|field| !SKIPPED.contains(&field.name)) {
        let maps = (map(before, field.name), map(after, field.name));
        match &field.shape {
            Shape::Map(Shape::Record(of)) => compare_map(pair, field.name, maps, of, changes),
            Shape::Record(of) => {
                let fields = Fields {
                    pair,
                    area: Area::Facts,
                    subject: format!("the {}", field.name),
                    path: field.name.into(),
                    page: "plan.md",
                };
                fields.compare(maps.0, maps.1, of.iter(), &[], changes);
            }
            _ => {}
        }
    }
}

fn compare_map(pair: &Pair, name: &str, maps: (&Map, &Map), of: &'static [Field], changes: &mut Vec<Change>) {
    let what = singular(name);
    for id in fields::keys(maps.0, maps.1) {
        let path = format!("{name}.{id}");
        let (old, new) = (maps.0.entry(id), maps.1.entry(id));
        let titles = (title(&pair.before, old), title(&pair.after, new));
        match (old, new) {
            (Some((_, old)), Some((_, new))) => {
                let (Some(old_map), Some(new_map)) = (old.value.as_map(), new.value.as_map()) else {
                    continue;
                };
                if titles.0 != titles.1 {
                    let words = format!("{what} {} renamed to {}", titles.0, titles.1);
                    let places = (title_place(&pair.before, old_map), title_place(&pair.after, new_map));
                    let change = Change::new(Area::Facts, Kind::Renamed, format!("{path}.title"), words);
                    let change = change.places(places.0, places.1);
                    changes.push(change.values(Some(titles.0), Some(titles.1.clone())));
                }
                let subject = format!("{what} {}", titles.1);
                let fields = Fields { pair, area: Area::Facts, subject, path, page: "plan.md" };
                fields.compare(old_map, new_map, of.iter(), &["title", "to"], changes);
            }
            (None, Some((key, new))) => {
                let Some(map) = new.value.as_map() else { continue };
                let said = fields::brief(&pair.after, map, of, &["title", "to"]);
                let said = if said.is_empty() { said } else { format!(": {said}") };
                let words = format!("{what} {} added{said}", titles.1);
                let change = Change::new(Area::Facts, Kind::Added, path, words);
                changes.push(change.places(None, Some(pair.after.place(key.span))));
            }
            (Some((key, _)), None) => {
                let is_at = fields::removed_at(&pair.after, "plan.md", &path);
                let words = format!("{what} {} dropped", titles.0);
                let change = Change::new(Area::Facts, Kind::Removed, path, words);
                let is_at = is_at.map(|span| pair.after.place(span));
                changes.push(change.places(Some(pair.before.place(key.span)), is_at));
            }
            (None, None) => {}
        }
    }
}

fn map<'m>(facts: &'m Map, name: &str) -> &'m Map {
    static NOTHING: std::sync::LazyLock<Map> = std::sync::LazyLock::new(Map::default);
    facts.get(name).and_then(|node| node.value.as_map()).unwrap_or(&NOTHING)
}

/// What one entry of a map is: `timer` of `timers`.
fn singular(map: &str) -> &str {
    let named = FACT_KINDS.iter().find(|(_, name)| *name == map).map(|(kind, _)| *kind);
    named.unwrap_or(match map {
        "requires" => "required fact",
        "deviations" => "deviation",
        _ => map,
    })
}

/// What a fact is called: its title, or whom it is to, or its id.
fn title(view: &View, entry: Option<&(Spanned<String>, Node)>) -> String {
    let Some((key, node)) = entry else { return String::new() };
    let named = node.value.as_map().and_then(title_node);
    named.map_or(key.value.clone(), |node| fields::value(view, node, &Shape::Text))
}

fn title_node(map: &Map) -> Option<&Node> {
    map.get("title").or_else(|| map.get("to"))
}

fn title_place(view: &View, map: &Map) -> Option<crate::plan::Place> {
    fields::place(view, title_node(map))
}
