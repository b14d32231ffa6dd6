//! Finding names in text, each in the way its sense asks for.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::check::foreign_name::holding::{Holding, Sense, digits};
use crate::check::mention::contact::emails;
use crate::check::name_index::NameIndex;
use crate::check::passage::{Part, Passage, unspaced, whole_words};
use crate::plan::Divided;
use crate::source::{Sources, Span};

/// A use of something in a passage.
pub(super) struct Use<'b> {
    /// What is used
    pub holding: usize,
    /// The part of the passage; `None` for what a link leads to
    pub part: Option<Part<'b>>,
    range: Range<usize>,
    target: Span,
}

impl Use<'_> {
    /// Where it is written.
    pub fn span(&self, sources: &Sources) -> Span {
        match self.part {
            Some(part) => part.run.span(self.range.clone(), sources),
            None => self.target,
        }
    }
}

/// Looks for holdings in text.
pub(super) struct Search<'h> {
    holdings: &'h [Holding],
    index: &'h NameIndex,
    /// For each holding, whether it is looked for
    wanted: Vec<bool>,
    /// The telephone numbers by their last figures: a number is written in many ways
    phones: HashMap<String, Vec<usize>>,
}

impl<'h> Search<'h> {
    /// A search for those holdings that are wanted.
    pub fn new(holdings: &'h [Holding], index: &'h NameIndex, wanted: Vec<bool>) -> Search<'h> {
        let mut phones: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, holding) in holdings.iter().enumerate().filter(|(at, _)| wanted[*at]) {
            if let (Sense::Address, Some(last)) = (holding.sense, last_figures(&digits(&holding.words))) {
                phones.entry(last.to_string()).or_default().push(at);
            }
        }
        Search { holdings, index, wanted, phones }
    }

    /// The uses in a passage.
    pub fn uses<'b>(&self, passage: &Passage<'b>) -> Vec<Use<'b>> {
        const STATES: [&str; 5] = ["also_called", "retired_names", "tools", "extends", "aliases"];
        let mut found = Vec::new();
        for part in passage.parts() {
            if STATES.iter().any(|key| part.is_under(key)) {
                continue;
            }
            let divided = Divided::of(part.run);
            for at in self.candidates(&part.run.text) {
                for range in in_run(&divided, &self.holdings[at]) {
                    found.push(Use { holding: at, part: Some(part), range, target: Span::default() });
                }
            }
        }
        let is_outside =
            |address: &str| ["http:", "https:", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
        for (target, address) in passage.targets().filter(|(_, address)| is_outside(address)) {
            for at in self.candidates(address) {
                let holding = &self.holdings[at];
                let is_there = match holding.sense {
                    Sense::Domain | Sense::Host => domain_in(address, &holding.words).next().is_some(),
                    Sense::Address => {
                        address.strip_prefix("mailto:").is_some_and(|to| to.starts_with(&holding.words))
                    }
                    _ => false,
                };
                if is_there {
                    found.push(Use { holding: at, part: None, range: 0..0, target });
                }
            }
        }
        found
    }

    /// The holdings a text may use, longer ones first.
    fn candidates(&self, text: &str) -> BTreeSet<usize> {
        let named = self.index.find(text).into_iter().map(|(_, at)| at).filter(|at| self.wanted[*at]);
        let mut found: BTreeSet<usize> = named.collect();
        if !self.phones.is_empty() {
            for (_, stretch) in stretches(text) {
                let of_stretch = last_figures(&digits(stretch)).and_then(|last| self.phones.get(last));
                found.extend(of_stretch.into_iter().flatten());
            }
        }
        found
    }
}

fn in_run(divided: &Divided, holding: &Holding) -> Vec<Range<usize>> {
    let (text, words) = (divided.run.text.as_str(), holding.words.as_str());
    match holding.sense {
        Sense::Product => spellings(words)
            .iter()
            .flat_map(|spelling| whole_words(text, spelling).collect::<Vec<_>>())
            .filter(|range| is_product(divided, range))
            .collect(),
        Sense::Domain | Sense::Host => {
            domain_in(text, words).filter(|range| !is_credit(divided, range)).collect()
        }
        Sense::Address if words.contains('@') && !words.starts_with('@') => {
            emails(text).into_iter().filter(|range| text[range.clone()].eq_ignore_ascii_case(words)).collect()
        }
        Sense::Address if digits(words).len() >= FEWEST_FIGURES => {
            phone_in(text, &digits(words)).into_iter().collect()
        }
        Sense::Organization | Sense::System | Sense::Team | Sense::Address | Sense::Person => {
            whole_words(text, words)
                .filter(|range| !is_in_address(text, range) && !is_credit(divided, range))
                .collect()
        }
    }
}

/// How a product's name is also written: `JIRA`, `Gitlab`.
fn spellings(name: &str) -> Vec<String> {
    let mut found = vec![name.to_string()];
    if name.len() >= 4 && !name.contains(' ') {
        let mut letters = name.chars();
        let first: String = letters.next().into_iter().collect();
        found.extend([name.to_uppercase(), first + &letters.as_str().to_lowercase()]);
    }
    found.sort();
    found.dedup();
    found
}

/// The most characters of an address before its domain (RFC 5321, 4.5.3.1).
const LONGEST_ADDRESS: usize = 320;

/// Where a domain or a host stands in a text, with what stands before it in the same address.
fn domain_in<'t>(text: &'t str, domain: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
    whole_words(text, domain).filter_map(move |range| {
        let after = &text[range.end..];
        let goes_on = after.starts_with('-')
            || after
                .strip_prefix('.')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
        let before = &text[..range.start];
        let inside = || before.chars().rev().take(LONGEST_ADDRESS).take_while(|c| is_inside(*c)).count();
        (!goes_on && !before.ends_with(['-', '_', '+'])).then(|| before.len() - inside()..range.end)
    })
}

/// The fewest figures of a telephone number.
const FEWEST_FIGURES: usize = 7;

/// The last of the figures of a telephone number, which are the same with the number of its country and without.
fn last_figures(figures: &str) -> Option<&str> {
    figures.len().checked_sub(FEWEST_FIGURES).map(|start| &figures[start..])
}

/// Where the figures of a telephone number stand in a text.
fn phone_in(text: &str, wanted: &str) -> Option<Range<usize>> {
    stretches(text).find_map(|(start, stretch)| {
        // One may be written with the number of its country, the other without.
        let found = digits(stretch);
        if found.len() < FEWEST_FIGURES || !(found.ends_with(wanted) || wanted.ends_with(&found)) {
            return None;
        }
        let inner = stretch.trim_end_matches(|c: char| !c.is_ascii_digit());
        let before = inner.trim_start_matches(|c: char| !matches!(c, '0'..='9' | '+' | '(')).len();
        Some(start + inner.len() - before..start + inner.len())
    })
}

/// The stretches of a text that may be a telephone number, each with where it starts: figures and what stands
/// between them, and the sign after.
fn stretches(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/');
    let mut start = 0;
    text.split_inclusive(move |c: char| !is_part(c)).filter_map(move |stretch| {
        let begin = start;
        start += stretch.len();
        (stretch.len() >= FEWEST_FIGURES).then_some((begin, stretch))
    })
}

/// Whether a name is a piece of an address or a file's name.
fn is_in_address(text: &str, range: &Range<usize>) -> bool {
    let token = unspaced(text, range);
    let after = &text[range.end..];
    let is_host = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    token.contains("://") || token.contains('@') || token.starts_with("www.") || is_host
}

/// Whether a sentence gives credit to somebody: that is meant.
fn is_credit(divided: &Divided, range: &Range<usize>) -> bool {
    const SAYS: [&str; 9] = [
        "adapted from",
        "derived from",
        "thanks to",
        "courtesy of",
        "copyright",
        "originally written",
        "forked from",
        "inspired by",
        "borrowed from",
    ];
    let before = before_in_sentence(divided, range.start).to_lowercase();
    SAYS.iter().any(|words| before.contains(words))
}

fn before_in_sentence<'r>(divided: &Divided<'r>, at: usize) -> &'r str {
    let start = divided.sentence_at(at).map_or(at, |sentence| sentence.start);
    &divided.run.text[start..at]
}

/// Products whose names are ordinary words, too.
const ORDINARY: [&str; 37] = [
    "Teams", "Meet", "Zoom", "Chat", "Drive", "Docs", "Mail", "Outlook", "Signal", "Notion", "Linear", "Box",
    "Word", "Excel", "Access", "Sentry", "Front", "Shortcut", "Element", "Wire", "Threads", "Spaces",
    "Rooms", "Flow", "Planner", "Lists", "Forms", "Sites", "Calendar", "Keep", "Canvas", "Huddle", "Discord",
    "Phone", "Bridge", "Basecamp", "Height",
];

/// Whether a product's name is meant as one there.
fn is_product(divided: &Divided, range: &Range<usize>) -> bool {
    let text = &divided.run.text;
    if is_in_address(text, range) || is_example(divided, range.start) {
        return false;
    }
    if !ORDINARY.contains(&&text[range.clone()]) {
        return true;
    }
    const BEFORE: [&str; 13] =
        ["in", "on", "via", "to", "from", "with", "through", "using", "by", "or", "and", "into", "over"];
    const AFTER: [&str; 9] =
        ["call", "meeting", "channel", "chat", "room", "message", "calls", "channels", "messages"];
    let words = divided.words();
    let Ok(at) = words.binary_search_by_key(&range.start, |word| word.start) else { return false };
    let word = |at: Option<usize>| {
        at.and_then(|at| words.get(at)).map(|word| &text[word.clone()]).unwrap_or_default()
    };
    let after = words.partition_point(|word| word.start < range.end);
    let (previous, next) = (word(at.checked_sub(1)), word(Some(after)));
    let begins = before_in_sentence(divided, range.start).trim().is_empty();
    let in_a_name = previous.starts_with(char::is_uppercase) && text[..range.start].ends_with(' ');
    let starts_name = next.starts_with(char::is_uppercase) && text[range.end..].starts_with(' ');
    let is_bound = BEFORE.contains(&previous.to_lowercase().as_str()) || AFTER.contains(&next);
    let is_marked = divided.run.marks_of(range.clone()).next().is_some();
    let in_a_name = in_a_name && !BEFORE.contains(&previous.to_lowercase().as_str());
    !in_a_name && !starts_name && (is_marked || (is_bound && (!begins || AFTER.contains(&next))))
}

/// Whether a product is named as one of many: "a chat such as Slack or Teams".
fn is_example(divided: &Divided, at: usize) -> bool {
    const SAYS: [&str; 4] = ["such as ", "e.g. ", "for example", "for instance"];
    let before = before_in_sentence(divided, at).to_lowercase();
    SAYS.iter()
        .filter_map(|words| before.rfind(words))
        .any(|found| before[found..].split_whitespace().count() <= 9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Run;

    fn product(text: &str, name: &str) -> bool {
        let run = Run::of_value(text, Span::default());
        whole_words(text, name).any(|range| is_product(&Divided::of(&run), &range))
    }

    #[test]
    fn an_ordinary_word_is_a_product_only_where_it_is_used_as_one() {
        assert!(product("Write to the responders in Teams.", "Teams"));
        assert!(product("Open a Zoom call.", "Zoom"));
        assert!(!product("The Security and Incident Response Teams know.", "Teams"));
        assert!(!product("Teams meet on Monday.", "Teams"));
        assert!(!product("Tell the Teams", "Teams"));
        assert!(product("Slack is down", "Slack"));
        assert!(!product("a chat such as Slack or Teams", "Slack"));
        assert!(!product("look at https://example.com/GitHub/x or GitHub.com", "GitHub"));
    }

    #[test]
    fn a_domain_is_found_in_addresses_and_not_in_longer_names() {
        let found = |text: &str| -> Vec<String> {
            domain_in(text, "harbor.org").map(|range| text[range].to_string()).collect()
        };
        assert_eq!(
            found("mail watch@harbor.org, or wiki.harbor.org."),
            ["watch@harbor.org", "wiki.harbor.org"]
        );
        assert_eq!(found("my-harbor.org harbor.org.example harbor.organic"), Vec::<String>::new());
    }

    #[test]
    fn a_telephone_is_known_by_its_figures() {
        let text = "Call (202) 555-0147, or 17 others";
        assert_eq!(phone_in(text, "2025550147").map(|range| &text[range]), Some("(202) 555-0147"));
    }
}
