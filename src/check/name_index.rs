//! Many names, found in a text at once by the word each begins with.

use std::collections::HashMap;
use std::ops::Range;

use crate::plan::letters::letter;

/// Names that are looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NameIndex {
    /// The names by their first word in lower case
    by_first: HashMap<String, Alike>,
    /// The first bytes of these words, a bit for each
    initials: [u128; 2],
}

/// The names that begin with one word: there may be thousands, such as `System 1` and `System 2`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Alike {
    /// How many bytes of a name stand before its first word, and how many are in it; each pair once
    shapes: Vec<(usize, usize)>,
    /// The numbers of the names, by the names in lower case
    numbers: HashMap<String, Vec<usize>>,
}

impl NameIndex {
    /// An index of some names; a name without a letter or a figure is never found.
    pub fn new(names: impl IntoIterator<Item = String>) -> NameIndex {
        let mut index = NameIndex::default();
        for (at, name) in names.into_iter().enumerate() {
            let Some(first) = words_of(&name).next() else { continue };
            let lower = name.to_ascii_lowercase();
            let initial = lower.as_bytes()[first.start];
            index.initials[usize::from(initial >> 7)] |= 1 << (initial & 127);
            let alike = index.by_first.entry(lower[first.clone()].to_string()).or_default();
            let shape = (first.start, name.len());
            if !alike.shapes.contains(&shape) {
                alike.shapes.push(shape);
            }
            alike.numbers.entry(lower).or_default().push(at);
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
                if let Some(alike) = self.by_first.get(key) {
                    alike.add_found(text, word.start, &mut found);
                }
            }
        }
        found
    }

    /// Whether a text has any of the names.
    pub fn finds(&self, text: &str) -> bool {
        !self.by_first.is_empty() && !self.find(text).is_empty()
    }
}

impl Alike {
    /// Adds the names whose first word begins at `first`, in the order of their numbers.
    fn add_found(&self, text: &str, first: usize, found: &mut Vec<(Range<usize>, usize)>) {
        let before = found.len();
        for (lead, length) in &self.shapes {
            let Some(start) = first.checked_sub(*lead) else { continue };
            let Some(here) = text.get(start..start + length) else { continue };
            let Some(numbers) = self.numbers.get(&here.to_ascii_lowercase()) else { continue };
            if let Some(range) = whole(text, start..start + length) {
                found.extend(numbers.iter().map(|number| (range.clone(), *number)));
            }
        }
        found[before..].sort_unstable_by_key(|(_, number)| *number);
    }
}

/// The range with its plural ending, where it is no part of a longer word.
fn whole(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    if !open(text[..range.start].chars().next_back()) {
        return None;
    }
    let rest = &text[range.end..];
    if open(rest.chars().next()) {
        return Some(range);
    }
    let is_plural = rest.strip_prefix('s').is_some_and(|rest| open(rest.chars().next()));
    is_plural.then_some(range.start..range.end + 1)
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

    #[test]
    fn of_names_that_begin_alike_each_is_found_where_it_stands_whole() {
        let names = ["System 1", "#system-1", "System 10", "system 1"];
        let index = NameIndex::new(names.map(str::to_string));
        let found =
            |text: &str| -> Vec<usize> { index.find(text).into_iter().map(|(_, number)| number).collect() };
        assert_eq!(found("System 10 calls system 1"), [2, 0, 3]);
        assert_eq!(found("see #system-1, not system 100"), [1]);
    }
}
