//! `severity-without-response`: a severity that the checklists leave out, though they go through
//! the others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::severity_table_mismatch::{groups, has_all_severities, label, name_of};
use crate::check::{Binder, Findings, PageText, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{Run, Severity, SeverityNames};
use crate::source::{Sources, Span};
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
    let facts = binder.plans.iter().enumerate().map(|(index, plan)| {
        let checklists = plan.pages.iter().enumerate().filter(|(_, page)| page.kind == Kind::Checklist);
        let texts: Vec<usize> = checklists.map(|(page, _)| binder.text_index(index, page)).collect();
        (plan.severities.len() >= 2 && has_all_severities(binder, plan, widest))
            .then_some((&plan.severities, texts))
    });
    let facts: Vec<_> = facts.collect();
    let groups = groups(&facts);
    for (index, (severities, texts)) in
        facts.iter().enumerate().filter_map(|(index, fact)| Some((index, fact.as_ref()?)))
    {
        if groups[index] != Some(index) {
            continue;
        }
        let same = binder.plans.iter().zip(&groups).filter(|(_, group)| **group == Some(index));
        let mut look = Look {
            names: SeverityNames::of(severities),
            sources: &binder.project.sources,
            readers: same.map(|(plan, _)| (&*plan.name, plan.edition)).collect(),
            findings,
        };
        look.checklists(texts.iter().map(|text| &binder.texts[*text]));
    }
}

/// The checklists of some variants, held against their severities.
struct Look<'l> {
    names: SeverityNames<'l>,
    sources: &'l Sources,
    readers: Vec<Reader<'l>>,
    findings: &'l mut Findings,
}

impl<'l> Look<'l> {
    fn checklists(&mut self, texts: impl Iterator<Item = &'l PageText<'l>>) {
        let sections: Vec<&[Run]> = texts.flat_map(|text| sections(&text.words.runs)).collect();
        let mut named: BTreeMap<usize, Span> = BTreeMap::new();
        for section in &sections {
            for (severity, place) in self.mentions(section, false) {
                named.entry(severity).or_insert(place);
            }
        }
        let Some(other) = named.values().next().copied() else { return };
        let severities = self.names.severities;
        for (_, severity) in severities.iter().enumerate().filter(|(at, _)| !named.contains_key(at)) {
            let Some(rank) = &severity.rank else { continue };
            let places = [(rank.span, "no checklist names it"), (other, "another severity is named here")];
            self.tell(severity, places);
        }
        for section in sections {
            self.items(section, &named);
        }
    }

    /// The severities some runs name, each with the first place; only those an author named one by
    /// one where `by_hand`.
    fn mentions(&self, runs: &[Run], by_hand: bool) -> BTreeMap<usize, Span> {
        let mut found = BTreeMap::new();
        let mut add = |at: usize, run: &Run, range: Range<usize>| {
            if !by_hand || run.is_by_hand(range.clone(), self.sources) {
                found.entry(at).or_insert_with(|| run.span(range, self.sources));
            }
        };
        for run in runs {
            for (range, mark) in &run.marks {
                if let Mark::Link(target) = mark
                    && let Some(id) = target.strip_prefix("severity:")
                    && let Some(at) = self.names.with_id(id)
                {
                    add(at, run, range.clone());
                }
            }
            for (at, severity) in self.names.severities.iter().enumerate() {
                let names = [&severity.label, &severity.record.title];
                let also = severity.record.also_called.iter().map(|name| &name.value);
                for name in names.into_iter().chain(also) {
                    // A name of one word is one with a capital: "high" is said of many things.
                    let is_a_name = name.contains(char::is_uppercase) || name.contains(' ');
                    if let Some(range) = find(&run.text, name).filter(|_| is_a_name) {
                        add(at, run, range);
                    }
                }
            }
        }
        found
    }

    /// A section that goes through severities item by item goes through all of them. Where more
    /// than one is left out, it may be about those it names.
    fn items(&mut self, runs: &[Run], named: &BTreeMap<usize, Span>) {
        let mut led: BTreeMap<usize, Span> = BTreeMap::new();
        for run in runs.iter().filter(|run| matches!(run.kind, RunKind::Item(_))) {
            let Some(label) = label(run).filter(|label| run.is_by_hand(label.clone(), self.sources)) else {
                continue;
            };
            if let Some(name) = name_of(run, label.clone(), &self.names) {
                led.entry(name.severity()).or_insert_with(|| run.span(label, self.sources));
            }
        }
        let severities = self.names.severities;
        let Some(first) = led.values().next().copied().filter(|_| led.len() >= 2) else { return };
        let by_hand = self.mentions(runs, true);
        let is_left_out = |at: &usize| !by_hand.contains_key(at) && named.contains_key(at);
        let missing: Vec<usize> = (0..severities.len()).filter(is_left_out).collect();
        let [only] = missing[..] else { return };
        let severity = &severities[only];
        if let Some(rank) = severity.rank.as_ref().filter(|_| led.len() + 1 >= severities.len()) {
            let places = [(first, "the severities part here"), (rank.span, "none of these steps is for it")];
            self.tell(severity, places);
        }
    }

    fn tell(&mut self, severity: &Severity, [place, other]: [(Span, &str); 2]) {
        let message = format!("no step of the checklist is for severity `{}`", severity.label);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(place.0, place.1)
            .and(other.0, other.1)
            .help(format!("add a step for `{}`", severity.label));
        for reader in &self.readers {
            self.findings.tell_in(*reader, diagnostic.clone());
        }
    }
}

/// The runs of a page, divided before each heading.
fn sections(runs: &[Run]) -> impl Iterator<Item = &[Run]> {
    let is_heading = |run: &Run| matches!(run.kind, RunKind::Heading(_));
    runs.chunk_by(move |_, next| !is_heading(next))
}

/// Where a name stands in a text as whole words.
fn find(text: &str, name: &str) -> Option<Range<usize>> {
    let joins = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let is_whole = |start: &usize| {
        !joins(text[..*start].chars().next_back()) && !joins(text[*start + name.len()..].chars().next())
    };
    if name.is_empty() {
        return None;
    }
    let start = text.match_indices(name).map(|(start, _)| start).find(is_whole)?;
    Some(start..start + name.len())
}
