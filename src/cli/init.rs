//! `redbinder init`

use std::fs;
use std::io::ErrorKind;
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
    let taken = |name: &&str| match *name {
        "content" => !is_ours(&CONTENT, &root.join("content")),
        "theme" => !is_ours(&SKELETON, &root.join("theme")),
        name => root.join(name).symlink_metadata().is_ok(),
    };
    if let Some(name) = ["site.toml", "content", "theme"].iter().find(|name| taken(name)) {
        let failure = Failure::new(format!("{} is there already", root.join(name).display()));
        return Err(failure.help("choose another folder; `redbinder new` adds a layer to a project"));
    }
    let mut count = 0;
    write(&CONTENT, &root.join("content"), args.example, &mut count)?;
    write(&SKELETON, &root.join("theme"), true, &mut 0)?;
    // The last: with it there is a project.
    files::write_new(&root.join("site.toml"), SETTINGS.as_bytes())?;
    let place = args.folder.as_ref().map_or(String::new(), |folder| format!("cd {} && ", folder.display()));
    tell::line(&format!(
        "began a project with {} in {}\n\nNext:\n  {place}redbinder new agency --extends base\n  {place}redbinder serve --open",
        tell::number(count, "page"),
        root.display(),
    ));
    Ok(Outcome::Good)
}

/// Whether a folder is not there, or holds only what somebody who was stopped here wrote.
fn is_ours(written: &Dir, folder: &Path) -> bool {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return error.kind() == ErrorKind::NotFound,
    };
    entries.flatten().all(|entry| {
        let path = entry.path();
        let name = written.path().join(entry.file_name());
        match (entry.file_type(), written.get_dir(&name), written.get_file(&name)) {
            (Ok(kind), Some(written), _) if kind.is_dir() => is_ours(written, &path),
            (Ok(kind), _, Some(written)) if kind.is_file() => {
                fs::read(&path).is_ok_and(|bytes| bytes == written.contents())
            }
            (Ok(kind), ..) => kind.is_file() && entry.file_name().to_string_lossy().contains(".redbinder-"),
            (Err(_), ..) => false,
        }
    })
}

fn write(folder: &Dir, to: &Path, everything: bool, count: &mut usize) -> std::result::Result<(), Failure> {
    for file in folder.files() {
        if everything || file.path().starts_with("base") {
            let path = to.join(file.path());
            if !path.exists() {
                files::write_new(&path, file.contents())?;
            }
            *count += 1;
        }
    }
    folder.dirs().try_for_each(|inner| write(inner, to, everything, count))
}
