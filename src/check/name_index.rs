//! Many names, found in a text at once by the word each begins with.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use crate::plan::letters::letter;

/// Names that are looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NameIndex {
    /// The names by their first word in lower case: there may be thousands with one, such as
    /// `System 1` and `System 2`
    by_first: HashMap<String, Alike>,
    /// The first bytes of these words, a bit for each
    initials: [u128; 2],
}

/// The names that begin with one word, by what stands before it and then in their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Alike(Vec<Name>);

#[derive(Debug, PartialEq, Eq)]
struct Name {
    /// How many bytes stand before its first word
    lead: usize,
    /// All of it, in lower case
    lower: String,
    /// The numbers of the names that are written so
    numbers: Vec<usize>,
    /// The place of the longest one that it begins with
    begins_with: Option<usize>,
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
            alike.0.push(Name { lead: first.start, lower, numbers: vec![at], begins_with: None });
        }
        index.by_first.values_mut().for_each(Alike::put_in_order);
        index
    }

    /// Where names stand in a text as whole words, whatever the case of their letters, each with
    /// its number. A plural ending belongs to the name.
    pub fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found = Vec::new();
        self.look(text, |place| {
            let before = found.len();
            place.each(&mut |range, number| found.push((range, number)));
            found[before..].sort_unstable_by_key(|(_, number)| *number);
        });
        found
    }

    /// Tells of what [`NameIndex::find`] finds, of those that begin at one word in any order: where
    /// many names begin with each other, that is more than a memory holds.
    pub fn each(&self, text: &str, mut tell: impl FnMut(Range<usize>, usize)) {
        self.look(text, |place| place.each(&mut tell));
    }

    /// Whether a text has any of the names.
    pub fn finds(&self, text: &str) -> bool {
        let mut is_found = false;
        if !self.by_first.is_empty() {
            self.look(text, |place| is_found = is_found || place.has_any());
        }
        is_found
    }

    /// Goes through the words of a text that are the first ones of names.
    fn look<'i, 't>(&'i self, text: &'t str, mut tell: impl FnMut(Place<'i, 't, '_>)) {
        let lower = OnceCell::new();
        let mut end = 0;
        for word in words_of(text) {
            let gap = word.start - end;
            end = word.end;
            let initial = text.as_bytes()[word.start].to_ascii_lowercase();
            if self.initials[usize::from(initial >> 7)] & (1 << (initial & 127)) == 0 {
                continue;
            }
            let lower = lower.get_or_init(|| text.to_ascii_lowercase());
            let first = word.start;
            let word = &lower[word];
            let singular = word.strip_suffix('s').filter(|one| !one.is_empty());
            for key in [Some(word), singular].into_iter().flatten() {
                if let Some(Alike(names)) = self.by_first.get(key) {
                    tell(Place { names, text, lower, first, gap });
                }
            }
        }
    }
}

impl Alike {
    fn put_in_order(&mut self) {
        let Alike(names) = self;
        names.sort_by(|a, b| (a.lead, &a.lower).cmp(&(b.lead, &b.lower)));
        names.dedup_by(|next, first| {
            let is_same = (next.lead, &next.lower) == (first.lead, &first.lower);
            if is_same {
                first.numbers.append(&mut next.numbers);
            }
            is_same
        });
        for at in 1..names.len() {
            let is_begin = |other: &usize| {
                let (other, name) = (&names[*other], &names[at]);
                other.lead == name.lead && name.lower.starts_with(&other.lower)
            };
            // What a name begins with stands before it, and so does all that begins with that.
            let shorter = std::iter::successors(Some(at - 1), |other| names[*other].begins_with);
            names[at].begins_with = shorter.into_iter().find(is_begin);
        }
    }
}

/// A word of a text, and the names that begin with it.
struct Place<'i, 't, 'l> {
    names: &'i [Name],
    text: &'t str,
    /// The same in lower case
    lower: &'l str,
    /// Where the word begins
    first: usize,
    /// How many bytes stand between it and the word before
    gap: usize,
}

impl Place<'_, '_, '_> {
    fn has_any(&self) -> bool {
        let mut has_any = false;
        self.each(&mut |_, _| has_any = true);
        has_any
    }

    /// Tells of the names that stand there.
    fn each(&self, tell: &mut impl FnMut(Range<usize>, usize)) {
        let mut rest = self.names;
        // What stands before the first word of a name has no letter.
        while let Some(lead) = rest.first().map(|name| name.lead).filter(|lead| *lead <= self.gap) {
            let (own, others) = rest.split_at(rest.partition_point(|name| name.lead == lead));
            let start = self.first - lead;
            if let Some(before) = self.text.get(..start)
                && is_open(before.chars().next_back())
            {
                self.each_at(start, own, tell);
            }
            rest = others;
        }
    }

    /// Tells of the names among `own` that begin at `start`.
    fn each_at(&self, start: usize, own: &[Name], tell: &mut impl FnMut(Range<usize>, usize)) {
        let text = &self.lower[start..];
        let Some(last) = own.partition_point(|name| name.lower.as_str() <= text).checked_sub(1) else {
            return;
        };
        // The last one in order before a text begins with each name that the text begins with.
        let common = common_start(text, &own[last].lower);
        let all = std::iter::successors(Some(&own[last]), |name| Some(&self.names[name.begins_with?]));
        for name in all.skip_while(|name| name.lower.len() > common) {
            if let Some(range) = whole(self.text, start..start + name.lower.len()) {
                name.numbers.iter().for_each(|number| tell(range.clone(), *number));
            }
        }
    }
}

/// How many bytes a text has in common with a name from the beginning.
fn common_start(text: &str, name: &str) -> usize {
    if text.starts_with(name) {
        return name.len();
    }
    text.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count()
}

/// Whether no letter or figure is there.
fn is_open(beside: Option<char>) -> bool {
    beside.is_none_or(|c| !c.is_alphanumeric() && c != '_')
}

/// The range with its plural ending, where it does not go on as a longer word.
fn whole(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let rest = &text[range.end..];
    if is_open(rest.chars().next()) {
        return Some(range);
    }
    let is_plural = rest.strip_prefix('s').is_some_and(|rest| is_open(rest.chars().next()));
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
        assert_eq!(found("the ICS is none of several ICs"), [("ICs".into(), 1)]);
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

    #[test]
    fn of_names_that_begin_with_each_other_each_is_found_where_it_stands_whole() {
        let names = ["a b", "a", "a b c", "–a b", "A b", "a bc"];
        let index = NameIndex::new(names.map(str::to_string));
        let found = |text: &str| -> Vec<(String, usize)> {
            let found = index.find(text).into_iter();
            found.map(|(range, number)| (text[range].to_string(), number)).collect()
        };
        let of = |found: &[(&str, usize)]| -> Vec<(String, usize)> {
            found.iter().map(|(words, number)| (words.to_string(), *number)).collect()
        };
        assert_eq!(found("a bs"), of(&[("a bs", 0), ("a", 1), ("a bs", 4)]));
        assert_eq!(found("A b c"), of(&[("A b", 0), ("A", 1), ("A b c", 2), ("A b", 4)]));
        assert_eq!(found("–a bcd"), of(&[("a", 1)]));
        assert_eq!(found("é–a b"), of(&[("a b", 0), ("a", 1), ("a b", 4)]));
        assert_eq!(found(" –a bc"), of(&[("a", 1), ("a bc", 5)]));
        assert_eq!(found("·–a b_"), of(&[("a", 1)]));
    }
}
