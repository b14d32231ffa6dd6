//! Code with its parts marked by classes, which the theme colours.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

use crate::render::escape_html;

/// Loaded when the first code is met: most plans have none.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
/// The same code stands in many variants.
static DONE: LazyLock<Mutex<HashMap<Code, Arc<str>>>> = LazyLock::new(Mutex::default);

/// A language, and a text in it.
type Code = (String, String);

/// More is shown without colours: marking takes time, and helps nobody in a dump.
const LONGEST: usize = 100_000;

/// Code as HTML. A language that is not known has no marks.
pub fn highlight(language: &str, code: &str) -> Arc<str> {
    if language.is_empty() || code.len() > LONGEST {
        return escape_html(code).into();
    }
    let key = (language.to_string(), code.to_string());
    let done = || DONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(html) = done().get(&key) {
        return html.clone();
    }
    let html: Arc<str> = mark(language, code).unwrap_or_else(|| escape_html(code)).into();
    done().insert(key, html.clone());
    html
}

fn mark(language: &str, code: &str) -> Option<String> {
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    let style = ClassStyle::SpacedPrefixed { prefix: "c-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &SYNTAXES, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

#[cfg(test)]
mod tests {
    use super::highlight;

    #[test]
    fn known_languages_have_marks_and_others_are_plain() {
        assert!(highlight("bash", "echo \"$HOME\" # home\n").contains("c-comment"));
        assert!(highlight("powershell", "Get-Process | Stop-Process\n").contains("<span"));
        assert_eq!(&*highlight("no-such-language", "a < b"), "a &lt; b");
    }
}
