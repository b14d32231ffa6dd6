//! The roles of a plan, found in text by any of their names.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::check::name_index::NameIndex;
use crate::check::passage::{bare, keep_outermost};
use crate::check::role_definition::duty::{Forbidden, forbidden};
use crate::plan::prose::Mark;
use crate::plan::{NameSort, Plan, Role, Run, Text};
use crate::source::{Sources, Span};

/// How a text names a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By a link
    Link,
    /// By its title or another name
    Name,
    /// By its short form
    Short,
    /// By the last word of its title, where no other role ends with it
    Noun,
}

/// A role named in a text.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Where
    pub range: Range<usize>,
    /// The role's place among the cast's
    pub role: usize,
    /// How
    pub how: How,
}

/// The roles of a plan with their names.
#[derive(PartialEq)]
pub(super) struct Cast {
    /// The roles
    pub roles: Vec<Role>,
    /// For each, what its limits forbid
    pub forbidden: Vec<Vec<(Text, Forbidden)>>,
    /// Names in lower case, short forms as they are written
    names: Vec<(String, usize, How)>,
    index: NameIndex,
    /// Names that are no longer used, as they are compared
    retired: Vec<String>,
    /// Short forms of terms, with the term's title and the place of the short form
    pub terms: Vec<(String, String, Option<Span>)>,
}

impl Cast {
    pub fn of(plan: &Plan) -> Cast {
        let mut names = Vec::new();
        let mut nouns: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, role) in plan.roles.iter().enumerate() {
            let also = role.record.also_called.iter().map(|name| name.value.as_str());
            for name in std::iter::once(role.record.title.as_str()).chain(also) {
                names.push((bare(name), at, How::Name));
            }
            if let Some(short) = &role.abbreviation {
                names.push((short.value.clone(), at, How::Short));
            }
            let noun = bare(&role.record.title).rsplit(' ').next().map(str::to_string);
            nouns.entry(noun.unwrap_or_default()).or_default().push(at);
        }
        for (noun, of) in nouns {
            if let [one] = of[..]
                && !names.iter().any(|(name, ..)| *name == noun)
            {
                names.push((noun, one, How::Noun));
            }
        }
        names.retain(|(name, ..)| !name.is_empty());
        let all = plan.names();
        let retired = all.iter().filter(|name| name.map == "roles" && name.sort == NameSort::Retired);
        let short = all.iter().filter(|name| name.map == "terms" && name.sort == NameSort::Abbreviation);
        let terms = short.map(|name| {
            let title = Plan::current_name(&all, "terms", &name.id).unwrap_or_default();
            (name.words.clone(), title.to_string(), name.span)
        });
        Cast {
            roles: plan.roles.clone(),
            forbidden: plan.roles.iter().map(forbidden).collect(),
            index: NameIndex::new(names.iter().map(|(name, ..)| name.clone())),
            names,
            retired: retired.map(|name| bare(&name.words)).collect(),
            terms: terms.collect(),
        }
    }

    /// The role some words name, as a whole.
    pub fn called(&self, words: &str) -> Option<usize> {
        let name = bare(words);
        let name = name.strip_prefix("the ").unwrap_or(&name);
        let found = self.names.iter().find(|(known, _, how)| match how {
            How::Short => known == words.trim(),
            How::Noun => false,
            How::Name | How::Link => known == name,
        });
        found.map(|(_, role, _)| *role)
    }

    /// Whether some words are a name that is no longer used.
    pub fn was_called(&self, words: &str) -> bool {
        self.retired.contains(&bare(words))
    }

    /// The role with a short form.
    pub fn abbreviated(&self, short: &str) -> Option<usize> {
        self.roles.iter().position(|role| role.abbreviation.as_ref().is_some_and(|it| it.value == short))
    }

    /// The roles a run names, in order.
    pub fn named(&self, run: &Run) -> Vec<Named> {
        let mut found: Vec<Named> = Vec::new();
        for (range, mark) in &run.marks {
            let Mark::Link(target) = mark else { continue };
            let role = target.strip_prefix("role:");
            if let Some(role) = role.and_then(|id| self.roles.iter().position(|role| role.record.id == id)) {
                found.push(Named { range: range.clone(), role, how: How::Link });
            }
        }
        for (range, at) in self.index.find(&run.text) {
            let (name, role, how) = &self.names[at];
            if *how != How::Short || run.text[range.clone()].starts_with(name.as_str()) {
                found.push(Named { range, role: *role, how: *how });
            }
        }
        // Links were found first, so that one is followed by the names that are just its words.
        keep_outermost(&mut found, |it| &it.range);
        found.dedup_by(|next, it| next.range == it.range && it.how == How::Link && next.how != How::Link);
        found
    }

    /// The title of a role.
    pub fn title(&self, role: usize) -> &str {
        &self.roles[role].record.title
    }
}

/// Whether a place in a run was filled in by a template.
pub(super) fn is_filled_in(run: &Run, range: Range<usize>, sources: &Sources) -> bool {
    sources.text(run.span(range, sources)).contains("{{")
}
