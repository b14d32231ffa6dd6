//! Plans on paper: the complete binder, the runbook, one page for each role, and the cards.
//!
//! A plan becomes data ([`model`]), and a fixed template typesets the data. The data are made
//! without the feature `pdf`; only setting them in type needs it.

pub mod binder;
#[cfg(feature = "pdf")]
mod condense;
mod job;
pub mod model;
pub mod record;
pub mod runbook;
#[cfg(feature = "pdf")]
mod set;
pub mod text;
#[cfg(feature = "pdf")]
mod typeset;
pub mod words;

pub use job::{Job, jobs};
#[cfg(feature = "pdf")]
pub use set::Printed;

use crate::config::Config;
use crate::plan::Plan;
use crate::print::model::Imprint;
use crate::syntax::day;

/// What stands on every sheet of a plan.
pub fn imprint(config: &Config, plan: &Plan) -> Imprint {
    let fact = |path: &str| {
        let text = plan.values.at(path).and_then(|node| node.value.as_text());
        text.unwrap_or_default().trim().to_string()
    };
    let folder = config.editions.get(plan.edition.name()).map_or("", |folder| &folder.value);
    let verify = crate::plan::address::in_folder(folder, "verify/");
    let reviewed = plan.document.reviewed_on.as_ref().map_or(String::new(), |day| day.value.clone());
    let language = match plan.document.language.as_str() {
        "" => &config.lang,
        own => own,
    };
    Imprint {
        guidebook: config.title.clone(),
        variant: plan.name.to_string(),
        title: plan.title.clone(),
        document: plan.page_index("plan.md").map_or(String::new(), |page| plan.pages[page].title.clone()),
        organization: plan.organization.clone(),
        system: fact("system.name"),
        edition: plan.edition.name(),
        version: plan.document.version.clone(),
        status: plan.document.status.replace('-', " "),
        id: fact("document.id"),
        classification: fact("document.classification"),
        hash: plan.content_hash().to_string(),
        valid_until: plan.document.next_review.map_or(String::new(), |day| day::in_full(&day.to_string())),
        reviewed_on: day::in_full(&reviewed),
        reviewed_iso: reviewed,
        verify: match &config.base_url {
            Some(base) => {
                format!("{}/{verify}", base.trim_start_matches("https://").trim_start_matches("http://"))
            }
            None => format!("/{verify}"),
        },
        paper: config.paper,
        region: region(language).to_string(),
        language: language.split('-').next().unwrap_or_default().to_ascii_lowercase(),
    }
}

/// The region of a language's tag (BCP 47): `BR` of `pt-BR`; empty where it has none.
fn region(tag: &str) -> &str {
    let is_region = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    tag.split('-').skip(1).find(is_region).unwrap_or_default()
}
