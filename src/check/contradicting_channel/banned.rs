//! Sections that say not to use a channel, and then send people to it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::check::contradicting_channel::RULE;
use crate::check::passage::whole_words;
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

/// A channel, by what names it in a text.
struct Channel {
    id: String,
    address: String,
}

pub(super) fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let channels: Vec<Vec<Channel>> = binder.plans.iter().map(channels).collect();
    // Few texts name a channel at all.
    let addresses: BTreeSet<&str> = channels.iter().flatten().map(|channel| &*channel.address).collect();
    let addresses = Signs::new(addresses.into_iter().filter(|address| !address.is_empty()));
    let may_name_one = |run: &Run| {
        run.marks.iter().any(|(_, mark)| matches!(mark, Mark::Link(to) if to.starts_with("channel:")))
            || addresses.is_match(&run.text)
    };
    for text in binder.texts.iter().filter(|text| text.words.runs.iter().any(may_name_one)) {
        for (reader, plan, _) in &text.readers {
            for part in text.words.parts.iter().flatten() {
                for diagnostic in in_part(&text.words.runs[part.clone()], &channels[*plan], sources) {
                    findings.tell_in(*reader, diagnostic);
                }
            }
        }
    }
}

fn channels(plan: &Plan) -> Vec<Channel> {
    let facts = Fields::new(&plan.values);
    let channel = |(id, it): (&crate::plan::Text, Fields)| Channel {
        id: id.value.clone(),
        address: it.text_or_empty("address"),
    };
    facts.records("channels").into_iter().map(channel).collect()
}

fn in_part(runs: &[Run], channels: &[Channel], sources: &Sources) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for channel in channels {
        let mut banned: Option<Span> = None;
        let mut used: Option<Span> = None;
        for run in runs {
            for (range, order) in orders(run, mentions(run, channel)) {
                let first = match order {
                    Order::Ban => &mut banned,
                    Order::Use => &mut used,
                };
                first.get_or_insert_with(|| run.span(range, sources));
            }
        }
        if let (Some(banned), Some(used)) = (banned, used) {
            let message = format!("this section keeps people out of `{}`, and sends them there", channel.id);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(used, "sends people there")
                .and(banned, "keeps them out")
                .help("name another channel, or say when this one may be used");
            told.push(diagnostic);
        }
    }
    told
}

/// Where a run names a channel: by a link or by its address.
fn mentions(run: &Run, channel: &Channel) -> Vec<Range<usize>> {
    let links = run.marks.iter().filter_map(|(range, mark)| match mark {
        Mark::Link(target) if target.strip_prefix("channel:") == Some(&channel.id) => Some(range.clone()),
        _ => None,
    });
    links.chain(whole_words(&run.text, &channel.address)).collect()
}

/// What a sentence says about using a channel, at all times.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Use,
    Ban,
}

/// What a run says where it names a channel. Each of its sentences is read once.
fn orders(run: &Run, mentions: Vec<Range<usize>>) -> Vec<(Range<usize>, Order)> {
    if mentions.is_empty() {
        return Vec::new();
    }
    let divided = Divided::of(run);
    let mut is_conditional: BTreeMap<usize, bool> = BTreeMap::new();
    let order_at = |range: Range<usize>| {
        let sentence = divided.sentence_at(range.start)?;
        let read = || has_any(&spaced(&run.text[sentence.clone()]), &CONDITIONS);
        if *is_conditional.entry(sentence.start).or_insert_with(read) {
            return None;
        }
        let order = order(&run.text[sentence.start..range.start])?;
        Some((range, order))
    };
    mentions.into_iter().filter_map(order_at).collect()
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
            orders(&run, std::iter::once(at..at + 5).collect()).pop().map(|(_, order)| order)
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
