//! `redbinder completions`

use crate::cli::{Outcome, Result, definitions, tell};

const EXAMPLES: &str = "\
Examples:
  redbinder completions bash > ~/.local/share/bash-completion/completions/redbinder
  redbinder completions fish > ~/.config/fish/completions/redbinder.fish";

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definitions(), "redbinder", &mut script);
    tell::whole(&script);
    Ok(Outcome::Good)
}
