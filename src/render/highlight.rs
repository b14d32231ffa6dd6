//! Code with its parts marked by classes, which the theme colours.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use syntect::Error;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use crate::render::escape_html;
use crate::theme::write_escaped;

/// Loaded when the first code is met: most plans have none.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

thread_local! {
    /// What this thread has marked, by the language: a parser stays in its thread.
    static MARKED: RefCell<HashMap<String, Marked>> = RefCell::default();
}

/// What is told apart, by the first part of its scope's name in the grammars, with its class. The finer
/// differences of the grammars would be most of the bytes of a page, and no theme shows them all.
static PARTS: LazyLock<Vec<(Scope, &str)>> = LazyLock::new(|| {
    let parts = [
        ("comment", "c-comment"),
        ("constant", "c-constant"),
        ("entity", "c-entity"),
        ("keyword", "c-keyword"),
        ("storage", "c-storage"),
        ("string", "c-string"),
        ("support", "c-support"),
        ("variable", "c-variable"),
    ];
    parts.into_iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, class))).collect()
});

/// More is shown without colours: marking takes time, and helps nobody in a dump.
const LONGEST: usize = 100_000;

/// From a longer line on, code is shown without colours, in bytes.
const LONGEST_LINE: usize = 300;
/// The same of a stretch of blanks, or of one sign.
const LONGEST_STRETCH: usize = 80;
/// The same of a stretch of letters and figures: the longest sums of a file have 128.
const LONGEST_WORD: usize = 140;

/// Grammars that do not come to an end with every text, or hardly.
const ENDLESS: [&str; 3] = ["JavaScript (Rails)", "Svelte", "SystemVerilog"];

/// A state is looked for among so many; what comes after them is taken for new, so that code with a state
/// for each line is not held against all of them.
const MOST_STATES: usize = 200;

/// So many bytes of lines are kept for a language in each thread: a preview that is open for weeks sees all
/// that was ever typed.
const MOST_KEPT: usize = 16_000_000;

/// What a state takes besides its lines, in bytes, about.
const STATE: usize = 1_000;

/// Code as HTML. A language that is not known has no marks.
pub fn highlight(language: &str, code: &str) -> String {
    if language.is_empty() || code.len() > LONGEST {
        return escape_html(code);
    }
    let Some(syntax) = grammar(language) else { return escape_html(code) };
    let marked = MARKED.with_borrow_mut(|marked| {
        let marked = marked.entry(syntax.name.clone()).or_insert_with(|| Marked::new(syntax));
        marked.forget_more_than(MOST_KEPT);
        marked.code(code)
    });
    marked.unwrap_or_else(|_| escape_html(code))
}

/// The grammar of a language, where it comes to an end with every text.
fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let known = SYNTAXES.find_syntax_by_token(language)?;
    match &*known.name {
        // It has no end where a comment follows a name; the other one of the same language has.
        "JavaScript" => SYNTAXES.find_syntax_by_token("js"),
        name => (!ENDLESS.contains(&name)).then_some(known),
    }
}

/// Whether a line is one that people write. The parser takes the square of the length of a line, and the cube of
/// that of a stretch of one kind, such as blanks or the letters of a key.
fn is_fit(line: &str) -> bool {
    let kind = |byte: u8| match byte {
        b' ' | b'\t' => b' ',
        byte if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii() => b'a',
        byte => byte,
    };
    let mut stretches = line.as_bytes().chunk_by(|one, other| kind(*one) == kind(*other));
    line.len() <= LONGEST_LINE
        && stretches.all(|stretch| {
            let most = if kind(stretch[0]) == b'a' { LONGEST_WORD } else { LONGEST_STRETCH };
            stretch.len() <= most
        })
}

/// The lines of one language that were marked: the same commands stand in many places and in every
/// variant, and to mark a line takes longer than to find it here.
struct Marked {
    /// How the lines before one can leave the parser; the first is how it begins
    states: Vec<State>,
    /// The bytes of all of it, about
    kept: usize,
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
    /// The number of the state it leaves
    then: usize,
}

impl Marked {
    fn new(syntax: &SyntaxReference) -> Marked {
        let (parser, scopes) = (ParseState::new(syntax), ScopeStack::new());
        Marked { states: vec![State { parser, scopes, lines: HashMap::new() }], kept: 0 }
    }

    /// Begins anew where there is more than so many bytes.
    fn forget_more_than(&mut self, most: usize) {
        if self.kept > most {
            self.states.truncate(1);
            self.states[0].lines = HashMap::new();
            self.kept = 0;
        }
    }

    fn code(&mut self, code: &str) -> Result<String, Error> {
        let (mut html, mut state) = (String::new(), 0);
        let mut done = 0;
        for line in LinesWithEndings::from(code) {
            let Some(marked) = self.line(state, line)? else { break };
            done += line.len();
            html.push_str(&marked.html);
            state = marked.then;
        }
        // What a line leaves the parser in is known only where it was read.
        html.push_str(&escape_html(&code[done..]));
        Ok(html)
    }

    /// A line, marked; `None` where nobody writes one like it.
    fn line(&mut self, state: usize, line: &str) -> Result<Option<Line>, Error> {
        let before = &self.states[state];
        if let Some(line) = before.lines.get(line) {
            return Ok(Some(line.clone()));
        }
        if !is_fit(line) {
            return Ok(None);
        }
        let (mut parser, mut scopes) = (before.parser.clone(), before.scopes.clone());
        let tokens = parser.parse_line(line, &SYNTAXES)?;
        let html = spans(line, &tokens, &mut scopes)?;
        let same = |it: &State| it.parser == parser && it.scopes == scopes;
        let then = self.states.iter().take(MOST_STATES).position(same).unwrap_or(self.states.len());
        if then == self.states.len() {
            self.states.push(State { parser, scopes, lines: HashMap::new() });
            self.kept += STATE;
        }
        self.kept += line.len() + html.len();
        let marked = Line { html: html.into(), then };
        self.states[state].lines.insert(line.to_string(), marked.clone());
        Ok(Some(marked))
    }
}

/// A line as HTML: what belongs together is in one span, by the innermost scope that has a class.
fn spans(line: &str, tokens: &[(usize, ScopeStackOp)], scopes: &mut ScopeStack) -> Result<String, Error> {
    let mut html = String::with_capacity(2 * line.len());
    let mut open = None;
    let mut from = 0;
    for (to, change) in tokens.iter().map(|(to, change)| (*to, Some(change))).chain([(line.len(), None)]) {
        let text = &line[from..to];
        // A space has no colour.
        if !text.trim().is_empty() {
            let class = scopes.as_slice().iter().rev().find_map(|scope| class_of(*scope));
            if class != open {
                html.push_str(if open.is_some() { "</span>" } else { "" });
                html.extend(class.iter().flat_map(|class| ["<span class=\"", class, "\">"]));
                open = class;
            }
        }
        // Writing into memory does not fail.
        let _ = write_escaped(&mut html, text);
        from = to;
        change.map_or(Ok(()), |change| scopes.apply(change))?;
    }
    html.push_str(if open.is_some() { "</span>" } else { "" });
    Ok(html)
}

fn class_of(scope: Scope) -> Option<&'static str> {
    PARTS.iter().find(|(part, _)| part.is_prefix_of(scope)).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_languages_have_marks_and_others_are_plain() {
        assert_eq!(
            highlight("bash", "echo \"a $HOME\" # <home>\n"),
            "<span class=\"c-support\">echo </span><span class=\"c-string\">&quot;a $</span>\
             <span class=\"c-variable\">HOME</span><span class=\"c-string\">&quot; </span>\
             <span class=\"c-comment\"># &lt;home&gt;\n</span>"
        );
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

    /// Of each language that code may be in, and texts that grammars had no end with.
    #[test]
    fn marking_comes_to_an_end() {
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let texts = [
                "x /*",
                "x /* c */\n",
                "x = 1 /* hm\n*/\n",
                "obj.method /* a\n*/",
                "{x /* y}",
                "{#if x /* y",
                "a <!-- b",
            ];
            let syntaxes = SYNTAXES.syntaxes().iter();
            let names = syntaxes.flat_map(|it| it.file_extensions.iter().chain([&it.name]));
            for name in names.map(String::as_str).chain(["javascript", "svelte"]) {
                texts.iter().for_each(|text| drop(highlight(name, text)));
                highlight(name, "~~~javascript\nx /*\n~~~\n```js\nx /* c */\n```\n<script>x /* y</script>\n");
            }
            tell.send(())
        });
        told.recv_timeout(std::time::Duration::from_secs(240)).expect("an end");
        assert!(highlight("javascript", "let a = 1;\n").contains("<span"));
    }

    #[test]
    fn lines_that_nobody_writes_are_shown_as_they_are() {
        let short = "echo \"a\"\n";
        for line in [" ".repeat(81), "a".repeat(141), "{".repeat(81), "ab = ".repeat(61)] {
            let marked = highlight("bash", &format!("{short}{line}\n{short}"));
            assert!(marked.starts_with(&highlight("bash", short)), "{marked}");
            assert!(marked.ends_with(&escape_html(&format!("{line}\n{short}"))), "{marked}");
        }
        let fit = format!("echo \"{}\"\n", "a".repeat(140));
        assert!(highlight("bash", &format!("{short}{fit}")).ends_with("</span>"));
    }

    #[test]
    fn what_is_kept_has_a_bound_and_what_is_marked_again_is_the_same() {
        let syntax = SYNTAXES.find_syntax_by_token("bash").expect("a grammar");
        let mut marked = Marked::new(syntax);
        let block = |number: usize| format!("echo \"{number}\" <<END\n$A {number}\nEND\necho {number}\n");
        let first = marked.code(&block(0)).expect("marks");
        let of_one_block = marked.kept;
        for number in 1..100 {
            marked.forget_more_than(3 * of_one_block);
            marked.code(&block(number)).expect("marks");
            let lines: usize =
                marked.states.iter().flat_map(|state| state.lines.keys()).map(String::len).sum();
            assert!(
                marked.kept < 5 * of_one_block && lines < 5 * block(99).len(),
                "{number}: {}",
                marked.kept
            );
        }
        assert_eq!(marked.code(&block(0)).expect("marks"), first);
    }
}
