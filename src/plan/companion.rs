//! A page and the checklist that covers its steps, part by part.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::plan::step::{Form, Names, Phases, Step, title_stems};
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
    let phases = Phases::of(names.plan());
    let headings = Headings::of(&list_sections, &phases);
    let (mut lists, mut taken) = (HashSet::new(), HashSet::new());
    for (at, section) in page_sections.iter().enumerate() {
        let phase = phases.of_section(section);
        let list = headings.first_like(section, phase);
        let is_taken = list.is_some_and(|list| lists.contains(&list))
            || phase.is_some_and(|phase| taken.contains(&phase));
        if (list.is_some() || phase.is_some()) && !is_taken {
            lists.extend(list);
            taken.extend(phase);
            areas.push(Area {
                title: section.title_text(),
                phase,
                page: Some((section.span, at)),
                list: list.map(|at| (list_sections[at].span, at)),
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
    let renaming = Renaming::of(&ids);
    for item in areas.iter_mut().flat_map(|area| &mut area.items) {
        renaming.rename(&mut item.things);
    }
    areas
}

/// The headings of a checklist, by what makes a section of its page belong to one.
struct Headings<'s> {
    by_id: HashMap<&'s str, usize>,
    by_phase: HashMap<usize, usize>,
    by_title: HashMap<Vec<String>, usize>,
}

impl<'s> Headings<'s> {
    fn of(sections: &[&'s Section], phases: &Phases) -> Headings<'s> {
        let mut headings =
            Headings { by_id: HashMap::new(), by_phase: HashMap::new(), by_title: HashMap::new() };
        for (at, section) in sections.iter().enumerate() {
            headings.by_id.entry(&section.id).or_insert(at);
            if let Some(phase) = phases.of_section(section) {
                headings.by_phase.entry(phase).or_insert(at);
            }
            headings.by_title.entry(title_stems(&section.title_text())).or_insert(at);
        }
        headings
    }

    /// The first one with the id of a section, its phase, or the same words, numbers apart.
    fn first_like(&self, section: &Section, phase: Option<usize>) -> Option<usize> {
        let title = title_stems(&section.title_text());
        let by_title = self.by_title.get(&title).filter(|_| !title.is_empty());
        let by_phase = phase.and_then(|phase| self.by_phase.get(&phase));
        [self.by_id.get(&*section.id), by_phase, by_title].into_iter().flatten().min().copied()
    }
}

/// New names for things, given one after the other.
struct Renaming<'n> {
    /// By the old name: the places of the new ones in that order, and these
    new: HashMap<&'n str, Vec<(usize, &'n str)>>,
}

impl<'n> Renaming<'n> {
    fn of(names: &'n [(String, String)]) -> Renaming<'n> {
        let mut new: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (at, (old, name)) in names.iter().enumerate() {
            new.entry(old).or_default().push((at, name));
        }
        Renaming { new }
    }

    fn rename(&self, things: &mut BTreeSet<String>) {
        let old: Vec<String> = things.iter().filter(|it| self.new.contains_key(&***it)).cloned().collect();
        things.retain(|thing| !self.new.contains_key(thing.as_str()));
        things.extend(old.iter().map(|thing| self.last_name(thing).to_string()));
    }

    /// What a thing is called in the end: what has a new name may get another one after that.
    fn last_name<'t>(&'t self, thing: &'t str) -> &'t str {
        let (mut name, mut from) = (thing, 0);
        while let Some(names) = self.new.get(name)
            && let Some((at, next)) = names.get(names.partition_point(|(at, _)| *at < from))
        {
            (name, from) = (next, at + 1);
        }
        name
    }
}

fn sections(body: &Body) -> Vec<&Section> {
    let mut found = Vec::new();
    body.walk(&mut |section| found.push(section));
    found
}

/// For each section of a body, in order, the area it is in: its own, or that of the section
/// around it.
fn owners(body: &Body, areas: &[Area], place: impl Fn(&Area) -> Option<(Span, usize)>) -> Vec<usize> {
    let own: HashMap<usize, usize> =
        areas.iter().enumerate().filter_map(|(at, area)| Some((place(area)?.1, at))).collect();
    let mut found: Vec<usize> = Vec::new();
    // The levels and areas of the sections that are open.
    let mut open: Vec<(u8, usize)> = Vec::new();
    body.walk(&mut |section| {
        open.retain(|(level, _)| *level < section.level);
        let own = own.get(&found.len()).copied();
        let area = own.or(open.last().map(|(_, area)| *area)).unwrap_or(0);
        open.push((section.level, area));
        found.push(area);
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_has_the_last_of_its_names() {
        let names = [("a", "b"), ("b", "c"), ("a", "d"), ("x", "x"), ("c", "a")];
        let names = names.map(|(old, new)| (old.to_string(), new.to_string()));
        let mut things = BTreeSet::from(["a", "x", "y"].map(str::to_string));
        Renaming::of(&names).rename(&mut things);
        assert_eq!(things, BTreeSet::from(["a", "x", "y"].map(str::to_string)));
        let mut things = BTreeSet::from(["a", "d"].map(str::to_string));
        Renaming::of(&names[..3]).rename(&mut things);
        assert_eq!(things, BTreeSet::from(["c", "d"].map(str::to_string)));
    }
}
