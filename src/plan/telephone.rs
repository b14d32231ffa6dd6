//! Telephone numbers, however they are written.

use std::ops::Range;

/// How many digits tell a number from all others: without the country's and the trunk's.
const TELLING: usize = 7;
/// No number has more (E.164).
const LONGEST: usize = 15;

/// The ends of the telephone numbers in a text, as digits alone, each with the place of the number: `(202) 867-5309`
/// and `+12028675309` have the same one.
pub fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    runs(text, &[&BETWEEN], 2).filter_map(|run| {
        let end = *run.ends.last()?;
        (run.digits.len() <= LONGEST).then(|| run.number(end)).flatten()
    })
}

/// The same of every group of digits that may end a number, also where others follow it: of `202-867-5309 24/7` and
/// `867-5309/867-5310` each number too.
pub fn endings(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    runs(text, &[&BETWEEN, &OTHERWISE], 3)
        .flat_map(|run| run.ends.iter().filter_map(|end| run.number(*end)).collect::<Vec<_>>())
}

/// Groups of digits with nothing between them but what may stand in a number.
struct Run {
    start: usize,
    digits: String,
    ends: Vec<End>,
}

/// Where a group of digits ends.
#[derive(Clone, Copy)]
struct End {
    at: usize,
    /// How many digits the run has up to here
    digits: usize,
    /// Whether it can be that of a number: no letter follows, and the group is none of dozens of digits
    is_fit: bool,
}

impl Run {
    fn number(&self, end: End) -> Option<(Range<usize>, String)> {
        let start = end.digits.checked_sub(TELLING).filter(|_| end.is_fit)?;
        Some((self.start..end.at, self.digits[start..end.digits].to_string()))
    }
}

fn runs<'t>(text: &'t str, marks: &'t [&'t [&'t str]], most: usize) -> impl Iterator<Item = Run> + 't {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !bytes.get(at)?.is_ascii_digit() || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
            at += 1;
        }
        let mut run = Run { start: at, digits: String::new(), ends: Vec::new() };
        loop {
            let group = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            run.digits.push_str(&text[at..at + group]);
            at += group;
            let goes_on = bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
            let is_fit = group <= LONGEST && !goes_on;
            run.ends.push(End { at, digits: run.digits.len(), is_fit });
            match separator(&text[at..], marks, most) {
                Some(length) if !goes_on => at += length,
                _ => return Some(run),
            }
        }
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
