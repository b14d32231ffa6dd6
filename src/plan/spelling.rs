//! Texts without what tells their spellings apart: escapes, accents, wide letters, letters that nobody sees.

use std::borrow::Cow;

use html_escape::decode_html_entities;
use unicode_normalization::{UnicodeNormalization, is_nfkc};

use crate::plan::letters::is_unspaced;
use crate::syntax::target::decode;

/// Letters inside words that nobody sees: a place where a word may be divided or must not be, joiners, and what
/// turns the direction of writing.
pub const UNSEEN: [char; 13] = [
    '\u{AD}', '\u{200B}', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}',
    '\u{202D}', '\u{202E}', '\u{2060}', '\u{FEFF}',
];

/// A text in small letters of the usual width, without escapes of HTML, of addresses and of JSON, and without what nobody
/// sees. Between two words is one blank, wherever a line ends.
pub fn plain(text: &str) -> String {
    let text = unescaped(text);
    let text = if text.contains('\\') { with_json_blanks(&text).into() } else { text };
    let text: Cow<str> = match text.is_ascii() {
        true => text,
        false => text.replace(UNSEEN, "").into(),
    };
    let lower = match text.is_ascii() || is_nfkc(&text) {
        true => lowercase(&text),
        false => lowercase(&text.nfkc().collect::<String>()),
    };
    if has_odd_blanks(&lower) { with_single_blanks(&lower) } else { lower }
}

/// Whether something else than one space is between two words.
fn has_odd_blanks(text: &str) -> bool {
    let bytes = text.as_bytes();
    !text.is_ascii() && text.contains(|c: char| c.is_whitespace() && c != ' ')
        || bytes.iter().any(|byte| matches!(byte, b'\t'..=b'\r'))
        || memchr::memmem::find(bytes, b"  ").is_some()
}

fn with_single_blanks(text: &str) -> String {
    let mut single = String::with_capacity(text.len());
    let mut is_after_blank = false;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim_end_matches(char::is_whitespace);
        single.push_str(word);
        is_after_blank = is_after_blank && word.is_empty();
        if word.len() < part.len() && !is_after_blank {
            single.push(' ');
            is_after_blank = true;
        }
    }
    single
}

/// A text whose escapes of JSON for blanks are blanks: `\\n`, `\\t`.
fn with_json_blanks(text: &str) -> String {
    text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")
}

/// A text in small letters: most of it is ASCII, which is soon done.
fn lowercase(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let start = lower.len();
        lower.push_str(&rest[..ascii]);
        lower[start..].make_ascii_lowercase();
        let mut letters = rest[ascii..].chars();
        let Some(letter) = letters.next() else { return lower };
        lower.extend(letter.to_lowercase());
        rest = letters.as_str();
    }
}

/// Whether [`plain`] may make more of a text than one in small letters.
pub fn is_spelled(text: &str) -> bool {
    !text.is_ascii() || text.contains(['&', '%', '\\']) || has_odd_blanks(text)
}

/// A text without escapes of HTML, of addresses and of JSON.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    let text: Cow<str> = if text.contains('&') { decode_html_entities(text) } else { text.into() };
    let text: Cow<str> = if text.contains('%') { decode(&text).into() } else { text };
    if text.contains("\\u") { without_json_escapes(&text).into() } else { text }
}

fn without_json_escapes(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let code = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code.and_then(char::from_u32) {
            Some(letter) => {
                plain.push(letter);
                plain += &part[4..];
            }
            None => {
                plain += "\\u";
                plain += part;
            }
        }
    }
    plain
}

/// What an address leads to, without how to get there: `a.example/b` of `https://www.a.example/b`. `None` where
/// that is a host alone, which others have too.
pub fn without_scheme(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    let (_, path) = rest.split_once('/')?;
    path.contains(char::is_alphanumeric).then_some(rest)
}

/// Whether a value can only be meant as this value: an address, a number, a name of two words.
pub fn is_telling(value: &str) -> bool {
    let length = value.chars().count();
    let has = |test: &dyn Fn(char) -> bool| value.contains(test);
    // In a room these call whoever is in it.
    const ALL: [&str; 5] = ["@here", "@channel", "@everyone", "@all", "@room"];
    let is_year = || value.len() == 4 && (value.starts_with("19") || value.starts_with("20"));
    match value.chars().next() {
        Some('#' | '@') => length > 2 && !ALL.contains(&&*value.to_lowercase()),
        _ if value.bytes().all(|byte| byte.is_ascii_digit()) => length > 3 && !is_year(),
        _ if has(&is_unspaced) => length > 2,
        _ => length > 4 && has(&|c| !c.is_alphabetic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_are_one() {
        for text in [
            "Blue&#32;Heron",
            "BLU&shy;E HERON",
            "blue%20heron",
            "B\u{200B}lue H\u{2060}eron",
            "blue\\u0020heron",
            "blue heron",
            "blue\n  heron",
            "blue\\nheron",
            "blue&nbsp; heron",
            "blue\u{2003}heron",
        ] {
            assert_eq!(plain(text), "blue heron", "{text}");
        }
        assert_eq!(plain("\u{FF03}\u{FF26}ire \u{FF17}"), "#fire 7");
        assert_eq!(plain("Kranichflu\u{308}gel"), plain("KRANICHFL&Uuml;GEL"));
        assert_eq!(plain("a\n\n b \t"), "a b ");
        assert_eq!(plain("100 % of \\users & \\u12"), "100 % of \\users & \\u12");
    }

    #[test]
    fn a_value_is_telling_that_no_sentence_has_by_chance() {
        for value in ["#war", "@ir", "4410", "a@b.c", "Ada Lim", "山田花子", "#対策", "room 7"] {
            assert!(is_telling(value), "{value}");
        }
        for value in
            ["", "#", "@", "#1", "911", "2026", "oncall", "warroom", "é", "山田", "@here", "@Channel"]
        {
            assert!(!is_telling(value), "{value}");
        }
    }

    #[test]
    fn an_address_without_its_scheme_is_one_where_it_has_a_path() {
        assert_eq!(without_scheme("https://www.a.example/b/"), Some("a.example/b"));
        assert_eq!(without_scheme("https://a.example/"), None);
        assert_eq!(without_scheme("a.example/b"), None);
    }
}
