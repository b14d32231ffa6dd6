//! `plan.json`: a variant's facts for other programs, each with where it is stated.
//!
//! `plan.schema.json` beside it describes it.

use serde_json::{Map as Object, Value as Json, json};

use crate::plan::Plan;
use crate::render::address;
use crate::syntax::{Field, Kind, Map, Node, Shape, Value};

/// The JSON Schema of `plan.json`.
pub const SCHEMA: &str = include_str!("plan.schema.json");

/// A plan as JSON, in the order it is written.
pub fn plan(plan: &Plan) -> Json {
    let mut records = Object::new();
    for kind in Kind::ALL {
        let Some(folder) = kind.folder() else { continue };
        let mut by_id = Object::new();
        for record in plan.records(kind) {
            let Some(page) = plan.page_index(&record.page).map(|page| &plan.pages[page]) else { continue };
            let mut fields = object(&page.front, &kind.all_fields().collect::<Vec<_>>());
            fields.insert("title".into(), json!(record.title));
            fields.insert("address".into(), json!(address::of_page(&record.page)));
            by_id.insert(record.id.clone(), Json::Object(fields));
        }
        records.insert(folder.into(), Json::Object(by_id));
    }
    let pages: Vec<Json> = plan
        .pages
        .iter()
        .map(|page| {
            let layer = |place: &usize| plan.lineage[*place].name.to_string();
            json!({
                "path": &*page.path,
                "address": address::of_page(&page.path),
                "kind": page.kind.name(),
                "title": page.title,
                "written_by": layer(&page.origin.first),
                "tailored_by": page.origin.tailored_by.iter().map(layer).collect::<Vec<_>>(),
            })
        })
        .collect();
    let provenance: Object<String, Json> = plan
        .places
        .iter()
        .map(|(path, place)| {
            (path.clone(), json!({ "layer": &*place.layer, "file": &*place.file, "line": place.line }))
        })
        .collect();
    json!({
        "schema": 1,
        "variant": &*plan.name,
        "title": plan.title,
        "edition": plan.edition.name(),
        "lineage": plan.lineage.iter().map(|layer| layer.name.to_string()).collect::<Vec<_>>(),
        "facts": object(&plan.values, &Kind::Plan.all_fields().collect::<Vec<_>>()),
        "records": records,
        "pages": pages,
        "provenance": provenance,
    })
}

fn object(map: &Map, fields: &[&Field]) -> Object<String, Json> {
    map.iter()
        .filter_map(|(key, node)| {
            // Reasons for exceptions are between authors.
            let field = fields.iter().find(|field| field.name == key.value && field.name != "allow")?;
            Some((key.value.clone(), value(node, &field.shape)))
        })
        .collect()
}

fn value(node: &Node, shape: &Shape) -> Json {
    match (&node.value, shape) {
        (Value::Null, _) => Json::Null,
        (Value::Flag(flag), _) => json!(flag),
        (Value::Text(text), Shape::Whole) => text.parse::<u32>().map_or(json!(text), |number| json!(number)),
        (Value::Text(text), _) => json!(text.trim()),
        (Value::List(items), Shape::List(shape)) => items.iter().map(|item| value(item, shape)).collect(),
        (Value::Map(map), Shape::Map(shape) | Shape::ById(_, shape)) => {
            Json::Object(map.iter().map(|(key, node)| (key.value.clone(), value(node, shape))).collect())
        }
        (Value::Map(map), Shape::Record(fields)) => {
            Json::Object(object(map, &fields.iter().collect::<Vec<_>>()))
        }
        (Value::List(_) | Value::Map(_), _) => Json::Null,
    }
}
