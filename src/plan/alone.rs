//! Whether a text stands in another by itself, and is no part of a longer one.

use std::ops::Range;

use crate::plan::address::begins_another;
use crate::plan::letters::{are_joined, is_unspaced};

/// Whether a part of a text, such as an address, is not continued on either side. `-` and `_` continue the name of a
/// room or of a group: `#fire` is not in `#fire-drill`.
pub fn stands_alone(content: &str, range: Range<usize>) -> bool {
    let continues = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    let text = &content[range.clone()];
    let (before, after) = (&content[..range.start], &content[range.end..]);
    // `duty@organization.example` is none of the two in `not.duty@organization.example`.
    let name = before.trim_end_matches(['.', '+', '-', '_']);
    if text.contains('@')
        && name.len() < before.len()
        && name.ends_with(continues)
        && text.starts_with(continues)
    {
        return false;
    }
    // `@duty` is not in `office@duty.example`.
    if begins_another(text, after) || text.starts_with('@') && before.ends_with(continues) {
        return false;
    }
    let rest = after.trim_start_matches(['-', '_']);
    if text.starts_with(['#', '@']) && rest.len() < after.len() && rest.starts_with(continues) {
        return false;
    }
    let goes_on = are_joined(before.chars().next_back(), text.chars().next()) && !ends_in_escape(before)
        || are_joined(text.chars().next_back(), after.chars().next());
    !goes_on
}

/// No address is longer, in bytes.
const LONGEST: usize = 2_000;

/// Whether a place of a text is the sign of a number at the end of an address, which begins the name of a
/// section and no room: `href="response.html#roles"`.
pub fn names_section(content: &str, at: usize) -> bool {
    const ADDRESSES: [&str; 5] = [".html", ".md", "href=\"", "href='", "url("];
    let before = &content[..at];
    let is_end = content[at..].starts_with('#') && ADDRESSES.iter().any(|end| before.ends_with(end));
    // That of another site may be a room: `https://chat.example/index.html#duty`.
    let near = || &before[before.floor_char_boundary(before.len().saturating_sub(LONGEST))..];
    let address = || near().rsplit([' ', '"', '\'', '(', '<', '>', '\n']).next().unwrap_or_default();
    is_end && !address().contains("://")
}

/// Whether four figures of a text are a group of what a site makes by itself of its content: of a hash on a sheet,
/// `8c9c 4262 d666`, or of an identifier in a feed, `a7e8f974-9776-8834-816a-53ff7615047b`.
pub fn is_in_hash(content: &str, range: Range<usize>) -> bool {
    const LONGEST_HASH: usize = 40;
    let figures = &content[range.clone()];
    if figures.len() != 4 || !figures.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b' ' | b'-');
    let (before, after) = (&content.as_bytes()[..range.start], &content.as_bytes()[range.end..]);
    let before = before.iter().rev().take(LONGEST_HASH).take_while(is_part).count();
    let after = after.iter().take(LONGEST_HASH).take_while(is_part).count();
    let hash = content[range.start - before..range.end + after].trim();
    let is_group = |group: &str| matches!(group.len(), 4 | 8 | 12);
    let is_of =
        |length: usize| hash.split([' ', '-']).count() == length && hash.split([' ', '-']).all(is_group);
    (is_of(3) || is_of(5)) && hash.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether a place of a page is in the id of a step, which is made of the words of that step.
pub fn names_step(content: &str, at: usize) -> bool {
    let before = &content[..at];
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(LONGEST))..];
    near.rsplit_once('"').is_some_and(|(before, _)| before.ends_with("data-item="))
}

/// Whether the last letters of a text are the end of an escape: `\n`, `\u003c`, `%20`.
fn ends_in_escape(text: &str) -> bool {
    let escapes = |mark: &str, length: usize| {
        let start = text.len().checked_sub(mark.len() + length)?;
        let digits = text.get(start..)?.strip_prefix(mark)?;
        Some(digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    ["\\n", "\\r", "\\t", "\\b", "\\f"].iter().any(|escape| text.ends_with(escape))
        || escapes("\\u", 4) == Some(true)
        || escapes("%", 2) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_figures_of_a_hash_are_no_number_of_anybody() {
        let is_in =
            |text: &str| is_in_hash(text, text.find("4262").map(|at| at..at + 4).expect("it is there"));
        for text in ["<code>8c9c 4262 d666</code>", "urn:uuid:a7e8f974-4262-8834-816a-53ff7615047b<"] {
            assert!(is_in(text), "{text}");
        }
        for text in ["Call 4262 at night", "4262 4263 4264", "ask 4262, bed 4263", "8c9c4 4262 d666"] {
            assert!(!is_in(text), "{text}");
        }
    }

    #[test]
    fn the_id_of_a_step_is_known_by_its_attribute() {
        let in_page = |page: &str| names_step(page, page.find("call").expect("it is there"));
        assert!(in_page("<li data-item=\"top.call-the-vendor\" data-version=\"1\">"));
        assert!(!in_page("<li data-item=\"top.a\" title=\"call-the-vendor\">"));
        assert!(!in_page("<li data-item=\"top.a\">call-the-vendor"));
    }

    #[test]
    fn what_is_a_part_of_something_longer_does_not_stand_alone() {
        let stands = |text: &str, in_text: &str| {
            let at = in_text.find(text).expect("it is there");
            stands_alone(in_text, at..at + text.len())
        };
        for (text, in_text) in [
            ("#fire", "in #fire, now"),
            ("#fire", "in #fire - now"),
            ("#fire", "in #fire_"),
            ("@er", "@er-"),
            ("4410", "call 4410-now"),
            ("duty@a.example", "<duty@a.example>"),
            ("duty@a.example", "\\nduty@a.example\\n"),
        ] {
            assert!(stands(text, in_text), "{text} in {in_text}");
        }
        for (text, in_text) in [
            ("#fire", "in #fire-drill"),
            ("#fire", "in #fire_2"),
            ("@er", "ask @er-team"),
            ("@er", "team@er.example"),
            ("4410", "call 44100"),
            ("duty@a.example", "not.duty@a.example"),
            ("https://a.example", "https://a.example/b"),
        ] {
            assert!(!stands(text, in_text), "{text} in {in_text}");
        }
    }
}
