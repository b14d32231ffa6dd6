//! Lists and sections by severity.

use std::collections::BTreeSet;

use crate::check::severity_table_mismatch::Look;
use crate::check::severity_table_mismatch::claim::{Aspect, SITREP, mismatch, states_cadence};
use crate::check::severity_table_mismatch::name::{label, name_of};
use crate::check::severity_table_mismatch::outline::{ListItem, Placed};
use crate::check::timing::statement::run_may_state;
use crate::plan::prose::RunKind;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Run, Severity, SeverityNames};

impl Look<'_> {
    pub(super) fn list(&mut self, placed: &Placed<Vec<ListItem<'_>>>) {
        let named: Vec<(Severed, &ListItem)> =
            placed.it.iter().filter_map(|item| Some((Severed::of(item.first, self.known)?, item))).collect();
        if named.is_empty() {
            return;
        }
        let context = spaced(&placed.context);
        let about_sitreps = has_any(&context, &SITREP);
        let mut cadences = 0;
        for (item, ListItem { first, rest }) in &named {
            let severity = &self.known.severities[item.severity];
            let after = item.label_end..first.text.len();
            let words = &first.text[after.clone()];
            let is_cadence = about_sitreps || has_any(&spaced(words), &SITREP);
            cadences += usize::from(is_cadence && states_cadence(words, false));
            if is_cadence {
                let found = mismatch(Aspect::Cadence, first, after.clone(), severity, is_short(words));
                self.differs(severity, first, found);
            }
            if named.len() < 2 {
                continue;
            }
            if has_any(&context, &["hours", "work*", "respon*", "available", "availability"])
                && is_short(words)
            {
                let found = mismatch(Aspect::Hours, first, after.clone(), severity, false);
                self.differs(severity, first, found);
            }
            if has_any(&context, &["disrupt*", "permission", "authority", "downtime"]) && rest.is_empty() {
                let found = mismatch(Aspect::Authority, first, after, severity, false);
                let found = found.filter(|found| found.field == "authority");
                self.differs(severity, first, found);
            }
        }
        // A list that gives every severity its interval gives one to each.
        if cadences == named.len() && cadences == placed.it.len() && cadences >= 2 {
            let present: BTreeSet<usize> = named.iter().map(|(item, _)| item.severity).collect();
            let (item, ListItem { first, .. }) = &named[0];
            let span = first.span(item.label_start..item.label_end, self.sources);
            if !first.is_by_hand(0..item.label_end, self.sources) {
                return;
            }
            for severity in self.unnamed(&present) {
                let message = format!("this list of severities leaves out `{}`", severity.label);
                self.tell(
                    severity,
                    message,
                    span,
                    format!("nothing beside it for `{}`", severity.label),
                    None,
                );
            }
        }
    }

    /// The sections whose heading is a severity, and all of a severity's own page.
    pub(super) fn sections(&mut self, runs: &[Run], own: Option<usize>) {
        let mut under: Vec<(u8, usize)> = Vec::new();
        for run in runs {
            if let RunKind::Heading(level) = run.kind {
                under.retain(|(above, _)| *above < level);
                let name = name_of(run, 0..run.text.len(), self.known);
                under.extend(name.map(|name| (level, name.severity())));
            }
            let is_cell = matches!(run.kind, RunKind::Cell | RunKind::HeaderCell);
            match under.last() {
                Some((_, severity)) if !is_cell => {
                    let severity = &self.known.severities[*severity];
                    self.cadence_in_section(severity, run);
                    self.hours_in_section(severity, run);
                }
                // What its own page says of its situation reports is read as a timer is.
                None if !is_cell => {
                    if let Some(own) = own {
                        self.hours_in_section(&self.known.severities[own], run);
                    }
                }
                _ => {}
            }
        }
    }

    fn cadence_in_section(&mut self, severity: &Severity, run: &Run) {
        let is_led = || label(run).is_some_and(|label| name_of(run, label, self.known).is_some());
        if !run_may_state(run) || is_led() {
            return;
        }
        for sentence in run.sentences() {
            let words = spaced(&run.text[sentence.clone()]);
            if has_any(&words, &SITREP) && !self.names_another(&words, severity) {
                let found = mismatch(Aspect::Cadence, run, sentence.clone(), severity, false);
                self.differs(severity, run, found);
            }
        }
    }

    /// The sentences about when people work, where all of a text is about one severity.
    fn hours_in_section(&mut self, severity: &Severity, run: &Run) {
        const WORK: [&str; 5] = ["work", "works", "response", "remediation", "respond"];
        for sentence in run.sentences() {
            let words = spaced(&run.text[sentence.clone()]);
            if has_any(&words, &WORK) && !self.names_another(&words, severity) {
                let found = mismatch(Aspect::Hours, run, sentence.clone(), severity, false);
                self.differs(severity, run, found);
            }
        }
    }

    /// Whether some words name a severity other than this one.
    fn names_another(&self, words: &str, severity: &Severity) -> bool {
        self.known
            .severities
            .iter()
            .filter(|other| other.record.id != severity.record.id)
            .any(|other| has_any(words, &[spaced(&other.label).trim(), &other.record.id]))
    }
}

/// The severity an item of a list begins with.
struct Severed {
    severity: usize,
    label_start: usize,
    label_end: usize,
}

impl Severed {
    fn of(run: &Run, names: &SeverityNames) -> Option<Severed> {
        let label = label(run)?;
        let severity = name_of(run, label.clone(), names)?.severity();
        Some(Severed { severity, label_start: label.start, label_end: label.end })
    }
}

/// Whether an item says so little after its severity that all of it is the value.
fn is_short(words: &str) -> bool {
    words.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count() <= 6
}
