//! `unprintable-character`: signs that no font for paper has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::{Binder, FEW, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::glyphs::{STAND_IN, is_private, unprintable};
use crate::syntax::{Audience, Block, Inline, Map, Node, Value, html};

pub(super) const RULE: Rule = Rule {
    name: "unprintable-character",
    level: Level::Warning,
    finds: "a character that cannot be printed, because no font for paper has it",
    explanation: "\
Why it matters
  On a screen, whatever font somebody has steps in. A printed copy carries its own fonts: Latin,
  Greek, Cyrillic, Hebrew, Arabic, signs and pictures. For any other character a box stands on
  paper, and whoever holds the copy cannot tell what it was. What a file has of them is told once, at
  the first.

What to do
  Write what it says in letters. Where only people who read on a screen need it, allow it with
  the reason.
",
    look,
};

/// The characters of a file, each with its first place, and who reads one of them.
type Found = BTreeMap<SourceId, (BTreeMap<char, Span>, BTreeSet<(String, Audience)>)>;

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let mut found = Found::new();
    let mut add = |span: Span, words: &str, readers: &mut dyn Iterator<Item = Reader<'_>>| {
        if words.is_ascii() {
            return;
        }
        let firsts = firsts(span, words, sources);
        if firsts.is_empty() {
            return;
        }
        let (places, all) = found.entry(span.source).or_default();
        for (character, span) in firsts {
            places.entry(character).and_modify(|first| *first = span.min(*first)).or_insert(span);
        }
        all.extend(readers.map(|(name, edition)| (name.to_string(), edition)));
    };
    for text in &binder.texts {
        let mut see =
            |span: Span, words: &str| add(span, words, &mut text.readers.iter().map(|(reader, ..)| *reader));
        let body = &text.page.body;
        body.top.iter().for_each(|part| blocks(part, &mut see));
        body.walk(&mut |section| {
            inlines(&section.title, &mut see);
            section.parts.iter().for_each(|part| blocks(part, &mut see));
        });
    }
    let mut seen: BTreeSet<(*const Map, Reader)> = BTreeSet::new();
    for plan in binder.plans {
        let reader = (&*plan.name, plan.edition);
        for page in plan.pages.iter().filter(|page| seen.insert((Arc::as_ptr(&page.front), reader))) {
            values(&page.front, &mut |span, words| add(span, words, &mut std::iter::once(reader)));
        }
    }
    for (characters, readers) in found.into_values() {
        let mut places: Vec<(Span, char)> = characters.into_iter().map(|(c, span)| (span, c)).collect();
        places.sort_unstable();
        let diagnostic = diagnostic(&places);
        for (name, edition) in &readers {
            findings.tell_in((name, *edition), diagnostic.clone());
        }
    }
}

fn diagnostic(places: &[(Span, char)]) -> Diagnostic {
    let named = |character: char| match is_private(character) {
        true => format!("U+{:04X}", u32::from(character)),
        false => format!("{character} (U+{:04X})", u32::from(character)),
    };
    let mut names =
        places.iter().map(|(_, character)| named(*character)).take(FEW).collect::<Vec<_>>().join(", ");
    if places.len() > FEW {
        names += &format!(" and {} more", places.len() - FEW);
    }
    let first = places.first().map_or(Span::default(), |(span, _)| *span);
    Diagnostic::new(RULE.name, format!("no font for paper has {names}"))
        .at(first, format!("{STAND_IN} will stand here on paper"))
        .help("write what it says in letters")
}

/// The characters of some words that cannot be printed, each where it is written first: exactly, where the file
/// has it.
fn firsts(span: Span, words: &str, sources: &Sources) -> BTreeMap<char, Span> {
    fn first(words: &str) -> BTreeMap<char, usize> {
        let mut first = BTreeMap::new();
        for (at, character) in unprintable(words) {
            first.entry(character).or_insert(at);
        }
        first
    }
    let of_words = first(words);
    if of_words.is_empty() {
        return BTreeMap::new();
    }
    let written = sources.text(span);
    let of_file = if written == words { of_words.clone() } else { first(written) };
    let place = |character: char| {
        of_file.get(&character).map_or(span, |start| {
            let start = span.start as usize + start;
            Span::new(span.source, start..start + character.len_utf8())
        })
    };
    of_words.into_keys().map(|character| (character, place(character))).collect()
}

/// The texts of front matter, but for those that are reasons for whoever maintains it.
fn values(map: &Map, see: &mut dyn FnMut(Span, &str)) {
    fn node(it: &Node, see: &mut dyn FnMut(Span, &str)) {
        match &it.value {
            Value::Text(text) => see(it.span, text),
            Value::List(items) => items.iter().for_each(|item| node(item, see)),
            Value::Map(map) => values(map, see),
            Value::Flag(_) | Value::Null => {}
        }
    }
    map.iter().filter(|(key, _)| key.value != "allow").for_each(|(_, value)| node(value, see));
}

fn blocks(all: &[Block], see: &mut dyn FnMut(Span, &str)) {
    for block in all {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) => inlines(content, see),
            Block::Heading(_, heading) => inlines(&heading.content, see),
            Block::List(_, _, items) => items.iter().for_each(|item| blocks(&item.blocks, see)),
            Block::Quote(_, _, inner) | Block::Footnote(_, _, inner) => blocks(inner, see),
            Block::Code(span, _, text) => see(*span, text),
            Block::Table(_, table) => {
                let cells = table.header.iter().chain(table.rows.iter().flatten());
                cells.for_each(|cell| inlines(&cell.content, see));
            }
            Block::Html(html) if html::comment(&html.text).is_none() => see(html.span, &html.text),
            Block::Html(_) | Block::Rule(_) => {}
        }
    }
}

fn inlines(content: &[Inline], see: &mut dyn FnMut(Span, &str)) {
    for inline in content {
        match inline {
            Inline::Text(span, words) | Inline::Code(span, words) => see(*span, words),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                inlines(inner, see)
            }
            Inline::Link(link) => inlines(&link.content, see),
            Inline::Image(image) => inlines(&image.alternative, see),
            Inline::Html(_) | Inline::SoftBreak | Inline::HardBreak | Inline::FootnoteMark(..) => {}
        }
    }
}
