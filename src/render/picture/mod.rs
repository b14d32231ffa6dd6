//! Pictures made at build: drawn in classes that the theme's sheet colours, so that both themes and
//! paper can show them. What a picture shows also stands in words beside it.

pub mod process;
pub mod timeline;

use std::fmt::Write;

use crate::render::escape_html;

/// Breaks words into lines of at most `most` characters. The letters of a reader's font are not known:
/// `most` is chosen for wide ones. A longer word stands alone.
fn lines(words: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// Lines of text from a point down, `step` apart.
fn text(svg: &mut String, class: &str, (x, y): (usize, usize), step: usize, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(svg, "<text class=\"{class}\">");
    for (index, line) in lines.iter().enumerate() {
        // The space keeps the words of two lines apart where they are read out.
        let space = if index + 1 < lines.len() { " " } else { "" };
        let y = y + index * step;
        let _ = write!(svg, "<tspan x=\"{x}\" y=\"{y}\">{}{space}</tspan>", escape_html(line));
    }
    svg.push_str("</text>\n");
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_break_between_words_and_never_in_one() {
        assert_eq!(lines("Start documenting now", 11), ["Start", "documenting", "now"]);
        assert_eq!(lines("Start documenting now", 17), ["Start documenting", "now"]);
        assert_eq!(lines("  ", 5), [""; 0]);
    }
}
