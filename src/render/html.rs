//! The tree of a page as HTML.

mod checklist;
mod contents;
mod inline;
pub mod message;
mod table;

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::ops::Range;

use minijinja::Value;

use crate::plan::{Plan, PlanPage, Target};
use crate::render::picture::process::{self, Stop};
use crate::render::{address, escape_html, highlight};
use crate::syntax::tree::{Heading, Note, plain_text};
use crate::syntax::{Block, Inline, Item, Kind, Section, html};
use crate::theme::write_escaped;

/// What links of a page are written with.
pub struct Surroundings<'p> {
    /// The plan
    pub plan: &'p Plan,
    /// The page
    pub page: &'p PlanPage,
    /// Its address from the site's root
    pub address: &'p str,
    /// The folder of its variant, from the site's root
    pub folder: &'p str,
}

impl Surroundings<'_> {
    /// The address of a page of the plan, as seen from this one.
    pub fn href(&self, page: &PlanPage) -> String {
        self.href_of(&address::of_page(&page.path))
    }

    /// The address of a record's page, as seen from this page.
    pub fn record_href(&self, path: &str) -> String {
        self.href_of(&address::of_page(path))
    }

    fn href_of(&self, address: &str) -> String {
        address::relative(self.address, &format!("{}/{address}", self.folder))
    }

    fn target(&self, target: &str) -> Option<&Target> {
        self.page.links.get(target)
    }

    /// The words of some inlines; links without words of their own have their thing's name.
    pub fn words(&self, content: &[Inline]) -> String {
        self.plan.words(self.page, content)
    }
}

/// Whether a page is worked with: it has tasks to tick or messages to fill.
fn is_worked_with(body: &str) -> bool {
    body.contains("<li data-item=") || body.contains("<section class=\"template\"")
}

/// The class of a list of questions that each end in a severity.
pub const DECISION: &str = " class=\"decide\"";
/// How the classes of a table begin that compares the severities.
pub const LEVELS: &str = " class=\"wide levels";

/// The body of a page.
#[derive(Default)]
pub struct Body {
    /// Its HTML, as a value for templates
    pub content: Value,
    /// What ties it to its place, in the order of the text
    pub ties: Vec<(Range<usize>, Tie)>,
    /// Whether it shows more of its plan than what its links are called
    pub shows_plan: bool,
    /// The contents of the page, as a template needs them
    pub contents: Vec<Value>,
    /// Whether it has tasks to tick or messages to fill
    pub is_worked_with: bool,
    /// Whether it has questions that lead to a severity
    pub asks: bool,
}

impl Body {
    /// Its HTML.
    pub fn html(&self) -> &str {
        self.content.as_str().unwrap_or_default()
    }
}

/// A part of some HTML that is another one where the page is a part of a whole.
pub enum Tie {
    /// The value of an attribute that is an id
    Id,
    /// The value of a link's `href`
    Link,
    /// The number in the tag of a heading
    Level,
    /// A link that only says where its heading is
    Anchor,
    /// Markup that may have any of these in it
    Markup,
}

/// The body of a page as HTML.
pub fn body(around: &Surroundings) -> Body {
    let mut writer = Writer {
        around,
        html: String::new(),
        ties: Vec::new(),
        has_raw: false,
        shows_plan: false,
        mentioned: HashSet::new(),
        notes: Vec::new(),
        note_numbers: HashMap::new(),
        note_texts: HashMap::new(),
        anchors: around.page.anchors.of_sections.iter(),
        origins: around.page.origin.sections.iter(),
        inside_link: false,
        section: "",
        marks: checklist::Marks::default(),
        messages: 0,
    };
    let body = &around.page.body;
    for part in &body.top {
        writer.collect_notes(part);
    }
    body.walk(&mut |section| section.parts.iter().for_each(|part| writer.collect_notes(part)));
    for part in &body.top {
        writer.blocks(part);
    }
    for section in &body.sections {
        writer.section(section, around.page.origin.first);
    }
    writer.footnotes();
    let Writer { html, mut ties, has_raw, shows_plan, .. } = writer;
    if has_raw {
        // What an author opens in one place may end in another.
        ties = vec![(0..html.len(), Tie::Markup)];
    }
    Body {
        is_worked_with: is_worked_with(&html),
        asks: html.contains(DECISION),
        contents: contents::contents(around),
        content: Value::from_safe_string(html),
        ties,
        shows_plan,
    }
}

struct Writer<'w> {
    around: &'w Surroundings<'w>,
    html: String,
    ties: Vec<(Range<usize>, Tie)>,
    /// Whether there may be ties in HTML that authors wrote
    has_raw: bool,
    /// See [`Body`]
    shows_plan: bool,
    /// Things named already on this page: from then on their short form will do.
    mentioned: HashSet<&'w str>,
    /// Footnotes, in the order they are met
    notes: Vec<Note<'w>>,
    /// The place of each among them, from 1
    note_numbers: HashMap<Note<'w>, usize>,
    note_texts: HashMap<Note<'w>, &'w [Block]>,
    anchors: std::slice::Iter<'w, Box<str>>,
    origins: std::slice::Iter<'w, (usize, Vec<usize>)>,
    /// Links do not stand inside links.
    inside_link: bool,
    /// The anchor of the section that is being written
    section: &'w str,
    /// Of the tasks so far
    marks: checklist::Marks,
    /// How many messages there were so far
    messages: usize,
}

impl<'w> Writer<'w> {
    fn collect_notes(&mut self, blocks: &'w [Block]) {
        for block in blocks {
            if let Block::Footnote(span, label, text) = block {
                self.note_texts.entry((span.source, label)).or_insert(text);
            }
        }
    }

    fn text(&mut self, text: &str) {
        // Writing into memory does not fail.
        let _ = write_escaped(&mut self.html, text);
    }

    /// Writes HTML that ties the page to its place.
    fn tie(&mut self, tie: Tie, html: &str) {
        let start = self.html.len();
        self.html.push_str(html);
        self.ties.push((start..self.html.len(), tie));
    }

    /// A heading, with an id where it has one.
    fn heading(&mut self, level: u8, id: Option<&str>, content: &'w [Inline]) {
        let level = level.to_string();
        self.html.push_str("<h");
        self.tie(Tie::Level, &level);
        if let Some(id) = id {
            self.html.push_str(" id=\"");
            self.tie(Tie::Id, id);
            self.html.push('"');
        }
        self.html.push('>');
        self.inlines(content);
        self.html.push_str("</h");
        self.tie(Tie::Level, &level);
        self.html.push('>');
    }

    /// `within` is the layer the reader takes the text to be from.
    fn section(&mut self, section: &'w Section, within: usize) {
        let anchor = self.anchors.next().map_or("", |anchor| anchor);
        let id = escape_html(anchor);
        self.section = anchor;
        // The link is beside the heading: inside, its words would be a part of the heading's name.
        self.html.push_str("<div class=\"titled\">");
        self.heading(section.level, Some(&id), &section.title);
        let link = format!("<a class=\"anchor\" href=\"#{id}\" aria-labelledby=\"{id}\">#</a>");
        self.tie(Tie::Anchor, &link);
        self.html.push_str("</div>\n");
        let (heading, parts) = match self.origins.next() {
            Some((heading, parts)) => (*heading, &parts[..]),
            None => (within, &[][..]),
        };
        self.origin(heading, parts, within);
        for part in &section.parts {
            self.blocks(part);
        }
        for child in &section.children {
            self.section(child, heading);
        }
    }

    /// A quiet line where a section is from another layer than the text around it.
    fn origin(&mut self, heading: usize, parts: &[usize], within: usize) {
        let mut others: Vec<usize> = parts.iter().copied().filter(|part| *part != heading).collect();
        others.dedup();
        let name = |layer: &usize| format!("<b>{}</b>", escape_html(&self.around.plan.lineage[*layer].title));
        let added = others.iter().map(name).collect::<Vec<_>>().join(", ");
        let line = match (heading == within, added.is_empty()) {
            (true, true) => return,
            (true, false) => format!("With additions by {added}"),
            (false, true) => format!("Tailored by {}", name(&heading)),
            (false, false) => format!("Tailored by {}, with additions by {added}", name(&heading)),
        };
        let _ = writeln!(self.html, "<p class=\"origin\">{line}</p>");
    }

    fn blocks(&mut self, blocks: &'w [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &'w Block) {
        match block {
            Block::Paragraph(_, content) => {
                self.html.push_str("<p>");
                self.inlines(content);
                self.html.push_str("</p>\n");
            }
            Block::Plain(_, content) => {
                self.inlines(content);
                self.html.push('\n');
            }
            Block::Heading(_, heading) => self.inner_heading(heading),
            Block::List(_, first, items) => self.list(*first, items),
            Block::Quote(_, Some(alert), blocks) => {
                let name = alert.name();
                let title = name[..1].to_uppercase() + &name[1..];
                let _ = writeln!(
                    self.html,
                    "<div class=\"note {name}\" role=\"note\"><p class=\"note-title\">{title}</p>"
                );
                self.blocks(blocks);
                self.html.push_str("</div>\n");
            }
            Block::Quote(_, None, blocks) => {
                self.html.push_str("<blockquote>\n");
                self.blocks(blocks);
                self.html.push_str("</blockquote>\n");
            }
            Block::Code(_, info, code) => self.code(info, code),
            Block::Table(_, table) => self.table(table),
            Block::Html(html) if html::comment(&html.text).is_some() => {}
            Block::Html(html) => self.raw(html),
            Block::Rule(_) => self.html.push_str("<hr>\n"),
            Block::Footnote(..) => {}
        }
    }

    fn inner_heading(&mut self, heading: &'w Heading) {
        self.heading(heading.level, None, &heading.content);
        self.html.push('\n');
    }

    fn list(&mut self, first: Option<u64>, items: &'w [Item]) {
        let is_checklist = !items.is_empty() && items.iter().all(|item| item.task.is_some());
        if first.is_some() && items.len() > 1 {
            let stops: Option<Vec<Stop>> = items.iter().map(|item| self.stop(item)).collect();
            if let Some(stops) = stops {
                self.tie(Tie::Markup, &process::figure(self.around.plan, &stops));
                self.shows_plan = true;
                return;
            }
        }
        let decides = first.is_some() && items.len() > 1 && items.iter().all(|item| self.is_question(item));
        let tag = if first.is_some() { "ol" } else { "ul" };
        let attributes = match first {
            _ if is_checklist => " class=\"checklist\"".to_string(),
            Some(1) if decides => DECISION.to_string(),
            Some(1) | None => String::new(),
            Some(start) => format!(" start=\"{start}\""),
        };
        let _ = writeln!(self.html, "<{tag}{attributes}>");
        for item in items {
            match item.task {
                Some(ticked) => self.task(item, ticked),
                None => {
                    self.html.push_str("<li>");
                    self.blocks(&item.blocks);
                }
            }
            while self.html.ends_with('\n') {
                self.html.pop();
            }
            self.html.push_str("</li>\n");
        }
        let _ = writeln!(self.html, "</{tag}>");
    }

    /// The phase that an item is nothing but a link to: a list of these is the process.
    fn stop(&self, item: &Item) -> Option<Stop<'w>> {
        let [Block::Plain(_, content) | Block::Paragraph(_, content)] = &item.blocks[..] else { return None };
        let [Inline::Link(link)] = &content[..] else { return None };
        let Target::Record(Kind::Phase, index) = self.around.target(&link.target)? else { return None };
        let phase = &self.around.plan.phases[*index];
        let href = self.around.record_href(&phase.record.page);
        Some(Stop { phase, name: self.around.words(content), href })
    }

    /// Whether an item asks something and says which severity it is then: a list of these is an aid to
    /// decide.
    fn is_question(&self, item: &Item) -> bool {
        let [Block::Plain(_, content) | Block::Paragraph(_, content)] = &item.blocks[..] else {
            return false;
        };
        content.iter().filter(|inline| self.is_severity(inline)).count() == 1
            && plain_text(content).contains('?')
    }

    fn is_severity(&self, inline: &Inline) -> bool {
        let Inline::Link(link) = inline else { return false };
        matches!(self.around.target(&link.target), Some(Target::Record(Kind::Severity, _)))
    }

    fn code(&mut self, info: &str, code: &str) {
        let language = info.split([' ', ',', '{']).next().unwrap_or_default();
        if language == "message" {
            self.messages += 1;
            let number = if self.messages > 1 { format!(" {}", self.messages) } else { String::new() };
            let marked = message::marked(self.around, code);
            self.shows_plan = true;
            let _ = writeln!(
                self.html,
                "<section class=\"template\" aria-label=\"Message{number}\"><header><b>Message{number}</b></header>\n<pre>{marked}</pre></section>"
            );
            return;
        }
        let is_name = !language.is_empty()
            && language.chars().all(|c| c.is_ascii_alphanumeric() || "+#-_.".contains(c));
        let class = if is_name { format!(" class=\"language-{language}\"") } else { String::new() };
        let marked = highlight::highlight(language, code);
        let _ = writeln!(
            self.html,
            "<pre class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Code\"><code{class}>{marked}</code></pre>"
        );
    }

    fn footnotes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.html.push_str("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n");
        let mut number = 0;
        // A footnote may mention another, which then comes after it.
        while let Some(note) = self.notes.get(number).copied() {
            number += 1;
            self.html.push_str("<li id=\"");
            self.tie(Tie::Id, &format!("_fn-{number}"));
            self.html.push_str("\">");
            if let Some(blocks) = self.note_texts.get(&note).copied() {
                self.blocks(blocks);
            }
            self.html.push_str("<a href=\"");
            self.tie(Tie::Link, &format!("#_fnref-{number}"));
            self.html.push_str("\" aria-label=\"Back to the text\">↩</a></li>\n");
        }
        self.html.push_str("</ol></section>\n");
    }
}
