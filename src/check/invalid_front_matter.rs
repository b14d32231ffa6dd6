//! `invalid-front-matter`: front matter that does not say what its kind of page can say.

use std::collections::HashMap;

use crate::check::{Binder, Findings, Reader, Rule, removed};
use crate::diagnostic::{Diagnostic, Level, Suggestions, did_you_mean, listed};
use crate::load::ProjectFault;
use crate::plan::PlanFaultKind;
use crate::syntax::{Fault, FaultKind, NotYaml};

pub(super) const RULE: Rule = Rule {
    name: "invalid-front-matter",
    level: Level::Error,
    finds: "bad YAML, a key that is unknown or stands twice, a value of the wrong kind, a reference to nothing",
    explanation: "\
Why it matters
  Front matter is where the plan's facts are. A misspelt key is a fact nobody gets, and a
  date that is none is a review that never comes due.

What to do
  The kind of page decides which keys there are; the kind is the folder. Durations are
  `15m`, `1h`, `3 business days` or a range `15m..30m`; dates are `2026-05-02`; yes and no are
  `true` and `false`. Text that starts with `#`, `@` or `*` stands in quotes. Facts are maps by
  id, never lists.

Example
  hours: buisness         one of continuous, business
  hours: business
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::FrontMatter(fault) = fault
            && let Some(diagnostic) = word(fault)
        {
            findings.tell(diagnostic);
        }
    }
    let suggestions = Suggestions::default();
    let mut ids: HashMap<(Reader, &str), Vec<&str>> = HashMap::new();
    for (plan, fault) in binder.faults_of_plans() {
        let reader = (&*plan.name, plan.edition);
        let diagnostic = match &fault.kind {
            PlanFaultKind::MissingField { field, doc, page, record } => {
                if is_there_and_wrong(binder, page, record, field) {
                    continue;
                }
                let whose = if record.is_empty() { page.clone() } else { record.clone() };
                Diagnostic::new(RULE.name, format!("`{whose}` has no `{field}`"))
                    .at(fault.span, format!("`{field}` is required"))
                    .help(format!("add `{field}:`, {doc}"))
            }
            PlanFaultKind::UnknownReference { what, id } => {
                let known = ids.entry((reader, what)).or_insert_with(|| plan.ids(what));
                let message = match *what {
                    "role" | "severity" | "phase" | "checklist" | "template" | "playbook" => {
                        format!("no {what} is called `{id}`")
                    }
                    map => format!("`{map}` has no `{id}`"),
                };
                let diagnostic =
                    Diagnostic::new(RULE.name, message).at(fault.span, "not defined in this plan");
                let diagnostic =
                    diagnostic.help(suggestions.did_you_mean(id, known.iter().copied()).unwrap_or_else(
                        || match known.len() {
                            0 => format!("define a {what} first"),
                            _ => format!("defined are {}", listed(known.iter().copied())),
                        },
                    ));
                removed::beside(diagnostic, binder, reader, what, id)
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}

/// Whether a required field was written, and could not be read: that is told already.
fn is_there_and_wrong(binder: &Binder, page: &str, record: &str, field: &str) -> bool {
    let path = if record.is_empty() { field.to_string() } else { format!("{record}.{field}") };
    binder.project_faults().any(|fault| {
        let ProjectFault::FrontMatter(Fault { span, kind }) = fault else { return false };
        let same = match kind {
            FaultKind::WrongShape { field, .. } => *field == path,
            FaultKind::EmptyValue(key) | FaultKind::CommentForValue(key) => key == field,
            FaultKind::NotYaml(_)
            | FaultKind::NotAMap(_)
            | FaultKind::UnclosedFrontMatter
            | FaultKind::WrongFence => true,
            _ => false,
        };
        same && binder.project.sources.get(span.source).path.ends_with(&format!("/{page}"))
    })
}

fn word(fault: &Fault) -> Option<Diagnostic> {
    let new = |message: String| Diagnostic::new(RULE.name, message);
    Some(match &fault.kind {
        FaultKind::NotYaml(NotYaml { reason, help }) => {
            new(format!("this front matter is not YAML: {reason}")).at(fault.span, "here").help(*help)
        }
        FaultKind::NotAMap(found) => new(format!("front matter must be a map of keys, not {found}"))
            .at(fault.span, "no key here")
            .help("write `title: …`"),
        FaultKind::UnclosedFrontMatter => new("this front matter does not end".into())
            .at(fault.span, "it begins here")
            .help("put `---` on a line of its own after it"),
        FaultKind::WrongFence => new("front matter begins with `---` and nothing else on its line".into())
            .at(fault.span, "keys follow, and are no front matter")
            .help("write `---` here, and after the last key"),
        FaultKind::DuplicateKey { key, first } => new(format!("`{key}` stands twice"))
            .at(fault.span, "the second time")
            .and(*first, "the first time")
            .help("keep one of them"),
        FaultKind::UnknownKey { key, known, kind, within } => new(match within.as_str() {
            "" => format!("a {} has no key `{key}`", kind.name()),
            within => format!("`{within}` has no key `{key}`"),
        })
        .at(fault.span, "not a key that can stand here")
        .help_if(
            did_you_mean(key, known.iter().copied())
                .or_else(|| (known.len() <= 16).then(|| format!("the keys are {}", known.join(", ")))),
        ),
        FaultKind::WrongShape { field, expected, found, choices } => {
            let word = found.trim_matches('`');
            new(format!("`{field}` must be {expected}, not {found}"))
                .at(fault.span, format!("expected {expected}"))
                .help_if(did_you_mean(word, choices.iter().copied()))
        }
        FaultKind::EmptyValue(key) => new(format!("`{key}` says nothing"))
            .at(fault.span, "no value")
            .help("write a value, or `null` to take out what is inherited"),
        FaultKind::CommentForValue(key) => new(format!("`{key}` says nothing: `#` begins a comment"))
            .at(fault.span, "no value")
            .help("put the value in quotes"),
        FaultKind::Unwritable(character) => {
            new(format!("this text has the character U+{:04X}, which says nothing", u32::from(*character)))
                .at(fault.span, "has it")
                .help("remove it")
        }
        FaultKind::TooDeep
        | FaultKind::UnsafeHtml(_)
        | FaultKind::OpenHtml
        | FaultKind::UnbalancedHtml(_)
        | FaultKind::OutsideTable(_)
        | FaultKind::UnmentionedNote(_)
        | FaultKind::DuplicateNote { .. }
        | FaultKind::DuplicateDefinition { .. }
        | FaultKind::EndedByChance { .. }
        | FaultKind::DefinedForFewer { .. }
        | FaultKind::CommentedAudience
        | FaultKind::InnerHeading => return None,
    })
}
