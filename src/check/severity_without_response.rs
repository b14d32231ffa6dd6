//! `severity-without-response`: a severity that the checklists leave out, though they go through
//! the others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::severity_table_mismatch::{has_all_severities, label, name_of};
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Mark, RunKind, words};
use crate::plan::{Plan, Run, Severity, SeverityNames};
use crate::source::Span;
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "severity-without-response",
    level: Level::Error,
    finds: "a severity that the checklists, or a list in them, leave out though they name the others",
    explanation: "\
Why it matters
  Somebody works through the checklist at three in the morning and comes to the step where the
  severities part. For theirs there is no line, so they guess.

What it reads
  The checklists of a plan: which severities they name, with a link such as `[](severity:low)`, by
  name, or in a loop over all of them. A section with an item for each of several severities
  has to name them all. Whether a severity says how often a report is due, when people work and
  who may disrupt service is asked by `invalid-front-matter`.

What to do
  Add the step for the severity that is left out, even if it is \"nothing to do\". A variant that
  adds a severity adds the step too.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    for (plan_index, plan) in binder.plans.iter().enumerate() {
        if plan.severities.len() < 2 || !has_all_severities(binder, plan, widest) {
            continue;
        }
        let checklists = (0..plan.pages.len()).filter(|page| plan.pages[*page].kind == Kind::Checklist);
        let sections: Vec<&[Run]> =
            checklists.flat_map(|page| sections(&binder.text(plan_index, page).runs)).collect();
        let mut named: BTreeMap<usize, Span> = BTreeMap::new();
        for section in &sections {
            for (severity, place) in mentions(section, plan, binder, false) {
                named.entry(severity).or_insert(place);
            }
        }
        let Some(other) = named.values().next().copied() else { continue };
        for (_, severity) in plan.severities.iter().enumerate().filter(|(at, _)| !named.contains_key(at)) {
            let Some(rank) = &severity.rank else { continue };
            let places = [(rank.span, "no checklist names it"), (other, "another severity is named here")];
            tell(severity, places, plan, findings);
        }
        for section in sections {
            lists(section, &named, plan, binder, findings);
        }
    }
}

/// The runs of a page, divided before each heading.
fn sections(runs: &[Run]) -> impl Iterator<Item = &[Run]> {
    let is_heading = |run: &Run| matches!(run.kind, RunKind::Heading(_));
    runs.chunk_by(move |_, next| !is_heading(next))
}

/// The severities some runs name, each with the first place; only those an author named one by
/// one where `by_hand`.
fn mentions(runs: &[Run], plan: &Plan, binder: &Binder, by_hand: bool) -> BTreeMap<usize, Span> {
    let sources = &binder.project.sources;
    let mut found = BTreeMap::new();
    let mut add = |at: usize, run: &Run, range: Range<usize>| {
        if !by_hand || run.is_by_hand(range.clone(), sources) {
            found.entry(at).or_insert_with(|| run.span(range, sources));
        }
    };
    for run in runs {
        for (range, mark) in &run.marks {
            if let Mark::Link(target) = mark
                && let Some(id) = target.strip_prefix("severity:")
                && let Some(at) = plan.severities.iter().position(|severity| severity.record.id == id)
            {
                add(at, run, range.clone());
            }
        }
        let all = words(&run.text);
        for (at, severity) in plan.severities.iter().enumerate() {
            let names = [&severity.label, &severity.record.title];
            let also = severity.record.also_called.iter().map(|name| &name.value);
            for name in names.into_iter().chain(also).filter(|name| !name.is_empty()) {
                // A name of one word is one with a capital: "high" is said of many things.
                let is_capital = name.contains(char::is_uppercase) || name.contains(' ');
                if let Some(range) = find(&run.text, &all, name).filter(|_| is_capital) {
                    add(at, run, range);
                }
            }
        }
    }
    found
}

/// Where a name stands in a text as whole words.
fn find(text: &str, words: &[Range<usize>], name: &str) -> Option<Range<usize>> {
    let ends_word = |at: usize| !text[at..].starts_with(|c: char| c.is_alphanumeric());
    let range = words
        .iter()
        .find(|word| text[word.start..].starts_with(name) && ends_word(word.start + name.len()))?;
    Some(range.start..range.start + name.len())
}

/// A section that goes through severities item by item goes through all of them. Where more than
/// one is left out, it may be about those it names.
fn lists(runs: &[Run], named: &BTreeMap<usize, Span>, plan: &Plan, binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let names = SeverityNames::of(&plan.severities);
    let mut led: BTreeMap<usize, Span> = BTreeMap::new();
    for run in runs.iter().filter(|run| matches!(run.kind, RunKind::Item(_))) {
        let Some(label) = label(run).filter(|label| run.is_by_hand(label.clone(), sources)) else { continue };
        if let Some(name) = name_of(run, label.clone(), &names) {
            led.entry(name.severity()).or_insert_with(|| run.span(label, sources));
        }
    }
    let Some(first) = led.values().next().copied().filter(|_| led.len() >= 2) else { return };
    let by_hand = mentions(runs, plan, binder, true);
    let is_left_out = |at: &usize| !by_hand.contains_key(at) && named.contains_key(at);
    let missing: Vec<usize> = (0..plan.severities.len()).filter(is_left_out).collect();
    let [only] = missing[..] else { return };
    let severity = &plan.severities[only];
    if let Some(rank) = severity.rank.as_ref().filter(|_| led.len() + 1 >= plan.severities.len()) {
        let places = [(first, "the severities part here"), (rank.span, "none of these steps is for it")];
        tell(severity, places, plan, findings);
    }
}

fn tell(severity: &Severity, [place, other]: [(Span, &str); 2], plan: &Plan, findings: &mut Findings) {
    let message = format!("no step of the checklist is for severity `{}`", severity.label);
    let diagnostic = Diagnostic::new(RULE.name, message)
        .at(place.0, place.1)
        .and(other.0, other.1)
        .help(format!("add a step for `{}`", severity.label));
    findings.tell_in((&*plan.name, plan.edition), diagnostic);
}
