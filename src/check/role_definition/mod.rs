//! `role-definition-mismatch`: two places that define a role differently.

mod cast;
mod duty;
mod handover;
mod record;
mod short_form;
mod table;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::check::binder::Reading;
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
    let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, plan) in &plans {
        let cast = Cast::of(plan);
        let known = casts.iter().position(|known| *known == cast);
        let at = known.unwrap_or(casts.len());
        if known.is_none() {
            casts.push(cast);
        }
        by_name.insert(name, at);
    }
    let cast_of: Vec<usize> = binder.plans.iter().map(|plan| by_name[&*plan.name]).collect();
    let mut judged = duty::Judged::new();
    for plan in binder.plans {
        let reader: Reader = (&plan.name, plan.edition);
        record::look(plan, &mut |diagnostic| findings.tell_in(reader, diagnostic));
        duty::in_records(plan, &mut judged, &mut |diagnostic| findings.tell_in(reader, diagnostic));
    }
    let of_runs = binder.text_sayings().flat_map_iter(|saying| {
        by_cast(saying.readings(), &cast_of, &casts, |cast, tell| {
            let named = cast.named(saying.run);
            short_form::look(cast, saying.run, &named, sources, tell);
            if !named.is_empty() {
                handover::look(cast, saying.page, saying.run, &named, sources, tell);
                duty::in_sentences(cast, saying.run, &named, sources, tell);
            }
        })
    });
    let of_pages = binder.texts.par_iter().flat_map_iter(|text| {
        by_cast(text.readers.iter().copied(), &cast_of, &casts, |cast, tell| {
            table::look(cast, text.page, sources, tell);
            duty::in_page(cast, text.page, sources, tell);
        })
    });
    let found: Vec<(Reader, Diagnostic)> = of_runs.chain(of_pages).collect();
    // Each variant's record may differ. The first is shown, and all who read the words are named.
    let mut first: BTreeMap<(Option<Span>, String), Diagnostic> = BTreeMap::new();
    for (reader, diagnostic) in found {
        let key = (diagnostic.span(), diagnostic.message.clone());
        findings.tell_in(reader, first.entry(key).or_insert(diagnostic).clone());
    }
}

/// What is to be told to some readers, each cast looking once for all of its own. `cast_of` has the number of
/// each plan's cast.
fn by_cast<'b>(
    readings: impl Iterator<Item = Reading<'b>>,
    cast_of: &[usize],
    casts: &[Cast],
    look: impl Fn(&Cast, &mut dyn FnMut(Diagnostic)),
) -> Vec<(Reader<'b>, Diagnostic)> {
    let mut readers_of: Vec<(usize, Vec<Reader>)> = Vec::new();
    for (reader, plan, _) in readings {
        let cast = cast_of[plan];
        if casts[cast].roles.is_empty() {
            continue;
        }
        match readers_of.iter_mut().find(|(known, _)| *known == cast) {
            Some((_, readers)) => readers.push(reader),
            None => readers_of.push((cast, vec![reader])),
        }
    }
    let mut told = Vec::new();
    for (cast, readers) in readers_of {
        look(&casts[cast], &mut |diagnostic| {
            told.extend(readers.iter().map(|reader| (*reader, diagnostic.clone())));
        });
    }
    told
}
