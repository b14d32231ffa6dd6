//! `name-clash`: two files that are one file elsewhere.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "name-clash",
    level: Level::Error,
    finds: "two names that differ only in upper and lower case",
    explanation: "\
Why it matters
  Many systems do not tell case apart. A copy of the plan on a stick or a colleague's laptop
  would have one of the two pages, and nobody knows which.

What to do
  Rename one of them; lower case with hyphens is a good habit.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::NameClash { path, other } = fault {
            let diagnostic =
                Diagnostic::new(RULE.name, format!("`{path}` and `{other}` differ only in case"))
                    .file(path.as_str())
                    .help("rename one of them");
            findings.tell(diagnostic);
        }
    }
}
