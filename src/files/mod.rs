//! The disk: reading the project's folders, and publishing an output folder whole.
//!
//! Reading never opens what lies outside the project: each symbolic link is resolved, and the
//! place it leads to is checked, before it is followed.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use walkdir::DirEntry;

use crate::limits;
use crate::source::is_unseen;
use memory::Listing;

pub mod history;
mod memory;
mod places;
mod publish;
#[cfg(test)]
mod tests;

pub use memory::Memory;
pub use places::Places;
pub(crate) use places::real;
pub use publish::{
    Begun, Output, Publication, Published, append, check_apart, publish, remove_leftovers, write, write_in,
    write_new, write_new_in,
};

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the project's root, with `/` between parts.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// A folder that was read, with what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// The files, sorted by the bytes of their paths.
    pub files: Vec<File>,
    /// What is wrong with the folder, sorted.
    pub problems: Vec<Problem>,
}

impl Files {
    /// Whether there was nothing in it, not even what could not be read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.problems.is_empty()
    }
}

/// Why a file or folder was not read, or is not safe to use. Paths are from the project's root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Problem {
    /// The system refused it, or it is a link to nothing, a pipe or a device.
    Unreadable { path: String, reason: String },
    /// A symbolic link to a folder that it lies in, or one at the end of a long chain. Not followed.
    SymlinkLoop { path: String },
    /// A symbolic link that leads out of the project. Not followed.
    OutsideProject { path: String },
    /// Two names in one folder differ only in case: on many disks they are one. Both are read.
    NameClash { path: String, other: String },
    /// A name that Windows does not take. It is read.
    UnportableName { path: String },
    /// A name that is not UTF-8, or has what a terminal obeys and nobody sees; shown with replacement
    /// characters. Not read.
    BadName { path: String },
}

/// The machine's fault, or a folder not to be touched: `cannot read content: no such folder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What could not be done: `read` or `write`.
    pub action: &'static str,
    /// The file or folder, as the caller named it.
    pub path: String,
    /// Why, and where it helps, what to do.
    pub reason: String,
}

impl Error {
    /// The system's words in ours: lower case, without the error number.
    pub(crate) fn new(action: &'static str, path: &str, error: &io::Error) -> Error {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        let mut reason: String = first.chain(letters).collect();
        if error.kind() == ErrorKind::ResourceBusy {
            reason += "; where a disk is mounted, name a folder in it";
        }
        Error { action, path: path.to_owned(), reason }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.action, self.path, self.reason)
    }
}

impl std::error::Error for Error {}

/// Reads every file below `folder`, which is relative to `root`.
///
/// Hidden files and the leavings of editors are skipped. A symbolic link is followed if it leads
/// to a place inside `root`. Only a `folder` that is itself missing, unreadable or outside is an
/// error; everything else that is wrong is in [`Files::problems`].
///
/// # Errors
/// As said.
pub fn read_folder(root: &Path, folder: &str) -> Result<Files, Error> {
    read_up_to(root, folder, None, limits::FOLDER.most)
}

/// The same, when it was read before: what is still as it was is that of `memory`, which then has what is there now.
///
/// # Errors
/// As [`read_folder`].
pub fn read_folder_again(root: &Path, folder: &str, memory: &mut Memory) -> Result<Files, Error> {
    read_up_to(root, folder, Some(memory), limits::FOLDER.most)
}

/// Reads up to `most` bytes.
fn read_up_to(root: &Path, folder: &str, memory: Option<&mut Memory>, most: usize) -> Result<Files, Error> {
    let (root, start) = inside(root, folder)
        .and_then(|(root, start)| fs::read_dir(&start).map(|_| (root, start)))
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::new("read", folder, &io::Error::other("no such folder")),
            _ => Error::new("read", folder, &error),
        })?;
    let start = Start { path: parts(folder).unwrap_or_default().join("/"), place: start, links: Vec::new() };
    let before = memory.as_deref();
    let done: Mutex<(Files, Vec<_>)> = Mutex::default();
    let size = AtomicUsize::new(0);
    let read = |found: Vec<(String, PathBuf)>| {
        let (mut files, mut kept) = (Files::default(), Vec::new());
        for (path, place) in found {
            if size.load(Ordering::Relaxed) > most {
                break;
            }
            let whole = match before {
                Some(before) => before.read(&place),
                None => read_whole(&place).map(|bytes| (bytes, None)),
            };
            match whole {
                Ok((bytes, known)) => {
                    size.fetch_add(bytes.len(), Ordering::Relaxed);
                    files.files.push(File { path, bytes });
                    kept.extend(known.map(|known| (place, known)));
                }
                Err(error) => files.problems.push(unreadable(path, &error)),
            }
        }
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        done.0.files.append(&mut files.files);
        done.0.problems.append(&mut files.problems);
        done.1.append(&mut kept);
    };
    // What is found is read while more is looked for.
    let of_walk = rayon::scope(|scope| {
        let mut found = Vec::new();
        let walked = walk(&root, start, before, &mut |path, place| {
            found.push((path, place));
            if found.len() == TOGETHER {
                let found = std::mem::take(&mut found);
                scope.spawn(|_| read(found));
            }
        });
        read(found);
        walked
    });
    if size.into_inner() > most {
        return Err(too_much(folder));
    }
    if of_walk.linked > limits::LINKED.most {
        let reason = format!("its links lead to more than {}; take some of them out", limits::LINKED);
        return Err(Error::new("read", folder, &io::Error::other(reason)));
    }
    let (mut files, kept) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(memory) = memory {
        *memory = Memory::of(kept, of_walk.folders);
        (memory.starts, memory.links) = (of_walk.starts, of_walk.links);
    }
    files.problems.extend(of_walk.problems);
    files.files.sort_by(|one, other| one.path.cmp(&other.path));
    files.problems.sort();
    Ok(files)
}

fn too_much(folder: &str) -> Error {
    let reason = format!(
        "its files are larger than {}, together; keep large files elsewhere, and link to them",
        limits::FOLDER
    );
    Error::new("read", folder, &io::Error::other(reason))
}

/// So many files are read by one core at a time.
const TOGETHER: usize = 32;

/// Reads one file, `path` from `root`. None if there is none; an error if it cannot be read, is
/// not a file, or lies outside.
pub fn read_file(root: &Path, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match inside(root, path) {
        // Reading a pipe would wait for a writer for ever.
        Ok((_, place)) if !place.is_file() => Err(io::Error::other("it is not a file")),
        Ok((_, place)) => read_whole(&place).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(error),
    }
    .map_err(|error| Error::new("read", path, &error))
}

/// All of a file, if that is no more than one may have.
fn read_whole(place: &Path) -> io::Result<Vec<u8>> {
    read_open(fs::File::open(place)?)
}

fn too_large() -> io::Error {
    io::Error::other(format!("it is larger than {}", limits::FILE))
}

/// The same of one that is open.
fn read_open(mut file: fs::File) -> io::Result<Vec<u8>> {
    let size = file.metadata()?.len();
    let most = limits::FILE.most as u64;
    if size > most {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(size as usize);
    // It may grow while it is read.
    file.by_ref().take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

/// The way from `folder` down to `below`, each part followed by `/`: `plans/agency/`, or nothing
/// where they are one. None where `below` is not in `folder`.
pub fn way_down(folder: &Path, below: &Path) -> Option<String> {
    let (folder, below) = (folder.canonicalize().ok()?, below.canonicalize().ok()?);
    let parts = below.strip_prefix(&folder).ok()?.components();
    Some(parts.map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect())
}

/// The real places of `root` and of `path` in it.
fn inside(root: &Path, path: &str) -> io::Result<(PathBuf, PathBuf)> {
    let outside = || io::Error::other("it is outside the project folder");
    let parts = parts(path).ok_or_else(outside)?;
    let root = root.canonicalize()?;
    let place = root.join(parts.join("/")).canonicalize()?;
    if place.starts_with(&root) { Ok((root, place)) } else { Err(outside()) }
}

/// The parts of a relative path with `.` and `..` resolved. None if it is absolute or climbs out.
fn parts(path: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts)
}

/// How many links may be followed on the way to one file.
const LINKS: usize = 8;

/// A folder to walk: the one asked for, or one below it, or one that a symbolic link leads to.
struct Start {
    /// What the project calls it.
    path: String,
    /// Where it really is: inside the project, and without a link on the way.
    place: PathBuf,
    /// The folders of the links that were followed to get there.
    links: Vec<PathBuf>,
}

impl Start {
    /// What the project calls something in this folder.
    fn path_of(&self, name: &OsStr) -> String {
        let name = name.to_string_lossy();
        if self.path.is_empty() { name.into_owned() } else { format!("{}/{name}", self.path) }
    }

    /// The folder `place`, which the link `entry` leads to. None if the chain of links is too long
    /// or goes round in circles: one of the links lies in that folder.
    fn follow(&self, entry: &DirEntry, path: &str, place: &Path) -> Option<Start> {
        let mut links = self.links.clone();
        links.extend(entry.path().parent().map(Path::to_owned));
        if links.len() > LINKS || links.iter().any(|link| link.starts_with(place)) {
            return None;
        }
        let (path, place) = (path.to_owned(), place.to_owned());
        Some(Start { path, place, links })
    }
}

/// What a walk found beside files.
#[derive(Default)]
struct Walked {
    problems: Vec<Problem>,
    folders: Vec<(PathBuf, Arc<Listing>)>,
    /// The folder that was asked for, and those that links lead to
    starts: Vec<PathBuf>,
    /// The links that were met, also those that were not followed
    links: Vec<PathBuf>,
    /// How many files and folders lie where links lead to, each counted for every way that leads there
    linked: usize,
}

/// Gives each file below `start` to `found`, with its path in the project and its real place.
fn walk(
    root: &Path,
    start: Start,
    before: Option<&Memory>,
    found: &mut dyn FnMut(String, PathBuf),
) -> Walked {
    let mut walked = Walked { starts: vec![start.place.clone()], ..Walked::default() };
    let mut folders = vec![start];
    // Links that lead to each other in turn are more ways than anybody can go.
    while let Some(start) = folders.pop().filter(|_| walked.linked <= limits::LINKED.most) {
        let listing = match before {
            Some(before) => before.list(&start.place),
            None => Arc::new(Listing::of(&start.place)),
        };
        let problems = &mut walked.problems;
        for fault in &listing.faults {
            let inside = fault.path().filter(|place| *place != start.place).and_then(Path::file_name);
            let path = inside.map_or(start.path.clone(), |name| start.path_of(name));
            // Only a loop comes without an error, and only if the crate follows links.
            problems.extend(fault.io_error().map(|error| unreadable(path, error)));
        }
        walked.linked += if start.links.is_empty() { 0 } else { listing.entries.len() };
        // By each name in lower case, the path that had it last.
        let mut names: HashMap<String, String> = HashMap::new();
        for entry in &listing.entries {
            let path = start.path_of(entry.file_name());
            let Some(name) = entry.file_name().to_str().filter(|name| !name.contains(is_unseen)) else {
                problems.push(Problem::BadName { path: path.replace(is_unseen, "\u{FFFD}") });
                continue;
            };
            if let Some(other) = names.insert(name.to_lowercase(), path.clone()) {
                let path = path.clone();
                problems.push(Problem::NameClash { path, other });
            }
            if is_unportable(name) {
                problems.push(Problem::UnportableName { path: path.clone() });
            }
            walked.links.extend(entry.path_is_symlink().then(|| entry.path().to_owned()));
            let (place, kind) = match resolve(root, entry, &path) {
                Ok(resolved) => resolved,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            if kind.is_file() {
                found(path, place);
            } else if !kind.is_dir() {
                let error = io::Error::other("it is neither a file nor a folder");
                problems.push(unreadable(path, &error));
            } else if entry.path_is_symlink() {
                match start.follow(entry, &path, &place) {
                    Some(start) => {
                        walked.starts.push(start.place.clone());
                        folders.push(start);
                    }
                    None => problems.push(Problem::SymlinkLoop { path }),
                }
            } else {
                folders.push(Start { path, place, links: start.links.clone() });
            }
        }
        walked.folders.push((start.place, listing));
    }
    walked
}

/// Where `entry` really is, and what is there. What lies outside `root` is not looked at.
fn resolve(root: &Path, entry: &DirEntry, path: &str) -> Result<(PathBuf, fs::FileType), Problem> {
    if !entry.path_is_symlink() {
        return Ok((entry.path().to_owned(), entry.file_type()));
    }
    let fail = |error| unreadable(path.to_owned(), &error);
    let place = entry.path().canonicalize().map_err(fail)?;
    if !place.starts_with(root) {
        let path = path.to_owned();
        return Err(Problem::OutsideProject { path });
    }
    let kind = fs::metadata(&place).map_err(fail)?.file_type();
    Ok((place, kind))
}

/// Whether Windows takes no file of this name: it has a sign of paths or patterns, an end that is dropped, or is a
/// device's, whatever follows it after a full stop.
fn is_unportable(name: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let numbered = |device: &str| {
        let number = stem.get(..3).filter(|start| start.eq_ignore_ascii_case(device)).map(|_| &stem[3..]);
        matches!(number.map(str::as_bytes), Some([b'1'..=b'9']))
    };
    name.contains(['<', '>', ':', '"', '|', '?', '*', '\\'])
        || name.ends_with(['.', ' '])
        || DEVICES.iter().any(|device| device.eq_ignore_ascii_case(stem))
        || ["com", "lpt"].into_iter().any(numbered)
}

fn unreadable(path: String, error: &io::Error) -> Problem {
    let reason = Error::new("read", &path, error).reason;
    Problem::Unreadable { path, reason }
}

/// Whether readers and watchers pass over a name: hidden, or left by an editor.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}
