//! YAML as a tree with byte ranges. The only use of the reader, which is young and pinned.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value as the YAML parser gives it, with its byte range.
pub struct Raw {
    /// The value.
    pub value: RawValue,
    /// Where it is written.
    pub range: std::ops::Range<usize>,
}

pub enum RawValue {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(String, std::ops::Range<usize>, Raw)>),
}

/// The only use of the YAML reader. Limits are far above any front matter, and far below
/// what would be felt.
pub fn parse(yaml: &str) -> Result<Raw, (String, std::ops::Range<usize>)> {
    if yaml.trim().is_empty() {
        return Ok(Raw { value: RawValue::Null, range: 0..0 });
    }
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
        budget: serde_saphyr::budget! {
            max_depth: 32,
            flow_nesting_limit: 32,
            max_nodes: 50_000,
            max_events: 200_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
        },
    };
    serde_saphyr::from_str_with_options::<serde_saphyr::Spanned<RawValue>>(yaml, options)
        .map(|spanned| placed(spanned.value, spanned.referenced))
        .map_err(|error| {
            let location = error.location();
            let start = location.map_or(0, |location| offset_of(yaml, location));
            let end = yaml[start..].find('\n').map_or(yaml.len(), |length| start + length);
            (plain_message(&error), start..end)
        })
}

/// The parser's message without the place, which the diagnostic shows itself.
fn plain_message(error: &serde_saphyr::Error) -> String {
    let message = error.to_string();
    if message.contains("budget") {
        return "it is deeper or larger than any front matter is".into();
    }
    let first = message.lines().next().unwrap_or_default();
    let first = match first.rfind(" at line ") {
        Some(at) if first[at..].contains("column") => &first[..at],
        _ => first,
    };
    let first = match first.strip_prefix("error: line ").and_then(|rest| rest.split_once(": ")) {
        Some((_, rest)) => rest,
        None => first,
    };
    first.trim_end_matches([',', '.', ' ']).to_string()
}

fn offset_of(yaml: &str, location: serde_saphyr::Location) -> usize {
    let line = (location.line() as usize).saturating_sub(1);
    let column = (location.column() as usize).saturating_sub(1);
    let start: usize = yaml.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = &yaml[start..];
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

fn placed(value: RawValue, location: serde_saphyr::Location) -> Raw {
    let span = location.span();
    let start = span.byte_offset().unwrap_or(0) as usize;
    let mut range = start..start + span.byte_len().unwrap_or(0) as usize;
    match &value {
        RawValue::Map(entries) => {
            if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
                range = first.1.start..last.2.range.end.max(first.1.start);
            }
        }
        RawValue::List(items) => {
            if let (Some(first), Some(last)) = (items.first(), items.last()) {
                range = first.range.start..last.range.end.max(first.range.start);
            }
        }
        _ => {}
    }
    Raw { value, range }
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = RawValue;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<RawValue, E> {
                Ok(RawValue::Null)
            }

            fn visit_none<E>(self) -> Result<RawValue, E> {
                Ok(RawValue::Null)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<RawValue, E> {
                Ok(RawValue::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<RawValue, E> {
                Ok(RawValue::Number(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<RawValue, E> {
                Ok(RawValue::Number(number.to_string()))
            }

            fn visit_i128<E>(self, number: i128) -> Result<RawValue, E> {
                Ok(RawValue::Number(number.to_string()))
            }

            fn visit_u128<E>(self, number: u128) -> Result<RawValue, E> {
                Ok(RawValue::Number(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<RawValue, E> {
                Ok(RawValue::Number(number.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<RawValue, E> {
                Ok(RawValue::Text(text.to_string()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawValue, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element::<serde_saphyr::Spanned<RawValue>>()? {
                    list.push(placed(item.value, item.referenced));
                }
                Ok(RawValue::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawValue, A::Error> {
                let mut map = Vec::new();
                while let Some(key) = entries.next_key::<serde_saphyr::Spanned<String>>()? {
                    let value = entries.next_value::<serde_saphyr::Spanned<RawValue>>()?;
                    let range = placed(RawValue::Null, key.referenced).range;
                    map.push((key.value, range, placed(value.value, value.referenced)));
                }
                Ok(RawValue::Map(map))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
