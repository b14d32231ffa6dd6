//! The switcher: the same page in the guidebooks of others.

use std::borrow::Cow;

use minijinja::{Value, context};

use crate::plan::{Plan, PlanPage};
use crate::render::html::Surroundings;
use crate::render::press::Press;
use crate::render::{address, document};

/// How many plans a switcher has at most. Where there are more, it has fewer: those are for going to and fro,
/// and all of them are on the front door, which has a filter.
const MOST_IN_SWITCHER: usize = 40;
const NEAREST: usize = 12;

/// The plans that a switcher offers, in order: all, or where there are too many of them the plan, those it
/// extends, and the nearest of its family: those that extend it, and those that extend the same plan.
pub fn near(plans: &[(&Plan, usize)], plan: &Plan) -> Vec<usize> {
    if plans.len() <= MOST_IN_SWITCHER {
        return (0..plans.len()).collect();
    }
    let own = plans.iter().position(|(other, _)| other.name == plan.name).unwrap_or(0);
    let lineage: Vec<&str> = plan.lineage.iter().map(|layer| &*layer.name).collect();
    let parent = |of: &Plan| of.lineage.iter().rev().nth(1).map(|layer| layer.name.clone());
    let (above, own_parent) = (&lineage[..lineage.len() - 1], parent(plan));
    let is_above = |other: &Plan| above.contains(&&*other.name);
    let is_family = |other: &Plan| {
        let its_parent = parent(other);
        its_parent == own_parent || its_parent.as_deref() == Some(&*plan.name)
    };
    let mut family: Vec<usize> =
        (0..plans.len()).filter(|at| is_above(plans[*at].0) || is_family(plans[*at].0)).collect();
    family.sort_by_key(|at| (!is_above(plans[*at].0), at.abs_diff(own)));
    family.truncate(NEAREST);
    family.sort_unstable();
    family
}

/// What the template needs of the plans that are near, as seen from a page of one of them. `is_own` is
/// whether no author wrote that page.
pub fn context(
    press: &Press,
    near: &[usize],
    plan: &Plan,
    around: &Surroundings,
    is_own: bool,
) -> Vec<Value> {
    let own = address::of_page(&around.page.path);
    let entry = |at: &usize| {
        let (other, depth) = press.plans[*at];
        let page = other.page_index(&around.page.path).map(|index| &other.pages[index]);
        let path = match page {
            _ if is_own => Cow::Owned(document::address(other)),
            Some(_) => Cow::Borrowed(&*own),
            None => Cow::Borrowed("index.html"),
        };
        let to = format!("{}/{path}", press.folder(other));
        context! {
            name => &*other.name,
            title => &other.title,
            href => address::relative(around.address, &to),
            has_page => page.is_some(),
            missing => page.filter(|_| !is_own).map(|page| missing(around.page, page)),
            current => other.name == plan.name,
            depth => depth,
        }
    };
    near.iter().map(entry).collect()
}

/// The sections of a page that its namesake in another variant does not have, by their anchors.
fn missing(page: &PlanPage, other: &PlanPage) -> String {
    if std::sync::Arc::ptr_eq(&page.body, &other.body) {
        return String::new();
    }
    let anchors =
        page.anchors.of_sections.iter().filter(|anchor| !other.anchors.of_sections.contains(anchor));
    anchors.map(|anchor| &**anchor).collect::<Vec<_>>().join(" ")
}
