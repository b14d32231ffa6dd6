//! The disk: reading the project's folders, and publishing an output folder whole.
//!
//! Reading never opens what lies outside the project: each symbolic link is resolved, and the
//! place it leads to is checked, before it is followed.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use walkdir::{DirEntry, WalkDir};

use crate::limits;

pub mod history;
mod publish;
#[cfg(test)]
mod tests;

pub use publish::{
    Begun, Output, Publication, Published, append, publish, write, write_in, write_new, write_new_in,
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
    /// A name that is not UTF-8, shown with replacement characters. Not read.
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
pub fn read_folder(root: &Path, folder: &str) -> Result<Files, Error> {
    let (root, start) = inside(root, folder)
        .and_then(|(root, start)| fs::read_dir(&start).map(|_| (root, start)))
        .map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::new("read", folder, &io::Error::other("no such folder")),
            _ => Error::new("read", folder, &error),
        })?;
    let start = Start { path: parts(folder).unwrap_or_default().join("/"), place: start, links: Vec::new() };
    let done: Mutex<Files> = Mutex::default();
    let read = |found: Vec<(String, PathBuf)>| {
        let mut files = Files::default();
        for (path, place) in found {
            match read_whole(&place) {
                Ok(bytes) => files.files.push(File { path, bytes }),
                Err(error) => files.problems.push(unreadable(path, &error)),
            }
        }
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        done.files.append(&mut files.files);
        done.problems.append(&mut files.problems);
    };
    // What is found is read while more is looked for.
    let of_walk = rayon::scope(|scope| {
        let mut found = Vec::new();
        let problems = walk(&root, start, &mut |path, place| {
            found.push((path, place));
            if found.len() == TOGETHER {
                let found = std::mem::take(&mut found);
                scope.spawn(|_| read(found));
            }
        });
        read(found);
        problems
    });
    let mut files = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.problems.extend(of_walk);
    files.files.sort_by(|one, other| one.path.cmp(&other.path));
    files.problems.sort();
    Ok(files)
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
    let mut file = fs::File::open(place)?;
    let size = file.metadata()?.len();
    let most = limits::FILE.most as u64;
    let too_large = || io::Error::other(format!("it is larger than {}", limits::FILE));
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

/// A folder to walk: the one asked for, or one that a symbolic link leads to.
struct Start {
    /// What the project calls it.
    path: String,
    /// Where it really is: inside the project, and without a link on the way.
    place: PathBuf,
    /// The folders of the links that were followed to get there.
    links: Vec<PathBuf>,
}

impl Start {
    /// What the project calls `place`, which is this folder or below it.
    fn path_of(&self, place: &Path) -> String {
        let mut path = self.path.clone();
        for part in place.strip_prefix(&self.place).into_iter().flatten() {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(&part.to_string_lossy());
        }
        path
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

/// Gives each file below `start` to `found`, with its path in the project and its real place. Returns what else
/// is there.
fn walk(root: &Path, start: Start, found: &mut dyn FnMut(String, PathBuf)) -> Vec<Problem> {
    let mut problems = Vec::new();
    // By each path with its last part in lower case, the path that had it last.
    let mut names: HashMap<String, String> = HashMap::new();
    let mut starts = vec![start];
    while let Some(start) = starts.pop() {
        // Following links is ours: the crate would follow them out of the project.
        let entries = WalkDir::new(&start.place).follow_links(false).min_depth(1);
        let mut entries = entries
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| !is_hidden(&entry.file_name().to_string_lossy()));
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = start.path_of(error.path().unwrap_or(&start.place));
                    // Only a loop comes without an error, and only if the crate follows links.
                    let error = error.into_io_error();
                    problems.extend(error.map(|error| unreadable(path, &error)));
                    continue;
                }
            };
            let path = start.path_of(entry.path());
            let Some(name) = entry.file_name().to_str() else {
                problems.push(Problem::BadName { path });
                // After anything but a folder, this would skip the rest of the folder above.
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                continue;
            };
            let folder = path.strip_suffix(name).unwrap_or_default();
            let lower = format!("{folder}{}", name.to_lowercase());
            if let Some(other) = names.insert(lower, path.clone()) {
                let path = path.clone();
                problems.push(Problem::NameClash { path, other });
            }
            let (place, kind) = match resolve(root, &entry, &path) {
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
                match start.follow(&entry, &path, &place) {
                    Some(start) => starts.push(start),
                    None => problems.push(Problem::SymlinkLoop { path }),
                }
            }
        }
    }
    problems
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

fn unreadable(path: String, error: &io::Error) -> Problem {
    let reason = Error::new("read", &path, error).reason;
    Problem::Unreadable { path, reason }
}

/// Whether readers and watchers pass over a name: hidden, or left by an editor.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}
