//! The tables and lists of a page, with what stands above them.

use crate::check::PageText;
use crate::check::severity_table_mismatch::table::Grid;
use crate::plan::Run;
use crate::source::Sources;
use crate::syntax::{Block, Section};

/// Something of a page, with the headings and the paragraph above it.
pub(in crate::check) struct Placed<T> {
    /// The titles of its sections and the words just before it
    pub(in crate::check) context: String,
    /// What it is
    pub(in crate::check) it: T,
}

/// An item of a list: its own words, and all that is in it.
pub(in crate::check) struct ListItem<'t> {
    /// Its first words
    pub(in crate::check) first: &'t Run,
    /// What follows in it
    pub(in crate::check) rest: &'t [Run],
}

/// The tables and lists of a page.
#[derive(Default)]
pub(in crate::check) struct Outline<'t> {
    /// Tables an author wrote
    pub(in crate::check) tables: Vec<Placed<Grid<'t>>>,
    /// Lists
    pub(in crate::check) lists: Vec<Placed<Vec<ListItem<'t>>>>,
}

impl<'t> Outline<'t> {
    /// Reads a page.
    pub(in crate::check) fn of(text: &'t PageText, sources: &Sources) -> Outline<'t> {
        let mut reader = Reader { outline: Outline::default(), rest: &text.words.runs, sources };
        for part in &text.page.body.top {
            reader.blocks(part, &text.page.title);
        }
        for section in &text.page.body.sections {
            reader.section(section, &text.page.title);
        }
        reader.outline
    }
}

/// Goes through a page's blocks and its runs together.
struct Reader<'t, 's> {
    outline: Outline<'t>,
    /// The runs of what is still to be read
    rest: &'t [Run],
    sources: &'s Sources,
}

impl<'t> Reader<'t, '_> {
    fn section(&mut self, section: &Section, above: &str) {
        let context = format!("{above}. {}", section.title_text());
        self.take(1);
        for part in &section.parts {
            self.blocks(part, &context);
        }
        for child in &section.children {
            self.section(child, &context);
        }
    }

    fn blocks(&mut self, blocks: &[Block], above: &str) {
        let mut before = "";
        for block in blocks {
            let context = || format!("{above}. {before}");
            let mut said = "";
            match block {
                Block::Paragraph(..) | Block::Plain(..) | Block::Heading(..) => {
                    said = self.take(1).first().map_or("", |run| &run.text);
                }
                Block::Table(_, table) => {
                    let context = context();
                    let grid = Grid::of(table, self.take(count(block)), self.sources);
                    self.outline.tables.extend(grid.map(|it| Placed { context, it }));
                }
                Block::List(_, _, items) => {
                    let context = context();
                    let mut list = Vec::new();
                    for item in items {
                        let start = self.rest;
                        let first = start.first().map_or("", |run| &run.text);
                        match &item.blocks[..] {
                            [] => {}
                            [only] => drop(self.take(count(only))),
                            blocks => {
                                let is_said = matches!(blocks[0], Block::Plain(..) | Block::Paragraph(..));
                                let said = if is_said { first } else { "" };
                                self.blocks(blocks, &format!("{context}. {said}"));
                            }
                        }
                        let own = &start[..start.len() - self.rest.len()];
                        list.extend(own.split_first().map(|(first, rest)| ListItem { first, rest }));
                    }
                    self.outline.lists.push(Placed { context, it: list });
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => self.blocks(blocks, &context()),
                Block::Code(..) | Block::Html(_) | Block::Rule(_) => {}
            }
            before = said;
        }
    }

    /// The next runs.
    fn take(&mut self, count: usize) -> &'t [Run] {
        let (taken, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        taken
    }
}

/// How many runs a block has.
fn count(block: &Block) -> usize {
    match block {
        Block::Paragraph(..) | Block::Plain(..) | Block::Heading(..) => 1,
        Block::List(_, _, items) => items.iter().flat_map(|item| &item.blocks).map(count).sum(),
        Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => blocks.iter().map(count).sum(),
        Block::Table(_, table) => table.header.len() + table.rows.iter().map(Vec::len).sum::<usize>(),
        Block::Code(..) | Block::Html(_) | Block::Rule(_) => 0,
    }
}
