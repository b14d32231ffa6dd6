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

/// Something in the braces of a heading that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misuse {
    /// An audience there is not.
    Audience(Box<str>),
    /// More than one audience
    TwoAudiences,
    /// A class that is no verb.
    Class(Box<str>),
    /// An attribute that is none of ours.
    Attribute(Box<str>),
    /// More than one verb or place.
    TwoVerbs,
    /// An id that begins with `_`: those are the site's own.
    Id(Box<str>),
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
    /// Where that is written, else the heading.
    pub place_span: Span,
    /// Who may read it, where that is said
    pub audience: Option<Audience>,
    /// Classes and attributes that mean nothing, and a verb or a place after the first.
    pub misused: Vec<Misuse>,
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

    /// Calls `see` with this section and all inside it, each with its mark, in the order of the text.
    pub fn each_marked<'a>(&'a self, see: &mut dyn FnMut(&'a Section, Mark)) {
        self.each_marked_in(None, see);
    }

    fn each_marked_in<'a>(&'a self, around: Mark, see: &mut dyn FnMut(&'a Section, Mark)) {
        let mark = self.audience.map(|audience| (audience, self.span)).max(around);
        see(self, mark);
        self.children.iter().for_each(|child| child.each_marked_in(mark, see));
    }
}

/// For whom a section is at most, by its own heading or one around it, where one says so; and that heading.
pub type Mark = Option<(Audience, Span)>;

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
/// `place` finds where some words in the braces of a heading are written.
pub(super) fn divide(blocks: Vec<Block>, place: &dyn Fn(Span, &str) -> Span) -> Document {
    let waivers = find_waivers(&blocks);
    let mut document = Document { waivers, ..Document::default() };
    let mut open: Vec<Section> = Vec::new();
    let mut stretch: Vec<Block> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(span, heading) => {
                finish_stretch(&mut stretch, &mut open, &mut document);
                let is_plain =
                    heading.id.is_none() && heading.classes.is_empty() && heading.attributes.is_empty();
                let is_title = heading.level == 1 && is_plain;
                if is_title && document.title.is_none() && open.is_empty() && document.top.is_empty() {
                    document.title = Some(Spanned::new(plain_text(&heading.content), span));
                    continue;
                }
                while open.last().is_some_and(|section| section.level >= heading.level) {
                    close_section(&mut open, &mut document);
                }
                open.push(start_section(span, *heading, place));
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

fn start_section(span: Span, heading: Heading, place: &dyn Fn(Span, &str) -> Span) -> Section {
    let mut section = Section {
        id: match &heading.id {
            Some(id) => id.clone(),
            // What begins so is the site's own.
            None => slug(&plain_text(&heading.content)).trim_start_matches('_').into(),
        },
        level: heading.level,
        title: heading.content,
        span,
        id_span: span,
        verb: None,
        placement: None,
        place_span: span,
        audience: None,
        misused: Vec::new(),
        parts: Vec::new(),
        children: Vec::new(),
    };
    if let Some(id) = &heading.id {
        section.id_span = place(span, &format!("#{id}"));
        if id.starts_with('_') {
            section.misused.push(Misuse::Id(id.clone()));
        }
    }
    let mut said = 0;
    for class in heading.classes {
        match Verb::ALL.into_iter().find(|verb| *class == *verb.name()) {
            Some(verb) => {
                section.verb.get_or_insert(verb);
                said += 1;
            }
            None => section.misused.push(Misuse::Class(class)),
        }
    }
    for (key, value) in heading.attributes {
        let word: Box<str> = value.trim_matches(['"', '#', '\'']).into();
        match &*key {
            "after" | "before" => {
                let placement =
                    if &*key == "after" { Placement::After(word) } else { Placement::Before(word) };
                section.placement.get_or_insert(placement);
                section.place_span = place(span, &format!("{key}={value}"));
                said += 1;
            }
            "audience" => match Audience::parse(&word) {
                Some(audience) => {
                    if section.audience.is_some_and(|other| other != audience) {
                        section.misused.push(Misuse::TwoAudiences);
                    }
                    section.audience = section.audience.max(Some(audience));
                }
                None => section.misused.push(Misuse::Audience(word)),
            },
            _ => section.misused.push(Misuse::Attribute(key)),
        }
    }
    if said > 1 {
        section.misused.push(Misuse::TwoVerbs);
    }
    // It may have been meant to hide the section: hidden until it is mended.
    if section.misused.iter().any(|misuse| matches!(misuse, Misuse::Audience(_) | Misuse::Attribute(_))) {
        section.audience = Some(Audience::Responders);
    }
    section
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
    // From the end: a comment covers the next block that is none.
    let mut next: Option<Span> = None;
    for block in blocks.iter().rev() {
        let words = match block {
            Block::Html(html) => html::comment(&html.text),
            _ => None,
        };
        let Some(words) = words else {
            next = Some(block.span());
            continue;
        };
        let Some(words) = words.strip_prefix("allow ") else { continue };
        let (rule, reason) = words.split_once(':').unwrap_or((words, ""));
        waivers.push(Waiver {
            rule: Spanned::new(rule.trim().to_string(), block.span()),
            reason: reason.trim().to_string(),
            covers: next.unwrap_or(block.span()),
        });
    }
    waivers.reverse();
    waivers
}
