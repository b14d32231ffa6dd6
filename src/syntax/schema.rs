//! The JSON Schema of each kind of front matter, made from the tables it is read by.
//!
//! A schema describes what a file may say. A file may tailor another, so no field is required of
//! a file, and `null` stands for any value: it takes out what is inherited. The keywords are
//! those draft-07 shares with its predecessors, without references: what editors understand.

use serde_json::{Map as Object, Value as Json, json};

use crate::limits;
use crate::syntax::{Field, Kind, Shape, duration};

/// The schema of the front matter of a kind of page, without the line that says what it is a schema of.
pub fn front_matter(kind: Kind) -> Json {
    let what = match kind {
        Kind::Plan => "The layer itself and its facts".to_string(),
        Kind::Page => "A page that is no other kind".to_string(),
        _ => format!("A {}", kind.name()),
    };
    json!({
        "title": format!("Front matter of {}", kind.place()),
        "description": format!("{what}. A file that tailors another says only what differs; `null` takes out what is inherited."),
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": properties(kind.all_fields()),
    })
}

fn properties<'f>(fields: impl Iterator<Item = &'f Field>) -> Json {
    Json::Object(fields.map(|field| (field.name.to_string(), property(field))).collect())
}

fn property(field: &Field) -> Json {
    let mut property = Object::new();
    property.insert("description".into(), json!(describe(field)));
    property.extend(value(&field.shape));
    Json::Object(property)
}

/// A field's line in the tables, what its value looks like, and whether it must be there in the end.
fn describe(field: &Field) -> String {
    let mut sentences = vec![sentence(field.doc)];
    sentences.extend(hint(&field.shape).map(|hint| sentence(&hint)));
    if field.required {
        sentences.push("Required, here or in what is inherited.".into());
    }
    sentences.join(" ")
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

/// What one writes there, where its type does not say it.
fn hint(shape: &Shape) -> Option<String> {
    let id_of = |kind: &Kind| format!("the id of a {}, the name of {}", kind.name(), kind.place());
    match shape {
        Shape::Text | Shape::Name | Shape::Flag | Shape::OneOf(_) | Shape::Record(_) => None,
        Shape::Id(kind) => Some(id_of(kind)),
        Shape::FactId(map) => Some(format!("an id of `{map}` in plan.md")),
        Shape::ById(kind, _) => Some(format!("a map; each key is {}", id_of(kind))),
        Shape::Map(_) => Some("a map".into()),
        Shape::List(item) => Some(match hint(item) {
            Some(hint) => format!("a list; each is {hint}"),
            None => "a list".into(),
        }),
        Shape::Whole | Shape::Duration | Shape::DurationRange | Shape::Date | Shape::Address => {
            Some(shape.describe())
        }
    }
}

/// What an editor that knows this keyword says instead of showing a pattern.
fn expected(shape: &Shape) -> String {
    format!("expected {}", shape.describe())
}

/// What a value of a shape may be.
fn value(shape: &Shape) -> Object<String, Json> {
    let schema = match shape {
        // A number is taken as it is written.
        Shape::Text => json!({ "type": ["string", "number", "null"] }),
        Shape::Name | Shape::Id(_) | Shape::FactId(_) => {
            json!({ "type": ["string", "number", "null"], "maxLength": limits::NAME.most })
        }
        Shape::Flag => json!({ "type": ["boolean", "null"] }),
        Shape::Whole => json!({
            "type": ["integer", "string", "null"],
            "minimum": 0,
            "maximum": u32::MAX,
            "pattern": "^\\+?0*[0-9]{1,10}$",
            "patternErrorMessage": expected(shape),
        }),
        Shape::Duration => json!({
            "type": ["string", "null"],
            "pattern": format!("^{}$", duration::pattern()),
            "patternErrorMessage": expected(shape),
            "examples": ["15m", "1h", "3 business days"],
        }),
        Shape::DurationRange => json!({
            "type": ["string", "null"],
            "pattern": format!("^{}$", duration::range_pattern()),
            "patternErrorMessage": expected(shape),
            "examples": ["15m", "15m..30m"],
        }),
        Shape::Date => json!({
            "type": ["string", "null"],
            "format": "date",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            "patternErrorMessage": expected(shape),
            "examples": ["2026-05-02"],
        }),
        Shape::OneOf(words) => {
            let choices: Vec<Json> = words.iter().map(|word| json!(word)).chain([Json::Null]).collect();
            json!({ "enum": choices })
        }
        Shape::Address => json!({
            "type": ["string", "number", "null"],
            "maxLength": limits::NAME.most,
            "pattern": "^(https?://|[^:/]*(/|$))",
            "patternErrorMessage": expected(shape),
        }),
        Shape::List(item) => json!({ "type": ["array", "null"], "items": value(item) }),
        Shape::Map(item) | Shape::ById(_, item) => {
            json!({
                "type": ["object", "null"],
                "propertyNames": { "maxLength": limits::NAME.most },
                "additionalProperties": value(item),
            })
        }
        Shape::Record(fields) => json!({
            "type": ["object", "null"],
            "additionalProperties": false,
            "properties": properties(fields.iter()),
        }),
    };
    match schema {
        Json::Object(object) => object,
        _ => Object::new(),
    }
}
