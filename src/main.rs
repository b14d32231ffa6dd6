//! The `redbinder` command.
fn main() {}
