//! Where what is read of a project really lies: where whoever waits for a change of it looks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Memory, inside};

/// The real places that a project is read from. All of them are inside it, whatever its links lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Folders that are read with all in them
    pub folders: BTreeSet<PathBuf>,
    /// Files, links, and the folders on the way to them, also where nothing is yet
    pub parts: BTreeSet<PathBuf>,
}

impl Places {
    /// Adds those of a file or folder, `path` from `root`, and of what is `known` of the links in it.
    pub fn add(&mut self, root: &Path, path: &str, known: Option<&Memory>) {
        let place = inside(root, path).ok().map(|(_, place)| place);
        self.folders.extend(place.filter(|place| place.is_dir()));
        let root = real(root);
        self.parts.extend(way(&root, Path::new(path)));
        if let Some(known) = known {
            self.folders.extend(known.starts.iter().cloned());
            let links = known.links.iter().filter_map(|link| link.strip_prefix(&root).ok());
            self.parts.extend(links.flat_map(|link| way(&root, link)));
        }
    }
}

/// How many links are followed on the way to one place: as many as by the system.
const LINKS: usize = 40;

/// The places that the system looks at on its way to `path` from `root`, which is real: each part of it, and of
/// what the links on it lead to. Those outside of `root` are left out.
fn way(root: &Path, path: &Path) -> BTreeSet<PathBuf> {
    let parts = |path: &Path| -> Vec<PathBuf> {
        path.components().rev().map(|part| PathBuf::from(part.as_os_str())).collect()
    };
    let (mut place, mut rest) = (root.to_owned(), parts(path));
    let (mut found, mut links) = (BTreeSet::new(), 0);
    while let Some(part) = rest.pop() {
        if part.as_os_str() == ".." {
            place.pop();
            continue;
        }
        // The first part of an absolute path takes the place of all before it.
        place.push(&part);
        if place.starts_with(root) && place != root {
            found.insert(place.clone());
        }
        if links < LINKS
            && let Ok(target) = fs::read_link(&place)
        {
            links += 1;
            place.pop();
            rest.extend(parts(&target));
        }
    }
    found
}

/// The real path, also of what does not exist yet.
pub(crate) fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let above = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match above {
        Some((above, real)) => real.join(path.strip_prefix(above).unwrap_or(Path::new(""))),
        None => path,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::{read_folder_again, write_new};
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_way_leads_through_links_and_never_out_of_the_project() {
        let (project, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = project.path().canonicalize().unwrap();
        for path in ["shared/deep/page.md", "v1/base/plan.md"] {
            write_new(&root.join(path), b"").unwrap();
        }
        write_new(&outside.path().join("secret/page.md"), b"").unwrap();
        for (target, link) in [
            ("v1", "content"),
            ("shared/deep", "short"),
            ("../../short/page.md", "v1/base/page.md"),
            ("../../shared", "v1/base/folder"),
            ("../../missing.md", "v1/base/later.md"),
            ("round.md", "v1/base/round.md"),
            (outside.path().to_str().unwrap(), "v1/base/far"),
            ("far/secret/page.md", "v1/base/near.md"),
            (root.join("short/page.md").to_str().unwrap(), "v1/base/whole.md"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        let mut memory = Memory::default();
        read_folder_again(&root, "content", &mut memory).unwrap();
        let mut places = Places::default();
        places.add(&root, "content", Some(&memory));
        let below = |places: &BTreeSet<PathBuf>| -> Vec<String> {
            let below = places.iter().map(|place| place.strip_prefix(&root).expect("a place in the project"));
            below.map(|place| place.to_string_lossy().into_owned()).collect()
        };
        assert_eq!(below(&places.folders), ["shared", "v1"]);
        let parts = below(&places.parts);
        let on_the_way =
            ["content", "missing.md", "shared", "shared/deep", "shared/deep/page.md", "short", "v1"];
        assert_eq!(parts.iter().filter(|part| !part.starts_with("v1/")).collect::<Vec<_>>(), on_the_way);
        assert!(parts.contains(&"v1/base/near.md".into()), "{parts:?}");
    }
}
