//! When people work and how freely they may act, as words have it.

use crate::plan::wording::{has_any, spaced};

/// When people work, as some words have it: `continuous` or `business`. `None` where they say
/// both, or neither.
pub(super) fn stated_hours(text: &str) -> Option<&'static str> {
    const CONTINUOUS: [&str; 14] = [
        "around the clock",
        "round the clock",
        "24 7",
        "24x7",
        "7x24",
        "24 hours a day",
        "continuous",
        "continuously",
        "without a break",
        "day and night",
        "nonstop",
        "non stop",
        "at any hour",
        "at all hours",
    ];
    const BUSINESS: [&str; 16] = [
        "business hours",
        "business hour",
        "working hours",
        "office hours",
        "normal hours",
        "regular hours",
        "work hours",
        "business days",
        "working days",
        "9 to 5",
        "9 5",
        "nine to five",
        "mon fri",
        "monday to friday",
        "monday through friday",
        "weekdays",
    ];
    const UNLESS: [&str; 8] =
        ["outside", "not", "never", "beyond", "after hours", "unless", "or", "until morning"];
    // A dash between figures or days is a space here: "9–5", "Mon–Fri", "24/7".
    let words = spaced(&text.replace(['–', '—', '/'], " "));
    let is_continuous = has_any(&words, &CONTINUOUS);
    let is_business = has_any(&words, &BUSINESS);
    match (is_continuous, is_business) {
        _ if has_any(&words, &UNLESS) => None,
        (true, false) => Some("continuous"),
        (false, true) => Some("business"),
        _ => None,
    }
}

/// How freely responders may disrupt service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freedom {
    /// Nobody is asked.
    Free,
    /// Others are asked first.
    Ask,
    /// All have to agree.
    Agree,
}

impl Freedom {
    /// What some words allow, where that is certain.
    pub(super) fn of(text: &str) -> Option<Freedom> {
        const FREE: [&str; 18] = [
            "no permission",
            "not need permission",
            "not need to ask",
            "without permission",
            "without asking",
            "without approval",
            "without consent",
            "no approval",
            "no consent",
            "do not ask",
            "don't ask",
            "does not ask",
            "need not ask",
            "nobody is asked",
            "nobody has to be asked",
            "act at once",
            "acts at once",
            "permission is not needed",
        ];
        const AGREE: [&str; 12] = [
            "mutual agreement",
            "mutually agree*",
            "all agree",
            "all of you agree",
            "all have agreed",
            "all have to agree",
            "everybody agrees",
            "everybody agreed",
            "everybody concerned has agreed",
            "everyone agrees",
            "everyone has agreed",
            "unanimous*",
        ];
        const ASK: [&str; 9] = [
            "ask",
            "asks",
            "consult",
            "consults",
            "consulted",
            "approval",
            "consent",
            "permission",
            "agree*",
        ];
        let words = spaced(text);
        match (has_any(&words, &FREE), has_any(&words, &AGREE)) {
            // "without permission after an hour" is not free.
            (true, false)
                if !has_any(&words, &["unless", "except", "but", "cannot", "unavailable", "only"]) =>
            {
                Some(Freedom::Free)
            }
            (false, true) => Some(Freedom::Agree),
            (false, false)
                if has_any(&words, &ASK) && !has_any(&words, &["not", "no", "immediately", "at once"]) =>
            {
                Some(Freedom::Ask)
            }
            _ => None,
        }
    }

    /// It in words
    pub(super) fn name(self) -> &'static str {
        match self {
            Freedom::Free => "nobody is asked",
            Freedom::Ask => "others are asked first",
            Freedom::Agree => "all have to agree",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_known_however_they_are_written() {
        for text in [
            "Immediate and continuous",
            "24/7",
            "24x7",
            "around the clock",
            "continuously, until contained",
            "at any hour",
        ] {
            assert_eq!(stated_hours(text), Some("continuous"), "{text}");
        }
        for text in [
            "business hours",
            "Business-hours",
            "in working hours",
            "9 to 5",
            "9–5, Mon–Fri",
            "9-5",
            "Monday to Friday",
            "weekdays",
        ] {
            assert_eq!(stated_hours(text), Some("business"), "{text}");
        }
        for text in ["", "immediately", "outside business hours", "continuous or business hours", "not 24/7"]
        {
            assert_eq!(stated_hours(text), None, "{text}");
        }
    }

    #[test]
    fn freedom_is_read_only_where_it_is_certain() {
        for (text, freedom) in [
            ("The response team acts without permission", Some(Freedom::Free)),
            ("Responders act at once. They need no permission.", Some(Freedom::Free)),
            ("No. Act at once, and announce it", Some(Freedom::Free)),
            ("Consult the leads; act after 1 hour", Some(Freedom::Ask)),
            ("Ask the team and the leads. In doubt, disrupt.", Some(Freedom::Ask)),
            ("mutual agreement", Some(Freedom::Agree)),
            ("Ask the same people and wait until all of you agree", Some(Freedom::Agree)),
            ("only after everybody concerned has agreed on it", Some(Freedom::Agree)),
            ("Take action immediately. The team does not need permission", Some(Freedom::Free)),
            ("Act immediately and ask for forgiveness", None),
            ("The commander decides", None),
            ("No permission, but only with mutual agreement", None),
            ("Without permission only if they cannot be reached", None),
        ] {
            assert_eq!(Freedom::of(text), freedom, "{text}");
        }
    }
}
