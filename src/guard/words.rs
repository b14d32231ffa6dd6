//! The words of a text as numbers, and of a file of the site, whatever stands between them.

use std::ops::RangeInclusive;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::plan::letters::is_unspaced;
use crate::plan::spelling::{UNSEEN, unescaped};

/// How many words in a row are told apart from all others: a text of fewer is said by chance.
pub const WINDOW: RangeInclusive<usize> = 4..=6;

/// Words in a row, as a number each: FNV-1a of the letters in lower case.
#[derive(Debug, Default)]
pub struct Words {
    numbers: Vec<u64>,
    /// How many words there were before each break
    breaks: Vec<usize>,
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Tags inside a line of text; any other ends it.
const INLINE: [&str; 28] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tspan", "u", "var", "wbr",
];
/// Tags of the files of offices that end a line, without what they begin with: `w:p`, `text:h`. Any other of theirs
/// stands inside one, since they cut a word where its look or its spelling was changed.
const ENDING: [&str; 9] = ["p", "h", "br", "tab", "tc", "tr", "cr", "line-break", "table-cell"];
/// The same of tables of offices, whose tags begin with nothing.
const IN_CELLS: [&str; 3] = ["r", "t", "rPr"];

impl Words {
    /// The words of a text that is one piece.
    pub fn of(text: &str) -> Words {
        let mut words = Words::default();
        words.push(text);
        words
    }

    /// The words of a page: what is between tags, and each value of an attribute by itself.
    pub fn of_html(html: &TakenApart) -> Words {
        let mut words = Words::default();
        for text in html.lines.iter().map(|line| &**line).chain(html.values()) {
            words.push(&unescaped(text));
            words.end();
        }
        words
    }

    /// The words of another file: a piece is a line, or what is between quotes.
    pub fn of_data(text: &str) -> Words {
        let mut words = Words::default();
        let mut start = 0;
        let mut letters = text.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' | '\n' => {
                    words.push(&text[start..at]);
                    words.end();
                    start = at + 1;
                }
                // `\n` in a string is the end of a line and no letter; neither is `\"` its end.
                '\\' => {
                    words.push(&text[start..at]);
                    let (next, escaped) = letters.next().unwrap_or((at, '\\'));
                    start = next + escaped.len_utf8();
                }
                _ => {}
            }
        }
        words.push(&text[start..]);
        words.end();
        words
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The numbers of the words, one after the other, whatever is between them.
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    fn push(&mut self, text: &str) {
        let mut number = None;
        // Letters of a script without spaces, one after the other
        let mut unspaced = Vec::new();
        let with = |number: u64, letter: char| (number ^ u64::from(u32::from(letter))).wrapping_mul(PRIME);
        for letter in text.chars() {
            if letter.is_ascii_alphanumeric() {
                // Most letters: they are one letter in lower case too.
                self.push_unspaced(&mut unspaced);
                number = Some(with(number.unwrap_or(BASIS), letter.to_ascii_lowercase()));
            } else if is_unspaced(letter) {
                self.numbers.extend(number.take());
                unspaced.push(with(BASIS, letter));
            } else if letter.is_alphanumeric() {
                self.push_unspaced(&mut unspaced);
                // An accent may be a part of its letter or follow it.
                let mut add = |letter: char| {
                    if letter.is_alphanumeric() {
                        number = Some(letter.to_lowercase().fold(number.unwrap_or(BASIS), with));
                    }
                };
                decompose_canonical(letter, &mut add);
            } else if !is_combining_mark(letter) && !UNSEEN.contains(&letter) {
                self.numbers.extend(number.take());
                self.push_unspaced(&mut unspaced);
            }
        }
        self.numbers.extend(number);
        self.push_unspaced(&mut unspaced);
    }

    /// Where no spaces part the words, each three letters in a row count as one.
    fn push_unspaced(&mut self, letters: &mut Vec<u64>) {
        if !letters.is_empty() {
            let length = letters.len().min(3);
            self.numbers.extend(letters.windows(length).map(number_of));
            letters.clear();
        }
    }

    fn end(&mut self) {
        self.breaks.push(self.numbers.len());
    }

    /// The numbers of the whole text where it has as few words as a window, and otherwise of every
    /// longest window in it.
    pub fn telling(&self) -> Vec<u64> {
        match self.numbers.len() {
            length if length < *WINDOW.start() => Vec::new(),
            length if length <= *WINDOW.end() => vec![number_of(&self.numbers)],
            _ => self.numbers.windows(*WINDOW.end()).map(number_of).collect(),
        }
    }

    /// Calls `see` with the number of every window of every length.
    pub fn each_window(&self, see: &mut dyn FnMut(u64)) {
        let ends = self.breaks.iter().copied().chain([self.numbers.len()]);
        let mut start = 0;
        for end in ends {
            let piece = &self.numbers[start..end.max(start)];
            start = end.max(start);
            for first in 0..piece.len() {
                let longest = (piece.len() - first).min(*WINDOW.end());
                let mut number = BASIS;
                for (index, word) in piece[first..first + longest].iter().enumerate() {
                    number = add(number, *word);
                    if index + 1 >= *WINDOW.start() {
                        see(number);
                    }
                }
            }
        }
    }
}

/// Some HTML, its text apart from its tags.
#[derive(Debug, Default)]
pub struct TakenApart<'h> {
    /// What is between tags that end a line of text
    pub lines: Vec<String>,
    /// The tags without their brackets
    pub tags: Vec<&'h str>,
}

impl<'h> TakenApart<'h> {
    /// Takes HTML apart.
    pub fn of(html: &'h str) -> TakenApart<'h> {
        let mut apart = TakenApart::default();
        let mut line = String::new();
        let mut rest = html;
        while let Some((text, tag)) = rest.split_once('<') {
            line.push_str(text);
            let end = end_of_tag(tag);
            let inside = &tag[..end];
            if !is_inline(inside) {
                apart.lines.push(std::mem::take(&mut line));
            }
            apart.tags.push(inside);
            rest = tag.get(end + 1..).unwrap_or_default();
        }
        line.push_str(rest);
        apart.lines.push(line);
        apart
    }

    /// The values of attributes.
    fn values(&self) -> impl Iterator<Item = &'h str> {
        self.tags.iter().flat_map(|tag| tag.split('"').skip(1).step_by(2))
    }

    /// The texts in it: lines and values.
    pub fn pieces(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| &**line).chain(self.values()).filter(|piece| !piece.trim().is_empty())
    }
}

/// Whether a tag, without its brackets, stands inside a line of text.
fn is_inline(tag: &str) -> bool {
    let name = tag.trim_start_matches('/');
    let name = &name[..name.find(|c: char| !(c.is_alphanumeric() || ":-".contains(c))).unwrap_or(name.len())];
    match name.split_once(':') {
        Some((_, name)) => !ENDING.contains(&name),
        None => INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name)) || IN_CELLS.contains(&name),
    }
}

fn number_of(words: &[u64]) -> u64 {
    words.iter().fold(BASIS, |number, word| add(number, *word))
}

fn add(number: u64, word: u64) -> u64 {
    (number.rotate_left(5) ^ word).wrapping_mul(PRIME)
}

/// Where a tag ends: at the first `>` outside quotes. A comment ends at its own mark.
fn end_of_tag(tag: &str) -> usize {
    if tag.starts_with("!--") {
        return tag.find("-->").map_or(tag.len(), |at| at + 2);
    }
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(words: &Words, text: &str) -> bool {
        let wanted = Words::of(text).telling();
        let mut seen = std::collections::HashSet::new();
        words.each_window(&mut |number| {
            seen.insert(number);
        });
        !wanted.is_empty() && wanted.iter().all(|number| seen.contains(number))
    }

    #[test]
    fn words_of_a_page_run_through_marks_and_not_through_blocks() {
        let html = "<p>Meet in the <b>Blue</b> room &amp; wait</p>\n<p>at noon</p><img alt=\"a map of it &gt; here\">";
        let words = Words::of_html(&TakenApart::of(html));
        assert!(has(&words, "in the blue room"));
        assert!(has(&words, "meet in the blue room & wait"));
        assert!(!has(&words, "blue room wait at"), "a block ends a text");
        assert!(has(&words, "A map of it, here"), "an attribute is a text");
    }

    #[test]
    fn accents_and_what_nobody_sees_make_no_other_word() {
        let words = Words::of("Fr\u{FC}h im Caf\u{E9} am Kai");
        assert!(has(&words, "fru\u{308}h im cafe\u{301} am Kai"));
        assert!(has(&Words::of("meet in the bl\u{AD}ue ro\u{200B}om"), "in the blue room"));
        assert!(!has(&words, "froh im cafe am kai"));
        assert!(!has(&Words::of("\u{915}\u{93F} b c d"), "\u{915}\u{93E} b c d"), "a vowel is no accent");
    }

    #[test]
    fn a_text_without_spaces_is_told_by_its_letters() {
        assert!(has(&Words::of("緊急時には夜間の鍵は金庫の下にあります。"), "夜間の鍵は金庫の下"));
        assert!(!has(&Words::of("緊急時には夜間の鍵は机の下にあります。"), "夜間の鍵は金庫の下"));
        assert!(Words::of("夜間の鍵").telling().is_empty(), "so few are said by chance");
    }

    #[test]
    fn words_of_an_office_run_through_its_marks() {
        let text = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>in the bl</w:t></w:r><w:r><w:t>ue room</w:t></w:r></w:p>\
                    <w:p><w:t>at noon</w:t></w:p>";
        let words = Words::of_html(&TakenApart::of(text));
        assert!(has(&words, "in the blue room"));
        assert!(!has(&words, "the blue room at"), "a paragraph ends a text");
    }

    #[test]
    fn words_of_data_run_through_escapes_and_not_through_strings() {
        let words = Words::of_data(r#"{"a": "Meet\nin the \"Blue\" room", "b": "at noon"}"#);
        assert!(has(&words, "meet in the blue room"));
        assert!(!has(&words, "the blue room b at"));
    }

    #[test]
    fn a_short_text_tells_nothing() {
        assert!(Words::of("the blue room").telling().is_empty());
        assert_eq!(Words::of("one two three four five").telling().len(), 1);
        assert_eq!(Words::of("one two three four five six seven").telling().len(), 2);
    }
}
