//! What was read of a folder before, for whoever reads it again after a change.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use walkdir::{DirEntry, WalkDir};

use super::{is_hidden, read_open};

/// The files and folders in a folder, by their real places: what nobody touched is not opened again. That spares
/// more than the reading: whoever watches a folder is told of all that is opened in it.
#[derive(Debug, Default)]
pub struct Memory {
    files: HashMap<PathBuf, Arc<Known>>,
    folders: HashMap<PathBuf, Arc<Listing>>,
    /// The folder that was asked for, and those that links in it lead to
    pub(super) starts: Vec<PathBuf>,
    /// The links in it, also those that were not followed
    pub(super) links: Vec<PathBuf>,
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct Known {
    stamp: Stamp,
    bytes: Vec<u8>,
}

/// What is in one folder, without what is hidden, by name.
#[derive(Debug)]
pub(super) struct Listing {
    /// What it may be remembered by
    stamp: Option<Stamp>,
    pub(super) entries: Vec<DirEntry>,
    /// What could not be listed
    pub(super) faults: Vec<walkdir::Error>,
}

impl Listing {
    /// Lists a folder. Links are not followed: that is the caller's, who knows where they may lead.
    pub(super) fn of(folder: &Path) -> Listing {
        // As with files, the stamp is that of before.
        let stamp = Stamp::at(folder).filter(Stamp::is_settled);
        let listed = WalkDir::new(folder).follow_links(false).min_depth(1).max_depth(1).sort_by_file_name();
        let (mut entries, mut faults) = (Vec::new(), Vec::new());
        for entry in listed {
            match entry {
                Ok(entry) if is_hidden(&entry.file_name().to_string_lossy()) => {}
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push(fault),
            }
        }
        Listing { stamp: stamp.filter(|_| faults.is_empty()), entries, faults }
    }
}

impl Memory {
    /// What is in a folder. One that is remembered has a stamp.
    pub(super) fn list(&self, folder: &Path) -> Arc<Listing> {
        let known = self.folders.get(folder).filter(|known| Stamp::at(folder) == known.stamp);
        known.cloned().unwrap_or_else(|| Arc::new(Listing::of(folder)))
    }

    /// All of a file, as [`super::read_whole`], and what to remember of it.
    pub(super) fn read(&self, place: &Path) -> io::Result<(Vec<u8>, Option<Arc<Known>>)> {
        if let Some(known) = self.files.get(place)
            && Stamp::at(place).as_ref() == Some(&known.stamp)
        {
            return Ok((known.bytes.clone(), Some(known.clone())));
        }
        let file = fs::File::open(place)?;
        // The stamp is that of before the reading: what is written meanwhile gets another.
        let stamp = Stamp::of(&file.metadata()?).filter(Stamp::is_settled);
        let bytes = read_open(file)?;
        let known = stamp.map(|stamp| Arc::new(Known { stamp, bytes: bytes.clone() }));
        Ok((bytes, known))
    }

    /// What was read and listed this time.
    pub(super) fn of(
        files: impl IntoIterator<Item = (PathBuf, Arc<Known>)>,
        folders: impl IntoIterator<Item = (PathBuf, Arc<Listing>)>,
    ) -> Memory {
        let folders = folders.into_iter().filter(|(_, listing)| listing.stamp.is_some());
        Memory { files: files.into_iter().collect(), folders: folders.collect(), ..Memory::default() }
    }
}

/// What the system says of a file or folder without opening it. Nobody can write to it, or put another in its place,
/// and leave that as it was.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code))]
struct Stamp {
    /// The disk, and the number on it
    place: (u64, u64),
    /// In bytes
    size: u64,
    /// When what is in it or anything the system says of it last changed: since 1970, which programs cannot set
    changed: Duration,
}

/// Two changes within the grain of the clock, which on some disks is two seconds, look like one: what changed so
/// lately is read again.
const SETTLED: Duration = Duration::from_secs(3);

impl Stamp {
    fn at(place: &Path) -> Option<Stamp> {
        Stamp::of(&fs::metadata(place).ok()?)
    }

    #[cfg(unix)]
    fn of(file: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let seconds = u64::try_from(file.ctime()).ok()?;
        let changed = Duration::new(seconds, u32::try_from(file.ctime_nsec()).ok()?);
        Some(Stamp { place: (file.dev(), file.ino()), size: file.size(), changed })
    }

    /// Elsewhere the time of a change is one that programs can set: nothing is remembered.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Stamp> {
        None
    }

    /// Whether a change from now on gets another stamp.
    fn is_settled(&self) -> bool {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        now.checked_sub(self.changed).is_some_and(|age| age > SETTLED)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::{File, read_folder, read_folder_again, write_new};
    use super::*;
    use std::thread::sleep;

    fn read_again(root: &Path, memory: &mut Memory) -> Vec<File> {
        let files = read_folder_again(root, "c", memory).unwrap();
        assert_eq!(files, read_folder(root, "c").unwrap());
        files.files
    }

    #[test]
    fn what_nobody_touched_is_not_opened_again() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let place = |name: &str| root.canonicalize().unwrap().join("c").join(name);
        for name in ["kept", "written", "replaced", "removed", "more/kept"] {
            write_new(&root.join("c").join(name), b"one").unwrap();
        }
        let mut memory = Memory::default();
        assert_eq!(read_again(root, &mut memory).len(), 5);
        assert!(
            memory.files.is_empty() && memory.folders.is_empty(),
            "what was written just now may be written again in the same moment"
        );

        sleep(SETTLED + Duration::from_millis(100));
        read_again(root, &mut memory);
        let kept = |memory: &Memory, name| memory.files.get(&place(name)).map(Arc::as_ptr);
        let before = ["kept", "written", "replaced", "removed"].map(|name| kept(&memory, name));
        assert!(before.iter().all(Option::is_some));
        assert_eq!(memory.folders.len(), 2);

        // As long as before, and with the time of before where a program can set that.
        let modified = fs::metadata(place("replaced")).unwrap().modified().unwrap();
        fs::write(place("written"), "two").unwrap();
        fs::write(root.join("new"), "two").unwrap();
        let new = fs::File::options().write(true).open(root.join("new")).unwrap();
        new.set_modified(modified).unwrap();
        fs::rename(root.join("new"), place("replaced")).unwrap();
        fs::remove_file(place("removed")).unwrap();
        fs::write(place("more/new"), "two").unwrap();
        let files = read_again(root, &mut memory);
        let files: Vec<_> = files.iter().map(|file| (&*file.path, &*file.bytes)).collect();
        let more = [("c/more/kept", &b"one"[..]), ("c/more/new", b"two")];
        assert_eq!(files[0], ("c/kept", &b"one"[..]));
        assert_eq!(files[1..3], more);
        assert_eq!(files[3..], [("c/replaced", &b"two"[..]), ("c/written", b"two")]);
        assert_eq!(kept(&memory, "kept"), before[0]);
        assert_eq!((memory.files.len(), memory.folders.len()), (2, 0));
    }
}
