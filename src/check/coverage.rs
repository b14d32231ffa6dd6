//! Whether any text of a plan says what an item of a checklist asks for.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use crate::check::Binder;
use crate::plan::matching::Weights;
use crate::plan::prose::{Mark, Run, value_runs};
use crate::plan::step::{Names, Step};
use crate::plan::words;
use crate::syntax::Kind;

/// So much of an item's words one text of the plan has to have.
const SAID: f64 = 0.45;
/// The same, where both name one particular thing.
const SAID_OF_A_THING: f64 = 0.25;
/// The same, where the item has a word that the plan says nowhere.
const SAID_WITH_NEW_WORDS: f64 = 0.7;

/// What a paragraph says: its stems, and the things it links.
type Passage = BTreeSet<String>;

/// For each of the binder's texts, what its paragraphs say, once somebody asked.
pub(super) struct Texts(Vec<OnceLock<Vec<Passage>>>);

impl Texts {
    /// Nobody has asked yet.
    pub(super) fn of(binder: &Binder) -> Texts {
        Texts(binder.texts.iter().map(|_| OnceLock::new()).collect())
    }
}

/// What the pages of a plan say, its checklists apart.
pub(super) struct Passages<'b> {
    /// All of them, those of one page beside each other
    all: Vec<Cow<'b, Passage>>,
    /// For each severity and playbook, as a thing, the passages of its page
    of_things: HashMap<String, Range<usize>>,
    /// For each stem, the things whose own name has it
    by_stem: HashMap<String, Vec<String>>,
}

impl<'b> Passages<'b> {
    /// Reads the pages of a plan, by its number.
    pub(super) fn of(binder: &'b Binder, texts: &'b Texts, index: usize, names: &Names) -> Passages<'b> {
        let plan = &binder.plans[index];
        let mut all: Vec<Cow<Passage>> = Vec::new();
        let mut of_pages: HashMap<usize, Range<usize>> = HashMap::new();
        for (at, page) in plan.pages.iter().enumerate().filter(|(_, page)| page.kind != Kind::Checklist) {
            let first = all.len();
            let text = binder.text_index(index, at);
            let own =
                texts.0[text].get_or_init(|| binder.texts[text].words.runs.iter().map(passage).collect());
            all.extend(own.iter().map(Cow::Borrowed));
            all.extend(value_runs(page).iter().map(|(_, run)| Cow::Owned(passage(run))));
            of_pages.insert(at, first..all.len());
        }
        let severities = plan.severities.iter().map(|it| ("severity", &it.record));
        let playbooks = plan.playbooks.iter().map(|it| ("playbook", &it.record));
        let of_things = severities.chain(playbooks).filter_map(|(kind, record)| {
            let page = of_pages.get(&plan.page_index(&record.page)?)?;
            Some((format!("{kind}:{}", record.id), page.clone()))
        });
        Passages { of_things: of_things.collect(), all, by_stem: names.by_stem() }
    }

    /// For each of some items, whether one of them says what it asks for.
    pub(super) fn say(&self, items: &[&Step], weights: &Weights) -> Vec<bool> {
        let asked: BTreeSet<&str> = items.iter().flat_map(|item| asked(item)).collect();
        let named = asked.iter().flat_map(|token| self.things_of(token));
        let places = Places::of(asked.iter().copied().chain(named), self.all.iter().map(|text| text.iter()));
        // What is named by a thing's own name is said where the thing is linked.
        let with_things = asked.iter().map(|token| {
            let of_things = self.things_of(token).flat_map(|thing| places.of_token(thing));
            let all: BTreeSet<usize> = of_things.chain(places.of_token(token)).copied().collect();
            (*token, all.into_iter().collect())
        });
        let places = Places(with_things.collect());
        let mut tally = Tally::of(self.all.len());
        items.iter().map(|item| self.says(item, &places, &mut tally, weights)).collect()
    }

    fn says(&self, item: &Step, places: &Places, tally: &mut Tally, weights: &Weights) -> bool {
        let new_words = item.stems.iter().any(|stem| places.of_token(stem).is_empty());
        let has_thing = |text: &Passage| item.things.iter().any(|it| is_particular(it) && text.contains(it));
        let is_enough = |at: usize, said: f64| match new_words {
            true => said >= SAID_WITH_NEW_WORDS,
            false => said >= SAID || said >= SAID_OF_A_THING && has_thing(&self.all[at]),
        };
        let enough = if new_words { SAID_WITH_NEW_WORDS } else { SAID };
        tally.has(item, places, weights, is_enough) || self.is_about_a_page(item, places, enough, weights)
    }

    /// Whether the page of a severity or playbook an item names says it, all its texts together.
    fn is_about_a_page(&self, item: &Step, places: &Places, enough: f64, weights: &Weights) -> bool {
        let mut pages = item.things.iter().filter_map(|thing| Some((thing, self.of_things.get(thing)?)));
        pages.any(|(thing, page)| {
            let is_there = |token: &str| {
                let places = places.of_token(token);
                let next = places.get(places.partition_point(|place| *place < page.start));
                token == thing || next.is_some_and(|place| *place < page.end)
            };
            let is_said = |token: &&str| is_there(token);
            let shared: f64 = asked(item).filter(is_said).map(|token| weights.of_token(token)).sum();
            shared / total(item, weights) >= enough
        })
    }

    /// The things whose own name has a stem.
    fn things_of(&self, stem: &str) -> impl Iterator<Item = &str> {
        self.by_stem.get(stem).into_iter().flatten().map(String::as_str)
    }
}

/// For each of some items, whether one of some texts says what it asks for.
pub(super) fn say(texts: &[Step], items: &[&Step], weights: &Weights) -> Vec<bool> {
    let places = Places::of(items.iter().flat_map(|item| asked(item)), texts.iter().map(Step::tokens));
    let mut tally = Tally::of(texts.len());
    items.iter().map(|item| tally.has(item, &places, weights, |_, said| said >= SAID)).collect()
}

/// Where among some texts the words and things stand that items ask for: a checklist may have
/// thousands of items, and a plan many more texts.
struct Places<'a>(HashMap<&'a str, Vec<usize>>);

impl<'a> Places<'a> {
    fn of<T: AsRef<str> + ?Sized + 'a>(
        asked: impl Iterator<Item = &'a str>,
        texts: impl Iterator<Item = impl Iterator<Item = &'a T>>,
    ) -> Places<'a> {
        let mut places: HashMap<&str, Vec<usize>> = asked.map(|token| (token, Vec::new())).collect();
        for (at, text) in texts.enumerate() {
            for token in text {
                if let Some(found) = places.get_mut(token.as_ref()) {
                    found.push(at);
                }
            }
        }
        Places(places)
    }

    /// The numbers of the texts that have a word or thing, in order.
    fn of_token(&self, token: &str) -> &[usize] {
        self.0.get(token).map(Vec::as_slice).unwrap_or_default()
    }
}

/// How much of an item each of some texts has. It is used again for the next item, so that only the
/// texts are looked at that have something of it.
struct Tally {
    shared: Vec<f64>,
    /// The texts that have something
    some: Vec<usize>,
}

impl Tally {
    /// For so many texts.
    fn of(texts: usize) -> Tally {
        Tally { shared: vec![0.0; texts], some: Vec::new() }
    }

    /// Whether a text says so much of an item, from 0 to 1, that it is enough for a text of its number.
    fn has(
        &mut self,
        item: &Step,
        places: &Places,
        weights: &Weights,
        is_enough: impl Fn(usize, f64) -> bool,
    ) -> bool {
        for token in asked(item) {
            let weight = weights.of_token(token);
            for at in places.of_token(token) {
                if self.shared[*at] == 0.0 {
                    self.some.push(*at);
                }
                self.shared[*at] += weight;
            }
        }
        let total = total(item, weights);
        let found = self.some.iter().any(|at| is_enough(*at, self.shared[*at] / total));
        self.some.drain(..).for_each(|at| self.shared[at] = 0.0);
        found
    }
}

fn passage(run: &Run) -> Passage {
    let links = run.marks.iter().filter_map(|(_, mark)| match mark {
        Mark::Link(target) => Some(target.to_string()),
        Mark::Strong | Mark::Emphasis | Mark::Code => None,
    });
    words::stems(&run.text).into_iter().chain(links).collect()
}

/// Whether few texts are about a thing.
fn is_particular(thing: &str) -> bool {
    ["contact:", "term:", "tool:", "obligation:"].iter().any(|kind| thing.starts_with(kind))
}

/// What an item asks for: its words, and the things it names by themselves.
fn asked(item: &Step) -> impl Iterator<Item = &str> + Clone {
    // Links to pages are written differently from each page, and times are words too.
    let is_own = |thing: &&String| !thing.starts_with("page:") && !thing.starts_with("duration:");
    item.stems.iter().chain(item.things.iter().filter(is_own)).map(String::as_str)
}

/// How much all that an item asks for weighs.
fn total(item: &Step, weights: &Weights) -> f64 {
    asked(item).fold(f64::MIN_POSITIVE, |total, token| total + weights.of_token(token))
}
