//! The parts of checklists that say whose they are.

use minijinja::{Value, context};

use crate::plan::{PlanPage, Target};
use crate::render::html::Surroundings;
use crate::syntax::tree::{Reference, references};
use crate::syntax::{Block, Kind, Section};

/// What a part of a checklist may name before its steps.
pub(super) enum Named {
    /// A role, by its number
    Role(usize),
    /// A phase, by its number
    Phase(usize),
}

/// The sections of checklists with a link to a thing before their list, such as "The first responder,
/// in the phase Initiate": with their titles and addresses.
pub(super) fn steps(around: &Surroundings, named: &Named) -> Vec<Value> {
    let plan = around.plan;
    let mut found = Vec::new();
    for checklist in &plan.checklists {
        let Some(page) = plan.page_index(&checklist.record.page).map(|index| &plan.pages[index]) else {
            continue;
        };
        let there = Surroundings { page, ..*around };
        let mut anchors = page.anchors.of_sections.iter();
        page.body.walk(&mut |section: &Section| {
            let Some(anchor) = anchors.next() else { return };
            if names(page, section, named) {
                found.push(context! {
                    title => there.words(&section.title),
                    href => format!("{}#{anchor}", around.href(page)),
                    checklist => &checklist.record.title,
                });
            }
        });
    }
    found
}

fn names(page: &PlanPage, section: &Section, named: &Named) -> bool {
    let blocks: Vec<&Block> = section.blocks().collect();
    let Some(list) = blocks.iter().position(|block| matches!(block, Block::List(..))) else { return false };
    let mut is_named = false;
    for block in &blocks[..list] {
        references(std::slice::from_ref(*block), &mut |reference| {
            let Reference::Link(link) = reference else { return };
            is_named |= match (page.links.get(&link.target), named) {
                (Some(Target::Record(Kind::Role, index)), Named::Role(wanted)) => index == wanted,
                (Some(Target::Record(Kind::Phase, index)), Named::Phase(wanted)) => index == wanted,
                _ => false,
            };
        });
    }
    is_named
}
