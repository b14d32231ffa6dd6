//! A page's text as one small tree: blocks, inlines, and their places.
//!
//! Spans are places in the source, also where the text came out of a template.

use crate::source::{SourceId, Span};
use crate::syntax::html::Html;

/// The kinds of GitHub's alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// `> [!NOTE]`
    Note,
    /// `> [!TIP]`
    Tip,
    /// `> [!IMPORTANT]`
    Important,
    /// `> [!WARNING]`
    Warning,
    /// `> [!CAUTION]`
    Caution,
}

impl Alert {
    /// The alert's word, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Alert::Note => "note",
            Alert::Tip => "tip",
            Alert::Important => "important",
            Alert::Warning => "warning",
            Alert::Caution => "caution",
        }
    }
}

/// How a table's column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// As the text runs
    Start,
    /// In the middle
    Center,
    /// Against the text's direction, as figures are
    End,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph
    Paragraph(Span, Vec<Inline>),
    /// Text of a list item that stands for itself, without a paragraph's space.
    Plain(Span, Vec<Inline>),
    /// A heading inside a quote or a list; the others are [`Section`](super::Section)s.
    Heading(Span, Box<Heading>),
    /// A list; numbered from a number, or not.
    List(Span, Option<u64>, Vec<Item>),
    /// A quotation, or an alert.
    Quote(Span, Option<Alert>, Vec<Block>),
    /// Code: the words after the fence, and the text.
    Code(Span, Box<str>, Box<str>),
    /// A table
    Table(Span, Box<Table>),
    /// Raw HTML
    Html(Box<Html>),
    /// A line across
    Rule(Span),
    /// The text of a footnote, by its label.
    Footnote(Span, Box<str>, Vec<Block>),
}

impl Block {
    /// Calls `see` with the block, or with those in it where it is a list, a quote or a footnote.
    pub fn each_text<'a>(&'a self, see: &mut dyn FnMut(&'a Block)) {
        match self {
            Block::List(_, _, items) => {
                items.iter().flat_map(|item| &item.blocks).for_each(|block| block.each_text(see));
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                blocks.iter().for_each(|block| block.each_text(see));
            }
            Block::Paragraph(..)
            | Block::Plain(..)
            | Block::Heading(..)
            | Block::Code(..)
            | Block::Table(..)
            | Block::Html(_)
            | Block::Rule(_) => see(self),
        }
    }

    /// Where it is written.
    pub fn span(&self) -> Span {
        match self {
            Block::Paragraph(span, _)
            | Block::Plain(span, _)
            | Block::Heading(span, _)
            | Block::List(span, ..)
            | Block::Quote(span, ..)
            | Block::Code(span, ..)
            | Block::Table(span, _)
            | Block::Rule(span)
            | Block::Footnote(span, ..) => *span,
            Block::Html(html) => html.span,
        }
    }
}

/// A heading as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// 1 to 6
    pub level: u8,
    /// Its text
    pub content: Vec<Inline>,
    /// `{#id}`
    pub id: Option<Box<str>>,
    /// `{.class}`
    pub classes: Vec<Box<str>>,
    /// `{key=value}`
    pub attributes: Vec<(Box<str>, Box<str>)>,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where
    pub span: Span,
    /// For a task: whether it is ticked.
    pub task: Option<bool>,
    /// What it says
    pub blocks: Vec<Block>,
}

/// A table. Every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// One for each column
    pub columns: Vec<Align>,
    /// The header row
    pub header: Vec<Cell>,
    /// The other rows
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where
    pub span: Span,
    /// What it says
    pub content: Vec<Inline>,
}

/// A stretch of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    /// Words
    Text(Span, Box<str>),
    /// Code
    Code(Span, Box<str>),
    /// Emphasis
    Emphasis(Vec<Inline>),
    /// Strong emphasis
    Strong(Vec<Inline>),
    /// Struck out
    Strikethrough(Vec<Inline>),
    /// A link
    Link(Box<Link>),
    /// An image
    Image(Box<Image>),
    /// Raw HTML
    Html(Box<Html>),
    /// The end of a line in the source
    SoftBreak,
    /// The end of a line
    HardBreak,
    /// The mark of a footnote, by its label
    FootnoteMark(Span, Box<str>),
}

/// A link.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The whole link
    pub span: Span,
    /// Where it leads: a path, a URL, or a thing such as `role:scribe`.
    pub target: Box<str>,
    /// Where the target is written
    pub target_span: Span,
    /// The title after the target, or nothing
    pub title: Box<str>,
    /// Its text; empty for a thing's own name
    pub content: Vec<Inline>,
}

/// An image.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The whole image
    pub span: Span,
    /// The file
    pub target: Box<str>,
    /// Where the file is named
    pub target_span: Span,
    /// The title, or nothing
    pub title: Box<str>,
    /// The alternative text
    pub alternative: Vec<Inline>,
}

/// The words of some inlines, without their marks.
pub fn plain_text(content: &[Inline]) -> String {
    let mut text = String::new();
    push_plain_text(content, &mut text);
    text
}

fn push_plain_text(content: &[Inline], text: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(_, words) | Inline::Code(_, words) => text.push_str(words),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                push_plain_text(content, text)
            }
            Inline::Link(link) => push_plain_text(&link.content, text),
            Inline::Image(image) => push_plain_text(&image.alternative, text),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
            Inline::Html(_) | Inline::FootnoteMark(..) => {}
        }
    }
}

/// What tells a footnote of a page from its others: the file it is in and its label, since two layers may call
/// theirs alike.
pub type Note<'a> = (SourceId, &'a str);

/// Something a block or an inline refers to.
#[derive(Debug, Clone, Copy)]
pub enum Reference<'a> {
    /// A link
    Link(&'a Link),
    /// An image
    Image(&'a Image),
    /// Raw HTML, which may refer to several things
    Html(&'a Html),
    /// The mark of a footnote
    Footnote(Span, &'a str),
}

/// Calls `see` with everything some blocks refer to, in the order of the text.
pub fn references<'a>(blocks: &'a [Block], see: &mut dyn FnMut(Reference<'a>)) {
    for block in blocks {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) => inline_references(content, see),
            Block::Heading(_, heading) => inline_references(&heading.content, see),
            Block::List(_, _, items) => items.iter().for_each(|item| references(&item.blocks, see)),
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => references(blocks, see),
            Block::Table(_, table) => table
                .header
                .iter()
                .chain(table.rows.iter().flatten())
                .for_each(|cell| inline_references(&cell.content, see)),
            Block::Html(html) => see(Reference::Html(html)),
            Block::Code(..) | Block::Rule(_) => {}
        }
    }
}

/// Calls `see` with everything some inlines refer to, in the order of the text.
pub fn inline_references<'a>(content: &'a [Inline], see: &mut dyn FnMut(Reference<'a>)) {
    for inline in content {
        match inline {
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                inline_references(content, see)
            }
            Inline::Link(link) => {
                see(Reference::Link(link));
                inline_references(&link.content, see);
            }
            Inline::Image(image) => see(Reference::Image(image)),
            Inline::Html(html) => see(Reference::Html(html)),
            Inline::FootnoteMark(span, label) => see(Reference::Footnote(*span, label)),
            Inline::Text(..) | Inline::Code(..) | Inline::SoftBreak | Inline::HardBreak => {}
        }
    }
}
