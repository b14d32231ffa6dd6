//! Durations written out by hand, each with the words around it.

use std::cell::LazyCell;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use crate::check::severity_table_mismatch::Outline;
use crate::check::signs::Signs;
use crate::check::timing::context::{Nearness, words_around, words_of};
use crate::plan::prose::{Mark, RunKind};
use crate::plan::wording::{Spaced, Stem, has_any};
use crate::plan::{PlanPage, Run, prose};
use crate::source::{Sources, Span};
use crate::syntax::{Block, DurationRange, Kind, stated};
use crate::tailor::Body;

/// A duration in a sentence, cell or value.
#[derive(Debug, Clone)]
pub(in crate::check) struct Statement {
    /// Where it is written
    pub(in crate::check) place: Span,
    /// Whether exactly its words stand there, so that others can be put in their place
    pub(in crate::check) is_exact: bool,
    /// What it says
    pub(in crate::check) value: DurationRange,
    /// Whether it says how often
    pub(in crate::check) repeats: bool,
    /// Its sentence in lower case, each word between spaces
    pub(in crate::check) sentence: Arc<str>,
    /// How much of that stands before it
    before: usize,
    /// The words, in order, and how near they are
    pub(in crate::check) words: Vec<(Stem, Nearness)>,
    /// How many of the words stand before it
    pub(in crate::check) position: usize,
    /// The timer a link in the sentence names
    pub(in crate::check) linked: Option<String>,
}

impl Statement {
    /// The words before it in its sentence, as those are.
    pub(in crate::check) fn before(&self) -> &str {
        &self.sentence[..self.before]
    }
}

/// The statements of a page's text.
pub(in crate::check) fn of_text(page: &PlanPage, runs: &[Run], sources: &Sources) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut headings: Vec<(u8, &str)> = vec![(0, &page.title)];
    for run in runs {
        if let RunKind::Heading(level) = run.kind {
            headings.retain(|(above, _)| *above < level);
            headings.push((level, &run.text));
        }
        if matches!(run.kind, RunKind::Cell | RunKind::HeaderCell) || !run_may_state(run) {
            continue;
        }
        let above = headings.last().map_or("", |(_, text)| text);
        read(run, above, sources, &mut found);
    }
    // The code of a template is the message that people send.
    if page.kind == Kind::Template {
        for line in messages(&page.body).iter().filter(|line| run_may_state(line)) {
            read(line, &page.title, sources, &mut found);
        }
    }
    found
}

/// The lines of the code blocks of a page.
fn messages(body: &Body) -> Vec<Run> {
    let mut found = Vec::new();
    let mut add = |part: &[Block]| {
        for block in part {
            if let Block::Code(span, _, text) = block {
                found.extend(text.lines().map(|line| Run::of_value(line, *span)));
            }
        }
    };
    body.top.iter().for_each(|part| add(part));
    body.walk(&mut |section| section.parts.iter().for_each(|part| add(part)));
    found
}

/// The statements in the tables of a page, but for those `skip` says are read otherwise.
pub(in crate::check) fn of_tables(
    outline: &Outline,
    sources: &Sources,
    skip: &dyn Fn(usize) -> bool,
) -> Vec<Statement> {
    let mut found = Vec::new();
    let wanted = outline.tables.iter().enumerate().filter(|(at, _)| !skip(*at));
    for (_, placed) in wanted {
        let rows = placed.it.rows();
        let header = rows.first().map_or(&[][..], |row| row);
        for row in rows.iter().skip(1) {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| run_may_state(cell)) {
                let beside = if column > 0 { row.first().map_or("", |cell| &cell.text) } else { "" };
                let heading = header.get(column).map_or("", |cell| &cell.text);
                let above = format!("{heading}. {beside}");
                read(cell, &above, sources, &mut found);
            }
        }
    }
    found
}

/// The prose of a page's front matter that may state a duration, each with the key it stands under.
pub(in crate::check) fn values(page: &PlanPage) -> Vec<(String, Run)> {
    // What a record says of itself, and why something is as it is, contradicts no record.
    const OTHERS: [&str; 7] =
        ["timers.", "obligations.", "deviations.", "document.", "requires.", "terms.", "allow."];
    let mut found = prose::value_runs(page);
    found.retain(|(path, run)| run_may_state(run) && !OTHERS.iter().any(|start| path.starts_with(start)));
    for (path, _) in &mut found {
        *path = path.rsplit('.').next().unwrap_or_default().replace('_', " ");
    }
    found
}

/// The statements in such values.
pub(in crate::check) fn of_values(values: &[(String, Run)], sources: &Sources) -> Vec<Statement> {
    let mut found = Vec::new();
    for (key, run) in values {
        read(run, key, sources, &mut found);
    }
    found
}

/// What a duration has in it, when it has no figure: the beginning of a unit's name.
static UNITS: LazyLock<Signs> = LazyLock::new(|| {
    Signs::new([
        "minute",
        "month",
        "hour",
        "Hour",
        "day",
        "Day",
        "daily",
        "Daily",
        "week",
        "Week",
        "year",
        "seconds",
        "nightly",
        "quarterly",
        "annually",
    ])
});

/// Whether a run may state a duration, as [`may_state`] asks of its text.
pub(in crate::check) fn run_may_state(run: &Run) -> bool {
    UNITS.is_match(&run.text) || run.alphabet.has_any("0123456789") && has_unit_after_figure(&run.text)
}

/// Whether a text may state a duration: a quick look before a long one. It has a unit's name, or
/// a figure with a letter after it that may be one.
pub(in crate::check) fn may_state(text: &str) -> bool {
    UNITS.is_match(text) || has_unit_after_figure(text)
}

fn has_unit_after_figure(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has_unit = |rest: &[u8]| {
        rest.iter().find(|byte| **byte != b' ').is_some_and(|byte| b"smhdwyxMHD".contains(byte))
    };
    let mut figures = bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit());
    figures.any(|(at, _)| has_unit(&bytes[at + 1..]))
}

fn read(run: &Run, above: &str, sources: &Sources, found: &mut Vec<Statement>) {
    let sentences = run.sentences();
    let quotes = LazyCell::new(|| Quotes::of(&run.text));
    for (index, sentence) in sentences.iter().enumerate() {
        let text = &run.text[sentence.clone()];
        if !may_state(text) {
            continue;
        }
        // What a sentence says is read once, however many durations it has.
        let words = LazyCell::new(|| Spaced::of(text));
        let shared: LazyCell<Arc<str>, _> = LazyCell::new(|| words.text.as_str().into());
        let own = LazyCell::new(|| words_of(run, sentence));
        for stated in stated(text) {
            let range = sentence.start + stated.range.start..sentence.start + stated.range.end;
            if !run.is_by_hand(range.clone(), sources) || run.has_code(range.clone()) || quotes.hold(&range) {
                continue;
            }
            let around = Around::of(&words, stated.range.clone());
            if around.is_of_the_past() || around.is_a_length(&text[stated.range]) {
                continue;
            }
            let before = around.before.len();
            let (words, position) = words_around(run, &sentences, index, &own, &range, above);
            found.push(Statement {
                place: run.span(range.clone(), sources),
                is_exact: run.is_written(range.clone(), sources),
                value: stated.value,
                repeats: stated.repeats,
                sentence: shared.clone(),
                before,
                words,
                position,
                linked: linked_timer(run, sentence),
            });
        }
    }
}

/// Where the quotation marks of a text are.
struct Quotes {
    straight: Vec<usize>,
    open: Vec<usize>,
    close: Vec<usize>,
}

impl Quotes {
    fn of(text: &str) -> Quotes {
        let all = |mark: char| text.match_indices(mark).map(|(at, _)| at).collect();
        Quotes { straight: all('"'), open: all('“'), close: all('”') }
    }

    /// Whether a range stands between two of them.
    fn hold(&self, range: &Range<usize>) -> bool {
        let before = |marks: &[usize]| marks.partition_point(|at| *at < range.start);
        let straight = before(&self.straight) % 2 == 1 && self.straight.last() >= Some(&range.end);
        let last = |marks: &[usize]| before(marks).checked_sub(1).map(|at| marks[at]);
        let curly = last(&self.open).is_some_and(|open| last(&self.close) < Some(open));
        straight || curly
    }
}

/// Phrases of what was, in sentences of which one may be said.
const PAST: [&str; 12] = [
    "took",
    "lasted",
    "waited",
    "used to",
    "formerly",
    "previously",
    "ago",
    "spent",
    "in the past",
    "last year",
    "last time",
    "until now",
];
static MAY_BE_PAST: LazyLock<Signs> = LazyLock::new(|| Signs::new(PAST));

/// The words around a duration in its sentence, as [`spaced`] gives them.
struct Around<'w> {
    sentence: &'w str,
    before: &'w str,
    after: &'w str,
}

impl Around<'_> {
    /// The words around a range of the sentence.
    fn of(words: &Spaced, range: Range<usize>) -> Around<'_> {
        let (start, end) = (words.before(range.start), words.before(range.end));
        Around { sentence: &words.text, before: &words.text[..start], after: &words.text[end..] }
    }

    fn next(&self) -> Option<&str> {
        self.after.split_whitespace().next()
    }

    /// Whether the sentence tells what was, or the duration is no deadline: `2 hours ago`, `30 days
    /// of logs`, `the last 24 hours`, `older than a day`.
    fn is_of_the_past(&self) -> bool {
        let mut before = self.before.split_whitespace().rev();
        let tail = [(); 3].map(|()| before.next().unwrap_or_default());
        let next = self.next().unwrap_or_default();
        let has_year = || {
            self.sentence.split(' ').any(|word| {
                word.len() == 4
                    && (word.starts_with("19") || word.starts_with("20"))
                    && word.parse::<u32>().is_ok()
            })
        };
        let is_deadline = || has_any(self.before, &["within", "after", "in", "than", "most", "for"]);
        // "older than a day" says how old something is.
        let is_age = matches!(tail[..], ["than", "older" | "newer" | "younger", ..]);
        // What "took place" is asked for, not told.
        let is_told = || has_any(&self.sentence.replace(" took place ", " "), &PAST);
        MAY_BE_PAST.is_match(self.sentence) && is_told()
            || has_year()
            || is_age
            || tail.iter().any(|word| ["was", "were", "last", "past", "previous"].contains(word))
            || ["ago", "old", "before", "earlier", "prior"].contains(&next)
            || (next == "of" && !is_deadline())
    }

    /// Whether the duration says how long something is, and sets no deadline: "lasts an hour",
    /// "takes about 10 minutes", "a 30-minute meeting". `duration` is how it is written.
    fn is_a_length(&self, duration: &str) -> bool {
        const ABOUT: [&str; 9] =
            ["about", "around", "roughly", "approximately", "only", "just", "some", "usually", "generally"];
        const LENGTHS: [&str; 12] = [
            "takes", "lasts", "last", "runs", "reserve", "reserves", "book", "costs", "needs", "rest",
            "sleep", "keep",
        ];
        const LIMITS: [&str; 9] =
            ["deadline", "deadlines", "limit", "limits", "window", "maximum", "timer", "shift", "shifts"];
        let verb = self.before.split_whitespace().rev().find(|word| !ABOUT.contains(word));
        if verb.is_some_and(|verb| LENGTHS.contains(&verb)) {
            return true;
        }
        // "a 30-minute meeting"
        let is_adjective = duration.contains('-') && !duration.ends_with('s');
        is_adjective && self.next().is_some_and(|next| !LIMITS.contains(&next))
    }
}

/// The timer that a link in a sentence names.
fn linked_timer(run: &Run, sentence: &Range<usize>) -> Option<String> {
    run.marks.iter().find_map(|(range, mark)| match mark {
        Mark::Link(target) if sentence.start <= range.start && range.end <= sentence.end => {
            target.strip_prefix("timer:").map(str::to_string)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::may_state;

    #[test]
    fn a_quick_look_lets_every_duration_through() {
        for text in [
            "within 15m",
            "24 h",
            "half an hour",
            "2x daily",
            "Daily",
            "two business days",
            "a week",
            "5 years",
        ] {
            assert!(may_state(text), "{text}");
        }
        for text in ["", "call the lead", "at 14:30", "in 2026", "SEV-2"] {
            assert!(!may_state(text), "{text}");
        }
    }
}
