//! Sections that say not to use a channel, and then send people to it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::check::contradicting_channel::RULE;
use crate::check::name_index::NameIndex;
use crate::check::signs::Signs;
use crate::check::{Binder, Findings};
use crate::diagnostic::Diagnostic;
use crate::plan::prose::Mark;
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Divided, Fields, Plan, Run};
use crate::source::{Sources, Span};

/// What stands right before a channel that people are sent to.
const USES: [&str; 16] = [
    "start",
    "open",
    "use",
    "join",
    "go to",
    "talk in",
    "meet in",
    "work in",
    "discuss it in",
    "talk about it in",
    "post in",
    "post it in",
    "announce it in",
    "write in",
    "write it into",
    "write it in",
];
/// What stands right before one they are kept from.
const BANS: [&str; 8] = [
    "nothing in",
    "nothing into",
    "nothing to",
    "nothing on",
    "avoid",
    "stay out of",
    "keep out of",
    "leave out",
];
/// As many bytes hold the words before a channel that say what is done there.
const ENOUGH: usize = 200;
const NEGATIONS: [&str; 4] = ["not", "never", "cannot", "don't"];
/// What makes a ban or an order hold only at times.
const CONDITIONS: [&str; 14] = [
    "until", "till", "before", "unless", "yet", "first", "after", "when", "if", "once", "only", "except",
    "later", "or",
];

/// The channels of a plan, by what names them in a text.
struct Channels {
    /// The id of each, and its address
    list: Vec<(String, String)>,
    by_id: HashMap<String, usize>,
    by_address: NameIndex,
}

pub(super) fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let lists: Vec<Vec<(String, String)>> = binder.plans.iter().map(channels).collect();
    // Few texts name a channel at all.
    let addresses: BTreeSet<&str> = lists.iter().flatten().map(|(_, address)| &**address).collect();
    let addresses = Signs::new(addresses.into_iter().filter(|address| !address.is_empty()));
    let may_name_one = |run: &Run| {
        run.marks.iter().any(|(_, mark)| matches!(mark, Mark::Link(to) if to.starts_with("channel:")))
            || addresses.is_match(&run.text)
    };
    let mut known: HashMap<usize, Channels> = HashMap::new();
    for text in binder.texts.iter().filter(|text| text.words.runs.iter().any(may_name_one)) {
        for (reader, plan, _) in &text.readers {
            let channels = known.entry(*plan).or_insert_with(|| Channels::of(&lists[*plan]));
            for part in text.words.parts.iter().flatten() {
                for diagnostic in in_part(&text.words.runs[part.clone()], channels, sources) {
                    findings.tell_in(*reader, diagnostic);
                }
            }
        }
    }
}

fn channels(plan: &Plan) -> Vec<(String, String)> {
    let records = Fields::new(&plan.values).records("channels").into_iter();
    records.map(|(id, it)| (id.value.clone(), it.text_or_empty("address"))).collect()
}

impl Channels {
    fn of(list: &[(String, String)]) -> Channels {
        let mut seen = HashSet::new();
        // Of channels with one address, which are one room, the address names the first.
        let address = |(_, address): &(String, String)| {
            if seen.insert(address.clone()) { address.clone() } else { String::new() }
        };
        Channels {
            list: list.to_vec(),
            by_id: list.iter().enumerate().map(|(at, (id, _))| (id.clone(), at)).collect(),
            by_address: NameIndex::new(list.iter().map(address).collect::<Vec<_>>()),
        }
    }

    /// Where a run names channels, each by its number: by a link or by its address.
    fn named(&self, run: &Run) -> Vec<(Range<usize>, usize)> {
        let links = run.marks.iter().filter_map(|(range, mark)| match mark {
            Mark::Link(target) => Some((range.clone(), *self.by_id.get(target.strip_prefix("channel:")?)?)),
            _ => None,
        });
        let written = self.by_address.find(&run.text).into_iter();
        let written = written.filter(|(range, at)| run.text[range.clone()] == self.list[*at].1);
        links.chain(written).collect()
    }
}

fn in_part(runs: &[Run], channels: &Channels, sources: &Sources) -> Vec<Diagnostic> {
    // Of each channel, where people are kept from it and where they are sent.
    let mut said: BTreeMap<usize, [Option<Span>; 2]> = BTreeMap::new();
    for run in runs {
        for (range, channel, order) in orders(run, channels.named(run)) {
            let [banned, used] = said.entry(channel).or_default();
            let first = match order {
                Order::Ban => banned,
                Order::Use => used,
            };
            first.get_or_insert_with(|| run.span(range, sources));
        }
    }
    let contradictions = said.into_iter().filter_map(|(channel, [banned, used])| {
        let id = &channels.list[channel].0;
        let message = format!("this section keeps people out of `{id}`, and sends them there");
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(used?, "sends people there")
            .and(banned?, "keeps them out")
            .help("name another channel, or say when this one may be used");
        Some(diagnostic)
    });
    contradictions.collect()
}

/// What a sentence says about using a channel, at all times.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Use,
    Ban,
}

/// What a run says where it names channels, by their numbers. Each of its sentences is read once.
fn orders(run: &Run, named: Vec<(Range<usize>, usize)>) -> Vec<(Range<usize>, usize, Order)> {
    if named.is_empty() {
        return Vec::new();
    }
    let divided = Divided::of(run);
    let mut is_conditional: BTreeMap<usize, bool> = BTreeMap::new();
    let order_at = |(range, channel): (Range<usize>, usize)| {
        let sentence = divided.sentence_at(range.start)?;
        let read = || has_any(&spaced(&run.text[sentence.clone()]), &CONDITIONS);
        if *is_conditional.entry(sentence.start).or_insert_with(read) {
            return None;
        }
        let order = order(&run.text[sentence.start..range.start])?;
        Some((range, channel, order))
    };
    named.into_iter().filter_map(order_at).collect()
}

/// What the words of a sentence before a channel say.
fn order(before: &str) -> Option<Order> {
    // The last of them say it.
    let from = before.ceil_char_boundary(before.len().saturating_sub(ENOUGH));
    let cut = if from > 0 { before[from..].find(' ').map_or(from, |space| from + space) } else { 0 };
    let before = spaced(&before[cut..]);
    let before = before.strip_suffix(" the ").map_or(before.clone(), |short| format!("{short} "));
    let ends = |words: &str| before.ends_with(&format!(" {words} "));
    if BANS.iter().any(|words| ends(words)) {
        return Some(Order::Ban);
    }
    let used = USES.iter().find(|words| ends(words))?;
    let is_negated = NEGATIONS.iter().any(|word| ends(&format!("{word} {used}")));
    Some(if is_negated { Order::Ban } else { Order::Use })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_known_by_the_words_before_the_channel() {
        let order = |text: &str| {
            let at = text.find("#open").expect("a channel");
            let run = Run::of_value(text, Span::default());
            orders(&run, vec![(at..at + 5, 0)]).pop().map(|(.., order)| order)
        };
        for text in [
            "Announce nothing in #open, and email nobody.",
            "Never post it in #open.",
            "Stay out of the #open.",
        ] {
            assert_eq!(order(text), Some(Order::Ban), "{text}");
        }
        for text in ["Choose a name, start #open, and work.", "Talk in #open."] {
            assert_eq!(order(text), Some(Order::Use), "{text}");
        }
        for text in
            ["Write no passwords into #open.", "Say nothing in #open until you may.", "Look into #open."]
        {
            assert_eq!(order(text), None, "{text}");
        }
    }
}
