//! `role-definition-mismatch`: two places that define a role differently.

mod cast;
mod duty;
mod handover;
mod record;
mod short_form;
mod table;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::check::passage::widest;
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Span;

use cast::Cast;

pub(super) const RULE: Rule = Rule {
    name: "role-definition-mismatch",
    level: Level::Error,
    finds: "two places that define a role differently: its short form, its duties, who hands over to whom",
    explanation: "\
Why it matters
  Two people believe that they are CO, or nobody does. The commander repairs because the checklist
  says so, and nobody commands.

What it reads
  The records: one short form or one name for two roles, or for a role and a term; a duty that the
  same role's `may_not` forbids. The text: a role's name with a short form in brackets, and the
  other way round; tables whose rows are roles, with their columns for short forms, handovers and
  who assigns; sentences in which one role hands over to another, or assigns it; lists under a
  line that names one role and ends with a colon, held against that role's `may_not`.

What to do
  Make both say the same. A role's page is where it is defined: `role_table()` shows it anywhere.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let plans = widest(binder);
    // Variants whose roles are the same read a text in the same way.
    let mut casts: Vec<Cast> = Vec::new();
    let mut cast_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, plan) in &plans {
        let cast = Cast::of(plan);
        let known = casts.iter().position(|known| *known == cast);
        let at = known.unwrap_or(casts.len());
        if known.is_none() {
            casts.push(cast);
        }
        cast_of.insert(name, at);
    }
    let mut judged = duty::Judged::new();
    for plan in binder.plans {
        let reader: Reader = (&plan.name, plan.edition);
        record::look(plan, &mut |diagnostic| findings.tell_in(reader, diagnostic));
        duty::in_records(plan, &mut judged, &mut |diagnostic| findings.tell_in(reader, diagnostic));
    }
    let found: Vec<(Reader, Diagnostic)> = binder
        .texts
        .par_iter()
        .flat_map_iter(|text| {
            let mut told: Vec<(Reader, Diagnostic)> = Vec::new();
            for (at, cast) in casts.iter().enumerate().filter(|(_, cast)| !cast.roles.is_empty()) {
                let reads = |reader: &Reader| cast_of.get(reader.0) == Some(&at);
                let readers: Vec<Reader> =
                    text.readers.iter().map(|(reader, ..)| *reader).filter(reads).collect();
                if readers.is_empty() {
                    continue;
                }
                let mut tell = |diagnostic: Diagnostic| {
                    told.extend(readers.iter().map(|reader| (*reader, diagnostic.clone())));
                };
                for run in &text.runs {
                    let named = cast.named(run);
                    short_form::look(cast, run, &named, sources, &mut tell);
                    if !named.is_empty() {
                        handover::look(cast, text.page, run, &named, sources, &mut tell);
                        duty::in_sentences(cast, run, &named, sources, &mut tell);
                    }
                }
                table::look(cast, text.page, sources, &mut tell);
                duty::in_page(cast, text.page, sources, &mut tell);
            }
            told
        })
        .collect();
    // Each variant's record may differ. The first is shown, and all who read the words are named.
    let mut first: BTreeMap<(Option<Span>, String), Diagnostic> = BTreeMap::new();
    for (reader, diagnostic) in found {
        let key = (diagnostic.span(), diagnostic.message.clone());
        findings.tell_in(reader, first.entry(key).or_insert(diagnostic).clone());
    }
}
