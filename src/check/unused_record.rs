//! `unused-record`: a role, channel, contact, timer or term that nothing mentions.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;
use crate::plan::{Fields, Plan, PlanFaultKind, PlanPage, Problem, Run, Target, fields, reference};
use crate::source::{Sources, Span};
use crate::syntax::tree::Reference;
use crate::syntax::{Field, Kind, Shape};

pub(super) const RULE: Rule = Rule {
    name: "unused-record",
    level: Level::Warning,
    finds: "a role, channel, contact, timer or term that no sentence, link or expression mentions",
    explanation: "\
Why it matters
  A deadline nobody is told, a room nobody is sent to and a role nobody is given are left over
  from something, or the sentence that needed them was forgotten. A table of all of them does
  not count: it lists what there is, and gives it no use.

What to do
  Mention it where it matters, with an expression such as `{{ timers.triage.within }}` or a link
  such as `[](channel:fire)`, or take it out.
",
    look,
};

/// The maps of facts that are looked at, each with what one of them is called.
const MAPS: [(&str, &str); 4] =
    [("channels", "channel"), ("contacts", "contact"), ("timers", "timer"), ("terms", "term")];

/// Facts the site itself uses for its report box.
const OF_THE_SITE: [(&str, &str); 3] = [("contacts", "report"), ("channels", "main"), ("timers", "report")];

/// The things that are mentioned: the map or folder, and the id.
type Mentions = HashSet<(String, String)>;

/// Records that are not mentioned, by map and id, with the plans that have them.
type Unused<'b> = BTreeMap<(&'static str, String), Vec<&'b Plan>>;

fn look(binder: &Binder, findings: &mut Findings) {
    // What could not be read, and what leads nowhere, may have been meant for it.
    let unread = binder.project_faults().any(|fault| matches!(fault, ProjectFault::FrontMatter(_)));
    if unread || binder.plan_faults().any(|(_, fault)| may_mean_a_record(&fault.kind)) {
        return;
    }
    let mut mentions: Mentions =
        OF_THE_SITE.iter().map(|(map, id)| (map.to_string(), id.to_string())).collect();
    for page in binder.project.layers.iter().flat_map(|layer| layer.pages.values()) {
        in_expressions(&binder.project.sources.get(page.source).text, &mut mentions);
    }
    for (index, plan) in binder.plans.iter().enumerate() {
        in_links(binder, index, &mut mentions);
        in_front_matter(plan, &mut mentions);
    }
    // The same record stands in many variants; it is used if one of them uses it.
    let mut unused = Unused::new();
    for plan in binder.plans {
        for (map, id) in records(plan) {
            if !mentions.contains(&(map.to_string(), id.clone())) {
                unused.entry((map, id)).or_default().push(plan);
            }
        }
    }
    let said = said(binder, &unused);
    for ((map, id), plans) in unused {
        if said.contains(&format!("{map}.{id}")) {
            continue;
        }
        for plan in plans {
            let Some(span) = place(plan, map, &id) else { continue };
            let what = MAPS.iter().find(|(known, _)| *known == map).map_or("role", |(_, what)| what);
            let diagnostic = Diagnostic::new(RULE.name, format!("nothing mentions the {what} `{id}`"))
                .at(span, "no sentence, link or expression uses it")
                .help(format!("mention it, for instance as `[]({what}:{id})`, or take it out"));
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
}

fn may_mean_a_record(fault: &PlanFaultKind) -> bool {
    match fault {
        PlanFaultKind::BrokenLink(_, problem) | PlanFaultKind::LostCompanion(_, problem) => {
            matches!(problem, Problem::NoThing { .. })
        }
        PlanFaultKind::UnknownReference { .. } | PlanFaultKind::MissingField { .. } => true,
        PlanFaultKind::RemoteImage(_)
        | PlanFaultKind::MissingFact { .. }
        | PlanFaultKind::RepeatedId { .. } => false,
    }
}

fn records(plan: &Plan) -> Vec<(&'static str, String)> {
    let facts = Fields::new(&plan.values);
    // A timer with words of its own is held against the sentences that use them.
    let is_looked_at = |record: &Fields| record.texts("says").is_empty();
    let of_facts = MAPS.iter().flat_map(|(map, _)| {
        let records = facts.records(map).into_iter().filter(|(_, record)| is_looked_at(record));
        records.map(|(id, _)| (*map, id.value.clone()))
    });
    // Where there is one role, whoever responds has it.
    let roles = plan.roles.iter().filter(|_| plan.roles.len() > 1);
    of_facts.chain(roles.map(|role| ("roles", role.record.id.clone()))).collect()
}

/// What a template asks for: `timers.report.within`, `roles["scribe"].title`.
fn in_expressions(text: &str, mentions: &mut Mentions) {
    if !text.contains('{') {
        return;
    }
    for open in ["{{", "{%"] {
        for part in text.split(open).skip(1) {
            let tag = part.split(['}', '%']).next().unwrap_or_default();
            let plain = tag.replace("[\"", ".").replace("['", ".");
            for path in plain.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))) {
                let mut parts = path.split('.');
                if let (Some(map), Some(id)) = (parts.next(), parts.next()) {
                    mentions.insert((map.to_string(), id.to_string()));
                }
            }
        }
    }
}

fn in_links(binder: &Binder, index: usize, mentions: &mut Mentions) {
    let (plan, sources) = (&binder.plans[index], &binder.project.sources);
    for (page_index, page) in plan.pages.iter().enumerate() {
        // Most pages lead to other pages only.
        if !page.links.values().any(|target| mentioned(plan, target).is_some()) {
            continue;
        }
        let mut add = |target: &str| {
            mentions.extend(page.links.get(target).and_then(|target| mentioned(plan, target)));
        };
        for reference in &binder.text(index, page_index).references {
            match reference {
                Reference::Link(link) if !lists_all(sources.text(link.span)) => add(&link.target),
                Reference::Html(html) => html.attributes.iter().for_each(|it| add(&it.value)),
                Reference::Link(_) | Reference::Image(_) | Reference::Footnote(..) => {}
            }
        }
    }
    let home = plan.page_index("plan.md");
    let controls = plan
        .document
        .controls
        .iter()
        .filter_map(|(_, place)| home.map(|home| reference::resolve(plan, home, &place.value)));
    mentions.extend(controls.filter_map(|target| mentioned(plan, &target)));
}

/// Whether an expression prints all records of a kind: that gives none of them a use.
fn lists_all(expression: &str) -> bool {
    ["_table(", "_list(", "_diagram("].iter().any(|function| expression.contains(function))
}

/// The record that a link leads to.
fn mentioned(plan: &Plan, target: &Target) -> Option<(String, String)> {
    let role = match target {
        Target::Fact(_, index) => {
            let fact = &plan.facts[*index];
            return Some((fact.map.to_string(), fact.id.value.clone()));
        }
        Target::Record(Kind::Role, index) => plan.roles.get(*index),
        Target::Page(page, _) => plan.roles.iter().find(|role| role.record.page == plan.pages[*page].path),
        _ => None,
    };
    role.map(|role| ("roles".to_string(), role.record.id.clone()))
}

fn in_front_matter(plan: &Plan, mentions: &mut Mentions) {
    for page in &plan.pages {
        let fields: Vec<&'static Field> = page.kind.all_fields().collect();
        fields::examine(&page.front, &fields, "", None, &mut |finding| {
            let fields::Finding::Reference(id, _, shape) = finding else { return };
            match shape {
                Shape::FactId(map) => drop(mentions.insert((map.to_string(), id.to_string()))),
                Shape::Id(Kind::Role) => drop(mentions.insert(("roles".to_string(), id.to_string()))),
                _ => {}
            }
        });
    }
}

/// What a sentence may call a record by.
fn names(plan: &Plan, map: &str, id: &str) -> Vec<String> {
    if let Some(role) = plan.roles.iter().find(|role| map == "roles" && role.record.id == id) {
        let abbreviation = role.abbreviation.iter().map(|text| text.value.clone());
        return abbreviation.chain([role.record.title.clone()]).collect();
    }
    let Some(record) = Fields::new(&plan.values).record(map).and_then(|map| map.record(id)) else {
        return Vec::new();
    };
    // A timer's title is no name: it is what must happen.
    let keys: &[&str] = if map == "timers" {
        &[]
    } else {
        &["title", "abbreviation", "address", "mention", "email", "phone"]
    };
    let also = record.texts("also_called").into_iter().map(|name| name.value);
    keys.iter().filter_map(|key| record.text(key)).map(|text| text.value).chain(also).collect()
}

/// A name that is looked for in what is said.
struct Name {
    /// The path of the record it names, such as `terms.pii`
    record: String,
    /// The path of the record's own page
    page: String,
}

/// The records whose names something says, by path: a page, or another fact. What a table of all
/// records prints does not count.
fn said(binder: &Binder, unused: &Unused) -> BTreeSet<String> {
    let mut wanted: BTreeMap<(String, String), Name> = BTreeMap::new();
    for ((map, id), plans) in unused {
        for words in plans.iter().flat_map(|plan| names(plan, map, id)).filter(|words| !words.is_empty()) {
            let (record, page, words) =
                (format!("{map}.{id}"), format!("{map}/{id}.md"), words.to_lowercase());
            wanted.entry((record.clone(), words)).or_insert(Name { record, page });
        }
    }
    // Thousands of records may have one name.
    let mut by_words: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for ((_, words), name) in wanted {
        by_words.entry(words).or_default().push(name);
    }
    let (words, wanted): (Vec<String>, Vec<Vec<Name>>) = by_words.into_iter().unzip();
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(&words);
    // More names than an automaton can hold are more than anybody writes.
    let (false, Ok(finder)) = (wanted.is_empty(), finder) else { return BTreeSet::new() };
    let texts = binder.distinct_runs().map(|(page, run)| (page, "", run));
    let all: Vec<(&PlanPage, &str, &Run)> = texts.chain(binder.spoken.paths()).collect();
    let sources = &binder.project.sources;
    let said: HashSet<&str> = all
        .into_par_iter()
        .flat_map_iter(|(page, path, run)| {
            // What a record says of itself is no mention, nor is its own page.
            let is_other = |name: &Name| {
                let is_own = path.strip_prefix(&*name.record).is_some_and(|rest| rest.starts_with('.'));
                !is_own && *page.path != *name.page
            };
            let mut found = named(run, &finder);
            found.retain(|(at, range)| wanted[*at].iter().any(is_other) && is_use(run, range, sources));
            let names = found.into_iter().flat_map(|(at, _)| &wanted[at]);
            names.filter(move |name| is_other(name)).map(|name| &*name.record)
        })
        .collect();
    said.into_iter().map(str::to_string).collect()
}

/// The names a run has, or their plurals, as whole words: each by its number, with its first place
/// in the run in lower case.
fn named(run: &Run, finder: &AhoCorasick) -> Vec<(usize, Range<usize>)> {
    let text = match run.text.is_ascii() {
        true => Cow::Borrowed(&run.text),
        false => Cow::Owned(run.text.to_lowercase()),
    };
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    let mut known: HashSet<usize> = HashSet::new();
    for hit in finder.find_overlapping_iter(&*text) {
        let (at, range) = (hit.pattern().as_usize(), hit.range());
        let rest = &text[range.end..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let is_whole = !is_word(text[..range.start].chars().next_back()) && !is_word(rest.chars().next());
        if is_whole && known.insert(at) {
            found.push((at, range));
        }
    }
    found
}

/// Whether words are no part of what a table of all records prints.
fn is_use(run: &Run, range: &Range<usize>, sources: &Sources) -> bool {
    // In lower case a letter can be longer: then its place is not known.
    run.text.get(range.clone()).is_none() || !lists_all(sources.text(run.span(range.clone(), sources)))
}

fn place(plan: &Plan, map: &str, id: &str) -> Option<Span> {
    if map == "roles" {
        let role = plan.roles.iter().find(|role| role.record.id == id)?;
        return plan.page_index(&role.record.page).map(|page| plan.pages[page].start);
    }
    Some(plan.values.get(map)?.value.as_map()?.entry(id)?.0.span)
}
