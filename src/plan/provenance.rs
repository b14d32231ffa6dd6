//! Where each fact of a plan is stated.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Sources, Span};
use crate::syntax::{Map, Node, Value};
use crate::tailor::Variant;

/// Where a value is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The layer
    pub layer: Arc<str>,
    /// The file, from the project's folder
    pub file: Arc<str>,
    /// The line, from 1
    pub line: usize,
}

/// For each value of a plan, by its path such as `timers.report.within` or
/// `severities.high.rank`, where it is stated. Items of a list have the list's path.
pub(super) fn places(variant: &Variant, sources: &Sources) -> BTreeMap<String, Place> {
    let place = |span: Span| {
        let source = sources.get(span.source);
        let writer = variant.writer(span.source);
        Place {
            layer: writer.map_or(variant.name.clone(), |at| variant.lineage[at].name.clone()),
            file: source.path.clone(),
            line: source.line_column(span.start).0,
        }
    };
    let mut places = BTreeMap::new();
    collect(&variant.facts, "", &place, &mut places);
    for page in variant.pages.values() {
        if let (Some(folder), Some(id)) = (page.kind.folder(), crate::tailor::record_id(&page.path)) {
            collect(&page.front, &format!("{folder}.{id}"), &place, &mut places);
        }
    }
    places
}

fn collect(map: &Map, path: &str, place: &dyn Fn(Span) -> Place, places: &mut BTreeMap<String, Place>) {
    for (key, node) in map.iter().filter(|(key, _)| key.value != "allow") {
        let path = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
        match node {
            Node { value: Value::Map(inner), .. } => collect(inner, &path, place, places),
            Node { span, .. } => drop(places.insert(path, place(*span))),
        }
    }
}
