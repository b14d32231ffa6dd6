//! The documents that are printed of each plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;

use crate::config::Config;
use crate::plan::Plan;
use crate::plan::address::in_folder;
use crate::print::binder::Binder;
use crate::print::imprint;
use crate::print::runbook::Runbook;
use crate::print::text::Places;

/// A document that is printed of every plan: its file's name, what it is called, its template.
struct Document {
    file: &'static str,
    title: &'static str,
    template: &'static str,
    /// Whether it is set from the whole plan, and not from what a responder holds
    whole: bool,
}

const DOCUMENTS: &[Document] = &[
    Document {
        file: "binder.pdf",
        title: "The complete binder",
        template: include_str!("binder.typ"),
        whole: true,
    },
    Document {
        file: "runbook.pdf",
        title: "The runbook",
        template: include_str!("runbook.typ"),
        whole: false,
    },
    Document {
        file: "roles.pdf",
        title: "One page for each role",
        template: include_str!("roles.typ"),
        whole: false,
    },
    Document {
        file: "wall-card.pdf",
        title: "A card for the wall",
        template: include_str!("wall-card.typ"),
        whole: false,
    },
    Document {
        file: "wallet-cards.pdf",
        title: "Cards for the wallet",
        template: include_str!("wallet-cards.typ"),
        whole: false,
    },
];

/// One document of one plan, ready to be set in type.
#[derive(Debug)]
#[cfg_attr(not(feature = "pdf"), allow(dead_code, reason = "only the typesetter reads all of it"))]
pub struct Job<'p> {
    /// The plan
    pub plan: &'p Plan,
    /// Where it goes, from the root of the output
    pub address: String,
    /// What it is called
    pub title: &'static str,
    pub(super) template: &'static str,
    pub(super) data: Arc<Json>,
    /// The paths of the pictures it shows
    pub(super) pictures: Arc<BTreeSet<String>>,
    /// Where its blocks are written
    pub(super) places: Arc<Places>,
}

/// The documents of a plan, in the order they are listed. Where nobody can report and nothing is
/// to be done, as in an edition of a few pages, there is only the binder.
pub fn jobs<'p>(config: &Config, plan: &'p Plan) -> Vec<Job<'p>> {
    let imprint = imprint(config, plan);
    let folder = config.editions.get(plan.edition.name()).map_or("", |folder| &folder.value);
    let (binder, binder_pictures, binder_places) = Binder::new(plan, imprint.clone());
    let (runbook, runbook_pictures, runbook_places) = Runbook::new(plan, imprint);
    let can_report = runbook.report.is_some();
    let has_roles = !runbook.roles.is_empty();
    let responds = has_roles || !runbook.checklists.is_empty() || !runbook.phases.is_empty();
    let whole = (as_json(&binder), Arc::new(binder_pictures), Arc::new(binder_places));
    let part = (as_json(&runbook), Arc::new(runbook_pictures), Arc::new(runbook_places));
    let is_needed = |document: &&Document| match document.file {
        "runbook.pdf" => responds,
        "roles.pdf" => has_roles,
        "wall-card.pdf" | "wallet-cards.pdf" => can_report,
        _ => true,
    };
    let job = |document: &Document| {
        let (data, pictures, places) = if document.whole { &whole } else { &part };
        Job {
            plan,
            address: in_folder(folder, &format!("{}/print/{}", plan.name, document.file)),
            title: document.title,
            template: document.template,
            data: data.clone(),
            pictures: pictures.clone(),
            places: places.clone(),
        }
    };
    DOCUMENTS.iter().filter(is_needed).map(job).collect()
}

fn as_json(value: &impl Serialize) -> Arc<Json> {
    // Maps with keys of text and plain values cannot fail to be written.
    Arc::new(serde_json::to_value(value).unwrap_or_default())
}

impl Job<'_> {
    /// What the document says, as the data it is set from.
    pub fn readable(&self) -> Arc<[u8]> {
        self.data.to_string().into_bytes().into()
    }
}
