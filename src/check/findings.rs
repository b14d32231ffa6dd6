//! What rules have found.

use std::collections::{BTreeSet, HashMap};

use crate::check::binder::{PageText, Reader, Saying};
use crate::diagnostic::{Diagnostic, Label};
use crate::syntax::Audience;

type FindingKey = (&'static str, String, Vec<Label>, Option<String>);

/// What rules have found: the same finding in several variants is one.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each finding, with those whom it concerns
    pub(super) found: Vec<(Diagnostic, BTreeSet<(String, Audience)>)>,
    index: HashMap<FindingKey, usize>,
}

impl Findings {
    /// Tells something about what is written, whatever is made of it.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.add(diagnostic);
    }

    /// Tells something about what a reader gets.
    pub fn tell_in(&mut self, reader: Reader, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        self.found[at].1.insert((reader.0.to_string(), reader.1));
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
        let key =
            (diagnostic.rule, diagnostic.message.clone(), diagnostic.labels.clone(), diagnostic.path.clone());
        *self.index.entry(key).or_insert_with(|| {
            self.found.push((diagnostic, BTreeSet::new()));
            self.found.len() - 1
        })
    }
}
