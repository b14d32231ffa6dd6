//! `undefined-abbreviation`: letters that a page uses before it says what they stand for, or without.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use rayon::prelude::*;

use crate::check::passage::{unspaced, widest};
use crate::check::{Binder, Findings, PageText, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::letters::each_word;
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{Fields, Plan, Run};
use crate::source::{Sources, Span};

pub(super) const RULE: Rule = Rule {
    name: "undefined-abbreviation",
    level: Level::Warning,
    finds: "an abbreviation that a page uses before it explains it, or without",
    explanation: "\
Why it matters
  Whoever reads this for the first time does so in a hurry. They do not know the letters, and have
  no time to look for them.

What it reads
  Words of two to six letters, most of them capitals, in the text of a page. Known are the short
  forms and names of the plan's roles and terms, which the site explains wherever they stand, the
  names of its tools and of the organization, and what everybody knows, such as URL. A page may
  explain others at their first use: \"Personal Health Information (PHI)\".

What to do
  Add the abbreviation to `terms:` in plan.md, with its meaning. Or write it out the first time.
",
    look,
};

/// What everybody knows, or what stands for nothing.
const COMMON: &str = "\
    AI AKA AM AND API APIs ASAP AWS BC BCC CC CD CEO CFO CI CIO COO CPU CSS CSV CTO CV DIY DM DNS DOC DOM EC2 EU FAQ FBI FTP GB GDPR \
    GIF GMT GPS GPU HQ HR HTML HTTP HTTPS ID IDs IO IP IPs IPv4 IPv6 ISBN ISO IT JPEG JPG JS JSON KB LAN LED MAC MB MD5 \
    NASA NATO NB PCI DSS YYYY MM DD NGO NIST OK OS PC PDF PIN PM PNG PR PS QR RAM RFC RSS SHA SHA1 SHA256 SIM SMS SQL SSD SSH SSL SVG TB TCP TLS TV TXT \
    UDP UI UK UN URI URL URLs US USA USB UTC UTF UX VIP VM VP VMs VPN WAN WWW XML YAML ZIP EST EDT PST PDT CET CEST ET CT";

/// Words that are shouted.
const SHOUTED: &str = "\
    ALL ALWAYS AN ANY AS AT BE BEFORE BUT BY CAN CANNOT CAPS CRITICAL DATE DO DON DONT DRAFT DURING EACH EVERY FIRST FOR \
    FROM GO HERE HIGH IF IMMEDIATELY IMPORTANT IN INTO IS LINK LOW MAY MEDIUM MUST NAME NEVER NEW NO NONE NOT NOTE NOW OF \
    OFF ON ONE ONLY OR OUR OUT OVER PLEASE ROLE SHALL SHOULD SO STOP TBD TEXT THE THEN THIS TIME TIP TO TODO TWO UP URGENT \
    USE WARNING WE WHEN WILL WITH YES YOU YOUR";

/// All of these.
static NO_ABBREVIATIONS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| COMMON.split(' ').chain(SHOUTED.split(' ')).collect());

/// A use of letters, or their explanation.
#[derive(Debug, Clone)]
struct Spot {
    /// The run, and the place in it
    at: (usize, usize),
    range: Range<usize>,
    run: usize,
}

/// What a text does with some letters.
#[derive(Debug, Default)]
struct Letters {
    used: Option<Spot>,
    explained: Option<Spot>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let plans = widest(binder);
    // A product's name is no abbreviation, whoever uses the product.
    let products: BTreeSet<String> = plans
        .values()
        .flat_map(|plan| plan.names())
        .filter(|name| name.map == "tools")
        .flat_map(|name| letters_of(&name.words))
        .collect();
    let known: BTreeMap<&str, BTreeSet<String>> =
        plans.into_iter().map(|(name, plan)| (name, &known_by(plan) | &products)).collect();
    let found: Vec<(Reader, Diagnostic)> = binder
        .texts
        .par_iter()
        .flat_map_iter(|text| {
            let letters = letters(text, sources);
            let spoken = LazyCell::new(|| spoken_words(text));
            let mut told = Vec::new();
            for (short, spots) in &letters {
                let Some(used) = &spots.used else { continue };
                if spots.explained.as_ref().is_some_and(|explained| explained.at <= used.at) {
                    continue;
                }
                let upper = short.to_uppercase();
                for (reader, ..) in &text.readers {
                    if known.get(reader.0).is_some_and(|known| !known.contains(&upper))
                        // Letters that are a word elsewhere on the page are that word, shouted.
                        && !spoken.contains(&*short.to_lowercase())
                    {
                        told.push((*reader, word(text, short, used, spots.explained.as_ref(), sources)));
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

fn word(
    text: &PageText,
    short: &str,
    used: &Spot,
    explained: Option<&Spot>,
    sources: &Sources,
) -> Diagnostic {
    let span = |spot: &Spot| -> Span { text.words.runs[spot.run].span(spot.range.clone(), sources) };
    let (message, help) = match explained {
        Some(_) => (format!("`{short}` is used before it is explained"), "explain it where it stands first"),
        None => (
            format!("`{short}` is not explained"),
            "add it to `terms:` in plan.md, or write it out the first time",
        ),
    };
    let diagnostic = Diagnostic::new(RULE.name, message).at(span(used), "what does it stand for?").help(help);
    match explained {
        Some(spot) => diagnostic.and(span(spot), "explained here"),
        None => diagnostic,
    }
}

/// The letters that a plan's records explain, or that are part of a name of its own.
fn known_by(plan: &Plan) -> BTreeSet<String> {
    let facts = Fields::new(&plan.values);
    let mut texts: Vec<String> = plan.names().into_iter().map(|name| name.words).collect();
    for map in ["organization", "system"] {
        if let Some(it) = facts.record(map) {
            texts.extend(["name", "legal_name", "team"].iter().map(|key| it.text_or_empty(key)));
            texts.extend(it.texts("also_called").into_iter().map(|text| text.value));
        }
    }
    texts.extend(facts.records("obligations").into_iter().map(|(_, it)| it.text_or_empty("to")));
    texts.iter().flat_map(|text| letters_of(text)).collect()
}

/// The words of a name, in capitals and without a plural, as letters are compared.
fn letters_of(name: &str) -> Vec<String> {
    each_word(name)
        .flat_map(|range| name[range].split('-').map(|part| singular(part).to_uppercase()))
        .collect()
}

/// The letters of a text, each with its first use and its first explanation.
fn letters(text: &PageText, sources: &Sources) -> BTreeMap<String, Letters> {
    let mut found: BTreeMap<String, Letters> = BTreeMap::new();
    let mut in_glossary = false;
    for (index, run) in text.words.runs.iter().enumerate() {
        in_glossary = match run.kind {
            RunKind::HeaderCell => in_glossary || heads_glossary(&run.text),
            RunKind::Cell => in_glossary,
            _ => false,
        };
        if !may_have_letters(&run.text) {
            continue;
        }
        let words = run.words();
        let is_shouted = words.len() > 1 && !run.text.chars().any(char::is_lowercase);
        let has_capitals = |word: &Range<usize>| {
            run.text.as_bytes()[word.clone()].iter().filter(|byte| byte.is_ascii_uppercase()).count() > 1
        };
        for (at, word) in words.iter().enumerate().filter(|(_, word)| has_capitals(word)) {
            for part in parts(&run.text, word.clone()) {
                let short = singular(&run.text[part.clone()]);
                if !is_abbreviation(short) || run.has_code(part.clone()) {
                    continue;
                }
                let spot = Spot { at: (index, part.start), range: part.clone(), run: index };
                let whole_cell = in_glossary && run.text.trim() == &run.text[part.clone()];
                if whole_cell || explains(run, &part) {
                    found.entry(short.to_string()).or_default().explained.get_or_insert(spot.clone());
                }
                let is_use = !matches!(run.kind, RunKind::Heading(_) | RunKind::HeaderCell)
                    && !is_shouted
                    && !is_part_of_a_name(run, &words, at)
                    && !run.marks_of(part.clone()).any(|mark| matches!(mark, Mark::Link(_)))
                    && run.is_written(part.clone(), sources);
                if is_use {
                    found.entry(short.to_string()).or_default().used.get_or_insert(spot);
                }
            }
        }
    }
    found
}

/// Whether two capitals stand beside each other in a text, or nearly.
fn may_have_letters(text: &str) -> bool {
    let are_capitals = |one: &u8, other: &u8| one.is_ascii_uppercase() & other.is_ascii_uppercase();
    // To the end of the text in any case, since many bytes are looked at together.
    let have_capitals = |later: &[u8]| {
        text.bytes().zip(later).fold(false, |found, (one, other)| found | are_capitals(&one, other))
    };
    [1, 2].iter().any(|distance| text.as_bytes().get(*distance..).is_some_and(have_capitals))
}

fn heads_glossary(header: &str) -> bool {
    let lower = header.to_lowercase();
    ["abbrev", "acronym", "term", "short", "word", "initials"].iter().any(|word| lower.contains(word))
}

/// The words of a page that letters might be.
fn spoken_words<'t>(text: &'t PageText) -> HashSet<&'t str> {
    let words = text.words.runs.iter().flat_map(|run| each_word(&run.text).map(|range| &run.text[range]));
    words.filter(|word| LENGTH.contains(&word.len()) && word.chars().all(char::is_lowercase)).collect()
}

/// The parts of a word with hyphens; none where one is a number, as in `IR-8`. What follows an
/// apostrophe is no part.
fn parts(text: &str, word: Range<usize>) -> Vec<Range<usize>> {
    let all = &text[word.clone()];
    let end = all.find(['\'', '’']).unwrap_or(all.len());
    let all = &all[..end];
    if all.contains('-') && all.split('-').any(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = word.start;
    for part in all.split('-') {
        found.push(start..start + part.len());
        start += part.len() + 1;
    }
    found
}

fn singular(word: &str) -> &str {
    let one = word
        .strip_suffix('s')
        .filter(|one| one.len() >= 2 && one.ends_with(|c: char| c.is_ascii_uppercase()));
    one.unwrap_or(word)
}

/// How many letters and figures stand for something.
const LENGTH: RangeInclusive<usize> = 2..=6;

/// So many letters and figures, most of them capitals, that stand for something.
fn is_abbreviation(word: &str) -> bool {
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    LENGTH.contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && capitals >= 2
        && capitals * 2 > word.len()
        && !word.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))
        && !NO_ABBREVIATIONS.contains(word)
}

/// Whether letters are a piece of something longer: `SP 800-61`, `a.PDF`, three shouted words.
fn is_part_of_a_name(run: &Run, words: &[Range<usize>], at: usize) -> bool {
    let text = &run.text;
    let word = &words[at];
    let token = unspaced(text, word).trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let is_address =
        token.contains('_') || token.contains("://") || token.contains('@') || token.contains('.');
    let beside = |one: usize, other: usize| match (words.get(one), words.get(other)) {
        (Some(one), Some(other)) => text.get(one.end..other.start) == Some(" "),
        _ => false,
    };
    let is_shouted = |at: usize| {
        words
            .get(at)
            .is_some_and(|range| range.len() > 1 && text[range.clone()].chars().all(char::is_uppercase))
    };
    let numbered = beside(at, at + 1)
        && words.get(at + 1).is_some_and(|next| text[next.clone()].starts_with(|c: char| c.is_ascii_digit()));
    let mut first = at;
    while first + 2 > at && first > 0 && beside(first - 1, first) && is_shouted(first - 1) {
        first -= 1;
    }
    let mut last = at;
    while last < at + 2 && beside(last, last + 1) && is_shouted(last + 1) {
        last += 1;
    }
    let neighbours = [
        at.checked_sub(1).filter(|before| beside(*before, at)),
        Some(at + 1).filter(|after| beside(at, *after)),
    ];
    let shouts = neighbours
        .into_iter()
        .flatten()
        .any(|other| SHOUTED.split(' ').any(|known| known == &text[words[other].clone()]));
    is_address || numbered || last - first >= 2 || shouts
}

/// The most bytes after a bracket that are looked at for what letters stand for.
const LONGEST_FORM: usize = 1_000;

/// Whether letters are explained where they stand: `Long Form (LF)`, `LF (long form)`, `LF: long
/// form`.
fn explains(run: &Run, range: &Range<usize>) -> bool {
    let (before, after) = (&run.text[..range.start], &run.text[range.end..]);
    let short = singular(&run.text[range.clone()]);
    let first = |word: &str| word.chars().next().is_some_and(|c| short.starts_with(c.to_ascii_uppercase()));
    let is_letter = |c: char| c.is_alphanumeric();
    let before = before.trim_end_matches(['*', '_', '"', '“', '”']);
    if let Some(long) = before.strip_suffix('(')
        && after.trim_start_matches(['*', '_', '"', '”']).starts_with([')', ',', ';', ' '])
    {
        let words = long.rsplit(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
        return words.take(short.len() + 3).any(first) || long.trim_end().ends_with('\u{FFFC}');
    }
    if let Some(rest) = after.strip_prefix(" (") {
        let long = &rest[..rest.floor_char_boundary(LONGEST_FORM)];
        let long = long.split(')').next().unwrap_or_default();
        let words = || long.split(|c: char| !is_letter(c)).filter(|word| !word.is_empty());
        let mut said = words().filter(|word| !matches!(*word, "the" | "a" | "an"));
        return words().nth(1).is_some() && said.next().is_some_and(first);
    }
    let begins = !before.contains(char::is_alphanumeric);
    let says = [": ", " – ", " — ", " - ", " means ", " stands for ", " is short for ", ", short for "];
    let stands =
        ["stands for", "is short for", "short for"].iter().any(|words| after.trim_start().starts_with(words));
    (begins && says.iter().any(|words| after.starts_with(words))) || stands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_stand_for_something_are_told_from_words() {
        for word in ["SIRT", "PII", "DoS", "MFA", "IoC", "S3B"] {
            assert!(is_abbreviation(word), "{word}");
        }
        for word in ["GitHub", "URL", "NEVER", "III", "A", "P1", "Is", "ABCDEFG"] {
            assert!(!is_abbreviation(word), "{word}");
        }
        assert_eq!((singular("IOCs"), singular("DNS"), singular("ICs")), ("IOC", "DNS", "IC"));
        assert!(parts("IR-8", 0..4).is_empty());
        assert_eq!(parts("PII-free", 0..8), [0..3, 4..8]);
    }

    #[test]
    fn a_page_may_explain_letters_where_they_stand() {
        let explained = |text: &str, short: &str| {
            let run = Run::of_value(text, Span::default());
            let at = text.find(short).expect("the letters");
            explains(&run, &(at..at + short.len()))
        };
        assert!(explained("a Security Incident Response Team (SIRT)", "SIRT"));
        assert!(explained("the SIRT (Security Incident Response Team)", "SIRT"));
        assert!(explained("SIRT: the team", "SIRT") && explained("High Value Assets (HVAs)", "HVAs"));
        assert!(!explained("ask the SIRT (or somebody)", "SIRT") && !explained("the SIRT: ask", "SIRT"));
    }
}
