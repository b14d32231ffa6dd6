//! `redbinder variants`

use std::fmt::Write;

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::load::{Layer, PageSource, Project, has_template};
use crate::syntax::{Document, Kind, Map, Section, Value, markdown};

const EXAMPLES: &str = "\
Examples:
  redbinder variants
  redbinder variants --brief       the tree alone";

/// Show the layers, who extends whom, and what each tailors
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The tree alone
    #[arg(long)]
    brief: bool,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let compilation = Compilation::read(&session.root)?;
    let project = &compilation.project;
    if project.layers.is_empty() {
        let failure = Failure::new(format!("{} has no layer", project.config.content.value));
        return Err(failure.help("`redbinder check` says why; `redbinder init` begins a project"));
    }
    let roots = children(project, None);
    let mut text = String::new();
    for root in roots {
        write_layer(project, root, "", "", args.brief, &mut text);
    }
    tell::line(text.trim_end());
    Ok(Outcome::Good)
}

fn children(project: &Project, parent: Option<usize>) -> Vec<usize> {
    (0..project.layers.len()).filter(|layer| project.layers[*layer].parent == parent).collect()
}

fn write_layer(project: &Project, index: usize, branch: &str, indent: &str, brief: bool, text: &mut String) {
    let layer = &project.layers[index];
    let front = layer.plan().map(|plan| plan.front.clone()).unwrap_or_default();
    let title = crate::tailor::layer_title(&layer.name, &front);
    let _ = writeln!(text, "{branch}{}  {title}, in {}", layer.name, layer.folder);
    let below = children(project, Some(index));
    if !brief {
        let bar = if below.is_empty() { "   " } else { "│  " };
        let changes = if layer.parent.is_some() {
            changes(project, index)
        } else {
            vec![tell::number(layer.pages.len(), "page")]
        };
        for change in changes {
            let _ = writeln!(text, "{indent}{bar}{change}");
        }
    }
    for (at, child) in below.iter().enumerate() {
        let last = at + 1 == below.len();
        let (branch, more) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        write_layer(project, *child, &format!("{indent}{branch}"), &format!("{indent}{more}"), brief, text);
    }
}

/// What a layer changes in what it inherits, a line for each page.
fn changes(project: &Project, index: usize) -> Vec<String> {
    let layer = &project.layers[index];
    let lineage = project.lineage(index);
    let inherited: Vec<&Layer> =
        lineage[..lineage.len() - 1].iter().map(|layer| &project.layers[*layer]).collect();
    layer
        .pages
        .iter()
        .map(|(path, page)| {
            let is_new = !inherited.iter().any(|layer| layer.pages.contains_key(path));
            let mut parts = Vec::new();
            match page.front.get("tailor").and_then(|node| node.value.as_text()) {
                _ if is_new => parts.push("new page".to_string()),
                Some(verb) => parts.push(format!("{verb}s the page")),
                None => {
                    parts.extend(facts(page));
                    parts.extend(sections(project, page));
                }
            }
            format!("{path}: {}", if parts.is_empty() { "nothing".into() } else { parts.join("; ") })
        })
        .collect()
}

fn facts(page: &PageSource) -> Option<String> {
    let keys: Vec<&str> = page
        .front
        .iter()
        .map(|(key, _)| key.value.as_str())
        .filter(|key| page.kind != Kind::Plan || *key != "extends")
        .collect();
    let count = leaves(&page.front) - usize::from(page.front.get("extends").is_some());
    (count > 0).then(|| format!("{} in {}", tell::number(count, "fact"), keys.join(", ")))
}

fn leaves(map: &Map) -> usize {
    map.iter()
        .map(|(_, node)| match &node.value {
            Value::Map(inner) => leaves(inner),
            Value::Null | Value::Flag(_) | Value::Text(_) | Value::List(_) => 1,
        })
        .sum()
}

/// The changes of a page's headings: `appends to #handoff`.
fn sections(project: &Project, page: &PageSource) -> Vec<String> {
    let text = &project.sources.get(page.source).text;
    let read;
    let document: &Document = match &page.document {
        Some(document) => document,
        None => {
            // The headings are the same whatever the values are.
            debug_assert!(has_template(&text[page.body.clone()]));
            let map = crate::source::ExpansionMap::copied(page.body.start);
            read = markdown::parse(page.source, &text[page.body.clone()], &map);
            &read
        }
    };
    let mut found = Vec::new();
    let mut see = |section: &Section| {
        if let Some(verb) = section.verb {
            found.push(format!("{} #{}", verb.name(), section.id));
        } else if let Some(placement) = &section.placement {
            found.push(format!("new #{} by #{}", section.id, placement.neighbour()));
        }
    };
    document.sections.iter().for_each(|section| section.walk(&mut see));
    found
}
