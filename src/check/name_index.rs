//! Many names, found in a text at once by the word each begins with.

use std::collections::HashMap;
use std::ops::Range;

use crate::plan::letters::letter;

/// Names that are looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NameIndex {
    names: Vec<String>,
    /// The names by their first word in lower case
    by_first: HashMap<String, Vec<usize>>,
    /// The first bytes of these words, a bit for each
    initials: [u128; 2],
}

impl NameIndex {
    /// An index of some names; a name without a letter or a figure is never found.
    pub fn new(names: impl IntoIterator<Item = String>) -> NameIndex {
        let mut index = NameIndex { names: names.into_iter().collect(), ..NameIndex::default() };
        for (at, name) in index.names.iter().enumerate() {
            let Some(first) = words_of(name).next() else { continue };
            let word = name[first].to_ascii_lowercase();
            if let Some(initial) = word.bytes().next() {
                index.initials[usize::from(initial >> 7)] |= 1 << (initial & 127);
            }
            index.by_first.entry(word).or_default().push(at);
        }
        index
    }

    /// Where names stand in a text as whole words, whatever the case of their letters, each with
    /// its number. A plural ending belongs to the name.
    pub fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found = Vec::new();
        for word in words_of(text) {
            let initial = text.as_bytes()[word.start].to_ascii_lowercase();
            if self.initials[usize::from(initial >> 7)] & (1 << (initial & 127)) == 0 {
                continue;
            }
            let lower = text[word.clone()].to_ascii_lowercase();
            let singular = lower.strip_suffix('s').filter(|one| !one.is_empty());
            for key in [Some(lower.as_str()), singular].into_iter().flatten() {
                for at in self.by_first.get(key).into_iter().flatten() {
                    found.extend(self.stands(text, word.start, *at).map(|range| (range, *at)));
                }
            }
        }
        found
    }

    /// Whether a text has any of the names.
    pub fn finds(&self, text: &str) -> bool {
        !self.by_first.is_empty() && !self.find(text).is_empty()
    }

    /// The place of a name whose first word begins at `first`.
    fn stands(&self, text: &str, first: usize, at: usize) -> Option<Range<usize>> {
        let name = &self.names[at];
        let lead = words_of(name).next()?.start;
        let start = first.checked_sub(lead)?;
        let end = start + name.len();
        let same = text.get(start..end).is_some_and(|here| here.eq_ignore_ascii_case(name));
        let open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let rest = text.get(end..)?;
        let before = open(text.get(..start)?.chars().next_back());
        let plural = rest.strip_prefix('s').is_some_and(|rest| open(rest.chars().next()));
        match same && before {
            true if open(rest.chars().next()) => Some(start..end),
            true if plural => Some(start..end + 1),
            _ => None,
        }
    }
}

/// The stretches of letters and figures of a text.
fn words_of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut start, mut length) = (at, 0);
        while let Some((is_word, bytes)) = letter(text, start + length) {
            match (is_word, length) {
                (true, _) => length += bytes,
                (false, 0) => start += bytes,
                (false, _) => break,
            }
        }
        at = start + length;
        (length > 0).then_some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::NameIndex;

    #[test]
    fn names_are_found_whatever_their_case_and_number() {
        let names = ["incident commander", "IC", "#general", "Ops Alerts"];
        let index = NameIndex::new(names.map(str::to_string));
        let found = |text: &str| -> Vec<(String, usize)> {
            index.find(text).into_iter().map(|(range, at)| (text[range].to_string(), at)).collect()
        };
        assert_eq!(
            found("Incident Commanders and the IC's #general"),
            [("Incident Commanders".into(), 0), ("IC".into(), 1), ("#general".into(), 2)]
        );
        assert_eq!(
            found("incident commanding, general #generally, é–Ops Alerts."),
            [("Ops Alerts".into(), 3)]
        );
    }
}
