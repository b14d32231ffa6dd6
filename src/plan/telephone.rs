//! Telephone numbers, however they are written.

use std::ops::Range;

/// How many digits tell a number from all others: without the country's and the trunk's.
const TELLING: usize = 7;
/// No number has more (E.164).
const LONGEST: usize = 15;

/// The ends of the telephone numbers in a text, as digits alone, each with the place of the number: `(202) 867-5309`
/// and `+12028675309` have the same one.
pub fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
                at += 1;
                continue;
            }
            let start = at;
            let mut digits = String::new();
            while at < bytes.len() {
                if bytes[at].is_ascii_digit() {
                    digits.push(bytes[at] as char);
                    at += 1;
                    continue;
                }
                match separator(&text[at..]) {
                    Some(length) => at += length,
                    None => break,
                }
            }
            let goes_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
            if (TELLING..=LONGEST).contains(&digits.len()) && !goes_on {
                return Some((start..at, digits.split_off(digits.len() - TELLING)));
            }
        }
        None
    })
}

/// How long what stands between two digits of a number is, where a text begins with it.
fn separator(text: &str) -> Option<usize> {
    const BETWEEN: [&str; 9] = [" ", "-", ".", "/", "(", ")", "\u{a0}", "%20", "\u{2011}"];
    let mut length = 0;
    for _ in 0..2 {
        let found = BETWEEN.iter().find(|mark| text[length..].starts_with(**mark));
        length += found.map_or(0, |mark| mark.len());
    }
    (length > 0 && text[length..].starts_with(|c: char| c.is_ascii_digit())).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        numbers(text).map(|(_, number)| number).collect()
    }

    #[test]
    fn a_number_is_one_in_every_writing() {
        let writings = ["+1 202 867 5309", "(202) 867-5309", "202.867.5309", "tel:+12028675309", "867-5309,"];
        for text in writings.into_iter().chain(["+1\u{a0}202\u{a0}867\u{a0}5309", "a 0202/8675309 b"]) {
            assert_eq!(found(text), ["8675309"], "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_number() {
        let others = ["a8675309", "8675309b", "12 hours", "86753  -  09", "86753 x 09"];
        for text in others.into_iter().chain(["", "1234567890123456789"]) {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(found("867-5309 and 555-0100"), ["8675309", "5550100"]);
        let place = numbers("call (202) 867-5309, now").map(|(place, _)| place).next();
        assert_eq!(place, Some(6..19));
    }
}
