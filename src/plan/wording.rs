//! Words as they are compared: in lower case, and where it matters without their endings.

use std::ops::Range;

use crate::plan::letters::each_word;
use crate::plan::words;

/// A text's words in lower case with one space around each, so that a phrase with spaces around
/// it is found as whole words.
pub fn spaced(text: &str) -> String {
    Spaced::of(text).text
}

/// A text as [`spaced`] gives it, with where its words were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spaced {
    /// The words, with a space around each
    pub text: String,
    /// Where each word ends in the text it was read from, and where the next one would begin in this one
    ends: Vec<(usize, usize)>,
}

impl Spaced {
    /// The words of a text. `follow-up` is two.
    pub fn of(text: &str) -> Spaced {
        let mut found = String::with_capacity(text.len() + 2);
        let mut ends = Vec::with_capacity(text.len() / 5);
        found.push(' ');
        for range in each_word(text) {
            let mut start = range.start;
            for part in text[range].split('-') {
                found.push_str(&words::lowered(part));
                found.push(' ');
                ends.push((start + part.len(), found.len()));
                start += part.len() + 1;
            }
        }
        Spaced { text: found, ends }
    }

    /// How long the part is whose words stand before a place in the text it was read from: as
    /// long as [`spaced`] of that part.
    pub fn before(&self, at: usize) -> usize {
        let words = self.ends.partition_point(|(end, _)| *end <= at);
        words.checked_sub(1).map_or(1, |last| self.ends[last].1)
    }
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

/// A word by its letters: FNV-1a, since words are short and nobody gains by making two of them alike.
pub const fn hash(word: &str) -> u64 {
    let (mut hash, mut at, letters) = (0xCBF2_9CE4_8422_2325, 0, word.as_bytes());
    while at < letters.len() {
        hash = (hash ^ letters[at] as u64).wrapping_mul(0x0000_0100_0000_01B3);
        at += 1;
    }
    hash
}

/// A word without its ending, as it is compared: by the hash of its letters, since it is compared often
/// and never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stem(u64);

impl Stem {
    /// A stem by its letters, as [`stem`] leaves them.
    pub const fn of_letters(letters: &str) -> Stem {
        Stem(hash(letters))
    }

    /// Several stems by their letters.
    pub const fn all<const N: usize>(letters: [&str; N]) -> [Stem; N] {
        let (mut stems, mut at) = ([Stem(0); N], 0);
        while at < N {
            stems[at] = Stem::of_letters(letters[at]);
            at += 1;
        }
        stems
    }
}

/// A word without its ending: `reports`, `reported` and `reporting` are one.
pub fn stem(word: &str) -> Stem {
    let (lower, other);
    lower = words::lowered(word);
    let mut word = words::without_genitive(&lower);
    // Most words end in another letter than all of these.
    let has_ending = matches!(word.bytes().next_back(), Some(b's' | b'd' | b'g'));
    let endings = [("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")];
    for (end, instead) in endings.into_iter().filter(|_| has_ending) {
        let Some(short) = word.strip_suffix(end) else { continue };
        // "is", "red" and "ring" have no ending.
        if short.len() >= 3 && !(end == "s" && short.ends_with('s')) {
            if instead.is_empty() {
                word = short;
            } else {
                other = format!("{short}{instead}");
                word = &other;
            }
            break;
        }
    }
    // The letter that stands twice at the end, and how long the last one is.
    let (twice, length) = match word.as_bytes() {
        [.., before, last] if last.is_ascii() => ((before == last).then_some(char::from(*last)), 1),
        _ => {
            let mut letters = word.chars().rev();
            let last = letters.next();
            (last.filter(|last| letters.next() == Some(*last)), last.map_or(0, char::len_utf8))
        }
    };
    let is_doubled = twice.is_some_and(|letter| letter.is_alphabetic() && !matches!(letter, 'l' | 's' | 'e'));
    if is_doubled || word.len() > 3 && word.ends_with('e') {
        word = &word[..word.len() - length];
    }
    Stem::of_letters(word)
}

/// The words of a text as they are compared, each with its place. `follow-up` is two.
pub fn stems(text: &str) -> impl Iterator<Item = (Range<usize>, Stem)> + '_ {
    each_word(text).flat_map(|range| {
        let mut start = range.start;
        text[range].split('-').filter_map(move |part| {
            let place = start..start + part.len();
            start += part.len() + 1;
            (!part.is_empty()).then(|| (place, stem(part)))
        })
    })
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

    #[test]
    fn what_stands_before_a_place_is_the_start_of_the_words() {
        let text = "Tell «Ärzte» after-hours, within 15m-ish";
        let words = Spaced::of(text);
        for at in ["Tell", "«", "after", "hours", "within", "15m", "ish"].map(|word| text.find(word)) {
            let at = at.expect("a word");
            assert_eq!(words.text[..words.before(at)], spaced(&text[..at]), "{at}");
        }
        assert_eq!(words.before(text.len()), words.text.len());
    }
}
