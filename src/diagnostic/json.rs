//! Diagnostics for other programs: one JSON document.

use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostic, Label};
use crate::source::Sources;

/// Diagnostics as JSON: `{"diagnostics": [{rule, level, message, file, line, column, end_line,
/// end_column, labels, help, notes, variants}]}`. Lines and columns count from 1, columns in
/// characters, ends exclusive. `file` is null where no file is concerned.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let all: Vec<Json> = diagnostics.iter().map(|diagnostic| one(diagnostic, sources)).collect();
    format!("{:#}\n", json!({ "diagnostics": all }))
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> Json {
    let labels: Vec<Json> = diagnostic.labels.iter().map(|label| place(label, sources)).collect();
    let mut document = json!({
        "rule": diagnostic.rule,
        "level": diagnostic.level.name(),
        "message": diagnostic.message,
        "file": diagnostic.path,
        "labels": labels,
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "variants": diagnostic.variants,
    });
    if let Some(primary) = diagnostic.labels.iter().find(|label| label.primary) {
        let place = place(primary, sources);
        for key in ["file", "line", "column", "end_line", "end_column"] {
            document[key] = place[key].clone();
        }
    }
    document
}

fn place(label: &Label, sources: &Sources) -> Json {
    let source = sources.get(label.span.source);
    let (line, column) = source.line_column(label.span.start);
    let (end_line, end_column) = source.line_column(label.span.end);
    json!({
        "file": &*source.path,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": label.text,
        "primary": label.primary,
    })
}
