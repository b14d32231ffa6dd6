//! Values in markdown: written so that nothing in them can become markup.
//!
//! A backslash does not escape inside code, so the punctuation of a value travels through
//! the markdown parser as private-use characters and comes back when the tree is built.

use std::borrow::Cow;
use std::fmt::Write;

/// Where the stand-ins of ASCII characters begin.
const BASE: u32 = 0x10_FF00;

/// Stands in expanded text for a value that could not be filled in; shown as `…`.
pub const MISSING: char = '\u{10F801}';

/// `value` on one line, with everything markdown could read as markup replaced by
/// stand-ins that [`unescape_value`] brings back.
pub fn escape_value(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + 8);
    let mut only_digits = true;
    for (index, character) in value.trim().char_indices() {
        let at_start = index == 0;
        let markup = match character {
            // A bullet, or the full stop or bracket that makes a numbered item.
            '-' | '+' => at_start,
            '.' | ')' if only_digits && !at_start => true,
            ':' | ',' | '.' | ';' | '/' | '@' | '%' | '?' | '\'' => false,
            other => other.is_ascii_punctuation(),
        };
        only_digits &= character.is_ascii_digit();
        match character {
            '\n' | '\r' => escaped.push(' '),
            c if markup => escaped.extend(char::from_u32(BASE + c as u32)),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A part of a `mailto:` address, percent-encoded (RFC 6068): nothing in it adds a reader or a text, and a
/// space is `%20`, never a plus.
pub fn escape_mail(text: &str) -> String {
    let mut escaped = String::new();
    push_percent_encoded(&mut escaped, text, |byte| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte));
    escaped
}

/// Adds a text to an address, with every byte percent-encoded (RFC 3986, 2.1) that is not kept.
pub fn push_percent_encoded(address: &mut String, text: &str, is_kept: impl Fn(u8) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_kept(byte)) {
        let (kept, other) = rest.split_at(at);
        address.push_str(kept);
        let letter = other.chars().next().map_or(0, char::len_utf8);
        for byte in other[..letter].bytes() {
            // Writing into memory does not fail.
            let _ = write!(address, "%{byte:02X}");
        }
        rest = &other[letter..];
    }
    address.push_str(rest);
}

/// Whether a character is a stand-in, or a mark that only template expansion may write.
pub fn is_reserved(character: char) -> bool {
    ('\u{100000}'..='\u{10FFFF}').contains(&character)
}

/// Where the first such character of a text is.
pub fn find_reserved(text: &str) -> Option<usize> {
    // They all begin with this byte in UTF-8, and nearly no text has it.
    text.as_bytes().contains(&0xF4).then(|| text.find(is_reserved))?
}

/// Whether a character is nothing that people write: a stand-in, or a control character other than those
/// between words, which HTML forbids (13.2.3.5) and nobody sees.
pub fn is_unwritable(character: char) -> bool {
    is_reserved(character) || character.is_control() && !matches!(character, '\t' | '\n' | '\u{c}' | '\r')
}

/// The first such character of a text, and where it is.
pub fn find_unwritable(text: &str) -> Option<(usize, char)> {
    // Bytes that each of them begins with, and nearly no text has: looked for in pieces, each without a
    // branch, so that the processor compares many at once.
    let is_rare =
        |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n') || matches!(byte, 0x7f | 0xc2 | 0xf4);
    let has_rare = |piece: &[u8]| piece.iter().fold(0, |found, byte| found | u8::from(is_rare(*byte))) > 0;
    if !text.as_bytes().chunks(64).any(has_rare) {
        return None;
    }
    text.char_indices().find(|(_, character)| is_unwritable(*character))
}

/// `text` with the stand-ins replaced by the characters they stand for.
pub fn unescape_value(text: &str) -> Cow<'_, str> {
    if find_reserved(text).is_none() {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|character| match character {
            MISSING => '…',
            character => (character as u32)
                .checked_sub(BASE)
                .filter(|code| *code < 128)
                .and_then(char::from_u32)
                .unwrap_or(character),
        })
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_carried_and_comes_back() {
        let value = "#a *b* [c](d) `e` | <f> 1. - g";
        let escaped = escape_value(value);
        assert!(!escaped.contains(['#', '*', '[', ']', '`', '|', '<', '>']));
        assert_eq!(unescape_value(&escaped), value);
    }

    #[test]
    fn a_value_cannot_start_a_list_or_a_new_line() {
        assert!(!escape_value("- a").starts_with('-'));
        assert!(!escape_value("12. a").contains('.'));
        assert_eq!(escape_value("a\nb"), "a b");
        assert_eq!(escape_value("see a.b"), "see a.b");
    }

    #[test]
    fn control_characters_and_stand_ins_are_found_and_spaces_are_not() {
        for character in ['\0', '\u{8}', '\u{b}', '\u{1b}', '\u{7f}', '\u{92}', '\u{100000}', '\u{10ffff}'] {
            assert_eq!(find_unwritable(&format!("é {character} a")), Some((3, character)));
        }
        assert_eq!(find_unwritable("\ta\n b\u{c}\r\n\u{a0}© é – 🚨 \u{e000}"), None);
    }
}
