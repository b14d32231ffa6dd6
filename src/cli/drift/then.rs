//! What the inherited text said when a tailoring was accepted, found in git's history.

use std::path::Path;

use crate::files::{self, history};
use crate::load::{self, Project};
use crate::source::Span;
use crate::tailor::drift::find_marked;

/// How many revisions are looked at: some seconds.
const LIMIT: usize = 300;

/// A text of an earlier revision.
pub struct Then {
    /// The latest revision that has it
    pub revision: history::Revision,
    /// What was written then, as far as it concerns the text
    pub project: Project,
    /// The text
    pub spans: Vec<Span>,
}

/// The text at a place whose mark is `mark`, in the latest revision that has it; its layer was
/// probably called `parent`. Where it cannot be found: why, as the rest of a sentence.
pub fn find(root: &Path, place: &str, mark: &str, parent: &str) -> Result<Then, String> {
    let page = place.split('#').next().unwrap_or(place);
    let mut revisions =
        history::revisions_of(root, page, LIMIT + 1).map_err(|error| match error.reason.as_str() {
            "git knows no such revision here" => "nothing has been committed here yet".to_string(),
            reason => reason.to_string(),
        })?;
    let is_cut = revisions.len() > LIMIT;
    revisions.truncate(LIMIT);
    let count = revisions.len();
    for revision in revisions {
        // A revision without content, or before the page was where it is looked for.
        let Ok(project) = project_at(root, &revision.commit, page) else { continue };
        if let Some(spans) = find_marked(&project, place, mark, parent) {
            return Ok(Then { revision, project, spans });
        }
    }
    Err(if history::is_shallow(root) {
        "git has only the latest part of its history here (`git fetch --unshallow` brings the rest)".into()
    } else if is_cut {
        format!(
            "it is in none of the latest {LIMIT} revisions of `{page}`, and older ones were not looked at"
        )
    } else if count == 0 {
        format!("`{page}` has never been committed")
    } else {
        format!("it is in no revision of `{page}` that git has")
    })
}

/// The project as it was, with no other files than the layers' plans and one page.
fn project_at(root: &Path, commit: &str, page: &str) -> Result<Project, files::Error> {
    let settings = history::read_file_at(root, commit, "site.toml")?;
    let ending = format!("/{page}");
    let is_wanted = |path: &str| path.ends_with("/plan.md") || path.ends_with(&ending);
    load::load(settings.as_deref(), |content| history::read_some_at(root, commit, content, is_wanted))
}
