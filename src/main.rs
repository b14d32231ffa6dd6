//! The `redbinder` command.

use std::process::ExitCode;

/// A build makes and drops millions of small texts, in several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    redbinder::cli::main()
}
