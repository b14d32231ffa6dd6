//! `weaker-than-parent`: less than what is inherited asks for, without anybody's approval.

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Fields, Plan};
use crate::source::{Span, Spanned};
use crate::syntax::{Audience, DurationRange};

pub(super) const RULE: Rule = Rule {
    name: "weaker-than-parent",
    level: Level::Error,
    finds: "a longer deadline, interval or review, or a severity, role, phase, timer or obligation that is dropped",
    explanation: "\
Why it matters
  Whoever agreed to the parent agreed to its deadlines. A variant may be stricter; weaker it may
  be only where somebody has accepted the risk, and readers can see that they did.

What to do
  Keep what the parent asks for, or say in the layer's plan.md who accepted what:

    deviations:
      timers.report:
        reason: The ships report once a watch, which is four hours.
        approved_by: Harbor master
        on: 2026-05-02

  The path may name the fact or all of its record. It is printed with the document control.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let of_layer: BTreeMap<&str, &Plan> =
        binder.plans.iter().filter(|plan| plan.edition == widest).map(|plan| (&*plan.name, plan)).collect();
    for (plan, variant) in binder.plans.iter().zip(binder.variants).filter(|(plan, _)| plan.edition == widest)
    {
        let [.., parent, own] = &variant.lineage[..] else { continue };
        let Some(parent) = of_layer.get(&*parent.name) else { continue };
        let comparison =
            Comparison { plan, parent, start: own.plan_span, reader: (&plan.name, plan.edition) };
        comparison.compare(findings);
    }
}

/// A plan beside the one it extends.
struct Comparison<'p> {
    plan: &'p Plan,
    parent: &'p Plan,
    /// The start of the plan's own `plan.md`
    start: Span,
    reader: (&'p str, Audience),
}

impl Comparison<'_> {
    fn compare(&self, findings: &mut Findings) {
        for (map, what) in [("timers", "timer"), ("obligations", "obligation")] {
            for (id, parents) in Fields::new(&self.parent.values).records(map) {
                let path = format!("{map}.{}", id.value);
                let own = Fields::new(&self.plan.values).record(map).and_then(|map| map.record(&id.value));
                let Some(own) = own else {
                    self.dropped(what, &path, id.span, findings);
                    continue;
                };
                for key in ["within", "every"] {
                    self.longer(&format!("{path}.{key}"), own.range(key), parents.range(key), findings);
                }
            }
        }
        for parents in &self.parent.severities {
            let path = format!("severities.{}", parents.record.id);
            match self.plan.severities.iter().find(|own| own.record.id == parents.record.id) {
                None => self.dropped("severity", &path, self.page_start(&parents.record.page), findings),
                Some(own) => {
                    let path = format!("{path}.sitrep_every");
                    self.longer(&path, own.sitrep_every.clone(), parents.sitrep_every.clone(), findings);
                }
            }
        }
        let roles = self.parent.roles.iter().map(|role| ("role", "roles", &role.record));
        let phases = self.parent.phases.iter().map(|phase| ("phase", "phases", &phase.record));
        for (what, folder, record) in roles.chain(phases) {
            if self.plan.page_index(&record.page).is_none() {
                let path = format!("{folder}.{}", record.id);
                self.dropped(what, &path, self.page_start(&record.page), findings);
            }
        }
        for key in ["review_every", "test_every"] {
            let every =
                |plan: &Plan| Fields::new(&plan.values).record("document").and_then(|it| it.range(key));
            self.longer(&format!("document.{key}"), every(self.plan), every(self.parent), findings);
        }
    }

    fn page_start(&self, path: &str) -> Span {
        self.parent.page_index(path).map_or(self.start, |page| self.parent.pages[page].start)
    }

    /// Whether somebody has accepted that a fact, or all of its record, is weaker here.
    fn is_accepted(&self, path: &str) -> bool {
        let deviations = Fields::new(&self.plan.values).records("deviations");
        deviations.iter().any(|(accepted, _)| {
            path == accepted.value
                || path.strip_prefix(&accepted.value).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    fn longer(
        &self,
        path: &str,
        own: Option<Spanned<DurationRange>>,
        parents: Option<Spanned<DurationRange>>,
        findings: &mut Findings,
    ) {
        let (Some(own), Some(parents)) = (own, parents) else { return };
        if own.value.most <= parents.value.most || self.is_accepted(path) {
            return;
        }
        let message = format!("`{path}` is longer than in `{}`", self.parent.name);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(own.span, format!("{} here", own.value))
            .and(parents.span, format!("{} there", parents.value))
            .help(format!("keep to {}, or accept `{path}` under `deviations:`", parents.value));
        findings.tell_in(self.reader, diagnostic);
    }

    fn dropped(&self, what: &str, path: &str, parents: Span, findings: &mut Findings) {
        if self.is_accepted(path) {
            return;
        }
        let message = format!("the {what} `{path}` of `{}` is dropped", self.parent.name);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(self.start, "not in this plan")
            .and(parents, "inherited from here")
            .help(format!("keep it, or accept `{path}` under `deviations:`"));
        findings.tell_in(self.reader, diagnostic);
    }
}
