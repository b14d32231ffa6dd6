//! "Did you mean": the name that is near to one that is not known.

use std::cell::Cell;

/// How many letters are compared for the names that one rule does not know. Whoever has more of them renamed
/// something, and is told what is not known without what may be meant.
const MOST_COMPARED: usize = 50_000_000;

/// The bytes of the longest name that anything is near to: two are compared each letter with each.
const LONGEST: usize = 200;

/// So many names are listed in one line.
const MOST_LISTED: usize = 100;

/// What may be meant by names that are not known, for as many as there is time for.
pub struct Suggestions {
    /// How many letters may still be compared each with each
    left: Cell<usize>,
    /// How many letters may still be looked through
    left_to_look: Cell<usize>,
}

impl Default for Suggestions {
    fn default() -> Self {
        Suggestions { left: Cell::new(MOST_COMPARED), left_to_look: Cell::new(MOST_COMPARED) }
    }
}

impl Suggestions {
    /// The nearest of some names, where one is near enough to have been meant: `incident-commander` for
    /// `incident-comander`, and for `comander` where no other has such a part.
    pub fn nearest<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        if self.left.get() == 0 {
            return None;
        }
        let name = Name::of(name)?;
        let known: Vec<&str> = known.into_iter().filter(|candidate| *candidate != name.written).collect();
        self.nearest_whole(&name, known.iter().copied()).or_else(|| {
            // Short ones are near to everything.
            let has_near = |candidate: &&str| {
                self.nearest_whole(&name, candidate.split('-').filter(|part| part.len() > 3)).is_some()
            };
            let mut with_part = known.iter().copied().filter(has_near);
            with_part.next().filter(|_| with_part.next().is_none())
        })
    }

    /// "did you mean `x`?", where something is near enough.
    pub fn did_you_mean<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
        self.nearest(name, known).map(|near| format!("did you mean `{near}`?"))
    }

    /// The first of some names, of four letters or more, that another has in it, in lower case, or that has it.
    pub fn first_around<'a>(&self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let name = name.to_lowercase();
        let is_around = |other: &&str| other.len() > 3 && (name.contains(other) || other.contains(&name));
        known
            .into_iter()
            .take_while(|other| take(&self.left_to_look, name.len() + other.len()))
            .find(is_around)
    }

    fn nearest_whole<'a>(&self, name: &Name, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        known
            .take_while(|candidate| take(&self.left, candidate.len().min(LONGEST)))
            .filter(|candidate| name.may_be_near(candidate))
            .take_while(|candidate| take(&self.left, candidate.len() * name.lower.len()))
            .map(|candidate| {
                let other = candidate.to_lowercase();
                let distance = strsim::damerau_levenshtein(&name.lower, &other);
                (candidate, distance, strsim::jaro_winkler(&name.lower, &other))
            })
            .filter(|(candidate, distance, similarity)| {
                *distance <= few(candidate.chars().count()) || *similarity >= 0.9
            })
            .min_by(|a, b| a.1.cmp(&b.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(b.0)))
            .map(|(candidate, ..)| candidate)
    }
}

/// Takes so many letters from those that are left, and says whether there were as many.
fn take(from: &Cell<usize>, letters: usize) -> bool {
    let left = from.get().checked_sub(letters);
    from.set(left.unwrap_or(0));
    left.is_some()
}

/// How many letters of a name of a length may be wrong.
fn few(length: usize) -> usize {
    (1 + length / 5).min(3)
}

/// A name that is not known.
struct Name<'n> {
    written: &'n str,
    lower: String,
    /// How often it has each letter, in lower case
    letters: [u8; 128],
}

impl<'n> Name<'n> {
    /// `None` for one that is too long.
    fn of(written: &'n str) -> Option<Name<'n>> {
        if written.len() > LONGEST {
            return None;
        }
        let lower = written.to_lowercase();
        let mut letters = [0; 128];
        for byte in lower.bytes().filter(u8::is_ascii) {
            letters[usize::from(byte)] += 1;
        }
        Some(Name { written, lower, letters })
    }

    /// A quick look before a long one: whether another name has enough letters of this one to be near it, wherever
    /// they stand.
    fn may_be_near(&self, other: &str) -> bool {
        if other.len() > LONGEST || !other.is_ascii() || !self.lower.is_ascii() {
            return other.len() <= LONGEST;
        }
        let mut left = self.letters;
        let mut common = 0;
        for byte in other.bytes() {
            let left = &mut left[usize::from(byte.to_ascii_lowercase())];
            common += usize::from(*left > 0);
            *left = left.saturating_sub(1);
        }
        let (own, length) = (self.lower.len(), other.len());
        if own.max(length) - common <= few(length) {
            return true;
        }
        // As similar as they were if all common letters stood in their places (Jaro and Winkler).
        let begins = self.lower.bytes().zip(other.bytes().map(|byte| byte.to_ascii_lowercase()));
        let begins = begins.take(4).take_while(|(one, other)| one == other).count();
        let part = |length: usize| common as f64 / length.max(1) as f64;
        let similar = (part(own) + part(length) + 1.0) / 3.0;
        common > 0 && similar + 0.1 * begins as f64 * (1.0 - similar) > 0.899
    }
}

/// "did you mean `x`?", where something is near enough to a single name.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    Suggestions::default().did_you_mean(name, known)
}

/// Some names in one line, the first hundred of them.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let first: Vec<&str> = names.by_ref().take(MOST_LISTED).collect();
    match names.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        Suggestions::default().nearest(name, known)
    }

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let roles = ["scribe", "incident-commander", "responder"];
        assert_eq!(nearest("scribbe", roles), Some("scribe"));
        assert_eq!(nearest("incident-comander", roles), Some("incident-commander"));
        assert_eq!(nearest("deputy", roles), None);
        assert_eq!((nearest("Übersicht", ["übersich"]), nearest("", ["a"])), (Some("übersich"), Some("a")));
    }

    #[test]
    fn a_part_is_understood_where_only_one_name_has_it() {
        let roles = ["scribe", "incident-commander", "responder", "first-responder"];
        assert_eq!(nearest("comander", roles), Some("incident-commander"));
        let channels = ["incident-room", "war-room"];
        assert_eq!(nearest("romm", channels), None);
        assert_eq!(nearest("b", ["page-a"]), None);
    }

    #[test]
    fn names_without_end_are_near_to_nothing_and_cost_nothing() {
        let name = "a".repeat(LONGEST);
        assert_eq!(nearest(&name[1..], [&*name]), Some(&*name));
        assert_eq!(nearest(&format!("{name}b"), [&*format!("{name}c")]), None);
        let suggestions = Suggestions::default();
        assert_eq!(suggestions.nearest(&name.repeat(5_000), [&*name]), None);
        assert_eq!(suggestions.left.get(), MOST_COMPARED);
    }

    #[test]
    fn of_names_without_number_the_first_are_understood() {
        let known: Vec<String> = (0..10_000).map(|number| format!("section-of-number-{number}")).collect();
        let suggestions = Suggestions::default();
        let understood = |name: &str| suggestions.nearest(name, known.iter().map(String::as_str)).is_some();
        assert!(understood("section-of-nunber-7"));
        let all = (0..10_000).filter(|number| understood(&format!("sektion-of-number-{number}"))).count();
        assert!((1..1_000).contains(&all), "{all}");
        assert!(!understood("section-of-nunber-7"));
    }

    #[test]
    fn a_name_is_found_around_another_as_long_as_there_is_time() {
        let known = ["ab", "hand", "the-handover", "handover"];
        let suggestions = Suggestions::default();
        assert_eq!(suggestions.first_around("The-Hand", known), Some("hand"));
        assert_eq!(suggestions.first_around("over", known), Some("the-handover"));
        assert_eq!(suggestions.first_around("cab", known), None);
        suggestions.left_to_look.set(20);
        assert_eq!(suggestions.first_around("over", known), None);
    }

    /// The quick look leaves out nothing that the long one finds.
    #[test]
    fn a_quick_look_lets_everything_through_that_is_near() {
        let words = [
            "scribe",
            "scribes",
            "Scrbie",
            "inscribe",
            "a",
            "",
            "ab",
            "tribe",
            "responder",
            "respond",
            "first-responder",
            "incident-commander",
            "commander-incident",
            "incident",
            "Incidents",
            "é",
            "sé",
        ];
        for name in words {
            let looked = Name::of(name).expect("a short name");
            for other in words {
                let (one, two) = (name.to_lowercase(), other.to_lowercase());
                let is_near = strsim::damerau_levenshtein(&one, &two) <= few(other.chars().count())
                    || strsim::jaro_winkler(&one, &two) >= 0.9;
                assert!(!is_near || looked.may_be_near(other), "{name} and {other}");
            }
        }
    }

    #[test]
    fn long_lists_say_how_many_more_there_are() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert!(listed(std::iter::repeat_n("a", 103)).ends_with("a, a and 3 more"));
    }
}
