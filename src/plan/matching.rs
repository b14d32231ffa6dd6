//! Which of two lists' steps say the same, by what they share.
//!
//! A word counts the more, the fewer steps say it. Each step is first held to the one that is
//! most like it; what is then left over may still be covered by one that covers several.

use std::collections::BTreeMap;

use crate::plan::step::Step;

/// Two steps at least this much alike say the same.
const ALIKE: f64 = 0.24;
/// So much alike, where both stand between the same neighbours.
const IN_PLACE: f64 = 0.12;
/// So much of a step has to be said in what another step leaves unexplained.
const REST: f64 = 0.3;
/// Kinds of things that tell one step from another by themselves.
const TELLING: [&str; 5] = ["page", "template", "checklist", "playbook", "status"];

/// How much each word and thing says, among some steps.
#[derive(Debug)]
pub struct Weights {
    count: f64,
    found: BTreeMap<String, f64>,
}

impl Weights {
    /// The weights among some steps.
    pub fn of<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Weights {
        let mut weights = Weights { count: 1.0, found: BTreeMap::new() };
        for step in steps {
            weights.count += 1.0;
            for token in step.tokens() {
                match weights.found.get_mut(token) {
                    Some(count) => *count += 1.0,
                    None => drop(weights.found.insert(token.to_string(), 1.0)),
                }
            }
        }
        weights
    }

    fn of_token(&self, token: &str) -> f64 {
        let found = self.found.get(token).copied().unwrap_or(1.0);
        (self.count / found).ln() + 0.2
    }

    /// How much a step says.
    pub fn total(&self, step: &Step) -> f64 {
        step.tokens().map(|token| self.of_token(token)).sum()
    }

    /// How much two steps say in common, besides what a third says.
    pub fn shared(&self, one: &Step, other: &Step, besides: Option<&Step>) -> f64 {
        let in_sets = |token: &str, step: &Step| step.stems.contains(token) || step.things.contains(token);
        one.tokens()
            .filter(|token| in_sets(token, other) && !besides.is_some_and(|step| in_sets(token, step)))
            .map(|token| self.of_token(token))
            .sum()
    }

    /// Whether one step is said in another, besides what a third says there.
    fn says_besides(&self, one: &Step, other: &Step, third: Option<&Step>) -> bool {
        let shared = self.shared(one, other, third);
        let is_telling = |thing: &&String| {
            thing.split_once(':').is_some_and(|(kind, _)| TELLING.contains(&kind))
                && other.things.contains(*thing)
                && !third.is_some_and(|third| third.things.contains(*thing))
        };
        shared >= REST * self.total(one).min(self.total(other))
            || one.things.iter().any(|thing| is_telling(&thing))
    }

    /// How much of a step some others say together, from 0 to 1.
    pub fn covered(&self, step: &Step, by: &[Step]) -> f64 {
        let is_said = |token: &&str| {
            by.iter().any(|other| other.stems.contains(*token) || other.things.contains(*token))
        };
        let shared: f64 = step.tokens().filter(is_said).map(|token| self.of_token(token)).sum();
        shared / self.total(step).max(f64::MIN_POSITIVE)
    }

    /// How much alike two steps are, from 0 to 1. A short form of a long step is like it.
    pub fn likeness(&self, one: &Step, other: &Step) -> f64 {
        let (a, b) = (self.total(one), self.total(other));
        let shared = self.shared(one, other, None);
        let short = a.min(b).max(f64::MIN_POSITIVE);
        0.5 * shared / short + shared / (a + b).max(f64::MIN_POSITIVE)
    }
}

/// Which steps and items say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// For each step, the item that is most like it
    pub of_steps: Vec<Option<usize>>,
    /// For each item, the step that is most like it
    pub of_items: Vec<Option<usize>>,
    /// For each step, whether an item covers it
    pub covered: Vec<bool>,
    /// For each item, whether it covers a step
    pub used: Vec<bool>,
}

impl Matching {
    /// Holds steps against items.
    pub fn of(steps: &[&Step], items: &[&Step], weights: &Weights) -> Matching {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (s, step) in steps.iter().enumerate() {
            for (i, item) in items.iter().enumerate() {
                let likeness = weights.likeness(step, item);
                if likeness >= ALIKE {
                    pairs.push((likeness, s, i));
                }
            }
        }
        // Of two equally alike, those that stand in like places.
        let apart = |s: usize, i: usize| (s * items.len()).abs_diff(i * steps.len());
        pairs.sort_by(|a, b| {
            b.0.total_cmp(&a.0).then(apart(a.1, a.2).cmp(&apart(b.1, b.2))).then((a.1, a.2).cmp(&(b.1, b.2)))
        });
        let mut matching = Matching {
            of_steps: vec![None; steps.len()],
            of_items: vec![None; items.len()],
            covered: vec![false; steps.len()],
            used: vec![false; items.len()],
        };
        for (_, s, i) in &pairs {
            if matching.of_steps[*s].is_none() && matching.of_items[*i].is_none() {
                matching.of_steps[*s] = Some(*i);
                matching.of_items[*i] = Some(*s);
            }
        }
        matching.match_in_place(steps, items, weights);
        matching.cover_rest(steps, items, weights);
        matching
    }

    /// Matches what is left over on both sides between two neighbours that are matched.
    fn match_in_place(&mut self, steps: &[&Step], items: &[&Step], weights: &Weights) {
        for s in 0..steps.len() {
            if self.of_steps[s].is_some() {
                continue;
            }
            let before = self.of_steps[..s].iter().rev().find_map(|item| *item);
            let after = self.of_steps[s + 1..].iter().find_map(|item| *item).unwrap_or(items.len());
            let between = before.map_or(0, |item| item + 1)..after;
            let alike = |i: &usize| weights.likeness(steps[s], items[*i]);
            let best = between
                .filter(|i| self.of_items[*i].is_none() && alike(i) >= IN_PLACE)
                .max_by(|a, b| alike(a).total_cmp(&alike(b)).then(b.cmp(a)));
            if let Some(i) = best {
                self.of_steps[s] = Some(i);
                self.of_items[i] = Some(s);
            }
        }
    }

    /// Finds the items that cover several steps, and the steps that several items cover.
    fn cover_rest(&mut self, steps: &[&Step], items: &[&Step], weights: &Weights) {
        for (s, step) in steps.iter().enumerate() {
            self.covered[s] = self.of_steps[s].is_some()
                || items.iter().enumerate().any(|(i, item)| {
                    weights.says_besides(step, item, self.of_items[i].map(|other| steps[other]))
                });
        }
        for (i, item) in items.iter().enumerate() {
            self.used[i] = self.of_items[i].is_some()
                || steps.iter().enumerate().any(|(s, step)| {
                    weights.says_besides(item, step, self.of_steps[s].map(|other| items[other]))
                });
        }
    }
}
