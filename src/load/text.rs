//! The texts of a project, from the bytes of its files.

use crate::files::File;
use crate::limits::{self, Limit};
use crate::load::ProjectFault;
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::escape::{find_unwritable, is_unwritable};

/// A text of the project as it is read: UTF-8, without a byte order mark, lines ending in `\n`.
pub fn text_of(bytes: &[u8]) -> String {
    decode(bytes.to_vec()).0
}

/// A text, and why it is not what its file has.
pub(super) struct Text {
    pub(super) source: Source,
    problem: Option<TextProblem>,
}

enum TextProblem {
    TooLarge(Limit),
    NotUtf8(usize),
    Unwritable(usize, char),
}

/// The text of a file.
pub(super) fn text(file: File) -> Text {
    let limit = if file.path.ends_with(".md") { limits::PAGE } else { limits::TEXT };
    if file.bytes.len() > limit.most {
        return Text { source: Source::new(file.path, ""), problem: Some(TextProblem::TooLarge(limit)) };
    }
    let (text, problem) = decode(file.bytes);
    Text { source: Source::new(file.path, text), problem }
}

/// Adds a file's text to the sources, and tells what in it is no text.
pub(super) fn add_text(sources: &mut Sources, text: Text, faults: &mut Vec<ProjectFault>) -> SourceId {
    let id = sources.push(text.source);
    faults.extend(text.problem.map(|problem| match problem {
        TextProblem::TooLarge(limit) => {
            ProjectFault::TooLarge { path: sources.get(id).path.to_string(), limit }
        }
        TextProblem::NotUtf8(at) => ProjectFault::NotUtf8(Span::new(id, at..at + 3)),
        TextProblem::Unwritable(at, character) => {
            ProjectFault::Unwritable(Span::new(id, at..at + 3), character)
        }
    }));
    id
}

/// The text of a file: without a byte order mark, with `\n` at the end of lines. Bytes
/// that are no text become `U+FFFD`.
fn decode(mut bytes: Vec<u8>) -> (String, Option<TextProblem>) {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let (mut text, is_text) = match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), false),
    };
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if !is_text {
        let at = text.find('\u{FFFD}').unwrap_or(0);
        return (text, Some(TextProblem::NotUtf8(at)));
    }
    match find_unwritable(&text) {
        Some((at, character)) => {
            (text.replace(is_unwritable, "\u{FFFD}"), Some(TextProblem::Unwritable(at, character)))
        }
        None => (text, None),
    }
}
