//! Words as they are compared: in lower case, and where it matters without their endings.

use std::ops::Range;

use crate::plan::prose;

/// A text's words in lower case with one space around each, so that a phrase with spaces around
/// it is found as whole words.
pub fn spaced(text: &str) -> String {
    let mut found = String::with_capacity(text.len() + 2);
    found.push(' ');
    for range in prose::each_word(text) {
        let word = &text[range];
        if word.is_ascii() {
            let letters =
                word.bytes().map(|byte| if byte == b'-' { ' ' } else { byte.to_ascii_lowercase().into() });
            found.extend(letters);
        } else {
            found.push_str(&word.to_lowercase().replace('-', " "));
        }
        found.push(' ');
    }
    found
}

/// Whether a text as [`spaced`] gives it has one of some phrases. A phrase ending in `*` is the
/// start of words.
pub fn has_any(spaced: &str, phrases: &[&str]) -> bool {
    // Nearly every text has none of them: that is seen without a copy of the phrase.
    phrases.iter().any(|phrase| match phrase.strip_suffix('*') {
        Some(start) => spaced.contains(start) && spaced.contains(&format!(" {start}")),
        None => spaced.contains(phrase) && spaced.contains(&format!(" {phrase} ")),
    })
}

/// A word without its ending: `reports`, `reported` and `reporting` are one.
pub fn stem(word: &str) -> String {
    let mut word = word.to_lowercase();
    for end in ["'s", "’s"] {
        if let Some(short) = word.strip_suffix(end) {
            word.truncate(short.len());
        }
    }
    for (end, instead) in [("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")] {
        let Some(short) = word.strip_suffix(end) else { continue };
        // "is", "red" and "ring" have no ending.
        if short.len() >= 3 && !(end == "s" && short.ends_with('s')) {
            word.truncate(short.len());
            word.push_str(instead);
            break;
        }
    }
    let mut letters = word.chars().rev();
    let is_doubled = letters
        .next()
        .is_some_and(|last| letters.next() == Some(last) && last.is_alphabetic() && !"lse".contains(last));
    if is_doubled || word.len() > 3 && word.ends_with('e') {
        word.pop();
    }
    word
}

/// The words of a text as they are compared, each with its place. `follow-up` is two.
pub fn stems(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for range in prose::each_word(text) {
        let mut start = range.start;
        for part in text[range].split('-') {
            if !part.is_empty() {
                found.push((start..start + part.len(), stem(part)));
            }
            start += part.len() + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_do_not_matter() {
        for group in [
            &["report", "reports", "Reported", "reporting", "report's"][..],
            &["notify", "notifies", "notified", "notifying"],
            &["escalate", "escalates", "escalated", "escalating"],
            &["notice", "noticed", "noticing"],
            &["stop", "stopped", "stopping"],
            &["declare", "declared", "declaring"],
            &["shift", "shifts"],
            &["pass", "passes", "passed"],
        ] {
            for word in group {
                assert_eq!(stem(word), stem(group[0]), "{word}");
            }
        }
        for (one, other) in [("report", "reporter"), ("is", "i"), ("red", "r"), ("solo", "sole")] {
            assert_ne!(stem(one), stem(other));
        }
    }

    #[test]
    fn phrases_are_whole_words() {
        let text = spaced("Needs no permission; follow-up at 9.");
        assert_eq!(text, " needs no permission follow up at 9 ");
        assert!(has_any(&text, &["no permission"]) && has_any(&text, &["permi*"]));
        assert!(!has_any(&text, &["no per", "mission"]));
    }
}
