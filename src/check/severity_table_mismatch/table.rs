//! Tables written by hand whose rows, or columns, are severities.

use crate::check::severity_table_mismatch::claim::{
    Aspect, SITREP, mismatch, states, states_cadence, states_hours,
};
use crate::check::severity_table_mismatch::name::name_of;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Called, Run, SeverityNames};
use crate::source::Sources;
use crate::syntax::Table;

/// The cells of a table by rows, the header first, and by columns.
pub(in crate::check) struct Grid<'t> {
    rows: Vec<Vec<&'t Run>>,
    columns: Vec<Vec<&'t Run>>,
}

impl<'t> Grid<'t> {
    /// The table whose cells are these runs. `None` where no author wrote any of them by hand.
    pub(in crate::check) fn of(table: &Table, mut cells: &'t [Run], sources: &Sources) -> Option<Grid<'t>> {
        let mut all = table.header.iter().chain(table.rows.iter().flatten());
        let is_by_hand = all.any(|cell| !cell.content.is_empty() && !sources.text(cell.span).contains("{{"));
        if !is_by_hand {
            return None;
        }
        let row = |length: usize| -> Vec<&Run> {
            let (row, rest) = cells.split_at(length.min(cells.len()));
            cells = rest;
            row.iter().collect()
        };
        let lengths = std::iter::once(&table.header).chain(&table.rows).map(Vec::len);
        let rows: Vec<Vec<&Run>> = lengths.map(row).collect();
        let column = |at: usize| rows.iter().filter_map(|row| row.get(at).copied()).collect();
        let columns = (0..table.header.len()).map(column).collect();
        Some(Grid { rows, columns })
    }

    /// The rows, the header first.
    pub(in crate::check) fn rows(&self) -> &[Vec<&'t Run>] {
        &self.rows
    }
}

/// A table that says what each severity means.
pub(in crate::check) struct SeverityTable<'g> {
    /// Its lines, the one with the headings first: rows, or columns where those are severities
    lines: &'g [Vec<&'g Run>],
    /// The column with the severities
    key: usize,
    /// What each column says
    aspects: Vec<Option<Aspect>>,
    /// What each line names, without the first
    names: Vec<Option<Called>>,
}

impl<'g> SeverityTable<'g> {
    /// The table, where it is one. `context` is the headings and the words before it.
    pub(in crate::check) fn recognize(
        grid: &'g Grid<'g>,
        names: &SeverityNames,
        context: &str,
    ) -> Option<SeverityTable<'g>> {
        // A table of severities names two at least.
        if names.severities.len() < 2 {
            return None;
        }
        SeverityTable::with_lines(&grid.rows, names, context)
            .or_else(|| SeverityTable::with_lines(&grid.columns, names, context))
    }

    fn with_lines(
        lines: &'g [Vec<&'g Run>],
        known: &SeverityNames,
        context: &str,
    ) -> Option<SeverityTable<'g>> {
        let (header, rest) = lines.split_first()?;
        let names_of = |column: usize| -> Vec<Option<Called>> {
            let name =
                |line: &Vec<&Run>| line.get(column).and_then(|cell| name_of(cell, 0..cell.text.len(), known));
            rest.iter().map(name).collect()
        };
        let key = (0..header.len()).find(|column| {
            let names = names_of(*column);
            let named = names.iter().flatten().count();
            distinct(&names) >= 2 && named * 2 >= names.len()
        })?;
        let names = names_of(key);
        let named_in_header =
            header.iter().filter_map(|cell| name_of(cell, 0..cell.text.len(), known)).count();
        if named_in_header >= 2 || is_about_something_else(&header[key].text) {
            return None;
        }
        let aspect = |(column, cell): (usize, &&Run)| {
            let of_heading = || Aspect::of_heading(&cell.text);
            (column != key).then(|| of_heading().or_else(|| aspect_of_cells(rest, column, context)))?
        };
        let aspects = header.iter().enumerate().map(aspect).collect();
        let table = SeverityTable { lines, key, aspects, names };
        table.is_definition(known, context).then_some(table)
    }

    fn rows(&self) -> impl Iterator<Item = (Option<Called>, &Vec<&'g Run>)> {
        self.names.iter().copied().zip(self.lines.iter().skip(1))
    }

    pub(super) fn header(&self) -> Option<&Run> {
        self.lines.first()?.get(self.key).copied()
    }

    /// Each row's name and the cell it stands in.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Option<Called>, &Run)> {
        self.rows().filter_map(|(name, row)| Some((name, *row.get(self.key)?)))
    }

    /// The cells that can be compared, each with its severity and what it is about. Of a severity
    /// that stands there twice nobody knows which row is its own.
    pub(super) fn claims(&self) -> impl Iterator<Item = (usize, Aspect, &Run)> {
        self.rows().flat_map(move |(name, row)| {
            let is_own =
                |at: &usize| self.names.iter().flatten().filter(|name| name.severity() == *at).count() == 1;
            let severity = name.map(Called::severity).filter(is_own);
            let cells = row.iter().zip(&self.aspects);
            cells.filter_map(move |(cell, aspect)| Some((severity?, (*aspect)?, *cell)))
        })
    }

    /// Whether a cell says how often, when or who may for a severity, so that every severity has to
    /// be in it. A column of response times alone says none of these.
    pub(super) fn has_claims(&self) -> bool {
        self.claims().any(|(_, aspect, cell)| states(aspect, &cell.text))
    }

    fn is_definition(&self, known: &SeverityNames, context: &str) -> bool {
        // Before the severities stands nothing but what is known of them: a table of systems has a
        // column of severities too.
        if self.aspects[..self.key].iter().any(Option::is_none) {
            return false;
        }
        let named = self.names.iter().flatten().count();
        // Twice the same: a log of incidents, unless a row is simply misnamed.
        if distinct(&self.names) < named && self.names.len() != known.severities.len() {
            return false;
        }
        if self.agrees_somewhere(known) {
            return true;
        }
        let about = format!("{}{}", spaced(self.header().map_or("", |cell| &cell.text)), spaced(context));
        let is_named = has_any(&about, &["severity", "severities", "incident level", "incident levels"]);
        let is_other =
            has_any(&about, &["vulnerabilit*", "patch*", "cve*", "cvss", "finding*", "bug", "bugs", "risk*"]);
        let is_described = self.aspects.contains(&Some(Aspect::Description));
        is_named && !is_other && (self.has_claims() || is_described)
    }

    /// Whether some cell says of its severity what the record says.
    fn agrees_somewhere(&self, known: &SeverityNames) -> bool {
        self.claims().any(|(severity, aspect, cell)| {
            states(aspect, &cell.text)
                && mismatch(aspect, cell, 0..cell.text.len(), &known.severities[severity], true).is_none()
        })
    }
}

fn distinct(names: &[Option<Called>]) -> usize {
    let named: std::collections::BTreeSet<usize> =
        names.iter().flatten().map(|name| name.severity()).collect();
    named.len()
}

/// Whether a column of high, medium and low is about something other than severity.
fn is_about_something_else(heading: &str) -> bool {
    const OTHER: [&str; 14] = [
        "likelihood",
        "probability",
        "risk",
        "risks",
        "urgency",
        "confidence",
        "effort",
        "cost",
        "classification",
        "sensitivity",
        "recoverability",
        "cvss",
        "complexity",
        "data",
    ];
    has_any(&spaced(heading), &OTHER)
}

/// What a column is about by its cells: half of them say when people work, or how often in a
/// place that is about situation reports.
fn aspect_of_cells(rows: &[Vec<&Run>], column: usize, context: &str) -> Option<Aspect> {
    let cells: Vec<&Run> = rows.iter().filter_map(|row| row.get(column).copied()).collect();
    let most = |test: &dyn Fn(&str) -> bool| {
        let count = cells.iter().filter(|cell| test(&cell.text)).count();
        count > 0 && count * 2 >= cells.len()
    };
    let context = spaced(context);
    let is_about_sitreps = has_any(&context, &SITREP) || most(&|text| has_any(&spaced(text), &SITREP));
    if most(&|text| states_cadence(text, false)) && is_about_sitreps {
        Some(Aspect::Cadence)
    } else if most(&states_hours) {
        Some(Aspect::Hours)
    } else {
        None
    }
}
