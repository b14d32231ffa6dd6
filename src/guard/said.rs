//! Everything a plan says, piece by piece, each with whom it is for as its author marked it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::guard::words::TakenApart;
use crate::plan::facts::WAYS;
use crate::plan::{Plan, PlanPage};
use crate::source::{SourceId, Sources, Span};
use crate::syntax::front_matter::{Map, Node, Value};
use crate::syntax::tree::{Cell, Reference, plain_text, references};
use crate::syntax::{Audience, Block, Inline, Section};
use crate::tailor::Body;

/// A piece of text: a paragraph, a cell, a value.
#[derive(Debug)]
pub struct Said {
    /// The words
    pub text: String,
    /// Where some of these are names or values that stand there through links and templates: these, and what the
    /// author wrote between them, each by itself. Other pages may have such names in the same order, and what a
    /// table is made of is said as the values that it has.
    pub parts: Option<Vec<String>>,
    /// The same as pages say it otherwise: where the short forms of names are due, and in a row with other cells
    pub otherwise: Vec<String>,
    /// Whether its author wrote all of it, and no value or name of a thing is filled in
    pub is_by_hand: bool,
    /// Where
    pub span: Span,
    /// The narrowest mark on it or around it
    pub audience: Audience,
    /// Whether it is a value of front matter, with the key
    pub key: Option<String>,
}

impl Said {
    /// Whether it is a value that says something by itself.
    pub fn is_value(&self) -> bool {
        self.key.as_deref().is_some_and(|key| key != "target")
    }

    /// Whether it leads to somebody or to something.
    pub fn is_way(&self) -> bool {
        self.key.as_deref().is_some_and(|key| WAYS.contains(&key))
    }
}

/// What some plans say, each shared page and map once. The plans must be those of the audience that
/// sees everything: the marks are read where they stand, and not from what was left out.
pub fn said(plans: &[&Plan], sources: &Sources) -> Vec<Said> {
    let mut collector = Collector::new(sources);
    let mut bodies = HashSet::new();
    let mut fronts = HashSet::new();
    for plan in plans {
        let start = Span::new(SourceId::default(), 0..0);
        let home = plan.page_index("plan.md").map_or(start, |index| plan.pages[index].start);
        collector.map(&plan.values, Audience::Public, home);
        // A variant that is not for everybody has no page that is.
        let of_plan = mark(&plan.values).unwrap_or(Audience::Public);
        for page in &plan.pages {
            let audience = mark(&page.front).map_or(of_plan, |own| own.max(of_plan));
            collector.span = page.start;
            collector.page = Some((plan, page));
            collector.say(audience, Some("path"), page.path.trim_end_matches(".md"));
            if fronts.insert((Arc::as_ptr(&page.front), audience)) {
                collector.map(&page.front, audience, page.start);
            }
            if bodies.insert((Arc::as_ptr(&page.body), audience)) {
                collector.notes = footnotes(&page.body, audience);
                page.body.top.iter().for_each(|part| collector.blocks(part, audience));
                page.body.sections.iter().for_each(|section| collector.section(section, audience));
            }
        }
    }
    collector.said
}

/// Whether an inline has words that no author wrote: the name of a thing, or a value.
fn is_generated(inline: &Inline, sources: &Sources) -> bool {
    let any = |content: &[Inline]| content.iter().any(|inline| is_generated(inline, sources));
    match inline {
        Inline::Link(link) => link.content.is_empty() || any(&link.content),
        Inline::Text(span, _) | Inline::Code(span, _) => sources.text(*span).contains("{{"),
        Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => any(content),
        Inline::Html(_) | Inline::Image(_) => true,
        Inline::SoftBreak | Inline::HardBreak | Inline::FootnoteMark(..) => false,
    }
}

/// Some words with the names of things as pages have them: with their short forms the first time, then by these.
fn shortened(plan: &Plan, page: &PlanPage, content: &[Inline]) -> Vec<String> {
    let (mut first, mut later) = (String::new(), String::new());
    let mut has_any = false;
    for inline in content {
        let words = plan.words(page, std::slice::from_ref(inline));
        let short = match inline {
            Inline::Link(link) if link.content.is_empty() => plan.link_names(page, link).1,
            _ => None,
        };
        has_any |= short.is_some();
        later.push_str(short.as_ref().unwrap_or(&words));
        first.push_str(&words);
        first.extend(short.map(|short| format!(" ({short})")));
    }
    if has_any { vec![first, later] } else { Vec::new() }
}

/// Whether an expression is a call of a function that makes a table of the plan's values.
fn is_table(expression: &str) -> bool {
    let name = expression.trim_start_matches("{{").trim_start();
    name.split_once('(').is_some_and(|(name, _)| name.ends_with("_table"))
}

/// For whom a map says it is.
fn mark(map: &Map) -> Option<Audience> {
    map.get("audience")?.value.as_text().and_then(Audience::parse)
}

/// A footnote of a page: its label, and the file, since two layers may call theirs alike.
type Note = (SourceId, Box<str>);

/// For whom the footnotes of a page are: for the most readers of those who get a mark of them.
fn footnotes(body: &Body, audience: Audience) -> HashMap<Note, Audience> {
    /// The marks in some blocks, with who reads them; and the footnotes' own texts.
    struct Marks<'b> {
        readers: HashMap<Note, Audience>,
        footnotes: Vec<(Note, &'b Block)>,
    }
    impl<'b> Marks<'b> {
        fn note(&mut self, block: &'b Block, audience: Audience) {
            references(std::slice::from_ref(block), &mut |reference| {
                if let Reference::Footnote(span, label) = reference {
                    let readers = self.readers.entry((span.source, label.into())).or_insert(audience);
                    *readers = audience.min(*readers);
                }
            });
        }

        fn blocks(&mut self, blocks: &'b [Block], audience: Audience) {
            for block in blocks {
                match block {
                    Block::Footnote(span, label, _) => {
                        self.footnotes.push(((span.source, label.clone()), block))
                    }
                    block => self.note(block, audience),
                }
            }
        }

        fn section(&mut self, section: &'b Section, around: Audience) {
            let audience = section.audience.map_or(around, |own| own.max(around));
            section.parts.iter().for_each(|part| self.blocks(part, audience));
            section.children.iter().for_each(|child| self.section(child, audience));
        }
    }
    let mut marks = Marks { readers: HashMap::new(), footnotes: Vec::new() };
    body.top.iter().for_each(|part| marks.blocks(part, audience));
    body.sections.iter().for_each(|section| marks.section(section, audience));
    // A footnote that another one mentions is for whoever gets that one.
    let Marks { mut readers, footnotes } = marks;
    let mut of_note: HashMap<Note, Vec<&Block>> = HashMap::new();
    for (note, block) in footnotes {
        of_note.entry(note).or_default().push(block);
    }
    let mut met: Vec<(Note, Audience)> = readers.iter().map(|(note, by)| (note.clone(), *by)).collect();
    while let Some((note, by)) = met.pop() {
        for block in of_note.get(&note).into_iter().flatten().copied() {
            references(std::slice::from_ref(block), &mut |reference| {
                let Reference::Footnote(span, label) = reference else { return };
                let other: Note = (span.source, label.into());
                if readers.get(&other).is_none_or(|known| by < *known) {
                    readers.insert(other.clone(), by);
                    met.push((other, by));
                }
            });
        }
    }
    readers
}

struct Collector<'p> {
    sources: &'p Sources,
    said: Vec<Said>,
    span: Span,
    /// The page, whose links are called as its plan says
    page: Option<(&'p Plan, &'p PlanPage)>,
    /// For whom the footnotes of the page are
    notes: HashMap<Note, Audience>,
}

impl<'p> Collector<'p> {
    fn new(sources: &'p Sources) -> Self {
        let span = Span::new(SourceId::default(), 0..0);
        Collector { sources, said: Vec::new(), span, page: None, notes: HashMap::new() }
    }

    fn say(&mut self, audience: Audience, key: Option<&str>, text: &str) {
        if !text.trim().is_empty() {
            let (text, key) = (text.to_string(), key.map(str::to_string));
            self.said.push(Said {
                text,
                parts: None,
                otherwise: Vec::new(),
                is_by_hand: false,
                span: self.span,
                audience,
                key,
            });
        }
    }

    fn map(&mut self, map: &Map, around: Audience, place: Span) {
        let audience = mark(map).map_or(around, |own| own.max(around));
        for (key, node) in map.iter() {
            // An id is a word of its own where an author chose it; the keys of a record are ours, and
            // of small letters.
            if node.value.as_map().is_some()
                || key.value.contains(|c: char| !c.is_ascii_lowercase() && c != '_')
            {
                self.span = place;
                self.say(audience, Some("id"), &key.value);
            }
            self.node(node, audience, &key.value);
        }
    }

    fn node(&mut self, node: &Node, audience: Audience, key: &str) {
        self.span = node.span;
        match &node.value {
            Value::Text(text) => self.say(audience, Some(key), text),
            Value::List(items) => {
                items.iter().for_each(|item| self.node(item, audience, key));
                // A page may have them in one line.
                let texts: Vec<&str> = items.iter().filter_map(|item| item.value.as_text()).collect();
                if texts.len() > 1 {
                    self.span = node.span;
                    self.say(audience, Some(key), &texts.join(", "));
                }
            }
            Value::Map(map) => self.map(map, audience, node.span),
            Value::Null | Value::Flag(_) => {}
        }
    }

    fn section(&mut self, section: &Section, around: Audience) {
        let audience = section.audience.map_or(around, |own| own.max(around));
        self.span = section.span;
        self.inlines(&section.title, audience);
        section.parts.iter().for_each(|part| self.blocks(part, audience));
        section.children.iter().for_each(|child| self.section(child, audience));
    }

    fn blocks(&mut self, blocks: &[Block], around: Audience) {
        for block in blocks {
            let note = match block {
                Block::Footnote(span, label, _) => self.notes.get(&(span.source, label.clone())).copied(),
                _ => None,
            };
            let audience = note.map_or(around, |readers| readers.max(around));
            let block = std::slice::from_ref(block);
            references(block, &mut |reference| self.reference(reference, audience));
            self.texts(block, audience);
        }
    }

    fn texts(&mut self, blocks: &[Block], audience: Audience) {
        for block in blocks {
            self.span = block.span();
            match block {
                Block::Paragraph(_, content) | Block::Plain(_, content) => self.inlines(content, audience),
                Block::Heading(_, heading) => self.inlines(&heading.content, audience),
                Block::List(_, _, items) => {
                    items.iter().for_each(|item| self.texts(&item.blocks, audience));
                }
                Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                    self.texts(blocks, audience);
                }
                Block::Code(_, _, code) => self.say(audience, None, code),
                Block::Table(_, table) => {
                    std::iter::once(&table.header).chain(&table.rows).for_each(|row| self.row(row, audience));
                }
                Block::Html(html) => self.html(&html.text, audience),
                Block::Rule(_) => {}
            }
        }
    }

    fn row(&mut self, row: &[Cell], audience: Audience) {
        let start = self.said.len();
        for cell in row {
            self.span = cell.span;
            self.inlines(&cell.content, audience);
        }
        let cells: Vec<&str> = self.said[start..].iter().map(|it| &*it.text).collect();
        let all = cells.join(" ");
        if let [_, .., last] = &mut self.said[start..] {
            last.otherwise.push(all);
        }
    }

    fn inlines(&mut self, content: &[Inline], audience: Audience) {
        let text = match self.page {
            Some((plan, page)) => plan.words(page, content),
            None => plain_text(content),
        };
        let is_new = self.said.len();
        self.say(audience, None, &text);
        let is_generated = |inline: &Inline| is_generated(inline, self.sources);
        let has_generated = content.iter().any(is_generated);
        if let (Some(said), false) = (self.said.get_mut(is_new), has_generated) {
            said.is_by_hand = true;
        }
        let (Some((plan, page)), true) = (self.page, has_generated) else { return };
        if let Some(said) = self.said.get_mut(is_new) {
            let parts = content.chunk_by(|one, other| !is_generated(one) && !is_generated(other));
            let is_table = |inline: &Inline| match inline {
                Inline::Text(span, _) => is_table(self.sources.text(*span)),
                _ => false,
            };
            let parts = parts.filter(|part| !part.iter().any(is_table));
            said.parts = Some(parts.map(|part| plan.words(page, part)).collect());
            said.otherwise = shortened(plan, page, content);
        }
    }

    fn html(&mut self, html: &str, audience: Audience) {
        for piece in TakenApart::of(html).pieces() {
            self.say(audience, None, piece);
        }
    }

    fn reference(&mut self, reference: Reference, audience: Audience) {
        match reference {
            Reference::Link(link) => {
                self.span = link.span;
                self.say(audience, Some("target"), &link.target);
                self.say(audience, None, &link.title);
            }
            Reference::Image(image) => {
                self.span = image.span;
                self.say(audience, Some("target"), &image.target);
                self.say(audience, None, &image.title);
                self.say(audience, None, &plain_text(&image.alternative));
            }
            Reference::Html(html) => {
                self.span = html.span;
                self.html(&html.text, audience);
            }
            Reference::Footnote(..) => {}
        }
    }
}
