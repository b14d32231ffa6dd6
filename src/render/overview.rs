//! What a page about all records of a kind shows besides its text: only what the text does not.

use minijinja::{Value, context};

use crate::plan::Target;
use crate::render::html::{DECISION, LEVELS, Surroundings};
use crate::render::{nav, record};
use crate::syntax::Kind;

/// What the template needs.
#[derive(Default)]
pub struct Overview {
    /// The severities beside each other
    pub levels: Vec<Value>,
    /// The severities as questions that lead to them
    pub questions: Vec<Value>,
    /// The records that the text does not name
    pub unlisted: Vec<Value>,
}

/// What a page shows besides its text, which is `content` as HTML.
pub fn overview(around: &Surroundings, content: &str) -> Overview {
    let Some(kind) = nav::kind_of_overview(around.page) else { return Overview::default() };
    let levels = match kind {
        Kind::Severity if around.plan.severities.len() > 1 => record::levels(around),
        _ => Vec::new(),
    };
    let (compares, decides) = (content.contains(LEVELS), content.contains(DECISION));
    Overview {
        levels: if compares { Vec::new() } else { levels.clone() },
        questions: if decides { Vec::new() } else { levels },
        // The levels beside each other name all of them.
        unlisted: if kind == Kind::Severity { Vec::new() } else { unlisted(around, kind) },
    }
}

/// The records that no link of the page leads to.
fn unlisted(around: &Surroundings, kind: Kind) -> Vec<Value> {
    let plan = around.plan;
    let is_linked = |index: usize, path: &str| {
        around.page.links.values().any(|target| match target {
            Target::Record(other, at) => *other == kind && *at == index,
            Target::Page(page, _) => &*plan.pages[*page].path == path,
            _ => false,
        })
    };
    let records = plan.records(kind).into_iter().enumerate();
    records
        .filter(|(index, record)| !is_linked(*index, &record.page))
        .map(|(_, record)| {
            context! {
                kind => kind.name(),
                title => &record.title,
                href => around.record_href(&record.page),
                summary => &record.summary,
            }
        })
        .collect()
}
