//! `unreadable-file`: a file or a link in the folder that cannot be read as text.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "unreadable-file",
    level: Level::Error,
    finds: "a file that cannot be opened, is not UTF-8, has characters that nobody writes, or is a link that turns in circles or leads out of the project",
    explanation: "\
Why it matters
  A page that cannot be read is a page that is missing from every copy, without anybody
  having removed it.

What to do
  Save text as UTF-8. Take out control characters, which a program that copied the text has left.
  Give the file back its permission to be read. redbinder reads nothing outside the project
  folder: copy what a symbolic link leads to.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        let new = |message: String| Diagnostic::new(RULE.name, message);
        let diagnostic = match fault {
            ProjectFault::Unreadable { path, reason } => {
                new(format!("`{path}` cannot be read: {reason}")).file(path.as_str()).help(
                    "give it back its permission to be read, or take away what is no file or leads nowhere",
                )
            }
            ProjectFault::TooLarge { path, limit } => new(format!("`{path}` is larger than {limit}"))
                .file(path.as_str())
                .help("divide it into several, or take out what nobody reads"),
            ProjectFault::SymlinkLoop(path) => {
                new(format!("the link `{path}` turns in circles")).file(path.as_str()).help("remove the link")
            }
            ProjectFault::OutsideProject(path) => new(format!("the link `{path}` leads out of the project"))
                .file(path.as_str())
                .help("copy what it leads to into the project"),
            ProjectFault::BadName(path) => new(format!("the name `{path}` has characters that are no text"))
                .file(path.as_str())
                .help("rename the file"),
            ProjectFault::NotUtf8(span) => new("this file is not UTF-8".into())
                .at(*span, "the first byte that is no text")
                .help("save the file as UTF-8"),
            ProjectFault::Unwritable(span, character) => {
                new("this character stands for nothing".into()).at(*span, named(*character)).help("remove it")
            }
            _ => continue,
        };
        findings.tell(diagnostic);
    }
}

/// What a character is that nobody writes.
fn named(character: char) -> String {
    let kind = if character.is_control() { "a control character" } else { "for private use" };
    format!("U+{:04X}, {kind}", u32::from(character))
}
