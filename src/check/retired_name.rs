//! `retired-name`: a name that the plan says is no longer used, still used.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::check::name_index::NameIndex;
use crate::check::passage::{Part, Setting, is_filled_in, passages, widest};
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
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
    /// The numbers of the retired names, by their words
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
            by_words.entry(name.words.clone()).or_default().push(at);
        }
        let current_index = match retired.is_empty() {
            true => NameIndex::default(),
            false => NameIndex::new(current.iter().cloned()),
        };
        Vocabulary { retired, by_words, current, current_index }
    }

    /// Of some uses of names those of the retired ones, in the order they are looked for.
    fn retired_in<'u>(&self, uses: &'u [Use]) -> Vec<(&Retired, &'u Range<usize>)> {
        let numbered = |used: &'u Use| {
            let numbers = self.by_words.get(used.name).into_iter().flatten();
            numbers.map(|number| (*number, used.range.start, &used.range))
        };
        let mut found: Vec<_> = uses.iter().flat_map(numbered).collect();
        found.sort_unstable_by_key(|(number, start, _)| (*number, *start));
        found.into_iter().map(|(number, _, range)| (&self.retired[number], range)).collect()
    }

    /// Where current names stand in a text, as they are written: of each place the longest.
    fn current_in(&self, text: &str) -> Longest {
        let mut longest: BTreeMap<usize, usize> = BTreeMap::new();
        self.current_index.each(text, |range, at| {
            if text[range.clone()].starts_with(&self.current[at]) {
                let end = longest.entry(range.start).or_default();
                *end = range.end.max(*end);
            }
        });
        Longest::of(longest)
    }
}

/// Where the longest names stand that begin at each place of a text.
struct Longest {
    /// The places, and the last end of a name that begins there or before
    ends: Vec<(usize, usize)>,
}

impl Longest {
    fn of(names: BTreeMap<usize, usize>) -> Longest {
        let mut last = 0;
        let so_far = |(start, end): (usize, usize)| {
            last = last.max(end);
            (start, last)
        };
        Longest { ends: names.into_iter().map(so_far).collect() }
    }

    /// Whether a range is inside a longer name.
    fn has_more_than(&self, range: &Range<usize>) -> bool {
        let last_end = |starts: usize| starts.checked_sub(1).map_or(0, |at| self.ends[at].1);
        let before = self.ends.partition_point(|(start, _)| *start < range.start);
        let until = self.ends.partition_point(|(start, _)| *start <= range.start);
        last_end(before) >= range.end || last_end(until) > range.end
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
    let forms = Forms::of(all.into_iter().map(String::as_str));
    let found: Vec<(Reader, Diagnostic)> = passages(binder)
        .par_iter()
        .flat_map_iter(|passage| {
            let mut search = forms.search();
            let parts = passage.parts().filter(is_asked).map(|part| (search.uses(&part.run.text), part));
            let parts: Vec<(Vec<Use>, Part)> = parts.filter(|(uses, _)| !uses.is_empty()).collect();
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

/// Whether a part is asked for retired names: what says that they are is not.
fn is_asked(part: &Part) -> bool {
    !["retired_names", "also_called", "deviations"].iter().any(|key| part.is_under(key))
}

fn in_parts(parts: &[(Vec<Use>, Part)], vocabulary: &Vocabulary, sources: &Sources) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (uses, part) in parts {
        let found = vocabulary.retired_in(uses);
        if found.is_empty() {
            continue;
        }
        let divided = Divided::of(part.run);
        let mut past = HashMap::new();
        let mut taken = Taken::default();
        let current = vocabulary.current_in(&part.run.text);
        for (name, range) in found {
            let span = part.run.span(range.clone(), sources);
            if !taken.is_free(range)
                || current.has_more_than(range)
                || is_of_the_past(&divided, range, &mut past)
                || is_filled_in(part, span, sources)
            {
                continue;
            }
            told.push(word(name, part, range, span, sources));
            taken.take(range.clone());
        }
    }
    told
}

/// A use of a name.
struct Use<'n> {
    /// The name as it is listed
    name: &'n str,
    range: Range<usize>,
}

/// The ways in which names are written, all looked for at once.
struct Forms<'n> {
    /// Each way, the name it is a way of, and whether it may have a plural ending
    list: Vec<(String, &'n str, bool)>,
    index: NameIndex,
}

impl<'n> Forms<'n> {
    fn of(names: impl Iterator<Item = &'n str>) -> Forms<'n> {
        let mut list = Vec::new();
        for name in names {
            list.push((name.to_string(), name, true));
            list.extend(other_forms(name).map(|form| (form, name, false)));
        }
        let index = NameIndex::new(list.iter().map(|(form, ..)| form.clone()));
        Forms { list, index }
    }

    fn search(&self) -> Search<'_, 'n> {
        Search { forms: self, ends: Vec::new() }
    }
}

/// A search for names in one text after the other.
struct Search<'f, 'n> {
    forms: &'f Forms<'n>,
    /// Where the last use of each form ends; empty until there is one
    ends: Vec<usize>,
}

impl<'n> Search<'_, 'n> {
    /// Where a text uses names: as they are written, with a capital where a sentence begins, and in
    /// the plural. Of uses of one form that overlap, the first.
    fn uses(&mut self, text: &str) -> Vec<Use<'n>> {
        let mut found = Vec::new();
        let mut used = Vec::new();
        self.forms.index.each(text, |range, at| {
            let (form, name, has_plural) = &self.forms.list[at];
            if self.ends.is_empty() {
                self.ends.resize(self.forms.list.len(), 0);
            }
            let is_form = || match text[range.clone()].strip_prefix(form.as_str()) {
                Some(ending) => ending.is_empty() || *has_plural,
                None => false,
            };
            if range.start >= self.ends[at] && is_form() {
                self.ends[at] = range.end;
                used.push(at);
                found.push(Use { name, range });
            }
        });
        used.into_iter().for_each(|at| self.ends[at] = 0);
        found
    }
}

/// How a name is written where it is not written as it is listed.
fn other_forms(name: &str) -> impl Iterator<Item = String> {
    let mut letters = name.chars();
    let first = letters.next().filter(|first| first.is_lowercase());
    let capital = first.map(|first| first.to_uppercase().chain(letters).collect::<String>());
    // "Incident coordinator", as in a cell or a heading.
    let words = name.split_once(' ').filter(|_| name.starts_with(char::is_uppercase));
    let in_sentence = words.map(|(first, rest)| format!("{first} {}", rest.to_lowercase()));
    capital.into_iter().chain(in_sentence).filter(move |form| form != name)
}

/// Whether the sentence says that the name is a former one.
fn is_of_the_past(divided: &Divided, range: &Range<usize>, known: &mut HashMap<usize, bool>) -> bool {
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
    let Some(sentence) = divided.sentence_at(range.start) else { return false };
    *known.entry(sentence.start).or_insert_with(|| {
        let sentence = divided.run.text[sentence].to_lowercase();
        SAYS.iter().any(|words| sentence.contains(words))
    })
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
    use super::Forms;

    #[test]
    fn a_name_is_used_as_it_is_written() {
        let found = |text: &str, name: &str| -> Vec<String> {
            let forms = Forms::of([name].into_iter());
            let uses = forms.search().uses(text).into_iter();
            uses.map(|used| text[used.range].to_string()).collect()
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
