//! `redbinder serve`

use std::path::{Path, PathBuf};

use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::serve::{Build, Message, Options};
use crate::{Compilation, diagnostic, source::Sources};

const EXAMPLES: &str = "\
Examples:
  redbinder serve
  redbinder serve --open
  redbinder serve --port 9000

The preview listens on this machine alone. Saving a file rebuilds it and reloads the page;
what is wrong is shown here and in the page. Nothing is written to disk.";

/// Read the site in a browser while you write it
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The port to listen on; the next free one where it is taken
    #[arg(long, short, default_value_t = 8420)]
    port: u16,

    /// Open the browser
    #[arg(long)]
    open: bool,
}

pub fn run(session: &Session, args: &Args) -> Result {
    // A project that cannot be read at all is told at once, not in an empty page.
    let first = Compilation::read(&session.root)?;
    let config = &first.project.config;
    let folders = [Some(&config.content.value), config.theme.as_ref().map(|theme| &theme.value)];
    let mut watch: Vec<PathBuf> =
        folders.into_iter().flatten().map(|folder| session.root.join(folder)).collect();
    watch.push(session.root.join("site.toml"));
    let options =
        Options { port: args.port, open: args.open, watch, ignore: vec![session.root.join(&config.output)] };
    drop(first);
    let root = session.root.clone();
    crate::serve::run(&options, move || build(&root), tell::line).map_err(Failure::new)?;
    Ok(Outcome::Good)
}

fn build(root: &Path) -> std::result::Result<Build, String> {
    let mut compilation = Compilation::read(root).map_err(|error| error.to_string())?;
    // A browser that keeps pages would show those of yesterday.
    compilation.project.config.offline = false;
    let mut diagnostics = compilation.check();
    let output = match compilation.render() {
        Ok(output) => output,
        Err(fault) => {
            let diagnostic = tell::theme_fault(fault).map_err(|failure| failure.message)?;
            let sources = &compilation.project.sources;
            tell::diagnostics(std::iter::once(&diagnostic), sources);
            let Message { place, text, .. } = message(&diagnostic, sources);
            return Err(format!("{place}: {text}"));
        }
    };
    diagnostics.extend(compilation.leaks(&output));
    let sources = &compilation.project.sources;
    tell::diagnostics(&diagnostics, sources);
    let messages = diagnostics.iter().map(|diagnostic| message(diagnostic, sources)).collect();
    Ok(Build { output, home: "index.html".into(), messages })
}

fn message(diagnostic: &diagnostic::Diagnostic, sources: &Sources) -> Message {
    let place = match diagnostic.span() {
        Some(span) => sources.place(span),
        None => diagnostic.path.clone().unwrap_or_default(),
    };
    Message {
        level: diagnostic.level.name().into(),
        rule: diagnostic.rule.into(),
        text: diagnostic.message.clone(),
        place,
        help: diagnostic.help.clone(),
    }
}
