//! Statuses named in running text: "set the status to **Resolved**", `Status: resolved`.

use std::ops::Range;

use crate::check::mention::{Knowledge, Mention, Unknown, is_capitalised};
use crate::check::passage::{Part, Passage, Setting, bare};
use crate::check::{Binder, Findings};
use crate::plan::prose::{Mark, THING};
use crate::plan::{Divided, Plan, Run};
use crate::syntax::Kind;

pub(in crate::check) fn look(binder: &Binder, findings: &mut Findings) {
    super::look::<Statuses>(binder, findings);
}

/// The statuses of a plan.
pub(super) struct Statuses {
    titles: Vec<String>,
    names: Vec<String>,
}

impl Knowledge for Statuses {
    const RULE: &'static str = "unknown-status";

    fn of(plan: &Plan) -> Option<Statuses> {
        let titles = plan.titles("statuses");
        let names = plan.names().into_iter().filter(|name| name.map == "statuses");
        let names = names.flat_map(|name| [bare(&name.words), bare(&name.id)]).collect();
        (titles.len() >= 2).then_some(Statuses { titles, names })
    }

    fn mentions(part: &Part, passage: &Passage) -> Vec<Mention> {
        let run = &part.run;
        if matches!(part.setting, Setting::Value(path) if path.starts_with("statuses.") || path.starts_with("document."))
        {
            return Vec::new();
        }
        let is_message =
            || part.setting == Setting::Code || passage.page.kind == Kind::Template || says_severity(passage);
        let label = after_label(run).filter(|_| is_message());
        let found = label.into_iter().chain(mentions(run));
        found
            .map(|range| Mention { words: run.text[range.clone()].to_string(), range, is_certain: true })
            .collect()
    }

    fn judge(&self, mention: &Mention, _: &Part) -> Option<Unknown<'_>> {
        let is_known = |words: &str| {
            let words = bare(words);
            let starts =
                |name: &String| words.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '));
            self.names.contains(&words) || self.names.iter().any(starts)
        };
        let mut each =
            mention.words.split([',', '/', '|']).flat_map(|part| part.split(" or ")).map(str::trim);
        let unknown = each.find(|words| !words.is_empty() && !is_known(words))?;
        Some(Unknown {
            message: format!("no status is called `{unknown}`"),
            known: &self.titles,
            otherwise: None,
        })
    }
}

/// Whether a page has a line that gives a severity, as a message does.
fn says_severity(passage: &Passage) -> bool {
    passage.parts().any(|part| part.run.text.starts_with("Severity:"))
}

/// What follows a run's label `Status:`.
fn after_label(run: &Run) -> Option<Range<usize>> {
    let colon = run.text.find(':')?;
    if !run.text[..colon].trim().eq_ignore_ascii_case("status") {
        return None;
    }
    let start = run.text.len() - run.text[colon + 1..].trim_start().len();
    let rest = &run.text[start..];
    let end = rest.find(['.', '(', ';', '—', '–']).unwrap_or(rest.len());
    let words = rest[..end].trim_end();
    let is_blank = words.contains(['[', '<', '{', '…', '$', THING]) || !words.chars().any(char::is_lowercase);
    (!is_blank && words.split_whitespace().count() <= 8).then(|| start..start + words.len())
}

/// What a sentence says the status is.
fn mentions(run: &Run) -> Vec<Range<usize>> {
    const OTHER: [&str; 13] = [
        "http",
        "exit",
        "return",
        "build",
        "order",
        "project",
        "document",
        "employment",
        "health",
        "approval",
        "review",
        "marital",
        "code",
    ];
    if !run.text.as_bytes().windows(6).any(|six| six.eq_ignore_ascii_case(b"status")) {
        return Vec::new();
    }
    let divided = Divided::of(run);
    let words = divided.words();
    let word = |at: usize| run.text[words[at].clone()].to_lowercase();
    let mut found = Vec::new();
    for at in (0..words.len()).filter(|at| word(*at) == "status") {
        if at > 0 && OTHER.contains(&word(at - 1).as_str()) {
            continue;
        }
        found.extend(before(run, words[at].start).or_else(|| after(&divided, at)));
    }
    found
}

/// A marked name right before the word: "the **Resolved** status".
fn before(run: &Run, status: usize) -> Option<Range<usize>> {
    // "The *right* status" is stressed and names none.
    let is_named = |range: &Range<usize>, mark: &Mark| {
        *mark != Mark::Emphasis || is_capitalised(&run.text[range.clone()])
    };
    let names = run.marks.iter().filter(|(range, mark)| is_name_mark(mark) && is_named(range, mark));
    let names = names.map(|(range, _)| range.clone());
    let mut names = names.filter(|range| range.end < status && run.text[range.end..status].trim().is_empty());
    names.find(|range| is_name(&run.text[range.clone()]))
}

fn is_name_mark(mark: &Mark) -> bool {
    matches!(mark, Mark::Strong | Mark::Emphasis | Mark::Code)
}

/// What may be a status: a few words that are no figure, no blank and not stressed.
fn is_name(words: &str) -> bool {
    const STRESSED: [&str; 12] =
        ["not", "only", "never", "always", "must", "may", "the", "and", "or", "no", "any", "one"];
    let count = words.split_whitespace().count();
    (1..=4).contains(&count)
        && words.chars().any(char::is_lowercase)
        && !words.contains(['[', '<', '{', '…', '$', THING, ':'])
        && !STRESSED.contains(&words.to_lowercase().as_str())
}

/// The name after the word: marked or quoted after "is", "to", "as"; plain and capitalised, or
/// plain at the end of its sentence where somebody sets the status to it.
fn after(divided: &Divided, at: usize) -> Option<Range<usize>> {
    const BINDING: [&str; 9] = ["to", "is", "as", "of", "be", "becomes", "remains", "stays", "now"];
    let (run, words) = (divided.run, divided.words());
    let end = divided.sentence_at(words[at].start).map_or(run.text.len(), |it| it.end);
    let word = |at: usize| run.text[words[at].clone()].to_lowercase();
    let in_sentence = |next: &usize| *next < words.len() && words[*next].start < end;
    // "the status of the ticket to …" sets it too.
    let to = (at + 1..=at + 6).take_while(in_sentence).find(|next| word(*next) == "to");
    let mut next = match to {
        Some(to) if word(at + 1) == "of" => to,
        _ => at + 1,
    };
    while in_sentence(&next) && next <= at + 7 && BINDING.contains(&word(next).as_str()) {
        next += 1;
    }
    if !in_sentence(&next) || run.text[words[at].end..words[next].start].contains(THING) {
        return None;
    }
    let start = words[next].start;
    let bound = next > at + 1 || run.text[words[at].end..start].contains(':');
    let marked = run.marks.iter().filter(|(_, mark)| is_name_mark(mark)).map(|(range, _)| range.clone());
    let marked = marked.into_iter().find(|range| range.start == start && is_name(&run.text[range.clone()]));
    if let Some(range) = marked {
        return Some(range);
    }
    if run.marks.iter().any(|(range, _)| range.contains(&start)) || !bound {
        return None;
    }
    let rest = &run.text[start..end];
    if let Some(close) = run.text[..start].chars().next_back().and_then(closing) {
        let range = start..start + rest.find(close)?;
        return is_name(&run.text[range.clone()]).then_some(range);
    }
    let clause = rest.find(['.', ',', ';', ':', '(', ')', '?', '!', '"', THING]).unwrap_or(rest.len());
    let clause = rest[..clause].find(" and ").unwrap_or(clause);
    let range = start..start + rest[..clause].trim_end().len();
    let is_set = to == Some(next - 1)
        && words[..at].iter().rev().take(4).any(|range| is_setting(&run.text[range.clone()]));
    let short =
        run.text[range.clone()].split_whitespace().count() <= if is_capitalised(rest) { 4 } else { 2 };
    (is_set && short && is_name(&run.text[range.clone()]) && !is_general(rest)).then_some(range)
}

fn is_setting(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "set" | "sets" | "change" | "changes" | "update" | "updates" | "move" | "switch"
    )
}

/// Words that say which status is meant without naming it.
fn is_general(rest: &str) -> bool {
    const GENERAL: [&str; 14] = [
        "the",
        "a",
        "an",
        "what",
        "whatever",
        "match",
        "reflect",
        "show",
        "say",
        "its",
        "that",
        "one",
        "everybody",
        "stakeholders",
    ];
    rest.split(|c: char| !c.is_alphanumeric())
        .next()
        .is_some_and(|word| GENERAL.contains(&word.to_lowercase().as_str()))
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' => Some('”'),
        '‘' => Some('’'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn statuses_are_what_something_is_set_to() {
        let found = |text: &str| -> Vec<String> {
            let run = Run::of_value(text, Span::default());
            mentions(&run).into_iter().map(|range| text[range].to_string()).collect()
        };
        assert_eq!(found("Set the status to Ready for Review."), ["Ready for Review"]);
        assert_eq!(found("Set the status of the ticket/issue to Done, and go on"), ["Done"]);
        assert_eq!(found("update the issue, setting the status to \"false alarm\""), ["false alarm"]);
        assert_eq!(found("Update the status to resolved"), ["resolved"]);
        assert_eq!(found("The status changes as follows. Tell us the status of it"), Vec::<String>::new());
    }

    #[test]
    fn a_label_says_the_status_of_a_message() {
        let found = |text: &str| {
            after_label(&Run::of_value(text, Span::default())).map(|range| text[range].to_string())
        };
        assert_eq!(found("Status: investigating"), Some("investigating".into()));
        assert_eq!(found("Status: [status]"), None);
    }
}
