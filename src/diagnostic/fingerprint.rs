//! Which finding is which, from one run to the next, when the lines around it move.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// A diagnostic among all that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong
    pub diagnostic: Diagnostic,
    /// What it looks like: 32 hexadecimal digits of the rule, the file, the message and the words
    /// underlined; no line
    pub likeness: String,
    /// Which of those that look alike it is, from 1
    pub number: usize,
}

impl Finding {
    /// All that was found, in the order it was found.
    pub fn all(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Finding> {
        let mut seen: HashMap<[u8; 16], usize> = HashMap::new();
        let mut findings = Vec::new();
        for diagnostic in diagnostics {
            let likeness = likeness(&diagnostic, sources);
            let number = seen.entry(likeness).or_insert(0);
            *number += 1;
            let likeness = likeness.iter().map(|byte| format!("{byte:02x}")).collect();
            findings.push(Finding { diagnostic, likeness, number: *number });
        }
        findings
    }

    /// What names it from one run to the next: `likeness:number`.
    pub fn fingerprint(&self) -> String {
        format!("{}:{}", self.likeness, self.number)
    }
}

fn likeness(diagnostic: &Diagnostic, sources: &Sources) -> [u8; 16] {
    let place = diagnostic.span().map(|span| (&*sources.get(span.source).path, sources.text(span)));
    let (path, words) = place.unwrap_or((diagnostic.path.as_deref().unwrap_or_default(), ""));
    let text = format!("{}\0{path}\0{}\0{words}", diagnostic.rule, diagnostic.message);
    let mut first = [0; 16];
    first.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn prints(path: &str, before: &str, messages: [&str; 2]) -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add(path, format!("{before}[x](role:y) [x](role:y)\n"));
        let at = |start: usize, message: &str| {
            let start = before.len() + start;
            Diagnostic::new("unknown-role", message).at(Span::new(id, start..start + 6), "not defined")
        };
        let found = Finding::all(vec![at(4, messages[0]), at(16, messages[1])], &sources);
        found.iter().map(Finding::fingerprint).collect()
    }

    #[test]
    fn fingerprints_differ_and_stay_when_lines_move() {
        let here = prints("a.md", "", ["no", "no"]);
        assert_ne!(here[0], here[1]);
        assert_eq!(here, prints("a.md", "one\n\ntwo\n\n", ["no", "no"]));
        assert_ne!(here, prints("b.md", "", ["no", "no"]));
        assert_ne!(here[0], prints("a.md", "", ["other", "no"])[0]);
    }
}
