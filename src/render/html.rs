//! The tree of a page as HTML.

mod checklist;
pub mod message;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::ops::Range;

use minijinja::Value;

use crate::plan::{Plan, PlanPage, Target};
use crate::render::picture::process::{self, Stop};
use crate::render::{address, cards, escape_html, highlight};
use crate::syntax::html::AttributeUse;
use crate::syntax::tree::{Align, Heading, Table, plain_text};
use crate::syntax::{Block, Cell, Image, Inline, Item, Kind, Link, Section, html};
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
pub fn is_worked_with(body: &str) -> bool {
    body.contains("<li data-item=") || body.contains("<section class=\"template\"")
}

/// Whether the first column only numbers the rows.
fn counts(table: &Table) -> bool {
    !table.rows.is_empty()
        && table.rows.iter().all(|row| match row.first().map(|cell| &cell.content[..]) {
            Some([Inline::Text(_, words)]) => words.chars().all(|it| it.is_ascii_digit()),
            _ => false,
        })
}

/// The class of a list of questions that each end in a severity.
pub const DECISION: &str = " class=\"decide\"";
/// How the classes of a table begin that compares the severities.
pub const LEVELS: &str = " class=\"wide levels";

/// The body of a page.
pub struct Body {
    /// Its HTML, as a value for templates
    pub content: Value,
    /// What ties it to its place, in the order of the text
    pub ties: Vec<(Range<usize>, Tie)>,
    /// Whether it shows more of its plan than what its links are called
    pub shows_plan: bool,
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
        note_texts: BTreeMap::new(),
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
    Body { content: Value::from_safe_string(html), ties, shows_plan }
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
    /// Labels of footnotes, in the order they are met
    notes: Vec<&'w str>,
    /// The place of each among them, from 1
    note_numbers: HashMap<&'w str, usize>,
    note_texts: BTreeMap<&'w str, &'w [Block]>,
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
            if let Block::Footnote(_, label, text) = block {
                self.note_texts.entry(label).or_insert(text);
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
        let class = match language {
            "" => String::new(),
            language => format!(" class=\"language-{}\"", escape_html(language)),
        };
        let marked = highlight::highlight(language, code);
        let _ = writeln!(
            self.html,
            "<pre class=\"code\" tabindex=\"0\" role=\"group\" aria-label=\"Code\"><code{class}>{marked}</code></pre>"
        );
    }

    fn table(&mut self, table: &'w Table) {
        let titles: Vec<String> = table.header.iter().map(|cell| self.around.words(&cell.content)).collect();
        let label = titles.iter().filter(|title| !title.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        // Levels stand side by side. Three columns are a list of rows on a phone, five of them anywhere.
        let compares = table.rows.len() > 1
            && table.rows.iter().all(|row| matches!(&row[..], [first, ..] if matches!(&first.content[..], [it] if self.is_severity(it))));
        let of_levels = format!("{LEVELS} of-{}\"", table.columns.len());
        let (class, wide) = match table.columns.len() {
            3..=8 if compares => (&*of_levels, true),
            0..=2 => ("", false),
            3..=4 if counts(table) => (" class=\"stack counted\"", false),
            3..=4 => (" class=\"stack\"", false),
            _ => (" class=\"wide\"", true),
        };
        let _ = write!(
            self.html,
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table{class}>\n<thead><tr>",
            escape_html(&label)
        );
        for (cell, align) in table.header.iter().zip(&table.columns) {
            if cell.content.is_empty() {
                let _ = write!(self.html, "<td{}></td>", alignment(*align));
                continue;
            }
            let _ = write!(self.html, "<th scope=\"col\"{}>", alignment(*align));
            self.inlines(&cell.content);
            self.html.push_str("</th>");
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.html.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let align = alignment(table.columns.get(index).copied().unwrap_or(Align::Start));
                self.cell(cell, index, titles.get(index).map_or("", |title| title), align, wide);
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody></table></div>\n");
    }

    fn cell(&mut self, cell: &'w Cell, index: usize, title: &str, align: &str, wide: bool) {
        if index == 0 {
            let _ = write!(self.html, "<th scope=\"row\"{align}>");
            self.inlines(&cell.content);
            self.html.push_str("</th>");
        } else {
            let _ = write!(self.html, "<td data-label=\"{}\"{align}>", escape_html(title));
            match wide && !cell.content.is_empty() {
                // The name and the words are laid out beside each other.
                true => self.wrapped("span", &cell.content),
                false => self.inlines(&cell.content),
            }
            self.html.push_str("</td>");
        }
    }

    fn raw(&mut self, html: &html::Html) {
        if !html.is_safe() {
            self.html.push_str("<p class=\"refused\">");
            self.text(&html.text);
            self.html.push_str("</p>\n");
            return;
        }
        let rewritten = html::rewrite(html, &|use_, target| match use_ {
            AttributeUse::Link | AttributeUse::Media => self.href(target),
            AttributeUse::Id => None,
        });
        self.html.push_str(&rewritten);
        self.has_raw |= may_tie(html);
    }

    /// The address of what a target leads to; `None` where it is one already.
    fn href(&self, target: &str) -> Option<String> {
        let plan = self.around.plan;
        Some(match self.around.target(target)? {
            Target::Page(index, anchor) => {
                let page = &plan.pages[*index];
                let fragment = anchor.as_ref().map_or(String::new(), |anchor| format!("#{anchor}"));
                if page.path == self.around.page.path && !fragment.is_empty() {
                    fragment
                } else {
                    self.around.href(page) + &fragment
                }
            }
            Target::File(path) => self.around.href_of(path),
            Target::Record(kind, index) => self.around.record_href(&plan.records(*kind)[*index].page),
            Target::Fact(..) | Target::Elsewhere | Target::Broken(_) => return None,
        })
    }

    fn inlines(&mut self, content: &'w [Inline]) {
        for inline in content {
            self.inline(inline);
        }
    }

    fn wrapped(&mut self, tag: &str, content: &'w [Inline]) {
        let _ = write!(self.html, "<{tag}>");
        self.inlines(content);
        let _ = write!(self.html, "</{tag}>");
    }

    fn inline(&mut self, inline: &'w Inline) {
        match inline {
            Inline::Text(_, words) => self.text(words),
            Inline::Code(_, words) => {
                self.html.push_str("<code>");
                self.text(words);
                self.html.push_str("</code>");
            }
            Inline::Emphasis(content) => self.wrapped("em", content),
            Inline::Strong(content) => self.wrapped("strong", content),
            Inline::Strikethrough(content) => self.wrapped("del", content),
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
            // Comments are for authors.
            Inline::Html(html) if html::comment(&html.text).is_some() => {}
            Inline::Html(html) => {
                if html.is_safe() {
                    self.raw(html);
                } else {
                    self.text(&html.text);
                }
            }
            Inline::SoftBreak => self.html.push('\n'),
            Inline::HardBreak => self.html.push_str("<br>\n"),
            Inline::FootnoteMark(_, label) => self.footnote_mark(label),
        }
    }

    fn link(&mut self, link: &'w Link) {
        let target = self.around.target(&link.target);
        let class = match target {
            Some(Target::Record(Kind::Severity, index)) => {
                let rank = self.plan_rank(*index);
                format!("sev rank-{rank}")
            }
            Some(Target::Record(kind, _)) => format!("ref {}", kind.name()),
            Some(Target::Fact(scheme, _)) => format!("ref {scheme}"),
            Some(Target::Broken(_)) => "broken".into(),
            Some(Target::Elsewhere) => "elsewhere".into(),
            Some(Target::Page(..) | Target::File(_)) | None => String::new(),
        };
        let class = if class.is_empty() { class } else { format!(" class=\"{class}\"") };
        let title = if link.title.is_empty() {
            String::new()
        } else {
            format!(" title=\"{}\"", escape_html(&link.title))
        };
        let elsewhere = matches!(target, Some(Target::Elsewhere)).then(|| link.target.to_string());
        let href = self.href(&link.target).or(elsewhere).filter(|_| !self.inside_link);
        let tag = match href {
            Some(href) => {
                let _ = write!(self.html, "<a{class} href=\"");
                self.tie(Tie::Link, &escape_html(&href));
                let _ = write!(self.html, "\"{title}>");
                "a"
            }
            None => {
                let card = match target {
                    Some(Target::Fact(_, index)) => {
                        let fact = &self.around.plan.facts[*index];
                        format!(" data-card=\"{}\"", escape_html(&cards::key(fact)))
                    }
                    _ => String::new(),
                };
                let _ = write!(self.html, "<span{class}{title}{card}>");
                "span"
            }
        };
        let was_inside = std::mem::replace(&mut self.inside_link, true);
        if link.content.is_empty() {
            self.own_name(link);
        } else {
            self.inlines(&link.content);
        }
        self.inside_link = was_inside;
        let _ = write!(self.html, "</{tag}>");
    }

    fn plan_rank(&self, severity: usize) -> u32 {
        self.around.plan.severities[severity].rank.as_ref().map_or(1, |rank| rank.value.clamp(1, 5))
    }

    /// A thing's own name: with its short form the first time on a page, then the short form.
    fn own_name(&mut self, link: &'w Link) {
        let (title, short) = self.around.plan.link_names(self.around.page, link);
        let first = self.mentioned.insert(&link.target);
        match short {
            None => self.text(&title),
            Some(short) => {
                if first {
                    self.text(&title);
                    self.html.push_str(" (");
                }
                let _ = write!(
                    self.html,
                    "<abbr title=\"{}\">{}</abbr>",
                    escape_html(&title),
                    escape_html(&short)
                );
                if first {
                    self.html.push(')');
                }
            }
        }
    }

    fn image(&mut self, image: &'w Image) {
        let alternative = plain_text(&image.alternative);
        match self.href(&image.target) {
            Some(source) => {
                let (source, alternative) = (escape_html(&source), escape_html(&alternative));
                let image = format!("<img src=\"{source}\" alt=\"{alternative}\" loading=\"lazy\">");
                self.tie(Tie::Markup, &image);
            }
            // Nothing is fetched from elsewhere: the words stand for the picture.
            None => self.text(&alternative),
        }
    }

    fn footnote_mark(&mut self, label: &'w str) {
        if !self.note_texts.contains_key(label) {
            let _ = write!(self.html, "[^{}]", escape_html(label));
            return;
        }
        let (number, again) = match self.note_numbers.get(label) {
            Some(number) => (*number, true),
            None => {
                self.notes.push(label);
                self.note_numbers.insert(label, self.notes.len());
                (self.notes.len(), false)
            }
        };
        self.html.push_str("<sup><a href=\"");
        self.tie(Tie::Link, &format!("#_fn-{number}"));
        self.html.push('"');
        if !again {
            self.html.push_str(" id=\"");
            self.tie(Tie::Id, &format!("_fnref-{number}"));
            self.html.push('"');
        }
        let _ = write!(self.html, ">{number}</a></sup>");
    }

    fn footnotes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.html.push_str("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n");
        let mut number = 0;
        // A footnote may mention another, which then comes after it.
        while let Some(label) = self.notes.get(number).copied() {
            number += 1;
            self.html.push_str("<li id=\"");
            self.tie(Tie::Id, &format!("_fn-{number}"));
            self.html.push_str("\">");
            if let Some(blocks) = self.note_texts.get(label).copied() {
                self.blocks(blocks);
            }
            self.html.push_str("<a href=\"");
            self.tie(Tie::Link, &format!("#_fnref-{number}"));
            self.html.push_str("\" aria-label=\"Back to the text\">↩</a></li>\n");
        }
        self.html.push_str("</ol></section>\n");
    }
}

/// Whether raw HTML may have something in it that ties the page to its place.
fn may_tie(html: &html::Html) -> bool {
    let text = html.text.to_ascii_lowercase();
    !html.attributes.is_empty() || text.contains("<h") || text.contains("</h")
}

fn alignment(align: Align) -> &'static str {
    match align {
        Align::Start => "",
        Align::Center => " class=\"center\"",
        Align::End => " class=\"end\"",
    }
}
