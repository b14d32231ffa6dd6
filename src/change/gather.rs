//! Changes of many variants made one where they are the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::Place;
use crate::tailor::Variant;

use super::{Area, Change, Kind};

/// What makes a change of two variants the same: what happened, and where it is written; and
/// which of several it is, where a loop writes them at one place.
type Key = (Area, Kind, String, Option<Place>, Option<Place>, usize);

/// Changes, each once, with the variants that have it.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The words are those of the variant with the fewest layers: the others inherit them.
    found: BTreeMap<Key, (usize, Change)>,
}

impl Gathered {
    /// Adds the changes of a variant.
    pub fn add(&mut self, variant: &Variant, changes: Vec<Change>) {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        for mut change in changes {
            let (path, was_at, is_at) = (change.path.clone(), change.was_at.clone(), change.is_at.clone());
            let mut key: Key = (change.area, change.kind, path, was_at, is_at, 0);
            let count = counts.entry(key.clone()).or_default();
            key.5 = *count;
            *count += 1;
            let depth = variant.lineage.len();
            let name = variant.name.to_string();
            match self.found.get_mut(&key) {
                Some((shallowest, known)) => {
                    if depth < *shallowest {
                        *shallowest = depth;
                        change.variants = std::mem::take(&mut known.variants);
                        *known = change;
                    }
                    known.variants.insert(name);
                }
                None => {
                    change.variants.insert(name);
                    self.found.insert(key, (depth, change));
                }
            }
        }
    }

    /// The changes; each with the variants that inherit its place and do not have it.
    pub fn finish(self, heirs: &Heirs) -> Vec<Change> {
        let mut changes: Vec<Change> = self.found.into_values().map(|(_, change)| change).collect();
        // Each plan is approved and versioned for itself.
        for change in changes.iter_mut().filter(|change| change.area != Area::Document) {
            let layers = (change.was_at.as_ref(), change.is_at.as_ref());
            let layer = match layers {
                // Who stated it before and who states it now differ: nobody stands aside.
                (Some(was), Some(is)) if was.layer != is.layer => continue,
                (Some(place), _) | (None, Some(place)) => &place.layer,
                (None, None) => continue,
            };
            change.not_in = heirs.of(layer).difference(&change.variants).cloned().collect();
        }
        changes
    }
}

/// The variants that have a layer in their lineage.
#[derive(Debug, Default)]
pub struct Heirs(BTreeMap<String, BTreeSet<String>>);

impl Heirs {
    /// The heirs of each layer among some variants.
    pub fn among<'v>(variants: impl Iterator<Item = &'v Variant>) -> Heirs {
        let mut heirs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for variant in variants {
            for ancestor in &variant.lineage {
                heirs.entry(ancestor.name.to_string()).or_default().insert(variant.name.to_string());
            }
        }
        Heirs(heirs)
    }

    /// The heirs of a layer, itself among them.
    pub fn of(&self, layer: &str) -> BTreeSet<String> {
        self.0.get(layer).cloned().unwrap_or_default()
    }
}

/// Puts changes in the order of their areas and places.
pub fn sort(changes: &mut [Change]) {
    changes.sort_by(|a, b| {
        let key = |change: &Change| {
            let place = change.is_at.clone().or(change.was_at.clone());
            // What went is told after what took its place.
            let went = change.kind == Kind::Removed;
            (change.area, place, went, change.path.clone(), change.kind, change.words.clone())
        };
        key(a).cmp(&key(b))
    });
}
