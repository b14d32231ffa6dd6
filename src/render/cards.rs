//! The definitions of a plan's things, for the cards that a script shows beside a reference.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::plan::fields::Fields;
use crate::plan::{Fact, Plan};
use crate::render::address;
use crate::render::due::start_in_words;
use crate::syntax::{DurationRange, Kind};

/// The name of the script in its variant's folder
pub const NAME: &str = "cards.js";

/// What a fact is known by among the definitions.
pub fn key(fact: &Fact) -> String {
    format!("{}.{}", fact.map, fact.id.value)
}

/// The script: it hands the definitions over, since pages on a disk cannot fetch them. Things with a
/// page are known by its address, facts by [`key`].
pub fn script(plan: &Plan) -> String {
    let mut cards: BTreeMap<String, Json> = BTreeMap::new();
    for kind in Kind::ALL {
        for record in plan.records(kind) {
            let text = match kind {
                Kind::Severity => {
                    let severity = plan.severities.iter().find(|it| it.record.id == record.id);
                    severity.and_then(|it| it.criteria.as_ref()).map_or(&record.summary, |text| &text.value)
                }
                _ => &record.summary,
            };
            if !text.is_empty() {
                cards.insert(address::of_page(&record.page), card(kind.name(), &record.title, text));
            }
        }
    }
    for fact in &plan.facts {
        let text = meaning(plan, fact);
        if !text.is_empty() {
            let title = match fact.abbreviation.as_str() {
                "" => fact.title.clone(),
                short => format!("{} ({short})", fact.title),
            };
            let kind = crate::syntax::fields::FACT_KINDS.iter().find(|(_, map)| *map == fact.map);
            cards.insert(key(fact), card(kind.map_or("", |(scheme, _)| scheme), &title, &text));
        }
    }
    format!("redbinderCards({});\n", json!(cards))
}

fn card(kind: &str, title: &str, text: &str) -> Json {
    let title = sentence(title);
    json!({ "kind": sentence(kind), "title": title, "text": text })
}

/// What a fact says of itself: its meaning, how it is reached, how long it may take.
fn meaning(plan: &Plan, fact: &Fact) -> String {
    let Some(it) = Fields::new(&plan.values).record(fact.map).and_then(|map| map.record(&fact.id.value))
    else {
        return String::new();
    };
    let mut parts: Vec<String> = Vec::new();
    match fact.map {
        "channels" | "contacts" => {
            parts.extend(
                ["address", "mention", "email", "phone"]
                    .iter()
                    .filter_map(|key| it.text(key))
                    .map(|it| it.value),
            );
        }
        "timers" => {
            let range = |key: &str| it.text(key).and_then(|text| DurationRange::parse(&text.value));
            parts.extend(range("within").map(|within| format!("within {within}")));
            parts.extend(range("every").map(DurationRange::every));
            parts.extend(it.text("starts").map(|starts| format!("from {}", start_in_words(&starts.value))));
        }
        _ => {}
    }
    let how = parts.join(", ");
    let also = match fact.map {
        "channels" => it.text("never").map(|never| format!("Never: {}", never.value)),
        _ => None,
    };
    let all = [sentence(&how), fact.meaning.clone(), also.unwrap_or_default()];
    let all = all.iter().filter(|part| !part.is_empty()).map(|part| match part.ends_with(['.', '?', '!']) {
        true => part.clone(),
        false => format!("{part}."),
    });
    all.collect::<Vec<_>>().join(" ")
}

fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
