//! Document control: what a variant says of itself as a document, and what of it is tailored.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::{Value, context};

use crate::plan::address::of_alias;
use crate::plan::fields::Fields;
use crate::plan::navigation::Navigation;
use crate::plan::{Change, Plan, PlanPage, Target, reference};
use crate::render::html::Surroundings;
use crate::render::origin;
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::{Audience, DurationRange, Kind, day};

/// What the page is called
pub const TITLE: &str = "Document control";

/// The address of the page in its variant's folder: one that none of its pages and files has.
pub fn address(plan: &Plan) -> String {
    let is_taken = |name: &str, address: &str| {
        let mut aliases = plan.pages.iter().flat_map(|page| &page.aliases);
        plan.files.contains_key(address)
            || plan.page_index(&format!("{name}.md")).is_some()
            || aliases.any(|alias| of_alias(&alias.value) == address)
    };
    let names = std::iter::once("document".to_string());
    let others = (1..).map(|number| format!("document-control{}", "-".repeat(number - 1)));
    let mut named = names.chain(others).map(|name| (format!("{name}.html"), name));
    named.find(|(address, name)| !is_taken(name, address)).map_or(String::new(), |(address, _)| address)
}

/// What the page's template needs. The page of `around` is the variant's home.
pub fn context(around: &Surroundings) -> Value {
    let plan = around.plan;
    let document = &plan.document;
    let (review, test) = (document.reviewed_on.as_ref(), document.tested_on.as_ref());
    let approvals: Vec<Value> = document
        .approvals
        .iter()
        .map(|it| {
            let who = [it.name.as_str(), it.role.as_str()].into_iter().filter(|part| !part.is_empty());
            let who = who.collect::<Vec<_>>().join(", ");
            let id = sentence(&it.id);
            context! { who => if who.is_empty() { id } else { who }, on => date(&it.on) }
        })
        .collect();
    let distribution: Vec<Value> = document
        .distribution
        .iter()
        .map(|(id, text)| context! { id => &id.value, text => &text.value })
        .collect();
    context! {
        title => &plan.title,
        id => &document.id,
        version => &document.version,
        hash => plan.content_hash(),
        status => document.status.replace('-', " "),
        owner => &document.owner,
        classification => &document.classification,
        approvals => approvals,
        reviewed => review.map(|it| date(&it.value)),
        review_every => every(&document.review_every),
        next_review => document.next_review.map(|day| date(&day.to_string())),
        tested => test.map(|it| date(&it.value)),
        test_every => every(&document.test_every),
        next_test => document.next_test.map(|day| date(&day.to_string())),
        distribution => distribution,
        changes => changes(plan),
        layers => plan.lineage.iter().map(|layer| layer.title.clone()).collect::<Vec<_>>(),
        tailored => tailored(around),
        own_pages => own_pages(around),
        facts => facts(plan),
        deviations => deviations(plan),
        controls => controls(around),
    }
}

/// An interval in words: `every year`.
fn every(interval: &str) -> Option<String> {
    DurationRange::parse(interval).map(DurationRange::every)
}

/// A day, for a machine and for people.
fn date(iso: &str) -> Value {
    context! { iso => iso, words => day::short(iso) }
}

/// The title of the layer that states a fact, where that is not the variant's own.
fn stated_by<'p>(plan: &'p Plan, path: &str) -> Option<&'p str> {
    let place = plan.places.get(path).filter(|place| place.layer != plan.name)?;
    plan.lineage.iter().find(|layer| layer.name == place.layer).map(|layer| layer.title.as_str())
}

fn changes(plan: &Plan) -> Vec<Value> {
    let one = |it: &Change| {
        let path = format!("document.changes.{}.on", it.version.value);
        context! {
            version => &it.version.value,
            on => date(&it.on),
            what => &it.what,
            layer => stated_by(plan, &path),
        }
    };
    plan.document.changes.iter().map(one).collect()
}

/// The inherited pages that are tailored, with their sections.
fn tailored(around: &Surroundings) -> Vec<Value> {
    let plan = around.plan;
    let mut pages = Vec::new();
    for page in Navigation::new(plan).order(plan).into_iter().map(|index| &plan.pages[index]) {
        let there = Surroundings { page, ..*around };
        let changes: Vec<Value> = origin::changes(&there)
            .into_iter()
            .filter(|change| change.layer > page.origin.first)
            .map(|change| {
                let (id, section) =
                    change.section.map_or((None, None), |(id, title)| (Some(id), Some(title)));
                context! {
                    section => section,
                    href => id.map(|id| format!("{}#{id}", around.href(page))),
                    layer => &plan.lineage[change.layer].title,
                    is_own => change.layer + 1 == plan.lineage.len(),
                }
            })
            .collect();
        if !changes.is_empty() {
            pages.push(context! { title => &page.title, href => around.href(page), changes => changes });
        }
    }
    pages
}

/// The pages that are written by a layer above the baseline.
fn own_pages(around: &Surroundings) -> Vec<Value> {
    let plan = around.plan;
    let pages = plan.pages.iter().filter(|page| page.origin.first > 0 && page.kind != Kind::Plan);
    let page = |page: &Arc<PlanPage>| {
        context! {
            title => &page.title,
            href => around.href(page),
            layer => &plan.lineage[page.origin.first].title,
        }
    };
    pages.map(page).collect()
}

/// The facts that are stated by a layer above the baseline, by map, and by the layer.
fn facts(plan: &Plan) -> Vec<Value> {
    let Some(base) = plan.lineage.first().filter(|_| plan.lineage.len() > 1) else { return Vec::new() };
    let mut found: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, place) in plan.places.iter().filter(|(_, place)| place.layer != base.name) {
        let mut parts = path.split('.');
        let (Some(map), Some(id)) = (parts.next(), parts.next()) else { continue };
        let is_shown = FACT_KINDS.iter().any(|(_, shown)| *shown == map);
        let Some(layer) = plan.lineage.iter().find(|layer| layer.name == place.layer).filter(|_| is_shown)
        else {
            continue;
        };
        let entry = (id, layer.title.as_str());
        let entries = found.entry(map).or_default();
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    let title = |map: &str, id: &str| {
        let fact = plan.facts.iter().find(|fact| fact.map == map && fact.id.value == id);
        fact.map_or(id.to_string(), |fact| fact.title.clone())
    };
    found
        .into_iter()
        .map(|(map, entries)| {
            let entries: Vec<Value> = entries
                .into_iter()
                .map(|(id, layer)| context! { id => id, title => title(map, id), layer => layer })
                .collect();
            context! { map => sentence(map), entries => entries }
        })
        .collect()
}

/// What is weaker than inherited, and who accepted it.
fn deviations(plan: &Plan) -> Vec<Value> {
    // Of what an edition may not see it may not know that it is weaker either.
    let is_known = |path: &str| {
        let inside = format!("{path}.");
        let mut known = plan.places.range(inside.clone()..);
        plan.edition == Audience::Responders
            || plan.places.contains_key(path)
            || known.next().is_some_and(|(known, _)| known.starts_with(&inside))
    };
    let records = Fields::new(&plan.values).records("deviations");
    let shown = records.into_iter().filter(|(path, _)| is_known(&path.value));
    shown
        .map(|(path, it)| {
            let on = it.text_or_empty("on");
            context! {
                path => &path.value,
                reason => it.text_or_empty("reason"),
                approved_by => it.text_or_empty("approved_by"),
                on => (!on.is_empty()).then(|| date(&on)),
                layer => stated_by(plan, &format!("deviations.{}.reason", path.value)),
            }
        })
        .collect()
}

/// The controls, with where each is covered.
fn controls(around: &Surroundings) -> Vec<Value> {
    let plan = around.plan;
    let home = plan.page_index("plan.md").unwrap_or_default();
    let mut controls: Vec<(&str, Value)> = Vec::new();
    for (id, place) in &plan.document.controls {
        let (href, title) = match reference::resolve(plan, home, &place.value) {
            Target::Page(page, None) => (around.href(&plan.pages[page]), plan.pages[page].title.clone()),
            Target::Page(page, Some(anchor)) => {
                let page = &plan.pages[page];
                let there = Surroundings { page, ..*around };
                let mut anchors = page.anchors.of_sections.iter();
                let mut title = page.title.clone();
                page.body.walk(&mut |section| {
                    if anchors.next().is_some_and(|other| *other == anchor) {
                        title = format!("{}, {}", page.title, there.words(&section.title));
                    }
                });
                (format!("{}#{anchor}", around.href(page)), title)
            }
            _ => continue,
        };
        controls.push((&id.value, context! { id => &id.value, href => href, title => title }));
    }
    controls.sort_by_key(|a| natural(a.0));
    controls.into_iter().map(|(_, control)| control).collect()
}

/// An id at the start of a sentence: `security-lead` is "Security lead".
fn sentence(id: &str) -> String {
    let words = id.replace(['-', '_'], " ");
    let mut characters = words.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// `IR-8.a.10` after `IR-8.a.9`.
fn natural(id: &str) -> Vec<(u32, String)> {
    let parts = id.split(|c: char| !c.is_alphanumeric());
    parts.map(|part| (part.parse().unwrap_or(u32::MAX), part.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn controls_are_in_the_order_of_their_numbers() {
        let mut ids = ["IR-8.a.10", "IR-9", "IR-8.b", "IR-8.a.9", "IR-8", "IR-10"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["IR-8", "IR-8.a.9", "IR-8.a.10", "IR-8.b", "IR-9", "IR-10"]);
    }
}
