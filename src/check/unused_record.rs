//! `unused-record`: a role, channel, contact, timer or term that nothing mentions.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::load::ProjectFault;
use crate::plan::{
    Fields, Plan, PlanFaultKind, PlanPage, Problem, Run, Target, each_reference, fields, reference,
};
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
        in_links(plan, &binder.project.sources, &mut mentions);
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
    let said = if unused.is_empty() { Vec::new() } else { said(binder) };
    for ((map, id), plans) in unused {
        let names: HashSet<String> = plans.iter().flat_map(|plan| names(plan, map, &id)).collect();
        let record = format!("{map}.{id}");
        if names.iter().any(|name| is_said(&said, name, &record, &binder.project.sources)) {
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

fn in_links(plan: &Plan, sources: &Sources, mentions: &mut Mentions) {
    for page in &plan.pages {
        each_reference(&page.body, &mut |reference| {
            let (target, span) = match reference {
                Reference::Link(link) => (&link.target, link.span),
                Reference::Html(html) => {
                    let links = html.attributes.iter().filter_map(|it| page.links.get(&it.value));
                    links.for_each(|target| add_target(plan, target, mentions));
                    return;
                }
                Reference::Image(_) | Reference::Footnote(..) => return,
            };
            if let Some(target) = page.links.get(target).filter(|_| !lists_all(sources.text(span))) {
                add_target(plan, target, mentions);
            }
        });
    }
    let home = plan.page_index("plan.md");
    let controls = plan
        .document
        .controls
        .iter()
        .filter_map(|(_, place)| home.map(|home| reference::resolve(plan, home, &place.value)));
    controls.for_each(|target| add_target(plan, &target, mentions));
}

/// Whether an expression prints all records of a kind: that gives none of them a use.
fn lists_all(expression: &str) -> bool {
    ["_table(", "_list(", "_diagram("].iter().any(|function| expression.contains(function))
}

fn add_target(plan: &Plan, target: &Target, mentions: &mut Mentions) {
    let role = match target {
        Target::Fact(_, index) => {
            let fact = &plan.facts[*index];
            mentions.insert((fact.map.to_string(), fact.id.value.clone()));
            None
        }
        Target::Record(Kind::Role, index) => plan.roles.get(*index),
        Target::Page(page, _) => plan.roles.iter().find(|role| role.record.page == plan.pages[*page].path),
        _ => None,
    };
    mentions.extend(role.map(|role| ("roles".to_string(), role.record.id.clone())));
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

/// What a page says, or a value of its front matter.
struct Said<'b> {
    page: &'b PlanPage,
    /// The value's path in the front matter; empty for the page's text
    path: &'b str,
    run: &'b Run,
    /// Its words in lower case
    lower: String,
}

/// Everything that is said, each distinct saying once.
fn said<'b>(binder: &'b Binder) -> Vec<Said<'b>> {
    let texts = binder.distinct_runs().map(|(page, run)| (page, "", run));
    let all: Vec<(&PlanPage, &str, &Run)> = texts.chain(binder.spoken.paths()).collect();
    let read = |(page, path, run): (&'b PlanPage, &'b str, &'b Run)| Said {
        page,
        path,
        run,
        lower: run.text.to_lowercase(),
    };
    all.into_par_iter().map(read).collect()
}

/// Whether something says a name, as whole words or as their plural: a page, or another fact. What
/// a table of all records prints does not count.
fn is_said(said: &[Said], name: &str, record: &str, sources: &Sources) -> bool {
    let lower = name.to_lowercase();
    // What a record says of itself is no mention, nor is its own page.
    let own_page = format!("{}.md", record.replacen('.', "/", 1));
    let is_other = |path: &str| path.strip_prefix(record).is_none_or(|rest| !rest.starts_with('.'));
    let is_use = |run: &Run, range: Range<usize>| {
        // In lower case a letter can be longer: then its place is not known.
        run.text.get(range.clone()).is_none() || !lists_all(sources.text(run.span(range, sources)))
    };
    let says = |it: &Said| find_name(&it.lower, &lower).is_some_and(|range| is_use(it.run, range));
    !lower.is_empty() && said.iter().any(|it| *it.page.path != *own_page && is_other(it.path) && says(it))
}

/// Where a text in lower case has a name, or its plural, as whole words.
fn find_name(text: &str, name: &str) -> Option<Range<usize>> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(name).map(|(at, _)| at..at + name.len()).find(|range| {
        let rest = &text[range.end..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        !is_word(text[..range.start].chars().next_back()) && !is_word(rest.chars().next())
    })
}

fn place(plan: &Plan, map: &str, id: &str) -> Option<Span> {
    if map == "roles" {
        let role = plan.roles.iter().find(|role| role.record.id == id)?;
        return plan.page_index(&role.record.page).map(|page| plan.pages[page].start);
    }
    Some(plan.values.get(map)?.value.as_map()?.entry(id)?.0.span)
}
