//! `overdue-review`: a plan nobody has looked at, or exercised, for too long.

use jiff::civil::Date;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Fields;
use crate::plan::facts::after;
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule {
    name: "overdue-review",
    level: Level::Error,
    finds: "a review or an exercise whose interval has passed, seen from `--today`; a warning in the 30 days before",
    explanation: "\
Why it matters
  People leave, rooms are renamed and laws change. A plan that promises a review every year and
  has had none says things that are no longer so, and an auditor will count the days.

What to do
  Review or exercise the plan, then set `reviewed_on` or `tested_on` under `document:`. Without
  `--today` this rule says nothing: the same plan gives the same findings on every day.
",
    look,
};

/// From so many days before on, it is time.
const SOON: i64 = 30;

/// The day, the interval, and what has to be done.
const DATES: [(&str, &str, &str); 2] =
    [("reviewed_on", "review_every", "review"), ("tested_on", "test_every", "exercise")];

fn look(binder: &Binder, findings: &mut Findings) {
    let Some(today) = binder.project.config.today else { return };
    for plan in binder.plans.iter().filter(|plan| plan.document.status != "retired") {
        let Some(document) = Fields::new(&plan.values).record("document") else { continue };
        for (day, interval, what) in DATES {
            let (Some(on), Some(every)) = (document.text(day), document.duration(interval)) else { continue };
            let due = on.value.parse().ok().and_then(|on| after(on, every.value));
            let Some(diagnostic) = due.and_then(|due| judge(due, today, what, &on)) else { continue };
            let diagnostic = diagnostic.and(every.span, format!("to be repeated every {}", every.value));
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
}

fn judge(due: Date, today: Date, what: &str, on: &Spanned<String>) -> Option<Diagnostic> {
    let left = i64::from((due - today).get_days());
    let days = match left.abs() {
        1 => "1 day".to_string(),
        days => format!("{days} days"),
    };
    let diagnostic = match left {
        ..0 => Diagnostic::new(RULE.name, format!("the next {what} is overdue by {days}"))
            .at(on.span, format!("was due again on {due}")),
        0 => Diagnostic::new(RULE.name, format!("the next {what} is due today"))
            .at(on.span, "the last one")
            .at_most(Level::Warning),
        1..=SOON => Diagnostic::new(RULE.name, format!("the next {what} is due in {days}"))
            .at(on.span, format!("due again on {due}"))
            .at_most(Level::Warning),
        _ => return None,
    };
    Some(diagnostic.help(format!("hold the {what}, then set the day here")))
}
