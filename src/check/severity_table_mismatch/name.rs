//! The severity that a cell, an item or a heading names.

use std::ops::Range;

use crate::plan::prose::Mark;
use crate::plan::{Called, Run, SeverityNames};

/// The severity that a part of a run names and does nothing else: by a link, or by a name that
/// may have more after it in brackets, after a dash or a colon.
pub(in crate::check) fn name_of(run: &Run, part: Range<usize>, names: &SeverityNames) -> Option<Called> {
    let linked = run.marks.iter().find_map(|(range, mark)| match mark {
        Mark::Link(target) if part.start <= range.start && range.end <= part.end => {
            let id = target.strip_prefix("severity:")?;
            names.with_id(id)
        }
        _ => None,
    });
    if let Some(at) = linked {
        return Some(Called::Of(at));
    }
    let text = run.text[part].trim();
    let divided = |sign: &str| text.split_once(sign);
    let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let signs = ["(", ": ", " – ", " — ", " - ", "/"];
    let before = signs.into_iter().filter_map(|sign| Some(divided(sign)?.0));
    // "S2 - High"
    let after = signs.into_iter().skip(1).filter_map(|sign| Some(divided(sign)?.1));
    let parts = std::iter::once(text).chain(before).chain(inside).chain(after);
    parts.into_iter().find_map(|words| names.find(words))
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
