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
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some((at, next)) = rest.peek().copied() {
            let decimal = next == '.'
                && text[at + 1..].starts_with(|c: char| c.is_ascii_digit())
                && !text[start..at].contains('.');
            let goes_on = if first.is_ascii_digit() {
                next.is_ascii_digit() || decimal
            } else {
                first.is_alphabetic() && next.is_alphabetic()
            };
            if !goes_on {
                break;
            }
            end = at + next.len_utf8();
            rest.next();
        }
        let word = &text[start..end];
        let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let word = if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) };
        found.push(Token {
            range: start..end,
            number: hundredths(&word),
            text: word,
            is_joined: found.last().is_some_and(|last| last.range.end == start),
        });
    }
    found
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

/// A number below twenty or a full ten, in words.
pub fn number_word(word: &str) -> Option<u64> {
    Some(match word {
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        _ => return tens(word),
    })
}

/// A full ten in words.
pub(super) fn tens(word: &str) -> Option<u64> {
    Some(match word {
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}
