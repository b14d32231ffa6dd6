//! What the pages of one edition are written with.

use std::sync::OnceLock;

use minijinja::{Value, context};

use crate::config::Config;
use crate::plan::Plan;
use crate::render::address::in_folder;
use crate::render::html::Body;
use crate::render::shared::Shared;
use crate::render::{Printed, address, headers, language, search, whole};
use crate::syntax::Audience;
use crate::theme::Theme;

/// What the pages of one edition are written with.
pub struct Press<'p> {
    /// `site.toml`
    pub config: &'p Config,
    /// The theme
    pub theme: &'p Theme,
    /// The edition
    pub edition: Audience,
    /// The plans of the edition, in the order of the switcher, with how deep each is
    pub plans: &'p [(&'p Plan, usize)],
    /// The edition's folder in the output; empty for its root
    pub edition_folder: &'p str,
    /// The printed copies that are published beside the site
    pub printed: &'p [Printed],
    /// Whether it is one variant alone, to be read from a stick
    pub packed: bool,
    /// The bodies of pages that several plans have
    pub bodies: Shared<Body>,
    /// The same as parts of the whole plan on one page
    pub whole_bodies: whole::Bodies,
    /// The style sheet that stands in each of those
    pub sheet: OnceLock<whole::Sheet>,
    /// What their indexes have in common
    pub search: search::Common,
}

impl<'p> Press<'p> {
    /// What the pages of an edition on the site are written with.
    pub fn new(
        config: &'p Config,
        theme: &'p Theme,
        edition: Audience,
        plans: &'p [(&'p Plan, usize)],
        edition_folder: &'p str,
    ) -> Press<'p> {
        Press {
            config,
            theme,
            edition,
            plans,
            edition_folder,
            printed: &[],
            packed: false,
            bodies: Shared::default(),
            whole_bodies: whole::Bodies::default(),
            sheet: OnceLock::new(),
            search: search::Common::default(),
        }
    }

    /// The addresses of the theme's files, as seen from an address.
    pub fn assets(&self, from: &str) -> Value {
        Value::from_pairs(self.theme.assets.iter().map(|(name, (to, _))| {
            (name.clone(), address::relative(from, &in_folder(self.edition_folder, to)))
        }))
    }

    /// The folder of the edition as seen from an address, with a slash at the end; empty where that
    /// is in it.
    pub fn root(&self, from: &str) -> String {
        let door = address::relative(from, &in_folder(self.edition_folder, "index.html"));
        door.strip_suffix("index.html").unwrap_or(&door).to_string()
    }

    /// The folder of a variant, from the site's root.
    pub fn folder(&self, plan: &Plan) -> String {
        in_folder(self.edition_folder, &plan.name)
    }

    /// The folder of a variant as seen from an address, with a slash at the end.
    pub fn folder_from(&self, from: &str, plan: &Plan) -> String {
        address::relative(from, &format!("{}/", self.folder(plan)))
    }

    /// Where the current hashes of printed copies are listed: a whole address where that is known.
    pub fn verify_address(&self) -> String {
        let verify = in_folder(self.edition_folder, "verify/");
        match &self.config.base_url {
            Some(base) => format!("{base}/{verify}"),
            None => format!("/{verify}"),
        }
    }

    /// What every template needs to know of the site.
    pub fn site(&self) -> Value {
        context! {
            title => &self.config.title,
            language => &self.config.lang,
            direction => language::direction(&self.config.lang),
            // What is not for everybody is not for search engines.
            is_listed => self.edition == Audience::Public,
            is_kept => self.config.offline,
            paper => context! { light => &self.theme.paper.light, dark => &self.theme.paper.dark },
            content_policy => headers::CONTENT_POLICY,
        }
    }

    /// The language of a plan by its tag, and which way its text runs: `ltr` or `rtl`.
    pub fn language<'a>(&'a self, plan: &'a Plan) -> (&'a str, &'static str) {
        let own = Some(plan.document.language.as_str()).filter(|own| !own.is_empty());
        let tag = own.unwrap_or(&self.config.lang);
        (tag, language::direction(tag))
    }
}
