//! Who extends whom, and which layers have a lineage.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::limits;
use crate::load::{Layer, ProjectFault};
use crate::source::{Span, Spanned};

/// So many layers with an unknown parent are told which there are.
const MOST_SUGGESTIONS: usize = 100;

/// Finds each layer's parent. Layers without a lineage are left out; for each old index
/// the new one is returned.
pub(super) fn find_parents(
    mut layers: Vec<Layer>,
    faults: &mut Vec<ProjectFault>,
) -> (Vec<Layer>, Vec<Option<usize>>) {
    let names: Vec<String> = layers.iter().map(|layer| layer.name.to_string()).collect();
    let mut dropped = vec![false; layers.len()];
    for (index, layer) in layers.iter_mut().enumerate() {
        let extends = layer.plan().and_then(|plan| plan.front.get("extends").cloned());
        let Some(node) = extends else { continue };
        let Some(name) = node.value.as_text() else { continue };
        layer.extends = Some(Spanned::new(name.to_string(), node.span));
        match names.binary_search_by(|known| known.as_str().cmp(name)) {
            Ok(parent) => layer.parent = Some(parent),
            Err(_) => {
                // Who makes a mistake so often knows where.
                let asked = if faults.len() < MOST_SUGGESTIONS { &names[..] } else { &[] };
                let known = asked.iter().filter(|other| **other != names[index]).cloned().collect();
                faults.push(ProjectFault::UnknownParent { span: node.span, name: name.to_string(), known });
                dropped[index] = true;
            }
        }
    }
    let mut is_told = false;
    for start in 0..layers.len() {
        let mut way = vec![start];
        while let Some(parent) = layers[way[way.len() - 1]].parent {
            if way.contains(&parent) {
                dropped[start] = true;
                // Told once for each circle: at its first layer by name.
                let circle = &way[way.iter().position(|index| *index == parent).unwrap_or(0)..];
                if parent == start && circle.iter().min() == Some(&start) {
                    let span = layers[start].extends.as_ref().map_or(Span::default(), |extends| extends.span);
                    let mut names: Vec<String> = circle.iter().map(|index| names[*index].clone()).collect();
                    names.push(layers[start].name.to_string());
                    faults.push(ProjectFault::ExtendsItself { span, way: names });
                }
                break;
            }
            way.push(parent);
            if way.len() > limits::LINEAGE.most {
                dropped[start] = true;
                if !is_told {
                    let span = layers[start].extends.as_ref().map_or(Span::default(), |extends| extends.span);
                    faults.push(ProjectFault::LongLineage { span, limit: limits::LINEAGE });
                }
                is_told = true;
                break;
            }
        }
        if way.iter().any(|index| dropped[*index]) {
            dropped[start] = true;
        }
    }
    leave_out_excess(&layers, &mut dropped, faults);
    let mut kept = vec![None; layers.len()];
    let mut next = 0;
    for (index, dropped) in dropped.iter().enumerate() {
        if !dropped {
            kept[index] = Some(next);
            next += 1;
        }
    }
    let layers = layers
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !dropped[*index])
        .map(|(_, layer)| Layer { parent: layer.parent.and_then(|parent| kept[parent]), ..layer })
        .collect();
    (layers, kept)
}

/// For each page of a variant how long its text is before values are filled in, and whether any are.
type Texts<'l> = BTreeMap<&'l str, (usize, bool)>;

/// Leaves out the layers from the first on with whose variant the text of all is more than it may be. What a
/// variant has as its parent has it is made once.
fn leave_out_excess(layers: &[Layer], dropped: &mut [bool], faults: &mut Vec<ProjectFault>) {
    let extended: HashSet<usize> = layers.iter().filter_map(|layer| layer.parent).collect();
    let mut known: HashMap<usize, Texts> = HashMap::new();
    let (mut size, mut first) = (0, None);
    for (index, layer) in layers.iter().enumerate() {
        if dropped[index] {
            continue;
        }
        let mut way = vec![index];
        while let Some(parent) =
            layers[way[way.len() - 1]].parent.filter(|parent| !known.contains_key(parent))
        {
            way.push(parent);
        }
        let mut texts =
            layers[way[way.len() - 1]].parent.map(|parent| known[&parent].clone()).unwrap_or_default();
        for place in way.into_iter().rev() {
            for (path, page) in &layers[place].pages {
                let text = texts.entry(path).or_default();
                *text = (text.0 + page.body.len(), text.1 || page.document.is_none());
            }
            if extended.contains(&place) {
                known.insert(place, texts.clone());
            }
        }
        let is_own = |path: &str| layer.parent.is_some() && layer.pages.contains_key(path);
        let own = texts.iter().filter(|(path, (_, is_filled_in))| *is_filled_in || is_own(path));
        size += own.map(|(_, (length, _))| length).sum::<usize>();
        if size > limits::TAILORED.most {
            first.get_or_insert(index);
            dropped[index] = true;
        }
    }
    let Some(first) = first else { return };
    let span = layers[first].plan().map_or(Span::default(), |plan| Span::new(plan.source, 0..0));
    faults.push(ProjectFault::MuchText { span, limit: limits::TAILORED });
    for start in 0..layers.len() {
        let above = std::iter::successors(Some(start), |index| layers[*index].parent);
        if above.take(limits::LINEAGE.most).any(|index| dropped[index]) {
            dropped[start] = true;
        }
    }
}
