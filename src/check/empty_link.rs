//! `empty-link`: a link without a target.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;

pub(super) const RULE: Rule = Rule {
    name: "empty-link",
    level: Level::Error,
    finds: "a link with nothing in its brackets: `[text]()`",
    explanation: "\
Why it matters
  It looks like a link and leads to the page it stands on.

What to do
  Say where it leads, or leave the brackets out.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.plan_faults() {
        if let PlanFaultKind::BrokenLink(_, Problem::Empty) = &fault.kind {
            let diagnostic = Diagnostic::new(RULE.name, "this link leads nowhere")
                .at(fault.span, "no target")
                .help("name a page, a section or a thing, such as `(role:scribe)`");
            findings.tell_in(reader, diagnostic);
        }
    }
}
