//! redbinder compiles one baseline incident response plan, and every organization's and
//! system's tailored version of it, from markdown into a site; and refuses to publish a
//! binder that contradicts itself.
//!
//! The road from file to page is [`Compilation::read`], [`Compilation::check`] and
//! [`Compilation::render`]: each a function from values to values.

pub mod change;
pub mod check;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod files;
pub mod guard;
pub mod limits;
pub mod load;
pub mod plan;
pub mod print;
pub mod render;
pub mod serve;
pub mod source;
pub mod syntax;
pub mod tailor;
pub mod theme;
pub mod web;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::check::Binder;
use crate::diagnostic::{Diagnostic, Level};
use crate::files::{Files, Output, Places, history};
use crate::guard::Guard;
use crate::load::{Project, ProjectFault};
use crate::plan::Plan;
use crate::tailor::Variant;
use crate::theme::Theme;

/// What was read and made of a project before, for whoever reads it again after a change.
#[derive(Debug, Default)]
pub struct Memory {
    /// The files of its folders: its content and its theme
    folders: HashMap<String, files::Memory>,
    /// Its texts
    texts: tailor::Memory,
}

impl Memory {
    /// Where some files and folders of a project really lie, by what is remembered of them.
    pub fn places<'n>(&self, root: &Path, names: impl IntoIterator<Item = &'n str>) -> Places {
        let mut places = Places::default();
        for name in names {
            places.add(root, name, self.folders.get(name));
        }
        places
    }
}

/// A project, read and understood.
#[derive(Debug)]
pub struct Compilation {
    /// What is written
    pub project: Project,
    /// What each reader gets
    pub variants: Vec<Variant>,
    /// What it means; one for each variant
    pub plans: Vec<Plan>,
    /// The theme, with the site's own files laid over it
    pub theme: Theme,
}

impl Compilation {
    /// Reads the project in a folder.
    ///
    /// # Errors
    /// When the folder, its content or its theme is not there or cannot be read at all.
    /// What authors did wrong is no error here; see [`Compilation::check`].
    pub fn read(root: &Path) -> Result<Compilation, files::Error> {
        let folder = |folder: &str| files::read_folder(root, folder);
        Compilation::read_with(root, folder, None, &mut tailor::Memory::default())
    }

    /// Reads it again, when it was read before: files and pages that are still the same are not read anew, and
    /// their texts are those of `memory`, which then has those of now.
    ///
    /// # Errors
    /// As [`Compilation::read`].
    pub fn read_again(
        root: &Path,
        before: Option<&Compilation>,
        memory: &mut Memory,
    ) -> Result<Compilation, files::Error> {
        let Memory { folders, texts } = memory;
        let folder = |folder: &str| {
            files::read_folder_again(root, folder, folders.entry(folder.to_owned()).or_default())
        };
        Compilation::read_with(root, folder, before, texts)
    }

    fn read_with(
        root: &Path,
        mut folder: impl FnMut(&str) -> Result<Files, files::Error>,
        before: Option<&Compilation>,
        texts: &mut tailor::Memory,
    ) -> Result<Compilation, files::Error> {
        let settings = files::read_file(root, "site.toml")?;
        let project =
            load::load_again(settings.as_deref(), &mut folder, before.map(|before| &before.project))?;
        let theme = match &project.config.theme {
            Some(theme) => folder(&theme.value)?,
            None => Files::default(),
        };
        Ok(Compilation::of_again(project, &theme, before, texts))
    }

    /// Reads the project as it was at a revision of its git repository, to be compared and
    /// checked; the theme is left out.
    ///
    /// # Errors
    /// When git has no such revision, or had no content then.
    pub fn read_at(root: &Path, revision: &str) -> Result<Compilation, files::Error> {
        let settings = history::read_file_at(root, revision, "site.toml")?;
        let files = |content: &str| history::read_folder_at(root, revision, content);
        Ok(Compilation::of(load::load(settings.as_deref(), files)?, &Files::default()))
    }

    /// Reads a project whose files are in memory.
    pub fn of(project: Project, theme_files: &Files) -> Compilation {
        Compilation::of_again(project, theme_files, None, &mut tailor::Memory::default())
    }

    fn of_again(
        mut project: Project,
        theme_files: &Files,
        before: Option<&Compilation>,
        memory: &mut tailor::Memory,
    ) -> Compilation {
        let folder = project.config.theme.as_ref().map_or("", |folder| &folder.value);
        // The built-in theme is the same each time.
        let known = before.map(|before| &before.theme);
        let known = known.filter(|theme| theme_files.is_empty() && theme.is_built_in);
        let theme = known.cloned().unwrap_or_else(|| Theme::new(theme_files, folder, &mut project.sources));
        project.faults.extend(theme_files.problems.iter().map(ProjectFault::of));
        project.faults.extend(theme.faults.iter().cloned().map(ProjectFault::Theme));
        let variants = tailor::tailor_again(&project, memory);
        let before = before.map_or(&[][..], |before| &before.plans);
        let plans = plan::read_all(&variants, &project.sources, before);
        Compilation { project, variants, plans, theme }
    }

    /// What is wrong with it, in the order of the places.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut binder = Binder::new(&self.project, &self.variants, &self.plans);
        let found = check::check(&binder);
        // To free the words of many pages takes a while, too.
        std::mem::take(&mut binder.texts).into_par_iter().for_each(drop);
        found
    }

    /// The same, when it was checked before: the words of texts that are still the same are those of `memory`,
    /// which then has those of now.
    pub fn check_again(&self, memory: &mut check::Memory) -> Vec<Diagnostic> {
        let binder = Binder::again(&self.project, &self.variants, &self.plans, memory);
        let found = check::check(&binder);
        *memory = binder.memory();
        found
    }

    /// Of what was found when files were made, what neither an exception nor a level leaves out, each with its
    /// level.
    pub fn settle(&self, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if !found.is_empty() {
            check::settle(&Binder::new(&self.project, &self.variants, &self.plans), &mut found);
        }
        found
    }

    /// What the editions of its site keep from their readers.
    pub fn guard(&self) -> Guard<'_> {
        let own_words = render::own_words(&self.project.config, &self.theme);
        Guard::new(&self.project, &self.plans, &own_words, &render::sentences)
    }

    /// What a site has in it that its readers must not see: with any of it, it is not published.
    pub fn leaks(&self, site: &Output) -> Vec<Diagnostic> {
        let read = |(address, bytes): (&String, &Arc<[u8]>)| {
            (address.clone(), render::readable(address, bytes).into_owned().into())
        };
        self.guard().leaks(&site.iter().map(read).collect())
    }

    /// The site, in memory.
    ///
    /// # Errors
    /// When a template of the theme cannot be used, or two files have one address.
    pub fn render(&self) -> Result<Output, theme::Fault> {
        let site = Mutex::default();
        self.render_into(&[], &site)?;
        Ok(site.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// One file of the site by its address, as [`Compilation::render`] makes it; `None` where only the whole
    /// site can tell what it is, or whether it is there.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn render_file(&self, address: &str) -> Result<Option<Vec<u8>>, theme::Fault> {
        render::file(&self.project.config, &self.plans, &self.theme, address)
    }

    /// Why a template of a site's own theme cannot be used, as one page of each kind tells. A page alone may still
    /// find more when the site is made.
    pub fn theme_fault(&self) -> Option<theme::Fault> {
        let plan = self.plans.first().filter(|_| !self.theme.is_built_in)?;
        let folder = &self.project.config.editions.get(plan.edition.name())?.value;
        let mut kinds = HashSet::new();
        let pages = plan.pages.iter().filter(|page| kinds.insert(page.kind));
        let pages = pages.map(|page| format!("{}/{}", plan.name, render::address::of_page(&page.path)));
        let mut addresses = std::iter::once("index.html".to_string()).chain(pages);
        addresses.find_map(|address| self.render_file(&plan::address::in_folder(folder, &address)).err())
    }

    /// A number that is another one when anything changed that the site is made from.
    pub fn fingerprint(&self) -> u64 {
        fn hash_of(it: &impl Hash) -> u64 {
            let mut hash = DefaultHasher::new();
            it.hash(&mut hash);
            hash.finish()
        }
        let sources: Vec<_> = self.project.sources.iter().collect();
        let texts: Vec<u64> =
            sources.par_iter().map(|source| hash_of(&(&source.path, &source.text))).collect();
        let assets: Vec<_> = self.project.layers.iter().map(|layer| &layer.assets).collect();
        hash_of(&(texts, assets, &self.theme.assets))
    }

    /// Gives the files of the site away as they are made. `printed` are copies that are published beside it.
    ///
    /// # Errors
    /// When a template of the theme cannot be used, or the sink does not take a file.
    pub fn render_into(
        &self,
        printed: &[render::Printed],
        sink: &dyn render::Sink,
    ) -> Result<(), theme::Fault> {
        render::render(&self.project.config, &self.plans, &self.theme, printed, sink)
    }

    /// Each plan by itself, as files to be packed: its name and what is in it. Like a site, a pack is not
    /// handed out with a leak; see [`Compilation::leaks_of_packs`].
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn packs(&self) -> Result<Vec<(&Plan, Output)>, theme::Fault> {
        let pack = |plan| Ok((plan, render::pack::files(&self.project.config, plan, &self.theme)?));
        self.plans.iter().map(pack).collect()
    }

    /// What packs have in them that the readers of their editions must not see.
    pub fn leaks_of_packs(&self, packs: &[(&Plan, Output)]) -> Vec<Diagnostic> {
        let mut all = Output::new();
        for (plan, files) in packs {
            let Some(edition) = self.project.config.editions.get(plan.edition.name()) else { continue };
            let folder = render::address::in_folder(&edition.value, &render::pack::name(plan));
            all.extend(files.iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes.clone())));
        }
        self.leaks(&all)
    }
}

/// How many diagnostics there are of a level.
pub fn count(diagnostics: &[Diagnostic], level: Level) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::File;
    use crate::plan::letters;

    /// What the rules find in some files, and how many bytes of text they look through for it.
    fn checked(files: Vec<File>) -> (Vec<Diagnostic>, usize) {
        let files = Files { files, problems: Vec::new() };
        let project = crate::load::load(None, |_| Ok(files)).expect("a project in memory");
        let compilation = Compilation::of(project, &Files::default());
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        one.install(|| (compilation.check(), letters::LOOKED_THROUGH.take()))
    }

    fn file(path: &str, text: String) -> File {
        File { path: path.into(), bytes: text.into_bytes() }
    }

    /// How many bytes of text the rules look through in a plan with one paragraph of so many equal sentences.
    fn looked_through(sentences: usize) -> usize {
        let plan = "---\ntitle: Base\norganization: {name: Harbor Works}\ntools:\n  chat: {title: Slackline}\n\
            channels:\n  room: {title: War room, kind: chat, address: \"#war\", retired_names: [Bridge], until: see}\n---\n";
        let said = "Not #war, or all six phases of the response with the status in Slackline or Teams, says Bay \
            Bureau in the Bridge, see NIST SP 800-61 Rev. 2 within 5 minutes. ";
        let phase =
            |number: usize| format!("---\nnumber: {number}\n---\n# Phase\n\n{}", said.repeat(sentences));
        let agency =
            "---\nextends: base\norganization: {name: Bay Bureau}\ntools:\n  chat: {title: Teams}\n---\n";
        let files = vec![
            file("content/agency/plan.md", agency.into()),
            file("content/base/phases/look.md", phase(2)),
            file("content/base/phases/see.md", phase(1)),
            file("content/base/plan.md", plan.into()),
        ];
        let (found, bytes) = checked(files);
        let told = |rule: &str| found.iter().filter(|it| it.rule == rule).count();
        for rule in ["foreign-name", "literal-value", "retired-name", "withdrawn-standard", "phase-gap"] {
            assert!(told(rule) >= sentences, "{rule} looks at no sentence of {found:#?}");
        }
        bytes
    }

    #[test]
    fn twice_as_many_sentences_are_twice_the_work() {
        let (once, twice) = (looked_through(100), looked_through(200));
        assert!(twice < once * 5 / 2, "{once} bytes of text were looked through, and then {twice}");
    }

    /// How many bytes of text the rules look through where as many rooms and telephones as there are paragraphs are
    /// each named in one, and a plan beside has others.
    fn looked_through_for(records: usize) -> usize {
        let each = |make: &dyn Fn(usize) -> String| (0..records).map(make).collect::<String>();
        let plan = |front: &str, name: &str, first: usize| {
            let rooms = each(&|n| {
                format!("  room-{n}: {{title: Room {name}{n}, kind: chat, address: \"#{name}-{n}\"}}\n")
            });
            let desks =
                each(&|n| format!("  desk-{n}: {{title: Desk {name}{n}, phone: 202 {}}}\n", first + n));
            format!("---\n{front}channels:\n{rooms}contacts:\n{desks}---\n")
        };
        let (near, far) = (5_550_000, 7_770_000);
        let text =
            each(&|n| format!("Join #near-{n}, not #near-x{n}, or call Desk near{n} at {}.\n\n", far + n));
        let files = vec![
            file(
                "content/base/plan.md",
                plan("title: Base\norganization: {name: Near Works}\n", "near", near),
            ),
            file("content/base/look.md", format!("# Look\n\n{text}")),
            file("content/other/plan.md", plan("title: Far\norganization: {name: Far Works}\n", "far", far)),
        ];
        let (found, bytes) = checked(files);
        for rule in ["unknown-channel", "foreign-name"] {
            let told = found.iter().filter(|it| it.rule == rule).count();
            assert_eq!(told, records, "{rule} in {found:.10?}");
        }
        bytes
    }

    #[test]
    fn twice_as_many_records_and_mentions_are_twice_the_work() {
        let (once, twice) = (looked_through_for(100), looked_through_for(200));
        assert!(twice < once * 5 / 2, "{once} bytes of text were looked through, and then {twice}");
    }
}
