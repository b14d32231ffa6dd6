//! Which of two lists' steps say the same, by what they share.
//!
//! A word counts the more, the fewer steps say it. Each step is first held to the one that is
//! most like it; what is then left over may still be covered by one that covers several.

use std::collections::HashMap;

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
pub struct Weights<'s> {
    count: f64,
    /// For each token its number, and how many steps have it
    found: HashMap<&'s str, (usize, f64)>,
}

/// A step, its words and things weighed.
#[derive(Debug, Clone)]
pub struct Weighed {
    /// By number
    tokens: Vec<Token>,
    /// How much it says
    total: f64,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    number: usize,
    weight: f64,
    is_telling: bool,
}

impl<'s> Weights<'s> {
    /// The weights among some steps.
    pub fn of(steps: impl IntoIterator<Item = &'s Step>) -> Weights<'s> {
        let mut weights = Weights { count: 1.0, found: HashMap::new() };
        for step in steps {
            weights.count += 1.0;
            for token in step.tokens() {
                let number = weights.found.len();
                weights.found.entry(token).or_insert((number, 0.0)).1 += 1.0;
            }
        }
        weights
    }

    /// How much a word or thing says. One that no step has says most.
    pub fn of_token(&self, token: &str) -> f64 {
        let count = self.found.get(token).map_or(1.0, |(_, count)| *count);
        (self.count / count).ln() + 0.2
    }

    /// One of the steps, weighed.
    pub fn weigh(&self, step: &Step) -> Weighed {
        let token = |token: &str| {
            let (number, _) = self.found.get(token)?;
            let kind = token.split_once(':').map(|(kind, _)| kind);
            let is_telling = kind.is_some_and(|kind| TELLING.contains(&kind));
            Some(Token { number: *number, weight: self.of_token(token), is_telling })
        };
        let mut tokens: Vec<Token> = step.tokens().filter_map(token).collect();
        tokens.sort_by_key(|token| token.number);
        let total = tokens.iter().map(|token| token.weight).sum::<f64>().max(f64::MIN_POSITIVE);
        Weighed { tokens, total }
    }
}

impl Weighed {
    fn has(&self, token: &Token) -> bool {
        self.tokens.binary_search_by_key(&token.number, |own| own.number).is_ok()
    }

    /// What two steps say in common, besides what a third says.
    fn shared<'w>(
        &'w self,
        other: &'w Weighed,
        third: Option<&'w Weighed>,
    ) -> impl Iterator<Item = &'w Token> {
        let unsaid = move |token: &&Token| !third.is_some_and(|third| third.has(token));
        self.tokens.iter().filter(|token| other.has(token)).filter(unsaid)
    }

    /// How much alike two steps are, from 0 to 1. A short form of a long step is like it.
    pub fn likeness(&self, other: &Weighed) -> f64 {
        let shared: f64 = self.shared(other, None).map(|token| token.weight).sum();
        0.5 * shared / self.total.min(other.total) + shared / (self.total + other.total)
    }

    /// Whether this is said in another step, besides what a third says there.
    fn is_said_in(&self, other: &Weighed, third: Option<&Weighed>) -> bool {
        let shared: f64 = self.shared(other, third).map(|token| token.weight).sum();
        shared >= REST * self.total.min(other.total)
            || self.shared(other, third).any(|token| token.is_telling)
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
    pub fn of(steps: &[Weighed], items: &[Weighed]) -> Matching {
        let mut matching = Matching {
            of_steps: vec![None; steps.len()],
            of_items: vec![None; items.len()],
            covered: Vec::new(),
            used: Vec::new(),
        };
        let likeness: Vec<Vec<f64>> =
            steps.iter().map(|step| items.iter().map(|item| step.likeness(item)).collect()).collect();
        matching.match_alike(&likeness);
        matching.match_in_place(&likeness);
        matching.cover_rest(steps, items);
        matching
    }

    fn pair(&mut self, step: usize, item: usize) {
        self.of_steps[step] = Some(item);
        self.of_items[item] = Some(step);
    }

    /// Matches what is most alike first; of two equally alike, those that stand in like places.
    fn match_alike(&mut self, likeness: &[Vec<f64>]) {
        let (steps, items) = (self.of_steps.len(), self.of_items.len());
        let places = (0..steps).flat_map(|step| (0..items).map(move |item| (step, item)));
        let mut pairs: Vec<(usize, usize)> =
            places.filter(|(step, item)| likeness[*step][*item] >= ALIKE).collect();
        let apart = |(step, item): (usize, usize)| (step * items).abs_diff(item * steps);
        pairs.sort_by(|a, b| {
            let by_likeness = likeness[b.0][b.1].total_cmp(&likeness[a.0][a.1]);
            by_likeness.then(apart(*a).cmp(&apart(*b))).then(a.cmp(b))
        });
        for (step, item) in pairs {
            if self.of_steps[step].is_none() && self.of_items[item].is_none() {
                self.pair(step, item);
            }
        }
    }

    /// Matches what is left over on both sides between two neighbours that are matched.
    fn match_in_place(&mut self, likeness: &[Vec<f64>]) {
        for (step, alike) in likeness.iter().enumerate() {
            if self.of_steps[step].is_some() {
                continue;
            }
            let before = self.of_steps[..step].iter().rev().find_map(|item| *item);
            let after = self.of_steps[step + 1..].iter().find_map(|item| *item);
            let between = before.map_or(0, |item| item + 1)..after.unwrap_or(self.of_items.len());
            let best = between
                .filter(|item| self.of_items[*item].is_none() && alike[*item] >= IN_PLACE)
                .max_by(|a, b| alike[*a].total_cmp(&alike[*b]).then(b.cmp(a)));
            if let Some(item) = best {
                self.pair(step, item);
            }
        }
    }

    /// Finds the items that cover several steps, and the steps that several items cover.
    fn cover_rest(&mut self, steps: &[Weighed], items: &[Weighed]) {
        let covered = steps.iter().zip(&self.of_steps).map(|(step, own)| {
            let mut others = items.iter().zip(&self.of_items);
            own.is_some() || others.any(|(item, other)| step.is_said_in(item, other.map(|at| &steps[at])))
        });
        self.covered = covered.collect();
        let used = items.iter().zip(&self.of_items).map(|(item, own)| {
            let mut others = steps.iter().zip(&self.of_steps);
            own.is_some() || others.any(|(step, other)| item.is_said_in(step, other.map(|at| &items[at])))
        });
        self.used = used.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{step::Form, words};
    use crate::source::Span;

    fn matching(steps: &[&str], items: &[&str]) -> Matching {
        let step = |text: &&str| Step {
            span: Span::default(),
            text: text.to_string(),
            form: Form::Numbered,
            list: None,
            stems: words::stems(text).into_iter().collect(),
            named: Default::default(),
            things: Default::default(),
        };
        let (steps, items): (Vec<Step>, Vec<Step>) =
            (steps.iter().map(step).collect(), items.iter().map(step).collect());
        let weights = Weights::of(steps.iter().chain(&items));
        let weigh =
            |steps: &[Step]| -> Vec<Weighed> { steps.iter().map(|step| weights.weigh(step)).collect() };
        Matching::of(&weigh(&steps), &weigh(&items))
    }

    const STEPS: [&str; 4] = [
        "Preserve the logs. Copy them where the attacker cannot reach them.",
        "Take pictures of screens.",
        "Hold the retrospective and publish the report.",
        "Thank everybody who helped.",
    ];

    #[test]
    fn a_short_form_covers_its_step_wherever_it_stands() {
        let found = matching(
            &STEPS,
            &[
                "Thank all helpers",
                "Save the logs",
                "Hold the retrospective",
                "Publish the report",
                "Screens: take pictures",
            ],
        );
        assert_eq!(found.of_steps, [Some(1), Some(4), Some(2), Some(0)]);
        assert_eq!(found.used, [true; 5], "two items may cover one step");
    }

    #[test]
    fn what_nothing_says_is_not_covered() {
        let found = matching(&STEPS, &["Take pictures", "Order lunch", "Hold the retrospective"]);
        assert_eq!(found.covered, [false, true, true, false]);
        assert_eq!(found.used, [true, false, true]);
    }
}
