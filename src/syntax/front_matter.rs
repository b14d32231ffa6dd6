//! Front matter: YAML as a tree in which every key and value has its place.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use crate::limits;
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::escape::{find_unwritable, is_unwritable};
use crate::syntax::yaml::{Raw, RawValue, parse};
use crate::syntax::{Duration, DurationRange, Fault, FaultKind, Field, Kind, Shape};

/// How many letters of a value are shown in a message.
const SHOWN: usize = 100;

/// A value of front matter and its place.
pub type Node = Spanned<Value>;

/// A value of front matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing; in a tailoring it removes the inherited value.
    Null,
    /// `true` or `false`
    Flag(bool),
    /// Text, and a number as it is written.
    Text(String),
    /// A list
    List(Vec<Node>),
    /// A map, in the order it is written.
    Map(Map),
}

/// Keys and values, in the order they are written.
#[derive(Debug, Clone, Default)]
pub struct Map {
    entries: Vec<(Spanned<String>, Node)>,
    /// Of more than a few, the place of each key, once somebody asked for one
    places: OnceLock<HashMap<String, usize>>,
}

/// So many keys are looked through one by one.
const FEW: usize = 32;

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Map {}

impl Hash for Map {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.entries.hash(state);
    }
}

impl Map {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key, with its place, and its value.
    pub fn entry(&self, key: &str) -> Option<&(Spanned<String>, Node)> {
        self.place_of(key).map(|at| &self.entries[at])
    }

    fn place_of(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= FEW {
            return self.entries.iter().position(|(name, _)| name.value == key);
        }
        let place = |(at, (name, _)): (usize, &(Spanned<String>, Node))| (name.value.clone(), at);
        self.places.get_or_init(|| self.entries.iter().enumerate().map(place).collect()).get(key).copied()
    }

    /// Puts a value at a key: where the key stands already, or at the end.
    pub fn set(&mut self, key: Spanned<String>, value: Node) {
        match self.place_of(&key.value) {
            Some(at) => self.entries[at] = (key, value),
            None => {
                if let Some(places) = self.places.get_mut() {
                    places.insert(key.value.clone(), self.entries.len());
                }
                self.entries.push((key, value));
            }
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) {
        if let Some(at) = self.place_of(key) {
            self.entries.remove(at);
            if let Some(places) = self.places.get_mut() {
                places.remove(key);
                places.values_mut().filter(|place| **place > at).for_each(|place| *place -= 1);
            }
        }
    }

    /// Keeps the entries `keep` says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &mut Node) -> bool) {
        self.places.take();
        self.entries.retain_mut(|(name, value)| keep(&name.value, value));
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Spanned<String>, &Node)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value at a path of keys, such as `contacts.report.email`. A key may have dots itself, as versions do:
    /// `document.changes.1.0.0.on`.
    pub fn at(&self, path: &str) -> Option<&Node> {
        let below = |(dot, _)| self.get(&path[..dot])?.value.as_map()?.at(&path[dot + 1..]);
        self.get(path).or_else(|| path.match_indices('.').find_map(below))
    }
}

impl Value {
    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list, where it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// Whether it says nothing: null, blank text, an empty list or map.
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Flag(_) => false,
            Value::Text(text) => text.trim().is_empty(),
            Value::List(list) => list.is_empty(),
            Value::Map(map) => map.is_empty(),
        }
    }

    fn describe(&self) -> String {
        match self {
            Value::Null => "nothing".into(),
            Value::Flag(flag) => format!("`{flag}`"),
            Value::Text(text) => match text.char_indices().nth(SHOWN) {
                Some((end, _)) => format!("`{}…`", &text[..end]),
                None => format!("`{text}`"),
            },
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }
}

/// Divides a page into its front matter, without the fences, and where its body starts.
///
/// A page without front matter has an empty one. The fence is `---` on the first line that is
/// not blank, and on a later line.
pub fn split(source: SourceId, text: &str) -> (Option<std::ops::Range<usize>>, usize, Option<Fault>) {
    let blank = text.len() - text.trim_start().len();
    let start = text[..blank].rfind('\n').map_or(0, |newline| newline + 1);
    let mut lines = text[start..].split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if first.trim_end() != "---" {
        let is_meant = is_like_fence(first.trim()) && lines.next().is_some_and(is_key);
        let before = first.len() - first.trim_start().len();
        let span = Span::new(source, start + before..start + first.trim_end().len());
        return (None, 0, is_meant.then(|| Fault::new(span, FaultKind::WrongFence)));
    }
    let fence = first;
    let from = start + fence.len();
    let mut at = from;
    for line in lines {
        let end = at + line.len();
        if line.trim_end() == "---" {
            return (Some(from..at), end, None);
        }
        at = end;
    }
    let span = Span::new(source, start..start + 3);
    (None, start, Some(Fault::new(span, FaultKind::UnclosedFrontMatter)))
}

/// Whether a line is what somebody writes who means the fence: indented, with another number of signs, with those of
/// TOML, with dashes an editor made of them, or with a comment after it.
fn is_like_fence(line: &str) -> bool {
    let of =
        |signs: &str, least: usize| line.chars().count() >= least && line.chars().all(|c| signs.contains(c));
    of("-–—", 2) || of("—", 1) || of("+", 3) || line.starts_with("--- ")
}

/// Whether a line is a key with its value, in YAML or in TOML.
fn is_key(line: &str) -> bool {
    let name = line.len() - line.trim_start_matches(|c: char| c.is_ascii_lowercase() || c == '_').len();
    let rest = &line[name..];
    name > 0 && (rest.trim_end() == ":" || rest.starts_with(": ") || rest.trim_start().starts_with("= "))
}

/// The front matter of a page whose own cannot be read: it may have said that the page is not
/// for everybody.
pub fn unreadable(source: SourceId) -> Map {
    let span = Span::new(source, 0..0);
    let mut map = Map::default();
    map.set(Spanned::new("audience".into(), span), Node::new(Value::Text("responders".into()), span));
    map
}

/// Reads YAML as a tree, whatever it says. `None` where it is no YAML.
pub fn tree(source: SourceId, yaml: &str) -> Option<Node> {
    let mut reader = Reader { source, base: 0, kind: Kind::Page, faults: Vec::new() };
    parse(yaml).ok().map(|raw| reader.place(raw, yaml, true))
}

/// Reads front matter of a kind of page. What has the wrong shape is left out of the map
/// and told as a fault, so that whoever reads the map may rely on its shapes.
pub fn read(source: SourceId, text: &str, range: std::ops::Range<usize>, kind: Kind) -> (Map, Vec<Fault>) {
    let yaml = &text[range.clone()];
    let mut reader = Reader { source, base: range.start, kind, faults: Vec::new() };
    let map = match parse(yaml) {
        Ok(raw) => match reader.place(raw, yaml, false) {
            Node { value: Value::Map(mut map), .. } => {
                let fields: Vec<&Field> = kind.all_fields().collect();
                reader.check_fields(&mut map, &fields, "");
                map
            }
            Node { value: Value::Null, .. } => Map::default(),
            Node { value, span } => {
                let found = match value {
                    Value::List(_) => "a list",
                    _ => "a single value",
                };
                reader.faults.push(Fault::new(span, FaultKind::NotAMap(found)));
                unreadable(source)
            }
        },
        Err((reason, range)) => {
            let span = reader.span(range);
            reader.faults.push(Fault::new(span, FaultKind::NotYaml(reason)));
            unreadable(source)
        }
    };
    (map, reader.faults)
}

struct Reader {
    source: SourceId,
    base: usize,
    kind: Kind,
    faults: Vec<Fault>,
}

impl Reader {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, self.base + range.start..self.base + range.end)
    }

    /// Turns the parser's tree into ours, telling keys that stand twice.
    fn place(&mut self, raw: Raw, yaml: &str, excepted: bool) -> Node {
        let span = self.span(raw.range.clone());
        let value = match raw.value {
            RawValue::Null => Value::Null,
            RawValue::Flag(flag) => Value::Flag(flag),
            // The text as written: `1.10` is a version, not 1.1.
            RawValue::Number(number) => Value::Text(match yaml.get(raw.range) {
                Some(text) if !text.trim().is_empty() => text.trim().to_string(),
                _ => number,
            }),
            RawValue::Text(text) => Value::Text(self.plain(text, span)),
            RawValue::List(items) => {
                Value::List(items.into_iter().map(|item| self.place(item, yaml, false)).collect())
            }
            RawValue::Map(entries) => {
                let mut map = Map::default();
                for (key, range, value) in entries {
                    let span = self.span(range.clone());
                    let key = self.plain(key, span);
                    // An exception without its reason is told by a rule of its own.
                    if !excepted {
                        self.look_for_nothing(&key, range, &value, yaml);
                    }
                    let value = self.place(value, yaml, key == "allow");
                    if let Some((first, _)) = map.entry(&key) {
                        let first = first.span;
                        self.faults.push(Fault::new(span, FaultKind::DuplicateKey { key, first }));
                    } else {
                        map.set(Spanned::new(key, span), value);
                    }
                }
                Value::Map(map)
            }
        };
        Node::new(value, span)
    }

    /// A text without characters that nobody writes; YAML can write them as escapes.
    fn plain(&mut self, text: String, span: Span) -> String {
        let Some((_, character)) = find_unwritable(&text) else { return text };
        self.faults.push(Fault::new(span, FaultKind::Unwritable(character)));
        text.replace(is_unwritable, "\u{FFFD}")
    }

    /// A key with nothing after it removes an inherited value, which is rarely meant: `null`
    /// says that it is.
    fn look_for_nothing(&mut self, key: &str, place: std::ops::Range<usize>, value: &Raw, yaml: &str) {
        if !matches!(value.value, RawValue::Null) {
            return;
        }
        let rest = yaml.get(place.end..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let after = line.trim_start_matches(['"', '\'']).trim_start_matches(':').trim();
        let span = self.span(place);
        if after.starts_with('#') {
            self.faults.push(Fault::new(span, FaultKind::CommentForValue(key.to_string())));
        } else if after.is_empty() || after.starts_with([',', '}']) {
            self.faults.push(Fault::new(span, FaultKind::EmptyValue(key.to_string())));
        }
    }

    fn check_fields(&mut self, map: &mut Map, fields: &[&Field], within: &str) {
        let mut unknown = Vec::new();
        for (key, _) in map.iter() {
            if !fields.iter().any(|field| field.name == key.value) {
                unknown.push(key.clone());
            }
        }
        for key in unknown {
            self.faults.push(Fault::new(
                key.span,
                FaultKind::UnknownKey {
                    key: key.value,
                    known: fields.iter().map(|field| field.name).collect(),
                    kind: self.kind,
                    within: within.to_string(),
                },
            ));
        }
        map.retain(|key, node| {
            let Some(field) = fields.iter().find(|field| field.name == key) else {
                return false;
            };
            let path = if within.is_empty() { key.to_string() } else { format!("{within}.{key}") };
            self.check_shape(node, &field.shape, &path)
        });
    }

    /// Whether a value has a shape. Null has every shape: it removes.
    fn check_shape(&mut self, node: &mut Node, shape: &Shape, path: &str) -> bool {
        if node.value == Value::Null {
            return true;
        }
        if let (Shape::Name | Shape::Id(_) | Shape::FactId(_) | Shape::Address, Value::Text(text)) =
            (shape, &node.value)
            && limits::NAME.is_passed_by(text)
        {
            self.faults.push(too_long(path, node.span, "a text", text));
            return false;
        }
        let fits = match (shape, &mut node.value) {
            (Shape::Text | Shape::Name | Shape::Id(_) | Shape::FactId(_), Value::Text(_)) => true,
            (Shape::Flag, Value::Flag(_)) => true,
            (Shape::Whole, Value::Text(text)) => text.parse::<u32>().is_ok(),
            (Shape::Duration, Value::Text(text)) => Duration::parse(text).is_some(),
            (Shape::DurationRange, Value::Text(text)) => DurationRange::parse(text).is_some(),
            (Shape::Date, Value::Text(text)) => is_date(text),
            (Shape::OneOf(words), Value::Text(text)) => words.contains(&text.as_str()),
            (Shape::List(shape), Value::List(items)) => {
                items.retain_mut(|item| item.value != Value::Null && self.check_shape(item, shape, path));
                true
            }
            (Shape::Address, Value::Text(text)) => {
                let is_path = !text.split('/').next().unwrap_or_default().contains(':');
                is_path || text.starts_with("https://") || text.starts_with("http://")
            }
            (Shape::Map(shape) | Shape::ById(_, shape), Value::Map(map)) => {
                for (key, _) in map.iter().filter(|(key, _)| limits::NAME.is_passed_by(&key.value)) {
                    self.faults.push(too_long(path, key.span, "a map with keys", &key.value));
                }
                map.retain(|key, node| {
                    !limits::NAME.is_passed_by(key) && self.check_shape(node, shape, &format!("{path}.{key}"))
                });
                true
            }
            (Shape::Record(fields), Value::Map(map)) => {
                let fields: Vec<&Field> = fields.iter().collect();
                self.check_fields(map, &fields, path);
                true
            }
            _ => false,
        };
        if !fits {
            self.faults.push(Fault::new(
                node.span,
                FaultKind::WrongShape {
                    field: path.to_string(),
                    expected: shape.describe(),
                    found: node.value.describe(),
                    choices: match shape {
                        Shape::OneOf(words) => words.to_vec(),
                        _ => Vec::new(),
                    },
                },
            ));
            if path == "audience" || path.ends_with(".audience") {
                // Hidden from all but those who respond, until it is mended.
                node.value = Value::Text("responders".into());
                return true;
            }
        }
        fits
    }
}

/// The fault of a text of a field that is longer than a name may be.
fn too_long(field: &str, span: Span, what: &str, text: &str) -> Fault {
    let kind = FaultKind::WrongShape {
        field: field.to_string(),
        expected: format!("{what} within {}", limits::NAME),
        found: text.chars().count().to_string(),
        choices: Vec::new(),
    };
    Fault::new(span, kind)
}

/// Whether a text is a day as `2026-05-02`, and not one of the other ways to write a date.
fn is_date(text: &str) -> bool {
    let digits = |range| text.get(range).is_some_and(|part: &str| part.bytes().all(|b| b.is_ascii_digit()));
    text.len() == 10
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && text.parse::<jiff::civil::Date>().is_ok()
}

impl Shape {
    /// What a value of this shape is, in words.
    pub fn describe(&self) -> String {
        match self {
            Shape::Text | Shape::Name => "a text".into(),
            Shape::Flag => "`true` or `false`".into(),
            Shape::Whole => "a whole number".into(),
            Shape::Duration => "a duration such as `15m` or `3 business days`".into(),
            Shape::DurationRange => "a duration such as `15m`, or a range such as `15m..30m`".into(),
            Shape::Date => "a date such as `2026-05-02`".into(),
            Shape::OneOf(words) => format!("one of {}", words.join(", ")),
            Shape::Id(kind) => format!("the id of a {}", kind.name()),
            Shape::FactId(map) => format!("an id of `{map}`"),
            Shape::List(_) => "a list".into(),
            Shape::Address => "a web address such as `https://status.agency.gov`".into(),
            Shape::Map(_) | Shape::ById(..) | Shape::Record(_) => "a map".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(yaml: &str, kind: Kind) -> (Map, Vec<Fault>) {
        read(SourceId(0), yaml, 0..yaml.len(), kind)
    }

    #[test]
    fn every_fault_of_a_file_is_told_at_its_place() {
        let yaml = "titel: A\nrank: high\ntitle: [a]\nhours: buisness\n";
        let (map, faults) = read_text(yaml, Kind::Severity);
        assert!(map.is_empty());
        let places: Vec<&str> = faults.iter().map(|fault| &yaml[fault.span.range()]).collect();
        assert_eq!(places, ["titel", "high", "a", "buisness"]);
    }

    #[test]
    fn numbers_stay_as_written() {
        let (map, faults) = read_text("document: {version: 1.10, id: 017}\n", Kind::Plan);
        assert_eq!(faults, []);
        let text = |path| map.at(path).and_then(|node| node.value.as_text());
        assert_eq!(text("document.version"), Some("1.10"));
        assert_eq!(text("document.id"), Some("017"));
    }

    #[test]
    fn a_key_with_dots_stands_in_a_path() {
        let yaml = "document:\n  changes:\n    1.0.0: {what: All}\n    1: {what: Less}\n";
        let (map, faults) = read_text(yaml, Kind::Plan);
        assert_eq!(faults, []);
        let text = |path| map.at(path).and_then(|node| node.value.as_text());
        assert_eq!(text("document.changes.1.0.0.what"), Some("All"));
        assert_eq!(text("document.changes.1.what"), Some("Less"));
        assert_eq!(text("document.changes.1.0.what"), None);
    }

    #[test]
    fn a_key_that_stands_twice_is_told_and_the_first_counts() {
        let (map, faults) = read_text("title: a\ntitle: b\n", Kind::Page);
        assert_eq!(map.get("title").and_then(|node| node.value.as_text()), Some("a"));
        assert!(matches!(&faults[..], [Fault { kind: FaultKind::DuplicateKey { .. }, .. }]));
    }

    #[test]
    fn a_map_of_many_keys_finds_each_after_every_change() {
        let span = Span::default();
        let node = |text: &str| Node::new(Value::Text(text.into()), span);
        let mut map = Map::default();
        for number in 0..3 * FEW {
            map.set(Spanned::new(number.to_string(), span), node("first"));
        }
        map.set(Spanned::new("70".into(), span), node("second"));
        map.remove("3");
        map.set(Spanned::new("new".into(), span), node("third"));
        map.retain(|key, _| key != "4");
        map.set(Spanned::new("3".into(), span), node("fourth"));
        let keys: Vec<&str> = map.iter().map(|(key, _)| key.value.as_str()).collect();
        assert_eq!((keys.len(), &keys[..5]), (3 * FEW, &["0", "1", "2", "5", "6"][..]));
        assert_eq!(keys[keys.len() - 2..], ["new", "3"]);
        for (key, node) in map.iter() {
            assert_eq!(map.get(&key.value), Some(node), "{}", key.value);
        }
        assert_eq!((map.get("4"), map.get("70")), (None, Some(&node("second"))));
    }

    #[test]
    fn a_key_without_a_value_removes_nothing_in_silence() {
        for yaml in ["title:\n", "title: # a comment\n", "document: {version: , id: x}\n"] {
            assert_eq!(read_text(yaml, Kind::Plan).1.len(), 1, "{yaml}");
        }
        for yaml in ["title: null\n", "title: ~\n", "document: {version: null}\n"] {
            assert_eq!(read_text(yaml, Kind::Plan).1, [], "{yaml}");
        }
    }

    #[test]
    fn bombs_and_depths_are_faults() {
        let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (name, before) in
            ["b", "c", "d", "e", "f", "g", "h"].iter().zip(["a", "b", "c", "d", "e", "f", "g"])
        {
            let alias = format!("*{before}, ").repeat(10);
            bomb += &format!("{name}: &{name} [{}]\n", alias.trim_end_matches(", "));
        }
        let deep = format!("a: {}{}", "[".repeat(10_000), "]".repeat(10_000));
        for yaml in [bomb.as_str(), deep.as_str(), "a: [", "\t- x", "- a", "just text", "a: *b"] {
            let (map, faults) = read_text(yaml, Kind::Page);
            let hidden = map.get("audience").and_then(|node| node.value.as_text());
            assert_eq!(hidden, Some("responders"), "what cannot be read is not for everybody");
            assert!(!faults.is_empty(), "no fault in {}", &yaml[..yaml.len().min(40)]);
        }
    }

    #[test]
    fn a_fence_is_three_hyphens_on_the_first_line_and_a_later_one() {
        let id = SourceId(0);
        assert_eq!(split(id, "---\na: b\n---\nbody"), (Some(4..9), 13, None));
        assert_eq!(split(id, "body"), (None, 0, None));
        assert_eq!(split(id, "---\n---\n"), (Some(4..4), 8, None));
        assert!(split(id, "---\na: b\n").2.is_some());
        assert_eq!(split(id, "\n\n--- \na: b\n---\nbody").0, Some(7..12));
    }
}
