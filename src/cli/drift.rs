//! `redbinder drift`

mod list;
mod then;
mod view;

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, tell};
use crate::diagnostic::did_you_mean;
use crate::load::Project;
use crate::tailor::drift::{Lock, State, Tailoring, tailorings};

const EXAMPLES: &str = "\
Examples:
  redbinder drift                                 every tailoring, with its state
  redbinder drift --layer bixal --format markdown    tables for a review meeting
  redbinder drift response.md#channels            what was inherited then and now, and ours

States, the most urgent first:
  stale       the inherited text has moved since it was accepted
  unaccepted  nobody has said that they looked at the inherited text
  redundant   accepted, and says what is inherited anyway
  fresh       the inherited text is the one that was accepted

After them come the facts that the base says each variant must confirm (`requires:` in plan.md),
where a variant only inherits them.

What an inherited text said when it was accepted is looked for in git's history.

JSON is one document: {\"tailorings\": [{state, redundant, layer, place, verb, file, line}],
\"facts\": [{variant, fact, value, set_by, why, refused, from, file, line}]}. `refused` facts must not
be inherited from there; `from`, `file` and `line` say where a fact is inherited from.

Exit status: 1 where a tailoring is stale or unaccepted.";

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

    /// How to write the lists
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "place")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for a terminal
    Text,
    /// Two tables
    Markdown,
    /// For another program
    Json,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let compilation = Compilation::read(&session.root)?;
    let project = &compilation.project;
    let found: Vec<(usize, Vec<Tailoring>)> = layers(project, args.layer.as_deref())?
        .into_iter()
        .map(|layer| (layer, tailorings(project, layer)))
        .collect();
    if let Some(place) = &args.place {
        return show(session, project, place, &found);
    }
    let list = list::List::of(&compilation, &found);
    let text = match args.format {
        Format::Text => list.text(),
        Format::Markdown => list.markdown(),
        Format::Json => list.json(),
    };
    tell::line(text.trim_end());
    Ok(if list.is_urgent() { Outcome::Faulty } else { Outcome::Good })
}

/// Shows the tailorings of a place, one layer's after another's.
fn show(session: &Session, project: &Project, place: &str, found: &[(usize, Vec<Tailoring>)]) -> Result {
    let mut states = Vec::new();
    for (layer, tailorings) in found {
        for tailoring in tailorings.iter().filter(|tailoring| tailoring.place == place) {
            if !states.is_empty() {
                tell::line("");
            }
            states.push(view::show(session, project, *layer, tailoring));
        }
    }
    if !states.is_empty() {
        let all_fresh = states.iter().all(|state| *state == State::Fresh);
        return Ok(if all_fresh { Outcome::Good } else { Outcome::Faulty });
    }
    // Accepted once, and its inherited text is there no more.
    for (layer, _) in found {
        if let Some((mark, _)) = Lock::of(project, *layer).entries.get(place) {
            view::show_lost(session, project, *layer, place, mark);
            return Ok(Outcome::Faulty);
        }
    }
    Err(unknown_place(place, found))
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
