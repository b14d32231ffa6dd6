//! A page and the checklist that covers its steps, part by part.

use crate::plan::step::{Form, Names, Step, phase_of, title_stems};
use crate::source::{Sources, Span};
use crate::syntax::Section;
use crate::tailor::Body;

/// A part of a page, and the part of its checklist that belongs to it.
#[derive(Debug)]
pub struct Area {
    /// The title of the section of the page
    pub title: String,
    /// The phase it is about, by its place among the plan's phases
    pub phase: Option<usize>,
    /// The heading in the page, and its place among the sections there
    pub page: Option<(Span, usize)>,
    /// The heading in the checklist, and its place among the sections there
    pub list: Option<(Span, usize)>,
    /// What the page says there: steps, and what stands around them
    pub said: Vec<Step>,
    /// What the checklist says there
    pub items: Vec<Step>,
}

impl Area {
    /// The steps: the items of its lists.
    pub fn steps(&self) -> Vec<&Step> {
        self.said.iter().filter(|step| step.form != Form::Prose).collect()
    }

    /// The tasks of the checklist, or all its items where none is a task.
    pub fn tasks(&self) -> Vec<&Step> {
        let tasks: Vec<&Step> = self.items.iter().filter(|item| item.form == Form::Task).collect();
        if !tasks.is_empty() {
            return tasks;
        }
        self.items.iter().filter(|item| item.form != Form::Prose).collect()
    }
}

/// The parts of a page and of its checklist, in the order of the page. A section belongs to the
/// one with its id, phase or title; what belongs to none is in the first part.
pub fn areas(names: &Names, page: usize, list: usize, sources: &Sources) -> Vec<Area> {
    let bodies = [page, list].map(|index| &*names.plan().pages[index].body);
    let [page_sections, list_sections] = bodies.map(sections);
    let mut areas = vec![Area {
        title: String::new(),
        phase: None,
        page: None,
        list: None,
        said: Vec::new(),
        items: Vec::new(),
    }];
    for (at, section) in page_sections.iter().enumerate() {
        let phase = phase_of(names.plan(), section);
        let belongs = |other: &&Section| {
            other.id == section.id
                || (phase.is_some() && phase_of(names.plan(), other) == phase)
                || titles_agree(section, other)
        };
        let list = list_sections.iter().position(belongs).map(|at| (list_sections[at].span, at));
        let taken = areas
            .iter()
            .any(|area| (list.is_some() && area.list == list) || (phase.is_some() && area.phase == phase));
        if (list.is_some() || phase.is_some()) && !taken {
            areas.push(Area {
                title: section.title_text(),
                phase,
                page: Some((section.span, at)),
                list,
                said: Vec::new(),
                items: Vec::new(),
            });
        }
    }
    let owners = owners(bodies[0], &areas, |area| area.page);
    // What belongs to none matters only where nothing belongs together.
    let is_wanted = |owner: usize, count: usize| owner > 0 || count == 1;
    let count = areas.len();
    for (section, owner) in page_sections.iter().zip(owners).filter(|(_, owner)| is_wanted(*owner, count)) {
        areas[owner].said.extend(names.read_section(page, section, sources));
    }
    let owners = self::owners(bodies[1], &areas, |area| area.list);
    for (section, owner) in list_sections.iter().zip(owners).filter(|(_, owner)| is_wanted(*owner, count)) {
        areas[owner].items.extend(names.read_section(list, section, sources));
    }
    for part in bodies[0].top.iter().filter(|_| is_wanted(0, count)) {
        names.read_blocks(page, part, sources, &mut areas[0].said);
    }
    for part in bodies[1].top.iter().filter(|_| is_wanted(0, count)) {
        names.read_blocks(list, part, sources, &mut areas[0].items);
    }
    let [page, list] = [page, list].map(|index| &names.plan().pages[index]);
    let ids: Vec<(String, String)> = areas
        .iter()
        .filter_map(|area| Some((area.page?.1, area.list?.1)))
        .map(|(own, other)| {
            let own = format!("page:{}#{}", page.path, page_sections[own].id);
            (format!("page:{}#{}", list.path, list_sections[other].id), own)
        })
        .collect();
    for item in areas.iter_mut().flat_map(|area| &mut area.items) {
        for (there, here) in &ids {
            if item.things.remove(there) {
                item.things.insert(here.clone());
            }
        }
    }
    areas
}

fn sections(body: &Body) -> Vec<&Section> {
    let mut found = Vec::new();
    body.walk(&mut |section| found.push(section));
    found
}

/// For each section of a body, in order, the area it is in: its own, or that of the section
/// around it.
fn owners(body: &Body, areas: &[Area], place: impl Fn(&Area) -> Option<(Span, usize)>) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    // The levels and areas of the sections that are open.
    let mut open: Vec<(u8, usize)> = Vec::new();
    body.walk(&mut |section| {
        let at = found.len();
        open.retain(|(level, _)| *level < section.level);
        let own = areas.iter().position(|area| place(area).is_some_and(|(_, own)| own == at));
        let area = own.or(open.last().map(|(_, area)| *area)).unwrap_or(0);
        open.push((section.level, area));
        found.push(area);
    });
    found
}

/// Whether two headings have the same words, numbers apart.
fn titles_agree(one: &Section, other: &Section) -> bool {
    let title = title_stems(&one.title_text());
    !title.is_empty() && title == title_stems(&other.title_text())
}
