//! Rules: what must be true of a binder before it is published.
//!
//! A rule looks and tells. Levels, exceptions, and telling an inherited fault once are
//! the driver's.

mod absolute_link;
mod ambiguous_section;
mod audience_leak;
pub mod baseline;
mod broken_link;
mod broken_syntax;
mod broken_template;
mod checklist_gap;
mod contradicting_channel;
mod contradicting_timer;
mod counts;
mod deep_nesting;
mod dropped_steps;
mod duplicate_section;
mod duplicated_fact;
mod empty_link;
mod external_link;
mod foreign_name;
mod invalid_configuration;
mod invalid_front_matter;
mod invalid_layer;
mod literal_value;
mod mention;
mod mismatched_link_text;
mod missing_alt;
mod missing_approval;
mod missing_fact;
mod name_clash;
mod name_index;
mod nothing_checked;
mod orphan_page;
mod overdue_review;
mod passage;
mod passages;
mod phase_gap;
mod placeholder;
mod repeated_word;
mod retired_name;
mod role_definition;
mod severity_table_mismatch;
mod severity_without_response;
mod skipped_heading;
mod standards;
mod tailoring;
mod taken_address;
mod template_residue;
mod timing;
mod unbound_duration;
mod unclear_tailoring;
mod uncovered_control;
mod undefined_abbreviation;
mod undefined_value;
mod unknown_audience;
mod unknown_target;
mod unknown_thing;
mod unreadable_file;
mod unsafe_html;
mod unused_record;
mod waiver;
mod weaker_than_parent;
mod withdrawn_standard;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Label, Level};
use crate::load::{Project, ProjectFault};
use crate::plan::{Plan, PlanFault, PlanPage, Run, prose};
use crate::source::Span;
use crate::syntax::Audience;
use crate::tailor::{TailorFault, Variant};

/// One check.
#[derive(Debug)]
pub struct Rule {
    /// Its name; reads well after "allow".
    pub name: &'static str,
    /// How much it matters where nothing else is said
    pub level: Level,
    /// What it finds, in one line
    pub finds: &'static str,
    /// Why that matters and what to do, in a few paragraphs
    pub explanation: &'static str,
    /// Looks, and tells
    pub look: fn(&Binder, &mut Findings),
}

/// Every rule, by name.
pub const RULES: &[&Rule] = &[
    &absolute_link::RULE,
    &ambiguous_section::RULE,
    &audience_leak::RULE,
    &broken_link::RULE,
    &broken_syntax::RULE,
    &broken_template::RULE,
    &checklist_gap::RULE,
    &contradicting_channel::RULE,
    &contradicting_timer::RULE,
    &deep_nesting::RULE,
    &duplicate_section::RULE,
    &duplicated_fact::RULE,
    &empty_link::RULE,
    &external_link::RULE,
    &foreign_name::RULE,
    &invalid_configuration::RULE,
    &invalid_front_matter::RULE,
    &invalid_layer::RULE,
    &literal_value::RULE,
    &baseline::RULE,
    &mismatched_link_text::RULE,
    &missing_alt::RULE,
    &missing_approval::RULE,
    &missing_fact::RULE,
    &name_clash::RULE,
    &nothing_checked::RULE,
    &orphan_page::RULE,
    &overdue_review::RULE,
    &phase_gap::RULE,
    &placeholder::RULE,
    &tailoring::REDUNDANT,
    &repeated_word::RULE,
    &retired_name::RULE,
    &role_definition::RULE,
    &severity_table_mismatch::RULE,
    &severity_without_response::RULE,
    &skipped_heading::RULE,
    &tailoring::STALE,
    &taken_address::RULE,
    &template_residue::RULE,
    &tailoring::UNACCEPTED,
    &unbound_duration::RULE,
    &unclear_tailoring::RULE,
    &uncovered_control::RULE,
    &undefined_abbreviation::RULE,
    &undefined_value::RULE,
    &unknown_audience::RULE,
    &unknown_thing::CHANNEL,
    &unknown_thing::CONTACT,
    &unknown_thing::PHASE,
    &unknown_thing::ROLE,
    &unknown_thing::SEVERITY,
    &unknown_thing::STATUS,
    &unknown_target::RULE,
    &unknown_thing::TERM,
    &unreadable_file::RULE,
    &unsafe_html::RULE,
    &unused_record::RULE,
    &waiver::UNUSED,
    &waiver::WITHOUT_REASON,
    &weaker_than_parent::RULE,
    &withdrawn_standard::RULE,
];

/// Rules that keep an edition from showing what it must not, and a page from doing what it must
/// not. No level and no exception changes them.
pub const LOCKED: &[&str] =
    &["invalid-configuration", "invalid-front-matter", "unknown-audience", "unreadable-file", "unsafe-html"];

/// So many names can be listed in one line.
const FEW: usize = 8;

pub use external_link::addresses;

/// The rule with this name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// What rules look at.
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
    /// The texts of their front matter, likewise
    pub values: Vec<FrontText<'b>>,
    /// For each plan and page, its text in `texts`
    text_of: Vec<Vec<usize>>,
    /// What is said besides the runs of the texts
    spoken: passage::Spoken<'b>,
}

/// The text of a page, as some readers get it: the same words in the same places.
#[derive(Debug)]
pub struct PageText<'b> {
    /// The page in the first of the plans that share the text
    pub page: &'b PlanPage,
    /// Who reads it, with the number of the plan and of the page in it
    pub readers: Vec<(Reader<'b>, usize, usize)>,
    /// Its runs, in order
    pub runs: Vec<Run>,
    /// The durations written out by hand in it, but for those in tables
    statements: Vec<timing::statement::Statement>,
}

/// The texts of a page's front matter, as some readers get it.
#[derive(Debug)]
pub struct FrontText<'b> {
    /// The page in the first of the plans that share it
    pub page: &'b PlanPage,
    /// Who reads it
    pub readers: Vec<Reader<'b>>,
    /// Its prose, each with its path in the front matter
    pub runs: Vec<(String, Run)>,
}

/// A variant in an edition, to say which a finding concerns.
type Reader<'b> = (&'b str, Audience);

impl<'b> Binder<'b> {
    /// What there is to look at.
    pub fn new(project: &'b Project, variants: &'b [Variant], plans: &'b [Plan]) -> Binder<'b> {
        let mut texts: Vec<PageText> = Vec::new();
        let mut values: Vec<FrontText> = Vec::new();
        let (mut known, mut known_fronts) = (HashMap::new(), HashMap::new());
        let mut text_of = Vec::new();
        for (plan_index, plan) in plans.iter().enumerate() {
            let mut of_plan = Vec::new();
            for (page_index, page) in plan.pages.iter().enumerate() {
                let index = *known.entry(Arc::as_ptr(&page.body)).or_insert_with(|| {
                    texts.push(PageText {
                        page,
                        readers: Vec::new(),
                        runs: Vec::new(),
                        statements: Vec::new(),
                    });
                    texts.len() - 1
                });
                texts[index].readers.push(((&*plan.name, plan.edition), plan_index, page_index));
                of_plan.push(index);
                let index = *known_fronts.entry(Arc::as_ptr(&page.front)).or_insert_with(|| {
                    values.push(FrontText { page, readers: Vec::new(), runs: Vec::new() });
                    values.len() - 1
                });
                values[index].readers.push((&*plan.name, plan.edition));
            }
            text_of.push(of_plan);
        }
        texts.par_iter_mut().for_each(|text| {
            text.runs = prose::runs(&text.page.body, &project.sources);
            text.statements = timing::statement::of_text(text.page, &text.runs, &project.sources);
        });
        values.par_iter_mut().for_each(|value| value.runs = prose::value_runs(value.page));
        let spoken = passage::Spoken::read(&texts, plans, &project.sources);
        Binder { project, variants, plans, texts, values, text_of, spoken }
    }

    /// The text of a page of a plan, by their numbers.
    fn text(&self, plan: usize, page: usize) -> &PageText<'b> {
        &self.texts[self.text_index(plan, page)]
    }

    /// The number of the text of a page of a plan in `texts`.
    fn text_index(&self, plan: usize, page: usize) -> usize {
        self.text_of[plan][page]
    }

    fn project_faults(&self) -> impl Iterator<Item = &'b ProjectFault> {
        self.project.faults.iter()
    }

    fn tailor_faults(&self) -> impl Iterator<Item = (Reader<'b>, &'b TailorFault)> {
        self.variants.iter().flat_map(|variant| {
            variant.faults.iter().map(move |fault| ((&*variant.name, variant.edition), fault))
        })
    }

    fn plan_faults(&self) -> impl Iterator<Item = (Reader<'b>, &'b PlanFault)> {
        self.plans
            .iter()
            .flat_map(|plan| plan.faults.iter().map(move |fault| ((&*plan.name, plan.edition), fault)))
    }
}

type FindingKey = (&'static str, String, Vec<Label>, Option<String>);

/// What rules have found: the same finding in several variants is one.
#[derive(Debug, Default)]
pub struct Findings {
    found: Vec<(Diagnostic, BTreeSet<(String, Audience)>)>,
    index: HashMap<FindingKey, usize>,
}

impl Findings {
    /// Tells something about what is written, whatever is made of it.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.add(diagnostic);
    }

    /// Tells something about what a reader gets.
    pub fn tell_in(&mut self, reader: Reader, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        self.found[at].1.insert((reader.0.to_string(), reader.1));
    }

    /// Tells something about a text, to all who read it.
    pub fn tell_of(&mut self, text: &PageText, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        let readers = text.readers.iter().map(|(reader, ..)| (reader.0.to_string(), reader.1));
        self.found[at].1.extend(readers);
    }

    /// Tells something about a text of front matter, to all who read it.
    pub fn tell_of_front(&mut self, front: &FrontText, diagnostic: Diagnostic) {
        let at = self.add(diagnostic);
        let readers = front.readers.iter().map(|reader| (reader.0.to_string(), reader.1));
        self.found[at].1.extend(readers);
    }

    fn add(&mut self, diagnostic: Diagnostic) -> usize {
        let key =
            (diagnostic.rule, diagnostic.message.clone(), diagnostic.labels.clone(), diagnostic.path.clone());
        *self.index.entry(key).or_insert_with(|| {
            self.found.push((diagnostic, BTreeSet::new()));
            self.found.len() - 1
        })
    }
}

/// Checks a binder by every rule. The diagnostics are in the order of their places.
pub fn check(binder: &Binder) -> Vec<Diagnostic> {
    let found: Vec<Findings> = RULES
        .par_iter()
        .map(|rule| {
            let mut findings = Findings::default();
            (rule.look)(binder, &mut findings);
            findings
        })
        .collect();
    let editions: BTreeSet<Audience> = binder.plans.iter().map(|plan| plan.edition).collect();
    let mut diagnostics: Vec<Diagnostic> = found
        .into_iter()
        .flat_map(|findings| findings.found)
        .map(|(diagnostic, readers)| Diagnostic { variants: name_readers(&readers, &editions), ..diagnostic })
        .collect();
    drop_told_better(&mut diagnostics);
    waiver::apply(binder, &mut diagnostics);
    diagnostics.retain_mut(|diagnostic| {
        let level = level(diagnostic, &binder.project.config);
        diagnostic.level = level.unwrap_or(diagnostic.level);
        level.is_some()
    });
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.span();
        let path = match span {
            Some(span) => binder.project.sources.get(span.source).path.to_string(),
            None => diagnostic.path.clone().unwrap_or_default(),
        };
        (path, span.map_or(0, |span: Span| span.start), diagnostic.rule, diagnostic.message.clone())
    };
    diagnostics.sort_by_cached_key(place);
    diagnostics
}

/// How much a diagnostic matters in a project; `None` where its rule is switched off.
fn level(diagnostic: &Diagnostic, config: &Config) -> Option<Level> {
    let own = rule(diagnostic.rule).map(|rule| rule.level);
    let set = config.rules.get(diagnostic.rule).map(|level| level.value);
    let level = set.filter(|_| !LOCKED.contains(&diagnostic.rule)).unwrap_or(own)?;
    Some(diagnostic.at_most.map_or(level, |most| level.max(most)))
}

/// Rules that see the same words: where the second of a pair tells about a place, the first has
/// nothing to add.
const TOLD_BETTER: &[(&str, &str)] = &[
    ("duplicated-fact", "contradicting-channel"),
    ("literal-value", "foreign-name"),
    ("literal-value", "retired-name"),
    ("retired-name", "severity-table-mismatch"),
    ("unbound-duration", "contradicting-timer"),
    ("unbound-duration", "duplicated-fact"),
    ("unbound-duration", "literal-value"),
    ("unknown-channel", "contradicting-channel"),
    ("unknown-severity", "severity-table-mismatch"),
];

/// Takes out what another rule says better about the same words.
fn drop_told_better(diagnostics: &mut Vec<Diagnostic>) {
    let places: Vec<(&str, Span)> = diagnostics.iter().flat_map(places_of).collect();
    let is_told = |rule: &str, span: Span| {
        places.iter().any(|(other, place)| {
            TOLD_BETTER.contains(&(rule, *other))
                && place.source == span.source
                && place.start <= span.start
                && span.end <= place.end
        })
    };
    let weaker = |rule: &str| TOLD_BETTER.iter().any(|(weaker, _)| *weaker == rule);
    let keep: Vec<bool> = diagnostics
        .iter()
        .map(|found| !(weaker(found.rule) && found.span().is_some_and(|span| is_told(found.rule, span))))
        .collect();
    let mut keep = keep.into_iter();
    diagnostics.retain(|_| keep.next().unwrap_or(true));
}

/// The places a diagnostic is about: one, but where a fact stands in several.
fn places_of(found: &Diagnostic) -> Vec<(&'static str, Span)> {
    match found.rule {
        "duplicated-fact" => found.labels.iter().map(|label| (found.rule, label.span)).collect(),
        _ => found.span().map(|span| (found.rule, span)).into_iter().collect(),
    }
}

/// The variants of some readers; with the edition where only some editions are concerned.
fn name_readers(readers: &BTreeSet<(String, Audience)>, editions: &BTreeSet<Audience>) -> Vec<String> {
    let mut by_name: BTreeMap<&str, BTreeSet<Audience>> = BTreeMap::new();
    for (name, edition) in readers {
        by_name.entry(name).or_default().insert(*edition);
    }
    by_name
        .into_iter()
        .flat_map(|(name, found)| {
            if found == *editions {
                vec![name.to_string()]
            } else {
                found.iter().map(|edition| format!("{name} ({})", edition.name())).collect()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_in_order_and_every_rule_explains_itself() {
        for pair in RULES.windows(2) {
            assert!(pair[0].name < pair[1].name, "put `{}` before `{}` in RULES", pair[1].name, pair[0].name);
        }
        for rule in RULES {
            let kebab = rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            assert!(kebab, "`{}` is not a rule's name", rule.name);
            assert!(!rule.finds.is_empty(), "`{}` does not say what it finds", rule.name);
            for heading in ["Why it matters", "What to do"] {
                assert!(rule.explanation.contains(heading), "`{}` has no \"{heading}\"", rule.name);
            }
        }
    }
}
