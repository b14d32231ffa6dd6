//! Severities named in running text: `SEV-2`, "P2 incident", "Critical severity".

use std::ops::Range;

use crate::check::mention::{Knowledge, Mention, Unknown, is_capitalised, is_set_apart};
use crate::check::passage::{Part, Passage, bare};
use crate::check::{Binder, Findings};
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{NameSort, Plan, Run, Severity};

pub(in crate::check) fn look(binder: &Binder, findings: &mut Findings) {
    super::look::<Severities>(binder, findings);
}

/// Words that say how bad something is.
const LEVELS: [&str; 17] = [
    "critical",
    "urgent",
    "high",
    "medium",
    "moderate",
    "low",
    "minor",
    "major",
    "severe",
    "informational",
    "info",
    "emergency",
    "normal",
    "trivial",
    "cosmetic",
    "serious",
    "blocker",
];

/// The severities of a plan.
pub(super) struct Severities {
    severities: Vec<Severity>,
    retired: Vec<String>,
    labels: Vec<String>,
    /// Whether some are called by a letter and a number, such as P1
    lettered: Vec<char>,
}

impl Knowledge for Severities {
    const RULE: &'static str = "unknown-severity";

    fn of(plan: &Plan) -> Option<Severities> {
        if plan.severities.len() < 2 {
            return None;
        }
        let names = plan.names();
        let names = || names.iter().filter(|name| name.map == "severities");
        let current = names().filter(|name| name.is_current());
        Some(Severities {
            severities: plan.severities.clone(),
            retired: names()
                .filter(|name| name.sort == NameSort::Retired)
                .map(|name| bare(&name.words))
                .collect(),
            labels: plan.severities.iter().map(|severity| severity.label.clone()).collect(),
            lettered: current
                .filter(|name| is_lettered(&name.words))
                .filter_map(|it| it.words.chars().next())
                .collect(),
        })
    }

    fn mentions(part: &Part, passage: &Passage) -> Vec<Mention> {
        let defines =
            part.is_under("also_called") || part.is_under("retired_names") || part.is_under("label");
        let own_title = part.is_under("title") && passage.page.path.starts_with("severities/");
        if defines || own_title { Vec::new() } else { mentions(part.run) }
    }

    fn judge(&self, mention: &Mention, _: &Part) -> Option<Unknown<'_>> {
        let words = mention.words.as_str();
        let known = self.severities.iter().any(|severity| severity.is_called(words));
        let certain =
            mention.is_certain || words.chars().next().is_some_and(|it| self.lettered.contains(&it));
        (certain && !known && !self.retired.contains(&bare(words))).then(|| Unknown {
            message: format!("no severity is called `{words}`"),
            known: &self.labels,
            otherwise: None,
        })
    }
}

/// `P1` and the like.
fn is_lettered(word: &str) -> bool {
    matches!(word.as_bytes(), [b'P' | b'S', digit] if digit.is_ascii_digit())
}

/// `SEV-1`, `sev1`
fn is_sev(word: &str) -> bool {
    let lower = word.to_lowercase();
    let rest = lower.strip_prefix("sev").map(|rest| rest.strip_prefix('-').unwrap_or(rest));
    rest.is_some_and(|rest| (1..=2).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a text has the beginning of "severity", or a letter with a figure.
fn may_name_one(text: &str) -> bool {
    let is_sev = |three: &[u8]| three.eq_ignore_ascii_case(b"sev");
    let is_level = |two: &[u8]| matches!(two, [b'P' | b'S', digit] if digit.is_ascii_digit());
    text.as_bytes().windows(3).any(is_sev) || text.as_bytes().windows(2).any(is_level)
}

fn mentions(run: &Run) -> Vec<Mention> {
    if !may_name_one(&run.text) {
        return Vec::new();
    }
    let words = run.words();
    let word = |at: usize| words.get(at).map(|range| &run.text[range.clone()]).unwrap_or_default();
    let gap = |at: usize| match (words.get(at), words.get(at + 1)) {
        (Some(one), Some(next)) => &run.text[one.end..next.start],
        _ => "\n",
    };
    let mut found: Vec<Mention> = Vec::new();
    let mut add = |range: Range<usize>, words: &str, is_certain| {
        if found.last().is_none_or(|last| last.range.end <= range.start) && !is_set_apart(run, range.start) {
            found.push(Mention { range, words: words.to_string(), is_certain });
        }
    };
    for at in 0..words.len() {
        let range = words[at].clone();
        let lower = word(at).to_lowercase();
        if is_sev(word(at)) {
            add(range, word(at), true);
        } else if lower == "sev" && gap(at) == " " && word(at + 1).bytes().all(|byte| byte.is_ascii_digit()) {
            let range = range.start..words[at + 1].end;
            add(range.clone(), &run.text[range], true);
        } else if is_lettered(word(at)) {
            let near = at.saturating_sub(2)..(at + 3).min(words.len());
            let is_bound = near.into_iter().any(|other| is_about(word(other)));
            let is_whole = run.kind == RunKind::Cell && run.text.trim() == word(at);
            // Letters that are stressed by themselves are a level, as `**P1**` is.
            let is_stressed = run
                .marks
                .iter()
                .any(|(marked, mark)| *marked == range && matches!(mark, Mark::Strong | Mark::Emphasis));
            let is_plain = !run.has_code(words[at].clone()) || is_whole;
            add(range, word(at), is_stressed || (is_bound && is_plain));
        } else if let Some(level) = lower.strip_suffix("-severity").or(lower.strip_suffix("-sev")) {
            if LEVELS.contains(&level) && is_capitalised(word(at)) {
                add(range.clone(), &run.text[range.start..range.start + level.len()], true);
            }
        } else if LEVELS.contains(&lower.as_str())
            && gap(at) == " "
            && word(at + 1).eq_ignore_ascii_case("severity")
            && (is_capitalised(word(at)) || is_marked(run, &range))
        {
            add(range.start..words[at + 1].end, word(at), true);
        } else if lower == "severity"
            && let Some(range) = named_after(run, &words, at)
        {
            add(range.clone(), &run.text[range], true);
        }
    }
    found
}

/// Words that say that a letter with a number beside them is a severity.
fn is_about(word: &str) -> bool {
    matches!(bare(word).as_str(), "severity" | "severitie" | "incident")
}

fn is_marked(run: &Run, range: &Range<usize>) -> bool {
    run.marks_of(range.clone()).any(|mark| matches!(mark, Mark::Strong | Mark::Emphasis | Mark::Code))
}

/// The level after the word "severity": `Severity: Urgent`, "set the severity to **Urgent**".
fn named_after(run: &Run, words: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    const BINDING: [&str; 7] = ["is", "to", "of", "as", "level", "be", "remains"];
    let mut next = at + 1;
    while next < words.len()
        && next <= at + 2
        && BINDING.contains(&run.text[words[next].clone()].to_lowercase().as_str())
    {
        next += 1;
    }
    let range = words.get(next)?.clone();
    let between = &run.text[words[at].end..range.start];
    let is_label = between.trim_start_matches('*').trim() == ":" && words[at].start <= 2;
    let bound = is_label || (next > at + 1 && !between.contains(['.', ',', ';', '?', '!', '(']));
    let level = &run.text[range.clone()];
    let is_level = LEVELS.contains(&level.to_lowercase().as_str());
    let looks = match is_label {
        true => is_level,
        false => (is_capitalised(level) || is_marked(run, &range)) && is_level,
    };
    (bound && looks).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn levels_are_known_by_their_form() {
        let found = |text: &str| -> Vec<String> {
            let run = Run::of_value(text, Span::default());
            let found = mentions(&run).into_iter();
            found.filter(|it| it.is_certain).map(|it| it.words).collect()
        };
        assert_eq!(found("A SEV-2 or sev3 is no Sev 4"), ["SEV-2", "sev3", "Sev 4"]);
        assert_eq!(found("a P2 incident, and step P2 of it"), ["P2"]);
        assert_eq!(found("Critical severity: act. Set the severity to Urgent"), ["Critical", "Urgent"]);
        assert_eq!(found("Severity: low"), ["low"]);
        assert_eq!(found("a very low severity report, severity unknown"), Vec::<String>::new());
    }
}
