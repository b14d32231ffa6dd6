//! What commands say: diagnostics, progress, and how it ended.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::time::Instant;

use anstream::ColorChoice;
use anstream::adapter::strip_str;

use crate::check::theme_finding;
use crate::cli::{Failure, Session};
use crate::diagnostic::{Diagnostic, terminal};
use crate::source::{Sources, is_unseen};
use crate::theme::Fault;

pub use crate::diagnostic::report::{counts, number};

/// So many findings of one rule are shown: nobody reads more.
const MOST_SHOWN: usize = 100;

/// Writes diagnostics to standard error, coloured where that is a terminal: the first ones of each rule,
/// and how many more there are.
pub fn diagnostics<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>, sources: &Sources) {
    let mut text = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let count = counts.entry(diagnostic.rule).or_default();
        *count += 1;
        if *count <= MOST_SHOWN {
            text += &terminal::render(diagnostic, sources, true);
            text.push('\n');
        }
    }
    for (rule, count) in counts.into_iter().filter(|(_, count)| *count > MOST_SHOWN) {
        let more = count - MOST_SHOWN;
        text += &format!("and {more} more of `{rule}`: `redbinder check --format json` has them all\n");
    }
    let mut out = anstream::stderr().lock();
    // Without colours, the stream would write each stretch between two of them by itself. Whoever closed the pipe
    // does not want to read more.
    let _ = match out.current_choice() {
        ColorChoice::Never => out.into_inner().write_all(strip_str(&text).to_string().as_bytes()),
        _ => out.write_all(text.as_bytes()),
    };
}

/// What is wrong with a theme when a page is made, as `check` says what can be known before; the fault of
/// no file of the project is why a command could not run.
pub fn theme_fault(fault: Fault) -> Result<Diagnostic, Failure> {
    match fault.span {
        Some(_) => Ok(theme_finding(&fault.message, fault.span)),
        None => Err(Failure::new(fault.message)),
    }
}

/// Says why a command could not run.
pub fn failure(failure: &Failure) {
    let mut out = anstream::stderr().lock();
    let _ = writeln!(out, "\x1b[1;31merror\x1b[0m: {}", shown(&failure.message));
    if let Some(help) = &failure.help {
        let _ = writeln!(out, "  \x1b[1mhelp\x1b[0m: {}", shown(help));
    }
}

/// Why something that a command said did not arrive.
static UNHEARD: OnceLock<io::Error> = OnceLock::new();

/// A line to standard output.
pub fn line(text: &str) {
    hear(writeln!(anstream::stdout().lock(), "{text}"));
}

/// A file to standard output, as it is.
pub fn whole(bytes: &[u8]) {
    hear(io::stdout().write_all(bytes));
}

/// Something long to standard output, piece by piece.
pub fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let mut out = io::BufWriter::new(io::stdout().lock());
    hear(write(&mut out).and_then(|()| out.flush()));
}

fn hear(said: io::Result<()>) {
    match said {
        // Whoever closed the pipe does not want to read more.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => drop(UNHEARD.set(error)),
        _ => {}
    }
}

/// What standard output did not take, such as where a report is written to a full disk.
pub fn unheard() -> Option<Failure> {
    hear(io::stdout().flush());
    UNHEARD.get().map(|error| Failure::new(crate::files::Error::new("write", "standard output", error)))
}

/// Whether what is written to standard output has colours.
pub fn has_colours() -> bool {
    anstream::stdout().current_choice() != ColorChoice::Never
}

/// Lines to standard error: what was done, or could not be.
pub fn remarks(lines: &[String]) {
    let mut out = anstream::stderr().lock();
    for line in lines {
        let _ = writeln!(out, "{}", shown(line));
    }
}

/// A text that may have the names of files in it, without what a terminal obeys.
fn shown(text: &str) -> String {
    text.replace(|c: char| is_unseen(c) && !matches!(c, '\n' | '\t'), "\u{FFFD}")
}

/// A line that shows what is being done, and goes when it is done. On a terminal only.
pub struct Progress {
    started: Instant,
    shown: bool,
}

impl Progress {
    /// Starts the clock.
    pub fn start(session: &Session) -> Progress {
        Progress { started: Instant::now(), shown: !session.quiet && std::io::stderr().is_terminal() }
    }

    /// Shows what comes next.
    pub fn stage(&self, what: &str) {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K{what}…");
            let _ = std::io::stderr().flush();
        }
    }

    /// Takes the line away, and returns the time since the start in words.
    pub fn finish(&self) -> String {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
        time(self.started.elapsed())
    }
}

/// A time in words: `0.42 s`.
fn time(elapsed: std::time::Duration) -> String {
    format!("{:.2} s", elapsed.as_secs_f64())
}
