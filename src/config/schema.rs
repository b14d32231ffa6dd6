//! The JSON Schema of `site.toml`, made from the table of its settings.

use serde_json::{Map as Object, Value as Json, json};

use crate::config::{AUDIENCES, LEVELS, Paper, SETTINGS, Setting, Shape};

/// What no folder inside the project looks like: nothing, from the root, or with a step up.
const LEADS_OUT: &str = "^$|^/|(^|/)\\.\\.(/|$)";
/// What no folder for output looks like: the project itself, or not in it.
const NO_OUTPUT: &str = "^(\\.?/+)*\\.?$|^/|(^|/)\\.\\.(/|$)";
/// What no plain path inside the output looks like: one from a disk's root, a step to the same folder or up, or
/// an empty one.
const NOT_PLAIN: &str = "^/|(^|/)\\.\\.?(/|$)|[^/]//+[^/]";

/// The schema of `site.toml`, without the line that says what it is a schema of; `rules` are the
/// names of the rules and what each finds.
pub fn site<'r>(rules: impl Iterator<Item = (&'r str, &'r str)>) -> Json {
    let rules: Object<String, Json> =
        rules.map(|(name, finds)| (name.to_string(), described(finds, json!({ "enum": LEVELS })))).collect();
    let properties: Object<String, Json> = SETTINGS
        .iter()
        .map(|setting| (setting.key.to_string(), described(setting.doc, value(setting, &rules))))
        .collect();
    json!({
        "title": "site.toml of redbinder",
        "description": "What is built, for whom, and which rules count how much. Every setting may be left out.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn described(doc: &str, schema: Json) -> Json {
    let mut property = Object::from_iter([("description".to_string(), json!(doc))]);
    if let Json::Object(schema) = schema {
        property.extend(schema);
    }
    Json::Object(property)
}

/// What the value of a setting may be.
fn value(setting: &Setting, rules: &Object<String, Json>) -> Json {
    match setting.shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Switch => json!({ "type": "boolean" }),
        Shape::Language => json!({
            "type": "string",
            "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
            "examples": ["en", "pt-BR"],
        }),
        Shape::WebAddress => json!({
            "type": "string",
            "pattern": "^https?://",
            "examples": ["https://ir.agency.gov"],
        }),
        Shape::Folder => json!({ "type": "string", "not": { "pattern": LEADS_OUT } }),
        Shape::OutputFolder => json!({ "type": "string", "not": { "pattern": NO_OUTPUT } }),
        Shape::Paper => json!({ "enum": Paper::ALL.map(Paper::name) }),
        Shape::Canaries => {
            let texts = |audience: &&str| {
                let doc = format!("Texts that the audience `{audience}` may see and narrower ones may not.");
                let texts = json!({ "type": "array", "items": { "type": "string", "minLength": 4 } });
                (audience.to_string(), described(&doc, texts))
            };
            json!({
                "type": "object",
                "additionalProperties": false,
                "properties": AUDIENCES[1..].iter().map(texts).collect::<Object<_, _>>(),
            })
        }
        Shape::Editions => {
            let folder = |audience: &&str| {
                let doc = format!("The folder of what the audience `{audience}` may see.");
                (
                    audience.to_string(),
                    described(&doc, json!({ "type": "string", "not": { "pattern": NOT_PLAIN } })),
                )
            };
            json!({
                "type": "object",
                "additionalProperties": false,
                "minProperties": 1,
                "properties": AUDIENCES.iter().map(folder).collect::<Object<String, Json>>(),
            })
        }
        Shape::Rules => json!({ "type": "object", "additionalProperties": false, "properties": rules }),
    }
}
