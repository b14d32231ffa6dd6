//! Addresses that a sentence, a cell or a row binds to a channel or a contact.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::check::contradicting_channel::{Directory, Point, RULE};
use crate::check::mention::channel::tokens;
use crate::check::mention::contact::emails;
use crate::check::passage::{Part, Setting, is_filled_in, keep_outermost, passages, whole_words};
use crate::check::{Binder, Findings, Reader};
use crate::diagnostic::Diagnostic;
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{Divided, PlanPage, Run, Text};
use crate::source::{Sources, Span};
use crate::syntax::Block;

/// Further apart, in bytes, nothing binds an address to a name.
const NEAR: usize = 100;

pub(super) fn look(binder: &Binder, directories: &BTreeMap<&str, Directory>, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let found: Vec<(Reader, Diagnostic)> = passages(binder)
        .par_iter()
        .flat_map_iter(|passage| {
            let runs: Vec<(Part, Vec<Found>)> = passage
                .parts()
                .map(|part| (part, written(&part, sources)))
                .filter(|(_, found)| !found.is_empty())
                .collect();
            let in_cell = |(part, _): &(Part, Vec<Found>)| {
                part.setting == Setting::Text && part.run.kind == RunKind::Cell
            };
            let rows = if runs.iter().any(in_cell) { rows(passage.page, sources) } else { Vec::new() };
            let mut told = Vec::new();
            for (reader, ..) in passage.readers {
                let Some(directory) = directories.get(reader.0) else { continue };
                for (part, found) in &runs {
                    in_run(directory, part, found, sources, &mut |diagnostic| {
                        told.push((*reader, diagnostic))
                    });
                }
                for row in &rows {
                    in_row(directory, row, sources, &mut |diagnostic| told.push((*reader, diagnostic)));
                }
            }
            told
        })
        .collect();
    // Each variant's record may differ. The first is shown, and all who read the words are named.
    let mut first: BTreeMap<(Option<Span>, String), Diagnostic> = BTreeMap::new();
    for (reader, diagnostic) in found {
        let key = (diagnostic.span(), diagnostic.message.clone());
        findings.tell_in(reader, first.entry(key).or_insert(diagnostic).clone());
    }
}

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Address,
    Mention,
    Email,
    Phone,
}

/// An address that is written out.
#[derive(Debug, Clone)]
struct Found {
    sort: Sort,
    range: Range<usize>,
}

/// The addresses a hand wrote out in a text.
fn written(part: &Part, sources: &Sources) -> Vec<Found> {
    const STATES: [&str; 4] = ["address", "mention", "email", "phone"];
    if STATES.iter().any(|key| part.is_under(key)) {
        return Vec::new();
    }
    if !may_have_address(part.run) {
        return Vec::new();
    }
    let mut found = addresses(&part.run.text);
    found.retain(|it| !is_filled_in(part, part.run.span(it.range.clone(), sources), sources));
    found
}

/// Whether a text has a mark or the figures that an address needs.
fn may_have_address(run: &Run) -> bool {
    let has_figures = || run.text.bytes().filter(u8::is_ascii_digit).count() >= 7;
    run.alphabet.has_any("#@") || run.alphabet.has_any("0123456789") && has_figures()
}

fn addresses(text: &str) -> Vec<Found> {
    let marked = tokens(text).into_iter().map(|range| {
        let sort = if text[range.clone()].starts_with('#') { Sort::Address } else { Sort::Mention };
        Found { sort, range }
    });
    let mut found: Vec<Found> = marked.collect();
    found.extend(emails(text).into_iter().map(|range| Found { sort: Sort::Email, range }));
    found.extend(phones(text).into_iter().map(|range| Found { sort: Sort::Phone, range }));
    found.sort_by_key(|it| it.range.start);
    found
}

/// Where telephone numbers stand in a text: seven figures or more, or a plus before them.
fn phones(text: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '+');
    let mut found = Vec::new();
    let mut start = 0;
    for stretch in text.split_inclusive(|c: char| !is_part(c)) {
        let inner = stretch.trim_end_matches(|c: char| !c.is_ascii_digit());
        let skipped =
            inner.len() - inner.trim_start_matches(|c: char| !matches!(c, '0'..='9' | '+' | '(')).len();
        let number = &inner[skipped..];
        let count = number.chars().filter(char::is_ascii_digit).count();
        // A day such as 2026-05-02 has eight.
        let is_day = number.len() == 10 && number.matches('-').count() == 2 && number.as_bytes()[4] == b'-';
        if (7..=15).contains(&count) && !is_day && number.contains([' ', '-', '+', '(']) {
            found.push(start + skipped..start + inner.len());
        }
        start += stretch.len();
    }
    found
}

/// The points a text names, by a link or by a title of two words or more.
fn named<'d>(directory: &'d Directory, run: &Run) -> Vec<(Range<usize>, &'d Point)> {
    let mut found: Vec<(Range<usize>, &Point)> = Vec::new();
    for (range, mark) in &run.marks {
        let Mark::Link(target) = mark else { continue };
        let linked = directory.by_link.get(&**target);
        found.extend(linked.map(|at| (range.clone(), &directory.points[*at])));
    }
    for (range, at) in directory.titles.find(&run.text) {
        found.push((range, &directory.points[at]));
    }
    // A title inside a longer one is not what is named.
    keep_outermost(&mut found, |(range, _)| range);
    found
}

fn in_run(
    directory: &Directory,
    part: &Part,
    found: &[Found],
    sources: &Sources,
    tell: &mut dyn FnMut(Diagnostic),
) {
    let run = &part.run;
    let named = named(directory, run);
    // What stands in sentences is only asked for where there is a mention, and then once.
    let divided = Divided::of(run);
    let marked = LazyCell::new(|| tokens(&run.text));
    for address in found {
        let text = &run.text[address.range.clone()];
        let from = named.partition_point(|(name, _)| name.end + NEAR < address.range.start);
        let mut near = named[from..].iter().take_while(|(name, _)| name.start <= address.range.end + NEAR);
        let adjacent = near.find(|(range, _)| binds(&run.text, range, &address.range));
        let point = match adjacent {
            Some((_, point)) => Some(*point),
            None if address.sort == Sort::Mention => {
                let sentence = divided.sentence_at(address.range.start);
                sentence.and_then(|sentence| alone_in(&sentence, directory, run, &named, &marked))
            }
            None => None,
        };
        let Some(point) = point else { continue };
        if let Some(own) = differs(point, address.sort, text) {
            tell(word(point, own, text, run.span(address.range.clone(), sources)));
        }
    }
}

/// Whether an address stands beside a name, so that it can only be the address of that.
fn binds(text: &str, name: &Range<usize>, address: &Range<usize>) -> bool {
    const BETWEEN: [&str; 14] = [
        "at", "on", "in", "is", "called", "room", "channel", "the", "address", "by", "email", "mail",
        "phone", "under",
    ];
    let (before, after) = (name.end <= address.start, address.end <= name.start);
    let gap = match (before, after) {
        (true, _) => &text[name.end..address.start],
        (_, true) => &text[address.end..name.start],
        _ => return false,
    };
    let closed = gap.contains(['.', ';', '!', '?', ')', '|', '\u{FFFC}']);
    let words: Vec<String> = gap
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let idle = words.len() <= 3 && words.iter().all(|word| BETWEEN.contains(&word.as_str()));
    if after {
        // "#general (the incident room)"
        return !closed
            && gap.contains(['(', ','])
            && words.iter().all(|word| word == "the")
            && words.len() <= 1;
    }
    let rest = &text[address.end..];
    let is_list = gap.trim() == "," && (rest.starts_with(" and ") || rest.starts_with(" or "));
    !closed && idle && !is_list
}

/// The only channel of a sentence, where its only mention is meant to reach people there. `named` and `tokens`
/// are those of the run, in order.
fn alone_in<'d>(
    sentence: &Range<usize>,
    directory: &'d Directory,
    run: &Run,
    named: &[(Range<usize>, &'d Point)],
    tokens: &[Range<usize>],
) -> Option<&'d Point> {
    const OTHERWISE: [&str; 6] = ["not", "never", "instead", "no", "unless", "except"];
    let is_inside = |range: &Range<usize>| sentence.start <= range.start && range.end <= sentence.end;
    let from = tokens.partition_point(|token| token.start < sentence.start);
    let tokens =
        || tokens[from..].iter().take_while(|token| is_inside(token)).map(|token| &run.text[token.clone()]);
    // Values of a template are mentions, too.
    if tokens().filter(|token| token.starts_with('@')).take(2).count() != 1 {
        return None;
    }
    let words = run.text[sentence.clone()].to_lowercase();
    if words.split(|c: char| !c.is_alphanumeric()).any(|word| OTHERWISE.contains(&word)) {
        return None;
    }
    let from = named.partition_point(|(range, _)| range.start < sentence.start);
    let mut points: Vec<&Point> = named[from..]
        .iter()
        .take_while(|(range, _)| range.start < sentence.end)
        .filter(|(range, point)| is_inside(range) && point.map == "channels")
        .map(|(_, point)| *point)
        .collect();
    for token in tokens().filter(|token| token.starts_with('#')) {
        let holders = directory.by_room.get(&token.to_lowercase());
        points.extend(holders.into_iter().flatten().map(|at| &directory.points[*at]));
    }
    points.dedup_by(|a, b| a.id == b.id);
    match points[..] {
        [point] => Some(point),
        _ => None,
    }
}

/// Whether an address has another as a whole.
fn has(address: &str, token: &str) -> bool {
    let lower = address.to_lowercase();
    whole_words(&lower, token.trim_start_matches(['#', '@'])).next().is_some() && lower.contains(token)
}

/// What a record has instead of an address that is said to be its own; `None` where they agree or
/// where it has none.
fn differs<'d>(point: &'d Point, sort: Sort, text: &str) -> Option<&'d Text> {
    let own = match sort {
        Sort::Address => point.address.as_ref()?,
        Sort::Mention => point.mention.as_ref()?,
        Sort::Email => point.email.as_ref()?,
        Sort::Phone => point.phone.as_ref()?,
    };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let agrees = match sort {
        Sort::Phone => {
            digits(&own.value).ends_with(&digits(text)) || digits(text).ends_with(&digits(&own.value))
        }
        // A mention of another room's may be wanted in this one; an address never is.
        Sort::Address | Sort::Mention => has(&own.value, &text.to_lowercase()),
        Sort::Email => own.value.eq_ignore_ascii_case(text),
    };
    (!agrees).then_some(own)
}

fn word(point: &Point, own: &Text, text: &str, span: Span) -> Diagnostic {
    let key = [
        ("address", &point.address),
        ("mention", &point.mention),
        ("email", &point.email),
        ("phone", &point.phone),
    ]
    .into_iter()
    .find(|(_, held)| held.as_ref().is_some_and(|held| held == own))
    .map_or("address", |(key, _)| key);
    let path = format!("{}.{}.{key}", point.map, point.id);
    Diagnostic::new(RULE.name, format!("`{text}` is not `{path}`"))
        .at(span, "said to be its own here")
        .and(own.span, format!("`{}` here", own.value))
        .help(format!("write `{{{{ {path} }}}}`, or mend the record"))
}

/// The rows of a page's tables that have an address, as runs.
fn rows(page: &PlanPage, sources: &Sources) -> Vec<Vec<Run>> {
    let mut found = Vec::new();
    for part in &page.body.top {
        table_rows(part, sources, &mut found);
    }
    page.body.walk(&mut |section| {
        section.parts.iter().for_each(|part| table_rows(part, sources, &mut found));
    });
    found.retain(|row: &Vec<Run>| row.iter().any(|cell| !addresses(&cell.text).is_empty()));
    found
}

fn table_rows(blocks: &[Block], sources: &Sources, found: &mut Vec<Vec<Run>>) {
    for block in blocks {
        match block {
            Block::Table(_, table) => {
                let cells = |row: &Vec<crate::syntax::Cell>| -> Vec<Run> {
                    row.iter().map(|cell| Run::of(RunKind::Cell, &cell.content, sources)).collect()
                };
                found.extend(table.rows.iter().map(cells));
            }
            Block::List(_, _, items) => {
                items.iter().for_each(|item| table_rows(&item.blocks, sources, found))
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => table_rows(blocks, sources, found),
            Block::Paragraph(..)
            | Block::Plain(..)
            | Block::Heading(..)
            | Block::Code(..)
            | Block::Html(_)
            | Block::Rule(_) => {}
        }
    }
}

/// A row whose one cell is the name of a point: the other cells say its addresses.
fn in_row(directory: &Directory, row: &[Run], sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    let mut names = row.iter().enumerate().filter_map(|(at, cell)| {
        let named = named(directory, cell).into_iter();
        let mut whole = named.filter(|(range, _)| {
            let rest = format!("{}{}", &cell.text[..range.start], &cell.text[range.end..]).to_lowercase();
            matches!(rest.trim(), "" | "the")
        });
        whole.next().map(|(_, point)| (at, point))
    });
    let (Some((name_at, point)), None) = (names.next(), names.next()) else { return };
    for cell in row.iter().enumerate().filter(|(at, _)| *at != name_at).map(|(_, cell)| cell) {
        for address in addresses(&cell.text) {
            let span = cell.span(address.range.clone(), sources);
            let text = &cell.text[address.range.clone()];
            // Another channel in the same cell binds its own address.
            if !named(directory, cell).is_empty() || sources.text(span).contains("{{") {
                continue;
            }
            if let Some(own) = differs(point, address.sort, text) {
                tell(word(point, own, text, span));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_beside_a_name_is_its_own() {
        let binds = |text: &str| {
            let name = text.find("the room").map(|at| at..at + 8).expect("a name");
            let address = text.find("#a").map(|at| at..at + 2).expect("an address");
            super::binds(text, &name, &address)
        };
        assert!(binds("in the room (#a)") && binds("in the room, #a") && binds("the room is #a"));
        assert!(binds("in #a (the room)"));
        assert!(!binds("leave the room. Go to #a") && !binds("in the room, #a and #b"));
        assert!(!binds("from the room go straight to #a"));
    }

    #[test]
    fn telephones_are_no_days() {
        let found =
            |text: &str| phones(text).into_iter().map(|range| text[range].to_string()).collect::<Vec<_>>();
        assert_eq!(found("Call +1 202 555 0147. On 2026-05-02"), ["+1 202 555 0147"]);
    }
}
