//! Sections laid over inherited sections, as the headings of a tailoring say.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::source::{SourceId, Span};
use crate::syntax::tree::{Note, Reference, inline_references, references};
use crate::syntax::{Audience, Block, Document, Misuse, Placement, Section, Verb, slug};
use crate::tailor::outline::{Found, Outline};
use crate::tailor::{TailorFault, TailorFaultKind};

/// The name under which a tailoring reaches what stands before a page's first section.
pub const TOP: &str = "top";
/// So many faults of a plan are told what the inherited page has.
const MOST_SUGGESTIONS: usize = 100;

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

    /// Whether it has sections an edition may not see.
    pub fn hides_something(&self, edition: Audience) -> bool {
        hides_something(&self.sections, edition)
    }

    /// Takes out the sections an edition may not see, and the footnotes that only they mention.
    pub fn narrow(&mut self, edition: Audience) {
        narrow(&mut self.sections, edition);
        self.drop_unmentioned();
    }

    /// Takes out the footnotes that nothing mentions any more: no page shows them.
    pub fn drop_unmentioned(&mut self) {
        if let Some(mentioned) = self.mentioned() {
            self.top.iter_mut().for_each(|part| drop_footnotes(part, &mentioned));
            drop_footnotes_of(&mut self.sections, &mentioned);
        }
    }

    /// Its text, stretch by stretch.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<[Block]>> {
        let mut parts: Vec<&Arc<[Block]>> = self.top.iter().collect();
        self.walk(&mut |section| parts.extend(&section.parts));
        parts.into_iter()
    }

    /// The footnotes that the text mentions, or a footnote that it mentions does. `None` where it mentions all there are.
    fn mentioned(&self) -> Option<Mentioned> {
        let mut notes: HashMap<Note, Vec<&Block>> = HashMap::new();
        for block in self.parts().flat_map(|part| part.iter()) {
            if let Block::Footnote(span, label, _) = block {
                notes.entry((span.source, label)).or_default().push(block);
            }
        }
        if notes.is_empty() {
            return None;
        }
        let mut met: Vec<Note> = Vec::new();
        let mut see = |reference| met.extend(note(reference));
        let is_note = |block: &&Block| matches!(block, Block::Footnote(..));
        self.walk(&mut |section| inline_references(&section.title, &mut see));
        for block in self.parts().flat_map(|part| part.iter()).filter(|block| !is_note(block)) {
            references(std::slice::from_ref(block), &mut see);
        }
        let mut mentioned = Mentioned::new();
        while let Some(note_of) = met.pop() {
            if mentioned.entry(note_of.0).or_default().insert(note_of.1.into()) {
                for block in notes.remove(&note_of).into_iter().flatten() {
                    references(std::slice::from_ref(block), &mut |reference| met.extend(note(reference)));
                }
            }
        }
        (!notes.is_empty()).then_some(mentioned)
    }
}

/// The documents of a page, each laid over those before it, and what is wrong with them.
pub fn merged(documents: &[Arc<Document>], path: &str) -> (Body, Vec<TailorFault>) {
    let mut faults = Vec::new();
    let mut body = Body::default();
    if let Some((first, later)) = documents.split_first() {
        body = Body::of(first);
        check_new(first, path, &mut faults);
        for tailoring in later {
            lay_over(&mut body, tailoring, path, &mut faults);
        }
        body.drop_unmentioned();
    }
    (body, faults)
}

/// The labels of footnotes that are mentioned, by the file: two layers may call theirs alike.
type Mentioned = HashMap<SourceId, HashSet<Box<str>>>;

fn note<'b>(reference: Reference<'b>) -> Option<Note<'b>> {
    match reference {
        Reference::Footnote(span, label) => Some((span.source, label)),
        _ => None,
    }
}

fn is_unmentioned(block: &Block, mentioned: &Mentioned) -> bool {
    let Block::Footnote(span, label, _) = block else { return false };
    !mentioned.get(&span.source).is_some_and(|labels| labels.contains(label))
}

fn drop_footnotes_of(sections: &mut [Arc<Section>], mentioned: &Mentioned) {
    for section in sections {
        let mut has_some = false;
        section.walk(&mut |section| {
            let mut blocks = section.parts.iter().flat_map(|part| part.iter());
            has_some |= blocks.any(|block| is_unmentioned(block, mentioned));
        });
        if has_some {
            let section = Arc::make_mut(section);
            section.parts.iter_mut().for_each(|part| drop_footnotes(part, mentioned));
            drop_footnotes_of(&mut section.children, mentioned);
        }
    }
}

fn drop_footnotes(part: &mut Arc<[Block]>, mentioned: &Mentioned) {
    if part.iter().any(|block| is_unmentioned(block, mentioned)) {
        *part = part.iter().filter(|block| !is_unmentioned(block, mentioned)).cloned().collect();
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
        if is_change(section) {
            let kind = TailorFaultKind::NothingInherited { page: page.into(), known: Vec::new() };
            faults.push(TailorFault { span: section.span, kind });
        }
        tell_misuse(section, faults);
    };
    for section in &document.sections {
        section.walk(&mut see);
    }
}

fn tell_misuse(section: &Section, faults: &mut Vec<TailorFault>) {
    for misuse in &section.misused {
        faults.push(TailorFault { span: section.span, kind: TailorFaultKind::Misused(misuse.clone()) });
    }
}

fn is_change(section: &Section) -> bool {
    section.verb.is_some() || section.placement.is_some()
}

fn holds_change(section: &Section) -> bool {
    is_change(section)
        || !section.misused.is_empty()
        || section.children.iter().any(|child| holds_change(child))
}

/// Lays a layer's file over the page it inherits.
pub fn lay_over(body: &mut Body, tailoring: &Document, page: &str, faults: &mut Vec<TailorFault>) {
    let mut tell = |span: Span, kind| faults.push(TailorFault { span, kind });
    let loose = tailoring.top.first().and_then(|blocks| blocks.first()).map(|block| block.span());
    let title = tailoring.title.as_ref().map(|title| title.span);
    let changes_nothing = !tailoring.sections.iter().any(|section| holds_change(section));
    if changes_nothing && (!tailoring.sections.is_empty() || (loose.is_some() && title.is_some())) {
        let start = title.or(loose).or(tailoring.sections.first().map(|section| section.span));
        return tell(start.unwrap_or_default(), TailorFaultKind::NothingTailored { page: page.into() });
    }
    if let Some(title) = &tailoring.title {
        tell(title.span, TailorFaultKind::TitleAgain { page: page.into() });
    }
    if let Some(span) = loose {
        tell(span, TailorFaultKind::TextOutsideSection { page: page.into() });
    }
    let mut outline = Outline::of(&body.sections);
    for section in
        tailoring.sections.iter().filter(|section| !is_change(section) && section.misused.is_empty())
    {
        let kind = TailorFaultKind::NoVerb {
            title: section.title_text(),
            level: section.level,
            id: outline.contains(&section.id).then(|| section.id.to_string()),
            page: page.into(),
        };
        tell(section.span, kind);
    }
    for section in &tailoring.sections {
        section.walk(&mut |section| tell_misuse(section, faults));
    }
    // Whether a section is rewritten or taken out already, by the id of each that has a verb.
    let mut changed: HashMap<Box<str>, bool> = HashMap::new();
    let mut readers: Vec<Audience> = Vec::new();
    for Change { section: change, inside } in find_changes(tailoring) {
        let lands = landing(&change, &mut outline);
        let around = inside.map(|(outer, marked)| marked.max(readers[outer]));
        readers.push(lands.max(around.unwrap_or_default()));
        if around.is_some_and(|around| around > lands) && change.verb != Some(Verb::Remove) {
            let kind = TailorFaultKind::LeavesSection(around.unwrap_or_default());
            faults.push(TailorFault { span: change.span, kind });
        }
        if change.verb.is_some() {
            // A section that is rewritten or taken out has no other change that could stay.
            let is_final = matches!(change.verb, Some(Verb::Replace | Verb::Remove));
            let before = changed.get(&change.id).copied();
            changed.insert(change.id.clone(), is_final || before == Some(true));
            if before.is_some_and(|was_final| was_final || is_final) {
                let kind = TailorFaultKind::Misused(Misuse::TwoVerbs);
                faults.push(TailorFault { span: change.id_span, kind });
                continue;
            }
        }
        apply(&mut body.top, &mut outline, change, page, faults);
    }
    body.sections = outline.sections();
}

/// What of the files of a page its readers do not get: the sections that a later file rewrites or takes
/// out, in order and none inside another. What is wrong there is wrong for others.
pub fn dropped(documents: &[Arc<Document>]) -> Vec<Span> {
    let mut dropped = Vec::new();
    for (index, tailoring) in documents.iter().enumerate().skip(1) {
        let is_final = |change: &Section| matches!(change.verb, Some(Verb::Replace | Verb::Remove));
        let changes = changes(tailoring).into_iter().filter(is_final);
        let gone: HashSet<Box<str>> = changes.map(|change| change.id).collect();
        if gone.is_empty() {
            continue;
        }
        for section in documents[..index].iter().flat_map(|document| &document.sections) {
            section.walk(&mut |section| {
                if gone.contains(&section.id) {
                    dropped.push(section.extent());
                }
            });
        }
    }
    dropped.sort_by_key(|span| (span.source, span.start, std::cmp::Reverse(span.end)));
    dropped.dedup_by(|inner, outer| outer.holds(*inner));
    dropped
}

/// Whether one of these places, in order and none inside another, holds a place.
pub fn hold(places: &[Span], span: Span) -> bool {
    let after = places.partition_point(|place| (place.source, place.start) <= (span.source, span.start));
    after.checked_sub(1).is_some_and(|last| places[last].holds(span))
}

/// What the headings of a tailoring do, each without the others inside it.
pub fn changes(tailoring: &Document) -> Vec<Section> {
    find_changes(tailoring).into_iter().map(|change| change.section).collect()
}

/// What a heading of a tailoring does.
struct Change {
    section: Section,
    /// The change that it stands in as it is written, and who may read the headings between the two at most
    inside: Option<(usize, Audience)>,
}

fn find_changes(tailoring: &Document) -> Vec<Change> {
    let mut changes = Vec::new();
    tailoring.sections.iter().for_each(|section| drop(take_changes(section, None, &mut changes)));
    changes
}

/// A section without the changes inside it, which are added to `changes` after it.
fn take_changes(section: &Section, inside: Option<(usize, Audience)>, changes: &mut Vec<Change>) -> Section {
    let own = is_change(section).then_some(changes.len());
    if own.is_some() {
        changes.push(Change { section: section.clone(), inside });
    }
    let mut content = section.clone();
    content.children.clear();
    let of_heading = section.audience.unwrap_or_default();
    let inside = match own {
        Some(own) => Some((own, of_heading)),
        None => inside.map(|(outer, marked)| (outer, marked.max(of_heading))),
    };
    for child in &section.children {
        let rest = take_changes(child, inside, changes);
        if !is_change(child) {
            content.children.push(Arc::new(rest));
        }
    }
    if let Some(own) = own {
        changes[own].section = content.clone();
    }
    content
}

/// Who will be able to read what a change writes. Where it goes nowhere, that is told already.
fn landing(change: &Section, outline: &mut Outline) -> Audience {
    let own = change.audience.unwrap_or_default();
    let target = change.placement.as_ref().map_or(&*change.id, |placement| placement.neighbour());
    match (outline.find(target), change.verb) {
        (Found::At(at), Some(Verb::Replace)) => {
            let inherited = outline.section(at).audience;
            outline.readers_beside(at).max(change.audience.or(inherited).unwrap_or_default())
        }
        (Found::At(at), Some(_)) => outline.readers(at),
        (Found::At(at), None) => outline.readers_beside(at).max(own),
        (Found::Nowhere, _) if target == TOP => own,
        (Found::Nowhere | Found::Again, _) => Audience::Responders,
    }
}

fn apply(
    top: &mut Vec<Arc<[Block]>>,
    outline: &mut Outline,
    change: Section,
    page: &str,
    faults: &mut Vec<TailorFault>,
) {
    let is_new_to_it = faults.len() < MOST_SUGGESTIONS;
    let mut fault = |span: Span, kind| faults.push(TailorFault { span, kind });
    let target: Box<str> = match (&change.verb, &change.placement) {
        // Told already: which of them is meant is not said.
        (Some(_), Some(_)) => return,
        (_, Some(placement)) => placement.neighbour().into(),
        (_, None) => change.id.clone(),
    };
    if change.verb.is_none() && outline.contains(&change.id) {
        let kind = TailorFaultKind::IdTaken { id: change.id.to_string(), page: page.into() };
        return fault(change.id_span, kind);
    }
    let at_top = &*target == TOP && !outline.contains(TOP);
    let part_only = matches!(change.verb, Some(Verb::Append | Verb::Prepend))
        || at_top && change.verb == Some(Verb::Replace);
    if part_only && change.audience.is_some() {
        return fault(change.span, TailorFaultKind::AudienceOfPart);
    }
    let says_nothing = change.parts.is_empty() && change.children.is_empty();
    match change.verb {
        Some(Verb::Remove) if says_nothing => fault(change.span, TailorFaultKind::ReasonMissing),
        Some(Verb::Replace) if says_nothing => fault(change.span, TailorFaultKind::NothingWritten),
        _ => {}
    }
    let place = if change.placement.is_some() { change.place_span } else { change.id_span };
    if at_top {
        if matches!(change.placement, Some(Placement::Before(_))) {
            return fault(place, TailorFaultKind::BeforeTop);
        }
        return apply_to_top(top, outline, change);
    }
    match outline.find(&target) {
        Found::At(at) => {
            let inherited = outline.section(at);
            let opens = change.audience.is_some() && change.audience < inherited.audience;
            let keeps_title = change.title.is_empty();
            let is_in_id = !keeps_title
                && slug(&inherited.title_text()) == *inherited.id
                && slug(&change.title_text()) != *inherited.id;
            if let (true, true, Some(readers)) = (opens, keeps_title || is_in_id, inherited.audience) {
                let kind = TailorFaultKind::TitleOpened { readers, inherited: inherited.span, is_in_id };
                fault(change.span, kind);
            }
            apply_at(outline, at, change);
        }
        Found::Nowhere => {
            // Who makes a mistake so often knows where.
            let known = if is_new_to_it { outline.ids() } else { Vec::new() };
            let kind = TailorFaultKind::UnknownTarget { id: target.to_string(), page: page.into(), known };
            fault(place, kind);
        }
        Found::Again => {
            let kind = TailorFaultKind::AmbiguousTarget { id: target.to_string(), page: page.into() };
            fault(place, kind);
        }
    }
}

fn apply_to_top(top: &mut Vec<Arc<[Block]>>, outline: &mut Outline, change: Section) {
    if change.placement.is_some() {
        return outline.insert_first(&Arc::new(as_written(&change, change.level)));
    }
    match change.verb {
        Some(Verb::Replace) => *top = change.parts,
        Some(Verb::Append) => top.extend(change.parts),
        Some(Verb::Prepend) => drop(top.splice(0..0, change.parts)),
        Some(Verb::Remove) => return top.clear(),
        None => {}
    }
    // Sections that come with it stand before the first one.
    for section in change.children.iter().rev() {
        outline.insert_first(section);
    }
}

/// Applies a change at the section it names.
fn apply_at(outline: &mut Outline, at: usize, change: Section) {
    let inherited = outline.section(at);
    let mut section = as_written(&change, inherited.level);
    match (change.verb, &change.placement) {
        (None, Some(Placement::Before(_))) => outline.insert_before(at, &Arc::new(section)),
        (None, _) => outline.insert_after(at, &Arc::new(section)),
        (Some(Verb::Remove), _) => outline.remove(at),
        (Some(Verb::Replace), _) => {
            if section.title.is_empty() {
                section.title = inherited.title.clone();
            }
            // What was not for everybody does not become so by being rewritten.
            section.audience = section.audience.or(inherited.audience);
            outline.insert_before(at, &Arc::new(section));
            outline.remove(at);
        }
        (Some(Verb::Append), _) => outline.append(at, section),
        (Some(Verb::Prepend), _) => outline.prepend(at, section),
    }
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
            ("## {#a .append}\n\n### D\n\n#### {#c .remove}\n\nwhy\n", "top 1; ## a 1; ### b 1; ### d 0"),
            ("## {#top .append}\n\nmore\n\n### D\n", "top 2; ### d 0; ## a 1; ### b 1; ## c 1"),
            (
                "## D {#d after=a audience=staff}\n\nx\n\n### F {#f after=c audience=staff}\n\ny\n\n### {#b .remove}\n\nwhy\n",
                "top 1; ## a 1; ## d 1; ## c 1; ## f 1",
            ),
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
            "## {#top .replace audience=responders}\n\nx\n",
            "## D {#d after=a audience=responders}\n\nx\n\n### {#c .append}\n\ny\n",
            "## D {#d after=a audience=responders}\n\nx\n\n### E\n\n#### F {#f after=a}\n\ny\n",
            "## {#a .replace audience=staff}\n\nx\n\n### F {#f after=c}\n\ny\n",
            "## C {#c after=a}\n",
            "## {#a .replace audience=everyone}\n\nx\n",
            "## {#a .append .remove}\n\nx\n",
            "## {#a .append}\n\nx\n\n## D {#d after=a before=c}\n",
            "## {#a .append}\n\nx\n\n## {#a .replace}\n\ny\n",
            "## D {#d before=top}\n",
            "## {#a .replace}\n",
            "## {#a .apend}\n\nx\n\n## {#c .append}\n\ny\n",
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
