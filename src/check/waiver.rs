//! Exceptions from rules: applied, and told where they say no reason or nothing needs them.

mod edit;

use std::collections::{HashMap, HashSet};

use crate::check::{Binder, Findings, LOCKED, RULES, Rule, rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::source::{SourceId, Span, Spanned};

pub(super) const UNUSED: Rule = Rule {
    name: "unused-waiver",
    level: Level::Warning,
    finds: "an exception from a rule that nothing needs any more",
    explanation: "\
Why it matters
  An exception that outlives its reason hides the next mistake.

What to do
  Take it out: the line under `allow:` in the front matter, or the comment.
",
    // Known only when everything else was found: `apply` tells it.
    look: |_, _| {},
};

pub(super) const WITHOUT_REASON: Rule = Rule {
    name: "waiver-without-reason",
    level: Level::Error,
    finds: "an exception from a rule that does not say why",
    explanation: "\
Why it matters
  In a year nobody knows whether it still holds.

What to do
  Say why after the rule's name: `<!-- allow unknown-role: the role is our customer's -->`, or
  in front matter `allow: {unknown-role: the role is our customer's}`.
",
    look: without_reason,
};

/// An exception: the rule, the reason, and the part of a file it is for.
struct Exception {
    rule: Spanned<String>,
    reason: String,
    covers: Span,
}

impl Exception {
    /// Whether its rule takes no exception; one from the rules about exceptions would have no bottom.
    fn is_void(&self) -> bool {
        let name = self.rule.value.as_str();
        name == UNUSED.name || name == WITHOUT_REASON.name || LOCKED.contains(&name)
    }

    fn covers(&self, span: Span) -> bool {
        self.covers.start <= span.start && span.end <= self.covers.end
    }
}

fn exceptions(binder: &Binder) -> Vec<Exception> {
    let mut found: Vec<Exception> = Vec::new();
    for page in binder.project.layers.iter().flat_map(|layer| layer.pages.values()) {
        let whole = Span { source: page.source, start: 0, end: u32::MAX };
        let allow = page.front.get("allow").and_then(|node| node.value.as_map());
        for (rule, reason) in allow.into_iter().flat_map(|map| map.iter()) {
            let reason = reason.value.as_text().unwrap_or_default().trim().to_string();
            found.push(Exception { rule: rule.clone(), reason, covers: whole });
        }
    }
    let comments =
        binder.variants.iter().flat_map(|variant| variant.pages.values()).flat_map(|page| &page.waivers);
    let mut seen: HashSet<(Span, Span)> =
        found.iter().map(|exception| (exception.rule.span, exception.covers)).collect();
    for waiver in comments {
        if seen.insert((waiver.rule.span, waiver.covers)) {
            found.push(Exception {
                rule: waiver.rule.clone(),
                reason: waiver.reason.clone(),
                covers: waiver.covers,
            });
        }
    }
    found
}

fn without_reason(binder: &Binder, findings: &mut Findings) {
    for exception in exceptions(binder) {
        if exception.reason.is_empty() {
            let name = &exception.rule.value;
            let diagnostic =
                Diagnostic::new(WITHOUT_REASON.name, format!("the exception from `{name}` says no reason"))
                    .at(exception.rule.span, "why?")
                    .help(format!("write `{name}: …` with the reason"));
            findings.tell(diagnostic);
        }
    }
}

/// Whether a rule could find anything this time: some look only when the command asks for it.
fn was_looked_for(rule: &str, binder: &Binder) -> bool {
    let config = &binder.project.config;
    match rule {
        "overdue-review" => config.today.is_some(),
        "external-link" => config.gone.is_some(),
        // Only the typesetter sees it.
        "inaccessible-print" => false,
        _ => true,
    }
}

/// Takes out what is excepted, and says of each exception whether something needed it.
fn take_out(exceptions: &[Exception], diagnostics: &mut Vec<Diagnostic>) -> Vec<bool> {
    let mut of_rule: HashMap<(&str, SourceId), Vec<usize>> = HashMap::new();
    let valid = exceptions.iter().enumerate().filter(|(_, it)| !it.is_void() && !it.reason.is_empty());
    for (index, exception) in valid {
        of_rule.entry((&exception.rule.value, exception.covers.source)).or_default().push(index);
    }
    let mut needed = vec![false; exceptions.len()];
    diagnostics.retain(|diagnostic| {
        let Some(span) = diagnostic.span() else { return true };
        let mut candidates = of_rule.get(&(diagnostic.rule, span.source)).into_iter().flatten();
        let excepted = candidates.find(|index| exceptions[**index].covers(span));
        excepted.inspect(|index| needed[**index] = true).is_none()
    });
    needed
}

/// Takes out what is excepted.
pub(super) fn leave_out(binder: &Binder, diagnostics: &mut Vec<Diagnostic>) {
    take_out(&exceptions(binder), diagnostics);
}

/// Takes out what is excepted, and adds what is wrong with exceptions.
pub(super) fn apply(binder: &Binder, diagnostics: &mut Vec<Diagnostic>) {
    let exceptions = exceptions(binder);
    let needed = take_out(&exceptions, diagnostics);
    for (exception, is_needed) in exceptions.iter().zip(needed) {
        let name = exception.rule.value.as_str();
        if rule(name).is_none() {
            let help = did_you_mean(name, RULES.iter().map(|rule| rule.name));
            diagnostics.push(
                Diagnostic::new(UNUSED.name, format!("no rule is called `{name}`"))
                    .at(exception.rule.span, "excepts from nothing")
                    .help_if(help),
            );
        } else if exception.is_void() {
            diagnostics.push(
                Diagnostic::new(UNUSED.name, format!("nothing can be excepted from `{name}`"))
                    .at(exception.rule.span, "excepts from nothing")
                    .help("mend what it tells, and take this out"),
            );
        } else if !is_needed && !exception.reason.is_empty() && was_looked_for(name, binder) {
            let diagnostic =
                Diagnostic::new(UNUSED.name, format!("nothing needs the exception from `{name}` any more"))
                    .at(exception.rule.span, "not needed")
                    .help("take it out");
            diagnostics.push(match edit::without(&exception.rule, &binder.project.sources) {
                Some(edit) => diagnostic.fix(edit.span, edit.value),
                None => diagnostic,
            });
        }
    }
}
