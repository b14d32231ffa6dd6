//! `unknown-target`: a tailoring of something that is not inherited.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, Suggestions, listed};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unknown-target",
    level: Level::Error,
    finds: "a tailoring of a section or page that the layers below do not have",
    explanation: "\
Why it matters
  The text was written to change something. If that something is gone or renamed, the
  change would be lost, or stand where nobody expects it.

What to do
  Name a section by the id it has in the layer that is extended; `redbinder trace` shows
  where each is from. A new page needs no `tailor:` and no verbs.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let suggestions = Suggestions::default();
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::UnknownTarget { id, page, known } => {
                let known = || known.iter().map(String::as_str);
                let list = known().next().map(|_| format!("its sections are {}", listed(known())));
                Diagnostic::new(RULE.name, format!("the inherited `{page}` has no section `{id}`"))
                    .at(fault.span, "nothing to tailor")
                    .help_if(suggestions.did_you_mean(id, known()).or(list))
            }
            TailorFaultKind::NothingInherited { page, known } => {
                let near = suggestions.nearest(page, known.iter().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "a new page says nothing about tailoring: take it out".into(),
                };
                Diagnostic::new(RULE.name, format!("no page `{page}` is inherited"))
                    .at(fault.span, "nothing to tailor")
                    .help(help)
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}
