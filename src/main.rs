//! The `redbinder` command.
fn main() { redbinder::cli::main() }
