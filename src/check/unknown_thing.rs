//! `unknown-role` and its like: a typed link to something the plan does not define, or a mention
//! whose form says what it is.

use std::collections::HashMap;

use crate::check::{Binder, FEW, Findings, Reader, Rule, audience_leak, mention, removed};
use crate::diagnostic::{Diagnostic, Level, Suggestions};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;

macro_rules! rule {
    ($rule:ident, $name:literal, $thing:literal, $where:literal $(, $forms:literal, $mentions:path)?) => {
        pub(super) const $rule: Rule = Rule {
            name: $name,
            level: Level::Error,
            finds: concat!("a link to a ", $thing $(, ", or ", $forms, ",")?, " that the plan does not define"),
            explanation: concat!(
                "Why it matters\n  Somebody who is sent to a ",
                $thing,
                " that this plan does not have stands before nothing. A layer\n",
                "  can remove one, so each variant is checked by itself.\n\n",
                $("What it reads\n  Links such as [](", $thing, ":<id>), and ", $forms, ",\n",
                "  in text, front matter and messages. A plan that defines none is not judged by\n",
                "  what it mentions.\n\n",)?
                "What to do\n  Use one that is defined (",
                $where,
                "), or define it.\n\n",
                "Example\n  [](",
                $thing,
                ":<id>)\n"
            ),
            look: |binder, findings| {
                look(binder, findings, $name, $thing);
                $($mentions(binder, findings);)?
            },
        };
    };
}

rule!(
    ROLE,
    "unknown-role",
    "role",
    "a file in `roles/`",
    "a capitalised name such as `Incident Manager`",
    mention::role::look
);
rule!(
    SEVERITY,
    "unknown-severity",
    "severity",
    "a file in `severities/`",
    "a level such as `SEV-2` or `Critical severity`",
    mention::severity::look
);
rule!(PHASE, "unknown-phase", "phase", "a file in `phases/`");
rule!(
    CHANNEL,
    "unknown-channel",
    "channel",
    "an id under `channels:` in plan.md",
    "a `#room` or an `@mention`",
    mention::channel::look
);
rule!(
    CONTACT,
    "unknown-contact",
    "contact",
    "an id under `contacts:` in plan.md",
    "an email address at a domain of the organization",
    mention::contact::look
);
rule!(
    STATUS,
    "unknown-status",
    "status",
    "an id under `statuses:` in plan.md",
    "what a status is set to",
    mention::status::look
);
rule!(TERM, "unknown-term", "term", "an id under `terms:` in plan.md");

/// Whether one of these rules tells about a scheme.
pub(super) fn covers(scheme: &str) -> bool {
    matches!(scheme, "role" | "severity" | "phase" | "channel" | "contact" | "status" | "term")
}

fn look(binder: &Binder, findings: &mut Findings, name: &'static str, thing: &str) {
    let suggestions = Suggestions::default();
    let mut ids: HashMap<Reader, Vec<&str>> = HashMap::new();
    for (plan, fault) in binder.faults_of_plans() {
        let PlanFaultKind::BrokenLink(_, problem @ Problem::NoThing { scheme, id }) = &fault.kind else {
            continue;
        };
        let reader = (&*plan.name, plan.edition);
        if *scheme == thing && !audience_leak::hides(binder, reader, problem) {
            let known = ids.entry(reader).or_insert_with(|| plan.ids(thing));
            let near = suggestions.did_you_mean(id, known.iter().copied());
            let list = (1..=FEW).contains(&known.len()).then(|| format!("defined are {}", known.join(", ")));
            let diagnostic = Diagnostic::new(name, format!("no {thing} is called `{id}`"))
                .at(fault.span, "not defined in this plan")
                .help_if(near.or(list));
            findings.tell_in(reader, removed::beside(diagnostic, binder, reader, thing, id));
        }
    }
}
