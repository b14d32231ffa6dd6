//! Channels in sections where they must not be used: too early or too late, or read by more people
//! than the section.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::check::contradicting_channel::RULE;
use crate::check::name_index::NameIndex;
use crate::check::{Findings, Reader};
use crate::diagnostic::Diagnostic;
use crate::plan::prose::{Mark, block_runs};
use crate::plan::{Divided, Fields, Phase, Plan, Run, Text};
use crate::source::Sources;
use crate::syntax::{Audience, Block, Section};

/// A channel that may not be used everywhere.
struct Limited {
    id: String,
    address: String,
    /// The number of the first phase it may be used in, and where that is said
    from: Option<(u32, Text)>,
    /// The number of the last one
    until: Option<(u32, Text)>,
    /// Who may read it, where that is said
    audience: Option<(Audience, Text)>,
}

/// What a section is about, and for whom.
#[derive(Clone, Copy)]
struct Here<'p> {
    phase: Option<(u32, &'p str)>,
    audience: Option<Audience>,
}

pub(super) fn look(plan: &Plan, sources: &Sources, findings: &mut Findings) {
    let limited = limited(plan);
    if limited.is_empty() {
        return;
    }
    let looker = Looker::of(plan, &limited, sources);
    let mut of_pages: HashMap<&str, &Phase> = HashMap::new();
    for phase in &plan.phases {
        of_pages.entry(&phase.record.page).or_insert(phase);
    }
    for page in &plan.pages {
        let audience = page.front.get("audience").and_then(|node| Audience::parse(node.value.as_text()?));
        let here = Here { phase: of_pages.get(&*page.path).copied().and_then(numbered), audience };
        for part in &page.body.top {
            looker.in_blocks(part, here, findings);
        }
        for section in &page.body.sections {
            looker.in_section(section, here, findings);
        }
    }
}

/// The number of a phase, where it has one, and its id.
fn numbered(phase: &Phase) -> Option<(u32, &str)> {
    Some((phase.number.as_ref()?.value, phase.record.id.as_str()))
}

fn limited(plan: &Plan) -> Vec<Limited> {
    let number = |text: &Text| {
        let phase = plan.phases.iter().find(|phase| phase.record.id == text.value)?;
        Some(phase.number.as_ref()?.value)
    };
    let facts = Fields::new(&plan.values);
    let channel = |(id, it): (&Text, Fields)| {
        let phase = |key: &str| it.text(key).and_then(|text| Some((number(&text)?, text)));
        let audience = it.text("audience").and_then(|text| Some((Audience::parse(&text.value)?, text)));
        // A section cannot be for fewer readers than responders.
        let audience = audience.filter(|(readers, _)| *readers < Audience::Responders);
        let limited = Limited {
            id: id.value.clone(),
            address: it.text_or_empty("address"),
            from: phase("from"),
            until: phase("until"),
            audience,
        };
        (limited.from.is_some() || limited.until.is_some() || limited.audience.is_some()).then_some(limited)
    };
    facts.records("channels").into_iter().filter_map(channel).collect()
}

struct Looker<'p> {
    plan: &'p Plan,
    /// The phases by their ids
    phases: HashMap<&'p str, &'p Phase>,
    limited: &'p [Limited],
    /// The numbers of these channels, by their ids
    by_id: HashMap<&'p str, usize>,
    by_address: NameIndex,
    sources: &'p Sources,
}

impl<'p> Looker<'p> {
    fn of(plan: &'p Plan, limited: &'p [Limited], sources: &'p Sources) -> Looker<'p> {
        let mut phases: HashMap<&str, &Phase> = HashMap::new();
        for phase in &plan.phases {
            phases.entry(&phase.record.id).or_insert(phase);
        }
        let by_id = limited.iter().enumerate().map(|(at, channel)| (channel.id.as_str(), at));
        let by_address = NameIndex::new(limited.iter().map(|channel| channel.address.clone()));
        Looker { plan, phases, limited, by_id: by_id.collect(), by_address, sources }
    }

    fn in_section(&self, section: &Section, here: Here<'p>, findings: &mut Findings) {
        let phase = self.phases.get(&*section.id).copied().and_then(numbered);
        let here = Here { phase: phase.or(here.phase), audience: section.audience.or(here.audience) };
        for part in &section.parts {
            self.in_blocks(part, here, findings);
        }
        for child in &section.children {
            self.in_section(child, here, findings);
        }
    }

    fn in_blocks(&self, blocks: &[Block], here: Here, findings: &mut Findings) {
        if here.phase.is_none() && here.audience.is_none() {
            return;
        }
        let mut runs = Vec::new();
        block_runs(blocks, self.sources, &mut runs);
        for run in &runs {
            let mut forbidden = Forbidden::of(run);
            for (channel, used) in self.uses(run) {
                let used = used.into_iter().find(|range| !forbidden.has(range));
                let channel = &self.limited[channel];
                if let Some(diagnostic) = used.and_then(|range| self.judge(run, range, channel, here)) {
                    let reader: Reader = (&self.plan.name, self.plan.edition);
                    findings.tell_in(reader, diagnostic);
                }
            }
        }
    }

    /// Where a run names channels, by a link or by their addresses: of each channel, by its number.
    fn uses(&self, run: &Run) -> BTreeMap<usize, Vec<Range<usize>>> {
        let mut found: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for (range, mark) in &run.marks {
            if let Mark::Link(target) = mark
                && let Some(at) = target.strip_prefix("channel:").and_then(|id| self.by_id.get(id))
            {
                found.entry(*at).or_default().push(range.clone());
            }
        }
        self.by_address.each(&run.text, |range, at| {
            if run.text[range.clone()] == self.limited[at].address {
                found.entry(at).or_default().push(range);
            }
        });
        found.values_mut().for_each(|ranges| ranges.sort_by_key(|range| range.start));
        found
    }

    fn judge(&self, run: &Run, range: Range<usize>, channel: &Limited, here: Here) -> Option<Diagnostic> {
        let span = run.span(range, self.sources);
        let id = &channel.id;
        let phase = |limit: &Text, relation: &str, label: &str, beyond: &str, now: &str| {
            Diagnostic::new(
                RULE.name,
                format!("`{id}` may be used {relation} `{}`, and this is `{now}`", limit.value),
            )
            .at(span, label)
            .and(limit.span, beyond)
            .help("name another channel here, or say that this one must not be used yet")
        };
        if let (Some((number, now)), Some((first, limit))) = (here.phase, &channel.from)
            && number < *first
        {
            return Some(phase(limit, "from", "too early", "not before this phase", now));
        }
        if let (Some((number, now)), Some((last, limit))) = (here.phase, &channel.until)
            && number > *last
        {
            return Some(phase(limit, "until", "too late", "not after this phase", now));
        }
        let (audience, (readers, said)) = (here.audience?, channel.audience.as_ref()?);
        (*readers < audience).then(|| {
            let who = |audience: Audience| match audience {
                Audience::Public => "everybody",
                Audience::Staff => "staff",
                Audience::Responders => "responders",
            };
            let message = format!("this is for {}, and `{id}` is read by {}", who(audience), who(*readers));
            Diagnostic::new(RULE.name, message)
                .at(span, format!("read by {}", who(*readers)))
                .and(said.span, "says who reads it")
                .help(format!(
                    "name a channel for {}, or say here what must not be written there",
                    who(audience)
                ))
        })
    }
}

/// The sentences of a run that say that a channel is not to be used, or not yet.
struct Forbidden<'r> {
    divided: Divided<'r>,
    /// Of those that somebody asked about, by their beginnings
    known: HashMap<usize, bool>,
}

impl<'r> Forbidden<'r> {
    fn of(run: &'r Run) -> Forbidden<'r> {
        Forbidden { divided: Divided::of(run), known: HashMap::new() }
    }

    /// Whether the sentence around a range is one of them.
    fn has(&mut self, range: &Range<usize>) -> bool {
        // Signs without a letter are no sentence.
        let sentence = self.divided.sentence_at(range.start).unwrap_or_else(|| range.clone());
        let text = &self.divided.run.text;
        *self.known.entry(sentence.start).or_insert_with(|| is_forbidding(&text[sentence]))
    }
}

fn is_forbidding(sentence: &str) -> bool {
    const SAYS: [&str; 16] = [
        "not", "never", "no", "nothing", "nobody", "none", "avoid", "without", "until", "before", "instead",
        "outside", "don't", "cannot", "only", "except",
    ];
    let words = sentence.to_lowercase();
    words.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| SAYS.contains(&word))
        || words.contains("leave out")
        || words.contains("keep out of")
}
