//! Phrases as real plans have them.

use super::*;

/// What a text states: the words, and what they mean.
fn read(text: &str) -> Vec<String> {
    let show = |found: Stated| {
        let every = if found.repeats { "every " } else { "" };
        format!("{} = {every}{}", &text[found.range], found.value)
    };
    stated(text).into_iter().map(show).collect()
}

fn means(text: &str) -> String {
    let found = stated(text);
    let [one] = &found[..] else { return format!("{} found", found.len()) };
    format!("{}{}", if one.repeats { "every " } else { "" }, one.value)
}

#[test]
fn durations_as_plans_write_them() {
    for (text, meaning) in [
        ("within 1 hour of identifying an incident", "1 hour"),
        ("within one hour of being identified", "1 hour"),
        ("within an hour", "1 hour"),
        ("within the hour", "1 hour"),
        ("one (1) hour", "1 hour"),
        ("a 1-hour deadline", "1 hour"),
        ("Max of 60 minutes", "60 minutes"),
        ("60 min", "60 minutes"),
        ("24h", "24 hours"),
        ("72 h", "72 hours"),
        ("seventy-two hours", "72 hours"),
        ("twenty four hours", "24 hours"),
        ("half an hour", "30 minutes"),
        ("a half hour", "30 minutes"),
        ("a half-hour", "30 minutes"),
        ("a quarter of an hour", "15 minutes"),
        ("three quarters of an hour", "45 minutes"),
        ("an hour and a half", "90 minutes"),
        ("one and a half hours", "90 minutes"),
        ("1.5 hours", "90 minutes"),
        ("2½ hours", "150 minutes"),
        ("1 hour 30 minutes", "90 minutes"),
        ("1 hour and 30 minutes", "90 minutes"),
        ("1h30m", "90 minutes"),
        ("For the first 15-30 minutes, the responder", "15 to 30 minutes"),
        ("15–20 min", "15 to 20 minutes"),
        ("15 to 30 minutes", "15 to 30 minutes"),
        ("fifteen to thirty minutes", "15 to 30 minutes"),
        ("between 15 and 30 minutes", "15 to 30 minutes"),
        ("between 30 minutes and 2 hours", "30 minutes to 2 hours"),
        ("30 minutes to an hour", "30 minutes to 1 hour"),
        ("two business days", "2 business days"),
        ("5 working days", "5 business days"),
        ("3 calendar days", "3 days"),
        ("ten days", "10 days"),
        ("a week", "1 week"),
        ("1000 users or 8 hours", "8 hours"),
        ("wait 30 more minutes", "30 minutes"),
    ] {
        assert_eq!(means(text), meaning, "{text}");
    }
}

#[test]
fn intervals_as_plans_write_them() {
    for (text, meaning) in [
        ("every hour, or more", "every 1 hour"),
        ("hourly (or more)", "every 1 hour"),
        ("at least every hour", "every 1 hour"),
        ("every 60 minutes", "every 60 minutes"),
        ("once an hour", "every 1 hour"),
        ("once per hour", "every 1 hour"),
        ("1/hour", "every 1 hour"),
        ("on the hour", "every 1 hour"),
        ("at hourly intervals", "every 1 hour"),
        ("at 2-hour intervals", "every 2 hours"),
        ("at intervals of 2 hours", "every 2 hours"),
        ("every two hours", "every 2 hours"),
        ("every other hour", "every 2 hours"),
        ("once every two hours", "every 2 hours"),
        ("2-hourly", "every 2 hours"),
        ("every 4-6 hours", "every 4 to 6 hours"),
        ("roughly every 30mins", "every 30 minutes"),
        ("every 30 min", "every 30 minutes"),
        ("every half hour", "every 30 minutes"),
        ("every half an hour", "every 30 minutes"),
        ("half-hourly", "every 30 minutes"),
        ("twice an hour", "every 30 minutes"),
        ("approximately twice a day", "every 12 hours"),
        ("twice per day", "every 12 hours"),
        ("twice daily", "every 12 hours"),
        ("twice-daily", "every 12 hours"),
        ("2x daily", "every 12 hours"),
        ("2×/day", "every 12 hours"),
        ("2x a day", "every 12 hours"),
        ("two times a day", "every 12 hours"),
        ("2 times per day", "every 12 hours"),
        ("every 12 hours", "every 12 hours"),
        ("3x daily", "every 8 hours"),
        ("approximately daily", "every 1 day"),
        ("once a day", "every 1 day"),
        ("1x daily", "every 1 day"),
        ("every day", "every 1 day"),
        ("every 24 hours", "every 24 hours"),
        ("each business day", "every 1 business day"),
        ("every morning", "every 1 day"),
        ("every other day", "every 2 days"),
        ("weekly", "every 1 week"),
        ("once a week", "every 1 week"),
        ("at least once a year", "every 1 year"),
        ("quarterly", "every 3 months"),
    ] {
        assert_eq!(means(text), meaning, "{text}");
    }
}

#[test]
fn one_text_may_state_several() {
    assert_eq!(
        read("High: hourly; Medium: 2x daily; Low after 15 minutes"),
        ["hourly = every 1 hour", "2x daily = every 12 hours", "15 minutes = 15 minutes"]
    );
    assert_eq!(read("for 3 hours or 90 minutes"), ["3 hours = 3 hours", "90 minutes = 90 minutes"]);
}

#[test]
fn what_is_no_duration_is_left_alone() {
    for text in [
        "",
        "in 2026, within 5 people",
        "around the clock, 24/7",
        "NIST SP 800-61 day",
        "ask a second person",
        "business hours, 9-5",
        "at 14:30 hours",
        "2026-05-02",
        "version 1.2.3",
        "15 m from the door",
        "bi-hourly",
        "$5m",
        "the days",
        "0 minutes",
        "3.14159 hours",
        "99999999999999999999 hours",
        "one responder, two leads",
        "today",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
}
