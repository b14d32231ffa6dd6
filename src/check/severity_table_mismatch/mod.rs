//! `severity-table-mismatch`: a table, list or section written by hand that says of severities
//! what their records do not.

mod claim;
mod name;
mod outline;
mod passages;
mod phrase;
mod rows;
mod table;

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, PageText, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::records::expression;
use crate::plan::{Plan, Run, Severity, SeverityNames};
use crate::source::{Sources, Span};
use crate::syntax::Audience;

use claim::Mismatch;
pub(super) use claim::SITREP;
pub(super) use name::{label, name_of};
pub(super) use outline::Outline;
pub(super) use table::SeverityTable;

pub(super) const RULE: Rule = Rule {
    name: "severity-table-mismatch",
    level: Level::Error,
    finds: "a severity table, list or section written by hand that differs from the severities' records",
    explanation: "\
Why it matters
  Responders look up in a table how often a report is due and whether they may take a system
  down. When the records change and the table does not, half of the team works by the old one.

What it reads
  Tables whose rows or columns are this plan's severities, in any order and wording: their names,
  how often a situation report is due, when people work, and who may disrupt service. Also lists
  with an item for each severity, and sections whose heading is a severity. `hourly` and `every
  60 minutes` are the same, and so are `twice a day` and `every 12 hours`.

What to do
  Write `{{ severity_table() }}` instead of the table, or the value instead of the words, such as
  `{{ severities.high.sitrep_every | every }}`. If the table is right, change the record.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let severities = binder.plans.iter().map(|plan| {
        (plan.severities.len() >= 2 && has_all_severities(binder, plan, widest)).then_some(&plan.severities)
    });
    let groups = groups(&severities.collect::<Vec<_>>());
    let known: Vec<SeverityNames> =
        binder.plans.iter().map(|plan| SeverityNames::of(&plan.severities)).collect();
    for text in &binder.texts {
        let readers = readers_by_group(text, &groups);
        let outline = if readers.is_empty() { Outline::default() } else { Outline::of(text, sources) };
        for (plan, readers) in readers {
            let own = &binder.plans[plan].severities;
            let own = own.iter().position(|severity| severity.record.page == text.page.path);
            let mut look = Look { known: &known[plan], sources, readers: &readers, findings };
            outline.tables.iter().for_each(|table| look.table(table));
            outline.lists.iter().for_each(|list| look.list(list));
            look.sections(&text.words.runs, own);
        }
    }
}

/// For each plan, by its facts, the number of the first with the same ones, so that a text is held
/// against each different set of facts once. `None` where a plan has none.
pub(super) fn groups<T: PartialEq>(facts: &[Option<T>]) -> Vec<Option<usize>> {
    let first = |own: &Option<T>| own.as_ref().and_then(|_| facts.iter().position(|other| other == own));
    facts.iter().map(first).collect()
}

/// The readers of a text, by the group of their plans.
pub(super) fn readers_by_group<'t>(
    text: &'t PageText,
    groups: &[Option<usize>],
) -> BTreeMap<usize, Vec<Reader<'t>>> {
    let mut readers: BTreeMap<usize, Vec<Reader>> = BTreeMap::new();
    for (reader, plan, _) in &text.readers {
        if let Some(group) = groups[*plan] {
            readers.entry(group).or_default().push(*reader);
        }
    }
    readers
}

/// Whether an edition may see all the severities the widest one has: a table in one that may not
/// has rows for those it hides.
pub(super) fn has_all_severities(binder: &Binder, plan: &Plan, widest: Audience) -> bool {
    plan.edition == widest
        || binder
            .plans
            .iter()
            .find(|other| other.name == plan.name && other.edition == widest)
            .is_none_or(|other| other.severities.len() == plan.severities.len())
}

/// A text, held against the severities of those who read it.
struct Look<'l> {
    known: &'l SeverityNames<'l>,
    sources: &'l Sources,
    readers: &'l [Reader<'l>],
    findings: &'l mut Findings,
}

impl<'l> Look<'l> {
    fn differs(&mut self, severity: &Severity, run: &Run, found: Option<Mismatch>) {
        let Some(found) = found else { return };
        if !run.is_by_hand(found.range.clone(), self.sources) {
            return;
        }
        let path = expression("severities", &severity.record.id, found.field);
        let help = match found.field {
            "sitrep_every" => format!("write `{{{{ {path} | every }}}}`, or change the record"),
            _ => "write what the record says, or change the record".to_string(),
        };
        let verb = if found.field == "authority" { "says that" } else { "is" };
        let message = format!("`{path}` {verb} {}, and this says {}", found.record, found.says);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(run.span(found.range, self.sources), format!("{} here", found.says))
            .and(found.place, format!("{} here", found.record))
            .help(help);
        self.say(diagnostic);
    }

    /// Tells something about the names in a table or list, beside the severity's record.
    fn tell(
        &mut self,
        severity: &Severity,
        message: String,
        place: Span,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let mut diagnostic = Diagnostic::new(RULE.name, message).at(place, label);
        if let Some(rank) = &severity.rank {
            diagnostic = diagnostic.and(rank.span, format!("`{}` is defined here", severity.label));
        }
        let help = help.unwrap_or_else(|| "name each severity once, as its record does".to_string());
        self.say(diagnostic.help(help));
    }
    fn say(&mut self, diagnostic: Diagnostic) {
        for reader in self.readers {
            self.findings.tell_in(*reader, diagnostic.clone());
        }
    }
}
