//! The words a reader gets, and the words as they are written: a text has changed where both have.

use crate::plan::{Plan, PlanPage, Target};
use crate::source::Span;
use crate::syntax::Section;
use crate::syntax::tree::{Block, Inline, Item};
use crate::tailor::Body;

use super::View;

/// A paragraph, an item of a list, a table: a part of a text that is compared as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it is written
    pub span: Span,
    /// As it is written, with its values in braces, white space made equal
    pub written: String,
    /// As a reader gets it
    pub words: String,
}

/// A step of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The section it stands in; empty before the first one
    pub section: String,
    /// The section's title
    pub section_title: String,
    /// The step itself
    pub part: Part,
}

/// A page, to be read aloud.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    view: View<'a>,
    page: &'a PlanPage,
}

impl<'a> Reader<'a> {
    /// A page of a variant.
    pub fn new(view: View<'a>, page: &'a PlanPage) -> Reader<'a> {
        Reader { view, page }
    }

    /// The parts of some blocks; without the steps of a checklist, which are told by themselves.
    pub fn parts<'b>(&self, blocks: impl Iterator<Item = &'b Block>, without_steps: bool) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for block in blocks {
            match block {
                Block::List(_, _, items) => {
                    let shown = items.iter().filter(|item| !(without_steps && item.task.is_some()));
                    shown.for_each(|item| self.push(item.span, &[], std::slice::from_ref(item), &mut parts));
                }
                block => self.push(block.span(), std::slice::from_ref(block), &[], &mut parts),
            }
        }
        parts
    }

    fn push(&self, span: Span, blocks: &[Block], items: &[Item], parts: &mut Vec<Part>) {
        // What a loop writes several times is written once.
        let repeats = |last: &Part| last.span.source == span.source && span.start < last.span.end;
        if parts.last().is_some_and(repeats) {
            return;
        }
        let mut words = String::new();
        blocks.iter().for_each(|block| self.block(block, &mut words));
        items.iter().flat_map(|item| &item.blocks).for_each(|block| self.block(block, &mut words));
        let written = normal(self.view.project.sources.text(span));
        parts.push(Part { span, written, words: normal(&words) });
    }

    /// The steps of a checklist, in order.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for part in &self.page.body.top {
            self.steps_in(part, "", "", &mut steps);
        }
        self.page.body.walk(&mut |section| {
            let title = self.inlines(&section.title);
            section.parts.iter().for_each(|part| self.steps_in(part, &section.id, &title, &mut steps));
        });
        steps
    }

    /// How many steps a section has, without those of the sections in it.
    pub fn count_steps(&self, section: &Section) -> usize {
        let mut steps = Vec::new();
        section.parts.iter().for_each(|part| self.steps_in(part, "", "", &mut steps));
        steps.len()
    }

    fn steps_in(&self, blocks: &[Block], section: &str, title: &str, steps: &mut Vec<Step>) {
        for block in blocks {
            match block {
                Block::List(_, _, items) => {
                    for item in items {
                        if item.task.is_some() {
                            let part = self.step(item);
                            let (section, section_title) = (section.to_string(), title.to_string());
                            steps.push(Step { section, section_title, part });
                        }
                        self.steps_in(&item.blocks, section, title, steps);
                    }
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                    self.steps_in(blocks, section, title, steps)
                }
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

    /// A step without the steps inside it.
    fn step(&self, item: &Item) -> Part {
        let has_steps = |block: &Block| match block {
            Block::List(_, _, items) => items.iter().any(|item| item.task.is_some()),
            _ => false,
        };
        let (mut words, mut written) = (String::new(), String::new());
        for block in item.blocks.iter().filter(|block| !has_steps(block)) {
            self.block(block, &mut words);
            written += self.view.project.sources.text(block.span());
            written.push(' ');
        }
        Part { span: item.span, written: normal(&written), words: normal(&words) }
    }

    /// All the words of a body.
    pub fn all(&self, body: &Body) -> String {
        let mut words = String::new();
        body.top.iter().flat_map(|part| part.iter()).for_each(|block| self.block(block, &mut words));
        body.walk(&mut |section| {
            self.push_inlines(&section.title, &mut words);
            words.push(' ');
            section.blocks().for_each(|block| self.block(block, &mut words));
        });
        normal(&words)
    }

    /// The words of some inlines.
    pub fn inlines(&self, content: &[Inline]) -> String {
        let mut words = String::new();
        self.push_inlines(content, &mut words);
        normal(&words)
    }

    fn block(&self, block: &Block, words: &mut String) {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) => self.push_inlines(content, words),
            Block::Heading(_, heading) => self.push_inlines(&heading.content, words),
            Block::List(_, _, items) => {
                items.iter().flat_map(|item| &item.blocks).for_each(|block| self.block(block, words))
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                blocks.iter().for_each(|block| self.block(block, words))
            }
            Block::Code(_, _, text) => words.push_str(text),
            Block::Table(_, table) => {
                for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                    self.push_inlines(&cell.content, words);
                    words.push(' ');
                }
            }
            Block::Html(html) => words.push_str(&html.text),
            Block::Rule(_) => {}
        }
        words.push(' ');
    }

    fn push_inlines(&self, content: &[Inline], words: &mut String) {
        for inline in content {
            match inline {
                Inline::Text(_, text) | Inline::Code(_, text) => words.push_str(text),
                Inline::Emphasis(content) | Inline::Strong(content) => self.push_inlines(content, words),
                // What is struck out is still to be seen.
                Inline::Strikethrough(content) => {
                    words.push_str("~~");
                    self.push_inlines(content, words);
                    words.push_str("~~");
                }
                Inline::Link(link) => {
                    if link.content.is_empty() {
                        words.push_str(&self.title_of(&link.target));
                    }
                    self.push_inlines(&link.content, words);
                    // A link in the plan has a name that says where it leads; one out of it may not.
                    if matches!(self.page.links.get(&link.target), Some(Target::Elsewhere)) {
                        words.push_str(&format!(" ({})", link.target));
                    }
                }
                Inline::Image(image) => self.push_inlines(&image.alternative, words),
                Inline::Html(html) => words.push_str(&html.text),
                Inline::SoftBreak | Inline::HardBreak => words.push(' '),
                Inline::FootnoteMark(..) => {}
            }
        }
    }

    fn title_of(&self, target: &str) -> String {
        let plan: &Plan = self.view.plan;
        match self.page.links.get(target) {
            Some(Target::Record(kind, index)) => {
                plan.records(*kind).get(*index).map_or(target.into(), |record| record.title.clone())
            }
            Some(Target::Fact(_, index)) => {
                plan.facts.get(*index).map_or(target.into(), |fact| fact.title.clone())
            }
            Some(Target::Page(index, _)) => {
                plan.pages.get(*index).map_or(target.into(), |page| page.title.clone())
            }
            Some(Target::File(_) | Target::Elsewhere | Target::Broken(_)) | None => target.into(),
        }
    }
}

/// A text with its white space made equal.
pub fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
