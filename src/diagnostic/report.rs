//! What every writer is given: what was found, and how to name files and rules to whoever reads it.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{Sources, Span};

/// What a check has to tell.
#[derive(Debug, Clone, Copy)]
pub struct Report<'r> {
    /// What was found, in the order of the places
    pub findings: &'r [Finding],
    /// The texts
    pub sources: &'r Sources,
    /// What was looked for, in order
    pub rules: &'r [RuleText],
    /// What stands before the path of a file so that the reader finds it: `plans/agency/`, or
    /// nothing
    pub prefix: &'r str,
    /// What was checked: `8 variants, 289 pages`
    pub scope: &'r str,
    /// What was found and is not told
    pub left_out: LeftOut,
}

/// What a rule says of itself.
#[derive(Debug, Clone, Copy)]
pub struct RuleText {
    /// Its name
    pub name: &'static str,
    /// What it finds, in one line
    pub finds: &'static str,
    /// Why that matters and what to do, under headings of their own
    pub explanation: &'static str,
    /// How much it matters where nothing else is said
    pub level: Level,
    /// Whether it was looked for; a project may switch a rule off.
    pub looked: bool,
}

/// All findings as JSON, each made when it is its turn to be written: of hundreds of thousands, one is in memory.
pub struct Each<'r> {
    /// What is written
    pub report: &'r Report<'r>,
    /// One of them
    pub one: fn(&Finding, &Report) -> Json,
}

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.report.findings.iter().map(|finding| (self.one)(finding, self.report)))
    }
}

/// How many findings are not told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// That were there before the change
    pub older: usize,
    /// That the baseline knows
    pub known: usize,
}

impl LeftOut {
    /// `2 older findings and 5 known findings left out`; none where all is told.
    pub fn words(self) -> Option<String> {
        let parts = [(self.older, "older finding"), (self.known, "known finding")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| number(count, what)).collect();
        (!parts.is_empty()).then(|| format!("{} left out", parts.join(" and ")))
    }
}

/// A place as other programs name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, with the prefix
    pub file: String,
    /// The line and column, from 1; none where the whole file is meant
    pub line_column: Option<(usize, usize)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line_column {
            Some((line, _)) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

impl Report<'_> {
    /// A file, as whoever reads the report names it.
    pub fn file(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The file a span is in, as whoever reads the report names it.
    pub fn file_of(&self, span: Span) -> String {
        self.file(&self.sources.get(span.source).path)
    }

    /// Where a mistake is; none where no file is concerned.
    pub fn place(&self, diagnostic: &Diagnostic) -> Option<Place> {
        if let Some(span) = diagnostic.span() {
            let line_column = self.sources.get(span.source).line_column(span.start);
            return Some(Place { file: self.file_of(span), line_column: Some(line_column) });
        }
        diagnostic.path.as_ref().map(|path| Place { file: self.file(path), line_column: None })
    }

    /// What was found of a level.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().map(|finding| &finding.diagnostic).filter(move |found| found.level == level)
    }

    /// `3 errors, 1 warning; 2 older findings left out`.
    pub fn outcome(&self) -> String {
        let counts = counts(self.findings.iter().map(|finding| &finding.diagnostic));
        match self.left_out.words() {
            Some(words) => format!("{counts}; {words}"),
            None => counts,
        }
    }
}

/// `3 errors, 1 warning`; `nothing wrong` where there is nothing.
pub fn counts<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let mut found = [(Level::Error, 0), (Level::Warning, 0), (Level::Note, 0)];
    for diagnostic in diagnostics {
        for (level, count) in &mut found {
            *count += usize::from(diagnostic.level == *level);
        }
    }
    let parts = found.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(level, count)| number(*count, level.name())).collect();
    if parts.is_empty() { "nothing wrong".into() } else { parts.join(", ") }
}

/// `1 page`, `2 pages`.
pub fn number(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io::{self, Write};

    use super::*;

    thread_local! {
        static MADE: Cell<usize> = const { Cell::new(0) };
    }

    /// Takes so many bytes.
    struct Small(usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_finding_is_made_when_those_before_it_are_written() {
        let sources = Sources::default();
        let found = (0..1_000).map(|number| Diagnostic::new("rule", number.to_string()));
        let findings = Finding::all(found.collect(), &sources);
        let left_out = LeftOut::default();
        let report =
            Report { findings: &findings, sources: &sources, rules: &[], prefix: "", scope: "", left_out };
        let one = |finding: &Finding, _: &Report| {
            MADE.set(MADE.get() + 1);
            Json::from(finding.diagnostic.message.as_str())
        };
        let each = Each { report: &report, one };
        assert!(serde_json::to_writer(Small(25), &each).is_err());
        // `["0","1","2","3","4","5"` and a comma are 25 bytes.
        assert_eq!(MADE.get(), 7);
        assert!(serde_json::to_writer(Small(10_000), &each).is_ok());
        assert_eq!(MADE.get(), 1_007);
    }
}
