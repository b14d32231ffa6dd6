//! Edits in front matter: there a value that begins with `{{` would be a map.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::front_matter::{Node, Value, split, tree};

/// So many edits are tried in one front matter, which is read for each; others wait until these are made.
const MOST: usize = 100;

/// Puts what an edit writes in quotes where it needs them, and takes an edit back that would leave front matter
/// unreadable: its help says what is meant.
pub(super) fn fit_into_front_matter(diagnostics: &mut [Diagnostic], sources: &Sources) {
    let mut tried: HashMap<SourceId, usize> = HashMap::new();
    for diagnostic in diagnostics {
        let Some(edit) = diagnostic.fix.iter_mut().find(|edit| edit.value.contains("{{")) else { continue };
        let text = &sources.get(edit.span.source).text;
        let is_inside = |range: &Range<usize>| range.contains(&(edit.span.start as usize));
        if let Some(range) = split(edit.span.source, text).0.filter(is_inside) {
            let tried = tried.entry(edit.span.source).or_default();
            *tried += 1;
            if *tried > MOST || !fit(edit, &text[range.clone()], range.start) {
                diagnostic.fix.clear();
            }
        }
    }
}

/// Whether an edit of front matter, which begins at `base`, can be made, once it has its quotes.
fn fit(edit: &mut Spanned<String>, yaml: &str, base: usize) -> bool {
    let Span { source, start, end } = edit.span;
    let (start, end) = (start as usize - base, end as usize - base);
    let stays_text = |replacement: &str| {
        let edited = [&yaml[..start], replacement, &yaml[end..]].concat();
        tree(source, &edited).is_some_and(|node| is_said(&node, start, edit.value.as_str()))
    };
    if stays_text(&edit.value) {
        return true;
    }
    // An id in brackets has double quotes of its own.
    let quoted = format!("'{}'", edit.value);
    let is_quoted_whole = stays_text(&quoted);
    if is_quoted_whole {
        edit.value = quoted;
    }
    is_quoted_whole
}

/// Whether a text around a place of YAML says something.
fn is_said(node: &Node, at: usize, words: &str) -> bool {
    let holds = || (node.span.start as usize..node.span.end as usize).contains(&at);
    match &node.value {
        Value::Text(text) => holds() && text.contains(words),
        Value::List(nodes) => nodes.iter().any(|node| is_said(node, at, words)),
        Value::Map(map) => map.iter().any(|(_, node)| is_said(node, at, words)),
        _ => false,
    }
}
