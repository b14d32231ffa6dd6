//! A table of raw HTML, taken apart into rows and cells.

use std::collections::VecDeque;

use super::Piece;

/// A table of raw HTML. Each row has as many cells as the widest, up to a bound of empty ones; a cell that
/// reaches over several places stands in the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtmlTable {
    /// What is said above it
    pub caption: Vec<Piece>,
    /// The row of headers; empty where there is none
    pub header: Vec<Vec<Piece>>,
    /// The other rows
    pub rows: Vec<Vec<Vec<Piece>>>,
}

/// What a browser allows, and no more than a page can have.
const WIDEST: usize = 50;
const HIGHEST: usize = 1000;
/// No more places than these are filled where no cell is written: a short text can ask for billions.
const MOST_EMPTY: usize = 100_000;

impl HtmlTable {
    /// Takes a table off the front of some pieces, whose `<table>` is taken already, up to its end.
    pub fn take(pieces: &mut VecDeque<Piece>) -> HtmlTable {
        let mut table = HtmlTable::default();
        let mut rows: Vec<Vec<Vec<Piece>>> = Vec::new();
        let mut in_head = false;
        // Places that a cell of a row above takes, each for so many more rows.
        let mut taken: Vec<usize> = Vec::new();
        let mut empty = 0;
        let mut is_header = true;
        while let Some(piece) = pieces.pop_front() {
            let (name, attributes) = match piece {
                Piece::Start { name, attributes, .. } => (name, attributes),
                Piece::End(name) if name == "table" => break,
                Piece::End(name) => {
                    in_head &= name != "thead";
                    continue;
                }
                Piece::Text(_) => continue,
            };
            match name.as_str() {
                "caption" => table.caption = inside(pieces, &["tr", "thead", "tbody"], &["caption"]),
                "thead" => in_head = true,
                "tr" => {
                    if rows.len() == 1 && table.header.is_empty() && (is_header || in_head) {
                        table.header = rows.remove(0);
                    }
                    is_header = table.header.is_empty() && rows.is_empty();
                    rows.push(Vec::new());
                }
                "td" | "th" => {
                    let ends = ["td", "th", "tr", "thead", "tbody", "tfoot"];
                    let content = inside(pieces, &["td", "th", "tr"], &ends);
                    is_header &= name == "th" || in_head;
                    if rows.is_empty() {
                        rows.push(Vec::new());
                    }
                    let Some(row) = rows.last_mut() else { continue };
                    while empty < MOST_EMPTY && taken.get(row.len()).is_some_and(|rows| *rows > 0) {
                        taken[row.len()] -= 1;
                        row.push(Vec::new());
                        empty += 1;
                    }
                    let span = |key: &str| {
                        let value = attributes.iter().find(|(name, _)| name == key);
                        value.and_then(|(_, value)| value.parse::<usize>().ok()).unwrap_or(1)
                    };
                    let is_filled = empty < MOST_EMPTY;
                    let end = row.len() + if is_filled { span("colspan").clamp(1, WIDEST) } else { 1 };
                    if taken.len() < end {
                        taken.resize(end, 0);
                    }
                    let rows = if is_filled { span("rowspan").clamp(1, HIGHEST) } else { 1 };
                    taken[row.len()..end].fill(rows - 1);
                    empty += end - row.len() - 1;
                    row.push(content);
                    row.resize(end, Vec::new());
                }
                _ => {}
            }
        }
        rows.retain(|row| !row.is_empty());
        if rows.len() == 1 && table.header.is_empty() && is_header {
            table.header = rows.remove(0);
        }
        let count = rows.iter().chain([&table.header]).map(Vec::len).max().unwrap_or(0);
        let header = (!table.header.is_empty()).then_some(&mut table.header);
        for row in header.into_iter().chain(&mut rows) {
            let missing = (count - row.len()).min(MOST_EMPTY.saturating_sub(empty));
            row.resize(row.len() + missing, Vec::new());
            empty += missing;
        }
        table.rows = rows;
        table
    }

    /// How many columns it has.
    pub fn columns(&self) -> usize {
        self.rows.iter().chain([&self.header]).map(Vec::len).max().unwrap_or(0)
    }

    /// How many tables stand in its cells.
    fn inner(&self) -> usize {
        let cells = self.rows.iter().chain([&self.header]).flatten();
        cells.flatten().filter(|piece| matches!(piece, Piece::Start { name, .. } if name == "table")).count()
    }
}

/// A table where it stands in raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// In how many lists and quotes of the HTML
    pub depth: usize,
    /// How many tables begin before it
    pub before: usize,
    /// The table
    pub table: HtmlTable,
}

/// The tables of some HTML, but for those that stand in another one.
pub fn tables(mut pieces: VecDeque<Piece>) -> Vec<Placed> {
    let indents = |name: &str| matches!(name, "ul" | "ol" | "blockquote");
    let mut found = Vec::new();
    let (mut depth, mut before) = (0_usize, 0);
    while let Some(piece) = pieces.pop_front() {
        match piece {
            Piece::Start { name, .. } if name == "table" => {
                let table = HtmlTable::take(&mut pieces);
                let inner = table.inner();
                found.push(Placed { depth, before, table });
                before += 1 + inner;
            }
            Piece::Start { name, .. } if indents(&name) => depth += 1,
            Piece::End(name) if indents(&name) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// The pieces of an element, up to what ends it: the start or the end of another, outside any table in it.
fn inside(pieces: &mut VecDeque<Piece>, starts: &[&str], ends: &[&str]) -> Vec<Piece> {
    let mut depth = 0;
    let mut found = Vec::new();
    let is_over = |piece: &Piece, depth: usize| match piece {
        _ if depth > 0 => false,
        Piece::Start { name, .. } => starts.contains(&name.as_str()),
        Piece::End(name) => name == "table" || ends.contains(&name.as_str()),
        Piece::Text(_) => false,
    };
    while let Some(piece) = pieces.pop_front_if(|piece| !is_over(piece, depth)) {
        match &piece {
            Piece::Start { name, .. } if name == "table" => depth += 1,
            Piece::End(name) if name == "table" => depth -= 1,
            _ => {}
        }
        found.push(piece);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::html::pieces;

    /// The words of a table: its header, then its rows.
    fn words(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let mut pieces: VecDeque<Piece> = pieces(text).into();
        pieces.pop_front();
        let table = HtmlTable::take(&mut pieces);
        let cell = |cell: &Vec<Piece>| {
            let text = |piece: &Piece| match piece {
                Piece::Text(text) => Some(text.clone()),
                _ => None,
            };
            cell.iter().filter_map(text).collect::<String>()
        };
        let row = |row: &Vec<Vec<Piece>>| row.iter().map(cell).collect::<Vec<_>>();
        (row(&table.header), table.rows.iter().map(row).collect())
    }

    #[test]
    fn a_row_of_headers_is_the_header_and_ends_may_be_left_out() {
        let (header, rows) = words("<table><tr><th>a<th>b<tr><th>c<td>d</table>");
        assert_eq!((header, rows), (vec!["a".into(), "b".into()], vec![vec!["c".into(), "d".into()]]));
        let (header, rows) = words("<table><tr><td>a</td></tr><tr><th>b</th></tr></table>");
        assert_eq!((header.len(), rows), (0, vec![vec!["a".to_string()], vec!["b".into()]]));
    }

    #[test]
    fn a_cell_takes_the_places_it_reaches_over() {
        let (_, rows) = words("<table><tr><td rowspan=2>a<td colspan=2>b<tr><td>c<td>d<tr><td>e</table>");
        assert_eq!(rows, [["a", "b", ""], ["", "c", "d"], ["e", "", ""]]);
    }

    #[test]
    fn a_short_text_cannot_ask_for_billions_of_cells() {
        let wide = "<td colspan=50 rowspan=1000>a".repeat(1_000);
        let long = "<tr><td>b".repeat(10_000);
        let (header, rows) = words(&format!("<table><tr>{wide}{long}</table>"));
        assert_eq!(header.len() + rows.iter().flatten().filter(|cell| !cell.is_empty()).count(), 11_000);
        assert!(rows.iter().map(Vec::len).sum::<usize>() <= 11_000 + MOST_EMPTY + WIDEST);
    }

    #[test]
    fn tables_are_found_where_they_stand() {
        let text = "<table><tr><td><table></table></table><ul><li><table></table></ul><table></table>";
        let found = tables(pieces(text).into());
        let places: Vec<_> = found.iter().map(|it| (it.depth, it.before)).collect();
        assert_eq!(places, [(0, 0), (1, 2), (0, 3)]);
    }

    #[test]
    fn a_table_in_a_cell_is_of_that_cell() {
        let (_, rows) = words("<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>");
        assert_eq!(rows, [["abcd", "e"]]);
    }
}
