//! Who extends whom, and which layers have a lineage.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::limits;
use crate::load::{Layer, PageSource, ProjectFault};
use crate::source::{SourceId, Sources, Span, Spanned};

/// So many layers with an unknown parent are told which there are.
const MOST_SUGGESTIONS: usize = 100;

/// Finds each layer's parent. Layers without a lineage are left out; for each old index
/// the new one is returned.
pub(super) fn find_parents(
    mut layers: Vec<Layer>,
    sources: &Sources,
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
    leave_out_excess(&layers, sources, &mut dropped, faults);
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

/// What a variant is made of.
#[derive(Clone, Default)]
struct Made<'l> {
    /// For each page how much its text is before values are filled in, and whether any are
    texts: BTreeMap<&'l str, (usize, bool)>,
    /// How much its facts are
    facts: usize,
}

/// A sign that makes something of a text, such as a line, a cell or a link, takes as much memory as so many letters
/// more. So does a letter of a fact.
const SIGN: usize = 20;

/// How much the text of a page is, in letters, where `body` is it.
fn weight(body: &str) -> usize {
    let is_sign = |byte: &u8| {
        matches!(byte, b'\n' | b'#' | b'*' | b'_' | b'`' | b'~' | b'[' | b']' | b'(' | b')')
            || matches!(byte, b'|' | b'<' | b'>' | b'&' | b'!' | b':' | b'{' | b'}' | b'\\')
    };
    body.len() + SIGN * body.bytes().filter(|byte| is_sign(byte)).count()
}

/// Leaves out the layers from the first on with whose variant all variants together are more than they may be.
fn leave_out_excess(
    layers: &[Layer],
    sources: &Sources,
    dropped: &mut [bool],
    faults: &mut Vec<ProjectFault>,
) {
    // What is little even if it were nothing but signs is not read for it.
    let most = |page: &PageSource| page.body.len() * (1 + SIGN);
    if find_excess(layers, &most, &mut dropped.to_vec()).is_none() {
        return;
    }
    let known: RefCell<HashMap<SourceId, usize>> = RefCell::default();
    let weigh = |page: &PageSource| {
        let body = || &sources.get(page.source).text[page.body.clone()];
        *known.borrow_mut().entry(page.source).or_insert_with(|| weight(body()))
    };
    let first = find_excess(layers, &weigh, dropped);
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

/// The first layer with whose variant all variants together are more than they may be, if there is one, where
/// `weigh` weighs the text of a page. It is dropped, and so are those after it. What a variant has as its parent has
/// it is made once, but for facts.
fn find_excess(
    layers: &[Layer],
    weigh: &dyn Fn(&PageSource) -> usize,
    dropped: &mut [bool],
) -> Option<usize> {
    let extended: HashSet<usize> = layers.iter().filter_map(|layer| layer.parent).collect();
    let mut known: HashMap<usize, Made> = HashMap::new();
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
        let mut made =
            layers[way[way.len() - 1]].parent.map(|parent| known[&parent].clone()).unwrap_or_default();
        for place in way.into_iter().rev() {
            for (path, page) in &layers[place].pages {
                let text = made.texts.entry(path).or_default();
                *text = (text.0 + weigh(page), text.1 || page.document.is_none());
            }
            made.facts += layers[place].plan().map_or(0, |plan| plan.body.start * SIGN);
            if extended.contains(&place) {
                known.insert(place, made.clone());
            }
        }
        let is_own = |path: &str| layer.parent.is_some() && layer.pages.contains_key(path);
        let own = made.texts.iter().filter(|(path, (_, is_filled_in))| *is_filled_in || is_own(path));
        size += own.map(|(_, (length, _))| length).sum::<usize>();
        size += if layer.parent.is_some() { made.facts } else { 0 };
        if size > limits::TAILORED.most {
            first.get_or_insert(index);
            dropped[index] = true;
        }
    }
    first
}
