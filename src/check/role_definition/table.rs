//! Tables whose rows are roles, written by hand: held against the records cell by cell.

use std::collections::BTreeSet;

use crate::check::role_definition::RULE;
use crate::check::role_definition::cast::{Cast, is_filled_in};
use crate::diagnostic::Diagnostic;
use crate::plan::prose::RunKind;
use crate::plan::{PlanPage, Run, Text};
use crate::source::{Sources, Span};
use crate::syntax::Block;
use crate::syntax::tree::Table;

pub(super) fn look(cast: &Cast, page: &PlanPage, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    for part in &page.body.top {
        in_blocks(cast, part, sources, tell);
    }
    page.body.walk(&mut |section| {
        section.parts.iter().for_each(|part| in_blocks(cast, part, sources, tell));
    });
}

fn in_blocks(cast: &Cast, blocks: &[Block], sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    for block in blocks {
        match block {
            Block::Table(_, table) => in_table(cast, table, sources, tell),
            Block::List(_, _, items) => {
                items.iter().for_each(|item| in_blocks(cast, &item.blocks, sources, tell))
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                in_blocks(cast, blocks, sources, tell)
            }
            Block::Paragraph(..)
            | Block::Plain(..)
            | Block::Heading(..)
            | Block::Code(..)
            | Block::Html(_)
            | Block::Rule(_) => {}
        }
    }
}

/// What a column of a table of roles says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Short,
    HandsOverTo,
    AssignedBy,
}

fn column(header: &str) -> Option<Column> {
    let lower = header.trim().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["abbrev", "short", "acronym", "initials"]) || matches!(lower.as_str(), "abbr" | "abbr.") {
        Some(Column::Short)
    } else if has(&[
        "hands over",
        "hand over",
        "hands off",
        "hand off",
        "handover",
        "handoff",
        "hand-off",
        "taken over by",
    ]) {
        Some(Column::HandsOverTo)
    } else if has(&["assigned by", "named by", "appointed by", "designated by", "given by"]) {
        Some(Column::AssignedBy)
    } else {
        None
    }
}

fn in_table(cast: &Cast, table: &Table, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    let header: Vec<Run> =
        table.header.iter().map(|cell| Run::of(RunKind::HeaderCell, &cell.content, sources)).collect();
    let columns: Vec<(usize, Column)> =
        header.iter().enumerate().filter_map(|(at, cell)| Some((at, column(&cell.text)?))).collect();
    if columns.is_empty() {
        return;
    }
    let rows: Vec<Vec<Run>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| Run::of(RunKind::Cell, &cell.content, sources)).collect())
        .collect();
    let role_in = |row: &[Run], at: usize| row.get(at).and_then(|cell| whole_role(cast, cell));
    let others = (0..header.len()).filter(|at| !columns.iter().any(|(column, _)| column == at));
    // The column of the roles is the first that names two of them.
    let Some(roles) =
        others.into_iter().find(|at| rows.iter().filter(|row| role_in(row, *at).is_some()).count() >= 2)
    else {
        return;
    };
    for row in &rows {
        let Some(role) = role_in(row, roles) else { continue };
        for (at, column) in &columns {
            let Some(cell) = row.get(*at).filter(|cell| !cell.text.trim().is_empty()) else { continue };
            if !is_filled_in(cell, 0..cell.text.len(), sources)
                && let Some(diagnostic) =
                    judge(cast, role, *column, cell, cell.span(0..cell.text.len(), sources))
            {
                tell(diagnostic);
            }
        }
    }
}

/// The role a cell names as a whole, perhaps with its short form in brackets.
fn whole_role(cast: &Cast, cell: &Run) -> Option<usize> {
    let text = cell.text.trim();
    let text = text.split_once(" (").map_or(text, |(name, _)| name);
    let named = cast.named(cell);
    let linked =
        named.first().filter(|it| cell.text[..it.range.start].trim().is_empty() && text.chars().count() == 1);
    cast.called(text).or(linked.map(|it| it.role))
}

fn judge(cast: &Cast, role: usize, column: Column, cell: &Run, span: Span) -> Option<Diagnostic> {
    let record = &cast.roles[role];
    let title = cast.title(role);
    match column {
        Column::Short => {
            let short = cell.text.trim();
            let own = record.abbreviation.as_ref()?;
            let is_short = short.len() <= 6 && short.chars().all(|c| c.is_ascii_uppercase());
            (is_short && own.value != short).then(|| {
                Diagnostic::new(RULE.name, format!("`{short}` is not the short form of `{title}`"))
                    .at(span, "said to be its short form here")
                    .and(own.span, format!("`{}` here", own.value))
                    .help(format!("write `{}`, or mend the role's page", own.value))
            })
        }
        Column::HandsOverTo => {
            let said: BTreeSet<&str> = named(cast, cell);
            let none = matches!(cell.text.trim().to_lowercase().as_str(), "nobody" | "none" | "no one");
            let own: BTreeSet<&str> = record.hands_over_to.iter().map(|text| text.value.as_str()).collect();
            let first = record.hands_over_to.first()?;
            let differs = (none || !said.is_empty()) && said != own;
            differs.then(|| {
                mismatch(&format!("whom `{title}` hands over to"), span, &record.hands_over_to, first.span)
            })
        }
        Column::AssignedBy => {
            let said = named(cast, cell);
            let own = record.assigned_by.as_ref()?;
            let differs = !said.is_empty() && !said.contains(own.value.as_str());
            differs.then(|| {
                mismatch(&format!("who assigns `{title}`"), span, std::slice::from_ref(own), own.span)
            })
        }
    }
}

fn named<'c>(cast: &'c Cast, cell: &Run) -> BTreeSet<&'c str> {
    cast.named(cell).into_iter().map(|it| cast.roles[it.role].record.id.as_str()).collect()
}

fn mismatch(what: &str, span: Span, own: &[Text], place: Span) -> Diagnostic {
    let names: Vec<&str> = own.iter().map(|text| text.value.as_str()).collect();
    Diagnostic::new(RULE.name, format!("two places disagree on {what}"))
        .at(span, "others here")
        .and(place, format!("{} here", names.join(", ")))
        .help("make both say the same")
}
