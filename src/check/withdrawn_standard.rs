//! `withdrawn-standard`: a standard or an agency that is cited by what it no longer is.

use std::collections::HashMap;
use std::ops::Range;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Run;
use crate::plan::prose::{Mark, value_runs};
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

/// An edition that no longer holds.
struct Withdrawn {
    /// Its words and numbers in lower case, letters apart from figures, as they follow each other
    words: &'static [&'static str],
    /// What holds now
    now: &'static str,
    /// Since when
    since: &'static str,
}

const fn withdrawn(words: &'static [&'static str], now: &'static str, since: &'static str) -> Withdrawn {
    Withdrawn { words, now, since }
}

/// NIST's publications: the number, the revisions that were withdrawn, what holds now and since when.
const PUBLICATIONS: &[(&[&str], &[&str], &str, &str)] = &[
    (&["800", "61"], &["1", "2"], "NIST SP 800-61 revision 3", "2025-04-03"),
    (&["800", "53"], &["1", "2", "3", "4"], "NIST SP 800-53 revision 5", "2020-09-23"),
    (&["800", "53", "a"], &["1", "4"], "NIST SP 800-53A revision 5", "2022-01-25"),
    (&["800", "37"], &["1"], "NIST SP 800-37 revision 2", "2018-12-20"),
    (&["800", "63"], &["1", "2", "3"], "NIST SP 800-63-4", "2025-08-01"),
    (&["800", "63", "a"], &["3"], "NIST SP 800-63A-4", "2025-08-01"),
    (&["800", "63", "b"], &["3"], "NIST SP 800-63B-4", "2025-08-01"),
    (&["800", "63", "c"], &["3"], "NIST SP 800-63C-4", "2025-08-01"),
];

/// The publications whose editions are numbers after a hyphen: 800-63-3.
const NUMBERED: &str = "63";

/// ISO/IEC standards: the number, the years that were withdrawn, what holds now and since when.
const INTERNATIONAL: &[(&[&str], &[&str], &str, &str)] = &[
    (&["27001"], &["2005", "2013"], "ISO/IEC 27001:2022", "2022-10-25"),
    (&["27002"], &["2005", "2013"], "ISO/IEC 27002:2022", "2022-02-15"),
    (&["27005"], &["2008", "2011", "2018"], "ISO/IEC 27005:2022", "2022-10-25"),
    (&["27035"], &["2011", "2016"], "ISO/IEC 27035-1:2023", "2023-02-14"),
    (&["27035", "1"], &["2016"], "ISO/IEC 27035-1:2023", "2023-02-14"),
    (&["27035", "2"], &["2016"], "ISO/IEC 27035-2:2023", "2023-02-14"),
    (&["22301"], &["2012"], "ISO 22301:2019", "2019-10-31"),
];

/// Standards whose editions are versions: the names, the versions that were withdrawn.
const VERSIONED: &[(&[&str], &[&[&str]], &str, &str)] = &[
    (
        &["pci", "dss"],
        &[&["1"], &["2", "0"], &["3", "0"], &["3", "1"], &["3", "2"], &["3", "2", "1"]],
        "PCI DSS 4.0.1",
        "2024-03-31",
    ),
    (&["pci", "dss"], &[&["4", "0"]], "PCI DSS 4.0.1", "2024-12-31"),
    (&["csf"], &[&["1", "0"], &["1", "1"]], "NIST Cybersecurity Framework 2.0", "2024-02-26"),
    (
        &["cybersecurity", "framework"],
        &[&["1", "0"], &["1", "1"]],
        "NIST Cybersecurity Framework 2.0",
        "2024-02-26",
    ),
];

/// What is known by its name alone. Written with capitals, as names are.
const NAMES: &[Withdrawn] = &[
    withdrawn(&["us", "cert"], "CISA", "2023-02-24"),
    withdrawn(&["ics", "cert"], "CISA", "2023-02-24"),
    withdrawn(
        &["computer", "security", "incident", "handling", "guide"],
        "NIST SP 800-61 revision 3",
        "2025-04-03",
    ),
    withdrawn(&["fips", "140", "1"], "FIPS 140-3", "2019-09-22"),
    withdrawn(&["fips", "140", "2"], "FIPS 140-3", "2019-09-22"),
    withdrawn(&["fips", "186", "3"], "FIPS 186-5", "2023-02-03"),
    withdrawn(&["fips", "186", "4"], "FIPS 186-5", "2023-02-03"),
    withdrawn(&["joint", "authorization", "board"], "the FedRAMP Board", "2024-07-25"),
    withdrawn(&["fedramp", "jab"], "the FedRAMP Board", "2024-07-25"),
    withdrawn(&["jab", "p", "ato"], "an authorization by the FedRAMP program", "2024-07-25"),
    withdrawn(&["hspd", "7"], "NSM-22", "2013-02-12"),
    withdrawn(&["ppd", "21"], "NSM-22", "2024-04-30"),
    withdrawn(&["omb", "m", "07", "16"], "OMB M-17-12", "2017-01-03"),
    withdrawn(&["m", "07", "16"], "OMB M-17-12", "2017-01-03"),
    withdrawn(&["sas", "70"], "SSAE 18", "2011-06-15"),
    withdrawn(&["ssae", "16"], "SSAE 18", "2017-05-01"),
    withdrawn(&["95", "46", "ec"], "the GDPR", "2018-05-25"),
    withdrawn(&["2016", "1148"], "Directive (EU) 2022/2555 (NIS 2)", "2024-10-18"),
    withdrawn(&["privacy", "shield"], "the EU-US Data Privacy Framework", "2020-07-16"),
];

/// One of these is in every text that cites something of the tables.
const SIGNS: [&str; 22] = [
    "800",
    "2700",
    "27035",
    "22301",
    "PCI",
    "pci",
    "CSF",
    "ramework",
    "CERT",
    "FIPS",
    "fips",
    "JAB",
    "uthorization Board",
    "HSPD",
    "PPD",
    "07-16",
    "SAS",
    "SSAE",
    "95/46",
    "1148",
    "Privacy Shield",
    "ndling Guide",
];

/// Words of a sentence that says itself that something no longer holds.
const SAYS_SO: [&str; 20] = [
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
    "history",
    "was ",
    "were ",
    "instead of",
];

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    for text in &binder.texts {
        for diagnostic in text.runs.iter().flat_map(|run| judge(run, sources)) {
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

/// What a run cites that no longer holds.
fn judge(run: &Run, sources: &Sources) -> Vec<Diagnostic> {
    let mut found: Vec<(Range<usize>, &str, &str)> = cited(&run.text);
    let in_text = found.len();
    for (range, mark) in &run.marks {
        let Mark::Link(target) = mark else { continue };
        let is_told = found.iter().any(|(other, ..)| other.start < range.end && range.start < other.end);
        let is_old_address = target.contains("us-cert.gov");
        if let (false, Some((_, now, since))) = (is_told, cited(target).first()) {
            found.push((range.clone(), now, since));
        } else if is_old_address && !is_told {
            found.push((range.clone(), "CISA", "2023-02-24"));
        }
    }
    let sentences = run.sentences();
    let says_so = |range: &Range<usize>| {
        let around =
            sentences.iter().find(|sentence| sentence.start <= range.start && range.start < sentence.end);
        let text = around.map_or(&*run.text, |sentence| &run.text[sentence.clone()]).to_lowercase();
        SAYS_SO.iter().any(|word| text.contains(word))
    };
    found
        .into_iter()
        .enumerate()
        .filter(|(_, (range, ..))| !says_so(range))
        .map(|(index, (range, now, since))| {
            let words = run.text[range.clone()].trim().to_string();
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

/// The editions a text cites that no longer hold: where, what holds now, and since when.
fn cited(text: &str) -> Vec<(Range<usize>, &'static str, &'static str)> {
    // Nearly every text has none of these.
    let has = |sort: fn(&u8) -> bool| text.as_bytes().windows(2).any(|pair| pair.iter().all(sort));
    let is_name = |pair: &[u8]| pair[0] == b' ' && pair[1].is_ascii_uppercase();
    let may_cite = has(u8::is_ascii_digit)
        || has(u8::is_ascii_uppercase)
        || text.as_bytes().windows(2).filter(|pair| is_name(pair)).nth(1).is_some();
    if !may_cite || !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    let tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().map(|(word, _)| word.as_str()).collect();
    let place = |range: Range<usize>| {
        let (first, last) = (&tokens[range.start].1, &tokens[range.end - 1].1);
        first.start..last.end
    };
    let mut found = Vec::new();
    for at in 0..words.len() {
        for (number, old, now, since) in PUBLICATIONS {
            if let Some(range) = revision(&words, at, number, old) {
                found.push((place(range), *now, *since));
            }
        }
        for (number, old, now, since) in INTERNATIONAL {
            let after = at + number.len();
            let is_iso = at > 0 && matches!(words[at - 1], "iso" | "iec" | "en");
            if is_iso
                && words[at..].starts_with(number)
                && words.get(after).is_some_and(|year| old.contains(year))
            {
                let start = if at > 1 && words[at - 2] == "iso" { at - 2 } else { at - 1 };
                found.push((place(start..after + 1), *now, *since));
            }
        }
        for (names, old, now, since) in VERSIONED {
            if let Some(range) = version(&words, at, names, old) {
                found.push((place(range), *now, *since));
            }
        }
        for name in NAMES {
            if words[at..].starts_with(name.words) {
                let range = place(at..at + name.words.len());
                if text[range.clone()].contains(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
                    found.push((range, name.now, name.since));
                }
            }
        }
    }
    // Of two that overlap, the longer one is meant.
    let all = found.clone();
    found.retain(|(range, ..)| {
        !all.iter().any(|(other, ..)| {
            other.start <= range.start && range.end <= other.end && other.len() > range.len()
        })
    });
    found
}

/// A revision that was withdrawn: `800-61r2`, `800-61 Rev. 2`, `Revision 2 of NIST SP 800-61`.
fn revision(words: &[&str], at: usize, number: &[&str], old: &[&str]) -> Option<Range<usize>> {
    let is_word = |at: usize| matches!(words.get(at), Some(&("r" | "rev" | "revision")));
    let is_old = |at: usize| words.get(at).is_some_and(|word| old.contains(word));
    if !words[at..].starts_with(number) {
        return None;
    }
    let after = at + number.len();
    let start = (0..at).rev().take(5).take_while(|before| is_title(words[*before])).last().unwrap_or(at);
    if is_word(after) && is_old(after + 1) {
        return Some(start..after + 2);
    }
    if number.get(1) == Some(&NUMBERED) && is_old(after) {
        return Some(start..after + 1);
    }
    let before = start.checked_sub(3)?;
    (is_word(before) && is_old(before + 1) && words[before + 2] == "of").then_some(before..after)
}

/// The words before a publication's number.
fn is_title(word: &str) -> bool {
    matches!(word, "nist" | "sp" | "special" | "publication" | "the")
}

/// A version that was withdrawn: `PCI DSS 3.2.1`, `PCI DSS v3.2.1`, `CSF version 1.1`.
fn version(words: &[&str], at: usize, names: &[&str], old: &[&[&str]]) -> Option<Range<usize>> {
    if !words[at..].starts_with(names) {
        return None;
    }
    let mut start = at + names.len();
    if matches!(words.get(start), Some(&("v" | "version"))) {
        start += 1;
    } else if words.get(start) == Some(&"csf") {
        start += 1;
    }
    let is_figure = |word: &&&str| word.len() < 3 && word.chars().all(|c| c.is_ascii_digit());
    let figures = words[start.min(words.len())..].iter().take_while(is_figure).count();
    // "CSF 1.1", and not the number of the next sentence.
    let found = (1..=figures.min(3)).rev().find(|count| old.contains(&&words[start..start + count]));
    found.filter(|count| *count == figures.min(3)).map(|count| at..start + count)
}

/// The words and numbers of a text in lower case, letters apart from figures, with their places.
fn tokens(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    let mut last = None;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let sort = character.is_alphanumeric().then(|| character.is_numeric());
        if sort.is_some() {
            if sort != last {
                found.push((String::new(), at..end));
            }
            if let Some((word, range)) = found.last_mut() {
                word.extend(character.to_lowercase());
                range.end = end;
            }
        }
        last = sort;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::cited;

    fn found(text: &str) -> Vec<String> {
        cited(text).into_iter().map(|(range, ..)| text[range].to_string()).collect()
    }

    #[test]
    fn editions_are_known_however_they_are_written() {
        for text in [
            "NIST SP 800-61r2",
            "800-61 Rev. 2",
            "Revision 2 of NIST SP 800-61",
            "NIST Special Publication 800-61, Revision 2",
            "SP 800-61 (Rev 2",
            "https://csrc.nist.gov/pubs/sp/800/61/r2/final",
            "NIST.SP.800-53r4.pdf",
            "SP 800-53A Rev. 4",
            "SP 800-63-3",
            "ISO 27001:2013",
            "ISO/IEC 27035:2016",
            "ISO/IEC 27035-1:2016",
            "PCI DSS 3.2.1",
            "PCI-DSS v3.2.1",
            "PCI DSS version 4.0",
            "NIST CSF 1.1",
            "Cybersecurity Framework (CSF) version 1.1",
            "FIPS 140-2",
            "US-CERT",
            "FedRAMP JAB",
            "the Joint Authorization Board",
        ] {
            assert_eq!(found(text).len(), 1, "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn what_holds_is_no_finding() {
        for text in [
            "NIST SP 800-61",
            "SP 800-61r3",
            "SP 800-53 Rev. 5",
            "SP 800-53, section 4",
            "SP 800-63-4",
            "ISO/IEC 27001:2022",
            "ISO 27001",
            "PCI DSS 4.0.1",
            "PCI DSS, 12 requirements",
            "NIST CSF 2.0",
            "FIPS 140-3",
            "ask us: cert or not",
            "800 people in 61 rooms, rev 2 of the list",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
