//! The steps of checklists, compared in their order.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::plan::PlanPage;
use crate::syntax::Kind as PageKind;

use super::tailorings::{Reached, Tailored};
use super::text::{Reader, Step};
use super::{Area, Change, Kind, Pair, words};

/// Steps that have this much in common are one that was reworded.
const REWORDED: f32 = 0.5;
/// Steps that have this much in common are one, wherever they stand.
const MOVED: f32 = 0.85;
/// How many words of a step are shown.
const SHOWN: usize = 20;

/// Tells what differs in the steps of the checklists of a variant.
pub fn compare(
    pair: &Pair,
    pages: &[(Option<&PlanPage>, Option<&PlanPage>)],
    tailored: &Tailored,
    reached: &mut Reached,
    changes: &mut Vec<Change>,
) {
    for page in pages {
        let (Some(before), Some(after)) = page else { continue };
        if after.kind != PageKind::Checklist || tailored.told(&pair.after, &after.path, &[]).all {
            continue;
        }
        let old = Reader::new(pair.before, before).steps();
        let new = Reader::new(pair.after, after).steps();
        let checklist = Checklist { pair, before, after, old: &old, new: &new };
        for (section, change) in checklist.compare() {
            tailored.told(&pair.after, &after.path, &[section]).reach(reached);
            changes.push(change);
        }
    }
}

/// One checklist, before and after.
struct Checklist<'a> {
    pair: &'a Pair<'a>,
    before: &'a PlanPage,
    after: &'a PlanPage,
    old: &'a [Step],
    new: &'a [Step],
}

/// What became of the steps, by number: pairs, and what is left on either side.
#[derive(Default)]
struct Matched {
    reworded: Vec<(usize, usize)>,
    moved: Vec<(usize, usize)>,
    removed: Vec<usize>,
    added: Vec<usize>,
}

impl<'a> Checklist<'a> {
    /// The changes, each with the section it is in.
    fn compare(&self) -> Vec<(&'a str, Change)> {
        let matched = self.matched();
        let mut changes = Vec::new();
        for (old, new) in matched.reworded {
            changes.extend(self.reworded(old, new));
        }
        changes.extend(matched.moved.into_iter().map(|(old, new)| self.moved(old, new)));
        // A section that came or went is told with all its steps.
        let sections = (sections(self.before), sections(self.after));
        for old in matched.removed {
            let step = &self.old[old];
            if sections.1.contains(step.section.as_str()) {
                changes.push(self.removed(old));
            }
        }
        for new in matched.added {
            let step = &self.new[new];
            if sections.0.contains(step.section.as_str()) {
                changes.push(self.added(new));
            }
        }
        changes
    }

    fn matched(&self) -> Matched {
        let written = |steps: &'a [Step]| -> Vec<&'a str> {
            steps.iter().map(|step| step.part.written.as_str()).collect()
        };
        let mut matched = Matched::default();
        for op in capture_diff_slices(Algorithm::Myers, &written(self.old), &written(self.new)) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                let pairs = (0..len).map(|at| (old_index + at, new_index + at));
                matched
                    .moved
                    .extend(pairs.filter(|(old, new)| self.old[*old].section != self.new[*new].section));
                continue;
            }
            let (mut old, mut new) = (op.old_range().collect(), op.new_range().collect());
            matched.reworded.extend(self.take_alike(&mut old, &mut new, REWORDED));
            matched.removed.extend(old);
            matched.added.extend(new);
        }
        let moved = self.take_alike(&mut matched.removed, &mut matched.added, MOVED);
        matched.moved.extend(moved);
        matched
    }

    /// Takes out of two lists the steps that have much in common, the most alike first. Of very long lists only those
    /// are held together that stand at like places.
    fn take_alike(&self, old: &mut Vec<usize>, new: &mut Vec<usize>, least: f32) -> Vec<(usize, usize)> {
        let bags = |steps: &[Step], of: &[usize]| -> Vec<words::Bag> {
            of.iter().map(|at| words::Bag::of(&steps[*at].part.words)).collect()
        };
        let (before, after) = (bags(self.old, old), bags(self.new, new));
        let reach = words::MOST_PAIRS / old.len().max(1) / 2;
        let mut scored: Vec<(f32, usize, usize)> = Vec::new();
        for (one, bag) in before.iter().enumerate() {
            let middle = one * new.len() / old.len();
            let near = after.iter().enumerate().take(middle + reach + 1).skip(middle.saturating_sub(reach));
            let alike = near.filter(|(_, text)| bag.is_alike(text, least));
            scored.extend(alike.map(|(other, text)| (bag.similarity(text), one, other)));
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let (mut taken_old, mut taken_new) = (vec![false; old.len()], vec![false; new.len()]);
        let mut pairs = Vec::new();
        for (_, one, other) in scored {
            if !taken_old[one] && !taken_new[other] {
                (taken_old[one], taken_new[other]) = (true, true);
                pairs.push((old[one], new[other]));
            }
        }
        pairs.sort();
        let mut taken = taken_old.into_iter();
        old.retain(|_| taken.next() == Some(false));
        let mut taken = taken_new.into_iter();
        new.retain(|_| taken.next() == Some(false));
        pairs
    }

    fn reworded(&self, old: usize, new: usize) -> Option<(&'a str, Change)> {
        let (before, after) = (&self.old[old].part.words, &self.new[new].part.words);
        words::reword(before, after)?;
        let change = self.change(Kind::Changed, Some(old), Some(new), "reworded");
        Some((&self.new[new].section, change.reworded(before, after)))
    }

    fn moved(&self, old: usize, new: usize) -> (&'a str, Change) {
        let step = &self.new[new];
        let (before, after) = (&self.old[old].part.words, &step.part.words);
        let was = format!("moved (was step {}): {}", old + 1, words::clip(after, SHOWN));
        let change = self.change(Kind::Moved, Some(old), Some(new), &was);
        (&step.section, change.reworded(before, after))
    }

    fn removed(&self, old: usize) -> (&'a str, Change) {
        let step = &self.old[old];
        let words = format!("removed: {}", words::clip(&step.part.words, SHOWN));
        (&step.section, self.change(Kind::Removed, Some(old), None, &words))
    }

    fn added(&self, new: usize) -> (&'a str, Change) {
        let step = &self.new[new];
        let words = format!("added: {}", words::clip(&step.part.words, SHOWN));
        (&step.section, self.change(Kind::Added, None, Some(new), &words))
    }

    fn change(&self, kind: Kind, old: Option<usize>, new: Option<usize>, words: &str) -> Change {
        let (before, after) = (old.map(|at| &self.old[at]), new.map(|at| &self.new[at]));
        let number = new.or(old).map_or(0, |at| at + 1);
        let step = after.or(before);
        let title = step.map_or("", |step| step.section_title.as_str());
        let under = if title.is_empty() { String::new() } else { format!(" ({title})") };
        let section = step.map_or("", |step| step.section.as_str());
        let hash = if section.is_empty() { "" } else { "#" };
        let path = format!("{}{hash}{section}", self.after.path);
        let words = format!("{}, step {number}{under} {}", self.after.title, words.trim_end_matches('.'));
        let said = |step: Option<&Step>| step.map(|step| step.part.words.clone());
        Change::new(Area::Steps, kind, path, words).values(said(before), said(after)).places(
            before.map(|step| self.pair.before.place(step.part.span)),
            after.map(|step| self.pair.after.place(step.part.span)),
        )
    }
}

fn sections(page: &PlanPage) -> BTreeSet<&str> {
    // Steps before the first section are always somewhere.
    std::iter::once("").chain(page.body.ids()).collect()
}
