//! The navigation as its template needs it.

use minijinja::{Value, context};

use crate::plan::{Navigation, Plan, PlanPage};

/// The navigation of a plan, with addresses as `href` gives them.
pub fn context(navigation: &Navigation, plan: &Plan, href: &dyn Fn(&PlanPage) -> String) -> Value {
    let link = |index: usize| {
        let page = &plan.pages[index];
        context! { title => &page.title, href => href(page) }
    };
    let groups: Vec<Value> = navigation
        .groups
        .iter()
        .filter(|(_, entries)| !entries.is_empty())
        .map(|(title, entries)| {
            let pages: Vec<Value> = entries
                .iter()
                .map(|entry| {
                    let children: Vec<Value> = entry.children.iter().map(|child| link(*child)).collect();
                    context! { ..link(entry.page), ..context! { children => children } }
                })
                .collect();
            context! { title => *title, pages => pages }
        })
        .collect();
    context! { groups => groups }
}
