//! `redbinder init`

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::files;

/// The beginning of a theme of one's own.
static SKELETON: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/skeleton");
static CONTENT: Dir = include_dir!("$CARGO_MANIFEST_DIR/content");

const SETTINGS: &str = "\
title = \"Incident guidebook\"

# Where the site will be published; for the sitemap and the page for wrong addresses.
# base_url = \"https://ir.agency.gov\"

# Your colours and templates, laid over the built-in theme.
theme = \"theme\"

# For each audience that gets an edition, its folder in the output.
[editions]
responders = \"\"
";

const EXAMPLES: &str = "\
Examples:
  redbinder init                 here
  redbinder init agency-plan     in a new folder
  redbinder init --example demo  with the example organizations and systems";

/// Begin a project from the built-in baseline
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder; made where it is not there
    folder: Option<PathBuf>,

    /// Also write the example organizations and systems
    #[arg(long)]
    example: bool,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let root = match &args.folder {
        Some(folder) => session.root.join(folder),
        None => session.root.clone(),
    };
    for taken in ["site.toml", "content", "theme"] {
        if root.join(taken).exists() {
            let failure = Failure::new(format!("{} is there already", root.join(taken).display()));
            return Err(failure.help("choose another folder; `redbinder new` adds a layer to a project"));
        }
    }
    let mut count = 0;
    files::write_new(&root.join("site.toml"), SETTINGS.as_bytes())?;
    write(&CONTENT, &root.join("content"), args.example, &mut count)?;
    write(&SKELETON, &root.join("theme"), true, &mut 0)?;
    let place = args.folder.as_ref().map_or(String::new(), |folder| format!("cd {} && ", folder.display()));
    tell::line(&format!(
        "began a project with {} in {}\n\nNext:\n  {place}redbinder new agency --extends base\n  {place}redbinder serve --open",
        tell::number(count, "page"),
        root.display(),
    ));
    Ok(Outcome::Good)
}

fn write(folder: &Dir, to: &Path, everything: bool, count: &mut usize) -> std::result::Result<(), Failure> {
    for file in folder.files() {
        if everything || file.path().starts_with("base") {
            files::write_new(&to.join(file.path()), file.contents())?;
            *count += 1;
        }
    }
    folder.dirs().try_for_each(|inner| write(inner, to, everything, count))
}
