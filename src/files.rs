//! The disk: reading the project's folders, and publishing an output folder whole.
//!
//! A published folder is written beside the old one and swapped in, so that a reader finds the
//! last good site or the new one, and never a part of either.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

/// A built site: the bytes of each file under its path, relative, with `/` between parts.
pub type Output = BTreeMap<String, Arc<[u8]>>;

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

/// What [`publish`] wrote, without the marker file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// How many files.
    pub files: usize,
    /// Their bytes together.
    pub bytes: u64,
}

/// The machine's fault, or a folder that must not be touched:
/// `cannot read content: no such folder`.
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
    fn new(action: &'static str, path: &str, error: &io::Error) -> Error {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        Error {
            action,
            path: path.to_owned(),
            reason: first.chain(letters).collect(),
        }
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
    let (mut found, mut problems) = walk(&root, start, parts(folder).unwrap_or_default().join("/"));
    found.sort();
    let read = |(path, place)| match fs::read(place) {
        Ok(bytes) => Ok(File { path, bytes }),
        Err(error) => Err(unreadable(path, &error)),
    };
    let mut files = Vec::with_capacity(found.len());
    for result in found.into_par_iter().map(read).collect::<Vec<_>>() {
        match result {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    problems.sort();
    Ok(Files { files, problems })
}

/// Reads one file, `path` relative to `root`. None if there is none. An error if it is unreadable,
/// not a file, or outside `root`.
pub fn read_file(root: &Path, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match inside(root, path) {
        // Reading a pipe would wait for a writer for ever.
        Ok((_, place)) if !place.is_file() => Err(io::Error::other("it is not a file")),
        Ok((_, place)) => fs::read(place).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(error),
    }
    .map_err(|error| Error::new("read", path, &error))
}

/// The real places of `root` and of `path` in it.
fn inside(root: &Path, path: &str) -> io::Result<(PathBuf, PathBuf)> {
    let outside = || io::Error::other("it is outside the project folder");
    let parts = parts(path).ok_or_else(outside)?;
    let root = root.canonicalize()?;
    let place = root.join(parts.join("/")).canonicalize()?;
    if place.starts_with(&root) {
        Ok((root, place))
    } else {
        Err(outside())
    }
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

/// The files below `start`, known in the project as `name`: their paths and their real places.
fn walk(root: &Path, start: PathBuf, name: String) -> (Vec<(String, PathBuf)>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    // With each folder, the folders of the links that were followed to get there.
    let mut folders = vec![(name, start, Vec::<PathBuf>::new())];
    while let Some((folder, place, links)) = folders.pop() {
        let entries = fs::read_dir(&place).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = entries.unwrap_or_else(|error| {
            problems.push(unreadable(folder.clone(), &error));
            Vec::new()
        });
        entries.sort_by_key(fs::DirEntry::file_name);
        let mut names: HashMap<String, String> = HashMap::new();
        for entry in entries {
            let bytes = entry.file_name();
            let name = bytes.to_string_lossy();
            if is_hidden(&name) {
                continue;
            }
            let path = if folder.is_empty() {
                name.to_string()
            } else {
                format!("{folder}/{name}")
            };
            if bytes.to_str().is_none() {
                problems.push(Problem::BadName { path });
                continue;
            }
            if let Some(other) = names.insert(name.to_lowercase(), path.clone()) {
                problems.push(Problem::NameClash {
                    path: path.clone(),
                    other,
                });
            }
            let (target, kind, links) = match follow(&entry, &links) {
                Ok(followed) => followed,
                Err(error) => {
                    problems.push(unreadable(path, &error));
                    continue;
                }
            };
            if !target.starts_with(root) {
                problems.push(Problem::OutsideProject { path });
            } else if kind.is_file() {
                files.push((path, target));
            } else if !kind.is_dir() {
                let error = io::Error::other("it is neither a file nor a folder");
                problems.push(unreadable(path, &error));
            } else if links.len() > LINKS || links.iter().any(|link| link.starts_with(&target)) {
                problems.push(Problem::SymlinkLoop { path });
            } else {
                folders.push((path, target, links));
            }
        }
    }
    (files, problems)
}

type Followed = (PathBuf, fs::FileType, Vec<PathBuf>);

/// Where `entry` really is, what it is, and `links` with its own folder if it is a symbolic link.
fn follow(entry: &fs::DirEntry, links: &[PathBuf]) -> io::Result<Followed> {
    let (place, kind, mut links) = (entry.path(), entry.file_type()?, links.to_vec());
    if !kind.is_symlink() {
        return Ok((place, kind, links));
    }
    links.extend(place.parent().map(Path::to_owned));
    let target = place.canonicalize()?;
    let kind = fs::metadata(&target)?.file_type();
    Ok((target, kind, links))
}

fn unreadable(path: String, error: &io::Error) -> Problem {
    let reason = Error::new("read", &path, error).reason;
    Problem::Unreadable { path, reason }
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Writes a file that must not exist yet, and the folders above it. On an error no part of the
/// file stays.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        let mut file = fs::File::create_new(path)?;
        file.write_all(bytes)
            .inspect_err(|_| drop(fs::remove_file(path)))
    };
    write()
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => io::Error::other("it already exists"),
            _ => error,
        })
        .map_err(|error| Error::new("write", &path.display().to_string(), &error))
}

/// The file that says a folder may be replaced.
const MARKER: &str = ".redbinder";
const MARKER_TEXT: &[u8] = b"This folder is written by redbinder. Each build replaces all of it.\n";

/// Makes `folder` hold exactly `output` and the marker file `.redbinder`.
///
/// `folder` is relative to `root` and below it, or absolute. If it is a symbolic link, the link
/// stays and its target is replaced. On an error, and when the process is killed, the old folder
/// is as it was. Refused: a folder that holds the project or sources, a folder with files that
/// redbinder did not write, a path in `output` that does not lie inside, and a second build of the
/// same folder at the same time.
pub fn publish(root: &Path, folder: &str, output: &Output) -> Result<Published, Error> {
    let fail = |error: io::Error| Error::new("write", folder, &error);
    let fail_at = |(path, error): (&str, io::Error)| {
        Error::new(
            "write",
            &format!("{}/{path}", folder.trim_end_matches('/')),
            &error,
        )
    };
    for path in output.keys() {
        check_path(path, output).map_err(|reason| fail_at((path, io::Error::other(reason))))?;
    }
    let place = place(root, folder).map_err(fail)?;
    let [staging, old, lock] = ["building", "old", "lock"].map(|what| beside(&place, what));
    let _lock = Lock::take(lock).map_err(fail)?;

    // A build that was killed between two renames has left the site under its second name.
    if !place.exists() && old.exists() {
        fs::rename(&old, &place).map_err(fail)?;
    }
    remove(&old).and_then(|()| remove(&staging)).map_err(fail)?;
    check_replaceable(&place).map_err(fail)?;
    fs::create_dir(&staging).map_err(fail)?;
    let done = write_all(&staging, output)
        .map_err(fail_at)
        .and_then(|()| swap(&staging, &place, &old).map_err(fail));
    // What cannot be removed now, the next build removes, or says why not.
    let _ = remove(&staging);
    if place.exists() {
        let _ = remove(&old);
    }
    let bytes = output.values().map(|bytes| bytes.len() as u64).sum();
    done.map(|()| Published {
        files: output.len(),
        bytes,
    })
}

fn check_path(path: &str, output: &Output) -> Result<(), String> {
    let is_name = |part: &str| {
        Path::new(part)
            .components()
            .eq([Component::Normal(part.as_ref())])
            && !part.contains('\0')
    };
    if !path.split('/').all(is_name) {
        return Err("it does not lie in the output folder".into());
    }
    if path.split('/').next() == Some(MARKER) {
        return Err("this name is kept for redbinder's own marker file".into());
    }
    let mut above = path.match_indices('/').map(|(end, _)| &path[..end]);
    match above.find(|path| output.contains_key(*path)) {
        Some(path) => Err(format!("`{path}` would be a file and a folder at once")),
        None => Ok(()),
    }
}

/// The real place of the output folder. Creates the folders above it.
fn place(root: &Path, folder: &str) -> io::Result<PathBuf> {
    let fail = |reason| Err(io::Error::other(reason));
    let root = root.canonicalize()?;
    let target = match parts(folder) {
        Some(parts) => root.join(parts.join("/")),
        None if Path::new(folder).is_absolute() => PathBuf::from(folder),
        None => {
            return fail("it is outside the project folder; give an absolute path to mean that");
        }
    };
    let place = match (
        target.symlink_metadata(),
        target.parent(),
        target.file_name(),
    ) {
        (Ok(_), ..) => match target.canonicalize() {
            Ok(place) => place,
            Err(_) => return fail("its symbolic link leads nowhere"),
        },
        (Err(_), Some(parent), Some(name)) => {
            fs::create_dir_all(parent)?;
            parent.canonicalize()?.join(name)
        }
        (Err(_), ..) => return fail("the path does not end in a name"),
    };
    if root.starts_with(&place) {
        return fail("the project itself is in this folder; choose another output folder");
    }
    if place.starts_with(root.join("content")) {
        return fail("it lies among the sources; choose another output folder");
    }
    Ok(place)
}

fn check_replaceable(place: &Path) -> io::Result<()> {
    let fail = |reason| Err(io::Error::other(reason));
    let mut entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    // A site may have a variant called `content`: only pages to be built make it a source.
    let pages = read_folder(place, "content").unwrap_or_default().files;
    if place.join("site.toml").exists() || pages.iter().any(|page| page.path.ends_with(".md")) {
        return fail("it has sources in it; choose another output folder");
    }
    if entries.next().is_some() && !place.join(MARKER).is_file() {
        return fail(
            "it has files that redbinder did not write; empty it or choose another folder",
        );
    }
    Ok(())
}

/// `.{name}.redbinder-{what}`, next to `place`: on the same disk, so that a rename is enough.
fn beside(place: &Path, what: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(format!(".redbinder-{what}"));
    place.with_file_name(name)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes everything into the empty folder `staging`. An error comes with the path in it.
fn write_all<'a>(staging: &Path, output: &'a Output) -> Result<(), (&'a str, io::Error)> {
    let parents = output
        .keys()
        .filter_map(|path| Some(path.rsplit_once('/')?.0));
    for path in parents.collect::<BTreeSet<_>>() {
        fs::create_dir_all(staging.join(path)).map_err(|error| (path, error))?;
    }
    let files = output
        .par_iter()
        .map(|(path, bytes)| (path.as_str(), &**bytes));
    files
        .chain([(MARKER, MARKER_TEXT)])
        .try_for_each(|(path, bytes)| {
            // `create_new`: where case does not count, two files must not silently become one.
            fs::File::create_new(staging.join(path))
                .and_then(|mut file| file.write_all(bytes))
                .map_err(|error| (path, error))
        })
}

/// Puts `staging` in the place of `place`. What was there is then at `staging` or `old`.
fn swap(staging: &Path, place: &Path, old: &Path) -> io::Result<()> {
    if !place.exists() {
        return fs::rename(staging, place);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, staging, CWD, place, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    fs::rename(place, old)?;
    fs::rename(staging, place).inspect_err(|_| drop(fs::rename(old, place)))
}

/// Held while one build writes; the file goes when it is dropped.
struct Lock {
    path: PathBuf,
    _file: fs::File,
}

impl Lock {
    fn take(path: PathBuf) -> io::Result<Lock> {
        let busy = || io::Error::other("another build is writing it; wait for that one to end");
        let file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(busy()),
            // Some network disks cannot lock: one build at a time still works there.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        // Between opening and locking, another build may have ended and removed the file, and a
        // third one made a new file under this name.
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let (ours, now) = (file.metadata()?, fs::metadata(&path).map_err(|_| busy())?);
            if (ours.dev(), ours.ino()) != (now.dev(), now.ino()) {
                return Err(busy());
            }
        }
        Ok(Lock { path, _file: file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
