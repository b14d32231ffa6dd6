//! `missing-approval`: a plan that says it is approved, and not by whom or when.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Fields;
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule {
    name: "missing-approval",
    level: Level::Error,
    finds: "an approved plan without version, owner, approver or review date, approved before its last review, or dated in the future",
    explanation: "\
Why it matters
  An auditor asks who approved which version when (NIST SP 800-53 IR-8 a.9). So does whoever
  has to act on the plan against somebody's wishes.

What to do
  State `version`, `owner`, `approved_by` and `reviewed_on` under `document:` in plan.md, or set
  its `status` to `draft` until they are known. An approval is given on or after the review, and
  no day is later than the one given by `--today`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for plan in binder.plans {
        let Some((place, document)) = plan.values.entry("document") else { continue };
        let Some(map) = document.value.as_map() else { continue };
        let fields = Fields::new(map);
        let reader = (&*plan.name, plan.edition);
        for day in days(&fields).into_iter().filter(|day| is_to_come(binder, day)) {
            let diagnostic = Diagnostic::new(RULE.name, format!("`{}` is a day in the future", day.value))
                .at(day.span, "not yet")
                .help("state the day it happened");
            findings.tell_in(reader, diagnostic);
        }
        let Some(status) = fields.text("status").filter(|status| status.value == "approved") else {
            continue;
        };
        for key in ["version", "owner", "approved_by", "reviewed_on"] {
            if map.get(key).is_none_or(|node| node.value.is_blank()) {
                let diagnostic =
                    Diagnostic::new(RULE.name, format!("this plan is approved and has no `{key}`"))
                        .at(place.span, format!("`{key}` is missing"))
                        .and(status.span, "says that it is approved")
                        .help(format!("state `{key}`, or set the status to `draft`"));
                findings.tell_in(reader, diagnostic);
            }
        }
        let Some(reviewed) = fields.text("reviewed_on") else { continue };
        for (_, approval) in fields.records("approved_by") {
            // Dates are written so that their order is that of their letters.
            if let Some(on) = approval.text("on").filter(|on| on.value < reviewed.value) {
                let diagnostic = Diagnostic::new(RULE.name, "this approval is older than the last review")
                    .at(on.span, "approved before")
                    .and(reviewed.span, "reviewed after")
                    .help("have the reviewed text approved, and state the day");
                findings.tell_in(reader, diagnostic);
            }
        }
    }
}

/// The days on which something was done.
fn days(document: &Fields) -> Vec<Spanned<String>> {
    let own = ["reviewed_on", "tested_on"].into_iter().filter_map(|key| document.text(key));
    let approvals =
        document.records("approved_by").into_iter().filter_map(|(_, approval)| approval.text("on"));
    own.chain(approvals).collect()
}

fn is_to_come(binder: &Binder, day: &Spanned<String>) -> bool {
    let day: Option<jiff::civil::Date> = day.value.parse().ok();
    day.zip(binder.project.config.today).is_some_and(|(day, today)| day > today)
}
