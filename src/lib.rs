//! redbinder compiles one baseline incident response plan, and every organization's and
//! system's tailored version of it, from markdown into a site; and refuses to publish a
//! binder that contradicts itself.
//!
//! The road from file to page is [`Compilation::read`], [`Compilation::check`] and
//! [`Compilation::render`]: each a function from values to values.

pub mod check;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod files;
pub mod load;
pub mod plan;
pub mod render;
pub mod serve;
pub mod source;
pub mod syntax;
pub mod tailor;

use std::path::Path;

use rayon::prelude::*;

use crate::check::Binder;
use crate::diagnostic::{Diagnostic, Level};
use crate::files::{Files, Output};
use crate::load::Project;
use crate::plan::Plan;
use crate::tailor::Variant;

/// A project, read and understood.
#[derive(Debug)]
pub struct Compilation {
    /// What is written
    pub project: Project,
    /// What each reader gets
    pub variants: Vec<Variant>,
    /// What it means; one for each variant
    pub plans: Vec<Plan>,
    /// The files laid over the built-in theme
    pub theme: Files,
}

impl Compilation {
    /// Reads the project in a folder.
    ///
    /// # Errors
    /// When the folder, its content or its theme is not there or cannot be read at all.
    /// What authors did wrong is no error here; see [`Compilation::check`].
    pub fn read(root: &Path) -> Result<Compilation, files::Error> {
        let settings = files::read_file(root, "site.toml")?;
        let project = load::load(settings.as_deref(), |content| files::read_folder(root, content))?;
        let theme = match &project.config.theme {
            Some(folder) => files::read_folder(root, &folder.value)?,
            None => Files::default(),
        };
        let variants = tailor::tailor(&project);
        let plans = variants.par_iter().map(|variant| Plan::read(variant, &project.sources)).collect();
        Ok(Compilation { project, variants, plans, theme })
    }

    /// What is wrong with it, in the order of the places.
    pub fn check(&self) -> Vec<Diagnostic> {
        check::check(&Binder { project: &self.project, variants: &self.variants, plans: &self.plans })
    }

    /// The site.
    ///
    /// # Errors
    /// When a template of the theme cannot be used; the text says which and where.
    pub fn render(&self) -> Result<Output, String> {
        render::render(&self.project.config, &self.plans, &self.theme)
    }
}

/// How many diagnostics there are of a level.
pub fn count(diagnostics: &[Diagnostic], level: Level) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count()
}
