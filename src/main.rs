//! The `redbinder` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    redbinder::cli::main()
}
