//! `contradicting-timer`: a sentence, cell or value that gives a timer another duration than its
//! record.

mod cadence;

use std::collections::HashMap;
use std::sync::Arc;

use cadence::{About, is_about_sitreps};

use crate::check::severity_table_mismatch::{Outline, SeverityTable, groups, readers_by_group};
use crate::check::timing::binding::{Timer, Timers, is_example};
use crate::check::timing::statement::{self, Statement, run_may_state};
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::RunKind;
use crate::plan::{Run, SeverityNames};
use crate::source::Sources;

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

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let timers = Timers::of_all(binder.plans);
    let facts = timers.iter().zip(binder.plans).map(|(timers, plan)| Some((timers, &plan.severities)));
    let by_facts = groups(&facts.collect::<Vec<_>>());
    let by_severities = groups(&binder.plans.iter().map(|plan| Some(&plan.severities)).collect::<Vec<_>>());
    let known: Vec<SeverityNames> =
        binder.plans.iter().map(|plan| SeverityNames::of(&plan.severities)).collect();
    for text in &binder.texts {
        let is_cell = |run: &Run| {
            run.kind == RunKind::Cell && run_may_state(run) && run.is_by_hand(0..run.text.len(), sources)
        };
        let outline =
            if text.words.runs.iter().any(is_cell) { Outline::of(text, sources) } else { Outline::default() };
        let statements = &text.words.statements;
        // What the severities alone decide is read once for all plans that have the same.
        let mut of_severities: HashMap<usize, (Vec<Statement>, Vec<Diagnostic>)> = HashMap::new();
        for (group, readers) in readers_by_group(text, &by_facts) {
            let same = by_severities[group].unwrap_or(group);
            let (cells, about_sitreps) = of_severities.entry(same).or_insert_with(|| {
                let about = About { known: &known[same], page: &text.page.path, sources };
                let found = if statements.is_empty() { Vec::new() } else { about.text(&text.words.runs) };
                (of_tables(&outline, &known[same], sources), found)
            });
            for statement in statements.iter().chain(&*cells) {
                judge(statement, &timers[group], &readers, findings);
            }
            about_sitreps.iter().for_each(|found| say(found.clone(), &readers, findings));
        }
    }
    let mut read: HashMap<usize, (Vec<Statement>, Vec<Run>)> = HashMap::new();
    for (plan_index, plan) in binder.plans.iter().enumerate() {
        let readers = [(&*plan.name, plan.edition)];
        for page in &plan.pages {
            let (statements, about_sitreps) =
                read.entry(Arc::as_ptr(&page.front) as usize).or_insert_with(|| {
                    let values = statement::values(page);
                    let statements = statement::of_values(&values, sources);
                    let about_sitreps = values.into_iter().map(|(_, run)| run).filter(is_about_sitreps);
                    (statements, about_sitreps.collect())
                });
            for statement in statements {
                judge(statement, &timers[plan_index], &readers, findings);
            }
            let about = About { known: &known[plan_index], page: &page.path, sources };
            about.values(about_sitreps).into_iter().for_each(|found| say(found, &readers, findings));
        }
    }
}

/// The statements in the tables of a page that are not severity tables.
fn of_tables(outline: &Outline, known: &SeverityNames, sources: &Sources) -> Vec<Statement> {
    let is_severity_table = |at: usize| {
        let placed = &outline.tables[at];
        SeverityTable::recognize(&placed.it, known, &placed.context).is_some()
    };
    statement::of_tables(outline, sources, &is_severity_table)
}

fn judge(statement: &Statement, timers: &Timers, readers: &[Reader], findings: &mut Findings) {
    let Some(timer) = timers.bind(statement) else { return };
    if !timer.value.value.means(statement.value) && !is_example(statement.before()) {
        say(contradiction(statement, timer), readers, findings);
    }
}

fn say(diagnostic: Diagnostic, readers: &[Reader], findings: &mut Findings) {
    for reader in readers {
        findings.tell_in(*reader, diagnostic.clone());
    }
}

fn contradiction(statement: &Statement, timer: &Timer) -> Diagnostic {
    let (path, value) = (&timer.path, timer.value.value);
    let filter = if timer.repeats { " | every" } else { "" };
    Diagnostic::new(RULE.name, format!("`{path}` is {value}, and this says {}", statement.value))
        .at(statement.place, format!("{} here", statement.value))
        .and(timer.value.span, format!("{value} here"))
        .help(format!("write `{{{{ {path}{filter} }}}}`, or change the timer"))
}
