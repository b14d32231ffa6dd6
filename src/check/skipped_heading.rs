//! `skipped-heading`: headings whose levels jump, and headings that say nothing.

use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::syntax::Section;

pub(super) const RULE: Rule = Rule {
    name: "skipped-heading",
    level: Level::Warning,
    finds: "a heading more than one level below the one above it, or one without words",
    explanation: "\
Why it matters
  Whoever listens to a page instead of looking at it goes from heading to heading. A level that
  is left out sounds like a part that is missing (WCAG 2.2, 1.3.1), and a heading without words
  like nothing at all.

What to do
  Use one `#` more than the heading it belongs to: `##` for the sections of a page, `###` for
  those inside them.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for text in &binder.texts {
        for section in &text.page.body.sections {
            judge(section, 1, text, findings);
        }
    }
}

fn judge(section: &Section, above: u8, text: &PageText, findings: &mut Findings) {
    // One with a verb was meant to keep the words of an inherited one.
    if section.title_text().trim().is_empty() && section.verb.is_none() && !names_a_thing(section) {
        let diagnostic = Diagnostic::new(RULE.name, "this heading has no words")
            .at(section.span, "says nothing")
            .help("write what the section is about, or take the heading out");
        findings.tell_of(text, diagnostic);
    }
    if section.level > above + 1 {
        let right = "#".repeat(usize::from(above) + 1);
        let message = format!("this heading is of level {}, under one of level {above}", section.level);
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(section.span, "a level is left out")
            .help(format!("begin it with `{right}`"));
        findings.tell_of(text, diagnostic);
    }
    for child in &section.children {
        judge(child, section.level, text, findings);
    }
}

/// Whether the heading is a link to a thing, which has a name of its own, or a picture.
fn names_a_thing(section: &Section) -> bool {
    use crate::syntax::Inline;
    section.title.iter().any(|inline| matches!(inline, Inline::Link(_) | Inline::Image(_)))
}
