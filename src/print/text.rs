//! The tree of a page as what is printed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::plan::{Plan, Target};
use crate::print::model::{Block, Inline, Item, Page, Run, Says, Section, Table};
use crate::syntax::tree::{self, plain_text};
use crate::syntax::{Kind, html};

/// The label of a page, or of a section of it.
pub fn label(path: &str, anchor: Option<&str>) -> String {
    match anchor {
        Some(anchor) => format!("{path}#{anchor}"),
        None => path.to_string(),
    }
}

/// Every label a plan's pages have.
pub fn labels(plan: &Plan) -> BTreeSet<String> {
    let of_page = |page: &crate::plan::PlanPage| {
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
    notes: BTreeMap<&'p str, &'p [tree::Block]>,
    /// Footnotes that are being written: one may mention itself
    open_notes: Vec<&'p str>,
    /// Pictures that are used, by their path
    pub images: BTreeSet<String>,
}

impl<'p> Writer<'p> {
    /// A writer for the page with this number, in a document that has these labels.
    pub fn new(plan: &'p Plan, page: usize, labels: &'p BTreeSet<String>) -> Writer<'p> {
        let mut notes = BTreeMap::new();
        let body = &plan.pages[page].body;
        let mut collect = |blocks: &'p [tree::Block]| {
            for block in blocks {
                if let tree::Block::Footnote(_, label, text) = block {
                    notes.entry(&**label).or_insert(&text[..]);
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
            images: BTreeSet::new(),
        }
    }

    /// The whole page. `facts` is what its front matter says.
    pub fn page(&mut self, facts: Vec<Block>) -> Page {
        let page = &self.plan.pages[self.page];
        let mut blocks = facts;
        for part in &page.body.top {
            blocks.extend(self.blocks(part));
        }
        let mut sections = Vec::new();
        let mut anchors = page.anchors.of_sections.iter();
        for section in &page.body.sections {
            self.section(section, 1, &mut anchors, &mut sections);
        }
        Page {
            label: label(&page.path, None),
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
        for part in &section.parts {
            blocks.extend(self.blocks(part));
        }
        let label = label(&self.plan.pages[self.page].path, Some(anchor));
        // What is said twice has one place to lead to.
        sections.push(Section { depth, label, title, blocks });
        for child in &section.children {
            self.section(child, depth + 1, anchors, sections);
        }
    }

    /// Some blocks. Comments and footnotes' texts are left out.
    pub fn blocks(&mut self, blocks: &'p [tree::Block]) -> Vec<Block> {
        blocks.iter().filter_map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &'p tree::Block) -> Option<Block> {
        Some(match block {
            tree::Block::Paragraph(_, content) | tree::Block::Plain(_, content) => {
                Block::Paragraph { content: self.inlines(content) }
            }
            tree::Block::Heading(_, heading) => Block::Minor { content: self.inlines(&heading.content) },
            tree::Block::List(_, start, items) => self.list(*start, items),
            tree::Block::Quote(_, Some(alert), blocks) => {
                let name = alert.name();
                Block::Note { title: name[..1].to_uppercase() + &name[1..], blocks: self.blocks(blocks) }
            }
            tree::Block::Quote(_, None, blocks) => Block::Quote { blocks: self.blocks(blocks) },
            tree::Block::Code(_, info, code) => match info.split([' ', ',', '{']).next() {
                Some("message") => Block::Message { lines: self.message(code) },
                _ => Block::Code { text: code.trim_end().to_string() },
            },
            tree::Block::Table(_, table) => Block::Table(self.table(table)),
            tree::Block::Html(html) => {
                let words = words_of_html(&html.text)?;
                Block::Paragraph { content: vec![Inline::text(words)] }
            }
            tree::Block::Rule(_) => Block::Rule,
            tree::Block::Footnote(..) => return None,
        })
    }

    fn list(&mut self, start: Option<u64>, items: &'p [tree::Item]) -> Block {
        let is_checklist = !items.is_empty() && items.iter().all(|item| item.task.is_some());
        let items: Vec<Item> =
            items.iter().map(|item| Item { task: item.task, blocks: self.blocks(&item.blocks) }).collect();
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
        let cell = |writer: &mut Self, cell: &'p tree::Cell| writer.inlines(&cell.content);
        let texts: Vec<Vec<String>> = std::iter::once(&table.header)
            .chain(&table.rows)
            .map(|row| row.iter().map(|cell| self.words(&cell.content)).collect())
            .collect();
        Table {
            align: table
                .columns
                .iter()
                .map(|align| match align {
                    tree::Align::Start => "start",
                    tree::Align::Center => "center",
                    tree::Align::End => "end",
                })
                .collect(),
            widths: widths(&texts, table.columns.len()),
            header: table.header.iter().map(|it| cell(self, it)).collect(),
            rows: table.rows.iter().map(|row| row.iter().map(|it| cell(self, it)).collect()).collect(),
        }
    }

    /// Some inlines.
    pub fn inlines(&mut self, content: &'p [tree::Inline]) -> Vec<Inline> {
        let mut written: Vec<Inline> = Vec::new();
        for inline in content {
            match (self.inline(inline), written.last_mut()) {
                (None, _) => {}
                // Words that were written in pieces are one text to whoever reads it aloud.
                (Some(Inline::Text { text }), Some(Inline::Text { text: before })) => before.push_str(&text),
                (Some(inline), _) => written.push(inline),
            }
        }
        written
    }

    fn inline(&mut self, inline: &'p tree::Inline) -> Option<Inline> {
        Some(match inline {
            tree::Inline::Text(_, words) => Inline::text(&**words),
            tree::Inline::Code(_, words) => Inline::Code { text: words.to_string() },
            tree::Inline::Emphasis(content) => Inline::Emphasis { content: self.inlines(content) },
            tree::Inline::Strong(content) => Inline::Strong { content: self.inlines(content) },
            tree::Inline::Strikethrough(content) => Inline::Struck { content: self.inlines(content) },
            tree::Inline::Link(link) => self.link(link),
            tree::Inline::Image(image) => self.image(image),
            tree::Inline::Html(html) if html.text.to_ascii_lowercase().starts_with("<br") => Inline::Break,
            tree::Inline::Html(_) => return None,
            tree::Inline::SoftBreak => Inline::text(" "),
            tree::Inline::HardBreak => Inline::Break,
            tree::Inline::FootnoteMark(_, label) => return self.footnote(label),
        })
    }

    fn link(&mut self, link: &'p tree::Link) -> Inline {
        let plan = self.plan;
        let target = plan.pages[self.page].links.get(&link.target);
        let content = match link.content.is_empty() {
            true => vec![Inline::text(self.own_name(link))],
            false => self.inlines(&link.content),
        };
        let words = if link.content.is_empty() { String::new() } else { self.words(&link.content) };
        match target {
            Some(Target::Page(index, anchor)) => self.reference(*index, anchor.as_deref(), &words, content),
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
            Some(Target::Elsewhere) => self.elsewhere(&link.target, &words, content),
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
        let shown = if is_said { String::new() } else { bare.to_string() };
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

    fn image(&mut self, image: &'p tree::Image) -> Inline {
        let alternative = plain_text(&image.alternative);
        match self.plan.pages[self.page].links.get(&image.target) {
            Some(Target::File(path)) => {
                self.images.insert(path.to_string());
                Inline::Image { file: path.to_string(), alternative }
            }
            // Nothing is fetched from elsewhere: the words stand for the picture.
            _ => Inline::Text { text: alternative },
        }
    }

    fn footnote(&mut self, label: &'p str) -> Option<Inline> {
        let text = self.notes.get(label).copied()?;
        if self.open_notes.contains(&label) {
            return None;
        }
        self.open_notes.push(label);
        // A footnote is a few lines: of its blocks only the paragraphs are printed.
        let mut content = Vec::new();
        for block in text {
            if let tree::Block::Paragraph(_, words) | tree::Block::Plain(_, words) = block {
                if !content.is_empty() {
                    content.push(Inline::Break);
                }
                content.extend(self.inlines(words));
            }
        }
        self.open_notes.pop();
        Some(Inline::Footnote { content })
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

/// The share of the width each column of a table gets: by how long its texts are, but never so
/// little that its longest word breaks where there is room.
fn widths(rows: &[Vec<String>], columns: usize) -> Vec<f64> {
    (0..columns)
        .map(|column| {
            let cells: Vec<&str> =
                rows.iter().filter_map(|row| row.get(column)).map(String::as_str).collect();
            let longest = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0) as f64;
            let sum = cells.iter().map(|cell| cell.chars().count()).sum::<usize>() as f64;
            let average = sum / cells.len().max(1) as f64;
            let word = cells.iter().flat_map(|cell| cell.split_whitespace()).map(|word| word.chars().count());
            let word = word.max().unwrap_or(0).min(24) as f64;
            (longest * average).sqrt().sqrt().mul_add(4.0, 0.0).max(word * 1.3).max(4.0).round()
        })
        .collect()
}

/// The words of raw HTML without its tags; nothing where there are none.
fn words_of_html(text: &str) -> Option<String> {
    if html::comment(text).is_some() {
        return None;
    }
    let mut words = String::new();
    let mut in_tag = false;
    for character in text.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            c if !in_tag => words.push(c),
            _ => {}
        }
    }
    let words = words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
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
