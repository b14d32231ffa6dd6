//! Telephone numbers, however they are written.

use std::collections::HashMap;
use std::ops::Range;

/// How many digits tell a number from all others in its place: without the country's, the trunk's and the area's.
const TELLING: usize = 7;
/// Two numbers with so many of their last digits in common are the same, whatever is before these: most areas are
/// told apart by the last digit of theirs.
const WITH_AREA: usize = 8;
/// No number has more (E.164).
const LONGEST: usize = 15;

/// The telephone numbers in a text, as digits alone, each with the place of the number.
pub fn numbers(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    runs(text, &[&BETWEEN], 2).filter_map(|run| {
        let last = run.groups.len().checked_sub(1)?;
        (run.digits.len() <= LONGEST).then(|| run.number(last)).flatten()
    })
}

/// The same of every group of digits that may end a number, also where others follow it: of `202-867-5309 24/7` and
/// `867-5309/867-5310` each number too.
pub fn endings(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    runs(text, &[&BETWEEN, &OTHERWISE], 3).flat_map(|run| {
        let groups = 0..run.groups.len();
        groups
            .flat_map(|group| run.number(group).into_iter().chain(run.short_number(group)))
            .collect::<Vec<_>>()
    })
}

/// Whether two numbers, by their digits, are the same as far as both are told. Of `+372 555 1234` and `8 555 1234`
/// one has the country's digits, the other that for calls inside it.
pub fn is_same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().rev().zip(other.bytes().rev());
    let common = pairs.take_while(|(a, b)| a == b).count();
    let rest = |number: &str| match number[..number.len() - common].trim_matches('0') {
        "8" => String::new(),
        rest => rest.to_string(),
    };
    let (one, other) = (rest(one), rest(other));
    common >= WITH_AREA || common >= TELLING && (one.is_empty() || other.is_empty() || one == other)
}

/// Some numbers, each with something that is known of it.
#[derive(Debug)]
pub struct Directory<T> {
    of_ending: HashMap<String, Vec<(String, T)>>,
}

impl<T> Default for Directory<T> {
    fn default() -> Self {
        Directory { of_ending: HashMap::new() }
    }
}

impl<T> Directory<T> {
    /// Adds a number, where it is not there yet.
    pub fn add(&mut self, number: String, known: T) {
        let of_ending = self.of_ending.entry(ending(&number).to_string()).or_default();
        if !of_ending.iter().any(|(other, _)| *other == number) {
            of_ending.push((number, known));
        }
    }

    /// What is known of a number: of the first that is the same.
    pub fn find(&self, number: &str) -> Option<&T> {
        let known = self.of_ending.get(ending(number))?;
        known.iter().find_map(|(other, known)| is_same(other, number).then_some(known))
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.of_ending.is_empty()
    }
}

fn ending(number: &str) -> &str {
    &number[number.len().saturating_sub(TELLING)..]
}

/// Groups of digits with nothing between them but what may stand in a number.
struct Run<'t> {
    start: usize,
    digits: String,
    groups: Vec<Group<'t>>,
}

struct Group<'t> {
    /// What stands before it
    before: &'t str,
    /// Where it ends
    end: usize,
    /// How many digits the run has up to its start and its end
    digits: Range<usize>,
    /// Whether a number can end with it: no letter follows, and it has no dozens of digits
    is_fit: bool,
}

impl Run<'_> {
    /// The number that all digits up to the end of a group make.
    fn number(&self, group: usize) -> Option<(Range<usize>, String)> {
        self.between(0, group)
    }

    /// The number that the last groups alone make, where they are written otherwise than what is before them.
    fn short_number(&self, group: usize) -> Option<(Range<usize>, String)> {
        let end = self.groups[group].digits.end;
        let first = (1..=group).rev().find(|first| end - self.groups[*first].digits.start >= TELLING)?;
        let mark = self.groups[first].before;
        let is_apart =
            !mark.contains(')') && self.groups.get(first + 1).is_none_or(|next| next.before != mark);
        is_apart.then(|| self.between(self.groups[first].digits.start, group)).flatten()
    }

    fn between(&self, first: usize, group: usize) -> Option<(Range<usize>, String)> {
        let Group { end, digits, is_fit, .. } = &self.groups[group];
        let is_number = *is_fit && digits.end - first >= TELLING;
        let start = first.max(digits.end.saturating_sub(LONGEST));
        is_number.then(|| (self.start..*end, self.digits[start..digits.end].to_string()))
    }
}

fn runs<'t>(text: &'t str, marks: &'t [&'t [&'t str]], most: usize) -> impl Iterator<Item = Run<'t>> + 't {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while !bytes.get(at)?.is_ascii_digit() || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
            at += 1;
        }
        let mut run = Run { start: at, digits: String::new(), groups: Vec::new() };
        let mut before = "";
        loop {
            let group = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let start = run.digits.len();
            run.digits.push_str(&text[at..at + group]);
            at += group;
            let goes_on =
                bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) && !begins_extension(&text[at..]);
            let digits = start..run.digits.len();
            run.groups.push(Group { before, end: at, digits, is_fit: group <= LONGEST && !goes_on });
            match separator(&text[at..], marks, most) {
                Some(length) if !goes_on => {
                    before = &text[at..at + length];
                    at += length;
                }
                _ => return Some(run),
            }
        }
    })
}

/// Whether a text begins with the mark of an extension: `x12`, `ext. 12`.
fn begins_extension(text: &str) -> bool {
    let mark = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_mark =
        ["x", "ext"].iter().any(|known| text[..text.len() - mark.len()].eq_ignore_ascii_case(known));
    is_mark && mark.trim_start_matches(['.', ' ']).starts_with(|c: char| c.is_ascii_digit())
}

/// What stands between the digits of one number.
const BETWEEN: [&str; 9] = [" ", "-", ".", "/", "(", ")", "\u{a0}", "%20", "\u{2011}"];
/// What else stands there where somebody means to write it otherwise.
const OTHERWISE: [&str; 15] = [
    ",", "_", "|", ":", ";", "~", "=", "\u{2022}", "\u{b7}", "\u{202f}", "\u{2010}", "\u{2012}", "\u{2013}",
    "\u{2014}", "\u{2212}",
];

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
        let is_told = |text: &str| found(text).iter().any(|number| is_same(number, "028675309"));
        let writings = [
            "+1 202 867 5309",
            "(202) 867-5309",
            "202.867.5309",
            "tel:+12028675309",
            "867-5309,",
            "202-867-5309x12",
            "2028675309 ext. 7",
        ];
        for text in writings.into_iter().chain([
            "+1\u{a0}202\u{a0}867\u{a0}5309",
            "a 0202/8675309 b",
            "202-867-5309ext1",
        ]) {
            assert!(is_told(text), "{text}");
        }
    }

    #[test]
    fn a_number_ends_also_where_other_digits_follow() {
        for text in [
            "Call 202-867-5309 24/7",
            "(202) 867-5309 24 hours a day",
            "202-867-5309/202-867-5310",
            "867-5310 867-5309",
            "202\u{2013}867\u{2013}5309",
            "202 - 867 - 5309",
            "202, 867, 5309",
            "+1 (202) 8675309",
        ] {
            assert!(endings(text).any(|(_, number)| is_same(&number, "028675309")), "{text}");
        }
        for text in
            ["a8675309", "8675309b", "1234567890128675309", "8675 309x", "703-867-5309", "(703) 867-5309"]
        {
            assert!(!endings(text).any(|(_, number)| is_same(&number, "028675309")), "{text}");
        }
    }

    #[test]
    fn other_digits_are_no_number() {
        let others = ["a8675309", "8675309b", "12 hours", "86753   --  09", "86753 x 09"];
        for text in others.into_iter().chain(["", "1234567890123456789"]) {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(found("867-5309 and 555-0100"), ["8675309", "5550100"]);
        for (one, other, same) in [
            ("3225551234", "025551234", true),
            ("35891234567", "091234567", true),
            ("4930123456", "030123456", true),
            ("32025551234", "003225551234", true),
            ("3725551234", "85551234", true),
            ("12025550100", "5550100", true),
            ("12025550100", "7035550100", false),
            ("12025550100", "12025550101", false),
        ] {
            assert_eq!(is_same(one, other), same, "{one} {other}");
        }
        let place = numbers("call (202) 867-5309, now").map(|(place, _)| place).next();
        assert_eq!(place, Some(6..19));
    }
}
