//! `missing-fact`: a fact that every variant must state, left unset.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "missing-fact",
    level: Level::Error,
    finds: "a fact the base requires of every variant that this one leaves unset, or only inherits",
    explanation: "\
Why it matters
  A plan that sends reports to its template's address sends them to nobody. The base names
  such facts under `requires:`, with a reason and who has to state them: anyone, an
  organization's layer, or a system's own.

What to do
  State the fact in the layer's `plan.md`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.plan_faults() {
        let PlanFaultKind::MissingFact { path, why, required, inherited, by } = &fault.kind else { continue };
        let message = match inherited {
            Some(_) => format!("`{path}` is only inherited"),
            None => format!("`{path}` is not set"),
        };
        let whose = match by.as_str() {
            "organization" => "an organization's own layer",
            "system" => "this layer itself",
            _ => "this plan",
        };
        let mut diagnostic =
            Diagnostic::new(RULE.name, message).at(fault.span, format!("{whose} has to state it"));
        if let Some(inherited) = inherited {
            diagnostic = diagnostic.and(*inherited, "inherited from here");
        }
        let diagnostic = diagnostic
            .and(*required, why.trim().trim_end_matches('.'))
            .help(format!("state `{path}` in plan.md"));
        findings.tell_in(reader, diagnostic);
    }
}
