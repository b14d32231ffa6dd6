//! `broken-template`: a value that cannot be filled in because its expression is wrong.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::tailor::{TailorFaultKind, TemplateFault};

pub(super) const RULE: Rule = Rule {
    name: "broken-template",
    level: Level::Error,
    finds: "an expression in braces that cannot be understood or does not come to an end",
    explanation: "\
Why it matters
  `{{ … }}` and `{% … %}` fill the variant's facts into a page. One that cannot be read
  leaves a hole where the fact belongs.

What to do
  Close what is opened: `{{ name }}`, `{% if x %}…{% endif %}`. To show braces as they are,
  as in a workflow file, put `{% raw %}` before and `{% endraw %}` after them.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let TailorFaultKind::Template(TemplateFault::Broken(reason)) = &fault.kind else { continue };
        let diagnostic = Diagnostic::new(RULE.name, format!("this template cannot be run: {reason}"))
            .at(fault.span, "here")
            .help(
                if reason.contains("come to an end")
                    || reason.contains("too ")
                    || reason.contains("the limit")
                {
                    "make it shorter"
                } else if reason.contains("unexpected end of input") || reason.ends_with("is missing") {
                    "close what is opened: `{{ … }}`, `{% if … %}…{% endif %}`"
                } else {
                    "put `{% raw %}` and `{% endraw %}` around braces that are to be shown"
                },
            );
        findings.tell_in(reader, diagnostic);
    }
}
