//! What rules have found.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::check::binder::{PageText, Reader, Saying};
use crate::diagnostic::Diagnostic;
use crate::limits;
use crate::syntax::Audience;

/// What rules have found: the same finding in several variants is one.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each finding, with those whom it concerns, some of them more than once
    pub(super) found: Vec<(Diagnostic, Vec<(String, Audience)>)>,
    /// Where a finding is, by a hash of what it says. One that has the hash of another has the next that is free.
    index: HashMap<u64, usize>,
}

impl Findings {
    /// Tells something about what is written, whatever is made of it.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.add(diagnostic);
    }

    /// Tells something about what a reader gets.
    pub fn tell_in(&mut self, reader: Reader, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        self.found[at].1.push((reader.0.to_string(), reader.1));
    }

    /// Tells something about a text, to all who read it.
    pub fn tell_of(&mut self, text: &PageText, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        let readers = text.readers.iter().map(|(reader, ..)| (reader.0.to_string(), reader.1));
        self.found[at].1.extend(readers);
    }

    /// Tells something about words, to all who read them.
    pub fn tell_of_saying(&mut self, saying: &Saying, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        let readers = saying.readers().map(|reader| (reader.0.to_string(), reader.1));
        self.found[at].1.extend(readers);
    }

    fn add(&mut self, diagnostic: Diagnostic) -> usize {
        let mut hasher = DefaultHasher::new();
        said(&diagnostic).hash(&mut hasher);
        let mut hash = hasher.finish();
        loop {
            match self.index.entry(hash) {
                Entry::Occupied(at) if said(&self.found[*at.get()].0) == said(&diagnostic) => {
                    return *at.get();
                }
                Entry::Occupied(_) => hash = hash.wrapping_add(1),
                Entry::Vacant(free) if self.found.len() < limits::FINDINGS.most => {
                    free.insert(self.found.len());
                    self.found.push((diagnostic, Vec::new()));
                    return self.found.len() - 1;
                }
                Entry::Vacant(_) => {
                    // The rest is told at once, where it begins.
                    if self.found.len() == limits::FINDINGS.most {
                        self.found.push((and_more(diagnostic), Vec::new()));
                    }
                    return limits::FINDINGS.most;
                }
            }
        }
    }
}

/// What is told of a finding, and all after it, that are too many to be told one by one.
fn and_more(first: Diagnostic) -> Diagnostic {
    let message = format!("there are more findings of this rule than {}", limits::FINDINGS);
    let more = Diagnostic::new(first.rule, message).help("mend some of the others, and check again");
    match (first.span(), first.path) {
        (Some(span), _) => more.at(span, "and from here on"),
        (None, Some(path)) => more.file(path),
        (None, None) => more,
    }
}

/// What tells a finding from others.
fn said(diagnostic: &Diagnostic) -> impl Hash + PartialEq {
    (diagnostic.rule, &diagnostic.message, &diagnostic.labels, &diagnostic.path)
}
