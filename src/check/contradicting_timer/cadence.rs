//! Sentences about the situation reports of a severity.

use std::ops::Range;

use crate::check::contradicting_timer::RULE;
use crate::check::severity_table_mismatch::{SITREP, label, name_of};
use crate::check::timing::binding::same;
use crate::check::{Binder, Findings};
use crate::diagnostic::Diagnostic;
use crate::plan::prose::{Mark, RunKind, words};
use crate::plan::records::expression;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Plan, PlanPage, Run, Severity, prose};
use crate::source::Sources;
use crate::syntax::{Kind, Stated, stated};

/// Holds a page's sentences about situation reports against the severities they name.
pub(super) fn look(binder: &Binder, plan_index: usize, page_index: usize, findings: &mut Findings) {
    let plan = &binder.plans[plan_index];
    let page = &plan.pages[page_index];
    let sources = &binder.project.sources;
    let own = own_severity(plan, page);
    let mut under: Vec<(u8, bool)> = Vec::new();
    for run in &binder.text(plan_index, page_index).runs {
        if let RunKind::Heading(level) = run.kind {
            under.retain(|(above, _)| *above < level);
            under.push((level, name_of(run, 0..run.text.len(), &plan.severities).is_some()));
        }
        let is_elsewhere = matches!(run.kind, RunKind::Cell | RunKind::HeaderCell)
            || under.iter().any(|(_, names_one)| *names_one)
            || label(run).is_some_and(|label| name_of(run, label, &plan.severities).is_some());
        if !is_elsewhere {
            see(run, own, plan, sources, findings);
        }
    }
    if page.kind != Kind::Plan {
        for (_, run) in prose::value_runs(page) {
            see(&run, own, plan, sources, findings);
        }
    }
}

/// The severity a page is about.
fn own_severity(plan: &Plan, page: &PlanPage) -> Option<usize> {
    plan.severities.iter().position(|severity| severity.record.page == page.path)
}

fn see(run: &Run, own: Option<usize>, plan: &Plan, sources: &Sources, findings: &mut Findings) {
    if !SITREP.iter().any(|word| run.text.to_lowercase().contains(word.trim_end_matches('*')))
        && !run.marks.iter().any(|(_, mark)| is_sitrep(mark))
    {
        return;
    }
    for sentence in run.sentences() {
        let is_about = has_any(&spaced(&run.text[sentence.clone()]), &SITREP)
            || run.marks.iter().any(|(range, mark)| is_inside(range, &sentence) && is_sitrep(mark));
        if !is_about {
            continue;
        }
        let found: Vec<Stated> = stated(&run.text)
            .into_iter()
            .filter(|stated| stated.repeats || follows_each(&run.text, &stated.range))
            .filter(|stated| is_inside(&stated.range, &sentence))
            .collect();
        let named = named(run, &sentence, &plan.severities);
        let pairs = match (&named[..], &found[..]) {
            ([], [only]) => own.map(|own| (own, only)).into_iter().collect(),
            ([one], [only]) => vec![(one.1, only)],
            (many, all) if many.len() == all.len() => {
                many.iter().zip(all).map(|((_, severity), stated)| (*severity, stated)).collect()
            }
            _ => Vec::new(),
        };
        for (severity, stated) in pairs {
            judge(&plan.severities[severity], stated, run, plan, sources, findings);
        }
    }
}

fn judge(
    severity: &Severity,
    stated: &Stated,
    run: &Run,
    plan: &Plan,
    sources: &Sources,
    findings: &mut Findings,
) {
    let Some(record) = &severity.sitrep_every else { return };
    let is_same = record.value.least == stated.value.least && record.value.most == stated.value.most;
    if is_same || same(record.value, stated.value) || !run.is_by_hand(stated.range.clone(), sources) {
        return;
    }
    let (due, says) = (record.value.every(), stated.value.every());
    let path = expression("severities", &severity.record.id, "sitrep_every");
    let message = format!("situation reports of `{}` are due {due}, and this says {says}", severity.label);
    let diagnostic = Diagnostic::new(RULE.name, message)
        .at(run.span(stated.range.clone(), sources), format!("{says} here"))
        .and(record.span, format!("{due} here"))
        .help(format!("write `{{{{ {path} | every }}}}`, or change the record"));
    findings.tell_in((&*plan.name, plan.edition), diagnostic);
}

fn is_inside(range: &Range<usize>, sentence: &Range<usize>) -> bool {
    sentence.start <= range.start && range.end <= sentence.end
}

fn is_sitrep(mark: &Mark) -> bool {
    matches!(mark, Mark::Link(target) if &**target == "term:sitrep")
}

/// Whether a duration is an interval by the words before it: "never further away than".
fn follows_each(text: &str, range: &Range<usize>) -> bool {
    spaced(&text[..range.start]).ends_with(" further away than ")
}

/// The severities a sentence names, in order, each with its place: by a link, or by a name with a
/// capital letter or right before "severity" or "incident".
fn named(run: &Run, sentence: &Range<usize>, severities: &[Severity]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (range, mark) in run.marks.iter().filter(|(range, _)| is_inside(range, sentence)) {
        if let Mark::Link(target) = mark
            && let Some(id) = target.strip_prefix("severity:")
            && let Some(at) = severities.iter().position(|severity| severity.record.id == id)
        {
            found.push((range.start, at));
        }
    }
    let text = &run.text[sentence.clone()];
    let all = words(text);
    for (index, range) in all.iter().enumerate() {
        let word = &text[range.clone()];
        let next = all.get(index + 1).map_or("", |next| &text[next.clone()]).to_lowercase();
        let is_name = word.starts_with(char::is_uppercase) && (index > 0 || next.starts_with("severit"))
            || next.starts_with("severit")
            || next.starts_with("incident");
        let at = severities.iter().position(|severity| severity.is_called(word));
        if let Some(at) = at.filter(|_| is_name) {
            let start = sentence.start + range.start;
            if !found.iter().any(|(place, _)| *place == start) {
                found.push((start, at));
            }
        }
    }
    found.sort();
    found.dedup_by_key(|(_, severity)| *severity);
    found
}
