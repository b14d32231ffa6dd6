//! The edits of diagnostics, made in the bytes of the files.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::fingerprint::Finding;
use crate::source::{SourceId, Span, Spanned, Taken};

/// The findings whose edits can be made together: where two would change the same words, the
/// first. All the edits of a finding are made or none.
pub fn together(findings: &[Finding]) -> Vec<&Diagnostic> {
    let mut taken: HashMap<SourceId, Taken> = HashMap::new();
    let mut chosen = Vec::new();
    for diagnostic in findings.iter().map(|finding| &finding.diagnostic) {
        let spans = || diagnostic.fix.iter().map(|edit| edit.span);
        let mut own: HashMap<SourceId, Taken> = HashMap::new();
        let is_free = |span: Span| taken.get(&span.source).is_none_or(|taken| taken.is_free(&span.range()));
        let are_apart = spans().all(|span| own.entry(span.source).or_default().take(span.range()));
        if !diagnostic.fix.is_empty() && are_apart && spans().all(is_free) {
            for span in spans() {
                taken.entry(span.source).or_default().take(span.range());
            }
            chosen.push(diagnostic);
        }
    }
    chosen
}

/// Whether a file still holds what was read from it.
pub fn is_as_read(bytes: &[u8], text: &str) -> bool {
    offsets(bytes, text).is_some()
}

/// A file after some edits that do not meet. `bytes` is the file, `text` what was read from it:
/// a byte order mark and the file's own line ends stay as they are. None where the file is not the
/// one that was read, or an edit lies outside it.
pub fn edit(bytes: &[u8], text: &str, edits: &[&Spanned<String>]) -> Option<Vec<u8>> {
    let offsets = offsets(bytes, text)?;
    let carriage_return = bytes.windows(2).find(|pair| pair[1] == b'\n').is_some_and(|pair| pair[0] == b'\r');
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    let mut edited = Vec::new();
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        text.get(range.clone())?;
        edited.extend_from_slice(bytes.get(done..*offsets.get(range.start)?)?);
        let new = if carriage_return { edit.value.replace('\n', "\r\n") } else { edit.value.clone() };
        edited.extend_from_slice(new.as_bytes());
        done = *offsets.get(range.end)?;
    }
    edited.extend_from_slice(bytes.get(done..)?);
    Some(edited)
}

/// For each byte of the text, and its end, where it is in the file. None where the text is not
/// what the file holds.
fn offsets(bytes: &[u8], text: &str) -> Option<Vec<usize>> {
    let mut at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut offsets = Vec::with_capacity(text.len() + 1);
    for byte in text.bytes() {
        offsets.push(at);
        at += match (byte, bytes.get(at)?) {
            (b'\n', b'\r') if bytes.get(at + 1) == Some(&b'\n') => 2,
            (b'\n', b'\r') => 1,
            (read, there) if read == *there => 1,
            _ => return None,
        };
    }
    offsets.push(at);
    (at == bytes.len()).then_some(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn change(range: std::ops::Range<usize>, new: &str) -> Spanned<String> {
        Spanned::new(new.into(), Span::new(SourceId(0), range))
    }

    #[test]
    fn a_byte_order_mark_and_line_ends_stay() {
        let file = b"\xEF\xBB\xBFone\r\ntwo\r\nthree\r\n";
        let edits = [change(8..13, "3\n4"), change(0..4, "")];
        let edited = edit(file, "one\ntwo\nthree\n", &edits.iter().collect::<Vec<_>>());
        assert_eq!(edited.as_deref(), Some(&b"\xEF\xBB\xBFtwo\r\n3\r\n4\r\n"[..]));
        let edited = edit(b"a\rb\n", "a\nb\n", &[&change(1..2, "\n\n")]);
        assert_eq!(edited.as_deref(), Some(&b"a\n\nb\n"[..]));
    }

    #[test]
    fn a_file_that_is_another_one_now_is_left_alone() {
        assert_eq!(edit(b"one more\n", "one\n", &[&change(0..3, "")]), None);
        assert_eq!(edit(b"\xFF\n", "\u{FFFD}\n", &[&change(0..3, "")]), None);
        assert_eq!(edit(b"one\n", "one\n", &[&change(2..9, "")]), None);
    }

    #[test]
    fn of_two_edits_of_the_same_words_the_first_is_made() {
        let mut sources = Sources::default();
        let id = sources.add("a.md", "one two three\n");
        let fix = |message: &str, ranges: &[(usize, usize)]| {
            ranges.iter().fold(Diagnostic::new("broken-link", message), |diagnostic, range| {
                diagnostic.fix(Span::new(id, range.0..range.1), "x")
            })
        };
        let all = vec![
            fix("first", &[(0, 3)]),
            fix("overlaps", &[(2, 5)]),
            fix("one of two overlaps", &[(0, 1), (8, 13)]),
            fix("beside", &[(3, 4)]),
            fix("within itself", &[(8, 10), (9, 11)]),
            fix("none", &[]),
            fix("inserts", &[(8, 8)]),
            fix("inserts there too", &[(8, 8)]),
        ];
        let findings = Finding::all(all, &sources);
        let chosen: Vec<&str> = together(&findings).iter().map(|found| found.message.as_str()).collect();
        assert_eq!(chosen, ["first", "beside", "inserts"]);
    }
}
