//! Raw HTML in a page: what it links to, which ids it has, and what it must not contain.

use std::cell::RefCell;
use std::ops::Range;

use lol_html::html_content::Element;
use lol_html::{HandlerResult, RewriteStrSettings, element, rewrite_str};

use crate::source::Span;

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

const REFUSED: &[&str] = &[
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "meta", "link",
    "form", "portal",
];
const ADDRESSES: &[&str] =
    &["href", "src", "xlink:href", "action", "formaction", "poster", "background", "data"];
const MEDIA: &[&str] = &["img", "video", "audio", "source", "track", "input", "image"];

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
        look_at(element, &tag, text, range, place, attributes, unsafe_parts);
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
    if REFUSED.contains(&tag) {
        unsafe_parts.push((place(range.clone()), format!("a `{tag}` element")));
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
        let media = MEDIA.contains(&tag);
        if media && (name == "src" || name == "srcset" || name == "poster") && is_remote(&value) {
            unsafe_parts.push((span, "an image from another server".into()));
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
    ["javascript:", "vbscript:", "data:text/", "data:applica"].iter().any(|scheme| bare.starts_with(scheme))
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

/// Rewrites the addresses of a piece of safe HTML. Inline styles go: no page may have one
/// under the policy every page carries.
pub fn rewrite(html: &Html, address: &dyn Fn(AttributeUse, &str) -> Option<String>) -> String {
    let settings =
        RewriteStrSettings::new().append_element_content_handler(element!("*", |element: &mut Element| {
            element.remove_attribute("style");
            let tag = element.tag_name();
            let (name, use_) = match tag.as_str() {
                "a" | "area" => ("href", AttributeUse::Link),
                tag if MEDIA.contains(&tag) => ("src", AttributeUse::Media),
                _ => return Ok(()),
            };
            let found = element.get_attribute(name);
            if let Some(new) = found.and_then(|value| address(use_, &unescape(&value))) {
                element.set_attribute(name, &new.replace('&', "&amp;"))?;
            }
            Ok(())
        }));
    rewrite_str(&html.text, settings).unwrap_or_default()
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
    fn addresses_are_rewritten_and_styles_dropped() {
        let html = look(r#"<a href="a.md" style="color:red">t</a>"#);
        let text = rewrite(&html, &|_, address| Some(address.replace(".md", ".html?a&b")));
        assert_eq!(text, r#"<a href="a.html?a&amp;b">t</a>"#);
    }
}
