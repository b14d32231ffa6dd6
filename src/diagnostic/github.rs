//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines.
//!
//! The platform shows ten errors, ten warnings and ten notices of a step; the rest are counted in
//! a notice.

use crate::diagnostic::report::{Report, number};
use crate::diagnostic::{Diagnostic, Level, terminal};

/// How many of a level the platform shows.
const SHOWN: usize = 10;

/// Diagnostics as `::error file=…,line=…::…`, the errors first. `rest` says where all of them are.
pub fn render(report: &Report, rest: &str) -> String {
    let count = |level| report.of_level(level).count();
    let (errors, warnings, notes) = (count(Level::Error), count(Level::Warning), count(Level::Note));
    let hidden = errors > SHOWN || warnings > SHOWN || notes > SHOWN;
    // The count of the rest is a notice itself.
    let notices = if hidden { SHOWN - 1 } else { SHOWN };
    let mut text = String::new();
    for (level, shown) in [(Level::Error, SHOWN), (Level::Warning, SHOWN), (Level::Note, notices)] {
        for diagnostic in report.of_level(level).take(shown) {
            text += &command(report, diagnostic);
        }
    }
    if hidden {
        let left =
            errors.saturating_sub(SHOWN) + warnings.saturating_sub(SHOWN) + notes.saturating_sub(notices);
        let left = number(left, "finding");
        text += &format!("::notice title=redbinder::{} more; {}\n", escape(&left), escape(rest));
    }
    text
}

fn command(report: &Report, diagnostic: &Diagnostic) -> String {
    let name = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = report.place(diagnostic) {
        properties.push(format!("file={}", escape_property(&place.file)));
        if let Some((line, column)) = place.line_column {
            properties.push(format!("line={line}"));
            properties.push(format!("col={column}"));
        }
    }
    properties.push(format!("title={}", escape_property(diagnostic.rule)));
    let mut message = diagnostic.message.clone();
    for more in diagnostic.help.iter().chain(&diagnostic.notes).chain(&terminal::variants_note(diagnostic)) {
        message += &format!("\n{more}");
    }
    format!("::{name} {}::{}\n", properties.join(","), escape(&message))
}

/// A message on one line, as workflow commands escape it.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::fingerprint::Finding;
    use crate::diagnostic::report::LeftOut;
    use crate::source::{Sources, Span};

    fn commands(diagnostics: Vec<Diagnostic>, sources: &Sources) -> String {
        let findings = Finding::all(diagnostics, sources);
        let left_out = LeftOut::default();
        let report = Report { findings: &findings, sources, rules: &[], prefix: "a/", scope: "", left_out };
        render(&report, "see the summary")
    }

    #[test]
    fn a_command_is_one_line_with_a_place() {
        let mut sources = Sources::default();
        let id = sources.add("content/a,b.md", "one\n[x](role:scribbe)\n");
        let diagnostic = Diagnostic::new("unknown-role", "no role is called `100%`")
            .at(Span::new(id, 8..20), "not defined")
            .help("did you mean `scribe`?");
        assert_eq!(
            commands(vec![diagnostic], &sources),
            "::error file=a/content/a%2Cb.md,line=2,col=5,title=unknown-role::no role is called `100%25`%0Adid you mean `scribe`?\n"
        );
    }

    #[test]
    fn what_the_platform_does_not_show_is_counted_in_one_of_ten_notices() {
        let many = |level, count: usize| {
            (0..count).map(move |n| Diagnostic { level, ..Diagnostic::new("broken-link", n.to_string()) })
        };
        let all = many(Level::Note, 10).chain(many(Level::Warning, 9)).chain(many(Level::Error, 12));
        let text = commands(all.collect(), &Sources::default());
        let starts = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((starts("::error "), starts("::warning "), starts("::notice ")), (10, 9, 10));
        assert!(text.ends_with("::3 findings more; see the summary\n"), "{text}");
        let text = commands(many(Level::Note, 10).collect(), &Sources::default());
        assert_eq!(text.lines().count(), 10);
    }
}
