//! Durations an author wrote out by hand, and the timers they speak of. Several rules look at
//! these.

pub(super) mod binding;
pub(super) mod statement;
