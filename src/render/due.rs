//! What is due in an incident, and when: the timers of a plan, and the intervals of a severity.

use crate::plan::fields::Fields;
use crate::plan::{Plan, Role, Severity};
use crate::syntax::Duration;
use crate::syntax::duration::Unit;
use crate::syntax::fields::STARTS;

/// What a severity asks for by its own values.
pub(super) const SEND_REPORT: &str = "Send a situation report";
pub(super) const ACT_ALONE: &str = "Act without those who do not answer";

/// Something that is due.
pub struct Due<'p> {
    /// What, as a sentence begins
    pub what: String,
    /// What its clock starts with, one of [`STARTS`]
    pub starts: String,
    /// After how long at the earliest; the same as `most` where one length is given
    pub least: Duration,
    /// After how long at the latest
    pub most: Duration,
    /// Whether it is due again and again
    pub repeats: bool,
    /// In words: `within 15 minutes`, `every hour`
    pub when: String,
    /// Who has to act
    pub by: Option<&'p Role>,
    /// The severities it counts for, by id; `None` for all. Of those that are for others nothing is left.
    pub severities: Option<Vec<String>>,
}

/// All timers of a plan, in the order of what starts them, then of their length.
pub fn timers(plan: &Plan) -> Vec<Due<'_>> {
    let mut due: Vec<Due> = Fields::new(&plan.values)
        .records("timers")
        .into_iter()
        .filter_map(|(_, it)| timer(plan, it))
        .collect();
    in_order(&mut due);
    due
}

/// What is due in an incident of one severity: the timers that count for it, its situation reports,
/// and when to act without those who do not answer.
pub fn of<'p>(plan: &'p Plan, severity: &Severity) -> Vec<Due<'p>> {
    // What is done once a year or so belongs to the upkeep of a plan.
    let is_upkeep =
        |it: &Due| it.repeats && it.most.seconds() >= Duration { amount: 1, unit: Unit::Month }.seconds();
    let counts = |it: &Due| it.severities.as_ref().is_none_or(|ids| ids.contains(&severity.record.id));
    // How long to wait for an answer depends on the severity, which says so itself.
    let mut due: Vec<Due> = timers(plan)
        .into_iter()
        .filter(|it| counts(it) && !is_upkeep(it) && it.starts != "requested")
        .collect();
    due.extend(severity.sitrep_every.as_ref().map(|every| {
        Due {
            what: SEND_REPORT.into(),
            starts: "sent".into(),
            least: every.value.least,
            most: every.value.most,
            repeats: true,
            when: every.value.every(),
            by: plan
                .templates
                .iter()
                .find(|it| it.record.id == "sitrep")
                .and_then(|it| role(plan, it.sent_by.as_ref()?)),
            severities: None,
        }
    }));
    due.extend(severity.act_after.as_ref().map(|after| Due {
        what: ACT_ALONE.into(),
        starts: "requested".into(),
        least: after.value,
        most: after.value,
        repeats: false,
        when: format!("after {}", after.value),
        by: None,
        severities: None,
    }));
    in_order(&mut due);
    due
}

/// What a clock counts from, in words: `the report`.
pub fn start_in_words(starts: &str) -> &str {
    match starts {
        "suspected" => "the first suspicion",
        "noticed" => "when it is noticed",
        "identified" => "when it is identified",
        "reported" => "the report",
        "acknowledged" => "the answer to the report",
        "declared" => "when it is declared",
        "assigned" => "when the role is given",
        "started" => "the start of the work",
        "handed-over" => "the handoff",
        "contained" => "containment",
        "resolved" => "the end of the response",
        "sent" => "the message before",
        "requested" => "when they are asked",
        other => other,
    }
}

fn timer<'p>(plan: &'p Plan, it: Fields) -> Option<Due<'p>> {
    let within = it.range("within");
    // What has both is due once, and then again: training, for instance.
    let repeats = it.range("every");
    let range = within.as_ref().or(repeats.as_ref())?.value;
    let when = match (&within, &repeats) {
        (Some(within), Some(every)) => format!("within {}, then {}", within.value, every.value.every()),
        (Some(within), None) => format!("within {}", within.value),
        (None, _) => range.every(),
    };
    let by = it.text("by");
    Some(Due {
        what: it.text_or_empty("title"),
        starts: it.text_or_empty("starts"),
        least: range.least,
        most: repeats.as_ref().map_or(range, |every| every.value).most.max(range.most),
        repeats: repeats.is_some(),
        when,
        by: by.and_then(|by| role(plan, &by)),
        severities: it
            .has("severities")
            .then(|| it.texts("severities").into_iter().map(|id| id.value).collect()),
    })
}

fn role<'p>(plan: &'p Plan, id: &crate::plan::Text) -> Option<&'p Role> {
    plan.roles.iter().find(|role| role.record.id == id.value)
}

fn in_order(due: &mut [Due]) {
    let place = |it: &Due| STARTS.iter().position(|starts| *starts == it.starts);
    due.sort_by_key(|a| (place(a), a.most, a.least));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Compilation;

    fn of_severity(id: &str) -> Vec<String> {
        let compilation =
            Compilation::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the content");
        let plan = compilation.plans.iter().find(|plan| &*plan.name == "elimu").expect("a variant");
        let severity = plan.severities.iter().find(|it| it.record.id == id).expect("a severity");
        of(plan, severity).into_iter().map(|it| format!("{}: {}", it.what, it.when)).collect()
    }

    #[test]
    fn what_is_due_depends_on_the_severity() {
        let (high, medium) = (of_severity("high"), of_severity("medium"));
        let has = |due: &[String], words: &str| due.iter().any(|it| it.contains(words));
        assert!(has(&high, "Send a situation report: every 30 minutes"), "{high:?}");
        assert!(
            has(&high, "sooner than the others") && !has(&medium, "sooner than the others"),
            "{medium:?}"
        );
        assert!(
            !has(&high, "Act without") && has(&medium, "Act without those who do not answer: after"),
            "{medium:?}"
        );
        assert!(!has(&high, "Train"), "the upkeep of a plan is not due in an incident: {high:?}");
    }
}
