//! Publishing: one new file, or an output folder whole.
//!
//! A published folder is written beside the old one and swapped in, so that a reader finds the
//! last good site or the new one, and never a part of either.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::{Error, inside, parts, read_folder};

/// A built site: the bytes of each file under its path, relative, with `/` between parts.
pub type Output = BTreeMap<String, Arc<[u8]>>;

/// What [`publish`] wrote, without the marker file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// How many files.
    pub files: usize,
    /// Their bytes together.
    pub bytes: u64,
}

/// Writes a file that must not exist yet, and the folders above it: all of the file or nothing.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_whole(path, bytes, put_new)
        .map_err(|error| Error::new("write", &path.display().to_string(), &error))
}

/// Writes a file and the folders above it, or rewrites it: all of the new text or none of it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_whole(path, bytes, |beside, path| fs::rename(beside, path))
        .map_err(|error| Error::new("write", &path.display().to_string(), &error))
}

/// [`write_new`] for a file of the project, `path` from `root`, that must lie inside the project
/// whatever links lead there.
pub fn write_new_in(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let place = place_inside(root, path).map_err(|error| Error::new("write", path, &error))?;
    write_whole(&place, bytes, put_new).map_err(|error| Error::new("write", path, &error))
}

/// Writes a file of the project, `path` from `root`, or rewrites it: all of the new text or none of
/// it. Permissions stay. A symbolic link stays too, and must lead to a place inside the project.
pub fn write_in(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    let put = |beside: &Path, place: &Path| {
        match fs::metadata(place) {
            Ok(old) => fs::set_permissions(beside, old.permissions())?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        fs::rename(beside, place)
    };
    place_inside(root, path)
        .and_then(|place| write_whole(&place, bytes, put))
        .map_err(|error| Error::new("write", path, &error))
}

/// Removes what somebody who was stopped while they wrote a file of the project left beside it. What
/// cannot be removed, or is another redbinder's that writes it now, stays.
pub fn remove_leftovers(root: &Path, path: &str) {
    let Ok(place) = place_inside(root, path) else { return };
    let lock = beside(&place, "lock");
    if lock.symlink_metadata().is_ok_and(|found| found.is_file())
        && let Ok(_lock) = Lock::take(lock)
    {
        let _ = fs::remove_file(beside(&place, "new"));
    }
}

/// The real place of a file of the project that may not be there yet, nor the folders above it.
fn place_inside(root: &Path, path: &str) -> io::Result<PathBuf> {
    let is_link = |path: &str| root.join(path).is_symlink();
    match inside(root, path) {
        Ok((_, place)) => Ok(place),
        Err(error) if error.kind() == ErrorKind::NotFound && !is_link(path) => {
            let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
            // Of a path without a folder, the folder is the root, which is there.
            if folder == path { Err(error) } else { Ok(place_inside(root, folder)?.join(name)) }
        }
        Err(error) => Err(error),
    }
}

/// Writes a file under a hidden name beside its own and has it `put` there, so that whoever is
/// stopped on the way has left the old file or the new one.
fn write_whole(
    path: &Path,
    bytes: &[u8],
    put: impl FnOnce(&Path, &Path) -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    // Two of them would give the file a name while the other still writes it.
    let _lock = Lock::take(beside(path, "lock"))?;
    let beside = beside(path, "new");
    // Left by somebody who was stopped, or a link that must not be written through.
    if beside.symlink_metadata().is_ok() {
        fs::remove_file(&beside)?;
    }
    let write = || {
        let mut file = fs::File::create_new(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        put(&beside, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// Gives a file its name where nothing else has it.
fn put_new(beside: &Path, path: &Path) -> io::Result<()> {
    let taken = || io::Error::other("it already exists");
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, beside, CWD, path, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::EXIST) => return Err(taken()),
            // Some disks cannot do this in one step.
            Err(_) => {}
        }
    }
    if path.symlink_metadata().is_ok() { Err(taken()) } else { fs::rename(beside, path) }
}

/// Adds to the end of a file, which is made where there is none.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Error::new("write", &path.display().to_string(), &error))
}

/// The file that says a folder may be replaced.
pub(super) const MARKER: &str = ".redbinder";
const MARKER_TEXT: &[u8] = b"This folder is written by redbinder. Each build replaces all of it.\n";

/// Makes `folder` hold exactly `output` and the marker file `.redbinder`. See [`Publication`].
pub fn publish(root: &Path, sources: &[&str], folder: &str, output: &Output) -> Result<Published, Error> {
    let publication = Publication::start(root, sources, folder)?;
    output.par_iter().try_for_each(|(path, bytes)| publication.write(path, bytes))?;
    publication.finish()
}

/// Makes sure that two output folders can both be written: neither holds the other.
///
/// # Errors
/// When one of them cannot be written there, or holds the other.
pub fn check_apart(root: &Path, sources: &[&str], one: &str, other: &str) -> Result<(), Error> {
    let place =
        |folder: &str| place(root, sources, folder).map_err(|error| Error::new("write", folder, &error));
    let (first, second) = (place(one)?, place(other)?);
    if first.starts_with(&second) || second.starts_with(&first) {
        let reason = format!("one of it and {one} is in the other; choose another folder");
        return Err(Error::new("write", other, &io::Error::other(reason)));
    }
    Ok(())
}

/// An output folder in the making. Its files are written beside the old folder, from several threads
/// and in any order, and take its place together in the end. Dropped before that, it leaves the old
/// folder as it was.
#[derive(Debug)]
pub struct Publication {
    /// The output folder, as it was named
    folder: String,
    place: PathBuf,
    staging: PathBuf,
    old: PathBuf,
    written: Mutex<Written>,
    _lock: Lock,
}

/// What is in a folder in the making.
#[derive(Debug, Default)]
struct Written {
    files: HashSet<Box<str>>,
    folders: HashSet<Box<str>>,
    bytes: u64,
}

impl Publication {
    /// Begins to make `folder` anew, which is relative to `root` and below it, or absolute. If it is a
    /// symbolic link, the link stays and its target is replaced; out of the project it must lead to a
    /// folder that redbinder wrote. `sources` are the folders of the project that its author writes.
    ///
    /// # Errors
    /// Refused are a folder that holds the project or sources, a folder with files that redbinder did not
    /// write, and a second build of the same folder at the same time.
    pub fn start(root: &Path, sources: &[&str], folder: &str) -> Result<Publication, Error> {
        let fail = |error: io::Error| Error::new("write", folder, &error);
        let place = place(root, sources, folder).map_err(fail)?;
        let [staging, old, lock] = ["building", "old", "lock"].map(|what| beside(&place, what));
        let lock = Lock::take(lock).map_err(fail)?;
        // A build that was killed between two renames has left the site under its second name.
        if !place.exists() && old.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            fs::rename(&old, &place).map_err(fail)?;
        }
        remove(&old).and_then(|()| remove(&staging)).map_err(fail)?;
        check_replaceable(&place).map_err(fail)?;
        fs::create_dir(&staging).map_err(fail)?;
        let folder = folder.to_string();
        Ok(Publication { folder, place, staging, old, written: Mutex::default(), _lock: lock })
    }

    /// Writes a file, `path` from the output folder, with `/` between parts.
    ///
    /// # Errors
    /// When the path does not lie inside, or is taken, or the system refuses it.
    pub fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut piece = self.begin(path)?;
        // What fails is told in the end.
        let _ = piece.write_all(bytes);
        piece.finish()
    }

    /// Begins to write a file piece by piece; `path` as for [`Publication::write`].
    ///
    /// # Errors
    /// As [`Publication::write`].
    pub fn begin<'p>(&'p self, path: &'p str) -> Result<Begun<'p>, Error> {
        check_path(path).map_err(|error| self.error(path, &error))?;
        self.claim(path)?;
        // `create_new`: where case does not count, two files must not silently become one.
        match fs::File::create_new(self.staging.join(path)) {
            Ok(file) => Ok(Begun { publication: self, path, file, bytes: 0, failure: None }),
            Err(error) => Err(self.error(path, &error)),
        }
    }

    fn error(&self, path: &str, error: &io::Error) -> Error {
        Error::new("write", &format!("{}/{path}", self.folder.trim_end_matches('/')), error)
    }

    /// Whether a file of this path was written.
    pub fn has(&self, path: &str) -> bool {
        self.lock().files.contains(path)
    }

    /// Puts all that was written, and the marker file `.redbinder`, in the place of the old folder.
    ///
    /// # Errors
    /// When the system refuses it; the old folder is there again then.
    pub fn finish(self) -> Result<Published, Error> {
        let fail = |error: io::Error| Error::new("write", &self.folder, &error);
        fs::write(self.staging.join(MARKER), MARKER_TEXT).map_err(fail)?;
        swap(&self.staging, &self.place, &self.old).map_err(fail)?;
        let written = self.lock();
        Ok(Published { files: written.files.len(), bytes: written.bytes })
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a path for a file, and makes the folders above it.
    fn claim(&self, path: &str) -> Result<(), Error> {
        let fail = |path: &str, reason| Err(self.error(path, &io::Error::other(reason)));
        // Told alike, whichever of the two is written first.
        const BOTH: &str = "it would be a file and a folder at once";
        let mut written = self.lock();
        let above: Vec<&str> = path.match_indices('/').map(|(end, _)| &path[..end]).collect();
        if let Some(file) = above.iter().find(|above| written.files.contains(**above)) {
            return fail(file, BOTH);
        }
        if written.folders.contains(path) {
            return fail(path, BOTH);
        }
        if !written.files.insert(path.into()) {
            return fail(path, "two files have this address; rename a page or an edition's folder");
        }
        if let Some(folder) = above.last().filter(|folder| !written.folders.contains(**folder)) {
            fs::create_dir_all(self.staging.join(folder)).map_err(|error| self.error(path, &error))?;
            written.folders.extend(above.iter().map(|folder| Box::from(*folder)));
        }
        Ok(())
    }
}

/// A file of a publication that is being written.
#[derive(Debug)]
pub struct Begun<'p> {
    publication: &'p Publication,
    path: &'p str,
    file: fs::File,
    bytes: u64,
    /// Why it cannot be written
    failure: Option<io::Error>,
}

impl Begun<'_> {
    /// Ends the file.
    ///
    /// # Errors
    /// What the system refused, now or when a piece was written.
    pub fn finish(self) -> Result<(), Error> {
        self.publication.lock().bytes += self.bytes;
        self.failure.map_or(Ok(()), |failure| Err(self.publication.error(self.path, &failure)))
    }
}

impl Write for Begun<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.file.write(bytes) {
            Ok(length) => {
                self.bytes += length as u64;
                Ok(length)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failure.get_or_insert(error);
                Err(kind.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        // What cannot be removed now, the next build removes, or says why not.
        let _ = remove(&self.staging);
        if self.place.exists() {
            let _ = remove(&self.old);
        }
    }
}

fn check_path(path: &str) -> io::Result<()> {
    if path.split('/').any(|part| parts(part) != Some(vec![part])) {
        return Err(io::Error::other("it does not lie in the output folder"));
    }
    if path.split('/').next() == Some(MARKER) {
        return Err(io::Error::other("this name is kept for redbinder's own marker file"));
    }
    Ok(())
}

/// The real place of the output folder. Creates the folders above it.
fn place(root: &Path, sources: &[&str], folder: &str) -> io::Result<PathBuf> {
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
        Some(_) if !Path::new(folder).is_absolute() => {
            let place = place_inside(&root, folder)?;
            fs::create_dir_all(place.parent().unwrap_or(&root))?;
            place
        }
        Some((parent, name)) => {
            fs::create_dir_all(parent)?;
            parent.canonicalize()?.join(name)
        }
        None => return fail("the path does not end in a name"),
    };
    // Whoever wrote the project may not be who runs this: a link in it is no permission.
    let is_meant = Path::new(folder).is_absolute() || place.starts_with(&root);
    if !is_meant && !place.join(MARKER).is_file() {
        return fail(
            "it leads out of the project, to a folder redbinder did not write; to mean that, give an absolute path",
        );
    }
    if root.starts_with(&place) {
        return fail("the project itself is in this folder; choose another output folder");
    }
    for source in sources.iter().map(|source| root.join(source)) {
        let source = source.canonicalize().unwrap_or(source);
        if place.starts_with(&source) {
            return fail("it lies among the sources; choose another output folder");
        }
        if source.starts_with(&place) {
            return fail("it has sources in it; choose another output folder");
        }
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
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    };
    match gone(fs::remove_dir_all(folder)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            allow_removal(folder);
            gone(fs::remove_dir_all(folder)).map_err(|error| {
                let name = folder.file_name().unwrap_or_default().to_string_lossy();
                io::Error::other(format!("`{name}` beside it cannot be removed: {}", error.kind()))
            })
        }
        result => result,
    }
}

/// Lets the owner remove what is in a folder, where somebody made the site in it read-only.
fn allow_removal(folder: &Path) {
    // A link is removed by itself; what it leads to is somebody else's.
    if !folder.symlink_metadata().is_ok_and(|it| it.is_dir()) {
        return;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What cannot be changed is told by what cannot be removed.
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            allow_removal(&entry.path());
        }
    }
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
pub(super) fn rename_both(staging: &Path, place: &Path, old: &Path) -> io::Result<()> {
    fs::rename(place, old)?;
    fs::rename(staging, place).inspect_err(|_| drop(fs::rename(old, place)))
}

/// Held while one build writes; the file goes when it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: fs::File,
}

impl Lock {
    pub(super) fn take(path: PathBuf) -> io::Result<Lock> {
        let busy = || io::Error::other("another redbinder is writing it; wait for that one to end");
        // A link or a pipe of this name leads somebody else's way.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(io::Error::other(format!(
                "`{name}` beside it is not a file of redbinder; remove it"
            )));
        }
        let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
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
