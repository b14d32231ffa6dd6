//! Sections laid over inherited sections, as the headings of a tailoring say.

use std::sync::Arc;

use crate::source::Span;
use crate::syntax::{Audience, Block, Document, Placement, Section, Verb};
use crate::tailor::{TailorFault, TailorFaultKind};

/// The name under which a tailoring reaches what stands before a page's first section.
pub const TOP: &str = "top";

/// The text of a page.
#[derive(Debug, Clone, Default)]
pub struct Body {
    /// What stands before the first section: one stretch for each layer that wrote some of it
    pub top: Vec<Arc<[Block]>>,
    /// The sections
    pub sections: Vec<Arc<Section>>,
}

impl Body {
    /// A body as one file has it.
    pub fn of(document: &Document) -> Body {
        Body { top: document.top.clone(), sections: document.sections.clone() }
    }

    /// Calls `see` with each section, in the order of the text.
    pub fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Section)) {
        for section in &self.sections {
            section.walk(see);
        }
    }

    /// The ids of the sections, in the order of the text, as written: one may stand twice.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.walk(&mut |section| ids.push(&*section.id));
        ids
    }

    /// Takes out the sections an edition may not see.
    pub fn narrow(&mut self, edition: Audience) {
        narrow(&mut self.sections, edition);
    }
}

fn narrow(sections: &mut Vec<Arc<Section>>, edition: Audience) {
    sections.retain(|section| section.audience.unwrap_or_default() <= edition);
    for section in sections {
        if hides_something(&section.children, edition) {
            narrow(&mut Arc::make_mut(section).children, edition);
        }
    }
}

fn hides_something(sections: &[Arc<Section>], edition: Audience) -> bool {
    sections.iter().any(|section| {
        section.audience.unwrap_or_default() > edition || hides_something(&section.children, edition)
    })
}

/// Faults of a new page: a heading that wants to change something inherited, where nothing is.
pub fn check_new(document: &Document, page: &str, faults: &mut Vec<TailorFault>) {
    let mut see = |section: &Section| {
        if section.verb.is_some() || section.placement.is_some() {
            let kind = TailorFaultKind::NothingInherited { page: page.into(), known: Vec::new() };
            faults.push(TailorFault { span: section.span, kind });
        }
        check_audience(section, faults);
    };
    for section in &document.sections {
        section.walk(&mut see);
    }
}

fn check_audience(section: &Section, faults: &mut Vec<TailorFault>) {
    if let Some(name) = &section.unknown_audience {
        let kind = TailorFaultKind::UnknownAudience(name.to_string());
        faults.push(TailorFault { span: section.span, kind });
    }
}

/// Lays a layer's file over the page it inherits.
pub fn lay_over(body: &mut Body, tailoring: &Document, page: &str, faults: &mut Vec<TailorFault>) {
    let mut fault = |span: Span, kind| faults.push(TailorFault { span, kind });
    if let Some(title) = &tailoring.title {
        fault(title.span, TailorFaultKind::NoVerb { title: title.value.clone(), page: page.into() });
    }
    if let Some(block) = tailoring.top.first().and_then(|blocks| blocks.first()) {
        fault(block.span(), TailorFaultKind::TextOutsideSection { page: page.into() });
    }
    let mut changes = Vec::new();
    for section in &tailoring.sections {
        if section.verb.is_none() && section.placement.is_none() {
            let title = section.title_text();
            fault(section.span, TailorFaultKind::NoVerb { title, page: page.into() });
        }
        collect_changes(section, &mut changes);
    }
    for change in changes {
        check_audience(&change, faults);
        apply(body, change, page, faults);
    }
}

/// The changes in a section and the ones inside it, each without the others.
fn collect_changes(section: &Section, changes: &mut Vec<Section>) {
    let is_change = |section: &Section| section.verb.is_some() || section.placement.is_some();
    let (inner, content): (Vec<_>, Vec<_>) =
        section.children.iter().cloned().partition(|child| is_change(child));
    if is_change(section) {
        changes.push(Section { children: content, ..section.clone() });
    } else {
        content.iter().for_each(|child| collect_changes(child, changes));
    }
    inner.iter().for_each(|child| collect_changes(child, changes));
}

fn apply(body: &mut Body, change: Section, page: &str, faults: &mut Vec<TailorFault>) {
    let mut fault = |span: Span, kind| faults.push(TailorFault { span, kind });
    let target: Box<str> = match (&change.verb, &change.placement) {
        (Some(_), Some(_)) => return fault(change.span, TailorFaultKind::VerbAndPlace),
        (_, Some(placement)) => placement.neighbour().into(),
        (_, None) => change.id.clone(),
    };
    if change.verb.is_none() && body.ids().contains(&&*change.id) {
        let kind = TailorFaultKind::IdTaken { id: change.id.to_string(), page: page.into() };
        return fault(change.id_span, kind);
    }
    let part_only = matches!(change.verb, Some(Verb::Append | Verb::Prepend));
    if part_only && change.audience.is_some() {
        return fault(change.span, TailorFaultKind::AudienceOfPart);
    }
    let says_nothing = change.parts.is_empty() && change.children.is_empty();
    if change.verb == Some(Verb::Remove) && says_nothing {
        fault(change.span, TailorFaultKind::ReasonMissing);
    }
    if &*target == TOP && !body.ids().contains(&TOP) {
        return apply_to_top(body, change);
    }
    match body.ids().iter().filter(|id| **id == &*target).count() {
        1 => {}
        0 => {
            let known = body.ids().iter().map(|id| id.to_string()).collect();
            let kind = TailorFaultKind::UnknownTarget { id: target.to_string(), page: page.into(), known };
            return fault(change.id_span, kind);
        }
        _ => {
            let kind = TailorFaultKind::AmbiguousTarget { id: target.to_string(), page: page.into() };
            return fault(change.id_span, kind);
        }
    }
    apply_in(&mut body.sections, &target, &change);
}

fn apply_to_top(body: &mut Body, change: Section) {
    match (change.verb, &change.placement) {
        (Some(Verb::Replace), _) => body.top = change.parts,
        (Some(Verb::Append), _) => body.top.extend(change.parts),
        (Some(Verb::Prepend), _) => drop(body.top.splice(0..0, change.parts)),
        (Some(Verb::Remove), _) => body.top.clear(),
        (None, _) => {
            let section = as_written(&change, change.level);
            body.sections.insert(0, Arc::new(section));
        }
    }
}

/// Applies a change where its target is; says whether it was here.
fn apply_in(sections: &mut Vec<Arc<Section>>, target: &str, change: &Section) -> bool {
    let Some(index) = sections.iter().position(|section| holds(section, target)) else {
        return false;
    };
    if &*sections[index].id != target {
        return apply_in(&mut Arc::make_mut(&mut sections[index]).children, target, change);
    }
    let level = sections[index].level;
    match (change.verb, &change.placement) {
        (None, Some(Placement::Before(_))) => sections.insert(index, Arc::new(as_written(change, level))),
        (None, _) => sections.insert(index + 1, Arc::new(as_written(change, level))),
        (Some(Verb::Remove), _) => drop(sections.remove(index)),
        (Some(Verb::Replace), _) => {
            let inherited = &sections[index];
            let mut section = as_written(change, level);
            if section.title.is_empty() {
                section.title = inherited.title.clone();
            }
            // What was not for everybody does not become so by being rewritten.
            section.audience = section.audience.or(inherited.audience);
            sections[index] = Arc::new(section);
        }
        (Some(Verb::Append), _) => {
            let added = as_written(change, level);
            let section = Arc::make_mut(&mut sections[index]);
            section.parts.extend(added.parts);
            section.children.extend(added.children);
        }
        (Some(Verb::Prepend), _) => {
            let added = as_written(change, level);
            let section = Arc::make_mut(&mut sections[index]);
            section.parts.splice(0..0, added.parts);
            section.children.splice(0..0, added.children);
        }
    }
    true
}

fn holds(section: &Section, target: &str) -> bool {
    &*section.id == target || section.children.iter().any(|child| holds(child, target))
}

/// A change as a section of the page, at a level.
fn as_written(change: &Section, level: u8) -> Section {
    let by = i16::from(level) - i16::from(change.level);
    let mut section = shifted(change, by);
    section.verb = None;
    section.placement = None;
    section
}

fn shifted(section: &Section, by: i16) -> Section {
    let mut moved = section.clone();
    moved.level = (i16::from(section.level) + by).clamp(1, 6) as u8;
    if by != 0 {
        moved.children = section.children.iter().map(|child| Arc::new(shifted(child, by))).collect();
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ExpansionMap, SourceId};
    use crate::syntax::markdown;

    fn read(text: &str) -> Document {
        markdown::parse(SourceId(0), text, &ExpansionMap::copied(0))
    }

    /// The page as an outline: level, id, and the number of stretches of text.
    fn outline(body: &Body) -> String {
        let mut lines = vec![format!("top {}", body.top.len())];
        body.walk(&mut |s| lines.push(format!("{} {} {}", "#".repeat(s.level.into()), s.id, s.parts.len())));
        lines.join("; ")
    }

    fn tailor(tailoring: &str) -> (String, Vec<TailorFault>) {
        let mut body =
            Body::of(&read("intro\n\n## A {#a}\n\none\n\n### B {#b}\n\ntwo\n\n## C {#c}\n\nthree\n"));
        let mut faults = Vec::new();
        lay_over(&mut body, &read(tailoring), "page.md", &mut faults);
        (outline(&body), faults)
    }

    #[test]
    fn each_verb_does_what_it_says() {
        for (tailoring, expected) in [
            ("## {#a .replace}\n\nnew\n", "top 1; ## a 1; ## c 1"),
            ("## {#a .append}\n\nmore\n", "top 1; ## a 2; ### b 1; ## c 1"),
            ("## {#a .append}\n\n### D\n", "top 1; ## a 1; ### b 1; ### d 0; ## c 1"),
            ("## {#a .prepend}\n\n### D\n", "top 1; ## a 1; ### d 0; ### b 1; ## c 1"),
            ("## {#b .remove}\n\nnot here\n", "top 1; ## a 1; ## c 1"),
            ("## D {#d after=a}\n", "top 1; ## a 1; ### b 1; ## d 0; ## c 1"),
            ("## D {#d before=b}\n\n### E\n", "top 1; ## a 1; ### d 0; #### e 0; ### b 1; ## c 1"),
            ("## {#top .append}\n\nmore\n", "top 2; ## a 1; ### b 1; ## c 1"),
            ("## {#a .append}\n\nx\n\n### {#b .append}\n\ny\n", "top 1; ## a 2; ### b 2; ## c 1"),
        ] {
            let (found, faults) = tailor(tailoring);
            assert_eq!(found, expected, "{tailoring}");
            assert_eq!(faults, [], "{tailoring}");
        }
    }

    #[test]
    fn nothing_is_dropped_in_silence() {
        for tailoring in [
            "## {#nowhere .append}\n\nx\n",
            "## A\n\nx\n",
            "loose text\n",
            "# A title\n",
            "## {#a .remove}\n",
            "## D {#d after=nowhere}\n",
            "## {#a .replace after=c}\n\nx\n",
            "## {#a .append audience=responders}\n\nx\n",
            "## C {#c after=a}\n",
            "## {#a .replace audience=everyone}\n\nx\n",
        ] {
            assert_eq!(tailor(tailoring).1.len(), 1, "{tailoring}");
        }
    }

    #[test]
    fn a_section_that_is_not_for_everybody_stays_so_when_rewritten() {
        let mut body = Body::of(&read("## A {#a audience=responders}\n\nsecret\n"));
        lay_over(&mut body, &read("## {#a .replace}\n\nalso secret\n"), "page.md", &mut Vec::new());
        body.narrow(Audience::Public);
        assert!(body.sections.is_empty());
    }
}
