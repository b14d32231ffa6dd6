//! Drift: what each tailoring was written against, and whether that has moved since.
//!
//! What is compared is the text as it is written, with its values still in braces: a changed
//! fact is no changed text, and every edition sees the same. White space does not count, so a
//! paragraph that is only wrapped anew has not moved.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::load::{PageSource, Project};
use crate::source::{ExpansionMap, Sources, Span};
use crate::syntax::{Block, Document, Section, Verb, markdown};
use crate::tailor::merge::{self, Body};

/// A page or section of a layer that changes an inherited one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tailoring {
    /// `response.md#channels`, or `response.md` for a whole page
    pub place: String,
    /// What it does: the verb
    pub verb: &'static str,
    /// Where the layer says so
    pub span: Span,
    /// What the layer wrote
    pub own: Vec<Span>,
    /// The inherited text
    pub inherited: Vec<Span>,
    /// The mark of the inherited text, as the lock has it
    pub mark: String,
    /// Whether it puts in place of the inherited text what was there already
    pub redundant: bool,
}

/// The tailorings of a layer, by place. Those of what is not inherited are left out.
pub fn tailorings(project: &Project, layer: usize) -> Vec<Tailoring> {
    let lineage = project.lineage(layer);
    let Some((own, inherited)) = lineage.split_last() else { return Vec::new() };
    let mut found = Vec::new();
    for (path, file) in &project.layers[*own].pages {
        let Some(body) = inherited_body(project, inherited, path) else { continue };
        let sources = &project.sources;
        match file.front.get("tailor").map(|node| (node.value.as_text(), node.span)) {
            Some((Some(verb), span)) => {
                let verb = if verb == "remove" { "remove" } else { "replace" };
                let own = vec![Span::new(file.source, file.body.clone())];
                found.push(tailoring(path, verb, span, own, body_spans(&body), sources));
            }
            _ => find_in_page(&body, &read(project, file), path, sources, &mut found),
        }
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found.dedup_by(|a, b| a.place == b.place);
    found
}

fn is_mark(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where the text with a mark is found at a place, in whatever layer: layers may have had other
/// names and other parents when it was marked. The layer called `near` is looked at first.
pub fn find_marked(project: &Project, place: &str, wanted: &str, near: &str) -> Option<Vec<Span>> {
    let (path, id) = match place.split_once('#') {
        Some((path, id)) => (path, Some(id)),
        None => (place, None),
    };
    let mut layers: Vec<usize> = (0..project.layers.len()).collect();
    layers.sort_by_key(|layer| &*project.layers[*layer].name != near);
    layers.into_iter().find_map(|layer| {
        let body = inherited_body(project, &project.lineage(layer), path)?;
        let spans = match id {
            Some(id) => Named::of(&body).spans(id)?,
            None => body_spans(&body),
        };
        (mark(&spans, &project.sources) == wanted).then_some(spans)
    })
}

/// A page as the layers below give it, unfilled; `None` where they have none.
fn inherited_body(project: &Project, layers: &[usize], path: &str) -> Option<Body> {
    let mut body: Option<Body> = None;
    for layer in layers {
        let Some(file) = project.layers[*layer].pages.get(path) else { continue };
        let document = read(project, file);
        let verb = file.front.get("tailor").and_then(|node| node.value.as_text());
        body = match (body, verb) {
            (_, Some("remove")) => None,
            (Some(mut body), None) => {
                // What is wrong with it is told where it is tailored.
                merge::lay_over(&mut body, &document, path, &mut Vec::new());
                Some(body)
            }
            (_, _) => Some(Body::of(&document)),
        };
    }
    body
}

fn read(project: &Project, file: &PageSource) -> Arc<Document> {
    if let Some(document) = &file.document {
        return document.clone();
    }
    let text = &project.sources.get(file.source).text[file.body.clone()];
    Arc::new(markdown::parse(file.source, text, &ExpansionMap::copied(file.body.start)))
}

fn find_in_page(body: &Body, document: &Document, path: &str, sources: &Sources, found: &mut Vec<Tailoring>) {
    let named = Named::of(body);
    let has_top = named.sections.contains_key(merge::TOP);
    for change in merge::changes(document) {
        let Some(verb) = change.verb else { continue };
        let Some(inherited) = named.spans(&change.id) else { continue };
        let mut own = Vec::new();
        text_spans(&change, &mut own);
        let place = format!("{path}#{}", change.id);
        let mut tailoring = tailoring(&place, verb.name(), change.id_span, own, inherited, sources);
        // The headings differ: one has a verb.
        let without_heading = &tailoring.inherited[usize::from(&*change.id != merge::TOP || has_top)..];
        tailoring.redundant = verb == Verb::Replace
            && change.title.is_empty()
            && normal(&tailoring.own, sources) == normal(without_heading, sources);
        found.push(tailoring);
    }
}

fn tailoring(
    place: &str,
    verb: &'static str,
    span: Span,
    own: Vec<Span>,
    inherited: Vec<Span>,
    sources: &Sources,
) -> Tailoring {
    let mark = mark(&inherited, sources);
    Tailoring { place: place.to_string(), verb, span, own, inherited, mark, redundant: false }
}

/// The texts of some places, with white space made equal.
pub fn normal(spans: &[Span], sources: &Sources) -> String {
    let words = spans.iter().flat_map(|span| sources.text(*span).split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

/// The mark of a text: the first half of its SHA-256, in hexadecimal.
fn mark(spans: &[Span], sources: &Sources) -> String {
    Sha256::digest(normal(spans, sources).as_bytes())
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The sections of a page by their ids.
struct Named<'a> {
    body: &'a Body,
    /// `None` where several have the id.
    sections: HashMap<&'a str, Option<&'a Section>>,
}

impl<'a> Named<'a> {
    fn of(body: &'a Body) -> Named<'a> {
        let mut sections = HashMap::new();
        body.walk(&mut |section| {
            sections.entry(&*section.id).and_modify(|one| *one = None).or_insert(Some(section));
        });
        Named { body, sections }
    }

    /// The text of the section with this id and its heading, or of what stands before the first
    /// section. `None` unless there is exactly one.
    fn spans(&self, id: &str) -> Option<Vec<Span>> {
        match self.sections.get(id) {
            Some(section) => {
                let section = (*section)?;
                let mut spans = vec![section.span];
                text_spans(section, &mut spans);
                Some(spans)
            }
            None if id == merge::TOP => Some(self.body.top.iter().filter_map(|part| extent(part)).collect()),
            None => None,
        }
    }
}

fn extent(blocks: &[Block]) -> Option<Span> {
    let (first, last) = (blocks.first()?.span(), blocks.last()?.span());
    Some(Span { end: last.end.max(first.end), ..first })
}

fn body_spans(body: &Body) -> Vec<Span> {
    let mut spans: Vec<Span> = body.top.iter().filter_map(|part| extent(part)).collect();
    for section in &body.sections {
        spans.push(section.span);
        text_spans(section, &mut spans);
    }
    spans
}

/// The text of a section and the sections in it, without its own heading.
fn text_spans(section: &Section, spans: &mut Vec<Span>) {
    spans.extend(section.parts.iter().filter_map(|part| extent(part)));
    for child in &section.children {
        spans.push(child.span);
        text_spans(child, spans);
    }
}

/// What the author of a layer's tailorings looked at: `tailoring.lock`.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// For each place, the mark of the inherited text, and the line that says so
    pub entries: BTreeMap<String, (String, Span)>,
    /// Lines that say nothing
    pub unclear: Vec<Span>,
}

impl Lock {
    /// The lock of a layer; empty where it has none.
    pub fn of(project: &Project, layer: usize) -> Lock {
        let mut lock = Lock::default();
        let Some(source) = project.layers[layer].lock else { return lock };
        let mut start = 0;
        for line in project.sources.get(source).text.split_inclusive('\n') {
            let words = line.trim();
            let span = Span::new(source, start..start + words.len());
            start += line.len();
            if words.is_empty() || words.starts_with("# ") {
                continue;
            }
            match words.rsplit_once(' ').filter(|(_, mark)| is_mark(mark)) {
                Some((place, mark)) => drop(lock.entries.insert(place.trim().into(), (mark.into(), span))),
                // Such as what git leaves in a file that did not merge.
                None => lock.unclear.push(span),
            }
        }
        lock
    }

    /// The file: one tailoring a line, in order, so that two people's lines merge.
    pub fn write(entries: &BTreeMap<String, String>) -> String {
        let mut text = String::from(
            "# The inherited text each tailoring was written against. `redbinder accept` writes this file.\n",
        );
        for (place, mark) in entries {
            text += &format!("{place} {mark}\n");
        }
        text
    }
}

/// How a tailoring stands to what it was written against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The inherited text is the one its author looked at.
    Fresh,
    /// The inherited text has moved since.
    Stale,
    /// Nobody has said that they looked at the inherited text.
    Unaccepted,
}

impl State {
    /// The state of a tailoring, by its layer's lock.
    pub fn of(tailoring: &Tailoring, lock: &Lock) -> State {
        match lock.entries.get(&tailoring.place) {
            None => State::Unaccepted,
            Some((mark, _)) if *mark == tailoring.mark => State::Fresh,
            Some(_) => State::Stale,
        }
    }

    /// Its name
    pub fn name(self) -> &'static str {
        match self {
            State::Fresh => "fresh",
            State::Stale => "stale",
            State::Unaccepted => "unaccepted",
        }
    }
}
