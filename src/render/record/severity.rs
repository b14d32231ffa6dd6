//! The page of a severity: what makes an incident one, what may be done, and what is due when.

use minijinja::{Value, context};

use crate::plan::{Plan, Severity};
use crate::render::due;
use crate::render::html::Surroundings;
use crate::render::picture::timeline;
use crate::render::record::{due as due_line, fact, list, mark_of, names, texts, value};

pub(super) fn context(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.severities[index];
    let due = due::of(plan, it);
    context! {
        ..level(around, it),
        ..context! {
            also_called => names(&it.record),
            scale => scale(around, index),
            timeline => (due.len() > 1).then(|| timeline::picture(&due)),
            due => due.iter().map(|it| due_line(around, it)).collect::<Vec<_>>(),
        }
    }
}

/// What each severity says of itself, the worst first.
pub fn levels(around: &Surroundings) -> Vec<Value> {
    around.plan.severities.iter().map(|it| level(around, it)).collect()
}

fn level(around: &Surroundings, it: &Severity) -> Value {
    let plan = around.plan;
    let hours = it.hours.as_ref().map(|hours| match hours.value.as_str() {
        "continuous" => "around the clock".to_string(),
        "business" => "in business hours".to_string(),
        other => other.to_string(),
    });
    context! {
        rank => it.rank.as_ref().map(|rank| rank.value),
        label => &it.label,
        mark => mark_of(it),
        href => around.record_href(&it.record.page),
        summary => &it.record.summary,
        criteria => value(&it.criteria),
        hours_label => hours,
        sitrep => it.sitrep_every.as_ref().map(|every| every.value.every()),
        authority => value(&it.authority),
        consult => list(&it.consult),
        act_after => it.act_after.as_ref().map(|after| after.value.to_string()),
        data => data(plan, it),
        examples => texts(&it.examples),
    }
}

fn data(plan: &Plan, it: &Severity) -> Vec<String> {
    it.data.iter().filter_map(|id| fact(plan, "terms", &id.value)).collect()
}

/// No more severities stand in a row.
const MOST_IN_ROW: usize = 12;

/// The severities in a row, to go from one to the next; of very many those around this one.
fn scale(around: &Surroundings, index: usize) -> Vec<Value> {
    let one = |(at, it): (usize, &Severity)| {
        context! {
            label => &it.label,
            mark => mark_of(it),
            href => around.record_href(&it.record.page),
            current => at == index,
        }
    };
    let all = &around.plan.severities;
    let first = index.saturating_sub(MOST_IN_ROW / 2).min(all.len().saturating_sub(MOST_IN_ROW));
    all.iter().enumerate().skip(first).take(MOST_IN_ROW).map(one).collect()
}
