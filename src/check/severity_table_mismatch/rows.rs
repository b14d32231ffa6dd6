//! The rows of a severity table: what they name, and what their cells say.

use std::collections::BTreeSet;

use crate::check::severity_table_mismatch::claim::mismatch;
use crate::check::severity_table_mismatch::outline::Placed;
use crate::check::severity_table_mismatch::table::{Grid, SeverityTable};
use crate::check::severity_table_mismatch::{Look, RULE};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::plan::{Called, Run, Severity};
use crate::source::Span;

impl<'l> Look<'l> {
    pub(super) fn table(&mut self, placed: &Placed<Grid<'_>>) {
        let Some(table) = SeverityTable::recognize(&placed.it, self.known, &placed.context) else {
            return;
        };
        self.names(&table);
        for (severity, aspect, cell) in table.claims() {
            let whole = 0..cell.text.len();
            let found = mismatch(aspect, cell, whole, &self.known.severities[severity], true);
            self.differs(&self.known.severities[severity], cell, found);
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
                    let severity = &self.known.severities[name.severity()];
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
    pub(super) fn unnamed(&self, named: &BTreeSet<usize>) -> Vec<&'l Severity> {
        let all = self.known.severities.iter().enumerate();
        all.filter(|(at, _)| !named.contains(at)).map(|(_, severity)| severity).collect()
    }

    fn place(&self, cell: &Run) -> Span {
        cell.span(0..cell.text.len(), self.sources)
    }

    fn name(&mut self, name: Called, cell: &Run) {
        let severity = &self.known.severities[name.severity()];
        match name {
            Called::Of(_) => {}
            Called::WrongRank(_, number) => {
                let message = format!("`{}` is not number {number} among the severities", severity.label);
                self.tell(severity, message, self.place(cell), format!("numbered {number} here"), None);
            }
            Called::Retired(_) => {
                let message = format!("`{}` is no longer the name of a severity", cell.text.trim());
                let mut diagnostic = Diagnostic::new(RULE.name, message)
                    .at(self.place(cell), "an old name")
                    .help(format!("write `{}`", severity.label));
                if cell.is_written(0..cell.text.len(), self.sources) {
                    diagnostic = diagnostic.fix(self.place(cell), severity.label.clone());
                }
                self.say(diagnostic);
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
        let known: Vec<&str> = self.known.severities.iter().map(|severity| severity.label.as_str()).collect();
        let help = meant
            .or_else(|| did_you_mean(words, known.iter().copied()))
            .unwrap_or_else(|| format!("the severities are {}", known.join(", ")));
        let diagnostic =
            Diagnostic::new(RULE.name, format!("this severity table has `{words}`, which is no severity"))
                .at(self.place(cell), "not a severity of this plan")
                .help(help);
        self.say(diagnostic);
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
        let severity = &self.known.severities[*at];
        let message = format!(
            "`{}` stands after `{}` in this severity table",
            severity.label, self.known.severities[before.0].label
        );
        self.tell(severity, message, self.place(cell), "not in the order of the ranks", None);
    }
}
