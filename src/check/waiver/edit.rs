//! The edit that takes out an exception nothing needs.

use crate::source::{Sources, Span, Spanned};

/// Takes out an exception with its lines: a comment, or an entry of `allow:` in front matter. None
/// where it is not written by hand, or shares its lines with something else.
pub(super) fn without(rule: &Spanned<String>, sources: &Sources) -> Option<Spanned<String>> {
    if sources.text(rule.span).trim_start().starts_with("<!--") {
        without_comment(rule.span, sources)
    } else {
        without_entry(rule, sources)
    }
}

fn without_comment(span: Span, sources: &Sources) -> Option<Spanned<String>> {
    // The line break after a comment counts to it, or not.
    let written = sources.text(span);
    let words = written.trim_end();
    let span = Span { end: span.end - (written.len() - words.len()) as u32, ..span };
    let by_hand = words.ends_with("-->") && !words.contains("{{") && !words.contains("{%");
    let lines = sources.whole_lines(span);
    if !by_hand || sources.text(lines).trim() != words {
        return None;
    }
    let (before, after) = around(lines, sources)?;
    let next = after.split_inclusive('\n').next().unwrap_or_default();
    let last = before.lines().next_back().unwrap_or_default();
    Some(match (last.trim().is_empty(), next.trim().is_empty()) {
        // The blank line before is enough.
        (true, true) => Spanned::new(String::new(), Span { end: lines.end + next.len() as u32, ..lines }),
        // Without anything between them, the blocks before and after would become one.
        (false, false) => Spanned::new("\n".into(), lines),
        (true, false) | (false, true) => Spanned::new(String::new(), lines),
    })
}

/// Rewrites `allow:` down to the entry, so that of two entries to take out one is at a time: the
/// last takes `allow:` with it, which may not be empty.
fn without_entry(rule: &Spanned<String>, sources: &Sources) -> Option<Spanned<String>> {
    let line = sources.whole_lines(rule.span);
    let text = sources.text(line);
    let is_alone = text.trim_start().strip_prefix(&rule.value)?.starts_with(':');
    let (before, after) = around(line, sources)?;
    let next = after.lines().next().unwrap_or_default();
    if !is_alone || indent(text) == 0 || indent(next) > indent(text) || says_nothing(next) {
        return None;
    }
    let mut siblings: Vec<&str> = Vec::new();
    let mut start = line.start;
    for above in before.split_inclusive('\n').rev() {
        if says_nothing(above) {
            return None;
        }
        start -= above.len() as u32;
        if indent(above) == 0 {
            let ends = indent(next) == 0;
            let kept = if siblings.is_empty() && ends { String::new() } else { above.to_string() };
            let kept = siblings.iter().rev().fold(kept, |kept, sibling| kept + sibling);
            let is_allow = above.trim_end() == "allow:";
            return is_allow.then(|| Spanned::new(kept, Span { start, ..line }));
        }
        siblings.push(above);
    }
    None
}

/// What stands before some lines, and after them.
fn around(lines: Span, sources: &Sources) -> Option<(&str, &str)> {
    let text = &sources.get(lines.source).text;
    Some((text.get(..lines.range().start)?, text.get(lines.range().end..)?))
}

/// A blank line or a YAML comment: what it belongs to cannot be seen from its indentation.
fn says_nothing(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without what is between `«` and `»`, an exception from `empty-link`.
    fn edited(marked: &str) -> Option<String> {
        let start = marked.find('«')?;
        let end = marked.find('»')? - "«".len();
        let text = marked.replace(['«', '»'], "");
        let mut sources = Sources::default();
        let id = sources.add("a.md", text.clone());
        let edit = without(&Spanned::new("empty-link".into(), Span::new(id, start..end)), &sources)?;
        let range = edit.span.range();
        Some(format!("{}{}{}", &text[..range.start], edit.value, &text[range.end..]))
    }

    #[test]
    fn a_comment_goes_with_its_line() {
        assert_eq!(edited("A\n\n«<!-- x -->\n»\nB\n").as_deref(), Some("A\n\nB\n"));
        assert_eq!(edited("A\n\n«<!-- x -->»\nB\n").as_deref(), Some("A\n\nB\n"));
        assert_eq!(edited("A\n«<!-- x -->»\nB\n").as_deref(), Some("A\n\nB\n"));
        assert_eq!(edited("A\n«<!-- x -->»\n\nB\n").as_deref(), Some("A\n\nB\n"));
        assert_eq!(edited("«<!-- x\ny -->»").as_deref(), Some(""));
    }

    #[test]
    fn a_comment_that_is_not_alone_or_not_by_hand_stays() {
        assert_eq!(edited("«<!-- x -->» B\n"), None);
        assert_eq!(edited("«<!-- {{ x }} -->»\n"), None);
        assert_eq!(edited("«{{ comment }}»\n"), None);
    }

    #[test]
    fn an_entry_goes_with_its_line_and_the_last_one_with_allow() {
        let one = edited("---\nallow:\n  «empty-link»: soon\n---\n");
        assert_eq!(one.as_deref(), Some("---\n---\n"));
        let first = edited("allow:\n  «empty-link»: soon\n  other: so\ntitle: T\n");
        assert_eq!(first.as_deref(), Some("allow:\n  other: so\ntitle: T\n"));
        let last = edited("title: T\nallow:\n  one: x\n  other: so\n  «empty-link»: soon\n---\n");
        assert_eq!(last.as_deref(), Some("title: T\nallow:\n  one: x\n  other: so\n---\n"));
    }

    #[test]
    fn an_entry_that_shares_its_lines_stays() {
        assert_eq!(edited("allow: {«empty-link»: soon}\n"), None);
        assert_eq!(edited("allow:\n  «empty-link»: soon\n    or later\n"), None);
        assert_eq!(edited("allow:\n  «empty-link»: >\n    soon\n"), None);
        assert_eq!(edited("allow: # why\n  «empty-link»: soon\n---\n"), None);
        assert_eq!(edited("allow:\n  # why\n  «empty-link»: soon\n---\n"), None);
        assert_eq!(edited("allow:\n  «empty-link»: soon\n\n  other: so\n---\n"), None);
    }
}
