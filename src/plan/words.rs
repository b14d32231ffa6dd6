//! Words by what they say: two texts are held against each other by the stems they share.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use crate::plan::letters::each_word;

/// Words that say nothing about what a text is about.
static IDLE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "a about above after again all also an and any anybody anything are as at be because been \
    before below besides both but by can could did do does done down each either else even \
    every everybody everything first for from go had has have he her here his how i if in \
    into is it its keep last let like long make may me more most must my need needed no not \
    now of off on once one only or other others our out over own same say see she should so \
    some somebody something such take than that the their them then there these they this \
    those through time to too under until up us use was we well were what when where whether \
    which while who whoever whom whose why will with without would yes yet you your yours"
        .split_whitespace()
        .collect()
});

/// Endings that change a word's form and not what it is about, the longer ones first.
const ENDINGS: &[&str] = &["ations", "ation", "ments", "ment", "ings", "ing", "ied", "ies", "ed", "es", "s"];

/// The stem of a word in lower case, such as `announc` for "announces" and "announcement".
pub fn stem(word: &str) -> Cow<'_, str> {
    let word = without_genitive(word);
    let long_enough = |rest: &str| rest.chars().count() > 2;
    // Most words end in another letter than all of these.
    let last = word.bytes().next_back();
    let may_end = |ending: &&str| ending.bytes().next_back() == last;
    let mut endings = ENDINGS.iter().copied().filter(may_end);
    let ending = endings.find(|ending| word.strip_suffix(*ending).is_some_and(long_enough));
    // The double letter of "dropped" and "stopping".
    let doubled = |rest: &str| {
        let mut letters = rest.chars().rev();
        let last = letters.next();
        last == letters.next() && !matches!(last, Some('s' | 'l' | 'e'))
    };
    let mut rest = match ending {
        Some(ending @ ("ied" | "ies")) => return format!("{}y", &word[..word.len() - ending.len()]).into(),
        Some("s") if word.ends_with("ss") => word,
        Some(ending) => &word[..word.len() - ending.len()],
        None => word,
    };
    if ending.is_some() && doubled(rest) {
        rest = &rest[..rest.len() - rest.chars().next_back().map_or(0, char::len_utf8)];
    }
    if rest.len() > 3 && rest.ends_with('e') {
        rest = &rest[..rest.len() - 1];
    }
    rest.into()
}

/// A word without the ending of what belongs to it: `team` for "team's".
pub fn without_genitive(word: &str) -> &str {
    let Some(owner) = word.strip_suffix('s') else { return word };
    owner.strip_suffix(['\'', '’']).unwrap_or(word)
}

/// Whether a word in lower case says nothing by itself.
pub fn is_idle(word: &str) -> bool {
    IDLE.contains(word) || word.chars().count() < 2
}

/// The words of a text in lower case, in order.
pub fn lower(text: &str) -> Vec<String> {
    each_lower(text).map(Cow::into_owned).collect()
}

/// The same words, one after the other.
fn each_lower(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    each_word(text).map(|range| lowered(&text[range]))
}

/// A word in lower case; nearly all are so already.
pub fn lowered(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

/// The stems of what some words in lower case are about, in order.
pub fn stems_of(words: &[String]) -> impl Iterator<Item = String> {
    words.iter().filter(|word| !is_idle(word)).map(|word| stem(word).into_owned())
}

/// The stems of what a text is about, in order.
pub fn stems(text: &str) -> Vec<String> {
    each_stem(text).map(Cow::into_owned).collect()
}

/// The same stems, one after the other.
pub fn each_stem(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    each_lower(text).filter(|word| !is_idle(word)).map(|word| match word {
        Cow::Borrowed(word) => stem(word),
        Cow::Owned(word) => stem(&word).into_owned().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (one, other) in [
            ("announces", "announcement"),
            ("dropped", "drops"),
            ("deciding", "decide"),
            ("copies", "copy"),
            ("team's", "teams"),
            ("logs", "log"),
            ("process", "processes"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} and {other}");
        }
        for (one, other) in [("report", "repair"), ("status", "state"), ("need", "new")] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }

    #[test]
    fn idle_words_are_left_out() {
        assert_eq!(stems("Set the status to what it is now"), ["set", "statu"]);
    }
}
