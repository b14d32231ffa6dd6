//! The page of a phase: who does what in it, and where its steps are.

use minijinja::{Value, context};

use crate::render::html::Surroundings;
use crate::render::record::naming::{self, Named};
use crate::render::record::{fact, link, list, record_link, value};
use crate::syntax::Kind;

pub(super) fn context(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.phases[index];
    let near = |index: Option<usize>| {
        let phase = index.and_then(|index| plan.phases.get(index))?;
        Some(link(around, &phase.record))
    };
    let leader = value(&it.led_by);
    let mut who: Vec<(bool, Value)> = it
        .who
        .iter()
        .map(|(role, text)| {
            let record = plan.roles.iter().map(|role| &role.record).find(|record| record.id == role.value);
            let leads = leader == Some(role.value.as_str());
            let part = context! {
                role => record.map_or(role.value.clone(), |record| record.title.clone()),
                href => record.map(|record| around.record_href(&record.page)),
                text => &text.value,
                leads => leads,
            };
            (leads, part)
        })
        .collect();
    // The one who leads stands first; the others keep the author's order.
    who.sort_by_key(|(leads, _)| !leads);
    context! {
        number => it.number.as_ref().map(|number| number.value),
        total => plan.phases.len(),
        led_by => record_link(around, Kind::Role, leader),
        status_on_exit => it.status_on_exit.as_ref().and_then(|id| fact(plan, "statuses", &id.value)),
        who => who.into_iter().map(|(_, part)| part).collect::<Vec<_>>(),
        steps => naming::steps(around, &Named::Phase(index)),
        previous => near(index.checked_sub(1)),
        next => near(Some(index + 1)),
        class => list(&it.class),
    }
}
