//! `unused-record`: a role, channel, contact, timer or term that nothing mentions.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;
use crate::plan::{Fields, Plan, PlanFaultKind, Problem, Target, fields};
use crate::source::Span;
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
    for plan in binder.plans {
        in_links(plan, &mut mentions);
        in_front_matter(plan, &mut mentions);
    }
    // The same record stands in many variants; it is used if one of them uses it.
    let mut unused: BTreeMap<(&str, String), Vec<&Plan>> = BTreeMap::new();
    for plan in binder.plans {
        for (map, id) in records(plan) {
            if !mentions.contains(&(map.to_string(), id.clone())) {
                unused.entry((map, id)).or_default().push(plan);
            }
        }
    }
    for ((map, id), plans) in unused {
        let names: HashSet<String> = plans.iter().flat_map(|plan| names(plan, map, &id)).collect();
        if names.iter().any(|name| is_said(binder, name)) {
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

fn in_links(plan: &Plan, mentions: &mut Mentions) {
    for target in plan.pages.iter().flat_map(|page| page.links.values()) {
        match target {
            Target::Fact(_, index) => {
                let fact = &plan.facts[*index];
                mentions.insert((fact.map.to_string(), fact.id.value.clone()));
            }
            Target::Record(Kind::Role, index) => {
                mentions.insert(("roles".to_string(), plan.roles[*index].record.id.clone()));
            }
            _ => {}
        }
    }
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

/// Whether an author wrote a name into a text, as whole words or as their plural. What a table of
/// all records prints does not count.
fn is_said(binder: &Binder, name: &str) -> bool {
    let lower = name.to_lowercase();
    let sources = &binder.project.sources;
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !lower.is_empty()
        && binder.texts.iter().flat_map(|text| &text.runs).any(|run| {
            let text = run.text.to_lowercase();
            // Lower case can be longer than what it is made of.
            let is_written =
                |range: Range<usize>| text.len() != run.text.len() || run.is_by_hand(range, sources);
            text.match_indices(&lower).any(|(at, _)| {
                let end = at + lower.len();
                let rest = &text[end..];
                let rest = rest.strip_prefix('s').unwrap_or(rest);
                !is_word(text[..at].chars().next_back())
                    && !is_word(rest.chars().next())
                    && is_written(at..end)
            })
        })
}

fn place(plan: &Plan, map: &str, id: &str) -> Option<Span> {
    if map == "roles" {
        let role = plan.roles.iter().find(|role| role.record.id == id)?;
        return plan.page_index(&role.record.page).map(|page| plan.pages[page].start);
    }
    Some(plan.values.get(map)?.value.as_map()?.entry(id)?.0.span)
}
