//! `unclear-tailoring`: a change to an inherited page that does not say what it does.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::syntax::Misuse;
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

const VERBS: [&str; 4] = ["replace", "append", "prepend", "remove"];

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let new = |message: String| Diagnostic::new(RULE.name, message);
        let diagnostic = match &fault.kind {
            TailorFaultKind::NoVerb { title, level, id, page } => {
                let message = format!("this heading does not say what it does with the inherited `{page}`");
                let marks = "#".repeat(usize::from(*level));
                let help = match id {
                    Some(id) => format!("write `{marks} {title} {{#{id} .replace}}`, `.append`, `.prepend` or `.remove`"),
                    None => format!("for a new section write `{marks} {title} {{#id after=…}}`, for an inherited one `{{#id .replace}}`"),
                };
                new(message).at(fault.span, "no verb and no place").help(help)
            }
            TailorFaultKind::NothingTailored { page } => new(format!("this page does not say what it changes in the inherited `{page}`"))
                .at(fault.span, "written as if it were new")
                .help("put `tailor: replace` into its front matter to write the whole page anew, or name sections: `## {#id .append}`"),
            TailorFaultKind::TitleAgain { page } => new(format!("the inherited `{page}` has a title already"))
                .at(fault.span, "not a section")
                .help("put `title:` into the front matter to change it"),
            TailorFaultKind::Misused(Misuse::Class(class)) => new(format!("`.{class}` is no verb"))
                .at(fault.span, "does nothing")
                .help(did_you_mean(class, VERBS).unwrap_or_else(|| format!("verbs are .{}", VERBS.join(", .")))),
            TailorFaultKind::Misused(Misuse::Id(id)) => new(format!("the id `{id}` begins with `_`"))
                .at(fault.span, "those are the site's own")
                .help("begin it with a letter"),
            TailorFaultKind::Misused(Misuse::TwoVerbs) => new("this heading says two things at once".into())
                .at(fault.span, "cannot both hold")
                .help("keep one: a verb such as `.replace`, or `after=`, or `before=`"),
            TailorFaultKind::NothingWritten => new("nothing is put in the place of this section".into())
                .at(fault.span, "no text")
                .help("write the text, or `.remove` and the reason"),
            TailorFaultKind::BeforeTop => new("nothing stands before the start of a page".into())
                .at(fault.span, "no such place")
                .help("write `after=top` for the first section, or `{#top .prepend}`"),
            TailorFaultKind::PlanRemoved => new("a layer's own `plan.md` cannot be removed".into())
                .at(fault.span, "it is the layer")
                .help("remove the layer's folder, or say `tailor: replace` to write the page anew"),
            TailorFaultKind::TextOutsideSection { page } => new(format!("this text belongs to no section of the inherited `{page}`"))
                .at(fault.span, "it would be lost")
                .help("put it under a heading such as `## {#top .append}`, or say `tailor: replace` in the front matter"),
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
