//! Which layer each part of a page is from, in the words of its end and of document control.

use crate::plan::PlanPage;
use crate::render::html::Surroundings;
use crate::syntax::Section;

/// That a part of a page is from another layer than what is around it.
pub struct Change {
    /// The section's anchor and title; none for the whole page
    pub section: Option<(String, String)>,
    /// The place of the layer in the lineage
    pub layer: usize,
}

/// What layers changed in a page, in the order of the text: sections first, then what a layer changed
/// in its facts alone.
pub fn changes(around: &Surroundings) -> Vec<Change> {
    let page = around.page;
    let mut changes = Vec::new();
    let mut anchors = page.anchors.of_sections.iter();
    let mut written = page.origin.sections.iter();
    // The layer that the section around the present one is from, by its level.
    let mut around_it: Vec<(u8, usize)> = Vec::new();
    let is_of_first = |layers: &(usize, Vec<usize>)| {
        std::iter::once(&layers.0).chain(&layers.1).all(|layer| *layer == page.origin.first)
    };
    let is_mixed = !page.origin.sections.iter().all(is_of_first);
    let mut add = |section: &Section| {
        let (Some(anchor), Some((heading, parts))) = (anchors.next(), written.next()) else { return };
        around_it.retain(|(level, _)| *level < section.level);
        let within = around_it.last().map_or(page.origin.first, |(_, layer)| *layer);
        around_it.push((section.level, *heading));
        let mut layers: Vec<usize> = std::iter::once(heading).chain(parts).copied().collect();
        layers.dedup();
        for layer in layers.into_iter().filter(|layer| *layer != within) {
            let section = Some((anchor.to_string(), around.words(&section.title)));
            changes.push(Change { section, layer });
        }
    };
    // Most pages are of one layer alone.
    if is_mixed {
        page.body.walk(&mut add);
    }
    changes.extend(by_facts(page).map(|layer| Change { section: None, layer }));
    changes
}

/// The layers that changed a page, but none of its sections.
fn by_facts(page: &PlanPage) -> impl Iterator<Item = usize> {
    page.origin.tailored_by.iter().copied().filter(|layer| {
        !page.origin.sections.iter().any(|(heading, parts)| heading == layer || parts.contains(layer))
    })
}
