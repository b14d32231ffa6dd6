//! What search reads: the text of a variant, section by section, in one script that a page loads
//! when somebody looks for something.
//!
//! The index is only that text, with what each section is called. The browser divides it into words,
//! folds and compares them, so what is typed and what is written cannot be read in two ways. It is
//! JSON (see [`Guidebook`]), deflated (RFC 1951) and in base64, since a page on a disk may load a
//! script and nothing else.

mod deflate;
mod text;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::read::DeflateDecoder;
use rayon::prelude::*;

use crate::plan::names::NameSort;
use crate::plan::wording::hash;
use crate::plan::{Fact, Fields, Plan, PlanPage};
use crate::render::html::Surroundings;
use crate::render::report;
use crate::render::search::deflate::{Deflated, Piece};
use crate::render::search::text::Lines;
use crate::render::shared::Shared;
use crate::render::{address, record};
use crate::syntax::{Kind, fields};

/// The index of a variant, from its folder.
pub const INDEX: &str = "search/index.js";
/// The page for searching in a variant, from its folder.
pub const PAGE: &str = "search.html";

/// What stands around the base64 of an index.
const CALL: [&str; 3] = ["redbinderSearch.add(", ", \"", "\");\n"];

/// An index of many pages is deflated in about so many pieces.
const PIECES: usize = 64;

/// What indexes of several variants have in common.
#[derive(Default)]
pub struct Common {
    /// The texts of pages
    texts: Shared<PageText>,
    deflated: Deflated,
}

/// The index of a plan, as a script.
pub fn index(plan: &Plan, common: &Common) -> String {
    let text = |page| common.texts.get(plan, page, || PageText::of(plan, page), |_| true);
    let texts: Vec<Arc<PageText>> = plan.pages.par_iter().map(text).collect();
    let (json, pieces) = Guidebook::new(plan, &texts).json(plan, &texts);
    // Writing into memory does not fail.
    let stream = common.deflated.stream(&json, &pieces).unwrap_or_default();
    let mut script = String::with_capacity(stream.len() / 3 * 4 + plan.name.len() + 64);
    script += &format!("{}{}{}", CALL[0], serde_json::Value::from(&*plan.name), CALL[1]);
    BASE64_STANDARD.encode_string(stream, &mut script);
    script += CALL[2];
    script
}

/// The JSON in an index; `None` where a file is none.
pub fn read(script: &str) -> Option<String> {
    let (_, data) = script.strip_prefix(CALL[0])?.strip_suffix(CALL[2])?.rsplit_once(CALL[1])?;
    let mut json = String::new();
    DeflateDecoder::new(&BASE64_STANDARD.decode(data).ok()?[..]).read_to_string(&mut json).ok()?;
    Some(json)
}

/// What the script is about: the entries of each page, those of facts, and last the title, so that
/// variants begin alike.
struct Guidebook<'p> {
    title: &'p str,
    entries: Vec<Entry<'p>>,
    /// Where those of each page end
    ends: Vec<usize>,
}

/// A section, what stands before the first heading of a page, or a fact that a table explains: its
/// address from the variant's folder, what it is, the class of its mark, its title, the titles around
/// it from the page's on (none for the start of a page), its other names, and its text, a line for
/// each paragraph, item or row.
#[derive(Debug)]
struct Entry<'p> {
    address: String,
    kind: &'static str,
    mark: String,
    title: Cow<'p, str>,
    around: Cow<'p, [String]>,
    /// All from the title on, as [`said`] writes it
    said: Cow<'p, str>,
}

/// The end of an entry as JSON: its title, those around it, its names and its text.
fn said(title: &str, around: &[String], names: &[String], text: &str) -> String {
    // Every key is a text, so it does not fail.
    let mut json = serde_json::to_string(&(title, around, names, text)).unwrap_or_default();
    json.remove(0);
    json
}

impl<'p> Guidebook<'p> {
    /// Of a plan, with the texts of its pages.
    fn new(plan: &'p Plan, texts: &'p [Arc<PageText>]) -> Guidebook<'p> {
        let mut names = Names::new();
        for name in plan.names().into_iter().filter(|name| name.sort != NameSort::Title) {
            names.entry((name.map, name.id)).or_default().push(name.words);
        }
        let mut entries = Vec::new();
        let mut ends = Vec::with_capacity(texts.len());
        let mut rows = HashMap::new();
        let facts = plan.facts.iter().filter(|fact| scheme(fact).is_some());
        let explained: HashSet<&str> = facts.map(meaning).collect();
        for (page, text) in plan.pages.iter().zip(texts) {
            add_page(plan, page, text, &mut names, &mut entries);
            ends.push(entries.len());
            let added = entries.len() - 1 - text.sections.len();
            let of_page =
                std::iter::once(&text.top.rows).chain(text.sections.iter().map(|section| &section.rows));
            for (section, rows_of) in of_page.enumerate() {
                for (cell, row) in rows_of.iter().filter(|(cell, _)| explained.contains(&**cell)) {
                    rows.entry(&**cell).or_insert((added + section, &**row));
                }
            }
        }
        for fact in &plan.facts {
            let Some(scheme) = scheme(fact) else { continue };
            let Some((section, row)) = rows.get(meaning(fact)) else { continue };
            let mut names = names.remove(&(fact.map, fact.id.value.clone())).unwrap_or_default();
            // What the plan relies on is looked for by the name of the product.
            let tool = plan.facts.iter().find(|it| it.map == "tools" && it.id.value == fact.id.value);
            names.extend(tool.filter(|_| fact.map == "dependencies").map(|tool| tool.title.clone()));
            let at = &entries[*section];
            let around: Vec<String> = at.around.iter().cloned().chain([at.title.to_string()]).collect();
            let (mark, title) = (format!("ref {scheme}"), capitalised(&fact.title));
            let said = said(&title, &around, &names, row).into();
            let (address, title, around) = (at.address.clone(), title.into(), around.into());
            entries.push(Entry { address, kind: scheme, mark, title, around, said });
        }
        Guidebook { title: &plan.title, entries, ends }
    }

    /// As JSON, in pieces. Where one ends is decided by the paths of pages, so that variants with
    /// other pages have most pieces in common.
    fn json(&self, plan: &Plan, texts: &[Arc<PageText>]) -> (Vec<u8>, Vec<Piece>) {
        let many = (plan.pages.len() / PIECES).next_power_of_two() as u64;
        let mut json = br#"{"entries":["#.to_vec();
        let mut pieces: Vec<Piece> = Vec::new();
        let (mut at, mut start, mut is_shared) = (0, 0, true);
        for ((page, text), end) in plan.pages.iter().zip(texts).zip(&self.ends) {
            self.write(at..*end, &mut json);
            at = *end;
            // Somebody else has it too.
            is_shared &= Arc::strong_count(text) > 1;
            if hash(&page.path).is_multiple_of(many) {
                pieces.push(Piece { range: start..json.len(), is_shared });
                (start, is_shared) = (json.len(), true);
            }
        }
        self.write(at..self.entries.len(), &mut json);
        json.extend_from_slice(format!(r#"],"title":{}}}"#, serde_json::Value::from(self.title)).as_bytes());
        pieces.push(Piece { range: start..json.len(), is_shared: false });
        (json, pieces)
    }

    /// Writes some of the entries, each after a comma but for the first of all.
    fn write(&self, entries: Range<usize>, json: &mut Vec<u8>) {
        for at in entries {
            if at > 0 {
                json.push(b',');
            }
            // Writing into memory does not fail, and every key is a text.
            let Entry { address, kind, mark, said, .. } = &self.entries[at];
            let _ = serde_json::to_writer(&mut *json, &(address, kind, mark));
            json.pop();
            json.push(b',');
            json.extend_from_slice(said.as_bytes());
        }
    }
}

/// How links name the kind of a fact; `None` where none can.
fn scheme(fact: &Fact) -> Option<&'static str> {
    fields::FACT_KINDS.iter().find(|(_, map)| *map == fact.map).map(|(scheme, _)| *scheme)
}

/// The words that a table has where it explains a fact.
fn meaning(fact: &Fact) -> &str {
    if fact.meaning.is_empty() { &fact.title } else { &fact.meaning }
}

/// Other names for things, by kind and id.
type Names = HashMap<(&'static str, String), Vec<String>>;

/// Adds an entry for the start of a page, and one for each of its sections.
fn add_page<'p>(
    plan: &Plan,
    page: &'p PlanPage,
    text: &'p PageText,
    names: &mut Names,
    entries: &mut Vec<Entry<'p>>,
) {
    let id = page.path.rsplit('/').next().and_then(|name| name.strip_suffix(".md")).unwrap_or_default();
    let mut own = match page.kind.folder() {
        Some(folder) => {
            let names = names.remove(&(folder, id.to_string())).unwrap_or_default();
            std::iter::once(id.replace(['-', '_'], " ")).chain(names).collect()
        }
        None => Vec::new(),
    };
    own.extend(Fields::new(&page.front).texts("found_by").into_iter().map(|words| words.value));
    let mut mark = match page.kind {
        Kind::Plan | Kind::Page => "ref".to_string(),
        kind => format!("ref {}", kind.name()),
    };
    if let Some(severity) = plan.severities.iter().find(|it| it.record.page == page.path) {
        mark = format!("ref sev {}", record::mark(plan, &severity.record));
        own.push(severity.label.clone());
        // As people count them, whatever a plan calls them.
        let rank = severity.rank.as_ref().map(|rank| rank.value);
        let counted = ["sev", "severity", "level", "priority", "P"];
        own.extend(rank.iter().flat_map(|rank| counted.map(|word| format!("{word} {rank}"))));
    }
    // As links have it: the script follows it as it stands.
    let address = address::relative("", &address::of_page(&page.path));
    let mut top = start_of(plan, page);
    let start: Cow<str> = match top.text.is_empty() {
        true => text.top.text.as_str().into(),
        false => {
            top.add(&text.top);
            top.text.into()
        }
    };
    let kind = page.kind.name();
    let said = said(&page.title, &[], &own, &start).into();
    let (title, around) = (page.title.as_str().into(), Cow::Borrowed(&[][..]));
    entries.push(Entry { address: address.clone(), kind, mark: mark.clone(), title, around, said });
    for section in &text.sections {
        // A section whose heading has no letters has the address of its page.
        let address = match &*section.anchor {
            "" => address.clone(),
            anchor => format!("{address}#{anchor}"),
        };
        let (title, around) = (section.title.as_str().into(), section.around.as_slice().into());
        let said = section.said.as_str().into();
        entries.push(Entry { address, kind, mark: mark.clone(), title, around, said });
    }
}

/// What the start of a page says that does not stand in its text.
fn start_of(plan: &Plan, page: &PlanPage) -> Lines {
    let mut lines = Lines::of_record(&Surroundings { plan, page, address: "", folder: "" });
    lines.line(&page.summary);
    if page.kind == Kind::Plan || &*page.path == report::PAGE {
        lines.line(&reporting(plan));
    }
    lines
}

/// What the text of a page says, whatever its plan says of the page.
pub struct PageText {
    /// Before the first heading
    top: Lines,
    sections: Vec<SectionText>,
}

struct SectionText {
    anchor: Box<str>,
    title: String,
    /// The titles around it, from the page's on
    around: Vec<String>,
    /// What its entry says, from the title on
    said: String,
    /// Cells of its tables, each with its row
    rows: Vec<(String, Arc<str>)>,
}

impl PageText {
    fn of(plan: &Plan, page: &PlanPage) -> PageText {
        let around = Surroundings { plan, page, address: "", folder: "" };
        let mut top = Lines::default();
        page.body.top.iter().for_each(|blocks| top.blocks(&around, blocks));
        let mut sections = Vec::new();
        let mut anchors = page.anchors.of_sections.iter();
        let mut open: Vec<(u8, String)> = vec![(0, page.title.to_string())];
        page.body.walk(&mut |section| {
            let mut lines = Lines::default();
            section.parts.iter().for_each(|blocks| lines.blocks(&around, blocks));
            let anchor = anchors.next().cloned().unwrap_or_default();
            let title = around.words(&section.title);
            while open.last().is_some_and(|(level, _)| *level >= section.level) {
                open.pop();
            }
            let around: Vec<String> = open.iter().map(|(_, title)| title.clone()).collect();
            let said = said(&title, &around, &[], &lines.text);
            sections.push(SectionText { anchor, title: title.clone(), around, said, rows: lines.rows });
            open.push((section.level, title));
        });
        PageText { top, sections }
    }
}

/// As it stands alone, and not in a sentence.
fn capitalised(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// What the report box says.
fn reporting(plan: &Plan) -> String {
    let report = &plan.reporting;
    let mut said = match &report.within {
        Some(within) => format!("Report within {}", within.value),
        None => "Report it now".to_string(),
    };
    let channel = report.channel.iter().flat_map(|it| [&it.product, &it.address, &it.mention]);
    for part in [&report.email, &report.phone].into_iter().chain(channel).filter(|part| !part.is_empty()) {
        said += " · ";
        said += part;
    }
    said
}
