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

use rayon::{iter::Either, prelude::*};

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
    fn new(action: &'static str, path: &str, error: &io::Error) -> Error {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        let (path, reason) = (path.to_owned(), first.chain(letters).collect());
        Error {
            action,
            path,
            reason,
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
        Ok(bytes) => Either::Left(File { path, bytes }),
        Err(error) => Either::Right(unreadable(path, &error)),
    };
    let (files, unread): (_, Vec<_>) = found.into_par_iter().partition_map(read);
    problems.extend(unread);
    problems.sort();
    Ok(Files { files, problems })
}

/// Reads one file, `path` from `root`. None if there is none; an error if it cannot be read, is
/// not a file, or lies outside.
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
            let path = format!("{folder}/{name}");
            let path = path.trim_start_matches('/').to_owned();
            if bytes.to_str().is_none() {
                problems.push(Problem::BadName { path });
                continue;
            }
            if let Some(other) = names.insert(name.to_lowercase(), path.clone()) {
                let path = path.clone();
                problems.push(Problem::NameClash { path, other });
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

/// Whether readers and watchers pass over a name: hidden, or left by an editor.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'))
}

/// Writes a file that must not exist yet, and the folders above it: all of the file or nothing.
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
        let path = format!("{}/{path}", folder.trim_end_matches('/'));
        Error::new("write", &path, &error)
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
    let files = output.len();
    let bytes = output.values().map(|bytes| bytes.len() as u64).sum();
    done.map(|()| Published { files, bytes })
}

fn check_path(path: &str, output: &Output) -> Result<(), String> {
    if path.split('/').any(|part| parts(part) != Some(vec![part])) {
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
        None => return fail("it is outside the project; to mean that, give an absolute path"),
    };
    let place = match target.parent().zip(target.file_name()) {
        _ if target.exists() => target.canonicalize()?,
        _ if target.is_symlink() => return fail("its symbolic link leads nowhere"),
        Some((parent, name)) => {
            fs::create_dir_all(parent)?;
            parent.canonicalize()?.join(name)
        }
        None => return fail("the path does not end in a name"),
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
        return fail("it has files redbinder did not write; empty it or choose another folder");
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
    let folder = |path: &'a String| Some(path.rsplit_once('/')?.0);
    for path in output.keys().filter_map(folder).collect::<BTreeSet<_>>() {
        fs::create_dir_all(staging.join(path)).map_err(|error| (path, error))?;
    }
    let file = |(path, bytes): (&'a String, &'a Arc<[u8]>)| (path.as_str(), &**bytes);
    let files = output.par_iter().map(file).chain([(MARKER, MARKER_TEXT)]);
    files.try_for_each(|(path, bytes)| {
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
    rename_both(staging, place, old)
}

/// The way of disks that cannot exchange two folders in one step.
fn rename_both(staging: &Path, place: &Path, old: &Path) -> io::Result<()> {
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
        let file = fs::File::create(&path)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::{TempDir, tempdir};

    /// A project with files, `folder/name: text` each, the text optional.
    fn project(files: &[&str]) -> TempDir {
        let root = tempdir().unwrap();
        for (path, text) in files
            .iter()
            .map(|file| file.split_once(": ").unwrap_or((file, "")))
        {
            write_new(&root.path().join(path), text.as_bytes()).unwrap();
        }
        root
    }

    /// Publishes files, written alike, as `folder`.
    fn publish_to(root: &TempDir, folder: &str, files: &[&str]) -> Result<Published, String> {
        let files = files
            .iter()
            .map(|file| file.split_once(": ").unwrap_or((file, "")));
        let output = files.map(|(path, text)| (path.to_owned(), text.as_bytes().into()));
        publish(root.path(), folder, &output.collect()).map_err(|error| error.to_string())
    }

    /// Every file below the project, hidden ones too, as `project` takes them.
    fn tree(root: &Path) -> Vec<String> {
        let mut files = Vec::new();
        for entry in fs::read_dir(root).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                files.extend(
                    tree(&entry.path())
                        .iter()
                        .map(|file| format!("{name}/{file}")),
                );
            } else if name == MARKER {
                files.push(name);
            } else {
                files.push(format!(
                    "{name}: {}",
                    fs::read_to_string(entry.path()).unwrap()
                ));
            }
        }
        files.sort();
        files
    }

    /// The paths that were read, and the problems in words.
    fn read(root: &TempDir, folder: &str) -> (Vec<String>, Vec<String>) {
        let Files { files, problems } = read_folder(root.path(), folder).unwrap();
        let problems = problems
            .iter()
            .map(|problem| format!("{problem:?}").replace('"', ""));
        (
            files.into_iter().map(|file| file.path).collect(),
            problems.collect(),
        )
    }

    #[test]
    fn a_folder_is_read_in_order_without_hidden_files() {
        let (shown, hidden) = (
            ["c/b.md", "c/a/z", "c/a-b"],
            ["c/.git/x", "c/a/z~", "c/#z#"],
        );
        let (paths, problems) = read(&project(&[shown, hidden].concat()), "./c/");
        assert_eq!(
            (paths.join(" "), problems.len()),
            ("c/a-b c/a/z c/b.md".into(), 0)
        );
    }

    #[test]
    fn a_missing_folder_is_an_error_and_a_missing_file_is_none() {
        let root = project(&["a: text"]);
        let error = read_folder(root.path(), "content").unwrap_err();
        assert_eq!(error.to_string(), "cannot read content: no such folder");
        assert_eq!(read_file(root.path(), "a").unwrap(), Some(b"text".to_vec()));
        assert_eq!(read_file(root.path(), "b").unwrap(), None);
        assert_eq!(read_file(root.path(), "a/b").unwrap(), None);
        assert!(read_file(root.path(), "../a").is_err());
        assert!(read_file(root.path(), ".").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_wrong_with_a_folder_is_told() {
        use std::os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener};
        let root = project(&["c/Plan.md", "c/plan.md", "c/sub/x.md", "o/y", "a/x", "b/y"]);
        let elsewhere = project(&["secret"]);
        let at = |path: &str| root.path().join(path);
        symlink(at("c"), at("c/sub/loop")).unwrap();
        symlink("../o", at("c/inside")).unwrap();
        symlink("nowhere", at("c/broken")).unwrap();
        symlink(elsewhere.path(), at("c/outside")).unwrap();
        fs::write(at("c").join(std::ffi::OsStr::from_bytes(b"\xff.md")), "").unwrap();
        let _socket = UnixListener::bind(at("c/socket")).unwrap();
        let (paths, problems) = read(&root, "c");
        assert_eq!(
            paths,
            ["c/Plan.md", "c/inside/y", "c/plan.md", "c/sub/x.md"]
        );
        let expected = [
            "Unreadable { path: c/broken, reason: no such file or directory }",
            "Unreadable { path: c/socket, reason: it is neither a file nor a folder }",
            "SymlinkLoop { path: c/sub/loop }",
            "OutsideProject { path: c/outside }",
            "NameClash { path: c/plan.md, other: c/Plan.md }",
            "BadName { path: c/\u{fffd}.md }",
        ];
        assert_eq!(problems, expected);

        // Two folders that lead to each other.
        symlink("../b", at("a/b")).unwrap();
        symlink("../a", at("b/a")).unwrap();
        let (paths, problems) = read(&root, "a");
        assert_eq!((paths.join(" "), problems.len()), ("a/b/y a/x".into(), 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_permission_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let root = project(&["c/a.md"]);
        let file = root.path().join("c/a.md");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
        // A superuser reads everything.
        if fs::read(&file).is_err() {
            let expected = "Unreadable { path: c/a.md, reason: permission denied }";
            assert_eq!(read(&root, "c"), (vec![], vec![expected.to_owned()]));
        }
    }

    #[test]
    fn a_site_is_replaced_whole_and_leftovers_go() {
        let root = project(&[".public.redbinder-building/half", ".public.redbinder-lock"]);
        let published = publish_to(&root, "public", &["index: 1", "a/b/c: 22", "a-b"]).unwrap();
        assert_eq!(published, Published { files: 3, bytes: 3 });
        let first = [
            "public/.redbinder",
            "public/a-b: ",
            "public/a/b/c: 22",
            "public/index: 1",
        ];
        assert_eq!(tree(root.path()), first);
        publish_to(&root, "public", &["index: new"]).unwrap();
        assert_eq!(
            tree(root.path()),
            ["public/.redbinder", "public/index: new"]
        );
    }

    #[test]
    fn a_build_killed_while_it_swapped_loses_nothing() {
        let root = project(&[
            ".public.redbinder-old/.redbinder",
            ".public.redbinder-old/a: old",
        ]);
        publish_to(&root, "public", &["a: bad", &"x".repeat(300)]).unwrap_err();
        assert_eq!(tree(root.path()), ["public/.redbinder", "public/a: old"]);
    }

    #[test]
    fn a_failed_build_leaves_the_site() {
        let root = project(&[
            "public/.redbinder",
            "public/a: good",
            ".public.redbinder-old/b",
        ]);
        let error = publish_to(&root, "public", &["a: bad", "a/x"]).unwrap_err();
        assert_eq!(
            error,
            "cannot write public/a/x: `a` would be a file and a folder at once"
        );
        // A name no disk takes fails only when it is written.
        let error = publish_to(&root, "public", &["a: bad", &"x".repeat(300)]).unwrap_err();
        assert!(error.ends_with("name too long"), "{error}");
        assert_eq!(tree(root.path()), ["public/.redbinder", "public/a: good"]);
    }

    #[test]
    fn two_renames_do_what_an_exchange_does() {
        let root = project(&["new/a: new", "site/a: old"]);
        let [new, site, old, other] =
            ["new", "site", "old", "x"].map(|name| root.path().join(name));
        rename_both(&new, &site, &old).unwrap();
        assert_eq!(tree(root.path()), ["old/a: old", "site/a: new"]);
        rename_both(&new, &site, &other).unwrap_err();
        assert_eq!(tree(root.path()), ["old/a: old", "site/a: new"]);
    }

    #[test]
    fn a_second_build_is_told_to_wait() {
        let root = project(&[]);
        let lock = Lock::take(root.path().join(".public.redbinder-lock")).unwrap();
        let error = publish_to(&root, "public", &["a"]).unwrap_err();
        assert!(
            error.starts_with("cannot write public: another build is writing it"),
            "{error}"
        );
        drop(lock);
        publish_to(&root, "public", &["a"]).unwrap();
    }

    #[test]
    fn folders_that_are_not_ours_are_refused() {
        let sources = [
            "site.toml",
            "content/base/plan.md",
            "copy/content/base/plan.md",
            "photos/a",
        ];
        let ours = [
            "copy/.redbinder",
            "site/.redbinder",
            "site/content/index.html",
        ];
        let root = project(&[&sources[..], &ours].concat());
        fs::create_dir(root.path().join("empty")).unwrap();
        let before = tree(root.path());
        let above = root.path().parent().unwrap().display().to_string();
        for (folder, reason) in [
            ("", "the project itself"),
            ("photos/..", "the project itself"),
            (&above, "the project itself"),
            ("/", "the project itself"),
            ("x/../../out", "outside the project"),
            ("content/out", "among the sources"),
            ("copy", "has sources in it"),
            ("photos", "has files redbinder did not write"),
            ("photos/a", "not a directory"),
        ] {
            let error = publish_to(&root, folder, &["a"]).unwrap_err();
            assert!(error.contains(reason), "{folder}: {error}");
        }
        for path in [
            "../a",
            "a/../../b",
            "/a",
            "a//b",
            "",
            "a/",
            "./a",
            ".redbinder",
        ] {
            publish_to(&root, "empty", &[path]).unwrap_err();
        }
        assert_eq!(tree(root.path()), before);
        let outside = tempdir().unwrap().path().join("out").display().to_string();
        for folder in ["empty", "site", "new/deep/", &outside] {
            publish_to(&root, folder, &["a"]).unwrap();
        }
        fs::remove_dir_all(Path::new(&outside).parent().unwrap()).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_output_folder_stays_a_link() {
        let root = project(&["disk/.redbinder", "disk/old"]);
        let link = root.path().join("public");
        std::os::unix::fs::symlink("disk", &link).unwrap();
        publish_to(&root, "public", &["a"]).unwrap();
        assert!(link.is_symlink());
        assert_eq!(tree(&link), [".redbinder", "a: "]);
        fs::remove_dir_all(root.path().join("disk")).unwrap();
        assert!(
            publish_to(&root, "public", &["a"])
                .unwrap_err()
                .ends_with("leads nowhere")
        );
    }

    #[test]
    fn a_new_file_replaces_nothing() {
        let root = project(&["a: old"]);
        let error = write_new(&root.path().join("a"), b"new").unwrap_err();
        assert_eq!(
            (error.action, error.reason.as_str()),
            ("write", "it already exists")
        );
        assert_eq!(tree(root.path()), ["a: old"]);
    }
}
