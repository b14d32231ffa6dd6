//! Steps: what the lists of a page tell somebody to do, by the things and words they name.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::plan::prose::{Mark, Run, RunKind, THING, block_runs};
use crate::plan::{Plan, Target, words};
use crate::source::{Sources, Span};
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::{Block, Duration, Item, Kind, Section};

/// What a page says in one place.
#[derive(Debug, Clone)]
pub struct Step {
    /// Where
    pub span: Span,
    /// In its words
    pub text: String,
    /// Whether and how it is listed
    pub form: Form,
    /// The list it is an item of
    pub list: Option<Span>,
    /// The stems of its words
    pub stems: BTreeSet<String>,
    /// The stems of the names of things it links without words of its own
    pub named: BTreeSet<String>,
    /// The things it names, such as `status:confirmed` or `page:response.md#handoff`
    pub things: BTreeSet<String>,
}

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An item of a numbered list
    Numbered,
    /// A task to tick
    Task,
    /// An item of another list
    Bullet,
    /// A paragraph or a cell
    Prose,
}

impl Step {
    /// Its first words, for a message.
    pub fn short(&self) -> String {
        const MOST: usize = 60;
        let text = self.text.replace(THING, "…").replace('`', "'");
        if text.chars().count() <= MOST {
            return text.trim_end_matches(['.', ':', ',']).to_string();
        }
        let start: String = text.chars().take(MOST).collect();
        let end = start.rfind(' ').unwrap_or(start.len());
        format!("{} …", start[..end].trim_end_matches(['.', ':', ',', ';']))
    }

    /// Whether it begins with a link to a thing, as "The scribe writes it down" may.
    pub fn starts_with_a_thing(&self) -> bool {
        let text = self.text.trim_start();
        text.strip_prefix("The ").unwrap_or(text).starts_with(THING)
    }

    /// The things of one kind it names, such as those of `status`.
    pub fn things_of(&self, kind: &str) -> BTreeSet<&str> {
        let of = |thing: &'_ &String| thing.split_once(':').is_some_and(|(scheme, _)| scheme == kind);
        self.things.iter().filter(of).map(String::as_str).collect()
    }

    /// What it is known by: its words, the names of things, and the things it names. Times are
    /// left out: two steps with another time may be one step, in contradiction.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        let things = self.things.iter().filter(|thing| !thing.starts_with("duration:"));
        self.stems.iter().chain(&self.named).chain(things).map(String::as_str)
    }
}

/// What the things of a plan are called in running text.
#[derive(Debug)]
pub struct Names<'p> {
    plan: &'p Plan,
    /// By the first word, in lower case: all words, the thing, and whether the name has a capital
    phrases: HashMap<String, Vec<(Vec<String>, String)>>,
    /// Addresses, which are no words
    addresses: Vec<(String, String)>,
    /// The statuses by the words of their titles and ids, each with its place among them
    statuses: HashMap<Vec<String>, (usize, String)>,
}

impl<'p> Names<'p> {
    /// The names of a plan's things.
    pub fn of(plan: &'p Plan) -> Names<'p> {
        let (phrases, addresses, statuses) = (HashMap::new(), Vec::new(), statuses(plan));
        let mut names = Names { plan, phrases, addresses, statuses };
        for role in &plan.roles {
            let thing = format!("role:{}", role.record.id);
            names.add(&role.record.title, &thing);
            role.abbreviation.iter().for_each(|short| names.add(&short.value, &thing));
        }
        for severity in &plan.severities {
            let thing = format!("severity:{}", severity.record.id);
            names.add(&severity.record.title, &thing);
        }
        for fact in plan.facts.iter().filter(|fact| matches!(fact.map, "terms" | "contacts")) {
            let scheme = if fact.map == "terms" { "term" } else { "contact" };
            let thing = format!("{scheme}:{}", fact.id.value);
            names.add(&fact.title, &thing);
            names.add(&fact.abbreviation, &thing);
        }
        let values = crate::plan::Fields::new(&plan.values);
        let mut known = HashSet::new();
        for (map, key, scheme) in [("channels", "address", "channel"), ("contacts", "email", "contact")] {
            for (id, fields) in values.records(map) {
                let address = fields.text_or_empty(key);
                // Of two rooms with one address neither is named by it.
                if address.chars().count() > 2 && known.insert(address.clone()) {
                    names.addresses.push((address, format!("{scheme}:{}", id.value)));
                }
            }
        }
        names
    }

    fn add(&mut self, name: &str, thing: &str) {
        let words = words::lower(name);
        if let Some(first) = words.first() {
            self.phrases.entry(first.clone()).or_default().push((words.clone(), thing.to_string()));
        }
    }

    /// What a link names, such as `status:confirmed`, and its own name where the link has no words.
    fn of_link(&self, page: usize, target: &str) -> Option<(String, String)> {
        let plan = self.plan;
        match plan.pages[page].links.get(target)? {
            Target::Record(kind, index) => {
                let record = *plan.records(*kind).get(*index)?;
                Some((format!("{}:{}", kind.name(), record.id), record.title.clone()))
            }
            Target::Fact(scheme, index) => {
                let fact = plan.facts.get(*index)?;
                Some((format!("{scheme}:{}", fact.id.value), fact.title.clone()))
            }
            Target::Page(index, anchor) => {
                let found = plan.pages.get(*index)?;
                let id = crate::tailor::record_id(&found.path).filter(|_| found.kind.folder().is_some());
                let thing = match (id, anchor) {
                    (Some(id), None) => format!("{}:{id}", found.kind.name()),
                    (_, Some(anchor)) => format!("page:{}#{anchor}", found.path),
                    (None, None) => format!("page:{}", found.path),
                };
                Some((thing, String::new()))
            }
            Target::File(_) | Target::Elsewhere | Target::Broken(_) => None,
        }
    }

    /// For each stem, the things whose own name has it, as typed links write them.
    pub fn by_stem(&self) -> HashMap<String, Vec<String>> {
        let plan = self.plan;
        let records = Kind::ALL.into_iter().flat_map(|kind| {
            plan.records(kind).into_iter().map(move |it| (format!("{}:{}", kind.name(), it.id), &it.title))
        });
        let facts = plan.facts.iter().filter_map(|fact| {
            let (scheme, _) = FACT_KINDS.iter().find(|(_, map)| *map == fact.map)?;
            Some((format!("{scheme}:{}", fact.id.value), &fact.title))
        });
        let mut found: HashMap<String, Vec<String>> = HashMap::new();
        for (thing, title) in records.chain(facts) {
            for stem in words::stems(title) {
                found.entry(stem).or_default().push(thing.clone());
            }
        }
        found
    }

    /// What some running text says.
    fn step(&self, page: usize, form: Form, runs: &[Run], sources: &Sources) -> Option<Step> {
        let first = runs.first()?;
        let mut step = Step {
            span: first.span(0..first.text.len(), sources),
            text: first.text.clone(),
            form,
            list: None,
            stems: BTreeSet::new(),
            named: BTreeSet::new(),
            things: BTreeSet::new(),
        };
        for run in runs {
            let words = words::lower(&run.text);
            let is_number = |stem: &String| stem.chars().all(|c| c.is_ascii_digit());
            step.stems.extend(words::stems_of(&words).filter(|stem| !is_number(stem)));
            for (_, mark) in &run.marks {
                let Mark::Link(target) = mark else { continue };
                if let Some((thing, title)) = self.of_link(page, target) {
                    step.named.extend(words::stems(&title));
                    step.things.insert(thing);
                }
            }
            self.find_names(&run.text, &words, &mut step.things);
            step.things.extend(durations(&words));
        }
        step.named.retain(|stem| !step.stems.contains(stem));
        Some(step)
    }

    fn find_names(&self, text: &str, words: &[String], things: &mut BTreeSet<String>) {
        for (at, word) in words.iter().enumerate() {
            for (phrase, thing) in self.phrases.get(word).into_iter().flatten() {
                if words[at..].starts_with(phrase) {
                    things.insert(thing.clone());
                }
            }
            if word == "status" || word == "statuses" {
                // "Status: confirmed": a status is named where the word is.
                let rest = &words[at + 1..];
                things.extend(self.status_in(&rest[..rest.len().min(4)]));
            }
        }
        let mut rooms = text.match_indices('#').filter_map(|(at, _)| room(text, at)).collect::<Vec<_>>();
        for (address, thing) in &self.addresses {
            if text.contains(address.as_str()) {
                rooms.retain(|room| !address.contains(room));
                things.insert(thing.clone());
            }
        }
        things.extend(rooms.into_iter().map(|room| format!("channel:{room}")));
    }

    /// The status some words name, after a word or two such as "is" and "to": of several the first
    /// of the plan.
    fn status_in(&self, words: &[String]) -> Option<String> {
        let phrases = (1..=words.len()).flat_map(|length| words.windows(length));
        let named = phrases.filter_map(|phrase| self.statuses.get(phrase));
        named.min_by_key(|(at, _)| at).map(|(_, id)| format!("status:{id}"))
    }

    /// What the lists and paragraphs of a section say, in order, without the sections in it.
    pub fn read_section(&self, page: usize, section: &Section, sources: &Sources) -> Vec<Step> {
        let mut found = Vec::new();
        section.parts.iter().for_each(|part| self.read_blocks(page, part, sources, &mut found));
        found
    }

    /// What some blocks say, in order.
    pub fn read_blocks(&self, page: usize, blocks: &[Block], sources: &Sources, found: &mut Vec<Step>) {
        for block in blocks {
            match block {
                Block::List(span, number, items) => {
                    for item in items {
                        let list = (*span, number.is_some());
                        self.read_item(page, item, list, sources, found);
                    }
                }
                block => {
                    let mut runs = Vec::new();
                    block_runs(std::slice::from_ref(block), sources, &mut runs);
                    found.extend(
                        runs.iter().filter_map(|run| {
                            self.step(page, Form::Prose, std::slice::from_ref(run), sources)
                        }),
                    );
                }
            }
        }
    }

    fn read_item(
        &self,
        page: usize,
        item: &Item,
        list: (Span, bool),
        sources: &Sources,
        found: &mut Vec<Step>,
    ) {
        let form = match item.task {
            Some(_) => Form::Task,
            None if list.1 => Form::Numbered,
            None => Form::Bullet,
        };
        let mut runs = Vec::new();
        for block in &item.blocks {
            match block {
                Block::Plain(_, content) | Block::Paragraph(_, content) => {
                    runs.push(Run::of(RunKind::Item(item.task), content, sources))
                }
                _ => {}
            }
        }
        found.extend(self.step(page, form, &runs, sources).map(|step| Step { list: Some(list.0), ..step }));
        let lists = item.blocks.iter().filter(|block| matches!(block, Block::List(..)));
        for list in lists {
            self.read_blocks(page, std::slice::from_ref(list), sources, found);
        }
    }

    /// The plan whose things these are.
    pub fn plan(&self) -> &'p Plan {
        self.plan
    }
}

/// The statuses of a plan by the words of their titles and ids, each with its place among them. Of
/// two that are called alike it is the first.
fn statuses(plan: &Plan) -> HashMap<Vec<String>, (usize, String)> {
    let mut found = HashMap::new();
    for (at, fact) in plan.facts.iter().filter(|fact| fact.map == "statuses").enumerate() {
        for name in [&fact.title, &fact.id.value] {
            found.entry(words::lower(name)).or_insert_with(|| (at, fact.id.value.clone()));
        }
    }
    found
}

/// The phases of a plan, by what the heading of a section about one says.
#[derive(Debug)]
pub struct Phases<'p> {
    by_id: HashMap<&'p str, usize>,
    by_title: HashMap<Vec<String>, usize>,
}

impl<'p> Phases<'p> {
    /// The phases of a plan.
    pub fn of(plan: &'p Plan) -> Phases<'p> {
        let mut phases = Phases { by_id: HashMap::new(), by_title: HashMap::new() };
        for (at, phase) in plan.phases.iter().enumerate() {
            phases.by_id.entry(&phase.record.id).or_insert(at);
            phases.by_title.entry(title_stems(&phase.record.title)).or_insert(at);
        }
        phases
    }

    /// The phase a section is about, by its place among the plan's: the one with its id, or with
    /// its title, numbers apart.
    pub fn of_section(&self, section: &Section) -> Option<usize> {
        if self.by_id.is_empty() {
            return None;
        }
        let by_id = self.by_id.get(&*section.id);
        let by_title = || {
            let title = title_stems(&section.title_text());
            self.by_title.get(&title).filter(|_| !title.is_empty())
        };
        by_id.or_else(by_title).copied()
    }
}

/// The stems of a title, without its numbers and what every phase is about: "3. Initiate the
/// response" is "Initiate".
pub fn title_stems(title: &str) -> Vec<String> {
    const OF_EVERY_PHASE: [&str; 5] = ["incident", "respons", "phas", "process", "step"];
    let mut stems = words::stems(title);
    stems.retain(|stem| !stem.chars().all(|c| c.is_ascii_digit()));
    let is_own = |stem: &&String| !OF_EVERY_PHASE.contains(&stem.as_str());
    let own: Vec<String> = stems.iter().filter(is_own).cloned().collect();
    if own.is_empty() { stems } else { own }
}

/// The room `#name` at a `#`, where one is written there.
fn room(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].chars().next_back();
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    let word = rest[..end].trim_end_matches('-');
    let starts = before.is_none_or(|c| c.is_whitespace() || "(\"'".contains(c));
    let named = word.starts_with(|c: char| c.is_alphabetic());
    (starts && named).then(|| &text[at..at + 1 + word.len()])
}

/// The durations and ranges of them among some words, as things.
fn durations(words: &[String]) -> Vec<String> {
    let is_number = |at: usize| words.get(at).is_some_and(|word| word.chars().all(|c| c.is_ascii_digit()));
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // "15 to 30 minutes" is one thing.
        let is_range = is_number(at) && is_number(at + 2) && words[at + 1] == "to";
        let number = if is_range { at + 2 } else { at };
        let duration = [2, 1]
            .into_iter()
            .filter(|_| is_number(number))
            .find_map(|length| Duration::parse(&words.get(number..=number + length)?.join(" ")));
        if let Some(duration) = duration {
            let least = if is_range { format!("{} to ", words[at]) } else { String::new() };
            found.push(format!("duration:{least}{duration}"));
        }
        at = number + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_things_and_a_range_is_one() {
        let found = |text: &str| durations(&words::lower(text));
        assert_eq!(
            found("Take 5 minutes, or 3 business days"),
            ["duration:5 minutes", "duration:3 business days"]
        );
        assert_eq!(found("for 15 to 30 minutes"), ["duration:15 to 30 minutes"]);
        assert_eq!(found("in 2026, 3 people"), Vec::<String>::new());
    }

    #[test]
    fn a_room_begins_with_its_mark_and_ends_with_its_name() {
        let found = |text: &'static str| text.match_indices('#').filter_map(|(at, _)| room(text, at)).next();
        assert_eq!(found("Announce it in #ops-alerts, and (then)"), Some("#ops-alerts"));
        assert_eq!(found("see page.md#anchor"), None);
        assert_eq!(found("ticket #12"), None);
    }

    #[test]
    fn a_title_is_known_without_its_number_and_what_every_phase_is_about() {
        assert_eq!(title_stems("3. Initiate the response"), title_stems("Initiate"));
        assert_eq!(title_stems("The incident"), ["incident"]);
    }
}
