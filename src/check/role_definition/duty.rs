//! Duties that the same role's `may_not` forbids.

use std::collections::BTreeMap;

use crate::check::role_definition::RULE;
use crate::check::role_definition::cast::{Cast, How, Named};
use crate::diagnostic::Diagnostic;
use crate::plan::letters::words;
use crate::plan::prose::{Mark, RunKind};
use crate::plan::{Plan, PlanPage, Role, Run, Text};
use crate::source::{Sources, Span};
use crate::syntax::{Block, Inline, Item, Section};

/// Something a role leaves to others: the verbs, and what each is done to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forbidden {
    verbs: Vec<String>,
    /// Words that must all be there, in one of several forms
    objects: Vec<Vec<String>>,
}

/// Words that make a sentence say something else, or only under a condition.
const CONDITIONS: [&str; 16] = [
    "not", "never", "no", "nobody", "nothing", "without", "before", "unless", "until", "than", "don't",
    "cannot", "only", "if", "nor", "instead",
];

impl Forbidden {
    /// What the first sentence of a `may_not` forbids; `None` where it sets a condition.
    fn read(text: &str) -> Option<Forbidden> {
        let sentence = text.split(['.', ';', '!']).next()?.trim();
        if has_condition(sentence) {
            return None;
        }
        let mut verbs = Vec::new();
        let mut rest = sentence;
        loop {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(rest.len());
            verbs.push(stem(&rest[..end]));
            rest = &rest[end..];
            let next = rest.strip_prefix(", or ").or(rest.strip_prefix(" or ")).or(rest.strip_prefix(", "));
            match next {
                Some(next) => rest = next,
                None => break,
            }
        }
        let rest = rest.trim();
        let parts: Vec<&str> = rest.split(", ").flat_map(|part| part.split(" or ")).collect();
        // "an instance, a container or a computer" are three; other lists share their ends.
        let each = parts.iter().all(|part| part.starts_with("a ") || part.starts_with("an "));
        let objects = match each && parts.len() > 1 {
            true => parts.iter().map(|part| content(part)).collect(),
            false => vec![content(rest)],
        };
        verbs.retain(|verb| !verb.is_empty());
        (!verbs.is_empty()).then_some(Forbidden { verbs, objects })
    }

    /// Whether a sentence, without its subject, says to do it.
    fn is_said_by(&self, sentence: &str) -> bool {
        if has_condition(sentence) {
            return false;
        }
        // "people who can repair" are others.
        let clause = [" who ", " whoever ", " whom ", " which ", " leave "].iter();
        let end = clause.filter_map(|word| sentence.find(word)).min().unwrap_or(sentence.len());
        let sentence = &sentence[..end];
        let ranges = words(sentence);
        let word = |at: usize| sentence[ranges[at].clone()].to_lowercase();
        let starts = (0..ranges.len()).filter(|at| {
            *at == 0
                || sentence[..ranges[*at].start].trim_end().ends_with(',')
                || matches!(word(at - 1).as_str(), "and" | "or" | "then" | "also")
        });
        let does = starts.map(word).any(|word| self.verbs.contains(&stem(&word)));
        let said = content(sentence);
        does && self.objects.iter().any(|object| object.iter().all(|word| said.contains(word)))
    }
}

fn has_condition(sentence: &str) -> bool {
    words(sentence).into_iter().any(|range| CONDITIONS.contains(&sentence[range].to_lowercase().as_str()))
}

/// The words of a text that say what it is about, by their stems.
fn content(text: &str) -> Vec<String> {
    const IDLE: [&str; 22] = [
        "the", "and", "for", "with", "that", "this", "from", "into", "their", "your", "our", "its", "his",
        "her", "are", "was", "who", "what", "which", "any", "all", "them",
    ];
    let found = words(text).into_iter().map(|range| text[range].to_lowercase());
    found.filter(|word| word.len() > 2 && !IDLE.contains(&word.as_str())).map(|word| stem(&word)).collect()
}

/// A word without its ending: "investigates" and "investigate" are one.
fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    for ending in ["ing", "ed", "es", "s", "e"] {
        if let Some(stem) = lower.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
            return stem.to_string();
        }
    }
    lower
}

/// What the limits of a role forbid.
pub(super) fn forbidden(role: &Role) -> Vec<(Text, Forbidden)> {
    let limits = role.may_not.iter();
    limits.filter_map(|(_, text)| Some((text.clone(), Forbidden::read(&text.value)?))).collect()
}

/// Which texts were found to say what a limit forbids: variants share most of both.
pub(super) type Judged = BTreeMap<(Span, Span), bool>;

/// Duties of roles, and their parts in phases, against what they leave to others.
pub(super) fn in_records(plan: &Plan, judged: &mut Judged, tell: &mut dyn FnMut(Diagnostic)) {
    for role in &plan.roles {
        let parts =
            plan.phases.iter().flat_map(|phase| &phase.who).filter(|(who, _)| who.value == role.record.id);
        let said: Vec<&Text> =
            role.duties.iter().map(|(_, text)| text).chain(parts.map(|(_, text)| text)).collect();
        for (_, limit) in &role.may_not {
            for text in &said {
                let is_said = *judged.entry((limit.span, text.span)).or_insert_with(|| {
                    let forbidden = Forbidden::read(&limit.value);
                    forbidden.is_some_and(|it| {
                        text.value.split(['.', ';']).any(|sentence| it.is_said_by(sentence))
                    })
                });
                if is_said {
                    tell(word(role, limit, text.span));
                }
            }
        }
    }
}

fn word(role: &Role, limit: &Text, span: Span) -> Diagnostic {
    Diagnostic::new(RULE.name, format!("`{}` is to do here what it may not do", role.record.title))
        .at(span, "given to it here")
        .and(limit.span, "left to others here")
        .help("give it to another role, or mend the role's `may_not`")
}

/// What a page gives to a role: the items under a line or a heading that names it alone, the
/// lists of its own page.
pub(super) fn in_page(cast: &Cast, page: &PlanPage, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    if cast.roles.iter().all(|role| role.may_not.is_empty()) {
        return;
    }
    let own = cast.roles.iter().position(|role| role.record.page == page.path);
    for part in &page.body.top {
        in_blocks(cast, part, own, sources, tell);
    }
    page.body.walk(&mut |section: &Section| {
        let title = Run::of(RunKind::Heading(section.level), &section.title, sources);
        let role = alone(cast, &title).or(own);
        section.parts.iter().for_each(|part| in_blocks(cast, part, role, sources, tell));
    });
}

/// The role a run names, where it names one.
fn alone(cast: &Cast, run: &Run) -> Option<usize> {
    let mut roles: Vec<usize> = cast.named(run).into_iter().map(|it| it.role).collect();
    roles.dedup();
    match roles[..] {
        [role] => Some(role),
        _ => None,
    }
}

fn in_blocks(
    cast: &Cast,
    blocks: &[Block],
    heading: Option<usize>,
    sources: &Sources,
    tell: &mut dyn FnMut(Diagnostic),
) {
    let mut role = heading;
    for block in blocks {
        match block {
            Block::Paragraph(_, content) | Block::Plain(_, content) if may_introduce(content) => {
                let run = Run::of(RunKind::Paragraph, content, sources);
                let whole = |(range, mark): &(std::ops::Range<usize>, Mark)| {
                    *mark == Mark::Strong && range.len() == run.text.trim().len()
                };
                if run.text.trim_end().ends_with(':') || run.marks.iter().any(whole) {
                    role = alone(cast, &run);
                }
            }
            Block::List(_, _, items) => {
                if let Some(role) = role {
                    items.iter().for_each(|item| in_item(cast, role, item, sources, tell));
                }
            }
            Block::Paragraph(..)
            | Block::Plain(..)
            | Block::Heading(..)
            | Block::Quote(..)
            | Block::Code(..)
            | Block::Table(..)
            | Block::Html(_)
            | Block::Rule(_)
            | Block::Footnote(..) => {}
        }
    }
}

/// Whether a paragraph can say whose the list under it is.
fn may_introduce(content: &[Inline]) -> bool {
    let colon = |inline: &Inline| matches!(inline, Inline::Text(_, words) if words.trim_end().ends_with(':'));
    let strong = |inline: &Inline| matches!(inline, Inline::Strong(_));
    content.last().is_some_and(colon) || content.first().is_some_and(strong)
}

fn in_item(cast: &Cast, role: usize, item: &Item, sources: &Sources, tell: &mut dyn FnMut(Diagnostic)) {
    let Some(Block::Plain(_, content) | Block::Paragraph(_, content)) = item.blocks.first() else { return };
    if cast.forbidden[role].is_empty() {
        return;
    }
    let run = Run::of(RunKind::Item(item.task), content, sources);
    // An item that names another role may be about what that role does.
    let names_another = cast.named(&run).iter().any(|it| it.role != role && it.how != How::Noun);
    for sentence in run.sentences() {
        let words = &run.text[sentence.clone()];
        let first = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        for (limit, forbidden) in &cast.forbidden[role] {
            let is_told = !names_another || forbidden.verbs.contains(&stem(first));
            if is_told && forbidden.is_said_by(words) {
                tell(word(&cast.roles[role], limit, run.span(sentence.clone(), sources)));
            }
        }
    }
}

/// "The commander repairs …"
pub(super) fn in_sentences(
    cast: &Cast,
    run: &Run,
    named: &[Named],
    sources: &Sources,
    tell: &mut dyn FnMut(Diagnostic),
) {
    const HELPERS: [&str; 8] = ["may", "can", "should", "must", "will", "also", "then", "shall"];
    for sentence in run.sentences() {
        let Some(subject) =
            named.iter().find(|it| it.range.start >= sentence.start && it.range.end <= sentence.end)
        else {
            continue;
        };
        let before = run.text[sentence.start..subject.range.start].trim().to_lowercase();
        if !matches!(before.as_str(), "" | "the" | "each" | "every" | "a" | "an") {
            continue;
        }
        let said = &run.text[subject.range.end..sentence.end];
        if !said.starts_with(' ') || has_condition(said) {
            continue;
        }
        let mut rest = said.trim_start();
        while let Some(next) = HELPERS.iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(' ')) {
            rest = next;
        }
        let first = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        for (limit, forbidden) in &cast.forbidden[subject.role] {
            let begins = forbidden.verbs.contains(&stem(first));
            if begins && forbidden.is_said_by(rest) {
                tell(word(&cast.roles[subject.role], limit, run.span(sentence.clone(), sources)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_is_found_where_it_is_said_to_be_done() {
        let said =
            |limit: &str, sentence: &str| Forbidden::read(limit).is_some_and(|it| it.is_said_by(sentence));
        assert!(said("Investigate or repair. Others do.", "Investigates the fault"));
        assert!(said("Investigate or repair", "Find the cause and repair it"));
        assert!(!said("Investigate or repair", "Stay out of the repair"));
        assert!(said("Delete or alter evidence", "Delete the evidence"));
        assert!(!said("Investigate or repair", "Form a team from people who can investigate and repair"));
        assert!(!said("Delete or alter evidence", "Delete every account"));
        assert!(said(
            "Stop, restart or terminate an instance, a container or a computer",
            "Restart the container"
        ));
        assert!(!said("Leave without a handoff", "Leave the room"));
        assert!(!said("Share the role with somebody", "Share a sitrep"));
    }
}
