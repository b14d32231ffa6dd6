//! Running text: the words of a page or a value, as the checks read them.
//!
//! A run is one paragraph, heading, item, cell or value of front matter. Its words know where
//! they are written, which of them are marked, and which an author wrote out by hand rather
//! than left to a template.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::plan::PlanPage;
use crate::plan::letters::{Alphabet, look_through, words};
use crate::source::{Sources, Span};
use crate::syntax::{Block, Cell, Inline, Item};
use crate::tailor::{Body, facts};

/// Stands in a run's text where a link to a thing is, whose name is the thing's own.
pub const THING: char = '\u{FFFC}';

/// The most bytes of a sentence that people read as one. Rules read the sentence around each word
/// they look for, so that one as long as a page would be read as often as it has such words.
const SENTENCE: usize = 1_000;

/// What a run of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    /// A heading, 1 to 6
    Heading(u8),
    /// A paragraph, also one in a quote or an item
    Paragraph,
    /// The text of a list's item that is no paragraph; for a task, whether it is ticked
    Item(Option<bool>),
    /// A cell of a table's header
    HeaderCell,
    /// Another cell
    Cell,
    /// A value of front matter
    Value,
}

/// What some words of a run are marked as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// `**strong**`
    Strong,
    /// `*emphasis*`
    Emphasis,
    /// `` `code` ``
    Code,
    /// A link, by what it leads to as written
    Link(Box<str>),
}

/// How long a run gets, in bytes.
const LONGEST: usize = 64 * 1024;

/// Where some of the words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Copied from the file, byte for byte
    Copied,
    /// Changed on the way: a value of a template, an entity, a link to a thing
    Made,
    /// A value of front matter: its words are somewhere in the span
    Scalar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it starts in the text
    start: usize,
    span: Span,
    origin: Origin,
}

/// The words of one paragraph, heading, item, cell or value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What it is
    pub kind: RunKind,
    /// Its words. A line's end is a space; a link to a thing without words of its own is
    /// [`THING`]; what is struck out is not said.
    pub text: String,
    /// Ranges of `text` that are marked, outer ones before those inside them
    pub marks: Vec<(Range<usize>, Mark)>,
    /// Which signs its words have
    pub alphabet: Alphabet,
    pieces: Vec<Piece>,
    /// The ranges that are code, in order
    code: Vec<Range<usize>>,
}

impl Hash for Run {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Runs with the same words at the same place differ only where a template made them.
        self.text.hash(state);
        self.pieces.first().map(|piece| (piece.span.source.0, piece.span.start)).hash(state);
    }
}

impl Run {
    /// The words of some inlines.
    pub fn of(kind: RunKind, content: &[Inline], sources: &Sources) -> Run {
        let length = |inline: &Inline| match inline {
            Inline::Text(_, words) | Inline::Code(_, words) => words.len(),
            _ => 1,
        };
        let text = String::with_capacity(content.iter().map(length).sum());
        let pieces = Vec::with_capacity(content.len());
        let alphabet = Alphabet::of("");
        let mut run = Run { kind, text, marks: Vec::new(), alphabet, pieces, code: Vec::new() };
        run.add(content, sources);
        run.alphabet = Alphabet::of(&run.text);
        // All runs of a binder are kept at once.
        run.text.shrink_to_fit();
        run.marks.shrink_to_fit();
        run.pieces.shrink_to_fit();
        run.code.shrink_to_fit();
        run
    }

    /// A value of front matter.
    pub fn of_value(text: &str, span: Span) -> Run {
        let piece = Piece { start: 0, span, origin: Origin::Scalar };
        Run {
            kind: RunKind::Value,
            text: text.into(),
            marks: Vec::new(),
            alphabet: Alphabet::of(text),
            pieces: vec![piece],
            code: Vec::new(),
        }
    }

    /// Adds the run, in several where it is longer than any text a person reads as one: what is asked
    /// of a run's words costs more than they are many.
    fn add_in_parts(self, found: &mut Vec<Run>) {
        if self.text.len() <= LONGEST {
            return found.push(self);
        }
        let mut start = 0;
        while start < self.text.len() {
            let mut end = self.text.floor_char_boundary(start + LONGEST);
            if end < self.text.len() {
                end = self.text[start..end].rfind(' ').map_or(end, |at| start + at + 1);
            }
            found.push(self.part(start..end));
            start = end;
        }
    }

    fn part(&self, range: Range<usize>) -> Run {
        let within = |other: &Range<usize>| {
            let (start, end) = (other.start.max(range.start), other.end.min(range.end));
            (start < end).then(|| start - range.start..end - range.start)
        };
        let pieces = self.pieces(range.clone()).map(|(piece, part)| {
            let mut span = piece.span;
            if piece.origin == Origin::Copied {
                span.start += (part.start - piece.start) as u32;
            }
            Piece { start: part.start - range.start, span, origin: piece.origin }
        });
        let marks = self.marks.iter().filter_map(|(marked, mark)| Some((within(marked)?, mark.clone())));
        Run {
            kind: self.kind,
            text: self.text[range.clone()].to_string(),
            marks: marks.collect(),
            alphabet: Alphabet::of(&self.text[range.clone()]),
            pieces: pieces.collect(),
            code: self.code.iter().filter_map(within).collect(),
        }
    }

    fn add(&mut self, content: &[Inline], sources: &Sources) {
        for inline in content {
            match inline {
                Inline::Text(span, words) => self.push(words, *span, sources.text(*span) == &**words),
                Inline::Code(span, words) => {
                    let (start, code) = (self.text.len(), code_span(*span, words, sources));
                    self.push(words, code.unwrap_or(*span), code.is_some());
                    self.mark(start, Mark::Code);
                    self.code.push(start..self.text.len());
                }
                Inline::Emphasis(content) => self.add_marked(content, Mark::Emphasis, sources),
                Inline::Strong(content) => self.add_marked(content, Mark::Strong, sources),
                Inline::Link(link) => {
                    let start = self.text.len();
                    if link.content.is_empty() {
                        self.push(THING.encode_utf8(&mut [0; 4]), link.span, false);
                    } else {
                        self.add(&link.content, sources);
                    }
                    self.mark(start, Mark::Link(link.target.clone()));
                }
                Inline::SoftBreak | Inline::HardBreak => {
                    if let Some(last) = self.pieces.last().copied() {
                        let end = Span { start: last.span.end, ..last.span };
                        self.push(" ", end, false);
                    }
                }
                Inline::Strikethrough(_) | Inline::Image(_) | Inline::Html(_) | Inline::FootnoteMark(..) => {}
            }
        }
    }

    fn add_marked(&mut self, content: &[Inline], mark: Mark, sources: &Sources) {
        // The mark of the outer words stands before those of the inner ones.
        let (start, index) = (self.text.len(), self.marks.len());
        self.add(content, sources);
        if self.text.len() > start {
            self.marks.insert(index, (start..self.text.len(), mark));
        }
    }

    fn push(&mut self, words: &str, span: Span, copied: bool) {
        let origin = if copied { Origin::Copied } else { Origin::Made };
        self.pieces.push(Piece { start: self.text.len(), span, origin });
        self.text.push_str(words);
    }

    fn mark(&mut self, start: usize, mark: Mark) {
        if self.text.len() > start {
            self.marks.push((start..self.text.len(), mark));
        }
    }

    /// The pieces a range of the text is of, each with its part of the range.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (&Piece, Range<usize>)> {
        // Texts of megabytes are asked many times: the first piece is found, not looked for.
        let first = self.pieces.partition_point(|piece| piece.start <= range.start).saturating_sub(1);
        let pieces = self.pieces[first..].iter().take_while(move |piece| piece.start < range.end);
        let next = self.pieces[first..].iter().skip(1).map(|piece| piece.start).chain([self.text.len()]);
        pieces.zip(next).filter_map(move |(piece, end)| {
            let part = piece.start.max(range.start)..end.min(range.end);
            (part.start < part.end).then_some((piece, part))
        })
    }

    /// Where a range of the text is written: exactly, where it was copied; the whole expression
    /// or value where it was not.
    pub fn span(&self, range: Range<usize>, sources: &Sources) -> Span {
        let mut found: Option<Span> = None;
        for (piece, part) in self.pieces(range.clone()) {
            let span = match piece.origin {
                Origin::Copied => {
                    let start = piece.span.start as usize + part.start - piece.start;
                    Span::new(piece.span.source, start..start + part.len())
                }
                Origin::Made => piece.span,
                Origin::Scalar => within(piece.span, &self.text[part], sources).unwrap_or(piece.span),
            };
            found = Some(match found {
                Some(first) if first.source == span.source => {
                    Span { start: first.start.min(span.start), end: first.end.max(span.end), ..first }
                }
                Some(first) => first,
                None => span,
            });
        }
        found.or(self.pieces.first().map(|piece| piece.span)).unwrap_or_default()
    }

    /// Whether all of it stands in the file as it is here, without anything between.
    pub fn is_copied(&self) -> bool {
        matches!(self.pieces[..], [Piece { origin: Origin::Copied, .. }])
    }

    /// Whether an author wrote out every character of a range of the text, and no template,
    /// link or entity made one of them. Where it is, [`Run::span`] covers these characters and
    /// no others.
    pub fn is_written(&self, range: Range<usize>, sources: &Sources) -> bool {
        let mut pieces = self.pieces(range.clone()).peekable();
        pieces.peek().is_some()
            && pieces.all(|(piece, part)| match piece.origin {
                Origin::Copied => true,
                Origin::Made => false,
                Origin::Scalar => within(piece.span, &self.text[part], sources).is_some(),
            })
            && sources.text(self.span(range.clone(), sources)) == &self.text[range.clone()]
    }

    /// The ranges of the text that expressions such as `{{ timers.report.within }}` gave.
    pub fn values<'r>(&'r self, sources: &'r Sources) -> impl Iterator<Item = Range<usize>> + 'r {
        let made = self.pieces(0..self.text.len()).filter(|(piece, _)| piece.origin == Origin::Made);
        made.filter(|(piece, _)| sources.text(piece.span).starts_with("{{")).map(|(_, range)| range)
    }

    /// Whether no template made any of a range of the text. Unlike what [`Run::is_written`] asks,
    /// marks, entities and ends of lines may stand between its words where it is written.
    pub fn is_by_hand(&self, range: Range<usize>, sources: &Sources) -> bool {
        let text = sources.text(self.span(range, sources));
        !text.contains("{{") && !text.contains("{%")
    }

    /// The marks of a range of the text: those whose words hold all of it.
    pub fn marks_of(&self, range: Range<usize>) -> impl Iterator<Item = &Mark> {
        let holds = move |marked: &Range<usize>| marked.start <= range.start && range.end <= marked.end;
        self.marks.iter().filter(move |(marked, _)| holds(marked)).map(|(_, mark)| mark)
    }

    /// Whether a range of the text touches code.
    pub fn has_code(&self, range: Range<usize>) -> bool {
        let next = self.code.partition_point(|code| code.end <= range.start);
        self.code.get(next).is_some_and(|code| code.start < range.end)
    }

    /// The sentences, each with its full stop and without the space around it. A dot between
    /// letters or figures, after a single letter, or inside code ends none. After [`SENTENCE`] bytes
    /// one ends at the next sign that is neither letter nor figure.
    pub fn sentences(&self) -> Vec<Range<usize>> {
        look_through(&self.text);
        let mut sentences = Vec::new();
        let mut start = 0;
        let bytes = self.text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            let is_long = at >= start + SENTENCE && byte.is_ascii() && !byte.is_ascii_alphanumeric();
            if !(ENDS[usize::from(*byte)] || is_long) {
                continue;
            }
            let length = match byte {
                0xE2 if self.text[at..].starts_with('…') => '…'.len_utf8(),
                0xE2 => continue,
                _ => 1,
            };
            let end = at + length;
            let followed = bytes.get(end).is_none_or(|next| !next.is_ascii_alphanumeric());
            let is_initial = || *byte == b'.' && is_single_letter(&self.text[start..at]);
            if is_long || (followed && !is_initial() && !self.has_code(at..end)) {
                push_trimmed(&self.text, start..end, &mut sentences);
                start = end;
            }
        }
        push_trimmed(&self.text, start..self.text.len(), &mut sentences);
        sentences
    }

    /// The words: stretches of letters and digits, with the apostrophes and hyphens inside them.
    pub fn words(&self) -> Vec<Range<usize>> {
        words(&self.text)
    }
}

/// The bytes with which a sentence may end, or a sign that ends one begins.
const ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    let mut at = 0;
    let signs = [b'.', b'!', b'?', b';', 0xE2];
    while at < signs.len() {
        ends[signs[at] as usize] = true;
        at += 1;
    }
    ends
};

/// Whether a text ends with a word of one letter, as `e.g` and a person's initial do.
fn is_single_letter(text: &str) -> bool {
    let mut letters = text.chars().rev();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none_or(|c| !c.is_alphanumeric())
}

fn push_trimmed(text: &str, range: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let words = &text[range.clone()];
    let start = range.start + words.len() - words.trim_start().len();
    let end = start + words.trim().len();
    if text[start..end].contains(char::is_alphanumeric) || text[start..end].contains(THING) {
        sentences.push(start..end);
    }
}

/// The code between the backticks of a span, where it stands there as it reads.
fn code_span(span: Span, words: &str, sources: &Sources) -> Option<Span> {
    let text = sources.text(span);
    let at = text.find(words).filter(|_| text.starts_with('`') && !words.is_empty())?;
    let start = span.start as usize + at;
    Some(Span::new(span.source, start..start + words.len()))
}

/// Where some words stand in a span, where they do so once.
fn within(span: Span, words: &str, sources: &Sources) -> Option<Span> {
    let text = sources.text(span);
    let at = text.find(words)?;
    let start = span.start as usize + at;
    (text.rfind(words) == Some(at)).then(|| Span::new(span.source, start..start + words.len()))
}

/// The runs of a page's text, in order, headings included.
pub fn runs(body: &Body, sources: &Sources) -> Vec<Run> {
    PageRuns::of(body, sources).all
}

/// The runs of a page's text, and which of them each part of it is.
#[derive(Debug, Clone, Default)]
pub struct PageRuns {
    /// All of them in order, headings included
    pub all: Vec<Run>,
    /// For the top of the page and then for each section, in the order of [`Body::walk`], which
    /// runs each of its parts is. The heading of a section is the run before them.
    pub parts: Vec<Vec<Range<usize>>>,
}

impl PageRuns {
    /// The runs of a page's text.
    pub fn of(body: &Body, sources: &Sources) -> PageRuns {
        let mut runs = PageRuns::default();
        runs.add(&body.top, sources);
        body.walk(&mut |section| {
            runs.all.push(Run::of(RunKind::Heading(section.level), &section.title, sources));
            runs.add(&section.parts, sources);
        });
        runs.all.shrink_to_fit();
        runs
    }

    fn add(&mut self, parts: &[Arc<[Block]>], sources: &Sources) {
        let add = |part: &Arc<[Block]>| {
            let start = self.all.len();
            block_runs(part, sources, &mut self.all);
            start..self.all.len()
        };
        let parts = parts.iter().map(add).collect();
        self.parts.push(parts);
    }
}

/// The texts of a page's front matter that are prose, each with its path, such as
/// `channels.main.never`; for `plan.md` those of all facts. Of one that is longer than any text a person reads as
/// one, the first [`LONGEST`] bytes.
pub fn value_runs(page: &PlanPage) -> Vec<(String, Run)> {
    let mut found = Vec::new();
    facts::texts(&page.front, page.kind.all_fields(), "", &mut |path, text, span| {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        found.push((path.to_string(), Run::of_value(text, span)));
    });
    found
}

/// The runs of some blocks, in order.
pub fn block_runs(blocks: &[Block], sources: &Sources, found: &mut Vec<Run>) {
    for block in blocks {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) => {
                Run::of(RunKind::Paragraph, content, sources).add_in_parts(found);
            }
            Block::Heading(_, heading) => {
                Run::of(RunKind::Heading(heading.level), &heading.content, sources).add_in_parts(found);
            }
            Block::List(_, _, items) => items.iter().for_each(|item| item_runs(item, sources, found)),
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => block_runs(blocks, sources, found),
            Block::Table(_, table) => {
                let mut add = |kind, cell: &Cell| Run::of(kind, &cell.content, sources).add_in_parts(found);
                table.header.iter().for_each(|cell| add(RunKind::HeaderCell, cell));
                table.rows.iter().flatten().for_each(|cell| add(RunKind::Cell, cell));
            }
            Block::Code(..) | Block::Html(_) | Block::Rule(_) => {}
        }
    }
}

fn item_runs(item: &Item, sources: &Sources, found: &mut Vec<Run>) {
    match &item.blocks[..] {
        [Block::Plain(_, content) | Block::Paragraph(_, content), rest @ ..] => {
            Run::of(RunKind::Item(item.task), content, sources).add_in_parts(found);
            block_runs(rest, sources, found);
        }
        blocks => block_runs(blocks, sources, found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ExpansionMap;
    use crate::syntax::markdown;

    fn read(text: &str) -> (Vec<Run>, Sources) {
        let mut sources = Sources::default();
        let id = sources.add("page.md", text);
        let document = markdown::parse(id, text, &ExpansionMap::copied(0));
        let runs = runs(&Body::of(&document), &sources);
        (runs, sources)
    }

    #[test]
    fn each_part_of_a_page_knows_its_runs() {
        let text = "Top.\n\n- one\n- two\n\n## Head\n\n| A |\n| --- |\n| b |\n\n### Empty\n";
        let mut sources = Sources::default();
        let id = sources.add("page.md", text);
        let document = markdown::parse(id, text, &ExpansionMap::copied(0));
        let runs = PageRuns::of(&Body::of(&document), &sources);
        let words: Vec<Vec<&str>> = runs
            .parts
            .iter()
            .map(|parts| {
                parts.iter().flat_map(|part| &runs.all[part.clone()]).map(|run| &*run.text).collect()
            })
            .collect();
        assert_eq!(words, [vec!["Top.", "one", "two"], vec!["A", "b"], vec![]]);
        assert_eq!(runs.all.len(), 7, "two headings beside them");
    }

    #[test]
    fn words_know_where_they_are_written_and_how_they_are_marked() {
        let text = "## Head\n\nAsk **the *lead*\nfirst**, in `#room` or [](role:scribe) &amp; so.\n";
        let (runs, sources) = read(text);
        assert_eq!(runs[0].kind, RunKind::Heading(2));
        let run = &runs[1];
        assert_eq!(run.text, "Ask the lead first, in #room or \u{FFFC} & so.");
        let at = |words: &str| {
            let start = run.text.find(words).expect("the words");
            start..start + words.len()
        };
        assert_eq!(sources.text(run.span(at("#room"), &sources)), "#room");
        assert_eq!(sources.text(run.span(at("lead first"), &sources)), "lead*\nfirst");
        assert!(run.is_written(at("Ask "), &sources));
        assert!(!run.is_written(at("lead first"), &sources), "what is written differs");
        assert!(!run.is_written(at("\u{FFFC}"), &sources));
        assert!(!run.is_written(at("&"), &sources));
        assert_eq!(run.marks_of(at("lead")).collect::<Vec<_>>(), [&Mark::Strong, &Mark::Emphasis]);
        assert!(run.has_code(at("#room")) && !run.has_code(at("Ask")));
    }

    #[test]
    fn a_value_of_front_matter_knows_where_its_words_are() {
        let mut sources = Sources::default();
        let text = "summary: >-\n  Ask the lead\n  first.\n";
        let id = sources.add("page.md", text);
        let run = Run::of_value("Ask the lead first.", Span::new(id, 9..text.len()));
        assert_eq!(sources.text(run.span(8..12, &sources)), "lead");
        assert!(run.is_written(8..12, &sources));
        assert!(!run.is_written(8..18, &sources), "the line ends between");
    }

    #[test]
    fn sentences_end_where_readers_say_they_do() {
        let (runs, _) =
            read("Wait, e.g. for version 1.2 of it. Then go! See `a. b` in response.md; or not\n");
        let run = &runs[0];
        let found: Vec<&str> = run.sentences().into_iter().map(|range| &run.text[range]).collect();
        let expected =
            ["Wait, e.g. for version 1.2 of it.", "Then go!", "See a. b in response.md;", "or not"];
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_have_an_end_in_a_text_without_one() {
        let text = "call 1.5 leads ".repeat(1_000);
        let (runs, _) = read(&text);
        let all = runs[0].sentences();
        assert!(all.iter().all(|sentence| sentence.len() <= super::SENTENCE + "leads ".len()), "{all:?}");
        let words: usize = all.iter().map(|it| runs[0].text[it.clone()].split(' ').count()).sum();
        assert_eq!(words, 3_000, "no word is cut or lost");
        let short = format!("{}.", &text[..super::SENTENCE - 2]);
        assert_eq!(read(&short).0[0].sentences().len(), 1);
    }
}
