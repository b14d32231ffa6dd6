//! The navigation of a plan: its pages in three groups, in the order people need them, on a
//! screen and on paper.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::plan::{Plan, PlanPage};
use crate::syntax::Kind;

/// The groups, with their titles.
pub const GROUPS: [(&str, &str); 3] =
    [("noticed", "Noticed something"), ("responding", "Responding"), ("plan", "This plan")];

/// A place in the navigation: a page, or a folder of pages, with those under it.
#[derive(Debug)]
pub struct Entry {
    /// What it is called
    pub title: String,
    /// The page itself, by its number in the plan; none for a folder that no page is about
    pub overview: Option<usize>,
    /// The pages under it: the records it is about, or the pages of its folder
    pub children: Vec<usize>,
}

impl Entry {
    /// Where it leads.
    pub fn page(&self) -> usize {
        self.overview.unwrap_or_else(|| self.children[0])
    }

    /// All its pages, in the order one would read them.
    pub fn pages(&self) -> impl Iterator<Item = usize> {
        self.overview.into_iter().chain(self.children.iter().copied())
    }
}

/// The navigation of a plan.
#[derive(Debug)]
pub struct Navigation {
    /// The groups with their titles; a group may be empty
    pub groups: Vec<(&'static str, Vec<Entry>)>,
}

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of its group
    pub group: usize,
    /// The number of its entry in the group
    pub entry: usize,
    /// Its number among the entry's children; none for the page of the entry itself
    pub child: Option<usize>,
}

/// What a page stands under.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Branch<'p> {
    Page(usize),
    Folder(&'p str),
}

impl Navigation {
    /// Arranges a plan's pages. The page `roles.md` has the roles under it, and likewise for
    /// every kind; a record without such a page stands by itself. Other pages of a folder stand
    /// together: under the page that is named as the folder is, or is its `index.md` or `README.md`,
    /// else under the folder's name.
    pub fn new(plan: &Plan) -> Navigation {
        let folders: HashSet<&str> = plan.pages.iter().filter_map(|page| folder(&page.path)).collect();
        let mut branches: BTreeMap<(usize, Branch), Vec<usize>> = BTreeMap::new();
        for (index, page) in plan.pages.iter().enumerate() {
            if page.kind == Kind::Plan || overview(plan, page).is_some() {
                continue;
            }
            let group = group_number(page);
            let in_folder = folder(&page.path).filter(|_| {
                page.kind == Kind::Page && leads(&page.path).is_none_or(|it| !folders.contains(it))
            });
            let branch = match in_folder {
                Some(folder) => lead(plan, folder, group).map_or(Branch::Folder(folder), Branch::Page),
                None => Branch::Page(index),
            };
            let pages = branches.entry((group, branch)).or_default();
            if in_folder.is_some() {
                pages.push(index);
            } else if let Some(kind) = kind_of_overview(page) {
                let records = plan.records(kind);
                pages.extend(records.iter().filter_map(|record| plan.page_index(&record.page)));
            }
        }
        let mut groups: Vec<(&'static str, Vec<Entry>)> = GROUPS.map(|(_, title)| (title, Vec::new())).into();
        for ((group, branch), mut children) in branches {
            let title = |page: usize| plan.pages[page].title.clone();
            let entry = match branch {
                Branch::Page(page) => {
                    if kind_of_overview(&plan.pages[page]).is_none() {
                        children.sort_by_key(|child| in_its_place(&plan.pages[*child]));
                    }
                    Entry { title: title(page), overview: Some(page), children }
                }
                Branch::Folder(_) if children.len() == 1 => {
                    Entry { title: title(children[0]), overview: children.pop(), children }
                }
                Branch::Folder(folder) => {
                    children.sort_by_key(|child| in_its_place(&plan.pages[*child]));
                    Entry { title: title_of_folder(folder), overview: None, children }
                }
            };
            groups[group].1.push(entry);
        }
        for (_, entries) in &mut groups {
            entries.sort_by_cached_key(|entry| {
                let page = &plan.pages[entry.page()];
                let place = Kind::ALL.iter().position(|kind| *kind == page.kind);
                (page.kind != Kind::Page, place, page.order, entry.title.clone())
            });
        }
        Navigation { groups }
    }

    /// Where each page stands, by its number in the plan.
    pub fn places(&self) -> HashMap<usize, Place> {
        let mut places = HashMap::new();
        for (group, (_, entries)) in self.groups.iter().enumerate() {
            for (entry, of_entry) in entries.iter().enumerate() {
                places.extend(of_entry.overview.map(|page| (page, Place { group, entry, child: None })));
                let children = of_entry.children.iter().enumerate();
                places.extend(
                    children.map(|(child, page)| (*page, Place { group, entry, child: Some(child) })),
                );
            }
        }
        places
    }

    /// The pages in the order one would read them, the landing page first.
    pub fn order(&self, plan: &Plan) -> Vec<usize> {
        let entries = self.groups.iter().flat_map(|(_, entries)| entries);
        plan.page_index("plan.md").into_iter().chain(entries.flat_map(Entry::pages)).collect()
    }
}

fn in_its_place(page: &PlanPage) -> (u32, &str) {
    (page.order, &page.title)
}

/// The folder a page is in.
fn folder(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

/// The folder whose pages stand under a page, if there is one.
fn leads(path: &str) -> Option<&str> {
    let name = path.strip_suffix(".md")?;
    name.strip_suffix("/index").or_else(|| name.strip_suffix("/README")).or(Some(name))
}

/// The page of a group that the pages of a folder stand under.
fn lead(plan: &Plan, folder: &str, group: usize) -> Option<usize> {
    let named = |end: &&str| plan.page_index(&format!("{folder}{end}"));
    let index = [".md", "/index.md", "/README.md"].iter().find_map(named)?;
    let page = &plan.pages[index];
    let is_free = page.kind != Kind::Plan && overview(plan, page).is_none();
    (is_free && group_number(page) == group).then_some(index)
}

/// What a folder is called that no page is about: `war-rooms` is "War rooms".
fn title_of_folder(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or(folder).replace(['-', '_'], " ");
    let mut signs = name.chars();
    signs.next().map_or(String::new(), |first| first.to_uppercase().chain(signs).collect())
}

/// The title of the group a page stands in.
pub fn group_title(page: &PlanPage) -> &'static str {
    GROUPS[group_number(page)].1
}

fn group_number(page: &PlanPage) -> usize {
    GROUPS.iter().position(|(name, _)| *name == group_of(page)).unwrap_or(2)
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
