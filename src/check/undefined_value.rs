//! `undefined-value`: a value in braces that the plan does not have.

use crate::check::{Binder, Findings, Rule, audience_leak};
use crate::diagnostic::{Diagnostic, Level, Suggestions};
use crate::plan::records::member;
use crate::tailor::{TailorFaultKind, TemplateFault};

pub(super) const RULE: Rule = Rule {
    name: "undefined-value",
    level: Level::Error,
    finds: "a name in a template that is undefined, null or empty where it is printed",
    explanation: "\
Why it matters
  \"Report to  within \" is what a reader gets when a fact is missing. It is checked in every
  variant and edition: what an edition may not see is not defined in it.

What to do
  Correct the name, state the fact in `plan.md`, or ask first:
  `{% if channels.fire is defined %}…{% endif %}`. Ids with hyphens stand in brackets:
  `roles[\"incident-commander\"].title`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let suggestions = Suggestions::default();
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic =
            match &fault.kind {
                TailorFaultKind::Template(TemplateFault::Undefined { expression, defined, name, known }) => {
                    if audience_leak::hides_value(binder, reader, expression) {
                        continue;
                    }
                    let near = suggestions.nearest(name, known.iter().map(String::as_str));
                    Diagnostic::new(RULE.name, format!("`{expression}` is not defined"))
                        .at(fault.span, format!("no `{name}` in this plan"))
                        .help_if(near.map(|near| {
                            format!("did you mean `{}`?", mended(expression, defined, name, near))
                        }))
                }
                TailorFaultKind::Template(TemplateFault::Blank(expression)) => {
                    Diagnostic::new(RULE.name, format!("`{expression}` is empty"))
                        .at(fault.span, "nothing to print")
                        .help("state it in plan.md, or ask first whether it is there")
                }
                _ => continue,
            };
        findings.tell_in(reader, diagnostic);
    }
}

/// The expression with the name that is not defined mended.
fn mended(expression: &str, defined: &str, name: &str, near: &str) -> String {
    let wrong = format!("{defined}{name}");
    let right = match defined.strip_suffix('.') {
        Some(map) => member(map, near),
        None => format!("{defined}{near}"),
    };
    if expression.contains(&wrong) { expression.replacen(&wrong, &right, 1) } else { right }
}
