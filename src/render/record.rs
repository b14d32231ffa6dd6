//! The facts of a record's page, as its template needs them.

use minijinja::{Value, context};

use crate::plan::{Plan, Record, Text};
use crate::render::html::{Surroundings, message};
use crate::syntax::Kind;

/// What the page of a record shows besides its text; nothing for other pages.
pub fn context(around: &Surroundings) -> Value {
    let plan = around.plan;
    let kind = around.page.kind;
    let Some(index) = plan.records(kind).iter().position(|record| record.page == around.page.path) else {
        return Value::from(());
    };
    match kind {
        Kind::Severity => severity(around, index),
        Kind::Role => role(around, index),
        Kind::Phase => phase(around, index),
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
    let severity = plan.severities.iter().find(|it| it.record.id == record.id);
    let rank = severity.and_then(|it| it.rank.as_ref()).map_or(1, |rank| rank.value.clamp(1, 5));
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

fn severity(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.severities[index];
    let hours = it.hours.as_ref().map(|hours| match hours.value.as_str() {
        "continuous" => "around the clock".to_string(),
        "business" => "in business hours".to_string(),
        other => other.to_string(),
    });
    let sitrep = it.sitrep_every.as_ref().map(|every| match every.value.to_string().strip_prefix("1 ") {
        Some(unit) => format!("every {unit}"),
        None => format!("every {}", every.value),
    });
    let data: Vec<String> = it.data.iter().filter_map(|id| fact(plan, "terms", &id.value)).collect();
    context! {
        rank => it.rank.as_ref().map(|rank| rank.value),
        label => &it.label,
        mark => mark(plan, &it.record),
        criteria => value(&it.criteria),
        hours_label => hours,
        sitrep => sitrep,
        authority => value(&it.authority),
        consult => list(&it.consult),
        act_after => it.act_after.as_ref().map(|after| after.value.to_string()),
        data => data,
        examples => texts(&it.examples),
        also_called => names(&it.record),
    }
}

fn role(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.roles[index];
    let id = it.record.id.as_str();
    let hands_over_to: Vec<Value> =
        it.hands_over_to.iter().filter_map(|id| record_link(around, Kind::Role, Some(&id.value))).collect();
    let phases: Vec<Value> = plan
        .phases
        .iter()
        .filter_map(|phase| {
            let (_, text) = phase.who.iter().find(|(role, _)| role.value == id)?;
            let href = around.record_href(&phase.record.page);
            Some(context! { title => &phase.record.title, href => href, text => &text.value })
        })
        .collect();
    let templates: Vec<Value> = plan
        .templates
        .iter()
        .filter(|template| template.sent_by.as_ref().is_some_and(|role| role.value == id))
        .map(|template| context! { title => &template.record.title, href => around.record_href(&template.record.page) })
        .collect();
    context! {
        abbreviation => value(&it.abbreviation),
        team => value(&it.team),
        holders => it.holders.as_ref().map(|holders| match holders.value.as_str() {
            "one" => "One person at a time",
            _ => "As many as are needed",
        }),
        external => it.external,
        assigned_by => record_link(around, Kind::Role, value(&it.assigned_by)),
        hands_over_to => hands_over_to,
        duties => texts(&it.duties),
        may_not => texts(&it.may_not),
        phases => phases,
        templates => templates,
        also_called => names(&it.record),
    }
}

fn phase(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.phases[index];
    let link = |index: Option<usize>| {
        let phase = index.and_then(|index| plan.phases.get(index))?;
        Some(context! { title => &phase.record.title, href => around.record_href(&phase.record.page) })
    };
    let who: Vec<Value> = it
        .who
        .iter()
        .map(|(role, text)| {
            let record = plan.roles.iter().map(|role| &role.record).find(|record| record.id == role.value);
            context! {
                role => record.map_or(role.value.clone(), |record| record.title.clone()),
                href => record.map(|record| around.record_href(&record.page)),
                text => &text.value,
            }
        })
        .collect();
    context! {
        number => it.number.as_ref().map(|number| number.value),
        total => plan.phases.len(),
        led_by => record_link(around, Kind::Role, value(&it.led_by)),
        status_on_exit => it.status_on_exit.as_ref().and_then(|id| fact(plan, "statuses", &id.value)),
        who => who,
        previous => link(index.checked_sub(1)),
        next => link(Some(index + 1)),
        class => list(&it.class),
    }
}
