//! The switcher: the same page in the guidebooks of others.

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
    let (above, own_parent) = (&lineage[..lineage.len() - 1], parent(plan));
    let is_above = |other: &Plan| above.contains(&&*other.name);
    let is_family = |other: &Plan| {
        let its_parent = parent(other);
        its_parent == own_parent || its_parent == Some(&*plan.name)
    };
    let mut family: Vec<usize> =
        (0..plans.len()).filter(|at| is_above(plans[*at].0) || is_family(plans[*at].0)).collect();
    family.sort_by_key(|at| (!is_above(plans[*at].0), at.abs_diff(own)));
    family.truncate(NEAREST);
    family.sort_unstable();
    family
}

/// The name of the layer that a plan extends.
fn parent(of: &Plan) -> Option<&str> {
    of.lineage.iter().rev().nth(1).map(|layer| &*layer.name)
}

/// What the template needs of the plans that are near, as seen from a page of one of them: each with its folder
/// as seen from there. `is_own` is whether no author wrote that page.
pub fn context<'n>(
    press: &Press,
    near: impl Iterator<Item = (usize, &'n str)>,
    plan: &Plan,
    around: &Surroundings,
    is_own: bool,
) -> Vec<Value> {
    let own = address::encoded(&address::of_page(&around.page.path));
    let entry = |(at, folder): (usize, &str)| {
        let (other, depth) = press.plans[at];
        let current = other.name == plan.name;
        let page = match current {
            true => Some(around.page),
            false => other.page_index(&around.page.path).map(|index| &*other.pages[index]),
        };
        let href = match page {
            _ if current => address::relative(around.address, around.address),
            _ if is_own => format!("{folder}{}", address::encoded(&document::address(other))),
            Some(_) => format!("{folder}{own}"),
            None => format!("{folder}index.html"),
        };
        context! {
            name => &*other.name,
            title => &other.title,
            href => href,
            has_page => page.is_some(),
            missing => page.filter(|_| !is_own).map(|page| missing(around.page, page)),
            current => current,
            depth => depth,
        }
    };
    near.map(entry).collect()
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
