//! What words say of a severity, held against its record.

use std::ops::Range;

use crate::check::severity_table_mismatch::phrase::{Freedom, stated_hours};
use crate::plan::wording::{has_any, spaced};
use crate::plan::{Run, Severity};
use crate::source::Span;
use crate::syntax::{DurationRange, stated};

/// What a column, or a list, says of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// How often a situation report is due
    Cadence,
    /// When people work on it
    Hours,
    /// Who may disrupt service, and after how long without an answer
    Authority,
    /// Its rank
    Rank,
    /// What it is, in words that cannot be compared
    Description,
}

/// Words about situation reports.
pub(in crate::check) const SITREP: [&str; 8] = [
    "sitrep*",
    "situation report*",
    "status report*",
    "status update*",
    "update",
    "updates",
    "updated",
    "cadence",
];

impl Aspect {
    /// What a column with this heading is about.
    pub(super) fn of_heading(heading: &str) -> Option<Aspect> {
        const OTHER: [&str; 5] = ["how often", "frequency", "report", "reports", "reporting"];
        const DISRUPTION: [&str; 10] = [
            "disrupt*",
            "authority",
            "permission",
            "approval",
            "consent",
            "downtime",
            "taking systems down",
            "who may act",
            "who decides",
            "may act",
        ];
        const HOURS: [&str; 10] = [
            "hours",
            "when we work",
            "worked on",
            "work",
            "working time",
            "working times",
            "availability",
            "coverage",
            "response",
            "response time",
        ];
        const DESCRIPTION: [&str; 15] = [
            "criteria",
            "criterion",
            "definition",
            "defined as",
            "meaning",
            "means",
            "description",
            "example",
            "examples",
            "impact",
            "effect",
            "it is one when",
            "when",
            "what",
            "summary",
        ];
        let words = spaced(heading);
        if has_any(&words, &DISRUPTION) {
            Some(Aspect::Authority)
        } else if has_any(&words, &SITREP) || has_any(&words, &OTHER) {
            Some(Aspect::Cadence)
        } else if has_any(&words, &HOURS) {
            Some(Aspect::Hours)
        } else if has_any(&words, &["rank", "number", "no", "order"]) || heading.trim() == "#" {
            Some(Aspect::Rank)
        } else if has_any(&words, &DESCRIPTION) {
            Some(Aspect::Description)
        } else {
            None
        }
    }
}

/// Words that differ from a severity's record.
#[derive(Debug)]
pub(super) struct Mismatch {
    /// The words, in the run
    pub(super) range: Range<usize>,
    /// What they say
    pub(super) says: String,
    /// The field
    pub(super) field: &'static str,
    /// What the record says
    pub(super) record: String,
    /// Where
    pub(super) place: Span,
}

/// What a part of a run says of an aspect of a severity, where the record says otherwise.
/// `bare` where a duration alone is an interval, as in a column of intervals.
pub(super) fn mismatch(
    aspect: Aspect,
    run: &Run,
    part: Range<usize>,
    severity: &Severity,
    bare: bool,
) -> Option<Mismatch> {
    match aspect {
        Aspect::Cadence => cadence(run, part, severity, bare),
        Aspect::Hours => hours(run, part, severity),
        Aspect::Authority => {
            act_after(run, part.clone(), severity).or_else(|| authority(run, part, severity))
        }
        Aspect::Rank => rank(run, part, severity),
        Aspect::Description => None,
    }
}

/// Whether a cell of a column says something that can be compared.
pub(super) fn states(aspect: Aspect, text: &str) -> bool {
    match aspect {
        Aspect::Cadence => states_cadence(text, true),
        Aspect::Hours => states_hours(text),
        Aspect::Authority => Freedom::of(text).is_some(),
        Aspect::Rank | Aspect::Description => false,
    }
}

/// Whether some words say how often.
pub(super) fn states_cadence(text: &str, bare: bool) -> bool {
    stated(text).iter().any(|found| found.repeats || bare)
}

fn cadence(run: &Run, part: Range<usize>, severity: &Severity, bare: bool) -> Option<Mismatch> {
    let record = severity.sitrep_every.as_ref()?;
    let text = &run.text[part.clone()];
    let found: Vec<_> = stated(text).into_iter().filter(|found| found.repeats || bare).collect();
    // Nobody writes reports on the days nobody works.
    let is_same = |value: DurationRange| value == record.value || value.means(record.value);
    let mismatch = |range: Range<usize>, says: String| Mismatch {
        range: part.start + range.start..part.start + range.end,
        says,
        field: "sitrep_every",
        record: record.value.every(),
        place: record.span,
    };
    let Some(first) = found.first() else {
        let never = ["never", "none", "not needed", "not required", "no sitrep", "no sitreps", "no updates"];
        let says_never = bare && never.contains(&spaced(text).trim());
        return says_never.then(|| mismatch(trimmed(text), "none".to_string()));
    };
    let agrees = found.iter().any(|found| is_same(found.value));
    (!agrees).then(|| mismatch(first.range.clone(), first.value.every()))
}

/// Whether some words say when people work.
pub(super) fn states_hours(text: &str) -> bool {
    stated_hours(text).is_some()
}

fn hours(run: &Run, part: Range<usize>, severity: &Severity) -> Option<Mismatch> {
    let record = severity.hours.as_ref()?;
    let text = &run.text[part.clone()];
    let says = stated_hours(text).filter(|says| *says != record.value)?;
    let range = trimmed(text);
    Some(Mismatch {
        range: part.start + range.start..part.start + range.end,
        says: in_hours(says),
        field: "hours",
        record: in_hours(&record.value),
        place: record.span,
    })
}

fn in_hours(hours: &str) -> String {
    match hours {
        "continuous" => "around the clock".to_string(),
        "business" => "in business hours".to_string(),
        other => other.to_string(),
    }
}

/// What the record allows. Where responders act after a time, nobody has to agree.
fn freedom(severity: &Severity) -> Option<Freedom> {
    let stated = Freedom::of(&severity.authority.as_ref()?.value);
    match stated {
        Some(Freedom::Agree) if severity.act_after.is_some() => Some(Freedom::Ask),
        None if severity.act_after.is_some() => Some(Freedom::Ask),
        stated => stated,
    }
}

fn authority(run: &Run, part: Range<usize>, severity: &Severity) -> Option<Mismatch> {
    let record = severity.authority.as_ref()?;
    let text = &run.text[part.clone()];
    let (says, has) = (Freedom::of(text)?, freedom(severity)?);
    let differs = match (says, has) {
        (Freedom::Free, Freedom::Free) => false,
        (Freedom::Free, _) | (_, Freedom::Free) => true,
        // Asking may end in agreement. Agreement is more than asking only where somebody acts
        // without it after a time.
        (Freedom::Agree, Freedom::Ask) => severity.act_after.is_some(),
        (Freedom::Ask, _) | (Freedom::Agree, Freedom::Agree) => false,
    };
    let range = trimmed(text);
    differs.then(|| Mismatch {
        range: part.start + range.start..part.start + range.end,
        says: says.name().to_string(),
        field: "authority",
        record: has.name().to_string(),
        place: record.span,
    })
}

fn act_after(run: &Run, part: Range<usize>, severity: &Severity) -> Option<Mismatch> {
    let record = severity.act_after.as_ref()?;
    let text = &run.text[part.clone()];
    let waits = |start: usize| {
        let before = spaced(&text[..start]);
        has_any(&before, &["after", "for", "within", "in", "wait"])
    };
    let found: Vec<_> = stated(text).into_iter().filter(|found| !found.repeats).collect();
    let [only] = &found[..] else { return None };
    let agrees = only.value.least == record.value && only.value.most == record.value;
    (!agrees && waits(only.range.start)).then(|| Mismatch {
        range: part.start + only.range.start..part.start + only.range.end,
        says: format!("after {}", only.value),
        field: "act_after",
        record: format!("after {}", record.value),
        place: record.span,
    })
}

fn rank(run: &Run, part: Range<usize>, severity: &Severity) -> Option<Mismatch> {
    let record = severity.rank.as_ref()?;
    let text = &run.text[part.clone()];
    let range = trimmed(text);
    let says: u32 = text[range.clone()].parse().ok().filter(|says| *says != record.value)?;
    Some(Mismatch {
        range: part.start + range.start..part.start + range.end,
        says: says.to_string(),
        field: "rank",
        record: record.value.to_string(),
        place: record.span,
    })
}

/// The range of a text without the space around it.
fn trimmed(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_says_what_its_column_is_about() {
        for (heading, aspect) in [
            ("Sitrep", Some(Aspect::Cadence)),
            ("Situation reports", Some(Aspect::Cadence)),
            ("Updates", Some(Aspect::Cadence)),
            ("How often", Some(Aspect::Cadence)),
            ("Response", Some(Aspect::Hours)),
            ("When we work", Some(Aspect::Hours)),
            ("Availability", Some(Aspect::Hours)),
            ("Disruption authority", Some(Aspect::Authority)),
            ("Who may disrupt", Some(Aspect::Authority)),
            ("Criteria", Some(Aspect::Description)),
            ("Rank", Some(Aspect::Rank)),
            ("#", Some(Aspect::Rank)),
            ("System", None),
        ] {
            assert_eq!(Aspect::of_heading(heading), aspect, "{heading}");
        }
    }
}
