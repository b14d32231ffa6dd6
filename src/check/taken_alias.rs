//! `taken-alias`: an old address that something else has.

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "taken-alias",
    level: Level::Error,
    finds: "an alias that is a page's own address, another page's alias, or no address inside the variant",
    explanation: "\
Why it matters
  `aliases` keep old addresses working after a page has moved. One address can lead to one
  page only.

What to do
  Write an alias as the old path from the variant's folder: `incident/reporting.html`.
  Keep it at one page.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for plan in binder.plans {
        let reader = (&*plan.name, plan.edition);
        let mut taken: BTreeMap<String, Span> = BTreeMap::new();
        for page in &plan.pages {
            for alias in &page.aliases {
                let path = alias.value.trim_matches('/');
                let path = path.strip_suffix(".html").unwrap_or(path);
                let climbs = path.is_empty() || path.split('/').any(|part| part.is_empty() || part == "..");
                let is_page = plan.page_index(&format!("{path}.md")).is_some() || path == "index";
                let diagnostic = if climbs {
                    Diagnostic::new(RULE.name, format!("`{}` is no address inside the variant", alias.value))
                        .at(alias.span, "not a path from the variant's folder")
                        .help("write the old path, such as `incident/reporting.html`")
                } else if is_page {
                    Diagnostic::new(RULE.name, format!("`{}` is the address of a page", alias.value))
                        .at(alias.span, "cannot lead elsewhere")
                        .help("choose another alias, or rename the page")
                } else if let Some(first) = taken.get(path) {
                    Diagnostic::new(RULE.name, format!("two pages have the alias `{}`", alias.value))
                        .at(alias.span, "the second")
                        .and(*first, "the first")
                        .help("keep it at one page")
                } else {
                    taken.insert(path.to_string(), alias.span);
                    continue;
                };
                findings.tell_in(reader, diagnostic);
            }
        }
    }
}
