//! Which timer a stated duration speaks of.

use std::collections::HashMap;

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
}

/// The timers of a plan, and its obligations, whose deadlines are nobody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::check) struct Timers {
    timers: Vec<Timer>,
    /// Names of other things that hold a word of a timer: an "incident report" is no report.
    names: Vec<Vec<Stem>>,
}

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
                id: String::new(),
                says: vec![to.clone()],
                title: content(to),
                starts: Vec::new(),
            });
        }
        Timers { timers, names: names(plan, phrases) }
    }

    /// All of them.
    pub(in crate::check) fn all(&self) -> &[Timer] {
        &self.timers
    }

    /// The timer a statement speaks of, where that is certain.
    pub(in crate::check) fn bind(&self, statement: &Statement) -> Option<&Timer> {
        let fitting = self.timers.iter().filter(|timer| timer.repeats == statement.repeats);
        if let Some(linked) = &statement.linked {
            return fitting.into_iter().find(|timer| timer.id == *linked);
        }
        let mut scores: Vec<(u32, &Timer)> =
            fitting.filter_map(|timer| Some((self.score(timer, statement)?, timer))).collect();
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

    /// How well a timer's words fit a statement. `None` where they do not.
    fn score(&self, timer: &Timer, statement: &Statement) -> Option<u32> {
        let words = &statement.words;
        let is_for_others = OUTSIDERS
            .iter()
            .any(|word| words.iter().any(|(found, near)| found == word && *near >= Nearness::Sentence));
        if is_for_others && !timer.knows_outsiders() {
            return None;
        }
        let mut best = 0;
        let mut phrases = 0;
        for phrase in &timer.says {
            if let Some(nearness) = self.find(phrase, words) {
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
        let following = words.iter().skip(statement.position).take(7);
        let starts = following.filter(|(word, _)| timer.starts.contains(word)).count().min(1) as u32;
        Some(best + phrases.min(3) + (titled as u32).min(3) + 2 * starts)
    }

    /// How near a phrase stands, where it stands for itself and not in the name of another thing.
    fn find(&self, phrase: &[Stem], words: &[(Stem, Nearness)]) -> Option<Nearness> {
        if phrase.is_empty() {
            return None;
        }
        let at = |start: usize| -> Option<Nearness> {
            let part = words.get(start..start + phrase.len())?;
            let fits = part.iter().zip(phrase).all(|((word, _), wanted)| word == wanted);
            (fits && !self.is_a_name(phrase, words, start))
                .then(|| part.iter().map(|(_, near)| *near).min())?
        };
        (0..words.len()).filter_map(at).max()
    }

    /// Whether words belong to a longer name, or a word that ends such a name follows an article:
    /// "the report" is a thing, "report it" is an act.
    fn is_a_name(&self, phrase: &[Stem], words: &[(Stem, Nearness)], start: usize) -> bool {
        const ARTICLES: [Stem; 19] = Stem::all([
            "the", "a", "an", "thi", "this", "that", "your", "their", "our", "its", "it", "each", "every",
            "final", "last", "first", "draft", "full", "of",
        ]);
        let before = || start.checked_sub(1).and_then(|at| words.get(at));
        self.names.iter().filter(|name| name.len() > phrase.len() && !phrase.starts_with(name)).any(|name| {
            let Some(inside) = name.windows(phrase.len()).position(|part| part == phrase) else {
                return false;
            };
            let begins = start.checked_sub(inside);
            let is_whole = begins.is_some_and(|begins| {
                words
                    .get(begins..begins + name.len())
                    .is_some_and(|part| part.iter().zip(name).all(|((word, _), wanted)| word == wanted))
            });
            let ends_name = name.ends_with(phrase) && phrase.len() == 1;
            is_whole || ends_name && before().is_some_and(|(word, _)| ARTICLES.contains(word))
        })
    }
}

impl Timer {
    /// Whether one of its own words is about people outside.
    fn knows_outsiders(&self) -> bool {
        let mut own = self.says.iter().flatten().chain(&self.title);
        own.any(|word| OUTSIDERS.contains(word))
    }

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
