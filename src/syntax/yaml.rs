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
pub fn parse(yaml: &str) -> Result<Raw, (NotYaml, std::ops::Range<usize>)> {
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
            (meaning(&error), start..end)
        })
}

/// Why a text is no YAML, in the words of this program: the parser's are for who programs with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotYaml {
    /// What is wrong
    pub reason: &'static str,
    /// What to do
    pub help: &'static str,
}

/// Words of the parser's messages, and what they mean to an author; of several the first that is in one.
const MEANINGS: [(&[&str], NotYaml); 20] = [
    (
        &["budget", "recursion limit", "alias replay", "alias expansion"],
        NotYaml {
            reason: "it is deeper or larger than any front matter is",
            help: "write less in it, and no lists and maps so deep inside each other",
        },
    ),
    (
        &["multiple YAML documents", "document end", "document start", "directive"],
        NotYaml {
            reason: "a line that begins with `...`, `---` or `%` divides it",
            help: "take the dividing line out: front matter ends with `---` on a line of its own",
        },
    ),
    (
        &["null into string"],
        NotYaml {
            reason: "a key has no name",
            help: "write a name before the `:`; a name such as `null` or `~` stands in quotes",
        },
    ),
    (
        &["expected string scalar"],
        NotYaml {
            reason: "a list or a map stands where a key belongs",
            help: "write one name before the `:`; a text that begins with `[` or `{` stands in quotes",
        },
    ),
    (
        &["tabs disallowed"],
        NotYaml { reason: "a line is indented with a tab", help: "indent it with spaces" },
    ),
    (
        &["mapping values are not allowed", "placement of ':'"],
        NotYaml {
            reason: "a `:` stands where there can be no key",
            help: "put a text with `: ` in it in quotes, and indent the keys of one map alike",
        },
    ),
    (
        &["unclosed bracket"],
        NotYaml {
            reason: "a bracket is not closed",
            help: "close it where its list or map ends, or put the text in quotes",
        },
    ),
    (
        &["misplaced bracket"],
        NotYaml { reason: "a bracket closes nothing", help: "take it out, or put the text in quotes" },
    ),
    (
        &["multiline quoted", "unexpected end of stream"],
        NotYaml {
            reason: "a text in quotes does not end",
            help: "end it with the quote it begins with; an apostrophe in single quotes is written twice",
        },
    ),
    (
        &["trailing content"],
        NotYaml {
            reason: "something stands after a text in quotes",
            help: "put all of it in one pair of quotes; an apostrophe in single quotes is written twice",
        },
    ),
    (
        &["anchor"],
        NotYaml {
            reason: "a text begins with `*` or `&`, which stands for another value",
            help: "put the text in quotes",
        },
    ),
    (
        &["unexpected character"],
        NotYaml {
            reason: "a text begins with a sign that none can begin with, such as `@` or `%`",
            help: "put the text in quotes",
        },
    ),
    (
        &["escape", "hexadecimal", "surrogate"],
        NotYaml {
            reason: "a `\\` in double quotes stands for nothing",
            help: "put the text in single quotes, or write `\\\\` for each `\\`",
        },
    ),
    (
        &["expected key", "simple key"],
        NotYaml {
            reason: "a line is no key with its value",
            help: "write `key: value`, and indent the keys of one map alike",
        },
    ),
    (
        &["block scalar"],
        NotYaml {
            reason: "a text of several lines does not begin on the line after `|` or `>`",
            help: "begin it on the next line, indented, or put the text in quotes",
        },
    ),
    (
        &["block sequence"],
        NotYaml {
            reason: "a `-` stands where there can be no list",
            help: "begin a list on the line after its key, or put the text in quotes",
        },
    ),
    (
        &["flow"],
        NotYaml {
            reason: "what is in brackets is no list and no map",
            help: "put one `,` between two entries, and quotes around a text with signs in it",
        },
    ),
    (
        &["merge", "recursive"],
        NotYaml { reason: "a value takes in what it cannot", help: "write the keys and values themselves" },
    ),
    (
        &["non-finite"],
        NotYaml { reason: "a number has no end", help: "put it in quotes, where it is a text" },
    ),
    (
        &["!!", "invalid u64", "invalid i64", "invalid boolean", "tag"],
        NotYaml {
            reason: "a value is not what its `!` says",
            help: "take out the `!` and the word after it",
        },
    ),
];

/// What the parser's message means to an author.
fn meaning(error: &serde_saphyr::Error) -> NotYaml {
    const OTHER: NotYaml = NotYaml {
        reason: "it cannot be understood here",
        help: "write `key: value` on each line, and put texts with signs in quotes",
    };
    let message = error.to_string();
    let known = MEANINGS.iter().find(|(words, _)| words.iter().any(|words| message.contains(words)));
    known.map_or(OTHER, |(_, meaning)| *meaning)
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
