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
    let casts: BTreeMap<&str, Cast> = plans.iter().map(|(name, plan)| (*name, Cast::of(plan))).collect();
    for plan in binder.plans {
        let reader: Reader = (&plan.name, plan.edition);
        record::look(plan, &mut |diagnostic| findings.tell_in(reader, diagnostic));
        duty::in_records(plan, &mut |diagnostic| findings.tell_in(reader, diagnostic));
    }
    let found: Vec<(Reader, Diagnostic)> = binder
        .texts
        .par_iter()
        .flat_map_iter(|text| {
            let mut told: Vec<(Reader, Diagnostic)> = Vec::new();
            for (reader, ..) in &text.readers {
                let Some(cast) = casts.get(reader.0).filter(|cast| !cast.roles.is_empty()) else { continue };
                let mut tell = |diagnostic| told.push((*reader, diagnostic));
                for run in &text.runs {
                    short_form::look(cast, run, sources, &mut tell);
                    handover::look(cast, text.page, run, sources, &mut tell);
                }
                table::look(cast, text.page, sources, &mut tell);
                duty::in_page(cast, text.page, &text.runs, sources, &mut tell);
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
