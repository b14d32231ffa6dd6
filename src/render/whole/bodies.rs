//! The bodies of pages as parts of the whole: one that several variants have is made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::render::html::Body;

/// The bodies that several variants of an edition have.
#[derive(Default)]
pub struct Bodies {
    /// By the place of the body in memory, which is kept: so its place does not become another's
    known: Mutex<HashMap<usize, Known>>,
}

type Known = (Arc<Body>, Arc<Gathered>);

/// A body as a part of the whole.
pub struct Gathered {
    /// Its HTML
    pub html: String,
    /// The pages its links lead to, by their addresses from the variant's folder: where they all are, it is the
    /// same. `None` where something else of the variant is in it.
    pub leads_to: Option<Vec<String>>,
}

impl Bodies {
    /// What was made of a body, where the variant has the pages its links lead to.
    pub fn get(&self, body: &Arc<Body>, has_page: impl Fn(&str) -> bool) -> Option<Arc<Gathered>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, gathered) = known.get(&Arc::as_ptr(body).addr())?;
        let gathered = gathered.clone();
        drop(known);
        gathered.leads_to.as_ref()?.iter().all(|page| has_page(page)).then_some(gathered)
    }

    /// Keeps what was made of a body for other variants, where it may be theirs too.
    pub fn keep(&self, body: &Arc<Body>, gathered: &Arc<Gathered>) {
        if gathered.leads_to.is_some() {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(Arc::as_ptr(body).addr(), (body.clone(), gathered.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_shared_by_variants_that_have_the_pages_it_leads_to() {
        let body = || Arc::new(Body::default());
        let gathered = |leads_to| Arc::new(Gathered { html: "part".into(), leads_to });
        let bodies = Bodies::default();
        let (one, other, own) = (body(), body(), body());
        bodies.keep(&one, &gathered(Some(vec!["roles/lead.html".into(), "index.html".into()])));
        bodies.keep(&own, &gathered(None));
        let html = |body, pages: &[&str]| {
            bodies.get(body, |page| pages.contains(&page)).map(|gathered| gathered.html.clone())
        };
        assert_eq!(html(&one, &["index.html", "roles/lead.html"]).as_deref(), Some("part"));
        assert_eq!(html(&one, &["index.html"]), None);
        assert_eq!(html(&other, &["index.html", "roles/lead.html"]), None);
        assert_eq!(html(&own, &["index.html", "roles/lead.html"]), None);
    }
}
