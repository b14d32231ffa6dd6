//! `redbinder serve`

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::check::{self, BROKEN_THEME};
use crate::cli::{Failure, NOTHING_TO_PUBLISH, Outcome, Result, Session, tell};
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::files::{self, Output};
use crate::guard::Watch;
use crate::render::{self, Sink};
use crate::serve::{self, Build, Failed, Message, Options, Site, Watched};
use crate::source::{SourceId, Sources};
use crate::theme::Fault;
use crate::{Compilation, load};

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

    /// The day from which reviews and exercises are judged to be due, such as 2026-11-25; without
    /// it none is
    #[arg(long, value_name = "DATE", env = "REDBINDER_TODAY")]
    today: Option<jiff::civil::Date>,
}

pub fn run(session: &Session, args: &Args) -> Result {
    // A project that cannot be read at all is told at once, not in an empty page.
    let first = Compilation::read(&session.root)?;
    let watched = watched(&session.root, &first.project.config, &crate::Memory::default());
    let options = Options { port: args.port, open: args.open, quiet: session.quiet, watched };
    drop(first);
    let root = session.root.clone();
    let mut memory = Memory { today: args.today, ..Memory::default() };
    serve::run(&options, move || build(&root, &mut memory), tell::line).map_err(Failure::new)?;
    Ok(Outcome::Good)
}

/// What a project is read from, and where its site is written.
fn watched(root: &Path, config: &Config, memory: &crate::Memory) -> Watched {
    let places = memory.places(root, std::iter::once("site.toml").chain(config.sources()));
    Watched {
        watch: places.folders.into_iter().collect(),
        parts: places.parts.into_iter().collect(),
        ignore: vec![root.join(&config.output)],
    }
}

/// The settings as they are, where the project cannot be read: what is missing is where they say.
fn settings(root: &Path) -> Config {
    let text = files::read_file(root, "site.toml").ok().flatten().unwrap_or_default();
    config::read(SourceId(0), &load::text_of(&text)).0
}

/// What was made of the project before, for the next time.
#[derive(Default)]
struct Memory {
    /// The day from which what is due is judged
    today: Option<jiff::civil::Date>,
    last: Option<Arc<Live>>,
    read: crate::Memory,
    words: Arc<Mutex<check::Memory>>,
    /// How many times it was made
    builds: Arc<AtomicU64>,
}

/// A project as it is now, whose pages are rendered when somebody looks at them.
struct Live {
    compilation: Compilation,
    /// All of its site, once that is needed
    whole: OnceLock<std::result::Result<Output, Fault>>,
    /// The words of its texts, as they were checked last
    words: Arc<Mutex<check::Memory>>,
    /// Which build it is, and how many have begun
    number: u64,
    builds: Arc<AtomicU64>,
}

impl Live {
    /// Whether the project has changed since.
    fn is_over(&self) -> bool {
        self.builds.load(Ordering::Relaxed) != self.number
    }

    fn whole(&self) -> &std::result::Result<Output, Fault> {
        self.whole.get_or_init(|| self.compilation.render())
    }

    /// Why a template cannot be used, for the terminal and the page.
    fn fault(&self, fault: Fault) -> std::result::Result<Diagnostic, String> {
        tell::theme_fault(fault).map_err(|failure| failure.message)
    }

    /// The same in one line.
    fn line(&self, fault: Fault) -> String {
        match self.fault(fault) {
            Ok(diagnostic) => {
                let Message { place, text, .. } = message(&diagnostic, &self.compilation.project.sources);
                format!("{place}: {text}")
            }
            Err(text) => text,
        }
    }

    /// Tells the terminal, and gives what the page is told.
    fn words(&self, diagnostics: &[Diagnostic]) -> Vec<Message> {
        let sources = &self.compilation.project.sources;
        tell::diagnostics(diagnostics, sources);
        diagnostics.iter().map(|diagnostic| message(diagnostic, sources)).collect()
    }

    /// What the rules find.
    fn found(&self) -> Vec<Diagnostic> {
        // Where a check broke off, its words are those of the one before.
        let mut known = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        self.compilation.check_again(&mut known)
    }

    /// The words for a fault of the theme that was met in a page. Where the rules found one, that is told at its
    /// place, and this is what follows from it.
    fn words_of_fault(&self, fault: Fault, found: &[Diagnostic]) -> Vec<Message> {
        if found.iter().any(|diagnostic| diagnostic.rule == BROKEN_THEME) {
            return Vec::new();
        }
        match self.fault(fault) {
            Ok(diagnostic) => self.words(&self.compilation.settle(vec![diagnostic])),
            Err(text) => vec![serve::failure(text)],
        }
    }

    /// Tells all that is wrong, in the terminal as well: what the rules find at once, and what only the
    /// finished files show when they are made.
    fn check(&self, tell: &(dyn Fn(Vec<Message>) + Sync)) {
        let found = self.found();
        let mut messages = self.words(&found);
        tell(messages.clone());
        let more = match self.leaks() {
            Ok(leaks) => self.words(&leaks),
            // The processor is the next build's, and what is found in it is told.
            Err(_) if self.is_over() => return,
            Err(fault) => self.words_of_fault(fault, &found),
        };
        if !more.is_empty() {
            messages.extend(more);
            tell(messages);
        }
    }

    /// Why it is not served, for a fault of its theme: all that `check` tells of it.
    fn failed(&self, fault: Fault) -> Failed {
        let found = self.found();
        let mut messages = self.words(&found);
        messages.extend(self.words_of_fault(fault.clone(), &found));
        // The level of the rule may be none; that nothing is shown has its reason all the same.
        if !messages.iter().any(|message| [BROKEN_THEME, serve::BUILD_FAILED].contains(&&*message.rule)) {
            messages.push(serve::failure(self.line(fault)));
        }
        Failed::of(messages)
    }

    /// What its files have in them that their readers must not see. They are made and forgotten, by one
    /// processor: the next build has the others. When that begins, this breaks off.
    fn leaks(&self) -> std::result::Result<Vec<Diagnostic>, Fault> {
        let look = || {
            let passing = Passing { live: self, watch: Watch::new(self.compilation.guard()) };
            self.compilation.render_into(&[], &passing)?;
            Ok(passing.watch.leaks())
        };
        match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
            Ok(one) => one.install(look),
            Err(_) => look(),
        }
    }
}

/// Files that are looked at and not kept.
struct Passing<'p> {
    live: &'p Live,
    watch: Watch<'p>,
}

impl Sink for Passing<'_> {
    fn put(&self, address: &str, bytes: &[u8]) -> std::result::Result<(), Fault> {
        if self.live.is_over() {
            return Err("another build has begun".to_string().into());
        }
        self.watch.see(address, || render::readable(address, bytes));
        Ok(())
    }
}

impl Site for Live {
    fn file(&self, path: &str) -> Option<std::result::Result<Arc<[u8]>, String>> {
        match self.compilation.render_file(path) {
            Ok(Some(bytes)) => Some(Ok(bytes.into())),
            Ok(None) => match self.whole() {
                Ok(site) => site.file(path),
                Err(fault) => Some(Err(self.line(fault.clone()))),
            },
            Err(fault) => Some(Err(self.line(fault))),
        }
    }
}

/// Reads the project again.
fn build(root: &Path, memory: &mut Memory) -> std::result::Result<Build, Failed> {
    let number = memory.builds.fetch_add(1, Ordering::Relaxed) + 1;
    let known = memory.last.as_ref().map(|last| &last.compilation);
    let read = Compilation::read_again(root, known, &mut memory.read);
    let watched = |config: &Config| Some(watched(root, config, &memory.read));
    let mut compilation =
        read.map_err(|error| Failed { watched: watched(&settings(root)), ..error.into() })?;
    let watched = watched(&compilation.project.config);
    // A browser that keeps pages would show those of yesterday.
    compilation.project.config.offline = false;
    compilation.project.config.today = memory.today;
    let (words, builds) = (memory.words.clone(), memory.builds.clone());
    let live = Arc::new(Live { compilation, whole: OnceLock::new(), words, number, builds });
    // What has no page to show is not shown in the place of what was there before it.
    let Some(first) = live.compilation.plans.first() else {
        return Err(Failed { watched, ..live.failed(Fault::from(NOTHING_TO_PUBLISH.to_string())) });
    };
    let edition = live.compilation.project.config.editions.get(first.edition.name());
    let folder = edition.map_or("", |folder| &folder.value);
    let home = render::address::in_folder(folder, "index.html");
    let first = render::address::in_folder(folder, &format!("{}/index.html", first.name));
    for path in [&home, &first] {
        if let Err(fault) = live.compilation.render_file(path) {
            return Err(Failed { watched, ..live.failed(fault) });
        }
    }
    memory.last = Some(live.clone());
    Ok(Build {
        fingerprint: live.compilation.fingerprint(),
        site: live.clone(),
        home,
        watched,
        check: Box::new(move |tell| live.check(tell)),
    })
}

fn message(diagnostic: &Diagnostic, sources: &Sources) -> Message {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_look_for_leaks_ends_when_the_next_build_begins() {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/broken-link/pass-links-made-of-values");
        let mut memory = Memory::default();
        build(&root, &mut memory).expect("a project");
        let first = memory.last.clone().expect("what was built");
        assert_eq!(first.leaks().map_err(String::from), Ok(Vec::new()));
        build(&root, &mut memory).expect("the project again");
        assert!(first.is_over() && first.leaks().is_err());
        assert!(memory.last.is_some_and(|last| !last.is_over()));
    }
}
