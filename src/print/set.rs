//! A document set in type, and what of it could not be printed as it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::print::Job;
use crate::print::typeset::{self, Pdf};
use crate::source::Span;
use crate::syntax::glyphs::{STAND_IN, has_glyph, is_shapeless};

/// A document in print, and what could not be printed as it is written.
#[derive(Debug)]
pub struct Printed {
    /// The PDF
    pub bytes: Vec<u8>,
    /// The paths of pictures that cannot be shown; their words stand for them
    pub unreadable: BTreeSet<String>,
    /// What keeps the file from being accessible, with the block it is in, where it is in one
    pub inaccessible: Vec<(Option<Span>, String)>,
}

/// So many blocks that are not accessible are told of a document.
const MOST: usize = 5;

impl Job<'_> {
    /// A hash of everything the document is made from: where it is the same, so is the document.
    pub fn made_from(&self) -> String {
        let mut hash = Sha256::new();
        let program = typeset::version();
        for text in [program, include_str!("set.rs"), self.template, &self.data.to_string()] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        for path in self.pictures.iter() {
            hash.update(Sha256::digest(self.picture(path).map_or(&[][..], |bytes| bytes)));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Sets the document in type.
    ///
    /// # Errors
    /// When the template cannot be set; the text says why. Nothing an author writes leads there.
    pub fn print(&self) -> Result<Printed, String> {
        let pictures = Pictures::of(self);
        let set = |data: &Json| {
            let data = pictures.printable(data, &mut BTreeSet::new());
            typeset::pdf(&self.address, self.template, data.to_string(), &pictures.files)
        };
        let fault = |reason| format!("cannot print {}: {reason}", self.address);
        let pdf = set(&self.data).map_err(fault)?;
        let inaccessible = match &pdf.inaccessible {
            Some(reason) => self.trace(reason, &|data| set(data).ok()),
            None => Vec::new(),
        };
        Ok(Printed { bytes: pdf.bytes, unreadable: pictures.unreadable, inaccessible })
    }

    fn picture(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.plan.files.get(path)
    }

    /// The blocks that keep the file from being accessible, by setting it without some of them. The
    /// typesetter itself knows only which line of the template it was.
    fn trace(&self, reason: &str, set: &dyn Fn(&Json) -> Option<Pdf>) -> Vec<(Option<Span>, String)> {
        let mut all: Vec<(String, usize)> = Vec::new();
        list_blocks(&self.data, &mut all);
        // Why it is not accessible with these blocks alone.
        let fault = |kept: &[(String, usize)]| -> Option<String> {
            let kept: BTreeSet<&(String, usize)> = kept.iter().collect();
            set(&with_blocks(&self.data, &kept))?.inaccessible
        };
        let mut found = Vec::new();
        while found.len() < MOST {
            if let Some(reason) = fault(&[]) {
                found.push((None, reason));
                break;
            }
            // The first block with which it is not accessible any more.
            let (mut good, mut bad) = (0, all.len());
            let Some(mut told) = fault(&all) else { break };
            while bad - good > 1 {
                let middle = (good + bad) / 2;
                match fault(&all[..middle]) {
                    Some(reason) => (bad, told) = (middle, reason),
                    None => good = middle,
                }
            }
            let block = all.remove(bad - 1);
            found.push((self.places.get(&block).copied(), told));
        }
        if found.is_empty() {
            found.push((None, reason.to_string()));
        }
        found
    }
}

/// The blocks of a document that stand directly in a page or a section, in order.
fn list_blocks(data: &Json, all: &mut Vec<(String, usize)>) {
    match data {
        Json::Array(items) => items.iter().for_each(|item| list_blocks(item, all)),
        Json::Object(map) => {
            if let (Some(label), Some(blocks)) = (map.get("label"), map.get("blocks")) {
                let label = label.as_str().unwrap_or_default();
                let count = blocks.as_array().map_or(0, Vec::len);
                all.extend((0..count).map(|at| (label.to_string(), at)));
            }
            map.values().for_each(|value| list_blocks(value, all));
        }
        _ => {}
    }
}

/// The data with some of those blocks alone.
fn with_blocks(data: &Json, kept: &BTreeSet<&(String, usize)>) -> Json {
    match data {
        Json::Array(items) => items.iter().map(|item| with_blocks(item, kept)).collect(),
        Json::Object(map) => {
            let label = map.get("label").and_then(Json::as_str).map(str::to_string);
            let value = |key: &String, value: &Json| match (&label, value) {
                (Some(label), Json::Array(blocks)) if key == "blocks" => {
                    let blocks = blocks.iter().enumerate();
                    let blocks = blocks.filter(|(at, _)| kept.contains(&(label.clone(), *at)));
                    blocks.map(|(_, block)| block.clone()).collect()
                }
                _ => with_blocks(value, kept),
            };
            Json::Object(map.iter().map(|(key, it)| (key.clone(), value(key, it))).collect())
        }
        other => other.clone(),
    }
}

/// The pictures of a document, as the typesetter gets them.
struct Pictures {
    /// By path, their names there
    names: BTreeMap<String, String>,
    files: BTreeMap<String, Arc<[u8]>>,
    unreadable: BTreeSet<String>,
}

impl Pictures {
    fn of(job: &Job) -> Pictures {
        let mut pictures =
            Pictures { names: BTreeMap::new(), files: BTreeMap::new(), unreadable: BTreeSet::new() };
        for path in job.pictures.iter() {
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
            let shown = job.picture(path).and_then(|bytes| {
                let hash: String =
                    Sha256::digest(bytes).iter().take(12).map(|it| format!("{it:02x}")).collect();
                let name = format!("picture-{hash}.{ending}");
                typeset::can_show(&name, bytes).then(|| (name, bytes.clone()))
            });
            match shown {
                Some((name, bytes)) => {
                    pictures.names.insert(path.clone(), name.clone());
                    pictures.files.insert(name, bytes);
                }
                None => drop(pictures.unreadable.insert(path.clone())),
            }
        }
        pictures
    }

    /// The data as they can be printed: a box for a character without a shape, for a picture that
    /// cannot be shown its words, and each footnote once. `notes` are those there were.
    fn printable(&self, data: &Json, notes: &mut BTreeSet<String>) -> Json {
        match data {
            Json::String(text) => Json::String(shapes(text)),
            Json::Array(items) => items.iter().map(|item| self.printable(item, notes)).collect(),
            Json::Object(map) => {
                let text = |key: &str| map.get(key).and_then(Json::as_str).unwrap_or_default();
                let of_picture = matches!(text("is"), "image" | "figure");
                if of_picture && !self.names.contains_key(text("file")) {
                    let words = format!("[picture: {}]", shapes(text("alternative")));
                    let words = json!({ "is": "text", "text": words });
                    return match text("is") {
                        "image" => words,
                        _ => json!({ "is": "paragraph", "content": [words] }),
                    };
                }
                if text("is") == "footnote" && !notes.insert(text("name").to_string()) {
                    return json!({ "is": "footnote-again", "name": text("name") });
                }
                let value = |key: &String, value: &Json, notes: &mut BTreeSet<String>| match key.as_str() {
                    "file" if of_picture => json!(self.names.get(text("file"))),
                    _ => self.printable(value, notes),
                };
                Json::Object(map.iter().map(|(key, it)| (key.clone(), value(key, it, notes))).collect())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => data.clone(),
        }
    }
}

fn shapes(text: &str) -> String {
    let shape = |character: char| match character {
        '\n' | '\t' => Some(character),
        c if is_shapeless(c) => None,
        c if has_glyph(c) => Some(c),
        _ => Some(STAND_IN),
    };
    text.chars().filter_map(shape).collect()
}
