//! `wide-table`: tables that do not fit on paper.

use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::columns::{Cell, fit};
use crate::source::Span;
use crate::syntax::html::{self, Html, Piece};
use crate::syntax::tree::{Reference, inline_references};
use crate::syntax::{Block, Table};

pub(super) const RULE: Rule = Rule {
    name: "wide-table",
    level: Level::Warning,
    finds: "a table whose words do not fit on paper beside each other, in the smallest type",
    explanation: "\
Why it matters
  On paper nobody can scroll. A table gets smaller type and hyphenated words before it is told
  here; after that its words are cut wherever a column ends, and an address or a command that
  is cut is copied wrongly.

What to do
  Turn rows into columns, or make two tables of it. Put what is long in every row, such as an
  address or a command, below the table. Whether it fits depends on `paper` in `site.toml`.
",
    look,
};

/// A level of a list or a quote takes so much of the width, in points.
const INDENT: f64 = 16.0;

fn look(binder: &Binder, findings: &mut Findings) {
    let (width, _) = binder.project.config.paper.text_area();
    for text in &binder.texts {
        let body = &text.page.body;
        let mut parts: Vec<&[Block]> = body.top.iter().map(|part| &part[..]).collect();
        body.walk(&mut |section| parts.extend(section.parts.iter().map(|part| &part[..])));
        parts.into_iter().for_each(|part| {
            tables(part, width, &mut |table, width| match table {
                Written::Markdown(span, table) => judge(binder, text, span, table, width, findings),
                Written::Html(html) => judge_html(binder, text, html, width, findings),
            })
        });
    }
}

/// A table as it is written; raw HTML with empty lines in it is several blocks.
enum Written<'t> {
    Markdown(Span, &'t Table),
    Html(&'t [Block]),
}

/// Calls `see` with each table, or what may have some, and the width there is for it, in points.
fn tables<'t>(blocks: &'t [Block], width: f64, see: &mut dyn FnMut(Written<'t>, f64)) {
    let is_html = |block: &Block| matches!(block, Block::Html(_));
    for blocks in blocks.chunk_by(|block, next| is_html(block) && is_html(next)) {
        match &blocks[0] {
            Block::Table(span, table) => see(Written::Markdown(*span, table), width),
            Block::Html(_) => see(Written::Html(blocks), width),
            Block::List(_, _, items) => {
                items.iter().for_each(|item| tables(&item.blocks, width - INDENT, see));
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => tables(blocks, width - INDENT, see),
            _ => {}
        }
    }
}

fn judge(binder: &Binder, text: &PageText, span: Span, table: &Table, width: f64, findings: &mut Findings) {
    // The names of things, and so the width, may be others for each reader.
    let all = if has_names(table) { &text.readers[..] } else { &text.readers[..1] };
    for (reader, plan, page) in all {
        let plan = &binder.plans[*plan];
        let page = &plan.pages[*page];
        let rows: Vec<_> = std::iter::once(&table.header)
            .chain(&table.rows)
            .map(|row| row.iter().map(|cell| plan.cell_words(page, &cell.content)).collect())
            .collect();
        let header = table.header.first().map_or(span, |cell| cell.span);
        let whole = table.header.last().map_or(header, |cell| Span { end: cell.span.end, ..header });
        let Some(diagnostic) = too_wide(&rows, width, whole) else { continue };
        match all.len() < text.readers.len() {
            true => findings.tell_of(text, diagnostic),
            false => findings.tell_in(*reader, diagnostic),
        }
    }
}

fn judge_html(binder: &Binder, text: &PageText, blocks: &[Block], width: f64, findings: &mut Findings) {
    let html: Vec<&Html> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Html(html) => Some(&**html),
            _ => None,
        })
        .collect();
    for placed in html::tables(html.iter().flat_map(|html| html::pieces(&html.text)).collect()) {
        let table = &placed.table;
        let rows: Vec<_> = std::iter::once(&table.header)
            .chain(&table.rows)
            .map(|row| row.iter().map(|cell| html_words(cell)).collect())
            .collect();
        let start = start_of(binder, &html, placed.before);
        if let Some(diagnostic) = too_wide(&rows, width - INDENT * placed.depth as f64, start) {
            findings.tell_of(text, diagnostic);
        }
    }
}

/// The start of a table of some HTML, by how many there are before it.
fn start_of(binder: &Binder, html: &[&Html], before: usize) -> Span {
    let starts = html.iter().flat_map(|html| {
        let text = binder.project.sources.text(html.span).to_ascii_lowercase();
        let starts = text.match_indices("<table").map(|(at, _)| {
            let start = html.span.start + at as u32;
            Span { start, end: start + "<table".len() as u32, ..html.span }
        });
        starts.collect::<Vec<_>>()
    });
    starts.into_iter().nth(before).unwrap_or(html[0].span)
}

/// The words of a cell of raw HTML.
fn html_words(cell: &[Piece]) -> Cell {
    let mut words = Cell::new();
    let mut in_code = 0_usize;
    for piece in cell {
        let (is_code, text) = match piece {
            Piece::Text(text) => (in_code > 0, &**text),
            Piece::Start { name, .. } if is_code(name) => {
                in_code += 1;
                continue;
            }
            Piece::End(name) if is_code(name) => {
                in_code = in_code.saturating_sub(1);
                continue;
            }
            // Marks stand in a word, and everything else between two.
            Piece::Start { name, .. } | Piece::End(name) if IN_A_WORD.contains(&&**name) => continue,
            Piece::Start { .. } | Piece::End(_) => (false, " "),
        };
        match words.last_mut() {
            Some((before, words)) if *before == is_code => words.push_str(text),
            _ => words.push((is_code, text.to_string())),
        }
    }
    words
}

/// Elements that mark some letters.
const IN_A_WORD: &[&str] = &[
    "a", "abbr", "b", "cite", "del", "dfn", "em", "font", "i", "ins", "mark", "q", "s", "small", "span",
    "strike", "strong", "sub", "sup", "time", "u", "var",
];

fn is_code(name: &str) -> bool {
    ["code", "kbd", "pre", "samp", "tt"].contains(&name)
}

/// What is told of a table that has no room.
fn too_wide(rows: &[Vec<Cell>], width: f64, at: Span) -> Option<Diagnostic> {
    let fit = fit(rows, width);
    if fit.fits {
        return None;
    }
    let millimetres = |points: f64| (points * 25.4 / 72.0).round();
    let message = match rows.iter().map(Vec::len).max().unwrap_or(0) {
        1 => "this table is too wide for paper".to_string(),
        count => format!("this table of {count} columns is too wide for paper"),
    };
    let label =
        format!("its longest words need {} mm, and there are {}", millimetres(fit.least), millimetres(width));
    let help = "make two tables of it, turn rows into columns, or put the longest words below it";
    Some(Diagnostic::new(RULE.name, message).at(at, label).help(help))
}

/// Whether a thing's own name stands in a table.
fn has_names(table: &Table) -> bool {
    let mut found = false;
    let mut see = |reference: Reference| {
        found |= matches!(reference, Reference::Link(link) if link.content.is_empty());
    };
    let cells = table.header.iter().chain(table.rows.iter().flatten());
    cells.for_each(|cell| inline_references(&cell.content, &mut see));
    found
}
