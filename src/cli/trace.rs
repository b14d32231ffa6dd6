//! `redbinder trace`

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::diagnostic::did_you_mean;
use crate::plan::Plan;
use crate::source::Span;
use crate::syntax::{Block, Section};
use crate::tailor::{Page, Variant};

const EXAMPLES: &str = "\
Examples:
  redbinder trace response.md#channels --variant bixal
  redbinder trace response --variant bixal      every section of the page";

/// Show which layer and line each part of a page comes from
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A page, or a section of it
    #[arg(value_name = "PAGE#SECTION")]
    place: String,

    /// The variant it is read in
    #[arg(long, value_name = "VARIANT")]
    variant: String,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let compilation = Compilation::read(&session.root)?;
    // The edition that shows most.
    let found = compilation
        .variants
        .iter()
        .zip(&compilation.plans)
        .filter(|(variant, _)| *variant.name == *args.variant);
    let Some((variant, plan)) = found.max_by_key(|(variant, _)| variant.edition) else {
        let names = compilation.project.layers.iter().map(|layer| &*layer.name);
        let help = did_you_mean(&args.variant, names.clone())
            .unwrap_or_else(|| format!("the variants are {}", names.collect::<Vec<_>>().join(", ")));
        return Err(Failure::new(format!("no variant is called `{}`", args.variant)).help(help));
    };
    let (path, id) = match args.place.split_once('#') {
        Some((path, id)) => (path, Some(id)),
        None => (args.place.as_str(), None),
    };
    let path = path.trim_start_matches("./");
    if path.is_empty() {
        let failure = Failure::new(format!("`{}` names no page", args.place));
        return Err(failure.help("name it by its path from the layer's folder, such as `response.md#report`"));
    }
    let path = if path.ends_with(".md") { path.to_string() } else { format!("{path}.md") };
    let Some(page) = variant.pages.get(path.as_str()) else {
        let failure = Failure::new(format!("`{}` has no page `{path}`", variant.name));
        return Err(failure.help(
            did_you_mean(&path, variant.pages.keys().map(|path| &**path))
                .unwrap_or_else(|| "name it by its path from the layer's folder".into()),
        ));
    };
    let tracer = Tracer { compilation: &compilation, variant, plan };
    match id {
        None => tracer.page(page),
        Some(id) => {
            let mut sections: Vec<&Section> = Vec::new();
            page.body.walk(&mut |section| {
                if &*section.id == id {
                    sections.push(section);
                }
            });
            let Some(section) = sections.first() else {
                let failure = Failure::new(format!("`{path}` has no section `{id}` in {}", variant.name));
                let ids = page.body.ids();
                let list = format!("its sections are {}", ids.join(", "));
                return Err(failure.help(did_you_mean(id, ids.iter().copied()).unwrap_or(list)));
            };
            tracer.section(section, 0);
        }
    }
    Ok(Outcome::Good)
}

struct Tracer<'c> {
    compilation: &'c Compilation,
    variant: &'c Variant,
    plan: &'c Plan,
}

impl Tracer<'_> {
    fn page(&self, page: &Page) {
        let layers: Vec<&str> = page.layers.iter().map(|layer| &*self.variant.lineage[*layer].name).collect();
        tell::line(&format!("{} in {}: {}", page.path, self.variant.name, layers.join(", then ")));
        for part in &page.body.top {
            self.blocks(part, "#top", 0);
        }
        for section in &page.body.sections {
            self.section(section, 0);
        }
    }

    fn section(&self, section: &Section, depth: usize) {
        let name = format!("#{}", section.id);
        self.row(&name, "heading", section.span, section.span, depth);
        for part in &section.parts {
            self.blocks(part, &name, depth);
        }
        for child in &section.children {
            self.section(child, depth + 1);
        }
    }

    fn blocks(&self, blocks: &[Block], name: &str, depth: usize) {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return };
        self.row(name, "text", first.span(), last.span(), depth);
        let whole = Span { end: last.span().end.max(first.span().end), ..first.span() };
        let text = self.compilation.project.sources.text(whole);
        for path in expressions(text) {
            if let Some(place) = self.plan.places.get(path) {
                let value = self.plan.values.at(path).and_then(|node| node.value.as_text()).unwrap_or("…");
                let indent = "  ".repeat(depth + 1);
                tell::line(&format!(
                    "{indent}value    {:14} {}:{}  {path} is {value}",
                    place.layer, place.file, place.line
                ));
            }
        }
    }

    fn row(&self, name: &str, what: &str, first: Span, last: Span, depth: usize) {
        let source = self.compilation.project.sources.get(first.source);
        let layer = self.compilation.project.layer_of(first).map_or("", |layer| &layer.name);
        let (from, _) = source.line_column(first.start);
        let (to, _) = source.line_column(last.end.max(first.start));
        let lines = if from == to { from.to_string() } else { format!("{from}-{to}") };
        let indent = "  ".repeat(depth);
        let name = if what == "heading" || name == "#top" { name } else { "" };
        if !name.is_empty() {
            tell::line(&format!("{indent}{name}"));
        }
        tell::line(&format!("{indent}  {what:8} {layer:14} {}:{lines}", source.path));
    }
}

/// The paths printed by the expressions of a template: `timers.report.within`.
fn expressions(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for part in text.split("{{").skip(1) {
        let inside = part.split("}}").next().unwrap_or_default();
        let path = inside.split('|').next().unwrap_or_default().trim();
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}
