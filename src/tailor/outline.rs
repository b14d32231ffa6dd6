//! The sections of a page while a tailoring changes them: each is found by its id, and changed where
//! it stands, in a time that does not grow with the page.

use std::collections::HashMap;
use std::sync::Arc;

use crate::syntax::{Audience, Section};

/// Sections in the order of the text, and those inside them.
#[derive(Default)]
pub struct Outline {
    nodes: Vec<Node>,
    outermost: Ends,
    by_id: HashMap<Box<str>, Holders>,
}

/// How many sections have an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// None has it.
    Nowhere,
    /// One has it: its number in the outline.
    At(usize),
    /// Several have it.
    Again,
}

struct Node {
    section: Arc<Section>,
    /// The sections inside it, which are those of `section` until it is touched
    inside: Ends,
    is_touched: bool,
    is_gone: bool,
    parent: Option<usize>,
    previous: Option<usize>,
    next: Option<usize>,
}

#[derive(Default, Clone, Copy)]
struct Ends {
    first: Option<usize>,
    last: Option<usize>,
}

#[derive(Default)]
struct Holders {
    /// How many there are
    count: usize,
    /// Their numbers, and those of some that are gone
    nodes: Vec<usize>,
}

impl Outline {
    /// The outline of these sections.
    pub fn of(sections: &[Arc<Section>]) -> Outline {
        let mut outline = Outline::default();
        for section in sections {
            outline.add(section, None, outline.outermost.last);
        }
        outline
    }

    /// The section with this id.
    pub fn find(&mut self, id: &str) -> Found {
        let Some(holders) = self.by_id.get_mut(id) else { return Found::Nowhere };
        match holders.count {
            0 => Found::Nowhere,
            1 => {
                holders.nodes.retain(|at| !self.nodes[*at].is_gone);
                Found::At(holders.nodes[0])
            }
            _ => Found::Again,
        }
    }

    /// Whether a section has this id.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.get(id).is_some_and(|holders| holders.count > 0)
    }

    /// The ids, in the order of the text.
    pub fn ids(&self) -> Vec<String> {
        let mut ids = Vec::new();
        self.walk(self.outermost, &mut |node| ids.push(node.section.id.to_string()));
        ids
    }

    /// The section at a place, whose children are not to be looked at.
    pub fn section(&self, at: usize) -> &Section {
        &self.nodes[at].section
    }

    /// Who may read a section at most, by its mark and those of the sections around it.
    pub fn readers(&self, at: usize) -> Audience {
        let above = std::iter::successors(Some(at), |at| self.nodes[*at].parent);
        above.filter_map(|at| self.nodes[at].section.audience).max().unwrap_or_default()
    }

    /// Who may read what stands beside a section at most.
    pub fn readers_beside(&self, at: usize) -> Audience {
        self.nodes[at].parent.map_or(Audience::default(), |parent| self.readers(parent))
    }

    /// Puts a section before all others.
    pub fn insert_first(&mut self, section: &Arc<Section>) {
        self.add(section, None, None);
    }

    /// Puts a section before the one at a place.
    pub fn insert_before(&mut self, at: usize, section: &Arc<Section>) {
        let Node { parent, previous, .. } = self.nodes[at];
        self.add(section, parent, previous);
    }

    /// Puts a section after the one at a place.
    pub fn insert_after(&mut self, at: usize, section: &Arc<Section>) {
        self.add(section, self.nodes[at].parent, Some(at));
    }

    /// Takes out the section at a place.
    pub fn remove(&mut self, at: usize) {
        let Node { parent, previous, next, .. } = self.nodes[at];
        match previous {
            Some(previous) => self.nodes[previous].next = next,
            None => self.ends(parent).first = next,
        }
        match next {
            Some(next) => self.nodes[next].previous = previous,
            None => self.ends(parent).last = previous,
        }
        self.touch(parent);
        self.forget(at);
    }

    /// Puts what another section has at the end of the one at a place.
    pub fn append(&mut self, at: usize, added: Section) {
        Arc::make_mut(&mut self.nodes[at].section).parts.extend(added.parts);
        for child in &added.children {
            self.add(child, Some(at), self.nodes[at].inside.last);
        }
        self.touch(Some(at));
    }

    /// Puts what another section has at the start of the one at a place.
    pub fn prepend(&mut self, at: usize, added: Section) {
        Arc::make_mut(&mut self.nodes[at].section).parts.splice(0..0, added.parts);
        for child in added.children.iter().rev() {
            self.add(child, Some(at), None);
        }
        self.touch(Some(at));
    }

    /// The sections as they are now. What no change touched is what it was in memory as well.
    pub fn sections(&self) -> Vec<Arc<Section>> {
        self.sections_of(self.outermost)
    }

    fn sections_of(&self, ends: Ends) -> Vec<Arc<Section>> {
        let mut sections = Vec::new();
        self.each(ends, &mut |node| {
            let mut section = node.section.clone();
            if node.is_touched {
                Arc::make_mut(&mut section).children = self.sections_of(node.inside);
            }
            sections.push(section);
        });
        sections
    }

    fn each<'a>(&'a self, ends: Ends, see: &mut dyn FnMut(&'a Node)) {
        let mut next = ends.first;
        while let Some(at) = next {
            let node = &self.nodes[at];
            see(node);
            next = node.next;
        }
    }

    fn walk<'a>(&'a self, ends: Ends, see: &mut dyn FnMut(&'a Node)) {
        self.each(ends, &mut |node| {
            see(node);
            self.walk(node.inside, see);
        });
    }

    /// Adds a section and those inside it, after a sibling or before all.
    fn add(&mut self, section: &Arc<Section>, parent: Option<usize>, previous: Option<usize>) {
        let at = self.enter(section, parent, previous);
        let next = match previous {
            Some(previous) => self.nodes[previous].next.replace(at),
            None => self.ends(parent).first.replace(at),
        };
        self.nodes[at].next = next;
        match next {
            Some(next) => self.nodes[next].previous = Some(at),
            None => self.ends(parent).last = Some(at),
        }
        self.touch(parent);
    }

    /// A new node with those inside it, which its neighbours do not know yet.
    fn enter(&mut self, section: &Arc<Section>, parent: Option<usize>, previous: Option<usize>) -> usize {
        let at = self.nodes.len();
        let holders = self.by_id.entry(section.id.clone()).or_default();
        holders.count += 1;
        holders.nodes.push(at);
        self.nodes.push(Node {
            section: section.clone(),
            inside: Ends::default(),
            is_touched: false,
            is_gone: false,
            parent,
            previous,
            next: None,
        });
        let mut last = None;
        for child in &section.children {
            let child = self.enter(child, Some(at), last);
            match last {
                Some(last) => self.nodes[last].next = Some(child),
                None => self.nodes[at].inside.first = Some(child),
            }
            last = Some(child);
        }
        self.nodes[at].inside.last = last;
        at
    }

    fn ends(&mut self, parent: Option<usize>) -> &mut Ends {
        match parent {
            Some(parent) => &mut self.nodes[parent].inside,
            None => &mut self.outermost,
        }
    }

    /// What is inside a section is its own from now on, and so on outwards.
    fn touch(&mut self, mut at: Option<usize>) {
        while let Some(number) = at.filter(|at| !self.nodes[*at].is_touched) {
            self.nodes[number].is_touched = true;
            at = self.nodes[number].parent;
        }
    }

    /// Nothing finds a node any more, nor those inside it.
    fn forget(&mut self, at: usize) {
        self.nodes[at].is_gone = true;
        if let Some(holders) = self.by_id.get_mut(&*self.nodes[at].section.id) {
            holders.count -= 1;
        }
        let mut next = self.nodes[at].inside.first;
        while let Some(child) = next {
            self.forget(child);
            next = self.nodes[child].next;
        }
    }
}
