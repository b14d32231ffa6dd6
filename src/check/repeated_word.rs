//! `repeated-word`: a word that stands twice in a row.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Run;
use crate::plan::letters::each_word;
use crate::source::{Sources, Span};

pub(super) const RULE: Rule = Rule {
    name: "repeated-word",
    level: Level::Warning,
    finds: "a word that stands twice in a row, also where a value brings the second one",
    explanation: "\
Why it matters
  It is a slip of somebody's pen, and readers stumble over it. Where a value such as
  `{{ organization.team }}` already ends with the word after it, only some variants show it.

What to do
  Take one of the two out. What stands in code is not looked at.
",
    look,
};

/// Words that rightly stand twice: "what it had had", "a no no".
const TWICE: [&str; 8] = ["had", "that", "very", "no", "so", "ha", "bye", "blah"];

/// So many are told of one paragraph: what repeats a word more often is no slip.
const MOST: usize = 10;

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for saying in binder.sayings() {
        for diagnostic in judge(saying.run, sources).into_iter().take(MOST) {
            findings.tell_of_saying(&saying, diagnostic);
        }
    }
}

fn judge(run: &Run, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let letters = run.text.as_bytes();
    let mut words = each_word(&run.text);
    let Some(mut next) = words.next() else { return found };
    for second in words {
        let first = std::mem::replace(&mut next, second.clone());
        // Nearly all words begin with other letters than the one before.
        let (one, other) = (letters[first.start], letters[second.start]);
        if one.is_ascii() && other.is_ascii() && !one.eq_ignore_ascii_case(&other) {
            continue;
        }
        let word = &run.text[second.clone()];
        if !is_same(&run.text[first.clone()], word) {
            continue;
        }
        let apart = &run.text[first.end..second.start];
        // "A b. B c" begins a sentence; "Duran Duran" is a name.
        let is_slip = apart.chars().all(char::is_whitespace)
            && word.chars().all(char::is_alphabetic)
            && word.chars().count() > 1
            && !(word.starts_with(char::is_uppercase)
                && run.text[first.clone()].starts_with(char::is_uppercase))
            && !TWICE.contains(&word.to_lowercase().as_str());
        if !is_slip || run.has_code(first.start..second.end) {
            continue;
        }
        let diagnostic = Diagnostic::new(RULE.name, format!("`{word}` stands twice in a row"))
            .at(run.span(first.start..second.end, sources), "once is enough")
            .help("take one of the two out");
        let both = first.start..second.end;
        found.push(if run.is_written(both.clone(), sources) {
            let place = run.span(both, sources);
            diagnostic.fix(Span { start: place.start + first.len() as u32, ..place }, "")
        } else {
            diagnostic
        });
    }
    found
}

/// Whether two words are one, whatever the case of their letters.
fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}
