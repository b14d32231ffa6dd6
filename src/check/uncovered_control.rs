//! `uncovered-control`: a control the document claims, and nothing in the plan that covers it.

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::reference::{Problem, Target, resolve};
use crate::plan::{Plan, PlanPage, Text};
use crate::source::Span;
use crate::syntax::tree::plain_text;
use crate::syntax::{Block, Kind, Section, Value};
use crate::tailor::Variant;

pub(super) const RULE: Rule = Rule {
    name: "uncovered-control",
    level: Level::Warning,
    finds: "a control that leads nowhere or to a section without text, or an element of IR-8 the document does not place",
    explanation: "\
Why it matters
  An auditor follows `document.controls` from the control to the text. NIST SP 800-53 (revision
  5) asks for each element of an incident response plan, IR-8 a.1 to a.10 and b to e; one that
  has no place in the plan is a finding of the audit.

What to do
  Write the section, or name the one that has it: `IR-8.a.6: response.md#metrics`. A plan that
  claims no control is not asked for any. A section that is not there at all is a broken link too.
",
    look,
};

/// The elements of a plan, by IR-8 of revision 5.
const ELEMENTS: [(&str, &str); 14] = [
    ("a.1", "a roadmap"),
    ("a.2", "structure and organization"),
    ("a.3", "how it fits into the organization"),
    ("a.4", "unique requirements"),
    ("a.5", "reportable incidents"),
    ("a.6", "metrics"),
    ("a.7", "resources and management support"),
    ("a.8", "sharing of information"),
    ("a.9", "review and approval"),
    ("a.10", "who is responsible"),
    ("b", "distribution of copies"),
    ("c", "updates"),
    ("d", "communication of changes"),
    ("e", "protection of the plan"),
];

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    for (plan, variant) in binder.plans.iter().zip(binder.variants).filter(|(plan, _)| plan.edition == widest)
    {
        let Some(home) = plan.page_index("plan.md") else { continue };
        for (control, place) in &plan.document.controls {
            if leads_nowhere(plan, home, &place.value) {
                let message = format!("`{}` is claimed, and nothing covers it", control.value);
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(place.span, "leads nowhere")
                    .help("name the section that has it, or claim it no longer");
                findings.tell_in((&plan.name, plan.edition), diagnostic);
            }
            if leads_to_nothing(plan, home, &place.value) {
                let message = format!("`{}` leads to a place without text", control.value);
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(place.span, "nothing is written there")
                    .help("write the text, or name the section that has it");
                findings.tell_in((&plan.name, plan.edition), diagnostic);
            }
        }
        for diagnostic in missing_elements(plan, &|parts| taken_out(binder, variant, parts)) {
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
}

fn leads_nowhere(plan: &Plan, home: usize, place: &str) -> bool {
    let Target::Broken(problem) = resolve(plan, home, place) else { return false };
    matches!(problem, Problem::NoPage { .. } | Problem::NoSection { .. } | Problem::ClimbsOut)
}

fn leads_to_nothing(plan: &Plan, home: usize, place: &str) -> bool {
    match resolve(plan, home, place) {
        Target::Page(page, None) => is_blank_page(&plan.pages[page]),
        Target::Page(page, Some(anchor)) => {
            let page = &plan.pages[page];
            let place = page.anchors.of_sections.iter().position(|own| *own == anchor);
            let mut sections: Vec<&Section> = Vec::new();
            page.body.walk(&mut |section| sections.push(section));
            place.and_then(|place| sections.get(place)).is_some_and(|section| is_blank(section))
        }
        Target::File(_) | Target::Record(..) | Target::Fact(..) | Target::Elsewhere | Target::Broken(_) => {
            false
        }
    }
}

/// A page of prose without any. What the others are about stands in their front matter too.
fn is_blank_page(page: &PlanPage) -> bool {
    page.kind == Kind::Page
        && page.body.top.iter().all(|part| part.iter().all(says_nothing))
        && page.body.sections.iter().all(|section| is_blank(section))
}

fn is_blank(section: &Section) -> bool {
    section.blocks().all(says_nothing) && section.children.iter().all(|child| is_blank(child))
}

fn says_nothing(block: &Block) -> bool {
    match block {
        Block::Paragraph(_, content) | Block::Plain(_, content) => {
            // A link without words has the words of what it names.
            plain_text(content).trim().is_empty()
                && !content
                    .iter()
                    .any(|it| matches!(it, crate::syntax::Inline::Link(_) | crate::syntax::Inline::Image(_)))
        }
        Block::List(_, _, items) => items.iter().all(|item| item.blocks.iter().all(says_nothing)),
        Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => blocks.iter().all(says_nothing),
        Block::Code(_, _, text) => text.trim().is_empty(),
        Block::Heading(..) | Block::Rule(_) => true,
        Block::Table(_, table) => table.rows.is_empty(),
        // A comment is read by nobody.
        Block::Html(html) => html.text.trim_start().starts_with("<!--"),
    }
}

/// Where a layer of a variant takes out a control that it inherits, the nearest layer first.
fn taken_out(binder: &Binder, variant: &Variant, wanted: &[String]) -> Option<Span> {
    variant.lineage.iter().rev().find_map(|layer| {
        let page = binder.project.layers[layer.layer].pages.get("plan.md")?;
        let document = page.front.get("document")?.value.as_map()?;
        let controls = document.get("controls")?.value.as_map()?;
        let mut removed = controls.iter().filter(|(_, node)| node.value == Value::Null);
        removed.find(|(key, _)| parts(&key.value) == wanted).map(|(key, _)| key.span)
    })
}

/// The elements of IR-8 that a plan which claims it does not place. `taken_out` gives the place
/// where one is removed, by the parts of its name.
fn missing_elements(plan: &Plan, taken_out: &dyn Fn(&[String]) -> Option<Span>) -> Vec<Diagnostic> {
    // `IR-8 a.1`, `IR-8(a)(1)`, `IR-08.a.01`: by their letters and numbers.
    let claimed: BTreeMap<Vec<String>, &Text> =
        plan.document.controls.iter().map(|(control, _)| (parts(&control.value), control)).collect();
    let is_element = |parts: &[String]| match parts {
        [family, number] => family == "ir" && number == "8",
        [family, number, letter, ..] => {
            family == "ir" && number == "8" && letter.starts_with(|c: char| c.is_alphabetic())
        }
        _ => false,
    };
    let Some((_, first)) = claimed.iter().find(|(parts, _)| is_element(parts)) else { return Vec::new() };
    // `IR-8.a` places all of a.
    let placed = |element: &str| -> Option<&Text> {
        let wanted = parts(&format!("ir-8.{element}"));
        let whole = wanted.get(..3).filter(|_| wanted.len() > 3);
        claimed.get(&wanted).or_else(|| claimed.get(whole?)).copied()
    };
    let missing: Vec<usize> = (0..ELEMENTS.len()).filter(|at| placed(ELEMENTS[*at].0).is_none()).collect();
    let tell = |message: String, place: &Text, help: String| {
        Diagnostic::new(RULE.name, message).at(place.span, "IR-8 is claimed here").help(help)
    };
    if missing.len() > FEW {
        let list: Vec<String> = missing.iter().map(|at| format!("`{}`", ELEMENTS[*at].0)).collect();
        let message =
            format!("{} elements of IR-8 have no place in this plan: {}", missing.len(), list.join(", "));
        let help = "name the section of each under `controls`, such as `IR-8.a.6: response.md#metrics`";
        return vec![tell(message, first, help.into())];
    }
    let one = |at: usize| {
        let (element, what) = ELEMENTS[at];
        let before = ELEMENTS[..at].iter().rev().find_map(|(element, _)| placed(element));
        let message = format!("`IR-8.{element}` ({what}) has no place in this plan");
        let help = format!("name its section under `controls`: `IR-8.{element}: …`");
        let beside = before.unwrap_or(first);
        match taken_out(&parts(&format!("ir-8.{element}"))) {
            Some(span) => Diagnostic::new(RULE.name, message)
                .at(span, "taken out here")
                .and(beside.span, "IR-8 is claimed here")
                .help(help),
            None => tell(message, beside, help),
        }
    };
    missing.into_iter().map(one).collect()
}

/// More than so many are told at once.
const FEW: usize = 4;

/// The letters and numbers of a control's name, in lower case, without leading zeros.
fn parts(control: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = None;
    for character in control.chars() {
        let sort = (character.is_alphabetic(), character.is_numeric());
        if character.is_alphanumeric() {
            if last != Some(sort) {
                parts.push(String::new());
            }
            parts.last_mut().into_iter().for_each(|part| part.extend(character.to_lowercase()));
        }
        last = Some(sort);
    }
    parts.into_iter().map(|part| part.trim_start_matches('0').to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_control_is_known_however_it_is_written() {
        for name in ["IR-8.a.1", "IR-8 a.1", "IR-8(a)(1)", "ir-08.a.01", "IR-8a1"] {
            assert_eq!(parts(name), ["ir", "8", "a", "1"], "{name}");
        }
        assert_eq!(parts("IR-8(1)"), ["ir", "8", "1"]);
    }
}
