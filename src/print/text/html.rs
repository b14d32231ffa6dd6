//! Raw HTML on paper: what its elements say, in the blocks of everything else.
//!
//! What folds on a screen stands open, and where nothing on paper corresponds to an element, its
//! text stands for itself.

use std::collections::VecDeque;

use super::{Writer, paragraph, plain_words, push};
use crate::print::model::{Block, Inline, Item, Table};
use crate::syntax::html::{HtmlTable, Piece};

type Attributes = Vec<(String, String)>;

/// Elements that end the line before them and after them.
const BLOCKS: &[&str] = &[
    "blockquote",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// A line of text with the elements that are open in it.
#[derive(Default)]
pub(super) struct Line {
    open: Vec<(String, Attributes, Vec<Inline>)>,
    done: Vec<Inline>,
}

impl Line {
    /// Adds something at the innermost place.
    pub(super) fn push(&mut self, inline: Inline) {
        let (.., content) = match self.open.last_mut() {
            Some((_, _, content)) => ((), content),
            None => ((), &mut self.done),
        };
        push(content, inline);
    }

    /// Adds a part of raw HTML.
    pub(super) fn piece(&mut self, piece: Piece, writer: &mut Writer) {
        match piece {
            Piece::Text(text) => self.push(Inline::text(text)),
            Piece::Start { name, .. } if name == "br" => self.push(Inline::Break),
            Piece::Start { name, .. } if name == "wbr" => self.push(Inline::text("\u{200b}")),
            Piece::Start { name, attributes, .. } if name == "img" => {
                let value = |key: &str| value(&attributes, key);
                let image = writer.picture(value("src").unwrap_or(""), value("alt"), value("width"), "");
                self.push(image);
            }
            Piece::Start { name, attributes, is_closed: false } => {
                self.open.push((name, attributes, Vec::new()));
            }
            Piece::Start { .. } => {}
            Piece::End(name) => {
                if let Some(at) = self.open.iter().rposition(|(other, ..)| *other == name) {
                    while self.open.len() > at {
                        self.close(writer);
                    }
                }
            }
        }
    }

    /// The whole line; what is still open ends here.
    pub(super) fn finish(&mut self, writer: &mut Writer) -> Vec<Inline> {
        while !self.open.is_empty() {
            self.close(writer);
        }
        std::mem::take(&mut self.done)
    }

    fn close(&mut self, writer: &mut Writer) {
        let Some((name, attributes, content)) = self.open.pop() else { return };
        let one = match name.as_str() {
            "b" | "strong" => Inline::Strong { content },
            "i" | "em" | "cite" | "dfn" | "var" => Inline::Emphasis { content },
            "s" | "strike" | "del" => Inline::Struck { content },
            "sup" => Inline::Raised { content },
            "sub" => Inline::Lowered { content },
            "code" | "kbd" | "samp" | "tt" => Inline::Code { text: plain_words(&content) },
            "a" if value(&attributes, "href").is_some() => {
                let words = plain_words(&content);
                writer.linked(value(&attributes, "href").unwrap_or_default(), &words, content)
            }
            "q" => {
                self.push(Inline::text("“"));
                content.into_iter().for_each(|inline| self.push(inline));
                return self.push(Inline::text("”"));
            }
            _ => {
                content.into_iter().for_each(|inline| self.push(inline));
                if let Some(title) = value(&attributes, "title").filter(|_| name == "abbr") {
                    self.push(Inline::text(format!(" ({title})")));
                }
                return;
            }
        };
        self.push(one);
    }
}

fn value<'a>(attributes: &'a Attributes, key: &str) -> Option<&'a str> {
    attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// The blocks that some HTML says.
pub(super) fn blocks(writer: &mut Writer, pieces: Vec<Piece>) -> Vec<Block> {
    Flow { writer, pieces: pieces.into() }.blocks(&|_| false)
}

struct Flow<'w, 'p> {
    writer: &'w mut Writer<'p>,
    pieces: VecDeque<Piece>,
}

impl Flow<'_, '_> {
    /// Blocks, up to a part that is not theirs.
    fn blocks(&mut self, ends: &dyn Fn(&Piece) -> bool) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut line = Line::default();
        while let Some(piece) = self.pieces.pop_front_if(|piece| !ends(piece)) {
            let name = match &piece {
                Piece::Start { name, .. } | Piece::End(name) => name.clone(),
                Piece::Text(text) => {
                    line.push(Inline::text(spaced(text)));
                    continue;
                }
            };
            if !BLOCKS.contains(&name.as_str()) {
                line.piece(piece, self.writer);
                continue;
            }
            self.flush(&mut line, &mut blocks);
            let Piece::Start { attributes, .. } = piece else { continue };
            match name.as_str() {
                "ul" => blocks.push(self.list(None)),
                "ol" => {
                    let start = value(&attributes, "start").and_then(|start| start.parse().ok());
                    blocks.push(self.list(Some(start.unwrap_or(1))));
                }
                "table" => self.table(&mut blocks),
                "blockquote" => {
                    let inner = self.inner(&is_end(&["blockquote"]));
                    self.pieces.pop_front();
                    blocks.push(Block::Quote { blocks: inner });
                }
                "pre" => blocks.push(self.code()),
                "hr" => blocks.push(Block::Rule),
                "summary" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                    let content = self.phrase(&name);
                    blocks.push(Block::Minor { content });
                }
                "dt" => {
                    let content = vec![Inline::Strong { content: self.phrase(&name) }];
                    blocks.push(Block::Paragraph { content });
                }
                "figcaption" => {
                    let content = self.phrase(&name);
                    match blocks.last_mut() {
                        Some(Block::Figure { caption, .. }) if caption.is_empty() => *caption = content,
                        _ => blocks.push(Block::Paragraph { content }),
                    }
                }
                _ => {}
            }
        }
        self.flush(&mut line, &mut blocks);
        blocks
    }

    /// Blocks in a list or a quote.
    fn inner(&mut self, ends: &dyn Fn(&Piece) -> bool) -> Vec<Block> {
        self.writer.depth += 1;
        let blocks = self.blocks(ends);
        self.writer.depth -= 1;
        blocks
    }

    fn flush(&mut self, line: &mut Line, blocks: &mut Vec<Block>) {
        let content = trimmed(line.finish(self.writer));
        if !content.is_empty() {
            blocks.push(paragraph(content));
        }
    }

    /// The text of an element, up to its end.
    fn phrase(&mut self, name: &str) -> Vec<Inline> {
        let mut line = Line::default();
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                Piece::End(end) if end == name => break,
                Piece::Text(text) => line.push(Inline::text(spaced(&text))),
                piece => line.piece(piece, self.writer),
            }
        }
        trimmed(line.finish(self.writer))
    }

    fn code(&mut self) -> Block {
        let mut text = String::new();
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                Piece::End(end) if end == "pre" => break,
                Piece::Text(words) => text.push_str(&words),
                Piece::Start { name, .. } if name == "br" => text.push('\n'),
                Piece::Start { .. } | Piece::End(_) => {}
            }
        }
        Block::Code { text: text.trim_matches('\n').to_string() }
    }

    fn list(&mut self, start: Option<u64>) -> Block {
        let mut items = Vec::new();
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                Piece::End(name) if name == "ul" || name == "ol" => break,
                Piece::Start { name, .. } if name == "li" => {
                    let is_over = |piece: &Piece| match piece {
                        Piece::Start { name, .. } => name == "li",
                        Piece::End(name) => ["li", "ul", "ol"].contains(&name.as_str()),
                        Piece::Text(_) => false,
                    };
                    let blocks = self.inner(&is_over);
                    self.pieces.pop_front_if(|piece| is_end(&["li"])(piece));
                    items.push(Item { task: None, blocks });
                }
                _ => {}
            }
        }
        Block::List { start, items }
    }

    /// A table, with its caption before it.
    fn table(&mut self, blocks: &mut Vec<Block>) {
        let table = HtmlTable::take(&mut self.pieces);
        let count = table.columns();
        if !table.caption.is_empty() {
            let content = in_cell(self::blocks(self.writer, table.caption));
            blocks.push(Block::Minor { content });
        }
        if count == 0 {
            return;
        }
        let mut row = |cells: Vec<Vec<Piece>>| {
            cells.into_iter().map(|cell| in_cell(self::blocks(self.writer, cell))).collect::<Vec<_>>()
        };
        let header = row(table.header);
        let rows = table.rows.into_iter().map(row).collect();
        blocks.push(Block::Table(Table::new(vec!["start"; count], header, rows, self.writer.width())));
    }
}

fn is_end(names: &'static [&'static str]) -> impl Fn(&Piece) -> bool {
    move |piece| matches!(piece, Piece::End(name) if names.contains(&name.as_str()))
}

/// Blocks as the lines of a cell.
fn in_cell(blocks: Vec<Block>) -> Vec<Inline> {
    let mut cell: Vec<Inline> = Vec::new();
    let mut line = |content: Vec<Inline>| {
        if !cell.is_empty() {
            cell.push(Inline::Break);
        }
        cell.extend(content);
    };
    for block in blocks {
        match block {
            Block::Paragraph { content } | Block::Minor { content } => line(content),
            Block::List { start, items } => {
                for (at, item) in items.into_iter().enumerate() {
                    let mark = start.map_or("• ".into(), |start| format!("{}. ", start + at as u64));
                    line([vec![Inline::text(mark)], in_cell(item.blocks)].concat());
                }
            }
            Block::Quote { blocks } | Block::Note { blocks, .. } => line(in_cell(blocks)),
            Block::Code { text } => {
                text.lines().for_each(|code| line(vec![Inline::Code { text: code.into() }]))
            }
            Block::Figure { picture, .. } => line(vec![Inline::Image(picture)]),
            Block::Table(table) => {
                for row in std::iter::once(table.header).chain(table.rows) {
                    line(row.join(&Inline::text(" ")));
                }
            }
            Block::Checklist { .. } | Block::Message { .. } | Block::Facts { .. } | Block::Rule => {}
        }
    }
    cell
}

/// Text with single spaces, as a browser shows it.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '\t' | '\n' | '\r' if spaced.ends_with(' ') => {}
            '\t' | '\n' | '\r' => spaced.push(' '),
            character => spaced.push(character),
        }
    }
    spaced
}

/// A line without spaces and ends at its ends.
fn trimmed(mut content: Vec<Inline>) -> Vec<Inline> {
    let is_empty = |inline: &Inline| match inline {
        Inline::Break => true,
        Inline::Text { text } => text.trim_matches(' ').is_empty(),
        _ => false,
    };
    while content.last().is_some_and(is_empty) {
        content.pop();
    }
    while content.first().is_some_and(is_empty) {
        content.remove(0);
    }
    if let Some(Inline::Text { text }) = content.first_mut() {
        *text = text.trim_start_matches(' ').to_string();
    }
    if let Some(Inline::Text { text }) = content.last_mut() {
        *text = text.trim_end_matches(' ').to_string();
    }
    content
}
