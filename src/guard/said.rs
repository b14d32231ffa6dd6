//! Everything a plan says, piece by piece, each with whom it is for as its author marked it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::plan::Plan;
use crate::source::{SourceId, Span};
use crate::syntax::front_matter::{Map, Node, Value};
use crate::syntax::tree::{Reference, plain_text, references};
use crate::syntax::{Audience, Block, Inline, Section};

/// A piece of text: a paragraph, a cell, a value.
#[derive(Debug)]
pub struct Said {
    /// The words
    pub text: String,
    /// Where
    pub span: Span,
    /// The narrowest mark on it or around it
    pub audience: Audience,
    /// Whether it is a value of front matter, with the key
    pub key: Option<String>,
}

/// What some plans say, each shared page and map once. The plans must be those of the audience that
/// sees everything: the marks are read where they stand, and not from what was left out.
pub fn said(plans: &[&Plan]) -> Vec<Said> {
    let mut collector = Collector::default();
    let mut bodies = HashSet::new();
    let mut fronts = HashSet::new();
    for plan in plans {
        let start = Span::new(SourceId::default(), 0..0);
        let home = plan.page_index("plan.md").map_or(start, |index| plan.pages[index].start);
        collector.map(&plan.values, Audience::Public, home);
        for page in &plan.pages {
            let audience = mark(&page.front).unwrap_or(Audience::Public);
            collector.span = page.start;
            collector.say(audience, Some("path"), page.path.trim_end_matches(".md"));
            if fronts.insert(Arc::as_ptr(&page.front)) {
                collector.map(&page.front, audience, page.start);
            }
            if bodies.insert((Arc::as_ptr(&page.body), audience)) {
                page.body.top.iter().for_each(|part| collector.blocks(part, audience));
                page.body.sections.iter().for_each(|section| collector.section(section, audience));
            }
        }
    }
    collector.said
}

/// For whom a map says it is.
fn mark(map: &Map) -> Option<Audience> {
    map.get("audience")?.value.as_text().and_then(Audience::parse)
}

struct Collector {
    said: Vec<Said>,
    span: Span,
}

impl Default for Collector {
    fn default() -> Self {
        Collector { said: Vec::new(), span: Span::new(SourceId::default(), 0..0) }
    }
}

impl Collector {
    fn say(&mut self, audience: Audience, key: Option<&str>, text: &str) {
        if !text.trim().is_empty() {
            let (text, key) = (text.to_string(), key.map(str::to_string));
            self.said.push(Said { text, span: self.span, audience, key });
        }
    }

    fn map(&mut self, map: &Map, around: Audience, place: Span) {
        let audience = mark(map).map_or(around, |own| own.max(around));
        for (key, node) in map.iter() {
            // An id is a word of its own where an author chose it; the keys of a record are ours.
            if node.value.as_map().is_some() {
                self.span = place;
                self.say(audience, Some("id"), &key.value);
            }
            self.node(node, audience, &key.value);
        }
    }

    fn node(&mut self, node: &Node, audience: Audience, key: &str) {
        self.span = node.span;
        match &node.value {
            Value::Text(text) => self.say(audience, Some(key), text),
            Value::List(items) => items.iter().for_each(|item| self.node(item, audience, key)),
            Value::Map(map) => self.map(map, audience, node.span),
            Value::Null | Value::Flag(_) => {}
        }
    }

    fn section(&mut self, section: &Section, around: Audience) {
        let audience = section.audience.map_or(around, |own| own.max(around));
        self.span = section.span;
        self.inlines(&section.title, audience);
        section.parts.iter().for_each(|part| self.blocks(part, audience));
        section.children.iter().for_each(|child| self.section(child, audience));
    }

    fn blocks(&mut self, blocks: &[Block], audience: Audience) {
        references(blocks, &mut |reference| self.reference(reference, audience));
        self.texts(blocks, audience);
    }

    fn texts(&mut self, blocks: &[Block], audience: Audience) {
        for block in blocks {
            self.span = block.span();
            match block {
                Block::Paragraph(_, content) | Block::Plain(_, content) => self.inlines(content, audience),
                Block::Heading(_, heading) => self.inlines(&heading.content, audience),
                Block::List(_, _, items) => {
                    items.iter().for_each(|item| self.texts(&item.blocks, audience));
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                    self.texts(blocks, audience);
                }
                Block::Code(_, _, code) => self.say(audience, None, code),
                Block::Table(_, table) => {
                    for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                        self.span = cell.span;
                        self.inlines(&cell.content, audience);
                    }
                }
                Block::Html(html) => self.say(audience, None, &html.text),
                Block::Rule(_) => {}
            }
        }
    }

    fn inlines(&mut self, content: &[Inline], audience: Audience) {
        self.say(audience, None, &plain_text(content));
    }

    fn reference(&mut self, reference: Reference, audience: Audience) {
        match reference {
            Reference::Link(link) => {
                self.span = link.span;
                self.say(audience, None, &link.target);
                self.say(audience, None, &link.title);
            }
            Reference::Image(image) => {
                self.span = image.span;
                self.say(audience, None, &image.target);
                self.say(audience, None, &image.title);
                self.say(audience, None, &plain_text(&image.alternative));
            }
            Reference::Html(_) | Reference::Footnote(..) => {}
        }
    }
}
