//! What a link is called that has no words of its own: by the thing it leads to.

use crate::plan::{Plan, PlanPage, Target};
use crate::syntax::tree::plain_text;
use crate::syntax::{Inline, Kind, Link};

impl Plan {
    /// The name of what a link of a page leads to; its target as written where that is no thing of the
    /// plan.
    pub fn link_name(&self, page: &PlanPage, link: &Link) -> String {
        match page.links.get(&link.target) {
            Some(Target::Record(Kind::Severity, index)) => self.severities[*index].label.clone(),
            Some(Target::Record(kind, index)) => self.records(*kind)[*index].title.clone(),
            Some(Target::Fact(_, index)) => self.facts[*index].title.clone(),
            Some(Target::Page(index, _)) => self.pages[*index].title.clone(),
            Some(Target::File(_) | Target::Elsewhere | Target::Broken(_)) | None => link.target.to_string(),
        }
    }

    /// The name of what a link leads to, and its short form, where it has one.
    pub fn link_names(&self, page: &PlanPage, link: &Link) -> (String, Option<String>) {
        let short = match page.links.get(&link.target) {
            Some(Target::Record(Kind::Role, index)) => {
                self.roles[*index].abbreviation.as_ref().map(|short| short.value.clone())
            }
            Some(Target::Fact(_, index)) => Some(self.facts[*index].abbreviation.clone()),
            _ => None,
        };
        (self.link_name(page, link), short.filter(|short| !short.is_empty()))
    }

    /// The words of a table's cell of a page, for [`columns`](crate::plan::columns).
    pub fn cell_words(&self, page: &PlanPage, content: &[Inline]) -> Vec<(bool, String)> {
        let mut words = Vec::new();
        self.push_cell_words(page, content, &mut words);
        words
    }

    fn push_cell_words(&self, page: &PlanPage, content: &[Inline], words: &mut Vec<(bool, String)>) {
        for inline in content {
            match inline {
                Inline::Code(_, code) => words.push((true, code.to_string())),
                Inline::Link(link) if !link.content.is_empty() => {
                    self.push_cell_words(page, &link.content, words)
                }
                Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                    self.push_cell_words(page, content, words)
                }
                other => {
                    let text = self.words(page, std::slice::from_ref(other));
                    match words.last_mut() {
                        // A word that was written in pieces is one on paper.
                        Some((false, before)) => before.push_str(&text),
                        _ => words.push((false, text)),
                    }
                }
            }
        }
    }

    /// The words of some inlines of a page, without their marks.
    pub fn words(&self, page: &PlanPage, content: &[Inline]) -> String {
        content
            .iter()
            .map(|inline| match inline {
                Inline::Link(link) if link.content.is_empty() => self.link_name(page, link),
                Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strikethrough(content) => {
                    self.words(page, content)
                }
                Inline::Link(link) => self.words(page, &link.content),
                other => plain_text(std::slice::from_ref(other)),
            })
            .collect()
    }
}
