//! The command line: one file for each command.
//!
//! The definitions here are the help texts, the completions and the man page.

mod accept;
mod build;
mod check;
mod completions;
mod diff;
mod drift;
mod explain;
mod init;
mod licenses;
mod man;
mod new;
mod print;
mod schema;
mod serve;
mod tell;
mod trace;
mod variants;

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fmt, thread};

use clap::{ArgAction, Parser, Subcommand, ValueEnum};

/// How a command ended, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing wrong: 0
    Good,
    /// The content has errors: 1
    Faulty,
}

/// Why no site is made of a project whose layers are all left out.
const NOTHING_TO_PUBLISH: &str = "there is no plan to publish";

/// Why a command could not run: exit status 2.
#[derive(Debug)]
struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    fn new(message: impl fmt::Display) -> Failure {
        Failure { message: message.to_string(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Failure {
        Failure { help: Some(help.into()), ..self }
    }
}

impl From<crate::files::Error> for Failure {
    fn from(error: crate::files::Error) -> Failure {
        let failure = Failure::new(&error);
        match (error.action, &*error.path, &*error.reason) {
            ("read", "content", "no such folder") => {
                failure.help("run `redbinder init` for a new project, or name its folder with --project")
            }
            ("read", _, "no such folder") => {
                failure.help("the folder of the layers is the one that `content` in site.toml names")
            }
            _ => failure,
        }
    }
}

type Result<T = Outcome> = std::result::Result<T, Failure>;

const EXAMPLES: &str = "\
Examples:
  redbinder init agency-plan       a new project with the baseline
  redbinder new agency --extends base
                                   a first tailored version
  redbinder serve --open           read it in the browser while you write
  redbinder check                  what is wrong, with places and cures
  redbinder build                  publish to public/

Exit status: 0 nothing wrong, 1 the content has errors, 2 it could not run.";

/// One baseline incident response plan, every tailored version of it, checked and published.
#[derive(Debug, Parser)]
#[command(name = "redbinder", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    /// The project's folder
    #[arg(
        long,
        short = 'C',
        global = true,
        value_name = "DIR",
        default_value = ".",
        env = "REDBINDER_PROJECT"
    )]
    project: PathBuf,

    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,

    /// Say only what is wrong
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    quiet: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, and publish the site to a folder
    Build(build::Args),
    /// Tell what is wrong; change nothing, unless asked with --fix
    Check(check::Args),
    /// Print the binder, the runbook, role pages and cards of each variant, as PDF
    Print(print::Args),
    /// Read the site in a browser while you write it
    Serve(serve::Args),
    /// Show the layers, who extends whom, and what each tailors
    Variants(variants::Args),
    /// Show which layer and line each part of a page comes from
    Trace(trace::Args),
    /// Show what each tailoring was written against, and what has moved since
    Drift(drift::Args),
    /// Say that you have looked at the inherited text of a tailoring
    Accept(accept::Args),
    /// Say what a change means, and whom it reaches
    Diff(diff::Args),
    /// Begin a layer that tailors another
    New(new::Args),
    /// Begin a project from the built-in baseline
    Init(init::Args),
    /// Say what a rule finds, why it matters, and what to do
    Explain(explain::Args),
    /// Print the JSON Schemas of front matter and site.toml, for editors
    Schema(schema::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Print the manual page
    Man(man::Args),
    /// Print the licences of what the program carries
    Licenses,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let session = Session { root: cli.project, quiet: cli.quiet };
    let outcome = start_threads().and_then(|()| run(&cli.command, &session));
    match outcome.and_then(|outcome| tell::unheard().map_or(Ok(outcome), Err)) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Faulty) => ExitCode::from(1),
        Err(failure) => {
            tell::failure(&failure);
            ExitCode::from(2)
        }
    }
}

/// More threads than this for each core only wait for each other.
const MOST_THREADS: usize = 4;

/// Starts the threads that share the work: one for each core, or as many as `RAYON_NUM_THREADS` says.
fn start_threads() -> Result<()> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let asked = env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let number = asked.filter(|number| *number > 0).unwrap_or(cores).min(cores * MOST_THREADS);
    rayon::ThreadPoolBuilder::new().num_threads(number).build_global().map_err(|error| {
        Failure::new(format!("cannot start {number} threads: {error}"))
            .help("allow this user more processes (`ulimit -u`), or set RAYON_NUM_THREADS=1")
    })
}

fn run(command: &Command, session: &Session) -> Result {
    match command {
        Command::Build(args) => build::run(session, args),
        Command::Check(args) => check::run(session, args),
        Command::Print(args) => print::run(session, args),
        Command::Serve(args) => serve::run(session, args),
        Command::Variants(args) => variants::run(session, args),
        Command::Trace(args) => trace::run(session, args),
        Command::Drift(args) => drift::run(session, args),
        Command::Accept(args) => accept::run(session, args),
        Command::Diff(args) => diff::run(session, args),
        Command::New(args) => new::run(session, args),
        Command::Init(args) => init::run(session, args),
        Command::Explain(args) => explain::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
        Command::Licenses => licenses::run(),
    }
}

/// What every command knows.
#[derive(Debug)]
struct Session {
    /// The project's folder
    root: PathBuf,
    /// Whether to say only what is wrong
    quiet: bool,
}

/// The definitions, for completions and the manual.
fn definitions() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}
