//! What differs between two texts, word by word.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::syntax::Duration;

/// How many unchanged words are shown around a changed one.
const AROUND: usize = 4;
/// How many changed places of a text are shown.
const SHOWN: usize = 4;
/// How many words of one changed place are shown.
const LONGEST: usize = 30;

/// No more changed words than this are few.
const FEW: usize = 12;

/// A stretch of an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words of both texts
    Same(String),
    /// Words of the first text only
    Out(String),
    /// Words of the second text only
    In(String),
    /// Something left out
    Gap,
}

/// How a text was reworded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewording {
    /// The changed words, with some around them
    pub excerpt: Vec<Piece>,
    /// How many words went
    pub out: usize,
    /// How many words came
    pub new: usize,
    /// What is worth pointing out: a `not`, a number or a duration that came or went
    pub notes: Vec<String>,
}

/// Less than this in common, and a text is new.
const REWRITTEN: f32 = 0.4;

/// How a text was reworded; `None` where only its white space differs.
pub fn reword(before: &str, after: &str) -> Option<Rewording> {
    let (old, new) = (split(before), split(after));
    let is_rewritten = is_rewritten(before, after);
    // The few words that a new text shares with the old one are chance.
    let changes = match is_rewritten {
        true => vec![Changed { old: 0..old.len(), new: 0..new.len() }],
        false => changes(&old, &new),
    };
    let out: usize = changes.iter().map(|change| change.old.len()).sum();
    let come: usize = changes.iter().map(|change| change.new.len()).sum();
    // Where most words differ, no single one of them is worth pointing out.
    let is_small = out + come <= FEW || out * 2 <= old.len();
    (!changes.is_empty()).then(|| Rewording {
        excerpt: excerpt(&old, &new, &changes),
        out,
        new: come,
        notes: if is_small && !is_rewritten { notes(&old, &new) } else { Vec::new() },
    })
}

/// Whether a text has little to do with the old one.
pub fn is_rewritten(before: &str, after: &str) -> bool {
    similarity(before, after) < REWRITTEN
}

/// How much two texts have in common, in whatever order, case and punctuation: 1 where they have the same words, 0 where
/// they share none.
pub fn similarity(before: &str, after: &str) -> f32 {
    Bag::of(before).similarity(&Bag::of(after))
}

/// No more pairs of texts than these are held together in one search.
pub const MOST_PAIRS: usize = 4_000_000;

/// Looks through lists, up to a bound of what is held together in all.
#[derive(Debug)]
pub struct Search {
    left: usize,
}

impl Search {
    /// A search that has looked at nothing yet.
    pub fn new() -> Search {
        Search { left: MOST_PAIRS }
    }

    /// The place of the first of some things that is such a one.
    pub fn find<T>(&mut self, things: &[T], is_such: impl Fn(&T) -> bool) -> Option<usize> {
        let found = things.iter().take(self.left).position(is_such);
        self.left -= found.map_or(things.len(), |at| at + 1).min(self.left);
        found
    }
}

/// The words of a text in order, without their case and punctuation, to be held against many others.
#[derive(Debug)]
pub struct Bag(
    /// By number
    Vec<u64>,
);

impl Bag {
    /// The words of a text.
    pub fn of(text: &str) -> Bag {
        let number = |word| {
            let mut hasher = DefaultHasher::new();
            bare(word).hash(&mut hasher);
            hasher.finish()
        };
        let mut words: Vec<u64> = split(text).into_iter().map(number).collect();
        words.sort_unstable();
        Bag(words)
    }

    /// How many words there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether so much at least is in common. Never so where both are empty.
    pub fn is_alike(&self, other: &Bag, least: f32) -> bool {
        let (total, most) = (self.0.len() + other.0.len(), self.0.len().min(other.0.len()));
        2.0 * most as f32 >= least * total as f32 && total > 0 && self.similarity(other) >= least
    }

    /// As [`similarity`].
    pub fn similarity(&self, other: &Bag) -> f32 {
        let total = self.0.len() + other.0.len();
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0;
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            match a.cmp(b) {
                Ordering::Less => one.next(),
                Ordering::Greater => two.next(),
                Ordering::Equal => {
                    shared += 1;
                    one.next();
                    two.next()
                }
            };
        }
        if total == 0 { 1.0 } else { 2.0 * shared as f32 / total as f32 }
    }
}

/// The first words of a text, where it is long.
pub fn clip(text: &str, longest: usize) -> String {
    let words = split(text);
    match words.len() > longest {
        true => format!("{} …", words[..longest].join(" ")),
        false => words.join(" "),
    }
}

fn split(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// A changed place: the words that went, and those that came.
struct Changed {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Changed> {
    let mut changes: Vec<Changed> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        match changes.last_mut() {
            // A single word that stayed between two changes reads better as a part of them.
            Some(last) if op.old_range().start <= last.old.end + 1 => {
                last.old.end = op.old_range().end;
                last.new.end = op.new_range().end;
            }
            _ => changes.push(Changed { old: op.old_range(), new: op.new_range() }),
        }
    }
    changes
}

fn excerpt(old: &[&str], new: &[&str], changes: &[Changed]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut told = 0;
    for (index, change) in changes.iter().take(SHOWN).enumerate() {
        let start = change.new.start.saturating_sub(AROUND).max(told);
        if start > told {
            pieces.push(Piece::Gap);
        }
        push(&mut pieces, Piece::Same, &new[start..change.new.start]);
        push(&mut pieces, Piece::Out, &old[change.old.clone()]);
        push(&mut pieces, Piece::In, &new[change.new.clone()]);
        let next = changes.get(index + 1).map_or(new.len(), |next| next.new.start);
        let end = next.min(change.new.end + AROUND);
        push(&mut pieces, Piece::Same, &new[change.new.end..end]);
        told = end;
    }
    if told < new.len() || changes.len() > SHOWN {
        pieces.push(Piece::Gap);
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, piece: fn(String) -> Piece, words: &[&str]) {
    if !words.is_empty() {
        pieces.push(piece(clip(&words.join(" "), LONGEST)));
    }
}

const WEIGHTY: &[&str] = &[
    "not", "never", "no", "none", "nobody", "nothing", "without", "cannot", "must", "only", "unless",
    "except", "always",
];

/// The words that change what a text asks for, with how often each stands in it.
fn weighty(words: &[&str]) -> BTreeMap<String, i32> {
    let mut found = BTreeMap::new();
    for (index, word) in words.iter().enumerate() {
        let bare = bare(word);
        let is_negated = bare.ends_with("n't") || bare.ends_with("n’t");
        if WEIGHTY.contains(&bare.as_str()) || is_negated {
            *found.entry(bare).or_default() += 1;
        } else if bare.starts_with(|c: char| c.is_ascii_digit()) {
            let with_unit = words.get(index + 1).map(|unit| format!("{bare} {}", self::bare(unit)));
            let duration = with_unit.filter(|text| Duration::parse(text).is_some());
            *found.entry(duration.unwrap_or(bare)).or_default() += 1;
        }
    }
    found
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn notes(old: &[&str], new: &[&str]) -> Vec<String> {
    let (before, after) = (weighty(old), weighty(new));
    let count = |map: &BTreeMap<String, i32>, word: &str| map.get(word).copied().unwrap_or(0);
    let gone = before.keys().filter(|word| count(&after, word) < count(&before, word));
    let come = after.keys().filter(|word| count(&after, word) > count(&before, word));
    come.map(|word| format!("now says “{word}”"))
        .chain(gone.map(|word| format!("no longer says “{word}”")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let pieces = reword(before, after).expect("a difference").excerpt;
        let words: Vec<String> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Same(words) => words.clone(),
                Piece::Out(words) => format!("[-{words}-]"),
                Piece::In(words) => format!("{{+{words}+}}"),
                Piece::Gap => "…".into(),
            })
            .collect();
        words.join(" ")
    }

    #[test]
    fn a_text_that_is_only_wrapped_anew_is_the_same() {
        assert_eq!(reword("Call them.\nWait.", "Call them. Wait."), None);
    }

    #[test]
    fn an_excerpt_shows_changed_words_and_a_few_around_them() {
        let before = "One two three four five six seven eight nine ten eleven twelve thirteen";
        let after = "One two three four five six SEVEN eight nine ten eleven twelve thirteen";
        assert_eq!(shown(before, after), "… three four five six [-seven-] {+SEVEN+} eight nine ten eleven …");
        assert_eq!(shown("a b c", "a x c"), "a [-b-] {+x+} c");
        assert_eq!(shown("a b c d", "x b y d"), "[-a b c-] {+x b y+} d");
        assert_eq!(shown("", "new"), "{+new+}");
        assert_eq!(shown("old words", "old"), "old [-words-]");
    }

    #[test]
    fn words_that_turn_a_sentence_round_are_pointed_out() {
        let notes = |before, after| reword(before, after).expect("a difference").notes;
        assert_eq!(notes("Do restart it.", "Do not restart it."), ["now says “not”"]);
        assert_eq!(notes("Never wait.", "Wait."), ["no longer says “never”"]);
        assert_eq!(
            notes("Wait 15 minutes, then call.", "Wait 30 minutes, then call."),
            ["now says “30 minutes”", "no longer says “15 minutes”"]
        );
        assert_eq!(notes("Call now, not later.", "Not later: call now."), [""; 0]);
    }

    #[test]
    fn texts_are_more_or_less_alike() {
        assert_eq!(similarity("a b c d", "a b c d"), 1.0);
        assert_eq!(similarity("a b c d", "a b x d"), 0.75);
        assert_eq!(similarity("a", "b"), 0.0);
    }
}
