//! `image-without-size`: images that cannot be printed, or not so that they can be read.

use std::sync::Arc;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, Target};
use crate::source::Span;
use crate::syntax::html::{AttributeUse, Html, Piece, pieces};
use crate::syntax::picture;
use crate::syntax::tree::Reference;

pub(super) const RULE: Rule = Rule {
    name: "image-without-size",
    level: Level::Warning,
    finds: "an image whose size nobody can know, or that cannot be read when it is made to fit on paper",
    explanation: "\
Why it matters
  Paper has no zoom and no scrolling. An image is printed as large as its file says, or smaller
  where it would not fit; where the file says nothing, or is none that can be printed, its
  alternative text stands for it. What must shrink to less than a quarter has letters nobody reads.

What to do
  Give an SVG a `width` and `height`, or a `viewBox`. Save photos as PNG, JPEG, GIF or WebP. Cut a
  large image to what matters, or divide it. Where the size is only known by you, write it:
  `<img src=\"map.svg\" width=\"400\" alt=\"…\">`.
",
    look,
};

/// An image that must shrink to less than this cannot be read.
const LEGIBLE: f64 = 0.25;
/// Points for each pixel.
const POINTS: f64 = 0.75;

fn look(binder: &Binder, findings: &mut Findings) {
    let area = binder.project.config.paper.text_area();
    for text in &binder.texts {
        for (reader, plan, page) in &text.readers {
            let plan = &binder.plans[*plan];
            let links = &plan.pages[*page].links;
            for reference in &text.references {
                for (target, span, has_width) in images(reference) {
                    let problem = match links.get(target) {
                        Some(Target::File(path)) => judge(plan, path, has_width, area),
                        Some(Target::Elsewhere) if !target.contains('…') => Some(Problem {
                            message: format!(
                                "`{target}` is not printed: nothing is fetched from other sites"
                            ),
                            label: "its words stand for it on paper",
                            help: "put a copy of it beside the page",
                        }),
                        _ => None,
                    };
                    if let Some(problem) = problem {
                        let diagnostic = Diagnostic::new(RULE.name, problem.message)
                            .at(span, problem.label)
                            .help(problem.help);
                        findings.tell_in(*reader, diagnostic);
                    }
                }
            }
        }
    }
}

struct Problem {
    message: String,
    label: &'static str,
    help: &'static str,
}

/// The images of a reference: where each is, its place, and whether its width is written.
fn images<'a>(reference: &'a Reference) -> Vec<(&'a str, Span, bool)> {
    match reference {
        Reference::Image(image) => vec![(&image.target, image.target_span, false)],
        Reference::Html(html) => {
            let widths = widths(html);
            let media = html.attributes.iter().filter(|it| it.use_ == AttributeUse::Media);
            media.map(|it| (&*it.value, it.span, widths.iter().any(|src| **src == *it.value))).collect()
        }
        Reference::Link(_) | Reference::Footnote(..) => Vec::new(),
    }
}

/// The addresses of the images that say how wide they are.
fn widths(html: &Html) -> Vec<String> {
    let source = |piece: Piece| match piece {
        Piece::Start { name, attributes, .. } if name == "img" => {
            let value = |key: &str| attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value);
            value("width").and_then(|width| picture::pixels(width)).and(value("src").cloned())
        }
        _ => None,
    };
    pieces(&html.text).into_iter().filter_map(source).collect()
}

fn judge(plan: &Plan, path: &Arc<str>, has_width: bool, area: (f64, f64)) -> Option<Problem> {
    if !picture::is_printable(path) {
        return Some(Problem {
            message: format!("`{path}` cannot be printed"),
            label: "its words stand for it on paper",
            help: "save it as PNG, JPEG, GIF, WebP or SVG",
        });
    }
    let bytes = plan.files.get(path)?;
    let Some((width, height)) = picture::size(path, bytes) else {
        let is_svg = picture::media_type(path) == Some("image/svg+xml");
        return (!(has_width && is_svg)).then(|| Problem {
            message: format!("nobody can know how large `{path}` is"),
            label: if is_svg { "may be of any size on paper" } else { "its words stand for it on paper" },
            help: match is_svg {
                true => "give it a `width` and a `height`, or a `viewBox`",
                false => "is the file whole, and of the kind its name says?",
            },
        });
    };
    let shrunk = (area.0 / (width * POINTS)).min(area.1 / (height * POINTS));
    (shrunk < LEGIBLE && !has_width).then(|| Problem {
        message: format!(
            "`{path}` is {width:.0} by {height:.0} pixels, and shrinks to {:.0} % on paper",
            shrunk * 100.0
        ),
        label: "nobody can read what is written in it",
        help: "cut it to what matters, or divide it",
    })
}
