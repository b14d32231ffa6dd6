//! `redbinder new`

use serde_yaml::{Mapping, Value};

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::diagnostic::did_you_mean;
use crate::files;
use crate::load::RESERVED_NAMES;
use crate::plan::{Plan, Requirement};
use crate::syntax::{Field, Kind, Shape};

const EXAMPLES: &str = "\
Examples:
  redbinder new agency --extends base --title \"The Agency\" \\
      --set contacts.report.email=security@agency.gov --set 'channels.main.address=#incidents'
  redbinder new payroll --extends agency --system

What the layer must state and you have not set is left to fill in; `redbinder check` tells
what is missing and why.";

/// Begin a layer that tailors another
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The layer's name: lower case, with hyphens
    layer: String,

    /// The layer it extends
    #[arg(long, value_name = "LAYER")]
    extends: String,

    /// A system's plan; else an organization's
    #[arg(long)]
    system: bool,

    /// What it is called in a sentence
    #[arg(long)]
    title: Option<String>,

    /// A fact, such as contacts.report.email=security@agency.gov
    #[arg(long = "set", value_name = "PATH=VALUE")]
    facts: Vec<String>,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let name = args.layer.as_str();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(plain) || name.starts_with('-') {
        return Err(Failure::new(format!("`{name}` cannot be a layer's name"))
            .help("use lower case letters, digits and hyphens, such as `grants-portal`"));
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(Failure::new(format!("no layer can be called `{name}`")).help("the site needs this name"));
    }
    let compilation = Compilation::read(&session.root)?;
    let project = &compilation.project;
    if let Some(other) = project.layers.iter().find(|layer| *layer.name == *name) {
        return Err(Failure::new(format!("a layer `{name}` is in {} already", other.folder))
            .help("choose another name"));
    }
    let names = project.layers.iter().map(|layer| &*layer.name);
    let parent = compilation.plans.iter().filter(|plan| *plan.name == *args.extends);
    let Some(parent) = parent.max_by_key(|plan| plan.edition) else {
        let help = did_you_mean(&args.extends, names.clone())
            .unwrap_or_else(|| format!("the layers are {}", names.collect::<Vec<_>>().join(", ")));
        return Err(Failure::new(format!("no layer is called `{}`", args.extends)).help(help));
    };
    let mut facts = Mapping::new();
    set(&mut facts, "extends", &args.extends);
    let title = args.title.clone().unwrap_or_else(|| crate::tailor::title_of_path(name));
    set(&mut facts, if args.system { "system.name" } else { "organization.name" }, &title);
    for fact in &args.facts {
        let Some((path, value)) = fact.split_once('=') else {
            return Err(Failure::new(format!("`{fact}` sets nothing")).help("write PATH=VALUE"));
        };
        if path.trim() == "extends" {
            return Err(Failure::new("`extends` is what `--extends` says").help("leave it out"));
        }
        check_path(path.trim())?;
        set(&mut facts, path.trim(), value.trim());
    }
    let missing = to_state(parent, args, &facts);
    let folder = if args.system { "systems" } else { "organizations" };
    let path = format!("{}/{folder}/{name}/plan.md", project.config.content.value);
    files::write_new_in(&session.root, &path, page(&facts, &missing)?.as_bytes())?;
    tell::line(&format!("wrote {path}"));
    if !missing.is_empty() {
        tell::line("\nState these facts there next:");
        for requirement in missing {
            tell::line(&format!("  {}  {}", requirement.path.value, requirement.why));
        }
    }
    tell::line("\nThen `redbinder check`, and `redbinder serve --open` to read it.");
    Ok(Outcome::Good)
}

/// Whether a plan can state a fact at a path.
fn check_path(path: &str) -> std::result::Result<(), Failure> {
    let mut fields: Vec<&Field> = Kind::Plan.all_fields().collect();
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(field) = fields.iter().find(|field| field.name == part) else {
            let known = fields.iter().map(|field| field.name);
            let help = did_you_mean(part, known.clone());
            let list = format!("there are {}", known.collect::<Vec<_>>().join(", "));
            return Err(Failure::new(format!("a plan has no `{path}`")).help(help.unwrap_or(list)));
        };
        fields = match &field.shape {
            Shape::Record(fields) => fields.iter().collect(),
            Shape::Map(Shape::Record(fields)) => {
                parts.next();
                fields.iter().collect()
            }
            Shape::Map(_) | Shape::ById(..) => return Ok(()),
            _ if parts.peek().is_none() => return Ok(()),
            _ => return Err(Failure::new(format!("`{part}` is a single value")).help("write PATH=VALUE")),
        };
    }
    Err(Failure::new(format!("`{path}` is no single value")).help("name one, such as contacts.report.email"))
}

/// What the new layer has to state and does not yet.
fn to_state<'p>(parent: &'p Plan, args: &Args, facts: &Mapping) -> Vec<&'p Requirement> {
    let by_base = parent.lineage.len() == 1;
    parent
        .requirements
        .iter()
        .filter(|requirement| match requirement.set_by.as_str() {
            "organization" => by_base,
            "system" => args.system,
            _ => parent.values.at(&requirement.path.value).is_none(),
        })
        .filter(|requirement| !is_set(facts, &requirement.path.value))
        .collect()
}

fn is_set(facts: &Mapping, path: &str) -> bool {
    match path.split_once('.') {
        None => facts.contains_key(path),
        Some((first, rest)) => {
            facts.get(first).and_then(Value::as_mapping).is_some_and(|inner| is_set(inner, rest))
        }
    }
}

fn set(facts: &mut Mapping, path: &str, value: &str) {
    match path.split_once('.') {
        None => drop(facts.insert(path.into(), value.into())),
        Some((first, rest)) => {
            let inner = facts.entry(first.into()).or_insert_with(|| Mapping::new().into());
            if !inner.is_mapping() {
                *inner = Mapping::new().into();
            }
            if let Some(inner) = inner.as_mapping_mut() {
                set(inner, rest, value);
            }
        }
    }
}

fn page(facts: &Mapping, missing: &[&Requirement]) -> std::result::Result<String, Failure> {
    let mut text = String::from("---\n");
    text += &serde_yaml::to_string(facts).map_err(Failure::new)?;
    if !missing.is_empty() {
        text += "\n# To be stated here:\n";
        for requirement in missing {
            let line = format!("{}: {}", requirement.path.value, requirement.why);
            text += &format!("# {}\n", line.replace('\n', " ").trim());
        }
    }
    text += "---\n";
    Ok(text)
}
