//! `unbound-duration`: a deadline written out by hand that no timer is for, or that is a timer's.

use crate::check::timing::binding::{Timer, Timers, is_example};
use crate::check::timing::statement::Statement;
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Plan;
use crate::plan::wording::has_any;
use crate::source::{Sources, Span};
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "unbound-duration",
    level: Level::Note,
    finds: "a deadline written as a number: one that no timer or obligation is for, or a timer's value by hand",
    explanation: "\
Why it matters
  A deadline that stands only in a sentence is in no table of timers, is held against nothing, and
  is the one that nobody changes when the others are.

What it reads
  Orders with a deadline: a sentence that says `must`, `shall` or `has to`, or begins with what to
  do, and has `within`, `no later than` or `at most` right before the number; and whom to call
  `after` some time. No templates, no examples, no history, and nothing that is an obligation's
  or a severity's. Besides these, what speaks of exactly one timer and says its value by hand, in
  the layer that states the timer and in those that others extend.

What to do
  Give the deadline a record under `timers:` in plan.md and write its value, such as
  `{{ timers.report.within }}`. If it is a timer that exists, write its value, or add the words
  you use to its `says:`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let project = binder.project;
    let writer = |span: Span| project.written_by.get(span.source.0 as usize).copied().flatten();
    let is_extended = |layer: usize| project.layers.iter().any(|other| other.parent == Some(layer));
    let all = Timers::of_all(binder.plans);
    for (plan_index, (plan, timers)) in binder.plans.iter().zip(&all).enumerate() {
        if timers.all().is_empty() {
            continue;
        }
        let mut tell = |diagnostic| findings.tell_in((&*plan.name, plan.edition), diagnostic);
        for (page_index, _) in plan.pages.iter().enumerate().filter(|(_, page)| page.kind != Kind::Template) {
            for statement in &binder.text(plan_index, page_index).words.statements {
                match timers.bind(statement) {
                    // A layer that only inherits a timer may not know it.
                    Some(timer) => {
                        let own = writer(statement.place);
                        let is_asked = own == writer(timer.value.span) || own.is_some_and(is_extended);
                        if is_asked && says_value(statement, timer, &project.sources) {
                            tell(by_hand(statement, timer, &project.sources));
                        }
                    }
                    None if is_deadline(statement) && !is_of_others(statement, plan, timers) => {
                        tell(unbound(statement, timers));
                    }
                    None => {}
                }
            }
        }
    }
}

/// Whether a statement says the value of its timer. What a law asks for does not change with us,
/// and "the daily drill" is the name of a thing.
fn says_value(statement: &Statement, timer: &Timer, sources: &Sources) -> bool {
    let is_phrase = !timer.repeats
        || sources.text(statement.place).get(..6).is_some_and(|word| word.eq_ignore_ascii_case("every "));
    timer.path.starts_with("timers")
        && is_phrase
        && timer.value.value.means(statement.value)
        && !is_example(&statement.sentence)
}

fn by_hand(statement: &Statement, timer: &Timer, sources: &Sources) -> Diagnostic {
    let filter = if timer.repeats { " | every" } else { "" };
    let expression = format!("{{{{ {}{filter} }}}}", timer.path);
    let diagnostic = Diagnostic::new(RULE.name, format!("the value of `{}` is written by hand", timer.path))
        .at(statement.place, format!("{} here", statement.value))
        .and(timer.value.span, "the same value")
        .help(format!("write `{expression}`, so that it changes with the timer"));
    // "3 hours" cannot be put in the place of "a 3-hour shift".
    let words = sources.text(statement.place);
    let is_like = !words.contains('-') || words.ends_with('s');
    if statement.is_exact && is_like { diagnostic.fix(statement.place, expression) } else { diagnostic }
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
    const CALLS: [&str; 10] =
        ["alert", "ask", "call", "escalate", "hand", "inform", "notify", "page", "tell", "wake"];
    let first = statement.sentence.split_whitespace().next().unwrap_or_default();
    let is_order = ORDERS.contains(&first) || has_any(&statement.sentence, &MUST);
    let sets = SETS.iter().any(|words| statement.before().ends_with(words));
    // "Write a note after 10 minutes" sets no deadline; whom to call when nobody answers does.
    let calls = CALLS.contains(&first) && statement.before().ends_with(" after ");
    !statement.repeats && (is_order && sets || calls) && !is_example(&statement.sentence)
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
