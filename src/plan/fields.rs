//! Taking typed values out of merged front matter.
//!
//! Shapes were checked when each file was read, so a value that is here can be read.
//! What is required and what refers to other records can only be judged after the merge.

use crate::source::{Span, Spanned};
use crate::syntax::{Duration, DurationRange, Field, Map, Node, Shape, Value};

/// A map of front matter, read by key.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'m> {
    map: &'m Map,
}

impl<'m> Fields<'m> {
    /// The fields of a map.
    pub fn new(map: &'m Map) -> Self {
        Fields { map }
    }

    /// Whether there is a value, if only an empty one.
    pub fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some()
    }

    /// A text and its place.
    pub fn text(&self, key: &str) -> Option<Spanned<String>> {
        let node = self.map.get(key)?;
        Some(Spanned::new(node.value.as_text()?.trim().to_string(), node.span))
    }

    /// A text; empty where there is none.
    pub fn text_or_empty(&self, key: &str) -> String {
        self.text(key).map_or(String::new(), |text| text.value)
    }

    /// A flag; false where there is none.
    pub fn flag(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|node| node.value == Value::Flag(true))
    }

    /// A whole number and its place.
    pub fn whole(&self, key: &str) -> Option<Spanned<u32>> {
        let text = self.text(key)?;
        Some(Spanned::new(text.value.parse().ok()?, text.span))
    }

    /// A duration and its place.
    pub fn duration(&self, key: &str) -> Option<Spanned<Duration>> {
        let text = self.text(key)?;
        Some(Spanned::new(Duration::parse(&text.value)?, text.span))
    }

    /// A duration or a range of two, and its place.
    pub fn range(&self, key: &str) -> Option<Spanned<DurationRange>> {
        let text = self.text(key)?;
        Some(Spanned::new(DurationRange::parse(&text.value)?, text.span))
    }

    /// The texts of a list.
    pub fn texts(&self, key: &str) -> Vec<Spanned<String>> {
        let items = self.map.get(key).and_then(|node| node.value.as_list()).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| Some(Spanned::new(item.value.as_text()?.trim().to_string(), item.span)))
            .collect()
    }

    /// The texts of a map, with their keys.
    pub fn texts_by_id(&self, key: &str) -> Vec<(Spanned<String>, Spanned<String>)> {
        let entries = self.map.get(key).and_then(|node| node.value.as_map());
        entries
            .into_iter()
            .flat_map(Map::iter)
            .filter_map(|(key, node)| {
                let text = node.value.as_text()?.trim().to_string();
                Some((key.clone(), Spanned::new(text, node.span)))
            })
            .collect()
    }

    /// The records of a map, with their ids.
    pub fn records(&self, key: &str) -> Vec<(&'m Spanned<String>, Fields<'m>)> {
        let entries = self.map.get(key).and_then(|node| node.value.as_map());
        entries
            .into_iter()
            .flat_map(Map::iter)
            .filter_map(|(key, node)| Some((key, Fields::new(node.value.as_map()?))))
            .collect()
    }

    /// A record inside this one.
    pub fn record(&self, key: &str) -> Option<Fields<'m>> {
        self.map.get(key)?.value.as_map().map(Fields::new)
    }
}

/// A value that must be there and is not, or that refers to another record.
#[derive(Debug, Clone, Copy)]
pub enum Finding<'a> {
    /// A field that is required; the nearest place, and the path of its record.
    Missing(&'a Field, Option<Span>, &'a str),
    /// A reference to another record: the id, its place, and its shape.
    Reference(&'a str, Span, &'a Shape),
}

/// Looks through merged front matter for what is missing and what refers to other records.
pub fn examine(
    map: &Map,
    fields: &[&'static Field],
    path: &str,
    place: Option<Span>,
    see: &mut dyn FnMut(Finding),
) {
    for field in fields {
        match map.entry(field.name) {
            // Nobody can read a name that is blank, either.
            Some((key, node)) if field.required && node.value.is_blank() => {
                see(Finding::Missing(field, Some(key.span), path));
            }
            Some((key, node)) => examine_value(node, &field.shape, &join(path, field.name), key.span, see),
            None if field.required => see(Finding::Missing(field, place, path)),
            None => {}
        }
    }
}

fn examine_value(node: &Node, shape: &'static Shape, path: &str, place: Span, see: &mut dyn FnMut(Finding)) {
    match (shape, &node.value) {
        (Shape::Id(_) | Shape::FactId(_), Value::Text(id)) => see(Finding::Reference(id, node.span, shape)),
        (Shape::List(shape), Value::List(items)) => {
            items.iter().for_each(|item| examine_value(item, shape, path, place, see))
        }
        (Shape::ById(kind, _), Value::Map(map)) => {
            for (key, _) in map.iter() {
                see(Finding::Reference(&key.value, key.span, &Shape::Id(*kind)));
            }
        }
        (Shape::Map(shape), Value::Map(map)) => {
            for (key, node) in map.iter() {
                examine_value(node, shape, &join(path, &key.value), key.span, see);
            }
        }
        (Shape::Record(fields), Value::Map(map)) => {
            examine(map, &fields.iter().collect::<Vec<_>>(), path, Some(place), see)
        }
        _ => {}
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }
}
