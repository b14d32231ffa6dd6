//! What the readers of an edition may see, so that nobody keeps it from them.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use crate::guard::said::Said;
use crate::guard::words::Words;
use crate::load::Project;
use crate::plan::Plan;
use crate::plan::alone::{names_section, stands_alone};
use crate::plan::spelling::plain;
use crate::source::{SourceId, Span};
use crate::syntax::{Audience, front_matter};

/// What may be seen.
#[derive(Default)]
pub(super) struct Open {
    pub(super) rows: HashSet<u64>,
    /// As [`plain`] has it
    pub(super) text: String,
}

impl Open {
    pub(super) fn new<'s>(said: impl Iterator<Item = &'s Said>) -> Open {
        let mut open = Open::default();
        for it in said {
            open.add(&it.text);
            it.otherwise.iter().for_each(|text| open.add(text));
        }
        open
    }

    pub(super) fn add(&mut self, text: &str) {
        Words::of(text).each_window(&mut |row| {
            self.rows.insert(row);
        });
        self.add_words(text);
    }

    /// Adds a text that is no sentence.
    pub(super) fn add_words(&mut self, text: &str) {
        self.text.push_str(&plain(text));
        self.text.push('\n');
    }

    /// Those of some texts that stand in it by themselves.
    pub(super) fn said<'t>(&self, texts: &BTreeSet<&'t str>) -> HashSet<&'t str> {
        let texts: Vec<(&str, String)> = texts.iter().map(|text| (*text, plain(text))).collect();
        let is_alone = |range: Range<usize>| {
            stands_alone(&self.text, range.clone()) && !names_section(&self.text, range.start)
        };
        match AhoCorasick::new(texts.iter().map(|(_, plain)| plain)) {
            Ok(finder) => finder
                .find_overlapping_iter(&self.text)
                .filter(|found| is_alone(found.range()))
                .map(|found| texts[found.pattern().as_usize()].0)
                .collect(),
            // Too many to be looked for at once.
            Err(_) => {
                let says = |plain: &String| {
                    let mut places = self.text.match_indices(plain.as_str());
                    places.any(|(at, _)| is_alone(at..at + plain.len()))
                };
                texts.iter().filter(|(_, plain)| says(plain)).map(|(text, _)| *text).collect()
            }
        }
    }
}

/// What must say the same as a piece, so that it is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenedBy {
    /// What leads to somebody is opened by another way that is the same. Where a person wrote one out, that is a leak
    /// like any other.
    Ways,
    /// Other values are opened by values, and by what a person wrote. Not by what a template printed, since that is
    /// how a value leaks: a table of contacts has links to all of them.
    Values,
    /// Any other text
    All,
}

impl OpenedBy {
    pub(super) const EACH: [OpenedBy; 3] = [OpenedBy::Ways, OpenedBy::Values, OpenedBy::All];

    pub(super) fn of(it: &Said) -> OpenedBy {
        match it.is_value() {
            true if it.is_way() => OpenedBy::Ways,
            true => OpenedBy::Values,
            false => OpenedBy::All,
        }
    }
}

/// What the readers of an edition see, by what it opens.
pub(super) struct Seen {
    pub(super) ways: Open,
    values: Open,
    all: Open,
}

impl Seen {
    /// What pieces of a plan say, and the texts of files beside its pages.
    pub(super) fn read(project: &Project, closed: &[&Said], open: &[&Said], files: &[&str]) -> Seen {
        let of = |is_of: &dyn Fn(&Said) -> bool| Open::new(open.iter().copied().filter(|it| is_of(it)));
        let mut seen = Seen {
            ways: of(&|it| it.is_way()),
            values: of(&|it| it.is_value() || it.is_by_hand),
            all: of(&|_| true),
        };
        for text in by_hand(project, closed, open) {
            text.split("\n\n").for_each(|paragraph| seen.values.add(paragraph));
            // What these readers get where a condition is not met, nobody else does.
            if text.contains("{%") {
                text.split("\n\n").for_each(|paragraph| seen.all.add(paragraph));
                without_templates(&text).split("\n\n").for_each(|paragraph| seen.all.add(paragraph));
            }
        }
        // Nor is it a secret what a file says that these readers get.
        for text in files {
            seen.values.add(text);
            seen.all.add(text);
        }
        seen
    }

    pub(super) fn of(&self, by: OpenedBy) -> &Open {
        match by {
            OpenedBy::Ways => &self.ways,
            OpenedBy::Values => &self.values,
            OpenedBy::All => &self.all,
        }
    }
}

/// The words of the pages as their files have them, whatever templates make of them; without those
/// of closed pieces, and without what no reader gets.
fn by_hand(project: &Project, closed: &[&Said], open: &[&Said]) -> Vec<String> {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for (index, source) in project.sources.iter().enumerate() {
        let mut text = source.text.as_bytes().to_vec();
        let is_page = source.path.ends_with(".md");
        let (_, body, _) = front_matter::split(SourceId(index as u32), &source.text);
        let front = if is_page { body } else { text.len() };
        text[..front].fill(b' ');
        for comment in comments(&source.text) {
            text[comment].fill(b' ');
        }
        texts.push(text);
    }
    // A piece that a closed variant inherits from an open one is open.
    let open: HashSet<Span> = open.iter().map(|it| it.span).collect();
    for it in closed.iter().filter(|it| !open.contains(&it.span)) {
        if let Some(range) =
            texts.get_mut(it.span.source.0 as usize).and_then(|text| text.get_mut(it.span.range()))
        {
            range.fill(b' ');
        }
    }
    texts.into_iter().map(|text| String::from_utf8_lossy(&text).into_owned()).collect()
}

/// A text without the expressions and the conditions of templates: what is before one and after it may meet.
fn without_templates(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{%") {
        words.push_str(&rest[..at]);
        rest = rest[at..].find("%}").map_or("", |end| &rest[at + end + 2..]);
    }
    words + rest
}

/// Where the comments of a page are, in HTML and in templates.
fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (start, end) in [("<!--", "-->"), ("{##", "##}")] {
        let mut at = 0;
        // One begins after the end of the one before, whatever stands in that.
        while let Some(length) = text[at..].find(start) {
            let first = at + length;
            at = text[first..].find(end).map_or(text.len(), |length| first + length + end.len());
            found.push(first..at);
        }
    }
    found
}

/// The texts that lie beside the pages of an edition.
pub(super) fn texts_beside(plans: &[Plan], edition: Audience) -> Vec<&str> {
    let mut seen = HashSet::new();
    let files = plans.iter().filter(|plan| plan.edition == edition).flat_map(|plan| plan.files.values());
    let files = files.filter(|bytes| seen.insert(Arc::as_ptr(bytes)) && !bytes.contains(&0));
    files.filter_map(|bytes| str::from_utf8(bytes).ok()).collect()
}

/// What leads to the sections of an edition.
pub(super) fn anchors(plans: &[Plan], edition: Audience) -> HashSet<&str> {
    let pages = plans.iter().filter(|plan| plan.edition == edition).flat_map(|plan| &plan.pages);
    pages.flat_map(|page| &page.anchors.of_sections).map(|anchor| &**anchor).collect()
}

#[cfg(test)]
mod tests {
    use super::comments;

    #[test]
    fn a_comment_goes_to_its_first_end_or_to_that_of_the_text() {
        for (text, expected) in [
            ("a <!-- b <!-- c --> d --> e", &["<!-- b <!-- c -->"][..]),
            ("<!----><!-- a", &["<!---->", "<!-- a"]),
            ("a {## b ##} c", &["{## b ##}"]),
            ("a -- b", &[]),
        ] {
            let found: Vec<&str> = comments(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
