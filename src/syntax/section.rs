//! A page as sections: what a link can name, and what a layer can tailor.

use std::sync::Arc;

use crate::source::{Span, Spanned};
use crate::syntax::tree::{Block, Heading, Inline, plain_text};
use crate::syntax::{Fault, html, slug};

/// Who may read something. The later ones may read what the earlier ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Audience {
    /// Everybody
    #[default]
    Public,
    /// Everybody in the organization
    Staff,
    /// Those who respond
    Responders,
}

impl Audience {
    /// Every audience, from everybody on.
    pub const ALL: [Audience; 3] = [Audience::Public, Audience::Staff, Audience::Responders];

    /// The audience with this name.
    pub fn parse(name: &str) -> Option<Audience> {
        Audience::ALL.into_iter().find(|audience| audience.name() == name)
    }

    /// Its name, as authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Audience::Public => "public",
            Audience::Staff => "staff",
            Audience::Responders => "responders",
        }
    }
}

/// What a heading of a tailoring does with the section it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Puts this section in its place.
    Replace,
    /// Adds at its end.
    Append,
    /// Adds at its start.
    Prepend,
    /// Takes it out.
    Remove,
}

impl Verb {
    const ALL: [Verb; 4] = [Verb::Replace, Verb::Append, Verb::Prepend, Verb::Remove];

    /// The class that names it.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Replace => "replace",
            Verb::Append => "append",
            Verb::Prepend => "prepend",
            Verb::Remove => "remove",
        }
    }
}

/// Where a new section goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// After the section with this id.
    After(Box<str>),
    /// Before the section with this id.
    Before(Box<str>),
}

impl Placement {
    /// The section it is next to.
    pub fn neighbour(&self) -> &str {
        match self {
            Placement::After(id) | Placement::Before(id) => id,
        }
    }
}

/// A heading and the text under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The id its author gave, or the slug of its title.
    pub id: Box<str>,
    /// 1 to 6
    pub level: u8,
    /// Its title; empty where a tailoring keeps the inherited one.
    pub title: Vec<Inline>,
    /// The heading
    pub span: Span,
    /// Where the id is written, else the heading
    pub id_span: Span,
    /// What it does with an inherited section
    pub verb: Option<Verb>,
    /// Where it goes among the inherited ones
    pub placement: Option<Placement>,
    /// Who may read it, where that is said
    pub audience: Option<Audience>,
    /// A word given as audience that is none.
    pub unknown_audience: Option<Box<str>>,
    /// Its text: one stretch for each layer that wrote some of it.
    pub parts: Vec<Arc<[Block]>>,
    /// The sections inside it
    pub children: Vec<Arc<Section>>,
}

impl Section {
    /// The words of its title.
    pub fn title_text(&self) -> String {
        plain_text(&self.title)
    }

    /// Its blocks, without those of the sections inside it.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().flat_map(|part| part.iter())
    }

    /// The heading and all under it that stand in the same file.
    pub fn extent(&self) -> Span {
        let mut extent = self.span;
        for block in self.blocks() {
            let span = block.span();
            if span.source == extent.source {
                extent.end = extent.end.max(span.end);
            }
        }
        for child in &self.children {
            let span = child.extent();
            if span.source == extent.source {
                extent.end = extent.end.max(span.end);
            }
        }
        extent
    }

    /// Calls `see` with this section and all inside it, in the order of the text.
    pub fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Section)) {
        see(self);
        for child in &self.children {
            child.walk(see);
        }
    }
}

/// An exception from a rule, with its reason: `<!-- allow rule: reason -->`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule
    pub rule: Spanned<String>,
    /// Why; empty where none is given.
    pub reason: String,
    /// The text it is for
    pub covers: Span,
}

/// A file's text, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The first heading, where it is of level 1 and nothing but blank lines is before it: the page's title.
    pub title: Option<Spanned<String>>,
    /// What stands before the first section.
    pub top: Vec<Arc<[Block]>>,
    /// The sections
    pub sections: Vec<Arc<Section>>,
    /// Exceptions from rules
    pub waivers: Vec<Waiver>,
    /// What could not be understood
    pub faults: Vec<Fault>,
}

/// Divides blocks into sections at their headings.
///
/// `id_place` finds where a heading's id is written.
pub(super) fn divide(blocks: Vec<Block>, id_place: &dyn Fn(Span, &str) -> Span) -> Document {
    let waivers = find_waivers(&blocks);
    let mut document = Document { waivers, ..Document::default() };
    let mut open: Vec<Section> = Vec::new();
    let mut stretch: Vec<Block> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(span, heading) => {
                finish_stretch(&mut stretch, &mut open, &mut document);
                let is_title = heading.level == 1 && heading.id.is_none() && heading.classes.is_empty();
                if is_title && document.title.is_none() && open.is_empty() && document.top.is_empty() {
                    document.title = Some(Spanned::new(plain_text(&heading.content), span));
                    continue;
                }
                while open.last().is_some_and(|section| section.level >= heading.level) {
                    close_section(&mut open, &mut document);
                }
                open.push(start_section(span, heading, id_place));
            }
            // Comments are for authors.
            Block::Html(html) if html::comment(&html.text).is_some() => {}
            block => stretch.push(block),
        }
    }
    finish_stretch(&mut stretch, &mut open, &mut document);
    while !open.is_empty() {
        close_section(&mut open, &mut document);
    }
    document
}

fn start_section(span: Span, heading: Heading, id_place: &dyn Fn(Span, &str) -> Span) -> Section {
    let verb = Verb::ALL.into_iter().find(|verb| heading.classes.iter().any(|class| **class == *verb.name()));
    let attribute = |name: &str| {
        heading
            .attributes
            .iter()
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| value.trim_matches(['"', '#', '\'']))
    };
    let placement = attribute("after")
        .map(|id| Placement::After(id.into()))
        .or_else(|| attribute("before").map(|id| Placement::Before(id.into())));
    let audience = attribute("audience").map(|name| (Audience::parse(name), name.into()));
    let (audience, unknown_audience) = match audience {
        // A word that is no audience hides the section until it is mended.
        Some((None, name)) => (Some(Audience::Responders), Some(name)),
        Some((audience, _)) => (audience, None),
        None => (None, None),
    };
    let id: Box<str> = match &heading.id {
        Some(id) => id.clone(),
        None => slug(&plain_text(&heading.content)).into(),
    };
    Section {
        id_span: if heading.id.is_some() { id_place(span, &id) } else { span },
        id,
        level: heading.level,
        title: heading.content,
        span,
        verb,
        placement,
        audience,
        unknown_audience,
        parts: Vec::new(),
        children: Vec::new(),
    }
}

fn finish_stretch(stretch: &mut Vec<Block>, open: &mut [Section], document: &mut Document) {
    if stretch.is_empty() {
        return;
    }
    let blocks: Arc<[Block]> = std::mem::take(stretch).into();
    match open.last_mut() {
        Some(section) => section.parts.push(blocks),
        None => document.top.push(blocks),
    }
}

fn close_section(open: &mut Vec<Section>, document: &mut Document) {
    let Some(section) = open.pop() else { return };
    let section = Arc::new(section);
    match open.last_mut() {
        Some(parent) => parent.children.push(section),
        None => document.sections.push(section),
    }
}

fn find_waivers(blocks: &[Block]) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let Block::Html(html) = block else { continue };
        let Some(words) = html::comment(&html.text).and_then(|words| words.strip_prefix("allow ")) else {
            continue;
        };
        let (rule, reason) = words.split_once(':').unwrap_or((words, ""));
        let covers = blocks[index + 1..]
            .iter()
            .find(|next| !matches!(next, Block::Html(html) if html::comment(&html.text).is_some()))
            .map_or(html.span, Block::span);
        waivers.push(Waiver {
            rule: Spanned::new(rule.trim().to_string(), html.span),
            reason: reason.trim().to_string(),
            covers,
        });
    }
    waivers
}
