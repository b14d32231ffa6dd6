//! `redbinder diff`

mod json;
mod markdown;
mod phrase;
mod text;

use crate::Compilation;
use crate::change::{Change, Reach, Side, compare, compare_variants};
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::diagnostic::did_you_mean;
use crate::files::history;

const EXAMPLES: &str = "\
Examples:
  redbinder diff                           what your changes mean, against the last commit
  redbinder diff v3.0.0..v3.1.0            between two revisions
  redbinder diff main.. --format markdown  for a comment on a pull request
  redbinder diff main...HEAD               since the branch left main
  redbinder diff --variants base bixal     what readers of bixal get otherwise than those of base

A value is told where it is stated, once, with the variants it reaches; text that is only wrapped
anew is no change. As JSON: `before`, `after`, `changes` (each with `area`, `kind`, `path`,
`words`, `before`, `after`, `excerpt`, `notes`, `was_at`, `is_at`, `variants`, `not_in`) and
`reach` (`variants`, `editions`, `stale`); a place has `layer`, `file` and `line`.

Exit status: 0 also where something changed; with --exit-code, 1 where something did; 2 it could
not run.";

/// Say what a change means, and whom it reaches
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// From one revision to another: `A..B`, `A...B` from where they parted; without B to the
    /// working tree
    #[arg(value_name = "A..B", default_value = "HEAD..", conflicts_with = "variants")]
    revisions: String,

    /// Compare two variants as they are now
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    variants: Option<Vec<String>>,

    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Exit with status 1 where something changed
    #[arg(long)]
    exit_code: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For a comment on a pull request
    Markdown,
    /// One JSON document
    Json,
}

/// What is written.
struct Account {
    /// What is compared, in a sentence
    title: String,
    /// The names of the sides
    sides: (String, String),
    changes: Vec<Change>,
    /// Whom it reaches; nothing where two variants are compared
    reach: Option<Reach>,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let account = match &args.variants {
        Some(names) => variants(session, &names[0], &names[1])?,
        None => revisions(session, &args.revisions)?,
    };
    match args.format {
        Format::Text => tell::line(text::render(&account).trim_end()),
        Format::Markdown => tell::line(markdown::render(&account).trim_end()),
        Format::Json => tell::line(json::render(&account).trim_end()),
    }
    let faulty = args.exit_code && !account.changes.is_empty();
    Ok(if faulty { Outcome::Faulty } else { Outcome::Good })
}

fn side(compilation: &Compilation) -> Side<'_> {
    let Compilation { project, variants, plans, .. } = compilation;
    Side { project, variants, plans }
}

fn variants(session: &Session, before: &str, after: &str) -> Result<Account> {
    let compilation = Compilation::read(&session.root)?;
    let names = || compilation.project.layers.iter().map(|layer| &*layer.name);
    if let Some(unknown) = [before, after].into_iter().find(|name| !names().any(|known| known == *name)) {
        let list = || format!("the variants are {}", names().collect::<Vec<_>>().join(", "));
        let help = did_you_mean(unknown, names()).unwrap_or_else(list);
        return Err(Failure::new(format!("no variant is called `{unknown}`")).help(help));
    }
    let Some(changes) = compare_variants(&side(&compilation), before, after) else {
        let failure = Failure::new(format!("no edition of `{before}` or of `{after}` is built"));
        return Err(failure.help("add an edition to `[editions]` in site.toml"));
    };
    let title = format!("What readers of {after} get otherwise than readers of {before}");
    Ok(Account { title, sides: (before.into(), after.into()), changes, reach: None })
}

fn revisions(session: &Session, words: &str) -> Result<Account> {
    let range = Range::parse(words);
    // No name of git's has two dots.
    if range.to.as_deref().is_some_and(|to| to.contains("..")) {
        return Err(
            Failure::new(format!("`{words}` has more than two ends")).help("name two revisions: `A..B`")
        );
    }
    let root = &session.root;
    let from = match (range.parted, &range.to) {
        (true, to) => history::merge_base(root, &range.from, to.as_deref().unwrap_or("HEAD")),
        (false, _) => history::commit(root, &range.from),
    };
    let from = from.map_err(unknown_revision)?;
    let to = range.to.as_ref().map(|to| history::commit(root, to)).transpose().map_err(unknown_revision)?;
    let (before, after) = rayon::join(
        || Compilation::read_at(root, &from),
        || match &to {
            Some(to) => Compilation::read_at(root, to),
            None => Compilation::read(root),
        },
    );
    let before = before.map_err(|error| {
        let failure = Failure::new(error);
        failure.help("the project has to be in both revisions, in the same folder of the repository")
    })?;
    let after = after?;
    let comparison = compare(&side(&before), &side(&after));
    let sides = range.names();
    let title = format!("What changes from {} to {}", sides.0, sides.1);
    Ok(Account { title, sides, changes: comparison.changes, reach: Some(comparison.reach) })
}

fn unknown_revision(error: crate::files::Error) -> Failure {
    let reason = error.reason.as_str();
    let failure = Failure::new(&error);
    if reason.contains("no git repository") {
        failure
            .help("only a git repository knows what was; `--variants A B` compares two variants as they are")
    } else if reason.contains("no such revision") || reason.contains("no revision") {
        failure
            .help("name commits, branches or tags, such as `HEAD~1..`; a shallow clone has only the newest")
    } else {
        failure
    }
}

/// Two revisions.
struct Range {
    from: String,
    /// `None` for the working tree
    to: Option<String>,
    /// Whether it begins where they parted
    parted: bool,
}

impl Range {
    /// Reads `A..B`, `A..`, `A...B` and `A`. An end that is not named is `HEAD`, or the working tree.
    fn parse(words: &str) -> Range {
        let (from, to, parted) = match (words.split_once("..."), words.split_once("..")) {
            (Some((from, to)), _) => (from, to, true),
            (None, Some((from, to))) => (from, to, false),
            (None, None) => (words, "", false),
        };
        let named = |name: &str| (!name.is_empty()).then(|| name.to_string());
        Range { from: named(from).unwrap_or("HEAD".into()), to: named(to), parted }
    }

    fn names(&self) -> (String, String) {
        let to = self.to.clone().unwrap_or("the working tree".into());
        let from = match self.parted {
            true => format!("where {} and {} parted", self.from, self.to.as_deref().unwrap_or("HEAD")),
            false => self.from.clone(),
        };
        (from, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_named_as_git_names_them() {
        let names = |words: &str| Range::parse(words).names();
        let pair = |from: &str, to: &str| (from.to_string(), to.to_string());
        assert_eq!(names("main..topic"), pair("main", "topic"));
        assert_eq!(names("v1.2"), pair("v1.2", "the working tree"));
        assert_eq!(names("v1.2.."), pair("v1.2", "the working tree"));
        assert_eq!(names("..topic"), pair("HEAD", "topic"));
        assert_eq!(names("main...topic"), pair("where main and topic parted", "topic"));
        assert_eq!(names("main..."), pair("where main and HEAD parted", "the working tree"));
    }
}
