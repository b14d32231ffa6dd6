//! A project in a temporary folder, and the program run on it.

// Every test program has this module and uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// No test waits longer than this for the program: it hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What git sets for its hooks.
const GIT_PLACES: [&str; 3] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// The program, untouched by the settings of whoever runs the tests.
pub fn redbinder() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redbinder"));
    for name in
        ["REDBINDER_PROJECT", "REDBINDER_TODAY", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"]
    {
        command.env_remove(name);
    }
    for name in ["GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_PROJECT_DIR"] {
        command.env_remove(name);
    }
    // A test that runs from a hook of git is not about that repository.
    for name in GIT_PLACES {
        command.env_remove(name);
    }
    command.env("COLUMNS", "100").stdin(Stdio::null());
    command
}

/// How the program ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; `None` where a signal ended it, as an overflown stack does.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Each error's rule and place, sorted: `broken-link content/base/page.md:3:5`.
    pub fn errors(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut rule = None;
        for line in self.stderr.lines() {
            if let Some(rest) = line.strip_prefix("error[") {
                rule = rest.split(']').next();
            } else if let Some(place) = line.trim_start().strip_prefix("--> ")
                && let Some(rule) = rule.take()
            {
                found.push(format!("{rule} {place}"));
            }
        }
        found.sort();
        found
    }

    /// That it ended as programs should.
    pub fn assert_orderly(&self) {
        let orderly = matches!(self.status, Some(0..=2)) && !self.stderr.contains("panicked");
        assert!(orderly, "ended with {:?}:\n{}", self.status, self.stderr);
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ran {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let stdout = listen(child.stdout.take());
    let stderr = listen(child.stderr.take());
    let status = wait(&mut child);
    let words = |listener: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&listener.join().expect("a listener ends")).into_owned()
    };
    Ran { status, stdout: words(stdout), stderr: words(stderr) }
}

fn listen(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    let mut pipe = pipe.expect("a pipe");
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the pipe can be read");
        bytes
    })
}

fn wait(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            return status.code();
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("the program can be ended");
            panic!("the program did not end within {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// A folder with a project in it, which goes when the test ends.
pub struct Project {
    root: TempDir,
}

impl Project {
    /// A folder with nothing in it.
    pub fn empty() -> Project {
        Project { root: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The smallest project: one layer with one page.
    pub fn small() -> Project {
        let project = Project::empty();
        project.write("site.toml", "title = \"Guidebook\"\n");
        project.write("content/base/plan.md", "# The plan\n\nWhat to do.\n");
        project
    }

    /// The content and settings of this repository.
    pub fn of_repository() -> Project {
        let project = Project::empty();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        project.write("site.toml", fs::read(here.join("site.toml")).expect("site.toml"));
        for (path, bytes) in tree(&here.join("content")) {
            project.write(&format!("content/{path}"), bytes);
        }
        project
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(path, bytes).expect("a new file");
    }

    /// The files in one of its folders, by path; none where the folder is not there.
    pub fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path(folder))
    }

    /// What builds write beside the site while they work.
    pub fn leftovers(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.path()).expect("the project can be read");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains(".redbinder-")).collect()
    }

    /// The program, in this project.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = redbinder();
        command.arg("-C").arg(self.root.path()).args(args);
        command
    }

    /// Runs the program in this project. It must not crash.
    pub fn run(&self, args: &[&str]) -> Ran {
        let ran = run(&mut self.command(args));
        ran.assert_orderly();
        ran
    }

    /// Says that somebody has looked at every tailoring.
    pub fn accept(&self) {
        let ran = self.run(&["accept", "--all"]);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    }

    /// Runs git in this project, untouched by the settings of whoever runs the tests; returns what
    /// it said. It must succeed.
    pub fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        for name in GIT_PLACES {
            command.env_remove(name);
        }
        command
            .current_dir(self.root.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["-c", "user.name=Tester", "-c", "user.email=tester@example.org"])
            .args(args);
        let ran = run(command.stdin(Stdio::null()));
        assert_eq!(ran.status, Some(0), "git {args:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Commits everything in it, to a repository that is made at the first commit.
    pub fn commit(&self, message: &str) {
        if !self.path(".git").exists() {
            self.git(&["init", "--quiet", "-b", "main"]);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Builds; there must be nothing wrong.
    pub fn build(&self) -> BTreeMap<String, Vec<u8>> {
        let ran = self.run(&["build"]);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        self.tree("public")
    }
}

/// A preview, and how it answers.
pub struct Preview {
    process: Child,
    /// Where it listens: `127.0.0.1:8420`
    pub address: String,
}

impl Preview {
    /// Starts it, at a port that is free.
    pub fn start(project: &Project) -> Preview {
        let mut process = project
            .command(&["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the preview starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let line = lines
            .find_map(|line| line.ok()?.split_once("http://").map(|(_, rest)| rest.to_string()))
            .expect("an address");
        let address = line.split('/').next().unwrap_or_default().to_string();
        // It may go on talking.
        thread::spawn(move || lines.for_each(drop));
        Preview { process, address }
    }

    /// All of an answer.
    pub fn get(&self, path: &str) -> Vec<u8> {
        self.ask(format!("GET /{path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).as_bytes())
    }

    /// The answer to a request as it is sent.
    pub fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.write_all(request).expect("it listens");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        answer
    }

    /// Waits until an answer has some words, or has them no more.
    pub fn wait(&self, path: &str, words: &str, there: bool) {
        let is_so = || String::from_utf8_lossy(&self.get(path)).contains(words) == there;
        let soon = (0..600).any(|_| {
            is_so() || {
                thread::sleep(Duration::from_millis(100));
                false
            }
        });
        assert!(soon, "{path} never {} {words}", if there { "has" } else { "loses" });
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The files in a folder, by path with `/` between parts; none where it is not there.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn collect(folder: &Path, start: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let entry = entry.expect("an entry");
            let name = format!("{start}{}", entry.file_name().to_string_lossy());
            if entry.file_type().expect("a kind").is_dir() {
                collect(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(entry.path()).expect("a file that can be read"));
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(folder, "", &mut found);
    found
}

/// Says which files differ, and not all their bytes.
pub fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = one.keys().chain(other.keys());
    let mut differ: Vec<&String> = names.filter(|name| one.get(*name) != other.get(*name)).collect();
    differ.sort();
    differ.dedup();
    assert!(differ.is_empty(), "{what}: {} files differ: {:?}", differ.len(), &differ[..differ.len().min(8)]);
}
