//! Code with its parts marked by classes, which the theme colours.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use syntect::Error;
use syntect::html::{ClassStyle, line_tokens_to_classed_spans};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use crate::render::escape_html;

/// Loaded when the first code is met: most plans have none.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

thread_local! {
    /// What this thread has marked, by the language: a parser stays in its thread.
    static MARKED: RefCell<HashMap<String, Marked>> = RefCell::default();
}

/// More is shown without colours: marking takes time, and helps nobody in a dump.
const LONGEST: usize = 100_000;

/// More states of a parser than these are not told apart.
const MOST_STATES: usize = 200;

/// Code as HTML. A language that is not known has no marks.
pub fn highlight(language: &str, code: &str) -> String {
    if language.is_empty() || code.len() > LONGEST {
        return escape_html(code);
    }
    let Some(syntax) = SYNTAXES.find_syntax_by_token(language) else { return escape_html(code) };
    let marked = MARKED.with_borrow_mut(|marked| {
        marked.entry(syntax.name.clone()).or_insert_with(|| Marked::new(syntax)).code(code)
    });
    marked.unwrap_or_else(|_| escape_html(code))
}

/// The lines of one language that were marked. The same commands stand in many places and in every
/// variant, and to mark them costs more than all else that is done to a page.
struct Marked {
    /// How the lines before one can leave the parser; the first is how it begins
    states: Vec<State>,
}

struct State {
    parser: ParseState,
    scopes: ScopeStack,
    /// The lines that followed
    lines: HashMap<String, Line>,
}

#[derive(Clone)]
struct Line {
    html: Rc<str>,
    /// How many more spans are open after it, or fewer
    opened: isize,
    /// The number of the state it leaves
    then: usize,
}

impl Marked {
    fn new(syntax: &SyntaxReference) -> Marked {
        let (parser, scopes) = (ParseState::new(syntax), ScopeStack::new());
        Marked { states: vec![State { parser, scopes, lines: HashMap::new() }] }
    }

    fn code(&mut self, code: &str) -> Result<String, Error> {
        let (mut html, mut open, mut state) = (String::new(), 0, 0);
        for line in LinesWithEndings::from(code) {
            let line = self.line(state, line)?;
            html.push_str(&line.html);
            open += line.opened;
            state = line.then;
        }
        (0..open).for_each(|_| html.push_str("</span>"));
        Ok(html)
    }

    fn line(&mut self, state: usize, line: &str) -> Result<Line, Error> {
        let before = &self.states[state];
        if let Some(line) = before.lines.get(line) {
            return Ok(line.clone());
        }
        let (mut parser, mut scopes) = (before.parser.clone(), before.scopes.clone());
        let tokens = parser.parse_line(line, &SYNTAXES)?;
        let style = ClassStyle::SpacedPrefixed { prefix: "c-" };
        let (html, opened) = line_tokens_to_classed_spans(line, &tokens, style, &mut scopes)?;
        let same = |it: &State| it.parser == parser && it.scopes == scopes;
        let then = self.states.iter().take(MOST_STATES).position(same).unwrap_or(self.states.len());
        if then == self.states.len() {
            self.states.push(State { parser, scopes, lines: HashMap::new() });
        }
        let marked = Line { html: html.into(), opened, then };
        self.states[state].lines.insert(line.to_string(), marked.clone());
        Ok(marked)
    }
}

#[cfg(test)]
mod tests {
    use super::highlight;

    #[test]
    fn known_languages_have_marks_and_others_are_plain() {
        assert!(highlight("bash", "echo \"$HOME\" # home\n").contains("c-comment"));
        assert!(highlight("powershell", "Get-Process | Stop-Process\n").contains("<span"));
        assert_eq!(highlight("no-such-language", "a < b"), "a &lt; b");
    }

    #[test]
    fn a_line_is_marked_by_what_is_before_it() {
        let comment = "/* one\ntwo */\n";
        let marked = highlight("c", comment);
        assert_eq!(highlight("c", comment), marked);
        assert!(!highlight("c", "two */\n").contains("c-comment"), "known as a comment's line only");
        assert_eq!(marked.matches("<span").count(), marked.matches("</span>").count());
    }
}
