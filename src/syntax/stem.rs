//! Stems of English words: enough to see that "handing over", "handover" and "hands" share a
//! word, not to know a language.

use std::collections::BTreeSet;

/// Words that say little by themselves.
const IDLE: &[&str] = &[
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "before",
    "but", "by", "can", "did", "do", "does", "else", "for", "from", "had", "has", "have", "here", "how", "i",
    "if", "in", "into", "is", "it", "its", "may", "me", "more", "must", "my", "no", "not", "now", "of", "on",
    "one", "or", "our", "out", "see", "shall", "should", "so", "some", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "to", "until", "us", "was", "we",
    "were", "what", "when", "where", "which", "while", "who", "will", "with", "would", "you", "your",
];

/// The stem of a word, in lower case: the word without the endings of plurals, tenses and
/// the commonest derived forms.
pub fn stem(word: &str) -> String {
    const ENDINGS: [&str; 12] =
        ["ations", "ation", "ings", "ing", "ers", "ies", "ed", "er", "es", "ly", "s", "e"];
    let lower = word.to_lowercase().replace(['\'', '’', '-'], "");
    let long_enough = |ending: &&&str| lower.ends_with(**ending) && lower.chars().count() >= ending.len() + 3;
    let Some(ending) = ENDINGS.iter().find(long_enough) else { return lower };
    let mut rest = lower[..lower.len() - ending.len()].to_string();
    if *ending == "ies" {
        rest.push('y');
    }
    // "planned" and "plan" have one stem.
    let mut letters = rest.chars().rev();
    if let (Some(last), Some(before)) = (letters.next(), letters.next())
        && last == before
        && !matches!(last, 's' | 'l' | 'e')
        && rest.chars().count() > 3
    {
        rest.pop();
    }
    rest
}

/// The stems of the words of a text that say something.
pub fn stems(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')));
    words
        .filter(|word| !word.is_empty() && !IDLE.contains(&word.to_lowercase().as_str()))
        .map(stem)
        .filter(|stem| !stem.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for forms in [
            &["report", "reports", "reported", "reporting", "Reporter"][..],
            &["plan", "plans", "planned", "planning"],
            &["severity", "severities"],
            &["document", "documents", "documenting", "documentation"],
            &["close", "closes", "closed", "closing"],
        ] {
            let found: BTreeSet<String> = forms.iter().map(|form| stem(form)).collect();
            assert_eq!(found.len(), 1, "{found:?}");
        }
        assert_ne!(stem("roles"), stem("rules"));
        assert_eq!(stem("is"), "is");
    }

    #[test]
    fn words_that_say_little_are_left_out() {
        let found: Vec<String> = stems("What you must not do").into_iter().collect();
        assert_eq!(found, Vec::<String>::new());
        assert_eq!(stems("Where we talk").into_iter().collect::<Vec<_>>(), ["talk"]);
    }
}
