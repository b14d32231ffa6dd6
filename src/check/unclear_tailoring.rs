//! `unclear-tailoring`: a change to an inherited page that does not say what it does.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unclear-tailoring",
    level: Level::Error,
    finds: "a heading of a tailoring without a verb, text outside any section, a removal without a reason",
    explanation: "\
Why it matters
  A file at an inherited path changes that page. What does not say which section it changes,
  and how, would be lost in silence.

What to do
  Name the inherited section and say what happens to it:

    ## Channels {#channels .replace}      this instead of it, with its subsections
    ## {#handoff .append}                 this after its text; `.prepend` before it
    ## {#legacy-vpn .remove}              not in this plan; the text under it says why
    ## New part {#new after=handoff}      a new section; `before=` likewise
    ## {#top .append}                     after what stands before the first section

  To write the whole page anew, put `tailor: replace` into its front matter; to drop it,
  `tailor: remove`, and say why in its text.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let new = |message: String| Diagnostic::new(RULE.name, message);
        let diagnostic = match &fault.kind {
            TailorFaultKind::NoVerb { title, page } => new(format!("this heading does not say what it does with the inherited `{page}`"))
                .at(fault.span, "no verb")
                .help(format!(
                    "write `## {title} {{#id .replace}}`, `.append`, `.prepend` or `.remove`, or for a new section `{{#id after=…}}`"
                )),
            TailorFaultKind::TextOutsideSection { page } => new(format!("this text belongs to no section of the inherited `{page}`"))
                .at(fault.span, "it would be lost")
                .help("put it under a heading such as `## {#top .append}`, or say `tailor: replace` in the front matter"),
            TailorFaultKind::VerbAndPlace => new("this heading both changes a section and places a new one".into())
                .at(fault.span, "a verb and a place")
                .help("keep one: a verb such as `.replace`, or `after=` and `before=`"),
            TailorFaultKind::AudienceOfPart => new("text added to a section has the section's audience".into())
                .at(fault.span, "an audience of its own")
                .help("make it a section: `## Title {#id after=… audience=…}`"),
            TailorFaultKind::ReasonMissing => new("a removal must say why".into())
                .at(fault.span, "no reason")
                .help("write the reason as the text below; it is kept for those who look after the plan"),
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
}
