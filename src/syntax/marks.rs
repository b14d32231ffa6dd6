//! Where a page keeps less from some readers than its author meant: what is no mark, what ends a marked section, and
//! what reaches into one.

use std::collections::HashSet;

use crate::source::Span;
use crate::syntax::{Audience, Document, Fault, FaultKind, Section};

/// Whether the words of a comment are an audience and nothing else: `audience=staff`, `audience: staff`; or end in the
/// braces of a heading with one; or have such a heading in them and the start of another comment, so that the end of
/// this one was forgotten.
pub(super) fn is_audience(words: &str) -> bool {
    let is_one = |words: &str| {
        let rest = words.strip_prefix("audience").map(str::trim_start);
        let value = rest.and_then(|rest| rest.strip_prefix(['=', ':']));
        value.is_some_and(|value| Audience::parse(value.trim().trim_matches(['"', '\''])).is_some())
    };
    let is_marked = |line: &str| {
        let braces = line.trim().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
        braces.is_some_and(|(before, inside)| {
            let is_mark = is_one(inside.trim()) || inside.split_whitespace().any(is_one);
            is_mark && (before.is_empty() || before.contains('#'))
        })
    };
    let words = words.trim();
    // A whole section may be taken out in a comment.
    let is_swallowed = || words.contains("<!--") && words.lines().any(is_marked);
    is_one(words) || !words.contains('\n') && is_marked(words) || is_swallowed()
}

/// The headings among some that end a section for fewer readers. Who underlines the heading of that underlines others.
pub(super) fn ended_by_chance(
    document: &Document,
    headings: &HashSet<Span>,
    underlined: &HashSet<Span>,
) -> Vec<Fault> {
    let (mut found, mut open) = (Vec::new(), Vec::<&Section>::new());
    if headings.is_empty() {
        return found;
    }
    for section in &document.sections {
        section.walk(&mut |section| {
            let ended = open.iter().position(|outer| outer.level >= section.level).unwrap_or(open.len());
            let mut ended = open.drain(ended..);
            let marked = ended.find_map(|ended| {
                Some((ended, ended.audience.filter(|readers| *readers > Audience::Public)?))
            });
            // A line of a shell that begins with `#` is a heading of the page's own level.
            let is_meant = |marked: &Section| match underlined.contains(&section.span) {
                true => underlined.contains(&marked.span) && !section.title.is_empty(),
                false => marked.level == 1 && !section.title.is_empty(),
            };
            if let Some((marked, audience)) =
                marked.filter(|(marked, _)| headings.contains(&section.span) && !is_meant(marked))
            {
                let kind = FaultKind::EndedByChance { marked: marked.span, audience };
                found.push(Fault::new(section.span, kind));
            }
            drop(ended);
            open.push(section);
        });
    }
    found
}

/// The links whose target is written in a section for fewer readers than their own.
pub(super) fn defined_for_fewer(document: &Document, defined: &[(Span, Span)]) -> Vec<Fault> {
    if defined.is_empty() {
        return Vec::new();
    }
    let mut starts = Vec::new();
    for section in &document.sections {
        section.each_marked(&mut |section, mark| starts.push((section.span.start, mark)));
    }
    if starts.iter().all(|(_, mark)| mark.is_none()) {
        return Vec::new();
    }
    starts.sort_by_key(|(start, _)| *start);
    let mark_at = |place: &Span| {
        let after = starts.partition_point(|(start, _)| *start <= place.start);
        after.checked_sub(1).and_then(|at| starts[at].1)
    };
    let for_fewer = |(link, definition): &(Span, Span)| {
        let (audience, marked) = mark_at(definition)?;
        let readers = mark_at(link).map_or(Audience::Public, |(readers, _)| readers);
        let kind = FaultKind::DefinedForFewer { definition: *definition, audience, marked };
        (audience > readers).then(|| Fault::new(*link, kind))
    };
    defined.iter().filter_map(for_fewer).collect()
}
