//! The facts of a plan: document control, channels, contacts, timers and the rest.

use crate::plan::fields::Fields;
use crate::source::Spanned;
use crate::syntax::{DurationRange, Map};

/// The fields of a channel or contact that lead to it, whoever knows them.
pub const WAYS: [&str; 5] = ["address", "email", "phone", "url", "mention"];
/// The field of a contact that says who it is.
pub const NAME: &str = "name";

/// What a fact is called, wherever it is linked.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The map it stands in, such as `channels`
    pub map: &'static str,
    /// Its id there
    pub id: Spanned<String>,
    /// Its name
    pub title: String,
    /// Its short form, for terms
    pub abbreviation: String,
    /// What it means, where it says so
    pub meaning: String,
}

/// The facts that typed links can name, by map and id.
pub(super) fn read_facts(facts: &Map) -> Vec<Fact> {
    let fields = Fields::new(facts);
    let mut found = Vec::new();
    for (_, map) in crate::syntax::fields::FACT_KINDS {
        for (id, record) in fields.records(map) {
            found.push(Fact {
                map,
                id: id.clone(),
                title: ["title", "to"]
                    .iter()
                    .find_map(|key| record.text(key))
                    .map_or(id.value.clone(), |text| text.value),
                abbreviation: record.text_or_empty("abbreviation"),
                meaning: ["meaning", "purpose", "when"]
                    .iter()
                    .find_map(|key| record.text(key))
                    .map_or(String::new(), |text| text.value),
            });
        }
    }
    found
}

/// A place people talk.
#[derive(Debug, Clone, Default)]
pub struct Channel {
    /// Its name in a sentence
    pub title: String,
    /// Its address in its product
    pub address: String,
    /// The mention that reaches people
    pub mention: String,
    /// Its web address
    pub url: String,
    /// The product's name
    pub product: String,
}

/// How a reader reports something: the contact `report` with its channel, else the channel
/// `main`, and the timer `report`.
#[derive(Debug, Clone, Default)]
pub struct Reporting {
    /// How soon
    pub within: Option<Spanned<DurationRange>>,
    /// What the clock starts with, such as `noticed`
    pub starts: String,
    /// Electronic mail
    pub email: String,
    /// Telephone
    pub phone: String,
    /// The room to report in
    pub channel: Option<Channel>,
}

impl Reporting {
    pub(super) fn read(facts: &Map) -> Reporting {
        let fields = Fields::new(facts);
        let of = |map: &str, id: &str| fields.record(map).and_then(|map| map.record(id));
        let timer = of("timers", "report");
        let contact = of("contacts", "report");
        let text = |record: Option<Fields>, key: &str| {
            record.map_or(String::new(), |record| record.text_or_empty(key))
        };
        Reporting {
            within: timer.and_then(|timer| timer.range("within")),
            starts: text(timer, "starts"),
            email: text(contact, "email"),
            phone: text(contact, "phone"),
            channel: of("channels", &text(contact, "channel")).or(of("channels", "main")).map(|channel| {
                Channel {
                    title: channel.text_or_empty("title"),
                    address: channel.text_or_empty("address"),
                    mention: channel.text_or_empty("mention"),
                    url: channel.text_or_empty("url"),
                    product: channel
                        .text("product")
                        .and_then(|tool| of("tools", &tool.value))
                        .map_or(String::new(), |tool| tool.text_or_empty("title")),
                }
            }),
        }
    }
}

/// Document control.
#[derive(Debug, Clone, Default)]
pub struct DocumentControl {
    /// A name that never changes
    pub id: String,
    /// Who answers for it
    pub owner: String,
    /// Who approved it
    pub approvals: Vec<Approval>,
    /// How often it is reviewed, such as `1 year`
    pub review_every: String,
    /// The day of the last exercise, as `2026-05-02`
    pub tested_on: Option<Spanned<String>>,
    /// How often it is exercised
    pub test_every: String,
    /// The day the next exercise is due, where an interval is given
    pub next_test: Option<jiff::civil::Date>,
    /// Who gets a copy
    pub distribution: Vec<(Spanned<String>, Spanned<String>)>,
    /// How a copy is handled
    pub classification: String,
    /// What each version changed, the latest first
    pub changes: Vec<Change>,
    /// The version of the text
    pub version: String,
    /// `draft`, `in-review`, `approved` or `retired`
    pub status: String,
    /// The language of the text by its tag; empty where it is the site's
    pub language: String,
    /// The day of the last review, as `2026-05-02`
    pub reviewed_on: Option<Spanned<String>>,
    /// The day the next review is due, where an interval is given
    pub next_review: Option<jiff::civil::Date>,
    /// Where each control is covered: a page or a section
    pub controls: Vec<(Spanned<String>, Spanned<String>)>,
}

/// That somebody approved a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The key it stands under
    pub id: String,
    /// As what they approved
    pub role: String,
    /// Who
    pub name: String,
    /// The day, as `2026-05-02`
    pub on: String,
}

/// What a version of a document changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The version
    pub version: Spanned<String>,
    /// The day it was published, as `2026-05-02`
    pub on: String,
    /// What is different
    pub what: String,
}

impl DocumentControl {
    pub(super) fn read(facts: &Map) -> DocumentControl {
        let Some(fields) = Fields::new(facts).record("document") else {
            return DocumentControl::default();
        };
        let next = |day: &Option<Spanned<String>>, every: &str| {
            let every = fields.duration(every)?.value;
            after(day.as_ref()?.value.parse().ok()?, every)
        };
        let every = |key: &str| fields.duration(key).map_or(String::new(), |every| every.value.to_string());
        let (reviewed_on, tested_on) = (fields.text("reviewed_on"), fields.text("tested_on"));
        DocumentControl {
            id: fields.text_or_empty("id"),
            owner: fields.text_or_empty("owner"),
            approvals: approvals(&fields),
            review_every: every("review_every"),
            test_every: every("test_every"),
            next_test: next(&tested_on, "test_every"),
            tested_on,
            distribution: fields.texts_by_id("distribution"),
            classification: fields.text_or_empty("classification"),
            changes: changes(&fields),
            version: fields.text_or_empty("version"),
            status: fields.text_or_empty("status"),
            language: fields.text_or_empty("language"),
            next_review: next(&reviewed_on, "review_every"),
            reviewed_on,
            controls: fields.texts_by_id("controls"),
        }
    }
}

fn approvals(document: &Fields) -> Vec<Approval> {
    let approval = |(id, it): (&Spanned<String>, Fields)| Approval {
        id: id.value.clone(),
        role: it.text_or_empty("role"),
        name: it.text_or_empty("name"),
        on: it.text_or_empty("on"),
    };
    document.records("approved_by").into_iter().map(approval).collect()
}

fn changes(document: &Fields) -> Vec<Change> {
    let change = |(version, it): (&Spanned<String>, Fields)| Change {
        version: version.clone(),
        on: it.text_or_empty("on"),
        what: it.text_or_empty("what"),
    };
    let mut changes: Vec<Change> = document.records("changes").into_iter().map(change).collect();
    // Later days first, and of one day the one that is written last.
    changes.reverse();
    changes.sort_by(|a, b| b.on.cmp(&a.on));
    changes
}

/// The day a duration after another. Units below a day count as nothing.
pub fn after(day: jiff::civil::Date, duration: crate::syntax::Duration) -> Option<jiff::civil::Date> {
    use crate::syntax::duration::Unit;
    use jiff::ToSpan;
    let amount = i64::from(duration.amount);
    let span = match duration.unit {
        Unit::Second | Unit::Minute | Unit::Hour => 0.days(),
        Unit::Day | Unit::BusinessDay => jiff::Span::new().try_days(amount).ok()?,
        Unit::Week => jiff::Span::new().try_weeks(amount).ok()?,
        Unit::Month => jiff::Span::new().try_months(amount).ok()?,
        Unit::Year => jiff::Span::new().try_years(amount).ok()?,
    };
    day.checked_add(span).ok()
}

/// A fact the plan of every variant must state.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Its path, such as `contacts.report.email`
    pub path: Spanned<String>,
    /// Why
    pub why: String,
    /// `anyone`, `organization` or `system`
    pub set_by: String,
}

pub(super) fn read_requirements(facts: &Map) -> Vec<Requirement> {
    let records = Fields::new(facts).records("requires");
    let requirement = |(path, fields): (&Spanned<String>, Fields)| Requirement {
        path: path.clone(),
        why: fields.text_or_empty("why"),
        set_by: fields.text("set_by").map_or("anyone".into(), |text| text.value),
    };
    records.into_iter().map(requirement).collect()
}
