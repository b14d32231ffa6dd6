//! The tables and lists of a page, with what stands above them.

use crate::check::severity_table_mismatch::table::Grid;
use crate::plan::Run;
use crate::plan::prose::{RunKind, block_runs};
use crate::source::Sources;
use crate::syntax::{Block, Item, Section};
use crate::tailor::Body;

/// Something of a page, with the headings and the paragraph above it.
pub(in crate::check) struct Placed<T> {
    /// The titles of its sections and the words just before it
    pub(in crate::check) context: String,
    /// What it is
    pub(in crate::check) it: T,
}

/// An item of a list: its own words, and all that is in it.
pub(in crate::check) struct ListItem {
    /// Its first words
    pub(in crate::check) first: Run,
    /// What follows in it
    pub(in crate::check) rest: Vec<Run>,
}

/// The tables and lists of a page.
#[derive(Default)]
pub(in crate::check) struct Outline {
    /// Tables an author wrote
    pub(in crate::check) tables: Vec<Placed<Grid>>,
    /// Lists
    pub(in crate::check) lists: Vec<Placed<Vec<ListItem>>>,
}

impl Outline {
    /// Reads a page.
    pub(in crate::check) fn of(title: &str, body: &Body, sources: &Sources) -> Outline {
        let mut outline = Outline::default();
        for part in &body.top {
            outline.add_blocks(part, title, sources);
        }
        for section in &body.sections {
            outline.add_section(section, title, sources);
        }
        outline
    }

    fn add_section(&mut self, section: &Section, above: &str, sources: &Sources) {
        let context = format!("{above}. {}", section.title_text());
        for part in &section.parts {
            self.add_blocks(part, &context, sources);
        }
        for child in &section.children {
            self.add_section(child, &context, sources);
        }
    }

    fn add_blocks(&mut self, blocks: &[Block], above: &str, sources: &Sources) {
        let mut before = String::new();
        for block in blocks {
            let context = format!("{above}. {before}");
            match block {
                Block::Paragraph(_, content) | Block::Plain(_, content) => {
                    before = Run::of(RunKind::Paragraph, content, sources).text;
                    continue;
                }
                Block::Heading(_, heading) => {
                    before = Run::of(RunKind::Heading(heading.level), &heading.content, sources).text;
                    continue;
                }
                Block::Table(_, table) => {
                    self.tables.extend(Grid::of(table, sources).map(|it| Placed { context, it }));
                }
                Block::List(_, _, items) => {
                    // An item of one paragraph holds nothing further.
                    for item in items.iter().filter(|item| item.blocks.len() > 1) {
                        let inner = format!("{context}. {}", item_text(item, sources));
                        self.add_blocks(&item.blocks, &inner, sources);
                    }
                    let it = items.iter().filter_map(|item| list_item(item, sources)).collect();
                    self.lists.push(Placed { context, it });
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                    self.add_blocks(blocks, &context, sources)
                }
                Block::Code(..) | Block::Html(_) | Block::Rule(_) => {}
            }
            before.clear();
        }
    }
}

fn list_item(item: &Item, sources: &Sources) -> Option<ListItem> {
    let mut runs = Vec::new();
    block_runs(&item.blocks, sources, &mut runs);
    let mut runs = runs.into_iter();
    Some(ListItem { first: runs.next()?, rest: runs.collect() })
}

fn item_text(item: &Item, sources: &Sources) -> String {
    match item.blocks.first() {
        Some(Block::Plain(_, content) | Block::Paragraph(_, content)) => {
            Run::of(RunKind::Item(item.task), content, sources).text
        }
        _ => String::new(),
    }
}
