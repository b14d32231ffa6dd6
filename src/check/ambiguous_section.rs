//! `ambiguous-section`: one name for two sections.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "ambiguous-section",
    level: Level::Error,
    finds: "a link or a tailoring that names one of two sections with equal ids",
    explanation: "\
Why it matters
  Two sections called `details` make `page.md#details` lead to one of them, and which one
  depends on their order. A tailoring that replaces one of two equals replaces the wrong one
  as soon as somebody moves a paragraph.

What to do
  Give the sections ids of their own: `## Details {#details-for-staff}`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::AmbiguousTarget { id, page } => {
                Diagnostic::new(RULE.name, format!("`{page}` has two sections called `{id}`"))
                    .at(fault.span, "which of them is not said")
                    .help("give the inherited sections ids of their own")
            }
            TailorFaultKind::IdTaken { id, page } => {
                Diagnostic::new(RULE.name, format!("`{page}` has a section called `{id}` already"))
                    .at(fault.span, "a new section needs a new id")
                    .help(format!(
                        "write `{{#{id} .replace}}` to rewrite the inherited section, or choose another id"
                    ))
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
    for (reader, fault) in binder.plan_faults() {
        let diagnostic = match &fault.kind {
            PlanFaultKind::BrokenLink(_, Problem::TwoSections { page, anchor }) => {
                Diagnostic::new(RULE.name, format!("`{page}` has two sections called `{anchor}`"))
                    .at(fault.span, "which of them is not said")
                    .help("give the sections ids of their own: `## Title {#id}`")
            }
            PlanFaultKind::RepeatedId { id, page, first } => {
                Diagnostic::new(RULE.name, format!("two sections of `{page}` have the id `{id}`"))
                    .at(fault.span, "the second")
                    .and(*first, "the first")
                    .help("choose another id for one of them")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}
