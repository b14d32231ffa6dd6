//! `redbinder check`

use std::collections::BTreeMap;

use crate::Compilation;
use crate::check::{self, LOCKED, RULES, Rule, rule};
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::config::Config;
use crate::diagnostic::{Level, did_you_mean, github, json, sarif};
use crate::plan::Plan;
use crate::source::{Span, Spanned};
use crate::web;

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

    /// Ask as well whether the addresses of other sites answer, through curl
    #[arg(long)]
    external: bool,

    /// The day from which reviews and exercises are judged to be due, such as 2026-11-25; without
    /// it none is
    #[arg(long, value_name = "DATE", env = "REDBINDER_TODAY")]
    today: Option<jiff::civil::Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, with the lines concerned
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    let mut compilation = Compilation::read(&session.root)?;
    set_levels(args, &mut compilation.project.config)?;
    compilation.project.config.today = args.today;
    if args.external {
        compilation.project.config.gone = ask_elsewhere(&compilation.plans, &progress)?;
    }
    progress.stage("checking");
    let diagnostics = compilation.check();
    let time = progress.finish();
    let sources = &compilation.project.sources;
    match args.format {
        Format::Text => tell::diagnostics(&diagnostics, sources),
        Format::Json => tell::line(json::render(&diagnostics, sources).trim_end()),
        Format::Sarif => tell::line(sarif::render(&diagnostics, sources, &rules()).trim_end()),
        Format::Github => tell::line(github::render(&diagnostics, sources).trim_end()),
    }
    if !session.quiet && args.format == Format::Text {
        tell::line(&format!("checked {} in {time}: {}", scope(&compilation), tell::counts(&diagnostics)));
    }
    let faulty = crate::count(&diagnostics, Level::Error) > 0;
    Ok(if faulty { Outcome::Faulty } else { Outcome::Good })
}

/// The addresses of other sites that do not answer, each with the reason.
fn ask_elsewhere(
    plans: &[Plan],
    progress: &tell::Progress,
) -> std::result::Result<BTreeMap<String, String>, Failure> {
    let addresses = check::addresses(plans);
    let asked = web::ask(&addresses, |address| progress.stage(&format!("asking {address}")));
    let answers = asked.map_err(|reason| {
        Failure::new(format!("cannot ask other sites: {reason}"))
            .help("install curl, or leave out --external")
    })?;
    let gone = answers.into_iter().filter_map(|(address, answer)| match answer {
        web::Answer::There => None,
        web::Answer::Gone(reason) => Some((address, reason)),
    });
    Ok(gone.collect())
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

fn rules() -> Vec<sarif::RuleText> {
    let text = |rule: &&Rule| sarif::RuleText {
        name: rule.name,
        finds: rule.finds,
        explanation: rule.explanation,
        level: rule.level,
    };
    RULES.iter().map(text).collect()
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
