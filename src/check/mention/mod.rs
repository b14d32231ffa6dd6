//! Marked mentions of things a plan does not define: a capitalised name of a role, a level of
//! severity, a `#room` or an `@mention`, a status that something is set to.

pub(super) mod channel;
pub(super) mod contact;
mod phrases;
pub(super) mod role;
pub(super) mod severity;
pub(super) mod status;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::check::passage::{Part, Passage, is_filled_in, passages, widest};
use crate::check::{Binder, FEW, Findings, Reader};
use crate::diagnostic::{Diagnostic, Suggestions};
use crate::plan::{Plan, Run};
use crate::source::Span;

/// Some words that name a thing, by the form they have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    /// Where they are in their run
    range: Range<usize>,
    /// The name, without what stands around it
    words: String,
    /// Whether their form says without a doubt what they are
    is_certain: bool,
}

/// What a plan knows of one kind of thing; an implementation judges mentions by it.
trait Knowledge: Sized + Sync {
    /// The rule that tells
    const RULE: &'static str;

    /// The knowledge of a plan, in its widest edition; `None` where it defines too little to say
    /// what is missing.
    fn of(plan: &Plan) -> Option<Self>;

    /// The mentions in some words of a passage, whatever plan reads them.
    fn mentions(part: &Part, passage: &Passage) -> Vec<Mention>;

    /// What is wrong with a mention, and what is defined.
    fn judge(&self, mention: &Mention, part: &Part) -> Option<Unknown<'_>>;
}

/// A mention of something that is not defined.
struct Unknown<'k> {
    /// What is wrong
    message: String,
    /// The names it may have been meant to be
    known: &'k [String],
    /// What to do where no name is near
    otherwise: Option<String>,
}

fn look<K: Knowledge>(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let known: BTreeMap<&str, K> =
        widest(binder).into_iter().filter_map(|(name, plan)| Some((name, K::of(plan)?))).collect();
    if known.is_empty() {
        return;
    }
    let found: Vec<(Reader, Unknown, String, Span)> = passages(binder)
        .par_iter()
        .flat_map_iter(|passage| {
            let mut told = Vec::new();
            for part in passage.parts() {
                for mention in K::mentions(&part, passage) {
                    let span = part.run.span(mention.range.clone(), sources);
                    // What a value says is told where the value is.
                    if is_filled_in(&part, span, sources) {
                        continue;
                    }
                    for (reader, ..) in passage.readers {
                        let unknown = known.get(reader.0).and_then(|known| known.judge(&mention, &part));
                        if let Some(unknown) = unknown {
                            told.push((*reader, unknown, mention.words.clone(), span));
                        }
                    }
                }
            }
            told
        })
        .collect();
    let suggestions = Suggestions::default();
    for (reader, unknown, words, span) in found {
        // Of names as short as `P1` each is near every other.
        let known = || unknown.known.iter().map(String::as_str);
        let near = Some(&words).filter(|words| words.len() > 3);
        let near = near.and_then(|words| suggestions.did_you_mean(words, known()));
        findings.tell_in(reader, word(K::RULE, unknown, near, span));
    }
}

fn word(rule: &'static str, unknown: Unknown, near: Option<String>, span: Span) -> Diagnostic {
    let list = (1..=FEW).contains(&unknown.known.len()).then(|| {
        format!(
            "defined are {}",
            unknown.known.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        )
    });
    let help = near.or(unknown.otherwise).or(list);
    Diagnostic::new(rule, unknown.message).at(span, "not defined in this plan").help_if(help)
}

/// Whether some words stand right before a place, as an example or as something of the past, which
/// says that a name need not be one of the plan's.
fn is_set_apart(run: &Run, start: usize) -> bool {
    const BEFORE: [&str; 12] = [
        "such as",
        "for example",
        "for instance",
        "e.g.",
        "e.g",
        "for example,",
        "for instance,",
        "formerly",
        "previously",
        "no longer",
        "instead of",
        "called",
    ];
    // More than the longest of them.
    const ENOUGH: usize = 32;
    let before = run.text[..start].trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ',');
    let before = before.trim_end();
    let enough = before.floor_char_boundary(before.len().saturating_sub(ENOUGH));
    let before = before[enough..].to_lowercase();
    BEFORE.iter().any(|words| before.ends_with(words))
}

/// A word with a capital at its start.
fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

/// The ranges of a run that stand for themselves: all of a heading or a cell, what is marked, and a
/// label before a colon.
fn units(run: &Run) -> Vec<Range<usize>> {
    use crate::plan::prose::{Mark, RunKind};
    let mut units: Vec<Range<usize>> = run
        .marks
        .iter()
        .filter(|(_, mark)| matches!(mark, Mark::Strong | Mark::Emphasis))
        .map(|(range, _)| range.clone())
        .collect();
    if matches!(run.kind, RunKind::Heading(_) | RunKind::HeaderCell | RunKind::Cell) {
        units.push(0..run.text.len());
    }
    if let Some(colon) = run.text.find(':') {
        units.push(0..colon);
    }
    units
}
