//! Edits that write a value in braces: in front matter, where what begins with `{{` would be a map, and between
//! `{% raw %}` and `{% endraw %}`, where readers would see the braces.

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::front_matter::{Node, Value, split, tree};
use crate::tailor::raw_stretches;

/// So many edits are tried in one front matter, which is read for each; others wait until these are made.
const MOST: usize = 100;

/// A page that is to be edited.
struct Page {
    front: Option<Range<usize>>,
    raw: Vec<Range<usize>>,
    /// How many edits were tried in its front matter
    tried: usize,
}

/// Puts what an edit writes in quotes where it needs them, and takes an edit back that would not do what its help
/// says; the help stays.
pub(super) fn fit_to_place(diagnostics: &mut [Diagnostic], sources: &Sources) {
    let mut pages: HashMap<SourceId, Page> = HashMap::new();
    for diagnostic in diagnostics {
        let Some(edit) = diagnostic.fix.iter_mut().find(|edit| edit.value.contains("{{")) else { continue };
        let (source, at) = (edit.span.source, edit.span.start as usize);
        let text = &sources.get(source).text;
        let page = pages.entry(source).or_insert_with(|| Page {
            front: split(source, text).0,
            raw: raw_stretches(text),
            tried: 0,
        });
        let fits = match page.front.clone().filter(|front| front.contains(&at)) {
            Some(front) => {
                page.tried += 1;
                page.tried <= MOST && fit(edit, &text[front.clone()], front.start)
            }
            None => {
                let before = page.raw.partition_point(|raw| raw.start <= at);
                before == 0 || page.raw[before - 1].end <= at
            }
        };
        if !fits {
            diagnostic.fix.clear();
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
