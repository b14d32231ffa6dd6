//! `broken-theme`: a file of the site's own theme that cannot be used.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "broken-theme",
    level: Level::Error,
    finds: "a template or script of the site's own theme that cannot be used",
    explanation: "\
Why it matters
  A theme frames every page. One template that cannot be read, or asks for a value that is
  not there, would leave each of them without its report button or its contents.

What to do
  Mend the line. What templates get is in `src/render/page.rs`; a value that is not on every
  page is asked for first: `{% if page.summary %}`. To begin again from the built-in file,
  delete yours. What goes wrong only when a page is made is told by `build` and `serve`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::Theme(fault) = fault {
            let mut diagnostic = Diagnostic::new(RULE.name, fault.message.clone());
            if let Some(span) = fault.span {
                diagnostic = diagnostic.at(span, "here");
            }
            findings.tell(diagnostic);
        }
    }
}
