//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts and editors read.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Label, Level};
use crate::source::{Sources, Span, Spanned};

/// What a rule says of itself.
pub struct RuleText {
    /// Its name
    pub name: &'static str,
    /// What it finds, in one line
    pub finds: &'static str,
    /// Why that matters and what to do
    pub explanation: &'static str,
    /// How much it matters where nothing else is said
    pub level: Level,
}

/// Diagnostics as one SARIF log with one run. Each result has a fingerprint that stays the same
/// when lines above it move.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, rules: &[RuleText]) -> String {
    let descriptors: Vec<Json> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.finds },
                "fullDescription": { "text": rule.explanation },
                "defaultConfiguration": { "level": rule.level.name() },
            })
        })
        .collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results: Vec<Json> = diagnostics
        .iter()
        .map(|diagnostic| {
            let index = rules.iter().position(|rule| rule.name == diagnostic.rule);
            result(diagnostic, index, sources, &mut seen)
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "redbinder",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(
    diagnostic: &Diagnostic,
    rule: Option<usize>,
    sources: &Sources,
    seen: &mut BTreeMap<String, usize>,
) -> Json {
    let mut text = diagnostic.message.clone();
    for more in diagnostic.help.iter().chain(&diagnostic.notes) {
        text += &format!("\n{more}");
    }
    let primary = diagnostic.labels.iter().find(|label| label.primary).or(diagnostic.labels.first());
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "level": diagnostic.level.name(),
        "message": { "text": text },
        "locations": [],
        "partialFingerprints": { "redbinder/v1": fingerprint(diagnostic, primary, sources, seen) },
        "properties": { "variants": diagnostic.variants },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = json!(rule);
    }
    match (primary, &diagnostic.path) {
        (Some(label), _) => result["locations"] = json!([location(label, sources)]),
        (None, Some(path)) => {
            result["locations"] =
                json!([{ "physicalLocation": { "artifactLocation": { "uri": address(path) } } }]);
        }
        (None, None) => {}
    }
    let related: Vec<Json> = diagnostic
        .labels
        .iter()
        .filter(|label| Some(*label) != primary)
        .map(|label| {
            let mut place = location(label, sources);
            place["message"] = json!({ "text": label.text });
            place
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if !diagnostic.fix.is_empty() {
        let changes: Vec<Json> = diagnostic.fix.iter().map(|edit| change(edit, sources)).collect();
        let description = diagnostic.help.as_deref().unwrap_or("change the text");
        result["fixes"] = json!([{ "description": { "text": description }, "artifactChanges": changes }]);
    }
    result
}

fn location(label: &Label, sources: &Sources) -> Json {
    let source = sources.get(label.span.source);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": address(&source.path) },
        "region": region(label.span, sources),
    }})
}

fn region(span: Span, sources: &Sources) -> Json {
    let source = sources.get(span.source);
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn change(edit: &Spanned<String>, sources: &Sources) -> Json {
    json!({
        "artifactLocation": { "uri": address(&sources.get(edit.span.source).path) },
        "replacements": [{
            "deletedRegion": region(edit.span, sources),
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

/// The rule, the file and the words underlined, and which of its like it is; no line.
fn fingerprint(
    diagnostic: &Diagnostic,
    primary: Option<&Label>,
    sources: &Sources,
    seen: &mut BTreeMap<String, usize>,
) -> String {
    let place = primary.map(|label| (&*sources.get(label.span.source).path, sources.text(label.span)));
    let (path, words) = place.unwrap_or((diagnostic.path.as_deref().unwrap_or_default(), ""));
    let text = format!("{}\0{path}\0{}\0{words}", diagnostic.rule, diagnostic.message);
    let hash: String =
        Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let count = seen.entry(hash.clone()).or_insert(0);
    *count += 1;
    format!("{hash}:{count}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [RuleText; 1] =
        [RuleText { name: "unknown-role", finds: "a role", explanation: "Why", level: Level::Error }];

    fn log(before: &str) -> Json {
        let mut sources = Sources::default();
        let id = sources.add("content/a b.md", format!("{before}[x](role:y) [x](role:y)\n"));
        let at = |start: usize| {
            let start = before.len() + start;
            let span = Span::new(id, start..start + 6);
            Diagnostic::new("unknown-role", "no role is called `y`").at(span, "not defined").and(span, "here")
        };
        serde_json::from_str(&render(&[at(4), at(16)], &sources, &RULES)).expect("JSON")
    }

    #[test]
    fn a_log_has_what_sarif_requires() {
        let log = log("");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["name"], "redbinder");
        let result = &run["results"][0];
        let rule = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "content/a%20b.md");
        assert_eq!(place["region"], json!({"startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 11}));
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "here");
    }

    #[test]
    fn fingerprints_differ_and_stay_when_lines_move() {
        let prints = |log: &Json| -> Vec<String> {
            let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
            results.iter().map(|result| result["partialFingerprints"]["redbinder/v1"].to_string()).collect()
        };
        let here = prints(&log(""));
        assert_ne!(here[0], here[1]);
        assert_eq!(here, prints(&log("one\n\ntwo\n\n")));
    }
}
