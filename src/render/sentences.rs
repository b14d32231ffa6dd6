//! What pages make of the values of a plan, in words that no author wrote.

use crate::plan::Plan;
use crate::render::due;
use crate::syntax::{Map, Value, day};

/// The sentences of a plan's pages, and parts of them, with the values in their places.
pub fn sentences(plan: &Plan) -> Vec<String> {
    let of_severities = plan.severities.iter().flat_map(|severity| due::of(plan, severity));
    let all = due::timers(plan).into_iter().chain(of_severities);
    let of_due = all.flat_map(|it| {
        let (by, start) = (it.by.map_or("", |role| &role.record.title), due::start_in_words(&it.starts));
        // On pages, and in the tables of templates.
        [format!("{by} {} {} from {start}", it.what, it.when), format!("{} of {start}", it.when)]
    });
    let count = plan.phases.len();
    let phases = (1..=count).map(|number| format!("Phase {number} of {count}"));
    let mut days = Vec::new();
    collect_days(&plan.values, &mut days);
    let days = days.into_iter().map(|day| {
        format!(
            "This plan was reviewed on {day}. Reviewed {day}. Next review {day}. Last on {day}, next on {day}"
        )
    });
    let roles = plan.roles.iter().map(|role| format!("Led by {}", role.record.title));
    let statuses = plan.facts.iter().filter(|fact| fact.map == "statuses");
    let statuses = statuses.map(|status| format!("Ends as {}", status.title));
    let severities = plan.severities.iter().map(|severity| format!("It is {} when", severity.label));
    of_due.chain(phases).chain(days).chain(roles).chain(statuses).chain(severities).collect()
}

/// The days among some values, in words.
fn collect_days(map: &Map, days: &mut Vec<String>) {
    for (_, node) in map.iter() {
        match &node.value {
            Value::Map(map) => collect_days(map, days),
            Value::Text(text) if text.parse::<jiff::civil::Date>().is_ok() => days.push(day::short(text)),
            _ => {}
        }
    }
}
