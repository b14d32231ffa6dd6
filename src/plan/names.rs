//! What a plan calls its things: their titles, short forms, other names and addresses.

use std::collections::BTreeMap;

use crate::plan::{Fields, Plan, Record};
use crate::source::{Span, Spanned};

/// What a name is to its thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameSort {
    /// Its title, or a severity's label
    Title,
    /// Its short form
    Abbreviation,
    /// Another name that people use
    AlsoCalled,
    /// A name that is no longer used
    Retired,
    /// A channel's name in its product
    Address,
    /// What is written in a channel to reach people
    Mention,
}

/// A name of a thing of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The folder or the map of facts the thing is in, such as `roles` or `tools`
    pub map: &'static str,
    /// The thing's id there
    pub id: String,
    /// What the name is to it
    pub sort: NameSort,
    /// The name
    pub words: String,
    /// Where it is stated; `None` where it came of a heading or a file's name
    pub span: Option<Span>,
}

impl Name {
    /// Whether people may use it.
    pub fn is_current(&self) -> bool {
        self.sort != NameSort::Retired
    }
}

/// The maps of facts that have names, and the keys that hold them.
const FACTS: &[&str] = &["channels", "contacts", "tools", "statuses", "terms", "dependencies"];

impl Plan {
    /// Every name of its things: records first, in the order of their kinds, then facts by map.
    pub fn names(&self) -> Vec<Name> {
        let mut names = Vec::new();
        for severity in &self.severities {
            let id = severity.record.id.as_str();
            self.record_names("severities", &severity.record, &mut names);
            if severity.label != severity.record.title {
                let span = self.front_span(&severity.record, "label");
                names.push(name("severities", id, NameSort::Title, &severity.label, span));
            }
        }
        for role in &self.roles {
            self.record_names("roles", &role.record, &mut names);
            for short in role.abbreviation.iter().filter(|short| !short.value.is_empty()) {
                let short =
                    name("roles", &role.record.id, NameSort::Abbreviation, &short.value, Some(short.span));
                names.push(short);
            }
        }
        let phases = self.phases.iter().map(|it| ("phases", &it.record));
        let playbooks = self.playbooks.iter().map(|it| ("playbooks", &it.record));
        for (map, record) in phases.chain(playbooks) {
            self.record_names(map, record, &mut names);
        }
        let facts = Fields::new(&self.values);
        for map in FACTS {
            for (id, fields) in facts.records(map) {
                fact_names(map, &id.value, &fields, &mut names);
            }
        }
        names
    }

    fn record_names(&self, map: &'static str, record: &Record, names: &mut Vec<Name>) {
        let title = self.front_span(record, "title");
        names.push(name(map, &record.id, NameSort::Title, &record.title, title));
        let also = record.also_called.iter().map(|it| (NameSort::AlsoCalled, it));
        let retired = record.retired_names.iter().map(|it| (NameSort::Retired, it));
        for (sort, it) in also.chain(retired) {
            names.push(name(map, &record.id, sort, &it.value, Some(it.span)));
        }
    }

    /// Where the page of a record states a value.
    pub fn front_span(&self, record: &Record, key: &str) -> Option<Span> {
        let page = &self.pages[self.page_index(&record.page)?];
        page.front.get(key).map(|node| node.span)
    }

    /// What pages write to get a thing's current name, such as `{{ tools.chat.title }}`.
    pub fn name_expression(&self, map: &str, id: &str) -> String {
        let has_label = map == "severities"
            && self.severities.iter().any(|it| it.record.id == id && it.label != it.record.title);
        let key = if has_label { "label" } else { "title" };
        format!("{{{{ {} }}}}", super::records::expression(map, id, key))
    }

    /// The current name of a thing, by its map and id.
    pub fn current_name<'n>(names: &'n [Name], map: &str, id: &str) -> Option<&'n str> {
        let titles = names.iter().filter(|name| name.sort == NameSort::Title);
        titles.filter(|name| name.map == map && name.id == id).map(|name| name.words.as_str()).next_back()
    }

    /// How the current names of its roles are listed to an author.
    pub fn titles(&self, map: &str) -> Vec<String> {
        let mut titles = BTreeMap::new();
        let mut order = Vec::new();
        for name in self.names().into_iter().filter(|it| it.map == map && it.sort == NameSort::Title) {
            if titles.insert(name.id.clone(), name.words).is_none() {
                order.push(name.id);
            }
        }
        order.into_iter().filter_map(|id| titles.remove(&id)).collect()
    }
}

fn name(map: &'static str, id: &str, sort: NameSort, words: &str, span: Option<Span>) -> Name {
    Name { map, id: id.to_string(), sort, words: words.to_string(), span }
}

fn fact_names(map: &'static str, id: &str, fields: &Fields, names: &mut Vec<Name>) {
    let one = [
        ("title", NameSort::Title),
        ("abbreviation", NameSort::Abbreviation),
        ("address", NameSort::Address),
        ("mention", NameSort::Mention),
    ];
    let many = [("also_called", NameSort::AlsoCalled), ("retired_names", NameSort::Retired)];
    let mut add = |sort: NameSort, text: Spanned<String>| {
        if !text.value.is_empty() {
            names.push(name(map, id, sort, &text.value, Some(text.span)));
        }
    };
    for (key, sort) in one {
        fields.text(key).into_iter().for_each(|text| add(sort, text));
    }
    for (key, sort) in many {
        fields.texts(key).into_iter().for_each(|text| add(sort, text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::syntax::{Kind, front_matter};

    #[test]
    fn a_fact_has_a_title_and_other_names() {
        let yaml = "tools: {chat: {title: Teams, also_called: [Microsoft Teams], retired_names: [Slack]}}\n";
        let (map, faults) = front_matter::read(SourceId(0), yaml, 0..yaml.len(), Kind::Plan);
        assert_eq!(faults, []);
        let mut names = Vec::new();
        for (id, fields) in Fields::new(&map).records("tools") {
            fact_names("tools", &id.value, &fields, &mut names);
        }
        let found: Vec<(NameSort, &str)> =
            names.iter().map(|name| (name.sort, name.words.as_str())).collect();
        let expected = [
            (NameSort::Title, "Teams"),
            (NameSort::AlsoCalled, "Microsoft Teams"),
            (NameSort::Retired, "Slack"),
        ];
        assert_eq!(found, expected);
        assert_eq!(Plan::current_name(&names, "tools", "chat"), Some("Teams"));
        assert!(!names[2].is_current());
    }
}
