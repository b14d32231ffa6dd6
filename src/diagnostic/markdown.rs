//! Diagnostics as markdown, for a comment on a change or the summary of a job.

use crate::diagnostic::report::{Report, number};
use crate::diagnostic::{Diagnostic, Level, terminal};

/// Comments of code hosts end at 65,536 characters: what does not fit is counted.
const LARGEST: usize = 60_000;

/// A heading with the counts, and a table for each level.
pub fn render(report: &Report) -> String {
    let mut text = format!("### redbinder: {}\n", report.outcome());
    if !report.scope.is_empty() {
        text += &format!("\nChecked {}.\n", report.scope);
    }
    let mut left = 0;
    for level in [Level::Error, Level::Warning, Level::Note] {
        let rows: Vec<String> = report.of_level(level).map(|diagnostic| row(report, diagnostic)).collect();
        if rows.is_empty() {
            continue;
        }
        let mut table = format!("\n#### {}\n\n", capital(&number(rows.len(), level.name())));
        table += "| where | what is wrong | what to do |\n|---|---|---|\n";
        let mut shown = 0;
        for row in &rows {
            if text.len() + table.len() + row.len() > LARGEST {
                break;
            }
            table += row;
            shown += 1;
        }
        left += rows.len() - shown;
        if shown > 0 {
            text += &table;
        }
    }
    if left > 0 {
        text += &format!("\n{} more: `redbinder check` tells them all.\n", number(left, "finding"));
    }
    text
}

fn row(report: &Report, diagnostic: &Diagnostic) -> String {
    let place = report.place(diagnostic).map(|place| code(&place.to_string())).unwrap_or_default();
    let mut wrong = format!("{}<br>{}", inline(&diagnostic.message), code(diagnostic.rule));
    for label in diagnostic.labels.iter().filter(|label| Some(label.span) != diagnostic.span()) {
        let (line, _) = report.sources.get(label.span.source).line_column(label.span.start);
        let place = code(&format!("{}:{line}", report.file_of(label.span)));
        wrong += &format!("<br>{place}: {}", inline(&label.text));
    }
    let mut cure = Vec::new();
    cure.extend(diagnostic.help.as_deref().map(inline));
    cure.extend(diagnostic.notes.iter().map(|note| inline(note)));
    cure.extend(terminal::variants_note(diagnostic).map(|note| format!("<sub>{}</sub>", inline(&note))));
    format!("| {place} | {wrong} | {} |\n", cure.join("<br>"))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A message as markdown in a cell of a table: what it has in backticks is code, and everything
/// else is text, whatever an author wrote.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    // A backtick in a name, or two names without a word between them: no pair can be trusted.
    let paired = parts.len() % 2 == 1
        && parts.iter().enumerate().all(|(at, part)| at == 0 || at == last || !part.is_empty());
    if !paired {
        return plain(text);
    }
    let parts = parts.iter().enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { plain(part) }).collect()
}

/// Text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text as code: nothing in it is markup but the bar, which would end the cell.
fn code(text: &str) -> String {
    if text.contains('`') || text.trim().is_empty() {
        return plain(text);
    }
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("`{}`", text.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::fingerprint::Finding;
    use crate::diagnostic::report::LeftOut;
    use crate::source::{Sources, Span};

    fn report(diagnostics: Vec<Diagnostic>, sources: &Sources, left_out: LeftOut) -> String {
        let findings = Finding::all(diagnostics, sources);
        let scope = "1 variant, 1 page";
        render(&Report { findings: &findings, sources, rules: &[], prefix: "plans/", scope, left_out })
    }

    #[test]
    fn findings_stand_in_tables_by_level() {
        let mut sources = Sources::default();
        let id = sources.add("content/a.md", "one\n[x](role:y)\n");
        let mut error = Diagnostic::new("unknown-role", "no role is called `y|<z>`")
            .at(Span::new(id, 8..14), "not defined")
            .and(Span::new(id, 0..3), "a *star*")
            .help("did you mean `scribe`?");
        error.variants = vec!["bixal".into()];
        let warning = Diagnostic {
            level: Level::Warning,
            ..Diagnostic::new("orphan-page", "a ` <b>|</b>").file("b.md")
        };
        assert_eq!(
            report(vec![warning, error], &sources, LeftOut { older: 1, known: 2 }),
            "\
### redbinder: 1 error, 1 warning; 1 older finding and 2 known findings left out

Checked 1 variant, 1 page.

#### 1 error

| where | what is wrong | what to do |
|---|---|---|
| `plans/content/a.md:2` | no role is called `y\\|<z>`<br>`unknown-role`<br>`plans/content/a.md:1`: a \\*star\\* | did you mean `scribe`?<br><sub>in the variant bixal</sub> |

#### 1 warning

| where | what is wrong | what to do |
|---|---|---|
| `plans/b.md` | a \\` &lt;b&gt;\\|&lt;/b&gt;<br>`orphan-page` |  |
"
        );
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let many = (0..2000).map(|n| Diagnostic::new("broken-link", format!("there is no page {n} here")));
        let text = report(many.collect(), &Sources::default(), LeftOut::default());
        assert!(text.len() < 65_536, "{} bytes", text.len());
        let rows = text.lines().filter(|line| line.starts_with("|  | there is no page")).count();
        let more = text.lines().last().unwrap_or_default();
        assert_eq!(more, format!("{} findings more: `redbinder check` tells them all.", 2000 - rows));
    }

    #[test]
    fn nothing_wrong_is_said() {
        let text = report(Vec::new(), &Sources::default(), LeftOut::default());
        assert_eq!(text, "### redbinder: nothing wrong\n\nChecked 1 variant, 1 page.\n");
    }
}
