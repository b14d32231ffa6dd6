//! `broken-theme`: a file of the site's own theme that cannot be used.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;
use crate::source::Span;

/// The name of the rule, by which faults are told that show only when a page is made.
pub const BROKEN_THEME: &str = "broken-theme";

pub(super) const RULE: Rule = Rule {
    name: BROKEN_THEME,
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

/// What is told of a fault of a theme, and of the place it is at.
pub fn theme_finding(message: &str, place: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(BROKEN_THEME, message.to_string());
    match place {
        Some(span) => diagnostic.at(span, "here"),
        None => diagnostic,
    }
}

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::Theme(fault) = fault {
            findings.tell(theme_finding(&fault.message, fault.span));
        }
    }
}
