//! `unknown-audience`: a section for readers there are not.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::syntax::Audience;
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unknown-audience",
    level: Level::Error,
    finds: "a section's `audience=` that is none of public, staff and responders",
    explanation: "\
Why it matters
  A section for `responder` would be shown to everybody or to nobody. Until it is mended it
  is shown to responders only.

What to do
  Write `{audience=public}`, `{audience=staff}` or `{audience=responders}`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        if let TailorFaultKind::UnknownAudience(name) = &fault.kind {
            let names = Audience::ALL.map(Audience::name);
            let help =
                did_you_mean(name, names).unwrap_or_else(|| format!("audiences are {}", names.join(", ")));
            let diagnostic = Diagnostic::new(RULE.name, format!("no audience is called `{name}`"))
                .at(fault.span, "shown to responders only")
                .help(help);
            findings.tell_in(reader, diagnostic);
        }
    }
}
