//! `contradicting-timer`: a sentence, cell or value that gives a timer another duration than its
//! record.

mod cadence;

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::severity_table_mismatch::{Outline, SeverityTable};
use crate::check::timing::binding::{Timer, Timers, is_example, same};
use crate::check::timing::statement::{self, Statement};
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Plan;

pub(super) const RULE: Rule = Rule {
    name: "contradicting-timer",
    level: Level::Error,
    finds: "a sentence, cell or value that speaks of a timer and gives it another duration than its record",
    explanation: "\
Why it matters
  Somebody reads \"report within 30 minutes\" here and \"within 1 hour\" there, and nobody knows
  which of the two was agreed.

What it reads
  A duration written by hand (`2 hours`, `15-30 minutes`, `half an hour`, `two business days`) in
  a sentence, a cell or the front matter that speaks of exactly one timer: with a word or phrase
  under the timer's `says:`, with words of its title, or with a link such as `[](timer:report)`.
  A range has to have the same ends: \"30 minutes\" is not \"15 to 30 minutes\". A sentence about
  the situation reports of a severity is held against the severity's `sitrep_every`. Values in
  braces are the record's own and always agree. What is quoted, past, or an example is left alone.

What to do
  Write the value instead of the number: `within {{ timers.report.within }}`. If the number is
  right, change the timer. If the sentence is about something else, say so more clearly, or make
  the timer's `says:` more exact.
",
    look,
};

/// The statements of one text, and of its tables.
struct Read {
    outline: Outline,
    statements: Vec<Statement>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let texts: Vec<Read> = binder
        .texts
        .par_iter()
        .map(|text| Read {
            outline: Outline::of(&text.page.title, &text.page.body, sources),
            statements: statement::of_text(text.page, &text.runs, sources),
        })
        .collect();
    let mut values: HashMap<usize, Vec<Statement>> = HashMap::new();
    for (plan_index, plan) in binder.plans.iter().enumerate() {
        let timers = Timers::of(plan);
        let reader = (&*plan.name, plan.edition);
        for (page_index, page) in plan.pages.iter().enumerate() {
            let text = &texts[binder.text_index(plan_index, page_index)];
            let tables = of_tables(&text.outline, plan, sources);
            let front = values
                .entry(Arc::as_ptr(&page.front) as usize)
                .or_insert_with(|| statement::of_values(page, sources));
            for statement in text.statements.iter().chain(&tables).chain(&*front) {
                judge(statement, &timers, reader, findings);
            }
            cadence::look(binder, plan_index, page_index, findings);
        }
    }
}

/// The statements in the tables of a page that are not severity tables.
fn of_tables(outline: &Outline, plan: &Plan, sources: &crate::source::Sources) -> Vec<Statement> {
    let is_severity_table = |at: usize| {
        let placed = &outline.tables[at];
        SeverityTable::recognize(&placed.it, &plan.severities, &placed.context).is_some()
    };
    statement::of_tables(outline, sources, &is_severity_table)
}

fn judge(statement: &Statement, timers: &Timers, reader: Reader, findings: &mut Findings) {
    let Some(timer) = timers.bind(statement) else { return };
    if same(timer.value.value, statement.value) || is_example(&statement.before) {
        return;
    }
    findings.tell_in(reader, contradiction(statement, timer));
}

fn contradiction(statement: &Statement, timer: &Timer) -> Diagnostic {
    let (path, value) = (&timer.path, timer.value.value);
    let filter = if timer.repeats { " | every" } else { "" };
    Diagnostic::new(RULE.name, format!("`{path}` is {value}, and this says {}", statement.value))
        .at(statement.place, format!("{} here", statement.value))
        .and(timer.value.span, format!("{value} here"))
        .help(format!("write `{{{{ {path}{filter} }}}}`, or change the timer"))
}
