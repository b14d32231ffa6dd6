//! `severity-table-mismatch`: a table, list or section written by hand that says of severities
//! what their records do not.

mod claim;
mod name;
mod outline;
mod table;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::plan::records::expression;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Plan, Run, Severity};
use crate::source::{Sources, Span};
use crate::syntax::{Audience, Kind};

pub(super) use claim::SITREP;
use claim::{Aspect, Mismatch, mismatch, states_cadence};
pub(super) use name::{Name, label, name_of};
use outline::ListItem;
pub(super) use outline::{Outline, Placed};
pub(super) use table::SeverityTable;

pub(super) const RULE: Rule = Rule {
    name: "severity-table-mismatch",
    level: Level::Error,
    finds: "a severity table, list or section written by hand that differs from the severities' records",
    explanation: "\
Why it matters
  Responders look up in a table how often a report is due and whether they may take a system
  down. When the records change and the table does not, half of the team works by the old one.

What it reads
  Tables whose rows or columns are this plan's severities, in any order and wording: their names,
  how often a situation report is due, when people work, and who may disrupt service. Also lists
  with an item for each severity, and sections whose heading is a severity. `hourly` and `every
  60 minutes` are the same, and so are `twice a day` and `every 12 hours`.

What to do
  Write `{{ severity_table() }}` instead of the table, or the value instead of the words, such as
  `{{ severities.high.sitrep_every | every }}`. If the table is right, change the record.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let read = |text: &crate::check::PageText| Outline::of(&text.page.title, &text.page.body, sources);
    let outlines: Vec<Outline> = binder.texts.par_iter().map(read).collect();
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    for (text, outline) in binder.texts.iter().zip(&outlines) {
        for (reader, plan_index, page_index) in &text.readers {
            let plan = &binder.plans[*plan_index];
            if plan.severities.len() < 2 || !has_all_severities(binder, plan, widest) {
                continue;
            }
            let page = &plan.pages[*page_index];
            let mut look = Look { severities: &plan.severities, sources, reader: *reader, findings };
            outline.tables.iter().for_each(|table| look.table(table));
            outline.lists.iter().for_each(|list| look.list(list));
            outline.sections.iter().for_each(|(title, runs)| look.section(title, runs));
            if page.kind == Kind::Severity
                && let Some(own) = plan.severities.iter().find(|severity| severity.record.page == page.path)
            {
                look.hours_of_page(own, &text.runs);
            }
        }
    }
}

/// Whether an edition may see all the severities the widest one has: a table in one that may not
/// has rows for those it hides.
pub(super) fn has_all_severities(binder: &Binder, plan: &Plan, widest: Audience) -> bool {
    plan.edition == widest
        || binder
            .plans
            .iter()
            .find(|other| other.name == plan.name && other.edition == widest)
            .is_none_or(|other| other.severities.len() == plan.severities.len())
}

/// A page of a variant, held against its severities.
struct Look<'l> {
    severities: &'l [Severity],
    sources: &'l Sources,
    reader: Reader<'l>,
    findings: &'l mut Findings,
}

impl<'l> Look<'l> {
    fn table(&mut self, placed: &Placed<table::Grid>) {
        let Some(table) = SeverityTable::recognize(&placed.it, self.severities, &placed.context) else {
            return;
        };
        self.names(&table);
        for (severity, aspect, cell) in table.claims() {
            let whole = 0..cell.text.len();
            let found = mismatch(aspect, cell, whole, &self.severities[severity], true);
            self.differs(&self.severities[severity], cell, found);
        }
    }

    /// The names of a table's rows: unknown, retired, missing, twice, in another order.
    fn names(&mut self, table: &SeverityTable) {
        let named: BTreeSet<usize> = table.keys().filter_map(|(name, _)| Some(name?.severity())).collect();
        let missing: Vec<&Severity> = self.unnamed(&named);
        let meant = match &missing[..] {
            [only] => Some(format!("is `{}` meant?", only.label)),
            _ => None,
        };
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        let mut is_misnamed = false;
        for (name, cell) in table.keys() {
            if !cell.is_by_hand(0..cell.text.len(), self.sources) {
                is_misnamed = true;
                continue;
            }
            match name {
                None => is_misnamed |= self.unknown(cell, meant.clone()),
                Some(name) if !seen.insert(name.severity()) => {
                    is_misnamed = true;
                    let severity = &self.severities[name.severity()];
                    let message = format!("this severity table has `{}` twice", severity.label);
                    self.tell(severity, message, self.place(cell), "a second time", meant.clone());
                }
                Some(name) => {
                    rows.push((name.severity(), cell));
                    self.name(name, cell);
                }
            }
        }
        self.order(&rows);
        let Some(header) = table.header().filter(|_| !is_misnamed && table.has_claims()) else { return };
        let place = match rows.last() {
            Some((_, cell)) if header.text.trim().is_empty() => self.place(cell),
            _ => self.place(header),
        };
        for severity in missing {
            let message = format!("this severity table leaves out `{}`", severity.label);
            self.tell(severity, message, place, format!("nothing here for `{}`", severity.label), None);
        }
    }

    /// The severities that are not among some.
    fn unnamed(&self, named: &BTreeSet<usize>) -> Vec<&'l Severity> {
        let all = self.severities.iter().enumerate();
        all.filter(|(at, _)| !named.contains(at)).map(|(_, severity)| severity).collect()
    }

    fn place(&self, cell: &Run) -> Span {
        cell.span(0..cell.text.len(), self.sources)
    }

    fn name(&mut self, name: Name, cell: &Run) {
        let severity = &self.severities[name.severity()];
        match name {
            Name::Of(_) => {}
            Name::WrongRank(_, number) => {
                let message = format!("`{}` is not number {number} among the severities", severity.label);
                self.tell(severity, message, self.place(cell), format!("numbered {number} here"), None);
            }
            Name::Retired(_) => {
                let message = format!("`{}` is no longer the name of a severity", cell.text.trim());
                let mut diagnostic = Diagnostic::new(RULE.name, message)
                    .at(self.place(cell), "an old name")
                    .help(format!("write `{}`", severity.label));
                if cell.is_written(0..cell.text.len(), self.sources) {
                    diagnostic = diagnostic.fix(self.place(cell), severity.label.clone());
                }
                self.findings.tell_in(self.reader, diagnostic);
            }
        }
    }

    /// Tells of a row that names no severity. A row of remarks has more words than a name, and is
    /// left alone.
    fn unknown(&mut self, cell: &Run, meant: Option<String>) -> bool {
        let words = cell.text.trim();
        if words.is_empty() || words.split_whitespace().count() > 4 {
            return false;
        }
        let known: Vec<&str> = self.severities.iter().map(|severity| severity.label.as_str()).collect();
        let help = meant
            .or_else(|| did_you_mean(words, known.iter().copied()))
            .unwrap_or_else(|| format!("the severities are {}", known.join(", ")));
        let diagnostic =
            Diagnostic::new(RULE.name, format!("this severity table has `{words}`, which is no severity"))
                .at(self.place(cell), "not a severity of this plan")
                .help(help);
        self.findings.tell_in(self.reader, diagnostic);
        true
    }

    /// Severities stand from the worst to the mildest, or the other way round.
    fn order(&mut self, rows: &[(usize, &Run)]) {
        let falls = rows.windows(2).filter(|pair| pair[0].0 > pair[1].0).count();
        let rises = rows.windows(2).filter(|pair| pair[0].0 < pair[1].0).count();
        if falls == 0 || rises == 0 {
            return;
        }
        let breaks = |pair: &&[(usize, &Run)]| {
            if falls <= rises { pair[0].0 > pair[1].0 } else { pair[0].0 < pair[1].0 }
        };
        let Some([before, (at, cell)]) = rows.windows(2).find(breaks) else { return };
        let severity = &self.severities[*at];
        let message = format!(
            "`{}` stands after `{}` in this severity table",
            severity.label, self.severities[before.0].label
        );
        self.tell(severity, message, self.place(cell), "not in the order of the ranks", None);
    }

    fn list(&mut self, placed: &Placed<Vec<ListItem>>) {
        let named: Vec<(Severed, &ListItem)> = placed
            .it
            .iter()
            .filter_map(|item| Some((Severed::of(&item.first, self.severities)?, item)))
            .collect();
        if named.is_empty() {
            return;
        }
        let context = spaced(&placed.context);
        let about_sitreps = has_any(&context, &SITREP);
        let mut cadences = 0;
        for (item, ListItem { first, rest }) in &named {
            let severity = &self.severities[item.severity];
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

    fn section(&mut self, title: &Run, runs: &[Run]) {
        let Some(name) = name_of(title, 0..title.text.len(), self.severities) else { return };
        let severity = &self.severities[name.severity()];
        // A section about what happens to an incident of another severity too is about both.
        for run in runs
            .iter()
            .filter(|run| label(run).is_none_or(|label| name_of(run, label, self.severities).is_none()))
        {
            for sentence in run.sentences() {
                let words = spaced(&run.text[sentence.clone()]);
                if has_any(&words, &SITREP) && !self.names_another(&words, severity) {
                    let found = mismatch(Aspect::Cadence, run, sentence.clone(), severity, false);
                    self.differs(severity, run, found);
                }
            }
        }
        self.hours_of_page(severity, runs);
    }

    /// The sentences about when people work, where all of a text is about one severity.
    fn hours_of_page(&mut self, severity: &Severity, runs: &[Run]) {
        const WORK: [&str; 5] = ["work", "works", "response", "remediation", "respond"];
        for run in runs {
            for sentence in run.sentences() {
                let words = spaced(&run.text[sentence.clone()]);
                if has_any(&words, &WORK) && !self.names_another(&words, severity) {
                    let found = mismatch(Aspect::Hours, run, sentence.clone(), severity, false);
                    self.differs(severity, run, found);
                }
            }
        }
    }

    /// Whether some words name a severity other than this one.
    fn names_another(&self, words: &str, severity: &Severity) -> bool {
        self.severities
            .iter()
            .filter(|other| other.record.id != severity.record.id)
            .any(|other| has_any(words, &[spaced(&other.label).trim(), &other.record.id]))
    }

    fn differs(&mut self, severity: &Severity, run: &Run, found: Option<Mismatch>) {
        let Some(found) = found else { return };
        if !run.is_by_hand(found.range.clone(), self.sources) {
            return;
        }
        let path = expression("severities", &severity.record.id, found.field);
        let help = match found.field {
            "sitrep_every" => format!("write `{{{{ {path} | every }}}}`, or change the record"),
            _ => "write what the record says, or change the record".to_string(),
        };
        let label = &severity.label;
        let record = match found.field {
            "sitrep_every" => format!("situation reports of `{label}` are due {}", found.record),
            "hours" => format!("`{label}` is worked on {}", found.record),
            "authority" => format!("before a disruption at `{label}`, {}", found.record),
            "act_after" => format!("at `{label}` people act without an answer {}", found.record),
            _ => format!("`{label}` has {}", found.record),
        };
        let message = format!("{record}, and this says {}", found.says);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(run.span(found.range, self.sources), format!("{} here", found.says))
            .and(found.place, format!("{} here", found.record))
            .help(help);
        self.findings.tell_in(self.reader, diagnostic);
    }

    /// Tells something about the names in a table or list, beside the severity's record.
    fn tell(
        &mut self,
        severity: &Severity,
        message: String,
        place: Span,
        label: impl Into<String>,
        help: Option<String>,
    ) {
        let mut diagnostic = Diagnostic::new(RULE.name, message).at(place, label);
        if let Some(rank) = &severity.rank {
            diagnostic = diagnostic.and(rank.span, format!("`{}` is defined here", severity.label));
        }
        let help = help.unwrap_or_else(|| "name each severity once, as its record does".to_string());
        self.findings.tell_in(self.reader, diagnostic.help(help));
    }
}

/// The severity an item of a list begins with.
struct Severed {
    severity: usize,
    label_start: usize,
    label_end: usize,
}

impl Severed {
    fn of(run: &Run, severities: &[Severity]) -> Option<Severed> {
        let label = label(run)?;
        let severity = name_of(run, label.clone(), severities)?.severity();
        Some(Severed { severity, label_start: label.start, label_end: label.end })
    }
}

/// Whether an item says so little after its severity that all of it is the value.
fn is_short(words: &str) -> bool {
    words.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count() <= 6
}
