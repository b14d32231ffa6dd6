//! Text that follows a restricted heading, and stays where a condition takes that heading away.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::{Audience, Block, Section};
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
    let hidden = hidden(all, edition);
    let mut told = HashSet::new();
    each_text(narrow, &mut |_, block| {
        let Some((audience, place)) = hidden.get(&block.span()) else { return };
        if told.insert(*place) {
            let message = format!("this text is for {} only under its heading", readers(*audience));
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(block.span(), format!("{} read this, without the heading", readers(edition)))
                .and(*place, "a condition takes this heading away, and leaves what follows")
                .help("let the condition end (`{% endif %}`) where the section ends");
            found.push(diagnostic);
        }
    });
    found
}

/// What stands in restricted sections of a page alone, each with who may read it and the heading.
fn hidden(body: &Body, edition: Audience) -> HashMap<Span, (Audience, Span)> {
    let (mut hidden, mut open) = (HashMap::new(), HashSet::new());
    each_text(body, &mut |mark, block| match mark.filter(|(audience, _)| *audience > edition) {
        Some(mark) => {
            hidden.insert(block.span(), mark);
        }
        None => {
            open.insert(block.span());
        }
    });
    hidden.retain(|span, _| !open.contains(span));
    hidden
}

/// The mark on a section or around it, with its heading.
type Mark = Option<(Audience, Span)>;

/// Calls `see` with each block of text of a page, in the lists and quotes too, and the mark of its section.
fn each_text<'b>(body: &'b Body, see: &mut dyn FnMut(Mark, &'b Block)) {
    for block in body.top.iter().flat_map(|part| part.iter()) {
        block.each_text(&mut |block| see(None, block));
    }
    body.sections.iter().for_each(|section| of_section(section, None, see));
}

fn of_section<'b>(section: &'b Section, around: Mark, see: &mut dyn FnMut(Mark, &'b Block)) {
    let own = section.audience.map(|audience| (audience, section.span));
    let mark = own.max(around);
    for block in section.blocks() {
        block.each_text(&mut |block| see(mark, block));
    }
    section.children.iter().for_each(|child| of_section(child, mark, see));
}
