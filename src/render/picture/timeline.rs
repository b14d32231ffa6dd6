//! What is due when: a line for each thing that starts a clock, and on it a mark with a number for
//! each thing that is due.

use std::fmt::Write;

use crate::render::due::{Due, start_in_words};
use crate::render::escape_html;
use crate::render::picture::text;
use crate::syntax::Duration;
use crate::syntax::duration::Unit;

/// The width of the picture: that of a narrow telephone.
const WIDTH: usize = 360;
/// Where the first and the last time stand
const FIRST: usize = 20;
const LAST: usize = 326;
/// The radius of a mark, and the height of a row of marks
const RADIUS: usize = 9;
const ROW: usize = 23;
/// The height of the words over a line
const WORDS: usize = 20;

/// The picture. Times are not to scale: each that occurs has a column of its own, the shortest first.
/// Marks are numbered in the order of `due`.
pub fn picture(due: &[Due]) -> String {
    let mut times: Vec<Duration> = due.iter().flat_map(|it| [it.least, it.most]).collect();
    times.sort();
    times.dedup();
    let step = |index: usize| FIRST + index * (LAST - FIRST) / (times.len() - 1).max(1);
    let place = |time: Duration| times.iter().position(|other| *other == time).map_or(FIRST, step);

    let labels: Vec<Vec<String>> = times.iter().map(|time| label(*time)).collect();
    let head = labels.iter().map(Vec::len).max().unwrap_or(0) * 12 + 8;
    let mut body = String::new();
    let mut y = head;
    let mut number = 0;
    for lane in due.chunk_by(|a, b| a.starts == b.starts) {
        let words = format!("from {}", start_in_words(&lane[0].starts));
        text(&mut body, "lane", (0, y + WORDS - 7), 0, &[words]);
        let spans: Vec<(usize, usize)> = lane.iter().map(|it| (place(it.least), place(it.most))).collect();
        let rows = rows(lane, &spans);
        let height = (rows.iter().max().unwrap_or(&0) + 1) * ROW;
        for ((it, (from, to)), row) in lane.iter().zip(spans).zip(rows) {
            number += 1;
            mark(&mut body, it.repeats, (from, to), y + WORDS + row * ROW + ROW / 2, number);
        }
        y += WORDS + height + 4;
        let _ = writeln!(body, "<path class=\"rule\" d=\"M0 {}H{WIDTH}\"/>", y - 1);
    }
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {y}\" role=\"img\">\n<title>What is due when</title>\n<desc>{}</desc>\n",
        escape_html(&description(due))
    );
    for (index, label) in labels.iter().enumerate() {
        let x = step(index);
        let _ = writeln!(svg, "<path class=\"time\" d=\"M{x} {head}V{}\"/>", y - 1);
        text(&mut svg, "label", (x, 11), 12, label);
    }
    svg + &body + "</svg>\n"
}

/// In which row of its lane each mark stands, so that none covers another.
fn rows(lane: &[Due], spans: &[(usize, usize)]) -> Vec<usize> {
    // How far each row is filled
    let mut filled: Vec<usize> = Vec::new();
    let mut rows = vec![0; lane.len()];
    let mut order: Vec<usize> = (0..lane.len()).collect();
    order.sort_by_key(|index| spans[*index]);
    for index in order {
        let (from, to) = spans[index];
        let end = if lane[index].repeats { WIDTH } else { to + RADIUS + 2 };
        let start = from.saturating_sub(RADIUS);
        let row = filled.iter().position(|filled| *filled <= start).unwrap_or(filled.len());
        if row == filled.len() {
            filled.push(end);
        } else {
            filled[row] = end;
        }
        rows[index] = row;
    }
    rows
}

fn mark(svg: &mut String, repeats: bool, (from, to): (usize, usize), y: usize, number: usize) {
    if repeats {
        let start = to + RADIUS + 3;
        let end = WIDTH - 2;
        let _ = writeln!(svg, "<path class=\"again\" d=\"M{start} {y}H{end}\"/>");
        let _ = writeln!(svg, "<path class=\"tip\" d=\"M{} {}l4 4-4 4\"/>", end - 4, y - 4);
    }
    let (left, width) = (from - RADIUS, to - from + 2 * RADIUS);
    let (top, height) = (y - RADIUS, 2 * RADIUS);
    let _ = writeln!(
        svg,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"{RADIUS}\"/>"
    );
    text(svg, "number", (to, y + 4), 0, &[number.to_string()]);
}

fn label(time: Duration) -> Vec<String> {
    let unit: &[&str] = match time.unit {
        Unit::Second => &["s"],
        Unit::Minute => &["min"],
        Unit::Hour => &["h"],
        Unit::Day => &["d"],
        Unit::BusinessDay => &["work", "days"],
        Unit::Week => &["wk"],
        Unit::Month => &["mo"],
        Unit::Year => &["yr"],
    };
    std::iter::once(time.amount.to_string()).chain(unit.iter().map(|word| word.to_string())).collect()
}

fn description(due: &[Due]) -> String {
    let one = |(index, it): (usize, &Due)| {
        format!("{}. {}, {} of {}", index + 1, it.what, it.when, start_in_words(&it.starts))
    };
    due.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(what: &str, starts: &str, (least, most): (&str, &str), repeats: bool) -> Due<'static> {
        let duration = |text| Duration::parse(text).expect("a duration");
        Due {
            what: what.into(),
            starts: starts.into(),
            least: duration(least),
            most: duration(most),
            repeats,
            when: format!("within {most}"),
            by: None,
            severities: None,
        }
    }

    #[test]
    fn marks_that_would_cover_each_other_stand_in_rows() {
        let lane = [
            due("one", "started", ("15m", "30m"), false),
            due("two", "started", ("20m", "20m"), false),
            due("three", "started", ("1h", "1h"), true),
            due("four", "started", ("3h", "3h"), false),
        ];
        assert_eq!(rows(&lane, &[(50, 150), (100, 100), (200, 200), (300, 300)]), [0, 1, 0, 1]);
    }

    #[test]
    fn everything_due_has_a_number_and_stands_in_the_description() {
        let svg = picture(&[
            due("Answer & help", "reported", ("15m", "15m"), false),
            due("Write", "sent", ("1h", "1h"), true),
        ]);
        assert!(svg.contains("1. Answer &amp; help, within 15m of the report; 2. Write"), "{svg}");
        assert_eq!(svg.matches("<rect").count(), 2, "{svg}");
    }
}
