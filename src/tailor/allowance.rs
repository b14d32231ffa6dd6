//! How much the templates of a variant may make: each page has a limit of its own, and there are many pages.

use std::cell::Cell;

use crate::limits::{self, Limit};

/// What is left of it. Each variant has its own, so that what is refused depends on no other.
pub(super) struct Allowance {
    bytes: Cell<usize>,
    steps: Cell<usize>,
    is_told: Cell<bool>,
}

impl Allowance {
    /// That of one variant among `variants`, for which `written` bytes were written.
    pub(super) fn new(variants: usize, written: usize) -> Allowance {
        let share = |limit: Limit| limit.most / variants.max(1);
        Allowance {
            bytes: Cell::new(share(limits::MADE) + 4 * written),
            steps: Cell::new(share(limits::MADE_STEPS) + 100 * written),
            is_told: Cell::new(false),
        }
    }

    /// Takes off what a template made, and the steps it took.
    pub(super) fn take(&self, bytes: usize, steps: usize) {
        self.bytes.set(self.bytes.get().saturating_sub(bytes));
        self.steps.set(self.steps.get().saturating_sub(steps));
    }

    /// The limit that the templates before have reached.
    pub(super) fn reached(&self) -> Option<Limit> {
        match (self.bytes.get(), self.steps.get()) {
            (0, _) => Some(limits::MADE),
            (_, 0) => Some(limits::MADE_STEPS),
            _ => None,
        }
    }

    /// Whether nothing was told of it yet: once is enough.
    pub(super) fn is_news(&self) -> bool {
        !self.is_told.replace(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_may_make_is_shared_and_grows_with_what_is_written() {
        let alone = Allowance::new(1, 0);
        alone.take(limits::MADE.most - 1, 0);
        assert_eq!(alone.reached(), None);
        alone.take(1, 0);
        assert_eq!(alone.reached(), Some(limits::MADE));
        let one_of_many = Allowance::new(100, 1_000);
        one_of_many.take(0, limits::MADE_STEPS.most / 100 + 99_999);
        assert_eq!(one_of_many.reached(), None);
        one_of_many.take(0, 1);
        assert_eq!(one_of_many.reached(), Some(limits::MADE_STEPS));
        assert!(one_of_many.is_news() && !one_of_many.is_news());
    }
}
