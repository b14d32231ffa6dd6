//! The tree of a page as what is printed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::plan::{Plan, Target};
mod html;

use html::Line;

use crate::config::Paper;
use crate::print::model::{Block, Inline, Item, Page, Picture, Run, Says, Section, Table};
use crate::source::Span;
use crate::syntax::html::pieces;
use crate::syntax::tree::{self, Note, plain_text};
use crate::syntax::{Kind, picture};

/// The label of a page, or of a section of it.
pub fn label(path: &str, anchor: Option<&str>) -> String {
    match anchor {
        Some(anchor) => format!("{path}#{anchor}"),
        None => path.to_string(),
    }
}

/// Every label a plan's pages have.
pub fn labels(plan: &Plan) -> BTreeSet<String> {
    let of_page = |page: &Arc<crate::plan::PlanPage>| {
        let path = page.path.clone();
        let sections = page.anchors.of_sections.clone();
        std::iter::once(label(&path, None))
            .chain(sections.into_iter().map(move |anchor| label(&path, Some(&anchor))))
            .collect::<Vec<_>>()
    };
    plan.pages.iter().flat_map(of_page).collect()
}

/// Writes one page: what it says depends on what the page has named already.
pub struct Writer<'p> {
    plan: &'p Plan,
    page: usize,
    /// What this document has: a link to anything else is only words
    labels: &'p BTreeSet<String>,
    /// Things named already: from then on their short form will do
    named: HashSet<&'p str>,
    /// Labels and addresses given already: from then on only their words are printed
    given: HashSet<String>,
    notes: BTreeMap<Note<'p>, &'p [tree::Block]>,
    /// Footnotes that are being written: one may mention itself
    open_notes: Vec<Note<'p>>,
    /// How wide and how high the text of a page is, in points
    area: (f64, f64),
    /// In how many lists and quotes the text stands
    depth: u32,
    /// Pictures that are used, by their path
    pub images: BTreeSet<String>,
    /// Where the blocks are written that stand directly in a page or a section: by its label, and
    /// their number there
    pub places: Places,
}

/// Where blocks are written, by the label of the page or section they stand in, and their number there.
pub type Places = BTreeMap<(String, usize), Span>;

/// A level of a list or a quote takes so much of the width, in points.
const INDENT: f64 = 16.0;
/// The share of a page's height that a picture takes at most.
const HIGHEST: f64 = 0.65;
/// Points for each pixel of a picture.
const POINTS: f64 = 0.75;

impl<'p> Writer<'p> {
    /// A writer for the page with this number, in a document that has these labels.
    pub fn new(plan: &'p Plan, page: usize, labels: &'p BTreeSet<String>, paper: Paper) -> Writer<'p> {
        let mut notes = BTreeMap::new();
        let body = &plan.pages[page].body;
        let mut collect = |blocks: &'p [tree::Block]| {
            for block in blocks {
                if let tree::Block::Footnote(span, label, text) = block {
                    notes.entry((span.source, &**label)).or_insert(&text[..]);
                }
            }
        };
        body.top.iter().for_each(|part| collect(part));
        body.walk(&mut |section| section.parts.iter().for_each(|part| collect(part)));
        Writer {
            plan,
            page,
            labels,
            named: HashSet::new(),
            given: HashSet::new(),
            notes,
            open_notes: Vec::new(),
            area: paper.text_area(),
            depth: 0,
            images: BTreeSet::new(),
            places: Places::new(),
        }
    }

    /// The whole page. `facts` is what its front matter says.
    pub fn page(&mut self, facts: Vec<Block>) -> Page {
        let page = &self.plan.pages[self.page];
        let own = label(&page.path, None);
        self.places.extend((0..facts.len()).map(|at| ((own.clone(), at), page.start)));
        let mut blocks = facts;
        for part in &page.body.top {
            self.add(part, &own, &mut blocks);
        }
        let mut sections = Vec::new();
        let mut anchors = page.anchors.of_sections.iter();
        for section in &page.body.sections {
            self.section(section, 1, &mut anchors, &mut sections);
        }
        Page {
            label: own,
            title: page.title.clone(),
            kind: kind_label(page.kind),
            summary: page.summary.clone(),
            starts_sheet: !matches!(page.kind, Kind::Severity | Kind::Phase),
            blocks,
            sections,
        }
    }

    fn section(
        &mut self,
        section: &'p crate::syntax::Section,
        depth: usize,
        anchors: &mut std::slice::Iter<'p, Box<str>>,
        sections: &mut Vec<Section>,
    ) {
        let anchor = anchors.next().map_or("", |anchor| anchor);
        let title = vec![Inline::text(self.words(&section.title))];
        let mut blocks = Vec::new();
        let label = label(&self.plan.pages[self.page].path, Some(anchor));
        for part in &section.parts {
            self.add(part, &label, &mut blocks);
        }
        // What is said twice has one place to lead to.
        sections.push(Section { depth, label, title, blocks });
        for child in &section.children {
            self.section(child, depth + 1, anchors, sections);
        }
    }

    /// Adds blocks that stand directly in a page or a section, and keeps where they are written.
    fn add(&mut self, blocks: &'p [tree::Block], label: &str, written: &mut Vec<Block>) {
        for (span, block) in self.placed(blocks) {
            self.places.insert((label.to_string(), written.len()), span);
            written.push(block);
        }
    }

    /// Some blocks. Comments and footnotes' texts are left out.
    pub fn blocks(&mut self, blocks: &'p [tree::Block]) -> Vec<Block> {
        self.placed(blocks).into_iter().map(|(_, block)| block).collect()
    }

    fn placed(&mut self, blocks: &'p [tree::Block]) -> Vec<(Span, Block)> {
        let mut written = Vec::new();
        let mut rest = blocks;
        while let [block, after @ ..] = rest {
            rest = after;
            let tree::Block::Html(_) = block else {
                written.extend(self.block(block).map(|it| (block.span(), it)));
                continue;
            };
            // Raw HTML with empty lines in it is several blocks, and one to whoever wrote it.
            let count = after.iter().take_while(|block| matches!(block, tree::Block::Html(_))).count();
            rest = &after[count..];
            let html = std::iter::once(block).chain(&after[..count]).flat_map(|block| match block {
                tree::Block::Html(html) => pieces(&html.text),
                _ => Vec::new(),
            });
            let html = html.collect();
            written.extend(html::blocks(self, html).into_iter().map(|it| (block.span(), it)));
        }
        written
    }

    /// Some blocks in a list or a quote.
    fn inner(&mut self, blocks: &'p [tree::Block]) -> Vec<Block> {
        self.depth += 1;
        let blocks = self.blocks(blocks);
        self.depth -= 1;
        blocks
    }

    /// How wide the text is here, in points.
    fn width(&self) -> f64 {
        (self.area.0 - f64::from(self.depth) * INDENT).max(self.area.0 / 4.0)
    }

    fn block(&mut self, block: &'p tree::Block) -> Option<Block> {
        Some(match block {
            tree::Block::Paragraph(_, content) | tree::Block::Plain(_, content) => {
                paragraph(self.inlines(content))
            }
            tree::Block::Heading(_, heading) => Block::Minor { content: self.inlines(&heading.content) },
            tree::Block::List(_, start, items) => self.list(*start, items),
            tree::Block::Quote(_, Some(alert), blocks) => {
                let name = alert.name();
                Block::Note { title: name[..1].to_uppercase() + &name[1..], blocks: self.inner(blocks) }
            }
            tree::Block::Quote(_, None, blocks) => Block::Quote { blocks: self.inner(blocks) },
            tree::Block::Code(_, info, code) => match info.split([' ', ',', '{']).next() {
                Some("message") => Block::Message { lines: self.message(code) },
                _ => Block::Code { text: code.trim_end().to_string() },
            },
            tree::Block::Table(_, table) => Block::Table(self.table(table)),
            tree::Block::Rule(_) => Block::Rule,
            tree::Block::Html(_) | tree::Block::Footnote(..) => return None,
        })
    }

    fn list(&mut self, start: Option<u64>, items: &'p [tree::Item]) -> Block {
        let is_checklist = !items.is_empty() && items.iter().all(|item| item.task.is_some());
        let items: Vec<Item> =
            items.iter().map(|item| Item { task: item.task, blocks: self.inner(&item.blocks) }).collect();
        if is_checklist { Block::Checklist { items } } else { Block::List { start, items } }
    }

    /// A message's lines with its blanks. Where the page explains its blanks, only those are.
    fn message(&self, message: &str) -> Vec<Vec<Run>> {
        let path = &self.plan.pages[self.page].path;
        let template = self.plan.templates.iter().find(|it| it.record.page == *path);
        let known: Vec<&str> =
            template.into_iter().flat_map(|it| &it.blanks).map(|(id, _)| id.value.as_str()).collect();
        message.trim_end().lines().map(|line| runs(line, &known)).collect()
    }

    fn table(&mut self, table: &'p tree::Table) -> Table {
        let mut row =
            |row: &'p [tree::Cell]| row.iter().map(|it| self.inlines(&it.content)).collect::<Vec<_>>();
        let align = table.columns.iter().map(|align| match align {
            tree::Align::Start => "start",
            tree::Align::Center => "center",
            tree::Align::End => "end",
        });
        let header = row(&table.header);
        let rows = table.rows.iter().map(|it| row(it)).collect();
        Table::new(align.collect(), header, rows, self.width())
    }

    /// Some inlines.
    pub fn inlines(&mut self, content: &'p [tree::Inline]) -> Vec<Inline> {
        let mut line = Line::default();
        for inline in content {
            match inline {
                tree::Inline::Html(html) => {
                    pieces(&html.text).into_iter().for_each(|piece| line.piece(piece, self));
                }
                inline => {
                    if let Some(inline) = self.inline(inline) {
                        line.push(inline);
                    }
                }
            }
        }
        line.finish(self)
    }

    fn inline(&mut self, inline: &'p tree::Inline) -> Option<Inline> {
        Some(match inline {
            tree::Inline::Text(_, words) => Inline::text(breakable(words)),
            tree::Inline::Code(_, words) => Inline::Code { text: breakable(words) },
            tree::Inline::Emphasis(content) => Inline::Emphasis { content: self.inlines(content) },
            tree::Inline::Strong(content) => Inline::Strong { content: self.inlines(content) },
            tree::Inline::Strikethrough(content) => Inline::Struck { content: self.inlines(content) },
            tree::Inline::Link(link) => self.link(link),
            tree::Inline::Image(image) => {
                let words = plain_text(&image.alternative);
                let words = Some(words.trim()).filter(|words| !words.is_empty());
                self.picture(&image.target, words, None, &image.title)
            }
            tree::Inline::Html(_) => return None,
            tree::Inline::SoftBreak => Inline::text(" "),
            tree::Inline::HardBreak => Inline::Break,
            tree::Inline::FootnoteMark(span, label) => return self.footnote((span.source, label)),
        })
    }

    fn link(&mut self, link: &'p tree::Link) -> Inline {
        let content = match link.content.is_empty() {
            true => vec![Inline::text(self.own_name(link))],
            false => self.inlines(&link.content),
        };
        let words = if link.content.is_empty() { String::new() } else { self.words(&link.content) };
        self.linked(&link.target, &words, content)
    }

    /// What leads to a target. `words` are those of the author, where there are any.
    fn linked(&mut self, target: &str, words: &str, content: Vec<Inline>) -> Inline {
        let plan = self.plan;
        match plan.pages[self.page].links.get(target) {
            Some(Target::Page(index, anchor)) => self.reference(*index, anchor.as_deref(), words, content),
            Some(Target::Record(kind, index)) => {
                let record = plan.records(*kind)[*index];
                let page = plan.page_index(&record.page);
                let content = match kind {
                    Kind::Severity => {
                        let rank = plan.severities[*index].rank.as_ref().map_or(1, |rank| rank.value);
                        vec![Inline::Severity { rank: rank.clamp(1, 5), content }]
                    }
                    _ => content,
                };
                match page {
                    // Its own name says where it leads.
                    Some(page) => self.reference(page, None, &record.title, content),
                    None => Inline::Emphasis { content },
                }
            }
            Some(Target::Elsewhere) => self.elsewhere(target, words, content),
            Some(Target::File(_) | Target::Fact(..) | Target::Broken(_)) | None => wrap(content),
        }
    }

    fn reference(&mut self, page: usize, anchor: Option<&str>, words: &str, content: Vec<Inline>) -> Inline {
        let page = &self.plan.pages[page];
        let whole = label(&page.path, None);
        let to = Some(label(&page.path, anchor)).filter(|to| self.labels.contains(to)).unwrap_or(whole);
        if !self.labels.contains(&to) {
            return wrap(content);
        }
        let title = self.title_of(page, anchor).unwrap_or_else(|| page.title.clone());
        let says = match self.given.insert(to.clone()) {
            false => Says::Nothing,
            true if words.trim().to_lowercase() == title.to_lowercase() => Says::Number,
            true => Says::Title,
        };
        Inline::Reference { to, says, title, content }
    }

    fn title_of(&self, page: &'p crate::plan::PlanPage, anchor: Option<&str>) -> Option<String> {
        let anchor = anchor?;
        let at = page.anchors.of_sections.iter().position(|other| **other == *anchor)?;
        let mut titles = Vec::new();
        page.body.walk(&mut |section| titles.push(plain_text(&section.title)));
        titles.get(at).cloned().filter(|title| !title.is_empty())
    }

    fn elsewhere(&mut self, address: &str, words: &str, content: Vec<Inline>) -> Inline {
        let bare = address
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_start_matches("mailto:")
            .trim_start_matches("tel:")
            .trim_end_matches('/');
        let bare = if address.starts_with("mailto:") { bare.split('?').next().unwrap_or(bare) } else { bare };
        let compact = |text: &str| text.replace([' ', '-', '(', ')'], "").to_lowercase();
        let is_said = compact(words).contains(&compact(bare)) || !self.given.insert(address.to_string());
        let shown = if is_said { String::new() } else { breakable(bare) };
        Inline::Link { url: address.to_string(), shown, content }
    }

    /// A thing's own name: with its short form the first time on a page, then the short form.
    fn own_name(&mut self, link: &'p tree::Link) -> String {
        let (title, short) = self.plan.link_names(&self.plan.pages[self.page], link);
        let first = self.named.insert(&link.target);
        match short {
            None => title,
            Some(short) if first => format!("{title} ({short})"),
            Some(short) => short,
        }
    }

    /// The words of some inlines; links without words of their own have their thing's name.
    pub fn words(&self, content: &[tree::Inline]) -> String {
        self.plan.words(&self.plan.pages[self.page], content)
    }

    /// A picture, as wide as it says and the page allows. `alternative` is none where nothing is said of
    /// one, and empty where it is decoration.
    fn picture(
        &mut self,
        target: &str,
        alternative: Option<&str>,
        width: Option<&str>,
        title: &str,
    ) -> Inline {
        let Some(Target::File(path)) = self.plan.pages[self.page].links.get(target) else {
            // Nothing is fetched from elsewhere: the words stand for the picture.
            return Inline::text(alternative.unwrap_or_default());
        };
        self.images.insert(path.to_string());
        let size = self.plan.files.get(path).and_then(|bytes| picture::size(path, bytes));
        let own = size.map(|(width, _)| width);
        let wide = match width.and_then(|width| width.trim().strip_suffix('%')).map(str::parse::<f64>) {
            Some(Ok(share)) => self.width() * (share / 100.0).clamp(0.05, 1.0),
            _ => width.and_then(picture::pixels).or(own).map_or(self.width(), |pixels| pixels * POINTS),
        };
        let highest = size.map_or(f64::MAX, |(width, height)| self.area.1 * HIGHEST * width / height);
        Inline::Image(Picture {
            file: path.to_string(),
            alternative: alternative.map(str::to_string),
            title: title.to_string(),
            width: wide.min(self.width()).min(highest).round().max(1.0),
        })
    }

    fn footnote(&mut self, note: Note<'p>) -> Option<Inline> {
        let text = self.notes.get(&note).copied()?;
        if self.open_notes.contains(&note) {
            return None;
        }
        self.open_notes.push(note);
        let blocks = self.inner(text);
        self.open_notes.pop();
        let (source, label) = note;
        let is_before = |other: &&Note| other.1 == label && other.0 < source;
        let namesake = match self.notes.keys().filter(is_before).count() {
            0 => String::new(),
            count => format!(" {count}"),
        };
        let name = format!("{} {label}{namesake}", self.plan.pages[self.page].path);
        Some(Inline::Footnote { name, blocks })
    }
}

/// Several inlines as one, without a mark.
fn wrap(mut content: Vec<Inline>) -> Inline {
    if content.len() == 1 {
        content.remove(0)
    } else {
        Inline::Link { url: String::new(), shown: String::new(), content }
    }
}

/// The words and blanks of a line of a message.
fn runs(line: &str, known: &[&str]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut words = |text: &str, blank: bool| match runs.last_mut() {
        _ if text.is_empty() => {}
        Some(run) if !blank && !run.blank => run.text.push_str(text),
        _ => runs.push(Run { blank, text: text.to_string() }),
    };
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        words(before, false);
        match after.split_once(']').filter(|(name, _)| known.is_empty() || known.contains(&name.trim())) {
            Some((name, after)) => {
                words(name.trim(), true);
                rest = after;
            }
            None => {
                words("[", false);
                rest = after;
            }
        }
    }
    words(rest, false);
    runs
}

/// A paragraph; a picture that stands alone is a figure.
fn paragraph(mut content: Vec<Inline>) -> Block {
    match (content.len(), content.pop()) {
        (1, Some(Inline::Image(picture))) => {
            let caption = match picture.title.is_empty() {
                true => Vec::new(),
                false => vec![Inline::text(&*picture.title)],
            };
            Block::Figure { picture, caption }
        }
        (_, last) => {
            content.extend(last);
            Block::Paragraph { content }
        }
    }
}

/// Adds to a line. Words that were written in pieces are one text to whoever reads it aloud.
fn push(line: &mut Vec<Inline>, inline: Inline) {
    match (inline, line.last_mut()) {
        (Inline::Text { text }, Some(Inline::Text { text: before })) => before.push_str(&text),
        (inline, _) => line.push(inline),
    }
}

/// So many letters in a row fit on every line.
const FITS: usize = 48;

/// Words that may end after so many letters as fit on a line: an address or a hash is no reason to leave
/// the page. They end after a sign where there is one.
fn breakable(words: &str) -> String {
    const TOGETHER: usize = 16;
    let break_word = |word: &str| {
        let mut letters = 0;
        word.chars().fold(String::with_capacity(word.len()), |mut text, letter| {
            if letters == TOGETHER {
                text.push('\u{200b}');
                letters = 0;
            }
            text.push(letter);
            letters += 1;
            if "/?&=#_.:,;@".contains(letter) {
                text.push('\u{200b}');
                letters = 0;
            }
            text
        })
    };
    let word = |word: &str| match word.chars().count() > FITS {
        true => break_word(word),
        false => word.to_string(),
    };
    words.split_inclusive(char::is_whitespace).map(word).collect()
}

/// The words of what is printed, without their marks.
fn plain_words(content: &[Inline]) -> String {
    let words = |inline: &Inline| match inline {
        Inline::Text { text } | Inline::Code { text } => text.clone(),
        Inline::Break => " ".into(),
        other => other.content().map_or(String::new(), plain_words),
    };
    content.iter().map(words).collect()
}

fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Plan | Kind::Page => "",
        Kind::Severity => "Severity",
        Kind::Role => "Role",
        Kind::Phase => "Phase",
        Kind::Checklist => "Checklist",
        Kind::Template => "Message",
        Kind::Playbook => "Playbook",
    }
}
