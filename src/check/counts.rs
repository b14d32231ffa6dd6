//! Count words held against what they count: "these four metrics:" above a list of three.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::check::Binder;
use crate::check::phase_gap::RULE;
use crate::check::signs::Signs;
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Run, RunKind, value_runs};
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Divided, Plan, PlanPage, Target};
use crate::source::{Sources, Span};
use crate::syntax::stated::number_word;
use crate::syntax::tree::{Reference, references};
use crate::syntax::{Block, Item, Kind};

/// What is counted above a list.
const COUNTED: &[&str] = &[
    "steps",
    "phases",
    "processes",
    "items",
    "questions",
    "metrics",
    "roles",
    "things",
    "levels",
    "severities",
    "statuses",
    "rules",
    "places",
    "ways",
    "reasons",
    "points",
    "parts",
    "people",
    "channels",
    "contacts",
    "tasks",
    "actions",
    "stages",
    "types",
    "kinds",
    "categories",
    "sections",
    "principles",
    "goals",
    "options",
    "criteria",
    "elements",
    "figures",
    "numbers",
    "facts",
    "sentences",
    "pieces",
    "documents",
    "templates",
    "checklists",
    "playbooks",
    "duties",
    "measures",
    "conditions",
    "examples",
    "signs",
    "tools",
    "timers",
];

/// All of these.
static NOUNS: LazyLock<Signs> = LazyLock::new(|| Signs::new(COUNTED.iter().copied()));

/// The bytes of the longest number in words that is read.
const LONGEST_NUMBER: usize = 12;

/// What a page's summary counts of its own lists.
const OF_PAGE: [&str; 4] = ["steps", "items", "tasks", "questions"];

/// A count: the number, and what is counted.
struct Count<'r> {
    number: usize,
    what: &'r str,
    range: std::ops::Range<usize>,
}

/// The counts in a run: a number with a counted noun right after it, or one word between.
fn counts(run: &Run) -> Vec<Count<'_>> {
    // Most runs name nothing that is counted.
    if !NOUNS.is_match(&run.text) {
        return Vec::new();
    }
    let words = run.words();
    let number = |word: &str| {
        if word.len() > LONGEST_NUMBER {
            return None;
        }
        let word = word.to_lowercase();
        let named =
            number_word(&word).map(|number| number as usize).filter(|number| (2..=20).contains(number));
        named.or_else(|| word.parse().ok().filter(|number| (2..100).contains(number) && word.len() < 3))
    };
    let mut found = Vec::new();
    for (at, range) in words.iter().enumerate() {
        let Some(number) = number(&run.text[range.clone()]) else { continue };
        for length in [1, 2] {
            let Some(noun) = words.get(at + length) else { continue };
            let what = &run.text[noun.clone()];
            let between = &run.text[range.end..noun.start];
            let is_joined = !between.contains(['.', ',', ';', ':', '(', ')', '/']);
            if COUNTED.contains(&what) && is_joined {
                found.push(Count { number, what, range: range.start..noun.end });
                break;
            }
        }
    }
    found
}

/// Tells of counts that announce the list below them and are not its length.
pub(super) fn of_blocks(blocks: &[Block], sources: &Sources, told: &mut Vec<Diagnostic>) {
    for pair in blocks.windows(2) {
        if let [Block::Paragraph(_, content) | Block::Plain(_, content), Block::List(_, _, items)] = pair {
            let run = Run::of(RunKind::Paragraph, content, sources);
            announced(&run, items, sources, told);
        }
    }
    for block in blocks {
        match block {
            Block::List(_, _, items) => {
                items.iter().for_each(|item| of_blocks(&item.blocks, sources, told));
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => of_blocks(blocks, sources, told),
            Block::Paragraph(..)
            | Block::Plain(..)
            | Block::Heading(..)
            | Block::Code(..)
            | Block::Table(..)
            | Block::Html(_)
            | Block::Rule(_) => {}
        }
    }
}

/// What stands before a count that is not of the whole list.
const PARTS: [&str; 15] = [
    "of the ",
    "of these ",
    "one of ",
    "at least ",
    "up to ",
    "more than ",
    "first ",
    "last ",
    "other ",
    "after these ",
    "before these ",
    "besides these ",
    "between these ",
    "after the ",
    "before the ",
];

/// Whether a count is of the list below, by what stands before it in its sentence and after it:
/// "these four steps", "the following four", "has four steps:".
fn is_announced(before: &str, after: &str) -> bool {
    let points = ["these ", "the following "].iter().any(|words| before.ends_with(words));
    let leads = ["", "the ", "all "].contains(&before) || before.ends_with(" the ");
    let is_open = after.ends_with(':');
    points || (is_open && (after == ":" || (leads && !after.contains(','))))
}

fn announced(run: &Run, items: &[Item], sources: &Sources, told: &mut Vec<Diagnostic>) {
    let text = run.text.trim_end();
    let mut found = counts(run);
    if found.is_empty() {
        return;
    }
    let Some(sentence) = run.sentences().into_iter().next_back() else { return };
    found.retain(|count| sentence.start <= count.range.start);
    // With two counts in a sentence it is not said which of them the list is of.
    let [count] = &found[..] else { return };
    let before = run.text[sentence.start..count.range.start].to_lowercase();
    let is_part = PARTS.iter().any(|words| before.ends_with(words));
    if count.number == items.len()
        || is_part
        || !is_announced(&before, &text[count.range.end..])
        || !run.is_by_hand(count.range.clone(), sources)
    {
        return;
    }
    let message = format!("this says {} {}, and the list has {}", count.number, count.what, items.len());
    let diagnostic = Diagnostic::new(RULE.name, message)
        .at(run.span(count.range.clone(), sources), format!("{} here", count.number))
        .help("correct the number, or the list")
        .at_most(Level::Warning);
    let last = items.last().map(|item| item.span);
    told.push(match last {
        Some(span) => diagnostic.and(span, format!("item {} is the last", items.len())),
        None => diagnostic,
    });
}

/// Tells of summaries that count the phases, or the steps and items of their page, differently.
pub(super) fn of_summary(plan: &Plan, page: &PlanPage, sources: &Sources, told: &mut Vec<Diagnostic>) {
    let phases = plan.phases.len();
    for (path, run) in value_runs(page).iter().filter(|(path, _)| path == "summary") {
        for count in counts(run) {
            let is_set = count.what == "phases";
            // Only a count at the start is of the whole page: "Six steps, from …".
            let before = run.text[..count.range.start].trim_end();
            let is_whole = before.is_empty() || before.ends_with(['.', '!', '?']);
            if !is_whole || !(is_set || OF_PAGE.contains(&count.what)) {
                continue;
            }
            let lengths = if is_set { Vec::new() } else { lengths(page) };
            if count.number == phases || lengths.contains(&count.number) {
                continue;
            }
            let other = match lengths.is_empty() {
                true if phases == 0 => continue,
                true => format!("the plan has {phases} phases"),
                false => "no list of this page has as many".into(),
            };
            let message = format!("the {path} says {} {}, and {other}", count.number, count.what);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(run.span(count.range.clone(), sources), format!("{} here", count.number))
                .help("correct the number, or what it counts")
                .at_most(Level::Warning);
            told.push(diagnostic);
        }
    }
}

/// Tells of counts of the phases of a response that are not how many the plan has: "all six
/// phases of the response", and "the same six steps" where all phases are shown.
pub(super) fn of_process(binder: &Binder, index: usize, told: &mut Vec<Diagnostic>) {
    let plan = &binder.plans[index];
    if plan.phases.is_empty() {
        return;
    }
    for (page_index, page) in plan.pages.iter().enumerate() {
        let text = binder.text(index, page_index);
        let mut parts = text.words.parts.iter();
        let mut look = |shows_phases: &dyn Fn() -> bool| {
            for run in parts.next().into_iter().flatten().flat_map(|part| &text.words.runs[part.clone()]) {
                of_process_in(run, plan, shows_phases, &binder.project.sources, told);
            }
        };
        look(&|| leads_to_all_phases(plan, page, |_| true));
        page.body.walk(&mut |section| {
            look(&|| {
                let mut targets = BTreeSet::new();
                for part in &section.parts {
                    references(part, &mut |reference| {
                        if let Reference::Link(link) = reference {
                            targets.insert(&*link.target);
                        }
                    });
                }
                leads_to_all_phases(plan, page, |target| targets.contains(target))
            })
        });
    }
}

/// Whether those of a page's links that are asked for lead to every phase.
fn leads_to_all_phases(plan: &Plan, page: &PlanPage, asked: impl Fn(&str) -> bool) -> bool {
    let links = page.links.iter().filter(|(written, _)| asked(written));
    let reached: BTreeSet<usize> = links
        .filter_map(|(_, target)| match target {
            Target::Record(Kind::Phase, phase) => Some(*phase),
            Target::Page(page, None) => {
                let path = &plan.pages[*page].path;
                plan.phases.iter().position(|phase| *phase.record.page == **path)
            }
            _ => None,
        })
        .collect();
    reached.len() == plan.phases.len()
}

fn of_process_in(
    run: &Run,
    plan: &Plan,
    shows_phases: &dyn Fn() -> bool,
    sources: &Sources,
    told: &mut Vec<Diagnostic>,
) {
    const WHOLE: [&str; 9] = [
        "the same ",
        " all ",
        " all the ",
        " has ",
        " have ",
        " through ",
        " through the ",
        " consists of ",
        " these ",
    ];
    const ABOUT: [&str; 5] = ["response", "responses", "process", "incident", "plan"];
    const OF: [&str; 7] = [
        "of the response",
        "of a response",
        "of every response",
        "of each response",
        "of our response",
        "of the process",
        "of incident response",
    ];
    let divided = Divided::of(run);
    for count in counts(run) {
        let is_counted =
            count.what == "phases" || (["steps", "processes"].contains(&count.what) && shows_phases());
        let sentence = divided.sentence_at(count.range.start);
        let (true, Some(sentence)) = (is_counted && count.number != plan.phases.len(), sentence) else {
            continue;
        };
        let before = format!(" {}", run.text[sentence.start..count.range.start].to_lowercase());
        let after = run.text[count.range.end..sentence.end].to_lowercase();
        let is_about = has_any(&spaced(&run.text[sentence.clone()]), &ABOUT);
        let is_whole = WHOLE.iter().any(|words| before.ends_with(words)) && is_about;
        let is_part = PARTS.iter().any(|words| before.ends_with(words));
        let is_of = !is_part && OF.iter().any(|words| after.trim_start().starts_with(words));
        // With a colon it announces its own list, which it is held against.
        if !(is_whole || is_of)
            || after.trim_end().ends_with(':')
            || !run.is_by_hand(count.range.clone(), sources)
        {
            continue;
        }
        let phases = plan.phases.len();
        let message = format!("this says {} {}, and the plan has {phases} phases", count.number, count.what);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(run.span(count.range.clone(), sources), format!("{} here", count.number))
            .help("correct the number, or take it out")
            .at_most(Level::Warning);
        told.push(diagnostic);
    }
}

/// A list: what it lists, how many, and where it is announced.
pub(super) struct Announced<'p> {
    what: &'p str,
    length: usize,
    place: Span,
}

/// The lists that a page announces.
pub(super) fn announced_in<'p>(page: &'p PlanPage, sources: &Sources) -> Vec<Announced<'p>> {
    let mut lists = Vec::new();
    page.body.top.iter().for_each(|part| announcements(part, sources, &mut lists));
    page.body.walk(&mut |section| {
        section.parts.iter().for_each(|part| announcements(part, sources, &mut lists));
    });
    lists
}

/// Tells of counts such as "the four metrics" where the plan has one list of "these metrics:" and
/// it is of another length. `announced` are those of each text of the binder.
pub(super) fn of_plan(
    binder: &Binder,
    index: usize,
    announced: &[Vec<Announced>],
    told: &mut Vec<Diagnostic>,
) {
    let sources = &binder.project.sources;
    let texts = || (0..binder.plans[index].pages.len()).map(|page| binder.text_index(index, page));
    let lists: Vec<&Announced> = texts().flat_map(|text| &announced[text]).collect();
    let is_only = |list: &&&Announced| lists.iter().filter(|other| other.what == list.what).count() == 1;
    for list in lists.iter().filter(is_only) {
        for run in texts().flat_map(|text| &binder.texts[text].words.runs) {
            if !run.text.contains(list.what) {
                continue;
            }
            for count in counts(run).into_iter().filter(|count| count.what == list.what) {
                let before = run.text.as_bytes()[..count.range.start].last_chunk::<4>();
                let is_all = before
                    .is_some_and(|word| [b"the ", b"all "].iter().any(|all| word.eq_ignore_ascii_case(*all)));
                let span = run.span(count.range.clone(), sources);
                if !is_all || count.number == list.length || span == list.place {
                    continue;
                }
                let message =
                    format!("this says {} {}, and the plan lists {}", count.number, count.what, list.length);
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(span, format!("{} here", count.number))
                    .and(list.place, format!("{} here", list.length))
                    .help("correct the number, or the list")
                    .at_most(Level::Warning);
                told.push(diagnostic);
            }
        }
    }
}

/// The lists that are announced as "these metrics … :" right before them.
fn announcements<'p>(blocks: &'p [Block], sources: &Sources, found: &mut Vec<Announced<'p>>) {
    for pair in blocks.windows(2) {
        let [Block::Paragraph(_, content) | Block::Plain(_, content), Block::List(_, _, items)] = pair else {
            continue;
        };
        let run = Run::of(RunKind::Paragraph, content, sources);
        if !run.text.trim_end().ends_with(':') {
            continue;
        }
        let words = run.words();
        let these = |pair: &[std::ops::Range<usize>]| {
            let what = COUNTED.iter().find(|what| **what == &run.text[pair[1].clone()])?;
            run.text[pair[0].clone()].eq_ignore_ascii_case("these").then(|| (*what, pair[1].clone()))
        };
        if let Some((what, range)) = words.windows(2).find_map(these) {
            found.push(Announced { what, length: items.len(), place: run.span(range, sources) });
        }
    }
    for block in blocks {
        match block {
            Block::List(_, _, items) => {
                items.iter().for_each(|item| announcements(&item.blocks, sources, found));
            }
            Block::Quote(_, _, blocks) => announcements(blocks, sources, found),
            _ => {}
        }
    }
}

/// How long the lists of a page are, how many sections it has, and how many tasks in all.
fn lengths(page: &PlanPage) -> Vec<usize> {
    let mut found = Vec::new();
    let mut tasks = 0;
    let mut read = |blocks: &[Block]| {
        for block in blocks {
            match block {
                Block::List(_, _, items) => {
                    tasks += items.iter().filter(|item| item.task.is_some()).count();
                    found.push(items.len());
                }
                Block::Table(_, table) => found.push(table.rows.len()),
                _ => {}
            }
        }
    };
    page.body.top.iter().for_each(|part| read(part));
    let mut children = vec![page.body.sections.len()];
    page.body.walk(&mut |section| {
        section.parts.iter().for_each(|part| read(part));
        children.push(section.children.len());
    });
    found.push(tasks);
    found.extend(children);
    found.retain(|length| *length > 1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_number_right_before_what_it_counts() {
        let found = |text: &str| -> Vec<(usize, String)> {
            let run = Run::of_value(text, crate::source::Span::default());
            counts(&run).into_iter().map(|count| (count.number, run.text[count.range].to_string())).collect()
        };
        assert_eq!(found("These four metrics:"), [(4, "four metrics".to_string())]);
        assert_eq!(found("It has 14 main items"), [(14, "14 main items".to_string())]);
        assert_eq!(found("one role, two. Steps follow"), []);
        assert_eq!(found("within 2 hours, in 2026 steps"), []);
    }
}
