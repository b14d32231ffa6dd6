//! `retired-name`: a name that the plan says is no longer used, still used.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::check::name_index::NameIndex;
use crate::check::passage::{Part, Setting, is_filled_in, passages, whole_words, widest};
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::limits;
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{Divided, Name, NameSort, Plan};
use crate::source::{Sources, Span, Taken};

pub(super) const RULE: Rule = Rule {
    name: "retired-name",
    level: Level::Error,
    finds: "a name under `retired_names` that the text still uses",
    explanation: "\
Why it matters
  Somebody looks for the old room, the old role or the old product while the response goes on in
  the new one.

What it reads
  Every text of the variant, its front matter and its messages included, for the names that its
  roles, severities, tools, statuses, terms and channels list under `retired_names`: as whole
  words, written as they are written there. A sentence may say that a name is a former one.

What to do
  Write the expression that is named, so that the next change of the name needs no edit at all.
  A name that is good again is taken out of `retired_names`.
",
    look,
};

/// A name that is no longer used in a variant.
struct Retired {
    words: String,
    /// Where that is said
    span: Option<Span>,
    current: String,
    expression: String,
}

/// What a variant calls things, now and before.
struct Vocabulary {
    retired: Vec<Retired>,
    /// The numbers of the retired names, by their words in lower case
    by_words: HashMap<String, Vec<usize>>,
    current: Vec<String>,
    /// The current names, by their numbers
    current_index: NameIndex,
}

impl Vocabulary {
    fn of(plan: &Plan) -> Vocabulary {
        let names = plan.names();
        let current: Vec<String> =
            names.iter().filter(|name| name.is_current()).map(|name| name.words.clone()).collect();
        let is_current: HashSet<&String> = current.iter().collect();
        let mut retired: Vec<Retired> = names
            .iter()
            .filter(|name| name.sort == NameSort::Retired && !is_current.contains(&name.words))
            .map(|name| retired(plan, &names, name))
            .collect();
        // The longer of two names is what is meant where both stand.
        retired.sort_by(|a, b| b.words.len().cmp(&a.words.len()).then(a.words.cmp(&b.words)));
        let mut by_words: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in retired.iter().enumerate() {
            by_words.entry(name.words.to_ascii_lowercase()).or_default().push(at);
        }
        let current_index = match retired.is_empty() {
            true => NameIndex::default(),
            false => NameIndex::new(current.iter().cloned()),
        };
        Vocabulary { retired, by_words, current, current_index }
    }

    /// The retired ones of some names, in the order they are looked for.
    fn retired_of(&self, names: &BTreeSet<&str>) -> impl Iterator<Item = &Retired> {
        let numbers = names.iter().filter_map(|words| self.by_words.get(*words)).flatten();
        let numbers: BTreeSet<usize> = numbers.copied().collect();
        numbers.into_iter().map(|at| &self.retired[at])
    }

    /// Where current names stand in a text, as they are written.
    fn current_in(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.current_index.find(text).into_iter();
        found
            .filter(|(range, at)| text[range.clone()].starts_with(&self.current[*at]))
            .map(|(range, _)| range)
            .collect()
    }
}

fn retired(plan: &Plan, names: &[Name], name: &Name) -> Retired {
    Retired {
        words: name.words.clone(),
        span: name.span,
        current: Plan::current_name(names, name.map, &name.id).unwrap_or_default().to_string(),
        expression: plan.name_expression(name.map, &name.id),
    }
}

fn look(binder: &Binder, findings: &mut Findings) {
    let sources = &binder.project.sources;
    let mut vocabularies: BTreeMap<&str, Vocabulary> =
        widest(binder).into_iter().map(|(name, plan)| (name, Vocabulary::of(plan))).collect();
    vocabularies.retain(|_, vocabulary| !vocabulary.retired.is_empty());
    if vocabularies.is_empty() {
        return;
    }
    let all: BTreeSet<&String> = vocabularies.values().flat_map(|it| it.by_words.keys()).collect();
    let names: Vec<&str> = all.iter().map(|words| words.as_str()).collect();
    let index = NameIndex::new(all.iter().map(|words| words.to_string()));
    let found: Vec<(Reader, Diagnostic)> = passages(binder)
        .par_iter()
        .flat_map_iter(|passage| {
            let named = |part: &Part| -> BTreeSet<&str> {
                index.find(&part.run.text).into_iter().map(|(_, at)| names[at]).collect()
            };
            let parts = passage.parts().map(|part| (named(&part), part));
            let parts: Vec<(BTreeSet<&str>, Part)> = parts.filter(|(names, _)| !names.is_empty()).collect();
            let readers = passage.readers.iter();
            readers
                .filter_map(|(reader, ..)| Some((*reader, vocabularies.get(reader.0)?)))
                .flat_map(|(reader, vocabulary)| {
                    let told = in_parts(&parts, vocabulary, sources).into_iter();
                    told.map(move |diagnostic| (reader, diagnostic))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    for (reader, diagnostic) in found {
        findings.tell_in(reader, diagnostic);
    }
}

fn in_parts(parts: &[(BTreeSet<&str>, Part)], vocabulary: &Vocabulary, sources: &Sources) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (names, part) in parts {
        if part.is_under("retired_names") || part.is_under("also_called") || part.is_under("deviations") {
            continue;
        }
        let divided = Divided::of(part.run);
        let mut taken = Taken::default();
        let current = vocabulary.current_in(&part.run.text);
        for name in vocabulary.retired_of(names) {
            for range in uses(&part.run.text, &name.words) {
                let span = part.run.span(range.clone(), sources);
                if !taken.is_free(&range)
                    || is_part_of_a_name(&range, &current)
                    || is_of_the_past(&divided, &range)
                    || is_filled_in(part, span, sources)
                {
                    continue;
                }
                told.push(word(name, part, &range, span, sources));
                taken.take(range);
            }
        }
    }
    told
}

/// Where a text uses a name: as it is written, with a capital where a sentence begins, and in the
/// plural.
fn uses(text: &str, name: &str) -> Vec<Range<usize>> {
    let plural = format!("{name}s");
    let mut found: Vec<Range<usize>> = whole_words(text, name).chain(whole_words(text, &plural)).collect();
    let mut letters = name.chars();
    if let Some(first) = letters.next().filter(|first| first.is_lowercase()) {
        let capital: String = first.to_uppercase().chain(letters).collect();
        found.extend(whole_words(text, &capital));
    }
    // "Incident coordinator", as in a cell or a heading.
    if let Some((first, rest)) = name.split_once(' ').filter(|_| name.starts_with(char::is_uppercase)) {
        let sentence_case = format!("{first} {}", rest.to_lowercase());
        if sentence_case != name {
            found.extend(whole_words(text, &sentence_case));
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

/// Whether a use is inside a longer name that is still good. These are in the order of their starts.
fn is_part_of_a_name(range: &Range<usize>, current: &[Range<usize>]) -> bool {
    let first = current.partition_point(|name| name.start + limits::NAME.most * 4 < range.end);
    let around = current[first..].iter().take_while(|name| name.start <= range.start);
    around.into_iter().any(|name| name.end >= range.end && name.len() > range.len())
}

/// Whether the sentence says that the name is a former one.
fn is_of_the_past(divided: &Divided, range: &Range<usize>) -> bool {
    const SAYS: [&str; 11] = [
        "formerly",
        "former ",
        "previously",
        "no longer",
        "instead of",
        "renamed",
        "retired",
        "replaced",
        "replaces",
        "used to be",
        "once called",
    ];
    let sentence = divided.sentence_at(range.start);
    let sentence = sentence.map_or(String::new(), |it| divided.run.text[it].to_lowercase());
    SAYS.iter().any(|words| sentence.contains(words))
}

fn word(name: &Retired, part: &Part, range: &Range<usize>, span: Span, sources: &Sources) -> Diagnostic {
    let message = format!("`{}` is a retired name of `{}`", name.words, name.current);
    let mut diagnostic = Diagnostic::new(RULE.name, message)
        .at(span, "no longer used")
        .help(format!("write `{}`", name.expression));
    if let Some(said) = name.span {
        diagnostic = diagnostic.and(said, "retired here");
    }
    // A heading may be what a link leads to, and a link's words may be a thing's own.
    let is_plain = part.setting == Setting::Text && !matches!(part.run.kind, RunKind::Heading(_));
    let in_link = part.run.marks_of(range.clone()).any(|mark| matches!(mark, Mark::Link(_)));
    let is_whole = range.len() == name.words.len() && part.run.is_written(range.clone(), sources);
    let article = name.current.split(' ').next().is_some_and(|word| matches!(word, "the" | "a" | "an"));
    match is_plain && !in_link && is_whole && !article {
        true => diagnostic.fix(span, name.expression.clone()),
        false => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::uses;

    #[test]
    fn a_name_is_used_as_it_is_written() {
        let found = |text: &str, name: &str| -> Vec<String> {
            uses(text, name).into_iter().map(|range| text[range].to_string()).collect()
        };
        assert_eq!(found("Slack, slack and Slackers", "Slack"), ["Slack"]);
        assert_eq!(
            found("Incident Coordinators meet the Incident Coordinator's team", "Incident Coordinator"),
            ["Incident Coordinators", "Incident Coordinator"]
        );
        assert_eq!(found("War room or war room", "war room"), ["War room", "war room"]);
        assert_eq!(
            found("Incident coordinator, incident coordinator", "Incident Coordinator"),
            ["Incident coordinator"]
        );
    }
}
