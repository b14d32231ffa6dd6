//! `template-residue`: what a template left in the text of a variant.

use std::collections::HashSet;
use std::ops::Range;

use crate::check::binder::Saying;
use crate::check::{Binder, Findings, PageText, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::Run;
use crate::source::{SourceId, Sources};
use crate::syntax::{Block, Item, Kind};
use crate::tailor::TailorFaultKind;

pub(super) const RULE: Rule = Rule {
    name: "template-residue",
    level: Level::Error,
    finds: "braces, `None`, an empty list item, a value glued to a word, a space where a value vanished",
    explanation: "\
Why it matters
  Templates fail quietly: a value that is not there leaves two spaces, a loop over nothing an
  empty bullet, a missing space one long word. Some variants show it, and its author reads
  another.

What to do
  Put the space where it belongs, put the whole item into the `{% if %}`, or state the value.
  Braces that are meant as they stand are written between `{% raw %}` and `{% endraw %}`.
",
    look,
};

/// So many are told of one paragraph.
const MOST: usize = 10;

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    // What is left of a template that cannot be run is no mistake of its own.
    let broken: HashSet<SourceId> = binder
        .tailor_faults()
        .filter(|(_, fault)| matches!(fault.kind, TailorFaultKind::Template(_)))
        .map(|(_, fault)| fault.span.source)
        .collect();
    for saying in binder.sayings().filter(Saying::is_text) {
        let run = saying.run;
        for (range, what, cure) in residue(run, sources).into_iter().take(MOST) {
            let place = run.span(range.clone(), sources);
            // Whoever asks for braces as they are gets them.
            let is_meant = run.text[range].contains(['{', '}'])
                && sources.get(saying.page.start.source).text.contains("{% raw");
            if !is_meant && !broken.contains(&place.source) {
                let diagnostic = Diagnostic::new(RULE.name, what).at(place, "readers see this");
                findings.tell_of_saying(&saying, diagnostic.help(cure));
            }
        }
    }
    for text in &binder.texts {
        let body = &text.page.body;
        body.top.iter().for_each(|part| empty_items(part, text, findings));
        body.walk(&mut |section| section.parts.iter().for_each(|part| empty_items(part, text, findings)));
    }
}

/// What is left where a value vanished between two signs.
const GAPS: [&str; 6] = ["  ", " .", " ,", " ;", " )", "( "];

type Residue = (Range<usize>, String, &'static str);

fn residue(run: &Run, sources: &Sources) -> Vec<Residue> {
    const NOTHING: [&str; 5] = ["None", "none", "null", "undefined", "NaN"];
    let text = &run.text;
    let mut found: Vec<Residue> = Vec::new();
    let has_braces = run.alphabet.has_any("{}");
    for sign in ["{{", "}}", "{%", "%}"].into_iter().filter(|_| has_braces) {
        for (at, _) in text.match_indices(sign) {
            if !run.has_code(at..at + 2) {
                let what = format!("`{sign}` is left in the text");
                found.push((at..at + 2, what, "close the expression, or take the braces out"));
            }
        }
    }
    let single = if has_braces { single_braces(text) } else { Vec::new() };
    for range in single {
        if !run.has_code(range.clone()) && run.is_written(range.clone(), sources) {
            let what = format!("`{}` is no expression of ours", &text[range.clone()]);
            found.push((
                range,
                what,
                "write it between two braces on each side: `{{ timers.report.within }}`",
            ));
        }
    }
    for value in run.values(sources) {
        let words = &text[value.clone()];
        if NOTHING.contains(&words) {
            let what = format!("this value says `{words}`");
            found.push((value.clone(), what, "state the value, or ask for it with `{% if … is defined %}`"));
        }
        let word_after = text[value.end..].split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let glued_after = words.ends_with(char::is_alphabetic) && !matches!(word_after, "" | "s" | "es");
        let word_before = text[..value.start].rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let glued_before = words.starts_with(char::is_alphabetic) && word_before.chars().count() > 1;
        if glued_after {
            let range = value.start..value.end + word_after.len();
            let what = format!("the value `{words}` is glued to `{word_after}`");
            found.push((range, what, "put a space between them"));
        }
        if glued_before {
            let range = value.start - word_before.len()..value.end;
            let what = format!("the value `{words}` is glued to `{word_before}`");
            found.push((range, what, "put a space between them"));
        }
    }
    let has_gap = !run.is_copied()
        && text.as_bytes().windows(2).any(|pair| GAPS.iter().any(|gap| gap.as_bytes() == pair));
    for gap in GAPS.into_iter().filter(|_| has_gap) {
        for (at, _) in text.match_indices(gap) {
            let range = at..at + gap.len();
            // What an author wrote so is the author's; a tag between the two signs is not.
            if !run.is_written(range.clone(), sources)
                && !run.has_code(range.clone())
                && is_tag_between(run, &range, sources)
            {
                let what = "something vanished between these words".to_string();
                found.push((range, what, "put the space inside the `{% if %}` as well, or state the value"));
            }
        }
    }
    found
}

/// Facts between single braces, as other template languages have them: `{ timers.report.within }`,
/// `${organization.name}`, `%{tools.chat.title}`.
fn single_braces(text: &str) -> Vec<Range<usize>> {
    let is_root = |word: &str| {
        Kind::Plan.fields().iter().any(|field| field.name == word)
            || Kind::ALL.iter().any(|kind| kind.folder() == Some(word))
    };
    const LONGEST: usize = 80;
    let mut found = Vec::new();
    for (at, _) in text.match_indices('{') {
        let end = text[at..].char_indices().take(LONGEST).find(|(_, c)| *c == '}');
        let Some((length, _)) = end else { continue };
        let inside = text[at + 1..at + length].trim();
        let is_path =
            inside.contains('.') && inside.chars().all(|c| c.is_alphanumeric() || "._-[]\"'".contains(c));
        if is_path && is_root(inside.split(['.', '[']).next().unwrap_or_default()) {
            let start = if text[..at].ends_with(['$', '%']) { at - 1 } else { at };
            found.push(start..at + length + 1);
        }
    }
    found
}

/// Whether a tag that prints nothing stands in the source between the signs of a range.
fn is_tag_between(run: &Run, range: &Range<usize>, sources: &Sources) -> bool {
    let written = sources.text(run.span(range.clone(), sources));
    written.contains("{%") || written.contains("{##")
}

fn empty_items(blocks: &[Block], text: &PageText, findings: &mut Findings) {
    for block in blocks {
        match block {
            Block::List(_, _, items) => {
                for item in items {
                    if is_empty(item) {
                        let diagnostic = Diagnostic::new(RULE.name, "this item of a list says nothing")
                            .at(item.span, "readers see an empty bullet")
                            .help("write it, take it out, or put all of its line into the `{% if %}`");
                        findings.tell_of(text, diagnostic);
                    }
                    empty_items(&item.blocks, text, findings);
                }
            }
            Block::Quote(_, _, blocks) | Block::Footnote(_, _, blocks) => empty_items(blocks, text, findings),
            _ => {}
        }
    }
}

fn is_empty(item: &Item) -> bool {
    item.blocks.iter().all(|block| match block {
        Block::Plain(_, content) | Block::Paragraph(_, content) => content.is_empty(),
        _ => false,
    })
}
