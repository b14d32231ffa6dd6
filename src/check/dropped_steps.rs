//! Steps and tasks of a parent's page that a tailoring has taken out.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::limits;
use crate::plan::matching::{Matching, Weighed, Weights};
use crate::plan::step::{Form, Names, Step};
use crate::plan::{Plan, PlanPage};
use crate::source::{Sources, Span};
use crate::syntax::{Kind, Section};

/// A step the parent has and nothing on the plan's page says; or a section with several.
pub(super) struct Dropped {
    /// What it is, for a message
    pub(super) what: String,
    /// Where the parent has it
    pub(super) parents: Span,
    /// The section of the plan that should have it
    pub(super) own: Option<Span>,
    /// What a deviation calls it: `response.contain`, `checklists.response.assess`
    pub(super) path: String,
    /// The same as a place: `response.md#contain`
    pub(super) place: String,
    /// Whether the plan has the page written anew
    pub(super) is_rewritten: bool,
}

/// The dropped steps of all pages, in their order.
pub(super) fn find(parent: &Plan, plan: &Plan, sources: &Sources) -> Vec<Dropped> {
    let names = (Names::of(parent), Names::of(plan));
    let mut found = Vec::new();
    for (index, page) in parent.pages.iter().enumerate() {
        let Some(own) = plan.page_index(&page.path) else { continue };
        let is_new = plan.pages[own].start.source != page.start.source;
        if is_worked_through(page, parent, is_new) && !Arc::ptr_eq(&page.body, &plan.pages[own].body) {
            in_page((&names.0, index), (&names.1, own), sources, &mut found);
        }
    }
    found
}

/// Whether a page has steps somebody takes during an incident: a checklist, the page whose steps
/// it covers, or a playbook. One that was written anew need not have the same, unless it is the
/// response itself.
fn is_worked_through(page: &PlanPage, plan: &Plan, is_new: bool) -> bool {
    let is_of_response = plan.checklists.iter().any(|checklist| {
        let companion = checklist.companion_of.as_ref();
        companion
            .is_some_and(|companion| *companion.value == *page.path || checklist.record.page == page.path)
    });
    is_of_response || (!is_new && matches!(page.kind, Kind::Checklist | Kind::Playbook))
}

/// A section and what it says.
type Said<'p> = (Option<&'p Section>, Vec<Step>);

fn read<'p>(names: &Names<'p>, page: usize, sources: &Sources) -> Vec<Said<'p>> {
    let body = &names.plan().pages[page].body;
    let mut top = Vec::new();
    body.top.iter().for_each(|part| names.read_blocks(page, part, sources, &mut top));
    let mut found: Vec<Said> = vec![(None, top)];
    body.walk(&mut |section| found.push((Some(section), names.read_section(page, section, sources))));
    found
}

/// The steps of a parent's page that are written nowhere in the plan's.
fn in_page(
    (parents, page): (&Names, usize),
    (own, own_page): (&Names, usize),
    sources: &Sources,
    found: &mut Vec<Dropped>,
) {
    // A text that only reads differently because of its values is the same text.
    let spans = |names: &Names, page: usize| {
        let mut spans: BTreeSet<Span> = BTreeSet::new();
        let body = &names.plan().pages[page].body;
        let mut parts: Vec<_> = body.top.iter().collect();
        body.walk(&mut |section| parts.extend(&section.parts));
        parts.iter().flat_map(|part| part.iter()).for_each(|block| {
            spans.insert(block.span());
        });
        spans
    };
    if spans(parents, page).is_subset(&spans(own, own_page)) {
        return;
    }
    let (before, after) = (read(parents, page, sources), read(own, own_page, sources));
    // A step without words of its own came out of a template, such as a diagram.
    let is_step = |step: &&Step| matches!(step.form, Form::Numbered | Form::Task) && !step.stems.is_empty();
    let all = |said: &[Said]| -> Vec<Step> { said.iter().flat_map(|(_, steps)| steps.clone()).collect() };
    let (all_before, all_after) = (all(&before), all(&after));
    let kept: BTreeSet<Span> = all_after.iter().map(|step| step.span).collect();
    let weights = Weights::of(all_before.iter().chain(&all_after));
    let new: Vec<&Step> = {
        let inherited: BTreeSet<Span> = all_before.iter().map(|step| step.span).collect();
        all_after.iter().filter(|step| !inherited.contains(&step.span)).collect()
    };
    let most = limits::COMPARED.most;
    let items: Vec<Weighed> = new.iter().take(most).map(|step| weights.weigh(step)).collect();
    let mut gone: Vec<(Option<&Section>, &Step)> = before
        .iter()
        .flat_map(|(section, steps)| steps.iter().filter(is_step).map(move |step| (*section, step)))
        .filter(|(_, step)| !kept.contains(&step.span))
        .collect();
    let path = &parents.plan().pages[page].path;
    let is_rewritten = parents.plan().pages[page].start.source != own.plan().pages[own_page].start.source;
    // What is more is for nobody to work through, and takes the square of its number to compare.
    let deviation = |id: &str| format!("{}.{id}", path.trim_end_matches(".md").replace('/', "."));
    if let Some((section, step)) = gone.get(most) {
        let id = section.map_or("top", |section| &*section.id);
        found.push(Dropped {
            what: format!("rest beyond {},", limits::COMPARED),
            parents: step.span,
            own: None,
            path: deviation(id),
            place: format!("{path}#{id}"),
            is_rewritten,
        });
        gone.truncate(most);
    }
    let steps: Vec<Weighed> = gone.iter().map(|(_, step)| weights.weigh(step)).collect();
    let matching = Matching::of(&steps, &items);
    let uncovered = gone.iter().zip(&matching.covered).filter(|(_, covered)| !**covered);
    let uncovered: Vec<(Option<&Section>, &Step)> = uncovered.map(|(gone, _)| *gone).collect();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (section, step) in &uncovered {
        let id = section.map_or("top", |section| &*section.id);
        let same = after.iter().filter_map(|(other, _)| *other).find(|other| *other.id == *id);
        let is_here =
            |(other, _): &&(Option<&Section>, &Step)| other.map(|it| &it.id) == section.map(|it| &it.id);
        let count = uncovered.iter().filter(is_here).count();
        // Of a section that is gone with all its steps one word is enough.
        let is_whole = same.is_none() && count > 1 && count == gone.iter().filter(is_here).count();
        if is_whole && !told.insert(id) {
            continue;
        }
        let (what, place) = match section.filter(|_| is_whole) {
            Some(section) => (format!("section `{path}#{id}` with {count} steps"), section.span),
            None => (format!("step \"{}\"", step.short()), step.span),
        };
        found.push(Dropped {
            what,
            parents: place,
            own: same.map(|section| section.id_span),
            path: deviation(id),
            place: format!("{path}#{id}"),
            is_rewritten,
        });
    }
}
