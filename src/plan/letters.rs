//! A text by its letters: which signs it has, and where its words are.

use std::ops::Range;

/// Which of the signs of ASCII a text has: a look before a long one, which most texts end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alphabet(u128);

impl Alphabet {
    /// The signs of a text.
    pub fn of(text: &str) -> Alphabet {
        // Those of the upper half are beyond ASCII, and left out.
        let mut signs = [0u64; 4];
        for byte in text.bytes() {
            signs[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Alphabet(u128::from(signs[1]) << 64 | u128::from(signs[0]))
    }

    /// Whether the text has one of some signs of ASCII.
    #[inline]
    pub fn has_any(self, signs: &str) -> bool {
        // Which signs are asked for is known when this is compiled, nearly everywhere.
        let asked = signs.bytes().fold(0, |all, sign| all | 1 << (sign & 127));
        self.0 & asked != 0
    }
}

#[cfg(test)]
thread_local! {
    /// How many bytes of texts were looked through on this thread.
    pub static LOOKED_THROUGH: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Counts a text that is looked through from its start to its end, for the tests of how work grows.
pub fn look_through(text: &str) {
    #[cfg(test)]
    LOOKED_THROUGH.set(LOOKED_THROUGH.get() + text.len());
    #[cfg(not(test))]
    let _ = text;
}

/// The words of a text: stretches of letters and digits, with the apostrophes and hyphens inside
/// them.
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(text.len() / 5);
    found.extend(each_word(text));
    found
}

/// The same words, one after the other.
pub fn each_word(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    look_through(text);
    Words { text, at: 0 }
}

struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let start = loop {
            match SORTS[usize::from(*bytes.get(at)?)] {
                Sort::Letter => break at,
                Sort::Beyond => match letter(self.text, at)? {
                    (true, _) => break at,
                    (false, length) => at += length,
                },
                Sort::Sign | Sort::Joiner => at += 1,
            }
        };
        // Every text is read many times, and nearly all of it is letters of ASCII and signs between them.
        while matches!(bytes.get(at).map(|byte| SORTS[usize::from(*byte)]), Some(Sort::Letter)) {
            at += 1;
        }
        if matches!(bytes.get(at).map(|byte| SORTS[usize::from(*byte)]), Some(Sort::Joiner | Sort::Beyond)) {
            at = end_of_word(self.text, at);
        }
        self.at = at;
        Some(start..at)
    }
}

/// Where a word ends that may go on at a place after its beginning. By itself, so that what most words need is
/// short.
#[inline(never)]
fn end_of_word(text: &str, mut at: usize) -> usize {
    while let Some(length) = goes_on(text, at) {
        at += length;
    }
    at
}

/// How many bytes a word goes on with at a place after its beginning, by a letter or a sign that joins two.
fn goes_on(text: &str, at: usize) -> Option<usize> {
    let (is_letter, length) = letter(text, at)?;
    let joins = || is_joiner(&text[at..at + length]) && letter(text, at + length).is_some_and(|it| it.0);
    (is_letter || joins()).then_some(length)
}

/// What a byte is in a word.
#[derive(Clone, Copy)]
enum Sort {
    /// A letter or a figure of ASCII
    Letter,
    /// Another sign of ASCII, one that may stand inside a word
    Joiner,
    /// Another sign of ASCII
    Sign,
    /// A part of a character beyond ASCII
    Beyond,
}

const SORTS: [Sort; 256] = {
    let (mut sorts, mut byte) = ([Sort::Sign; 256], 0);
    while byte < 256 {
        sorts[byte] = match byte as u8 {
            b'\'' | b'-' => Sort::Joiner,
            sign if sign.is_ascii_alphanumeric() => Sort::Letter,
            sign if sign.is_ascii() => Sort::Sign,
            _ => Sort::Beyond,
        };
        byte += 1;
    }
    sorts
};

/// Whether the character at a place is a letter or a figure, and how many bytes it has.
#[inline]
pub fn letter(text: &str, at: usize) -> Option<(bool, usize)> {
    match text.as_bytes().get(at)? {
        byte if byte.is_ascii() => Some((byte.is_ascii_alphanumeric(), 1)),
        _ => text.get(at..)?.chars().next().map(|c| (c.is_alphanumeric(), c.len_utf8())),
    }
}

/// Whether a letter is of a script that has no spaces between words, or that adds to words without them: of Thai,
/// Lao, Burmese and Khmer, of Chinese, Japanese and Korean.
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{2E80}'..='\u{2FFF}'
        | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a word goes on between two letters or signs that stand beside each other.
pub fn are_joined(one: Option<char>, other: Option<char>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    is_letter(one) && is_letter(other)
}

/// Whether a sign may stand inside a word.
fn is_joiner(sign: &str) -> bool {
    matches!(sign, "'" | "’" | "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_apostrophes_and_hyphens() {
        for (text, expected) in [
            ("the team's follow-up: 'now' - or", &["the", "team's", "follow-up", "now", "or"][..]),
            ("’été’s – l’an 1’-2’’a-", &["été’s", "l’an", "1", "2", "a"]),
            ("…-é-", &["é"]),
            ("", &[]),
        ] {
            let found: Vec<&str> = words(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        }
    }

    /// All texts of so many of some characters.
    fn texts(characters: &[char], length: usize) -> Vec<String> {
        (0..length).fold(vec![String::new()], |texts, _| {
            let longer =
                |text: &String| characters.iter().map(move |c| format!("{text}{c}")).collect::<Vec<_>>();
            texts.iter().flat_map(longer).collect()
        })
    }

    #[test]
    fn words_are_letters_with_single_signs_between_them() {
        for text in texts(&['a', 'é', '7', '-', '\'', '’', ' ', '…'], 5) {
            let characters: Vec<(usize, char)> = text.char_indices().collect();
            let is_letter = |at: usize| characters.get(at).is_some_and(|(_, c)| c.is_alphanumeric());
            let is_inside = |at: usize| {
                let joins = matches!(characters[at].1, '-' | '\'' | '’');
                is_letter(at) || at > 0 && joins && is_letter(at - 1) && is_letter(at + 1)
            };
            let all: Vec<usize> = (0..characters.len()).filter(|at| is_inside(*at)).collect();
            let expected: Vec<String> = all
                .chunk_by(|one, next| one + 1 == *next)
                .map(|word| word.iter().map(|at| characters[*at].1).collect())
                .collect();
            let found: Vec<&str> = each_word(&text).map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn an_alphabet_has_the_signs_of_its_text() {
        let alphabet = Alphabet::of("Ask é#a @ 7");
        for sign in ["A", "#", "@", "7", "x#"] {
            assert!(alphabet.has_any(sign), "{sign}");
        }
        for sign in ["\u{7f}", "B", "`", "0", "{}"] {
            assert!(!alphabet.has_any(sign), "{sign}");
        }
        assert!(!Alphabet::of("").has_any("a"));
    }
}
