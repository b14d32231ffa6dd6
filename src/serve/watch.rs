//! Building, and building again when a file changed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use walkdir::WalkDir;

use super::{Build, Check, Failed, Log, Message, Options, Preview, Watched, failure, http};
use crate::files;

/// Builds, and builds again after each change, for ever.
pub(super) fn keep_building(
    options: &Options,
    preview: &Arc<Preview>,
    mut build: impl FnMut() -> Result<Build, Failed>,
    log: &Log,
) {
    let (sender, changes) = mpsc::channel();
    // Watching begins before the first build, so that no change falls between the two.
    let mut watching = Watching {
        watched: options.watched.clone(),
        sender,
        log,
        interest: Interest::default(),
        watcher: None,
    };
    let mut changed = Changed { places: true };
    let checks = check_beside(preview, log);
    let mut done = "built";
    loop {
        watching.renew(changed);
        changed = Changed::default();
        let start = Instant::now();
        let built = catch_unwind(AssertUnwindSafe(&mut build))
            .unwrap_or_else(|panic| Err(format!("the build broke off: {}", words_of(&*panic)).into()));
        let took = start.elapsed().as_millis();
        match &built {
            Ok(_) => log.done(&format!("{done} in {took} ms")),
            Err(failed) => log.wrong(&format!("not {done}: {}", failed.text)),
        }
        if let Ok(Build { watched: Some(watched), .. }) | Err(Failed { watched: Some(watched), .. }) = &built
        {
            watching.watched = watched.clone();
        }
        let (number, check) = preview.take(built);
        // Nobody looks any more only when the process ends.
        check.map(|check| checks.send((number, check)));
        if options.open && done == "built" {
            open(preview, log);
        }
        done = "rebuilt";
        // What was not watched may have changed since it was read.
        if watching.renew(changed) {
            continue;
        }
        let Some(burst) = next_burst(&changes) else { return };
        changed = burst;
    }
}

/// What changes next, and what follows it closely: one next build. `None` when nothing is watched any more.
fn next_burst(changes: &Receiver<Changed>) -> Option<Changed> {
    let mut changed = changes.recv().ok()?;
    let start = Instant::now();
    while let Ok(more) = changes.recv_timeout(QUIET) {
        changed = changed.and(more);
        if start.elapsed() > LONGEST {
            break;
        }
    }
    Some(changed)
}

/// A thread that looks for what is wrong in each build that is sent to it: only in the last, where several
/// are waiting. It has workers of its own, so that the next build does not wait for a rule.
fn check_beside(preview: &Arc<Preview>, log: &Log) -> Sender<(u64, Check)> {
    let (sender, waiting) = mpsc::channel::<(u64, Check)>();
    let (preview, log) = (preview.clone(), log.clone());
    thread::spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().build();
        while let Ok(mut next) = waiting.recv() {
            next = waiting.try_iter().last().unwrap_or(next);
            let (number, check) = next;
            let start = Instant::now();
            let tell = |messages: Vec<Message>| {
                let line = format!("checked in {} ms: {}", start.elapsed().as_millis(), count(&messages));
                if preview.tell(number, messages) {
                    log.done(&line);
                }
            };
            let check = AssertUnwindSafe(|| match &pool {
                Ok(pool) => pool.install(|| check(&tell)),
                Err(_) => check(&tell),
            });
            if let Err(panic) = catch_unwind(check) {
                tell(vec![failure(format!("the check broke off: {}", words_of(&*panic)))]);
            }
        }
    });
    sender
}

/// What a panic says.
fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref().map(|text: &&str| (*text).to_owned())).unwrap_or_default()
}

/// `3 errors, 1 warning`.
pub(super) fn count(messages: &[Message]) -> String {
    let count = |level: &str| messages.iter().filter(|message| message.level == level).count();
    let words = |level| match count(level) {
        0 => None,
        1 => Some(format!("1 {level}")),
        many => Some(format!("{many} {level}s")),
    };
    let words: Vec<_> = ["error", "warning", "note"].into_iter().filter_map(words).collect();
    if words.is_empty() { "no errors".to_owned() } else { words.join(", ") }
}

/// Starts the system's browser on the first page.
fn open(preview: &Preview, log: &Log) {
    let url = format!("http://{}/{}", preview.address, http::percent_encode(&preview.lock().home));
    let (program, before): (_, &[&str]) = if cfg!(windows) {
        ("cmd", &["/c", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(before).arg(&url).stdin(Stdio::null());
    let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match started {
        // Waited for, so that no finished process is left behind.
        Ok(mut child) => drop(thread::spawn(move || child.wait())),
        Err(error) => log.wrong(&format!("cannot open {url} with {program}: {error}")),
    }
}

/// How long it must be quiet before a burst of changes counts as one. A file that is still being written
/// is read again when it is done.
const QUIET: Duration = Duration::from_millis(6);
/// Who writes without a pause is not waited for longer.
const LONGEST: Duration = Duration::from_millis(100);

/// What changed in a burst.
#[derive(Debug, Clone, Copy, Default)]
struct Changed {
    /// Whether something came, went or moved in the place of what is watched, or of a folder above it, or a folder
    /// came below it or has other permissions. The system watches folders and not their names: one that went is not
    /// watched any more when it is put back, though it is the same one.
    places: bool,
}

impl Changed {
    fn and(self, more: Changed) -> Changed {
        Changed { places: self.places || more.places }
    }
}

/// What is watched.
struct Watching<'w> {
    watched: Watched,
    sender: Sender<Changed>,
    log: &'w Log,
    interest: Interest,
    watcher: Option<RecommendedWatcher>,
}

/// A folder, and whether with all in it
type Place = (PathBuf, RecursiveMode);

impl Watching<'_> {
    /// Watches what is built from now; returns whether that was not watched before.
    fn renew(&mut self, changed: Changed) -> bool {
        let interest = Interest::new(&self.watched);
        if self.interest == interest && !changed.places {
            return false;
        }
        self.interest = interest.clone();
        // Two at once would need twice what the system allows. What changes between them is read by the build that
        // follows.
        self.watcher = None;
        self.watcher = start(interest, self.sender.clone(), self.log);
        true
    }
}

/// Sends each change to `changed`, until the result is dropped. What cannot be watched is logged and left out.
fn start(interest: Interest, changed: Sender<Changed>, log: &Log) -> Option<RecommendedWatcher> {
    // The system may need a moment to take back what the watcher before had.
    const TRIES: usize = 5;
    const PAUSE: Duration = Duration::from_millis(20);
    let is_full =
        |(_, error): &(PathBuf, notify::Error)| matches!(error.kind, notify::ErrorKind::MaxFilesWatch);
    let try_again = |watched: &notify::Result<(RecommendedWatcher, Failures)>| match watched {
        Ok((_, failures)) => failures.iter().any(is_full),
        Err(_) => true,
    };
    let mut watched = watch(interest.clone(), changed.clone(), log);
    for _ in 1..TRIES {
        if !try_again(&watched) {
            break;
        }
        drop(watched);
        thread::sleep(PAUSE);
        watched = watch(interest.clone(), changed.clone(), log);
    }
    match watched {
        Ok((watcher, failures)) => {
            for (path, error) in failures {
                log.wrong(&format!("cannot watch {}: {error}", path.display()));
            }
            Some(watcher)
        }
        Err(error) => {
            log.wrong(&format!("cannot watch for changes: {error}; restart to see them"));
            None
        }
    }
}

/// Folders that cannot be watched, each with the reason.
type Failures = Vec<(PathBuf, notify::Error)>;

/// Watches what is of interest, as far as the system allows it.
fn watch(
    interest: Interest,
    changed: Sender<Changed>,
    log: &Log,
) -> notify::Result<(RecommendedWatcher, Failures)> {
    let (folders, for_events) = (interest.watched(), log.clone());
    let on_event = move |event: notify::Result<notify::Event>| match event {
        Ok(event) => {
            if let Some(change) = interest.change(&event) {
                // Nobody listens any more only when the process ends.
                let _ = changed.send(change);
            }
        }
        Err(error) => for_events.wrong(&format!("cannot watch: {error}")),
    };
    // Links are looked at where they lie. Whoever follows them watches what is outside of the project, and a folder
    // under the name of a link, which may go.
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(on_event, config)?;
    let mut failures = Vec::new();
    for (path, mode) in folders {
        if let Err(error) = watcher.watch(&path, mode) {
            match mode {
                // It broke off at one of the folders below. A new one among the others is seen, and all is watched anew.
                RecursiveMode::Recursive => watch_each(&mut watcher, &path, &mut failures),
                RecursiveMode::NonRecursive => failures.push((path, error)),
            }
        }
    }
    Ok((watcher, failures))
}

/// Watches a folder and those below it, one by one.
fn watch_each(watcher: &mut RecommendedWatcher, path: &Path, failures: &mut Failures) {
    let is_shown = |name: &std::ffi::OsStr| !files::is_hidden(&name.to_string_lossy());
    let below = WalkDir::new(path).into_iter();
    let below =
        below.filter_entry(|it| it.depth() == 0 || it.file_type().is_dir() && is_shown(it.file_name()));
    // What is gone meanwhile is seen to go.
    for folder in below.flatten() {
        if let Err(error) = watcher.watch(folder.path(), RecursiveMode::NonRecursive)
            && folder.path().exists()
        {
            failures.push((folder.into_path(), error));
        }
    }
}

/// Which changes matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Interest {
    /// With all in them
    folders: Vec<PathBuf>,
    /// By themselves, and what does not exist
    files: Vec<PathBuf>,
    ignored: Vec<PathBuf>,
}

impl Interest {
    fn new(watched: &Watched) -> Interest {
        let watch = watched.watch.iter().map(|path| files::real(path));
        let (folders, mut files): (Vec<_>, Vec<_>) = watch.partition(|path| path.is_dir());
        files.extend(watched.parts.iter().cloned());
        let ignored = watched.ignore.iter().map(|path| files::real(path)).collect();
        Interest { folders, files, ignored }
    }

    /// A file is watched through its folder: editors save by putting a new file in its place, and
    /// a watch on the old one would see nothing more. What does not exist is watched where it would begin to.
    fn watched(&self) -> Vec<Place> {
        let around = |file: &PathBuf| {
            let above = file.ancestors().skip(1).find(|above| above.is_dir());
            above
                .filter(|above| !self.folders.iter().any(|folder| above.starts_with(folder)))
                .map(Path::to_owned)
        };
        // A folder that is taken away is seen there too.
        let mut around: Vec<PathBuf> = self.files.iter().chain(&self.folders).filter_map(around).collect();
        around.sort();
        around.dedup();
        // The system has one watch for a folder, by whatever name: each is asked for once.
        let is_below =
            |folder: &Path| folder.ancestors().skip(1).any(|above| self.folders.iter().any(|it| it == above));
        let folders = self.folders.iter().filter(|folder| !is_below(folder));
        let folders = folders.map(|folder| (folder.clone(), RecursiveMode::Recursive));
        // They come first, so that a folder which comes back before it is watched itself is seen in them.
        around.into_iter().map(|folder| (folder, RecursiveMode::NonRecursive)).chain(folders).collect()
    }

    /// What an event means, where it means something.
    fn change(&self, event: &notify::Event) -> Option<Changed> {
        if event.need_rescan() {
            return Some(Changed { places: true });
        }
        // Some programs write where the system does not look, and are seen when they close the file.
        let is_change = !matches!(event.kind, EventKind::Access(_))
            || event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
        if !is_change || !event.paths.iter().any(|path| self.has(path)) {
            return None;
        }
        let moves = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let is_other = moves || matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_)));
        let is_folder = |path: &PathBuf| self.has(path) && path.is_dir();
        let places = moves && event.paths.iter().any(|path| self.is_above(path))
            || is_other && event.paths.iter().any(is_folder);
        Some(Changed { places })
    }

    /// Whether a folder that is watched is at a place or below it, or a file below it.
    fn is_above(&self, path: &Path) -> bool {
        let is_below = |file: &PathBuf| file != path && file.starts_with(path);
        self.folders.iter().any(|folder| folder.starts_with(path)) || self.files.iter().any(is_below)
    }

    fn has(&self, path: &Path) -> bool {
        let is_shown = |folder: &PathBuf| {
            let below = path.strip_prefix(folder);
            below.is_ok_and(|below| !below.iter().any(|name| files::is_hidden(&name.to_string_lossy())))
        };
        let is_ignored = |path: &Path| self.ignored.iter().any(|ignored| path.starts_with(ignored));
        // What is read counts wherever it lies.
        let counts = |watched: &&PathBuf| !is_ignored(path) || is_ignored(watched);
        self.files.iter().filter(counts).any(|file| file.starts_with(path))
            || self.folders.iter().filter(counts).any(is_shown)
    }
}
