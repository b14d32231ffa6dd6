//! Durations an author wrote out by hand, and the timers they speak of. Several rules look at
//! these.

pub(super) mod binding;
mod context;
pub(super) mod statement;
