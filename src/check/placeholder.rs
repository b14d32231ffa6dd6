//! `placeholder`: words that stand for something nobody has written yet, in an approved plan.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::check::signs::Signs;
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Run;
use crate::plan::prose::Mark;
use crate::source::Sources;

pub(super) const RULE: Rule = Rule {
    name: "placeholder",
    level: Level::Error,
    finds: "TODO, TBD, XXX, FIXME, YYYY-MM-DD, example.com, 555 numbers and the like, in an approved plan",
    explanation: "\
Why it matters
  Somebody meant to come back and did not. During an incident a reader calls a number that does
  not exist, or reads that the approval is still to be decided.

What to do
  Write what belongs there, or take the sentence out. A plan that is still being written has the
  status `draft`. What stands in code, such as the blanks of a message, is not looked at.
",
    look,
};

/// Words that stand for something missing, as they are written, in capitals.
const WORDS: [&str; 9] = ["TODO", "TBD", "TBC", "TBA", "XXX", "XXXX", "FIXME", "YYYY", "LOREM"];

/// Phrases that do, in lower case.
const PHRASES: [&str; 12] = [
    "need link here",
    "link here",
    "insert link",
    "lorem ipsum",
    "yyyy-mm-dd",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "coming soon",
    "to be determined",
    "to be decided",
    "to be confirmed",
    "to be defined",
];

/// Domains set aside for examples (RFC 2606, section 3).
const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// The middle of telephone numbers that nobody has.
const FICTION: &str = "555";

/// How blanks begin, in lower case, and the sign each ends with.
const BLANKS: [(&str, char); 4] = [("[insert ", ']'), ("[your ", ']'), ("<insert ", '>'), ("<your ", '>')];

/// One of these is in every text that has any of the above.
static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let blanks = BLANKS.iter().map(|(start, _)| *start);
    Signs::in_any_case(WORDS.into_iter().chain(PHRASES).chain(DOMAINS).chain([FICTION]).chain(blanks))
});

/// So many are told of one paragraph.
const MOST: usize = 10;

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let approved: HashSet<Reader> = binder
        .plans
        .iter()
        .filter(|plan| plan.document.status == "approved")
        .map(|plan| (&*plan.name, plan.edition))
        .collect();
    if approved.is_empty() {
        return;
    }
    for saying in binder.sayings() {
        let found = placeholders(saying.run).into_iter().take(MOST);
        for diagnostic in found.map(|found| diagnostic(found, saying.run, sources)) {
            for reader in saying.readers().filter(|reader| approved.contains(reader)) {
                findings.tell_in(reader, diagnostic.clone());
            }
        }
    }
}

fn diagnostic((range, what): (Range<usize>, String), run: &Run, sources: &Sources) -> Diagnostic {
    Diagnostic::new(RULE.name, format!("`{what}` stands for something nobody has written"))
        .at(run.span(range, sources), "in a plan that says it is approved")
        .help("write what belongs here, or take it out")
}

/// The placeholders in a run, each with its place and as it is to be named.
fn placeholders(run: &Run) -> Vec<(Range<usize>, String)> {
    let is_reserved_link =
        |mark: &Mark| matches!(mark, Mark::Link(to) if domain_of(to).is_some_and(is_reserved));
    if !SIGNS.is_match(&run.text) && !run.marks.iter().any(|(_, mark)| is_reserved_link(mark)) {
        return Vec::new();
    }
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let text = &run.text;
    let lower = text.to_ascii_lowercase();
    for word in run.words() {
        if WORDS.contains(&&text[word.clone()]) {
            found.push((word.clone(), text[word].to_string()));
        }
    }
    for at in starts_of_words(&lower) {
        let initial = lower.as_bytes()[at];
        let alike = PHRASES.iter().chain(&DOMAINS).filter(|phrase| phrase.as_bytes()[0] == initial);
        for phrase in alike.filter(|phrase| lower[at..].starts_with(**phrase)) {
            let range = at..at + phrase.len();
            let is_said = phrase.starts_with("to be") && !stands_for_a_value(&lower[..at]);
            if stands_alone(text, &range) && !is_said {
                found.push((range.clone(), text[range].to_string()));
            }
        }
    }
    found.extend(fictional_numbers(text).map(|range| (range.clone(), text[range].to_string())));
    found.extend(blanks(&lower).map(|range| (range.clone(), text[range].to_string())));
    found.retain(|(range, _)| !run.has_code(range.clone()));
    for (range, mark) in &run.marks {
        if let Mark::Link(target) = mark
            && let Some(domain) = domain_of(target).filter(|domain| is_reserved(domain))
            && !found.iter().any(|(other, _)| other.start < range.end && range.start < other.end)
        {
            found.push((range.clone(), domain.to_string()));
        }
    }
    // `YYYY` in `YYYY-MM-DD` is told with it.
    found.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
    let mut end = 0;
    found.retain(|(range, _)| {
        let is_new = end <= range.start;
        end = end.max(range.end);
        is_new
    });
    found
}

/// Where letters and figures follow something else.
fn starts_of_words(text: &str) -> impl Iterator<Item = usize> + '_ {
    let mut is_inside = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was_inside = std::mem::replace(&mut is_inside, c.is_alphanumeric());
        (is_inside && !was_inside).then_some(at)
    })
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric() && c != '-')
}

/// Whether "to be decided" after these words stands where a value should, as in "Owner: to be
/// decided", and is no part of a sentence, as in "has to be decided".
fn stands_for_a_value(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with([':', '(', '–', '—', '-', ',']) || before.ends_with(" still")
}

/// The domain of a web or mail address.
fn domain_of(target: &str) -> Option<&str> {
    let rest = match target.split_once("://") {
        Some((_, rest)) => rest,
        None => target.strip_prefix("mailto:")?,
    };
    let host = rest.split(['/', '?', '#']).next()?;
    host.rsplit('@').next()?.split(':').next()
}

fn is_reserved(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    DOMAINS.iter().any(|known| domain == *known || domain.ends_with(&format!(".{known}")))
}

/// Telephone numbers whose middle is 555: those of films.
fn fictional_numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(FICTION).filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + FICTION.len()..];
        let gap = rest.chars().next().filter(|c| matches!(c, '-' | '.' | ' ' | '\u{2011}' | '\u{a0}'))?;
        let digits = rest[gap.len_utf8()..].chars().take_while(char::is_ascii_digit).count();
        let end = at + 3 + gap.len_utf8() + 4;
        let whole = digits == 4 && before.is_none_or(|c| !c.is_alphanumeric());
        whole.then_some(at..end)
    })
}

/// Blanks such as `[insert name]` and `<your team>`, in a text in lower case.
fn blanks(lower: &str) -> impl Iterator<Item = Range<usize>> {
    BLANKS.iter().flat_map(move |(opening, close)| {
        lower.match_indices(opening).filter_map(move |(at, _)| {
            let end = lower[at..].find(*close)?;
            (end < 60).then_some(at..at + end + close.len_utf8())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn found(text: &str) -> Vec<String> {
        placeholders(&Run::of_value(text, Span::default())).into_iter().map(|(_, what)| what).collect()
    }

    #[test]
    fn what_nobody_has_written_yet_is_found() {
        for (text, what) in [
            ("TODO: ask legal", "TODO"),
            ("Approved on YYYY-MM-DD by", "YYYY-MM-DD"),
            ("write to security@example.com now", "example.com"),
            ("call +1 202 555-0143 now", "555-0143"),
            ("call (202) 555 0143", "555 0143"),
            ("see the form (need link here)", "need link here"),
            ("[Insert name of lead] decides", "[Insert name of lead]"),
            ("within TBD hours", "TBD"),
            ("Owner: to be decided", "to be decided"),
        ] {
            assert_eq!(found(text), [what], "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_it_are_not() {
        for text in [
            "the to-do list, and what to do",
            "counterexample.community is a site, and so is my-example.com-pany",
            "ticket 5551234, room 555, 1555-0143",
            "[insert]",
            "what has to be decided in the room",
            "Todo is the name of a list",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
