//! Sentences in which one role hands over to another, or assigns it.

use std::ops::Range;

use crate::check::role_definition::RULE;
use crate::check::role_definition::cast::{Cast, Named, is_filled_in};
use crate::diagnostic::Diagnostic;
use crate::plan::{PlanPage, Run, letters};
use crate::source::Sources;

pub(super) fn look(
    cast: &Cast,
    page: &PlanPage,
    run: &Run,
    named: &[Named],
    sources: &Sources,
    tell: &mut dyn FnMut(Diagnostic),
) {
    const SIGNS: [&str; 7] = ["over", "off", "assign", "appoint", "name", "designate", "choose"];
    if !SIGNS.iter().any(|sign| run.text.contains(sign)) {
        return;
    }
    for sentence in run.sentences() {
        let inside: Vec<&Named> = named
            .iter()
            .filter(|it| sentence.start <= it.range.start && it.range.end <= sentence.end)
            .collect();
        let words: Vec<Range<usize>> = letters::words(&run.text[sentence.clone()])
            .into_iter()
            .map(|word| sentence.start + word.start..sentence.start + word.end)
            .collect();
        let scene = Scene { cast, page, run, sentence: sentence.clone(), named: inside, words };
        scene.handover(sources, tell);
        scene.assignment(sources, tell);
    }
}

/// A sentence and the roles in it.
struct Scene<'s> {
    cast: &'s Cast,
    page: &'s PlanPage,
    run: &'s Run,
    sentence: Range<usize>,
    named: Vec<&'s Named>,
    words: Vec<Range<usize>>,
}

impl Scene<'_> {
    fn word(&self, at: usize) -> String {
        self.words.get(at).map_or(String::new(), |range| self.run.text[range.clone()].to_lowercase())
    }

    /// The role a sentence begins with: its subject.
    fn subject(&self) -> Option<&Named> {
        let first = self.named.first()?;
        let before = self.run.text[self.sentence.start..first.range.start].trim().to_lowercase();
        matches!(before.as_str(), "" | "the" | "a" | "an" | "each" | "every").then_some(*first)
    }

    fn is_denied(&self) -> bool {
        const DENIES: [&str; 7] = ["not", "never", "no", "nobody", "cannot", "unless", "without"];
        (0..self.words.len()).any(|at| DENIES.contains(&self.word(at).as_str()))
    }

    /// "The scribe hands over to a responder", and on a role's page "Hand over to …".
    fn handover(&self, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
        const HANDS: [&str; 4] = ["hand", "hands", "handing", "handed"];
        const ROLE: [&str; 9] = ["command", "the", "their", "your", "this", "role", "duties", "it", "that"];
        let Some(hand) = (0..self.words.len()).find(|at| HANDS.contains(&self.word(*at).as_str())) else {
            return;
        };
        let mut at = hand + 1;
        let mut went = false;
        while at < self.words.len() && at <= hand + 6 {
            match self.word(at).as_str() {
                "over" | "off" => went = true,
                "to" if went => break,
                word if ROLE.contains(&word) => {}
                _ => return,
            }
            at += 1;
        }
        if !went || self.word(at) != "to" || self.is_denied() {
            return;
        }
        let from = self.words[hand].start;
        let before: Vec<&&Named> = self.named.iter().filter(|it| it.range.end <= from).collect();
        let giver = match before[..] {
            [] => self.page_role(),
            _ => self.subject().map(|it| it.role),
        };
        let Some(giver) = giver else { return };
        let after = self.words[at].end;
        let Some(taker) = self
            .named
            .iter()
            .find(|it| it.range.start >= after && is_article(&self.run.text[after..it.range.start]))
        else {
            return;
        };
        let record = &self.cast.roles[giver];
        let Some(first) = record.hands_over_to.first() else { return };
        let taker_id = &self.cast.roles[taker.role].record.id;
        if record.hands_over_to.iter().any(|to| to.value == *taker_id)
            || is_filled_in(self.run, taker.range.clone(), sources)
        {
            return;
        }
        let (giver, taker_title) = (self.cast.title(giver), self.cast.title(taker.role));
        let names: Vec<&str> = record.hands_over_to.iter().map(|to| to.value.as_str()).collect();
        let message = format!("`{giver}` does not hand over to `{taker_title}`");
        tell(
            Diagnostic::new(RULE.name, message)
                .at(self.run.span(taker.range.clone(), sources), "hands over to this role here")
                .and(first.span, format!("to {} here", names.join(", ")))
                .help(format!(
                    "name one of those, or add `{taker_id}` to `hands_over_to` on the role's page"
                )),
        );
    }

    /// The role whose page this is.
    fn page_role(&self) -> Option<usize> {
        self.cast.roles.iter().position(|role| role.record.page == self.page.path)
    }

    /// "The first responder appoints the scribe."
    fn assignment(&self, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
        const ASSIGNS: [&str; 5] = ["assigns", "appoints", "designates", "names", "chooses"];
        let Some(subject) = self.subject() else { return };
        let Some(verb) = (0..self.words.len()).find(|at| self.words[*at].start >= subject.range.end) else {
            return;
        };
        if !ASSIGNS.contains(&self.word(verb).as_str()) || self.is_denied() {
            return;
        }
        let after = self.words[verb].end;
        let Some(given) = self
            .named
            .iter()
            .find(|it| it.range.start >= after && is_article(&self.run.text[after..it.range.start]))
        else {
            return;
        };
        let Some(own) = &self.cast.roles[given.role].assigned_by else { return };
        let rest = &self.run.text[given.range.end..self.sentence.end];
        // "names the commander's deputy" names somebody else.
        let is_whole =
            rest.trim_start().starts_with(['.', ',', ';']) || rest.is_empty() || rest.starts_with(" and ");
        if own.value == self.cast.roles[subject.role].record.id || subject.role == given.role || !is_whole {
            return;
        }
        let (giver, title) = (self.cast.title(subject.role), self.cast.title(given.role));
        tell(
            Diagnostic::new(RULE.name, format!("`{title}` is not assigned by `{giver}`"))
                .at(self.run.span(subject.range.clone(), sources), "assigns it here")
                .and(own.span, format!("by {} here", own.value))
                .help("make both say the same"),
        );
    }
}

fn is_article(between: &str) -> bool {
    let words: Vec<String> = between.split_whitespace().map(str::to_lowercase).collect();
    words.len() <= 2
        && words.iter().all(|word| {
            matches!(word.as_str(), "a" | "an" | "the" | "another" | "next" | "new" | "incoming" | "one")
        })
}
