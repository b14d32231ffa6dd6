//! `broken-syntax`: markdown that did not become what its author meant.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::check::binder::Saying;
use crate::check::signs::Signs;
use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Run;
use crate::plan::prose::{Mark, RunKind};
use crate::source::{Sources, Span};
use crate::syntax::tree::{Note, Reference};
use crate::syntax::{Block, FaultKind};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "broken-syntax",
    level: Level::Error,
    finds: "links, boxes, headings, tables, footnotes, code and HTML that were written wrongly and show as they are",
    explanation: "\
Why it matters
  Markdown never complains. What it does not understand it shows as it stands, and the reader
  gets brackets in the place of a link, or half a page as code.

What to do
  Mend the signs that are shown. Where they are meant as they stand, put them in backticks or a
  backslash before them.

Example
  [the handover][#handoff]      no link: write [the handover](#handoff)
  [ ] call the lead             no box: write - [ ] call the lead
  the forms[^late]              no footnote: write [^late]: and its text on a line of their own
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for saying in binder.sayings().filter(Saying::is_text) {
        for slip in slips(saying.run, sources) {
            findings.tell_of_saying(&saying, slip.diagnostic(saying.run, sources));
        }
    }
    for text in &binder.texts {
        lost_notes(text, findings);
        let body = &text.page.body;
        body.top.iter().for_each(|part| open_code(part, text, sources, findings));
        body.walk(&mut |section| {
            section.parts.iter().for_each(|part| open_code(part, text, sources, findings));
        });
    }
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::Syntax(FaultKind::OpenHtml) => {
                Diagnostic::new(RULE.name, "this HTML does not end")
                    .at(fault.span, "a tag or a comment stays open")
                    .help("close it, or put a backslash before the `<`")
            }
            TailorFaultKind::Syntax(FaultKind::UnbalancedHtml(name)) => {
                Diagnostic::new(RULE.name, format!("`{name}` is not opened and closed on this page"))
                    .at(fault.span, "would take the page apart")
                    .help(format!("write `<{name}>` and `</{name}>`, or leave both out"))
            }
            TailorFaultKind::Syntax(FaultKind::OutsideTable(name)) => {
                Diagnostic::new(RULE.name, format!("`{name}` stands in no table"))
                    .at(fault.span, "browsers drop it, and run its words into others")
                    .help("put `<table>` and `</table>` around it")
            }
            TailorFaultKind::Syntax(FaultKind::UnmentionedNote(label)) => {
                Diagnostic::new(RULE.name, format!("nothing mentions the footnote `{label}`"))
                    .at(first_line(fault.span, sources), "nobody reads this")
                    .help(format!("put its mark, `[^{label}]`, where it belongs, or remove the note"))
                    .at_most(Level::Warning)
            }
            TailorFaultKind::Syntax(FaultKind::DuplicateDefinition { label, first }) => {
                Diagnostic::new(RULE.name, format!("`{label}` has two addresses on this page"))
                    .at(fault.span, "no link leads here")
                    .and(*first, "all of them lead here, in every section")
                    .help("give one of them another name")
            }
            TailorFaultKind::Syntax(FaultKind::DuplicateNote { label, first }) => {
                Diagnostic::new(RULE.name, format!("two footnotes of this page are called `{label}`"))
                    .at(first_line(fault.span, sources), "nobody reads this one")
                    .and(first_line(*first, sources), "the first one, which is shown")
                    .help("give one of them another label")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
    definitions(binder, findings);
}

/// Marks of footnotes whose text is on the file's page, and not on this one: it stands in a section that the
/// variant does not have, or that these readers do not see.
fn lost_notes(text: &PageText, findings: &mut Findings) {
    let mut marks = text.references.iter().filter_map(|reference| match reference {
        Reference::Footnote(span, label) => Some((*span, *label)),
        _ => None,
    });
    let Some(first) = marks.next() else { return };
    let blocks = text.page.body.parts().flat_map(|part| part.iter());
    let notes: HashSet<Note> = blocks
        .filter_map(|block| match block {
            Block::Footnote(span, label, _) => Some((span.source, &**label)),
            _ => None,
        })
        .collect();
    for (span, label) in std::iter::once(first).chain(marks) {
        if !notes.contains(&(span.source, label)) {
            let diagnostic =
                Diagnostic::new(RULE.name, format!("the footnote `{label}` is not on this page"))
                    .at(span, "readers see these signs")
                    .help(
                        "its text stands in a section that is not here: move it to the one that mentions it",
                    );
            findings.tell_of(text, diagnostic);
        }
    }
}

/// The first line of what is at a place.
fn first_line(span: Span, sources: &Sources) -> Span {
    let length = sources.text(span).lines().next().unwrap_or_default().len();
    Span { end: span.start + length as u32, ..span }
}

const STARS: &str = "these words are not strong";

/// Signs that show, and what was probably meant by them.
struct Slip {
    range: Range<usize>,
    what: &'static str,
    cure: &'static str,
}

impl Slip {
    fn diagnostic(self, run: &Run, sources: &Sources) -> Diagnostic {
        let diagnostic = Diagnostic::new(RULE.name, self.what)
            .at(run.span(self.range, sources), "readers see these signs")
            .help(self.cure);
        // Stars are sometimes only stars.
        if self.what == STARS { diagnostic.at_most(Level::Warning) } else { diagnostic }
    }
}

/// Signs that would have gone had they been understood, each with what it is not, and what to do.
const SIGNS: [(&str, &str, &str); 6] = [
    ("][", "this is no link", "write `[text](target)`, or define the reference on a line of its own"),
    ("](", "this is no link", "close the brackets, write no space inside them: `[text](target)`"),
    (
        "|---",
        "this is no table",
        "give the line of dashes as many cells as the header, and a blank line before it",
    ),
    (
        "| ---",
        "this is no table",
        "give the line of dashes as many cells as the header, and a blank line before it",
    ),
    ("**", STARS, "close the stars, and leave no space inside them"),
    ("`", "this backtick has no other", "close the code, or put a backslash before the backtick"),
];

/// Finds any of these.
static FINDER: LazyLock<Signs> =
    LazyLock::new(|| Signs::new(SIGNS.iter().map(|(sign, ..)| *sign).chain(["[^"])));

/// What can be seen in the words of a run: signs that would have gone had they been understood.
fn slips(run: &Run, sources: &Sources) -> Vec<Slip> {
    let mut found: Vec<Slip> = Vec::new();
    let has_sign = run.alphabet.has_any("]|*`") && FINDER.is_match(&run.text);
    for (sign, what, cure) in SIGNS.into_iter().filter(|_| has_sign) {
        if found.iter().any(|slip| slip.what == what) {
            continue;
        }
        for (at, _) in run.text.match_indices(sign) {
            let range = at..at + sign.len();
            if is_shown(run, range.clone(), sources) && (sign != "**" || touches_word(&run.text, &range)) {
                found.push(Slip { range: brackets_around(&run.text, range), what, cure });
                break;
            }
        }
    }
    for (range, mark) in &run.marks {
        if matches!(mark, Mark::Link(target) if is_unfilled(target)) {
            let (what, cure) = ("this link was never filled in", "write the page and section it leads to");
            found.push(Slip { range: range.clone(), what, cure });
        }
    }
    if has_sign
        && let Some(range) = lone_mark(&run.text)
        && is_shown(run, range.clone(), sources)
    {
        let (what, cure) = ("this footnote has no text", "write it on a line of its own: `[^label]: …`");
        found.push(Slip { range, what, cure });
    }
    let is_text = matches!(run.kind, RunKind::Paragraph | RunKind::Item(None)) && run.text.starts_with('[');
    for (sign, what, cure) in [
        ("[ ] ", "this is no box to tick", "begin the line with `- [ ]`"),
        ("[x] ", "this is no box to tick", "begin the line with `- [x]`"),
        ("[]", "this is no box to tick", "begin the line with `- [ ]`, with a space between the brackets"),
    ] {
        if is_text && run.text.starts_with(sign) && is_shown(run, 0..sign.len(), sources) {
            found.push(Slip { range: 0..sign.trim_end().len(), what, cure });
        }
    }
    let hashes = run.text.len() - run.text.trim_start_matches('#').len();
    let glued = run.text[hashes..].starts_with(char::is_alphabetic);
    if run.kind == RunKind::Paragraph
        && (2..=6).contains(&hashes)
        && glued
        && is_shown(run, 0..hashes, sources)
    {
        let (what, cure) = ("this is no heading", "put a space after the `#` signs");
        found.push(Slip { range: 0..hashes, what, cure });
    }
    found
}

/// The first mark of a footnote that was left as text: a label without blanks.
fn lone_mark(text: &str) -> Option<Range<usize>> {
    text.match_indices("[^").find_map(|(at, sign)| {
        let label = text[at + sign.len()..].split(']').next()?;
        let end = at + sign.len() + label.len() + 1;
        let is_label = !label.is_empty() && !label.contains(|c: char| c.is_whitespace() || c == '[');
        (is_label && end <= text.len()).then_some(at..end)
    })
}

/// From the bracket that opens before some signs to the one that closes after them, on the way of
/// a link; the signs alone where there is none.
fn brackets_around(text: &str, signs: Range<usize>) -> Range<usize> {
    const LONGEST: usize = 200;
    let close = match &text[signs.clone()] {
        "][" => ']',
        "](" => ')',
        _ => return signs,
    };
    let start = text[..signs.start].rfind('[').filter(|start| signs.start - start < LONGEST);
    let end = text[signs.end..].find(close).filter(|length| *length < LONGEST);
    match (start, end) {
        (Some(start), Some(length)) => start..signs.end + length + 1,
        _ => signs,
    }
}

/// Whether a link's target is what a program leaves where it had nothing to say, or has brackets
/// of its own: no page was ever meant.
pub(super) fn is_unfilled(target: &str) -> bool {
    const NOTHING: [&str; 5] = ["None", "null", "undefined", "NaN", "nil"];
    let last = target.rsplit(['#', '/']).next().unwrap_or_default();
    NOTHING.contains(&last) || target.starts_with('(')
}

/// Whether the author wrote these signs outside code, and without a backslash before them.
fn is_shown(run: &Run, range: Range<usize>, sources: &Sources) -> bool {
    if run.has_code(range.clone()) || !run.is_written(range.clone(), sources) {
        return false;
    }
    let span = run.span(range, sources);
    let before = Span { start: span.start.saturating_sub(1), end: span.start, ..span };
    sources.text(before) != "\\"
}

fn touches_word(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    is_word(before) != is_word(after)
}

/// Code that is fenced at its start and not at its end.
fn open_code(blocks: &[Block], text: &PageText, sources: &Sources, findings: &mut Findings) {
    for block in blocks {
        match block {
            Block::Code(span, ..) if stays_open(sources.text(*span)) => {
                let fence = Span { end: span.start + 3, ..*span };
                let diagnostic = Diagnostic::new(RULE.name, "this code does not end")
                    .at(fence, "all that follows is shown as code")
                    .help("close it with the same signs on a line of their own");
                findings.tell_of(text, diagnostic);
            }
            Block::List(_, _, items) => {
                items.iter().for_each(|item| open_code(&item.blocks, text, sources, findings))
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => {
                open_code(blocks, text, sources, findings)
            }
            _ => {}
        }
    }
}

fn stays_open(code: &str) -> bool {
    let Some(sign) = code.chars().next().filter(|sign| matches!(sign, '`' | '~')) else { return false };
    let length = code.chars().take_while(|c| *c == sign).count();
    let last = code.trim_end().lines().skip(1).last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '\t', '>']);
    length >= 3 && !(last.chars().all(|c| c == sign) && last.chars().count() >= length)
}

/// Definitions of references whose address stands in brackets: they define something else.
fn definitions(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for page in binder.project.layers.iter().flat_map(|layer| layer.pages.values()) {
        let text = &sources.get(page.source).text;
        if memchr::memmem::find(text.as_bytes(), b"]: (").is_none() {
            continue;
        }
        let mut start = page.body.start;
        let mut in_code = false;
        for line in text[page.body.clone()].split_inclusive('\n') {
            let words = line.trim();
            in_code ^= words.starts_with("```") || words.starts_with("~~~");
            let is_slip = words.starts_with('[')
                && words.split_once("]: (").is_some_and(|(_, rest)| rest.ends_with(')'));
            if is_slip && !in_code {
                let at = start + line.len() - line.trim_start().len();
                let span = Span::new(page.source, at..at + words.len());
                let diagnostic = Diagnostic::new(RULE.name, "the address of this reference is in brackets")
                    .at(span, "links that use it lead nowhere")
                    .help("write the address without brackets: `[name]: https://…`");
                findings.tell(diagnostic);
            }
            start += line.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stays_open;

    #[test]
    fn code_ends_with_as_many_signs_as_it_began_with() {
        for (code, open) in [
            ("```sh\nls\n```", false),
            ("```sh\nls\n", true),
            ("````\n```\n", true),
            ("~~~\na\n~~~~", false),
            ("    indented", false),
            ("```", true),
            ("> ```\n> a\n> ```", false),
        ] {
            assert_eq!(stays_open(code), open, "{code}");
        }
    }
}
