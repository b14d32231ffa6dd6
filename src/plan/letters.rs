//! A text by its letters: which signs it has, and where its words are.

use std::ops::Range;

/// Which of the signs of ASCII a text has: a look before a long one, which most texts end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alphabet(u128);

impl Alphabet {
    /// The signs of a text.
    pub fn of(text: &str) -> Alphabet {
        let [mut low, mut high] = [0u64; 2];
        for byte in text.bytes().filter(u8::is_ascii) {
            let bit = 1 << (byte & 63);
            match byte & 64 {
                0 => low |= bit,
                _ => high |= bit,
            }
        }
        Alphabet(u128::from(high) << 64 | u128::from(low))
    }

    /// Whether the text has one of some signs of ASCII.
    pub fn has_any(self, signs: &str) -> bool {
        signs.bytes().any(|sign| self.0 >> (sign & 127) & 1 == 1)
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
    each_word(text).collect()
}

/// The same words, one after the other.
pub fn each_word(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    look_through(text);
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = loop {
            match letter(text, at)? {
                (true, _) => break at,
                (false, length) => at += length,
            }
        };
        loop {
            // Nearly all letters are of this sort, and every text is read many times.
            while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                at += 1;
            }
            // So are nearly all ends.
            if matches!(bytes.get(at), None | Some(b' ' | b'.' | b',')) {
                break;
            }
            let Some((is_letter, length)) = letter(text, at) else { break };
            let joins =
                || is_joiner(&text[at..at + length]) && letter(text, at + length).is_some_and(|it| it.0);
            if !is_letter && !joins() {
                break;
            }
            at += length;
        }
        Some(start..at)
    })
}

/// Whether the character at a place is a letter or a figure, and how many bytes it has.
#[inline]
pub fn letter(text: &str, at: usize) -> Option<(bool, usize)> {
    match text.as_bytes().get(at)? {
        byte if byte.is_ascii() => Some((byte.is_ascii_alphanumeric(), 1)),
        _ => text.get(at..)?.chars().next().map(|c| (c.is_alphanumeric(), c.len_utf8())),
    }
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
        let text = "the team's follow-up: 'now' - or";
        let found: Vec<&str> = words(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["the", "team's", "follow-up", "now", "or"]);
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
