//! What templates know: the facts of a plan, its lineage and its records.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value as TemplateValue;

use crate::load::{Project, has_template};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::{Kind, Map, Shape, Value};
use crate::tailor::draft::Draft;
use crate::tailor::{Ancestor, facts, list_order, record_id, title_of_path};

/// The facts of a plan, and the layers of its lineage.
pub(super) fn of_plan(project: &Project, lineage: &[Ancestor], facts: &Map) -> TemplateValue {
    let plan = facts::to_template(facts, Kind::Plan.all_fields());
    let layers: TemplateValue = lineage
        .iter()
        .map(|ancestor| {
            let front = project.layers[ancestor.layer].plan().map(|plan| plan.front.clone());
            let front = front.unwrap_or_default();
            let version = front.at("document.version").and_then(|node| node.value.as_text());
            let version = version.filter(|version| !has_template(version));
            TemplateValue::from_pairs([
                ("name", ancestor.name.to_string()),
                ("title", ancestor.title.clone()),
                ("version", version.unwrap_or_default().to_string()),
            ])
        })
        .collect();
    let names = Kind::Plan.fields().iter().map(|field| field.name).filter(|name| facts.get(name).is_some());
    let pairs: Vec<(String, TemplateValue)> = names
        .map(|name| (name.to_string(), plan.get_attr(name).unwrap_or_default()))
        .chain([("lineage".to_string(), layers)])
        .collect();
    // `{% if channels.fire is defined %}` can be asked in a plan without channels too.
    let empty = Kind::Plan.fields().iter().filter(|field| matches!(field.shape, Shape::Map(_)));
    let empty = empty.filter(|field| facts.get(field.name).is_none());
    let no_facts = || TemplateValue::from_pairs(std::iter::empty::<(String, TemplateValue)>());
    let pairs: Vec<_> =
        pairs.into_iter().chain(empty.map(|field| (field.name.to_string(), no_facts()))).collect();
    TemplateValue::from_pairs(pairs)
}

/// The facts, and for each kind its records by id, in the order they are listed.
pub(super) fn with_records(
    plan: &TemplateValue,
    drafts: &BTreeMap<Arc<str>, Arc<Draft>>,
    sources: &Sources,
) -> TemplateValue {
    let mut pairs: Vec<(String, TemplateValue)> = plan
        .try_iter()
        .into_iter()
        .flatten()
        .map(|key| (key.to_string(), plan.get_item(&key).unwrap_or_default()))
        .collect();
    let of_all: Vec<(&str, &Arc<Draft>)> = drafts
        .iter()
        .filter(|(_, draft)| draft.kind.folder().is_some())
        .filter_map(|(path, draft)| Some((record_id(path)?, draft)))
        .collect();
    for kind in Kind::ALL {
        let Some(folder) = kind.folder() else { continue };
        let mut records: Vec<_> = of_all.iter().copied().filter(|(_, draft)| draft.kind == kind).collect();
        records.sort_by(|a, b| list_order(kind, &a.1.front, a.0).cmp(&list_order(kind, &b.1.front, b.0)));
        let records = records.into_iter().map(|(id, draft)| {
            let mut front = (*draft.front).clone();
            if front.get("title").is_none() {
                let heading = draft.first_heading(sources);
                let title = heading.unwrap_or_else(|| title_of_path(id));
                let nowhere = Span::default();
                front.set(Spanned::new("title".into(), nowhere), Spanned::new(Value::Text(title), nowhere));
            }
            (id.to_string(), facts::to_template(&front, kind.all_fields()))
        });
        pairs.push((folder.to_string(), TemplateValue::from_pairs(records)));
    }
    TemplateValue::from_pairs(pairs)
}
