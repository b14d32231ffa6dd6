//! Raw HTML in a page: what it links to, which ids it has, and what it must not contain.

mod balance;
mod table;

use std::cell::RefCell;
use std::ops::Range;

use lol_html::html_content::Element;
use lol_html::{HandlerResult, RewriteStrSettings, doc_comments, element, rewrite_str};

use crate::source::Span;

pub use balance::{Tag, find_tags, find_unbalanced};
pub use table::{HtmlTable, Placed, tables};

/// A piece of raw HTML.
#[derive(Debug, Clone, PartialEq)]
pub struct Html {
    /// Where it is written
    pub span: Span,
    /// The HTML
    pub text: Box<str>,
    /// What it refers to and is referred to by
    pub attributes: Vec<HtmlAttribute>,
    /// What it must not contain, in words, each with its place
    pub unsafe_parts: Vec<(Span, String)>,
    /// Whether a tag or a comment in it does not end.
    pub open: bool,
}

impl Html {
    /// Whether it may be shown.
    pub fn is_safe(&self) -> bool {
        self.unsafe_parts.is_empty() && !self.open
    }
}

/// An attribute that takes part in links.
#[derive(Debug, Clone, PartialEq)]
pub struct HtmlAttribute {
    /// What it is for
    pub use_: AttributeUse,
    /// Its value, without HTML's escapes
    pub value: Box<str>,
    /// Where it is written, as closely as known
    pub span: Span,
}

/// What an attribute is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeUse {
    /// `href` of `a`
    Link,
    /// `src` of `img` and other media
    Media,
    /// `id`, or `name` of `a`
    Id,
}

/// The elements a page may use: those that only say what their text is.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];
/// The attributes that are kept. Classes go too: the theme's are not the author's.
const ATTRIBUTES: &[&str] = &[
    "align", "alt", "cite", "colspan", "datetime", "dir", "height", "href", "id", "lang", "name", "open",
    "rowspan", "scope", "src", "start", "title", "type", "valign", "value", "width",
];
/// No tag has more: to take them out costs more than they are many.
const MOST_ATTRIBUTES: usize = 64;
const ADDRESSES: &[&str] =
    &["href", "src", "srcset", "xlink:href", "action", "formaction", "poster", "background", "data", "ping"];

/// So much of what is wrong with a piece of HTML, or with the tags of a page, is told: nobody reads more.
const MOST_TOLD: usize = 1_000;

/// Looks at a piece of HTML. `place` gives the span of a byte range of `text`.
pub fn inspect(text: &str, span: Span, place: &dyn Fn(Range<usize>) -> Span) -> Html {
    let mut html =
        Html { span, text: text.into(), attributes: Vec::new(), unsafe_parts: Vec::new(), open: false };
    if comment(text).is_some() {
        return html;
    }
    // The sentinel is seen as an element only where the text before it is at rest.
    const SENTINEL: &str = "redbinder-end";
    let probe = format!("{text}<{SENTINEL}>");
    let found = RefCell::new((Vec::new(), Vec::new(), false));
    let look = |element: &mut Element| -> HandlerResult {
        let (attributes, unsafe_parts, closed) = &mut *found.borrow_mut();
        let tag = element.tag_name();
        if tag == SENTINEL {
            *closed = true;
            return Ok(());
        }
        let location = element.source_location().bytes();
        let range = location.start.min(text.len())..location.end.min(text.len());
        if unsafe_parts.len() < MOST_TOLD {
            look_at(element, &tag, text, range, place, attributes, unsafe_parts);
        }
        Ok(())
    };
    let settings = RewriteStrSettings::new().append_element_content_handler(element!("*", look));
    let parsed = rewrite_str(&probe, settings).is_ok();
    let (attributes, unsafe_parts, closed) = found.into_inner();
    html.open = !(parsed && closed);
    html.attributes = attributes;
    html.unsafe_parts = unsafe_parts;
    html
}

fn look_at(
    element: &Element,
    tag: &str,
    text: &str,
    range: Range<usize>,
    place: &dyn Fn(Range<usize>) -> Span,
    attributes: &mut Vec<HtmlAttribute>,
    unsafe_parts: &mut Vec<(Span, String)>,
) {
    if !ELEMENTS.contains(&tag) {
        unsafe_parts.push((place(range.clone()), format!("a `{tag}` element")));
    }
    if element.attributes().len() > MOST_ATTRIBUTES {
        unsafe_parts.push((place(range), format!("a tag with more than {MOST_ATTRIBUTES} attributes")));
        return;
    }
    for attribute in element.attributes() {
        let name = attribute.name();
        let value = unescape(&attribute.value());
        let value_range = match text[range.clone()].find(&attribute.value()) {
            Some(at) if !value.is_empty() => range.start + at..range.start + at + attribute.value().len(),
            _ => range.clone(),
        };
        let span = place(value_range);
        if name.starts_with("on") {
            unsafe_parts.push((place(range.clone()), format!("the event handler `{name}`")));
        }
        if name == "srcdoc" {
            unsafe_parts.push((span, "a document inside an attribute".into()));
        }
        if ADDRESSES.contains(&name.as_str()) && is_script_address(&value) {
            unsafe_parts.push((span, format!("the address `{}`", value.trim())));
        }
        let media = tag == "img";
        let loads = matches!(name.as_str(), "src" | "srcset" | "poster" | "background" | "ping" | "data");
        if loads && value.split(',').any(is_remote) {
            unsafe_parts.push((span, "an image from another server".into()));
        }
        if name == "id" && value.starts_with('_') {
            unsafe_parts.push((span, "an id that begins with `_`, which are the site's own".into()));
        }
        let use_ = match (tag, name.as_str()) {
            ("a" | "area", "href") => AttributeUse::Link,
            (_, "src") if media => AttributeUse::Media,
            (_, "id") | ("a", "name") => AttributeUse::Id,
            _ => continue,
        };
        attributes.push(HtmlAttribute { use_, value: value.into(), span });
    }
}

/// Whether an address runs something instead of leading somewhere.
pub fn is_script_address(address: &str) -> bool {
    let bare: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(16)
        .collect::<String>()
        .to_lowercase();
    ["javascript:", "vbscript:", "data:"].iter().any(|scheme| bare.starts_with(scheme))
}

/// Whether an address is on another server.
pub fn is_remote(address: &str) -> bool {
    let address = address.trim().to_lowercase();
    address.starts_with("http:") || address.starts_with("https:") || address.starts_with("//")
}

/// The words of a comment, where the text is one comment and nothing else.
pub fn comment(text: &str) -> Option<&str> {
    let words = text.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    (!words.contains("-->")).then(|| words.trim())
}

/// Rewrites the addresses of a piece of safe HTML. Attributes that are not ours to keep, and
/// comments, which are for authors, go.
pub fn rewrite(html: &Html, address: &dyn Fn(AttributeUse, &str) -> Option<String>) -> String {
    let handler = element!("*", |element: &mut Element| {
        let names: Vec<String> = element.attributes().iter().map(|attribute| attribute.name()).collect();
        for name in names.iter().filter(|name| !ATTRIBUTES.contains(&name.as_str())) {
            element.remove_attribute(name);
        }
        let (name, use_) = match element.tag_name().as_str() {
            "a" => ("href", AttributeUse::Link),
            "img" => ("src", AttributeUse::Media),
            _ => return Ok(()),
        };
        let found = element.get_attribute(name);
        if let Some(new) = found.and_then(|value| address(use_, &unescape(&value))) {
            element.set_attribute(name, &new.replace('&', "&amp;"))?;
        }
        Ok(())
    });
    let comments = doc_comments!(|comment| {
        comment.remove();
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(handler)
        .append_document_content_handler(comments);
    rewrite_str(&html.text, settings).unwrap_or_default()
}

/// A part of raw HTML: a tag, or the text between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The start of an element, with its attributes as they are meant
    Start {
        /// Its name, in small letters
        name: String,
        /// Names in small letters, and values
        attributes: Vec<(String, String)>,
        /// Whether it ends itself: `<br/>`
        is_closed: bool,
    },
    /// The end of an element, by its name
    End(String),
    /// Text, as it is meant
    Text(String),
}

/// Takes a piece of HTML apart. Comments are left out.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    let mut rest = text;
    let mut words = String::new();
    while let Some(at) = rest.find('<') {
        words.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (is_end, name) = match rest.strip_prefix('/') {
            Some(name) => (true, name),
            None => (false, rest),
        };
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            words.push('<');
            continue;
        }
        if !words.is_empty() {
            found.push(Piece::Text(unescape(&std::mem::take(&mut words))));
        }
        let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
        let mut quote = None;
        let end = name.find(|c: char| match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                false
            }
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                false
            }
            None => c == '>',
        });
        let end = end.unwrap_or(name.len());
        let tag = name[..length].to_lowercase();
        found.push(match is_end {
            true => Piece::End(tag),
            false => {
                let inside = &name[length..end];
                let is_closed = inside.ends_with('/');
                Piece::Start { name: tag, attributes: attributes(inside.trim_end_matches('/')), is_closed }
            }
        });
        rest = name.get(end + 1..).unwrap_or_default();
    }
    words.push_str(rest);
    if !words.is_empty() {
        found.push(Piece::Text(unescape(&words)));
    }
    found
}

/// The attributes of a tag, from the text after its name.
fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next().filter(|quote| "\"'".contains(*quote)) {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
        }
        rest = rest.trim_start();
        found.push((name, unescape(value)));
    }
    found
}

/// Brings back the characters that stand escaped in an attribute.
fn unescape(value: &str) -> String {
    if !value.contains('&') {
        return value.to_string();
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';').filter(|end| *end <= 10) else {
            text.push('&');
            rest = &rest[1..];
            continue;
        };
        let name = &rest[1..end];
        let code = name.strip_prefix('#').and_then(|code| match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => code.parse().ok(),
        });
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "colon" => Some(':'),
            "Tab" | "NewLine" => Some(' '),
            "nbsp" => Some('\u{a0}'),
            "ndash" => Some('–'),
            "mdash" => Some('—'),
            "hellip" => Some('…'),
            "lsquo" => Some('‘'),
            "rsquo" => Some('’'),
            "ldquo" => Some('“'),
            "rdquo" => Some('”'),
            "laquo" => Some('«'),
            "raquo" => Some('»'),
            "bull" => Some('•'),
            "middot" => Some('·'),
            "times" => Some('×'),
            "le" => Some('≤'),
            "ge" => Some('≥'),
            "larr" => Some('←'),
            "rarr" => Some('→'),
            "check" => Some('✓'),
            "deg" => Some('°'),
            "sect" => Some('§'),
            "para" => Some('¶'),
            "euro" => Some('€'),
            "copy" => Some('©'),
            "reg" => Some('®'),
            "trade" => Some('™'),
            "shy" => Some('\u{ad}'),
            "zwnj" => Some('\u{200c}'),
            _ => code.and_then(char::from_u32),
        };
        match character {
            Some(character) => {
                text.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                text.push('&');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn look(text: &str) -> Html {
        let place = |range| Span::new(SourceId(0), range);
        inspect(text, place(0..text.len()), &place)
    }

    #[test]
    fn links_media_and_ids_are_found_with_their_places() {
        let text = r#"<p><a href="a.md?x=1&amp;y=2" id=here>t</a> <img src="p.png">"#;
        let html = look(text);
        let found: Vec<_> =
            html.attributes.iter().map(|a| (a.use_, &*a.value, &text[a.span.range()])).collect();
        assert_eq!(
            found,
            [
                (AttributeUse::Link, "a.md?x=1&y=2", "a.md?x=1&amp;y=2"),
                (AttributeUse::Id, "here", "here"),
                (AttributeUse::Media, "p.png", "p.png"),
            ]
        );
        assert!(html.is_safe());
    }

    #[test]
    fn what_could_run_or_load_is_refused() {
        for text in [
            "<script>alert(1)</script>",
            "<IFRAME src=x></IFRAME>",
            "<p onclick='x()'>",
            "<a href=' java\nscript:alert(1)'>x</a>",
            "<a href='javascript&colon;alert(1)'>x</a>",
            "<img src=https://elsewhere.test/p.png>",
            "<img src=//elsewhere.test/p.png>",
            "<svg><script>x</script></svg>",
            "<div onclick=alert(1)",
            "<!-- never ends",
            "<textarea>",
            "<svg><image href=https://elsewhere.test/p.png></svg>",
            "<img srcset='a.png 1x, https://elsewhere.test/b.png 2x' src=a.png>",
            "<a href='data:text/html,x'>x</a>",
            "<input>",
        ] {
            assert!(!look(text).is_safe(), "{text} is let through");
        }
        for text in
            ["<b>", "</b>", "<kbd>Ctrl</kbd>", "<a href='https://nist.gov'>x</a>", "<!-- a note -->", "<br/>"]
        {
            assert!(look(text).is_safe(), "{text} is refused: {:?}", look(text));
        }
    }

    #[test]
    fn html_is_tags_and_the_text_between_them() {
        let start = |name: &str, attributes: &[(&str, &str)], is_closed| Piece::Start {
            name: name.into(),
            attributes: attributes.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect(),
            is_closed,
        };
        let text = "a < b &amp; c<!-- <i> --><BR/><img ALT='x > y' width=4 open src = \"a.png\">d</P>";
        assert_eq!(
            pieces(text),
            [
                Piece::Text("a < b & c".into()),
                start("br", &[], true),
                start("img", &[("alt", "x > y"), ("width", "4"), ("open", ""), ("src", "a.png")], false),
                Piece::Text("d".into()),
                Piece::End("p".into()),
            ]
        );
        assert_eq!(pieces("<b"), [start("b", &[], false)]);
        assert_eq!(pieces("<b a='"), [start("b", &[("a", "")], false)]);
    }

    #[test]
    fn addresses_are_rewritten_and_styles_dropped() {
        let html = look(r#"<a href="a.md" style="color:red" class="sev">t<!-- why --></a>"#);
        let text = rewrite(&html, &|_, address| Some(address.replace(".md", ".html?a&b")));
        assert_eq!(text, r#"<a href="a.html?a&amp;b">t</a>"#);
    }
}
