//! Every rule against small plans: `tests/check/<rule>/fail-…` breaks it, `pass-…` is the
//! nearest plan that keeps it. Each case is a project one can run the program on.
//!
//! A case with a file `today` is seen from that day.
//!
//! What a failing case says is in its `expected.txt`; `TRYCMD=overwrite` rewrites it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use redbinder::Compilation;
use redbinder::check::RULES;
use redbinder::diagnostic::{Diagnostic, Level, terminal};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// The rules' folders, each with its cases.
fn cases() -> BTreeMap<String, Vec<PathBuf>> {
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).expect("the folder can be read");
        let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        found.retain(|path| path.is_dir());
        found.sort();
        found
    };
    folders(&folder())
        .into_iter()
        .map(|rule| (rule.file_name().expect("a name").to_string_lossy().into_owned(), folders(&rule)))
        .collect()
}

fn is_named(case: &Path, start: &str) -> bool {
    case.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
}

#[test]
fn every_rule_has_a_case_that_fails_and_one_that_passes() {
    let cases = cases();
    // Names that differ only in case or that Windows does not take cannot stand in a repository that is used
    // everywhere, a baseline is given with the command, what answers on the network is in `tests/external.rs`, and
    // what is known only in print in `tests/print.rs`.
    let elsewhere =
        ["name-clash", "unportable-name", "external-link", "mended-baseline", "inaccessible-print"];
    for rule in RULES.iter().filter(|rule| !elsewhere.contains(&rule.name)) {
        let found = cases.get(rule.name).map(Vec::as_slice).unwrap_or_default();
        for start in ["fail", "pass"] {
            assert!(
                found.iter().any(|case| is_named(case, start)),
                "write a plan in tests/check/{}/{start}-…/",
                rule.name
            );
        }
    }
    for name in cases.keys() {
        assert!(redbinder::check::rule(name).is_some(), "tests/check/{name} is no rule");
    }
}

/// Reads a case, seen from the day in its file `today` where it has one.
fn read(case: &Path) -> Compilation {
    let mut compilation = Compilation::read(case).expect("the case can be read");
    if let Ok(day) = fs::read_to_string(case.join("today")) {
        compilation.project.config.today = Some(day.trim().parse().expect("a day"));
    }
    compilation
}

fn told(compilation: &Compilation, diagnostics: &[Diagnostic]) -> String {
    let sources = &compilation.project.sources;
    let texts: Vec<String> =
        diagnostics.iter().map(|diagnostic| terminal::render(diagnostic, sources, false)).collect();
    texts.join("\n")
}

#[test]
fn a_passing_case_is_silent() {
    let mut complaints = Vec::new();
    for case in cases().into_values().flatten().filter(|case| is_named(case, "pass")) {
        let compilation = read(&case);
        let diagnostics = compilation.check();
        if !diagnostics.is_empty() {
            complaints.push(format!("{} says\n{}", case.display(), told(&compilation, &diagnostics)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_failing_case_says_what_is_expected_and_nothing_else() {
    let mut complaints = Vec::new();
    for (rule, cases) in cases() {
        for case in cases.iter().filter(|case| is_named(case, "fail")) {
            let compilation = read(case);
            let diagnostics = compilation.check();
            let (own, others): (Vec<_>, Vec<_>) =
                diagnostics.iter().cloned().partition(|diagnostic| diagnostic.rule == rule);
            if !others.is_empty() {
                complaints.push(format!("{} also says\n{}", case.display(), told(&compilation, &others)));
            }
            if own.is_empty() {
                complaints.push(format!("{} says nothing", case.display()));
                continue;
            }
            snapbox::Assert::new().action_env("TRYCMD").eq(
                told(&compilation, &diagnostics),
                snapbox::Data::read_from(&case.join("expected.txt"), None).raw(),
            );
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_has_no_error_is_published() {
    let refused = |case: &PathBuf| {
        let compilation = read(case);
        if redbinder::count(&compilation.check(), Level::Error) > 0 {
            return None;
        }
        let site = compilation.render().expect("the theme can be used");
        let leaks = compilation.leaks(&site);
        (!leaks.is_empty())
            .then(|| format!("{} is not published\n{}", case.display(), told(&compilation, &leaks)))
    };
    let cases: Vec<PathBuf> = cases().into_values().flatten().collect();
    let complaints: Vec<String> = cases.par_iter().filter_map(refused).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
