//! `invalid-configuration`: a setting in `site.toml` that cannot be.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "invalid-configuration",
    level: Level::Error,
    finds: "a setting in site.toml that is misspelt, of the wrong kind, or leads out of the project",
    explanation: "\
Why it matters
  A setting that is not understood is a setting that does not hold: a misspelt edition is
  an edition nobody gets.

What to do
  The settings are `title`, `lang`, `offline`, `base_url`, `content`, `output`, `theme`,
  `edit_url`, `paper`, and the tables `[editions]`, `[canaries]` and `[rules]`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::Config(fault) = fault {
            let diagnostic = Diagnostic::new(RULE.name, fault.message.clone())
                .at(fault.span, "")
                .help_if(fault.help.clone());
            findings.tell(diagnostic);
        }
    }
}
