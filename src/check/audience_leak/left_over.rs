//! Text that follows a restricted heading, and stays where a condition takes that heading away.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span};
use crate::syntax::{Audience, Block, Inline, Mark, Section};
use crate::tailor::{Body, Variant};

use super::{RULE, readers};

/// What is told of each page, by the addresses of its two texts: most variants share them.
#[derive(Default)]
pub(super) struct LeftOver(HashMap<(*const Body, *const Body), Vec<Diagnostic>>);

impl LeftOver {
    /// What in a variant stands in a section for fewer readers where all of it is shown, and without that section
    /// here.
    pub(super) fn of(&mut self, narrow: &Variant, complete: &Variant) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (path, page) in &narrow.pages {
            let Some(all) = complete.pages.get(path) else { continue };
            // Where no value is filled in and nothing hidden, editions share a text.
            if Arc::ptr_eq(&all.body, &page.body) {
                continue;
            }
            let of_page = self.0.entry((Arc::as_ptr(&page.body), Arc::as_ptr(&all.body)));
            let of_page = of_page.or_insert_with(|| of_page_in(&page.body, &all.body, narrow.edition));
            found.extend(of_page.iter().cloned());
        }
        found
    }
}

fn of_page_in(narrow: &Body, all: &Body, edition: Audience) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if !all.hides_something(edition) {
        return found;
    }
    let hidden = Hidden::of(all, edition);
    let mut told = HashSet::new();
    each_text(narrow, &mut |_, text| {
        let marked = text.pieces().into_iter().find_map(|piece| Some((piece, hidden.around(piece)?)));
        let Some((piece, (audience, heading))) = marked else { return };
        if !told.insert(heading) {
            return;
        }
        let (only, without, taken, help) = if text.span() == heading {
            let help = "write the heading twice, with its mark and without, each with its text, in a condition \
                        with `{% else %}`";
            ("with its mark", "without it", "a condition takes its `audience` away", help)
        } else {
            let help = "let the condition end (`{% endif %}`) where the section ends";
            let taken = "a condition takes this heading away, and leaves what follows";
            ("under its heading", "without the heading", taken, help)
        };
        let message = format!("this text is for {} only {only}", readers(audience));
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(piece, format!("{} read this, {without}", readers(edition)))
            .and(heading, taken)
            .help(help);
        found.push(diagnostic);
    });
    found
}

/// What stands in restricted sections of a page alone, each text with who may read it and the heading, in the order
/// of their places.
struct Hidden(Vec<(Span, (Audience, Span))>);

impl Hidden {
    fn of(body: &Body, edition: Audience) -> Hidden {
        let (mut hidden, mut open) = (Vec::new(), Vec::new());
        each_text(body, &mut |mark, text| match mark.filter(|(audience, _)| *audience > edition) {
            Some(mark) => hidden.push((text.span(), mark)),
            None => open.extend(text.pieces()),
        });
        open.sort_unstable_by_key(place);
        // What a loop writes is hidden in one of its turns and open in another.
        hidden.retain(|(span, _)| {
            let next = open.partition_point(|piece| place(piece) < place(span));
            open.get(next).is_none_or(|piece| piece.source != span.source || piece.start >= span.end)
        });
        hidden.sort_by_key(|(span, _)| place(span));
        Hidden(hidden)
    }

    /// The mark of the text that a piece is of.
    fn around(&self, piece: Span) -> Option<(Audience, Span)> {
        let before = self.0.partition_point(|(span, _)| place(span) <= place(&piece));
        let (span, mark) = self.0.get(before.checked_sub(1)?)?;
        (span.source == piece.source && piece.start < span.end).then_some(*mark)
    }
}

fn place(span: &Span) -> (SourceId, u32) {
    (span.source, span.start)
}

/// What is read as one: a heading, or a block that has no others in it.
enum Text<'b> {
    Title(&'b Section),
    Block(&'b Block),
}

impl Text<'_> {
    fn span(&self) -> Span {
        match self {
            Text::Title(section) => section.span,
            Text::Block(block) => block.span(),
        }
    }

    /// Where its words are. Without a heading between them, what were two paragraphs or tables may be one.
    fn pieces(&self) -> Vec<Span> {
        let mut found = Vec::new();
        match self {
            Text::Title(section) => pieces(&section.title, &mut found),
            Text::Block(block) => match block {
                Block::Paragraph(_, content) | Block::Plain(_, content) => pieces(content, &mut found),
                Block::Heading(_, heading) => pieces(&heading.content, &mut found),
                Block::Table(_, table) => {
                    let cells = table.header.iter().chain(table.rows.iter().flatten());
                    cells.for_each(|cell| pieces(&cell.content, &mut found));
                }
                Block::List(..) | Block::Quote(..) | Block::Footnote(..) => {}
                Block::Code(..) | Block::Html(_) | Block::Rule(_) => found.push(block.span()),
            },
        }
        found
    }
}

fn pieces(content: &[Inline], found: &mut Vec<Span>) {
    for inline in content {
        match inline {
            Inline::Text(span, _) | Inline::Code(span, _) | Inline::FootnoteMark(span, _) => {
                found.push(*span);
            }
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                pieces(content, found);
            }
            Inline::Link(link) => {
                found.push(link.span);
                pieces(&link.content, found);
            }
            Inline::Image(image) => found.push(image.span),
            Inline::Html(html) => found.push(html.span),
            Inline::SoftBreak | Inline::HardBreak => {}
        }
    }
}

/// Calls `see` with each text of a page, in the lists and quotes too, and the mark of its section.
fn each_text<'b>(body: &'b Body, see: &mut dyn FnMut(Mark, Text<'b>)) {
    for block in body.top.iter().flat_map(|part| part.iter()) {
        block.each_text(&mut |block| see(None, Text::Block(block)));
    }
    for section in &body.sections {
        section.each_marked(&mut |section, mark| {
            see(mark, Text::Title(section));
            for block in section.blocks() {
                block.each_text(&mut |block| see(mark, Text::Block(block)));
            }
        });
    }
}
