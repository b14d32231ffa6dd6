//! The last look at a site before it is published: what an edition keeps from its readers is in no
//! byte of it, wherever it might have come from.
//!
//! What is secret is read from the complete plans by the marks that authors set, and looked for in
//! the finished files. So it is found as well where a stage before forgot to leave it out.

mod open;
mod packed;
mod said;
mod secrets;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::files::Output;
use crate::guard::open::{Open, anchors, texts_beside};
use crate::guard::said::Said;
use crate::guard::secrets::{CANARY, Leak, PAGE, Secrets, TEXT, WAY};
use crate::load::Project;
use crate::plan::{self, Plan};
use crate::syntax::Audience;
use crate::tailor;

/// The rule that a leak breaks. It cannot be waived.
const RULE: &str = "audience-leak";

/// What the editions of a site keep from their readers.
pub struct Guard<'p> {
    config: &'p Config,
    said: Vec<Said>,
    /// The files that lie beside the pages, below the names of their variants
    beside: HashSet<String>,
    /// For each edition that keeps anything
    secrets: BTreeMap<Audience, Secrets>,
}

impl<'p> Guard<'p> {
    /// Reads what is secret from the complete plans. `own_words` is what the theme says by itself, and `sentences`
    /// what pages make of the values of a plan.
    pub fn new(
        project: &'p Project,
        plans: &[Plan],
        own_words: &str,
        sentences: &dyn Fn(&Plan) -> Vec<String>,
    ) -> Guard<'p> {
        let of_plan = |plan: &'_ Plan| {
            plan.files.keys().map(|path| format!("{}/{path}", plan.name)).collect::<Vec<_>>()
        };
        let beside = plans.iter().flat_map(of_plan).collect();
        let mut guard = Guard { config: &project.config, said: Vec::new(), beside, secrets: BTreeMap::new() };
        let built: Vec<Audience> = plans.iter().map(|plan| plan.edition).collect();
        let narrow: Vec<Audience> = [Audience::Public, Audience::Staff]
            .into_iter()
            .filter(|edition| built.contains(edition))
            .collect();
        if narrow.is_empty() {
            return guard;
        }
        let mut complete: Vec<&Plan> =
            plans.iter().filter(|plan| plan.edition == Audience::Responders).collect();
        let not_built: Vec<Plan>;
        if complete.is_empty() {
            let variants = tailor::tailor_for(project, Audience::Responders);
            not_built = plan::read_all(&variants, &project.sources, &[]);
            complete = not_built.iter().collect();
        }
        guard.said = said::said(&complete, &project.sources);
        for edition in narrow {
            let mut own = Open::default();
            own.add(own_words);
            let mut added: HashSet<String> = HashSet::new();
            for plan in plans.iter().filter(|plan| plan.edition == edition) {
                own.add(&plan.name);
                own.add(&plan.title);
                own.add_words(&plan.places.keys().cloned().collect::<Vec<_>>().join("\n"));
                for sentence in sentences(plan) {
                    if added.insert(sentence.clone()) {
                        own.add(&sentence);
                    }
                }
            }
            let files = texts_beside(plans, edition);
            let anchors = anchors(plans, edition);
            let secrets = Secrets::read(project, edition, &guard.said, &own, &files, &anchors).with_finder();
            if !secrets.is_empty() {
                guard.secrets.insert(edition, secrets);
            }
        }
        guard
    }

    /// What a file of a site has in it that its readers must not see: the first of it, since one is enough
    /// to keep the file back, and more of them are mostly the same. `bytes` are not compressed.
    pub fn leak(&self, address: &str, bytes: &[u8]) -> Option<Diagnostic> {
        let edition = edition_of(self.config, address)?;
        let secrets = self.secrets.get(&edition)?;
        let Some(finder) = &secrets.finder else {
            let message = "what is for fewer readers is too much to be looked for".to_string();
            return Some(Diagnostic::new(RULE, message).help("nothing was published; mark less of it"));
        };
        let look = |address: &str, bytes: &[u8], is_markup: bool| {
            secrets.leak(&self.said, finder, address, bytes, is_markup)
        };
        let is_page = address.ends_with(".html") || address.ends_with(".svg");
        let inside = |piece: packed::Piece| match piece.is_of_pdf {
            // Among the places of letters on paper, any number may be somebody's telephone.
            true => secrets
                .text(finder, &String::from_utf8_lossy(piece.bytes))
                .or_else(|| look(piece.name, packed::set_in_pdf(piece.bytes).as_bytes(), false)),
            false => look(piece.name, piece.bytes, piece.is_markup),
        };
        let found = match look(address, bytes, is_page) {
            Some(leak) => Ok(Some(leak)),
            None => packed::find_inside(bytes, inside),
        };
        let Leak { what, span, kind } = match found {
            Ok(found) => found?,
            Err(packed::TooMuch) => {
                let message = format!("`{address}` has more packed in it than is looked through");
                let help =
                    "nothing was published; unpack it, or put it where no readers are kept from anything";
                return Some(Diagnostic::new(RULE, message).file(address).help(help));
            }
        };
        let readers = if edition == Audience::Public { "everybody" } else { "staff" };
        let help = match kind {
            CANARY => {
                "nothing was published; take it out where it is written, or from the canaries in site.toml"
            }
            WAY => {
                "nothing was published; take it out where it is written by hand, or give it to these readers too, in a \
                 channel, contact or tool of theirs"
            }
            PAGE => {
                "nothing was published; take it out where it is written by hand, or give the page to these readers too"
            }
            TEXT if self.beside.iter().any(|path| address.ends_with(path)) => {
                "nothing was published; this file of yours says it: take it out there, or give the text to these readers too"
            }
            _ => {
                "nothing was published; look for a condition of a template around its heading, and at a theme of your \
                 own: where neither lets it out, this is a fault of redbinder: please report it"
            }
        };
        Some(
            Diagnostic::new(RULE, format!("{what} is in `{address}`, which is for {readers}"))
                .at(span, "for fewer readers")
                .help(help),
        )
    }

    /// Whether those who read a file may see everything.
    fn keeps_nothing_from(&self, address: &str) -> bool {
        edition_of(self.config, address).is_none_or(|edition| !self.secrets.contains_key(&edition))
    }

    /// What the files of a site have in them that their readers must not see, in the order of the files.
    pub fn leaks(&self, site: &Output) -> Vec<Diagnostic> {
        site.par_iter().filter_map(|(address, bytes)| self.leak(address, bytes)).collect()
    }
}

/// Looks at the files of a site as they go by, from several threads.
pub struct Watch<'p> {
    guard: Guard<'p>,
    leaks: Mutex<Vec<(String, Diagnostic)>>,
}

impl<'p> Watch<'p> {
    /// Begins to look.
    pub fn new(guard: Guard<'p>) -> Watch<'p> {
        Watch { guard, leaks: Mutex::default() }
    }

    /// Whether a file has to be looked at: its readers may not see all.
    pub fn is_for(&self, address: &str) -> bool {
        !self.guard.keeps_nothing_from(address)
    }

    /// Looks at a file. `bytes` are asked for where its readers may not see all, and not compressed.
    pub fn see<'b>(&self, address: &str, bytes: impl FnOnce() -> Cow<'b, [u8]>) {
        if !self.is_for(address) {
            return;
        }
        if let Some(leak) = self.guard.leak(address, &bytes()) {
            self.leaks.lock().unwrap_or_else(PoisonError::into_inner).push((address.to_string(), leak));
        }
    }

    /// What was found so far, in the order of the files.
    pub fn leaks(&self) -> Vec<Diagnostic> {
        let mut leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        leaks.sort_by(|(one, _), (other, _)| one.cmp(other));
        leaks.into_iter().map(|(_, leak)| leak).collect()
    }
}

/// The edition a file of the site is for: the one with the longest folder it lies in, or the
/// narrowest where it lies in none.
fn edition_of(config: &Config, address: &str) -> Option<Audience> {
    // What lies in no edition's folder is for whoever reads any.
    match config.edition_at(address) {
        Some((name, ..)) => Audience::parse(name),
        None => config.editions.keys().filter_map(|name| Audience::parse(name)).min(),
    }
}
