//! `phase-gap`: phases that nothing describes or that are numbered differently, and count words
//! that do not agree with what they count.

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::severity_table_mismatch::groups;
use crate::check::{Binder, Findings, PageText, Rule, counts};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::step::Phases;
use crate::plan::{Plan, PlanPage};
use crate::source::Span;
use crate::syntax::{Kind, Section};

pub(super) const RULE: Rule = Rule {
    name: "phase-gap",
    level: Level::Error,
    finds: "a phase nothing describes, a numbered heading out of order, or a count that is not the count of its list",
    explanation: "\
Why it matters
  Responders say \"we are in four\". When one page counts differently from the next, two people
  are in different phases with the same number. A phase without a text is skipped.

What it reads
  The `number` of each phase, headings that begin with a number (`### 4. Assess`), and, as a
  warning, a number before steps, phases, roles and the like directly above its list, and the
  number of phases where a sentence counts those of the response.

What to do
  Number the heading as the phase is numbered, describe the phase, or correct the count.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let widest = binder.plans.iter().map(|plan| plan.edition).max().unwrap_or_default();
    // A text is read once for all plans that have the same phases.
    let by_phases = groups(&binder.plans.iter().map(|plan| Some(&plan.phases)).collect::<Vec<_>>());
    let mut described: HashMap<(Option<usize>, usize), Arc<Described>> = HashMap::new();
    let announced: Vec<_> = binder
        .texts
        .par_iter()
        .map(|text| counts::announced_in(text.page, &binder.project.sources))
        .collect();
    for (index, plan) in binder.plans.iter().enumerate().filter(|(_, plan)| plan.edition == widest) {
        let mut told = Vec::new();
        tell_numbers(plan, &mut told);
        let phases = LazyCell::new(|| Phases::of(plan));
        let pages: Vec<(&PlanPage, Arc<Described>)> = plan
            .pages
            .iter()
            .enumerate()
            .map(|(at, page)| {
                let key = (by_phases[index], binder.text_index(index, at));
                let read = || Arc::new(Described::of(plan, &phases, page));
                let described = described.entry(key).or_insert_with(read);
                (&**page, described.clone())
            })
            .collect();
        tell_undescribed(plan, &pages, &mut told);
        told.extend(pages.iter().flat_map(|(_, described)| described.told.iter().cloned()));
        for page in &plan.pages {
            counts::of_summary(plan, page, &binder.project.sources, &mut told);
        }
        counts::of_plan(binder, index, &announced, &mut told);
        counts::of_process(binder, index, &mut told);
        for diagnostic in told {
            findings.tell_in((&plan.name, plan.edition), diagnostic);
        }
    }
    let of_texts: Vec<_> = binder.texts.par_iter().map(|text| of_text(text, binder)).collect();
    for (text, told) in binder.texts.iter().zip(of_texts) {
        told.into_iter().for_each(|diagnostic| findings.tell_of(text, diagnostic));
    }
}

/// Two phases with one number, and numbers that leave one out.
fn tell_numbers(plan: &Plan, told: &mut Vec<Diagnostic>) {
    let mut numbered: Vec<(u32, Span, &str)> = plan
        .phases
        .iter()
        .filter_map(|phase| {
            let number = phase.number.as_ref()?;
            Some((number.value, number.span, phase.record.id.as_str()))
        })
        .collect();
    numbered.sort_by_key(|(number, ..)| *number);
    // Whoever counts from 0 counts without a gap too.
    if let Some((number, span, first)) = numbered.first().filter(|(number, ..)| *number > 1) {
        let diagnostic = Diagnostic::new(RULE.name, "no phase has the number 1")
            .at(*span, format!("the first, `{first}`, is number {number}"))
            .help("number the phases from 1, in the order of the response");
        told.push(diagnostic);
    }
    for pair in numbered.windows(2) {
        let [(before, before_span, first), (number, span, second)] = pair else { continue };
        if before == number {
            let message = format!("the phases `{first}` and `{second}` have one number");
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(*span, format!("{number} here"))
                .and(*before_span, "and here")
                .help("number the phases in the order of the response, from 1");
            told.push(diagnostic);
        } else if *number > before + 1 {
            let message = format!("no phase has the number {}", before + 1);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(*span, format!("`{second}` is number {number}"))
                .and(*before_span, format!("`{first}` is number {before}"))
                .help("number the phases without a gap, in the order of the response");
            told.push(diagnostic);
        }
    }
}

/// Which sections of a text are about a phase.
struct Described<'p> {
    sections: Vec<(&'p Section, Option<usize>)>,
    /// The phases they are about, each once
    phases: Vec<usize>,
    /// What is wrong with the numbers of its headings
    told: Vec<Diagnostic>,
}

impl<'p> Described<'p> {
    fn of(plan: &Plan, named: &Phases, page: &'p PlanPage) -> Described<'p> {
        let mut sections = Vec::new();
        page.body.walk(&mut |section| sections.push((section, named.of_section(section))));
        let mut phases: Vec<usize> = sections.iter().filter_map(|(_, phase)| *phase).collect();
        phases.sort_unstable();
        phases.dedup();
        let mut described = Described { sections, phases, told: Vec::new() };
        described.told = described.faults_of_headings(plan, named, page);
        described
    }

    /// Headings with another number than their phase, and neighbours with one number.
    fn faults_of_headings(&self, plan: &Plan, named: &Phases, page: &PlanPage) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        // One heading may only happen to be called like a phase.
        let is_about_phases = self.phases.len() > 1;
        for (section, phase) in self.sections.iter().filter(|_| is_about_phases) {
            let (Some(written), Some(phase)) = (leading_number(section), phase) else { continue };
            let phase = &plan.phases[*phase];
            let Some(number) = phase.number.as_ref().filter(|number| number.value != written) else {
                continue;
            };
            let message = format!("this heading numbers the phase `{}` differently", phase.record.id);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(section.span, format!("{written} here"))
                .and(number.span, format!("{} here", number.value))
                .help(format!("write `{}. {}`", number.value, phase.record.title));
            told.push(diagnostic);
        }
        let top: Vec<&Section> = page.body.sections.iter().map(|section| &**section).collect();
        let below = self
            .sections
            .iter()
            .map(|(section, _)| section.children.iter().map(|child| &**child).collect::<Vec<&Section>>());
        for siblings in std::iter::once(top).chain(below) {
            self.tell_siblings(&siblings, is_about_phases, &mut told);
            tell_strays(plan, named, &siblings, &mut told);
        }
        told
    }

    fn tell_siblings(&self, siblings: &[&Section], is_about_phases: bool, told: &mut Vec<Diagnostic>) {
        let numbered: Vec<(u32, &Section)> =
            siblings.iter().filter_map(|section| Some((leading_number(section)?, *section))).collect();
        if numbered.len() < 3 {
            return;
        }
        let mut seen: BTreeMap<u32, &Section> = BTreeMap::new();
        for (number, section) in &numbered {
            if let Some(first) = seen.insert(*number, section) {
                // Where the headings are phases, the wrong one of the two is told already.
                if !is_about_phases {
                    let diagnostic =
                        Diagnostic::new(RULE.name, format!("two headings have the number {number}"))
                            .at(section.span, "again here")
                            .and(first.span, "first here")
                            .help("number the headings in their order");
                    told.push(diagnostic);
                }
            }
        }
        for pair in numbered.windows(2) {
            let [(before, first), (number, section)] = pair else { continue };
            if *number > before + 1 && !seen.contains_key(&(before + 1)) && !is_about_phases {
                let diagnostic =
                    Diagnostic::new(RULE.name, format!("no heading has the number {}", before + 1))
                        .at(section.span, format!("{number} here"))
                        .and(first.span, format!("{before} here"))
                        .help("number the headings without a gap");
                told.push(diagnostic);
            }
        }
    }
}

/// Headings that are numbered like the phases beside them, and are about none.
fn tell_strays(plan: &Plan, named: &Phases, siblings: &[&Section], told: &mut Vec<Diagnostic>) {
    let numbered = siblings.iter().filter_map(|section| Some((leading_number(section)?, *section)));
    let (phases, strays): (Vec<_>, Vec<_>) = numbered
        .map(|(number, section)| (number, section, named.of_section(section)))
        .partition(|(.., phase)| phase.is_some());
    if phases.len() < 2 || strays.len() >= phases.len() {
        return;
    }
    for (number, section, _) in strays {
        let near = phases.iter().min_by_key(|(other, ..)| other.abs_diff(number));
        let near = near.and_then(|(_, section, phase)| Some((section.span, &plan.phases[(*phase)?])));
        let Some((span, near)) = near else { continue };
        let diagnostic =
            Diagnostic::new(RULE.name, format!("no phase is what the heading {number} is about"))
                .at(section.span, "numbered like a phase")
                .and(span, format!("this is about the phase `{}`", near.record.id))
                .help("write the phase, or take the heading's number out");
        told.push(diagnostic);
    }
}

/// The number a heading begins with: `4. Assess`, `4) Assess`, `Phase 4: Assess`.
fn leading_number(section: &Section) -> Option<u32> {
    let title = section.title_text();
    let title = title.trim();
    let named = ["Phase ", "Step ", "Process "].iter().find_map(|word| title.strip_prefix(word));
    let rest = named.unwrap_or(title);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let after = rest[digits..].chars().next();
    let ends =
        matches!(after, Some('.' | ')' | ':')) || (named.is_some() && matches!(after, None | Some(' ')));
    // "4.1 Scope" is another kind of number.
    let next = rest[digits..].chars().nth(1);
    let is_version = after == Some('.') && next.is_some_and(|c| c.is_ascii_digit());
    rest[..digits].parse().ok().filter(|number| ends && !is_version && *number < 100)
}

/// Phases without any text, and phases that a page about all the others leaves out.
fn tell_undescribed(plan: &Plan, pages: &[(&PlanPage, Arc<Described>)], told: &mut Vec<Diagnostic>) {
    let companions: Vec<&str> = plan
        .checklists
        .iter()
        .filter(|checklist| checklist.companion_of.is_some())
        .map(|checklist| &*checklist.record.page)
        .collect();
    for (index, phase) in plan.phases.iter().enumerate() {
        let Some(own) = plan.page_index(&phase.record.page) else { continue };
        let is_told_of = pages.iter().any(|(_, described)| described.phases.contains(&index));
        let body = &plan.pages[own].body;
        let has_text = !body.top.is_empty() || !body.sections.is_empty();
        if !has_text && !is_told_of {
            let message = format!("nothing describes the phase `{}`", phase.record.id);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(plan.pages[own].start, "a page without text, and no section elsewhere")
                .help(format!("describe it here, or in a section `{{#{}}}` of the plan", phase.record.id));
            told.push(diagnostic);
        }
    }
    for (page, described) in pages {
        let phases = &described.phases;
        // What a checklist leaves out of its plan is told by `checklist-gap`.
        let is_companion = companions.contains(&&*page.path);
        let nearly_all = phases.len() >= 3 && plan.phases.len() - phases.len() == 1;
        if is_companion || !nearly_all || page.kind == Kind::Phase {
            continue;
        }
        for (index, phase) in plan.phases.iter().enumerate().filter(|(index, _)| !phases.contains(index)) {
            let near =
                described.sections.iter().find(|(_, other)| other.is_some_and(|other| other + 1 >= index));
            let message = format!("`{}` has a section for every phase but `{}`", page.path, phase.record.id);
            let beside = near.or(described.sections.first()).map_or(page.start, |(section, _)| section.span);
            let own = plan.page_index(&phase.record.page).map_or(beside, |own| plan.pages[own].start);
            let diagnostic = Diagnostic::new(RULE.name, message)
                .at(own, "the phase nobody comes to")
                .and(beside, format!("`{}` is missing beside this", phase.record.title))
                .help(format!("add a section `{} {{#{}}}`", phase.record.title, phase.record.id));
            told.push(diagnostic);
        }
    }
}

fn of_text(text: &PageText, binder: &Binder) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    let sources = &binder.project.sources;
    let body = &text.page.body;
    body.top.iter().for_each(|part| counts::of_blocks(part, sources, &mut told));
    body.walk(&mut |section| {
        section.parts.iter().for_each(|part| counts::of_blocks(part, sources, &mut told));
    });
    told
}
