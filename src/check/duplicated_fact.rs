//! `duplicated-fact`: one fact written out by hand on several pages, tied by nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::check::timing::binding::Timers;
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, Run};
use crate::source::{SourceId, Span};
use crate::syntax::{Kind, Map, Value};

pub(super) const RULE: Rule = Rule {
    name: "duplicated-fact",
    level: Level::Note,
    finds: "an address, a room or a timer's value that a layer writes out by hand on several pages",
    explanation: "\
Why it matters
  The pages agree today. When the address or the deadline changes, somebody has to remember every
  place, and forgets one.

What it reads
  Electronic addresses, rooms such as `#incidents`, and durations that are a timer's and equal to
  it, where an author wrote them out on more than one page of a layer. Pages of playbooks count like
  all others; code blocks do not.

What to do
  State it once in plan.md, under `contacts:`, `channels:` or `timers:`, and write the value in the
  other places, such as `{{ contacts.report.email }}`.
",
    look,
};

/// A fact that a layer wrote out.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    /// What it says
    value: String,
    /// The path of the record, where there is one
    path: Option<String>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let parents: BTreeSet<&str> = binder
        .plans
        .iter()
        .flat_map(|plan| plan.lineage.iter().rev().skip(1))
        .map(|entry| &*entry.name)
        .collect();
    let timers = Timers::of_all(binder.plans);
    for (index, plan) in binder.plans.iter().enumerate().filter(|(_, plan)| plan.edition == widest) {
        let variant = &binder.variants[index];
        let own = variant.lineage.len().saturating_sub(1);
        let is_own = |source: SourceId| variant.writer(source) == Some(own);
        // A fact written out where others inherit it is told of as a literal value.
        let is_parent = parents.contains(&*plan.name);
        let facts = gather(binder, index, &timers[index], &is_own);
        for (fact, places) in
            facts.iter().filter(|(fact, _)| fact.path.is_none() || !is_parent || fact.is_timer())
        {
            let pages: BTreeSet<SourceId> = places.iter().map(|place| place.source).collect();
            if pages.len() >= 2 {
                tell(fact, places, plan, findings);
            }
        }
    }
}

impl Fact {
    fn is_timer(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.starts_with("timers"))
    }
}

/// What a layer's own pages write out, each with its places in the order of the pages.
fn gather(
    binder: &Binder,
    index: usize,
    timers: &Timers,
    is_own: &dyn Fn(SourceId) -> bool,
) -> BTreeMap<Fact, Vec<Span>> {
    let plan = &binder.plans[index];
    let sources = &binder.project.sources;
    let known = known_facts(&plan.values);
    let mut found: BTreeMap<Fact, Vec<Span>> = BTreeMap::new();
    for (page_index, page) in plan.pages.iter().enumerate().filter(|(_, page)| page.kind != Kind::Template) {
        let text = binder.text(index, page_index);
        let is_shared = text.words.runs.first().is_some_and(|run| !is_own(run.span(0..0, sources).source));
        if is_shared && page.origin.tailored_by.is_empty() {
            continue;
        }
        for run in text.words.runs.iter().filter(|run| run.alphabet.has_any("@#")) {
            for (range, value) in addresses(run) {
                let place = run.span(range.clone(), sources);
                if run.is_written(range, sources) && is_own(place.source) {
                    let path = known.get(&value).cloned();
                    found.entry(Fact { value, path }).or_default().push(place);
                }
            }
        }
        for statement in &text.words.statements {
            if let Some(timer) =
                timers.bind(statement).filter(|timer| timer.value.value.means(statement.value))
                && is_own(statement.place.source)
                && timer.path.starts_with("timers")
            {
                let fact = Fact { value: timer.value.value.to_string(), path: Some(timer.path.clone()) };
                found.entry(fact).or_default().push(statement.place);
            }
        }
    }
    found
}

/// The addresses and rooms among the facts, each with its path.
fn known_facts(facts: &Map) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (map, key) in [("contacts", "email"), ("channels", "address")] {
        for (id, record) in
            facts.get(map).and_then(|node| node.value.as_map()).into_iter().flat_map(Map::iter)
        {
            let Value::Map(record) = &record.value else { continue };
            if let Some(value) = record.get(key).and_then(|node| node.value.as_text()) {
                let path = crate::plan::records::expression(map, &id.value, key);
                found.entry(value.trim().to_lowercase()).or_insert(path);
            }
        }
    }
    found
}

/// The electronic addresses and rooms in a run, in lower case.
fn addresses(run: &Run) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in run.text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let Some(offset) = word.find(inner) else { continue };
        if is_email(inner) || is_room(inner) {
            found.push((start + offset..start + offset + inner.len(), inner.to_lowercase()));
        }
    }
    found
}

fn is_email(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    !name.is_empty() && name.chars().all(is_part) && host.contains('.') && host.chars().all(is_part)
}

fn is_room(word: &str) -> bool {
    let Some(name) = word.strip_prefix('#') else { return false };
    name.len() > 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn tell(fact: &Fact, places: &[Span], plan: &Plan, findings: &mut Findings) {
    const SHOWN: usize = 5;
    let message = format!("`{}` is written out by hand in {} places", fact.value, places.len());
    let mut diagnostic = Diagnostic::new(RULE.name, message);
    for (index, place) in places.iter().take(SHOWN).enumerate() {
        diagnostic =
            if index == 0 { diagnostic.at(*place, "here") } else { diagnostic.and(*place, "and here") };
    }
    let help = match &fact.path {
        Some(path) => format!("write `{{{{ {path} }}}}` in each place"),
        None => "state it once, under `contacts:` or `channels:` in plan.md, and write its value".to_string(),
    };
    findings.tell_in((&*plan.name, plan.edition), diagnostic.help(help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_rooms_are_known_by_their_form() {
        let found = |text: &str| -> Vec<String> {
            let run = Run::of_value(text, Span::default());
            addresses(&run).into_iter().map(|(range, _)| run.text[range].to_string()).collect()
        };
        assert_eq!(
            found("Write to (Watch@harbor.example), or in #incidents."),
            ["Watch@harbor.example", "#incidents"]
        );
        assert_eq!(found("Issue #12, C#, @watch, a@b, # heading"), Vec::<String>::new());
    }
}
