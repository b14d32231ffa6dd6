//! `unknown-audience`: a section for readers there are not, and a mark that hides nothing.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean};
use crate::source::{Sources, Span};
use crate::syntax::tree::Reference;
use crate::syntax::{Audience, Block, FaultKind, Inline, Misuse, html, unescape_value};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "unknown-audience",
    level: Level::Error,
    finds: "a heading whose `audience=` is none of public, staff and responders, or whose attribute is unknown, and \
            an `audience` where it hides nothing",
    explanation: "\
Why it matters
  A section for `responder` would be shown to everybody or to nobody. Until it is mended it
  is shown to responders only. A mark at another place, such as before the `##` at the end of a
  heading, after a paragraph or in a tag, hides nothing: it stands in the text that all may read.
  This rule cannot be switched off.

What to do
  Write `{audience=public}`, `{audience=staff}` or `{audience=responders}` at the end of a heading
  of the page itself, with an id in the same braces. Inside a list or a quote a heading is no
  section: move it out. For a whole page write `audience: responders` into its front matter, which
  begins with `---` on the first line. A heading behind a tab or four spaces is code, and so is
  one after a fence that was not closed. Where the text is about such marks, write them between
  fences of ```text or ```markdown.
",
    look,
};

const ATTRIBUTES: [&str; 3] = ["audience", "after", "before"];

fn look(binder: &Binder, findings: &mut Findings) {
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::Misused(Misuse::Audience(name)) => {
                let names = Audience::ALL.map(Audience::name);
                let help = did_you_mean(name, names)
                    .unwrap_or_else(|| format!("audiences are {}", names.join(", ")));
                Diagnostic::new(RULE.name, format!("no audience is called `{name}`"))
                    .at(fault.span, "shown to responders only")
                    .help(help)
            }
            TailorFaultKind::Misused(Misuse::Attribute(name)) => {
                let verb = ["replace", "append", "prepend", "remove"].contains(&&**name);
                let help = verb
                    .then(|| format!("did you mean `.{name}`?"))
                    .or_else(|| did_you_mean(name, ATTRIBUTES))
                    .unwrap_or_else(|| format!("attributes are {}", ATTRIBUTES.join(", ")));
                Diagnostic::new(RULE.name, format!("a heading has no attribute `{}`", unescape_value(name)))
                    .at(fault.span, "shown to responders only")
                    .help(help)
            }
            TailorFaultKind::Misused(Misuse::TwoAudiences) => {
                Diagnostic::new(RULE.name, "this heading is for two audiences")
                    .at(fault.span, "shown to the fewer of these readers")
                    .help("keep one of them")
            }
            TailorFaultKind::Syntax(FaultKind::InnerHeading) => {
                Diagnostic::new(RULE.name, "a heading inside a list or a quote is no section")
                    .at(fault.span, "its braces do nothing here")
                    .help("take the braces out, or move the heading out")
            }
            TailorFaultKind::Syntax(FaultKind::CommentedAudience) => hides_nothing(fault.span),
            // What the whole page keeps from others stays with it.
            TailorFaultKind::Syntax(FaultKind::EndedByChance { audience, .. })
                if binder.readers_of_page(reader, fault.span) >= *audience =>
            {
                continue;
            }
            TailorFaultKind::Syntax(FaultKind::EndedByChance { marked, .. }) => Diagnostic::new(
                RULE.name,
                "this heading ends a section that is not for everybody",
            )
            .at(fault.span, "a heading without words, of the level of a title, or by the line of signs under it")
            .and(*marked, "ends there")
            .help(
                "put a blank line before the line of signs, and code between fences; where it is meant, write the \
                 heading with `#` and an audience",
            ),
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
    no_pages(binder, findings);
    for text in &binder.texts {
        for span in without_effect(text, &binder.project.sources) {
            findings.tell_of(text, hides_nothing(span));
        }
    }
}

fn hides_nothing(span: Span) -> Diagnostic {
    let help = "write `{audience=…}` at the end of a heading, in one pair of braces with its id, or `audience:` in \
                the front matter; where the text is about such marks, write them as code";
    Diagnostic::new(RULE.name, "an `audience` at this place hides nothing")
        .at(span, "not read as a mark")
        .help(help)
}

/// The files beside the pages that begin as a page for some readers does, and are none: everybody gets them.
fn no_pages(binder: &Binder, findings: &mut Findings) {
    for layer in &binder.project.layers {
        for (path, bytes) in &layer.assets {
            if has_audience(bytes) {
                let diagnostic = Diagnostic::new(
                    RULE.name,
                    "the `audience` of this file hides nothing: it is no page",
                )
                .file(format!("{}/{path}", layer.folder))
                .help("the names of pages end in `.md`: rename it, or move it out of the layer's folder");
                findings.tell(diagnostic);
            }
        }
    }
}

/// Whether a file begins with front matter that has an `audience`.
fn has_audience(bytes: &[u8]) -> bool {
    /// Front matter is not longer.
    const LONGEST: usize = 100_000;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if !bytes.starts_with(b"---") {
        return false;
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim_end() == "---")
        && lines.take_while(|line| line.trim_end() != "---").any(|line| line.starts_with("audience:"))
}

/// Where a page has marks that are none, since they stand where none is read.
fn without_effect(text: &PageText, sources: &Sources) -> Vec<Span> {
    let mut found = Vec::new();
    for run in text.words.runs.iter().filter(|run| run.alphabet.has_any("=:")) {
        for range in marks(&run.text).filter(|range| !run.has_code(range.clone())) {
            let span = run.span(range.clone(), sources);
            // "Know your audience: staff read on phones" is a sentence.
            if run.text[range].contains('=') || begins_line(span, sources) {
                found.push(span);
            }
        }
    }
    if marks(&text.page.title).next().is_some() {
        found.push(text.page.start);
    }
    for reference in &text.references {
        if let Reference::Html(it) = reference
            && html::comment(&it.text).is_none()
            && marks(&it.text).any(|range| it.text[range].contains('='))
        {
            found.push(it.span);
        }
    }
    text.page.body.top.iter().for_each(|part| in_code(part, sources, &mut found));
    text.page.body.walk(&mut |section| {
        if section.id.contains("audience=") || has_in_title(&section.title) {
            found.push(section.id_span);
        }
        section.parts.iter().for_each(|part| in_code(part, sources, &mut found));
    });
    found
}

/// The code whose fence has a mark, and that which has a heading with one: behind a tab or four spaces, or between
/// fences that go on to the end of the page or are of a language in which it says nothing, since one was forgotten.
fn in_code(blocks: &[Block], sources: &Sources, found: &mut Vec<Span>) {
    const SHOWS_PAGES: [&str; 7] = ["", "text", "txt", "plain", "plaintext", "markdown", "md"];
    let is_marked = |line: &str| line.trim_start().starts_with('#') && marks(line).next().is_some();
    for block in blocks {
        match block {
            Block::Code(span, words, code) => {
                let is_meant = || {
                    let text = sources.text(*span).trim();
                    let fence = text.trim_start_matches(['`', '~']);
                    let fence = &text[..text.len() - fence.len()];
                    let language = words.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase();
                    let is_closed = text.len() > fence.len() && text.ends_with(fence);
                    fence.len() > 2 && is_closed && SHOWS_PAGES.contains(&&*language)
                };
                let has_marked = || marks(code).next().is_some() && code.lines().any(is_marked);
                if marks(words).next().is_some() || has_marked() && !is_meant() {
                    found.push(*span);
                }
            }
            Block::List(_, _, items) => items.iter().for_each(|item| in_code(&item.blocks, sources, found)),
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => in_code(blocks, sources, found),
            _ => {}
        }
    }
}

/// Whether a heading has a mark in its words: one that goes on in the next line, or is code.
fn has_in_title(title: &[Inline]) -> bool {
    match title.last() {
        Some(Inline::Text(_, words)) => {
            let braces = words.rsplit_once('{').map_or("", |(_, inside)| inside);
            braces.trim_end().ends_with(['=', ':']) && braces.contains("audience")
        }
        Some(Inline::Code(_, words)) => words.trim_start().starts_with('{') && marks(words).next().is_some(),
        _ => false,
    }
}

/// Where a text has `audience` with a value: `audience=staff`, `audience: staff`.
fn marks(text: &str) -> impl Iterator<Item = Range<usize>> {
    const KEY: &str = "audience";
    // Nearly no text has it.
    static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder::new(KEY));
    // A word of an address, as in `list.example/?audience=staff`, hides nothing and is not meant to.
    let is_of_address = |at: &usize| text[..*at].ends_with(['?', '&']);
    FINDER.find_iter(text.as_bytes()).filter(move |at| !is_of_address(at)).filter_map(|at| {
        let rest = &text[at + KEY.len()..];
        let sign = rest.trim_start().strip_prefix(['=', ':'])?;
        let value = sign.trim_start().trim_start_matches(['"', '\'', '“', '‘', '’']);
        let length = value.find(|c: char| !c.is_alphanumeric()).unwrap_or(value.len());
        let is_value =
            length > 0 && (rest.trim_start().starts_with('=') || Audience::parse(&value[..length]).is_some());
        let end = text.len() - value.len() + length;
        is_value.then_some(at..end)
    })
}

/// Whether nothing but a brace stands before a place in its line.
fn begins_line(span: Span, sources: &Sources) -> bool {
    let before = &sources.get(span.source).text[..span.start as usize];
    before.rsplit('\n').next().unwrap_or_default().trim().trim_matches(['{', '"', ':', '-', ' ']).is_empty()
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn a_mark_has_a_value() {
        let found = |text: &'static str| marks(text).map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(found("Night {audience=responders} ##"), ["audience=responders"]);
        assert_eq!(found("data-audience = \"staff\" audience='x'"), ["audience = \"staff", "audience='x"]);
        assert_eq!(found("audience: responders title: X"), ["audience: responders"]);
        for text in [
            "the audience",
            "audience:",
            "list.example/?audience=staff&audience=all",
            "Its audience: everybody who reads",
            "an audience = ",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }
}
