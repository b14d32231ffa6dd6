//! The project's folder as it was at a revision, through the `git` command.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::{Error, File, Files, Problem, is_hidden, too_large, too_much, unreadable};
use crate::limits;
use crate::source::is_unseen;

/// The files below `folder` as they were at `revision`: what git calls a commit, such as `main`,
/// `v1.2` or `HEAD~3`. Hidden files are skipped, and so are symbolic links: where one led then
/// cannot be said.
///
/// # Errors
/// When there is no git, no repository, or no such revision or folder in it.
pub fn read_folder_at(root: &Path, revision: &str, folder: &str) -> Result<Files, Error> {
    let commit = commit(root, revision)?;
    read_some_at(root, &commit, folder, |_| true)
}

/// Of the files that [`read_folder_at`] reads, those whose path `is_wanted`. `commit` is the full
/// name of one.
///
/// # Errors
/// When there is no git, no repository, or no such commit, or no wanted file in it.
pub fn read_some_at(
    root: &Path,
    commit: &str,
    folder: &str,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Files, Error> {
    let fail = |reason: String| Error { action: "read", path: format!("{commit}:{folder}"), reason };
    let folder = format!("{folder}/");
    let listed = git(root, &["--literal-pathspecs", "ls-tree", "-r", "-l", "-z", commit, "--", &folder], &[]);
    let listed = listed.map_err(|error| fail(error.to_string()))?;
    let mut found: Vec<(String, String)> = Vec::new();
    let mut problems = Vec::new();
    let mut all = 0;
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let Ok(entry) = std::str::from_utf8(entry) else {
            let path = String::from_utf8_lossy(entry);
            let path = path.split_once('\t').map_or(&*path, |(_, path)| path).replace(is_unseen, "\u{FFFD}");
            problems.push(Problem::BadName { path });
            continue;
        };
        let Some((facts, path)) = entry.split_once('\t') else { continue };
        let mut facts = facts.split_whitespace();
        let (mode, kind, id) = (facts.next(), facts.next(), facts.next());
        let size = facts.next().and_then(|size| size.parse().ok()).unwrap_or(0_usize);
        let is_file = kind == Some("blob") && mode != Some("120000");
        let is_read = is_file && !path.split('/').any(is_hidden) && is_wanted(path);
        if let Some(id) = id.filter(|_| is_read) {
            if size > limits::FILE.most {
                problems.push(unreadable(path.to_string(), &too_large()));
                continue;
            }
            all += size;
            found.push((path.to_string(), id.to_string()));
        }
    }
    if found.is_empty() && problems.is_empty() {
        return Err(fail("no such folder at that revision".into()));
    }
    if all > limits::FOLDER.most {
        return Err(too_much(&format!("{commit}:{folder}")));
    }
    found.sort();
    let ids: Vec<&str> = found.iter().map(|(_, id)| id.as_str()).collect();
    let bytes = blobs(root, &ids).map_err(|error| fail(error.to_string()))?;
    let files = found.iter().zip(bytes).map(|((path, _), bytes)| File { path: path.clone(), bytes });
    Ok(Files { files: files.collect(), problems })
}

/// One file as it was at `revision`, `path` from `root`. None if there was none.
///
/// # Errors
/// When there is no git, no repository, or no such revision in it.
pub fn read_file_at(root: &Path, revision: &str, path: &str) -> Result<Option<Vec<u8>>, Error> {
    let name = format!("{}:./{path}", commit(root, revision)?);
    match git_up_to(limits::TEXT.most, root, &["cat-file", "blob", &name], &[]) {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            let (path, reason) =
                (format!("{revision}:{path}"), format!("it is larger than {}", limits::TEXT));
            Err(Error { action: "read", path, reason })
        }
        found => Ok(found.ok()),
    }
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
        // What is to be left out, `^main`, is a revision for git too.
        Ok(found) if found.first().is_some_and(u8::is_ascii_hexdigit) => {
            Ok(String::from_utf8_lossy(&found).trim().to_string())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(fail(error.to_string())),
        _ => match git(root, &["rev-parse", "--git-dir"], &[]) {
            Ok(_) => Err(fail("git knows no such revision here".into())),
            Err(error) if error.to_string().contains("dubious ownership") => Err(fail(
                "git does not read a repository that belongs to somebody else; `git config --global --add \
                 safe.directory` with its folder says that it may"
                    .into(),
            )),
            // Where there is a `.git`, git's words may say what is wrong with it.
            Err(error) if is_no_repository(&error) && !root.join(".git").exists() => {
                Err(fail("this folder is in no git repository".into()))
            }
            Err(error) => Err(Error::new("read", revision, &error)),
        },
    }
}

/// Whether git answered that it found no repository, or what only looks like one.
fn is_no_repository(error: &io::Error) -> bool {
    let said = error.to_string();
    said.contains("not a git repository") || said.contains("cannot use bare repository")
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its full name
    pub commit: String,
    /// As much of its name as git needs to know it
    pub short: String,
    /// The day it was made, such as `2026-05-02`
    pub day: String,
}

/// The revisions that changed a file with this path in whatever folder below `root`, the latest
/// first, `limit` at most. So a folder may have been moved, and the file with it.
///
/// # Errors
/// When there is no git, no repository, or no commit in it.
pub fn revisions_of(root: &Path, path: &str, limit: usize) -> Result<Vec<Revision>, Error> {
    let head = commit(root, "HEAD")?;
    let pattern = format!(":(glob)**/{}", without_wildcards(path));
    let limit = format!("--max-count={limit}");
    let format = "--format=%H %h %cs";
    // What somebody has set for reading the log themselves must not change the answer.
    let plain = ["-c", "log.showSignature=false", "-c", "log.follow=false"];
    let log = ["log", "--full-history", &limit, format, &head, "--", &pattern];
    let found = git(root, &[&plain[..], &log[..]].concat(), &[]);
    let found =
        found.map_err(|error| Error { action: "read", path: path.into(), reason: error.to_string() })?;
    let revision = |line: &str| {
        let mut words = line.split(' ').map(str::to_string);
        Some(Revision { commit: words.next()?, short: words.next()?, day: words.next()? })
    };
    Ok(String::from_utf8_lossy(&found).lines().filter_map(revision).collect())
}

/// A path as a pattern that matches nothing else.
fn without_wildcards(path: &str) -> String {
    let mut pattern = String::new();
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Whether the repository has only the latest part of its history.
pub fn is_shallow(root: &Path) -> bool {
    git(root, &["rev-parse", "--is-shallow-repository"], &[]).is_ok_and(|answer| answer.starts_with(b"true"))
}

/// The commit from which `commit` and what is checked out went different ways: what a branch
/// changed counts from there. `commit` itself where nothing of that is known, as in a shallow clone.
pub fn fork_of(root: &Path, commit: &str) -> String {
    merge_base(root, commit, "HEAD").unwrap_or_else(|_| commit.to_string())
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
        if head.ends_with(" missing") {
            return Err(io::Error::other(
                "git does not have all of its files here (`git fetch --refetch` brings them)",
            ));
        }
        let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or_else(garbled)?;
        let start = end + 1;
        found.insert(id, rest.get(start..start + size).ok_or_else(garbled)?);
        rest = rest.get(start + size + 1..).ok_or_else(garbled)?;
    }
    ids.iter().map(|id| found.get(id).map(|bytes| bytes.to_vec()).ok_or_else(garbled)).collect()
}

/// So much of what git says is read where it could not answer, in bytes.
const SAID: u64 = 10_000;

/// Reads all, and keeps the start of it: what is not read would hold the writer up.
fn read_start(from: &mut impl Read, kept: &mut Vec<u8>) -> io::Result<u64> {
    from.by_ref().take(SAID).read_to_end(kept)?;
    io::copy(from, &mut io::sink())
}

/// Runs git in a folder, with something on its standard input; returns its standard output.
fn git(root: &Path, args: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
    git_up_to(usize::MAX - 1, root, args, input)
}

/// The same; more than so many bytes are `FileTooLarge`, and are not read.
fn git_up_to(most: usize, root: &Path, args: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(root)
        // What only looks like a repository could bring settings that run programs.
        .args(["--no-optional-locks", "-c", "core.quotepath=off", "-c", "safe.bareRepository=explicit"])
        .args(args)
        // Nothing is fetched, and nobody is asked for a password.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => io::Error::new(error.kind(), "the program `git` is not installed"),
            _ => error,
        })?;
    // Both ends at once: git answers while it is asked.
    let (mut stdin, mut stderr) = (child.stdin.take(), child.stderr.take());
    let mut output = Vec::new();
    let mut said = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || stdin.as_mut().map(|stdin| stdin.write_all(input)));
        scope.spawn(|| stderr.as_mut().map(|stderr| read_start(stderr, &mut said)));
        // What is not read of it holds nobody up: it is closed here.
        child.stdout.take().map_or(Ok(0), |stdout| stdout.take(most as u64 + 1).read_to_end(&mut output))
    })?;
    let is_done = child.wait()?.success();
    if output.len() > most {
        return Err(io::Error::from(io::ErrorKind::FileTooLarge));
    }
    if is_done {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    let reason =
        said.lines().next().map_or("git could not answer".into(), |line| format!("git says: {line}"));
    Err(io::Error::other(reason))
}
