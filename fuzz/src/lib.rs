//! Projects in memory, for the targets.

use redbinder::files::{File, Files};
use redbinder::{load, Compilation};

/// Text that only a person who writes would: pages are text, whatever bytes a fuzzer makes up.
pub fn text(data: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Reads a project of some files, as if they were in a folder: their paths and bytes.
pub fn project(files: &[(&str, &[u8])]) -> Compilation {
    let settings = files.iter().find(|(path, _)| *path == "site.toml").map(|(_, bytes)| *bytes);
    let below = |folder: &str| {
        let start = format!("{folder}/");
        let mut found: Vec<File> = files
            .iter()
            .filter(|(path, _)| path.starts_with(&start))
            .map(|(path, bytes)| File { path: path.to_string(), bytes: bytes.to_vec() })
            .collect();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found.dedup_by(|one, other| one.path == other.path);
        Files { files: found, problems: Vec::new() }
    };
    let project = load::load(settings, |folder| Ok(below(folder))).expect("what is in memory can be read");
    let theme = project.config.theme.as_ref().map(|folder| below(&folder.value)).unwrap_or_default();
    Compilation::of(project, &theme)
}

/// The files of a project in one text: each after a line `=== path`.
pub fn files_of(data: &[u8]) -> Vec<(&str, &[u8])> {
    const MARK: &[u8] = b"=== ";
    let mut files: Vec<(&str, &[u8])> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(MARK) {
            starts.push(at);
        }
        at += line.len();
    }
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(data.len());
        let part = &data[start + MARK.len()..end];
        let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        if let Ok(path) = std::str::from_utf8(&part[..line]) {
            files.push((path.trim(), part.get(line + 1..).unwrap_or_default()));
        }
    }
    files
}

/// Checks a project, renders it and looks for leaks, as a build does.
pub fn build(compilation: &Compilation) {
    let diagnostics = compilation.check();
    for diagnostic in &diagnostics {
        redbinder::diagnostic::terminal::render(diagnostic, &compilation.project.sources, true);
    }
    if redbinder::count(&diagnostics, redbinder::diagnostic::Level::Error) == 0 {
        if let Ok(site) = compilation.render() {
            assert!(compilation.leaks(&site).is_empty(), "what is checked does not leak");
        }
    }
}
