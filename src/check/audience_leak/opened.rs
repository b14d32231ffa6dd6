//! What a layer inherits for fewer readers, and opens up for more: by another audience, or by none where it writes a
//! section anew.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::check::{Binder, Findings, Reader};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{Audience, Kind, Map, Mark, Section, Value};
use crate::tailor::facts::page_audience;
use crate::tailor::{Body, Variant};

use super::{RULE, readers};

/// What a layer marks for more readers than those it was written for, where it inherits it.
pub(super) fn opened(binder: &Binder, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for variant in binder.variants.iter().filter(|variant| seen.insert(variant.layer)) {
        let Some((own, inherited)) = variant.lineage.split_last() else { continue };
        let layers = &binder.project.layers;
        let reader = (&*variant.name, variant.edition);
        for (path, page) in &layers[own.layer].pages {
            let lineage = inherited.iter().filter_map(|it| layers[it.layer].pages.get(path));
            let fronts: Vec<&Map> = lineage.map(|page| &*page.front).collect();
            let help = match page.kind {
                Kind::Plan => "leave it for these readers, or extend a layer that others may read too",
                _ => {
                    "leave it for these readers, or remove the page and write one of its own at another path"
                }
            };
            opened_by(&page.front, &fronts, &format!("`{path}`"), help, reader, findings);
            for map in ["channels", "contacts"] {
                let records = |front: &'_ Map| front.get(map).and_then(|node| node.value.as_map()).cloned();
                for (id, node) in records(&page.front).iter().flat_map(Map::iter) {
                    let Some(record) = node.value.as_map() else { continue };
                    let mut before: Vec<Map> = Vec::new();
                    for front in &fronts {
                        match records(front).and_then(|records| Some(records.get(&id.value)?.value.clone())) {
                            Some(Value::Map(record)) => before.push(record),
                            // What was removed is stated anew.
                            Some(_) => before.clear(),
                            None => {}
                        }
                    }
                    let what = format!("`{map}.{}`", id.value);
                    let help = "leave it for these readers, or remove it (`null`) and state one of its own under another id";
                    opened_by(record, &before.iter().collect::<Vec<_>>(), &what, help, reader, findings);
                }
            }
        }
    }
}

/// Tells where a map marks for more readers what the maps it is laid over, the farthest first, keep
/// for fewer.
fn opened_by(own: &Map, inherited: &[&Map], what: &str, help: &str, reader: Reader, findings: &mut Findings) {
    let mark = |map: &Map| {
        let node = map.get("audience")?;
        match &node.value {
            Value::Null => Some((Audience::Public, node.span)),
            value => Some((value.as_text().and_then(Audience::parse)?, node.span)),
        }
    };
    let removes = |map: &Map| map.get("tailor").is_some_and(|node| node.value.as_text() == Some("remove"));
    let start = inherited.iter().rposition(|map| removes(map)).map_or(0, |at| at + 1);
    let before = inherited[start..].iter().rev().find_map(|map| mark(map));
    if let (Some((readers_now, span)), Some((readers_before, place))) = (mark(own), before)
        && readers_now < readers_before
        && !removes(own)
    {
        let message = format!("{what} is inherited for {} only", readers(readers_before));
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(span, "this opens up what was written for them")
            .and(place, format!("for {} only", readers(readers_before)))
            .help(help);
        findings.tell_in(reader, diagnostic);
    }
}

/// What a layer opens up of the one it extends, since a section of the same id stands in what it writes anew: in
/// another section that it replaces, or on a page.
pub(super) fn mark_lost(own: &Variant, parent: &Variant) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (path, page) in &own.pages {
        let Some(before) = parent.pages.get(path) else { continue };
        if Arc::ptr_eq(&before.body, &page.body) || !before.body.hides_something(Audience::Public) {
            continue;
        }
        let mut inherited = HashMap::new();
        each_section(&before.body, &mut |section, readers| {
            inherited.entry(&*section.id).or_insert((readers, section.span));
        });
        let of_page = page_audience(&page.front);
        each_section(&page.body, &mut |section, readers| {
            let Some((readers_before, place)) = inherited.get(&*section.id) else { return };
            let readers_now = readers.max(of_page);
            let is_written_anew = section.span.source != place.source;
            if is_written_anew && section.audience.is_none() && readers_now < *readers_before {
                found.push(told_lost(section, *readers_before, *place));
            }
        });
    }
    found
}

fn told_lost(section: &Section, before: Audience, place: Span) -> Diagnostic {
    let name = before.name();
    Diagnostic::new(RULE.name, format!("`{}` is inherited for {} only", section.id, readers(before)))
        .at(section.id_span, "written anew, without an audience")
        .and(place, format!("for {} only", readers(before)))
        .help(format!(
            "write `audience={name}` in its braces, or the audience that is meant, or give it another id"
        ))
}

/// Calls `see` with each section and who may read it, by its mark and those around it.
fn each_section<'b>(body: &'b Body, see: &mut dyn FnMut(&'b Section, Audience)) {
    let readers = |mark: Mark| mark.map_or(Audience::default(), |(readers, _)| readers);
    for section in &body.sections {
        section.each_marked(&mut |section, mark| see(section, readers(mark)));
    }
}
