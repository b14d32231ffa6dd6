//! Front matter compared field by field, in words.

use crate::load::has_template;
use crate::plan::Place;
use crate::source::Span;
use crate::syntax::duration::Unit;
use crate::syntax::{Duration, DurationRange, Field, Map, Node, Shape, Value};

use super::{Area, Change, Kind, Pair, View, words};

/// More words than this are shown as an excerpt.
const SHORT: usize = 8;
/// More words than this of a value that came or went are left out.
const CLIPPED: usize = 30;

/// Compares the fields of one record or fact.
pub struct Fields<'a> {
    pub pair: &'a Pair<'a>,
    pub area: Area,
    /// What has the fields: `severity High`
    pub subject: String,
    /// Where they stand: `severities.high`
    pub path: String,
    /// The page whose front matter has them
    pub page: &'a str,
}

impl Fields<'_> {
    /// Compares fields of two maps; `skipped` are told otherwise.
    pub fn compare<'f>(
        &self,
        before: &Map,
        after: &Map,
        fields: impl Iterator<Item = &'f Field>,
        skipped: &[&str],
        changes: &mut Vec<Change>,
    ) {
        for field in fields.filter(|field| !skipped.contains(&field.name)) {
            let path = format!("{}.{}", self.path, field.name);
            let (old, new) = (before.get(field.name), after.get(field.name));
            self.compare_value(&label(field.name), &path, old, new, &field.shape, changes);
        }
    }

    fn compare_value(
        &self,
        label: &str,
        path: &str,
        old: Option<&Node>,
        new: Option<&Node>,
        shape: &Shape,
        changes: &mut Vec<Change>,
    ) {
        let maps = (old.and_then(|node| node.value.as_map()), new.and_then(|node| node.value.as_map()));
        let nothing = Map::default();
        match (shape, maps) {
            (Shape::Map(shape) | Shape::ById(_, shape), (Some(_), _) | (_, Some(_))) => {
                let (old, new) = (maps.0.unwrap_or(&nothing), maps.1.unwrap_or(&nothing));
                for key in keys(old, new) {
                    let label = format!("{label}, {}", self::label(key));
                    let path = format!("{path}.{key}");
                    self.compare_value(&label, &path, old.get(key), new.get(key), shape, changes);
                }
            }
            (Shape::Record(fields), (Some(_), _) | (_, Some(_))) => {
                let (old, new) = (maps.0.unwrap_or(&nothing), maps.1.unwrap_or(&nothing));
                for field in *fields {
                    let label = format!("{label}, {}", self::label(field.name));
                    let path = format!("{path}.{}", field.name);
                    let (old, new) = (old.get(field.name), new.get(field.name));
                    self.compare_value(&label, &path, old, new, &field.shape, changes);
                }
            }
            _ if is_same(self.pair, old, new, shape) => {}
            _ => changes.push(self.tell(label, path, old, new, shape)),
        }
    }

    fn tell(&self, label: &str, path: &str, old: Option<&Node>, new: Option<&Node>, shape: &Shape) -> Change {
        let before = old.map(|node| value(&self.pair.before, node, shape));
        let after = new.map(|node| value(&self.pair.after, node, shape));
        // Document control is about the plan itself: its changes have no other subject.
        let subject = match self.subject.as_str() {
            "" => String::new(),
            subject => format!("{subject}: "),
        };
        let (kind, words) = match (&before, &after) {
            (Some(before), Some(after)) => (
                Kind::Changed,
                match (shape, is_long(before) || is_long(after)) {
                    (Shape::List(shape), _) => {
                        format!("{subject}{label} {}", self.list_words(old, new, shape))
                    }
                    (_, true) => format!("{subject}{label} reworded"),
                    (_, false) => format!("{subject}{label} {before} → {after}"),
                },
            ),
            (None, Some(after)) => {
                (Kind::Added, format!("{subject}{label} added: {}", words::clip(after, CLIPPED)))
            }
            (Some(before), None) => {
                (Kind::Removed, format!("{subject}{label} dropped (was {})", words::clip(before, CLIPPED)))
            }
            (None, None) => (Kind::Changed, format!("{subject}{label}")),
        };
        let is_at = new.map(|node| node.span).or_else(|| self.removed_at(path));
        let mut change = Change::new(self.area, kind, path, words).places(
            old.map(|node| self.pair.before.place(node.span)),
            is_at.map(|span| self.pair.after.place(span)),
        );
        change.notes.extend(longer(old, new));
        if let (Some(before), Some(after), Shape::Text) = (&before, &after, shape)
            && (is_long(before) || is_long(after))
        {
            change = change.reworded(before, after);
        }
        change.values(before, after)
    }

    /// Where a field is taken out. Paths of facts begin at their page, those of records before it.
    fn removed_at(&self, path: &str) -> Option<Span> {
        let inside = match self.page {
            "plan.md" => path,
            _ => path.strip_prefix(&self.path)?.trim_start_matches('.'),
        };
        removed_at(&self.pair.after, self.page, inside)
    }

    /// `added SEV-1, dropped critical`
    fn list_words(&self, old: Option<&Node>, new: Option<&Node>, shape: &Shape) -> String {
        let list = |view: &View, node: Option<&Node>| -> Vec<String> {
            let items = node.and_then(|node| node.value.as_list()).unwrap_or_default();
            items.iter().map(|item| value(view, item, shape)).collect()
        };
        let (old, new) = (list(&self.pair.before, old), list(&self.pair.after, new));
        let only = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|item| !other.contains(item)).cloned().collect()
        };
        let (added, dropped) = (only(&new, &old), only(&old, &new));
        let parts = [("added", added), ("dropped", dropped)];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(what, items)| format!("{what} {}", items.join(", ")))
            .collect();
        if parts.is_empty() { format!("in another order: {}", new.join(", ")) } else { parts.join("; ") }
    }
}

/// The keys of two maps, each once, those of the first in their order first.
pub fn keys<'m>(old: &'m Map, new: &'m Map) -> Vec<&'m str> {
    let first = old.iter().map(|(key, _)| key.value.as_str());
    let rest = new.iter().map(|(key, _)| key.value.as_str()).filter(|key| old.get(key).is_none());
    first.chain(rest).collect()
}

/// A key as words: `sitrep_every` is "sitrep every".
pub fn label(key: &str) -> String {
    key.replace('_', " ")
}

/// A value in words: durations written out, things by their titles.
pub fn value(view: &View, node: &Node, shape: &Shape) -> String {
    match (&node.value, shape) {
        (Value::Null, _) => "nothing".into(),
        (Value::Flag(flag), _) => if *flag { "yes" } else { "no" }.into(),
        (Value::Text(text), Shape::Duration) => {
            Duration::parse(text).map_or(text.clone(), |duration| duration.to_string())
        }
        (Value::Text(text), Shape::DurationRange) => {
            DurationRange::parse(text).map_or(text.clone(), |range| range.to_string())
        }
        (Value::Text(id), Shape::Id(kind)) => {
            let records = view.plan.records(*kind);
            records.iter().find(|record| record.id == *id).map_or(id.clone(), |record| record.title.clone())
        }
        (Value::Text(id), Shape::FactId(map)) => {
            let mut facts = view.plan.facts.iter();
            facts
                .find(|fact| fact.map == *map && fact.id.value == *id)
                .map_or(id.clone(), |fact| fact.title.clone())
        }
        (Value::Text(text), _) => super::text::normal(text),
        (Value::List(items), Shape::List(shape)) => {
            items.iter().map(|item| value(view, item, shape)).collect::<Vec<_>>().join(", ")
        }
        (Value::List(_) | Value::Map(_), _) => String::new(),
    }
}

/// Whether two values say the same, or differ only by a value that is stated elsewhere.
fn is_same(pair: &Pair, old: Option<&Node>, new: Option<&Node>, shape: &Shape) -> bool {
    match (old, new) {
        (None, None) => true,
        (Some(old), Some(new)) => same_value(old, new, shape) || is_only_filled(pair, old.span, new.span),
        (Some(node), None) | (None, Some(node)) => node.value.is_blank(),
    }
}

fn same_value(old: &Node, new: &Node, shape: &Shape) -> bool {
    match (&old.value, &new.value, shape) {
        (Value::Text(a), Value::Text(b), Shape::Duration) if Duration::parse(a).is_some() => {
            Duration::parse(a) == Duration::parse(b) && in_business_days(a) == in_business_days(b)
        }
        (Value::Text(a), Value::Text(b), Shape::DurationRange) if DurationRange::parse(a).is_some() => {
            DurationRange::parse(a) == DurationRange::parse(b) && in_business_days(a) == in_business_days(b)
        }
        (Value::Text(a), Value::Text(b), _) => super::text::normal(a) == super::text::normal(b),
        (Value::List(a), Value::List(b), Shape::List(shape)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b, shape))
        }
        (a, b, _) => a == b,
    }
}

/// Five business days count as five days, and are not the same to whoever waits.
fn in_business_days(text: &str) -> bool {
    DurationRange::parse(text).is_some_and(|range| range.most.unit == Unit::BusinessDay)
}

/// Whether a text is written the same and only its values differ.
fn is_only_filled(pair: &Pair, old: Span, new: Span) -> bool {
    let (old, new) = (pair.before.project.sources.text(old), pair.after.project.sources.text(new));
    has_template(old) && super::text::normal(old) == super::text::normal(new)
}

fn is_long(text: &str) -> bool {
    text.split_whitespace().count() > SHORT
}

/// `longer`, `shorter`
fn longer(old: Option<&Node>, new: Option<&Node>) -> Option<String> {
    let seconds = |node: Option<&Node>| {
        let range = DurationRange::parse(node?.value.as_text()?)?;
        Some(range.most.seconds())
    };
    let (old, new) = (seconds(old)?, seconds(new)?);
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => Some("longer".into()),
        std::cmp::Ordering::Less => Some("shorter".into()),
        std::cmp::Ordering::Equal => None,
    }
}

/// Where the nearest layer takes a value out of a page's front matter: the `null`.
pub fn removed_at(view: &View, page: &str, path: &str) -> Option<Span> {
    view.variant.lineage.iter().rev().find_map(|ancestor| {
        let file = view.project.layers[ancestor.layer].pages.get(page)?;
        let node = file.front.at(path)?;
        (node.value == Value::Null).then_some(node.span)
    })
}

/// The place of a value, on one side.
pub fn place(view: &View, node: Option<&Node>) -> Option<Place> {
    node.map(|node| view.place(node.span))
}

/// The first words of a text, for a list of several.
pub fn brief(view: &View, map: &Map, fields: &[Field], skipped: &[&str]) -> String {
    let told = fields.iter().filter(|field| !skipped.contains(&field.name)).filter_map(|field| {
        let node = map.get(field.name)?;
        let said = value(view, node, &field.shape);
        (!said.is_empty()).then(|| format!("{} {}", label(field.name), words::clip(&said, SHORT)))
    });
    told.take(4).collect::<Vec<_>>().join(", ")
}
