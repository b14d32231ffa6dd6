//! The words around a duration, and how near they are to it.

use std::ops::Range;

use crate::plan::Run;
use crate::plan::letters::each_word;
use crate::plan::prose::{Mark, THING};
use crate::plan::wording::{Stem, stem, stems};
use crate::plan::words::lowered;

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

/// The words around a duration, and how many of them stand before it. `own` are those of its
/// sentence.
pub(super) fn words_around(
    run: &Run,
    sentences: &[Range<usize>],
    index: usize,
    own: &[(Range<usize>, Stem)],
    duration: &Range<usize>,
    above: &str,
) -> (Vec<(Stem, Nearness)>, usize) {
    const GOES_ON: [Stem; 7] = Stem::all(["that", "this", "it", "thi", "non", "after", "then"]);
    let sentence = &sentences[index];
    let clause = clause(&run.text, sentence, duration);
    let mut words = Vec::new();
    let mut telling = own.iter().filter(|(range, word)| !is_idle(*word) && !overlaps(range, duration));
    if telling.nth(2).is_none() {
        words.extend(stems(above).map(|(_, word)| (word, Nearness::Above)));
    }
    let asks = |range: &Range<usize>| run.text[range.clone()].ends_with('?');
    let goes_on = own.first().is_some_and(|(_, word)| GOES_ON.contains(word));
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
        if overlaps(range, duration) || !(in_clause || depends) {
            continue;
        }
        position += usize::from(range.start < duration.start);
        words.push((*word, if in_clause { Nearness::Clause } else { Nearness::Sentence }));
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
    let Some(word) = each_word(clause).next() else { return true };
    let first = lowered(clause[word].split('-').next().unwrap_or_default());
    STARTS.contains(&&*first) || first.starts_with(|c: char| c.is_ascii_digit())
}

/// The part of a sentence between signs that holds a duration.
fn clause(text: &str, sentence: &Range<usize>, duration: &Range<usize>) -> Range<usize> {
    let divides = |sign: char| matches!(sign, ',' | ';' | ':' | '—' | '–' | '(' | ')' | '?');
    let start =
        text[sentence.start..duration.start].rfind(divides).map_or(sentence.start, |at| sentence.start + at);
    let end = text[duration.end..sentence.end].find(divides).map_or(sentence.end, |at| duration.end + at);
    start..end
}

/// The words of a part of a run, as they are compared. A link to a thing gives the words of the
/// thing's id.
pub(super) fn words_of(run: &Run, part: &Range<usize>) -> Vec<(Range<usize>, Stem)> {
    let mut found: Vec<(Range<usize>, Stem)> = Vec::with_capacity(part.len() / 5);
    let words = stems(&run.text[part.clone()]);
    found.extend(words.map(|(range, word)| (part.start + range.start..part.start + range.end, word)));
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

fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Whether a word says nothing of what a sentence is about.
pub(in crate::check) fn is_idle(stem: Stem) -> bool {
    const IDLE: [Stem; 62] = Stem::all([
        "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "from", "with",
        "without", "as", "is", "are", "be", "it", "its", "this", "thi", "that", "these", "those", "than",
        "then", "not", "no", "more", "most", "least", "less", "long", "longer", "within", "after", "before",
        "until", "you", "your", "we", "they", "them", "who", "whoever", "if", "when", "may", "must",
        "should", "will", "can", "take", "have", "ha", "do", "up", "all", "another",
    ]);
    IDLE.contains(&stem)
}
