//! What rules look at.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{passage, timing};
use crate::load::{Project, ProjectFault};
use crate::plan::{Plan, PlanFault, PlanPage, Run, each_reference, prose};
use crate::syntax::Audience;
use crate::syntax::tree::Reference;
use crate::tailor::{TailorFault, Variant};

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
    /// The runs of the texts that differ: each by the place of one, with all texts that have it
    distinct: Vec<DistinctRun>,
}

/// The text of a page, as some readers get it: the same words in the same places.
#[derive(Debug)]
pub struct PageText<'b> {
    /// The page in the first of the plans that share the text
    pub page: &'b PlanPage,
    /// Who reads it, with the number of the plan and of the page in it
    pub readers: Vec<Reading<'b>>,
    /// Its runs, in order
    pub runs: Vec<Run>,
    /// Which of them each part of the page is, as [`prose::PageRuns`] has it
    pub(super) parts: Vec<Vec<Range<usize>>>,
    /// What it refers to, in order
    pub(super) references: Vec<Reference<'b>>,
    /// The durations written out by hand in it, but for those in tables
    pub(super) statements: Vec<timing::statement::Statement>,
}

/// A reader, with the number of the plan and of the page in it.
pub(super) type Reading<'b> = (Reader<'b>, usize, usize);

/// A variant in an edition, to say which a finding concerns.
pub type Reader<'b> = (&'b str, Audience);

impl<'b> Binder<'b> {
    /// What there is to look at.
    pub fn new(project: &'b Project, variants: &'b [Variant], plans: &'b [Plan]) -> Binder<'b> {
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
                        runs: Vec::new(),
                        parts: Vec::new(),
                        references: Vec::new(),
                        statements: Vec::new(),
                    });
                    texts.len() - 1
                });
                texts[index].readers.push(((&*plan.name, plan.edition), plan_index, page_index));
                of_plan.push(index);
            }
            text_of.push(of_plan);
        }
        texts.par_iter_mut().for_each(|text| {
            let runs = prose::PageRuns::of(&text.page.body, &project.sources);
            (text.runs, text.parts) = (runs.all, runs.parts);
            each_reference(&text.page.body, &mut |reference| text.references.push(reference));
            text.statements = timing::statement::of_text(text.page, &text.runs, &project.sources);
        });
        let spoken = passage::Spoken::read(&texts, plans, &project.sources);
        let distinct = distinct_runs(&texts);
        Binder { project, variants, plans, texts, text_of, spoken, distinct }
    }

    /// Everything that its pages and their front matter say in running text, each distinct saying
    /// once. For rules that look at words alone, whatever stands around them.
    pub fn sayings(&self) -> impl Iterator<Item = Saying<'_>> {
        let of_texts = self.distinct.iter().map(|it| Saying {
            run: &self.texts[it.text].runs[it.run],
            page: self.texts[it.text].page,
            texts: &self.texts,
            of: Some(it),
            own: &[],
        });
        let of_values = self.spoken.values().map(|(page, run, own)| Saying {
            run,
            page,
            texts: &self.texts,
            of: None,
            own,
        });
        of_texts.chain(of_values)
    }

    /// The runs of the pages' texts, each distinct one once, with a page that has it.
    pub(super) fn distinct_runs(&self) -> impl Iterator<Item = (&'b PlanPage, &Run)> {
        self.distinct.iter().map(|it| (self.texts[it.text].page, &self.texts[it.text].runs[it.run]))
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

    pub(super) fn plan_faults(&self) -> impl Iterator<Item = (Reader<'b>, &'b PlanFault)> {
        self.plans
            .iter()
            .flat_map(|plan| plan.faults.iter().map(move |fault| ((&*plan.name, plan.edition), fault)))
    }
}

/// A run, by the place of one of those that are the same.
#[derive(Debug)]
struct DistinctRun {
    /// The number of the text
    text: usize,
    /// The number of the run in it
    run: usize,
    /// The numbers of the other texts that have it
    more: Vec<usize>,
}

/// The runs that differ in their words or in where they are written.
fn distinct_runs(texts: &[PageText]) -> Vec<DistinctRun> {
    let mut of_path: HashMap<&str, usize> = HashMap::new();
    texts.iter().for_each(|text| *of_path.entry(&text.page.path).or_default() += 1);
    let mut distinct: Vec<DistinctRun> = Vec::new();
    let mut known: HashMap<&Run, usize> = HashMap::new();
    for (text, it) in texts.iter().enumerate() {
        // What is written for one page stands in no other: a page with one text has its runs alone.
        if of_path[&*it.page.path] == 1 {
            distinct.extend((0..it.runs.len()).map(|run| DistinctRun { text, run, more: Vec::new() }));
            continue;
        }
        for (at, run) in it.runs.iter().enumerate() {
            match known.entry(run) {
                Entry::Occupied(known) => distinct[*known.get()].more.push(text),
                Entry::Vacant(new) => {
                    new.insert(distinct.len());
                    distinct.push(DistinctRun { text, run: at, more: Vec::new() });
                }
            }
        }
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
    of: Option<&'b DistinctRun>,
    own: &'b [Reading<'b>],
}

impl<'b> Saying<'b> {
    /// All who read it.
    pub fn readers(&self) -> impl Iterator<Item = Reader<'b>> {
        let texts = self.of.into_iter().flat_map(|it| std::iter::once(&it.text).chain(&it.more));
        let of_texts = texts.flat_map(|text| &self.texts[*text].readers);
        of_texts.chain(self.own).map(|(reader, ..)| *reader)
    }

    /// Whether it stands in the text of a page, and not in front matter.
    pub fn is_text(&self) -> bool {
        self.own.is_empty()
    }
}
