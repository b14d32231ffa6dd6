//! `duplicate-section`: two texts that are nearly the same and have begun to differ.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Mark, Run, RunKind, THING, block_runs};
use crate::plan::words;
use crate::source::{Sources, Span};
use crate::syntax::Section;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-section",
    level: Level::Note,
    finds: "two sections or paragraphs of a variant that are nearly the same, and not quite",
    explanation: "\
Why it matters
  A text that stands twice is mended once. From then on there are two answers to one question,
  and nobody knows which was meant.

What it reads
  Sections and paragraphs of 40 words or more, of which at least 85 in 100 are the same in the
  same order. Two that are entirely the same have not drifted, and are not told.

What to do
  Keep one of the two, and link to it from the other place.
",
    look,
};

/// Shorter texts are alike by chance.
const FEWEST_WORDS: usize = 40;
/// So many words of a hundred are the same.
const ALIKE: usize = 85;
/// So many words in a row are looked up together.
const ROW: usize = 4;
/// One row in so many is looked up, by its hash: texts that are alike share many.
const SAMPLE: u64 = 4;
/// A row that stands in more texts than this is a phrase, and says nothing about any two of them.
const PHRASE: usize = 12;

/// A section or a paragraph, and the plans that have it.
struct Text {
    place: Span,
    /// The page and the section
    of: (String, String),
    is_section: bool,
    words: Vec<String>,
    plans: HashSet<usize>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let texts = texts(binder);
    let mut told: HashSet<(Span, Span)> = HashSet::new();
    // Sections come before the paragraphs in them.
    for (one, other) in candidates(&texts) {
        let (one, other) = (&texts[one], &texts[other]);
        let shared: Vec<usize> = {
            let mut shared: Vec<usize> = one.plans.intersection(&other.plans).copied().collect();
            shared.sort_unstable();
            shared
        };
        let is_same_place = one.of == other.of || one.place == other.place;
        let is_told = told.iter().any(|(a, b)| holds(*a, one.place) && holds(*b, other.place));
        if shared.is_empty() || is_same_place || is_told {
            continue;
        }
        let Some(difference) = difference(&one.words, &other.words) else { continue };
        told.insert((one.place, other.place));
        let what = if one.is_section { "sections" } else { "paragraphs" };
        let diagnostic = Diagnostic::new(RULE.name, format!("two {what} are nearly the same: {difference}"))
            .at(other.place, "this one")
            .and(one.place, "and this one")
            .help("keep one, and link to it from the other place");
        for plan in shared {
            findings.tell_in((&binder.plans[plan].name, binder.plans[plan].edition), diagnostic.clone());
        }
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.end <= outer.end
}

/// The long sections of all pages, then their long paragraphs; one that several texts share once.
fn texts(binder: &Binder) -> Vec<Text> {
    let sources = &binder.project.sources;
    let mut found: BTreeMap<(bool, Span), Text> = BTreeMap::new();
    for text in &binder.texts {
        let plans: Vec<usize> = text.readers.iter().map(|(_, plan, _)| *plan).collect();
        let path = &text.page.path;
        let mut add = |place: Span, section: &str, is_section: bool, words: &dyn Fn() -> Vec<String>| {
            if let Some(known) = found.get_mut(&(!is_section, place)) {
                known.plans.extend(&plans);
                return;
            }
            let words = words();
            if words.len() >= FEWEST_WORDS {
                let of = (path.to_string(), section.to_string());
                let plans = plans.iter().copied().collect();
                found.insert((!is_section, place), Text { place, of, is_section, words, plans });
            }
        };
        text.page.body.walk(&mut |section| {
            let place = section_place(section);
            add(place, &section.id, true, &|| words_of(section, sources));
        });
        for run in text.runs.iter().filter(|run| run.kind == RunKind::Paragraph && may_be_long(run)) {
            let place = run.span(0..run.text.len(), sources);
            add(place, &format!("{}", place.start), false, &|| words_of_run(run));
        }
    }
    found.into_values().collect()
}

/// The heading, and the text under it that stands in the same file.
fn section_place(section: &Section) -> Span {
    let mut place = section.span;
    for block in section.blocks() {
        let span = block.span();
        if span.source == place.source {
            place.end = place.end.max(span.end);
        }
    }
    place
}

fn words_of(section: &Section, sources: &Sources) -> Vec<String> {
    let mut runs = Vec::new();
    section.parts.iter().for_each(|part| block_runs(part, sources, &mut runs));
    // A table that a template prints is written once, wherever it stands.
    let is_printed = |run: &&Run| {
        matches!(run.kind, RunKind::Cell | RunKind::HeaderCell) && !run.is_by_hand(0..run.text.len(), sources)
    };
    runs.iter().filter(|run| !is_printed(run)).flat_map(words_of_run).collect()
}

/// Whether a run may have as many words as are looked at: a quick look before a long one.
fn may_be_long(run: &Run) -> bool {
    run.text.len() >= 2 * FEWEST_WORDS - 1 || run.text.contains(THING)
}

/// The words of a run; a link without words of its own is what it leads to.
fn words_of_run(run: &Run) -> Vec<String> {
    let mut text = run.text.clone();
    for (range, mark) in run.marks.iter().rev() {
        if let (Mark::Link(target), true) = (mark, run.text[range.clone()].starts_with(THING)) {
            text.insert_str(range.start, &format!(" {target} "));
        }
    }
    words::lower(&text)
}

/// Pairs of texts that share enough rows of words to be alike, in order.
fn candidates(texts: &[Text]) -> Vec<(usize, usize)> {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let rows: HashSet<u64> = rows(&text.words).into_iter().collect();
        counts.push(rows.len());
        for row in rows {
            places.entry(row).or_default().push(index);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for texts_of_row in places.values().filter(|texts| (2..=PHRASE).contains(&texts.len())) {
        for (at, one) in texts_of_row.iter().enumerate() {
            for other in &texts_of_row[at + 1..] {
                *shared.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let enough = |(one, other): &(usize, usize), shared: usize| {
        let (a, b) = (&texts[*one], &texts[*other]);
        a.is_section == b.is_section && shared * 4 >= counts[*one].min(counts[*other]).max(1)
    };
    shared.into_iter().filter(|(pair, shared)| enough(pair, *shared)).map(|(pair, _)| pair).collect()
}

/// The sampled rows of some words, by hash.
fn rows(words: &[String]) -> Vec<u64> {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    // FNV-1a: the words are short, and nobody gains by making two rows alike.
    let hash = |word: &String| {
        word.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        })
    };
    let hashes: Vec<u64> = words.iter().map(hash).collect();
    let row =
        |row: &[u64]| row.iter().fold(0u64, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(SPREAD));
    // The upper bits are the better mixed ones.
    hashes.windows(ROW).map(row).filter(|hash| (hash >> 32).is_multiple_of(SAMPLE)).collect()
}

/// What differs between two texts that are nearly the same; `None` where they are the same, or
/// too different.
fn difference(one: &[String], other: &[String]) -> Option<String> {
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    if one == other || short * 100 < long * ALIKE {
        return None;
    }
    let same = longest_common(one, other);
    if same * 100 < long * ALIKE {
        return None;
    }
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let rest = short - start;
    let end = one.iter().rev().zip(other.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let part = |words: &[String]| {
        let words = &words[start..words.len() - end];
        match words.len() {
            0 => "nothing".to_string(),
            1..=6 => format!("\"{}\"", words.join(" ")),
            _ => format!("\"{} …\"", words[..6].join(" ")),
        }
    };
    Some(format!("{} there, {} here", part(one), part(other)))
}

/// How many words two texts have in common, in order.
fn longest_common(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0usize; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (at, candidate) in other.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word == candidate { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_said() {
        let text = |words: &str| -> Vec<String> { words.split(' ').map(str::to_string).collect() };
        let one = text("a b c d e f g h i j k l m n o p q r s t");
        let other = text("a b c d e X g h i j k l m n o p q r s t");
        assert_eq!(difference(&one, &other).as_deref(), Some("\"f\" there, \"X\" here"));
        assert_eq!(difference(&one, &one), None);
        assert_eq!(difference(&one, &one[..10]), None);
        assert_eq!(longest_common(&one, &other), 19);
    }
}
