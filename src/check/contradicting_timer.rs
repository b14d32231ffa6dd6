//! `contradicting-timer`: a sentence that gives a timer another duration than its record.

use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Fields, Plan};
use crate::source::{Sources, Span, Spanned};
use crate::syntax::tree::{Words, texts};
use crate::syntax::{Duration, DurationRange};

pub(super) const RULE: Rule = Rule {
    name: "contradicting-timer",
    level: Level::Error,
    finds: "a sentence that says a timer's own words with another duration than the timer has",
    explanation: "\
Why it matters
  Somebody reads \"report within 30 minutes\" here and \"within 1 hour\" there, and nobody knows
  which of the two was agreed.

What it reads
  A sentence with one of the words under `says:` of exactly one timer, and a deadline written
  as `within`, `in` or `no later than` and a number with its unit. Values in braces are the
  timer's own and always agree.

What to do
  Write the value instead of the number: `within {{ timers.report.within }}`.
",
    look,
};

/// A timer, and the words a sentence about it uses.
struct Timer {
    id: String,
    within: Spanned<DurationRange>,
    says: Vec<String>,
}

fn look(binder: &Binder, findings: &mut Findings) {
    for plan in binder.plans {
        let timers = timers(plan);
        if timers.is_empty() {
            continue;
        }
        let reader = (&*plan.name, plan.edition);
        for page in &plan.pages {
            let mut see = |run: &[Words]| {
                for sentence in sentences(run, &binder.project.sources) {
                    judge(&sentence, &timers, reader, findings);
                }
            };
            page.body.top.iter().for_each(|part| texts(part, &mut see));
            page.body.walk(&mut |section| section.parts.iter().for_each(|part| texts(part, &mut see)));
        }
    }
}

fn timers(plan: &Plan) -> Vec<Timer> {
    let records = Fields::new(&plan.values).records("timers");
    let timer = |(id, fields): (&Spanned<String>, Fields)| {
        let says: Vec<String> =
            fields.texts("says").into_iter().map(|word| word.value.to_lowercase()).collect();
        let within = fields.range("within").filter(|_| !says.is_empty())?;
        Some(Timer { id: id.value.clone(), within, says })
    };
    records.into_iter().filter_map(timer).collect()
}

/// A sentence: its words in lower case, and the deadlines written out in it.
struct Sentence {
    words: Vec<String>,
    deadlines: Vec<Spanned<Duration>>,
}

/// The sentences of a run of text that hold a deadline in figures.
fn sentences(run: &[Words], sources: &Sources) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut sentence = Sentence { words: Vec::new(), deadlines: Vec::new() };
    for (span, text) in run {
        // Text that a template made is the timer's own.
        let is_written = sources.text(*span) == *text;
        let mut at = 0;
        for piece in text.split_inclusive(['.', '!', '?', ';']) {
            if is_written {
                sentence.deadlines.extend(deadlines(piece).map(|(start, length, duration)| {
                    let start = span.start as usize + at + start;
                    Spanned::new(duration, Span::new(span.source, start..start + length))
                }));
            }
            let words = piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            sentence.words.extend(words.map(str::to_lowercase));
            at += piece.len();
            if piece.ends_with(['.', '!', '?', ';']) {
                found.push(std::mem::replace(
                    &mut sentence,
                    Sentence { words: Vec::new(), deadlines: Vec::new() },
                ));
            }
        }
    }
    found.push(sentence);
    found.retain(|sentence| !sentence.deadlines.is_empty());
    found
}

/// The deadlines in a text: where each number starts, how long it is with its unit, and what it says.
fn deadlines(text: &str) -> impl Iterator<Item = (usize, usize, Duration)> {
    const BEFORE: [&str; 4] = ["within ", "in ", "no later than ", "at most "];
    let starts = text.char_indices().filter(|(at, c)| {
        let before = text[..*at].to_lowercase();
        c.is_ascii_digit() && BEFORE.iter().any(|word| before.ends_with(word))
    });
    starts.filter_map(|(start, _)| {
        let rest = &text[start..];
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let after = &rest[digits..];
        let gap = after.len() - after.trim_start_matches([' ', '-']).len();
        // A unit is a word or two: `minutes`, `business days`.
        let ends = after[gap..].match_indices(|c: char| !c.is_alphabetic()).map(|(at, _)| at);
        let ends: Vec<usize> = ends.chain([after.len() - gap]).take(2).collect();
        ends.into_iter().rev().find_map(|end| {
            let length = digits + gap + end;
            Some((start, length, Duration::parse(&rest[..length].replace('-', " "))?))
        })
    })
}

fn judge(sentence: &Sentence, timers: &[Timer], reader: Reader, findings: &mut Findings) {
    let says = |timer: &Timer| timer.says.iter().any(|word| sentence.words.contains(word));
    let mut meant = timers.iter().filter(|timer| says(timer));
    let (Some(timer), None) = (meant.next(), meant.next()) else { return };
    let [deadline] = &sentence.deadlines[..] else { return };
    let range = timer.within.value;
    if (range.least..=range.most).contains(&deadline.value) {
        return;
    }
    let path = format!("timers.{}.within", timer.id);
    let diagnostic =
        Diagnostic::new(RULE.name, format!("`{path}` is {range}, and this says {}", deadline.value))
            .at(deadline.span, format!("{} here", deadline.value))
            .and(timer.within.span, format!("{range} here"))
            .help(format!("write `{{{{ {path} }}}}`, or change the timer"));
    findings.tell_in(reader, diagnostic);
}

#[cfg(test)]
mod tests {
    use super::deadlines;

    #[test]
    fn deadlines_are_numbers_with_a_unit_after_a_word_that_sets_one() {
        let found = |text: &str| -> Vec<String> {
            deadlines(text).map(|(start, length, _)| text[start..start + length].to_string()).collect()
        };
        assert_eq!(found("report within 30 minutes, please"), ["30 minutes"]);
        assert_eq!(found("In 3 business days at the latest"), ["3 business days"]);
        assert_eq!(found("within 1 hour"), ["1 hour"]);
        assert_eq!(found("after 15 minutes of waiting, or within reach"), Vec::<String>::new());
        assert_eq!(found("within 5 people, in 2026"), Vec::<String>::new());
    }
}
