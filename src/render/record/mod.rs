//! The facts of a record's page, as its template needs them.

mod naming;
mod phase;
mod role;
mod severity;

pub use role::HOLDERS;

use minijinja::{Value, context};

use crate::plan::{Plan, Record, Severity, Text};
use crate::render::due::{Due, start_in_words};
use crate::render::html::{Surroundings, message};
use crate::syntax::Kind;

pub use severity::levels;

/// What the page of a record shows besides its text; nothing for other pages.
pub fn context(around: &Surroundings) -> Value {
    let plan = around.plan;
    let kind = around.page.kind;
    let Some(index) = plan.records(kind).iter().position(|record| record.page == around.page.path) else {
        return Value::from(());
    };
    match kind {
        Kind::Severity => severity::context(around, index),
        Kind::Role => role::context(around, index),
        Kind::Phase => phase::context(around, index),
        Kind::Checklist => {
            let checklist = &plan.checklists[index];
            let companion = checklist.companion_of.as_ref().and_then(|path| plan.page_index(&path.value));
            let companion = companion.map(|page| {
                let page = &plan.pages[page];
                context! { title => &page.title, href => around.href(page) }
            });
            context! { companion => companion, by => record_link(around, Kind::Role, value(&checklist.by)) }
        }
        Kind::Template => {
            let template = &plan.templates[index];
            let channel = template.channel.as_ref().and_then(|id| fact(plan, "channels", &id.value));
            let blanks: Vec<Value> = template
                .blanks
                .iter()
                .map(|(name, text)| context! { name => &name.value, text => &text.value })
                .collect();
            context! {
                sent_by => record_link(around, Kind::Role, value(&template.sent_by)),
                channel => channel,
                subject => template.subject.as_ref().map(|subject| {
                    Value::from_safe_string(message::marked(around, &subject.value))
                }),
                blanks => blanks,
            }
        }
        Kind::Playbook => {
            let playbook = &plan.playbooks[index];
            let severity = playbook.severity.as_ref();
            let severity = severity.and_then(|id| plan.severities.iter().find(|it| it.record.id == id.value));
            let severity = severity.map(|it| {
                context! { label => &it.label, mark => mark(plan, &it.record), href => around.record_href(&it.record.page) }
            });
            context! { severity => severity, signs => texts(&playbook.signs), also_called => names(&playbook.record) }
        }
        Kind::Plan | Kind::Page => Value::from(()),
    }
}

/// The class that marks a severity by its rank: 1 is the worst, from 5 on they look alike.
pub fn mark(plan: &Plan, record: &Record) -> String {
    plan.severities.iter().find(|it| it.record.id == record.id).map_or("rank-1".into(), mark_of)
}

/// The same of a severity.
fn mark_of(severity: &Severity) -> String {
    let rank = severity.rank.as_ref().map_or(1, |rank| rank.value.clamp(1, 5));
    format!("rank-{rank}")
}

fn value(text: &Option<Text>) -> Option<&str> {
    text.as_ref().map(|text| text.value.as_str())
}

fn list<'t>(texts: impl IntoIterator<Item = &'t Text>) -> Value {
    texts.into_iter().map(|text| text.value.as_str()).collect()
}

fn texts(by_id: &[(Text, Text)]) -> Value {
    list(by_id.iter().map(|(_, text)| text))
}

fn names(record: &Record) -> Value {
    list(&record.also_called)
}

fn fact(plan: &Plan, map: &str, id: &str) -> Option<String> {
    plan.facts.iter().find(|fact| fact.map == map && fact.id.value == id).map(|fact| fact.title.clone())
}

fn record_link(around: &Surroundings, kind: Kind, id: Option<&str>) -> Option<Value> {
    let id = id?;
    let record = around.plan.records(kind).into_iter().find(|record| record.id == id)?;
    Some(context! { title => &record.title, href => around.record_href(&record.page) })
}

/// The title and the address of a record.
fn link(around: &Surroundings, record: &Record) -> Value {
    context! { title => &record.title, href => around.record_href(&record.page) }
}

/// What is due, as a line of a list.
fn due(around: &Surroundings, it: &Due) -> Value {
    context! {
        what => &it.what,
        when => &it.when,
        from => start_in_words(&it.starts),
        by => it.by.map(|role| link(around, &role.record)),
    }
}
