//! The project's folder as it was at a revision, through the `git` command.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::{Error, File, Files, is_hidden};

/// The files below `folder` as they were at `revision`: what git calls a commit, such as `main`,
/// `v1.2` or `HEAD~3`. Hidden files are skipped, and so are symbolic links: where one led then
/// cannot be said.
///
/// # Errors
/// When there is no git, no repository, or no such revision or folder in it.
pub fn read_folder_at(root: &Path, revision: &str, folder: &str) -> Result<Files, Error> {
    let fail = |reason: String| Error { action: "read", path: format!("{revision}:{folder}"), reason };
    let commit = commit(root, revision)?;
    let listed = git(root, &["ls-tree", "-r", "-z", &commit, "--", &format!("{folder}/")], &[]);
    let listed = listed.map_err(|error| fail(error.to_string()))?;
    let mut found: Vec<(String, String)> = Vec::new();
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry);
        let Some((facts, path)) = entry.split_once('\t') else { continue };
        let mut facts = facts.split(' ');
        let (mode, kind, id) = (facts.next(), facts.next(), facts.next());
        let is_file = kind == Some("blob") && mode != Some("120000");
        if let Some(id) = id.filter(|_| is_file && !path.split('/').any(is_hidden)) {
            found.push((path.to_string(), id.to_string()));
        }
    }
    if found.is_empty() {
        return Err(fail("no such folder at that revision".into()));
    }
    found.sort();
    let ids: Vec<&str> = found.iter().map(|(_, id)| id.as_str()).collect();
    let bytes = blobs(root, &ids).map_err(|error| fail(error.to_string()))?;
    let files = found.iter().zip(bytes).map(|((path, _), bytes)| File { path: path.clone(), bytes });
    Ok(Files { files: files.collect(), problems: Vec::new() })
}

/// One file as it was at `revision`, `path` from `root`. None if there was none.
///
/// # Errors
/// When there is no git, no repository, or no such revision in it.
pub fn read_file_at(root: &Path, revision: &str, path: &str) -> Result<Option<Vec<u8>>, Error> {
    let commit = commit(root, revision)?;
    Ok(git(root, &["cat-file", "blob", &format!("{commit}:./{path}")], &[]).ok())
}

/// The full name of the commit that `revision` names.
///
/// # Errors
/// When there is no git, no repository, or no such revision in it.
pub fn commit(root: &Path, revision: &str) -> Result<String, Error> {
    let fail = |reason: String| Error { action: "read", path: revision.into(), reason };
    // A word that begins like an option is no revision, and must not become one.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(fail("that is no revision".into()));
    }
    let name = format!("{revision}^{{commit}}");
    match git(root, &["rev-parse", "--verify", "--quiet", &name], &[]) {
        Ok(found) => Ok(String::from_utf8_lossy(&found).trim().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(fail(error.to_string())),
        Err(_) if git(root, &["rev-parse", "--git-dir"], &[]).is_err() => {
            Err(fail("this folder is in no git repository".into()))
        }
        Err(_) => Err(fail("git knows no such revision here".into())),
    }
}

/// The full name of the commit where two revisions parted.
///
/// # Errors
/// When there is no git, no repository, no such revision in it, or nothing in common.
pub fn merge_base(root: &Path, one: &str, other: &str) -> Result<String, Error> {
    let (first, second) = (commit(root, one)?, commit(root, other)?);
    let fail = |_| {
        let (action, path) = ("read", format!("{one}...{other}"));
        Error { action, path, reason: "the two revisions have nothing in common here".into() }
    };
    let found = git(root, &["merge-base", &first, &second], &[]).map_err(fail)?;
    Ok(String::from_utf8_lossy(&found).trim().to_string())
}

/// The revisions that changed `path`, a file or a folder from `root`, the latest first.
/// Empty where there is no repository.
pub fn revisions_of(root: &Path, path: &str) -> Vec<String> {
    let found = git(root, &["log", "--format=%H", "--full-history", "--", path], &[]);
    let found = found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    found.lines().map(str::to_string).collect()
}

/// The bytes of some objects, in their order.
fn blobs(root: &Path, ids: &[&str]) -> io::Result<Vec<Vec<u8>>> {
    let distinct: BTreeMap<&str, ()> = ids.iter().map(|id| (*id, ())).collect();
    let asked: String = distinct.keys().map(|id| format!("{id}\n")).collect();
    let answer = git(root, &["cat-file", "--batch"], asked.as_bytes())?;
    let garbled = || io::Error::other("git's answer cannot be read");
    let mut found: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let mut rest = &answer[..];
    for id in distinct.keys() {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(garbled)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(garbled)?;
        let start = end + 1;
        found.insert(id, rest.get(start..start + size).ok_or_else(garbled)?);
        rest = rest.get(start + size + 1..).ok_or_else(garbled)?;
    }
    ids.iter().map(|id| found.get(id).map(|bytes| bytes.to_vec()).ok_or_else(garbled)).collect()
}

/// Runs git in a folder, with something on its standard input; returns its standard output.
fn git(root: &Path, args: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["--no-optional-locks", "-c", "core.quotepath=off", "--literal-pathspecs"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => io::Error::new(error.kind(), "the program `git` is not installed"),
            _ => error,
        })?;
    // Both ends at once: git answers while it is asked.
    let mut stdin = child.stdin.take();
    let mut output = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(input)));
        child.stdout.take().map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut output))
    })?;
    if child.wait()?.success() { Ok(output) } else { Err(io::Error::other("git could not answer")) }
}
