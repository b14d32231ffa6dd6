//! The `redbinder` command.

use std::process::ExitCode;

/// A build makes and drops millions of small texts, in several threads.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    redbinder::cli::main()
}
