//! The names of a plan's severities, ready to be looked up.

use crate::plan::Severity;
use crate::plan::records::severity_words;

/// What some words call a severity, by its place among those of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Called {
    /// One of this plan
    Of(usize),
    /// The same, with a number before it that is not its rank
    WrongRank(usize, u32),
    /// By a name that is no longer used
    Retired(usize),
}

impl Called {
    /// The severity it names.
    pub fn severity(self) -> usize {
        match self {
            Called::Of(at) | Called::WrongRank(at, _) | Called::Retired(at) => at,
        }
    }
}

/// The severities of a plan, and what they are called.
#[derive(Debug)]
pub struct SeverityNames<'p> {
    /// The severities
    pub severities: &'p [Severity],
    current: Vec<(Vec<String>, usize)>,
    retired: Vec<(Vec<String>, usize)>,
}

impl<'p> SeverityNames<'p> {
    /// The names of some severities.
    pub fn of(severities: &'p [Severity]) -> SeverityNames<'p> {
        let mut names = SeverityNames { severities, current: Vec::new(), retired: Vec::new() };
        for (at, severity) in severities.iter().enumerate() {
            names.current.extend(severity.names().map(|name| (name, at)));
            let retired = severity.record.retired_names.iter().map(|name| severity_words(&name.value));
            names.retired.extend(retired.map(|name| (name, at)));
        }
        names
    }

    /// The severity with this id.
    pub fn with_id(&self, id: &str) -> Option<usize> {
        self.severities.iter().position(|severity| severity.record.id == id)
    }

    /// The severity that some words name and nothing else, as [`Severity::is_called`] has it; also
    /// by a retired name, or with another number before it.
    pub fn find(&self, words: &str) -> Option<Called> {
        const LONGEST: usize = 80;
        if words.len() > LONGEST {
            return None;
        }
        let words = severity_words(words);
        let among = |names: &[(Vec<String>, usize)], words: &[String]| {
            names.iter().find(|(name, _)| name == words && !name.is_empty()).map(|(_, at)| *at)
        };
        if let Some(at) = among(&self.current, &words) {
            return Some(Called::Of(at));
        }
        if let Some(at) = among(&self.retired, &words) {
            return Some(Called::Retired(at));
        }
        let (first, rest) = words.split_first()?;
        let (number, at): (u32, usize) = (first.parse().ok()?, among(&self.current, rest)?);
        let is_rank = self.severities[at].rank.as_ref().is_none_or(|rank| rank.value == number);
        Some(if is_rank { Called::Of(at) } else { Called::WrongRank(at, number) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Record;
    use crate::source::{Span, Spanned};

    #[test]
    fn a_name_is_found_with_what_is_wrong_with_it() {
        let text = |words: &str| Spanned::new(words.to_string(), Span::default());
        let severity = |id: &str, rank: u32, retired: &str| Severity {
            record: Record {
                id: id.into(),
                title: id.into(),
                summary: String::new(),
                page: format!("severities/{id}.md").into(),
                also_called: Vec::new(),
                retired_names: vec![text(retired)],
            },
            rank: Some(Spanned::new(rank, Span::default())),
            label: id.into(),
            criteria: None,
            data: Vec::new(),
            hours: None,
            sitrep_every: None,
            authority: None,
            consult: Vec::new(),
            act_after: None,
            examples: Vec::new(),
        };
        let severities = [severity("high", 1, "SEV-1"), severity("low", 2, "SEV-2")];
        let names = SeverityNames::of(&severities);
        assert_eq!(names.find("1 - High Severity"), Some(Called::Of(0)));
        assert_eq!(names.find("low"), Some(Called::Of(1)));
        assert_eq!(names.find("2 - High"), Some(Called::WrongRank(0, 2)));
        assert_eq!(names.find("sev 2"), Some(Called::Retired(1)));
        assert_eq!(names.with_id("low"), Some(1));
        for words in ["", "2", "SEV-3", "High availability"] {
            assert_eq!(names.find(words), None, "{words}");
        }
    }
}
