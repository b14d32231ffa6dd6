//! `contradicting-channel`: one channel or contact with two addresses, and a channel where it must
//! not be used.

mod banned;
mod bound;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::name_index::NameIndex;
use crate::check::passage::widest;
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Fields, Plan, Text};
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    name: "contradicting-channel",
    level: Level::Error,
    finds: "one channel or contact with two addresses or mentions, or a channel used where it must not be",
    explanation: "\
Why it matters
  Half of the team waits in one room and half in another. Or the attacker reads in a public room
  that the team is about to close the door.

What it reads
  A channel or contact that a sentence, a cell or a row of a table names, by a link or by its
  title, together with an address, a mention, an email address or a telephone number that is not
  its own. Two channels of one product and address with different mentions or readers. A
  channel in a section about a phase before its `from:` or after its `until:`. A channel that
  says its `audience:`, in a section for fewer readers. A channel that a section forbids (\"announce
  nothing in #incidents\") and sends people to. A sentence that forbids it is no use of it.

What to do
  Write the expression instead: `{{ channels.main.address }}`. Or mend the record.
",
    look,
};

/// A channel or a contact, as its record has it.
struct Point {
    /// `channels` or `contacts`
    map: &'static str,
    id: String,
    title: String,
    address: Option<Text>,
    mention: Option<Text>,
    email: Option<Text>,
    phone: Option<Text>,
}

/// The channels and contacts of a variant.
struct Directory {
    points: Vec<Point>,
    /// Their titles, those of two words or more
    titles: NameIndex,
}

impl Directory {
    fn of(plan: &Plan) -> Directory {
        let facts = Fields::new(&plan.values);
        let mut points = Vec::new();
        for map in ["channels", "contacts"] {
            for (id, it) in facts.records(map) {
                let text = |key: &str| it.text(key).filter(|text| !text.value.is_empty());
                points.push(Point {
                    map,
                    id: id.value.clone(),
                    title: it.text_or_empty("title"),
                    address: text("address"),
                    mention: text("mention"),
                    email: text("email"),
                    phone: text("phone"),
                });
            }
        }
        let titles = points.iter().map(|point| {
            let title = point.title.strip_prefix("the ").unwrap_or(&point.title);
            if title.contains(' ') { title.to_string() } else { String::new() }
        });
        Directory { titles: NameIndex::new(titles.collect::<Vec<_>>()), points }
    }
}

fn look(binder: &Binder, findings: &mut Findings) {
    let plans = widest(binder);
    for plan in binder.plans {
        in_records(plan, findings);
        place::look(plan, &binder.project.sources, findings);
    }
    let directories: BTreeMap<&str, Directory> =
        plans.iter().map(|(name, plan)| (*name, Directory::of(plan))).collect();
    bound::look(binder, &directories, findings);
    banned::look(binder, findings);
}

/// Two channels that are one by their address, and differ in whom they reach or who may read them.
fn in_records(plan: &Plan, findings: &mut Findings) {
    let reader: Reader = (&plan.name, plan.edition);
    let facts = Fields::new(&plan.values);
    let channels = facts.records("channels");
    let place = |it: &Fields| -> Option<(String, String, String)> {
        let address = it.text("address").filter(|text| !text.value.is_empty())?;
        Some((it.text_or_empty("kind"), it.text_or_empty("product"), address.value.to_lowercase()))
    };
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for (at, (id, it)) in channels.iter().enumerate() {
        for (other_id, other) in &channels[..at] {
            if place(it).is_none() || place(it) != place(other) {
                continue;
            }
            let everybody =
                |it: &Fields, span| it.text("audience").or(Some(Text::new("public".into(), span)));
            let pairs = [
                ("mentions", it.text("mention"), other.text("mention")),
                ("audiences", everybody(it, id.span), everybody(other, other_id.span)),
            ];
            for (what, own, others) in pairs {
                let (Some(own), Some(others)) = (own, others) else { continue };
                if own.value.eq_ignore_ascii_case(&others.value) || !told.insert(own.span) {
                    continue;
                }
                let message = format!(
                    "the channels `{}` and `{}` are one room with two {what}",
                    other_id.value, id.value
                );
                // An audience is often inherited: what makes the two one is the address.
                let place = |it: &Fields, said: &Text| match it.text("address") {
                    Some(address) if what == "audiences" => address.span,
                    _ => said.span,
                };
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(place(it, &own), format!("`{}` here", own.value))
                    .and(place(other, &others), format!("`{}` here", others.value))
                    .help("give both the same, or each its own address");
                findings.tell_in(reader, diagnostic);
            }
        }
    }
}
