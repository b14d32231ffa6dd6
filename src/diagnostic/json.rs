//! Diagnostics for other programs: one JSON document.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::diagnostic::Label;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::report::{Each, LeftOut, Report};
use crate::source::Span;

/// Diagnostics as JSON: `{"diagnostics": [{rule, level, message, file, line, column, end_line,
/// end_column, labels, help, fix, notes, variants, fingerprint}], "left_out": {older, known}}`.
/// Lines and columns count from 1, columns in characters, ends exclusive. `file` is null where no
/// file is concerned. `fix` has the edits that do what the help says: `{file, line, column,
/// end_line, end_column, replacement}`. `fingerprint` stays the same when lines above move.
/// `left_out` counts what was found and is not told.
///
/// # Errors
/// When `to` does not take it.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let LeftOut { older, known } = report.left_out;
    let left_out = json!({ "older": older, "known": known });
    serde_json::to_writer_pretty(&mut *to, &Document { diagnostics: Each { report, one }, left_out })?;
    to.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'r> {
    diagnostics: Each<'r>,
    left_out: Json,
}

fn one(finding: &Finding, report: &Report) -> Json {
    let diagnostic = &finding.diagnostic;
    let labels: Vec<Json> = diagnostic.labels.iter().map(|label| place(label, report)).collect();
    let fix: Vec<Json> = diagnostic
        .fix
        .iter()
        .map(|edit| {
            let mut place = range(edit.span, report);
            place["replacement"] = json!(edit.value);
            place
        })
        .collect();
    let mut document = json!({
        "rule": diagnostic.rule,
        "level": diagnostic.level.name(),
        "message": diagnostic.message,
        "file": diagnostic.path.as_ref().map(|path| report.file(path)),
        "labels": labels,
        "help": diagnostic.help,
        "fix": fix,
        "notes": diagnostic.notes,
        "variants": diagnostic.variants,
        "fingerprint": finding.fingerprint(),
    });
    if let Some(span) = diagnostic.span() {
        let place = range(span, report);
        for key in ["file", "line", "column", "end_line", "end_column"] {
            document[key] = place[key].clone();
        }
    }
    document
}

fn place(label: &Label, report: &Report) -> Json {
    let mut place = range(label.span, report);
    place["text"] = json!(label.text);
    place["primary"] = json!(label.primary);
    place
}

fn range(span: Span, report: &Report) -> Json {
    let source = report.sources.get(span.source);
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({
        "file": report.file_of(span),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    })
}
