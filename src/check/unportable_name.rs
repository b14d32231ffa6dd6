//! `unportable-name`: a file that cannot be written everywhere.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "unportable-name",
    level: Level::Warning,
    finds: "a file or a folder whose name Windows does not take",
    explanation: "\
Why it matters
  A page is published under the name of its file, and the plan is handed out as one packed
  file for the hours without a network. Windows does not take some names, such as `aux.md`
  or `what now?.md`: whoever unpacks the plan there gets a part of it, or nothing.

What to do
  Rename it, without `< > : \" | ? * \\`, without a full stop or a space at the end, and not like
  a device (`con`, `prn`, `aux`, `nul`, `com1`, `lpt1`). Its old address in `aliases` would be
  a file of the same name again.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::UnportableName(path) = fault {
            let name = path.rsplit('/').next().unwrap_or(path);
            let diagnostic = Diagnostic::new(RULE.name, format!("`{name}` is no name for a file on Windows"))
                .file(path.as_str())
                .help("rename it: lower case with hyphens is read everywhere");
            findings.tell(diagnostic);
        }
    }
}
