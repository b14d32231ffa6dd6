//! The severity that a cell, an item or a heading names.

use std::ops::Range;

use crate::plan::prose::Mark;
use crate::plan::{Run, Severity};

/// What a cell or a heading calls a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::check) enum Name {
    /// One of this plan, by its place among them
    Of(usize),
    /// The same, with a number that is not its rank
    WrongRank(usize, u32),
    /// By a name that is no longer used
    Retired(usize),
}

impl Name {
    /// The severity it names.
    pub(in crate::check) fn severity(self) -> usize {
        match self {
            Name::Of(at) | Name::WrongRank(at, _) | Name::Retired(at) => at,
        }
    }
}

/// The severity that a part of a run names and does nothing else: by a link, or by a name that
/// may have more after it in brackets, after a dash or a colon.
pub(in crate::check) fn name_of(run: &Run, part: Range<usize>, severities: &[Severity]) -> Option<Name> {
    let linked = run.marks.iter().find_map(|(range, mark)| match mark {
        Mark::Link(target) if part.start <= range.start && range.end <= part.end => {
            let id = target.strip_prefix("severity:")?;
            severities.iter().position(|severity| severity.record.id == id)
        }
        _ => None,
    });
    if let Some(at) = linked {
        return Some(Name::Of(at));
    }
    let text = run.text[part].trim();
    let before = |sign: &str| text.split_once(sign).map(|(before, _)| before);
    let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let parts = [
        Some(text),
        before("("),
        inside,
        before(": "),
        before(" – "),
        before(" — "),
        before(" - "),
        before("/"),
    ];
    parts.into_iter().flatten().find_map(|words| name(words, severities))
}

/// The severity that some words name and nothing else.
pub(in crate::check) fn name(words: &str, severities: &[Severity]) -> Option<Name> {
    let at = |test: &dyn Fn(&Severity) -> bool| severities.iter().position(test);
    at(&|severity| severity.is_called(words))
        .map(Name::Of)
        .or_else(|| at(&|severity| severity.was_called(words)).map(Name::Retired))
        .or_else(|| {
            let found = severities.iter().enumerate();
            found.into_iter().find_map(|(at, it)| it.wrong_rank(words).map(|rank| Name::WrongRank(at, rank)))
        })
}

/// What the items of a list by severity begin with: the words before the first colon or dash, a
/// link, or bold words.
pub(in crate::check) fn label(run: &Run) -> Option<Range<usize>> {
    let start = run.text.len() - run.text.trim_start().len();
    let marked = run.marks.iter().find(|(range, mark)| {
        range.start == start
            && match mark {
                Mark::Strong => true,
                Mark::Link(target) => target.starts_with("severity:"),
                Mark::Emphasis | Mark::Code => false,
            }
    });
    if let Some((range, _)) = marked {
        return Some(range.clone());
    }
    let ends = [": ", ":", " – ", " — ", " - "].iter().filter_map(|sign| run.text.find(sign));
    let end = ends.min().filter(|end| *end > start && *end - start <= 40)?;
    Some(start..end)
}
