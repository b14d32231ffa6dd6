//! `weaker-than-parent`: less than what is inherited asks for, without anybody's approval.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::check::dropped_steps::{self, Dropped};
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, Suggestions};
use crate::load::Project;
use crate::plan::{Fields, Plan, Severity, Text};
use crate::source::{Span, Spanned};
use crate::syntax::{Audience, DurationRange, Kind, Map, Value};
use crate::tailor::drift::tailorings;

pub(super) const RULE: Rule = Rule {
    name: "weaker-than-parent",
    level: Level::Error,
    finds: "a longer deadline or interval, less authority, or a severity, role, phase, obligation, control or step that is dropped",
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
  For a step it is the page and the section: `response.contain`, `checklists.response.assess`.
  A deviation that nothing needs, or that says no day, is a warning.

What it compares
  Timers, obligations and review intervals; of a severity the reports, the hours, how long leads
  are waited for, and whether they are asked or have to agree; what a role may not do; controls,
  required facts and checklists; and the numbered steps and tasks of a page that is rewritten.
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
        let comparison = Comparison {
            project: binder.project,
            layer: own.layer,
            plan,
            parent,
            start: own.plan_span,
            reader: (&plan.name, plan.edition),
            used: RefCell::default(),
            suggestions: Suggestions::default(),
        };
        comparison.compare(findings);
        comparison.judge_deviations(findings);
    }
}

/// A plan beside the one it extends.
struct Comparison<'p> {
    project: &'p Project,
    /// The plan's own layer
    layer: usize,
    plan: &'p Plan,
    parent: &'p Plan,
    /// The start of the plan's own `plan.md`
    start: Span,
    reader: (&'p str, Audience),
    /// The deviations that something needs
    used: RefCell<BTreeSet<String>>,
    suggestions: Suggestions,
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
                Some(own) => self.compare_severity(&path, own, parents, findings),
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
        self.compare_roles(findings);
        self.compare_keys(findings);
        for checklist in &self.parent.checklists {
            if self.plan.page_index(&checklist.record.page).is_none() {
                let path = format!("checklists.{}", checklist.record.id);
                self.dropped("checklist", &path, self.page_start(&checklist.record.page), findings);
            }
        }
        self.compare_steps(findings);
    }

    fn compare_steps(&self, findings: &mut Findings) {
        let mut dropped: Vec<Dropped> = dropped_steps::find(self.parent, self.plan, &self.project.sources);
        dropped.retain(|step| !self.is_accepted(&step.path) && !self.is_accepted(&step.place));
        if dropped.is_empty() {
            return;
        }
        let tailorings = tailorings(self.project, self.layer);
        let at = |place: &str| {
            tailorings.iter().find(|tailoring| tailoring.place == place).map(|tailoring| tailoring.span)
        };
        let mut told: BTreeSet<String> = BTreeSet::new();
        for step in &dropped {
            let page = page_of(step);
            let of_page: Vec<&Dropped> = dropped.iter().filter(|other| page_of(other) == page).collect();
            // A page that was written anew leaves out much at once.
            if step.is_rewritten && of_page.len() > FEW {
                if told.insert(page.clone()) {
                    findings.tell_in(self.reader, self.rewritten(&page, &of_page, at(&page)));
                }
                continue;
            }
            let own = at(&step.place).or_else(|| at(&page)).or(step.own).unwrap_or(self.start);
            let message = format!("the {} of `{}` is dropped", step.what, self.parent.name);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(own, "nothing here says it")
                .and(step.parents, "inherited from here")
                .help(format!("keep it, or accept `{}` under `deviations:`", step.path));
            findings.tell_in(self.reader, diagnostic);
        }
    }

    fn rewritten(&self, page: &str, dropped: &[&Dropped], place: Option<Span>) -> Diagnostic {
        let message =
            format!("`{page}` leaves out {} sections or steps of `{}`", dropped.len(), self.parent.name);
        let path = page.trim_end_matches(".md").replace('/', ".");
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(place.unwrap_or(self.start), "written anew here")
            .help(format!("add what is missing, or accept `{path}` or a part of it under `deviations:`"));
        let diagnostic = match dropped.first() {
            Some(first) => diagnostic.and(first.parents, "the first of them"),
            None => diagnostic,
        };
        dropped.iter().take(FEW).fold(diagnostic, |it, step| it.note(format!("left out: the {}", step.what)))
    }

    fn compare_severity(&self, path: &str, own: &Severity, parents: &Severity, findings: &mut Findings) {
        let every = format!("{path}.sitrep_every");
        self.longer(&every, own.sitrep_every.clone(), parents.sitrep_every.clone(), findings);
        let range = |it: &Severity| {
            let after = it.act_after.as_ref()?;
            Some(Spanned::new(DurationRange { least: after.value, most: after.value }, after.span))
        };
        if let (Some(own), Some(parents)) = (range(own), range(parents)) {
            self.longer(&format!("{path}.act_after"), Some(own), Some(parents), findings);
        }
        if let (Some(hours), Some(before)) = (&own.hours, &parents.hours)
            && (&*hours.value, &*before.value) == ("business", "continuous")
        {
            self.weaker(&format!("{path}.hours"), hours, before, findings);
        }
        let (authority, before) = (Authority::of(own), Authority::of(parents));
        if let Some(parents) = parents.authority.as_ref().filter(|_| authority > before) {
            let act_after = self.removal(&format!("{path}.act_after"));
            let place = match own.consult.first() {
                Some(who) if act_after == self.start => who.span,
                _ => act_after,
            };
            let text = Text::new(authority.name().into(), place);
            let parents = Text::new(before.name().into(), parents.span);
            self.weaker(&format!("{path}.authority"), &text, &parents, findings);
        }
    }

    fn compare_roles(&self, findings: &mut Findings) {
        for parents in &self.parent.roles {
            let own = self.plan.roles.iter().find(|own| own.record.id == parents.record.id);
            let Some(own) = own else { continue };
            for (id, _) in &parents.may_not {
                if !own.may_not.iter().any(|(other, _)| other.value == id.value) {
                    let path = format!("roles.{}.may_not.{}", parents.record.id, id.value);
                    self.dropped("limit", &path, id.span, findings);
                }
            }
        }
    }

    /// Controls that are no longer claimed, and facts that are no longer required.
    fn compare_keys(&self, findings: &mut Findings) {
        for (control, _) in &self.parent.document.controls {
            if !self.plan.document.controls.iter().any(|(own, _)| own.value == control.value) {
                let path = format!("document.controls.{}", control.value);
                self.dropped("control", &path, control.span, findings);
            }
        }
        for required in &self.parent.requirements {
            if !self.plan.requirements.iter().any(|own| own.path.value == required.path.value) {
                let path = format!("requires.{}", required.path.value);
                self.dropped("requirement", &path, required.path.span, findings);
            }
        }
    }

    /// Tells of deviations of this layer that nothing needs, or that do not say when they were accepted.
    fn judge_deviations(&self, findings: &mut Findings) {
        let records = Fields::new(&self.plan.values).records("deviations");
        for (path, deviation) in records.iter().filter(|(path, _)| path.span.source == self.start.source) {
            let tell = |message: String, label: &str, help: String| {
                Diagnostic::new(RULE.name, message).at(path.span, label).help(help).at_most(Level::Warning)
            };
            let name = &path.value;
            // Whoever approved the plan has to be able to say what they approved.
            let is_approved = self.plan.document.status == "approved";
            if is_approved && deviation.text("on").is_none_or(|on| on.value.is_empty()) {
                let message = format!("the deviation `{name}` does not say when it was accepted");
                findings.tell_in(self.reader, tell(message, "no day", "state the day under `on`".into()));
            }
            if let Some(known) = self.unknown(name) {
                let message = format!("the deviation `{name}` is about nothing in this plan");
                let help = self.suggestions.did_you_mean(name, known.iter().map(String::as_str));
                let help = help.unwrap_or_else(|| "take it out, or name what it is about".into());
                findings.tell_in(self.reader, tell(message, "names nothing", help));
            } else if self.is_measured(name) && !self.used.borrow().contains(name) {
                let message = format!("nothing needs the deviation `{name}` any more");
                let help = "take it out: the plan is as strict as what it extends".into();
                findings.tell_in(self.reader, tell(message, "not needed", help));
            }
        }
    }

    /// For a path to a record that neither plan has, the paths there are.
    fn unknown(&self, path: &str) -> Option<Vec<String>> {
        let (map, rest) = path.split_once('.')?;
        let ids = |plan: &Plan| -> Vec<String> {
            let facts = Fields::new(&plan.values);
            match map {
                "timers" | "obligations" => {
                    facts.records(map).into_iter().map(|(id, _)| id.value.clone()).collect()
                }
                "severities" => plan.severities.iter().map(|it| it.record.id.clone()).collect(),
                "roles" => plan.roles.iter().map(|it| it.record.id.clone()).collect(),
                "phases" => plan.phases.iter().map(|it| it.record.id.clone()).collect(),
                _ => Vec::new(),
            }
        };
        let known: BTreeSet<String> = ids(self.plan).into_iter().chain(ids(self.parent)).collect();
        let id = rest.split('.').next().unwrap_or(rest);
        (!known.is_empty() && !known.contains(id)).then(|| {
            let tail = rest.strip_prefix(id).unwrap_or_default();
            known.iter().map(|id| format!("{map}.{id}{tail}")).collect()
        })
    }

    /// Whether all a path is about can be measured, so that a deviation nothing used is not needed.
    fn is_measured(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('.').collect();
        let severity = |id: &str| self.parent.severities.iter().any(|it| it.record.id == id);
        match &parts[..] {
            ["timers" | "obligations", ..] | ["document", "review_every" | "test_every"] => true,
            ["severities", id, "sitrep_every" | "act_after" | "hours"] => severity(id),
            ["roles", _, "may_not", ..] | ["document", "controls", ..] | ["requires", ..] => true,
            _ => false,
        }
    }

    fn page_start(&self, path: &str) -> Span {
        self.parent.page_index(path).map_or(self.start, |page| self.parent.pages[page].start)
    }

    /// Where this layer takes something out: the key under which it says `null`, or its `tailor:
    /// remove`. The start of its `plan.md` where nothing says so.
    fn removal(&self, path: &str) -> Span {
        let parts: Vec<&str> = path.split('.').collect();
        let (page, keys) = match &parts[..] {
            [folder, id, keys @ ..] if Kind::ALL.iter().any(|kind| kind.folder() == Some(folder)) => {
                (format!("{folder}/{id}.md"), keys)
            }
            keys => ("plan.md".to_string(), keys),
        };
        let Some(file) = self.project.layers[self.layer].pages.get(page.as_str()) else { return self.start };
        if let Some(tailor) = file.front.get("tailor") {
            return tailor.span;
        }
        deepest_key(&file.front, keys).unwrap_or(self.start)
    }

    /// Whether somebody has accepted that a fact, or all of its record, is weaker here.
    fn is_accepted(&self, path: &str) -> bool {
        let deviations = Fields::new(&self.plan.values).records("deviations");
        let accepts = |accepted: &str| {
            path == accepted || path.strip_prefix(accepted).is_some_and(|rest| rest.starts_with('.'))
        };
        let mut found = false;
        for (accepted, _) in deviations.iter().filter(|(accepted, _)| accepts(&accepted.value)) {
            self.used.borrow_mut().insert(accepted.value.clone());
            found = true;
        }
        found
    }

    fn longer(
        &self,
        path: &str,
        own: Option<Spanned<DurationRange>>,
        parents: Option<Spanned<DurationRange>>,
        findings: &mut Findings,
    ) {
        let Some(parents) = parents else { return };
        let Some(own) = own else { return self.dropped("value", path, parents.span, findings) };
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

    fn weaker(&self, path: &str, own: &Text, parents: &Text, findings: &mut Findings) {
        if self.is_accepted(path) {
            return;
        }
        let message = format!("`{path}` is weaker than in `{}`", self.parent.name);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(own.span, format!("{} here", own.value))
            .and(parents.span, format!("{} there", parents.value))
            .help(format!("keep to what is inherited, or accept `{path}` under `deviations:`"));
        findings.tell_in(self.reader, diagnostic);
    }

    fn dropped(&self, what: &str, path: &str, parents: Span, findings: &mut Findings) {
        if self.is_accepted(path) {
            return;
        }
        let message = format!("the {what} `{path}` of `{}` is dropped", self.parent.name);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(self.removal(path), "not in this plan")
            .and(parents, "inherited from here")
            .help(format!("keep it, or accept `{path}` under `deviations:`"));
        findings.tell_in(self.reader, diagnostic);
    }
}

/// The key of a value in nested maps, where it is written; its path may hold dots of its own.
fn deepest_key(map: &Map, keys: &[&str]) -> Option<Span> {
    (1..=keys.len()).rev().find_map(|count| {
        let (key, node) = map.entry(&keys[..count].join("."))?;
        match (&node.value, &keys[count..]) {
            (_, []) => Some(key.span),
            (Value::Map(inner), rest) => deepest_key(inner, rest),
            _ => Some(key.span),
        }
    })
}

/// The page a step is dropped from.
fn page_of(step: &Dropped) -> String {
    step.place.split('#').next().unwrap_or_default().to_string()
}

/// So many dropped steps of a page that was written anew are told one by one.
const FEW: usize = 4;

/// Whom responders need before they disrupt a service, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Authority {
    /// Nobody
    Own,
    /// They ask, and act without an answer
    Asked,
    /// They wait until all agree
    Agreed,
}

impl Authority {
    fn of(severity: &Severity) -> Authority {
        match (severity.consult.is_empty(), &severity.act_after) {
            (true, _) => Authority::Own,
            (false, Some(_)) => Authority::Asked,
            (false, None) => Authority::Agreed,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Authority::Own => "nobody is asked",
            Authority::Asked => "others are asked, for a time",
            Authority::Agreed => "others have to agree",
        }
    }
}
