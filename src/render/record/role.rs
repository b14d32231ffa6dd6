//! The page of a role: what its holder does, phase by phase, what is due from them, and who gives it
//! to whom.

use minijinja::{Value, context};

use crate::plan::fields::Fields;
use crate::plan::{Role, Text};
use crate::render::due::{self, start_in_words};
use crate::render::html::Surroundings;
use crate::render::record::naming::{self, Named};
use crate::render::record::{due as due_line, link, names, record_link, texts, value};
use crate::syntax::{Duration, Kind};

pub(super) fn context(around: &Surroundings, index: usize) -> Value {
    let plan = around.plan;
    let it = &plan.roles[index];
    let id = it.record.id.as_str();
    let is_it = |role: &Option<Text>| role.as_ref().is_some_and(|role| role.value == id);
    let others = |wanted: &dyn Fn(&Role) -> bool| -> Vec<Value> {
        plan.roles.iter().filter(|role| wanted(role)).map(|role| link(around, &role.record)).collect()
    };
    let phases: Vec<Value> = plan
        .phases
        .iter()
        .filter_map(|phase| {
            let (_, text) = phase.who.iter().find(|(role, _)| role.value == id)?;
            let leads = is_it(&phase.led_by);
            Some(context! { text => &text.value, leads => leads, ..link(around, &phase.record) })
        })
        .collect();
    let templates = plan.templates.iter().filter(|template| is_it(&template.sent_by));
    let checklists = plan.checklists.iter().filter(|checklist| is_it(&checklist.by));
    let due: Vec<Value> = due::timers(plan)
        .iter()
        .filter(|due| due.by.is_some_and(|role| role.record.id == id))
        .map(|due| due_line(around, due))
        .collect();
    context! {
        abbreviation => value(&it.abbreviation),
        team => value(&it.team),
        holders => it.holders.as_ref().map(|holders| match holders.value.as_str() {
            "one" => HOLDERS[0],
            _ => HOLDERS[1],
        }),
        external => it.external,
        assigned_by => record_link(around, Kind::Role, value(&it.assigned_by)),
        assigns => others(&|role| is_it(&role.assigned_by)),
        hands_over_to => others(&|role| it.hands_over_to.iter().any(|to| to.value == role.record.id)),
        takes_over_from => others(&|role| role.hands_over_to.iter().any(|to| to.value == id)),
        duties => texts(&it.duties),
        may_not => texts(&it.may_not),
        phases => phases,
        due => due,
        tells => tells(around, id),
        templates => templates.map(|it| link(around, &it.record)).collect::<Vec<_>>(),
        checklists => checklists.map(|it| link(around, &it.record)).collect::<Vec<_>>(),
        steps => naming::steps(around, &Named::Role(index)),
        also_called => names(&it.record),
    }
}

/// How many people have a role: one, or more.
pub const HOLDERS: [&str; 2] = ["One person at a time", "As many as are needed"];

/// Whom the holder of a role has to inform by law or contract.
fn tells(around: &Surroundings, role: &str) -> Vec<Value> {
    let obligations = Fields::new(&around.plan.values).records("obligations");
    obligations
        .into_iter()
        .filter(|(_, it)| it.text("by").is_some_and(|by| by.value == role))
        .map(|(_, it)| {
            let starts = it.text_or_empty("starts");
            context! {
                to => it.text_or_empty("to"),
                when => it.text_or_empty("when"),
                within => it.text("within").and_then(|text| Duration::parse(&text.value)).map(|it| it.to_string()),
                from => (!starts.is_empty()).then(|| start_in_words(&starts).to_string()),
            }
        })
        .collect()
}
