//! `foreign-name`: what belongs to another organization or system of the binder.

mod holding;
mod search;

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::check::name_index::NameIndex;
use crate::check::passage::{is_filled_in, passages, widest};
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Plan;
use crate::source::{SourceId, Sources, Span, Taken};

use holding::{Holding, Ownership, Sense};
use search::Search;

pub(super) const RULE: Rule = Rule {
    name: "foreign-name",
    level: Level::Error,
    finds: "a name, domain, host, address, person or product of another organization or system",
    explanation: "\
Why it matters
  A report that goes to another organization's mailbox is lost, and a room in a product nobody
  here has cannot be found at three in the morning. Such words are what is left when a plan was
  made from somebody else's.

What it reads
  Every text of the variant, for what the other plans of the binder say is theirs: the names,
  domains and teams of organizations, the names and hosts of systems, the people, mailboxes and
  telephones of contacts, the rooms of channels, and the products of tools. What the variant's
  own plan states is its own, whatever else it is. An organization may name its systems, a system
  its organization. Products, teams and links to another organization's site are warnings.

What to do
  Write the expression that is named, or state the thing in this plan's own facts. If it is meant,
  say so: `<!-- allow foreign-name: their status page is what we depend on -->`.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let plans = widest(binder);
    let holdings = holding::holdings(&plans);
    let index = NameIndex::new(holdings.iter().map(|holding| holding.words.clone()));
    let ownership = holding::ownership(&plans, &holdings, &index);
    let is_foreign = |at: usize, own: &Ownership| own.is_foreign(at, &holdings[at]);
    let wanted: Vec<bool> =
        (0..holdings.len()).map(|at| ownership.values().any(|own| is_foreign(at, own))).collect();
    if !wanted.contains(&true) {
        return;
    }
    let search = Search::new(&holdings, &index, wanted);
    let found: Vec<(Reader, Diagnostic)> = passages(binder)
        .par_iter()
        .flat_map_iter(|passage| {
            let uses = search.uses(passage);
            let mut told = Vec::new();
            for (reader, ..) in passage.readers.iter().filter(|_| !uses.is_empty()) {
                let (Some(own), Some(plan)) = (ownership.get(reader.0), plans.get(reader.0)) else {
                    continue;
                };
                let mut taken: HashMap<SourceId, Taken> = HashMap::new();
                for found in uses.iter().filter(|found| is_foreign(found.holding, own)) {
                    let span = found.span(sources);
                    if names_own_system(binder, &holdings[found.holding], &plans, span) {
                        continue;
                    }
                    let is_filled_in = found.part.is_some_and(|part| is_filled_in(&part, span, sources));
                    if !is_filled_in && taken.entry(span.source).or_default().take(span.range()) {
                        told.push((*reader, word(&holdings[found.holding], plan, span, sources)));
                    }
                }
            }
            told
        })
        .collect();
    for (reader, diagnostic) in found {
        findings.tell_in(reader, diagnostic);
    }
}

/// Whether a system is named by the layer of its organization, which may list its systems for all
/// of them.
fn names_own_system(binder: &Binder, holding: &Holding, plans: &BTreeMap<&str, &Plan>, span: Span) -> bool {
    let Some(writer) = binder.project.layer_of(span) else { return false };
    let owner = plans.get(holding.first.as_str());
    holding.sense == Sense::System
        && owner.is_some_and(|owner| {
            let is_above = owner.lineage.iter().any(|layer| layer.name == writer.name);
            let same = plans.get(&*writer.name).is_some_and(|plan| plan.organization == owner.organization);
            is_above && same
        })
}

fn word(holding: &Holding, plan: &Plan, span: Span, sources: &Sources) -> Diagnostic {
    let label = match holding.sense {
        Sense::Product => "not among the tools of this variant",
        Sense::Organization => "not this organization",
        Sense::System => "another system",
        Sense::Team => "another organization's team",
        Sense::Domain | Sense::Host => "not this variant's",
        Sense::Address => "an address this variant does not have",
        Sense::Person => "not among the contacts of this variant",
    };
    let what = holding.sense.name();
    let mut diagnostic =
        Diagnostic::new(RULE.name, format!("`{}` is {what} of `{}`", holding.words, holding.first))
            .at(span, label);
    if let Some(place) = holding.owners.get(&holding.first).filter(|place| !sources.text(**place).is_empty())
    {
        diagnostic = diagnostic.and(*place, "stated here");
    }
    let is_stated = plan.values.at(&holding.path).is_some_and(|node| !node.value.is_blank());
    diagnostic = match (is_stated, holding.sense) {
        (true, _) => diagnostic.help(format!("write `{{{{ {} }}}}`", holding.expression())),
        (false, Sense::Product) => diagnostic.help("name a tool of this variant, or list it under `tools:`"),
        (false, _) => diagnostic.help("name what this variant has, or take it out"),
    };
    let is_mild = matches!(holding.sense, Sense::Product | Sense::Team);
    if is_mild { diagnostic.at_most(Level::Warning) } else { diagnostic }
}
