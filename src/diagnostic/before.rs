//! What a change caused: what is found after it and was not found before.

use std::collections::BTreeMap;

use crate::diagnostic::fingerprint::Finding;

/// What was found before a change: how often each likeness, in each variant.
#[derive(Debug, Clone, Default)]
pub struct Before {
    counts: BTreeMap<(String, String), usize>,
}

/// Stands for the variant of a finding that concerns a file whatever is made of it.
const ANY: &str = "";

impl Before {
    /// Remembers what was found.
    pub fn of(findings: &[Finding]) -> Before {
        let mut before = Before::default();
        for finding in findings {
            for variant in variants(finding) {
                *before.counts.entry((finding.likeness.clone(), variant)).or_insert(0) += 1;
            }
        }
        before
    }

    /// What was not there before, and how many were. A finding that reaches more variants than
    /// before is told for those it newly reaches.
    pub fn leave_out_older(mut self, findings: Vec<Finding>) -> (Vec<Finding>, usize) {
        let mut told = Vec::new();
        let mut older = 0;
        for mut finding in findings {
            let (known, new): (Vec<String>, Vec<String>) =
                variants(&finding).into_iter().partition(|variant| self.take(&finding.likeness, variant));
            if new.is_empty() {
                older += 1;
                continue;
            }
            if !known.is_empty() {
                let note = format!("before the change it was wrong in {} already", known.join(", "));
                finding.diagnostic.notes.push(note);
                finding.diagnostic.variants = new;
            }
            told.push(finding);
        }
        (told, older)
    }

    /// Whether a finding was there, and is not yet matched by another of its likeness.
    fn take(&mut self, likeness: &str, variant: &str) -> bool {
        let key = |variant: &str| (likeness.to_string(), variant.to_string());
        if let Some(count) = self.counts.get_mut(&key(variant)).filter(|count| **count > 0) {
            *count -= 1;
            return true;
        }
        // `harbor (staff)` is no news where every edition of `harbor` had it.
        let whole = variant.split_once(" (").map(|(name, _)| name);
        whole.is_some_and(|name| self.counts.contains_key(&key(name)))
    }
}

fn variants(finding: &Finding) -> Vec<String> {
    match finding.diagnostic.variants.as_slice() {
        [] => vec![ANY.to_string()],
        variants => variants.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::source::Sources;

    fn findings(found: &[(&str, &[&str])]) -> Vec<Finding> {
        let diagnostics = found.iter().map(|(message, variants)| Diagnostic {
            variants: variants.iter().map(ToString::to_string).collect(),
            ..Diagnostic::new("unknown-role", *message)
        });
        Finding::all(diagnostics.collect(), &Sources::default())
    }

    /// What is told, as `message: variants`, and how many are not.
    fn new(before: &[(&str, &[&str])], after: &[(&str, &[&str])]) -> (Vec<String>, usize) {
        let (told, older) = Before::of(&findings(before)).leave_out_older(findings(after));
        let words = |finding: &Finding| {
            format!("{}: {}", finding.diagnostic.message, finding.diagnostic.variants.join(" "))
        };
        (told.iter().map(words).collect(), older)
    }

    #[test]
    fn what_was_there_is_left_out_and_counted() {
        assert_eq!(new(&[("a", &[]), ("b", &["x"])], &[("b", &["x"]), ("c", &[])]), (vec!["c: ".into()], 1));
    }

    #[test]
    fn a_finding_that_reaches_further_is_told_for_what_it_newly_reaches() {
        assert_eq!(new(&[("a", &["x"])], &[("a", &["x", "y"])]), (vec!["a: y".into()], 0));
        assert_eq!(new(&[("a", &["x", "y"])], &[("a", &["y"])]), (vec![], 1));
        assert_eq!(new(&[("a", &["x"])], &[("a", &["x (staff)"])]), (vec![], 1));
        assert_eq!(new(&[("a", &["x (staff)"])], &[("a", &["x"])]), (vec!["a: x".into()], 0));
    }

    #[test]
    fn one_more_of_the_same_is_new() {
        assert_eq!(new(&[("a", &["x"])], &[("a", &["x"]), ("a", &["x"])]), (vec!["a: x".into()], 1));
    }
}
