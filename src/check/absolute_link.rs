//! `absolute-link`: a link from the root of the site, where a relative one would do.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Target;
use crate::syntax::tree::Reference;

pub(super) const RULE: Rule = Rule {
    name: "absolute-link",
    level: Level::Warning,
    finds: "a link that begins with `/`, where one relative to the page would survive a move",
    explanation: "\
Why it matters
  `/response.md` names the root of something: of the layer here, of the repository on a code
  host, of the disk for somebody who has a copy. A relative link means the same everywhere.

What to do
  Write the path from the page: `../response.md#handoff`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for text in &binder.texts {
        for reference in &text.references {
            let (target, span) = match reference {
                Reference::Link(link) => (&link.target, link.target_span),
                Reference::Image(image) => (&image.target, image.target_span),
                Reference::Html(_) | Reference::Footnote(..) => continue,
            };
            for (reader, plan, page) in text.readers.iter().filter(|_| target.starts_with('/')) {
                let page = &binder.plans[*plan].pages[*page];
                if !matches!(page.links.get(target), Some(Target::Page(..) | Target::File(_))) {
                    continue;
                }
                let relative = relative(&page.path, target);
                let mut diagnostic =
                    Diagnostic::new(RULE.name, format!("`{target}` begins at the root of the layer"))
                        .at(span, "breaks when the folder moves")
                        .help(format!("write `{relative}`"));
                if sources.text(span) == &**target {
                    diagnostic = diagnostic.fix(span, relative);
                }
                findings.tell_in(*reader, diagnostic);
            }
        }
    }
}

/// A path from the layer's folder as a page of it would link it.
fn relative(page: &str, target: &str) -> String {
    let path = target.trim_start_matches('/');
    let mut from: Vec<&str> = page.split('/').collect();
    from.pop();
    let to: Vec<&str> = path.split('/').collect();
    let shared = from.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - shared);
    format!("{up}{}", to[shared..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_relative_path_goes_up_as_far_as_it_must() {
        assert_eq!(relative("roles/scribe.md", "/response.md#handoff"), "../response.md#handoff");
        assert_eq!(relative("response.md", "/roles/scribe.md"), "roles/scribe.md");
        assert_eq!(relative("roles/scribe.md", "/roles/reporter.md"), "reporter.md");
        assert_eq!(relative("a/b/c.md", "/a/d/e.md"), "../d/e.md");
    }
}
