//! Sentences about the situation reports of a severity.

use std::ops::Range;
use std::sync::LazyLock;

use crate::check::contradicting_timer::RULE;
use crate::check::severity_table_mismatch::{SITREP, label, name_of};
use crate::check::signs::Signs;
use crate::check::timing::statement::run_may_state;
use crate::diagnostic::Diagnostic;
use crate::plan::letters::words;
use crate::plan::prose::{Mark, RunKind};
use crate::plan::records::expression;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Called, Run, Severity, SeverityNames};
use crate::source::Sources;
use crate::syntax::{Stated, stated};

/// A page, held against the severities of a plan.
pub(super) struct About<'a> {
    /// The severities
    pub(super) known: &'a SeverityNames<'a>,
    /// The page's path
    pub(super) page: &'a str,
    /// Where all is written
    pub(super) sources: &'a Sources,
}

impl About<'_> {
    /// What sentences of the page's text say otherwise than the severity they name. Tables, lists
    /// and sections by severity are read by another rule.
    pub(super) fn text(&self, runs: &[Run]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        if self.known.severities.iter().all(|severity| severity.sitrep_every.is_none()) {
            return found;
        }
        let mut headings: Vec<(u8, &Run)> = Vec::new();
        let names_one = |run: &Run, part| name_of(run, part, self.known).is_some();
        for run in runs {
            if let RunKind::Heading(level) = run.kind {
                headings.retain(|(above, _)| *above < level);
                headings.push((level, run));
            }
            let is_cell = matches!(run.kind, RunKind::Cell | RunKind::HeaderCell);
            if is_cell || !run_may_state(run) || !is_about_sitreps(run) {
                continue;
            }
            let is_by_severity = headings.iter().any(|(_, title)| names_one(title, 0..title.text.len()))
                || label(run).is_some_and(|label| names_one(run, label));
            if !is_by_severity {
                self.run(run, &mut found);
            }
        }
        found
    }

    /// The same of values of its front matter.
    pub(super) fn values(&self, values: &[Run]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        values.iter().for_each(|run| self.run(run, &mut found));
        found
    }

    fn run(&self, run: &Run, found: &mut Vec<Diagnostic>) {
        let all = stated(&run.text);
        for sentence in run.sentences() {
            let is_about = has_any(&spaced(&run.text[sentence.clone()]), &SITREP)
                || run.marks.iter().any(|(range, mark)| is_inside(range, &sentence) && is_sitrep(mark));
            if !is_about {
                continue;
            }
            let inside = || all.iter().filter(|stated| is_inside(&stated.range, &sentence));
            let repeats = |stated: &&Stated| stated.repeats || follows_each(&run.text, &stated.range);
            let mut stated: Vec<&Stated> = inside().filter(repeats).collect();
            let named = named(run, &sentence, self.known);
            // "every 30 minutes (High), 60 minutes (Low)"
            if !stated.is_empty() && stated.len() < named.len() {
                stated = inside().collect();
            }
            let own =
                || self.known.severities.iter().position(|severity| *severity.record.page == *self.page);
            let pairs: Vec<(usize, &Stated)> = match (&named[..], &stated[..]) {
                ([], [only]) => own().map(|own| (own, *only)).into_iter().collect(),
                (many, all) if many.len() == all.len() => {
                    many.iter().zip(all).map(|((_, severity), stated)| (*severity, *stated)).collect()
                }
                _ => Vec::new(),
            };
            for (severity, stated) in pairs {
                found.extend(self.judge(&self.known.severities[severity], stated, run));
            }
        }
    }

    fn judge(&self, severity: &Severity, stated: &Stated, run: &Run) -> Option<Diagnostic> {
        let record = severity.sitrep_every.as_ref()?;
        // Nobody writes reports on the days nobody works.
        let is_same = record.value == stated.value || record.value.means(stated.value);
        if is_same || !run.is_by_hand(stated.range.clone(), self.sources) {
            return None;
        }
        let (due, says) = (record.value.every(), stated.value.every());
        let path = expression("severities", &severity.record.id, "sitrep_every");
        let message = format!("`{path}` is {due}, and this says {says}");
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(run.span(stated.range.clone(), self.sources), format!("{says} here"))
            .and(record.span, format!("{due} here"))
            .help(format!("write `{{{{ {path} | every }}}}`, or change the record"));
        Some(diagnostic)
    }
}

static SITREPS: LazyLock<Signs> =
    LazyLock::new(|| Signs::in_any_case(SITREP.iter().map(|word| word.trim_end_matches('*'))));

/// Whether a run may speak of situation reports: a quick look before a long one.
pub(super) fn is_about_sitreps(run: &Run) -> bool {
    SITREPS.is_match(&run.text) || run.marks.iter().any(|(_, mark)| is_sitrep(mark))
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
fn named(run: &Run, sentence: &Range<usize>, known: &SeverityNames) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (range, mark) in run.marks.iter().filter(|(range, _)| is_inside(range, sentence)) {
        if let Mark::Link(target) = mark
            && let Some(id) = target.strip_prefix("severity:")
            && let Some(at) = known.with_id(id)
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
        // "Sev 1" is two words.
        let is_number = next.starts_with(|c: char| c.is_ascii_digit());
        let words = if is_number { format!("{word} {next}") } else { word.to_string() };
        if let Some(Called::Of(at)) = is_name.then(|| known.find(&words)).flatten() {
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
