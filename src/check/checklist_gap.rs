//! `checklist-gap`: a checklist that does not keep up with the page whose steps it covers.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use crate::check::coverage::{self, Passages, Texts};
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::limits;
use crate::plan::companion::{Area, areas};
use crate::plan::matching::{Matching, Weighed, Weights};
use crate::plan::step::{Form, Names, Step};
use crate::plan::{Checklist, Plan, Target};
use crate::source::Span;

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
/// Two that are so much alike stand in an order.
const IN_ORDER: f64 = 0.3;

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    let texts = Texts::of(binder);
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

fn look_at(binder: &Binder, index: usize, texts: &Texts) -> Vec<Diagnostic> {
    let plan = &binder.plans[index];
    let names = Names::of(plan);
    let mut told = Vec::new();
    let mut left = limits::ALL_COMPARED.most;
    for checklist in &plan.checklists {
        let Some(companion) = &checklist.companion_of else { continue };
        let Some(page) = plan.page_index(&checklist.record.page) else { continue };
        let other = match plan.page_named(&companion.value, page) {
            Ok(other) => other,
            // A page that is not there is a broken link.
            Err(Target::Broken(_)) => continue,
            Err(_) => {
                told.push(
                    Diagnostic::new(RULE.name, format!("`{}` is no page of this plan", companion.value))
                        .at(companion.span, "not a page with steps")
                        .help("name the page whose steps the checklist covers, such as `response.md`"),
                );
                continue;
            }
        };
        let areas = areas(&names, other, page, &binder.project.sources);
        let comparison =
            Comparison { binder, index, names: &names, checklist, pages: (other, page), areas, texts };
        let Some(after) = left.checked_sub(comparison.steps()) else {
            let message =
                format!("the steps of all checklists and their pages are more than {}", limits::ALL_COMPARED);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(companion.span, "not held against its page, and none after it")
                .help("let fewer checklists be companions of long pages");
            told.push(diagnostic);
            break;
        };
        left = after;
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
    texts: &'b Texts,
}

impl Comparison<'_> {
    /// The steps of the page or of the checklist, whichever has more.
    fn steps(&self) -> usize {
        let count = |of: fn(&Area) -> usize| self.areas.iter().map(of).sum::<usize>();
        count(|area| area.steps().len()).max(count(|area| area.tasks().len()))
    }

    fn compare(&self, companion: Span, told: &mut Vec<Diagnostic>) {
        let most = self.steps();
        if most > limits::COMPARED.most {
            let message = format!("{most} steps are more than {}", limits::COMPARED);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(companion, "not held against its page")
                .help("divide the checklist and its page");
            told.push(diagnostic);
            return;
        }
        let listed = |step: &&Step| step.form != Form::Prose;
        let all = self.areas.iter().flat_map(|area| area.said.iter().filter(listed).chain(&area.items));
        let weights = Weights::of(all);
        let weigh = |steps: &[&Step]| steps.iter().map(|step| weights.weigh(step)).collect::<Vec<_>>();
        let matching = |area: &Area| Matching::of(&weigh(&area.steps()), &weigh(&area.tasks()));
        let matchings: Vec<Matching> = self.areas.iter().map(matching).collect();
        self.tell_missing_sections(companion, told);
        self.tell_gaps(companion, &matchings, &weights, told);
        self.tell_order_of_sections(told);
        for (area, matching) in self.areas.iter().zip(&matchings) {
            let (steps, tasks) = (area.steps(), area.tasks());
            tell_order(&steps, &tasks, matching, &weights, told);
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
    fn tell_gaps(
        &self,
        companion: Span,
        matchings: &[Matching],
        weights: &Weights,
        told: &mut Vec<Diagnostic>,
    ) {
        let is_compared = |area: &Area| area.list.is_some() || self.areas.len() == 1;
        let compared = || self.areas.iter().zip(matchings).filter(|(area, _)| is_compared(area));
        let mut strays: Vec<(&Area, &Step, Weighed)> = Vec::new();
        for (area, matching) in compared() {
            let unused = area.tasks().into_iter().zip(&matching.used).filter(|(_, used)| !**used);
            strays.extend(unused.map(|(item, _)| (area, item, weights.weigh(item))));
        }
        let mut gaps = Vec::new();
        for (area, matching) in compared() {
            let steps = area.steps();
            let wanted = wanted(&steps, matching);
            for (step, _) in steps.iter().zip(&matching.covered).filter(|(_, covered)| !**covered) {
                // Numbered steps are wanted, and others of a list most of which the checklist has.
                if step.form != Form::Numbered && !wanted.contains(&step.list) {
                    continue;
                }
                let own = weights.weigh(step);
                let alike = strays.iter().map(|(.., weighed)| own.likeness(weighed)).enumerate();
                let best = alike.max_by(|a, b| a.1.total_cmp(&b.1));
                match best.filter(|(_, likeness)| *likeness >= ELSEWHERE) {
                    Some((at, _)) => {
                        let (other, item, _) = strays.remove(at);
                        told.push(elsewhere(step, area, item, other));
                    }
                    None => gaps.push(self.uncovered(step, area)),
                }
            }
        }
        let mut strays = unsaid_beside(strays, weights);
        if !strays.is_empty() {
            let passages = Passages::of(self.binder, self.texts, self.index, self.names);
            let items: Vec<&Step> = strays.iter().map(|(_, item)| *item).collect();
            let mut said = passages.say(&items, weights).into_iter();
            strays.retain(|_| said.next() == Some(false));
        }
        let count = |of: fn(&Area) -> usize| compared().map(|(area, _)| of(area)).sum::<usize>();
        let strays = strays.into_iter().map(|(area, item)| self.stray(item, area)).collect();
        let (list, page) = (&self.checklist.record.page, &self.plan().pages[self.pages.0].path);
        let steps = count(|area| area.steps().iter().filter(|step| step.form == Form::Numbered).count());
        let what = format!("steps of `{page}` are not in `{list}`");
        told.extend(at_once(gaps, steps, &what, companion));
        let tasks = count(|area| area.tasks().len());
        let what = format!("items of `{list}` are for no step of `{page}`");
        told.extend(at_once(strays, tasks, &what, companion));
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
            // Who does it is another role than whom it is done to.
            if kind == "role" && step.starts_with_a_thing() != item.starts_with_a_thing() {
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

/// Of items without a step, each with its area, those that no other text of the area says.
fn unsaid_beside<'a>(
    strays: Vec<(&'a Area, &'a Step, Weighed)>,
    weights: &Weights,
) -> Vec<(&'a Area, &'a Step)> {
    let mut unsaid = Vec::new();
    for own in strays.chunk_by(|(one, ..), (other, ..)| std::ptr::eq(*one, *other)) {
        let items: Vec<&Step> = own.iter().map(|(_, item, _)| *item).collect();
        let Some((area, ..)) = own.first() else { continue };
        let said = coverage::say(&area.said, &items, weights);
        unsaid.extend(items.into_iter().zip(said).filter(|(_, said)| !said).map(|(item, _)| (*area, item)));
    }
    unsaid
}

/// The lists most of whose steps a checklist has.
fn wanted(steps: &[&Step], matching: &Matching) -> HashSet<Option<Span>> {
    let mut lists: HashMap<Option<Span>, (usize, usize)> = HashMap::new();
    for (step, item) in steps.iter().zip(&matching.of_steps) {
        let (found, all) = lists.entry(step.list).or_default();
        *found += usize::from(item.is_some());
        *all += 1;
    }
    lists.retain(|_, (found, all)| *found * 2 > *all);
    lists.into_keys().collect()
}

/// Of two texts that have hardly anything in common one finding is enough.
fn at_once(gaps: Vec<Diagnostic>, all: usize, what: &str, companion: Span) -> Vec<Diagnostic> {
    const MANY: usize = 5;
    if gaps.len() <= MANY || gaps.len() * 2 <= all {
        return gaps;
    }
    let message = format!("{} {what}", gaps.len());
    let one = Diagnostic::new(RULE.name, message)
        .at(companion, "they hardly belong together")
        .help("write the checklist for this page, or name the page it was written for");
    vec![gaps.into_iter().take(MANY).fold(one, |one, gap| one.note(gap.message))]
}

fn elsewhere(step: &Step, area: &Area, item: &Step, other: &Area) -> Diagnostic {
    let message = format!("the item \"{}\" stands in another part than its step", item.short());
    Diagnostic::new(RULE.name, message)
        .at(item.span, format!("under \"{}\" here", other.title))
        .and(step.span, format!("under \"{}\" here", area.title))
        .help(format!("move the item to \"{}\"", area.title))
}

/// Tells of items in another order than their steps, where one layer wrote both lists.
fn tell_order(
    steps: &[&Step],
    items: &[&Step],
    matching: &Matching,
    weights: &Weights,
    told: &mut Vec<Diagnostic>,
) {
    let alike = |i: usize, s: usize| weights.weigh(items[i]).likeness(&weights.weigh(steps[s])) >= IN_ORDER;
    let pairs: Vec<(usize, usize)> = matching
        .of_items
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((i, (*s)?)))
        .filter(|(i, s)| alike(*i, *s))
        .collect();
    let sources: BTreeSet<_> =
        pairs.iter().map(|(i, s)| (items[*i].span.source, steps[*s].span.source)).collect();
    for source in sources {
        let own: Vec<(usize, usize)> = pairs
            .iter()
            .copied()
            .filter(|(i, s)| (items[*i].span.source, steps[*s].span.source) == source)
            .collect();
        let order: Vec<usize> = own.iter().map(|(_, s)| *s).collect();
        let moved = out_of_order(&order);
        // Where most are elsewhere, the two lists have no order in common.
        for (at, neighbour) in moved.iter().copied().filter(|_| moved.len() * 2 < order.len().max(3)) {
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
