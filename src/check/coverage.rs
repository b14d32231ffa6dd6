//! Whether any text of a plan says what an item of a checklist asks for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use crate::check::Binder;
use crate::plan::matching::Weights;
use crate::plan::prose::{Mark, Run, value_runs};
use crate::plan::step::{Names, Step};
use crate::plan::{Plan, words};
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
    plan: &'b Plan,
    of_pages: BTreeMap<usize, Vec<Cow<'b, Passage>>>,
    /// For each stem, the things whose own name has it
    by_stem: HashMap<String, Vec<String>>,
}

impl<'b> Passages<'b> {
    /// Reads the pages of a plan, by its number.
    pub(super) fn of(binder: &'b Binder, texts: &'b Texts, index: usize, names: &Names) -> Passages<'b> {
        let plan = &binder.plans[index];
        let pages = plan.pages.iter().enumerate().filter(|(_, page)| page.kind != Kind::Checklist);
        let of_pages = pages.map(|(at, page)| {
            let text = binder.text_index(index, at);
            let own =
                texts.0[text].get_or_init(|| binder.texts[text].words.runs.iter().map(passage).collect());
            let values = value_runs(page);
            let values = values.iter().map(|(_, run)| Cow::Owned(passage(run)));
            (at, own.iter().map(Cow::Borrowed).chain(values).collect())
        });
        Passages { plan, of_pages: of_pages.collect(), by_stem: names.by_stem() }
    }

    /// Whether one of them says what an item asks for.
    pub(super) fn say(&self, item: &Step, weights: &Weights) -> bool {
        let mut all = self.of_pages.values().flatten();
        let new_words = !item.stems.iter().all(|stem| all.clone().any(|text| self.says(text, stem)));
        let enough =
            |text: &Passage| match item.things.iter().any(|it| is_particular(it) && text.contains(it)) {
                _ if new_words => SAID_WITH_NEW_WORDS,
                true => SAID_OF_A_THING,
                false => SAID,
            };
        let is_said = all.any(|text| said(item, |token| self.says(text, token), weights) >= enough(text));
        is_said || self.is_about_a_page(item, if new_words { SAID_WITH_NEW_WORDS } else { SAID }, weights)
    }

    /// Whether the page of a severity or playbook an item names says it, all its texts together.
    fn is_about_a_page(&self, item: &Step, enough: f64, weights: &Weights) -> bool {
        let severities = self.plan.severities.iter().map(|it| ("severity", &it.record));
        let playbooks = self.plan.playbooks.iter().map(|it| ("playbook", &it.record));
        severities.chain(playbooks).any(|(kind, record)| {
            let thing = format!("{kind}:{}", record.id);
            let page = self.plan.page_index(&record.page).and_then(|page| self.of_pages.get(&page));
            let Some(texts) = page.filter(|_| item.things.contains(&thing)) else { return false };
            let is_there = |token: &str| token == thing || texts.iter().any(|text| self.says(text, token));
            said(item, is_there, weights) >= enough
        })
    }

    fn says(&self, text: &Passage, token: &str) -> bool {
        let mut things = self.by_stem.get(token).into_iter().flatten();
        text.contains(token) || things.any(|thing| text.contains(thing))
    }
}

/// Whether one of some texts says what an item asks for.
pub(super) fn say(texts: &[Step], item: &Step, weights: &Weights) -> bool {
    texts.iter().any(|text| {
        let tokens: BTreeSet<&str> = text.tokens().collect();
        said(item, |token| tokens.contains(token), weights) >= SAID
    })
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

/// How much of an item is said, from 0 to 1: its words, and the things it names by themselves.
fn said(item: &Step, is_said: impl Fn(&str) -> bool, weights: &Weights) -> f64 {
    let (mut shared, mut total) = (0.0, f64::MIN_POSITIVE);
    // Links to pages are written differently from each page, and times are words too.
    let is_own = |thing: &&String| !thing.starts_with("page:") && !thing.starts_with("duration:");
    for token in item.stems.iter().chain(item.things.iter().filter(is_own)) {
        let weight = weights.of_token(token);
        total += weight;
        shared += if is_said(token) { weight } else { 0.0 };
    }
    shared / total
}
