//! `redbinder drift`

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::diagnostic::did_you_mean;
use crate::load::Project;
use crate::source::Span;
use crate::tailor::drift::{Lock, State, Tailoring, tailorings};

const EXAMPLES: &str = "\
Examples:
  redbinder drift                                 every tailoring, with its state
  redbinder drift --layer bixal --format markdown    a table for a review meeting
  redbinder drift response.md#channels            the inherited text beside the layer's own

States are fresh, stale (the inherited text has moved since it was accepted) and unaccepted.";

/// Show what each tailoring was written against, and what has moved since
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Show this one: a page, or a section of it
    #[arg(value_name = "PAGE#SECTION")]
    place: Option<String>,

    /// Of this layer only
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,

    /// How to write the list
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "place")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for a terminal
    Text,
    /// A table
    Markdown,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let compilation = Compilation::read(&session.root)?;
    let project = &compilation.project;
    let found: Vec<(usize, Vec<Tailoring>)> = layers(project, args.layer.as_deref())?
        .into_iter()
        .map(|layer| (layer, tailorings(project, layer)))
        .collect();
    match &args.place {
        Some(place) => show(project, place, &found)?,
        None => list(project, &found, args.format),
    }
    let all_fresh = found.iter().all(|(layer, found)| {
        let lock = Lock::of(project, *layer);
        found.iter().all(|tailoring| State::of(tailoring, &lock) == State::Fresh)
    });
    Ok(if all_fresh { Outcome::Good } else { Outcome::Faulty })
}

/// The layers to look at: one, or all.
pub fn layers(project: &Project, name: Option<&str>) -> std::result::Result<Vec<usize>, Failure> {
    let Some(name) = name else { return Ok((0..project.layers.len()).collect()) };
    let names = project.layers.iter().map(|layer| &*layer.name);
    match names.clone().position(|known| known == name) {
        Some(layer) => Ok(vec![layer]),
        None => {
            let help = did_you_mean(name, names.clone());
            let list = format!("the layers are {}", names.collect::<Vec<_>>().join(", "));
            Err(Failure::new(format!("no layer is called `{name}`")).help(help.unwrap_or(list)))
        }
    }
}

/// Says that nothing is tailored at a place.
pub fn unknown_place(place: &str, found: &[(usize, Vec<Tailoring>)]) -> Failure {
    let places = found.iter().flat_map(|(_, found)| found.iter().map(|tailoring| tailoring.place.as_str()));
    let help = did_you_mean(place, places).unwrap_or("`redbinder drift` lists the tailorings".into());
    Failure::new(format!("nothing tailors `{place}`")).help(help)
}

fn list(project: &Project, found: &[(usize, Vec<Tailoring>)], format: Format) {
    if format == Format::Markdown {
        tell::line("| Layer | Place | Does | State |\n| --- | --- | --- | --- |");
    }
    let width = found.iter().flat_map(|(_, found)| found).map(|tailoring| tailoring.place.len()).max();
    let width = width.unwrap_or(0);
    let mut counts = [0; 3];
    for (layer, tailorings) in found {
        let lock = Lock::of(project, *layer);
        let name = &project.layers[*layer].name;
        for tailoring in tailorings {
            let state = State::of(tailoring, &lock);
            counts[state as usize] += 1;
            let redundant = if tailoring.redundant { ", redundant" } else { "" };
            let (place, verb, state) = (&tailoring.place, tailoring.verb, state.name());
            tell::line(&match format {
                Format::Text => format!("{name:16} {place:width$}  {verb:8} {state}{redundant}"),
                Format::Markdown => format!("| {name} | `{place}` | {verb} | {state}{redundant} |"),
            });
        }
    }
    if format == Format::Text {
        let [fresh, stale, unaccepted] = counts;
        tell::line(&format!("{fresh} fresh, {stale} stale, {unaccepted} unaccepted"));
    }
}

fn show(
    project: &Project,
    place: &str,
    found: &[(usize, Vec<Tailoring>)],
) -> std::result::Result<(), Failure> {
    let mut shown = false;
    for (layer, tailorings) in found {
        let lock = Lock::of(project, *layer);
        for tailoring in tailorings.iter().filter(|tailoring| tailoring.place == place) {
            shown = true;
            let name = &project.layers[*layer].name;
            let state = State::of(tailoring, &lock).name();
            tell::line(&format!("{place} in {name}: {}, {state}\n", tailoring.verb));
            tell::line("The inherited text as it is now");
            texts(project, &tailoring.inherited);
            tell::line(&format!("\nWhat {name} writes"));
            texts(project, &tailoring.own);
        }
    }
    if shown { Ok(()) } else { Err(unknown_place(place, found)) }
}

fn texts(project: &Project, spans: &[Span]) {
    for span in spans {
        tell::line(&format!("  {}", project.sources.place(*span)));
        for line in project.sources.text(*span).trim_end().lines() {
            tell::line(&format!("  | {line}"));
        }
    }
}
