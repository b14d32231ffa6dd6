//! Facts in the words they are printed in.

use crate::plan::Plan;
use crate::print::model::Inline;

/// A text, where there is one.
pub fn plain(text: Option<&str>) -> Option<Vec<Inline>> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(vec![Inline::text(text)])
}

/// Some texts with commas between them, where there are any.
pub fn joined(texts: &[String]) -> Option<Vec<Inline>> {
    plain(Some(&texts.join(", ")))
}

/// Several runs of text with commas between them, where there are any.
pub fn series(parts: Vec<Vec<Inline>>) -> Option<Vec<Inline>> {
    let mut series = Vec::new();
    for part in parts {
        if !series.is_empty() {
            series.push(Inline::text(", "));
        }
        series.extend(part);
    }
    (!series.is_empty()).then_some(series)
}

/// When people work on an incident.
pub fn hours(hours: &str) -> String {
    match hours {
        "continuous" => "around the clock".into(),
        "business" => "in business hours".into(),
        other => other.into(),
    }
}

/// How often: `every hour`, `every 4 hours`.
pub fn every(duration: &str) -> String {
    match duration.strip_prefix("1 ") {
        Some(unit) => format!("every {unit}"),
        None => format!("every {duration}"),
    }
}

/// How many hold a role.
pub fn holders(holders: &str) -> &'static str {
    match holders {
        "one" => "One person at a time",
        _ => "As many as are needed",
    }
}

/// What starts a timer, in a sentence: `after it was noticed`.
pub fn starts(starts: &str) -> String {
    match starts {
        "" => String::new(),
        "suspected" | "noticed" | "identified" | "reported" | "acknowledged" | "declared" | "assigned"
        | "contained" | "resolved" | "sent" | "requested" => format!("after it was {starts}"),
        "started" => "after the work on it started".into(),
        "handed-over" => "after the role was handed over".into(),
        other => format!("after it was {}", other.replace('-', " ")),
    }
}

/// The title of a role; its id where there is no such role.
pub fn role_title(plan: &Plan, id: &str) -> String {
    let role = plan.roles.iter().find(|role| role.record.id == id);
    role.map_or(id.to_string(), |role| role.record.title.clone())
}
