//! Roles named in running text: a capitalised name such as "Incident Manager".

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use crate::check::mention::phrases::Phrases;
use crate::check::mention::{Knowledge, Mention, Unknown, is_capitalised, units};
use crate::check::name_index::NameIndex;
use crate::check::passage::{Part, Passage, Setting, bare};
use crate::check::{Binder, Findings};
use crate::plan::{Fields, Plan, Run, letters};
use crate::source::Taken;

pub(in crate::check) fn look(binder: &Binder, findings: &mut Findings) {
    super::look::<Roles>(binder, findings);
}

/// Words that name a role of a response whatever stands before them.
const ROLES: [&str; 5] = ["commander", "responder", "scribe", "liaison", "messenger"];
/// Words that name one after a word about the work of a response.
const LEADS: [&str; 3] = ["lead", "leader", "chief"];
/// Words that name one after a word about the response itself; else they name a job.
const OFFICERS: [&str; 7] =
    ["officer", "manager", "coordinator", "handler", "owner", "analyst", "investigator"];

/// All of these.
static NOUNS: LazyLock<NameIndex> = LazyLock::new(|| {
    NameIndex::new([&ROLES[..], &LEADS, &OFFICERS].concat().into_iter().map(str::to_string))
});

/// What a response is called.
const RESPONSE: [&str; 10] = [
    "incident",
    "incidents",
    "situation",
    "response",
    "crisis",
    "emergency",
    "communications",
    "communication",
    "comms",
    "triage",
];
/// What is done in one.
const WORK: [&str; 12] = [
    "technical",
    "tech",
    "investigation",
    "remediation",
    "recovery",
    "containment",
    "forensics",
    "forensic",
    "operations",
    "logistics",
    "planning",
    "evidence",
];
/// What makes another role of one: the deputy is not the commander.
const ANOTHER: [&str; 6] = ["deputy", "assistant", "backup", "vice", "first", "chief"];

/// Words that begin a sentence or a heading and are no part of a name.
const LEADING: [&str; 78] = [
    "the",
    "a",
    "an",
    "each",
    "every",
    "any",
    "your",
    "our",
    "their",
    "its",
    "this",
    "that",
    "these",
    "if",
    "when",
    "as",
    "for",
    "to",
    "by",
    "from",
    "with",
    "and",
    "or",
    "ask",
    "tell",
    "contact",
    "page",
    "call",
    "notify",
    "name",
    "assign",
    "appoint",
    "designate",
    "make",
    "is",
    "be",
    "are",
    "let",
    "does",
    "must",
    "may",
    "should",
    "can",
    "will",
    "both",
    "all",
    "no",
    "one",
    "new",
    "old",
    "incoming",
    "outgoing",
    "current",
    "acting",
    "other",
    "only",
    "former",
    "inform",
    "email",
    "mention",
    "become",
    "role",
    "roles",
    "what",
    "who",
    "how",
    "where",
    "until",
    "once",
    "while",
    "since",
    "because",
    "after",
    "before",
    "in",
    "on",
    "at",
    "of",
];

/// What a plan calls its roles, and whom else it names.
pub(super) struct Roles {
    titles: Vec<String>,
    names: BTreeSet<String>,
    /// Other texts that say who somebody is, such as the titles of contacts
    people: Vec<String>,
    /// What these say, once somebody asked
    phrases: OnceLock<Phrases>,
    /// What stands in the titles before the word for an office, once somebody asked
    offices: OnceLock<HashSet<String>>,
}

impl Roles {
    /// Whether somebody else is called by some words.
    fn are_of_somebody(&self, words: &[&str]) -> bool {
        let phrases = || Phrases::of(self.people.iter().map(|text| words_of(text)), is_noun);
        self.phrases.get_or_init(phrases).have(words)
    }

    /// Whether a role has a title of some words and another word for an office.
    fn have_office(&self, stem: &str) -> bool {
        let office = |title: &String| {
            let title = bare(title);
            let (stem, noun) = title.rsplit_once(' ')?;
            is_noun(noun).then(|| stem.to_string())
        };
        self.offices.get_or_init(|| self.titles.iter().filter_map(office).collect()).contains(stem)
    }
}

impl Knowledge for Roles {
    const RULE: &'static str = "unknown-role";

    fn of(plan: &Plan) -> Option<Roles> {
        if plan.roles.len() < 2 {
            return None;
        }
        let all = plan.names();
        let names = all.iter().filter(|name| name.map == "roles").map(|name| bare(&name.words)).collect();
        let others = all.iter().filter(|name| name.map != "roles").map(|name| name.words.clone());
        Some(Roles {
            titles: plan.titles("roles"),
            names,
            people: others.chain(people(plan)).collect(),
            phrases: OnceLock::new(),
            offices: OnceLock::new(),
        })
    }

    fn mentions(part: &Part, _: &Passage) -> Vec<Mention> {
        if matches!(part.setting, Setting::Value(path) if states_names(path)) {
            return Vec::new();
        }
        mentions(part.run)
    }

    fn judge(&self, mention: &Mention, _: &Part) -> Option<Unknown<'_>> {
        let name = bare(&mention.words);
        let words: Vec<&str> = name.split(' ').collect();
        let (noun, before) = words.split_last()?;
        let mut starts = std::iter::once(0).chain(name.match_indices(' ').map(|(at, _)| at + 1));
        let known = starts.position(|start| self.names.contains(&name[start..]));
        if let Some(from) = known
            && (from == 0 || !ANOTHER.contains(&words[from - 1]))
        {
            return None;
        }
        if self.are_of_somebody(&words) {
            return None;
        }
        let about = |list: &[&str]| before.iter().any(|word| list.contains(word));
        let is_role = known.is_some()
            || (ROLES.contains(noun) && !before.is_empty())
            || (LEADS.contains(noun) && (about(&RESPONSE) || about(&WORK)))
            || (OFFICERS.contains(noun) && about(&RESPONSE))
            // "Product Manager" where there is a "Product Owner": the same office by another word.
            || self.have_office(&before.join(" "));
        is_role.then(|| Unknown {
            message: format!("no role is called `{}`", mention.words),
            known: &self.titles,
            otherwise: None,
        })
    }
}

/// Whether a word, as names are compared, ends the name of a role.
pub(in crate::check) fn is_noun(word: &str) -> bool {
    [&ROLES[..], &LEADS, &OFFICERS].iter().any(|list| list.contains(&word))
}

/// The words of a text as names are compared.
fn words_of(text: &str) -> Vec<String> {
    let text = bare(text);
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(bare).collect()
}

/// Values of front matter that give somebody a name.
fn states_names(path: &str) -> bool {
    const KEYS: [&str; 8] =
        ["title", "also_called", "retired_names", "abbreviation", "name", "owner", "role", "legal_name"];
    const MAPS: [&str; 4] = ["organization", "system", "document", "deviations"];
    let mut parts = path.split('.');
    parts.next().is_some_and(|map| MAPS.contains(&map))
        || path.rsplit('.').next().is_some_and(|key| KEYS.contains(&key))
}

/// Who else a plan names, besides its roles.
fn people(plan: &Plan) -> Vec<String> {
    let facts = Fields::new(&plan.values);
    let mut found = vec![plan.organization.clone(), plan.title.clone()];
    for (map, keys) in [
        ("organization", &["name", "legal_name", "team"][..]),
        ("system", &["name", "owner"]),
        ("document", &["owner"]),
    ] {
        let record = facts.record(map);
        found.extend(keys.iter().filter_map(|key| Some(record?.text(key)?.value)));
    }
    let approvals =
        facts.record("document").map(|document| document.records("approved_by")).unwrap_or_default();
    let records = approvals
        .into_iter()
        .chain(facts.records("contacts"))
        .chain(facts.records("deviations"))
        .chain(facts.records("obligations"));
    for (_, record) in records {
        found.extend(
            ["role", "name", "title", "approved_by", "to"]
                .iter()
                .filter_map(|key| Some(record.text(key)?.value)),
        );
    }
    found.extend(
        facts
            .record("document")
            .into_iter()
            .flat_map(|it| it.texts_by_id("distribution"))
            .map(|(_, to)| to.value),
    );
    found
        .extend(plan.severities.iter().flat_map(|severity| &severity.consult).map(|text| text.value.clone()));
    found.retain(|text| !text.is_empty());
    found
}

/// The names of roles in a run, by their form.
fn mentions(run: &Run) -> Vec<Mention> {
    if !NOUNS.finds(&run.text) {
        return Vec::new();
    }
    let words = run.words();
    let mut found: Vec<Mention> = Vec::new();
    let mut taken = Taken::default();
    let mut add = |range: Range<usize>| {
        let name = &run.text[range.clone()];
        let product = name.split(' ').any(|word| word == "AWS");
        if name.contains(' ') && !product && taken.take(range.clone()) {
            found.push(Mention { range: range.clone(), words: name.to_string(), is_certain: true });
        }
    };
    for (at, range) in words.iter().enumerate() {
        let word = &run.text[range.clone()];
        if is_capitalised(word) && is_noun(&bare(word)) {
            add(words[name_start(run, &words, at)].start..range.end);
        }
    }
    for unit in units(run) {
        if let Some(range) = in_unit(&run.text, unit) {
            add(range);
        }
    }
    found
}

/// The most words before the last one of a name.
const LONGEST_NAME: usize = 12;

/// The word a capitalised name begins with that ends with the word at `end`.
fn name_start(run: &Run, words: &[Range<usize>], end: usize) -> usize {
    let follows = |at: usize| at > 0 && &run.text[words[at - 1].end..words[at].start] == " ";
    let mut start = end;
    while end - start < LONGEST_NAME && follows(start) && is_capitalised(&run.text[words[start - 1].clone()])
    {
        start -= 1;
    }
    while start < end && LEADING.contains(&run.text[words[start].clone()].to_lowercase().as_str()) {
        start += 1;
    }
    start
}

/// A name that is all of a unit: two to four words, the last one a role's.
fn in_unit(text: &str, unit: Range<usize>) -> Option<Range<usize>> {
    let words = letters::words(&text[unit.clone()]);
    let first = words.iter().position(|word| {
        let word = &text[unit.start + word.start..unit.start + word.end];
        !word.starts_with(|c: char| c.is_ascii_digit()) && !LEADING.contains(&word.to_lowercase().as_str())
    })?;
    let name = &words[first..];
    let last = name.last()?;
    let range = unit.start + name[0].start..unit.start + last.end;
    let spaced =
        name.windows(2).all(|pair| &text[unit.start + pair[0].end..unit.start + pair[1].start] == " ");
    let noun = bare(&text[unit.start + last.start..unit.start + last.end]);
    ((2..=4).contains(&name.len()) && spaced && is_noun(&noun)).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn names_of_roles_are_known_by_their_capitals() {
        let found = |text: &str| -> Vec<String> {
            mentions(&Run::of_value(text, Span::default())).into_iter().map(|it| it.words).collect()
        };
        assert_eq!(
            found("Ask the Incident Manager, then a Deputy Incident Commander."),
            ["Incident Manager", "Deputy Incident Commander"]
        );
        assert_eq!(found("The Communications Lead's text"), ["Communications Lead's"]);
        assert_eq!(found("Incident coordinator: [name]"), ["Incident coordinator"]);
        assert_eq!(found("the incident manager decides. Lead them"), Vec::<String>::new());
    }
}
