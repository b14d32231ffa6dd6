//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines.
//!
//! The platform shows ten errors and ten warnings of a step; the rest are counted in a notice.

use crate::diagnostic::{Diagnostic, Level};
use crate::source::Sources;

/// How many of a level the platform shows.
const SHOWN: usize = 10;

/// Diagnostics as `::error file=…,line=…::…`, the errors first.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut text = String::new();
    let mut left = 0;
    for level in [Level::Error, Level::Warning, Level::Note] {
        let of_level: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.level == level).collect();
        left += of_level.len().saturating_sub(SHOWN);
        for diagnostic in of_level.into_iter().take(SHOWN) {
            text += &command(diagnostic, sources);
        }
    }
    if left > 0 {
        text +=
            &format!("::notice title=redbinder::{left} more; the log of `redbinder check` has them all\n");
    }
    text
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let name = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.span() {
        let source = sources.get(span.source);
        let (line, column) = source.line_column(span.start);
        properties.push(format!("file={}", escape_property(&source.path)));
        properties.push(format!("line={line}"));
        properties.push(format!("col={column}"));
    } else if let Some(path) = &diagnostic.path {
        properties.push(format!("file={}", escape_property(path)));
    }
    properties.push(format!("title={}", escape_property(diagnostic.rule)));
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message += &format!("\n{help}");
    }
    if let Some(note) = crate::diagnostic::terminal::variants_note(diagnostic) {
        message += &format!("\n{note}");
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
    use crate::source::Span;

    #[test]
    fn a_command_is_one_line_with_a_place() {
        let mut sources = Sources::default();
        let id = sources.add("content/a,b.md", "one\n[x](role:scribbe)\n");
        let diagnostic = Diagnostic::new("unknown-role", "no role is called `100%`")
            .at(Span::new(id, 8..20), "not defined")
            .help("did you mean `scribe`?");
        assert_eq!(
            render(&[diagnostic], &sources),
            "::error file=content/a%2Cb.md,line=2,col=5,title=unknown-role::no role is called `100%25`%0Adid you mean `scribe`?\n"
        );
    }

    #[test]
    fn what_the_platform_does_not_show_is_counted() {
        let many: Vec<Diagnostic> = (0..12).map(|n| Diagnostic::new("broken-link", n.to_string())).collect();
        let text = render(&many, &Sources::default());
        assert_eq!(text.lines().count(), 11);
        assert!(text.ends_with("::2 more; the log of `redbinder check` has them all\n"));
    }
}
