//! The documents that are printed of each plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::plan::Plan;
use crate::plan::address::in_folder;
use crate::print::binder::Binder;
use crate::print::imprint;
use crate::print::runbook::Runbook;

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
pub struct Job<'p> {
    /// The plan
    pub plan: &'p Plan,
    /// Where it goes, from the root of the output
    pub address: String,
    /// What it is called
    pub title: &'static str,
    template: &'static str,
    data: Arc<Json>,
    /// The paths of the pictures it shows
    pictures: Arc<BTreeSet<String>>,
}

/// The documents of a plan, in the order they are listed. Where nobody can report and nothing is
/// to be done, as in an edition of a few pages, there is only the binder.
pub fn jobs<'p>(config: &Config, plan: &'p Plan) -> Vec<Job<'p>> {
    let imprint = imprint(config, plan);
    let folder = config.editions.get(plan.edition.name()).map_or("", |folder| &folder.value);
    let (binder, binder_pictures) = Binder::new(plan, imprint.clone());
    let (runbook, runbook_pictures) = Runbook::new(plan, imprint);
    let can_report = runbook.report.is_some();
    let has_roles = !runbook.roles.is_empty();
    let responds = has_roles || !runbook.checklists.is_empty() || !runbook.phases.is_empty();
    let whole = (json(&binder), Arc::new(binder_pictures));
    let part = (json(&runbook), Arc::new(runbook_pictures));
    let is_needed = |document: &&Document| match document.file {
        "runbook.pdf" => responds,
        "roles.pdf" => has_roles,
        "wall-card.pdf" | "wallet-cards.pdf" => can_report,
        _ => true,
    };
    let job = |document: &Document| {
        let (data, pictures) = if document.whole { &whole } else { &part };
        Job {
            plan,
            address: in_folder(folder, &format!("{}/print/{}", plan.name, document.file)),
            title: document.title,
            template: document.template,
            data: data.clone(),
            pictures: pictures.clone(),
        }
    };
    DOCUMENTS.iter().filter(is_needed).map(job).collect()
}

fn json(value: &impl Serialize) -> Arc<Json> {
    // Maps with keys of text and plain values cannot fail to be written.
    Arc::new(serde_json::to_value(value).unwrap_or_default())
}

impl Job<'_> {
    /// A hash of everything the document is made from: where it is the same, so is the document.
    pub fn made_from(&self) -> String {
        let mut hash = Sha256::new();
        for text in
            [env!("CARGO_PKG_VERSION"), include_str!("sheet.typ"), self.template, &self.data.to_string()]
        {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        for path in self.pictures.iter() {
            hash.update(Sha256::digest(self.picture(path).map_or(&[][..], |bytes| bytes)));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the document says, as the data it is set from.
    pub fn readable(&self) -> Arc<[u8]> {
        self.data.to_string().into_bytes().into()
    }

    fn picture(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.plan.files.get(path)
    }
}

#[cfg(feature = "pdf")]
mod set {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use serde_json::{Value as Json, json};
    use sha2::{Digest, Sha256};

    use super::Job;
    use crate::print::typeset;
    use crate::syntax::glyphs::{has_glyph, is_shapeless};

    /// A document in print, and what could not be printed as it is written.
    #[derive(Debug)]
    pub struct Printed {
        /// The PDF
        pub bytes: Vec<u8>,
        /// Characters that no font has; a box stands for each
        pub missing: BTreeSet<char>,
        /// The paths of pictures that cannot be shown; their words stand for them
        pub unreadable: BTreeSet<String>,
        /// Why the file does not keep PDF/UA-1 and PDF/A-2a, where it does not
        pub shortfall: Option<String>,
    }

    impl Job<'_> {
        /// Sets the document in type.
        ///
        /// # Errors
        /// When the template cannot be set; the text says why. Nothing an author writes leads there.
        pub fn print(&self) -> Result<Printed, String> {
            let mut names = BTreeMap::new();
            let mut pictures: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
            let mut unreadable = BTreeSet::new();
            for path in self.pictures.iter() {
                let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
                let shown = self.picture(path).and_then(|bytes| {
                    let hash: String =
                        Sha256::digest(bytes).iter().take(12).map(|it| format!("{it:02x}")).collect();
                    let name = format!("picture-{hash}.{ending}");
                    typeset::can_show(&name, bytes).then(|| (name, bytes.clone()))
                });
                match shown {
                    Some((name, bytes)) => {
                        names.insert(path.as_str(), name.clone());
                        pictures.insert(name, bytes);
                    }
                    None => drop(unreadable.insert(path.clone())),
                }
            }
            let mut missing = BTreeSet::new();
            let data = printable(&self.data, &names, &mut missing);
            let pdf = typeset::pdf(&self.address, self.template, data.to_string(), &pictures)
                .map_err(|reason| format!("cannot print {}: {reason}", self.address))?;
            Ok(Printed { bytes: pdf.bytes, missing, unreadable, shortfall: pdf.shortfall })
        }
    }

    /// The data with what cannot be printed replaced: a character without a shape by a box, a
    /// picture by the words that stand for it.
    fn printable(data: &Json, names: &BTreeMap<&str, String>, missing: &mut BTreeSet<char>) -> Json {
        match data {
            Json::String(text) => Json::String(shapes(text, missing)),
            Json::Array(items) => items.iter().map(|item| printable(item, names, missing)).collect(),
            Json::Object(map) if map.get("is") == Some(&json!("image")) => {
                let file = map.get("file").and_then(Json::as_str).unwrap_or_default();
                let alternative = map.get("alternative").and_then(Json::as_str).unwrap_or_default();
                let words = shapes(alternative, missing);
                match names.get(file) {
                    // Without words a picture still has to be called something (PDF/UA-1, 7.3).
                    Some(name) if words.is_empty() => {
                        json!({ "is": "image", "file": name, "alternative": file })
                    }
                    Some(name) => json!({ "is": "image", "file": name, "alternative": words }),
                    None => json!({ "is": "text", "text": words }),
                }
            }
            Json::Object(map) => Json::Object(
                map.iter().map(|(key, value)| (key.clone(), printable(value, names, missing))).collect(),
            ),
            Json::Null | Json::Bool(_) | Json::Number(_) => data.clone(),
        }
    }

    fn shapes(text: &str, missing: &mut BTreeSet<char>) -> String {
        let shape = |character: char| match character {
            c if is_shapeless(c) => None,
            c if has_glyph(c) => Some(c),
            c => {
                missing.insert(c);
                Some('\u{25a1}')
            }
        };
        text.chars().filter_map(shape).collect()
    }
}

#[cfg(feature = "pdf")]
pub use set::Printed;
