//! A short hash of what a plan's readers get, so that anybody can tell whether a printed copy
//! is still the current one.
//!
//! It is of the content alone: the facts, the pages and the files of one edition of a variant.
//! Places in files, waivers, comments, white space between blocks and the look of a theme do
//! not count.

use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::plan::{Plan, PlanPage};
use crate::syntax::tree::{Align, Heading, Table};
use crate::syntax::{Block, Image, Inline, Item, Link, Map, Node, Section, Value, html};

/// See [`Plan::content_hash`].
pub(super) fn content_hash(plan: &Plan) -> String {
    let mut writer = Writer::default();
    writer.plan(plan);
    let digits: Vec<String> = writer.finish().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    digits.chunks(2).map(|pair| pair.concat()).collect::<Vec<_>>().join(" ")
}

/// Feeds a hash so that no two different contents feed it the same bytes: every text is
/// preceded by its length, everything with parts by its sort and how many there are.
#[derive(Default)]
struct Writer {
    hash: Sha256,
    /// What is still to be hashed: most of it comes in pieces of a few bytes
    waiting: Vec<u8>,
}

/// So many bytes are hashed together.
const TOGETHER: usize = 4096;

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() > TOGETHER {
            self.hash.update(&self.waiting);
            self.waiting.clear();
        }
        match bytes.len() > TOGETHER {
            true => self.hash.update(bytes),
            false => self.waiting.extend_from_slice(bytes),
        }
    }

    fn finish(mut self) -> [u8; 32] {
        self.hash.update(&self.waiting);
        self.hash.finalize().into()
    }

    fn number(&mut self, number: usize) {
        self.bytes(&(number as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes(text.as_bytes());
    }

    fn sort(&mut self, sort: u8, parts: usize) {
        self.bytes(&[sort]);
        self.number(parts);
    }

    fn plan(&mut self, plan: &Plan) {
        self.text(&plan.name);
        self.text(&plan.title);
        self.text(plan.edition.name());
        self.number(plan.lineage.len());
        for layer in &plan.lineage {
            self.text(&layer.name);
            self.text(&layer.title);
        }
        self.map(&plan.values);
        self.number(plan.pages.len());
        let hash = |page: &PlanPage| -> [u8; 32] {
            let mut writer = Writer::default();
            writer.page(page);
            writer.finish()
        };
        let of_page = |page: &Arc<PlanPage>| *page.hash.get_or_init(|| hash(page));
        for hash in plan.pages.par_iter().map(of_page).collect::<Vec<_>>() {
            self.bytes(&hash);
        }
        self.number(plan.files.len());
        for (path, bytes) in &plan.files {
            self.text(path);
            self.number(bytes.len());
            self.bytes(bytes);
        }
    }

    fn page(&mut self, page: &PlanPage) {
        self.text(&page.path);
        self.text(&page.title);
        self.map(&page.front);
        self.number(page.body.top.len());
        for part in &page.body.top {
            self.blocks(part);
        }
        self.number(page.body.sections.len());
        for section in &page.body.sections {
            self.section(section);
        }
    }

    fn section(&mut self, section: &Section) {
        self.text(&section.id);
        self.inlines(&section.title);
        self.number(section.parts.len());
        for part in &section.parts {
            self.blocks(part);
        }
        self.number(section.children.len());
        for child in &section.children {
            self.section(child);
        }
    }

    fn map(&mut self, map: &Map) {
        let entries: Vec<_> = map.iter().filter(|(key, _)| key.value != "allow").collect();
        self.sort(b'm', entries.len());
        for (key, node) in entries {
            self.text(&key.value);
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Null => self.sort(b'0', 0),
            Value::Flag(flag) => self.sort(b'f', usize::from(*flag)),
            Value::Text(text) => {
                self.sort(b't', 1);
                self.text(text);
            }
            Value::List(items) => {
                self.sort(b'l', items.len());
                items.iter().for_each(|item| self.node(item));
            }
            Value::Map(map) => self.map(map),
        }
    }

    fn blocks(&mut self, blocks: &[Block]) {
        let is_comment = |block: &Block| match block {
            Block::Html(html) => html::comment(&html.text).is_some(),
            _ => false,
        };
        // Comments are for authors.
        let read: Vec<&Block> = blocks.iter().filter(|block| !is_comment(block)).collect();
        self.sort(b'B', read.len());
        for block in read {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(_, content) => {
                self.sort(1, 1);
                self.inlines(content);
            }
            Block::Plain(_, content) => {
                self.sort(2, 1);
                self.inlines(content);
            }
            Block::Heading(_, heading) => self.heading(heading),
            Block::List(_, first, items) => {
                self.sort(4, items.len());
                self.number(first.map_or(0, |first| first as usize + 1));
                items.iter().for_each(|item| self.item(item));
            }
            Block::Quote(_, alert, blocks) => {
                self.sort(5, 1);
                self.text(alert.map_or("", |alert| alert.name()));
                self.blocks(blocks);
            }
            Block::Code(_, info, code) => {
                self.sort(6, 2);
                self.text(info);
                self.text(code);
            }
            Block::Table(_, table) => self.table(table),
            Block::Html(html) => self.html(html),
            Block::Rule(_) => self.sort(9, 0),
            Block::Footnote(_, label, blocks) => {
                self.sort(10, 1);
                self.text(label);
                self.blocks(blocks);
            }
        }
    }

    fn heading(&mut self, heading: &Heading) {
        self.sort(3, usize::from(heading.level));
        self.inlines(&heading.content);
    }

    fn item(&mut self, item: &Item) {
        self.number(match item.task {
            None => 0,
            Some(false) => 1,
            Some(true) => 2,
        });
        self.blocks(&item.blocks);
    }

    fn table(&mut self, table: &Table) {
        self.sort(7, table.rows.len());
        self.number(table.columns.len());
        for align in &table.columns {
            self.number(match align {
                Align::Start => 0,
                Align::Center => 1,
                Align::End => 2,
            });
        }
        table.header.iter().chain(table.rows.iter().flatten()).for_each(|cell| self.inlines(&cell.content));
    }

    fn html(&mut self, html: &html::Html) {
        self.sort(8, 1);
        self.text(if html::comment(&html.text).is_some() { "" } else { &html.text });
    }

    fn inlines(&mut self, content: &[Inline]) {
        self.sort(b'I', content.len());
        for inline in content {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(_, words) => {
                self.sort(1, 1);
                self.text(words);
            }
            Inline::Code(_, words) => {
                self.sort(2, 1);
                self.text(words);
            }
            Inline::Emphasis(content) => {
                self.sort(3, 1);
                self.inlines(content);
            }
            Inline::Strong(content) => {
                self.sort(4, 1);
                self.inlines(content);
            }
            Inline::Strikethrough(content) => {
                self.sort(5, 1);
                self.inlines(content);
            }
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
            Inline::Html(html) => self.html(html),
            Inline::SoftBreak => self.sort(9, 0),
            Inline::HardBreak => self.sort(10, 0),
            Inline::FootnoteMark(_, label) => {
                self.sort(11, 1);
                self.text(label);
            }
        }
    }

    fn link(&mut self, link: &Link) {
        self.sort(6, 1);
        self.text(&link.target);
        self.text(&link.title);
        self.inlines(&link.content);
    }

    fn image(&mut self, image: &Image) {
        self.sort(7, 1);
        self.text(&image.target);
        self.text(&image.title);
        self.inlines(&image.alternative);
    }
}
