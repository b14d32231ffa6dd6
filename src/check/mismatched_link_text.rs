//! `mismatched-link-text`: a link whose words have nothing to do with the section it lands on.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, PlanPage, Target, words};
use crate::source::Span;
use crate::syntax::Link;
use crate::syntax::tree::{Reference, plain_text};
use crate::tailor::Body;

pub(super) const RULE: Rule = Rule {
    name: "mismatched-link-text",
    level: Level::Warning,
    finds: "a link whose words share none with the title of the section it lands on",
    explanation: "\
Why it matters
  The link works, so no checker complains, and it leads to another section than its words
  promise: a copied link, or a section that has become another one since.

What to do
  Lead it to the section that was meant, or let its words share one with that section's title,
  id or page.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    // Variants share most texts: what a link of one says of a section of another is asked once.
    let mut titles: Titles = HashMap::new();
    let mut asked: HashMap<(Span, *const Body, &str), Option<Box<Diagnostic>>> = HashMap::new();
    for text in &binder.texts {
        for reference in &text.references {
            let Reference::Link(link) = reference else { continue };
            for (reader, plan, page) in &text.readers {
                let plan = &binder.plans[*plan];
                let links = &plan.pages[*page].links;
                let Some(Target::Page(index, Some(anchor))) = links.get(&link.target) else { continue };
                let target = &plan.pages[*index];
                let mut judge = || judge(link, plan, target, anchor, &mut titles);
                let found = match &text.readers[..] {
                    // Nobody else asks.
                    [_] => judge(),
                    _ => {
                        let asked = asked.entry((link.span, Arc::as_ptr(&target.body), anchor));
                        asked.or_insert_with(|| judge().map(Box::new)).as_deref().cloned()
                    }
                };
                if let Some(diagnostic) = found {
                    findings.tell_in(*reader, diagnostic);
                }
            }
        }
    }
}

/// For each text, the titles of its sections in order.
type Titles = HashMap<*const Body, Vec<Title>>;

/// The title of a section.
struct Title {
    text: String,
    /// What it is about, once that is asked: to few sections does a link lead
    stems: OnceCell<Stems>,
}

impl Title {
    fn stems(&self) -> &Stems {
        self.stems.get_or_init(|| stems(&self.text))
    }
}

/// The stems of what a text is about, sorted and each once.
type Stems = Vec<Box<str>>;

fn judge(
    link: &Link,
    plan: &Plan,
    target: &PlanPage,
    anchor: &str,
    titles: &mut Titles,
) -> Option<Diagnostic> {
    let words = plain_text(&link.content);
    let titles = titles.entry(Arc::as_ptr(&target.body)).or_insert_with(|| titles_of(target));
    let index = target.anchors.of_sections.iter().position(|known| **known == *anchor)?;
    let own = titles.get(index)?;
    if words::each_stem(&words).any(|word| is_known(&word, own.stems())) {
        return None;
    }
    let title = &own.text;
    let said = stems(&words);
    // Words that are the page's as well may mean all of it.
    let names_page = shares(&said, &stems(&target.title)) || shares(&said, &stems(&anchor.replace('-', " ")));
    if said.is_empty() || names_page {
        return None;
    }
    if let Some(other) = section_named(target, &said, titles) {
        let place = format!("{}#{anchor}", target.path);
        return Some(
            Diagnostic::new(RULE.name, format!("the link `{}` leads to `{title}`", words.trim()))
                .at(link.span, format!("leads to `{place}`, and names another section"))
                .help(format!("lead it to `{}#{other}`, or name the section it leads to", target.path)),
        );
    }
    let mut known = known(target, anchor, title);
    if shares(&said, &known) {
        return None;
    }
    add_names(plan, &mut known);
    if shares(&said, &known) {
        return None;
    }
    let place = format!("{}#{anchor}", target.path);
    Some(
        Diagnostic::new(RULE.name, format!("the link `{}` leads to `{title}`", words.trim()))
            .at(link.span, format!("shares no word with the section at `{place}`"))
            .help("lead it to the section that is meant, or name that section in its words"),
    )
}

/// The section of a page that a link's words name better than the one it leads to: their words are
/// those of its title, and none of the other's.
fn section_named<'p>(page: &'p PlanPage, said: &Stems, titles: &[Title]) -> Option<&'p str> {
    let index = titles.iter().position(|title| title.stems() == said)?;
    page.anchors.of_sections.get(index).map(|anchor| &**anchor)
}

fn stems(text: &str) -> Stems {
    let mut found: Stems = words::each_stem(text).map(Into::into).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn titles_of(page: &PlanPage) -> Vec<Title> {
    let mut titles = Vec::new();
    page.body.walk(&mut |section| titles.push(Title { text: section.title_text(), stems: OnceCell::new() }));
    titles
}

/// What a link to a section may be called for: its title and id, and its page's
/// title, kind and name.
fn known(page: &PlanPage, anchor: &str, title: &str) -> Stems {
    let path = page.path.replace(['/', '-', '_', '.'], " ");
    let names = [title, &anchor.replace('-', " "), &page.title, &page.summary, &path, page.kind.name()];
    names.iter().flat_map(|name| stems(name)).collect()
}

/// Adds the names of things to what a section is about: one about a thing may be called by any of
/// that thing's names.
fn add_names(plan: &Plan, known: &mut Stems) {
    for fact in &plan.facts {
        let own = stems(&fact.title);
        if !own.is_empty() && own.iter().all(|stem| known.contains(stem)) {
            known.extend(stems(&fact.abbreviation));
            known.extend(stems(&fact.meaning));
        }
    }
}

/// Whether two sets of stems have one in common, or two that begin alike.
fn shares(said: &Stems, known: &Stems) -> bool {
    said.iter().any(|word| is_known(word, known))
}

/// Whether a stem is one of some, or begins like one.
fn is_known(word: &str, known: &Stems) -> bool {
    let alike = |other: &str| {
        let shared = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
        shared >= 4 || (shared >= 3 && shared == word.chars().count().min(other.chars().count()))
    };
    known
        .iter()
        .any(|other| word == &**other || word.as_bytes().first() == other.as_bytes().first() && alike(other))
}
