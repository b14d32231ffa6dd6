//! The contents of a page: its sections, two levels deep.

use std::slice::Iter;
use std::sync::Arc;

use minijinja::{Value, context};

use crate::render::html::Surroundings;
use crate::syntax::Section;

/// What the template needs of a page's sections.
pub fn contents(around: &Surroundings) -> Vec<Value> {
    let mut anchors = around.page.anchors.of_sections.iter();
    entries(&around.page.body.sections, 0, around, &mut anchors)
}

fn entries(
    sections: &[Arc<Section>],
    depth: usize,
    around: &Surroundings,
    anchors: &mut Iter<Box<str>>,
) -> Vec<Value> {
    let mut list = Vec::new();
    for section in sections {
        // Deeper sections have anchors too: each is passed by, listed or not.
        let anchor = anchors.next().map_or("", |anchor| anchor);
        let children = entries(&section.children, depth + 1, around, anchors);
        if depth < 2 {
            list.push(context! { id => anchor, title => around.words(&section.title), children => children });
        }
    }
    list
}
