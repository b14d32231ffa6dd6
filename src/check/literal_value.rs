//! `literal-value`: a layer that others extend writes out what is a fact of the plan.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::value_runs;
use crate::plan::records::expression;
use crate::plan::{Divided, Fields, Plan, Run};
use crate::source::{Sources, Span};
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "literal-value",
    level: Level::Warning,
    finds: "the organization's name, a product, an address or a room, written out in a layer that others extend",
    explanation: "\
Why it matters
  Every layer that extends this one inherits the words. Where its own fact differs, its readers
  are sent to somebody else's room, product or address, and nobody sees it in the source.

What to do
  Write the expression in the place of the words: `{{ channels.main.address }}`. It says the
  same here, and the right thing in every layer below.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let project = binder.project;
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let is_extended = |layer: usize| project.layers.iter().any(|other| other.parent == Some(layer));
    for (plan, variant) in binder.plans.iter().zip(binder.variants) {
        if plan.edition != widest || !is_extended(variant.layer) {
            continue;
        }
        let facts = facts(plan);
        let is_own = |span: Span| {
            project.written_by.get(span.source.0 as usize).copied().flatten() == Some(variant.layer)
        };
        let plan_index = binder.plans.iter().position(|other| std::ptr::eq(other, plan)).unwrap_or_default();
        for (page_index, page) in plan.pages.iter().enumerate() {
            // The facts themselves stand in the front matter of plan.md.
            let values = if page.kind == Kind::Plan { Vec::new() } else { value_runs(page) };
            let texts = &binder.text(plan_index, page_index).words.runs;
            for run in texts.iter().chain(values.iter().map(|(_, run)| run)) {
                for (range, value) in literals(run, &facts, &project.sources) {
                    let span = run.span(range, &project.sources);
                    if is_own(span) {
                        let diagnostic = diagnostic(value, &facts[value], span);
                        findings.tell_in((&plan.name, plan.edition), diagnostic);
                    }
                }
            }
        }
    }
}

/// The facts whose values are names or addresses, by value: the expressions that give each.
type Facts = BTreeMap<String, Vec<String>>;

fn facts(plan: &Plan) -> Facts {
    const MAPS: [(&str, &[&str]); 3] = [
        ("tools", &["title"]),
        ("contacts", &["email", "phone", "name"]),
        ("channels", &["address", "mention", "url"]),
    ];
    let mut found = Facts::new();
    let mut add = |path: String, value: String| {
        if is_distinctive(&value) {
            found.entry(value).or_default().push(path);
        }
    };
    let fields = Fields::new(&plan.values);
    if let Some(organization) = fields.record("organization") {
        for key in ["name", "legal_name"] {
            add(format!("organization.{key}"), organization.text_or_empty(key));
        }
    }
    for (map, keys) in MAPS {
        for (id, record) in fields.records(map) {
            for key in keys {
                add(expression(map, &id.value, key), record.text_or_empty(key));
            }
        }
    }
    found
}

/// Whether a value can only mean the fact: an address, or a name with a capital letter.
fn is_distinctive(value: &str) -> bool {
    value.chars().count() > 2
        && (value.contains(['@', '#', '!']) || value.contains("://") || value.starts_with(char::is_uppercase))
}

/// Where a run writes out the value of a fact; the longest where several begin together.
fn literals<'f>(run: &Run, facts: &'f Facts, sources: &Sources) -> Vec<(Range<usize>, &'f str)> {
    let divided = Divided::of(run);
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    for value in facts.keys() {
        for (at, _) in run.text.match_indices(value.as_str()) {
            let range = at..at + value.len();
            if stands_alone(&run.text, &range)
                && is_a_name(&divided, &range)
                && run.is_written(range.clone(), sources)
            {
                found.push((range, value));
            }
        }
    }
    found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut end = 0;
    found.retain(|(range, _)| {
        let is_new = end <= range.start;
        end = end.max(range.end);
        is_new
    });
    found
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '@');
    let before = text[..range.start].chars().next_back();
    let mut after = text[range.end..].chars();
    let next = after.next();
    // A dot between letters belongs to an address, one at the end to the sentence.
    let goes_on = next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
    before.is_none_or(|c| !joins(c) && !matches!(c, '.' | '/')) && next.is_none_or(|c| !joins(c)) && !goes_on
}

/// A single capital letter at the start of a sentence may be any word's.
fn is_a_name(divided: &Divided, range: &Range<usize>) -> bool {
    let value = &divided.run.text[range.clone()];
    let is_one_word = value.chars().all(char::is_alphabetic);
    let is_start = || divided.sentence_at(range.start).is_some_and(|it| it.start == range.start);
    value.chars().skip(1).any(char::is_uppercase) || !(is_one_word && is_start())
}

fn diagnostic(value: &str, paths: &[String], span: Span) -> Diagnostic {
    let expressions: Vec<String> = paths.iter().map(|path| format!("`{{{{ {path} }}}}`")).collect();
    let diagnostic =
        Diagnostic::new(RULE.name, format!("`{value}` is written out, and is a fact of this plan"))
            .at(span, "every layer below inherits these words")
            .help(format!("write {}", expressions.join(" or ")));
    match paths {
        [path] => diagnostic.fix(span, format!("{{{{ {path} }}}}")),
        _ => diagnostic,
    }
}
