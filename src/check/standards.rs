//! Standards and agencies by the editions and names that no longer hold, with the day.

use std::ops::Range;
use std::sync::LazyLock;

use crate::check::passage::keep_outermost;
use crate::check::signs::Signs;

/// What no longer holds.
#[derive(Debug)]
struct Standard {
    /// Its name or number: words and numbers in lower case, letters apart from figures
    names: &'static [&'static str],
    /// Its editions that no longer hold; none where the name itself does not
    old: &'static [&'static [&'static str]],
    /// What holds now
    now: &'static str,
    /// Since when
    since: &'static str,
}

const fn standard(
    names: &'static [&'static str],
    old: &'static [&'static [&'static str]],
    now: &'static str,
    since: &'static str,
) -> Standard {
    Standard { names, old, now, since }
}

/// NIST's publications, by revision.
const PUBLICATIONS: &[Standard] = &[
    standard(&["800", "61"], &[&["1"], &["2"]], "NIST SP 800-61 revision 3", "2025-04-03"),
    standard(&["800", "53"], &[&["1"], &["2"], &["3"], &["4"]], "NIST SP 800-53 revision 5", "2020-09-23"),
    standard(&["800", "53", "a"], &[&["1"], &["4"]], "NIST SP 800-53A revision 5", "2022-01-25"),
    standard(&["800", "37"], &[&["1"]], "NIST SP 800-37 revision 2", "2018-12-20"),
    standard(&["800", "63"], &[&["1"], &["2"], &["3"]], "NIST SP 800-63-4", "2025-08-01"),
    standard(&["800", "63", "a"], &[&["3"]], "NIST SP 800-63A-4", "2025-08-01"),
    standard(&["800", "63", "b"], &[&["3"]], "NIST SP 800-63B-4", "2025-08-01"),
    standard(&["800", "63", "c"], &[&["3"]], "NIST SP 800-63C-4", "2025-08-01"),
];

/// The publication whose revisions are numbers after a hyphen: 800-63-3.
const NUMBERED: &str = "63";

/// Standards of ISO and IEC, by year.
const INTERNATIONAL: &[Standard] = &[
    standard(&["27001"], &[&["2005"], &["2013"]], "ISO/IEC 27001:2022", "2022-10-25"),
    standard(&["27002"], &[&["2005"], &["2013"]], "ISO/IEC 27002:2022", "2022-02-15"),
    standard(&["27005"], &[&["2008"], &["2011"], &["2018"]], "ISO/IEC 27005:2022", "2022-10-25"),
    standard(&["27035"], &[&["2011"], &["2016"]], "ISO/IEC 27035-1:2023", "2023-02-14"),
    standard(&["27035", "1"], &[&["2016"]], "ISO/IEC 27035-1:2023", "2023-02-14"),
    standard(&["27035", "2"], &[&["2016"]], "ISO/IEC 27035-2:2023", "2023-02-14"),
    standard(&["22301"], &[&["2012"]], "ISO 22301:2019", "2019-10-31"),
];

/// Standards by version.
const VERSIONED: &[Standard] = &[
    standard(
        &["pci", "dss"],
        &[&["1"], &["2", "0"], &["3", "0"], &["3", "1"], &["3", "2"], &["3", "2", "1"]],
        "PCI DSS 4.0.1",
        "2024-03-31",
    ),
    standard(&["pci", "dss"], &[&["4", "0"]], "PCI DSS 4.0.1", "2024-12-31"),
    standard(&["csf"], &[&["1", "0"], &["1", "1"]], "NIST Cybersecurity Framework 2.0", "2024-02-26"),
    standard(
        &["cybersecurity", "framework"],
        &[&["1", "0"], &["1", "1"]],
        "NIST Cybersecurity Framework 2.0",
        "2024-02-26",
    ),
];

/// What is known by its name alone. Written with capitals, as names are.
const NAMES: &[Standard] = &[
    standard(&["us", "cert"], &[], "CISA", "2023-02-24"),
    standard(&["ics", "cert"], &[], "CISA", "2023-02-24"),
    standard(
        &["computer", "security", "incident", "handling", "guide"],
        &[],
        "NIST SP 800-61 revision 3",
        "2025-04-03",
    ),
    standard(&["fips", "140", "1"], &[], "FIPS 140-3", "2019-09-22"),
    standard(&["fips", "140", "2"], &[], "FIPS 140-3", "2019-09-22"),
    standard(&["fips", "186", "3"], &[], "FIPS 186-5", "2023-02-03"),
    standard(&["fips", "186", "4"], &[], "FIPS 186-5", "2023-02-03"),
    standard(&["joint", "authorization", "board"], &[], "the FedRAMP Board", "2024-07-25"),
    standard(&["fedramp", "jab"], &[], "the FedRAMP Board", "2024-07-25"),
    standard(&["jab", "p", "ato"], &[], "an authorization by the FedRAMP program", "2024-07-25"),
    standard(&["hspd", "7"], &[], "NSM-22", "2013-02-12"),
    standard(&["ppd", "21"], &[], "NSM-22", "2024-04-30"),
    standard(&["omb", "m", "07", "16"], &[], "OMB M-17-12", "2017-01-03"),
    standard(&["m", "07", "16"], &[], "OMB M-17-12", "2017-01-03"),
    standard(&["sas", "70"], &[], "SSAE 18", "2011-06-15"),
    standard(&["ssae", "16"], &[], "SSAE 18", "2017-05-01"),
    standard(&["95", "46", "ec"], &[], "the GDPR", "2018-05-25"),
    standard(&["2016", "1148"], &[], "Directive (EU) 2022/2555 (NIS 2)", "2024-10-18"),
    standard(&["privacy", "shield"], &[], "the EU-US Data Privacy Framework", "2020-07-16"),
];

/// One of these is in every text that cites something of the tables.
static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    Signs::new([
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
    ])
});

/// An edition or a name that no longer holds, as a text cites it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cited {
    /// Where in the text
    pub(super) range: Range<usize>,
    /// What holds now
    pub(super) now: &'static str,
    /// Since when
    pub(super) since: &'static str,
}

/// What a text cites that no longer holds, in order.
pub(super) fn cited(text: &str) -> Vec<Cited> {
    if !SIGNS.is_match(text) {
        return Vec::new();
    }
    let tokens = tokens(text);
    let words: Vec<&str> = tokens.iter().map(|(word, _)| word.as_str()).collect();
    let place = |range: &Range<usize>| {
        let (first, last) = (&tokens[range.start].1, &tokens[range.end - 1].1);
        first.start..last.end
    };
    let mut found: Vec<Cited> = Vec::new();
    for at in 0..words.len() {
        let kinds: [(&[Standard], Finder); 4] = [
            (PUBLICATIONS, revision),
            (INTERNATIONAL, year),
            (VERSIONED, version),
            (NAMES, |words, at, name| Some(at..at + name.names.len()).filter(|_| at < words.len())),
        ];
        for (standards, find) in kinds {
            let named = standards.iter().filter(|standard| words[at..].starts_with(standard.names));
            for standard in named {
                let Some(range) = find(&words, at, standard) else { continue };
                let range = place(&range);
                if text[range.clone()].contains(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
                    found.push(Cited { range, now: standard.now, since: standard.since });
                }
            }
        }
    }
    // Of two that overlap, the longer one is meant.
    keep_outermost(&mut found, |one| &one.range);
    found
}

/// Where a standard named at a place is cited in an edition that no longer holds.
type Finder = fn(&[&str], usize, &Standard) -> Option<Range<usize>>;

/// A revision that was withdrawn: `800-61r2`, `800-61 Rev. 2`, `Revision 2 of NIST SP 800-61`.
fn revision(words: &[&str], at: usize, standard: &Standard) -> Option<Range<usize>> {
    let is_word = |at: usize| matches!(words.get(at), Some(&("r" | "rev" | "revision")));
    let is_old = |at: usize| words.get(at).is_some_and(|word| standard.old.contains(&&[*word][..]));
    let after = at + standard.names.len();
    let start = (0..at).rev().take(5).take_while(|before| is_title(words[*before])).last().unwrap_or(at);
    // "SP 800-53 of the National Institute of Standards and Technology, revision 4"
    let gap = words[after..].iter().take(MOST_BETWEEN).take_while(|word| is_between(word)).count();
    if is_word(after + gap) && is_old(after + gap + 1) {
        return Some(start..after + gap + 2);
    }
    if standard.names.get(1) == Some(&NUMBERED) && is_old(after) {
        return Some(start..after + 1);
    }
    let before = start.checked_sub(3)?;
    (is_word(before) && is_old(before + 1) && words[before + 2] == "of").then_some(before..after)
}

/// A year that was withdrawn: `ISO 27001:2013`, `ISO/IEC 27035-1:2016`.
fn year(words: &[&str], at: usize, standard: &Standard) -> Option<Range<usize>> {
    let after = at + standard.names.len();
    let is_iso = |at: usize| matches!(words.get(at), Some(&("iso" | "iec" | "en")));
    let start = (0..at).rev().take_while(|before| is_iso(*before)).last()?;
    let old = words.get(after).is_some_and(|year| standard.old.contains(&&[*year][..]));
    old.then_some(start..after + 1)
}

/// So many words may stand between a number and its revision.
const MOST_BETWEEN: usize = 9;

/// The words between a publication's number and its revision.
fn is_between(word: &str) -> bool {
    matches!(
        word,
        "of" | "the" | "nist" | "national" | "institute" | "standards" | "and" | "technology" | "in" | "its"
    )
}

/// The words before a publication's number.
fn is_title(word: &str) -> bool {
    matches!(word, "nist" | "sp" | "special" | "publication" | "the")
}

/// A version that was withdrawn: `PCI DSS 3.2.1`, `PCI DSS v3.2.1`, `CSF version 1.1`.
fn version(words: &[&str], at: usize, standard: &Standard) -> Option<Range<usize>> {
    let mut start = at + standard.names.len();
    // "Cybersecurity Framework (CSF) version 1.1"
    start += usize::from(words.get(start) == Some(&"csf"));
    start += usize::from(matches!(words.get(start), Some(&("v" | "version"))));
    let is_figure = |word: &&&str| word.len() < 3 && word.chars().all(|c| c.is_ascii_digit());
    let figures = words[start.min(words.len())..].iter().take_while(is_figure).take(3).count();
    // All the figures, so that "4.0.1" is not "4.0".
    let is_old = figures > 0 && standard.old.contains(&&words[start..start + figures]);
    is_old.then_some(at..start + figures)
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
        cited(text).into_iter().map(|cited| text[cited.range].to_string()).collect()
    }

    #[test]
    fn editions_are_known_however_they_are_written() {
        for text in [
            "NIST SP 800-61r2",
            "800-61 Rev. 2",
            "Revision 2 of NIST SP 800-61",
            "NIST Special Publication 800-61, Revision 2",
            "SP 800-61 (Rev 2",
            "Special Publication 800-53 of the NIST, revision 4",
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
