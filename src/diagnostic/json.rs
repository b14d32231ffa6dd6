//! Diagnostics for other programs: one JSON document.

use serde_json::{Value as Json, json};

use crate::diagnostic::{Diagnostic, Label};
use crate::source::{Sources, Span};

/// Diagnostics as JSON: `{"diagnostics": [{rule, level, message, file, line, column, end_line,
/// end_column, labels, help, fix, notes, variants}]}`. Lines and columns count from 1, columns in
/// characters, ends exclusive. `file` is null where no file is concerned. `fix` has
/// the edits that do what the help says: `{file, line, column, end_line, end_column, replacement}`.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let all: Vec<Json> = diagnostics.iter().map(|diagnostic| one(diagnostic, sources)).collect();
    format!("{:#}\n", json!({ "diagnostics": all }))
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> Json {
    let labels: Vec<Json> = diagnostic.labels.iter().map(|label| place(label, sources)).collect();
    let fix: Vec<Json> = diagnostic
        .fix
        .iter()
        .map(|edit| {
            let mut place = range(edit.span, sources);
            place["replacement"] = json!(edit.value);
            place
        })
        .collect();
    let mut document = json!({
        "rule": diagnostic.rule,
        "level": diagnostic.level.name(),
        "message": diagnostic.message,
        "file": diagnostic.path,
        "labels": labels,
        "help": diagnostic.help,
        "fix": fix,
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
    let mut place = range(label.span, sources);
    place["text"] = json!(label.text);
    place["primary"] = json!(label.primary);
    place
}

fn range(span: Span, sources: &Sources) -> Json {
    let source = sources.get(span.source);
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({
        "file": &*source.path,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    })
}
