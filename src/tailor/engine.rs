//! The template engine of a variant, and how much its templates may make: each page has a limit of its own, and there
//! are many pages.

use std::cell::Cell;

use minijinja::{Environment, Value};

use crate::limits::{self, Limit};
use crate::tailor::expand::{self, Expanded};

/// Fills values into the texts of one variant. What it may make depends on no other variant, so that what is refused
/// is the same in whatever order they are made.
pub(super) struct Engine {
    environment: Environment<'static>,
    /// The limit on the steps of one text
    limit: Limit,
    /// What is left of the bytes and of the steps
    bytes: Cell<usize>,
    steps: Cell<usize>,
    is_told: Cell<bool>,
}

impl Engine {
    /// That of one variant among `variants`, for which `written` bytes were written.
    pub(super) fn new(environment: &Environment<'static>, variants: usize, written: usize) -> Engine {
        let share = |limit: Limit| limit.most / variants.max(1);
        let steps = share(limits::MADE_STEPS) + 100 * written;
        let mut environment = environment.clone();
        environment.set_fuel(Some(steps.min(limits::STEPS.most) as u64));
        Engine {
            environment,
            limit: if steps < limits::STEPS.most { limits::MADE_STEPS } else { limits::STEPS },
            bytes: Cell::new(share(limits::MADE) + 4 * written),
            steps: Cell::new(steps),
            is_told: Cell::new(false),
        }
    }

    /// Fills the values of `context` into a text, unless too much is made of the texts of the variant.
    pub(super) fn expand(&self, text: &str, context: &Value) -> Expanded {
        if self.steps.get() == 0 {
            return self.refuse(text, limits::MADE_STEPS);
        }
        let expanded = expand::expand(&self.environment, text, context, self.limit);
        self.steps.set(self.steps.get().saturating_sub(expanded.steps));
        match self.bytes.get().checked_sub(expanded.text.len()) {
            Some(left) => {
                self.bytes.set(left);
                expanded
            }
            None => self.refuse(text, limits::MADE),
        }
    }

    /// The text without its tags. The reason is told once.
    fn refuse(&self, text: &str, limit: Limit) -> Expanded {
        let reason = format!("the templates of all variants come to more than {limit}");
        expand::refused(text, (!self.is_told.replace(true)).then_some(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(engine: &Engine, text: &str) -> (usize, Vec<String>) {
        let expanded = engine.expand(text, &Value::UNDEFINED);
        let faults = expanded.faults.iter().map(|(_, fault)| format!("{fault:?}")).collect();
        (expanded.text.len(), faults)
    }

    #[test]
    fn the_variants_share_what_their_templates_may_make() {
        const LONG: &str = "{% for a in range(1000) %}xxxxxxxxxx{% endfor %}";
        let of = |variants, written| Engine::new(&expand::environment(), variants, written);
        assert_eq!(made(&of(1, 0), LONG), (10_000, vec![]));
        // One of ten thousand has 5,000 bytes, and four more for each that is written.
        let (length, faults) = made(&of(10_000, 100), LONG);
        assert!(length < 100 && faults[0].contains("`made-size`"), "{length} {faults:?}");
        let engine = of(10_000, 2_000);
        assert_eq!(made(&engine, LONG), (10_000, vec![]));
        assert!(made(&engine, LONG).1[0].contains("`made-size`"));
        assert_eq!(made(&engine, LONG).1, Vec::<String>::new(), "once is enough");
    }

    #[test]
    fn and_the_steps_these_may_take() {
        const LOOP: &str = "{% for a in range(1000) %}{% endfor %}";
        let engine = Engine::new(&expand::environment(), 1_000_000, 10);
        let (_, faults) = made(&engine, LOOP);
        assert!(faults[0].contains("`made-steps`"), "{faults:?}");
        assert_eq!(
            made(&Engine::new(&expand::environment(), 1_000_000, 1_000), LOOP).1,
            Vec::<String>::new()
        );
    }
}
