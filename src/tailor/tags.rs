//! The tags of a page's template: where they are, and which of them are for pages.

use std::ops::Range;

/// What pages may do with blocks. Without variables of their own, what a page asks for stays
/// in proportion to what it says.
const BLOCKS: &[&str] =
    &["if", "elif", "else", "endif", "for", "endfor", "raw", "endraw", "break", "continue"];
/// What stands before a value and is none itself.
const WORDS: &[&str] = &["in", "if", "else", "and", "or", "not", "is"];
/// Longer expressions are not read: the engine reads them by recursion.
const LONGEST_TAG: usize = 2_000;
/// Nor are more branches of conditions on a page.
const MOST_BRANCHES: usize = 200;

/// No tag ends farther away, in bytes, but a comment may.
const FARTHEST: usize = 2 * LONGEST_TAG;
/// Nor are more tags looked for on a page after so many that do not end.
pub const MOST_OPEN: usize = 50;

/// A tag of a template: where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Where, with its braces
    pub range: Range<usize>,
    /// Whether it prints something
    pub prints: bool,
    /// What would end it, where nothing does. All of its line is taken for it.
    pub open: Option<&'static str>,
}

/// The tags of a template, in order, up to [`MOST_OPEN`] that do not end. Inside `{% raw %}` there are none.
pub fn find_tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut at = 0;
    let (mut raw, mut open) = (false, 0);
    let last_comment = text.rfind("##}").unwrap_or_default();
    while let Some(found) = text[at..].find('{') {
        let start = at + found;
        let rest = &text[start..];
        let close = if rest.starts_with("{{") && !raw {
            "}}"
        } else if rest.starts_with("{%") && (!raw || ends_raw(rest)) {
            "%}"
        } else if rest.starts_with("{##") && !raw {
            "##}"
        } else {
            at = start + 1;
            continue;
        };
        let inside = match close {
            "##}" if start > last_comment => None,
            "##}" => rest.find(close),
            _ => find_outside_quotes(&rest[..rest.floor_char_boundary(FARTHEST)], close),
        };
        let Some(end) = inside.map(|end| start + end + close.len()) else {
            let end = rest.find('\n').map_or(text.len(), |length| start + length);
            tags.push(Tag { range: start..end, prints: close == "}}", open: Some(close) });
            at = end;
            open += 1;
            if open == MOST_OPEN {
                break;
            }
            continue;
        };
        if close == "%}" {
            raw = text[start + 2..end - 2].trim_matches(['-', '+', ' ', '\n']) == "raw";
        }
        tags.push(Tag { range: start..end, prints: close == "}}", open: None });
        at = end;
    }
    tags
}

/// What of a page is shown as it stands, with its braces: from each `{% raw %}` to what ends it, in order.
pub fn raw_stretches(text: &str) -> Vec<Range<usize>> {
    if !text.contains("endraw") {
        return Vec::new();
    }
    // Inside such a stretch only its end is a tag.
    let tags = find_tags(text);
    let ends = tags.windows(2).filter(|pair| !pair[1].prints && ends_raw(&text[pair[1].range.clone()]));
    ends.map(|pair| pair[0].range.end..pair[1].range.start).collect()
}

/// Whether a tag is the end of a stretch without tags.
fn ends_raw(tag: &str) -> bool {
    let words = tag[2..].trim_start_matches(['-', '+', ' ', '\n']);
    words
        .strip_prefix("endraw")
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The first condition's branch that is one too many on a page.
pub fn branch_too_many<'t>(text: &str, tags: &'t [Tag]) -> Option<&'t Tag> {
    let is_branch = |tag: &&Tag| {
        text[tag.range.clone()].trim_start_matches(['{', '%', '-', '+', ' ']).starts_with("elif")
    };
    tags.iter().filter(is_branch).nth(MOST_BRANCHES)
}

/// Why a tag is not for pages, where it is not.
pub fn refuse(tag: &str) -> Option<String> {
    if tag.starts_with("{##") {
        return None;
    }
    if tag.len() > LONGEST_TAG {
        return Some("the expression is too long".into());
    }
    let operators = || operators(tag);
    if operators().any(|operator| operator == '*') {
        return Some("`*` is not for pages".into());
    }
    let words = tag.strip_prefix("{%")?.trim_start_matches(['-', '+']).trim_start();
    let word = words.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // What one loop makes, the loops inside it could make more of.
    if word == "for" && operators().any(|operator| matches!(operator, '~' | '+')) {
        return Some("a loop goes over what is there: `~` and `+` are not for its head".into());
    }
    if word == "for" && lists_in_lists(tag) {
        return Some("a loop goes over what is there: a list in a list is not for its head".into());
    }
    (!BLOCKS.contains(&word)).then(|| format!("`{word}` is not for pages; there are if, for and raw"))
}

/// The signs in a tag that put values together, outside quotes and the marks of the tag itself.
fn operators(tag: &str) -> impl Iterator<Item = char> {
    outside_quotes(tag).filter(|c| matches!(c, '*' | '~' | '+'))
}

/// Whether a tag writes a list, a map or several values in brackets inside another.
fn lists_in_lists(tag: &str) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let (mut word, mut before) = (String::new(), ' ');
    for c in outside_quotes(tag) {
        match c {
            '[' | '{' | '(' => {
                // Brackets after a value or a name take a part of it or call it.
                let follows = word.is_empty() && matches!(before, ')' | ']' | '"');
                let is_list = !follows && (word.is_empty() || WORDS.contains(&&*word));
                if is_list && open.contains(&true) {
                    return true;
                }
                open.push(is_list);
            }
            ']' | '}' | ')' => drop(open.pop()),
            _ => {}
        }
        if c.is_alphanumeric() || c == '_' {
            if !(before.is_alphanumeric() || before == '_') {
                word.clear();
            }
            word.push(c);
        } else if !c.is_whitespace() {
            word.clear();
        }
        before = if c.is_whitespace() && word.is_empty() { before } else { c };
    }
    false
}

/// The characters of a tag without its own marks; a text in quotes is its last quote.
fn outside_quotes(tag: &str) -> impl Iterator<Item = char> {
    let inside = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    let inside = inside.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']);
    let (mut quote, mut escaped) = (None, false);
    inside.chars().filter_map(move |c| match quote {
        Some(open) => {
            let ends = c == open && !escaped;
            if ends {
                quote = None;
            }
            escaped = c == '\\' && !escaped;
            ends.then_some('"')
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(c);
            None
        }
        None => Some(c),
    })
}

fn find_outside_quotes(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut letters = text.char_indices().skip(2);
    while let Some((at, character)) = letters.next() {
        match (quote, character) {
            (Some(open), c) if c == open => quote = None,
            // Whatever follows is a letter of the text.
            (Some(_), '\\') => drop(letters.next()),
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, _) if text[at..].starts_with(close) => return Some(at),
            _ => {}
        }
    }
    None
}
