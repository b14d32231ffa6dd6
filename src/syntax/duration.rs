//! Durations as plans state them: `15m`, `1h`, `3 business days`, `15m..30m`.

use std::cmp::Ordering;
use std::fmt;

/// A unit of time. Business days are counted by a calendar, so they compare with other
/// units only roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Seconds
    Second,
    /// Minutes
    Minute,
    /// Hours
    Hour,
    /// Days of the calendar
    Day,
    /// Days people work
    BusinessDay,
    /// Weeks
    Week,
    /// Months
    Month,
    /// Years
    Year,
}

const NAMES: &[(&str, Unit)] = &[
    ("s", Unit::Second),
    ("sec", Unit::Second),
    ("second", Unit::Second),
    ("m", Unit::Minute),
    ("min", Unit::Minute),
    ("minute", Unit::Minute),
    ("h", Unit::Hour),
    ("hr", Unit::Hour),
    ("hour", Unit::Hour),
    ("d", Unit::Day),
    ("day", Unit::Day),
    ("calendar day", Unit::Day),
    ("business day", Unit::BusinessDay),
    ("working day", Unit::BusinessDay),
    ("w", Unit::Week),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("y", Unit::Year),
    ("year", Unit::Year),
];

impl Unit {
    fn parse(text: &str) -> Option<Unit> {
        let text = text.to_lowercase();
        let named = |name: &str| NAMES.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit);
        // A plural is a full name and an "s"; "ms" or "hs" is nothing.
        named(&text).or_else(|| text.strip_suffix('s').filter(|name| name.len() > 1).and_then(named))
    }

    /// Length in seconds; months have 30 days and a business day is a day.
    fn seconds(self) -> u64 {
        match self {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day | Unit::BusinessDay => 86_400,
            Unit::Week => 7 * 86_400,
            Unit::Month => 30 * 86_400,
            Unit::Year => 365 * 86_400,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Unit::Second => "second",
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::BusinessDay => "business day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }
}

/// The regular expression of what [`Duration::parse`] reads, for schemas. It lets pass a few amounts
/// above the largest there is.
pub fn pattern() -> String {
    let units: Vec<String> = NAMES.iter().map(|(name, _)| unit_pattern(name)).collect();
    format!("\\s*0*[0-9]{{1,10}}\\s*({})\\s*", units.join("|"))
}

/// The regular expression of what [`DurationRange::parse`] reads; it cannot tell which one is longer.
pub fn range_pattern() -> String {
    let one = pattern();
    format!("(\\s*\\+?0*[0-9]{{1,10}}\\s*\\.\\.|{one}\\.\\.)?{one}")
}

/// A unit in any case, and its plural where it has one. Schemas know no other way to say so.
fn unit_pattern(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        ' ' => " ".to_string(),
        letter => format!("[{}{letter}]", letter.to_uppercase()),
    });
    let plural = if name.len() > 1 { "[Ss]?" } else { "" };
    letters.chain([plural.to_string()]).collect()
}

/// A whole number of one unit, as its author wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Duration {
    /// How many
    pub amount: u32,
    /// of what.
    pub unit: Unit,
}

impl Duration {
    /// Reads `15m`, `15 minutes`, `1h`, `3 business days`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Duration> {
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let amount = text[..digits].parse().ok()?;
        let unit = Unit::parse(text[digits..].trim())?;
        Some(Duration { amount, unit })
    }

    fn means(self, other: Duration) -> bool {
        match (self.unit, other.unit) {
            (Unit::BusinessDay, Unit::Week) => self.amount == other.amount.saturating_mul(5),
            (Unit::Week, Unit::BusinessDay) => other.means(self),
            (own, others) => (own == Unit::BusinessDay) == (others == Unit::BusinessDay) && self == other,
        }
    }

    /// Length in seconds; a month is taken as 30 days, a year as 365.
    pub fn seconds(self) -> u64 {
        u64::from(self.amount) * self.unit.seconds()
    }
}

impl PartialEq for Duration {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Duration {}

impl PartialOrd for Duration {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Duration {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds().cmp(&other.seconds())
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.amount, self.unit.name())
    }
}

/// One duration, or from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationRange {
    /// The shorter one.
    pub least: Duration,
    /// The longer one; the same where there is only one.
    pub most: Duration,
}

impl DurationRange {
    /// Reads a duration, `15m..30m`, or `15..30m`. `None` for anything else, and where the
    /// first is longer than the second.
    pub fn parse(text: &str) -> Option<DurationRange> {
        let Some((least, most)) = text.split_once("..") else {
            return Duration::parse(text).map(|one| DurationRange { least: one, most: one });
        };
        let most = Duration::parse(most)?;
        let least = match least.trim().parse() {
            Ok(amount) => Duration { amount, unit: most.unit },
            Err(_) => Duration::parse(least)?,
        };
        (least <= most).then_some(DurationRange { least, most })
    }

    /// Whether two say the same in a plan: they are as long as each other, and both or neither count
    /// the days people work. A week is five of those; a day of the calendar is none.
    pub fn means(self, other: DurationRange) -> bool {
        self.least.means(other.least) && self.most.means(other.most)
    }

    /// The interval in words: `every hour`, `every 12 hours`.
    pub fn every(self) -> String {
        let words = self.to_string();
        format!("every {}", words.strip_prefix("1 ").unwrap_or(&words))
    }
}

impl fmt::Display for DurationRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            self.most.fmt(f)
        } else if self.least.unit == self.most.unit {
            write!(f, "{} to {}", self.least.amount, self.most)
        } else {
            write!(f, "{} to {}", self.least, self.most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, shown) in [
            ("15m", "15 minutes"),
            ("1h", "1 hour"),
            ("1 hour", "1 hour"),
            ("3 business days", "3 business days"),
            ("12 Months", "12 months"),
            ("1y", "1 year"),
        ] {
            assert_eq!(Duration::parse(text).map(|d| d.to_string()).as_deref(), Some(shown));
        }
        for text in ["", "h", "15", "15 ms", "1.5h", "-1h", "1h 30m", "99999999999h"] {
            assert!(Duration::parse(text).is_none(), "{text} is not a duration");
        }
    }

    #[test]
    fn equal_lengths_are_equal_whatever_the_unit() {
        assert_eq!(Duration::parse("60m"), Duration::parse("1h"));
        assert!(Duration::parse("1h") < Duration::parse("1 day"));
    }

    #[test]
    fn business_days_are_no_days_of_the_calendar() {
        let means = |one, other| match (DurationRange::parse(one), DurationRange::parse(other)) {
            (Some(one), Some(other)) => one.means(other) && other.means(one),
            _ => false,
        };
        assert!(means("60m", "1h") && means("15m..30m", "15..30 minutes"));
        assert!(means("5 business days", "1 week") && means("5 business days", "5 working days"));
        assert!(!means("5 business days", "5 days") && !means("15m..30m", "30m"));
    }

    #[test]
    fn a_range_has_an_order() {
        let shown = |text| DurationRange::parse(text).map(|range| range.to_string());
        assert_eq!(shown("15m..30m").as_deref(), Some("15 to 30 minutes"));
        assert_eq!(shown("15..30m").as_deref(), Some("15 to 30 minutes"));
        assert_eq!(shown("30m..2h").as_deref(), Some("30 minutes to 2 hours"));
        assert_eq!(shown("30m"), Some("30 minutes".into()));
        assert_eq!(shown("30m..15m"), None);
        let every = |text| DurationRange::parse(text).map(DurationRange::every);
        assert_eq!(every("1h").as_deref(), Some("every hour"));
        assert_eq!(every("12h").as_deref(), Some("every 12 hours"));
    }
}
