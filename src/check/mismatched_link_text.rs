//! `mismatched-link-text`: a link whose words have nothing to do with the section it lands on.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::{Plan, PlanPage, Target, each_reference, words};
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
    let mut asked: HashMap<(Span, *const Body, &str), Option<Diagnostic>> = HashMap::new();
    for plan in binder.plans {
        for page in &plan.pages {
            each_reference(&page.body, &mut |reference| {
                let Reference::Link(link) = reference else { return };
                let Some(Target::Page(index, Some(anchor))) = page.links.get(&link.target) else { return };
                let target = &plan.pages[*index];
                let found = asked
                    .entry((link.span, Arc::as_ptr(&target.body), anchor))
                    .or_insert_with(|| judge(link, plan, target, anchor));
                if let Some(diagnostic) = found {
                    findings.tell_in((&plan.name, plan.edition), diagnostic.clone());
                }
            });
        }
    }
}

fn judge(link: &Link, plan: &Plan, target: &PlanPage, anchor: &str) -> Option<Diagnostic> {
    let words = plain_text(&link.content);
    let said = stems(&words);
    let title = title_of(target, anchor)?;
    if let Some(other) = section_named(target, &said, &title, anchor) {
        let place = format!("{}#{anchor}", target.path);
        return Some(
            Diagnostic::new(RULE.name, format!("the link `{}` leads to `{title}`", words.trim()))
                .at(link.span, format!("leads to `{place}`, and names another section"))
                .help(format!("lead it to `{}#{other}`, or name the section it leads to", target.path)),
        );
    }
    if said.is_empty() || shares(&said, &stems(&title)) || shares(&said, &known(plan, target, anchor, &title))
    {
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
fn section_named<'p>(
    page: &'p PlanPage,
    said: &BTreeSet<String>,
    title: &str,
    anchor: &str,
) -> Option<&'p str> {
    let own: BTreeSet<String> = stems(title).into_iter().chain(stems(&anchor.replace('-', " "))).collect();
    // Words that are the page's as well may mean all of it.
    if said.is_empty() || shares(said, &own) || shares(said, &stems(&page.title)) {
        return None;
    }
    let mut found = None;
    let mut anchors = page.anchors.of_sections.iter();
    page.body.walk(&mut |section| {
        let known = anchors.next();
        if found.is_none() && stems(&section.title_text()) == *said {
            found = known;
        }
    });
    found.map(|anchor| &**anchor)
}

/// The stems of what a text is about, each once.
fn stems(text: &str) -> BTreeSet<String> {
    words::stems(text).into_iter().collect()
}

/// The title of the section with an anchor.
fn title_of(page: &PlanPage, anchor: &str) -> Option<String> {
    let index = page.anchors.of_sections.iter().position(|known| **known == *anchor)?;
    let mut titles = Vec::new();
    page.body.walk(&mut |section| titles.push(section.title_text()));
    titles.into_iter().nth(index)
}

/// What a link to a section may be called for: its title and id, and its page's
/// title, kind and name.
fn known(plan: &Plan, page: &PlanPage, anchor: &str, title: &str) -> BTreeSet<String> {
    let path = page.path.replace(['/', '-', '_', '.'], " ");
    let names = [title, &anchor.replace('-', " "), &page.title, &page.summary, &path, page.kind.name()];
    let mut known: BTreeSet<String> = names.iter().flat_map(|name| stems(name)).collect();
    // A section about a thing may be called by any of that thing's names.
    for fact in &plan.facts {
        let own = stems(&fact.title);
        if !own.is_empty() && own.is_subset(&known) {
            known.extend(stems(&fact.abbreviation));
            known.extend(stems(&fact.meaning));
        }
    }
    known
}

/// Whether two sets of stems have one in common, or two that begin alike.
fn shares(said: &BTreeSet<String>, known: &BTreeSet<String>) -> bool {
    let alike = |a: &str, b: &str| {
        let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        shared >= 4 || (shared >= 3 && shared == a.chars().count().min(b.chars().count()))
    };
    said.iter().any(|word| known.iter().any(|other| word == other || alike(word, other)))
}
