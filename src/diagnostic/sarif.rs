//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors read.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::diagnostic::Label;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::report::{Each, Report, RuleText};
use crate::source::{Span, Spanned};

/// The name of the folder from which paths count; code hosts put the checkout there.
const ROOT: &str = "%SRCROOT%";

/// Diagnostics as one SARIF log with one run. Each result has a fingerprint that stays the same
/// when lines above it move.
///
/// # Errors
/// When `to` does not take it.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Json> = report.rules.iter().map(descriptor).collect();
    let run = Run {
        tool: json!({ "driver": {
            "name": "redbinder",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        }}),
        invocations: json!([{ "executionSuccessful": true }]),
        original_uri_base_ids: json!({
            ROOT: { "description": { "text": "The root of the checkout, or else the folder the check ran in." } },
        }),
        column_kind: "unicodeCodePoints",
        results: Each { report, one: result },
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    serde_json::to_writer_pretty(&mut *to, &Log { schema, version: "2.1.0", runs: [run] })?;
    to.write_all(b"\n")
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'r str,
    version: &'r str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Json,
    invocations: Json,
    original_uri_base_ids: Json,
    column_kind: &'r str,
    results: Each<'r>,
}

fn descriptor(rule: &RuleText) -> Json {
    let finds = format!("Finds {}.", rule.finds);
    let parts = parts(rule.explanation);
    let why = parts.iter().find(|(heading, _)| *heading == "Why it matters");
    let full = why.map_or(finds.clone(), |(_, text)| format!("{finds} {}", text.replace('\n', " ")));
    let markdown: Vec<String> = parts.iter().map(|(heading, text)| markdown(heading, text)).collect();
    json!({
        "id": rule.name,
        "shortDescription": { "text": finds },
        "fullDescription": { "text": full },
        "help": { "text": rule.explanation.trim_end(), "markdown": markdown.join("\n\n") },
        "defaultConfiguration": { "level": rule.level.name() },
    })
}

/// The headings of an explanation, each with the text under it. A heading is what is not indented.
fn parts(explanation: &str) -> Vec<(&str, String)> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    for line in explanation.lines() {
        match parts.last_mut() {
            Some((_, text)) if line.is_empty() || line.starts_with(' ') => {
                *text += line.strip_prefix("  ").unwrap_or(line);
                text.push('\n');
            }
            _ => parts.push((line, String::new())),
        }
    }
    parts.into_iter().map(|(heading, text)| (heading, text.trim_end().to_string())).collect()
}

fn markdown(heading: &str, text: &str) -> String {
    // What an example shows is to be seen as it is written.
    if heading.starts_with("Example") {
        return format!("**{heading}**\n\n~~~text\n{text}\n~~~");
    }
    format!("**{heading}**\n\n{text}")
}

fn result(finding: &Finding, report: &Report) -> Json {
    let diagnostic = &finding.diagnostic;
    let mut text = diagnostic.message.clone();
    for more in diagnostic.help.iter().chain(&diagnostic.notes) {
        text += &format!("\n{more}");
    }
    let primary = diagnostic.labels.iter().find(|label| label.primary).or(diagnostic.labels.first());
    // Code hosts refuse a result without a place; a fault of the whole project is one of its settings.
    let place = match primary {
        Some(label) => location(label, report),
        None => {
            let path = diagnostic.path.as_deref().unwrap_or("site.toml");
            json!({ "physicalLocation": { "artifactLocation": artifact(&report.file(path)) } })
        }
    };
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "level": diagnostic.level.name(),
        "message": { "text": text },
        "locations": [place],
        "partialFingerprints": { "redbinder/v1": finding.fingerprint() },
        "properties": { "variants": diagnostic.variants },
    });
    if let Some(index) = report.rules.iter().position(|rule| rule.name == diagnostic.rule) {
        result["ruleIndex"] = json!(index);
    }
    let mut related: Vec<Json> = Vec::new();
    for label in diagnostic.labels.iter().filter(|label| Some(*label) != primary) {
        let mut place = location(label, report);
        place["message"] = json!({ "text": label.text });
        // The standard wants each once.
        if !related.contains(&place) {
            related.push(place);
        }
    }
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if !diagnostic.fix.is_empty() {
        let changes: Vec<Json> = diagnostic.fix.iter().map(|edit| change(edit, report)).collect();
        let description = diagnostic.help.as_deref().unwrap_or("change the text");
        result["fixes"] = json!([{ "description": { "text": description }, "artifactChanges": changes }]);
    }
    result
}

fn location(label: &Label, report: &Report) -> Json {
    json!({ "physicalLocation": {
        "artifactLocation": artifact(&report.file_of(label.span)),
        "region": region(label.span, report),
    }})
}

fn artifact(path: &str) -> Json {
    json!({ "uri": address(path), "uriBaseId": ROOT })
}

fn region(span: Span, report: &Report) -> Json {
    let source = report.sources.get(span.source);
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn change(edit: &Spanned<String>, report: &Report) -> Json {
    json!({
        "artifactLocation": artifact(&report.file_of(edit.span)),
        "replacements": [{
            "deletedRegion": region(edit.span, report),
            "insertedContent": { "text": edit.value },
        }],
    })
}

/// A relative path as a URI reference (RFC 3986).
fn address(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) => (b as char).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::report::LeftOut;
    use crate::diagnostic::{Diagnostic, Level};
    use crate::source::Sources;

    const RULES: [RuleText; 1] = [RuleText {
        name: "unknown-role",
        finds: "a role",
        explanation: "Why it matters\n  It\n  does.\n\nWhat to do\n  Mend `it`.\n\n  Then\n    look.\n\nExample\n  [x](y)\n",
        level: Level::Error,
        looked: true,
    }];

    fn run(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Json {
        let findings = Finding::all(diagnostics, sources);
        let left_out = LeftOut::default();
        let prefix = "plans/";
        let report = Report { findings: &findings, sources, rules: &RULES, prefix, scope: "", left_out };
        let mut written = Vec::new();
        write(&report, &mut written).expect("room for it");
        let log: Json = serde_json::from_slice(&written).expect("JSON");
        log["runs"][0].clone()
    }

    #[test]
    fn a_result_names_its_rule_and_its_places() {
        let mut sources = Sources::default();
        let id = sources.add("content/a b.md", "[x](role:y) [x](role:y)\n");
        let found = Diagnostic::new("unknown-role", "no role is called `y`")
            .at(Span::new(id, 4..10), "not defined")
            .and(Span::new(id, 16..22), "here");
        let run = run(vec![found], &sources);
        let result = &run["results"][0];
        let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"],
            json!({"uri": "plans/content/a%20b.md", "uriBaseId": "%SRCROOT%"})
        );
        assert_eq!(place["region"], json!({"startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 11}));
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "here");
    }

    #[test]
    fn a_rule_explains_itself_in_text_and_in_markdown() {
        let rule = &run(Vec::new(), &Sources::default())["tool"]["driver"]["rules"][0];
        assert_eq!(rule["fullDescription"]["text"], "Finds a role. It does.");
        assert_eq!(
            rule["help"]["markdown"],
            "**Why it matters**\n\nIt\ndoes.\n\n**What to do**\n\nMend `it`.\n\nThen\n  look.\n\n**Example**\n\n~~~text\n[x](y)\n~~~"
        );
    }

    #[test]
    fn what_concerns_no_file_still_has_a_place() {
        let run = run(vec![Diagnostic::new("unknown-role", "nothing")], &Sources::default());
        let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "plans/site.toml");
    }
}
