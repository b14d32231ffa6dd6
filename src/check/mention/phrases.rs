//! Texts that are asked whether one of them has some words beside each other, for each of many
//! mentions: only words that end in one of a few are looked for, so these are put in order once.

use std::collections::BTreeSet;
use std::ops::Range;

/// What stands in some texts before certain last words, and these.
pub(super) struct Phrases {
    /// The words of each text, the last one first, with a space after each
    lines: String,
    /// From each certain word to the first one of its text, in the order of what is written there
    ends: Vec<Range<usize>>,
}

impl Phrases {
    /// Reads some texts, each as its words. What does not end in a word that `is_last` is not found.
    pub(super) fn of(
        texts: impl IntoIterator<Item = Vec<String>>,
        is_last: impl Fn(&str) -> bool,
    ) -> Phrases {
        let distinct: BTreeSet<Vec<String>> = texts.into_iter().collect();
        let (mut lines, mut ends) = (String::new(), Vec::new());
        for words in distinct {
            let mut starts = Vec::new();
            for word in words.iter().rev() {
                if is_last(word) {
                    starts.push(lines.len());
                }
                lines.push_str(word);
                lines.push(' ');
            }
            ends.extend(starts.into_iter().map(|start| start..lines.len()));
        }
        ends.sort_unstable_by(|a, b| lines[a.clone()].cmp(&lines[b.clone()]));
        Phrases { lines, ends }
    }

    /// Whether a text has some words beside each other.
    pub(super) fn have(&self, words: &[&str]) -> bool {
        let sought: String = words.iter().rev().flat_map(|word| [word, " "]).collect();
        let at = self.ends.partition_point(|end| self.lines[end.clone()] < *sought);
        self.ends.get(at).is_some_and(|end| self.lines[end.clone()].starts_with(&sought))
    }
}

#[cfg(test)]
mod tests {
    use super::Phrases;

    #[test]
    fn words_are_found_beside_each_other_and_whole() {
        let texts = ["the big incident lead and her lead", "lead", "big", "a red incident leader"];
        let split = |text: &str| -> Vec<String> { text.split(' ').map(str::to_string).collect() };
        let phrases = Phrases::of(texts.map(split), |word| word.starts_with("lead"));
        let have = |words: &str| phrases.have(&words.split(' ').collect::<Vec<_>>());
        for words in ["lead", "incident lead", "the big incident lead", "and her lead", "red incident leader"]
        {
            assert!(have(words), "{words}");
        }
        for words in
            ["big", "big lead", "ig incident lead", "incident her lead", "big incident leader", "lea"]
        {
            assert!(!have(words), "{words}");
        }
    }
}
