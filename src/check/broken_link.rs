//! `broken-link`: a link that leads nowhere.

use std::collections::HashMap;

use crate::check::{Binder, Findings, Reader, Rule, audience_leak};
use crate::diagnostic::{Diagnostic, Level, Suggestions};
use crate::plan::reference::Problem;
use crate::plan::{Plan, PlanFaultKind};

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
    let suggestions = Suggestions::default();
    let mut by_name: HashMap<Reader, HashMap<&str, &str>> = HashMap::new();
    for (plan, fault) in binder.faults_of_plans() {
        let reader: Reader = (&plan.name, plan.edition);
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
                Problem::NoPage { path } => {
                    let by_name = by_name.entry(reader).or_insert_with(|| paths_by_name(plan));
                    let near = nearest_page(path, plan, by_name, &suggestions);
                    Diagnostic::new(RULE.name, format!("no page or file is called `{path}`"))
                        .at(fault.span, "not in this variant")
                        .help_if(near.map(|near| format!("did you mean `{near}`?")))
                }
                Problem::NoSection { page, anchor } => {
                    let near = nearest_section(page, anchor, plan, &suggestions);
                    Diagnostic::new(RULE.name, format!("`{page}` has no section `{anchor}`"))
                        .at(fault.span, "no heading has this id")
                        .help_if(near)
                }
                Problem::UnknownScheme { scheme, known } => {
                    let help = suggestions.did_you_mean(scheme, known.iter().map(String::as_str));
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
                Problem::NoThing { scheme, id } => {
                    if super::unknown_thing::covers(scheme) {
                        continue;
                    }
                    Diagnostic::new(RULE.name, format!("no {scheme} is called `{id}`"))
                        .at(fault.span, "not defined in this plan")
                        .help_if(suggestions.did_you_mean(id, plan.ids(scheme)))
                }
                Problem::TwoSections { .. } | Problem::Script | Problem::Empty => continue,
            };
        findings.tell_in(reader, diagnostic);
    }
}

/// The pages and files of a plan.
fn paths(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.pages.iter().map(|page| &*page.path).chain(plan.files.keys().map(|path| &**path))
}

/// For each name that pages and files have in their folders, the first that has it.
fn paths_by_name(plan: &Plan) -> HashMap<&str, &str> {
    let mut found = HashMap::new();
    for path in paths(plan) {
        found.entry(path.rsplit('/').next().unwrap_or(path)).or_insert(path);
    }
    found
}

/// The page or file that may be meant: by spelling, or one in another folder with the same name, also
/// without its `.md`.
fn nearest_page<'p>(
    path: &str,
    plan: &'p Plan,
    by_name: &HashMap<&str, &'p str>,
    suggestions: &Suggestions,
) -> Option<&'p str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let has = |name: &str| by_name.get(name).copied();
    suggestions.nearest(path, paths(plan)).or_else(|| has(name)).or_else(|| has(&format!("{stem}.md")))
}

/// The anchor that may be meant: by spelling, or one that holds or is held by what was written.
fn nearest_section(page: &str, anchor: &str, plan: &Plan, suggestions: &Suggestions) -> Option<String> {
    let page = &plan.pages[plan.page_index(page)?];
    let known = || page.anchors.of_sections.iter().map(|anchor| &**anchor);
    let around = || suggestions.first_around(anchor, known());
    let near = suggestions.nearest(anchor, known()).or_else(around);
    near.map(|near| format!("did you mean `{near}`?"))
}
