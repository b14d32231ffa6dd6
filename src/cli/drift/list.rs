//! Every tailoring by its state, and the facts that still have to be confirmed: what a review
//! meeting goes through.

use serde_json::json;

use crate::Compilation;
use crate::cli::tell;
use crate::plan::{InheritedFact, inherited_facts};
use crate::tailor::drift::{Lock, State, Tailoring};

/// A value longer than this is cut, but in JSON.
const VALUE_LENGTH: usize = 40;

/// How a tailoring stands, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// The inherited text has moved since it was accepted
    Stale,
    /// Nobody has accepted it
    Unaccepted,
    /// It says what is inherited anyway
    Redundant,
    /// The inherited text is the one that was accepted
    Fresh,
}

const STANDINGS: [Standing; 4] =
    [Standing::Stale, Standing::Unaccepted, Standing::Redundant, Standing::Fresh];

impl Standing {
    fn of(tailoring: &Tailoring, lock: &Lock) -> Standing {
        match State::of(tailoring, lock) {
            State::Stale => Standing::Stale,
            State::Unaccepted => Standing::Unaccepted,
            State::Fresh if tailoring.redundant => Standing::Redundant,
            State::Fresh => Standing::Fresh,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Standing::Stale => "stale",
            Standing::Unaccepted => "unaccepted",
            Standing::Redundant => "redundant",
            Standing::Fresh => "fresh",
        }
    }
}

struct TailoringRow<'c> {
    standing: Standing,
    layer: &'c str,
    tailoring: &'c Tailoring,
}

impl TailoringRow<'_> {
    /// The state, and what else is true of it.
    fn state(&self) -> String {
        let also = self.tailoring.redundant && self.standing != Standing::Redundant;
        format!("{}{}", self.standing.name(), if also { ", redundant" } else { "" })
    }
}

struct FactRow<'c> {
    variant: &'c str,
    fact: InheritedFact<'c>,
    /// `content/base/plan.md:12`
    place: String,
    file: &'c str,
    line: usize,
}

impl FactRow<'_> {
    fn path(&self) -> &str {
        &self.fact.requirement.path.value
    }

    /// Who has to state it, in words.
    fn who_states(&self) -> &'static str {
        match (self.fact.requirement.set_by.as_str(), self.fact.is_refused) {
            ("organization", false) => "an organization states it",
            ("organization", true) => "an organization must state it",
            ("system", false) => "a system states it",
            ("system", true) => "a system must state it",
            _ => "anyone may state it",
        }
    }

    fn value(&self) -> String {
        let value = &self.fact.value;
        match value.char_indices().nth(VALUE_LENGTH) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value.clone(),
        }
    }
}

/// Both lists.
pub struct List<'c> {
    compilation: &'c Compilation,
    tailorings: Vec<TailoringRow<'c>>,
    facts: Vec<FactRow<'c>>,
}

impl<'c> List<'c> {
    /// The lists of some layers, each with its tailorings.
    pub fn of(compilation: &'c Compilation, found: &'c [(usize, Vec<Tailoring>)]) -> List<'c> {
        let project = &compilation.project;
        let mut tailorings = Vec::new();
        for (layer, own) in found {
            let lock = Lock::of(project, *layer);
            let layer = &*project.layers[*layer].name;
            let row = |tailoring| TailoringRow { standing: Standing::of(tailoring, &lock), layer, tailoring };
            tailorings.extend(own.iter().map(row));
        }
        tailorings.sort_by_key(|row| (row.standing, row.layer, &row.tailoring.place));
        let facts = found.iter().flat_map(|(layer, _)| facts_of(compilation, *layer)).collect();
        List { compilation, tailorings, facts }
    }

    /// Whether somebody has to look at a tailoring.
    pub fn is_urgent(&self) -> bool {
        self.tailorings.iter().any(|row| matches!(row.standing, Standing::Stale | Standing::Unaccepted))
    }

    fn counts(&self) -> String {
        let count = |standing| self.tailorings.iter().filter(|row| row.standing == standing).count();
        let parts = STANDINGS.map(|standing| format!("{} {}", count(standing), standing.name()));
        parts.join(", ")
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let rows = self.tailorings.iter().map(|row| {
            let verb = row.tailoring.verb.to_string();
            [row.state(), row.layer.to_string(), row.tailoring.place.clone(), verb]
        });
        text += &columns(rows.collect());
        text += &format!("{}\n", self.counts());
        if self.facts.is_empty() {
            return text + "0 facts to confirm\n";
        }
        text += "\nFacts that each variant must confirm, and that these only inherit\n";
        let rows = self.facts.iter().map(|row| {
            let from = format!("from {} ({})", row.fact.from, row.place);
            let by = row.who_states().to_string();
            [row.variant.to_string(), row.path().to_string(), row.value(), from, by]
        });
        text + &columns(rows.collect()) + &format!("{} to confirm\n", tell::number(self.facts.len(), "fact"))
    }

    /// Two tables for a review meeting.
    pub fn markdown(&self) -> String {
        let mut text = format!("## Tailorings\n\n{}\n", self.counts());
        if !self.tailorings.is_empty() {
            text += "\n| State | Layer | Place | Does |\n| --- | --- | --- | --- |\n";
        }
        for row in &self.tailorings {
            let place = code(&row.tailoring.place);
            text +=
                &format!("| {} | {} | {place} | {} |\n", row.state(), cell(row.layer), row.tailoring.verb);
        }
        text += "\n## Facts to confirm\n\n";
        if self.facts.is_empty() {
            return text + "None.\n";
        }
        text += "| Variant | Fact | Value | Inherited from | Stated by | Why |\n";
        text += "| --- | --- | --- | --- | --- | --- |\n";
        for row in &self.facts {
            let by = &row.fact.requirement.set_by;
            let by = if row.fact.is_refused { format!("**{}**", cell(by)) } else { cell(by) };
            let cells = [
                cell(row.variant),
                code(row.path()),
                code(&row.value()),
                format!("{}, {}", cell(row.fact.from), code(&row.place)),
                by,
                cell(&row.fact.requirement.why),
            ];
            text += &format!("| {} |\n", cells.join(" | "));
        }
        text
    }

    /// One JSON document.
    pub fn json(&self) -> String {
        let sources = &self.compilation.project.sources;
        let tailorings: Vec<_> = self
            .tailorings
            .iter()
            .map(|row| {
                let source = sources.get(row.tailoring.span.source);
                json!({
                    "state": row.standing.name(),
                    "redundant": row.tailoring.redundant,
                    "layer": row.layer,
                    "place": row.tailoring.place,
                    "verb": row.tailoring.verb,
                    "file": &*source.path,
                    "line": source.line_column(row.tailoring.span.start).0,
                })
            })
            .collect();
        let facts: Vec<_> = self
            .facts
            .iter()
            .map(|row| {
                json!({
                    "variant": row.variant,
                    "fact": row.path(),
                    "value": row.fact.value,
                    "set_by": row.fact.requirement.set_by,
                    "why": row.fact.requirement.why,
                    "refused": row.fact.is_refused,
                    "from": row.fact.from,
                    "file": row.file,
                    "line": row.line,
                })
            })
            .collect();
        format!("{:#}\n", json!({ "tailorings": tailorings, "facts": facts }))
    }
}

/// The facts that a layer's variant inherits, in the edition that shows most.
fn facts_of<'c>(compilation: &'c Compilation, layer: usize) -> Vec<FactRow<'c>> {
    let variants = compilation.variants.iter().zip(&compilation.plans);
    let own = variants.filter(|(variant, _)| variant.layer == layer);
    let Some((variant, plan)) = own.max_by_key(|(variant, _)| variant.edition) else { return Vec::new() };
    let row = |fact: InheritedFact<'c>| {
        let source = compilation.project.sources.get(fact.span.source);
        let line = source.line_column(fact.span.start).0;
        FactRow {
            variant: &variant.name,
            place: format!("{}:{line}", source.path),
            file: &source.path,
            line,
            fact,
        }
    };
    inherited_facts(variant, plan).into_iter().map(row).collect()
}

/// Rows as lines, with columns that stand under each other.
fn columns<const N: usize>(rows: Vec<[String; N]>) -> String {
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// A text in a cell of a table: on one line, and nothing in it is markup.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\\`*_[]<>|~&".contains(character) {
            cell.push('\\');
        }
        cell.push(character);
    }
    cell
}

/// A text as code in a cell of a table: no platform makes a mention or a link of it.
fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_cell_ends_neither_it_nor_its_code() {
        assert_eq!(cell("a | b\n*c* <d>"), "a \\| b \\*c\\* \\<d\\>");
        assert_eq!(code("#room | @all"), "`#room \\| @all`");
        assert_eq!(code("a `b` c"), "`` a `b` c ``");
        assert_eq!(code(""), "");
    }
}
