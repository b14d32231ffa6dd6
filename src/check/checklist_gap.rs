//! `checklist-gap`: a checklist that does not keep up with the page whose steps it covers.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::companion::{Area, areas};
use crate::plan::matching::{Matching, Weights};
use crate::plan::prose::{Mark, Run, value_runs};
use crate::plan::step::{Form, Names, Step};
use crate::plan::{Checklist, Plan, words};
use crate::source::Span;
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "checklist-gap",
    level: Level::Error,
    finds: "a step of the plan that its checklist leaves out, an item for no step, another order, status, channel or role",
    explanation: "\
Why it matters
  Responders work from the checklist and never open the plan. A step that only the plan has is
  not taken, and where the two disagree half of the team does the one and half the other.

What it reads
  A checklist with `companion_of: response.md`. Its sections belong to those of that page with
  the same id, phase or title. Steps are the numbered items there, items are the tasks here.
  An item covers a step when they share the words and things that are theirs: other words for
  the same are fine, one item may cover several steps, and an item may also cover a paragraph,
  or what another page of the plan says.

What to do
  Add the item, or take the step out of the plan. Let both name the same status, channel and
  role, in the same order.
",
    look,
};

/// A step and an item of another part of the plan are the same when they are so much alike.
const ELSEWHERE: f64 = 0.5;
/// So much of an item's words one text of the plan has to have.
const SAID: f64 = 0.45;
/// The same, where both name one particular thing.
const SAID_OF_A_THING: f64 = 0.25;
/// The same, where the item has a word that the plan says nowhere.
const SAID_WITH_NEW_WORDS: f64 = 0.7;

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let texts: Vec<OnceLock<Vec<Passage>>> = binder.texts.iter().map(|_| OnceLock::new()).collect();
    let found: Vec<Vec<Diagnostic>> = (0..binder.plans.len())
        .into_par_iter()
        .map(|index| match binder.plans[index].edition == widest {
            true => look_at(binder, index, &texts),
            false => Vec::new(),
        })
        .collect();
    for (plan, diagnostics) in binder.plans.iter().zip(found) {
        for diagnostic in diagnostics {
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
}

fn look_at(binder: &Binder, index: usize, texts: &[OnceLock<Vec<Passage>>]) -> Vec<Diagnostic> {
    let plan = &binder.plans[index];
    let names = Names::of(plan);
    let mut told = Vec::new();
    for checklist in &plan.checklists {
        let Some(companion) = &checklist.companion_of else { continue };
        let Some(page) = plan.page_index(&checklist.record.page) else { continue };
        let Some(other) = names.page_named(&companion.value, page) else {
            told.push(
                Diagnostic::new(RULE.name, format!("no page is called `{}`", companion.value))
                    .at(companion.span, "not in this variant")
                    .help("name the page whose steps the checklist covers, such as `response.md`"),
            );
            continue;
        };
        let areas = areas(&names, other, page, &binder.project.sources);
        let comparison =
            Comparison { binder, index, names: &names, checklist, pages: (other, page), areas, texts };
        comparison.compare(companion.span, &mut told);
    }
    told
}

/// A checklist beside the page whose steps it covers.
struct Comparison<'b> {
    binder: &'b Binder<'b>,
    index: usize,
    names: &'b Names<'b>,
    checklist: &'b Checklist,
    /// The pages of the plan and of the checklist
    pages: (usize, usize),
    areas: Vec<Area>,
    /// For each of the binder's texts, what its paragraphs say, once somebody asked
    texts: &'b [OnceLock<Vec<Passage>>],
}

impl Comparison<'_> {
    fn compare(&self, companion: Span, told: &mut Vec<Diagnostic>) {
        let listed = |step: &&Step| step.form != Form::Prose;
        let all = self.areas.iter().flat_map(|area| area.said.iter().filter(listed).chain(&area.items));
        let weights = Weights::of(all);
        let weigh = |steps: &[&Step]| steps.iter().map(|step| weights.weigh(step)).collect::<Vec<_>>();
        let matching = |area: &Area| Matching::of(&weigh(&area.steps()), &weigh(&area.tasks()));
        let matchings: Vec<Matching> = self.areas.iter().map(matching).collect();
        self.tell_missing_sections(companion, told);
        self.tell_gaps(&matchings, &weights, told);
        self.tell_order_of_sections(told);
        for (area, matching) in self.areas.iter().zip(&matchings) {
            let (steps, tasks) = (area.steps(), area.tasks());
            tell_order(&steps, &tasks, matching, told);
            for (s, i) in matching.of_steps.iter().enumerate() {
                if let Some(i) = i {
                    self.tell_disagreement(steps[s], tasks[*i], told);
                }
            }
        }
    }

    fn plan(&self) -> &Plan {
        self.names.plan()
    }

    fn tell_missing_sections(&self, companion: Span, told: &mut Vec<Diagnostic>) {
        for area in &self.areas {
            let (Some(phase), Some((span, _)), None) = (area.phase, area.page, area.list) else { continue };
            let phase = &self.plan().phases[phase].record;
            let message =
                format!("no section of `{}` is about the phase `{}`", self.checklist.record.page, phase.id);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(companion, "this checklist has none")
                .and(span, "its steps")
                .help(format!("add a section `## {} {{#{}}}` with its items", area.title, phase.id));
            told.push(diagnostic);
        }
    }

    /// Tells of steps without an item and items without a step; of both at once where an item
    /// stands in another section than its step.
    fn tell_gaps(&self, matchings: &[Matching], weights: &Weights, told: &mut Vec<Diagnostic>) {
        let mut strays: Vec<(&Area, &Step)> = Vec::new();
        for (area, matching) in self.areas.iter().zip(matchings).filter(|(area, _)| area.list.is_some()) {
            for (item, used) in area.tasks().into_iter().zip(&matching.used) {
                if !used {
                    strays.push((area, item));
                }
            }
        }
        for (area, matching) in self.areas.iter().zip(matchings).filter(|(area, _)| area.list.is_some()) {
            let steps = area.steps();
            for (step, _) in steps.iter().zip(&matching.covered).filter(|(_, covered)| !**covered) {
                if !is_required(step, &steps, matching) {
                    continue;
                }
                let alike = |item: &Step| weights.weigh(step).likeness(&weights.weigh(item));
                let best = strays.iter().enumerate().max_by(|a, b| alike(a.1.1).total_cmp(&alike(b.1.1)));
                match best.filter(|(_, (_, item))| alike(item) >= ELSEWHERE).map(|(at, _)| at) {
                    Some(at) => {
                        let (other, item) = strays.remove(at);
                        told.push(elsewhere(step, area, item, other));
                    }
                    None => told.push(self.uncovered(step, area)),
                }
            }
        }
        let near = |item: &Step, area: &Area| {
            area.said.iter().any(|text| {
                let tokens: Passage = text.tokens().map(str::to_string).collect();
                said(item, |token| tokens.contains(token), weights) >= SAID
            })
        };
        strays.retain(|(area, item)| !near(item, area));
        if strays.is_empty() {
            return;
        }
        let (passages, by_stem) = (self.passages(), self.names.by_stem());
        let says = |text: &Passage, token: &str| {
            let mut things = by_stem.get(token).into_iter().flatten();
            text.contains(token) || things.any(|thing| text.contains(thing))
        };
        let all: Vec<&Passage> = passages.values().flatten().map(|text| &**text).collect();
        for (area, item) in strays {
            let is_known = |stem: &String| all.iter().any(|text| says(text, stem));
            let new_words = !item.stems.iter().all(is_known);
            let enough = |text: &Passage| match item
                .things
                .iter()
                .any(|thing| is_particular(thing) && text.contains(thing))
            {
                _ if new_words => SAID_WITH_NEW_WORDS,
                true => SAID_OF_A_THING,
                false => SAID,
            };
            let is_said =
                all.iter().any(|text| said(item, |token| says(text, token), weights) >= enough(text));
            let is_about = |(thing, page): (String, usize)| {
                let Some(texts) = passages.get(&page) else { return false };
                let is_there = |token: &str| token == thing || texts.iter().any(|text| says(text, token));
                said(item, is_there, weights) >= if new_words { SAID_WITH_NEW_WORDS } else { SAID }
            };
            if !is_said && !self.pages_of(item).into_iter().any(is_about) {
                told.push(self.stray(item, area));
            }
        }
    }

    /// The severities and playbooks an item names, each with its page.
    fn pages_of(&self, item: &Step) -> Vec<(String, usize)> {
        let plan = self.plan();
        let severities = plan.severities.iter().map(|it| ("severity", &it.record));
        let playbooks = plan.playbooks.iter().map(|it| ("playbook", &it.record));
        severities
            .chain(playbooks)
            .map(|(kind, record)| (format!("{kind}:{}", record.id), record))
            .filter(|(thing, _)| item.things.contains(thing))
            .filter_map(|(thing, record)| Some((thing, plan.page_index(&record.page)?)))
            .collect()
    }

    /// What each page of the plan says, its checklists apart.
    fn passages(&self) -> BTreeMap<usize, Vec<Cow<'_, Passage>>> {
        let pages = self.plan().pages.iter().enumerate().filter(|(_, page)| page.kind != Kind::Checklist);
        pages
            .map(|(index, page)| {
                let text = self.binder.text_of[self.index][index];
                let of_text = self.texts[text]
                    .get_or_init(|| self.binder.texts[text].runs.iter().map(passage).collect());
                let values =
                    value_runs(page).iter().map(|(_, run)| Cow::Owned(passage(run))).collect::<Vec<_>>();
                (index, of_text.iter().map(Cow::Borrowed).chain(values).collect())
            })
            .collect()
    }

    fn uncovered(&self, step: &Step, area: &Area) -> Diagnostic {
        let page = &self.checklist.record.page;
        let message = format!("no item of `{page}` covers the step \"{}\"", step.short());
        let diagnostic = Diagnostic::new(RULE.name, message).at(step.span, "not in the checklist");
        let diagnostic = match area.list {
            Some((span, _)) => diagnostic.and(span, "its items are here"),
            None => diagnostic,
        };
        diagnostic.help("add an item that says it in few words, or take the step out")
    }

    fn stray(&self, item: &Step, area: &Area) -> Diagnostic {
        let page = &self.plan().pages[self.pages.0].path;
        let message = format!("no step of `{page}` asks for the item \"{}\"", item.short());
        let diagnostic = Diagnostic::new(RULE.name, message).at(item.span, "in the checklist only");
        let diagnostic = match area.page {
            Some((span, _)) => diagnostic.and(span, "the steps are here"),
            None => diagnostic,
        };
        diagnostic.help(format!("add the step to `{page}`, or take the item out"))
    }

    fn tell_order_of_sections(&self, told: &mut Vec<Diagnostic>) {
        let placed: Vec<(&Area, Span, usize)> =
            self.areas.iter().filter_map(|area| area.list.map(|(span, at)| (area, span, at))).collect();
        let order: Vec<usize> = placed.iter().map(|(_, _, at)| *at).collect();
        for (at, neighbour) in out_of_order(&order) {
            let (area, span, _) = &placed[at];
            let (other, other_span, _) = &placed[neighbour];
            let message = format!("the checklist has `{}` in another order than the plan", area.title);
            let word = if at < neighbour { "before" } else { "after" };
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(*span, format!("the plan has it {word} \"{}\"", other.title))
                .and(*other_span, "which stands here")
                .help("move the section, or the one of the plan");
            told.push(diagnostic);
        }
    }

    fn tell_disagreement(&self, step: &Step, item: &Step, told: &mut Vec<Diagnostic>) {
        for (kind, what) in [
            ("status", "status"),
            ("channel", "channel"),
            ("role", "role"),
            ("severity", "severity"),
            ("duration", "time"),
        ] {
            let (in_step, in_item) = (step.things_of(kind), item.things_of(kind));
            if in_step.is_empty() || in_item.is_empty() || !in_step.is_disjoint(&in_item) {
                continue;
            }
            let list = |things: &BTreeSet<&str>| {
                let names = things.iter().map(|thing| format!("`{}`", &thing[kind.len() + 1..]));
                names.collect::<Vec<_>>().join(", ")
            };
            let message = format!(
                "the step and its item do not name the same {what}: {} and {}",
                list(&in_step),
                list(&in_item)
            );
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(item.span, format!("{} here", list(&in_item)))
                .and(step.span, format!("{} here", list(&in_step)))
                .help("find out which of the two holds, and write it in both");
            told.push(diagnostic);
        }
    }
}

/// Whether a checklist has to have a step: a numbered one, or one of a list most of which it has.
fn is_required(step: &Step, steps: &[&Step], matching: &Matching) -> bool {
    let others = steps.iter().zip(&matching.of_steps).filter(|(other, _)| other.list == step.list);
    let (mut found, mut all) = (0, 0);
    for (_, item) in others {
        all += 1;
        found += usize::from(item.is_some());
    }
    step.form == Form::Numbered || found * 2 > all
}

/// Whether few texts are about a thing.
fn is_particular(thing: &str) -> bool {
    ["contact:", "term:", "tool:", "obligation:"].iter().any(|kind| thing.starts_with(kind))
}

/// What a paragraph says: its stems, and the things it links.
type Passage = BTreeSet<String>;

fn passage(run: &Run) -> Passage {
    let links = run.marks.iter().filter_map(|(_, mark)| match mark {
        Mark::Link(target) => Some(target.to_string()),
        Mark::Strong | Mark::Emphasis | Mark::Code => None,
    });
    words::stems(&run.text).into_iter().chain(links).collect()
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

fn elsewhere(step: &Step, area: &Area, item: &Step, other: &Area) -> Diagnostic {
    let message = format!("the item \"{}\" stands in another part than its step", item.short());
    Diagnostic::new(RULE.name, message)
        .at(item.span, format!("under \"{}\" here", other.title))
        .and(step.span, format!("under \"{}\" here", area.title))
        .help(format!("move the item to \"{}\"", area.title))
}

/// Tells of items in another order than their steps, where one layer wrote both lists.
fn tell_order(steps: &[&Step], items: &[&Step], matching: &Matching, told: &mut Vec<Diagnostic>) {
    let pairs: Vec<(usize, usize)> =
        matching.of_items.iter().enumerate().filter_map(|(i, s)| Some((i, (*s)?))).collect();
    let sources: BTreeSet<_> =
        pairs.iter().map(|(i, s)| (items[*i].span.source, steps[*s].span.source)).collect();
    for source in sources {
        let own: Vec<(usize, usize)> = pairs
            .iter()
            .copied()
            .filter(|(i, s)| (items[*i].span.source, steps[*s].span.source) == source)
            .collect();
        let order: Vec<usize> = own.iter().map(|(_, s)| *s).collect();
        for (at, neighbour) in out_of_order(&order) {
            let ((item, step), other) = (own[at], own[neighbour]);
            let message = format!("the item \"{}\" is out of order", items[item].short());
            let word = if at < neighbour { "after" } else { "before" };
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(items[item].span, format!("the plan has it {word} \"{}\"", items[other.0].short()))
                .and(steps[step].span, "its step")
                .help("move the item, or its step");
            told.push(diagnostic);
        }
    }
}

/// The places to move so that numbers stand in rising order, as few as possible; each with the
/// place of one it stands on the wrong side of.
fn out_of_order(numbers: &[usize]) -> Vec<(usize, usize)> {
    // The length of the longest rising row that ends at each place, and where it comes from.
    let mut longest: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, number) in numbers.iter().enumerate() {
        let before = (0..at).filter(|other| numbers[*other] < *number).max_by_key(|other| longest[*other].0);
        longest.push((before.map_or(1, |other| longest[other].0 + 1), before));
    }
    let mut kept = BTreeSet::new();
    let mut next = (0..numbers.len()).max_by_key(|at| longest[*at].0);
    while let Some(at) = next {
        kept.insert(at);
        next = longest[at].1;
    }
    let moved = (0..numbers.len()).filter(|at| !kept.contains(at));
    moved
        .filter_map(|at| {
            let wrong = |other: &&usize| (at < **other) != (numbers[at] < numbers[**other]);
            let neighbour = kept.iter().filter(wrong).min_by_key(|other| other.abs_diff(at))?;
            Some((at, *neighbour))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::out_of_order;

    #[test]
    fn as_few_as_possible_are_out_of_order() {
        assert_eq!(out_of_order(&[0, 1, 4, 9]), []);
        assert_eq!(out_of_order(&[3, 0, 1, 2]), [(0, 1)]);
        assert_eq!(out_of_order(&[0, 2, 3, 1]), [(3, 2)]);
        assert_eq!(out_of_order(&[0, 2, 1, 3]).len(), 1);
    }
}
