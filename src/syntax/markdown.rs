//! Markdown (CommonMark 0.31 with GitHub's tables, alerts, task lists, strikethrough and
//! footnotes, and attributes on headings) as a [`Document`].

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use crate::source::{ExpansionMap, SourceId, Span};
use crate::syntax::escape::{find_reserved, unescape_value};
use crate::syntax::html;
use crate::syntax::marks::{defined_for_fewer, ended_by_chance, is_audience};
use crate::syntax::pairs::Pairs;
use crate::syntax::section::divide;
use crate::syntax::tree::{Alert, Align, Block, Cell, Heading, Image, Inline, Item, Link, Table};
use crate::syntax::{Document, Fault, FaultKind};

/// Blocks and inlines nested deeper than this are laid flat: nobody means them, and
/// everything after the parser walks the tree by recursion.
const DEEPEST: usize = 64;

/// Reads the body of a page. `map` relates `text` to the file it was expanded from.
pub fn parse(source: SourceId, text: &str, map: &ExpansionMap) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let mut builder = Builder {
        source,
        text,
        map,
        open: vec![Frame::new(Open::Page, 0..text.len(), 0)],
        inlines: Vec::new(),
        flattened: Vec::new(),
        faults: Vec::new(),
        tags: Vec::new(),
        pairs: Pairs::of(text),
        defined: Vec::new(),
        unmarked: HashSet::new(),
        underlined: HashSet::new(),
    };
    let mut parser = Parser::new_ext(text, options).into_offset_iter();
    while let Some((event, range)) = parser.next() {
        if let Some(name) = defined_elsewhere(&event)
            && let Some(definition) = parser.reference_definitions().get(name)
        {
            let places = (builder.span(range.clone()), builder.span(definition.span.clone()));
            builder.defined.push(places);
        }
        builder.take(event, range);
    }
    let unmatched = builder.pairs.faults(&|range| builder.span(range));
    builder.faults.extend(unmatched);
    let mut faults = std::mem::take(&mut builder.faults);
    let page = builder.open.swap_remove(0);
    let reached = std::cell::Cell::new(0);
    let mut document = divide(page.blocks, &|span, written| builder.place_in(span, written, &reached));
    faults.extend(html::find_unbalanced(&builder.tags));
    faults.extend(ended_by_chance(&document, &builder.unmarked, &builder.underlined));
    faults.extend(defined_for_fewer(&document, &builder.defined));
    document.faults.append(&mut faults);
    document
}

/// The name by which a link or an image calls a target that stands elsewhere: `[name]`, `[words][name]`.
fn defined_elsewhere<'e>(event: &'e Event) -> Option<&'e str> {
    match event {
        Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. })
            if matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) =>
        {
            Some(id)
        }
        _ => None,
    }
}

/// What is being read, until its end is.
enum Open {
    Page,
    Paragraph,
    Heading(Heading),
    List(Option<u64>),
    Item(Option<bool>),
    Quote(Option<Alert>),
    Code(String),
    Html,
    Footnote(Box<str>),
    Table(Vec<Align>, Vec<Cell>, Vec<Vec<Cell>>),
    Row(Vec<Cell>),
    Cell,
    Emphasis,
    Strong,
    Strikethrough,
    Link(Box<str>, Box<str>, LinkType),
    Image(Box<str>, Box<str>, LinkType),
    Other,
}

struct Frame {
    open: Open,
    range: Range<usize>,
    blocks: Vec<Block>,
    items: Vec<Item>,
    /// Its inlines are those of the builder from here on.
    first_inline: usize,
    text: String,
}

impl Frame {
    fn new(open: Open, range: Range<usize>, first_inline: usize) -> Self {
        Frame { open, range, blocks: Vec::new(), items: Vec::new(), first_inline, text: String::new() }
    }
}

struct Builder<'t> {
    source: SourceId,
    text: &'t str,
    map: &'t ExpansionMap,
    open: Vec<Frame>,
    /// The inlines of all open frames, those of the innermost last: each list is made when its length is known.
    inlines: Vec<Inline>,
    /// For each start the parser told: whether it was laid flat.
    flattened: Vec<bool>,
    faults: Vec<Fault>,
    /// The tags of raw HTML, to see whether each is closed.
    tags: Vec<html::Tag>,
    /// Its footnotes and the addresses of its references
    pairs: Pairs<'t>,
    /// The links and images whose target stands elsewhere, each with the place of that
    defined: Vec<(Span, Span)>,
    /// The headings by a line of signs under them, without words, or of the page's own level, that say nothing in
    /// braces
    unmarked: HashSet<Span>,
    /// All headings by a line of signs under them
    underlined: HashSet<Span>,
}

impl<'t> Builder<'t> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, self.map.source_range(range))
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().expect("the page stays open to the end")
    }

    fn take(&mut self, event: Event, range: Range<usize>) {
        self.pairs.see(&event, &range);
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(),
            Event::Text(words) => self.words(&words, range),
            Event::Code(words) => {
                let code = Inline::Code(self.span(range), unescape_value(&words).into());
                self.inlines.push(code);
            }
            Event::Html(part) => self.top().text.push_str(&part),
            Event::InlineHtml(part) => {
                let html = self.html(&part, range);
                self.inlines.push(Inline::Html(html.into()));
            }
            Event::FootnoteReference(label) => {
                self.pairs.mention(&label);
                let mark = Inline::FootnoteMark(self.span(range), label.as_ref().into());
                self.inlines.push(mark);
            }
            Event::SoftBreak => self.inlines.push(Inline::SoftBreak),
            Event::HardBreak => self.inlines.push(Inline::HardBreak),
            Event::Rule => {
                let rule = Block::Rule(self.span(range));
                self.add(rule);
            }
            Event::TaskListMarker(ticked) => {
                let item = self.open.iter_mut().rev().find_map(|frame| match &mut frame.open {
                    Open::Item(task) => Some(task),
                    _ => None,
                });
                if let Some(task) = item {
                    *task = Some(ticked);
                }
            }
            Event::InlineMath(words) | Event::DisplayMath(words) => self.words(&words, range),
        }
    }

    fn words(&mut self, words: &str, range: Range<usize>) {
        if matches!(self.top().open, Open::Code(_)) {
            self.top().text.push_str(&unescape_value(words));
            return;
        }
        let mut rest = words;
        let mut start = range.start;
        if words == &self.text[range.clone()] {
            // What an author wrote and what a value says are kept apart.
            for cut in self.map.cuts(range.clone()) {
                let (part, after) = rest.split_at(cut - start);
                self.push_text(part, start..cut);
                (rest, start) = (after, cut);
            }
        }
        self.push_text(rest, start..range.end);
    }

    fn push_text(&mut self, words: &str, range: Range<usize>) {
        let text = Inline::Text(self.span(range), unescape_value(words).into());
        self.inlines.push(text);
    }

    fn html(&mut self, part: &str, range: Range<usize>) -> html::Html {
        // A value's punctuation must not become markup here either.
        let text: String = if find_reserved(part).is_some() {
            part.chars()
                .map(|c| match unescape_value(c.encode_utf8(&mut [0; 4])).chars().next() {
                    Some(plain) if plain != c => format!("&#{};", plain as u32),
                    _ => c.to_string(),
                })
                .collect()
        } else {
            part.to_string()
        };
        let span = self.span(range.clone());
        let exact = text == self.text[range.clone()];
        let html = html::inspect(&text, span, &|inner| {
            if exact {
                Span::new(
                    self.source,
                    self.map.source_range(range.start + inner.start..range.start + inner.end),
                )
            } else {
                span
            }
        });
        for (span, what) in &html.unsafe_parts {
            self.faults.push(Fault::new(*span, FaultKind::UnsafeHtml(what.clone())));
        }
        if html.open {
            self.faults.push(Fault::new(html.span, FaultKind::OpenHtml));
        }
        if html::comment(&text).is_some_and(is_audience) {
            self.faults.push(Fault::new(html.span, FaultKind::CommentedAudience));
        }
        self.tags.extend(html::find_tags(&text, span));
        html
    }

    fn start(&mut self, tag: Tag, range: Range<usize>) {
        let open = match tag {
            Tag::Paragraph => Open::Paragraph,
            Tag::Heading { level, id, classes, attrs } => Open::Heading(Heading {
                level: level as u8,
                content: Vec::new(),
                id: id.map(|id| id.as_ref().into()),
                classes: classes.iter().map(|class| class.as_ref().into()).collect(),
                attributes: attrs
                    .iter()
                    .map(|(key, value)| {
                        let value = value.as_ref().map_or("", |value| value.as_ref());
                        (key.as_ref().into(), value.into())
                    })
                    .collect(),
            }),
            Tag::BlockQuote(kind) => Open::Quote(kind.map(|kind| match kind {
                BlockQuoteKind::Note => Alert::Note,
                BlockQuoteKind::Tip => Alert::Tip,
                BlockQuoteKind::Important => Alert::Important,
                BlockQuoteKind::Warning => Alert::Warning,
                BlockQuoteKind::Caution => Alert::Caution,
            })),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Open::Code(info.to_string()),
            Tag::CodeBlock(CodeBlockKind::Indented) => Open::Code(String::new()),
            Tag::HtmlBlock => Open::Html,
            Tag::List(first) => Open::List(first),
            Tag::Item => Open::Item(None),
            Tag::FootnoteDefinition(label) => Open::Footnote(label.as_ref().into()),
            Tag::Table(columns) => Open::Table(
                columns
                    .iter()
                    .map(|column| match column {
                        Alignment::None | Alignment::Left => Align::Start,
                        Alignment::Center => Align::Center,
                        Alignment::Right => Align::End,
                    })
                    .collect(),
                Vec::new(),
                Vec::new(),
            ),
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Emphasis,
            Tag::Strong => Open::Strong,
            Tag::Strikethrough => Open::Strikethrough,
            Tag::Link { link_type: LinkType::Email, dest_url, title, .. } => {
                let address = format!("mailto:{}", unescape_value(&dest_url));
                Open::Link(address.into(), unescape_value(&title).into(), LinkType::Email)
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                Open::Link(unescape_value(&dest_url).into(), unescape_value(&title).into(), link_type)
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                Open::Image(unescape_value(&dest_url).into(), unescape_value(&title).into(), link_type)
            }
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => Open::Other,
        };
        let too_deep = self.open.len() > DEEPEST;
        self.flattened.push(too_deep);
        if too_deep {
            let told = self.faults.iter().any(|fault| fault.kind == FaultKind::TooDeep);
            if !told {
                let first = self.text[range.start..].chars().next().map_or(0, char::len_utf8);
                let span = self.span(range.start..range.start + first);
                self.faults.push(Fault::new(span, FaultKind::TooDeep));
            }
            return;
        }
        let is_inline = matches!(
            open,
            Open::Emphasis | Open::Strong | Open::Strikethrough | Open::Link(..) | Open::Image(..)
        );
        if !is_inline {
            self.settle();
        }
        self.open.push(Frame::new(open, range, self.inlines.len()));
    }

    /// Makes a block of the inlines that stand in a container by themselves.
    fn settle(&mut self) {
        let holds_blocks =
            matches!(self.top().open, Open::Page | Open::Item(_) | Open::Quote(_) | Open::Footnote(_));
        let first = self.top().first_inline;
        if !holds_blocks || self.inlines.len() == first {
            return;
        }
        let inlines: Vec<Inline> = self.inlines.drain(first..).collect();
        let span =
            span_of(&inlines).unwrap_or_else(|| self.span(self.open[self.open.len() - 1].range.clone()));
        self.top().blocks.push(Block::Plain(span, inlines));
    }

    fn add(&mut self, block: Block) {
        self.settle();
        self.top().blocks.push(block);
    }

    fn end(&mut self) {
        if self.flattened.pop() == Some(true) || self.open.len() < 2 {
            return;
        }
        self.settle();
        let Some(mut frame) = self.open.pop() else { return };
        // Most hold one thing or two, where a list that grows has room for four.
        frame.blocks.shrink_to_fit();
        frame.items.shrink_to_fit();
        let inlines: Vec<Inline> = self.inlines.drain(frame.first_inline..).collect();
        let span = self.span(trimmed(self.text, frame.range.clone()));
        match frame.open {
            Open::Page | Open::Other => {
                self.top().blocks.extend(frame.blocks);
                self.inlines.extend(inlines);
            }
            Open::Paragraph => self.add(Block::Paragraph(span, inlines)),
            Open::Heading(heading) => {
                // Only a heading of the page itself is a section.
                let says_more =
                    heading.id.is_some() || !heading.classes.is_empty() || !heading.attributes.is_empty();
                if self.open.len() > 1 && says_more {
                    self.faults.push(Fault::new(span, FaultKind::InnerHeading));
                }
                let is_underlined = !self.text[frame.range.clone()].starts_with('#');
                if is_underlined {
                    self.underlined.insert(span);
                }
                let is_second_title = heading.level == 1 && !self.top().blocks.is_empty();
                if !says_more && (inlines.is_empty() || is_underlined || is_second_title) {
                    self.unmarked.insert(span);
                }
                self.add(Block::Heading(span, Heading { content: inlines, ..heading }.into()))
            }
            Open::List(first) => self.add(Block::List(span, first, frame.items)),
            Open::Item(task) => {
                let item = Item { span, task, blocks: frame.blocks };
                self.top().items.push(item);
            }
            Open::Quote(alert) => self.add(Block::Quote(span, alert, frame.blocks)),
            Open::Code(info) => self.add(Block::Code(span, info.trim().into(), frame.text.into())),
            Open::Html => {
                let html = self.html(&frame.text, frame.range);
                self.add(Block::Html(html.into()));
            }
            // Wherever it is written, it belongs to the page.
            Open::Footnote(label) => {
                self.pairs.note(&label, span);
                self.settle();
                self.open[0].blocks.push(Block::Footnote(span, label, frame.blocks));
            }
            Open::Table(columns, header, rows) => {
                self.add(Block::Table(span, Table { columns, header, rows }.into()))
            }
            Open::Row(cells) => {
                if let Open::Table(_, header, rows) = &mut self.top().open {
                    if header.is_empty() {
                        *header = cells;
                    } else {
                        rows.push(cells);
                    }
                }
            }
            Open::Cell => {
                let cell = Cell { span, content: inlines };
                if let Open::Row(cells) = &mut self.top().open {
                    cells.push(cell);
                }
            }
            Open::Emphasis => self.inlines.push(Inline::Emphasis(inlines)),
            Open::Strong => self.inlines.push(Inline::Strong(inlines)),
            Open::Strikethrough => self.inlines.push(Inline::Strikethrough(inlines)),
            Open::Link(target, title, link_type) => {
                let target_span = self.target_span(frame.range, link_type);
                let link = Link { span, target, target_span, title, content: inlines };
                self.inlines.push(Inline::Link(Box::new(link)));
            }
            Open::Image(target, title, link_type) => {
                let target_span = self.target_span(frame.range, link_type);
                let image = Image { span, target, target_span, title, alternative: inlines };
                self.inlines.push(Inline::Image(Box::new(image)));
            }
        }
    }

    /// Where a link's target is written: the parser tells only where the link is.
    fn target_span(&self, range: Range<usize>, link_type: LinkType) -> Span {
        let raw = &self.text[range.clone()];
        let inside = match link_type {
            LinkType::Inline => raw.rfind("](").map(|at| {
                let rest = &raw[at + 2..];
                let lead = rest.len() - rest.trim_start_matches([' ', '\n', '<']).len();
                let target = &rest[lead..];
                let mut depth = 0usize;
                let length = target
                    .find(|c: char| match c {
                        '(' => {
                            depth += 1;
                            false
                        }
                        ')' if depth > 0 => {
                            depth -= 1;
                            false
                        }
                        ')' | '>' | '\n' | ' ' => true,
                        _ => false,
                    })
                    .unwrap_or(target.len());
                at + 2 + lead..at + 2 + lead + length
            }),
            LinkType::Autolink | LinkType::Email => Some(1..raw.len().saturating_sub(1)),
            _ => None,
        };
        match inside {
            Some(inside) if inside.start < inside.end => {
                self.span(range.start + inside.start..range.start + inside.end)
            }
            _ => self.span(range),
        }
    }

    /// Where some words in the braces of a heading are written. Headings come in the order
    /// of the text, so the search goes on from where the last one `reached`.
    fn place_in(&self, heading: Span, written: &str, reached: &std::cell::Cell<usize>) -> Span {
        // What a page says more often before it comes to the heading has the place of the heading.
        const MOST: usize = 100;
        let from = reached.get();
        let found = self.text[from..].match_indices(written).take(MOST).find_map(|(at, found)| {
            let span = self.span(from + at..from + at + found.len());
            let inside = span.start >= heading.start && span.end <= heading.end;
            inside.then_some((from + at, span))
        });
        match found {
            Some((at, span)) => {
                reached.set(at);
                span
            }
            None => heading,
        }
    }
}

/// A range without the line ends and spaces at its end.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let length = text[range.clone()].trim_end().len();
    range.start..range.start + length
}

fn span_of(inlines: &[Inline]) -> Option<Span> {
    let mut whole: Option<Span> = None;
    for inline in inlines {
        let span = match inline {
            Inline::Text(span, _) | Inline::Code(span, _) | Inline::FootnoteMark(span, _) => Some(*span),
            Inline::Link(link) => Some(link.span),
            Inline::Image(image) => Some(image.span),
            Inline::Html(html) => Some(html.span),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                span_of(content)
            }
            Inline::SoftBreak | Inline::HardBreak => None,
        };
        whole = match (whole, span) {
            (Some(whole), Some(span)) => Some(Span { end: span.end.max(whole.end), ..whole }),
            (whole, span) => whole.or(span),
        };
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Placement, Verb};

    fn read(text: &str) -> Document {
        parse(SourceId(0), text, &ExpansionMap::copied(0))
    }

    #[test]
    fn headings_make_nested_sections() {
        let document = read("intro\n\n## A {#a}\n\ntext\n\n### B\n\n## C\n");
        let ids = |sections: &[std::sync::Arc<crate::syntax::Section>]| {
            sections.iter().map(|s| s.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&document.sections), ["a", "c"]);
        assert_eq!(ids(&document.sections[0].children), ["b"]);
        assert_eq!(document.top.len(), 1);
    }

    #[test]
    fn a_heading_of_a_tailoring_says_what_it_does() {
        let document = read("## {#a .append}\n\nx\n\n## New {#n after=a audience=staff}\n");
        let sections = &document.sections;
        assert_eq!((&*sections[0].id, sections[0].verb), ("a", Some(Verb::Append)));
        assert!(sections[0].title.is_empty());
        assert_eq!(sections[1].placement, Some(Placement::After("a".into())));
        assert_eq!(sections[1].audience, Some(crate::syntax::Audience::Staff));
    }

    #[test]
    fn a_link_knows_where_its_target_is_written() {
        let text = "see [the *lead*](role:lead) and <https://nist.gov> and [x][r]\n\n[r]: a.md\n";
        let document = read(text);
        let mut found = Vec::new();
        crate::syntax::tree::references(&document.top[0], &mut |reference| {
            if let crate::syntax::tree::Reference::Link(link) = reference {
                found.push((link.target.to_string(), text[link.target_span.range()].to_string()));
            }
        });
        assert_eq!(
            found,
            [
                ("role:lead".to_string(), "role:lead".to_string()),
                ("https://nist.gov".into(), "https://nist.gov".into()),
                ("a.md".into(), "[x][r]".into()),
            ]
        );
    }

    #[test]
    fn what_is_nested_too_deep_is_laid_flat_and_told() {
        let text = format!("{} deep\n", ">".repeat(10_000));
        let document = read(&text);
        assert!(document.faults.iter().any(|fault| fault.kind == FaultKind::TooDeep));
        // Its place is a whole letter, whatever its length.
        let text = format!("{}\u{e9}\u{e9}\n", ">".repeat(64));
        let document = read(&text);
        let deep = document.faults.iter().find(|fault| fault.kind == FaultKind::TooDeep).expect("told");
        assert_eq!(&text[deep.span.range()], "\u{e9}");
        let lists: String = (0..3_000).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect();
        assert!(!read(&lists).top.is_empty());
    }

    #[test]
    fn a_comment_can_allow_what_follows_it() {
        let text = "<!-- allow placeholder: it is one -->\n\nTBD\n";
        let document = read(text);
        let waiver = &document.waivers[0];
        assert_eq!((waiver.rule.value.as_str(), waiver.reason.as_str()), ("placeholder", "it is one"));
        assert_eq!(&text[waiver.covers.range()], "TBD");
    }
}
