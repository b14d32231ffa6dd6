//! Whether the tags of a page are balanced, and stand where a browser takes them.

use std::collections::HashMap;

use super::{MOST_TOLD, Piece, pieces};
use crate::source::Span;
use crate::syntax::{Fault, FaultKind};

/// A tag of raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    name: String,
    is_end: bool,
    span: Span,
}

/// Elements that have no end, or whose end may be left out.
const WITHOUT_END: &[&str] = &[
    "br", "col", "hr", "img", "wbr", "input", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody",
    "tfoot", "colgroup", "caption", "rp", "rt",
];

/// The tags of a piece of HTML, each at the piece's span.
pub fn find_tags(text: &str, span: Span) -> Vec<Tag> {
    // To a browser, a slash at the end of a tag is nothing: `<b/>` opens what `<b>` opens.
    let tag = |piece: Piece| match piece {
        Piece::Start { name, .. } => Some(Tag { name, is_end: false, span }),
        Piece::End(name) => Some(Tag { name, is_end: true, span }),
        Piece::Text(_) => None,
    };
    pieces(text).into_iter().filter_map(tag).collect()
}

/// The parts of tables, which browsers drop anywhere else.
const OF_TABLES: &[&str] = &["caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// The tags of a page that close what is not open, or are never closed: either would take the
/// page's frame apart. And the parts of tables that stand in none.
pub fn find_unbalanced(tags: &[Tag]) -> Vec<Fault> {
    let mut open: Vec<&Tag> = Vec::new();
    // How many of a name are open
    let mut count: HashMap<&str, usize> = HashMap::new();
    let mut unbalanced: Vec<&Tag> = Vec::new();
    let mut outside: Vec<&Tag> = Vec::new();
    for tag in tags {
        let is_in_table = || count.get("table").is_some_and(|open| *open > 0);
        if OF_TABLES.contains(&tag.name.as_str()) && !tag.is_end && !is_in_table() {
            outside.push(tag);
        }
        if WITHOUT_END.contains(&tag.name.as_str()) {
            continue;
        }
        let count_of = count.entry(&tag.name).or_default();
        match (tag.is_end, *count_of) {
            (false, _) => {
                *count_of += 1;
                open.push(tag);
            }
            (true, 0) => unbalanced.push(tag),
            (true, _) => {
                let at = open.iter().rposition(|other| other.name == tag.name).unwrap_or(open.len());
                for (place, closed) in open.drain(at..).enumerate() {
                    count.entry(&closed.name).and_modify(|count| *count -= 1);
                    unbalanced.extend((place > 0).then_some(closed));
                }
            }
        }
    }
    unbalanced.extend(open);
    // A row with its cells is told once.
    outside.dedup_by_key(|tag| tag.span);
    let unbalanced =
        unbalanced.into_iter().map(|tag| (tag, FaultKind::UnbalancedHtml as fn(String) -> FaultKind));
    let outside = outside.into_iter().map(|tag| (tag, FaultKind::OutsideTable as fn(String) -> FaultKind));
    let told = unbalanced.take(MOST_TOLD).chain(outside.take(MOST_TOLD));
    told.map(|(tag, kind)| Fault::new(tag.span, kind(tag.name.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_opened_is_closed() {
        let span = Span::default();
        let unbalanced = |text: &str| find_unbalanced(&find_tags(text, span)).len();
        assert_eq!(unbalanced("<details><summary>a</summary><p>b<br></details>"), 0);
        assert_eq!(unbalanced("<b title='>'>x</b><!-- </div> --><br/>"), 0);
        assert_eq!(unbalanced("<i/>"), 1);
        assert_eq!(unbalanced("<table><tr><td>a<td>b</table>"), 0);
        assert_eq!(unbalanced("<table></table><tr><td>a</td></tr>"), 1);
        assert_eq!(unbalanced("</div></main>"), 2);
        assert_eq!(unbalanced("<div><b>x</div>"), 1);
        assert_eq!(unbalanced("<details>"), 1);
    }
}
