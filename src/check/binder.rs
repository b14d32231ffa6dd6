//! What rules look at.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::check::duplicate_section::Long;
use crate::check::{audience_leak, passage, timing};
use crate::load::{Project, ProjectFault};
use crate::plan::{Plan, PlanFault, PlanPage, Run, each_reference, prose};
use crate::source::{Sources, Span};
use crate::syntax::tree::Reference;
use crate::syntax::{Audience, Kind};
use crate::tailor::facts::page_audience;
use crate::tailor::{Body, TailorFault, Variant};

/// A whole binder, with the words of its pages.
#[derive(Debug)]
pub struct Binder<'b> {
    /// What is written
    pub project: &'b Project,
    /// What each reader gets
    pub variants: &'b [Variant],
    /// What it means; one for each variant
    pub plans: &'b [Plan],
    /// The texts of the pages: one that several variants share is here once
    pub texts: Vec<PageText<'b>>,
    /// For each plan and page, its text in `texts`
    text_of: Vec<Vec<usize>>,
    /// What is said besides the runs of the texts
    pub(super) spoken: passage::Spoken<'b>,
    /// For each text, its runs that no text before it has
    distinct: Vec<Distinct>,
    /// Whom the sections of pages are for
    pub(super) marks: audience_leak::Marks,
}

/// The text of a page, as some readers get it: the same words in the same places.
#[derive(Debug)]
pub struct PageText<'b> {
    /// The page in the first of the plans that share the text
    pub page: &'b PlanPage,
    /// Who reads it, with the number of the plan and of the page in it
    pub readers: Vec<Reading<'b>>,
    /// Its words
    pub words: Arc<Words>,
    /// What it refers to, in order
    pub(super) references: Vec<Reference<'b>>,
}

/// The words of a page's text.
#[derive(Debug, Default)]
pub struct Words {
    /// Its runs, in order
    pub runs: Vec<Run>,
    /// Which of them each part of the page is, as [`prose::PageRuns`] has it
    pub(super) parts: Vec<Vec<Range<usize>>>,
    /// The durations written out by hand in it, but for those in tables
    pub(super) statements: Vec<timing::statement::Statement>,
    /// Its long sections and paragraphs, once they are asked for
    pub(super) long: OnceLock<Vec<Long>>,
}

impl Words {
    fn of(page: &PlanPage, sources: &Sources) -> Words {
        let runs = prose::PageRuns::of(&page.body, sources);
        let statements = timing::statement::of_text(page, &runs.all, sources);
        Words { runs: runs.all, parts: runs.parts, statements, long: OnceLock::new() }
    }
}

/// The words of the texts of a binder, by the address of each, for whoever looks at it again after a change.
#[derive(Debug, Default)]
pub struct Memory(HashMap<usize, Known>);

/// The words of a page, and what they were read from.
#[derive(Debug)]
struct Known {
    /// Kept, so that its address does not become another's.
    _body: Arc<Body>,
    kind: Kind,
    title: String,
    words: Arc<Words>,
}

impl Memory {
    fn words_of(&self, page: &PlanPage) -> Option<&Arc<Words>> {
        let known = self.0.get(&(Arc::as_ptr(&page.body) as usize))?;
        (known.kind == page.kind && known.title == page.title).then_some(&known.words)
    }
}

/// A reader, with the number of the plan and of the page in it.
pub(super) type Reading<'b> = (Reader<'b>, usize, usize);

/// A variant in an edition, to say which a finding concerns.
pub type Reader<'b> = (&'b str, Audience);

impl<'b> Binder<'b> {
    /// What there is to look at.
    pub fn new(project: &'b Project, variants: &'b [Variant], plans: &'b [Plan]) -> Binder<'b> {
        Binder::again(project, variants, plans, &Memory::default())
    }

    /// The same, when it was looked at before: the words of texts that are still the same in memory are those
    /// of `memory`.
    pub fn again(
        project: &'b Project,
        variants: &'b [Variant],
        plans: &'b [Plan],
        memory: &Memory,
    ) -> Binder<'b> {
        let mut texts: Vec<PageText> = Vec::new();
        let mut known = HashMap::new();
        let mut text_of = Vec::new();
        for (plan_index, plan) in plans.iter().enumerate() {
            let mut of_plan = Vec::new();
            for (page_index, page) in plan.pages.iter().enumerate() {
                let index = *known.entry(Arc::as_ptr(&page.body)).or_insert_with(|| {
                    texts.push(PageText {
                        page,
                        readers: Vec::new(),
                        words: Arc::default(),
                        references: Vec::new(),
                    });
                    texts.len() - 1
                });
                texts[index].readers.push(((&*plan.name, plan.edition), plan_index, page_index));
                of_plan.push(index);
            }
            text_of.push(of_plan);
        }
        texts.par_iter_mut().for_each(|text| {
            text.words = match memory.words_of(text.page) {
                Some(words) => words.clone(),
                None => Arc::new(Words::of(text.page, &project.sources)),
            };
            each_reference(&text.page.body, &mut |reference| text.references.push(reference));
        });
        let spoken = passage::Spoken::read(&texts, plans, &project.sources);
        let distinct = distinct_runs(&texts);
        Binder { project, variants, plans, texts, text_of, spoken, distinct, marks: Default::default() }
    }

    /// Its words, to be used again.
    pub fn memory(&self) -> Memory {
        let known = |text: &PageText| {
            let PlanPage { body, kind, title, .. } = text.page;
            let words = text.words.clone();
            (
                Arc::as_ptr(body) as usize,
                Known { _body: body.clone(), kind: *kind, title: title.clone(), words },
            )
        };
        Memory(self.texts.iter().map(known).collect())
    }

    /// Everything that its pages and their front matter say in running text, each distinct saying
    /// once. For rules that look at words alone, whatever stands around them.
    pub fn sayings(&self) -> impl Iterator<Item = Saying<'_>> {
        let of_texts = (0..self.texts.len()).flat_map(|text| self.sayings_of(text));
        let of_values = self.spoken.values().map(|(page, run, own)| Saying {
            run,
            page,
            texts: &self.texts,
            text: None,
            more: &[],
            own,
        });
        of_texts.chain(of_values)
    }

    /// What the texts of its pages say, each distinct saying once, to be looked at on all cores.
    pub fn text_sayings(&self) -> impl ParallelIterator<Item = Saying<'_>> {
        (0..self.texts.len()).into_par_iter().flat_map_iter(|text| self.sayings_of(text))
    }

    /// What a text says that none before it does.
    fn sayings_of(&self, text: usize) -> impl Iterator<Item = Saying<'_>> {
        self.distinct_of(text).map(move |(run, more)| Saying {
            run,
            page: self.texts[text].page,
            texts: &self.texts,
            text: Some(text),
            more,
            own: &[],
        })
    }

    /// The runs of the pages' texts, each distinct one once, with a page that has it.
    pub(super) fn distinct_runs(&self) -> impl Iterator<Item = (&'b PlanPage, &Run)> {
        (0..self.texts.len()).flat_map(|text| {
            let page = self.texts[text].page;
            self.distinct_of(text).map(move |(run, _)| (page, run))
        })
    }

    /// The runs of a text that none before it has, each with the numbers of the others that have it.
    fn distinct_of(&self, text: usize) -> impl Iterator<Item = (&Run, &[usize])> {
        let runs = &self.texts[text].words.runs;
        let (all, some): (&[Run], &[DistinctRun]) = match &self.distinct[text] {
            Distinct::All => (runs, &[]),
            Distinct::Some(some) => (&[], some),
        };
        all.iter().map(|run| (run, &[][..])).chain(some.iter().map(|it| (&runs[it.run], &it.more[..])))
    }

    /// The text of a page of a plan, by their numbers.
    pub(super) fn text(&self, plan: usize, page: usize) -> &PageText<'b> {
        &self.texts[self.text_index(plan, page)]
    }

    /// The number of the text of a page of a plan in `texts`.
    pub(super) fn text_index(&self, plan: usize, page: usize) -> usize {
        self.text_of[plan][page]
    }

    pub(super) fn project_faults(&self) -> impl Iterator<Item = &'b ProjectFault> {
        self.project.faults.iter()
    }

    pub(super) fn tailor_faults(&self) -> impl Iterator<Item = (Reader<'b>, &'b TailorFault)> {
        self.variants.iter().flat_map(|variant| {
            variant.faults.iter().map(move |fault| ((&*variant.name, variant.edition), fault))
        })
    }

    /// Who may read the page that a text is of at most, by its front matter in a variant.
    pub(super) fn readers_of_page(&self, reader: Reader, text: Span) -> Audience {
        let layer = self.project.layer_of(text);
        let mut files = layer.iter().flat_map(|layer| &layer.pages);
        let path = files.find_map(|(path, file)| (file.source == text.source).then_some(path));
        let mut variants = self.variants.iter();
        let variant = variants.find(|variant| (&*variant.name, variant.edition) == reader);
        let page = variant.zip(path).and_then(|(variant, path)| variant.pages.get(path));
        page.map_or(Audience::Public, |page| page_audience(&page.front))
    }

    pub(super) fn plan_faults(&self) -> impl Iterator<Item = (Reader<'b>, &'b PlanFault)> {
        self.faults_of_plans().map(|(plan, fault)| ((&*plan.name, plan.edition), fault))
    }

    /// The same, each with its plan.
    pub(super) fn faults_of_plans(&self) -> impl Iterator<Item = (&'b Plan, &'b PlanFault)> {
        self.plans.iter().flat_map(|plan| plan.faults.iter().map(move |fault| (plan, fault)))
    }
}

/// The runs of a text that no text before it has.
#[derive(Debug)]
enum Distinct {
    /// Each of them
    All,
    /// Only these
    Some(Vec<DistinctRun>),
}

/// A run of a text, by its number, that others may have too.
#[derive(Debug)]
struct DistinctRun {
    run: usize,
    /// The numbers of the other texts that have it
    more: Vec<usize>,
}

/// For each text, its runs that differ from those before in their words or in where they are written.
fn distinct_runs(texts: &[PageText]) -> Vec<Distinct> {
    let mut of_path: HashMap<&str, usize> = HashMap::new();
    texts.iter().for_each(|text| *of_path.entry(&text.page.path).or_default() += 1);
    let mut distinct: Vec<Distinct> = Vec::new();
    let mut known: HashMap<&Run, (usize, usize)> = HashMap::new();
    for (text, it) in texts.iter().enumerate() {
        // What is written for one page stands in no other: a page with one text has its runs alone.
        if of_path[&*it.page.path] == 1 {
            distinct.push(Distinct::All);
            continue;
        }
        let mut own: Vec<DistinctRun> = Vec::new();
        for (at, run) in it.words.runs.iter().enumerate() {
            match known.entry(run) {
                Entry::Occupied(known) => {
                    let (first, place) = *known.get();
                    let of_first = match distinct.get_mut(first) {
                        Some(Distinct::Some(runs)) => runs,
                        _ => &mut own,
                    };
                    of_first[place].more.push(text);
                }
                Entry::Vacant(new) => {
                    new.insert((text, own.len()));
                    own.push(DistinctRun { run: at, more: Vec::new() });
                }
            }
        }
        distinct.push(Distinct::Some(own));
    }
    distinct
}

/// A run that some pages have, or a value that some have in their front matter.
#[derive(Debug)]
pub struct Saying<'b> {
    /// Its words
    pub run: &'b Run,
    /// One of the pages
    pub page: &'b PlanPage,
    texts: &'b [PageText<'b>],
    /// The number of the first text that has it; none where it is a value
    text: Option<usize>,
    /// The numbers of the others
    more: &'b [usize],
    /// Who reads it, where it is a value
    own: &'b [Reading<'b>],
}

impl<'b> Saying<'b> {
    /// All who read it.
    pub fn readers(&self) -> impl Iterator<Item = Reader<'b>> {
        self.readings().map(|(reader, ..)| reader)
    }

    /// The same, each with the number of the plan and of the page in it.
    pub(super) fn readings(&self) -> impl Iterator<Item = Reading<'b>> {
        let texts = self.text.iter().chain(self.more);
        let of_texts = texts.flat_map(|text| &self.texts[*text].readers);
        of_texts.chain(self.own).copied()
    }

    /// Whether it stands in the text of a page, and not in front matter.
    pub fn is_text(&self) -> bool {
        self.own.is_empty()
    }
}
