//! Which timer a stated duration speaks of.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use crate::check::timing::context::{Nearness, is_idle};
use crate::check::timing::statement::Statement;
use crate::plan::records::expression;
use crate::plan::wording::{Stem, has_any, stem, stems};
use crate::plan::{Fields, Plan};
use crate::source::Spanned;
use crate::syntax::DurationRange;

/// A duration of a plan's records, and the words a sentence about it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct Timer {
    /// The path of its value, such as `timers.report.within`
    pub(in crate::check) path: String,
    /// Its value, and where it is written
    pub(in crate::check) value: Spanned<DurationRange>,
    /// Whether it says how often
    pub(in crate::check) repeats: bool,
    /// Its id; empty for an obligation
    id: String,
    /// Phrases that sentences about it use
    says: Vec<Vec<Stem>>,
    /// What its title is about
    title: Vec<Stem>,
    /// Words for what starts it
    starts: Vec<Stem>,
    /// Whether one of its own words is about people outside
    knows_outsiders: bool,
}

/// The timers of a plan, and its obligations, whose deadlines are nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct Timers {
    timers: Vec<Timer>,
    /// By a word, the timers of which a phrase begins with it or whose title has it, in their
    /// order: only these can fit a statement that has the word.
    by_word: BTreeMap<Stem, Vec<usize>>,
    /// Names of other things that hold a word of a timer: an "incident report" is no report. In
    /// the order of their words.
    names: Vec<Vec<Stem>>,
    /// The last words of these names
    name_ends: BTreeSet<Stem>,
}

/// What a statement says, looked through once for all timers.
struct Said<'s> {
    statement: &'s Statement,
    words: Vec<Stem>,
    /// Where names of other things stand in the words
    names: Vec<Range<usize>>,
    /// Whether it is about people outside
    is_for_others: bool,
}

/// More timers that a statement may speak of decide nothing.
const MOST_NEAR: usize = 500;

/// A name of more words stands in no sentence: whoever writes one that long means something else.
const LONGEST_NAME: usize = 40;

/// People outside, who have deadlines of their own; without endings, as words are compared.
const OUTSIDERS: [Stem; 17] = Stem::all([
    "customer",
    "client",
    "authority",
    "agency",
    "regulator",
    "court",
    "media",
    "press",
    "public",
    "insurer",
    "patient",
    "hospital",
    "polic",
    "fbi",
    "cisa",
    "user",
    "vendor",
]);

impl Timers {
    /// The timers of each plan.
    pub(in crate::check) fn of_all(plans: &[Plan]) -> Vec<Timers> {
        let mut phrases = Phrases::default();
        plans.iter().map(|plan| Timers::of(plan, &mut phrases)).collect()
    }

    fn of(plan: &Plan, phrases: &mut Phrases) -> Timers {
        let fields = Fields::new(&plan.values);
        let mut timers = Vec::new();
        for (id, record) in fields.records("timers") {
            let says: Vec<Vec<Stem>> =
                record.texts("says").into_iter().map(|says| phrases.read(&says.value)).collect();
            let title = content(phrases.read(&record.text_or_empty("title")));
            for (key, repeats) in [("within", false), ("every", true)] {
                let Some(value) = record.range(key) else { continue };
                timers.push(Timer {
                    path: expression("timers", &id.value, key),
                    value,
                    repeats,
                    knows_outsiders: says.iter().flatten().chain(&title).any(|word| OUTSIDERS.contains(word)),
                    id: id.value.clone(),
                    says: says.clone(),
                    title: title.clone(),
                    starts: start_words(&record.text_or_empty("starts")),
                });
            }
        }
        for (id, record) in fields.records("obligations") {
            let Some(value) = record.range("within") else { continue };
            let to = phrases.read(&record.text_or_empty("to"));
            timers.push(Timer {
                path: expression("obligations", &id.value, "within"),
                value,
                repeats: false,
                knows_outsiders: to.iter().any(|word| OUTSIDERS.contains(word)),
                id: String::new(),
                says: vec![to.clone()],
                title: content(to),
                starts: Vec::new(),
            });
        }
        let mut by_word: BTreeMap<Stem, Vec<usize>> = BTreeMap::new();
        for (at, timer) in timers.iter().enumerate() {
            for word in timer.says.iter().filter_map(|phrase| phrase.first()).chain(&timer.title) {
                let known = by_word.entry(*word).or_default();
                if known.last() != Some(&at) && known.len() <= MOST_NEAR {
                    known.push(at);
                }
            }
        }
        let mut names = names(plan, phrases);
        names.retain(|name| name.len() <= LONGEST_NAME);
        let name_ends =
            names.iter().filter(|name| name.len() > 1).filter_map(|name| name.last()).copied().collect();
        Timers { timers, by_word, names, name_ends }
    }

    /// All of them.
    pub(in crate::check) fn all(&self) -> &[Timer] {
        &self.timers
    }

    /// The timer a statement speaks of, where that is certain.
    pub(in crate::check) fn bind(&self, statement: &Statement) -> Option<&Timer> {
        let fits = |timer: &&Timer| timer.repeats == statement.repeats;
        if let Some(linked) = &statement.linked {
            return self.timers.iter().filter(fits).find(|timer| timer.id == *linked);
        }
        let words: BTreeSet<&Stem> = statement.words.iter().map(|(word, _)| word).collect();
        let mut near: BTreeSet<usize> = BTreeSet::new();
        for known in words.into_iter().filter_map(|word| self.by_word.get(word)) {
            near.extend(known);
            if near.len() > MOST_NEAR {
                return None;
            }
        }
        if near.is_empty() {
            return None;
        }
        let said = self.read(statement);
        let near = near.into_iter().map(|at| &self.timers[at]).filter(fits);
        let mut scores: Vec<(u32, &Timer)> =
            near.filter_map(|timer| Some((self.score(timer, &said)?, timer))).collect();
        scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let (best, timer) = *scores.first()?;
        let rivals = scores.iter().skip(1);
        // Another timer that is nearly as likely decides nothing, unless it has the value: then
        // the sentence is about that one.
        for (score, rival) in rivals {
            if *score == best || (*score + 2 >= best && rival.value.value.means(statement.value)) {
                return None;
            }
        }
        Some(timer)
    }

    /// Looks a statement through for what is the same for all timers.
    fn read<'s>(&self, statement: &'s Statement) -> Said<'s> {
        let words: Vec<Stem> = statement.words.iter().map(|(word, _)| *word).collect();
        let is_for_others = statement
            .words
            .iter()
            .any(|(word, near)| *near >= Nearness::Sentence && OUTSIDERS.contains(word));
        let names = (0..words.len()).flat_map(|start| self.names_at(&words, start)).collect();
        Said { statement, words, names, is_for_others }
    }

    /// Where the names end that begin at a word.
    fn names_at(&self, words: &[Stem], start: usize) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut names = &self.names[..];
        for end in start + 1..=words.len() {
            let part = &words[start..end];
            names = &names[names.partition_point(|name| &name[..] < part)..];
            match names.first() {
                Some(name) if name == part => found.push(start..end),
                Some(name) if name.starts_with(part) => {}
                _ => break,
            }
        }
        found
    }

    /// How well a timer's words fit a statement. `None` where they do not.
    fn score(&self, timer: &Timer, said: &Said) -> Option<u32> {
        if said.is_for_others && !timer.knows_outsiders {
            return None;
        }
        let words = &said.statement.words;
        let mut best = 0;
        let mut phrases = 0;
        for phrase in &timer.says {
            if let Some(nearness) = self.find(phrase, said) {
                phrases += u32::from(nearness >= Nearness::Sentence);
                best = best.max(nearness_score(nearness) + 2 * (phrase.len() as u32 - 1));
            }
        }
        let of_title =
            |word: &&Stem| words.iter().any(|(found, near)| found == *word && *near >= Nearness::Beside);
        let titled = timer.title.iter().filter(of_title).count();
        // Whoever has a right to be told is named in full; half of a name may be anybody's.
        let is_obligation = timer.id.is_empty();
        let enough = if is_obligation { timer.title.len() } else { timer.title.len().div_ceil(2) };
        let is_titled = titled >= 2 && titled >= enough;
        if best == 0 && !is_titled {
            return None;
        }
        let following = words.iter().skip(said.statement.position).take(7);
        let starts = following.filter(|(word, _)| timer.starts.contains(word)).count().min(1) as u32;
        Some(best + phrases.min(3) + (titled as u32).min(3) + 2 * starts)
    }

    /// How near a phrase stands, where it stands for itself and not in the name of another thing.
    fn find(&self, phrase: &[Stem], said: &Said) -> Option<Nearness> {
        if phrase.is_empty() {
            return None;
        }
        let found = said.words.windows(phrase.len()).enumerate().filter(|(_, part)| *part == phrase);
        let for_itself = found.filter(|(start, _)| !self.is_a_name(phrase, said, *start));
        let near = |start: usize| {
            said.statement.words[start..start + phrase.len()].iter().map(|(_, near)| *near).min()
        };
        for_itself.filter_map(|(start, _)| near(start)).max()
    }

    /// Whether words belong to a longer name, or a word that ends such a name follows an article:
    /// "the report" is a thing, "report it" is an act.
    fn is_a_name(&self, phrase: &[Stem], said: &Said, start: usize) -> bool {
        const ARTICLES: [Stem; 19] = Stem::all([
            "the", "a", "an", "thi", "this", "that", "your", "their", "our", "its", "it", "each", "every",
            "final", "last", "first", "draft", "full", "of",
        ]);
        let end = start + phrase.len();
        // They are in the order of their starts.
        let first = said.names.partition_point(|name| name.start + LONGEST_NAME < end);
        let last = said.names.partition_point(|name| name.start <= start);
        let mut around = said.names.get(first..last).unwrap_or_default().iter();
        let is_inside = around.any(|name| name.len() > end - start && end <= name.end);
        let before = start.checked_sub(1).and_then(|at| said.words.get(at));
        is_inside
            || matches!(phrase, [word] if self.name_ends.contains(word))
                && before.is_some_and(|word| ARTICLES.contains(word))
    }
}

impl Timer {
    /// Whether one of its phrases or two words of its title are in a statement.
    pub(in crate::check) fn is_near(&self, statement: &Statement) -> bool {
        let has = |word: &Stem| statement.words.iter().any(|(found, _)| found == word);
        self.says.iter().any(|phrase| phrase.iter().all(has)) || self.title.iter().any(has)
    }
}

fn nearness_score(nearness: Nearness) -> u32 {
    match nearness {
        Nearness::Above => 1,
        Nearness::Beside => 4,
        Nearness::Sentence => 6,
        Nearness::Clause => 8,
    }
}

/// Phrases as they are compared, by how they are written: plans share most of them.
#[derive(Default)]
struct Phrases {
    known: HashMap<String, Vec<Stem>>,
}

impl Phrases {
    fn read(&mut self, words: &str) -> Vec<Stem> {
        if let Some(known) = self.known.get(words) {
            return known.clone();
        }
        let read: Vec<Stem> = stems(words).map(|(_, word)| word).collect();
        self.known.insert(words.to_string(), read.clone());
        read
    }
}

/// The words of a title that say what it is about.
fn content(mut title: Vec<Stem>) -> Vec<Stem> {
    title.retain(|word| !is_idle(*word) && !is_common(*word));
    title.sort();
    title.dedup();
    title
}

/// Words that so many sentences of a plan have that they say nothing of a timer.
fn is_common(stem: Stem) -> bool {
    const COMMON: [Stem; 11] = Stem::all([
        "incident", "respond", "role", "time", "thing", "person", "people", "what", "whether", "whom", "out",
    ]);
    COMMON.contains(&stem)
}

/// Words for the event that starts a timer.
fn start_words(starts: &str) -> Vec<Stem> {
    let others: &[&str] = match starts {
        "noticed" | "suspected" => &["aware", "discover", "see", "spot", "detect", "notice", "suspect"],
        "identified" => &["identify", "confirm", "discover", "aware"],
        "declared" => &["declare", "announce"],
        "handed-over" => &["handover", "handoff", "hand"],
        "resolved" => &["resolve", "conclude", "close", "end"],
        "requested" => &["request", "ask", "call"],
        "sent" => &["send"],
        _ => &[],
    };
    others.iter().chain([&starts]).map(|word| stem(word)).collect()
}

/// Names of more than one word, of things that are no timers.
fn names(plan: &Plan, phrases: &mut Phrases) -> Vec<Vec<Stem>> {
    let facts = plan.facts.iter().filter(|fact| fact.map != "timers").map(|fact| fact.title.as_str());
    let templates = plan.templates.iter().map(|template| template.record.title.as_str());
    let usual = ["situation report", "incident report", "status report"];
    let all = facts.chain(templates).chain(usual).filter(|title| title.contains(' '));
    let mut found: Vec<Vec<Stem>> = all.map(|title| phrases.read(title)).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a sentence sets an example.
pub(in crate::check) fn is_example(sentence: &str) -> bool {
    has_any(sentence, &["for example", "for instance", "e g", "such as", "example"])
}
