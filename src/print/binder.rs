//! The complete binder of a plan: cover, contents, every page, glossary, index, what is tailored.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::plan::{Fields, Navigation, Plan, PlanPage};
use crate::print::model::{Imprint, Page};
use crate::print::record;
use crate::print::text::{Places, Writer, label, labels};
use crate::syntax::tree::plain_text;
use crate::syntax::{Kind, Node, Value, day};

/// The binder, as its template reads it.
#[derive(Debug, Serialize)]
pub struct Binder {
    /// What stands on every sheet
    pub imprint: Imprint,
    /// Document control
    pub control: Control,
    /// The pages in the order of the navigation, in parts
    pub parts: Vec<Part>,
    /// Words and abbreviations; empty where a page of the plan explains them
    pub glossary: Vec<Entry>,
    /// Where roles, severities, channels and contacts are
    pub index: Vec<IndexGroup>,
    /// What this variant changes in what it inherits
    pub tailoring: Tailoring,
}

/// A part of the binder.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its title
    pub title: String,
    /// Its pages
    pub pages: Vec<Page>,
}

/// Document control.
#[derive(Debug, Default, Serialize)]
pub struct Control {
    /// The role that answers for it
    pub owner: String,
    /// Who approved it: as what, who, and the day
    pub approvals: Vec<Approval>,
    /// The day of the last exercise, in words
    pub tested_on: String,
    /// The day the next exercise is due, in words
    pub next_test: String,
    /// Who gets a copy
    pub distribution: Vec<String>,
    /// What each version changed, the newest first
    pub changes: Vec<Change>,
    /// Controls, each with the title and label of where it is covered
    pub controls: Vec<ControlPlace>,
}

/// Somebody's approval.
#[derive(Debug, Serialize)]
pub struct Approval {
    /// As what
    pub role: String,
    /// Who; may be empty
    pub name: String,
    /// The day, in words
    pub on: String,
}

/// What a version changed.
#[derive(Debug, Serialize)]
pub struct Change {
    /// The version
    pub version: String,
    /// Its day, in words
    pub on: String,
    /// What changed
    pub what: String,
}

/// Where a control is covered.
#[derive(Debug, Serialize)]
pub struct ControlPlace {
    /// The control, such as `IR-6`
    pub control: String,
    /// The title of the page or section
    pub title: String,
    /// Its label
    pub to: String,
}

/// A word of the glossary.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The word
    pub term: String,
    /// Its short form; may be empty
    pub abbreviation: String,
    /// What it means
    pub meaning: String,
}

/// The things of a kind in the index.
#[derive(Debug, Serialize)]
pub struct IndexGroup {
    /// `Roles`
    pub title: &'static str,
    /// Each thing with the labels of the pages that define or mention it, in order
    pub entries: Vec<IndexEntry>,
}

/// A thing in the index.
#[derive(Debug, Serialize)]
pub struct IndexEntry {
    /// What it is called
    pub title: String,
    /// The labels of the pages where it stands, its own first
    pub places: Vec<String>,
}

/// What a variant changes in what it inherits.
#[derive(Debug, Serialize)]
pub struct Tailoring {
    /// The titles of the layers it consists of, the farthest first
    pub lineage: Vec<String>,
    /// Pages it wrote or changed: label, title and what
    pub pages: Vec<Changed>,
    /// The facts it states itself: their paths and values
    pub facts: Vec<(String, String)>,
    /// How many pages it inherits as they are
    pub inherited: usize,
    /// What is weaker here than in the parent
    pub deviations: Vec<Deviation>,
}

/// A page that a variant wrote or changed.
#[derive(Debug, Serialize)]
pub struct Changed {
    /// Its title
    pub title: String,
    /// Its label
    pub to: String,
    /// `new`, or the titles of the sections
    pub what: String,
}

/// Something that is weaker than in the parent.
#[derive(Debug, Serialize)]
pub struct Deviation {
    /// The path of the fact or step
    pub path: String,
    /// Why
    pub reason: String,
    /// Who accepted it
    pub approved_by: String,
    /// The day, in words; may be empty
    pub on: String,
}

/// The page of the plan that explains its words, where it has one.
const GLOSSARY: &str = "glossary.md";

impl Binder {
    /// The binder of a plan, the paths of the pictures it shows, and where its blocks are written.
    pub fn new(plan: &Plan, imprint: Imprint) -> (Binder, BTreeSet<String>, Places) {
        let labels = labels(plan);
        let navigation = Navigation::new(plan);
        let mut images = BTreeSet::new();
        let mut places = Places::new();
        let mut page = |index: usize| {
            let mut writer = Writer::new(plan, index, &labels, imprint.paper);
            let page = writer.page(record::blocks(plan, index));
            images.append(&mut writer.images);
            places.append(&mut writer.places);
            page
        };
        let home = plan.page_index("plan.md").map(&mut page);
        let mut parts = vec![Part { title: "Start here".into(), pages: home.into_iter().collect() }];
        for (title, entries) in &navigation.groups {
            let mut pages = Vec::new();
            for entry in entries {
                // The first of a kind follows what is said of all of them.
                let is_led = entry.overview.is_some();
                pages.extend(entry.pages().enumerate().map(|(at, index)| {
                    let page = page(index);
                    Page { starts_sheet: page.starts_sheet && !(is_led && at == 1), ..page }
                }));
            }
            parts.push(Part { title: title.to_string(), pages });
        }
        parts.retain(|part| !part.pages.is_empty());
        let order = navigation.order(plan);
        let binder = Binder {
            control: control(plan),
            parts,
            glossary: if plan.page_index(GLOSSARY).is_some() { Vec::new() } else { glossary(plan) },
            index: index(plan, &order),
            tailoring: tailoring(plan, &order),
            imprint,
        };
        (binder, images, places)
    }
}

/// Document control, as the front matter of `plan.md` has it.
pub fn control(plan: &Plan) -> Control {
    let Some(document) = Fields::new(&plan.values).record("document") else { return Control::default() };
    let approvals = document.records("approved_by").into_iter().map(|(id, approval)| Approval {
        role: approval.text("role").map_or(id.value.clone(), |role| role.value),
        name: approval.text_or_empty("name"),
        on: day::in_full(&approval.text_or_empty("on")),
    });
    let tested_on = document.text("tested_on");
    let next_test = tested_on.as_ref().and_then(|day| {
        let every = document.duration("test_every")?.value;
        crate::plan::facts::after(day.value.parse().ok()?, every)
    });
    Control {
        owner: document.text_or_empty("owner"),
        approvals: approvals.collect(),
        tested_on: tested_on.map_or(String::new(), |day| day::in_full(&day.value)),
        next_test: next_test.map_or(String::new(), |day| day::in_full(&day.to_string())),
        distribution: document.texts_by_id("distribution").into_iter().map(|(_, text)| text.value).collect(),
        changes: plan.document.changes.iter().map(change).collect(),
        controls: plan.document.controls.iter().filter_map(|(id, place)| covered(plan, id, place)).collect(),
    }
}

fn change(change: &crate::plan::facts::Change) -> Change {
    Change { version: change.version.value.clone(), on: day::in_full(&change.on), what: change.what.clone() }
}

fn covered(
    plan: &Plan,
    control: &crate::source::Spanned<String>,
    place: &crate::source::Spanned<String>,
) -> Option<ControlPlace> {
    let (path, anchor) = match place.value.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (place.value.as_str(), None),
    };
    let page = &plan.pages[plan.page_index(path)?];
    let section = anchor.and_then(|anchor| section_title(page, anchor));
    let title = section.clone().map_or(page.title.clone(), |section| format!("{}: {section}", page.title));
    let to = label(&page.path, anchor.filter(|_| section.is_some()));
    Some(ControlPlace { control: control.value.clone(), title, to })
}

fn section_title(page: &PlanPage, anchor: &str) -> Option<String> {
    let at = page.anchors.of_sections.iter().position(|other| **other == *anchor)?;
    let mut titles = Vec::new();
    page.body.walk(&mut |section| titles.push(plain_text(&section.title)));
    titles.get(at).cloned()
}

fn glossary(plan: &Plan) -> Vec<Entry> {
    let terms = plan.facts.iter().filter(|fact| fact.map == "terms" || fact.map == "statuses");
    let mut entries: Vec<Entry> = terms
        .map(|fact| Entry {
            term: fact.title.clone(),
            abbreviation: fact.abbreviation.clone(),
            meaning: match fact.map {
                "statuses" => format!("Status of an incident. {}", fact.meaning),
                _ => fact.meaning.clone(),
            },
        })
        .collect();
    entries.sort_by_key(|entry| entry.term.to_lowercase());
    entries
}

/// Things with the pages they stand on: defined there, or linked from there.
fn index(plan: &Plan, order: &[usize]) -> Vec<IndexGroup> {
    use crate::plan::Target;
    let mentions = |wanted: &Target| -> Vec<String> {
        let same = |target: &Target| match (target, wanted) {
            // A fact is linked by whatever scheme.
            (Target::Fact(_, a), Target::Fact(_, b)) => a == b,
            (target, wanted) => target == wanted,
        };
        order
            .iter()
            .map(|index| &plan.pages[*index])
            .filter(|page| page.links.values().any(same))
            .map(|page| label(&page.path, None))
            .collect()
    };
    let records = |kind: Kind| {
        let entry = |(at, record): (usize, &crate::plan::Record)| {
            let mut places = vec![label(&record.page, None)];
            places.extend(
                mentions(&Target::Record(kind, at)).into_iter().filter(|place| **place != *record.page),
            );
            IndexEntry { title: record.title.clone(), places }
        };
        plan.records(kind).into_iter().enumerate().map(entry).collect::<Vec<_>>()
    };
    let facts = |map: &str| {
        let of_map = plan.facts.iter().enumerate().filter(|(_, fact)| fact.map == map);
        let entry = |(at, fact): (usize, &crate::plan::Fact)| IndexEntry {
            title: fact.title.clone(),
            places: mentions(&Target::Fact("", at)),
        };
        of_map.map(entry).filter(|entry| !entry.places.is_empty()).collect::<Vec<_>>()
    };
    let mut groups = vec![
        IndexGroup { title: "Roles", entries: records(Kind::Role) },
        IndexGroup { title: "Severities", entries: records(Kind::Severity) },
        IndexGroup { title: "Channels", entries: facts("channels") },
        IndexGroup { title: "Contacts", entries: facts("contacts") },
    ];
    groups.retain(|group| !group.entries.is_empty());
    groups.iter_mut().filter(|group| group.title != "Severities").for_each(|group| {
        group.entries.sort_by_key(|entry| entry.title.to_lowercase());
    });
    groups
}

fn tailoring(plan: &Plan, order: &[usize]) -> Tailoring {
    let own = plan.lineage.len() - 1;
    let changed = |page: &PlanPage| -> Option<Changed> {
        let what = if page.origin.first == own {
            "written here".to_string()
        } else if page.origin.tailored_by.contains(&own) {
            let mut titles = Vec::new();
            let mut written = page.origin.sections.iter();
            page.body.walk(&mut |section| {
                if let Some((heading, parts)) = written.next()
                    && (*heading == own || parts.contains(&own))
                {
                    titles.push(plain_text(&section.title));
                }
            });
            match titles.is_empty() {
                true => "facts, or text before the first section".to_string(),
                false => titles.join("; "),
            }
        } else {
            return None;
        };
        Some(Changed { title: page.title.clone(), to: label(&page.path, None), what })
    };
    let is_root = own == 0;
    let pages: Vec<Changed> = match is_root {
        true => Vec::new(),
        false => order.iter().filter_map(|index| changed(&plan.pages[*index])).collect(),
    };
    let kinds: Vec<String> =
        Kind::ALL.iter().filter_map(|kind| kind.folder()).map(|folder| format!("{folder}.")).collect();
    let facts = plan.places.iter().filter(|(path, place)| {
        let is_record = kinds.iter().any(|kind| path.starts_with(kind.as_str()));
        !is_root && place.layer == plan.name && !is_record && *path != "extends"
    });
    let deviations =
        Fields::new(&plan.values).records("deviations").into_iter().map(|(path, deviation)| Deviation {
            path: path.value.clone(),
            reason: deviation.text_or_empty("reason"),
            approved_by: deviation.text_or_empty("approved_by"),
            on: deviation.text("on").map_or(String::new(), |day| day::in_full(&day.value)),
        });
    Tailoring {
        lineage: plan.lineage.iter().map(|layer| layer.title.clone()).collect(),
        inherited: if is_root { 0 } else { plan.pages.len() - pages.len() },
        pages,
        facts: facts.map(|(path, _)| (path.clone(), stated(plan, path))).collect(),
        deviations: deviations.collect(),
    }
}

/// A fact as it is stated, on one line.
fn stated(plan: &Plan, path: &str) -> String {
    fn words(node: &Node) -> String {
        match &node.value {
            Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Value::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
            Value::List(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
            Value::Map(_) | Value::Null => String::new(),
        }
    }
    plan.values.at(path).map_or(String::new(), words)
}
