//! `redbinder accept`

use std::collections::BTreeMap;

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, drift, tell};
use crate::files;
use crate::tailor::drift::{Lock, State, Tailoring, tailorings};

const EXAMPLES: &str = "\
Examples:
  redbinder drift response.md#channels --layer bixal     look first
  redbinder accept response.md#channels --layer bixal
  redbinder accept --all --layer bixal                   having looked at all of them

The place is written to tailoring.lock in the layer's folder, with a mark of the inherited text
as it is now. Lines that nothing needs any more are taken out.";

/// Say that you have looked at the inherited text of a tailoring
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What is tailored: a page, or a section of it
    #[arg(value_name = "PAGE#SECTION", required_unless_present = "all", conflicts_with = "all")]
    places: Vec<String>,

    /// The layer that tailors it; needed where several do
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,

    /// Every tailoring
    #[arg(long)]
    all: bool,
}

pub fn run(session: &Session, args: &Args) -> Result {
    let compilation = Compilation::read(&session.root)?;
    let project = &compilation.project;
    let layers = drift::layers(project, args.layer.as_deref())?;
    let found: Vec<(usize, Vec<Tailoring>)> =
        layers.into_iter().map(|layer| (layer, tailorings(project, layer))).collect();
    for place in &args.places {
        let by = found.iter().filter(|(_, found)| found.iter().any(|tailoring| tailoring.place == *place));
        let names: Vec<&str> = by.map(|(layer, _)| &*project.layers[*layer].name).collect();
        match names.len() {
            1 => {}
            0 => return Err(drift::unknown_place(place, &found)),
            _ => {
                let failure = Failure::new(format!("`{place}` is tailored by {}", names.join(", ")));
                return Err(failure.help("say which with --layer"));
            }
        }
    }
    let mut count = 0;
    for (layer, tailorings) in &found {
        let lock = Lock::of(project, *layer);
        let mut entries = BTreeMap::new();
        for tailoring in tailorings {
            let is_meant = args.all || args.places.contains(&tailoring.place);
            if is_meant {
                count += usize::from(State::of(tailoring, &lock) != State::Fresh);
                entries.insert(tailoring.place.clone(), tailoring.mark.clone());
            } else if let Some((mark, _)) = lock.entries.get(&tailoring.place) {
                entries.insert(tailoring.place.clone(), mark.clone());
            }
        }
        let text = Lock::write(&entries);
        let old = project.layers[*layer].lock.map(|source| &*project.sources.get(source).text);
        if old != Some(text.as_str()) && !(old.is_none() && entries.is_empty()) {
            let path = format!("{}/tailoring.lock", project.layers[*layer].folder);
            files::write_in(&session.root, &path, text.as_bytes())?;
            tell::line(&format!("wrote {path}"));
        }
    }
    tell::line(&format!("accepted {}", tell::number(count, "tailoring")));
    Ok(Outcome::Good)
}
