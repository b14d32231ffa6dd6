//! `orphan-page`: a page that no link reaches.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, PlanFaultKind, Target};
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "orphan-page",
    level: Level::Warning,
    finds: "a page that no other page leads to, and that has no place of its own in the navigation",
    explanation: "\
Why it matters
  Readers begin at the landing page and follow links. A page that none of them leads to is found
  by those who know that it is there.

What to do
  Link it from where somebody needs it, or give it a `group:` in its front matter. Where links
  reach fewer than three pages in four, the navigation is taken to be the way.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for plan in binder.plans {
        let Some(home) = plan.page_index("plan.md") else { continue };
        if leads_to(plan, home).is_empty() {
            continue;
        }
        // A link that leads nowhere may have been meant for the page; it is told by itself.
        if plan.faults.iter().any(|fault| matches!(fault.kind, PlanFaultKind::BrokenLink(..))) {
            continue;
        }
        let reached = reached(plan, home);
        let plain = plan.pages.iter().filter(|page| page.kind == Kind::Page).count();
        let orphans: Vec<_> = plan.pages.iter().zip(reached).filter(|(_, reached)| !reached).collect();
        // Where links reach few pages, they are not how readers get about.
        if orphans.len() * 4 > plain {
            continue;
        }
        for (page, _) in orphans {
            let diagnostic = Diagnostic::new(RULE.name, format!("no page leads to `{}`", page.path))
                .at(page.start, "nobody comes here from the landing page")
                .help("link it from where it is needed, or give it a `group:`");
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
}

/// For each page, whether links lead to it from the landing page or from one that the
/// navigation places.
fn reached(plan: &Plan, home: usize) -> Vec<bool> {
    let mut reached = vec![false; plan.pages.len()];
    let placed =
        |index: &usize| plan.pages[*index].kind != Kind::Page || !plan.pages[*index].group.is_empty();
    let mut open: Vec<usize> = (0..plan.pages.len()).filter(placed).chain([home]).collect();
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut reached[index], true) {
            open.extend(leads_to(plan, index));
        }
    }
    reached
}

/// The other pages that a page leads to.
fn leads_to(plan: &Plan, index: usize) -> Vec<usize> {
    let page = &plan.pages[index];
    let linked = page.links.values().filter_map(|target| match target {
        Target::Page(found, _) => Some(*found),
        Target::Record(kind, record) => {
            plan.records(*kind).get(*record).and_then(|record| plan.page_index(&record.page))
        }
        Target::File(_) | Target::Fact(..) | Target::Elsewhere | Target::Broken(_) => None,
    });
    linked.filter(|found| *found != index).collect()
}
