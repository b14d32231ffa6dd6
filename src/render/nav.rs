//! The navigation as its templates need it.

use minijinja::{Value, context};

use crate::plan::navigation::GROUPS;
use crate::plan::{Navigation, Plan, PlanPage};
use crate::render::html::Surroundings;

pub use crate::plan::navigation::{group_title, kind_of_overview, overview};

/// What each group is to a reader who looks for their way in.
const DOORS: [(&str, &str); 3] = [
    ("noticed", "I noticed something"),
    ("responding", "I am responding"),
    ("plan", "I look after this plan"),
];

/// A page that no author wrote: its group, its title, its address.
pub type OwnPage = (&'static str, &'static str, String);

/// The three ways into a plan, for its home: to the section that has the id of the group, where an
/// author wrote one; else with the pages of the group.
pub fn doors(navigation: &Navigation, around: &Surroundings, own: &[OwnPage]) -> Vec<Value> {
    let plan = around.plan;
    let mut doors = Vec::new();
    for ((_, entries), (group, title)) in navigation.groups.iter().zip(DOORS) {
        let is_written = around.page.anchors.of_sections.iter().any(|anchor| **anchor == *group);
        let mut pages: Vec<Value> = entries
            .iter()
            .map(|entry| &plan.pages[entry.page])
            .map(|page| context! { title => &page.title, href => around.href(page) })
            .collect();
        pages.extend(own_links(own, group));
        let Some(first) = pages.first() else { continue };
        let href = if is_written {
            Value::from(format!("#{group}"))
        } else {
            first.get_attr("href").unwrap_or_default()
        };
        let pages = if is_written { Vec::new() } else { pages };
        doors.push(context! { title => title, href => href, pages => pages });
    }
    doors
}

/// What the template needs, with addresses as `href` gives them. `own` are pages that no author
/// wrote, each with its group, title and address; they come last.
pub fn context(
    navigation: &Navigation,
    plan: &Plan,
    href: &dyn Fn(&PlanPage) -> String,
    own: &[OwnPage],
) -> Value {
    let link = |index: usize| {
        let page = &plan.pages[index];
        context! { title => &page.title, href => href(page) }
    };
    let groups: Vec<Value> = navigation
        .groups
        .iter()
        .zip(GROUPS)
        .map(|((title, entries), (group, _))| {
            let mut pages: Vec<Value> = entries
                .iter()
                .map(|entry| {
                    let children: Vec<Value> = entry.children.iter().map(|child| link(*child)).collect();
                    context! { ..link(entry.page), ..context! { children => children } }
                })
                .collect();
            pages.extend(own_links(own, group));
            (*title, pages)
        })
        .filter(|(_, pages)| !pages.is_empty())
        .map(|(title, pages)| context! { title => title, pages => pages })
        .collect();
    context! { groups => groups }
}

fn own_links<'o>(own: &'o [OwnPage], group: &'o str) -> impl Iterator<Item = Value> + 'o {
    let of_group = own.iter().filter(move |(other, ..)| *other == group);
    of_group.map(|(_, title, href)| context! { title => *title, href => href, children => [(); 0] })
}
