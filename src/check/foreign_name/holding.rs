//! What the plans of a binder say is theirs, each with the sense in which it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::name_index::NameIndex;
use crate::plan::{Fields, Plan, Text, records};
use crate::source::Span;

/// In which sense something belongs to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    /// What an organization is called
    Organization,
    /// What a system is called
    System,
    /// What an organization's responders are called together
    Team,
    /// A domain of an organization
    Domain,
    /// A host of a system
    Host,
    /// A mailbox, a telephone or a room
    Address,
    /// A person
    Person,
    /// A product in use
    Product,
}

impl Sense {
    /// What it is called in a message.
    pub fn name(self) -> &'static str {
        match self {
            Sense::Organization => "a name",
            Sense::System => "a system name",
            Sense::Team => "a team",
            Sense::Domain => "a domain",
            Sense::Host => "a host",
            Sense::Address => "an address",
            Sense::Person => "a person",
            Sense::Product => "a product",
        }
    }
}

/// Something that belongs to some variants.
#[derive(Debug)]
pub(super) struct Holding {
    /// How it is written
    pub words: String,
    /// In which sense
    pub sense: Sense,
    /// The path of the fact that states it, such as `tools.chat.title`
    pub path: String,
    /// The variant that states it
    pub first: String,
    /// Whose it is, by the name of the variant, each with the place that says so
    pub owners: BTreeMap<String, Span>,
}

impl Holding {
    /// What pages write to get this variant's own.
    pub fn expression(&self) -> String {
        match self.sense {
            Sense::Domain => format!("{} | first", self.path),
            Sense::Host => format!("{} | first", self.path),
            _ => match self.path.split_once('.').map(|(map, rest)| (map, rest.rsplit_once('.'))) {
                Some((map, Some((id, key)))) => records::expression(map, id, key),
                _ => self.path.clone(),
            },
        }
    }
}

/// One thing that a plan states as its own.
struct Stated {
    words: String,
    sense: Sense,
    path: String,
    span: Span,
}

/// What all plans state, by sense and words.
pub(super) fn holdings(plans: &BTreeMap<&str, &Plan>) -> Vec<Holding> {
    let mut found: BTreeMap<(Sense, String), Holding> = BTreeMap::new();
    // Who states a thing comes before those who inherit it.
    let mut nearest_first: Vec<_> = plans.iter().collect();
    nearest_first.sort_by_key(|(name, plan)| (plan.lineage.len(), **name));
    for (name, plan) in nearest_first {
        for it in stated(plan) {
            let holding = found.entry((it.sense, it.words.clone())).or_insert_with(|| Holding {
                words: it.words,
                sense: it.sense,
                path: it.path,
                first: name.to_string(),
                owners: BTreeMap::new(),
            });
            holding.owners.entry(name.to_string()).or_insert(it.span);
        }
    }
    let mut found: Vec<Holding> = found.into_values().collect();
    // Of two names that begin at one place the longer is what is meant.
    found.sort_by(|a, b| {
        b.words.len().cmp(&a.words.len()).then(a.sense.cmp(&b.sense)).then(a.words.cmp(&b.words))
    });
    found
}

fn stated(plan: &Plan) -> Vec<Stated> {
    let facts = Fields::new(&plan.values);
    let mut found = Vec::new();
    let mut add = |sense: Sense, path: String, text: Text| {
        if !text.value.is_empty() {
            found.push(Stated { words: text.value, sense, path, span: text.span });
        }
    };
    if let Some(it) = facts.record("organization") {
        let names =
            ["name", "legal_name"].into_iter().filter_map(|key| it.text(key)).chain(it.texts("also_called"));
        for name in names.filter(|name| is_proper(&name.value)) {
            add(Sense::Organization, "organization.name".into(), name);
        }
        for domain in it.texts("domains") {
            add(Sense::Domain, "organization.domains".into(), domain);
        }
        let team = it.text("team").filter(|team| team.value.split_whitespace().any(is_short_form));
        team.into_iter().for_each(|team| add(Sense::Team, "organization.team".into(), team));
    }
    if let Some(it) = facts.record("system") {
        let name = it.text("name").filter(|name| is_proper(&name.value));
        name.into_iter().for_each(|name| add(Sense::System, "system.name".into(), name));
        it.texts("hosts").into_iter().for_each(|host| add(Sense::Host, "system.hosts".into(), host));
    }
    for (id, it) in facts.records("contacts") {
        let path = |key: &str| format!("contacts.{}.{key}", id.value);
        it.text("email").into_iter().for_each(|email| add(Sense::Address, path("email"), email));
        let phone = it.text("phone").filter(|phone| digits(&phone.value).len() >= 7);
        phone.into_iter().for_each(|phone| add(Sense::Address, path("phone"), phone));
        let name = it.text("name").filter(|name| is_proper(&name.value) && name.value.contains(' '));
        name.into_iter().for_each(|name| add(Sense::Person, path("name"), name));
    }
    for (id, it) in facts.records("channels") {
        for key in ["address", "mention"] {
            let text = it.text(key).filter(|text| is_distinctive(&text.value));
            text.into_iter()
                .for_each(|text| add(Sense::Address, format!("channels.{}.{key}", id.value), text));
        }
    }
    for (id, it) in facts.records("tools") {
        for name in it.text("title").into_iter().chain(it.texts("also_called")) {
            for product in products(&name.value).into_iter().filter(|product| is_proper(product)) {
                let text = Text::new(product.to_string(), name.span);
                add(Sense::Product, format!("tools.{}.title", id.value), text);
            }
        }
    }
    found
}

/// The products a tool's title names: "Jira, GitHub or GitLab" names three.
pub(super) fn products(title: &str) -> Vec<&str> {
    let parts =
        title.split([',', '/', ';']).flat_map(|part| part.split(" or ")).flat_map(|part| part.split(" and "));
    let parts = parts.map(|part| part.trim().trim_start_matches("or ").trim_start_matches("and ").trim());
    parts.filter(|part| !part.is_empty()).collect()
}

/// A name of its own: it begins with a capital, or has one or a figure inside.
fn is_proper(name: &str) -> bool {
    name.chars().count() >= 3 && name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Letters that stand for words: `SIRT`
fn is_short_form(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(char::is_uppercase)
}

/// A room or a mention that cannot be an ordinary word.
fn is_distinctive(address: &str) -> bool {
    address.starts_with(['#', '@', '!', '/']) || (is_proper(address) && address.contains(' '))
}

/// The figures of a telephone number.
pub(super) fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// What a variant may say.
pub(super) struct Ownership {
    /// The numbers of what its own plan names, as itself or as a part of a longer name, of what is its own, and
    /// of the organizations, teams and systems it may name
    own: HashSet<usize>,
    /// Whether it has rooms or mentions: then what is none of them is `unknown-channel`'s
    has_rooms: bool,
    has_mentions: bool,
}

impl Ownership {
    fn of(plan: &Plan, holdings: &[Holding], index: &NameIndex) -> Ownership {
        let facts = Fields::new(&plan.values);
        let channels = facts.records("channels");
        let has_channel = |mark: char| {
            channels.iter().any(|(_, it)| {
                ["address", "mention"].iter().any(|key| it.text_or_empty(key).starts_with(mark))
            })
        };
        let stated = stated(plan).into_iter().map(|it| it.words);
        let mut own = HashSet::new();
        for name in plan.names().into_iter().map(|name| name.words).chain(stated) {
            let found = index.find(&name).into_iter().map(|(_, at)| at);
            own.extend(found.filter(|at| name.contains(&holdings[*at].words)));
        }
        Ownership { own, has_rooms: has_channel('#'), has_mentions: has_channel('@') }
    }

    /// Whether something, by its number, belongs to others alone.
    pub fn is_foreign(&self, at: usize, holding: &Holding) -> bool {
        if self.own.contains(&at) {
            return false;
        }
        match holding.sense {
            Sense::Address if holding.words.starts_with('#') => !self.has_rooms,
            Sense::Address if holding.words.starts_with('@') => !self.has_mentions,
            _ => true,
        }
    }
}

/// What each variant may say, by its name.
pub(super) fn ownership<'p>(
    plans: &BTreeMap<&'p str, &Plan>,
    holdings: &[Holding],
    index: &NameIndex,
) -> BTreeMap<&'p str, Ownership> {
    let mut of_owner: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, holding) in holdings.iter().enumerate() {
        holding.owners.keys().for_each(|owner| of_owner.entry(owner).or_default().push(at));
    }
    let owned = |name: &str, senses: &[Sense]| {
        let all = of_owner.get(name).into_iter().flatten().copied();
        all.filter(|at| senses.contains(&holdings[*at].sense)).collect::<Vec<usize>>()
    };
    let mut found: BTreeMap<&str, Ownership> =
        plans.iter().map(|(name, plan)| (*name, Ownership::of(plan, holdings, index))).collect();
    for (name, plan) in plans {
        // An organization may name its systems.
        let systems = owned(name, &[Sense::System]);
        for layer in plan.lineage.iter().filter(|layer| *layer.name != **name) {
            if plans.get(&*layer.name).is_some_and(|above| above.organization == plan.organization)
                && let Some(above) = found.get_mut(&*layer.name)
            {
                above.own.extend(&systems);
            }
        }
        let Some(its) = found.get_mut(name) else { continue };
        its.own.extend(of_owner.get(name).into_iter().flatten());
        for layer in &plan.lineage {
            its.own.extend(owned(&layer.name, &[Sense::Organization, Sense::Team, Sense::System]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::products;

    #[test]
    fn a_tool_may_be_several_products() {
        assert_eq!(products("Jira, GitHub or GitLab"), ["Jira", "GitHub", "GitLab"]);
        assert_eq!(products("Zoom or Google Meet"), ["Zoom", "Google Meet"]);
        assert_eq!(products("Jira, GitHub, and Trello"), ["Jira", "GitHub", "Trello"]);
    }
}
