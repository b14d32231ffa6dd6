//! The preview: a small HTTP server on loopback that rebuilds when a watched file changes and
//! tells the open pages to reload.
//!
//! What a request asks for is made from the last good state of the project, in memory: no request reaches
//! the disk. What is wrong is looked for beside that.

mod http;
mod overlay;
mod watch;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod watch_tests;

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::files::Output;

/// What to serve, and what to watch.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The port to listen on. If it is taken, one of the next twenty, then any. 0 means any.
    pub port: u16,
    /// Whether to open the first page in the system's browser.
    pub open: bool,
    /// Whether to say only what is wrong.
    pub quiet: bool,
    /// What is watched for changes, until a build says it.
    pub watched: Watched,
}

/// What a site is built from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Files, and folders with all in them, whether they exist yet or not
    pub watch: Vec<PathBuf>,
    /// Files, links and folders that are only looked at themselves, such as those on the way to a file; in real
    /// folders, whether they exist yet or not
    pub parts: Vec<PathBuf>,
    /// Files and folders whose changes do not count, such as the output folder
    pub ignore: Vec<PathBuf>,
}

/// A site whose files are made when they are asked for.
pub trait Site: Send + Sync {
    /// The bytes of a file by its path from the site's root, or why it cannot be made; `None` where there is
    /// none.
    fn file(&self, path: &str) -> Option<Result<Arc<[u8]>, String>>;
}

impl Site for Output {
    fn file(&self, path: &str) -> Option<Result<Arc<[u8]>, String>> {
        self.get(path).cloned().map(Ok)
    }
}

/// Looks for what is wrong, while the site is served already, and tells it: as often as it knows more, each
/// time all of it.
pub type Check = Box<dyn FnOnce(&(dyn Fn(Vec<Message>) + Sync)) + Send>;

/// What one build made.
pub struct Build {
    /// The site.
    pub site: Arc<dyn Site>,
    /// Another number for another site.
    pub fingerprint: u64,
    /// The path of the file to open first, such as `index.html`.
    pub home: String,
    /// What to tell the author.
    pub check: Check,
    /// What it was built from, where that is not what it was before
    pub watched: Option<Watched>,
}

/// Why a build made nothing new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failed {
    /// In one line, for the terminal.
    pub text: String,
    /// What to tell the author.
    pub messages: Vec<Message>,
    /// What it would have been built from, where that is not what it was before: what mends it may be there.
    pub watched: Option<Watched>,
}

impl Failed {
    /// For what is wrong in the project, which the terminal was told in full.
    pub fn of(messages: Vec<Message>) -> Failed {
        Failed { text: watch::count(&messages), messages, watched: None }
    }
}

impl<T: fmt::Display> From<T> for Failed {
    fn from(reason: T) -> Failed {
        let text = reason.to_string();
        Failed { messages: vec![failure(text.clone())], text, watched: None }
    }
}

/// A diagnostic, as the browser shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// `error`, `warning` or `note`.
    pub level: String,
    /// The rule's name.
    pub rule: String,
    /// What is wrong.
    pub text: String,
    /// Where: `content/base/plan.md:12:17`. May be empty.
    pub place: String,
    /// What to do.
    pub help: Option<String>,
}

/// Why the server could not start: `cannot listen on 127.0.0.1:80: permission denied`.
#[derive(Debug)]
pub struct Error {
    address: SocketAddr,
    reason: io::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason.to_string().to_lowercase();
        let reason = reason.split(" (os error").next().unwrap_or_default();
        write!(f, "cannot listen on {}: {reason}", self.address)
    }
}

impl std::error::Error for Error {}

/// Serves until the process ends. See [`Server::start`].
pub fn run(
    options: &Options,
    build: impl FnMut() -> Result<Build, Failed> + Send + 'static,
    log: impl Fn(&str) + Send + Sync + 'static,
) -> Result<(), Error> {
    Server::start(options, build, log)?.wait();
    Ok(())
}

/// A running server. Dropping it does not stop it: it runs until the process ends.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    accepting: thread::JoinHandle<()>,
}

impl Server {
    /// Listens, then builds, and builds again after each change.
    ///
    /// `build` returns Err when there is nothing new to serve: the last good build
    /// stays, with what went wrong over it. A panic in it is treated alike. `log` gets a line with the
    /// address as soon as it listens, one for each build and one for what was found in it; only those that say
    /// what is wrong, where it is to be quiet. Requests wait for the first build.
    pub fn start(
        options: &Options,
        build: impl FnMut() -> Result<Build, Failed> + Send + 'static,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Server, Error> {
        let listener = listen(options.port)?;
        let address =
            listener.local_addr().map_err(|reason| Error { address: loopback(options.port), reason })?;
        let log = Log { quiet: options.quiet, line: Arc::new(log) };
        if options.port != 0 && options.port != address.port() {
            log.done(&format!("port {} is taken", options.port));
        }
        log.done(&format!("serving at http://{address}/ (Ctrl-C ends it)"));

        let preview = Arc::new(Preview::new(address));
        let (options, for_builds, for_log) = (options.clone(), preview.clone(), log.clone());
        thread::spawn(move || watch::keep_building(&options, &for_builds, build, &for_log));
        let accepting = thread::spawn(move || accept(&listener, &preview, &log));
        Ok(Server { address, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for ever.
    pub fn wait(self) {
        let _ = self.accepting.join();
    }
}

/// What is said in the terminal.
#[derive(Clone)]
struct Log {
    quiet: bool,
    line: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Log {
    /// Says what was done.
    fn done(&self, text: &str) {
        if !self.quiet {
            (self.line)(text);
        }
    }

    /// Says what is wrong.
    fn wrong(&self, text: &str) {
        (self.line)(text);
    }
}

/// What the threads share.
struct Preview {
    address: SocketAddr,
    /// Tells this server from the one that listened here before it.
    started: u128,
    state: Mutex<State>,
    changed: Condvar,
    connections: AtomicUsize,
}

/// What is served now.
#[derive(Default)]
struct State {
    /// The last good site; None until there was one.
    site: Option<Arc<dyn Site>>,
    fingerprint: u64,
    home: String,
    messages: Vec<Message>,
    /// How many builds have ended.
    builds: u64,
    /// How often there were new messages.
    told: u64,
    /// How many of them changed the site.
    editions: u64,
}

impl Preview {
    fn new(address: SocketAddr) -> Preview {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Preview {
            address,
            started: now.unwrap_or_default().as_nanos(),
            state: Mutex::default(),
            changed: Condvar::new(),
            connections: AtomicUsize::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, once the first build has ended.
    fn ready(&self) -> MutexGuard<'_, State> {
        let first = self.changed.wait_while(self.lock(), |state| state.builds == 0);
        first.unwrap_or_else(PoisonError::into_inner)
    }

    /// A name for what `state` serves, different after each change and each start.
    fn edition(&self, state: &State) -> String {
        format!("{}-{}", self.started, state.editions)
    }

    /// Serves what was built from now on. Gives back the number of the build, and what is to be looked for.
    fn take(&self, built: Result<Build, Failed>) -> (u64, Option<Check>) {
        // To free what hundreds of variants were takes a while: nobody waits for it.
        let _before;
        let mut state = self.lock();
        let check = match built {
            Ok(build) => {
                if state.site.is_none() || state.fingerprint != build.fingerprint {
                    state.editions += 1;
                }
                _before = state.site.replace(build.site);
                state.fingerprint = build.fingerprint;
                state.home = build.home;
                Some(build.check)
            }
            Err(failed) => {
                state.messages = failed.messages;
                state.told += 1;
                None
            }
        };
        state.builds += 1;
        self.changed.notify_all();
        (state.builds, check)
    }

    /// Tells what was found in a build, where it is still the last one.
    fn tell(&self, build: u64, messages: Vec<Message>) -> bool {
        let mut state = self.lock();
        let is_last = state.builds == build;
        if is_last {
            state.messages = messages;
            state.told += 1;
            self.changed.notify_all();
        }
        is_last
    }
}

/// The rule of what stops a build and is no fault of what authors wrote.
pub const BUILD_FAILED: &str = "build-failed";

/// A message that is about no place.
pub fn failure(text: String) -> Message {
    let [level, rule] = ["error", BUILD_FAILED].map(str::to_owned);
    Message { level, rule, text, place: String::new(), help: None }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn listen(port: u16) -> Result<TcpListener, Error> {
    let next = (1..=20).filter_map(|step| port.checked_add(step)).chain([0]);
    let mut bound = TcpListener::bind(loopback(port));
    for port in next {
        match bound {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                bound = TcpListener::bind(loopback(port));
            }
            _ => break,
        }
    }
    bound.map_err(|reason| Error { address: loopback(port), reason })
}

/// How many requests are answered at one time. Each open page holds one.
const CONNECTIONS: usize = 64;
/// How many more are told that there are too many. Others are closed.
const REFUSED: usize = 64;

fn accept(listener: &TcpListener, preview: &Arc<Preview>, log: &Log) {
    for stream in listener.incoming() {
        match stream {
            Ok(stream) => answer(stream, preview),
            Err(error) => {
                log.wrong(&format!("cannot accept a connection: {error}"));
                // Out of file handles, most likely: some are given back meanwhile.
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
}

fn answer(stream: TcpStream, preview: &Arc<Preview>) {
    struct Counted(Arc<Preview>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let before = preview.connections.fetch_add(1, Ordering::Relaxed);
    let counted = Counted(preview.clone());
    if before >= CONNECTIONS + REFUSED {
        return;
    }
    // If no thread can be started, the connection is closed; the browser tries again.
    let _ = thread::Builder::new().spawn(move || {
        let preview = &counted.0;
        let _ = if before < CONNECTIONS { http::answer(stream, preview) } else { http::refuse(stream) };
    });
}
