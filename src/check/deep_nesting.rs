//! `deep-nesting`: lists or quotes inside each other beyond reason.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::syntax::FaultKind;
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "deep-nesting",
    level: Level::Error,
    finds: "more than thirty lists or sixty quotes inside each other",
    explanation: "\
Why it matters
  Nobody reads the thirtieth level, and it is nearly always a slip: a line of `>` or a paste.
  What is deeper is laid flat, so the page would not say what its author wrote.

What to do
  Take the inner lists out into sections or pages of their own.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        if fault.kind == TailorFaultKind::Syntax(FaultKind::TooDeep) {
            let diagnostic = Diagnostic::new(RULE.name, "lists or quotes are nested too deep to be read")
                .at(fault.span, "laid flat from here on")
                .help("take the inner ones out into sections of their own");
            findings.tell_in(reader, diagnostic);
        }
    }
}
