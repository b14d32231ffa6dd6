//! `redbinder man`

use std::path::PathBuf;

use crate::cli::{Failure, Outcome, Result, definitions, tell};

const EXAMPLES: &str = "\
Examples:
  redbinder man | man -l -
  redbinder man --output ~/.local/share/man/man1";

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Write a page for each command into this folder instead
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result {
    let Some(folder) = &args.output else {
        let mut page = Vec::new();
        clap_mangen::Man::new(definitions()).render(&mut page).map_err(Failure::new)?;
        tell::whole(&page);
        return Ok(Outcome::Good);
    };
    let cannot = |error: std::io::Error| Failure::new(format!("cannot write {}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(cannot)?;
    clap_mangen::generate_to(definitions(), folder).map_err(cannot)?;
    tell::line(&format!("wrote the manual to {}", folder.display()));
    Ok(Outcome::Good)
}
