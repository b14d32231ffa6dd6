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
                match separator(&text[at..], &[&BETWEEN], 2) {
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

/// The same of every group of digits that may end a number, also where others follow it: of `202-867-5309 24/7` and
/// `867-5309/867-5310` each number too.
pub fn endings(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let bytes = text.as_bytes();
    // What is being read: where it starts, and its digits.
    let (mut at, mut start, mut digits) = (0, 0, String::new());
    std::iter::from_fn(move || {
        while at < bytes.len() {
            if digits.is_empty() {
                if !bytes[at].is_ascii_digit() || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
                    at += 1;
                    continue;
                }
                start = at;
            }
            let group = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            digits.push_str(&text[at..at + group]);
            at += group;
            let end = at;
            let goes_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
            let found = (digits.len() >= TELLING && group <= LONGEST && !goes_on)
                .then(|| (start..end, digits[digits.len() - TELLING..].to_string()));
            match separator(&text[at..], &[&BETWEEN, &OTHERWISE], 3) {
                Some(length) if !goes_on => at += length,
                _ => digits.clear(),
            }
            if found.is_some() {
                return found;
            }
        }
        None
    })
}

/// What stands between the digits of one number.
const BETWEEN: [&str; 9] = [" ", "-", ".", "/", "(", ")", "\u{a0}", "%20", "\u{2011}"];
/// What else stands there where somebody means to write it otherwise.
const OTHERWISE: [&str; 9] =
    [",", "_", "\u{b7}", "\u{202f}", "\u{2010}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2212}"];

/// How long what stands between two digits of a number is, where a text begins with it: of these marks so many at most.
fn separator(text: &str, marks: &[&[&str]], most: usize) -> Option<usize> {
    let mut length = 0;
    for _ in 0..most {
        let found = marks.iter().copied().flatten().find(|mark| text[length..].starts_with(**mark));
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
    fn a_number_ends_also_where_other_digits_follow() {
        for text in [
            "Call 202-867-5309 24/7",
            "(202) 867-5309 24 hours a day",
            "202-867-5309/202-867-5310",
            "202\u{2013}867\u{2013}5309",
            "202 - 867 - 5309",
            "202, 867, 5309",
            "+1 (202) 8675309",
        ] {
            assert!(endings(text).any(|(_, number)| number == "8675309"), "{text}");
        }
        for text in ["a8675309", "8675309b", "1234567890128675309", "8675 309x"] {
            assert!(!endings(text).any(|(_, number)| number == "8675309"), "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_number() {
        let others = ["a8675309", "8675309b", "12 hours", "86753   --  09", "86753 x 09"];
        for text in others.into_iter().chain(["", "1234567890123456789"]) {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(found("867-5309 and 555-0100"), ["8675309", "5550100"]);
        let place = numbers("call (202) 867-5309, now").map(|(place, _)| place).next();
        assert_eq!(place, Some(6..19));
    }
}
