//! Layers, editions and the levels of rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::load::{Layer, Project};
use crate::plan::Place;
use crate::source::{Span, Spanned};

use super::{Area, Change, Kind, Side, gather::Heirs, place};

/// Tells what differs in what is built and in who extends whom.
pub fn compare(before: &Side, after: &Side) -> Vec<Change> {
    let mut changes = editions(before, after);
    changes.extend(levels(before, after));
    changes.extend(layers(before, after));
    changes
}

fn layers(before: &Side, after: &Side) -> Vec<Change> {
    let (old, new) = (by_name(before.project), by_name(after.project));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let mut changes = Vec::new();
    for name in names {
        let (was, is) = (old.get(name).copied(), new.get(name).copied());
        let places = (
            was.and_then(|layer| plan_place(before.project, layer)),
            is.and_then(|layer| plan_place(after.project, layer)),
        );
        let parents = (
            was.and_then(|layer| parent(before.project, layer)),
            is.and_then(|layer| parent(after.project, layer)),
        );
        let (kind, words) = match (was, is) {
            (None, Some(_)) => (Kind::Added, format!("layer {name} added{}", extends(&parents.1))),
            (Some(_), None) => (Kind::Removed, format!("layer {name} removed")),
            (Some(_), Some(_)) if parents.0 != parents.1 => {
                let shown = |parent: &Option<String>| parent.clone().unwrap_or("nothing".into());
                let moved = format!("layer {name} extends {} → {}", shown(&parents.0), shown(&parents.1));
                (Kind::Moved, moved)
            }
            _ => continue,
        };
        let mut change = Change::new(Area::Layers, kind, name, words).places(places.0, places.1);
        change.variants = Heirs::among(if is.is_some() { after } else { before }.variants.iter()).of(name);
        changes.push(change.values(parents.0, parents.1));
    }
    changes
}

fn by_name(project: &Project) -> BTreeMap<&str, &Layer> {
    project.layers.iter().map(|layer| (&*layer.name, layer)).collect()
}

fn parent(project: &Project, layer: &Layer) -> Option<String> {
    layer.parent.map(|parent| project.layers[parent].name.to_string())
}

fn extends(parent: &Option<String>) -> String {
    parent.as_ref().map_or(String::new(), |parent| format!(", extends {parent}"))
}

/// Where a layer says whom it extends, else where it begins.
fn plan_place(project: &Project, layer: &Layer) -> Option<Place> {
    let plan = layer.plan()?;
    let extends = layer.extends.as_ref().map(|extends| extends.span);
    Some(place(project, extends.unwrap_or(Span::new(plan.source, 0..0))))
}

fn editions(before: &Side, after: &Side) -> Vec<Change> {
    let folder = |folder: &Spanned<String>| folder.value.clone();
    let settings = |name: &str, old: Option<&Spanned<String>>, new: Option<&Spanned<String>>| {
        let (kind, words) = match (old, new) {
            (None, Some(_)) => (Kind::Added, format!("the {name} edition is now built")),
            (Some(_), None) => (Kind::Removed, format!("the {name} edition is no longer built")),
            (Some(old), Some(new)) if old.value != new.value => {
                let shown = |folder: &str| format!("`{folder}/`");
                let words = format!("the {name} edition is written to {}", shown(&new.value));
                (Kind::Moved, format!("{words} (was {})", shown(&old.value)))
            }
            _ => return None,
        };
        Some((kind, words))
    };
    let (old, new) = (&before.project.config.editions, &after.project.config.editions);
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let told = names.into_iter().filter_map(|name| {
        let (was, is) = (old.get(name), new.get(name));
        let (kind, words) = settings(name, was, is)?;
        let change = Change::new(Area::Settings, kind, format!("editions.{name}"), words);
        let side = if is.is_some() { after } else { before };
        let mut change = change.values(was.map(folder), is.map(folder)).places(
            was.map(|setting| place(before.project, setting.span)),
            is.map(|setting| place(after.project, setting.span)),
        );
        let variants = side.variants.iter().filter(|variant| variant.edition.name() == name);
        change.variants = variants.map(|variant| variant.name.to_string()).collect();
        Some(change)
    });
    told.collect()
}

/// A rule that no longer counts is a change of what is watched.
fn levels(before: &Side, after: &Side) -> Vec<Change> {
    let (old, new) = (&before.project.config.rules, &after.project.config.rules);
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let (was, is) = (old.get(name), new.get(name));
        let level = |set: &Spanned<Option<crate::diagnostic::Level>>| {
            set.value.map_or("off", |level| level.name()).to_string()
        };
        let levels = (was.map(level), is.map(level));
        if levels.0 == levels.1 {
            continue;
        }
        let shown = |level: &Option<String>| level.clone().unwrap_or("its own level".into());
        let words = format!("rule {name}: {} → {}", shown(&levels.0), shown(&levels.1));
        let change = Change::new(Area::Settings, Kind::Changed, format!("rules.{name}"), words);
        changes.push(change.values(levels.0, levels.1).places(
            was.map(|set| place(before.project, set.span)),
            is.map(|set| place(after.project, set.span)),
        ));
    }
    changes
}
