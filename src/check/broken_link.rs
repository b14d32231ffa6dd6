//! `broken-link`: a link that leads nowhere.

use crate::check::{Binder, Findings, Rule, audience_leak};
use crate::diagnostic::{Diagnostic, Level, did_you_mean, nearest};
use crate::plan::PlanFaultKind;
use crate::plan::reference::Problem;

pub(super) const RULE: Rule = Rule {
    name: "broken-link",
    level: Level::Error,
    finds: "a page, section, image or file that this variant does not have",
    explanation: "\
Why it matters
  During an incident nobody goes looking for the page that was meant. A link is checked in
  every variant: a page that one organization removed breaks the links of that variant only.

What to do
  Links are relative to the file they stand in, and name the source: `response.md#handoff`,
  from `roles/scribe.md` as `../response.md#handoff`. An inherited page is linked as if it
  stood in the layer's own folder. Things are linked by kind and id: `[](role:scribe)`.
  The page a checklist is `companion_of` is named from the layer's folder.

Example
  [the handover](response.md#handof)      no section is called `handof`
  [the handover](response.md#handoff)     found
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.plan_faults() {
        let (PlanFaultKind::BrokenLink(target, problem) | PlanFaultKind::LostCompanion(target, problem)) =
            &fault.kind
        else {
            continue;
        };
        // Told as what it is: nothing was ever meant, or it is not for these readers.
        if super::broken_syntax::is_unfilled(target) || audience_leak::hides(binder, reader, problem) {
            continue;
        }
        let diagnostic =
            match problem {
                Problem::NoPage { path, known } => {
                    let candidates = known.iter().map(String::as_str);
                    let near = nearest(path, candidates).or_else(|| same_name(path, known));
                    Diagnostic::new(RULE.name, format!("no page or file is called `{path}`"))
                        .at(fault.span, "not in this variant")
                        .help_if(near.map(|near| format!("did you mean `{near}`?")))
                }
                Problem::NoSection { page, anchor, known } => {
                    Diagnostic::new(RULE.name, format!("`{page}` has no section `{anchor}`"))
                        .at(fault.span, "no heading has this id")
                        .help_if(nearest_section(anchor, known))
                }
                Problem::UnknownScheme { scheme, known } => {
                    let help = did_you_mean(scheme, known.iter().map(String::as_str));
                    Diagnostic::new(RULE.name, format!("no kind of link is called `{scheme}:`"))
                        .at(fault.span, "leads nowhere")
                        .help(help.unwrap_or_else(|| {
                            format!("kinds are {}; the web is `https://…`", known.join(", "))
                        }))
                }
                Problem::ClimbsOut => {
                    Diagnostic::new(RULE.name, format!("`{target}` leads out of the layer's folder"))
                        .at(fault.span, "outside what is published")
                        .help("an inherited page is linked as if it stood in this layer's folder")
                }
                Problem::NoThing { scheme, id, known } => {
                    if super::unknown_thing::covers(scheme) {
                        continue;
                    }
                    Diagnostic::new(RULE.name, format!("no {scheme} is called `{id}`"))
                        .at(fault.span, "not defined in this plan")
                        .help_if(did_you_mean(id, known.iter().map(String::as_str)))
                }
                Problem::TwoSections { .. } | Problem::Script | Problem::Empty => continue,
            };
        findings.tell_in(reader, diagnostic);
    }
}

/// A page in another folder with the same file name, or the same name with `.md`.
fn same_name<'a>(path: &str, known: &'a [String]) -> Option<&'a str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let has = |ending: &str| known.iter().find(|other| other.rsplit('/').next() == Some(ending));
    has(name).or_else(|| has(&format!("{stem}.md"))).map(String::as_str)
}

/// The nearest anchor: by spelling, or one that holds or is held by what was written.
fn nearest_section(anchor: &str, known: &[String]) -> Option<String> {
    let plain = anchor.to_lowercase();
    did_you_mean(anchor, known.iter().map(String::as_str)).or_else(|| {
        let part = known
            .iter()
            .find(|other| other.len() > 3 && (plain.contains(other.as_str()) || other.contains(&plain)));
        part.map(|other| format!("did you mean `{other}`?"))
    })
}
