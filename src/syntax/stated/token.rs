//! A text as words, numbers and signs.

use std::borrow::Cow;
use std::ops::Range;

/// A word, a number or a sign.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) range: Range<usize>,
    /// In lower case
    pub(super) text: Cow<'t, str>,
    /// In hundredths, for a number
    pub(super) number: Option<u64>,
    /// Whether it follows the one before it without a space
    pub(super) is_joined: bool,
}

/// The words, numbers and signs of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        at = end_of_token(text, start, first);
        let word = &text[start..at];
        let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let word = if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) };
        found.push(Token {
            range: start..at,
            number: hundredths(&word),
            text: word,
            is_joined: found.last().is_some_and(|last| last.range.end == start),
        });
    }
    found
}

/// Where the token ends that begins at a place with a sign that is no white space.
fn end_of_token(text: &str, start: usize, first: char) -> usize {
    let bytes = text.as_bytes();
    // Nearly every word is letters of ASCII with a sign of ASCII after it.
    let letters = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters > 0 && bytes.get(start + letters).is_none_or(u8::is_ascii) {
        return start + letters;
    }
    let mut end = start + first.len_utf8();
    for next in text[end..].chars() {
        let decimal = || {
            next == '.'
                && text[end + 1..].starts_with(|c: char| c.is_ascii_digit())
                && !text[start..end].contains('.')
        };
        let goes_on = if first.is_ascii_digit() {
            next.is_ascii_digit() || decimal()
        } else {
            first.is_alphabetic() && next.is_alphabetic()
        };
        if !goes_on {
            break;
        }
        end += next.len_utf8();
    }
    end
}

/// A number in figures, in hundredths.
fn hundredths(word: &str) -> Option<u64> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (whole, part) = word.split_once('.').unwrap_or((word, ""));
    if whole.len() > 6 || part.len() > 2 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let hundredths: u64 = match part.len() {
        0 => 0,
        1 => part.parse::<u64>().ok()? * 10,
        _ => part.parse().ok()?,
    };
    Some(whole * 100 + hundredths)
}

/// The numbers below twenty, from one.
const SMALL: [&str; 19] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// The full tens, from twenty.
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// What all of them begin with.
pub(super) const NUMBERS: Beginnings = Beginnings::NONE.with(&SMALL).with(&TENS);

/// A number below twenty or a full ten, in words.
pub fn number_word(word: &str) -> Option<u64> {
    // Most words are none, and this is asked of each of a sentence several times.
    if !NUMBERS.may_be(word) {
        return None;
    }
    let small = SMALL.iter().position(|name| *name == word).map(|at| at as u64 + 1);
    small.or_else(|| tens(word))
}

/// A full ten in words.
pub(super) fn tens(word: &str) -> Option<u64> {
    TENS.iter().position(|name| *name == word).map(|at| (at as u64 + 2) * 10)
}

/// Words by their lengths and first letters: few others have both.
pub(super) struct Beginnings {
    /// For each length the letters, a bit each
    letters: [u32; LONGEST],
}

/// So many letters the longest of the words may have, and one more.
const LONGEST: usize = 12;

impl Beginnings {
    /// Those of no word.
    pub(super) const NONE: Beginnings = Beginnings { letters: [0; LONGEST] };

    /// With some more words of small letters.
    pub(super) const fn with(mut self, words: &[&str]) -> Beginnings {
        let mut at = 0;
        while at < words.len() {
            self.letters[words[at].len()] |= bit(words[at].as_bytes()[0]);
            at += 1;
        }
        self
    }

    /// Whether one of the words may be this one.
    pub(super) fn may_be(&self, word: &str) -> bool {
        let letters = self.letters.get(word.len());
        letters.is_some_and(|letters| word.bytes().next().is_some_and(|first| letters & bit(first) != 0))
    }
}

const fn bit(letter: u8) -> u32 {
    1 << (letter & 31)
}
