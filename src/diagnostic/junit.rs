//! Diagnostics as a JUnit report, which GitLab, Jenkins and many others show beside the tests.
//!
//! A rule is a suite. Each error is a failed test case, and each warning or note a skipped one:
//! they are seen and fail nothing. A rule that found nothing is one passed case, so that a report
//! without a fault is no report without a test.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::diagnostic::report::{Report, RuleText};
use crate::diagnostic::{Diagnostic, Level, terminal};

/// The report as XML. A case is named by the file and the message, without a line, so that it
/// stays the same case when lines move.
pub fn render(report: &Report) -> String {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = Counts::default();
    let mut suites = String::new();
    for rule in report.rules {
        let mut counts = Counts::default();
        let mut cases = String::new();
        for diagnostic in found(report, rule.name) {
            counts.add(diagnostic.level);
            cases += &case(report, diagnostic, &mut names);
        }
        if cases.is_empty() {
            counts.tests += 1;
            cases = without_finding(rule, &mut counts);
        }
        total.tests += counts.tests;
        total.failures += counts.failures;
        total.skipped += counts.skipped;
        let _ = write!(
            suites,
            "  <testsuite name=\"{}\" {counts}>\n{cases}  </testsuite>\n",
            escape(rule.name),
            counts = counts.attributes()
        );
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"redbinder\" {}>\n{suites}</testsuites>\n",
        total.attributes()
    )
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    skipped: usize,
}

impl Counts {
    fn add(&mut self, level: Level) {
        self.tests += 1;
        match level {
            Level::Error => self.failures += 1,
            Level::Warning | Level::Note => self.skipped += 1,
        }
    }

    fn attributes(&self) -> String {
        let Counts { tests, failures, skipped } = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\"")
    }
}

fn found<'r>(report: &'r Report, rule: &'r str) -> impl Iterator<Item = &'r Diagnostic> {
    report.findings.iter().map(|finding| &finding.diagnostic).filter(move |found| found.rule == rule)
}

fn without_finding(rule: &RuleText, counts: &mut Counts) -> String {
    let start = format!("    <testcase name=\"{}\" classname=\"{0}\" time=\"0\"", escape(rule.name));
    if rule.looked {
        return start + "/>\n";
    }
    counts.skipped += 1;
    start + ">\n      <skipped message=\"switched off\"/>\n    </testcase>\n"
}

fn case(report: &Report, diagnostic: &Diagnostic, names: &mut BTreeMap<String, usize>) -> String {
    let place = report.place(diagnostic);
    let mut name = diagnostic.message.clone();
    let mut attributes = String::new();
    if let Some(place) = &place {
        name = format!("{}: {name}", place.file);
        attributes = format!(" file=\"{}\"", escape(&place.file));
        if let Some((line, _)) = place.line_column {
            let _ = write!(attributes, " line=\"{line}\"");
        }
    }
    let count = names.entry(format!("{} {name}", diagnostic.rule)).or_insert(0);
    *count += 1;
    if *count > 1 {
        let _ = write!(name, " ({count})");
    }
    let message = escape(&diagnostic.message);
    let outcome = match diagnostic.level {
        Level::Error => {
            let text = escape_text(&words(report, diagnostic));
            format!("<failure message=\"{message}\" type=\"{}\">{text}</failure>", escape(diagnostic.rule))
        }
        Level::Warning | Level::Note => {
            let text = escape(&words(report, diagnostic));
            format!("<skipped message=\"{}: {text}\"/>", diagnostic.level)
        }
    };
    format!(
        "    <testcase name=\"{}\" classname=\"{}\"{attributes} time=\"0\">\n      {outcome}\n    </testcase>\n",
        escape(&name),
        escape(diagnostic.rule)
    )
}

/// Everything a person needs who sees nothing but the case.
fn words(report: &Report, diagnostic: &Diagnostic) -> String {
    let mut lines = Vec::new();
    lines.extend(report.place(diagnostic).map(|place| place.to_string()));
    lines.push(diagnostic.message.clone());
    for label in diagnostic.labels.iter().filter(|label| Some(label.span) != diagnostic.span()) {
        let (line, _) = report.sources.get(label.span.source).line_column(label.span.start);
        lines.push(format!("{}:{line}: {}", report.file_of(label.span), label.text));
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    lines.extend(diagnostic.notes.iter().chain(&terminal::variants_note(diagnostic)).cloned());
    lines.join("\n")
}

/// As the value of an attribute.
fn escape(text: &str) -> String {
    escape_text(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

/// As text between tags. What XML 1.0 cannot say is shown as U+FFFD.
fn escape_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::fingerprint::Finding;
    use crate::diagnostic::report::LeftOut;
    use crate::source::{Sources, Span};

    const fn rule(name: &'static str, looked: bool) -> RuleText {
        RuleText { name, finds: "a thing", explanation: "Why", level: Level::Error, looked }
    }

    fn xml(diagnostics: Vec<Diagnostic>, sources: &Sources) -> String {
        let rules = [rule("broken-link", true), rule("empty-link", false), rule("unknown-role", true)];
        let findings = Finding::all(diagnostics, sources);
        let left_out = LeftOut::default();
        render(&Report { findings: &findings, sources, rules: &rules, prefix: "", scope: "", left_out })
    }

    #[test]
    fn a_run_without_a_fault_has_a_passed_case_for_each_rule() {
        assert_eq!(
            xml(Vec::new(), &Sources::default()),
            r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="redbinder" tests="3" failures="0" errors="0" skipped="1" time="0">
  <testsuite name="broken-link" tests="1" failures="0" errors="0" skipped="0" time="0">
    <testcase name="broken-link" classname="broken-link" time="0"/>
  </testsuite>
  <testsuite name="empty-link" tests="1" failures="0" errors="0" skipped="1" time="0">
    <testcase name="empty-link" classname="empty-link" time="0">
      <skipped message="switched off"/>
    </testcase>
  </testsuite>
  <testsuite name="unknown-role" tests="1" failures="0" errors="0" skipped="0" time="0">
    <testcase name="unknown-role" classname="unknown-role" time="0"/>
  </testsuite>
</testsuites>
"#
        );
    }

    #[test]
    fn an_error_fails_and_a_warning_is_skipped_and_names_are_told_apart() {
        let mut sources = Sources::default();
        let id = sources.add("a&b.md", "one\n[x](role:y) [x](role:y)\n");
        let at = |start: usize| {
            Diagnostic::new("unknown-role", "no \"<y>\" \u{1}").at(Span::new(id, start..start + 6), "here")
        };
        let warning = Diagnostic { level: Level::Warning, ..at(20) }.help("take it\nout");
        let xml = xml(vec![at(8), warning], &sources);
        assert!(
            xml.contains(r#"name="unknown-role" tests="2" failures="1" errors="0" skipped="1""#),
            "{xml}"
        );
        let name = r#"name="a&amp;b.md: no &quot;&lt;y&gt;&quot; �""#;
        assert!(
            xml.contains(&format!(r#"<testcase {name} classname="unknown-role" file="a&amp;b.md" line="2""#))
        );
        assert!(xml.contains(r#" � (2)" classname"#), "{xml}");
        assert!(xml.contains("help: take it out\"/>"), "{xml}");
    }
}
