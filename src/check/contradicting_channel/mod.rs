//! `contradicting-channel`: one channel or contact with two addresses, and a channel where it must
//! not be used.

mod banned;
mod bound;
mod place;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::check::mention::channel::is_inside;
use crate::check::name_index::NameIndex;
use crate::check::passage::widest;
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Fields, Plan, Text};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "contradicting-channel",
    level: Level::Error,
    finds: "one channel or contact with two addresses or mentions, or a channel used where it must not be",
    explanation: "\
Why it matters
  Half of the team waits in one room and half in another. Or the attacker reads in a public room
  that the team is about to close the door.

What it reads
  A channel or contact that a sentence, a cell or a row of a table names, by a link or by its
  title, together with an address, a mention, an email address or a telephone number that is not
  its own. Two channels of one product and address with different mentions or readers. A
  channel in a section about a phase before its `from:` or after its `until:`. A channel that
  says its `audience:`, in a section for fewer readers. A channel that a section forbids (\"announce
  nothing in #incidents\") and sends people to. A sentence that forbids it is no use of it.

What to do
  Write the expression instead: `{{ channels.main.address }}`. Or mend the record.
",
    look,
};

/// A channel or a contact, as its record has it.
struct Point {
    /// `channels` or `contacts`
    map: &'static str,
    id: String,
    title: String,
    address: Option<Text>,
    mention: Option<Text>,
    email: Option<Text>,
    phone: Option<Text>,
}

/// The channels and contacts of a variant.
struct Directory {
    points: Vec<Point>,
    /// Their titles, those of two words or more
    titles: NameIndex,
    /// The number of each, by what a link to it says: `channel:war-room`
    by_link: HashMap<String, usize>,
    /// By a room in lower case, the first with it in its address, and one that has another id
    by_room: HashMap<String, Vec<usize>>,
}

impl Directory {
    fn of(plan: &Plan) -> Directory {
        let facts = Fields::new(&plan.values);
        let mut points = Vec::new();
        for map in ["channels", "contacts"] {
            for (id, it) in facts.records(map) {
                let text = |key: &str| it.text(key).filter(|text| !text.value.is_empty());
                points.push(Point {
                    map,
                    id: id.value.clone(),
                    title: it.text_or_empty("title"),
                    address: text("address"),
                    mention: text("mention"),
                    email: text("email"),
                    phone: text("phone"),
                });
            }
        }
        let mut seen: HashMap<String, usize> = HashMap::new();
        let titles = points.iter().map(|point| {
            let title = point.title.strip_prefix("the ").unwrap_or(&point.title);
            // Two of one title say as well as thousands that nobody knows which is meant.
            let count = seen.entry(title.to_lowercase()).or_default();
            *count += 1;
            if title.contains(' ') && *count <= 2 { title.to_string() } else { String::new() }
        });
        let titles = NameIndex::new(titles.collect::<Vec<_>>());
        let mut by_link = HashMap::new();
        let mut by_room: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, point) in points.iter().enumerate() {
            by_link.entry(format!("{}:{}", point.map.trim_end_matches('s'), point.id)).or_insert(at);
            let address = point.address.as_ref().map(|text| text.value.to_lowercase()).unwrap_or_default();
            for room in rooms(&address) {
                let holders = by_room.entry(room.to_string()).or_default();
                if holders.len() < 2 && holders.iter().all(|held| points[*held].id != point.id) {
                    holders.push(at);
                }
            }
        }
        Directory { points, titles, by_link, by_room }
    }
}

/// How many first words of a room may stand for it.
const MOST_STARTS: usize = 8;

/// The rooms in an address, also as the first of their words: `#war-room` and `#war`.
fn rooms(address: &str) -> impl Iterator<Item = &str> {
    address.match_indices('#').flat_map(move |(at, _)| {
        let length = address[at + 1..].find(|c: char| !is_inside(c)).unwrap_or(address.len() - at - 1);
        let whole = &address[at..at + 1 + length];
        let starts = whole.match_indices('-').take(MOST_STARTS).map(|(end, _)| &whole[..end]);
        starts.chain([whole]).filter(|room| room.len() > 1)
    })
}

fn look(binder: &Binder, findings: &mut Findings) {
    let plans = widest(binder);
    for plan in binder.plans {
        in_records(plan, findings);
        place::look(plan, &binder.project.sources, findings);
    }
    let directories: BTreeMap<&str, Directory> =
        plans.iter().map(|(name, plan)| (*name, Directory::of(plan))).collect();
    bound::look(binder, &directories, findings);
    banned::look(binder, findings);
}

/// Two channels that are one by their address, and differ in whom they reach or who may read them.
fn in_records(plan: &Plan, findings: &mut Findings) {
    let reader: Reader = (&plan.name, plan.edition);
    let facts = Fields::new(&plan.values);
    let mut rooms: BTreeMap<(String, String, String), [FirstTwo; 2]> = BTreeMap::new();
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for (id, it) in facts.records("channels") {
        let Some(address) = it.text("address").filter(|text| !text.value.is_empty()) else { continue };
        let place = (it.text_or_empty("kind"), it.text_or_empty("product"), address.value.to_lowercase());
        let audience = it.text("audience").or(Some(Text::new("public".into(), id.span)));
        let [mentions, audiences] = rooms.entry(place).or_default();
        for (what, first, said) in
            [("mentions", mentions, it.text("mention")), ("audiences", audiences, audience)]
        {
            let Some(said) = said else { continue };
            // An audience is often inherited: what makes the two one is the address.
            let span = if what == "audiences" { address.span } else { said.span };
            let own = Said { id: id.value.clone(), span, value: said.value };
            if let Some(other) = first.other_than(&own).filter(|_| told.insert(said.span)) {
                let message =
                    format!("the channels `{}` and `{}` are one room with two {what}", other.id, own.id);
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(own.span, format!("`{}` here", own.value))
                    .and(other.span, format!("`{}` here", other.value))
                    .help("give both the same, or each its own address");
                findings.tell_in(reader, diagnostic);
            }
            first.keep(own);
        }
    }
}

/// What a channel says of itself.
struct Said {
    id: String,
    value: String,
    /// Where it is shown
    span: Span,
}

/// The first channel of a room, and the first that says something else: from one of them, each other differs.
#[derive(Default)]
struct FirstTwo(Vec<Said>);

impl FirstTwo {
    fn other_than(&self, said: &Said) -> Option<&Said> {
        self.0.iter().find(|it| !it.value.eq_ignore_ascii_case(&said.value))
    }

    fn keep(&mut self, said: Said) {
        if self.0.len() < 2 && self.0.iter().all(|it| !it.value.eq_ignore_ascii_case(&said.value)) {
            self.0.push(said);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rooms;

    #[test]
    fn an_address_has_its_rooms_and_the_first_words_of_each() {
        assert_eq!(
            rooms("https://x.example/#war-room-2 #b #").collect::<Vec<_>>(),
            ["#war", "#war-room", "#war-room-2", "#b"]
        );
    }
}
