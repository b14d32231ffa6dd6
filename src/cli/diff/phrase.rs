//! What text and markdown have in common: places, variants and numbers in words.

use std::collections::BTreeSet;

use crate::change::{Area, Change, Reach};
use crate::cli::tell::number;
use crate::plan::Place;

/// The heading of an area.
pub fn heading(area: Area) -> &'static str {
    match area {
        Area::Settings => "Settings",
        Area::Layers => "Layers",
        Area::Document => "Document control",
        Area::Facts => "Facts",
        Area::Records => "Severities, roles, phases and other records",
        Area::Steps => "Steps of checklists",
        Area::Pages => "Text",
        Area::Tailorings => "Tailorings",
    }
}

/// The areas that have changes, with them.
pub fn by_area(changes: &[Change]) -> impl Iterator<Item = (Area, Vec<&Change>)> {
    Area::ALL.into_iter().filter_map(|area| {
        let found: Vec<&Change> = changes.iter().filter(|change| change.area == area).collect();
        (!found.is_empty()).then_some((area, found))
    })
}

/// `content/base/plan.md:12`; with the place it had, where that is another file or it is gone.
/// `quote` stands around each place.
pub fn places(change: &Change, quote: &str) -> Option<String> {
    let shown = |place: &Place| format!("{quote}{}:{}{quote}", place.file, place.line);
    match (&change.was_at, &change.is_at) {
        (Some(was), Some(is)) if was.file != is.file => Some(format!("{} (was {})", shown(is), shown(was))),
        (_, Some(is)) => Some(shown(is)),
        (Some(was), None) => Some(format!("was {}", shown(was))),
        (None, None) => None,
    }
}

/// `in every variant`, `in 7 of 8 variants, not in elimu`, `in bixal, payroll`; nothing where only
/// two variants are compared.
pub fn variants(change: &Change, reach: Option<&Reach>) -> Option<String> {
    let total = reach?.of_variants;
    let count = change.variants.len();
    // A setting says itself what it is for.
    if count == 0 || change.area == Area::Settings {
        return None;
    }
    if count == total {
        return Some(if total == 1 { "in the only variant" } else { "in every variant" }.into());
    }
    let few = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    let not_in = &change.not_in;
    // Those that stand aside are worth naming where they are the exception.
    if not_in.is_empty() || count <= not_in.len() {
        return Some(format!("in {}", few(&change.variants)));
    }
    Some(format!("in {count} of {}, not in {}", number(total, "variant"), few(not_in)))
}

/// `3 changes`, `no change in meaning`
pub fn count(changes: &[Change]) -> String {
    if changes.is_empty() { "no change in meaning".into() } else { number(changes.len(), "change") }
}

/// `all 8 variants`, `2 of 8 variants: bixal, data-catalog`
pub fn reached_variants(reach: &Reach) -> String {
    let names: Vec<&str> = reach.variants.iter().map(String::as_str).collect();
    of(names.len(), reach.of_variants, "variant", &names.join(", "))
}

/// `3 of 16 printed editions: base (public, responders), bixal (responders)`
pub fn reached_editions(reach: &Reach) -> String {
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    for edition in &reach.editions {
        match told.last_mut() {
            Some((variant, audiences)) if *variant == edition.variant => {
                audiences.push(edition.audience.name())
            }
            _ => told.push((&edition.variant, vec![edition.audience.name()])),
        }
    }
    let told = told.into_iter().map(|(variant, audiences)| format!("{variant} ({})", audiences.join(", ")));
    let told = told.collect::<Vec<_>>().join(", ");
    of(reach.editions.len(), reach.of_editions, "printed edition", &told)
}

fn of(count: usize, total: usize, what: &str, names: &str) -> String {
    if count == total && total > 1 {
        return format!("all {}", number(total, what));
    }
    format!("{count} of {}: {names}", number(total, what))
}
