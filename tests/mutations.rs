//! Seeded faults: small mistakes made in the real `content/`, as people make them, each with
//! what must be told and where; and neutral edits, of which nothing may be told.
//!
//! The cases are in `tests/mutations/*.toml`, which a person can read and add to; the keys are
//! explained in `tests/mutations/README.md`. The test prints how many faults were found and how
//! many neutral edits raised a false alarm, and each miss. `MUTATION=name` runs the cases with
//! that in their name.

mod project;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write, stderr};
use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;

use project::Project;
use redbinder::Compilation;
use redbinder::diagnostic::Diagnostic;
use redbinder::source::{Sources, Span};

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[serde(default)]
    fault: Vec<Fault>,
    #[serde(default)]
    neutral: Vec<Neutral>,
}

/// A mistake, and what must be told of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    edit: Vec<Edit>,
    /// The day reviews are judged from
    today: Option<String>,
    /// The level and the rule, as on the terminal: `error[unknown-role]`
    tells: String,
    /// The file it points at; else that of the first edit
    at: Option<String>,
    /// A text on the line it points at; several where more than one line would do
    #[serde(default)]
    line_has: Vec<String>,
    /// Whether two places contradict each other and either may come first
    #[serde(default)]
    either_side: bool,
    /// Rules that may speak too, because the edit truly breaks them as well
    #[serde(default)]
    also: Vec<String>,
}

/// An edit that nobody should hear of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Neutral {
    name: String,
    edit: Vec<Edit>,
    today: Option<String>,
}

/// A change of one file: a text replaced, text at its end, a file made or taken away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    replace: Option<String>,
    /// Which of several occurrences, from 1; without it there must be exactly one
    nth: Option<usize>,
    with: Option<String>,
    append: Option<String>,
    create: Option<String>,
    #[serde(default)]
    delete: bool,
}

impl Edit {
    fn apply(&self, project: &Project) -> Result<(), String> {
        let path = project.path(&self.file);
        if let Some(text) = &self.create {
            let free = !path.exists();
            project.write(&self.file, text);
            return if free { Ok(()) } else { Err(format!("`{}` is there already", self.file)) };
        }
        if self.delete {
            return fs::remove_file(&path).map_err(|error| format!("`{}`: {error}", self.file));
        }
        let text = fs::read_to_string(&path).map_err(|error| format!("`{}`: {error}", self.file))?;
        let changed = match (&self.replace, &self.append) {
            (Some(old), None) => self.replaced(&text, old, self.with.as_deref().unwrap_or_default())?,
            (None, Some(more)) => text + more,
            _ => return Err(format!("the edit of `{}` needs one of its verbs", self.file)),
        };
        project.write(&self.file, changed);
        Ok(())
    }

    fn replaced(&self, text: &str, old: &str, new: &str) -> Result<String, String> {
        let places: Vec<usize> = text.match_indices(old).map(|(at, _)| at).collect();
        let at = match (self.nth, &places[..]) {
            (None, [one]) => *one,
            (Some(nth), places) if (1..=places.len()).contains(&nth) => places[nth - 1],
            (_, places) => {
                return Err(format!("`{}` has `{}` {} times", self.file, old.trim(), places.len()));
            }
        };
        Ok(format!("{}{new}{}", &text[..at], &text[at + old.len()..]))
    }
}

/// One diagnostic, by what it says and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    /// `error[unknown-role]`
    tells: String,
    rule: &'static str,
    message: String,
    /// The line it points at, then the others it shows
    lines: Vec<Line>,
}

/// A line of a file. Its number is left out: lines above it may come and go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    path: String,
    text: String,
}

impl Told {
    fn of(diagnostic: &Diagnostic, sources: &Sources) -> Told {
        let primary = diagnostic.span();
        let others = diagnostic.labels.iter().map(|label| label.span).filter(|span| Some(*span) != primary);
        let mut lines: Vec<Line> =
            primary.into_iter().chain(others).map(|span| line(span, sources)).collect();
        if lines.is_empty() {
            lines.push(Line { path: diagnostic.path.clone().unwrap_or_default(), text: String::new() });
        }
        Told {
            tells: format!("{}[{}]", diagnostic.level.name(), diagnostic.rule),
            rule: diagnostic.rule,
            message: diagnostic.message.clone(),
            lines,
        }
    }

    fn in_short(&self) -> String {
        let Line { path, text } = &self.lines[0];
        format!("{} {path} `{}`: {}", self.tells, text.trim(), self.message)
    }
}

fn line(span: Span, sources: &Sources) -> Line {
    let source = sources.get(span.source);
    let (number, _) = source.line_column(span.start);
    let text = source.text.lines().nth(number - 1).unwrap_or_default().to_string();
    Line { path: source.path.to_string(), text }
}

/// What is told of a project, seen from a day.
fn check(project: &Project, today: &Option<String>) -> Vec<Told> {
    let mut compilation = Compilation::read(&project.path("")).expect("the project can be read");
    compilation.project.config.today =
        today.as_ref().map(|day| day.parse().expect("a day such as 2027-12-01"));
    let sources = &compilation.project.sources;
    compilation.check().iter().map(|diagnostic| Told::of(diagnostic, sources)).collect()
}

/// What is told of the content as it is, by the day it is seen from.
type Before = BTreeMap<Option<String>, Vec<Told>>;

/// What an edit makes the program say that it did not say before.
fn told_of(edits: &[Edit], today: &Option<String>, before: &Before) -> Result<Vec<Told>, String> {
    let project = Project::of_repository();
    edits.iter().try_for_each(|edit| edit.apply(&project))?;
    let mut known: BTreeMap<&Told, usize> = BTreeMap::new();
    for told in &before[today] {
        *known.entry(told).or_default() += 1;
    }
    let mut news = check(&project, today);
    news.retain(|told| match known.get_mut(told) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    Ok(news)
}

impl Fault {
    fn file(&self) -> &str {
        self.at.as_deref().unwrap_or(&self.edit[0].file)
    }

    fn is_told_by(&self, told: &Told) -> bool {
        let shown = if self.either_side { &told.lines[..] } else { &told.lines[..1] };
        let is_place = |line: &Line| {
            let is_line = self.line_has.iter().any(|text| line.text.contains(text));
            line.path == self.file() && (is_line || self.line_has.is_empty())
        };
        told.tells == self.tells && shown.iter().any(is_place)
    }

    /// What is wrong with how it was told: nothing, where it was told well.
    fn run(&self, before: &Before) -> Option<String> {
        let expected = || format!("{} at {} `{}`", self.tells, self.file(), self.line_has.join("` or `"));
        let news = match told_of(&self.edit, &self.today, before) {
            Ok(news) => news,
            Err(reason) => return Some(format!("cannot be made: {reason}")),
        };
        let list = |told: &[&Told]| -> String {
            told.iter().map(|told| format!("\n    told {}", told.in_short())).collect()
        };
        if !news.iter().any(|told| self.is_told_by(told)) {
            return Some(format!("expected {}{}", expected(), list(&news.iter().collect::<Vec<_>>())));
        }
        let uninvited = |told: &&Told| {
            !self.tells.ends_with(&format!("[{}]", told.rule))
                && !self.also.iter().any(|rule| rule == told.rule)
        };
        let others: Vec<&Told> = news.iter().filter(uninvited).collect();
        (!others.is_empty()).then(|| format!("is found, with more beside it{}", list(&others)))
    }
}

impl Neutral {
    /// The false alarms.
    fn run(&self, before: &Before) -> Option<String> {
        match told_of(&self.edit, &self.today, before) {
            Ok(news) if news.is_empty() => None,
            Ok(news) => Some(news.iter().map(|told| format!("\n    told {}", told.in_short())).collect()),
            Err(reason) => Some(format!("cannot be made: {reason}")),
        }
    }
}

fn families() -> Vec<Family> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations");
    let files = project::tree(&folder).into_iter().filter(|(name, _)| name.ends_with(".toml"));
    let read = |(name, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes).expect("the cases are text");
        toml::from_str(&text).unwrap_or_else(|error| panic!("tests/mutations/{name}: {error}"))
    };
    files.map(read).collect()
}

#[test]
fn seeded_faults_are_found_and_neutral_edits_are_not() {
    let wanted = std::env::var("MUTATION").unwrap_or_default();
    let (mut faults, mut neutrals) = (Vec::new(), Vec::new());
    for family in families() {
        faults.extend(family.fault.into_iter().filter(|case| case.name.contains(&wanted)));
        neutrals.extend(family.neutral.into_iter().filter(|case| case.name.contains(&wanted)));
    }
    let mut days: Vec<&Option<String>> = faults.iter().map(|case| &case.today).collect();
    days.extend(neutrals.iter().map(|case| &case.today));
    days.sort();
    days.dedup();
    let content = Project::of_repository();
    let before: Before = days.into_iter().map(|day| (day.clone(), check(&content, day))).collect();
    let missed: Vec<_> =
        faults.par_iter().filter_map(|case| Some((&case.name, case.run(&before)?))).collect();
    let alarms: Vec<_> =
        neutrals.par_iter().filter_map(|case| Some((&case.name, case.run(&before)?))).collect();

    let found = faults.len() - missed.len();
    let recall = 100.0 * found as f64 / faults.len().max(1) as f64;
    let mut report = format!("seeded faults: {found} of {} found ({recall:.1} %); ", faults.len());
    report += &format!("neutral edits: {} false alarms in {}\n", alarms.len(), neutrals.len());
    for (name, reason) in &missed {
        report += &format!("  fault {name}: {reason}\n");
    }
    for (name, reason) in &alarms {
        report += &format!("  neutral {name}: {reason}\n");
    }
    // Written past the capture of the test harness: the figures are part of the result.
    stderr().write_all(report.as_bytes()).expect("the report can be written");
    assert!(!faults.is_empty() || !neutrals.is_empty(), "no case has `{wanted}` in its name");
    assert!(missed.is_empty() && alarms.is_empty(), "look at the cases above");
}

#[test]
fn no_two_cases_have_one_name() {
    let mut names: Vec<String> = Vec::new();
    for family in families() {
        names.extend(family.fault.into_iter().map(|case| case.name));
        names.extend(family.neutral.into_iter().map(|case| case.name));
    }
    names.sort();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "give one of them another name");
    }
}
