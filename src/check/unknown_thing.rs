//! `unknown-role` and its like: a typed link to something the plan does not define.

use crate::check::{Binder, Findings, Rule, audience_leak};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;

macro_rules! rule {
    ($rule:ident, $name:literal, $thing:literal, $where:literal) => {
        pub(super) const $rule: Rule = Rule {
            name: $name,
            level: Level::Error,
            finds: concat!("a link to a ", $thing, " the plan does not define"),
            explanation: concat!(
                "Why it matters\n  Somebody who is sent to a ",
                $thing,
                " that this plan does not have stands before nothing. A layer\n",
                "  can remove one, so each variant is checked by itself.\n\n",
                "What to do\n  Use the id of one that is defined (",
                $where,
                "), or define it.\n\n",
                "Example\n  [](",
                $thing,
                ":<id>)\n"
            ),
            look: |binder, findings| look(binder, findings, $name, $thing),
        };
    };
}

rule!(ROLE, "unknown-role", "role", "a file in `roles/`");
rule!(SEVERITY, "unknown-severity", "severity", "a file in `severities/`");
rule!(PHASE, "unknown-phase", "phase", "a file in `phases/`");
rule!(CHANNEL, "unknown-channel", "channel", "an id under `channels:` in plan.md");
rule!(CONTACT, "unknown-contact", "contact", "an id under `contacts:` in plan.md");
rule!(STATUS, "unknown-status", "status", "an id under `statuses:` in plan.md");
rule!(TERM, "unknown-term", "term", "an id under `terms:` in plan.md");

/// Whether one of these rules tells about a scheme.
pub(super) fn covers(scheme: &str) -> bool {
    matches!(scheme, "role" | "severity" | "phase" | "channel" | "contact" | "status" | "term")
}

/// So many can be listed in one line.
const FEW: usize = 8;

fn look(binder: &Binder, findings: &mut Findings, name: &'static str, thing: &str) {
    for (reader, fault) in binder.plan_faults() {
        let PlanFaultKind::BrokenLink(_, problem @ Problem::NoThing { scheme, id, known }) = &fault.kind
        else {
            continue;
        };
        if *scheme == thing && !audience_leak::hides(binder, reader, problem) {
            let near = did_you_mean(id, known.iter().map(String::as_str));
            let list = (1..=FEW).contains(&known.len()).then(|| format!("defined are {}", known.join(", ")));
            let diagnostic = Diagnostic::new(name, format!("no {thing} is called `{id}`"))
                .at(fault.span, "not defined in this plan")
                .help_if(near.or(list));
            findings.tell_in(reader, diagnostic);
        }
    }
}
