//! `redbinder check`

mod output;

use crate::Compilation;
use crate::check::{LOCKED, RULES, rule};
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::config::Config;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::report::{LeftOut, Report};
use crate::diagnostic::{Level, did_you_mean};
use crate::source::{Span, Spanned};
use output::Format;

const EXAMPLES: &str = "\
Examples:
  redbinder check
  redbinder check && redbinder build
  redbinder -C plans/agency check
  redbinder check --deny unused-waiver --allow weaker-than-parent
  redbinder check --format sarif > redbinder.sarif
  redbinder check --format github

As text, diagnostics go to standard error and the summary to standard output; in the other
formats, what is found goes to standard output and nothing else does. The exit status is 1
where there is an error; warnings and notes do not fail.";

/// Tell what is wrong, and change nothing
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

    /// The day from which reviews and exercises are judged to be due, such as 2026-11-25; without
    /// it none is
    #[arg(long, value_name = "DATE", env = "REDBINDER_TODAY")]
    today: Option<jiff::civil::Date>,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    let mut compilation = Compilation::read(&session.root)?;
    set_levels(args, &mut compilation.project.config)?;
    compilation.project.config.today = args.today;
    progress.stage("checking");
    let sources = &compilation.project.sources;
    let findings = Finding::all(compilation.check(), sources);
    let time = progress.finish();
    let report = Report {
        findings: &findings,
        sources,
        rules: &output::rules(&compilation.project.config),
        prefix: &output::prefix(&session.root),
        scope: &scope(&compilation),
        left_out: LeftOut::default(),
    };
    output::write(args.format, &report)?;
    if !session.quiet && args.format == Format::Text {
        tell::line(&format!("checked {} in {time}: {}", report.scope, report.outcome()));
    }
    let faulty = report.of_level(Level::Error).next().is_some();
    Ok(if faulty { Outcome::Faulty } else { Outcome::Good })
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
