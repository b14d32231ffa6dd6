//! The records that have a page of their own: severities, roles, phases, checklists,
//! templates and playbooks.

use std::sync::Arc;

use crate::plan::fields::Fields;
use crate::source::Spanned;
use crate::syntax::{Duration, DurationRange};
use crate::tailor::Page;

/// A text and its place.
pub type Text = Spanned<String>;

/// What every record has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id: the name of its file
    pub id: String,
    /// Its name
    pub title: String,
    /// One line about it
    pub summary: String,
    /// The path of its page
    pub page: Arc<str>,
    /// Other names people use
    pub also_called: Vec<Text>,
    /// Names no longer used
    pub retired_names: Vec<Text>,
}

impl Record {
    fn read(id: &str, page: &Page, fields: &Fields) -> Record {
        Record {
            id: id.to_string(),
            title: page.title.clone(),
            summary: fields.text_or_empty("summary"),
            page: page.path.clone(),
            also_called: fields.texts("also_called"),
            retired_names: fields.texts("retired_names"),
        }
    }
}

/// The expression that gives a value of a record or a fact, such as `timers.report.within` or
/// `severities["sev-1"].rank`.
pub fn expression(map: &str, id: &str, key: &str) -> String {
    format!("{}.{key}", member(map, id))
}

/// The expression that gives a record or a fact: in brackets where its id is no name to the template engine.
pub fn member(map: &str, id: &str) -> String {
    let is_name = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !id.starts_with(|c: char| c.is_ascii_digit());
    if is_name { format!("{map}.{id}") } else { format!("{map}[{}]", serde_json::Value::from(id)) }
}

/// How bad an incident is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severity {
    /// Its id, name and page
    pub record: Record,
    /// 1 is the worst
    pub rank: Option<Spanned<u32>>,
    /// As it is written in messages and tables
    pub label: String,
    /// What makes an incident one of these
    pub criteria: Option<Text>,
    /// The classes of data it is about, by id of a term
    pub data: Vec<Text>,
    /// `continuous` or `business`
    pub hours: Option<Text>,
    /// How often a situation report is due
    pub sitrep_every: Option<Spanned<DurationRange>>,
    /// Who may disrupt service
    pub authority: Option<Text>,
    /// Who is asked first
    pub consult: Vec<Text>,
    /// How long to wait for those who cannot be reached
    pub act_after: Option<Spanned<Duration>>,
    /// Incidents of this kind
    pub examples: Vec<(Text, Text)>,
}

impl Severity {
    /// Whether some words, such as the first cell of a row, name it: `High`, `1 - High Severity`,
    /// `SEV-1`. Its names are its id, label and title and what it is also called, not the
    /// retired ones; its rank may stand before them.
    pub fn is_called(&self, words: &str) -> bool {
        let found = severity_words(words);
        let rank = self.rank.as_ref().map(|rank| rank.value.to_string());
        let without_rank = match &found[..] {
            [first, rest @ ..] if !rest.is_empty() && rank.as_ref() == Some(first) => rest,
            all => all,
        };
        !found.is_empty() && self.names().any(|name| name == found || name == without_rank)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = Vec<String>> {
        let own = [self.record.id.as_str(), &self.label, &self.record.title];
        let also = self.record.also_called.iter().map(|name| name.value.as_str());
        own.into_iter().chain(also).map(severity_words)
    }

    pub(super) fn read(id: &str, page: &Page) -> Severity {
        let fields = Fields::new(&page.front);
        let record = Record::read(id, page, &fields);
        Severity {
            label: fields.text("label").map_or(record.title.clone(), |label| label.value),
            record,
            rank: fields.whole("rank"),
            criteria: fields.text("criteria"),
            data: fields.texts("data"),
            hours: fields.text("hours"),
            sitrep_every: fields.range("sitrep_every"),
            authority: fields.text("authority"),
            consult: fields.texts("consult"),
            act_after: fields.duration("act_after"),
            examples: fields.texts_by_id("examples"),
        }
    }
}

/// What somebody is for during an incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// Its id, name and page
    pub record: Record,
    /// Its short form
    pub abbreviation: Option<Text>,
    /// The team its holder belongs to
    pub team: Option<Text>,
    /// `one` or `many` at a time
    pub holders: Option<Text>,
    /// Whether its holder is outside the organization
    pub external: bool,
    /// The role that gives it to somebody
    pub assigned_by: Option<Text>,
    /// The roles that may take over from it
    pub hands_over_to: Vec<Text>,
    /// What its holder does
    pub duties: Vec<(Text, Text)>,
    /// What its holder leaves to others
    pub may_not: Vec<(Text, Text)>,
}

impl Role {
    pub(super) fn read(id: &str, page: &Page) -> Role {
        let fields = Fields::new(&page.front);
        Role {
            record: Record::read(id, page, &fields),
            abbreviation: fields.text("abbreviation"),
            team: fields.text("team"),
            holders: fields.text("holders"),
            external: fields.flag("external"),
            assigned_by: fields.text("assigned_by"),
            hands_over_to: fields.texts("hands_over_to"),
            duties: fields.texts_by_id("duties"),
            may_not: fields.texts_by_id("may_not"),
        }
    }
}

/// A part of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its id, name and page
    pub record: Record,
    /// Its place in the response, from 1
    pub number: Option<Spanned<u32>>,
    /// The role that leads it
    pub led_by: Option<Text>,
    /// The status an incident has at its end
    pub status_on_exit: Option<Text>,
    /// The classes of NIST SP 800-61 it covers
    pub class: Vec<Text>,
    /// What each role does in it, by role
    pub who: Vec<(Text, Text)>,
}

impl Phase {
    pub(super) fn read(id: &str, page: &Page) -> Phase {
        let fields = Fields::new(&page.front);
        Phase {
            record: Record::read(id, page, &fields),
            number: fields.whole("number"),
            led_by: fields.text("led_by"),
            status_on_exit: fields.text("status_on_exit"),
            class: fields.texts("class"),
            who: fields.texts_by_id("who"),
        }
    }
}

/// A list to work through.
#[derive(Debug, Clone)]
pub struct Checklist {
    /// Its id, name and page
    pub record: Record,
    /// The page whose steps it covers
    pub companion_of: Option<Text>,
    /// The role that works through it
    pub by: Option<Text>,
}

impl Checklist {
    pub(super) fn read(id: &str, page: &Page) -> Checklist {
        let fields = Fields::new(&page.front);
        Checklist {
            record: Record::read(id, page, &fields),
            companion_of: fields.text("companion_of"),
            by: fields.text("by"),
        }
    }
}

/// A message somebody sends.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its id, name and page
    pub record: Record,
    /// The role that sends it
    pub sent_by: Option<Text>,
    /// The channel it is sent in
    pub channel: Option<Text>,
    /// Its subject
    pub subject: Option<Text>,
    /// What goes into each blank
    pub blanks: Vec<(Text, Text)>,
}

impl Template {
    pub(super) fn read(id: &str, page: &Page) -> Template {
        let fields = Fields::new(&page.front);
        Template {
            record: Record::read(id, page, &fields),
            sent_by: fields.text("sent_by"),
            channel: fields.text("channel"),
            subject: fields.text("subject"),
            blanks: fields.texts_by_id("blanks"),
        }
    }
}

/// What to do about one kind of incident.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// Its id, name and page
    pub record: Record,
    /// The severity to start from
    pub severity: Option<Text>,
    /// How one notices
    pub signs: Vec<(Text, Text)>,
}

impl Playbook {
    pub(super) fn read(id: &str, page: &Page) -> Playbook {
        let fields = Fields::new(&page.front);
        Playbook {
            record: Record::read(id, page, &fields),
            severity: fields.text("severity"),
            signs: fields.texts_by_id("signs"),
        }
    }
}

/// The words of a severity's name as they are compared: in lower case, letters apart from
/// figures, without "severity" and the like.
pub(super) fn severity_words(name: &str) -> Vec<String> {
    const IDLE: [&str; 5] = ["severity", "severities", "level", "incident", "incidents"];
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for character in name.chars() {
        let sort = (character.is_alphabetic(), character.is_numeric());
        if character.is_alphanumeric() {
            if last != Some(sort) {
                words.push(String::new());
            }
            words.last_mut().into_iter().for_each(|word| word.extend(character.to_lowercase()));
        }
        last = Some(sort);
    }
    words.retain(|word| !IDLE.contains(&word.as_str()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn an_expression_names_a_value_whatever_its_id() {
        assert_eq!(expression("timers", "report", "within"), "timers.report.within");
        assert_eq!(expression("severities", "sev-1", "rank"), "severities[\"sev-1\"].rank");
        assert_eq!(expression("tools", "büro", "title"), "tools[\"büro\"].title");
        assert_eq!(expression("tools", "1a", "title"), "tools[\"1a\"].title");
        assert_eq!(expression("tools", "a\"b", "title"), "tools[\"a\\\"b\"].title");
    }

    #[test]
    fn a_severity_is_known_by_its_names_however_they_are_written() {
        let text = |words: &str| Spanned::new(words.to_string(), Span::default());
        let severity = Severity {
            record: Record {
                id: "high".into(),
                title: "High severity".into(),
                summary: String::new(),
                page: "severities/high.md".into(),
                also_called: vec![text("SEV-1"), text("critical")],
                retired_names: vec![text("P1")],
            },
            rank: Some(Spanned::new(1, Span::default())),
            label: "High".into(),
            criteria: None,
            data: Vec::new(),
            hours: None,
            sitrep_every: None,
            authority: None,
            consult: Vec::new(),
            act_after: None,
            examples: Vec::new(),
        };
        for name in
            ["High", "HIGH", "High severity", "1 - High Severity", "SEV1", "Sev 1", "critical", "1. High"]
        {
            assert!(severity.is_called(name), "{name}");
        }
        for name in ["", "1", "Highest", "2 - High", "SEV-2", "P1", "High availability", "high value asset"] {
            assert!(!severity.is_called(name), "{name}");
        }
    }
}
