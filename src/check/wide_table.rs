//! `wide-table`: tables that do not fit on paper.

use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::columns::columns;
use crate::source::Span;
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
            tables(part, width, &mut |span, table, width| {
                judge(binder, text, span, table, width, findings);
            })
        });
    }
}

/// Calls `see` with each table and the width there is for it, in points.
fn tables(blocks: &[Block], width: f64, see: &mut dyn FnMut(Span, &Table, f64)) {
    for block in blocks {
        match block {
            Block::Table(span, table) => see(*span, table, width),
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
        let fit = columns(&rows, width);
        if fit.most.is_none() {
            continue;
        }
        let header = table.header.first().map_or(span, |cell| cell.span);
        let whole = table.header.last().map_or(header, |cell| Span { end: cell.span.end, ..header });
        let millimetres = |points: f64| (points * 25.4 / 72.0).round();
        let count = table.columns.len();
        let message = match count {
            1 => "this table is too wide for paper".to_string(),
            _ => format!("this table of {count} columns is too wide for paper"),
        };
        let label = format!(
            "its longest words need {} mm, and there are {}",
            millimetres(fit.least),
            millimetres(width)
        );
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(whole, label)
            .help("make two tables of it, turn rows into columns, or put the longest words below it");
        match all.len() < text.readers.len() {
            true => findings.tell_of(text, diagnostic),
            false => findings.tell_in(*reader, diagnostic),
        }
    }
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
