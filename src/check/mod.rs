//! Rules: what must be true of a binder before it is published.
//!
//! A rule looks and tells. Levels, exceptions, and telling an inherited fault once are
//! the driver's.

mod absolute_link;
mod ambiguous_section;
mod audience_leak;
pub mod baseline;
mod binder;
mod broken_link;
mod broken_syntax;
mod broken_template;
mod broken_theme;
mod checklist_gap;
mod contradicting_channel;
mod contradicting_timer;
mod counts;
mod coverage;
mod deep_nesting;
mod dropped_steps;
mod duplicate_section;
mod duplicated_fact;
mod edit;
mod empty_link;
mod external_link;
mod findings;
mod foreign_name;
mod image_without_size;
mod inaccessible_print;
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

mod phase_gap;
mod placeholder;
mod removed;
mod repeated_word;
mod retired_name;
mod role_definition;
mod severity_table_mismatch;
mod severity_without_response;
mod signs;
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
mod unportable_name;
mod unprintable_character;
mod unreadable_file;
mod unsafe_html;
mod unused_record;
mod waiver;
mod weaker_than_parent;
mod wide_table;
mod withdrawn_standard;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Level};
use crate::source::{SourceId, Span};
use crate::syntax::Audience;

pub use binder::{Binder, Memory, PageText, Reader};
pub use broken_theme::{BROKEN_THEME, theme_finding};
pub use findings::Findings;

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
    &broken_theme::RULE,
    &checklist_gap::RULE,
    &contradicting_channel::RULE,
    &contradicting_timer::RULE,
    &deep_nesting::RULE,
    &duplicate_section::RULE,
    &duplicated_fact::RULE,
    &empty_link::RULE,
    &external_link::RULE,
    &foreign_name::RULE,
    &image_without_size::RULE,
    &inaccessible_print::RULE,
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
    &unportable_name::RULE,
    &unprintable_character::RULE,
    &unreadable_file::RULE,
    &unsafe_html::RULE,
    &unused_record::RULE,
    &waiver::UNUSED,
    &waiver::WITHOUT_REASON,
    &weaker_than_parent::RULE,
    &wide_table::RULE,
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

/// Checks a binder by every rule. The diagnostics are in the order of their places.
pub fn check(binder: &Binder) -> Vec<Diagnostic> {
    let found: Vec<Findings> = RULES
        .par_iter()
        .with_max_len(1)
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
    set_levels(&mut diagnostics, &binder.project.config);
    edit::fit_to_place(&mut diagnostics, &binder.project.sources);
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

/// Leaves out what is excepted or switched off, and gives the rest its level: for what is found only when files
/// are made.
pub fn settle(binder: &Binder, diagnostics: &mut Vec<Diagnostic>) {
    waiver::leave_out(binder, diagnostics);
    set_levels(diagnostics, &binder.project.config);
}

/// Gives each diagnostic its level, and takes out those whose rule is switched off.
fn set_levels(diagnostics: &mut Vec<Diagnostic>, config: &Config) {
    diagnostics.retain_mut(|diagnostic| {
        let level = level(diagnostic, config);
        diagnostic.level = level.unwrap_or(diagnostic.level);
        level.is_some()
    });
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
    ("unknown-channel", "broken-syntax"),
    ("unknown-channel", "contradicting-channel"),
    ("unknown-severity", "severity-table-mismatch"),
];

/// Takes out what another rule says better about the same words.
fn drop_told_better(diagnostics: &mut Vec<Diagnostic>) {
    let mut better: HashMap<(&str, SourceId), Vec<Span>> = HashMap::new();
    for (rule, span) in diagnostics.iter().flat_map(places_of) {
        if TOLD_BETTER.iter().any(|(_, other)| *other == rule) {
            better.entry((rule, span.source)).or_default().push(span);
        }
    }
    // In order, each with the end of the farthest so far: one of those that begin before another place holds
    // it where the last of them does.
    for places in better.values_mut() {
        places.sort_by_key(|place| place.start);
        let mut farthest = 0;
        for place in places {
            farthest = farthest.max(place.end);
            place.end = farthest;
        }
    }
    let is_told = |rule: &str, span: Span| {
        let others = TOLD_BETTER.iter().filter(|(weaker, _)| *weaker == rule);
        others.filter_map(|(_, other)| better.get(&(*other, span.source))).any(|places| {
            let before = places.partition_point(|place| place.start <= span.start);
            before > 0 && span.end <= places[before - 1].end
        })
    };
    diagnostics.retain(|found| !found.span().is_some_and(|span| is_told(found.rule, span)));
}

/// The places a diagnostic is about: one, but where a fact stands in several.
fn places_of(found: &Diagnostic) -> Vec<(&'static str, Span)> {
    match found.rule {
        "duplicated-fact" => found.labels.iter().map(|label| (found.rule, label.span)).collect(),
        _ => found.span().map(|span| (found.rule, span)).into_iter().collect(),
    }
}

/// The variants of some readers; with the edition where only some editions are concerned.
fn name_readers(readers: &[(String, Audience)], editions: &BTreeSet<Audience>) -> Vec<String> {
    let mut by_name: BTreeMap<&str, BTreeSet<Audience>> = BTreeMap::new();
    for (name, edition) in readers {
        by_name.entry(name).or_default().insert(*edition);
    }
    by_name
        .into_iter()
        .flat_map(|(name, found)| {
            // What only the widest edition has is a part of the variant like any other.
            if found == *editions || found.iter().eq(editions.last()) {
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
