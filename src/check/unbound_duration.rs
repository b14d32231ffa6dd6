//! `unbound-duration`: a deadline written out by hand that no timer is for.

use crate::check::timing::binding::{Timer, Timers, is_example};
use crate::check::timing::statement::Statement;
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Plan;
use crate::plan::wording::has_any;
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "unbound-duration",
    level: Level::Note,
    finds: "a deadline that people must keep, written as a number that no timer or obligation is for",
    explanation: "\
Why it matters
  A deadline that stands only in a sentence is in no table of timers, is held against nothing, and
  is the one that nobody changes when the others are.

What it reads
  Orders with a deadline: a sentence that says `must`, `shall` or `has to`, or begins with what to
  do, and has `within`, `no later than` or `at most` right before the number. Not the pages of
  playbooks and templates, whose steps have times of their own; no examples, no history, and
  nothing that is a timer's, an obligation's or a severity's.

What to do
  Give the deadline a record under `timers:` in plan.md and write its value, such as
  `{{ timers.report.within }}`. If it is a timer that exists, add the words you use to its `says:`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let all = Timers::of_all(binder.plans);
    for (plan_index, (plan, timers)) in binder.plans.iter().zip(&all).enumerate() {
        if timers.all().is_empty() {
            continue;
        }
        for (page_index, page) in plan.pages.iter().enumerate() {
            // The steps of a playbook have times of their own.
            if matches!(page.kind, Kind::Playbook | Kind::Template) {
                continue;
            }
            let statements = &binder.text(plan_index, page_index).statements;
            for statement in statements.iter().filter(|statement| is_deadline(statement)) {
                if timers.bind(statement).is_none() && !is_of_others(statement, plan, timers) {
                    findings.tell_in((&*plan.name, plan.edition), unbound(statement, timers));
                }
            }
        }
    }
}

/// Whether a statement is a deadline in an order.
fn is_deadline(statement: &Statement) -> bool {
    const SETS: [&str; 7] = [
        " within ",
        " no later than ",
        " not later than ",
        " at most ",
        " no more than ",
        " not more than ",
        " at the latest ",
    ];
    const MUST: [&str; 5] = ["must", "shall", "has to", "have to", "is required"];
    const ORDERS: [&str; 38] = [
        "announce", "answer", "back", "block", "call", "change", "check", "close", "collect", "complete",
        "confirm", "contain", "disable", "escalate", "file", "hand", "hold", "inform", "notify", "open",
        "page", "publish", "report", "reset", "restore", "return", "review", "revoke", "rotate", "send",
        "sign", "start", "submit", "tell", "update", "upload", "verify", "write",
    ];
    let first = statement.sentence.split_whitespace().next().unwrap_or_default();
    let is_order = ORDERS.contains(&first) || has_any(&statement.sentence, &MUST);
    !statement.repeats
        && is_order
        && SETS.iter().any(|words| statement.before.ends_with(words))
        && !is_example(&statement.sentence)
}

/// Whether a deadline is an obligation's or a severity's.
fn is_of_others(statement: &Statement, plan: &Plan, timers: &Timers) -> bool {
    let waits = plan.severities.iter().filter_map(|severity| severity.act_after.as_ref());
    let obligations = timers.all().iter().filter(|timer| timer.path.starts_with("obligations"));
    waits.into_iter().any(|wait| wait.value == statement.value.most)
        || obligations.into_iter().any(|timer| timer.value.value.means(statement.value))
}

fn unbound(statement: &Statement, timers: &Timers) -> Diagnostic {
    let equal: Vec<&Timer> = timers
        .all()
        .iter()
        .filter(|timer| !timer.repeats && timer.value.value.means(statement.value))
        .collect();
    let message = format!("no timer is for this deadline of {}", statement.value);
    let diagnostic = Diagnostic::new(RULE.name, message).at(statement.place, "written out by hand");
    match equal[..] {
        [timer] if timer.is_near(statement) && statement.is_exact => diagnostic
            .and(timer.value.span, "the same value")
            .help(format!("write `{{{{ {} }}}}`", timer.path))
            .fix(statement.place, format!("{{{{ {} }}}}", timer.path)),
        [timer] => diagnostic
            .and(timer.value.span, "the same value")
            .help(format!("write `{{{{ {} }}}}` if that is meant, else give it a timer", timer.path)),
        _ => diagnostic.help("give it a record under `timers:` in plan.md, and write its value"),
    }
}
