//! Facts: front matter merged along a lineage, narrowed to an edition, and handed to
//! templates.

use std::collections::HashSet;

use minijinja::Value as TemplateValue;

use crate::source::{Span, Spanned};
use crate::syntax::target::from_folder;
use crate::syntax::{Audience, Duration, DurationRange, Field, Kind, Map, Node, Shape, Value};

/// Keys of a plan that say something about its own layer and are never inherited.
const OWN: &[&str] = &["extends", "allow", "tailor"];

/// A parent's front matter with a layer's own laid over it, key by key. `null` removes.
pub fn merge(parent: &Map, own: &Map) -> Map {
    let mut merged = parent.clone();
    merged.retain(|key, _| !OWN.contains(&key));
    merge_into(&mut merged, own);
    merged
}

fn merge_into(merged: &mut Map, own: &Map) {
    let is_null = |node: &Node| node.value == Value::Null;
    if own.iter().any(|(_, node)| is_null(node)) {
        merged.retain(|key, _| !own.get(key).is_some_and(is_null));
    }
    for (key, node) in own.iter().filter(|(_, node)| !is_null(node)) {
        let inherited = merged.get(&key.value).and_then(|node| node.value.as_map());
        match (inherited, &node.value) {
            (Some(inherited), Value::Map(own)) => {
                let mut both = inherited.clone();
                merge_into(&mut both, own);
                // The place of what is merged is the place of the nearest layer's words.
                merged.set(key.clone(), Node::new(Value::Map(both), node.span));
            }
            // An old address stays an old address, whoever adds another.
            _ if key.value == "aliases" => {
                let inherited =
                    merged.get("aliases").and_then(|node| node.value.as_list()).unwrap_or_default();
                let own = node.value.as_list().unwrap_or_default();
                let both = inherited.iter().chain(own).cloned().collect();
                merged.set(key.clone(), Node::new(Value::List(both), node.span));
            }
            _ => merged.set(key.clone(), without_nulls(node)),
        }
    }
}

/// A value a layer adds may hold nulls for keys its parent does not have.
fn without_nulls(node: &Node) -> Node {
    match &node.value {
        Value::Map(map) => {
            let mut clean = Map::default();
            for (key, node) in map.iter().filter(|(_, node)| node.value != Value::Null) {
                clean.set(key.clone(), without_nulls(node));
            }
            Node::new(Value::Map(clean), node.span)
        }
        _ => node.clone(),
    }
}

/// What an edition may not see: pages of a kind and facts of a map, by id.
#[derive(Debug, Default)]
pub struct Hidden {
    records: HashSet<(Kind, String)>,
    facts: HashSet<(String, String)>,
    /// By their paths
    pages: HashSet<String>,
    /// Sections, by the paths that `deviations` has for them
    sections: HashSet<String>,
}

impl Hidden {
    /// Hides a page, by its path.
    pub fn page(&mut self, path: &str) {
        self.pages.insert(path.to_string());
    }

    /// Hides a section, by a path that leads to it.
    pub fn section(&mut self, path: &str) {
        self.sections.insert(path.to_string());
    }

    /// Hides the page of a record.
    pub fn record(&mut self, kind: Kind, id: &str) {
        self.records.insert((kind, id.to_string()));
    }

    /// Hides what another hides too.
    pub fn add(&mut self, other: Hidden) {
        self.records.extend(other.records);
        self.facts.extend(other.facts);
        self.pages.extend(other.pages);
        self.sections.extend(other.sections);
    }

    /// What of it is neither among some facts nor among some pages.
    pub fn without<'p>(mut self, facts: &Map, pages: impl Iterator<Item = &'p str> + Clone) -> Hidden {
        let is_there = |path: &str| pages.clone().any(|page| page == path);
        self.pages.retain(|path| !is_there(path));
        self.records
            .retain(|(kind, id)| !kind.folder().is_some_and(|folder| is_there(&format!("{folder}/{id}.md"))));
        self.facts.retain(|(map, id)| facts.at(&format!("{map}.{id}")).is_none());
        self
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        let Hidden { records, facts, pages, sections } = self;
        records.is_empty() && facts.is_empty() && pages.is_empty() && sections.is_empty()
    }

    /// Whether a path such as `contacts.duty.email` or `response.contain` leads to something hidden.
    fn has_path(&self, path: &str) -> bool {
        if self.sections.contains(path) || self.pages.iter().any(|page| in_page(path, page).is_some()) {
            return true;
        }
        let mut parts = path.split('.');
        let (Some(map), Some(id)) = (parts.next(), parts.next()) else { return false };
        self.facts.contains(&(map.to_string(), id.to_string()))
            || self.records.iter().any(|(kind, other)| kind.folder() == Some(map) && other == id)
    }

    /// Whether an address is that of a hidden page, or of a hidden section.
    fn has_place(&self, address: &str) -> bool {
        let (pages, id) = from_folder(address);
        pages.iter().any(|page| self.pages.contains(page) || self.sections.contains(&format!("{page}#{id}")))
    }

    /// Whether a value names something hidden.
    fn has(&self, shape: &Shape, id: &str) -> bool {
        match shape {
            Shape::Id(kind) => self.records.contains(&(*kind, id.to_string())),
            Shape::FactId(map) => self.facts.contains(&(map.to_string(), id.to_string())),
            _ => false,
        }
    }
}

/// Takes out the facts an edition may not see, and remembers which.
pub fn narrow(facts: &mut Map, edition: Audience, hidden: &mut Hidden) {
    facts.retain(|map, node| {
        let Value::Map(entries) = &mut node.value else { return true };
        let was_empty = entries.is_empty();
        entries.retain(|id, entry| {
            let shown = audience_of(entry) <= edition;
            if !shown {
                hidden.facts.insert((map.to_string(), id.to_string()));
            }
            shown
        });
        was_empty || !entries.is_empty()
    });
}

/// Takes out the facts that are for hidden severities or data alone, and remembers which: without these they would
/// be for all.
pub fn narrow_limited(facts: &mut Map, hidden: &mut Hidden) {
    const LIMITS: [(&str, &str); 2] = [("timers", "severities"), ("obligations", "data")];
    let was_hidden = |map: &str, id: &str| match map {
        "timers" => hidden.records.contains(&(Kind::Severity, id.to_string())),
        _ => hidden.facts.contains(&("terms".to_string(), id.to_string())),
    };
    let mut gone = Vec::new();
    facts.retain(|map, node| {
        let limit = LIMITS.iter().find(|(limited, _)| *limited == map);
        let (Some((_, limit)), Value::Map(entries)) = (limit, &mut node.value) else { return true };
        entries.retain(|id, entry| {
            let items = entry.value.as_map().and_then(|entry| entry.get(limit)).map(|node| &node.value);
            let Some(Value::List(items)) = items else { return true };
            let is_hidden = |item: &Node| item.value.as_text().is_some_and(|id| was_hidden(map, id));
            let stays = items.is_empty() || !items.iter().all(is_hidden);
            if !stays {
                gone.push((map.to_string(), id.to_string()));
            }
            stays
        });
        !entries.is_empty()
    });
    hidden.facts.extend(gone);
}

/// The maps of a plan whose keys are paths of facts.
const BY_PATH: [&str; 2] = ["deviations", "requires"];

/// The paths that a plan says something of, and the sections that its values are called by, such as those of its
/// controls.
pub fn paths(facts: &Map) -> Vec<String> {
    let sections = std::cell::RefCell::new(Vec::new());
    let maps = BY_PATH.iter().filter_map(|map| facts.get(map)?.value.as_map());
    let paths = maps.flat_map(|map| map.iter().map(|(path, _)| path.value.clone()));
    let mut paths: Vec<String> = paths.collect();
    has_text(facts, &|text| {
        if text.contains('#') && !text.contains(char::is_whitespace) {
            let (pages, id) = from_folder(text);
            sections.borrow_mut().extend(pages.iter().map(|page| format!("{page}#{id}")));
        }
        false
    });
    paths.extend(sections.into_inner());
    paths
}

/// The id of the section of a page that a path leads to: `contain` of `response.contain` and of
/// `response.md#contain`, and nothing of the page's own. `None` where it does not lead into the page.
pub fn in_page<'p>(path: &'p str, page: &str) -> Option<&'p str> {
    let dotted = page.trim_end_matches(".md").replace('/', ".");
    let rest = |start: &str, mark: char| {
        let rest = path.strip_prefix(start)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix(mark) }
    };
    rest(page, '#').or_else(|| rest(&dotted, '.'))
}

/// Takes out what a plan says of something hidden by its path.
pub fn forget_paths(facts: &mut Map, hidden: &[&Hidden]) {
    facts.retain(|map, node| {
        let (true, Value::Map(entries)) = (BY_PATH.contains(&map), &mut node.value) else { return true };
        let was_empty = entries.is_empty();
        entries.retain(|path, _| !hidden.iter().any(|hidden| hidden.has_path(path)));
        was_empty || !entries.is_empty()
    });
}

/// Stands for somebody who must be named, and whom the readers of an edition do not see.
const UNNAMED: &str = "not named here";

/// Takes out what names something hidden.
pub fn forget<'f>(map: &mut Map, fields: impl Iterator<Item = &'f Field> + Clone, hidden: &Hidden) {
    if hidden.is_empty() {
        return;
    }
    map.retain(|key, node| match (fields.clone().find(|field| field.name == key), &mut node.value) {
        (Some(_), Value::Text(path)) if key == "companion_of" => !hidden.has_place(path),
        // Whoever owns or approves it is called by a name, or by the id of a role.
        (Some(field), Value::Text(id)) if matches!(key, "owner" | "role" | "approved_by") => {
            let is_shown = !hidden.records.contains(&(Kind::Role, id.clone()));
            if !is_shown && field.required {
                *id = UNNAMED.to_string();
            }
            is_shown || field.required
        }
        (Some(_), Value::Map(entries)) if matches!(key, "approved_by" | "distribution") => {
            let is_role = |id: &str| hidden.records.contains(&(Kind::Role, id.to_string()));
            let role = |entry: &Node| Some(entry.value.as_map()?.get("role")?.value.as_text()?.to_string());
            entries.retain(|id, entry| !is_role(id) && !role(entry).is_some_and(|role| is_role(&role)));
            true
        }
        (Some(_), Value::Map(places)) if key == "controls" => {
            places.retain(|_, place| !place.value.as_text().is_some_and(|place| hidden.has_place(place)));
            true
        }
        (Some(field), _) => keep_visible(node, &field.shape, hidden),
        (None, _) => true,
    });
}

fn keep_visible(node: &mut Node, shape: &Shape, hidden: &Hidden) -> bool {
    match (shape, &mut node.value) {
        (Shape::Id(_) | Shape::FactId(_), Value::Text(id)) => !hidden.has(shape, id),
        (Shape::Address, Value::Text(address)) => !hidden.has_place(address),
        (Shape::List(shape), Value::List(items)) => {
            items.retain_mut(|item| keep_visible(item, shape, hidden));
            true
        }
        (Shape::ById(kind, _), Value::Map(map)) => {
            map.retain(|id, _| !hidden.has(&Shape::Id(*kind), id));
            true
        }
        (Shape::Map(shape), Value::Map(map)) => {
            map.retain(|_, node| keep_visible(node, shape, hidden));
            true
        }
        (Shape::Record(fields), Value::Map(map)) => {
            forget(map, fields.iter(), hidden);
            true
        }
        _ => true,
    }
}

fn audience_of(entry: &Node) -> Audience {
    let name = entry.value.as_map().and_then(|map| map.get("audience"));
    name.and_then(|node| Audience::parse(node.value.as_text()?)).unwrap_or_default()
}

/// The audience of a page's front matter.
pub fn page_audience(front: &Map) -> Audience {
    let name = front.get("audience").and_then(|node| node.value.as_text());
    name.and_then(Audience::parse).unwrap_or_default()
}

/// A map of front matter as templates see it: durations in words, the rest as written.
pub fn to_template<'f>(map: &Map, fields: impl Iterator<Item = &'f Field> + Clone) -> TemplateValue {
    TemplateValue::from_pairs(map.iter().filter_map(|(key, node)| {
        let field = fields.clone().find(|field| field.name == key.value)?;
        Some((key.value.clone(), value_to_template(node, &field.shape)))
    }))
}

fn value_to_template(node: &Node, shape: &Shape) -> TemplateValue {
    match (&node.value, shape) {
        (Value::Null, _) => TemplateValue::from(()),
        (Value::Flag(flag), _) => TemplateValue::from(*flag),
        (Value::Text(text), Shape::Duration) => TemplateValue::from(match Duration::parse(text) {
            Some(duration) => duration.to_string(),
            None => text.clone(),
        }),
        (Value::Text(text), Shape::DurationRange) => TemplateValue::from(match DurationRange::parse(text) {
            Some(range) => range.to_string(),
            None => text.clone(),
        }),
        (Value::Text(text), Shape::Whole) => match text.parse::<u32>() {
            Ok(number) => TemplateValue::from(number),
            Err(_) => TemplateValue::from(text.clone()),
        },
        (Value::Text(text), _) => TemplateValue::from(text.trim()),
        (Value::List(items), Shape::List(shape)) => {
            items.iter().map(|item| value_to_template(item, shape)).collect()
        }
        (Value::Map(map), Shape::Map(shape) | Shape::ById(_, shape)) => TemplateValue::from_pairs(
            map.iter().map(|(key, node)| (key.value.clone(), value_to_template(node, shape))),
        ),
        (Value::Map(map), Shape::Record(fields)) => to_template(map, fields.iter()),
        (Value::List(_) | Value::Map(_), _) => TemplateValue::UNDEFINED,
    }
}

/// Whether a text in a map, prose or not, is of some sort.
pub fn has_text(map: &Map, is_such: &dyn Fn(&str) -> bool) -> bool {
    fn is_in(value: &Value, is_such: &dyn Fn(&str) -> bool) -> bool {
        match value {
            Value::Text(text) => is_such(text),
            Value::List(items) => items.iter().any(|item| is_in(&item.value, is_such)),
            Value::Map(map) => has_text(map, is_such),
            Value::Flag(_) | Value::Null => false,
        }
    }
    map.iter().any(|(_, node)| is_in(&node.value, is_such))
}

/// Calls `change` with every text of a map that is prose; ids, dates and words of a
/// choice are none.
pub fn each_text<'f>(
    map: &mut Map,
    fields: impl Iterator<Item = &'f Field> + Clone,
    change: &mut dyn FnMut(&mut Spanned<Value>, &Shape),
) {
    map.retain(|key, node| {
        if let Some(field) = fields.clone().find(|field| field.name == key) {
            each_text_of(node, &field.shape, change);
        }
        true
    });
}

fn each_text_of(node: &mut Node, shape: &Shape, change: &mut dyn FnMut(&mut Node, &Shape)) {
    match (shape, &mut node.value) {
        (Shape::Text | Shape::Name, Value::Text(_)) => change(node, shape),
        (Shape::List(shape), Value::List(items)) => {
            items.iter_mut().for_each(|item| each_text_of(item, shape, change))
        }
        (Shape::Map(shape) | Shape::ById(_, shape), Value::Map(map)) => map.retain(|_, node| {
            each_text_of(node, shape, change);
            true
        }),
        (Shape::Record(fields), Value::Map(map)) => each_text(map, fields.iter(), change),
        _ => {}
    }
}

/// Calls `see` with every text of a map that is prose: its path, such as `channels.main.never`,
/// its words and its place. Ids, dates and words of a choice are none.
pub fn texts<'f>(
    map: &Map,
    fields: impl Iterator<Item = &'f Field> + Clone,
    path: &str,
    see: &mut dyn FnMut(&str, &str, Span),
) {
    for (key, node) in map.iter() {
        let path = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
        if let Some(field) = fields.clone().find(|field| field.name == key.value) {
            texts_of(node, &field.shape, &path, see);
        }
    }
}

fn texts_of(node: &Node, shape: &Shape, path: &str, see: &mut dyn FnMut(&str, &str, Span)) {
    match (shape, &node.value) {
        (Shape::Text | Shape::Name, Value::Text(text)) => see(path, text, node.span),
        (Shape::List(shape), Value::List(items)) => {
            items.iter().for_each(|item| texts_of(item, shape, path, see))
        }
        (Shape::Map(shape) | Shape::ById(_, shape), Value::Map(map)) => {
            for (key, node) in map.iter() {
                texts_of(node, shape, &format!("{path}.{}", key.value), see);
            }
        }
        (Shape::Record(fields), Value::Map(map)) => texts(map, fields.iter(), path, see),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::syntax::front_matter;

    fn facts(source: u32, yaml: &str) -> Map {
        let (map, faults) = front_matter::read(SourceId(source), yaml, 0..yaml.len(), Kind::Plan);
        assert_eq!(faults, []);
        map
    }

    fn text<'m>(map: &'m Map, path: &str) -> Option<&'m str> {
        map.at(path)?.value.as_text()
    }

    #[test]
    fn facts_merge_key_by_key_and_null_removes() {
        let base = facts(
            0,
            "timers: {report: {title: Report, within: 1h, starts: noticed}}\ntools: {chat: {title: Chat}}\n",
        );
        let own = facts(1, "timers: {report: {within: 30m}}\ntools: {chat: null}\n");
        let merged = merge(&base, &own);
        assert_eq!(text(&merged, "timers.report.within"), Some("30m"));
        assert_eq!(text(&merged, "timers.report.starts"), Some("noticed"));
        assert!(merged.at("tools.chat").is_none());
        let place = merged.at("timers.report.within").map(|node| node.span.source);
        assert_eq!(place, Some(SourceId(1)), "a fact knows the layer that stated it");
    }

    #[test]
    fn what_a_layer_says_of_itself_is_not_inherited() {
        let base = facts(0, "extends: root\nallow: {broken-link: a reason}\n");
        assert!(merge(&base, &Map::default()).is_empty());
    }

    #[test]
    fn an_edition_has_only_the_facts_it_may_see() {
        let mut all = facts(
            0,
            "channels:\n  open: {title: Open, kind: chat}\n  fire: {title: Fire, kind: chat, audience: responders}\n",
        );
        narrow(&mut all, Audience::Staff, &mut Hidden::default());
        assert!(all.at("channels.open").is_some());
        assert!(all.at("channels.fire").is_none());
    }
}
