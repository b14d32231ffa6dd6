//! What the front matter of a record says, as text above its page's own.

use crate::plan::{Plan, Record, Text};
use crate::print::model::{Block, Inline, Item};
use crate::print::text::label;
use crate::print::{model::Says, words};
use crate::syntax::Kind;

/// What the front matter of a page says; nothing for pages that are no records.
pub fn blocks(plan: &Plan, page: usize) -> Vec<Block> {
    let page = &plan.pages[page];
    let Some(index) = plan.records(page.kind).iter().position(|record| record.page == page.path) else {
        return Vec::new();
    };
    match page.kind {
        Kind::Severity => severity(plan, index),
        Kind::Role => role(plan, index),
        Kind::Phase => phase(plan, index),
        Kind::Checklist => {
            let it = &plan.checklists[index];
            let companion = it.companion_of.as_ref().and_then(|path| plan.page_index(&path.value));
            let companion = companion.map(|page| {
                let page = &plan.pages[page];
                reference(&page.path, &page.title)
            });
            facts(vec![
                ("Worked through by", role_named(plan, value(&it.by))),
                ("The same steps in full", companion),
            ])
        }
        Kind::Template => template(plan, index),
        Kind::Playbook => {
            let it = &plan.playbooks[index];
            let severity = it.severity.as_ref();
            let severity = severity.and_then(|id| plan.severities.iter().find(|it| it.record.id == id.value));
            let mut blocks =
                facts(vec![("Start from", severity.map(|it| reference(&it.record.page, &it.record.title)))]);
            blocks.extend(list("How you notice", &it.signs));
            blocks
        }
        Kind::Plan | Kind::Page => Vec::new(),
    }
}

fn severity(plan: &Plan, index: usize) -> Vec<Block> {
    let it = &plan.severities[index];
    let data: Vec<String> = it.data.iter().filter_map(|id| fact(plan, "terms", &id.value)).collect();
    let mut blocks = facts(vec![
        ("What it is", words::plain(value(&it.criteria))),
        ("Data", words::joined(&data)),
        ("Who may disrupt service", words::plain(value(&it.authority))),
        ("Asked before", words::joined(&texts(&it.consult))),
        (
            "Act without an answer after",
            it.act_after.as_ref().map(|it| vec![Inline::text(it.value.to_string())]),
        ),
        ("Worked on", it.hours.as_ref().map(|hours| vec![Inline::text(words::hours(&hours.value))])),
        (
            "Situation report",
            it.sitrep_every.as_ref().map(|every| vec![Inline::text(words::every(&every.value.to_string()))]),
        ),
        ("Also called", words::joined(&texts(&it.record.also_called))),
    ]);
    blocks.extend(list("Examples", &it.examples));
    blocks
}

fn role(plan: &Plan, index: usize) -> Vec<Block> {
    let it = &plan.roles[index];
    let hands_over_to = it.hands_over_to.iter().filter_map(|id| role_named(plan, Some(&id.value)));
    let mut blocks = facts(vec![
        ("Team", words::plain(value(&it.team))),
        ("How many", it.holders.as_ref().map(|holders| vec![Inline::text(words::holders(&holders.value))])),
        ("From outside", it.external.then(|| vec![Inline::text("Not part of the response team")])),
        ("Assigned by", role_named(plan, value(&it.assigned_by))),
        ("Hands over to", words::series(hands_over_to.collect())),
        ("Also called", words::joined(&texts(&it.record.also_called))),
    ]);
    blocks.extend(list("What you do", &it.duties));
    blocks.extend(list("What you must not do", &it.may_not));
    let phases: Vec<(String, Vec<Inline>)> = in_phases(plan, &it.record.id)
        .into_iter()
        .map(|(phase, text)| (phase.title.clone(), vec![Inline::text(text)]))
        .collect();
    if !phases.is_empty() {
        blocks.push(minor("In each phase"));
        blocks.push(Block::Facts { rows: phases });
    }
    blocks
}

fn phase(plan: &Plan, index: usize) -> Vec<Block> {
    let it = &plan.phases[index];
    let status = it.status_on_exit.as_ref().and_then(|id| fact(plan, "statuses", &id.value));
    let mut blocks = facts(vec![
        ("Led by", role_named(plan, value(&it.led_by))),
        ("Status at its end", words::plain(status.as_deref())),
    ]);
    let who: Vec<(String, Vec<Inline>)> = it
        .who
        .iter()
        .map(|(id, text)| (words::role_title(plan, &id.value), vec![Inline::text(text.value.clone())]))
        .collect();
    if !who.is_empty() {
        blocks.push(minor("Who does what"));
        blocks.push(Block::Facts { rows: who });
    }
    blocks
}

fn template(plan: &Plan, index: usize) -> Vec<Block> {
    let it = &plan.templates[index];
    let mut blocks = facts(vec![
        ("Sent by", role_named(plan, value(&it.sent_by))),
        (
            "Sent to",
            words::plain(it.channel.as_ref().and_then(|id| fact(plan, "channels", &id.value)).as_deref()),
        ),
        ("Subject", words::plain(value(&it.subject))),
    ]);
    let blanks: Vec<(String, Vec<Inline>)> = it
        .blanks
        .iter()
        .map(|(id, text)| (id.value.clone(), vec![Inline::text(text.value.clone())]))
        .collect();
    if !blanks.is_empty() {
        blocks.push(minor("What goes into each blank"));
        blocks.push(Block::Facts { rows: blanks });
    }
    blocks
}

/// What a role does in each phase, in order.
pub fn in_phases<'p>(plan: &'p Plan, role: &str) -> Vec<(&'p Record, &'p str)> {
    let of = |phase: &'p crate::plan::Phase| {
        let (_, text) = phase.who.iter().find(|(id, _)| id.value == role)?;
        Some((&phase.record, text.value.as_str()))
    };
    plan.phases.iter().filter_map(of).collect()
}

/// The text of an optional value.
pub fn value(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(|text| text.value.as_str())
}

/// The texts of some values.
pub fn texts(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

/// The title of a fact.
pub fn fact(plan: &Plan, map: &str, id: &str) -> Option<String> {
    plan.facts.iter().find(|fact| fact.map == map && fact.id.value == id).map(|fact| fact.title.clone())
}

fn role_named(plan: &Plan, id: Option<&str>) -> Option<Vec<Inline>> {
    let id = id?;
    let role = plan.roles.iter().find(|role| role.record.id == id)?;
    Some(reference(&role.record.page, &role.record.title))
}

fn reference(page: &str, title: &str) -> Vec<Inline> {
    let content = vec![Inline::text(title)];
    vec![Inline::Reference { to: label(page, None), says: Says::Number, title: title.to_string(), content }]
}

fn facts(rows: Vec<(&str, Option<Vec<Inline>>)>) -> Vec<Block> {
    let rows: Vec<_> = rows.into_iter().filter_map(|(name, text)| Some((name.to_string(), text?))).collect();
    if rows.is_empty() { Vec::new() } else { vec![Block::Facts { rows }] }
}

fn minor(title: &str) -> Block {
    Block::Minor { content: vec![Inline::text(title)] }
}

fn list(title: &str, texts: &[(Text, Text)]) -> Vec<Block> {
    if texts.is_empty() {
        return Vec::new();
    }
    let item = |(_, text): &(Text, Text)| Item {
        task: None,
        blocks: vec![Block::Paragraph { content: vec![Inline::text(text.value.clone())] }],
    };
    vec![minor(title), Block::List { start: None, items: texts.iter().map(item).collect() }]
}
