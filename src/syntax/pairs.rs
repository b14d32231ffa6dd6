//! What of a page has a partner: the marks of footnotes and their texts, the names of references and their
//! addresses.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use crate::source::Span;
use crate::syntax::{Fault, FaultKind};

/// The pairs of a page, while it is read.
pub(super) struct Pairs<'t> {
    /// The labels of the footnotes that are mentioned
    marks: HashSet<Box<str>>,
    /// The label of each footnote's text, and the place of that
    notes: Vec<(Box<str>, Span)>,
    /// The lines that look like the address of a reference, in order; none where no two have one name
    definitions: Vec<Definition<'t>>,
}

/// A line such as `[name]: https://…`.
struct Definition<'t> {
    range: Range<usize>,
    /// In small letters, with single spaces
    label: String,
    address: &'t str,
    /// Whether it shows as it stands: it is code, or a part of a paragraph
    is_shown: bool,
}

impl<'t> Pairs<'t> {
    /// Those of a text that is not read yet.
    pub(super) fn of(text: &'t str) -> Self {
        Pairs { marks: HashSet::new(), notes: Vec::new(), definitions: definitions(text) }
    }

    /// The mark of a footnote.
    pub(super) fn mention(&mut self, label: &str) {
        self.marks.insert(label.into());
    }

    /// The text of a footnote.
    pub(super) fn note(&mut self, label: &str, span: Span) {
        self.notes.push((label.into(), span));
    }

    /// What the parser made of a part of the text: what becomes words, code or a link is no definition.
    pub(super) fn see(&mut self, event: &Event, range: &Range<usize>) {
        if self.definitions.is_empty() {
            return;
        }
        let is_around = matches!(
            event,
            Event::End(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::Start(
                    Tag::Paragraph
                        | Tag::List(_)
                        | Tag::Item
                        | Tag::BlockQuote(_)
                        | Tag::FootnoteDefinition(_)
                )
        );
        let first = self.definitions.partition_point(|definition| definition.range.start < range.start);
        let inside = self.definitions[first..].iter_mut().take_while(|it| it.range.start < range.end);
        inside.for_each(|definition| definition.is_shown |= !is_around);
    }

    /// What has no partner, or two. `place` gives the place of a part of the text.
    pub(super) fn faults(&self, place: &dyn Fn(Range<usize>) -> Span) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut notes: HashMap<&str, Span> = HashMap::new();
        for (label, span) in &self.notes {
            let first = *notes.entry(label).or_insert(*span);
            if first != *span {
                faults.push(Fault::new(*span, FaultKind::DuplicateNote { label: label.to_string(), first }));
            } else if !self.marks.contains(label) {
                faults.push(Fault::new(*span, FaultKind::UnmentionedNote(label.to_string())));
            }
        }
        let mut named: HashMap<&str, &Definition> = HashMap::new();
        for definition in self.definitions.iter().filter(|definition| !definition.is_shown) {
            let first = *named.entry(&definition.label).or_insert(definition);
            if first.address != definition.address {
                let (label, first) = (definition.label.clone(), place(first.range.clone()));
                let kind = FaultKind::DuplicateDefinition { label, first };
                faults.push(Fault::new(place(definition.range.clone()), kind));
            }
        }
        faults
    }
}

/// The lines of a text that look like definitions, where two of them give one name different addresses.
fn definitions(text: &str) -> Vec<Definition<'_>> {
    let (mut found, mut known) = (Vec::new(), HashMap::new());
    let mut is_repeated = false;
    if !text.contains("]:") {
        return found;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start_matches([' ', '>']);
        let at = start + line.len() - words.len();
        start += line.len();
        let Some((label, address)) = words.strip_prefix('[').and_then(|rest| rest.split_once("]:")) else {
            continue;
        };
        if label.starts_with('^') || label.trim().is_empty() || label.contains(['[', ']']) {
            continue;
        }
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let address = address.trim();
        is_repeated |= *known.entry(label.clone()).or_insert(address) != address;
        let range = at..at + words.trim_end().len();
        found.push(Definition { range, label, address, is_shown: false });
    }
    if is_repeated { found } else { Vec::new() }
}
