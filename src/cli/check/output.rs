//! How what was found leaves the program: for people, for code hosts, for other programs.

use std::env;
use std::path::{Path, PathBuf};

use crate::check::{LOCKED, RULES};
use crate::cli::{Failure, tell};
use crate::config::Config;
use crate::diagnostic::report::{Report, RuleText};
use crate::diagnostic::{github, json, junit, markdown, sarif};
use crate::files;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people, with the lines concerned
    Text,
    /// One JSON document
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Workflow commands of GitHub Actions; all of it in the job's summary too
    Github,
    /// A JUnit report
    Junit,
    /// Markdown, for a comment on a change
    Markdown,
}

/// Writes the report. As text, what was found goes to standard error; else to standard output.
pub fn write(format: Format, report: &Report) -> Result<(), Failure> {
    let text = match format {
        Format::Text => {
            tell::diagnostics(report.findings.iter().map(|finding| &finding.diagnostic), report.sources);
            return Ok(());
        }
        Format::Json => {
            tell::written(|to| json::write(report, to));
            return Ok(());
        }
        Format::Sarif => {
            tell::written(|to| sarif::write(report, to));
            return Ok(());
        }
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
        Format::Github => {
            let summary = setting("GITHUB_STEP_SUMMARY");
            let all = if summary.is_some() { "the summary of the job" } else { "`redbinder check`" };
            let commands = github::render(report, &format!("{all} has them all"));
            if !commands.is_empty() {
                tell::line(commands.trim_end());
            }
            if let Some(path) = summary {
                files::append(&path, markdown::render(report).as_bytes())?;
            }
            return Ok(());
        }
    };
    tell::line(text.trim_end());
    Ok(())
}

/// What was looked for, and what was not.
pub fn rules(config: &Config) -> Vec<RuleText> {
    let text = |rule: &&crate::check::Rule| RuleText {
        name: rule.name,
        finds: rule.finds,
        explanation: rule.explanation,
        level: rule.level,
        looked: LOCKED.contains(&rule.name)
            || config.rules.get(rule.name).is_none_or(|level| level.value.is_some()),
    };
    RULES.iter().map(text).collect()
}

/// What stands before the path of a file of the project for whoever reads the report: code hosts
/// count from the root of the checkout, which they name in a variable; everybody else from where
/// the command runs. Nothing where the project does not lie there.
pub fn prefix(project: &Path) -> String {
    let checkouts = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(setting);
    let mut folders = checkouts.chain(env::current_dir().ok());
    folders.find_map(|folder| files::way_down(&folder, project)).unwrap_or_default()
}

/// A variable of the environment that holds a path; an empty one counts as none.
fn setting(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
