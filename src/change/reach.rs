//! Whom a change reaches: the blast radius.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::plan::{Place, PlanPage};
use crate::syntax::Audience;

use super::tailorings::Tailored;
use super::text::Reader;
use super::{Side, View, records};

/// What a change reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The variants whose readers get something else
    pub variants: BTreeSet<String>,
    /// How many variants there are
    pub of_variants: usize,
    /// The printed editions that have to be printed again
    pub editions: Vec<Edition>,
    /// How many printed editions there are
    pub of_editions: usize,
    /// The tailorings whose inherited text moved
    pub stale: Vec<Stale>,
}

impl Reach {
    /// The files of the pages that say something else, each once.
    pub fn files(&self) -> BTreeSet<&str> {
        self.editions.iter().flat_map(|edition| &edition.pages).map(|page| page.file.as_str()).collect()
    }
}

/// A variant as one audience has it in print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The variant
    pub variant: String,
    /// Who reads it
    pub audience: Audience,
    /// The pages that say something else, by path
    pub pages: Vec<ReachedPage>,
}

/// A page that says something else, came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachedPage {
    /// The path from the layer's folder
    pub path: String,
    /// The file that wrote it first
    pub file: String,
}

/// A tailoring that was written against another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Whose it is
    pub layer: String,
    /// What it tailors: `response.md#channels`
    pub target: String,
    /// Where
    pub place: Place,
}

type Printed<'a> = BTreeMap<(&'a str, Audience), View<'a>>;

/// What differs for whoever reads the one state after the other.
pub fn of(before: &Side, after: &Side, tailored: &Tailored) -> Reach {
    let (old, new) = (printed(before), printed(after));
    // One that is no longer there is not printed again.
    let keys: Vec<&(&str, Audience)> = new.keys().collect();
    let editions: Vec<Edition> = keys
        .into_par_iter()
        .map(|key| Edition {
            variant: key.0.to_string(),
            audience: key.1,
            pages: pages(old.get(key), new.get(key)),
        })
        .filter(|edition| !edition.pages.is_empty())
        .collect();
    let names: BTreeSet<&str> = new.keys().map(|(name, _)| *name).collect();
    Reach {
        variants: editions.iter().map(|edition| edition.variant.clone()).collect(),
        of_variants: names.len(),
        editions,
        of_editions: new.len(),
        stale: tailored.stale.clone(),
    }
}

fn printed<'a>(side: &Side<'a>) -> Printed<'a> {
    let views = side.variants.iter().zip(side.plans).map(|(variant, plan)| {
        ((&*variant.name, variant.edition), View { project: side.project, variant, plan })
    });
    views.collect()
}

/// The pages that are not the same in two editions.
fn pages(before: Option<&View>, after: Option<&View>) -> Vec<ReachedPage> {
    let (old, new) = (by_path(before), by_path(after));
    let paths: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let differ = paths.into_iter().filter_map(|path| {
        let (was, is) = (old.get(path), new.get(path));
        let page = is.or(was)?;
        let differs = match (was, is) {
            (Some(was), Some(is)) => says(before?, was) != says(after?, is),
            _ => true,
        };
        differs.then(|| ReachedPage { path: path.to_string(), file: page.source_path.to_string() })
    });
    differ.collect()
}

fn by_path<'a>(view: Option<&View<'a>>) -> BTreeMap<&'a str, &'a PlanPage> {
    view.into_iter().flat_map(|view| view.plan.pages.iter().map(|page| (&*page.path, &**page))).collect()
}

/// All a page says, in its front matter and its text.
fn says(view: &View, page: &PlanPage) -> (String, String) {
    (records::said(view, page), Reader::new(*view, page).all(&page.body))
}
