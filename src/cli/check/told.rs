//! Which of the findings are told: all of them, those a baseline does not know, those a change
//! caused.

use std::path::Path;

use crate::Compilation;
use crate::check::{BROKEN_THEME, LOCKED, baseline, rule};
use crate::cli::{Failure, Result, tell};
use crate::config::Config;
use crate::diagnostic::before::Before;
use crate::diagnostic::fingerprint::Finding;
use crate::diagnostic::report::LeftOut;
use crate::files::{self, history};
use crate::load;

/// What is told, and how much is not.
pub struct Told {
    pub findings: Vec<Finding>,
    pub left_out: LeftOut,
}

impl Told {
    /// Everything that is wrong.
    pub fn all(compilation: &Compilation) -> Told {
        let mut found = compilation.check();
        // A template that cannot be read cannot be used either, which is told.
        if !found.iter().any(|it| it.rule == BROKEN_THEME) {
            let of_theme = compilation.theme_fault().and_then(|fault| tell::theme_fault(fault).ok());
            found.extend(compilation.settle(of_theme.into_iter().collect()));
        }
        let findings = Finding::all(found, &compilation.project.sources);
        Told { findings, left_out: LeftOut::default() }
    }

    /// Without what the baseline at `path` knows; with what is wrong with the baseline. Where it is
    /// to be written `anew`, it is, and knows all it may.
    pub fn without_known(
        self,
        root: &Path,
        path: &str,
        anew: bool,
        compilation: &mut Compilation,
    ) -> Result<Told> {
        let project = &mut compilation.project;
        let text = if anew {
            if files::read_file(root, path)?.is_some_and(|bytes| !baseline::is_one(&load::text_of(&bytes))) {
                let failure = Failure::new(format!("cannot write {path}: it is there, and no baseline"));
                return Err(failure.help("give the baseline another name"));
            }
            let text = baseline::write(&self.findings, &project.sources);
            files::write_in(root, path, text.as_bytes())?;
            text
        } else {
            read_baseline(root, path)?
        };
        let source = project.sources.add(path, text);
        let (findings, known) = baseline::apply(self.findings, source, &project.sources, &project.config);
        Ok(Told { findings, left_out: LeftOut { known, ..self.left_out } })
    }

    /// Without what was there before.
    pub fn without_older(self, before: &Before) -> Told {
        let (findings, older) = before.clone().leave_out_older(self.findings);
        Told { findings, left_out: LeftOut { older, ..self.left_out } }
    }
}

fn read_baseline(root: &Path, path: &str) -> Result<String> {
    match files::read_file(root, path)? {
        Some(bytes) => Ok(load::text_of(&bytes)),
        None => {
            let failure = Failure::new(format!("cannot read {path}: the project has no such file"));
            Err(failure.help(format!("`redbinder check --baseline {path} --write-baseline` writes it")))
        }
    }
}

/// What was found where the work since `revision` began, by the levels of today. The text says so
/// where nothing could be read there: then nothing was found.
pub fn before(root: &Path, revision: &str, now: &Config) -> Result<(Before, Option<String>)> {
    let commit = history::commit(root, revision).map_err(|error| {
        let help = "name a revision of this folder's git repository, such as `main`; a job in CI may have to fetch it first: `git fetch origin main`";
        Failure::new(error).help(help)
    })?;
    match Compilation::read_at(root, &history::fork_of(root, &commit)) {
        Ok(mut compilation) => {
            let config = &mut compilation.project.config;
            // What is wrong with the levels themselves may be what changed.
            let sound = |name: &str| rule(name).is_some() && !LOCKED.contains(&name);
            config.rules.retain(|name, _| !sound(name));
            let levels = now.rules.iter().filter(|(name, _)| sound(name));
            config.rules.extend(levels.map(|(name, level)| (name.clone(), level.clone())));
            config.today = now.today;
            Ok((Before::of(&Told::all(&compilation).findings), None))
        }
        Err(error) => Ok((Before::default(), Some(format!("{error}; so everything is told")))),
    }
}
