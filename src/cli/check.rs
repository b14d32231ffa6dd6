//! `redbinder check`

use crate::Compilation;
use crate::cli::{Outcome, Result, Session, tell};
use crate::diagnostic::Level;

const EXAMPLES: &str = "\
Examples:
  redbinder check
  redbinder check && redbinder build
  redbinder -C plans/agency check

Diagnostics go to standard error, the summary to standard output. The exit status is 1 where
there is an error; warnings and notes do not fail.";

/// Tell what is wrong, and change nothing
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

pub fn run(session: &Session, _args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    let compilation = Compilation::read(&session.root)?;
    progress.stage("checking");
    let diagnostics = compilation.check();
    let time = progress.finish();
    tell::diagnostics(&diagnostics, &compilation.project.sources);
    if !session.quiet {
        tell::line(&format!("checked {} in {time}: {}", scope(&compilation), tell::counts(&diagnostics)));
    }
    let faulty = crate::count(&diagnostics, Level::Error) > 0;
    Ok(if faulty { Outcome::Faulty } else { Outcome::Good })
}

/// `8 variants, 289 pages`; with editions where there are several.
pub fn scope(compilation: &Compilation) -> String {
    let editions = compilation.project.config.editions.len();
    let pages: usize = compilation.plans.iter().map(|plan| plan.pages.len()).sum();
    let mut parts = vec![tell::number(compilation.project.layers.len(), "variant")];
    if editions > 1 {
        parts.push(tell::number(editions, "edition"));
    }
    parts.push(tell::number(pages, "page"));
    parts.join(", ")
}
