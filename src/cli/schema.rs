//! `redbinder schema`

use std::path::PathBuf;

use serde_json::{Map as Object, Value as Json, json};

use crate::check::RULES;
use crate::cli::{Failure, Outcome, Result, tell};
use crate::diagnostic::did_you_mean;
use crate::syntax::Kind;
use crate::{config, files, syntax};

/// The dialect that editors' extensions for YAML and for TOML share, and have for years: later ones
/// are known to some of them only.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

const EXAMPLES: &str = "\
Examples:
  redbinder schema                        the schemas there are
  redbinder schema severity               print one
  redbinder schema --output schemas       write all of them, for an editor

A schema describes what one file may say, so it requires nothing: what a version lacks once all
of its layers are laid together, `redbinder check` tells.";

/// Print the JSON Schemas of front matter and site.toml, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The schema's name
    name: Option<String>,

    /// Write every schema into this folder instead
    #[arg(long, short, value_name = "DIR", conflicts_with = "name")]
    output: Option<PathBuf>,
}

/// What has a schema.
#[derive(Debug, Clone, Copy)]
enum Subject {
    Site,
    FrontMatter(Kind),
}

impl Subject {
    fn all() -> impl Iterator<Item = Subject> {
        [Subject::Site].into_iter().chain(Kind::ALL.map(Subject::FrontMatter))
    }

    fn name(self) -> &'static str {
        match self {
            Subject::Site => "site",
            Subject::FrontMatter(kind) => kind.name(),
        }
    }

    /// What the schema is about, in words.
    fn about(self) -> String {
        match self {
            Subject::Site => "site.toml".into(),
            Subject::FrontMatter(kind) => format!("front matter of {}", kind.place()),
        }
    }

    fn file(self) -> String {
        match self {
            Subject::Site => "site.schema.json".into(),
            // The site has a `plan.schema.json`, which is about something else.
            Subject::FrontMatter(kind) => format!("front-matter-{}.schema.json", kind.name()),
        }
    }

    fn text(self) -> String {
        let schema = match self {
            Subject::Site => config::schema::site(RULES.iter().map(|rule| (rule.name, rule.finds))),
            Subject::FrontMatter(kind) => syntax::schema::front_matter(kind),
        };
        let mut whole = Object::from_iter([("$schema".to_string(), json!(DIALECT))]);
        if let Json::Object(schema) = schema {
            whole.extend(schema);
        }
        format!("{:#}\n", Json::Object(whole))
    }
}

pub fn run(args: &Args) -> Result {
    match (&args.name, &args.output) {
        (None, None) => list(),
        (None, Some(folder)) => {
            for subject in Subject::all() {
                files::write(&folder.join(subject.file()), subject.text().as_bytes())?;
            }
            let count = tell::number(Subject::all().count(), "schema");
            tell::line(&format!("wrote {count} to {}", folder.display()));
        }
        (Some(name), _) => {
            let Some(subject) = Subject::all().find(|subject| subject.name() == name) else {
                let failure = Failure::new(format!("no schema is called `{name}`"));
                let help = did_you_mean(name, Subject::all().map(Subject::name));
                return Err(failure.help(help.unwrap_or("`redbinder schema` lists the schemas".into())));
            };
            tell::whole(subject.text().as_bytes());
        }
    }
    Ok(Outcome::Good)
}

fn list() {
    let width = Subject::all().map(|subject| subject.name().len()).max().unwrap_or(0);
    for subject in Subject::all() {
        tell::line(&format!("{:width$}  {}", subject.name(), subject.about()));
    }
}
