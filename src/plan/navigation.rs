//! The navigation of a plan: its pages in three groups, in the order people need them, on a
//! screen and on paper.

use crate::plan::{Plan, PlanPage};
use crate::syntax::Kind;

/// The groups, with their titles.
pub const GROUPS: [(&str, &str); 3] =
    [("noticed", "Noticed something"), ("responding", "Responding"), ("plan", "This plan")];

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
    /// The groups with their titles; a group may be empty
    pub groups: Vec<(&'static str, Vec<Entry>)>,
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
