//! Addresses for electronic mail in running text, at a domain of the plan's own.

use std::collections::HashSet;
use std::ops::Range;

use crate::check::mention::{Knowledge, Mention, Unknown, is_set_apart};
use crate::check::passage::{Part, Passage};
use crate::check::{Binder, Findings};
use crate::plan::{Fields, Plan};

pub(in crate::check) fn look(binder: &Binder, findings: &mut Findings) {
    super::look::<Contacts>(binder, findings);
}

/// The addresses of a plan, and the domains it has some at.
pub(super) struct Contacts {
    addresses: Vec<String>,
    known: HashSet<String>,
    domains: HashSet<String>,
}

impl Knowledge for Contacts {
    const RULE: &'static str = "unknown-contact";

    fn of(plan: &Plan) -> Option<Contacts> {
        let facts = Fields::new(&plan.values);
        let contacts = facts.records("contacts").into_iter().map(|(_, record)| record.text_or_empty("email"));
        let channels =
            facts.records("channels").into_iter().map(|(_, record)| record.text_or_empty("address"));
        let stated: Vec<String> = contacts.chain(channels).map(|text| text.to_lowercase()).collect();
        let addresses: Vec<String> = stated.iter().filter(|text| text.contains('@')).cloned().collect();
        let own = facts.record("organization").map(|it| it.texts("domains")).unwrap_or_default();
        let own: Vec<String> = own.into_iter().map(|it| it.value.to_lowercase()).collect();
        let with_some: HashSet<&str> =
            addresses.iter().filter_map(|it| it.rsplit_once('@')).map(|it| it.1).collect();
        let domains: HashSet<String> = own.into_iter().filter(|it| with_some.contains(&**it)).collect();
        let known = addresses.iter().cloned().collect();
        (!domains.is_empty()).then_some(Contacts { addresses, known, domains })
    }

    fn mentions(part: &Part, _: &Passage) -> Vec<Mention> {
        let states = part.is_under("email") || part.is_under("address");
        if states {
            return Vec::new();
        }
        let run = &part.run;
        emails(&run.text)
            .into_iter()
            .filter(|range| !is_set_apart(run, range.start))
            .map(|range| Mention { words: run.text[range.clone()].to_string(), range, is_certain: true })
            .collect()
    }

    fn judge(&self, mention: &Mention, _: &Part) -> Option<Unknown<'_>> {
        let address = mention.words.to_lowercase();
        let domain = address.split_once('@')?.1;
        let is_ours = self.domains.contains(domain);
        (is_ours && !self.known.contains(&address)).then(|| Unknown {
            message: format!("no contact has the address `{}`", mention.words),
            known: &self.addresses,
            otherwise: None,
        })
    }
}

/// Where addresses for electronic mail stand in a text.
pub(in crate::check) fn emails(text: &str) -> Vec<Range<usize>> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let start = text[..at]
            .rfind(|c| !is_local(c))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let rest = &text[at + 1..];
        let domain = rest[..rest.find(|c| !is_domain(c)).unwrap_or(rest.len())].trim_end_matches(['.', '-']);
        if start < at && domain.contains('.') {
            found.push(start..at + 1 + domain.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::emails;

    #[test]
    fn addresses_end_before_the_full_stop() {
        let text = "Write to security@harbor.example. Or @security, or é@x.example";
        let found: Vec<&str> = emails(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["security@harbor.example"]);
    }
}
