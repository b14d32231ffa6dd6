//! `redbinder accept`

use std::collections::BTreeMap;

use crate::Compilation;
use crate::cli::{Failure, Outcome, Result, Session, drift, tell};
use crate::files;
use crate::load::{Project, ProjectFault};
use crate::source::Span;
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
    for (layer, _) in &found {
        refuse_unread(project, *layer)?;
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
        let path = path_of_lock(project, *layer);
        let old = project.layers[*layer].lock.map(|source| &*project.sources.get(source).text);
        if old != Some(text.as_str()) && !(old.is_none() && entries.is_empty()) {
            files::write_in(&session.root, &path, text.as_bytes())?;
            tell::line(&format!("wrote {path}"));
        } else {
            files::remove_leftovers(&session.root, &path);
        }
    }
    tell::line(&format!("accepted {}", tell::number(count, "tailoring")));
    Ok(Outcome::Good)
}

fn path_of_lock(project: &Project, layer: usize) -> String {
    format!("{}/tailoring.lock", project.layers[layer].folder)
}

/// Refuses where a lock is there and could not be read: what it knows would be lost in the new one.
fn refuse_unread(project: &Project, layer: usize) -> Result<()> {
    let path = path_of_lock(project, layer);
    let is_own = |span: &Span| *project.sources.get(span.source).path == *path;
    let why = project.faults.iter().find_map(|fault| match fault {
        ProjectFault::Unreadable { path: of, reason } if *of == path => Some(reason.clone()),
        ProjectFault::TooLarge { path: of, limit } if *of == path => {
            Some(format!("it is larger than {limit}"))
        }
        ProjectFault::SymlinkLoop(of) if *of == path => Some("the link turns in circles".into()),
        ProjectFault::OutsideProject(of) if *of == path => Some("the link leads out of the project".into()),
        ProjectFault::NotUtf8(span) if is_own(span) => Some("it is not UTF-8".into()),
        ProjectFault::Unwritable(span, _) if is_own(span) => {
            Some("it has characters that nobody writes".into())
        }
        _ => None,
    });
    let Some(why) = why else { return Ok(()) };
    let failure = Failure::new(format!("`{path}` cannot be read: {why}"));
    Err(failure.help("bring back the file as it was, or remove it and look at all of its tailorings again"))
}
