//! A section that is inherited for fewer readers, and written again without saying for whom.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{Audience, Mark, Section};
use crate::tailor::{Body, Variant};

use super::{RULE, readers};

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
        each_section(&page.body, &mut |section, readers_now| {
            let Some((readers_before, place)) = inherited.get(&*section.id) else { return };
            let is_written_anew = section.span.source != place.source;
            if is_written_anew && section.audience.is_none() && readers_now < *readers_before {
                found.push(told(section, *readers_before, *place));
            }
        });
    }
    found
}

fn told(section: &Section, before: Audience, place: Span) -> Diagnostic {
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
