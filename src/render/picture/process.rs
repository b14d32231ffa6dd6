//! The process: the phases along a line, who leads each, and the status at its end.

use std::fmt::Write;

use crate::plan::{Phase, Plan};
use crate::render::escape_html;
use crate::render::picture::{lines, text};

/// A phase in the picture.
pub struct Stop<'p> {
    /// The phase
    pub phase: &'p Phase,
    /// Its name, as the page has it
    pub name: String,
    /// The address of its page
    pub href: String,
}

/// The width of the picture; a letter of a title is taken to be 9 wide, one of a note 7.
const WIDTH: usize = 680;
/// The radius of a number's circle
const RADIUS: usize = 15;
/// More phases than these go on in another row.
const MOST_IN_A_ROW: usize = 4;

/// The picture of some phases, in their order, and the same as a list: the one on wide screens and on
/// paper, the other on narrow ones and where nothing is drawn.
pub fn figure(plan: &Plan, stops: &[Stop]) -> String {
    let mut html = String::from("<figure class=\"process\">\n");
    html.push_str(&picture(plan, stops));
    html.push_str("<ol class=\"flow\" aria-label=\"The process\">\n");
    for stop in stops {
        let (name, href) = (escape_html(&stop.name), escape_html(&stop.href));
        let _ = write!(html, "<li><a class=\"ref phase\" href=\"{href}\">{name}</a>");
        let notes =
            [leader(plan, stop.phase), exit(plan, stop.phase).map(|status| format!("Ends as {status}"))];
        for note in notes.into_iter().flatten() {
            let _ = write!(html, " <small>{}</small>", escape_html(&note));
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ol>\n</figure>\n");
    html
}

fn leader(plan: &Plan, phase: &Phase) -> Option<String> {
    let id = &phase.led_by.as_ref()?.value;
    let role = plan.roles.iter().find(|role| role.record.id == *id)?;
    Some(format!("Led by {}", role.record.title))
}

/// The status of the incident at the end of a phase.
fn exit<'p>(plan: &'p Plan, phase: &Phase) -> Option<&'p str> {
    let id = &phase.status_on_exit.as_ref()?.value;
    let status = plan.facts.iter().find(|fact| fact.map == "statuses" && fact.id.value == *id)?;
    Some(&status.title)
}

fn picture(plan: &Plan, stops: &[Stop]) -> String {
    let rows = stops.len().div_ceil(MOST_IN_A_ROW);
    let columns = stops.len().div_ceil(rows.max(1)).max(1);
    let width = WIDTH / columns;
    let drawn: Vec<Drawn> = stops.iter().map(|stop| Drawn::new(plan, stop, width)).collect();
    let heights: Vec<usize> =
        drawn.chunks(columns).map(|row| row.iter().map(Drawn::height).max().unwrap_or(0)).collect();
    let height: usize = heights.iter().sum::<usize>() + (heights.len().saturating_sub(1)) * GAP;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"group\">\n<title>The process</title>\n<desc>{}</desc>\n",
        escape_html(&description(plan, stops))
    );
    let mut top = 0;
    for (row, drawn) in drawn.chunks(columns).enumerate() {
        let line = top + RADIUS + 1;
        for (column, drawn) in drawn.iter().enumerate() {
            let left = column * width;
            let number = row * columns + column;
            if number + 1 < stops.len() {
                let start = left + 2 * RADIUS + 8;
                if column + 1 < columns {
                    arrow(&mut svg, &format!("M{start} {line}H{}", left + width - 7), "m-7-5 7 5-7 5");
                } else {
                    let turn = top + heights[row] + GAP / 2;
                    let (edge, first) = (WIDTH - 10, RADIUS + 1);
                    let path = format!(
                        "M{start} {line}H{edge}q8 0 8 8V{}q0 8-8 8H{}q-8 0-8 8V{}",
                        turn - 8,
                        first + 8,
                        top + heights[row] + GAP - 6
                    );
                    arrow(&mut svg, &path, "m-5-7 5 7 5-7");
                }
            }
            drawn.draw(&mut svg, number, (left, top), width);
        }
        top += heights[row] + GAP;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Between two rows
const GAP: usize = 36;

fn arrow(svg: &mut String, path: &str, head: &str) {
    let _ = writeln!(svg, "<path class=\"way\" d=\"{path}{head}\"/>");
}

/// The words of a phase, broken into lines.
struct Drawn<'s> {
    stop: &'s Stop<'s>,
    title: Vec<String>,
    leader: Vec<String>,
    exit: Vec<String>,
}

impl<'s> Drawn<'s> {
    fn new(plan: &Plan, stop: &'s Stop, width: usize) -> Drawn<'s> {
        let room = width - 14;
        let leader = leader(plan, stop.phase).unwrap_or_default();
        let exit = exit(plan, stop.phase).map_or(String::new(), |status| format!("Ends as {status}"));
        Drawn {
            stop,
            title: lines(&stop.name, room / 9),
            leader: lines(&leader, room / 7),
            exit: lines(&exit, room / 7),
        }
    }

    fn height(&self) -> usize {
        2 * RADIUS + 12 + self.title.len() * 20 + (self.leader.len() + self.exit.len()) * 17
    }

    fn draw(&self, svg: &mut String, number: usize, (left, top): (usize, usize), width: usize) {
        let _ = writeln!(svg, "<a href=\"{}\">", escape_html(&self.stop.href));
        let (x, y) = (left + RADIUS + 1, top + RADIUS + 1);
        let _ = writeln!(
            svg,
            "<rect class=\"room\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\"/>",
            width - 14,
            self.height()
        );
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\"/>");
        text(svg, "number", (x, y + 5), 0, &[(number + 1).to_string()]);
        let mut y = top + 2 * RADIUS + 22;
        text(svg, "name", (left, y), 20, &self.title);
        y += self.title.len() * 20;
        text(svg, "note", (left, y), 17, &self.leader);
        y += self.leader.len() * 17;
        text(svg, "note", (left, y), 17, &self.exit);
        svg.push_str("</a>\n");
    }
}

fn description(plan: &Plan, stops: &[Stop]) -> String {
    let one = |(index, stop): (usize, &Stop)| {
        let mut words = format!("{}. {}", index + 1, stop.name);
        words.extend(leader(plan, stop.phase).map(|leader| format!(", l{}", &leader[1..])));
        words.extend(exit(plan, stop.phase).map(|status| format!(", ends as {status}")));
        words
    };
    stops.iter().enumerate().map(one).collect::<Vec<_>>().join("; ")
}
