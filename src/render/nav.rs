//! The navigation of a plan: its pages in three groups, in the order people need them.

use minijinja::{Value, context};

use crate::plan::{Plan, PlanPage};
use crate::render::html::Surroundings;
use crate::syntax::Kind;

/// The groups, with their titles.
const GROUPS: [(&str, &str); 3] =
    [("noticed", "Noticed something"), ("responding", "Responding"), ("plan", "This plan")];

/// What each group is to a reader who looks for their way in.
const DOORS: [(&str, &str); 3] = [
    ("noticed", "I noticed something"),
    ("responding", "I am responding"),
    ("plan", "I look after this plan"),
];

/// A page that no author wrote: its group, its title, its address.
pub type OwnPage = (&'static str, &'static str, String);

/// A page in the navigation, and those under it.
#[derive(Debug)]
pub struct Entry {
    /// The page, by its number in the plan
    pub page: usize,
    /// The records it is about
    pub children: Vec<usize>,
}

/// The navigation of a plan.
#[derive(Debug)]
pub struct Navigation {
    groups: Vec<(&'static str, Vec<Entry>)>,
}

impl Navigation {
    /// Arranges a plan's pages. The page `roles.md` has the roles under it, and likewise for
    /// every kind; a kind without such a page stands by itself.
    pub fn new(plan: &Plan) -> Navigation {
        let mut groups: Vec<(&'static str, Vec<Entry>)> = GROUPS.map(|(_, title)| (title, Vec::new())).into();
        for (index, page) in plan.pages.iter().enumerate() {
            if page.kind == Kind::Plan || overview(plan, page).is_some() {
                continue;
            }
            let children = match kind_of_overview(page) {
                Some(kind) => {
                    plan.records(kind).iter().filter_map(|record| plan.page_index(&record.page)).collect()
                }
                None => Vec::new(),
            };
            let group = GROUPS.iter().position(|(name, _)| *name == group_of(page)).unwrap_or(2);
            groups[group].1.push(Entry { page: index, children });
        }
        for (_, entries) in &mut groups {
            entries.sort_by_key(|entry| {
                let page = &plan.pages[entry.page];
                let place = Kind::ALL.iter().position(|kind| *kind == page.kind);
                (page.kind != Kind::Page, place, page.order, page.title.clone())
            });
        }
        Navigation { groups }
    }

    /// The pages in the order one would read them, the landing page first.
    pub fn order(&self, plan: &Plan) -> Vec<usize> {
        let home = plan.page_index("plan.md");
        let rest = self.groups.iter().flat_map(|(_, entries)| entries);
        home.into_iter()
            .chain(rest.flat_map(|entry| std::iter::once(entry.page).chain(entry.children.iter().copied())))
            .collect()
    }

    /// The three ways into a plan, for its home: to the section that has the id of the group, where an
    /// author wrote one; else with the pages of the group.
    pub fn doors(&self, around: &Surroundings, own: &[OwnPage]) -> Vec<Value> {
        let plan = around.plan;
        let mut doors = Vec::new();
        for ((_, entries), (group, title)) in self.groups.iter().zip(DOORS) {
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
    pub fn context(&self, plan: &Plan, href: &dyn Fn(&PlanPage) -> String, own: &[OwnPage]) -> Value {
        let link = |index: usize| {
            let page = &plan.pages[index];
            context! { title => &page.title, href => href(page) }
        };
        let groups: Vec<Value> = self
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
}

fn own_links<'o>(own: &'o [OwnPage], group: &'o str) -> impl Iterator<Item = Value> + 'o {
    let of_group = own.iter().filter(move |(other, ..)| *other == group);
    of_group.map(|(_, title, href)| context! { title => *title, href => href, children => [(); 0] })
}

/// The title of the group a page stands in.
pub fn group_title(page: &PlanPage) -> &'static str {
    GROUPS.iter().find(|(name, _)| *name == group_of(page)).map_or(GROUPS[2].1, |(_, title)| title)
}

/// The page that is about all records of the kind of this one, where there is one.
pub fn overview<'p>(plan: &'p Plan, page: &PlanPage) -> Option<&'p PlanPage> {
    let paths = overview_paths(page.kind)?;
    let index = paths.iter().find_map(|path| plan.page_index(path))?;
    Some(&plan.pages[index])
}

/// The kind of records that a page is about all of.
pub fn kind_of_overview(page: &PlanPage) -> Option<Kind> {
    let is_about = |kind: &Kind| {
        overview_paths(*kind).is_some_and(|paths| paths.iter().any(|path| **path == *page.path))
    };
    Kind::ALL.into_iter().find(is_about)
}

/// What a page about all of a kind may be called.
fn overview_paths(kind: Kind) -> Option<[String; 3]> {
    let folder = kind.folder()?;
    Some([format!("{folder}.md"), format!("{folder}/index.md"), format!("{folder}/README.md")])
}

fn group_of(page: &PlanPage) -> &str {
    match page.kind {
        _ if !page.group.is_empty() => &page.group,
        Kind::Plan | Kind::Page => "plan",
        Kind::Severity | Kind::Role | Kind::Phase | Kind::Checklist | Kind::Template | Kind::Playbook => {
            "responding"
        }
    }
}
