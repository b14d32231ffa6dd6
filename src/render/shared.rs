//! What is made of a page once, for all variants in which it says the same.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::plan::{Plan, PlanPage, Target};
use crate::syntax::Kind;

/// For a page, so many are kept that differ by the names in them.
const MOST_OF_A_PAGE: usize = 4;

/// What was made of pages that several variants have, which must not outlive these. It may depend on the page
/// and on what its links are called, and on nothing else of a plan.
pub struct Shared<T> {
    /// By the place of the page in memory: the names in it, and what was made with these
    known: Mutex<HashMap<usize, Vec<Named<T>>>>,
}

type Named<T> = (String, Arc<T>);

impl<T> Default for Shared<T> {
    fn default() -> Shared<T> {
        Shared { known: Mutex::default() }
    }
}

impl<T> Shared<T> {
    /// What `make` makes of a page of a plan, or made of it for another one. It is kept where `is_shared` says
    /// so of it.
    pub fn get(
        &self,
        plan: &Plan,
        page: &Arc<PlanPage>,
        make: impl FnOnce() -> T,
        is_shared: impl FnOnce(&T) -> bool,
    ) -> Arc<T> {
        if Arc::strong_count(page) == 1 {
            return Arc::new(make());
        }
        let names = names(plan, page);
        let key = Arc::as_ptr(page).addr();
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let find =
            |made: &[Named<T>]| made.iter().find(|(other, _)| *other == names).map(|(_, it)| it.clone());
        if let Some(made) = known().get(&key).and_then(|made| find(made)) {
            return made;
        }
        let made = Arc::new(make());
        if is_shared(&made) {
            let mut known = known();
            let all = known.entry(key).or_default();
            if all.len() < MOST_OF_A_PAGE && find(all).is_none() {
                all.push((names, made.clone()));
            }
        }
        made
    }
}

/// All that a page says of its plan besides its own text: what its links lead to, by every name a link can
/// show, and which layers its sections are from.
fn names(plan: &Plan, page: &PlanPage) -> String {
    let mut names = String::new();
    let mut name = |text: &str| {
        names.push_str(text);
        names.push('\0');
    };
    for target in page.links.values() {
        match target {
            Target::Page(at, _) => {
                name(&plan.pages[*at].path);
                name(&plan.pages[*at].title);
            }
            Target::Record(kind, at) => {
                let record = plan.records(*kind)[*at];
                name(&record.page);
                name(&record.title);
                match kind {
                    Kind::Severity => {
                        let severity = &plan.severities[*at];
                        name(&severity.label);
                        name(&severity.rank.as_ref().map_or(String::new(), |rank| rank.value.to_string()));
                    }
                    Kind::Role => name(plan.roles[*at].abbreviation.as_ref().map_or("", |it| &it.value)),
                    Kind::Phase | Kind::Checklist | Kind::Template | Kind::Playbook => {}
                    Kind::Plan | Kind::Page => {}
                }
            }
            Target::Fact(_, at) => {
                let fact = &plan.facts[*at];
                name(fact.map);
                name(&fact.id.value);
                name(&fact.title);
                name(&fact.abbreviation);
            }
            // These are called as the page writes them.
            Target::File(_) | Target::Elsewhere | Target::Broken(_) => {}
        }
    }
    let origin = &page.origin;
    let layers =
        || origin.sections.iter().flat_map(|(heading, parts)| parts.iter().chain([heading])).copied();
    // Where all of it is from the layer of the page, none is named.
    if layers().any(|layer| layer != origin.first) {
        layers().collect::<BTreeSet<usize>>().into_iter().for_each(|layer| name(&plan.lineage[layer].title));
    }
    names
}
