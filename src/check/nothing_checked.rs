//! `nothing-checked`: a check that had nothing to look at is no pass.

use crate::check::{Binder, Findings, LOCKED, Rule, rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::load::ProjectFault;

pub(super) const RULE: Rule = Rule {
    name: "nothing-checked",
    level: Level::Error,
    finds: "no layer, no page, or a rule in site.toml that does not exist or cannot be set",
    explanation: "\
Why it matters
  A check that passes because a folder was renamed is worse than none: it goes on passing.

What to do
  `content` in site.toml names the folder of the layers, each a folder with a `plan.md`.
  `[rules]` names rules that exist; `redbinder explain` lists them.
",
    look,
};

/// So many unknown names are told what may be meant.
const MOST_SUGGESTIONS: usize = 100;

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        if let ProjectFault::NoLayer { folder } = fault {
            let diagnostic = Diagnostic::new(RULE.name, format!("`{folder}` has no layer, so nothing was checked"))
                .file(folder.as_str())
                .help(format!("write a plan.md in a folder of its own, such as `{folder}/base/plan.md`, or run `redbinder init`"));
            findings.tell(diagnostic);
        }
    }
    let is_told = |fault: &ProjectFault| matches!(fault, ProjectFault::NoLayer { .. });
    if binder.project.layers.is_empty() && !binder.project_faults().any(is_told) {
        let folder = &binder.project.config.content.value;
        let diagnostic =
            Diagnostic::new(RULE.name, format!("no layer of `{folder}` can be used, so nothing was checked"))
                .file(folder.as_str())
                .help("mend what each of them extends");
        findings.tell(diagnostic);
    }
    for (name, folder) in &binder.project.config.editions {
        let has_plan = binder.plans.iter().any(|plan| plan.edition.name() == name);
        if !has_plan && !binder.project.layers.is_empty() {
            let diagnostic = Diagnostic::new(RULE.name, format!("the edition `{name}` has no plan"))
                .at(folder.span, "nothing is in it")
                .help("take it out, or open a plan.md to this audience");
            findings.tell(diagnostic);
        }
    }
    let mut unknown = 0;
    for (name, level) in &binder.project.config.rules {
        if LOCKED.contains(&name.as_str()) {
            let diagnostic = Diagnostic::new(RULE.name, format!("the level of `{name}` cannot be changed"))
                .at(level.span, "sets the level of nothing")
                .help("take it out: it keeps every edition to what its audience may see");
            findings.tell(diagnostic);
        } else if rule(name).is_none() {
            // Who makes a mistake so often knows where.
            unknown += 1;
            let names = super::RULES.iter().map(|rule| rule.name).take_while(|_| unknown <= MOST_SUGGESTIONS);
            let diagnostic = Diagnostic::new(RULE.name, format!("no rule is called `{name}`"))
                .at(level.span, "sets the level of nothing")
                .help_if(did_you_mean(name, names));
            findings.tell(diagnostic);
        }
    }
}
