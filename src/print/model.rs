//! What is printed, as data: the typesetter's template reads it as JSON, so nothing an author
//! wrote is ever taken for markup.

use serde::Serialize;

use crate::config::Paper;
use crate::plan::columns::{Cell, fit};

/// A block of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph
    Paragraph {
        /// Its words
        content: Vec<Inline>,
    },
    /// A heading that is in no contents: inside a quote, or over a list of a record
    Minor {
        /// Its words
        content: Vec<Inline>,
    },
    /// A list, numbered from a number or not
    List {
        /// The first number
        start: Option<u64>,
        /// The items
        items: Vec<Item>,
    },
    /// A list to tick off, with room for a time and initials
    Checklist {
        /// The steps
        items: Vec<Item>,
    },
    /// A quotation
    Quote {
        /// What it says
        blocks: Vec<Block>,
    },
    /// An alert
    Note {
        /// Its word: `Warning`
        title: String,
        /// What it says
        blocks: Vec<Block>,
    },
    /// Code
    Code {
        /// The text
        text: String,
    },
    /// A message with blanks to fill in
    Message {
        /// Its lines, each a row of words and blanks
        lines: Vec<Vec<Run>>,
    },
    /// A table
    Table(Table),
    /// A picture for itself
    Figure {
        /// The picture
        #[serde(flatten)]
        picture: Picture,
        /// What is said below it; may be empty
        caption: Vec<Inline>,
    },
    /// Names and what belongs to them
    Facts {
        /// The rows
        rows: Vec<(String, Vec<Inline>)>,
    },
    /// A line across
    Rule,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// For a task: whether it is ticked
    pub task: Option<bool>,
    /// What it says
    pub blocks: Vec<Block>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    /// Whether it is a blank, and the words its name
    pub blank: bool,
    /// The words
    pub text: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// `start`, `center` or `end`, for each column
    pub align: Vec<&'static str>,
    /// The size of its type, in points
    pub size: f64,
    /// The share of the width that each column gets
    pub widths: Vec<f64>,
    /// For each column, whether its words are hyphenated
    pub hyphenates: Vec<bool>,
    /// For each row, whether it may go on on another sheet
    pub breaks: Vec<bool>,
    /// The header row; empty where there is none
    pub header: Vec<Vec<Inline>>,
    /// The other rows
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// A row of more lines may go on on another sheet.
const TALL: f64 = 15.0;
/// How wide a letter is, in sizes of the type.
const LETTER: f64 = 0.5;

impl Table {
    /// A table that fits into a width in points. Where its words do not, they may end anywhere.
    pub fn new(
        align: Vec<&'static str>,
        header: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
        width: f64,
    ) -> Table {
        let words: Vec<Vec<Cell>> = std::iter::once(&header)
            .chain(&rows)
            .map(|row| row.iter().map(|cell| cell_words(cell)).collect())
            .collect();
        let fit = fit(&words, width).columns();
        let tall = |row: &Vec<Cell>| {
            row.iter().zip(&fit.widths).any(|(cell, width)| {
                let letters: usize = cell.iter().map(|(_, words)| words.chars().count()).sum();
                letters as f64 * LETTER * fit.size / width > TALL
            })
        };
        let mut table = Table {
            breaks: words[1..].iter().map(tall).collect(),
            align,
            size: fit.size,
            widths: fit.widths.iter().map(|width| width.round()).collect(),
            hyphenates: fit.hyphenates,
            header,
            rows,
        };
        if let Some(most) = &fit.most {
            for row in std::iter::once(&mut table.header).chain(&mut table.rows) {
                row.iter_mut().zip(most).for_each(|(cell, most)| cut(cell, *most));
            }
        }
        table
    }
}

/// The words of a cell as [`columns`] takes them.
fn cell_words(content: &[Inline]) -> Cell {
    let mut words = Cell::new();
    for inline in content {
        match inline {
            Inline::Text { text } => match words.last_mut() {
                Some((false, before)) => before.push_str(text),
                _ => words.push((false, text.clone())),
            },
            Inline::Code { text } => words.push((true, text.clone())),
            Inline::Break => words.push((false, " ".into())),
            Inline::Footnote { .. } | Inline::Image(_) => {}
            // A mark stands before it without a gap to break at, and its letters are bold.
            Inline::Severity { content, .. } => {
                let mut own = cell_words(content);
                own.iter_mut().take(1).for_each(|(_, text)| text.insert_str(0, "◆nn"));
                words.extend(own);
            }
            Inline::Reference { says, title, content, .. } => {
                words.extend(cell_words(content));
                // The number of the sheet is known when all are set.
                match says {
                    Says::Nothing => {}
                    Says::Number => words.push((false, " (p.00)".into())),
                    Says::Title => words.push((false, format!(" (see {title}, p.00)"))),
                }
            }
            other => words.extend(other.content().into_iter().flat_map(cell_words)),
        }
    }
    words
}

/// Lets words that are longer than a number of letters end after each so many. After a hyphen they may
/// end anyway.
fn cut(content: &mut [Inline], most: usize) {
    for inline in content {
        match inline {
            Inline::Text { text } | Inline::Code { text } => {
                let mut letters = 0;
                *text = text.chars().fold(String::with_capacity(text.len()), |mut cut, letter| {
                    letters += 1;
                    if letters > most && !letter.is_whitespace() {
                        cut.push('\u{200b}');
                        letters = 1;
                    }
                    if letter.is_whitespace() || letter == '-' {
                        letters = 0;
                    }
                    cut.push(letter);
                    cut
                });
            }
            other => {
                if let Some(content) = other.content_mut() {
                    cut(content, most);
                }
            }
        }
    }
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picture {
    /// Its name among the files the typesetter gets
    pub file: String,
    /// What stands for it: empty where it is decoration, none where nothing is said
    pub alternative: Option<String>,
    /// Its title; may be empty
    pub title: String,
    /// How wide it is, in points
    pub width: f64,
}

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Inline {
    /// Words
    Text {
        /// The words
        text: String,
    },
    /// Code
    Code {
        /// The text
        text: String,
    },
    /// Emphasis
    Emphasis {
        /// The words
        content: Vec<Inline>,
    },
    /// Strong emphasis
    Strong {
        /// The words
        content: Vec<Inline>,
    },
    /// Struck out
    Struck {
        /// The words
        content: Vec<Inline>,
    },
    /// A link inside the document
    Reference {
        /// The label it leads to
        to: String,
        /// What is to be read on paper: `none`, `number` (p. 12), or `title` (see Handoff, p. 12)
        says: Says,
        /// The title of what it leads to
        title: String,
        /// The words
        content: Vec<Inline>,
    },
    /// A link to an address outside
    Link {
        /// The address
        url: String,
        /// What of the address is to be read on paper; empty where the words say it already
        shown: String,
        /// The words
        content: Vec<Inline>,
    },
    /// A severity, by its rank from 1 to 5
    Severity {
        /// Its rank
        rank: u32,
        /// The words
        content: Vec<Inline>,
    },
    /// Above the line
    Raised {
        /// The words
        content: Vec<Inline>,
    },
    /// Below the line
    Lowered {
        /// The words
        content: Vec<Inline>,
    },
    /// A picture
    Image(Picture),
    /// A footnote
    Footnote {
        /// Its page and its label: where both are the same, so is the footnote
        name: String,
        /// Its text
        blocks: Vec<Block>,
    },
    /// The end of a line
    Break,
}

impl Inline {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Inline {
        Inline::Text { text: text.into() }
    }

    /// What stands inside it.
    pub fn content(&self) -> Option<&[Inline]> {
        match self {
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Struck { content }
            | Inline::Raised { content }
            | Inline::Lowered { content }
            | Inline::Reference { content, .. }
            | Inline::Link { content, .. }
            | Inline::Severity { content, .. } => Some(content),
            Inline::Text { .. }
            | Inline::Code { .. }
            | Inline::Image(_)
            | Inline::Footnote { .. }
            | Inline::Break => None,
        }
    }

    fn content_mut(&mut self) -> Option<&mut [Inline]> {
        match self {
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Struck { content }
            | Inline::Raised { content }
            | Inline::Lowered { content }
            | Inline::Reference { content, .. }
            | Inline::Link { content, .. }
            | Inline::Severity { content, .. } => Some(content),
            Inline::Text { .. }
            | Inline::Code { .. }
            | Inline::Image(_)
            | Inline::Footnote { .. }
            | Inline::Break => None,
        }
    }
}

/// How a reference reads on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// Only its words: the number stands nearby already
    Nothing,
    /// The page's number
    Number,
    /// The title and the page's number
    Title,
}

/// A heading, and what stands under it until the next.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// 1 for what stands directly under a page's title
    pub depth: usize,
    /// Where links lead
    pub label: String,
    /// Its words
    pub title: Vec<Inline>,
    /// The text
    pub blocks: Vec<Block>,
}

/// A page of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// Where links lead
    pub label: String,
    /// Its title
    pub title: String,
    /// `Role`; empty for plain pages
    pub kind: &'static str,
    /// One line about it; may be empty
    pub summary: String,
    /// Whether it begins on a new sheet
    pub starts_sheet: bool,
    /// What its front matter says, and what stands before its first section
    pub blocks: Vec<Block>,
    /// Its sections, in the order of the text
    pub sections: Vec<Section>,
}

/// What stands on every sheet, and on the cover.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imprint {
    /// The title of the site: `Incident guidebook`
    pub guidebook: String,
    /// The name of the variant
    pub variant: String,
    /// What the variant is called
    pub title: String,
    /// What the document is: the title of the plan's landing page
    pub document: String,
    /// Whose plan it is; may be empty
    pub organization: String,
    /// The system it is for; may be empty
    pub system: String,
    /// Who may read this edition
    pub edition: &'static str,
    /// The version of the text; may be empty
    pub version: String,
    /// `approved`, `draft`; may be empty
    pub status: String,
    /// The name of the document that never changes; may be empty
    pub id: String,
    /// How the copy is handled; may be empty
    pub classification: String,
    /// The hash of the content
    pub hash: String,
    /// The day until which a printed copy is valid, in words; may be empty
    pub valid_until: String,
    /// The day of the last review as written; may be empty
    pub reviewed_iso: String,
    /// The day of the last review, in words; may be empty
    pub reviewed_on: String,
    /// Where the current hashes are listed
    pub verify: String,
    /// What it is printed on
    #[serde(serialize_with = "name_of_paper")]
    pub paper: Paper,
    /// The language it is written in, such as `en`
    pub language: String,
    /// Where that language is spoken, such as `BR`; may be empty
    pub region: String,
}

fn name_of_paper<S: serde::Serializer>(paper: &Paper, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(paper.name())
}
