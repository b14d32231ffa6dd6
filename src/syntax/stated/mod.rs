//! Durations and intervals as sentences state them: "15 to 30 minutes", "half an hour",
//! "twice a day", "2x daily".

mod token;

use std::ops::Range;

use crate::syntax::duration::Unit;
use crate::syntax::{Duration, DurationRange};
pub use token::number_word;
use token::{Beginnings, NUMBERS, Token, tens, tokens};

/// A duration or an interval that a text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Its words, in bytes of the text
    pub range: Range<usize>,
    /// How long, or how far apart
    pub value: DurationRange,
    /// Whether it says how often: "every hour", "twice a day"
    pub repeats: bool,
}

/// The durations and intervals in a text, in order. What is not certainly one is left out.
pub fn stated(text: &str) -> Vec<Stated> {
    let tokens = tokens(text);
    let reader = Reader { tokens: &tokens };
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !begins(&tokens[at]) || reader.is_part(at) {
            at += 1;
            continue;
        }
        let interval = reader.interval(at).map(|(value, end)| (value, end, true));
        match interval.or_else(|| reader.duration(at)) {
            Some((value, end, repeats)) => {
                let range = tokens[at].range.start..tokens[end - 1].range.end;
                found.push(Stated { range, value, repeats });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Words with which a duration or an interval may begin, beside numbers and adverbs.
const FIRST: [&str; 14] = [
    "a",
    "an",
    "the",
    "half",
    "quarter",
    "every",
    "each",
    "once",
    "twice",
    "thrice",
    "between",
    "interval",
    "intervals",
    "on",
];
/// Adverbs, each with how many of which unit it says.
const ADVERBS: [(&str, u32, Unit); 8] = [
    ("hourly", 1, Unit::Hour),
    ("daily", 1, Unit::Day),
    ("nightly", 1, Unit::Day),
    ("weekly", 1, Unit::Week),
    ("monthly", 1, Unit::Month),
    ("quarterly", 3, Unit::Month),
    ("yearly", 1, Unit::Year),
    ("annually", 1, Unit::Year),
];
/// What all that may be one of these words begins with.
const BEGINNINGS: Beginnings = {
    let (mut all, mut at) = (NUMBERS.with(&FIRST), 0);
    while at < ADVERBS.len() {
        all = all.with(&[ADVERBS[at].0]);
        at += 1;
    }
    all
};

/// Whether a duration or an interval may begin with a token: a quick look before a long one.
fn begins(token: &Token) -> bool {
    let word = &*token.text;
    let is_one = || FIRST.contains(&word) || adverb(word).is_some() || number_word(word).is_some();
    token.number.is_some() || BEGINNINGS.may_be(word) && is_one()
}

/// A unit by its name or abbreviation. One letter is a unit only right after figures.
fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "second" | "seconds" | "sec" | "secs" | "s" => Unit::Second,
        "minute" | "minutes" | "min" | "mins" | "m" => Unit::Minute,
        "hour" | "hours" | "hr" | "hrs" | "h" => Unit::Hour,
        "day" | "days" | "d" => Unit::Day,
        "workday" | "workdays" | "weekday" | "weekdays" => Unit::BusinessDay,
        "week" | "weeks" | "wk" | "wks" | "w" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" | "yr" | "yrs" | "y" => Unit::Year,
        _ => return None,
    })
}

/// The unit of an adverb: `hourly`, `daily`.
fn adverb(word: &str) -> Option<Duration> {
    let (_, amount, unit) = *ADVERBS.iter().find(|(name, ..)| *name == word)?;
    Some(Duration { amount, unit })
}

/// The next smaller unit, and how many of it there are.
fn smaller(unit: Unit) -> Option<(Unit, u64)> {
    match unit {
        Unit::Year => Some((Unit::Month, 12)),
        Unit::Week => Some((Unit::Day, 7)),
        Unit::Day => Some((Unit::Hour, 24)),
        Unit::Hour => Some((Unit::Minute, 60)),
        Unit::Minute => Some((Unit::Second, 60)),
        Unit::Second | Unit::BusinessDay | Unit::Month => None,
    }
}

/// `numerator / denominator` units, in the largest unit that makes them whole.
fn fraction(numerator: u64, denominator: u64, unit: Unit) -> Option<Duration> {
    if denominator == 0 || numerator == 0 {
        return None;
    }
    if numerator.is_multiple_of(denominator) {
        return Some(Duration { amount: u32::try_from(numerator / denominator).ok()?, unit });
    }
    let (unit, many) = smaller(unit)?;
    fraction(numerator.checked_mul(many)?, denominator, unit)
}

/// The sum of two durations, in the unit of the second.
fn sum(more: Duration, less: Duration) -> Option<Duration> {
    let seconds = more.seconds() + less.seconds();
    fraction(seconds, Duration { amount: 1, unit: less.unit }.seconds(), less.unit)
}

fn one(duration: Duration) -> DurationRange {
    DurationRange { least: duration, most: duration }
}

/// What was read, and the token after it.
type Read<T> = Option<(T, usize)>;

struct Reader<'t> {
    tokens: &'t [Token<'t>],
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    #[inline]
    fn is(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.word(at))
    }

    fn joined(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_joined)
    }

    /// Whether a number is a part of a date, a time, a price or the like, and no amount.
    fn is_part(&self, at: usize) -> bool {
        let signs = ["-", "/", ":", ".", "$", "€", "#", "v"];
        self.number_at(at).is_some() && self.joined(at) && at > 0 && self.is(at - 1, &signs)
    }

    /// A number in figures or words, in hundredths.
    fn number(&self, at: usize) -> Read<u64> {
        let token = self.tokens.get(at)?;
        if let Some(number) = token.number {
            let half = self.is(at + 1, &["½"]);
            return Some((number + if half { 50 } else { 0 }, at + 1 + usize::from(half)));
        }
        let mut number = number_word(&token.text)?;
        let mut next = at + 1;
        if tens(&token.text).is_some() {
            let unit_at = if self.is(next, &["-"]) { next + 1 } else { next };
            if let Some(small) = number_word(self.word(unit_at)).filter(|small| *small < 10) {
                number += small;
                next = unit_at + 1;
            }
        }
        // "one (1) hour"
        if self.is(next, &["("])
            && self.is(next + 2, &[")"])
            && self.number_at(next + 1) == Some(number * 100)
        {
            next += 3;
        }
        Some((number * 100, next))
    }

    fn number_at(&self, at: usize) -> Option<u64> {
        self.tokens.get(at)?.number
    }

    /// A unit, after a hyphen or an adjective: `-hour`, `business days`.
    fn unit(&self, at: usize, after_figures: bool) -> Read<Unit> {
        const IDLE: [&str; 8] =
            ["calendar", "full", "whole", "consecutive", "straight", "more", "further", "clock"];
        let mut next = at;
        if self.is(next, &["-", "‑"]) {
            next += 1;
        }
        if self.is(next, &IDLE) {
            next += 1;
        }
        let works = self.is(next, &["business", "working", "work"]);
        if works {
            next += if self.is(next + 1, &["-"]) { 2 } else { 1 };
        }
        let word = self.word(next);
        // "15 m" and "3 d" may be anything; "15m" and "3 h" are not.
        let is_letter = word.len() == 1;
        if is_letter && !(after_figures && (self.joined(next) || word == "h")) {
            return None;
        }
        let found = match unit(word)? {
            Unit::Day if works => Unit::BusinessDay,
            found => found,
        };
        Some((found, next + 1))
    }

    /// An amount with its unit: `15 minutes`, `an hour`, `half a day`, `1h 30m`.
    fn single(&self, at: usize) -> Read<Duration> {
        let (first, next) = self.part_of_unit(at).or_else(|| self.article(at)).or_else(|| self.amount(at))?;
        if self.is(next, &["and"]) && self.is(next + 1, &["a"]) && self.is(next + 2, &["half"]) {
            let half = fraction(u64::from(first.amount) * 2 + 1, 2, first.unit)?;
            return Some((half, next + 3));
        }
        let more = if self.is(next, &["and"]) { next + 1 } else { next };
        match self.amount(more) {
            Some((second, end)) if second.seconds() < Duration { amount: 1, unit: first.unit }.seconds() => {
                Some((sum(first, second)?, end))
            }
            _ => Some((first, next)),
        }
    }

    /// `15 minutes`, `1.5 hours`, `one and a half hours`
    fn amount(&self, at: usize) -> Read<Duration> {
        let (mut number, mut next) = self.number(at)?;
        let figures = self.number_at(next - 1).is_some();
        if self.is(next, &["and"]) && self.is(next + 1, &["a"]) && self.is(next + 2, &["half"]) {
            number += 50;
            next += 3;
        }
        let (unit, next) = self.unit(next, figures)?;
        Some((fraction(number, 100, unit)?, next))
    }

    /// `an hour`, `a day`; `the hour` after "within".
    fn article(&self, at: usize) -> Read<Duration> {
        let of_hour = self.is(at, &["the"]) && at > 0 && self.is(at - 1, &["within"]);
        if !self.is(at, &["a", "an"]) && !of_hour {
            return None;
        }
        let (unit, next) = self.unit(at + 1, false)?;
        let word = self.word(next - 1);
        // "a second person"; "the hours"
        let fits = unit != Unit::Second && !word.ends_with('s') && (!of_hour || unit == Unit::Hour);
        fits.then_some((Duration { amount: 1, unit }, next))
    }

    /// `half an hour`, `a half hour`, `half-hour`, `a quarter of an hour`
    fn part_of_unit(&self, at: usize) -> Read<Duration> {
        let mut next = at;
        if self.is(next, &["a", "the"]) {
            next += 1;
        }
        let (numerator, denominator) = match self.word(next) {
            "half" => (1, 2),
            "quarter" => (1, 4),
            "three" if self.is(next + 1, &["quarters"]) => (3, 4),
            _ => return None,
        };
        next += if numerator == 3 { 2 } else { 1 };
        if self.is(next, &["of", "-"]) {
            next += 1;
        }
        if self.is(next, &["a", "an"]) {
            next += 1;
        }
        let unit = unit(self.word(next)).filter(|unit| *unit != Unit::Second && self.word(next).len() > 2)?;
        Some((fraction(numerator, denominator, unit)?, next + 1))
    }

    /// A duration or a range: `15-30 minutes`, `between 15 and 30 minutes`, `30 minutes to 2 hours`.
    fn range(&self, at: usize) -> Read<DurationRange> {
        let between = self.is(at, &["between"]);
        let start = if between { at + 1 } else { at };
        let single = self.single(start);
        let with_unit = single.map(|(least, next)| (Some(least), 0, next));
        let bare = self.number(start).map(|(number, next)| (None, number, next));
        for (least, number, next) in [bare, with_unit].into_iter().flatten() {
            let joins = self.is(next, &["-", "–", "—", "‑", "to", "..", "until"]);
            if !(joins || between && self.is(next, &["and"])) {
                continue;
            }
            // "an hour - 5 minutes more" is no range; a dash joins two numbers.
            let Some((most, end)) = self.amount(next + 1).or_else(|| self.article(next + 1)) else {
                continue;
            };
            let Some(least) = least.or_else(|| fraction(number, 100, most.unit)) else { continue };
            if least < most {
                return Some((DurationRange { least, most }, end));
            }
        }
        let (duration, next) = single.filter(|_| !between)?;
        Some((one(duration), next))
    }

    /// A duration, or an interval in the form of one: `2-hour intervals`, `12-hourly`.
    fn duration(&self, at: usize) -> Option<(DurationRange, usize, bool)> {
        let (value, next) = self.range(at)?;
        let is_interval = self.is(next, &["interval", "intervals", "cadence"]);
        Some((value, next + usize::from(is_interval), is_interval))
    }

    /// How often: `every 2 hours`, `hourly`, `twice a day`, `2x daily`.
    fn interval(&self, at: usize) -> Read<DurationRange> {
        self.every(at)
            .or_else(|| self.times(at))
            .or_else(|| self.adverb(at))
            .or_else(|| self.intervals_of(at))
    }

    fn every(&self, at: usize) -> Read<DurationRange> {
        if !self.is(at, &["every", "each"]) {
            return None;
        }
        let next = at + 1;
        if self.is(next, &["other", "second"])
            && let Some((unit, end)) = self.unit(next + 1, false)
        {
            return Some((one(Duration { amount: 2, unit }), end));
        }
        if let Some((range, end)) = self.range(next) {
            return Some((range, end));
        }
        if self.is(next, &["morning", "evening", "night", "noon", "afternoon"]) {
            return Some((one(Duration { amount: 1, unit: Unit::Day }), next + 1));
        }
        let next = if self.is(next, &["single"]) { next + 1 } else { next };
        let (unit, end) = self.unit(next, false)?;
        Some((one(Duration { amount: 1, unit }), end))
    }

    /// So many times in a unit: `once an hour`, `two times per day`, `2x/day`, `twice daily`.
    fn times(&self, at: usize) -> Read<DurationRange> {
        let (times, mut next) = match self.word(at) {
            "once" => (1, at + 1),
            "twice" => (2, at + 1),
            "thrice" => (3, at + 1),
            _ => {
                let (number, next) = self.number(at).filter(|(number, _)| number % 100 == 0)?;
                let counts = self.is(next, &["times", "time", "x", "×"]);
                let per = self.is(next, &["/", "per"]);
                if !counts && !per {
                    return None;
                }
                (number / 100, next + usize::from(counts))
            }
        };
        if self.is(next, &["-"]) {
            next += 1;
        }
        if let Some(each) = adverb(self.word(next)) {
            return Some((one(fraction(u64::from(each.amount), times, each.unit)?), next + 1));
        }
        if times == 1
            && let Some(found) = self.every(next)
        {
            return Some(found);
        }
        if !self.is(next, &["a", "an", "per", "each", "every", "/", "in"]) {
            return None;
        }
        next += 1;
        if self.is(next, &["a", "an"]) {
            next += 1;
        }
        let word = self.word(next);
        let (unit, end) =
            if matches!(word, "h" | "d") { (unit(word)?, next + 1) } else { self.unit(next, false)? };
        Some((one(fraction(1, times, unit)?), end))
    }

    /// `hourly`, `half-hourly`, `2-hourly`
    fn adverb(&self, at: usize) -> Read<DurationRange> {
        if let Some(each) = adverb(self.word(at)) {
            // "bi-hourly" and "semi-weekly" may be more often or less.
            let unclear = at >= 2 && self.is(at - 1, &["-"]) && self.is(at - 2, &["bi", "semi", "non"]);
            return (!unclear).then_some((one(each), at + 1));
        }
        let (numerator, denominator, mut next) = match self.word(at) {
            "half" => (1, 2, at + 1),
            "quarter" => (1, 4, at + 1),
            _ => self.number(at).map(|(number, next)| (number, 100, next))?,
        };
        if self.is(next, &["-"]) {
            next += 1;
        }
        let each = adverb(self.word(next)).filter(|_| !self.is(next, &["quarterly"]))?;
        Some((one(fraction(numerator, denominator, each.unit)?), next + 1))
    }

    /// `intervals of 2 hours`, `on the hour`
    fn intervals_of(&self, at: usize) -> Read<DurationRange> {
        if self.is(at, &["interval", "intervals"]) && self.is(at + 1, &["of"]) {
            return self.range(at + 2);
        }
        let on_the_hour = self.is(at, &["on"]) && self.is(at + 1, &["the"]) && self.is(at + 2, &["hour"]);
        on_the_hour.then_some((one(Duration { amount: 1, unit: Unit::Hour }), at + 3))
    }
}

#[cfg(test)]
mod tests;
