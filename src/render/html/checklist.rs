//! Tasks to tick: by what a browser knows each again, after the plan has changed.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::render::escape_html;
use crate::render::html::{Surroundings, Writer};
use crate::syntax::{Block, Item};

/// How many words of an item its id has.
const WORDS: usize = 4;

/// By what an item is known: an id that stays when other items come and go or its later words
/// change, and a version that changes with any of its words.
#[derive(Debug, PartialEq)]
pub struct Mark {
    /// The anchor of its section and its first words, such as `initiate.answer-the-reporter-i`;
    /// unique in the page
    pub id: String,
    /// Eight hexadecimal digits
    pub version: String,
}

/// The marks of the items of a page, in the order of the text.
#[derive(Debug, Default)]
pub struct Marks {
    taken: HashSet<String>,
    /// For names that stand several times, the last number given
    last: HashMap<String, usize>,
}

impl Marks {
    /// The mark of the next item: in the section with this anchor (empty above the first), with these
    /// words. Figures are left out of the id: they are what a plan tailors.
    pub fn next(&mut self, section: &str, words: &str) -> Mark {
        let of_id = words
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().any(char::is_alphabetic) && !word.contains(char::is_numeric))
            .take(WORDS);
        let first: Vec<String> = of_id.map(str::to_lowercase).collect();
        let section = if section.is_empty() { "top" } else { section };
        let name = format!("{section}.{}", first.join("-"));
        let mut id = name.clone();
        while !self.taken.insert(id.clone()) {
            let number = self.last.entry(name.clone()).or_insert(1);
            *number += 1;
            id = format!("{name}-{number}");
        }
        let said = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let digest = Sha256::digest(said);
        let version = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Mark { id, version }
    }
}

/// What an item says, without the tasks in it: each of these speaks for itself.
fn words(around: &Surroundings, blocks: &[Block], said: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) => {
                said.push_str(&around.words(content));
            }
            Block::Heading(_, heading) => said.push_str(&around.words(&heading.content)),
            Block::List(_, _, items) => {
                for item in items.iter().filter(|item| item.task.is_none()) {
                    words(around, &item.blocks, said);
                }
            }
            Block::Quote(_, _, blocks) => words(around, blocks, said),
            Block::Code(_, _, code) => said.push_str(code),
            Block::Table(_, table) => {
                for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                    said.push_str(&around.words(&cell.content));
                    said.push(' ');
                }
            }
            Block::Html(_) | Block::Rule(_) | Block::Footnote(..) => {}
        }
        said.push(' ');
    }
}

impl<'w> Writer<'w> {
    /// An item of a list that is a task: its first words are the label of its box.
    pub(super) fn task(&mut self, item: &'w Item, ticked: bool) {
        let mut said = String::new();
        words(self.around, &item.blocks, &mut said);
        let mark = self.marks.next(self.section, &said);
        let checked = if ticked { " checked" } else { "" };
        let _ = write!(
            self.html,
            "<li data-item=\"{}\" data-version=\"{}\"><label><input type=\"checkbox\"{checked}><span class=\"what\">",
            escape_html(&mark.id),
            mark.version
        );
        let (label, rest) = match item.blocks.split_first() {
            Some((Block::Plain(_, content) | Block::Paragraph(_, content), rest)) => (&content[..], rest),
            _ => (&[][..], &item.blocks[..]),
        };
        self.inlines(label);
        self.html.push_str("</span></label>");
        if !rest.is_empty() {
            self.html.push('\n');
            self.blocks(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(items: &[(&str, &str)]) -> Vec<Mark> {
        let mut marks = Marks::default();
        items.iter().map(|(section, words)| marks.next(section, words)).collect()
    }

    #[test]
    fn an_item_is_known_again_when_others_come_and_go() {
        let before = marks(&[("assess", "Save evidence first."), ("assess", "Say what you think.")]);
        let after = marks(&[
            ("assess", "Save evidence first."),
            ("assess", "Take a breath."),
            ("assess", "Say what you think."),
        ]);
        assert_eq!(before[0], after[0]);
        assert_eq!(before[1], after[2]);
        assert_eq!(before[1].id, "assess.say-what-you-think");
    }

    #[test]
    fn a_reworded_item_keeps_its_id_and_changes_its_version() {
        for (before, after) in [
            ("Take 5 minutes and decide: is it one?", "Take 10 minutes and decide: is it one?"),
            ("Write it down in #incidents, with a time.", "Write it down in #fire, with its time."),
            ("Do not ask the leads.", "Do not ask the leads first."),
        ] {
            let (before, after) = (&marks(&[("a", before)])[0], &marks(&[("a", after)])[0]);
            assert_eq!(before.id, after.id);
            assert_ne!(before.version, after.version);
        }
    }

    #[test]
    fn where_a_line_breaks_is_no_change() {
        assert_eq!(marks(&[("a", "Save  the\nlogs. ")]), marks(&[("a", "Save the logs.")]));
    }

    #[test]
    fn no_two_items_of_a_page_have_one_id() {
        let all = marks(&[("a", "Close it."), ("a", "Close it!"), ("b", "Close it."), ("", "Close it.")]);
        let ids: Vec<&str> = all.iter().map(|mark| mark.id.as_str()).collect();
        assert_eq!(ids, ["a.close-it", "a.close-it-2", "b.close-it", "top.close-it"]);
        assert_eq!(all[0].version, all[2].version, "the same words wherever they stand");
    }
}
