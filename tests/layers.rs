//! The picture of the modules in CONTRIBUTING.md, held against the imports.
//!
//! A module may use what its row of the table allows and nothing else, so that a reader
//! can trust the picture.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and what it may use, lowest first.
const TABLE: &[(&str, &[&str])] = &[
    ("web", &[]),
    ("limits", &[]),
    ("source", &[]),
    ("files", &["limits", "source"]),
    ("diagnostic", &["source"]),
    ("config", &["limits", "source", "diagnostic"]),
    ("syntax", &["limits", "source"]),
    ("theme", &["limits", "files", "source"]),
    ("load", &["limits", "files", "source", "config", "syntax", "theme"]),
    ("tailor", &["limits", "source", "config", "syntax", "load"]),
    ("plan", &["source", "syntax", "tailor"]),
    ("check", &["limits", "source", "diagnostic", "config", "syntax", "load", "tailor", "plan"]),
    ("change", &["source", "diagnostic", "config", "syntax", "load", "tailor", "plan"]),
    ("print", &["config", "syntax", "plan", "source"]),
    ("render", &["files", "config", "syntax", "theme", "plan"]),
    ("guard", &["files", "source", "diagnostic", "config", "syntax", "load", "tailor", "plan"]),
    (
        "serve",
        &[
            "files",
            "source",
            "diagnostic",
            "config",
            "syntax",
            "theme",
            "load",
            "tailor",
            "plan",
            "check",
            "render",
        ],
    ),
    (
        "cli",
        &[
            "web",
            "files",
            "source",
            "diagnostic",
            "config",
            "syntax",
            "load",
            "tailor",
            "plan",
            "check",
            "change",
            "print",
            "theme",
            "render",
            "guard",
            "serve",
        ],
    ),
];

/// An import: the file, the line, and the module it names.
#[derive(Debug, PartialEq)]
struct Import {
    place: String,
    module: String,
}

/// The modules of this crate that a text names by `crate::…`, also in grouped imports.
fn imports(path: &str, text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crate::") {
            // `$crate` and a longer name are something else.
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &code[at + "crate::".len()..];
            let names: Vec<&str> = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default().split(',').collect(),
                None => vec![rest],
            };
            for name in names {
                let end = name.trim().find(|c: char| !(c.is_alphanumeric() || c == '_'));
                let name = name.trim();
                let module = &name[..end.unwrap_or(name.len())];
                found.push(Import { place: format!("{path}:{}", index + 1), module: module.to_string() });
            }
        }
    }
    found
}

/// What is wrong with an import, in words that say how to mend it.
fn complaint(table: &[(&str, &[&str])], own: &str, import: &Import) -> Option<String> {
    let known = table.iter().any(|(name, _)| *name == import.module);
    let allowed = table.iter().find(|(name, _)| *name == own).map(|(_, allowed)| *allowed)?;
    let fine = !known || import.module == own || allowed.contains(&import.module.as_str());
    (!fine).then(|| {
        let list = if allowed.is_empty() { "nothing".to_string() } else { allowed.join(", ") };
        format!("{}: `{own}` must not use `{}`; it may use {list}", import.place, import.module)
    })
}

/// The rows that come before something they use: a table in order has no cycle.
fn cycles(table: &[(&str, &[&str])]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (index, (name, allowed)) in table.iter().enumerate() {
        for used in *allowed {
            match table.iter().position(|(other, _)| other == used) {
                None => complaints.push(format!("`{name}` may use `{used}`, which is no module")),
                Some(at) if at >= index => complaints.push(format!(
                    "`{name}` may use `{used}`, which stands at or above it: a cycle, or a table out of order"
                )),
                Some(_) => {}
            }
        }
    }
    complaints
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("src can be read").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_use_what_their_row_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut complaints = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for path in files {
        let inside = path.strip_prefix(&src).expect("below src");
        let name = inside.to_string_lossy().replace('\\', "/");
        let own = name.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_string();
        if own == "lib" || own == "main" {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file is text");
        *seen.entry(own.clone()).or_default() += 1;
        if !TABLE.iter().any(|(module, _)| **module == own) {
            complaints.push(format!("src/{name}:1: `{own}` is not in the table of modules"));
        }
        let told = imports(&format!("src/{name}"), &text)
            .into_iter()
            .filter_map(|import| complaint(TABLE, &own, &import));
        complaints.extend(told);
    }
    for (module, _) in TABLE {
        assert!(seen.contains_key(*module), "the table has `{module}`, and src has not");
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_table_has_no_cycle() {
    assert_eq!(cycles(TABLE), Vec::<String>::new());
    let circular: &[(&str, &[&str])] = &[("a", &["b"]), ("b", &["a"])];
    assert_eq!(cycles(circular).len(), 1);
    assert_eq!(cycles(&[("a", &["nothing"])]).len(), 1);
}

#[test]
fn a_forbidden_import_is_told_with_its_line() {
    let text = "use std::fmt;\nuse crate::{source::Span, render::html};\nfn f() { crate::plan::read(); }\n";
    let complaints: Vec<String> = imports("src/syntax/x.rs", text)
        .iter()
        .filter_map(|import| complaint(TABLE, "syntax", import))
        .collect();
    assert_eq!(
        complaints,
        [
            "src/syntax/x.rs:2: `syntax` must not use `render`; it may use limits, source",
            "src/syntax/x.rs:3: `syntax` must not use `plan`; it may use limits, source",
        ]
    );
}
