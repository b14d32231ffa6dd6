//! What holds for any input: reading never stops, and YAML means what it means elsewhere.

use proptest::prelude::*;
use redbinder::source::{ExpansionMap, SourceId};
use redbinder::syntax::{Kind, Value, front_matter, markdown, stated};
use serde_yaml::Value as Yaml;

/// Texts made of what markdown, templates and front matter are made of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z é😀]{0,6}",
        Just("\n".to_string()),
        Just("\n\n".to_string()),
        Just("## ".to_string()),
        Just("{#id .append}".to_string()),
        Just("{{ a.b }}".to_string()),
        Just("{% if x %}".to_string()),
        Just("{% endif %}".to_string()),
        Just("- [ ] ".to_string()),
        Just("> [!NOTE]\n".to_string()),
        Just("| a | b |\n|---|---|\n".to_string()),
        Just("[x](role:y)".to_string()),
        Just("![x](y.png)".to_string()),
        Just("[^1]".to_string()),
        Just("\n[^1]: note\n".to_string()),
        Just("```\n".to_string()),
        Just("<a href='b'>".to_string()),
        Just("<!-- c -->".to_string()),
        Just("<".to_string()),
        Just("](".to_string()),
        Just("---\n".to_string()),
        Just("key: value\n".to_string()),
        Just("\u{10FF2A}".to_string()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Texts made of what durations are made of.
fn phrases() -> impl Strategy<Value = String> {
    let pieces = [
        "every ",
        "each ",
        "twice ",
        "2x ",
        "½ ",
        "1.5",
        "15-30 ",
        "99999",
        "999999",
        "minutes ",
        "hour",
        "daily ",
        "a ",
        "an ",
        "half ",
        "quarter ",
        "of ",
        "between ",
        "and ",
        "to ",
        "–",
        "-",
        "/",
        "(1) ",
        "twenty-",
        "one ",
        "business ",
        "days ",
        "é",
        "😀 ",
        " ",
        "h",
        "m ",
        "intervals of ",
        "on the hour ",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..16).prop_map(|pieces| pieces.concat())
}

/// Values of YAML that front matter can hold.
fn values() -> impl Strategy<Value = Yaml> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Yaml::Bool),
        "[a-zA-Z#@:,.'\" éß-]{1,12}".prop_map(Yaml::String),
        "[a-z]{1,5}\n[a-z ]{1,5}".prop_map(Yaml::String),
        Just(Yaml::Null),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Yaml::Sequence),
            prop::collection::btree_map("[a-z_-]{1,6}", inner, 0..4).prop_map(|map| Yaml::Mapping(
                map.into_iter().map(|(key, value)| (key.into(), value)).collect()
            )),
        ]
    })
}

fn as_yaml(value: &Value) -> Yaml {
    match value {
        Value::Null => Yaml::Null,
        Value::Flag(flag) => Yaml::Bool(*flag),
        Value::Text(text) => Yaml::String(text.clone()),
        Value::List(items) => Yaml::Sequence(items.iter().map(|item| as_yaml(&item.value)).collect()),
        Value::Map(map) => Yaml::Mapping(
            map.iter().map(|(key, node)| (key.value.clone().into(), as_yaml(&node.value))).collect(),
        ),
    }
}

proptest! {
    #[test]
    fn what_a_text_states_stands_in_it_in_order(text in phrases()) {
        let mut end = 0;
        for found in stated(&text) {
            prop_assert!(found.range.start >= end && text.get(found.range.clone()).is_some());
            prop_assert!(found.value.least <= found.value.most);
            end = found.range.end;
        }
    }

    #[test]
    fn any_text_is_read_as_markdown_with_places_inside_it(text in pieces()) {
        let document = markdown::parse(SourceId(0), &text, &ExpansionMap::copied(0));
        for section in &document.sections {
            section.walk(&mut |section| {
                for block in section.blocks() {
                    assert!(text.get(block.span().range()).is_some(), "{:?} is no part of the text", block.span());
                }
            });
        }
    }

    #[test]
    fn any_text_is_read_as_front_matter(text in pieces()) {
        for kind in Kind::ALL {
            let (_, faults) = front_matter::read(SourceId(0), &text, 0..text.len(), kind);
            for fault in faults {
                assert!(text.get(fault.span.range()).is_some(), "{fault:?} is no part of the text");
            }
        }
    }

    #[test]
    fn yaml_means_what_it_means_elsewhere(value in values()) {
        let mut front = serde_yaml::Mapping::new();
        front.insert("x".into(), value);
        let text = serde_yaml::to_string(&front).expect("a value can be written");
        let tree = front_matter::tree(SourceId(0), &text).expect("what is written can be read");
        prop_assert_eq!(as_yaml(&tree.value), Yaml::Mapping(front));
    }
}
