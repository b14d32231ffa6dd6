//! Durations written out by hand, each with the words around it.

use std::ops::Range;

use crate::check::severity_table_mismatch::Outline;
use crate::plan::prose::{Mark, RunKind, THING};
use crate::plan::wording::{has_any, spaced, stem};
use crate::plan::{PlanPage, Run, prose};
use crate::source::{Sources, Span};
use crate::syntax::{DurationRange, Stated, stated};

/// A duration in a sentence, cell or value.
#[derive(Debug, Clone)]
pub(in crate::check) struct Statement {
    /// Where it is written
    pub(in crate::check) place: Span,
    /// Whether exactly its words stand there, so that others can be put in their place
    pub(in crate::check) is_exact: bool,
    /// What it says
    pub(in crate::check) value: DurationRange,
    /// Whether it says how often
    pub(in crate::check) repeats: bool,
    /// Its sentence in lower case, each word between spaces
    pub(in crate::check) sentence: String,
    /// The words before it in its sentence, likewise
    pub(in crate::check) before: String,
    /// The words, in order, and how near they are
    pub(in crate::check) words: Vec<(String, Nearness)>,
    /// How many of the words stand before it
    pub(in crate::check) position: usize,
    /// The timer a link in the sentence names
    pub(in crate::check) linked: Option<String>,
}

/// How near a word is to a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) enum Nearness {
    /// The heading, row or key above a text that says little itself
    Above,
    /// The question before it, or the answer after it
    Beside,
    /// The same sentence
    Sentence,
    /// The same clause
    Clause,
}

/// The statements of a page's text.
pub(in crate::check) fn of_text(page: &PlanPage, runs: &[Run], sources: &Sources) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut headings: Vec<(u8, &str)> = vec![(0, &page.title)];
    for run in runs {
        if let RunKind::Heading(level) = run.kind {
            headings.retain(|(above, _)| *above < level);
            headings.push((level, &run.text));
        }
        if matches!(run.kind, RunKind::Cell | RunKind::HeaderCell) || !may_state(&run.text) {
            continue;
        }
        let above = headings.last().map_or("", |(_, text)| text);
        read(run, above, sources, &mut found);
    }
    found
}

/// The statements in the tables of a page, but for those `skip` says are read otherwise.
pub(in crate::check) fn of_tables(
    outline: &Outline,
    sources: &Sources,
    skip: &dyn Fn(usize) -> bool,
) -> Vec<Statement> {
    let mut found = Vec::new();
    let wanted = outline.tables.iter().enumerate().filter(|(at, _)| !skip(*at));
    for (_, placed) in wanted {
        let rows = placed.it.rows();
        let header = rows.first().map_or(&[][..], |row| row);
        for row in rows.iter().skip(1) {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| may_state(&cell.text)) {
                let beside = if column > 0 { row.first().map_or("", |cell| &cell.text) } else { "" };
                let heading = header.get(column).map_or("", |cell| &cell.text);
                let above = format!("{heading}. {beside}");
                read(cell, &above, sources, &mut found);
            }
        }
    }
    found
}

/// The prose of a page's front matter that may state a duration, each with the key it stands under.
pub(in crate::check) fn values(page: &PlanPage) -> Vec<(String, Run)> {
    // What a record says of itself, and why something is as it is, contradicts no record.
    const OTHERS: [&str; 7] =
        ["timers.", "obligations.", "deviations.", "document.", "requires.", "terms.", "allow."];
    let mut found = prose::value_runs(page);
    found.retain(|(path, run)| may_state(&run.text) && !OTHERS.iter().any(|start| path.starts_with(start)));
    for (path, _) in &mut found {
        *path = path.rsplit('.').next().unwrap_or_default().replace('_', " ");
    }
    found
}

/// The statements in such values.
pub(in crate::check) fn of_values(values: &[(String, Run)], sources: &Sources) -> Vec<Statement> {
    let mut found = Vec::new();
    for (key, run) in values {
        read(run, key, sources, &mut found);
    }
    found
}

/// Whether a text may state a duration: a quick look before a long one. It has a unit's name, or
/// a figure with a letter after it that may be one.
pub(in crate::check) fn may_state(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize, word: &str| bytes[at..].starts_with(word.as_bytes());
    (0..bytes.len()).any(|at| match bytes[at] {
        b'0'..=b'9' => {
            let next = bytes[at + 1..].iter().find(|byte| **byte != b' ');
            next.is_some_and(|byte| b"smhdwyxMHD".contains(byte))
        }
        b'm' => begins(at, "minute") || begins(at, "month"),
        b'h' | b'H' => begins(at + 1, "our"),
        b'd' => begins(at, "day") || begins(at, "daily"),
        b'D' => begins(at, "Daily"),
        b'w' | b'W' => begins(at + 1, "eek"),
        b'y' => begins(at, "year"),
        b's' => begins(at, "seconds"),
        b'n' => begins(at, "nightly"),
        b'q' => begins(at, "quarterly"),
        b'a' => begins(at, "annually"),
        _ => false,
    })
}

fn read(run: &Run, above: &str, sources: &Sources, found: &mut Vec<Statement>) {
    let all = stated(&run.text);
    if all.is_empty() {
        return;
    }
    let sentences = run.sentences();
    for (index, sentence) in sentences.iter().enumerate() {
        let inside =
            |stated: &&Stated| sentence.start <= stated.range.start && stated.range.end <= sentence.end;
        for stated in all.iter().filter(inside) {
            let range = stated.range.clone();
            if !run.is_by_hand(range.clone(), sources)
                || run.has_code(range.clone())
                || is_quoted(&run.text, &range)
                || is_of_the_past(&run.text, sentence, &range)
            {
                continue;
            }
            let (words, position) = words_around(run, &sentences, index, &range, above);
            found.push(Statement {
                place: run.span(range.clone(), sources),
                is_exact: run.is_written(range.clone(), sources),
                value: stated.value,
                repeats: stated.repeats,
                sentence: spaced(&run.text[sentence.clone()]),
                before: spaced(&run.text[sentence.start..range.start]),
                words,
                position,
                linked: linked_timer(run, sentence),
            });
        }
    }
}

/// Whether a range stands between quotation marks.
fn is_quoted(text: &str, range: &Range<usize>) -> bool {
    let before = &text[..range.start];
    let straight = before.matches('"').count() % 2 == 1 && text[range.end..].contains('"');
    let curly = before.rfind('“').is_some_and(|open| !before[open..].contains('”'));
    straight || curly
}

/// Whether a sentence tells what was, or a duration is no deadline: `2 hours ago`, `30 days of
/// logs`, `the last 24 hours`.
fn is_of_the_past(text: &str, sentence: &Range<usize>, range: &Range<usize>) -> bool {
    const PAST: [&str; 12] = [
        "took",
        "lasted",
        "waited",
        "used to",
        "formerly",
        "previously",
        "ago",
        "spent",
        "in the past",
        "last year",
        "last time",
        "until now",
    ];
    let whole = spaced(&text[sentence.clone()]);
    let before = spaced(&text[sentence.start..range.start]);
    let after = spaced(&text[range.end..sentence.end]);
    let tail: Vec<&str> = before.split_whitespace().rev().take(3).collect();
    let next = after.split_whitespace().next().unwrap_or_default();
    let has_year = whole.split_whitespace().any(|word| {
        word.len() == 4 && (word.starts_with("19") || word.starts_with("20")) && word.parse::<u32>().is_ok()
    });
    let is_deadline = has_any(&before, &["within", "after", "in", "than", "most", "for"]);
    // What "took place" is asked for, not told.
    has_any(&whole.replace(" took place ", " "), &PAST)
        || has_year
        || tail.iter().any(|word| ["was", "were", "last", "past", "previous"].contains(word))
        || ["ago", "old", "before", "earlier", "prior"].contains(&next)
        || (next == "of" && !is_deadline)
}

/// The timer that a link in a sentence names.
fn linked_timer(run: &Run, sentence: &Range<usize>) -> Option<String> {
    run.marks.iter().find_map(|(range, mark)| match mark {
        Mark::Link(target) if sentence.start <= range.start && range.end <= sentence.end => {
            target.strip_prefix("timer:").map(str::to_string)
        }
        _ => None,
    })
}

/// The words around a duration, and how many of them stand before it.
fn words_around(
    run: &Run,
    sentences: &[Range<usize>],
    index: usize,
    duration: &Range<usize>,
    above: &str,
) -> (Vec<(String, Nearness)>, usize) {
    let sentence = &sentences[index];
    let clause = clause(&run.text, sentence, duration);
    let mut words = Vec::new();
    let own = words_of(run, sentence);
    if own.iter().filter(|(range, word)| !is_idle(word) && !overlaps(range, duration)).count() <= 2 {
        words.extend(prose_words(above).into_iter().map(|word| (word, Nearness::Above)));
    }
    let asks = |range: &Range<usize>| run.text[range.clone()].ends_with('?');
    let first = own.first().map_or("", |(_, word)| word);
    let goes_on = ["that", "this", "it", "thi", "non", "after", "then"].contains(&first);
    let mut beside = |range: Option<&Range<usize>>| {
        let found = range.map(|range| words_of(run, range)).unwrap_or_default();
        words.extend(found.into_iter().map(|(_, word)| (word, Nearness::Beside)));
    };
    let before = index.checked_sub(1).and_then(|at| sentences.get(at));
    beside(before.filter(|range| goes_on || asks(range)));
    beside(sentences.get(index + 1).filter(|_| asks(sentence)));
    // Where the clause is an order of its own, the rest of the sentence is about something else.
    let depends = depends(&run.text[clause.clone()]);
    let mut position = words.len();
    for (range, word) in own {
        let in_clause = clause.start <= range.start && range.end <= clause.end;
        if overlaps(&range, duration) || !(in_clause || depends) {
            continue;
        }
        position += usize::from(range.start < duration.start);
        words.push((word, if in_clause { Nearness::Clause } else { Nearness::Sentence }));
    }
    (words, position)
}

/// Whether a clause says when or on which condition, and something else says what.
fn depends(clause: &str) -> bool {
    const STARTS: [&str; 30] = [
        "within",
        "after",
        "in",
        "for",
        "no",
        "not",
        "at",
        "every",
        "each",
        "up",
        "under",
        "less",
        "by",
        "if",
        "when",
        "where",
        "once",
        "as",
        "until",
        "while",
        "will",
        "should",
        "unless",
        "because",
        "since",
        "or",
        "more",
        "longer",
        "whichever",
        "that",
    ];
    let words = spaced(clause);
    let mut words = words.split_whitespace();
    words
        .next()
        .is_none_or(|first| STARTS.contains(&first) || first.starts_with(|c: char| c.is_ascii_digit()))
}

/// The part of a sentence between signs that holds a duration.
fn clause(text: &str, sentence: &Range<usize>, duration: &Range<usize>) -> Range<usize> {
    const SIGNS: [char; 8] = [',', ';', ':', '—', '–', '(', ')', '?'];
    let start =
        text[sentence.start..duration.start].rfind(SIGNS).map_or(sentence.start, |at| sentence.start + at);
    let end = text[duration.end..sentence.end].find(SIGNS).map_or(sentence.end, |at| duration.end + at);
    start..end
}

/// The words of a part of a run, as they are compared. A link to a thing gives the words of the
/// thing's id.
fn words_of(run: &Run, part: &Range<usize>) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = crate::plan::wording::stems(&run.text[part.clone()])
        .into_iter()
        .map(|(range, word)| (part.start + range.start..part.start + range.end, word))
        .collect();
    for (range, mark) in &run.marks {
        let Mark::Link(target) = mark else { continue };
        let is_thing = run.text[range.clone()].chars().eq([THING]);
        if let Some((_, id)) = target.split_once(':')
            && is_thing
            && part.start <= range.start
            && range.end <= part.end
        {
            found.extend(id.split(['-', '_']).map(|word| (range.clone(), stem(word))));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

fn prose_words(text: &str) -> Vec<String> {
    crate::plan::wording::stems(text).into_iter().map(|(_, word)| word).collect()
}

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Whether a word says nothing of what a sentence is about.
pub(in crate::check) fn is_idle(stem: &str) -> bool {
    const IDLE: [&str; 62] = [
        "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "from", "with",
        "without", "as", "is", "are", "be", "it", "its", "this", "thi", "that", "these", "those", "than",
        "then", "not", "no", "more", "most", "least", "less", "long", "longer", "within", "after", "before",
        "until", "you", "your", "we", "they", "them", "who", "whoever", "if", "when", "may", "must",
        "should", "will", "can", "take", "have", "ha", "do", "up", "all", "another",
    ];
    IDLE.contains(&stem)
}

#[cfg(test)]
mod tests {
    use super::may_state;

    #[test]
    fn a_quick_look_lets_every_duration_through() {
        for text in [
            "within 15m",
            "24 h",
            "half an hour",
            "2x daily",
            "Daily",
            "two business days",
            "a week",
            "5 years",
        ] {
            assert!(may_state(text), "{text}");
        }
        for text in ["", "call the lead", "at 14:30", "in 2026", "SEV-2"] {
            assert!(!may_state(text), "{text}");
        }
    }
}
