//! `taken-address`: an address of the site that two things want.

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanPage;
use crate::plan::address::{in_folder, of_alias, of_page};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "taken-address",
    level: Level::Error,
    finds: "an alias, a page or a file whose address something else has, or an alias outside the variant",
    explanation: "\
Why it matters
  One address can lead to one thing only. `aliases` keep old addresses working after a page
  has moved; `plan.md` is `index.html`, and `plan.json` is written for every variant.

What to do
  Write an alias as the old path from the variant's folder: `incident/reporting.html`.
  Keep it at one page. Rename a page or a file that wants another's address.
",
    look,
};

/// What has an address.
#[derive(Debug, Clone, Copy)]
enum Holder {
    /// A page
    Page,
    /// A page's alias
    Alias(Span),
    /// Something the site writes itself
    Site,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let mut taken: BTreeMap<String, Holder> = BTreeMap::new();
    let editions = &binder.project.config.editions;
    for folder in editions.values() {
        taken.insert(in_folder(&folder.value, "index.html"), Holder::Site);
        taken.insert(in_folder(&folder.value, "404.html"), Holder::Site);
    }
    for plan in binder.plans {
        let folder = editions.get(plan.edition.name()).map_or("", |folder| &folder.value);
        let folder = in_folder(folder, &plan.name);
        let reader = (&*plan.name, plan.edition);
        taken.insert(format!("{folder}/plan.json"), Holder::Site);
        for page in &plan.pages {
            let address = format!("{folder}/{}", of_page(&page.path));
            let diagnostic = taken.insert(address, Holder::Page).map(|_| clash_of_pages(page));
            tell(findings, reader, diagnostic);
        }
        for page in &plan.pages {
            for alias in &page.aliases {
                let diagnostic = match alias_fault(&alias.value) {
                    Some(problem) => Some(problem.at(alias.span, "cannot lead here")),
                    None => {
                        let address = format!("{folder}/{}", of_alias(&alias.value));
                        let before = taken.get(&address).copied();
                        taken.entry(address).or_insert(Holder::Alias(alias.span));
                        before.map(|holder| clash_of_alias(&alias.value, alias.span, holder))
                    }
                };
                tell(findings, reader, diagnostic);
            }
        }
        for path in plan.files.keys() {
            if taken.contains_key(&format!("{folder}/{path}")) {
                let diagnostic = Diagnostic::new(
                    RULE.name,
                    format!("the file `{path}` has the address of something else"),
                )
                .file(path.to_string())
                .help("rename the file");
                findings.tell_in(reader, diagnostic);
            }
        }
    }
}

fn tell(findings: &mut Findings, reader: Reader, diagnostic: Option<Diagnostic>) {
    if let Some(diagnostic) = diagnostic {
        findings.tell_in(reader, diagnostic);
    }
}

fn alias_fault(alias: &str) -> Option<Diagnostic> {
    let path = alias.trim_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    let outside =
        path.is_empty() || path.contains(':') || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    outside.then(|| {
        Diagnostic::new(RULE.name, format!("`{alias}` is no address inside the variant"))
            .help("write the old path from the variant's folder, such as `incident/reporting.html`")
    })
}

fn clash_of_pages(page: &PlanPage) -> Diagnostic {
    let address = of_page(&page.path);
    Diagnostic::new(RULE.name, format!("`{}` has the address of something else, `{address}`", page.path))
        .at(page.start, "cannot be published")
        .help("rename the file")
}

fn clash_of_alias(alias: &str, span: Span, holder: Holder) -> Diagnostic {
    let new = |message: String| Diagnostic::new(RULE.name, message);
    match holder {
        Holder::Alias(first) => new(format!("two pages have the alias `{alias}`"))
            .at(span, "the second")
            .and(first, "the first")
            .help("keep it at one page"),
        Holder::Page | Holder::Site => new(format!("`{alias}` is the address of a page"))
            .at(span, "cannot lead elsewhere")
            .help("choose another alias, or rename the page"),
    }
}
