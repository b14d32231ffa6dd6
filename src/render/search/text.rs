//! The text of a page as lines of plain words.

use std::sync::Arc;

use crate::render::html::Surroundings;
use crate::syntax::tree::Table;
use crate::syntax::{Block, Inline, Kind};

/// A line for each paragraph, item, row of a table or line of code.
#[derive(Debug, Default)]
pub struct Lines {
    /// The lines, without a break at the end
    pub text: String,
    /// Cells of tables, each with its row
    pub rows: Vec<(String, Arc<str>)>,
}

impl Lines {
    /// What the page of a record shows besides its text.
    pub fn of_record(around: &Surroundings) -> Lines {
        let plan = around.plan;
        let path = &around.page.path;
        let mut lines = Lines::default();
        match around.page.kind {
            Kind::Severity => {
                for it in plan.severities.iter().filter(|it| it.record.page == *path) {
                    it.criteria.iter().chain(&it.authority).for_each(|text| lines.line(&text.value));
                    if let Some(every) = &it.sitrep_every {
                        lines.line(&format!("Situation report every {}", every.value));
                    }
                    it.examples.iter().for_each(|(_, text)| lines.line(&text.value));
                }
            }
            Kind::Role => {
                for it in plan.roles.iter().filter(|it| it.record.page == *path) {
                    it.duties.iter().chain(&it.may_not).for_each(|(_, text)| lines.line(&text.value));
                }
            }
            Kind::Phase => {
                for it in plan.phases.iter().filter(|it| it.record.page == *path) {
                    it.who.iter().for_each(|(_, text)| lines.line(&text.value));
                }
            }
            Kind::Template => {
                for it in plan.templates.iter().filter(|it| it.record.page == *path) {
                    it.subject.iter().for_each(|text| lines.line(&text.value));
                    it.blanks.iter().for_each(|(_, text)| lines.line(&text.value));
                }
            }
            Kind::Playbook => {
                for it in plan.playbooks.iter().filter(|it| it.record.page == *path) {
                    it.signs.iter().for_each(|(_, text)| lines.line(&text.value));
                }
            }
            Kind::Plan | Kind::Page | Kind::Checklist => {}
        }
        lines
    }

    /// Adds a line, with each run of white space as one space.
    pub fn line(&mut self, words: &str) {
        let start = self.text.len();
        // Most lines are in order already.
        if is_in_order(words) {
            self.text.push_str(if start == 0 || words.is_empty() { "" } else { "\n" });
            self.text.push_str(words);
            return;
        }
        for word in words.split_whitespace() {
            self.text.push(if self.text.len() == start { '\n' } else { ' ' });
            self.text.push_str(word);
        }
        if start == 0 && !self.text.is_empty() {
            self.text.remove(0);
        }
    }

    /// Adds all lines of others.
    pub fn add(&mut self, others: &Lines) {
        if !self.text.is_empty() && !others.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&others.text);
        self.rows.extend(others.rows.iter().cloned());
    }

    /// Adds the lines of some blocks.
    pub fn blocks(&mut self, around: &Surroundings, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Paragraph(_, content) | Block::Plain(_, content) => self.inlines(around, content),
                Block::Heading(_, heading) => self.inlines(around, &heading.content),
                Block::List(_, _, items) => {
                    items.iter().for_each(|item| self.blocks(around, &item.blocks));
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => self.blocks(around, blocks),
                Block::Code(_, _, code) => code.lines().for_each(|line| self.line(line)),
                Block::Table(_, table) => self.table(around, table),
                // Its words are markup; what it wraps in blocks of their own is read as those.
                Block::Html(_) | Block::Rule(_) => {}
            }
        }
    }

    fn inlines(&mut self, around: &Surroundings, content: &[Inline]) {
        self.line(&around.words(content));
    }

    fn table(&mut self, around: &Surroundings, table: &Table) {
        for row in &table.rows {
            let cells = row.iter().map(|cell| around.words(&cell.content));
            let cells: Vec<String> = cells.filter(|words| !words.is_empty()).collect();
            let line: Arc<str> = cells.join(" · ").into();
            self.line(&line);
            self.rows.extend(cells.into_iter().map(|cell| (cell, line.clone())));
        }
    }
}

/// Whether the words of a text have one space between them and no other; false also where that is not told
/// by a look at the bytes alone.
fn is_in_order(words: &str) -> bool {
    let is_plain = |byte: &u8| (b' '..=b'~').contains(byte);
    !words.starts_with(' ')
        && !words.ends_with(' ')
        && words.as_bytes().iter().fold(true, |all, byte| all & is_plain(byte))
        && !words.contains("  ")
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_line_has_one_space_between_words() {
        for (words, line) in [
            ("one two", "one two"),
            ("one  two", "one two"),
            (" one\ttwo\nthree ", "one two three"),
            ("ein\u{a0}Wort wie Ärger", "ein Wort wie Ärger"),
            (" ", ""),
            ("", ""),
        ] {
            let mut lines = Lines::default();
            lines.line(words);
            assert_eq!(lines.text, line, "{words:?}");
            lines.line("more");
            assert_eq!(lines.text, if line.is_empty() { "more".into() } else { format!("{line}\nmore") });
        }
    }
}
