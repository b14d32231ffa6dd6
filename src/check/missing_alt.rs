//! `missing-alt`: images, tables and links that say nothing to whoever does not see them.

use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Span;
use crate::syntax::tree::{Link, Reference, Table, plain_text};
use crate::syntax::{Block, Inline};

pub(super) const RULE: Rule = Rule {
    name: "missing-alt",
    level: Level::Error,
    finds: "an image without alternative text, a table without a header, a link whose words say nothing",
    explanation: "\
Why it matters
  A screen reader reads an image's alternative text, the header of each column and the words of
  each link (WCAG 2.2, 1.1.1, 1.3.1 and 2.4.4). So does everybody when an image does not load,
  and the printed copy shows the words of a link and not where it leads.

What to do
  Say what the image shows: `![the door of the server room](door.png)`. Give each column a
  header. Let the words of a link name what is behind it.
",
    look,
};

/// Words of links that say nothing about what is behind them.
const EMPTY: &[&str] = &[
    "here",
    "click here",
    "click",
    "this",
    "this link",
    "link",
    "more",
    "read more",
    "see here",
    "this page",
    "page",
    "there",
    "go",
    "details",
];

fn look(binder: &Binder, findings: &mut Findings) {
    for text in &binder.texts {
        for reference in &text.references {
            match reference {
                Reference::Image(image) if plain_text(&image.alternative).trim().is_empty() => {
                    findings.tell_of(text, image_says_nothing(image.span));
                }
                Reference::Html(html) if has_image_without_words(&html.text) => {
                    findings.tell_of(text, image_says_nothing(html.span));
                }
                Reference::Link(link) => {
                    if let Some(diagnostic) = judge_link(link) {
                        findings.tell_of(text, diagnostic);
                    }
                }
                Reference::Image(_) | Reference::Html(_) | Reference::Footnote(..) => {}
            }
        }
        let body = &text.page.body;
        body.top.iter().for_each(|part| tables(part, text, findings));
        body.walk(&mut |section| section.parts.iter().for_each(|part| tables(part, text, findings)));
    }
}

fn image_says_nothing(span: Span) -> Diagnostic {
    Diagnostic::new(RULE.name, "this image has no alternative text")
        .at(span, "says nothing to whoever does not see it")
        .help("say between the square brackets what it shows")
}

/// Whether raw HTML has an `img` without an `alt`; an empty one says that it is decoration.
fn has_image_without_words(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    lower.match_indices("<img").any(|(at, _)| {
        let tag = lower[at..].split('>').next().unwrap_or_default();
        !tag.contains(" alt=") && !tag.ends_with(" alt")
    })
}

fn judge_link(link: &Link) -> Option<Diagnostic> {
    let words = plain_text(&link.content).trim().trim_end_matches(['.', '…', '→', '»']).trim().to_lowercase();
    if !EMPTY.contains(&words.as_str()) {
        return None;
    }
    Some(
        Diagnostic::new(RULE.name, format!("the link `{words}` does not say what is behind it"))
            .at(link.span, "read alone, it could lead anywhere")
            .at_most(Level::Warning)
            .help("let its words name the page or section"),
    )
}

fn tables(blocks: &[Block], text: &PageText, findings: &mut Findings) {
    for block in blocks {
        match block {
            Block::Table(span, table) if has_no_header(table) => {
                let start = table.header.first().map_or(*span, |cell| Span { end: span.end, ..cell.span });
                let diagnostic = Diagnostic::new(RULE.name, "this table has no header")
                    .at(start, "nobody hears what a column is about")
                    .help("write a word for each column into the first row");
                findings.tell_of(text, diagnostic);
            }
            Block::List(_, _, items) => items.iter().for_each(|item| tables(&item.blocks, text, findings)),
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => tables(blocks, text, findings),
            _ => {}
        }
    }
}

fn has_no_header(table: &Table) -> bool {
    let says = |content: &[Inline]| {
        !plain_text(content).trim().is_empty()
            || content.iter().any(|inline| matches!(inline, Inline::Link(_) | Inline::Image(_)))
    };
    !table.header.iter().any(|cell| says(&cell.content))
}
