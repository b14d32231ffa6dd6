//! Safe edits, made in the files of the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::cli::Failure;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::fix::{edit, is_as_read, together};
use crate::files;
use crate::source::{Source, SourceId, Sources, Spanned};

/// An edit can make another one possible; this often it is looked for.
pub const ROUNDS: usize = 8;

/// Makes the edits of what was found. Returns what was done, in words, a line each: `fixed
/// content/base/plan.md:3: unused-waiver: …`.
pub fn make(root: &Path, findings: &[Finding], sources: &Sources) -> Result<Vec<String>, Failure> {
    let chosen = together(findings);
    let mut files: BTreeMap<SourceId, Vec<u8>> = BTreeMap::new();
    let touched = chosen.iter().flat_map(|diagnostic| &diagnostic.fix).map(|change| change.span.source);
    for source in touched.collect::<BTreeSet<_>>() {
        let Source { path, text, .. } = sources.get(source);
        // A file that is not as it was read is somebody else's for now.
        let bytes = files::read_file(root, path)?.filter(|bytes| is_as_read(bytes, text));
        files.extend(bytes.map(|bytes| (source, bytes)));
    }
    let can_be_made = |change: &Spanned<String>| {
        let is_in = |text: &str| text.get(change.span.range()).is_some();
        files.contains_key(&change.span.source) && is_in(&sources.get(change.span.source).text)
    };
    let mut edits: BTreeMap<SourceId, Vec<&Spanned<String>>> = BTreeMap::new();
    let mut done = Vec::new();
    for diagnostic in chosen.into_iter().filter(|diagnostic| diagnostic.fix.iter().all(can_be_made)) {
        for change in &diagnostic.fix {
            edits.entry(change.span.source).or_default().push(change);
        }
        done.push(words(diagnostic, sources));
    }
    for (source, edits) in edits {
        let (path, text) = (&sources.get(source).path, &sources.get(source).text);
        let bytes = files.get(&source).map(Vec::as_slice).unwrap_or_default();
        if let Some(edited) = edit(bytes, text, &edits) {
            files::write_in(root, path, &edited)?;
        }
    }
    Ok(done)
}

fn words(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.span().map_or_else(String::new, |span| {
        let source = sources.get(span.source);
        format!("{}:{}: ", source.path, source.line_column(span.start).0)
    });
    format!("fixed {place}{}: {}", diagnostic.rule, diagnostic.message)
}
