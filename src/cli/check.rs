//! `redbinder check`

mod external;
mod fix;
mod output;
mod told;

use std::path::Path;

use crate::Compilation;
use crate::check::{LOCKED, RULES, rule};
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::config::Config;
use crate::diagnostic::before::Before;
use crate::diagnostic::fix::together;
use crate::diagnostic::report::Report;
use crate::diagnostic::{Level, did_you_mean};
use crate::files;
use crate::source::{Span, Spanned};
use output::Format;
pub use told::Told;

const EXAMPLES: &str = "\
Examples:
  redbinder check
  redbinder check && redbinder build
  redbinder -C plans/agency check
  redbinder check --deny unused-waiver --allow weaker-than-parent
  redbinder check --format sarif > redbinder.sarif
  redbinder check --format github --changed-since origin/main
  redbinder check --baseline known.txt --write-baseline     once, for an old plan
  redbinder check --baseline known.txt                      from then on
  redbinder check --fix

As text, diagnostics go to standard error and the summary to standard output; in the other
formats, what is found goes to standard output and nothing else does. The exit status is 1
where there is an error; warnings and notes do not fail.";

/// Tell what is wrong; change nothing, unless asked with --fix
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// How to write what is wrong
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Take this rule's findings as errors
    #[arg(long, value_name = "RULE")]
    deny: Vec<String>,

    /// Take this rule's findings as warnings
    #[arg(long, value_name = "RULE")]
    warn: Vec<String>,

    /// Leave this rule out
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,

    /// Tell only what a change caused: what was not there where the work since this git revision
    /// began, in each variant it is in now
    #[arg(long, value_name = "REVISION")]
    changed_since: Option<String>,

    /// Keep quiet about the faults this file of the project knows; a mended one must leave it
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,

    /// Write everything that is wrong now to the baseline
    #[arg(long, requires = "baseline", conflicts_with_all = ["changed_since", "fix"])]
    write_baseline: bool,

    /// Make the safe edits in the files, and tell what is left
    #[arg(long)]
    fix: bool,

    /// Ask as well whether the addresses of other sites answer, through curl
    #[arg(long)]
    external: bool,

    /// The day from which reviews and exercises are judged to be due, such as 2026-11-25; without
    /// it none is
    #[arg(long, value_name = "DATE", env = "REDBINDER_TODAY")]
    today: Option<jiff::civil::Date>,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    let root = &session.root;
    let mut compilation = read(root, args)?;
    let gone = if args.external { Some(external::gone(&compilation.plans, &progress)?) } else { None };
    compilation.project.config.gone = gone.clone();
    let mut remarks = Vec::new();
    let before = match &args.changed_since {
        Some(revision) => {
            let (before, remark) = told::before(root, revision, &compilation.project.config)?;
            remarks.extend(remark);
            Some(before)
        }
        None => None,
    };
    progress.stage("checking");
    let mut told = look(root, args, before.as_ref(), &mut compilation)?;
    if args.fix {
        for _ in 0..fix::ROUNDS {
            let made = fix::make(root, &told.findings, &compilation.project.sources)?;
            if made.is_empty() {
                break;
            }
            remarks.extend(made);
            compilation = read(root, args)?;
            compilation.project.config.gone = gone.clone();
            told = look(root, args, before.as_ref(), &mut compilation)?;
        }
        for source in compilation.project.sources.iter() {
            files::remove_leftovers(root, &source.path);
        }
    }
    remarks.extend(args.baseline.iter().filter(|_| args.write_baseline).map(|path| format!("wrote {path}")));
    let time = progress.finish();
    let report = Report {
        findings: &told.findings,
        sources: &compilation.project.sources,
        rules: &output::rules(&compilation.project.config),
        prefix: &output::prefix(root),
        scope: &scope(&compilation),
        left_out: told.left_out,
    };
    tell::remarks(&remarks);
    output::write(args.format, &report)?;
    if !session.quiet && args.format == Format::Text {
        let outcome = report.outcome() + &to_mend(&report, args);
        tell::line(&format!("checked {} in {time}: {outcome}", report.scope));
    }
    let faulty = report.of_level(Level::Error).next().is_some();
    // The process ends here: to give its memory back piece by piece would only take time.
    std::mem::forget(compilation);
    Ok(if faulty { Outcome::Faulty } else { Outcome::Good })
}

fn read(root: &Path, args: &Args) -> Result<Compilation> {
    let mut compilation = Compilation::read(root)?;
    set_levels(args, &mut compilation.project.config)?;
    compilation.project.config.today = args.today;
    Ok(compilation)
}

/// Checks, and leaves out what is not asked for.
fn look(root: &Path, args: &Args, before: Option<&Before>, compilation: &mut Compilation) -> Result<Told> {
    let mut told = Told::all(compilation);
    if let Some(path) = &args.baseline {
        // A fault that is known and older too is known: its line is needed.
        told = told.without_known(root, path, args.write_baseline, compilation)?;
    }
    Ok(match before {
        Some(before) => told.without_older(before),
        None => told,
    })
}

/// What `--fix` would do, where it would do anything.
fn to_mend(report: &Report, args: &Args) -> String {
    let count = together(report.findings).len();
    if count > 0 && !args.fix { format!("; `--fix` mends {count}") } else { String::new() }
}

/// Levels given on the command line stand above those of site.toml.
fn set_levels(args: &Args, config: &mut Config) -> std::result::Result<(), Failure> {
    let given = [(&args.allow, None), (&args.warn, Some(Level::Warning)), (&args.deny, Some(Level::Error))];
    for (names, level) in given {
        for name in names {
            if rule(name).is_none() {
                let help = did_you_mean(name, RULES.iter().map(|rule| rule.name));
                let failure = Failure::new(format!("no rule is called `{name}`"));
                return Err(failure.help(help.unwrap_or("`redbinder explain` lists the rules".into())));
            }
            if LOCKED.contains(&name.as_str()) {
                let failure = Failure::new(format!("the level of `{name}` cannot be changed"));
                return Err(failure.help("it keeps every edition to what its audience may see"));
            }
            config.rules.insert(name.clone(), Spanned::new(level, Span::default()));
        }
    }
    Ok(())
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
