//! `duplicate-section`: two texts that are nearly the same and have begun to differ.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::check::binder::Words;
use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Mark, Run, RunKind, THING};
use crate::plan::{letters, wording, words};
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

/// Spreads what a hash is made of over its bits: 2⁶⁴ by the golden ratio.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A long section or paragraph of a text.
#[derive(Debug)]
pub(super) struct Long {
    place: Span,
    /// The section's id, or where the paragraph starts
    of: (Box<str>, u32),
    is_section: bool,
    /// Its runs, by their numbers in the text
    runs: Vec<usize>,
    /// Its rows of words that are looked up, each once, by 30 bits of their hashes: texts that share none share
    /// hardly ever one in four of these
    rows: Vec<u32>,
}

/// A long section or paragraph, and the plans that have it.
struct Text<'b> {
    /// The page
    path: &'b str,
    it: &'b Long,
    words: &'b Words,
    plans: BTreeSet<usize>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let texts = texts(binder);
    let mut told: HashSet<(Span, Span)> = HashSet::new();
    // Sections come before the paragraphs in them.
    for (one, other) in candidates(&texts) {
        let (one, other) = (&texts[one], &texts[other]);
        let shared: Vec<usize> = one.plans.intersection(&other.plans).copied().collect();
        let (place, of_other) = (one.it.place, other.it.place);
        let is_same_place = (one.path, &one.it.of) == (other.path, &other.it.of) || place == of_other;
        let is_told = told.iter().any(|(a, b)| holds(*a, place) && holds(*b, of_other));
        if shared.is_empty() || is_same_place || is_told {
            continue;
        }
        let Some(difference) = difference(&one.words(sources), &other.words(sources)) else { continue };
        told.insert((place, of_other));
        let what = if one.it.is_section { "sections" } else { "paragraphs" };
        let diagnostic = Diagnostic::new(RULE.name, format!("two {what} are nearly the same: {difference}"))
            .at(of_other, "this one")
            .and(place, "and this one")
            .help("keep one, and link to it from the other place");
        for plan in shared {
            findings.tell_in((&binder.plans[plan].name, binder.plans[plan].edition), diagnostic.clone());
        }
    }
}

impl Text<'_> {
    fn words(&self, sources: &Sources) -> Vec<String> {
        let runs = self.it.runs.iter().map(|at| &self.words.runs[*at]);
        let runs = runs.filter(|run| !is_printed(run, sources));
        runs.flat_map(|run| words::lower(&with_targets(run))).collect()
    }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.end <= outer.end
}

/// The long sections of all pages, then their long paragraphs; one that several texts share once.
fn texts<'b>(binder: &'b Binder) -> Vec<Text<'b>> {
    let sources = &binder.project.sources;
    let of_texts: Vec<&Vec<Long>> =
        binder.texts.par_iter().map(|text| text.words.long.get_or_init(|| of_text(text, sources))).collect();
    let mut found: BTreeMap<(bool, Span), Text> = BTreeMap::new();
    for (text, all) in binder.texts.iter().zip(of_texts) {
        let plans = text.readers.iter().map(|(_, plan, _)| *plan);
        for it in all {
            let known = found.entry((!it.is_section, it.place)).or_insert_with(|| Text {
                path: &text.page.path,
                it,
                words: &text.words,
                plans: BTreeSet::new(),
            });
            known.plans.extend(plans.clone());
        }
    }
    found.into_values().collect()
}

/// The long sections and paragraphs of a text.
fn of_text(text: &PageText, sources: &Sources) -> Vec<Long> {
    let runs = &text.words.runs;
    // All words of the page by hash, and where those of each run end.
    let mut hashes: Vec<u64> = Vec::with_capacity(runs.iter().map(|run| run.text.len() / 5).sum());
    let mut ends: Vec<usize> = Vec::with_capacity(runs.len() + 1);
    ends.push(0);
    for run in runs {
        add_hashes(run, &mut hashes);
        ends.push(hashes.len());
    }
    let said_by = |run: usize| &hashes[ends[run]..ends[run + 1]];
    let mut said: Vec<u64> = Vec::new();
    let mut found = Vec::new();
    let mut parts = text.words.parts.iter().skip(1);
    text.page.body.walk(&mut |section| {
        let of_section: Vec<usize> = parts.next().into_iter().flatten().flat_map(Range::clone).collect();
        said.clear();
        for at in of_section.iter().filter(|at| !is_printed(&runs[**at], sources)) {
            said.extend_from_slice(said_by(*at));
        }
        if said.len() >= FEWEST_WORDS {
            found.push(Long {
                place: section_place(section),
                of: (section.id.clone(), 0),
                is_section: true,
                runs: of_section,
                rows: rows(&said),
            });
        }
    });
    for (at, run) in runs.iter().enumerate() {
        let said = said_by(at);
        if run.kind == RunKind::Paragraph && said.len() >= FEWEST_WORDS {
            let place = run.span(0..run.text.len(), sources);
            let of = ("".into(), place.start);
            found.push(Long { place, of, is_section: false, runs: vec![at], rows: rows(said) });
        }
    }
    found
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

/// Whether a run is a cell of a table that a template prints: that is written once, wherever it
/// stands.
fn is_printed(run: &Run, sources: &Sources) -> bool {
    // Nearly all cells stand in the file as they are, and have no brace.
    let is_plain = || run.is_copied() && !run.alphabet.has_any("{");
    matches!(run.kind, RunKind::Cell | RunKind::HeaderCell)
        && !is_plain()
        && !run.is_by_hand(0..run.text.len(), sources)
}

/// What a run says; a link without words of its own is what it leads to.
fn with_targets(run: &Run) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(&*run.text);
    for (range, mark) in run.marks.iter().rev() {
        if let (Mark::Link(target), true) = (mark, run.text[range.clone()].starts_with(THING)) {
            text.to_mut().insert_str(range.start, &format!(" {target} "));
        }
    }
    text
}

/// Adds the words of a run, whatever the case of their letters, by hash.
fn add_hashes(run: &Run, hashes: &mut Vec<u64>) {
    let text = with_targets(run);
    hashes.extend(letters::each_word(&text).map(|range| hash_of_word(&text, range)));
}

/// A word of a text, whatever the case of its letters, by hash: eight of them at once.
fn hash_of_word(text: &str, range: Range<usize>) -> u64 {
    // In small letters, figures and the signs inside words these bits are set.
    const LOWER: u64 = 0x2020_2020_2020_2020;
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let bytes = text.as_bytes();
    let (mut hash, mut at) = (range.len() as u64, range.start);
    while at < range.end {
        let mut letters = match bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(eight) => u64::from_le_bytes(*eight),
            None => bytes[at..].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
        };
        if range.end - at < 8 {
            letters &= (1 << (8 * (range.end - at))) - 1;
        }
        if letters & BEYOND_ASCII != 0 {
            let lower = text[range].to_lowercase();
            return wording::hash(&lower);
        }
        hash = (hash.rotate_left(23) ^ (letters | LOWER)).wrapping_mul(SPREAD);
        at += 8;
    }
    hash
}

/// Pairs of texts that share enough rows of words to be alike, in order. Sections come before
/// paragraphs, and are compared among themselves.
fn candidates(texts: &[Text]) -> Vec<(usize, usize)> {
    let sections = texts.partition_point(|text| text.it.is_section);
    let mut found = candidates_among(&texts[..sections]);
    let of_paragraphs = candidates_among(&texts[sections..]);
    found.extend(of_paragraphs.into_iter().map(|(one, other)| (sections + one, sections + other)));
    found
}

fn candidates_among(texts: &[Text]) -> Vec<(usize, usize)> {
    // Each with the number of its text, in one number: those are soon sorted.
    let mut rows: Vec<u64> = Vec::new();
    let repeated = Repeated::among(texts);
    for (at, text) in texts.iter().enumerate() {
        let its = text.it.rows.iter().filter(|row| repeated.may_have(**row));
        rows.extend(its.map(|row| u64::from(*row) << 32 | at as u64));
    }
    rows.par_sort_unstable();
    // The texts that share a row, and for each text its shared rows.
    let shared: Vec<&[u64]> = rows
        .chunk_by(|one, other| one >> 32 == other >> 32)
        .filter(|texts_of_row| (2..=PHRASE).contains(&texts_of_row.len()))
        .collect();
    let text_of = |row: &u64| *row as u32 as usize;
    let mut shared_by: Vec<Vec<usize>> = vec![Vec::new(); texts.len()];
    for (at, texts_of_row) in shared.iter().enumerate() {
        texts_of_row.iter().for_each(|row| shared_by[text_of(row)].push(at));
    }
    let enough = |one: &Text, other: &Text, shared: usize| {
        shared * 4 >= one.it.rows.len().min(other.it.rows.len()).max(1)
    };
    let later = |(one, shared_by): (usize, &Vec<usize>)| {
        if shared_by.is_empty() {
            return Vec::new();
        }
        let others = shared_by.iter().flat_map(|at| shared[*at]).map(text_of);
        let mut others: Vec<usize> = others.filter(|other| *other > one).collect();
        others.sort_unstable();
        let alike =
            others.chunk_by(|a, b| a == b).filter(|same| enough(&texts[one], &texts[same[0]], same.len()));
        alike.map(|same| (one, same[0])).collect::<Vec<_>>()
    };
    shared_by.par_iter().enumerate().flat_map_iter(later).collect()
}

/// Which rows more than one text may have. Most stand in one alone, and are not worth sorting.
struct Repeated {
    /// For each of some values of a row, whether it was seen, and whether it was seen again
    seen: Vec<[u64; 2]>,
}

impl Repeated {
    fn among(texts: &[Text]) -> Repeated {
        let all: usize = texts.iter().map(|text| text.it.rows.len()).sum();
        // Sixteen values for each row, so that two rows seldom have the same.
        let mut repeated = Repeated { seen: vec![[0; 2]; (all / 4).next_power_of_two()] };
        for row in texts.iter().flat_map(|text| &text.it.rows) {
            let (at, bit) = repeated.place(*row);
            let [once, again] = &mut repeated.seen[at];
            *again |= *once & bit;
            *once |= bit;
        }
        repeated
    }

    fn may_have(&self, row: u32) -> bool {
        let (at, bit) = self.place(row);
        self.seen[at][1] & bit != 0
    }

    fn place(&self, row: u32) -> (usize, u64) {
        ((row as usize >> 6) & (self.seen.len() - 1), 1 << (row & 63))
    }
}

/// The sampled rows of some words given by hash, each once.
fn rows(words: &[u64]) -> Vec<u32> {
    let row =
        |row: &[u64]| row.iter().fold(0u64, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(SPREAD));
    // The upper bits are the better mixed ones.
    let sampled = words.windows(ROW).map(row).filter(|hash| (hash >> 32).is_multiple_of(SAMPLE));
    let mut rows: Vec<u32> = sampled.map(|hash| (hash >> 34) as u32).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// What differs between two texts that are nearly the same; `None` where they are the same, or
/// too different.
fn difference(one: &[String], other: &[String]) -> Option<String> {
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    if one == other || short * 100 < long * ALIKE {
        return None;
    }
    let hashes = |words: &[String]| -> Vec<u64> {
        words.iter().map(|word| hash_of_word(word, 0..word.len())).collect()
    };
    let same = longest_common(&hashes(one), &hashes(other));
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

/// How many words two texts have in common, in order. A bit of `row` stands for a word of `other`,
/// and 64 of them are reckoned at once (H. Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
fn longest_common(one: &[u64], other: &[u64]) -> usize {
    // Where each word stands in `other`: the numbers of blocks of 64, and its bits in each.
    let mut places: HashMap<u64, Vec<(usize, u64)>> = HashMap::new();
    for (at, word) in other.iter().enumerate() {
        let (block, bit) = (at / 64, 1 << (at % 64));
        let known = places.entry(*word).or_default();
        match known.last_mut().filter(|(last, _)| *last == block) {
            Some((_, bits)) => *bits |= bit,
            None => known.push((block, bit)),
        }
    }
    let mut row = vec![u64::MAX; other.len().div_ceil(64)];
    for word in one {
        let Some(places) = places.get(word) else { continue };
        let (mut carry, mut next) = (false, 0);
        let end = (row.len(), 0);
        for (block, bits) in places.iter().copied().chain([end]) {
            while carry && next < block {
                let before = row[next];
                row[next] |= before.wrapping_add(1);
                carry = before == u64::MAX;
                next += 1;
            }
            let Some(before) = row.get(block).copied() else { break };
            let (sum, is_over) = before.overflowing_add(before & bits);
            let (sum, is_over_too) = sum.overflowing_add(u64::from(carry));
            row[block] = sum | (before & !bits);
            carry = is_over || is_over_too;
            next = block + 1;
        }
    }
    row.iter().map(|block| block.count_zeros() as usize).sum()
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
    }

    #[test]
    fn a_word_is_the_same_wherever_it_stands_and_in_capitals() {
        let words = [
            "a",
            "b",
            "ab",
            "abcdefgh",
            "abcdefghi",
            "abcdefgha",
            "follow-up",
            "team's",
            "2fa",
            "été",
            "élevé",
        ];
        let mut hashes = HashSet::new();
        for word in words {
            let alone = hash_of_word(word, 0..word.len());
            for text in
                [format!("x {word}"), format!("x {word}, and more than eight letters"), format!("x {word}s")]
            {
                assert_eq!(hash_of_word(&text, 2..2 + word.len()), alone, "{text}");
            }
            let capitals = word.to_uppercase();
            assert_eq!(hash_of_word(&capitals, 0..capitals.len()), alone, "{capitals}");
            assert!(hashes.insert(alone), "{word} is like another");
        }
    }

    /// As the usual table of lengths gives it.
    fn by_table(one: &[u64], other: &[u64]) -> usize {
        let mut rows = vec![vec![0; other.len() + 1]; one.len() + 1];
        for (i, word) in one.iter().enumerate() {
            for (j, candidate) in other.iter().enumerate() {
                rows[i + 1][j + 1] = match word == candidate {
                    true => rows[i][j] + 1,
                    false => rows[i][j + 1].max(rows[i + 1][j]),
                };
            }
        }
        rows[one.len()][other.len()]
    }

    #[test]
    fn words_in_common_are_those_of_the_table() {
        assert_eq!(longest_common(&[], &[]), 0);
        assert_eq!(longest_common(&[1], &[]), 0);
        let mut seed = 7u64;
        let mut text = |length: usize, words: u64| -> Vec<u64> {
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 33) % words
            };
            (0..length).map(|_| next()).collect()
        };
        for (length, other, words) in [(1, 1, 1), (63, 64, 2), (64, 65, 3), (200, 193, 5), (300, 129, 40)] {
            for _ in 0..20 {
                let (one, other) = (text(length, words), text(other, words));
                assert_eq!(longest_common(&one, &other), by_table(&one, &other), "{one:?} {other:?}");
            }
        }
    }
}
