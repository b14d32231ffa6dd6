//! The navigation as its templates need it.

use std::ops::Range;

use minijinja::{Value, context};

use crate::plan::navigation::{GROUPS, Place};
use crate::plan::{Navigation, Plan, PlanPage};
use crate::render::html::Surroundings;

pub use crate::plan::navigation::{group_title, kind_of_overview};

/// What each group is to a reader who looks for their way in.
pub const DOORS: [(&str, &str); 3] = [
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
            .map(|entry| context! { title => &entry.title, href => around.href(&plan.pages[entry.page()]) })
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

/// The part of a navigation that a page shows: all places but of their pages only those it is among,
/// and of long lists only the neighbours. So pages of a large plan are not larger than those of a small one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    group: usize,
    entries: Range<usize>,
    /// The place that is open, and which of its pages are shown
    open: Option<(usize, Range<usize>)>,
}

impl Part {
    /// The part about a page; `None` for one that is not in the navigation.
    pub fn around(navigation: &Navigation, page: Option<&Place>) -> Part {
        let Some(page) = page else { return Part { group: 0, entries: 0..0, open: None } };
        let entries = &navigation.groups[page.group].1;
        let children = entries[page.entry].children.len();
        Part {
            group: page.group,
            entries: neighbours(entries.len(), page.entry),
            open: (children > 0).then(|| (page.entry, neighbours(children, page.child.unwrap_or(0)))),
        }
    }
}

/// How many of a list are shown when not all are.
const NEIGHBOURS: usize = 50;

/// What is shown of a list: all of it, or where it is long the run of neighbours that one is in.
fn neighbours(count: usize, one: usize) -> Range<usize> {
    if count <= 2 * NEIGHBOURS {
        return 0..count;
    }
    let start = one / NEIGHBOURS * NEIGHBOURS;
    start..(start + NEIGHBOURS).min(count)
}

/// What the template needs, with addresses as `href` gives them. Without a part it is the whole navigation.
/// `own` are pages that no author wrote, each with its group, title and address; they come last.
/// `contents` is the address of the page that has the whole.
pub fn context(
    navigation: &Navigation,
    plan: &Plan,
    href: &dyn Fn(&PlanPage) -> String,
    own: &[OwnPage],
    part: Option<&Part>,
    contents: Option<&str>,
) -> Value {
    let link = |title: &str, page: usize, children: Vec<Value>, more: usize| {
        context! { title => title, href => href(&plan.pages[page]), children => children, more => more }
    };
    let child =
        |page: &usize| context! { title => &plan.pages[*page].title, href => href(&plan.pages[*page]) };
    let entry = |group: usize, at: usize| {
        let entry = &navigation.groups[group].1[at];
        let shown = match part {
            None => 0..entry.children.len(),
            Some(part) => match &part.open {
                Some((open, shown)) if part.group == group && *open == at => shown.clone(),
                _ => return link(&entry.title, entry.page(), Vec::new(), 0),
            },
        };
        let more = entry.children.len() - shown.len();
        link(&entry.title, entry.page(), entry.children[shown].iter().map(child).collect(), more)
    };
    let groups =
        navigation.groups.iter().zip(GROUPS).enumerate().map(|(number, ((title, entries), (group, _)))| {
            let shown = match part {
                None => 0..entries.len(),
                Some(part) if part.group == number && !part.entries.is_empty() => part.entries.clone(),
                Some(_) => neighbours(entries.len(), 0),
            };
            let more = entries.len() - shown.len();
            let pages = shown.map(|at| entry(number, at)).chain(own_links(own, group));
            context! { title => *title, pages => pages.collect::<Vec<Value>>(), more => more }
        });
    let is_empty = |group: &Value| group.get_attr("pages").is_ok_and(|pages| pages.len() == Some(0));
    context! { groups => groups.filter(|group| !is_empty(group)).collect::<Vec<Value>>(), contents => contents }
}

fn own_links<'o>(own: &'o [OwnPage], group: &'o str) -> impl Iterator<Item = Value> + 'o {
    let of_group = own.iter().filter(move |(other, ..)| *other == group);
    of_group
        .map(|(_, title, href)| context! { title => *title, href => href, children => [(); 0], more => 0 })
}
