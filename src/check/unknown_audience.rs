//! `unknown-audience`: a section for readers there are not.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::syntax::{Audience, FaultKind, Misuse};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unknown-audience",
    level: Level::Error,
    finds: "a heading whose `audience=` is none of public, staff and responders, or whose attribute is unknown",
    explanation: "\
Why it matters
  A section for `responder` would be shown to everybody or to nobody. Until it is mended it
  is shown to responders only. This rule cannot be switched off.

What to do
  Write `{audience=public}`, `{audience=staff}` or `{audience=responders}` on a heading of the
  page itself. Inside a list or a quote a heading is no section: move it out.
",
    look,
};

const ATTRIBUTES: [&str; 3] = ["audience", "after", "before"];

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::Misused(Misuse::Audience(name)) => {
                let names = Audience::ALL.map(Audience::name);
                let help = did_you_mean(name, names)
                    .unwrap_or_else(|| format!("audiences are {}", names.join(", ")));
                Diagnostic::new(RULE.name, format!("no audience is called `{name}`"))
                    .at(fault.span, "shown to responders only")
                    .help(help)
            }
            TailorFaultKind::Misused(Misuse::Attribute(name)) => {
                let verb = ["replace", "append", "prepend", "remove"].contains(&&**name);
                let help = verb
                    .then(|| format!("did you mean `.{name}`?"))
                    .or_else(|| did_you_mean(name, ATTRIBUTES))
                    .unwrap_or_else(|| format!("attributes are {}", ATTRIBUTES.join(", ")));
                Diagnostic::new(RULE.name, format!("a heading has no attribute `{name}`"))
                    .at(fault.span, "shown to responders only")
                    .help(help)
            }
            TailorFaultKind::Syntax(FaultKind::InnerHeading) => {
                Diagnostic::new(RULE.name, "a heading inside a list or a quote is no section")
                    .at(fault.span, "its braces do nothing here")
                    .help("take the braces out, or move the heading out")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}
