//! What search reads: the text of a variant, section by section, in one script that a page loads
//! when somebody looks for something.
//!
//! The index is only that text, with what each section is called. The browser divides it into words,
//! folds and compares them, so what is typed and what is written cannot be read in two ways. It is
//! JSON (see [`Guidebook`]), deflated (RFC 1951) and in base64, since a page on a disk may load a
//! script and nothing else.

mod text;

use std::collections::HashMap;
use std::io::{Read, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rayon::prelude::*;
use serde::Serialize;

use crate::plan::names::NameSort;
use crate::plan::{Fields, Plan, PlanPage};
use crate::render::html::Surroundings;
use crate::render::report;
use crate::render::search::text::Lines;
use crate::render::{address, record};
use crate::syntax::{Kind, fields};

/// The index of a variant, from its folder.
pub const INDEX: &str = "search/index.js";
/// The page for searching in a variant, from its folder.
pub const PAGE: &str = "search.html";

/// What stands around the base64 of an index.
const CALL: [&str; 3] = ["redbinderSearch.add(", ", \"", "\");\n"];

/// The index of a plan, as a script.
pub fn index(plan: &Plan) -> String {
    let json = serde_json::to_vec(&Guidebook::new(plan)).unwrap_or_default();
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = deflated.write_all(&json);
    let data = BASE64_STANDARD.encode(deflated.finish().unwrap_or_default());
    let name = serde_json::Value::from(&*plan.name);
    format!("{}{name}{}{data}{}", CALL[0], CALL[1], CALL[2])
}

/// The JSON in an index; `None` where a file is none.
pub fn read(script: &str) -> Option<String> {
    let (_, data) = script.strip_prefix(CALL[0])?.strip_suffix(CALL[2])?.rsplit_once(CALL[1])?;
    let mut json = String::new();
    DeflateDecoder::new(&BASE64_STANDARD.decode(data).ok()?[..]).read_to_string(&mut json).ok()?;
    Some(json)
}

/// What the script is about.
#[derive(Debug, Serialize)]
struct Guidebook<'p> {
    title: &'p str,
    pages: Vec<Page<'p>>,
    things: Vec<Thing>,
}

/// A page: its address from the variant's folder, what it is, its title, the class of its mark,
/// other names for it, and its sections.
#[derive(Debug, Serialize)]
struct Page<'p>(String, &'static str, &'p str, String, Vec<String>, Vec<Section<'p>>);

/// A section: its anchor, level, title and text, a line for each paragraph, item or row. The first
/// of a page is what stands before its headings, with an anchor only where it is not at the top.
#[derive(Debug, Serialize)]
struct Section<'p>(&'p str, u8, String, String);

/// A fact that a table of the plan explains: what it is, its title, other names for it, the number
/// of the page and of the section, and the row.
#[derive(Debug, Serialize)]
struct Thing(&'static str, String, Vec<String>, usize, usize, String);

impl<'p> Guidebook<'p> {
    fn new(plan: &'p Plan) -> Guidebook<'p> {
        let mut names: HashMap<(&str, String), Vec<String>> = HashMap::new();
        for name in plan.names().into_iter().filter(|name| name.sort != NameSort::Title) {
            names.entry((name.map, name.id)).or_default().push(name.words);
        }
        let texts: Vec<PageText> = plan.pages.par_iter().map(|page| PageText::of(plan, page)).collect();
        let mut rows = HashMap::new();
        let pages: Vec<Page> = plan
            .pages
            .iter()
            .zip(texts)
            .enumerate()
            .map(|(number, (page, text))| Page::new(plan, page, number, text, &mut names, &mut rows))
            .collect();
        let things = plan.facts.iter().filter_map(|fact| {
            let (scheme, _) = fields::FACT_KINDS.iter().find(|(_, map)| *map == fact.map)?;
            let known = if fact.meaning.is_empty() { &fact.title } else { &fact.meaning };
            let (page, section, row) = rows.get(known)?;
            let mut names = names.remove(&(fact.map, fact.id.value.clone())).unwrap_or_default();
            // What the plan relies on is looked for by the name of the product.
            let tool = plan.facts.iter().find(|it| it.map == "tools" && it.id.value == fact.id.value);
            names.extend(tool.filter(|_| fact.map == "dependencies").map(|tool| tool.title.clone()));
            Some(Thing(scheme, capitalised(&fact.title), names, *page, *section, row.clone()))
        });
        let things = things.collect();
        Guidebook { title: &plan.title, pages, things }
    }
}

/// Where a row of a table is, and what it says, by what stands in one of its cells.
type Rows = HashMap<String, (usize, usize, String)>;

impl<'p> Page<'p> {
    fn new(
        plan: &'p Plan,
        page: &'p PlanPage,
        number: usize,
        text: PageText<'p>,
        names: &mut HashMap<(&str, String), Vec<String>>,
        rows: &mut Rows,
    ) -> Page<'p> {
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
            mark = format!("sev {}", record::mark(plan, &severity.record));
            own.push(severity.label.clone());
            // As people count them, whatever a plan calls them.
            let rank = severity.rank.as_ref().map(|rank| rank.value);
            let counted = ["sev", "severity", "level", "priority", "P"];
            own.extend(rank.iter().flat_map(|rank| counted.map(|word| format!("{word} {rank}"))));
        }
        let mut sections = Vec::new();
        for (anchor, level, title, lines) in text.sections {
            for (cell, row) in lines.rows {
                rows.entry(cell).or_insert((number, sections.len(), row));
            }
            sections.push(Section(anchor, level, title, lines.text));
        }
        Page(address::of_page(&page.path), page.kind.name(), &page.title, mark, own, sections)
    }
}

/// What a page says: the anchor, level, title and lines of each section.
struct PageText<'p> {
    sections: Vec<(&'p str, u8, String, Lines)>,
}

impl<'p> PageText<'p> {
    fn of(plan: &Plan, page: &'p PlanPage) -> PageText<'p> {
        let around = Surroundings { plan, page, address: "", folder: "" };
        let mut top = Lines::of_record(&around);
        top.line(&page.summary);
        if page.kind == Kind::Plan || &*page.path == report::PAGE {
            top.line(&reporting(plan));
        }
        page.body.top.iter().for_each(|blocks| top.blocks(&around, blocks));
        let mut sections = vec![("", 1, String::new(), top)];
        let mut anchors = page.anchors.of_sections.iter();
        page.body.walk(&mut |section| {
            let mut lines = Lines::default();
            section.parts.iter().for_each(|blocks| lines.blocks(&around, blocks));
            let anchor = anchors.next().map_or("", |anchor| anchor);
            sections.push((anchor, section.level, around.words(&section.title), lines));
        });
        PageText { sections }
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
