//! What makes a site stay when the network goes: a service worker for each variant, and one for
//! what the variants of an edition share; and the web app manifest, with which a phone keeps the
//! plan among its programs.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use rayon::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::plan::Plan;
use crate::render::address::{in_folder, relative};
use crate::render::press::Press;
use crate::render::{Rendered, Sink, bytes};
use crate::theme::Fault;

/// The worker's file in a folder.
const WORKER: &str = "worker.js";
/// The line of the theme's worker that the list takes the place of.
const LIST: &str = "const list = ";

/// Makes the workers of an edition: one in each variant's folder and one at its root, each with the list of
/// what it saves. `hashes` has all other files of the edition.
///
/// # Errors
/// When the theme's worker has no line for the list, or the sink does not take a file.
pub(super) fn workers(press: &Press, hashes: &[(String, String)], sink: &dyn Sink) -> Result<(), Fault> {
    let assets = in_folder(press.edition_folder, "assets/");
    let folders: Vec<String> = press.plans.iter().map(|(plan, _)| press.folder(plan) + "/").collect();
    // Each file is of the variant in whose folder it lies, and the rest is shared.
    let known: HashMap<&str, usize> =
        folders.iter().enumerate().map(|(number, folder)| (folder.as_str(), number)).collect();
    let mut of_variants = vec![Vec::new(); folders.len()];
    let mut shared = Vec::new();
    for (address, hash) in hashes {
        let mut above = address.match_indices('/').map(|(end, _)| &address[..=end]);
        match above.find_map(|folder| known.get(folder)) {
            Some(variant) => of_variants[*variant].push((address.as_str(), hash.as_str())),
            None => shared.push((address.as_str(), hash.as_str())),
        }
    }
    let assets: Vec<_> = shared.iter().copied().filter(|(address, _)| address.starts_with(&assets)).collect();
    let variants = press.plans.par_iter().zip(&folders).zip(of_variants);
    variants.try_for_each(|(((plan, _), folder), mut files)| {
        files.extend(&assets);
        worker(press, &format!("{folder}{WORKER}"), &plan.document.version, &files, sink)
    })?;
    worker(press, &in_folder(press.edition_folder, WORKER), "", &shared, sink)
}

fn worker(
    press: &Press,
    own: &str,
    version: &str,
    files: &[(&str, &str)],
    sink: &dyn Sink,
) -> Result<(), Fault> {
    let files: BTreeMap<String, &str> =
        files.iter().map(|(address, hash)| (relative(own, address), *hash)).collect();
    let list = match press.config.offline {
        true => json!({ "version": version, "name": hash(format!("{files:?}").as_bytes()), "files": files }),
        // A worker that is at work in somebody's browser asks for its file again, and has to be told.
        false => json!({ "version": "", "name": "", "files": {} }),
    };
    let text = &press.theme.worker;
    let start = text.find(LIST).ok_or_else(|| {
        Fault::from(format!("static/offline/worker.js of the theme has no line that begins with `{LIST}`"))
    })?;
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    sink.put(own, format!("{}{LIST}{list};{}", &text[..start], &text[end..]).as_bytes())
}

/// The beginning of the SHA-256 of a file, as the worker reckons it for what it saves.
pub(super) fn hash(bytes: &[u8]) -> String {
    digits(&Sha256::digest(bytes))
}

fn digits(hash: &[u8]) -> String {
    hash.iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes what is written through it.
pub(super) struct Hashing<'w> {
    out: &'w mut dyn Write,
    hash: Sha256,
}

impl<'w> Hashing<'w> {
    pub fn new(out: &'w mut dyn Write) -> Hashing<'w> {
        Hashing { out, hash: Sha256::new() }
    }

    /// The same as [`hash`] of all that was written.
    pub fn finish(self) -> String {
        digits(&self.hash.finalize())
    }
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.out.write(bytes)?;
        self.hash.update(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The sizes of the icons, in pixels.
pub(super) const SIZES: [&str; 2] = ["192x192", "512x512"];

/// What a manifest calls its values, where that is no word of a language.
pub(super) const MANIFEST_KEYS: [&str; 4] = ["short_name", "start_url", "theme_color", "background_color"];

/// The manifest of a variant (W3C Web Application Manifest).
pub(super) fn manifest(press: &Press, plan: &Plan) -> Rendered {
    let own = format!("{}/app.webmanifest", press.folder(plan));
    let icon = |name: &str, sizes: &str, kind: &str, purpose: &str| {
        let (address, _) = press.theme.assets.get(name)?;
        let src = relative(&own, &in_folder(press.edition_folder, address));
        Some(json!({ "src": src, "sizes": sizes, "type": kind, "purpose": purpose }))
    };
    let icons = [
        icon("icon.svg", "any", "image/svg+xml", "any"),
        icon("icons/192.png", SIZES[0], "image/png", "any"),
        icon("icons/512.png", SIZES[1], "image/png", "any"),
        icon("icons/maskable.png", SIZES[1], "image/png", "maskable"),
    ];
    let (lang, dir) = press.language(plan);
    let manifest = json!({
        "name": format!("{} · {}", plan.title, press.config.title),
        "short_name": plan.title,
        "lang": lang,
        "dir": dir,
        "start_url": "index.html",
        "scope": "./",
        // With the browser's way back: a reader comes from a message and wants to return to it.
        "display": "minimal-ui",
        "theme_color": press.theme.paper.light,
        "background_color": press.theme.paper.light,
        "icons": icons.into_iter().flatten().collect::<Vec<_>>(),
    });
    (own, bytes(format!("{manifest:#}\n")))
}
