//! `withdrawn-standard`: a standard or an agency that is cited by what it no longer is.

use std::collections::HashMap;
use std::ops::Range;

use crate::check::standards::{Cited, cited};
use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::prose::{Mark, THING, value_runs};
use crate::plan::{Divided, Run};
use crate::source::Sources;

pub(super) const RULE: Rule = Rule {
    name: "withdrawn-standard",
    level: Level::Warning,
    finds: "a cited standard that is withdrawn, superseded or renamed, such as NIST SP 800-61 revision 2",
    explanation: "\
Why it matters
  Auditors and clients read which edition a plan follows. A withdrawn one says that nobody has
  looked since, and an agency under its old name is looked for in vain.

What it knows
  A table with dates: the NIST publications on incident response, controls, identity and risk,
  ISO/IEC 27001, 27002, 27005 and 27035, PCI DSS, the Cybersecurity Framework, FIPS 140 and 186,
  SAS 70, and names such as US-CERT. A sentence that says itself that something was superseded
  or renamed is no finding, and neither is a citation without an edition.

What to do
  Read what changed, then cite the edition that holds now.
",
    look,
};

/// Words of a sentence that says itself that something no longer holds.
const SAYS_SO: [&str; 17] = [
    "withdrawn",
    "supersede",
    "replace",
    "former",
    "obsolete",
    "retired",
    "predecessor",
    "previous",
    "earlier",
    "renamed",
    "no longer",
    "used to",
    "now part of",
    "now called",
    "older",
    "until",
    "instead of",
];

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for text in &binder.texts {
        for diagnostic in text.words.runs.iter().flat_map(|run| judge(run, sources)) {
            findings.tell_of(text, diagnostic);
        }
    }
    // Front matter that several variants share is read once.
    let mut known: HashMap<*const crate::syntax::Map, Vec<Diagnostic>> = HashMap::new();
    for plan in binder.plans {
        for page in &plan.pages {
            let found = known.entry(std::sync::Arc::as_ptr(&page.front)).or_insert_with(|| {
                let values = value_runs(page);
                let own = values
                    .iter()
                    .filter(|(path, _)| !path.ends_with("also_called") && !path.ends_with("retired_names"));
                own.flat_map(|(_, run)| judge(run, sources)).collect()
            });
            for diagnostic in found {
                findings.tell_in((&plan.name, plan.edition), diagnostic.clone());
            }
        }
    }
}

/// Where the agency that is CISA now was reached under its old name.
const OLD_ADDRESS: &str = "us-cert.gov";

/// What a run cites that no longer holds.
fn judge(run: &Run, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = cited(&run.text);
    let old_address = |range: Range<usize>| Cited { range, now: "CISA", since: "2023-02-24" };
    if run.alphabet.has_any("-") && run.text.contains(OLD_ADDRESS) {
        let addresses = run.text.match_indices(OLD_ADDRESS).map(|(at, words)| at..at + words.len());
        found.extend(addresses.map(old_address));
    }
    let in_text = found.len();
    for (range, mark) in &run.marks {
        let Mark::Link(target) = mark else { continue };
        let overlaps = |other: &Cited| other.range.start < range.end && range.start < other.range.end;
        if found.iter().any(overlaps) {
            continue;
        }
        let first = cited(target).into_iter().next().map(|first| Cited { range: range.clone(), ..first });
        found.extend(first.or_else(|| target.contains(OLD_ADDRESS).then(|| old_address(range.clone()))));
    }
    if found.is_empty() {
        return Vec::new();
    }
    let divided = Divided::of(run);
    let says_so = |range: &Range<usize>| {
        let around = divided.sentence_at(range.start).unwrap_or_else(|| range.clone());
        let text = run.text[around].to_lowercase();
        SAYS_SO.iter().any(|word| text.contains(word))
    };
    // What a value says is told where the value is.
    let is_value = |range: &Range<usize>| sources.text(run.span(range.clone(), sources)).contains("{{");
    found
        .into_iter()
        .enumerate()
        .filter(|(_, cited)| !says_so(&cited.range) && !is_value(&cited.range))
        .map(|(index, Cited { range, now, since })| {
            let words = run.text[range.clone()].trim().replace(THING, "…");
            let message = match index < in_text {
                true => format!("`{words}` no longer holds"),
                false => format!("what is linked as \"{words}\" no longer holds"),
            };
            Diagnostic::new(RULE.name, message)
                .at(run.span(range, sources), format!("{now} since {since}"))
                .help(format!("read what changed, and cite {now}"))
        })
        .collect()
}
