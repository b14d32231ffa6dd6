//! Everything a binder says in words: the text of its pages, their front matter and the
//! messages in their code. Each distinct text is here once, with all who read it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::binder::{Binder, PageText, Reading};
use crate::plan::letters::look_through;
use crate::plan::{Plan, PlanPage, Run, prose};
use crate::source::{Sources, Span};
use crate::syntax::tree::Reference;
use crate::syntax::{Block, Inline};

/// What one page says, or one value of its front matter.
pub(super) struct Passage<'b> {
    /// The page in the first of the plans that share it
    pub page: &'b PlanPage,
    /// Who reads it, with the number of the plan and of the page in it
    pub readers: &'b [Reading<'b>],
    /// What its text refers to
    references: &'b [Reference<'b>],
    /// The runs of its text
    text: &'b [Run],
    /// The lines of its code
    code: &'b [Run],
    /// The value, by its path, where it is one
    value: Option<Part<'b>>,
}

impl<'b> Passage<'b> {
    /// Its words.
    pub fn parts(&self) -> impl Iterator<Item = Part<'b>> {
        let of = |runs: &'b [Run], setting| runs.iter().map(move |run| Part { run, setting });
        of(self.text, Setting::Text).chain(of(self.code, Setting::Code)).chain(self.value)
    }

    /// What its links lead to as written, each with its place.
    pub fn targets(&self) -> impl Iterator<Item = (Span, &'b str)> {
        self.references.iter().filter_map(|reference| match reference {
            Reference::Link(link) => Some((link.target_span, &*link.target)),
            Reference::Image(_) | Reference::Html(_) | Reference::Footnote(..) => None,
        })
    }
}

/// Some words of a passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'b> {
    /// The words
    pub run: &'b Run,
    /// What they are part of
    pub setting: Setting<'b>,
}

/// What some words are part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting<'b> {
    /// The text of a page
    Text,
    /// A line of code, such as a message to be copied
    Code,
    /// A value of front matter, by its path
    Value(&'b str),
}

impl Part<'_> {
    /// Whether it is a value of front matter that a key of this name holds, or that is under one.
    pub fn is_under(&self, key: &str) -> bool {
        matches!(self.setting, Setting::Value(path) if path.split('.').any(|part| part == key))
    }
}

/// What a binder says besides the runs of its texts, read once for all rules.
#[derive(Debug)]
pub(super) struct Spoken<'b> {
    /// For each text, the lines of its code
    code: Vec<Vec<Run>>,
    /// The values of front matter, each distinct one once
    values: Vec<Said<'b>>,
}

/// A value of front matter, with all who read it.
#[derive(Debug)]
struct Said<'b> {
    page: &'b PlanPage,
    readers: Vec<Reading<'b>>,
    path: String,
    run: Run,
}

impl<'b> Spoken<'b> {
    pub fn read(texts: &[PageText<'b>], plans: &'b [Plan], sources: &Sources) -> Spoken<'b> {
        let code = texts.par_iter().map(|text| code_lines(text.page, sources)).collect();
        Spoken { code, values: values(plans) }
    }

    /// The values of front matter, each with a page that has it and all who read it.
    pub fn values(&self) -> impl Iterator<Item = (&'b PlanPage, &Run, &[Reading<'b>])> {
        self.values.iter().map(|said| (said.page, &said.run, &said.readers[..]))
    }

    /// The same values, each with a page that has it and its path there.
    pub fn paths(&self) -> impl Iterator<Item = (&'b PlanPage, &str, &Run)> {
        self.values.iter().map(|said| (said.page, &*said.path, &said.run))
    }
}

fn values(plans: &[Plan]) -> Vec<Said<'_>> {
    // Pages that inherit all of their front matter share it.
    let mut fronts: Vec<(&PlanPage, Vec<Reading>)> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for (plan_index, plan) in plans.iter().enumerate() {
        for (page_index, page) in plan.pages.iter().enumerate() {
            let index = *known.entry(Arc::as_ptr(&page.front) as usize).or_insert_with(|| {
                fronts.push((page, Vec::new()));
                fronts.len() - 1
            });
            fronts[index].1.push(((&*plan.name, plan.edition), plan_index, page_index));
        }
    }
    let runs: Vec<_> = fronts.par_iter().map(|(page, _)| prose::value_runs(page)).collect();
    let mut said: Vec<Said> = Vec::new();
    let mut known: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for ((page, readers), runs) in fronts.into_iter().zip(runs) {
        for (path, run) in runs {
            let same = known.entry((path.clone(), run.text.clone())).or_default();
            match same.iter().find(|at| said[**at].run == run && said[**at].page.path == page.path) {
                Some(at) => said[*at].readers.extend(readers.iter().copied()),
                None => {
                    same.push(said.len());
                    said.push(Said { page, readers: readers.clone(), path, run });
                }
            }
        }
    }
    said
}

/// The passages of a binder.
pub(super) fn passages<'b>(binder: &'b Binder<'b>) -> Vec<Passage<'b>> {
    let spoken = &binder.spoken;
    let texts = binder.texts.iter().zip(&spoken.code).map(|(text, code)| Passage {
        page: text.page,
        readers: &text.readers,
        references: &text.references,
        text: &text.words.runs,
        code,
        value: None,
    });
    let values = spoken.values.iter().map(|said| Passage {
        page: said.page,
        readers: &said.readers,
        references: &[],
        text: &[],
        code: &[],
        value: Some(Part { run: &said.run, setting: Setting::Value(&said.path) }),
    });
    texts.chain(values).collect()
}

/// For each variant, its plan in the edition that shows the most: what is not in it, the variant
/// does not have.
pub(super) fn widest<'b>(binder: &Binder<'b>) -> BTreeMap<&'b str, &'b Plan> {
    let mut found: BTreeMap<&str, &Plan> = BTreeMap::new();
    for plan in binder.plans {
        let known = found.entry(&plan.name).or_insert(plan);
        if known.edition < plan.edition {
            *known = plan;
        }
    }
    found
}

/// The lines of a page's code, each as far as it can be found where it is written.
pub(super) fn code_lines(page: &PlanPage, sources: &Sources) -> Vec<Run> {
    let mut found = Vec::new();
    for part in &page.body.top {
        lines_of(part, sources, &mut found);
    }
    page.body.walk(&mut |section| {
        section.parts.iter().for_each(|part| lines_of(part, sources, &mut found));
    });
    found
}

fn lines_of(blocks: &[Block], sources: &Sources, found: &mut Vec<Run>) {
    for block in blocks {
        block.each_text(&mut |block| {
            let Block::Code(span, _, text) = block else { return };
            let written = sources.text(*span);
            let mut from = 0;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let at = written.get(from..).and_then(|rest| rest.find(line)).map(|at| from + at);
                let place = match at {
                    Some(at) => {
                        from = at + line.len();
                        let start = span.start as usize + at;
                        Span::new(span.source, start..start + line.len())
                    }
                    None => *span,
                };
                let line = [Inline::Text(place, line.into())];
                found.push(Run::of(prose::RunKind::Paragraph, &line, sources));
            }
        });
    }
}

/// Whether some words of a page came out of a template's expression, which is what is written at
/// their place.
pub(super) fn is_filled_in(part: &Part, span: Span, sources: &Sources) -> bool {
    !matches!(part.setting, Setting::Value(_)) && sources.text(span).contains("{{")
}

/// Where some words stand in a text, as whole words: no letter or figure touches them.
pub(super) fn whole_words<'t>(text: &'t str, words: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    look_through(text);
    let found = text.match_indices(words).map(|(at, found)| at..at + found.len());
    found.filter(move |range| !words.is_empty() && is_whole_word(text, range))
}

/// Whether no letter or figure touches a range of a text.
pub(super) fn is_whole_word(text: &str, range: &Range<usize>) -> bool {
    let open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    open(text[..range.start].chars().next_back()) && open(text[range.end..].chars().next())
}

/// The most bytes that are looked at before and after a word for what it is a piece of.
const LONGEST_PIECE: usize = 1_000;

/// The stretch without a space that a range of a text is in, such as the address a name is a piece of.
pub(super) fn unspaced<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    let first = text.floor_char_boundary(range.start.saturating_sub(LONGEST_PIECE));
    let last = text.ceil_char_boundary((range.end + LONGEST_PIECE).min(text.len()));
    let before = text[first..range.start].rsplit(char::is_whitespace).next().unwrap_or_default();
    let after = text[range.end..last].split(char::is_whitespace).next().unwrap_or_default();
    &text[range.start - before.len()..range.end + after.len()]
}

/// Takes out what lies inside something longer, and puts the rest in order.
pub(super) fn keep_outermost<T>(found: &mut Vec<T>, range: impl Fn(&T) -> &Range<usize>) {
    found.sort_by_key(|it| (range(it).start, Reverse(range(it).end)));
    let mut widest = 0..0;
    found.retain(|it| {
        let range = range(it);
        let is_inside = range.end <= widest.end && *range != widest;
        if range.end > widest.end {
            widest = range.clone();
        }
        !is_inside
    });
}

/// A name as names are compared: in lower case, hyphens as spaces, without the possessive and the
/// plural of its last word.
pub(super) fn bare(name: &str) -> String {
    let lower = name.to_lowercase().replace(['-', '_', '\u{2011}'], " ").replace('’', "'");
    let lower = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = lower.strip_suffix("'s").or(lower.strip_suffix('\'')).unwrap_or(&lower);
    match lower.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one.to_string(),
        _ => lower.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_endings() {
        assert_eq!(bare("Incident Commander's"), "incident commander");
        assert_eq!(bare("On-Call  Leads"), "on call lead");
        assert_eq!(bare("Access"), "access");
    }

    #[test]
    fn what_lies_in_something_longer_is_no_thing_of_its_own() {
        let mut found = vec![4..6, 0..5, 0..3, 1..5, 4..6, 0..5, 7..7];
        keep_outermost(&mut found, |it| it);
        assert_eq!(found, [0..5, 0..5, 4..6, 4..6, 7..7]);
    }

    #[test]
    fn a_word_is_a_piece_of_what_has_no_space_in_it() {
        let text = "see https://bay.example/a, now";
        assert_eq!(unspaced(text, &(12..15)), "https://bay.example/a,");
        let long = format!("é{}", "a".repeat(3_000));
        assert_eq!(unspaced(&long, &(2_000..2_001)).len(), 2_001);
    }

    #[test]
    fn whole_words_touch_no_letter() {
        let found: Vec<_> = whole_words("SEV-1, SEV-10 and (SEV-1)", "SEV-1").collect();
        assert_eq!(found, [0..5, 19..24]);
    }
}
