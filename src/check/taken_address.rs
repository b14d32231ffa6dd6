//! `taken-address`: an address of the site that two things want.

use std::collections::BTreeMap;

use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::PlanPage;
use crate::plan::address::{OF_SITE, in_folder, of_alias, of_page};
use crate::source::Span;
use crate::syntax::Kind;

pub(super) const RULE: Rule = Rule {
    name: "taken-address",
    level: Level::Error,
    finds: "an alias, a page or a file whose address something else has or no disk takes, or an alias outside the variant",
    explanation: "\
Why it matters
  One address can lead to one thing only. `aliases` keep old addresses working after a page
  has moved; `plan.md` is `index.html`, and files such as `plan.json`, `search.html` and `print.html`
  are written for every variant. A name in an address has 255 bytes at most, and all of it 2,000:
  disks and servers take no longer ones, and a letter with an accent has two bytes or more. A layer's
  name has 190 bytes at most, since its packs are called after it.

What to do
  Write an alias as the old path from the variant's folder: `incident/reporting.html`.
  Keep it at one page. Rename a page or a file that wants another's address.
",
    look,
};

/// The bytes of the longest name that a disk takes.
const LONGEST_NAME: usize = 255;
/// The bytes of the longest address that servers take, and disks beside the folders it lies in.
const LONGEST_ADDRESS: usize = 2_000;

/// The bytes of the longest name of a layer: its packs say their edition and version too.
const LONGEST_LAYER: usize = 190;

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

/// What is at each address.
#[derive(Default)]
struct Taken {
    exactly: BTreeMap<String, Holder>,
    /// The same, whatever the case: many systems do not tell case apart.
    roughly: BTreeMap<String, Holder>,
}

impl Taken {
    /// Gives an address to something; returns what has it, or has a folder on its way, or has
    /// something in it. Files whose names differ only in case are told as such elsewhere.
    fn take(&mut self, address: &str, holder: Holder) -> Option<Holder> {
        let lower = address.to_lowercase();
        let (known, address) = match holder {
            Holder::Alias(_) => (&self.roughly, lower.as_str()),
            Holder::Page | Holder::Site => (&self.exactly, address),
        };
        let on_the_way = address.match_indices('/').find_map(|(at, _)| known.get(&address[..at]));
        let inside = format!("{address}/");
        let within = known.range(inside.clone()..).next().filter(|(other, _)| other.starts_with(&inside));
        let before = known.get(address).or(on_the_way).or(within.map(|(_, holder)| holder)).copied();
        if before.is_none() {
            self.exactly.insert(address.to_string(), holder);
            self.roughly.insert(lower, holder);
        }
        before
    }
}

fn look(binder: &Binder, findings: &mut Findings) {
    let mut taken = Taken::default();
    let editions = &binder.project.config.editions;
    for folder in editions.values() {
        if is_too_long(&folder.value) {
            let diagnostic =
                Diagnostic::new(RULE.name, "no disk takes a name as long as this edition's folder has");
            findings.tell(diagnostic.at(folder.span, "cannot be written").help("give it a shorter name"));
            // So has whatever is in it.
            return;
        }
        for file in ["index.html", "404.html", "plan.schema.json"] {
            taken.take(&in_folder(&folder.value, file), Holder::Site);
        }
    }
    taken.take("sitemap.xml", Holder::Site);
    for (plan, variant) in binder.plans.iter().zip(binder.variants) {
        let folder = editions.get(plan.edition.name()).map_or("", |folder| &folder.value);
        let folder = in_folder(folder, &plan.name);
        let reader = (&*plan.name, plan.edition);
        for file in OF_SITE {
            taken.take(&format!("{folder}/{file}"), Holder::Site);
        }
        // The layer's own page keeps its address whatever else wants it.
        let (own, others): (Vec<_>, Vec<_>) = plan.pages.iter().partition(|page| page.kind == Kind::Plan);
        if plan.name.len() > LONGEST_LAYER
            && let Some(layer) = variant.lineage.last()
        {
            let length = plan.name.len();
            let message = format!("a layer's name has {LONGEST_LAYER} bytes at most, and this one {length}");
            let diagnostic = Diagnostic::new(RULE.name, message).help("give its folder a shorter name");
            findings.tell_in(reader, diagnostic.file(&*binder.project.layers[layer.layer].folder));
        }
        for page in own.into_iter().chain(others) {
            let address = format!("{folder}/{}", of_page(&page.path));
            let clash = match is_too_long(&address) {
                true => Some(too_long(&page.path).at(page.start, "cannot be published").help(SHORTER)),
                false => taken.take(&address, Holder::Page).map(|_| clash_of_pages(page)),
            };
            tell(findings, reader, clash);
        }
        for page in &plan.pages {
            for alias in &page.aliases {
                let address = format!("{folder}/{}", of_alias(&alias.value));
                let diagnostic = match alias_fault(&alias.value) {
                    Some(problem) => Some(problem.at(alias.span, "cannot lead here")),
                    None if is_too_long(&address) => {
                        let told = too_long(&alias.value).at(alias.span, "cannot lead here");
                        Some(told.help("take it out: no address as long as this was ever one of the site"))
                    }
                    None => taken
                        .take(&address, Holder::Alias(alias.span))
                        .map(|holder| clash_of_alias(&alias.value, alias.span, holder)),
                };
                tell(findings, reader, diagnostic);
            }
        }
        for path in plan.files.keys() {
            let address = format!("{folder}/{path}");
            let is_long = is_too_long(&address);
            if is_long || taken.take(&address, Holder::Site).is_some() {
                let layer = variant.assets.get(path).map(|(place, _)| variant.lineage[*place].layer);
                let folder = layer.map_or("", |layer| &binder.project.layers[layer].folder);
                let diagnostic = match is_long {
                    true => too_long(path).help(SHORTER),
                    false => {
                        let message = format!("the file `{path}` has the address of something else");
                        Diagnostic::new(RULE.name, message).help("rename the file")
                    }
                };
                findings.tell_in(reader, diagnostic.file(format!("{folder}/{path}")));
            }
        }
    }
}

const SHORTER: &str = "give the file, or a folder it is in, a shorter name";

fn is_too_long(address: &str) -> bool {
    address.len() > LONGEST_ADDRESS || address.split('/').any(|name| name.len() > LONGEST_NAME)
}

fn too_long(path: &str) -> Diagnostic {
    Diagnostic::new(RULE.name, format!("no disk takes a name as long as the address of `{path}` has"))
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
