//! `redbinder explain`

use crate::check::{RULES, rule};
use crate::cli::{Failure, Outcome, Result, tell};
use crate::diagnostic::did_you_mean;

const EXAMPLES: &str = "\
Examples:
  redbinder explain                  every rule, one line each
  redbinder explain unknown-role";

/// Say what a rule finds, why it matters, and what to do
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The rule's name, as diagnostics show it in brackets
    rule: Option<String>,
}

pub fn run(args: &Args) -> Result {
    let Some(name) = &args.rule else {
        let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
        for rule in RULES {
            tell::line(&format!("{:width$}  {:7}  {}", rule.name, rule.level.name(), rule.finds));
        }
        return Ok(Outcome::Good);
    };
    let Some(rule) = rule(name) else {
        let failure = Failure::new(format!("no rule is called `{name}`"));
        let help = did_you_mean(name, RULES.iter().map(|rule| rule.name));
        return Err(failure.help(help.unwrap_or("`redbinder explain` lists the rules".into())));
    };
    tell::line(&format!(
        "{}: {}\n\nWhat it finds\n  {}\n\n{}\nLevel\n  Set it in site.toml: `[rules]` and `{} = \"error\"`, `\"warning\"`, `\"note\"` or `\"off\"`.",
        rule.name,
        rule.level.name(),
        rule.finds,
        rule.explanation,
        rule.name
    ));
    Ok(Outcome::Good)
}
