//! `stale-tailoring`, `unaccepted-tailoring` and `redundant-tailoring`: drift from the parent.

use std::collections::{BTreeMap, HashSet};

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::tailor::drift::{Lock, State, Tailoring, tailorings};

pub(super) const STALE: Rule = Rule {
    name: "stale-tailoring",
    level: Level::Error,
    finds: "a tailoring whose inherited text has changed since somebody looked at it, even by one word",
    explanation: "\
Why it matters
  The tailoring was written against a text that is no longer there. The parent may say \"not\"
  now, or have mended what was tailored away. Nothing is taken over and nothing is kept
  automatically: somebody has to look.

What to do
  Read the inherited text as it is now beside your own; `redbinder drift PLACE` shows both.
  Change yours where it needs it, then say so: `redbinder accept response.md#channels`.
",
    look,
};

pub(super) const UNACCEPTED: Rule = Rule {
    name: "unaccepted-tailoring",
    level: Level::Error,
    finds: "a tailoring that `tailoring.lock` does not know, or a line of that file that nothing needs",
    explanation: "\
Why it matters
  `tailoring.lock` remembers which inherited text each tailoring was written against. Without
  a line there, nobody can tell later whether the parent has moved.

What to do
  Read the inherited text beside your own, then say so: `redbinder accept response.md#channels`.
  It writes the line, and takes out the ones nothing needs any more. Commit the file.
",
    // Told by `stale-tailoring`: the tailorings are found once for all three.
    look: |_, _| {},
};

pub(super) const REDUNDANT: Rule = Rule {
    name: "redundant-tailoring",
    level: Level::Warning,
    finds: "a section put in the place of an inherited one that says the same",
    explanation: "\
Why it matters
  It looks like a difference and is none, and it keeps out what the parent improves.

What to do
  Take it out: what is not named is inherited.
",
    look: |_, _| {},
};

/// So many lines of a lock that say nothing are told. Who has more of them wrote another file over it.
const MOST_UNCLEAR: usize = 1_000;

fn look(binder: &Binder, findings: &mut Findings) {
    let all: Vec<Vec<Tailoring>> =
        (0..binder.project.layers.len()).map(|layer| tailorings(binder.project, layer)).collect();
    let mut tailored_by: BTreeMap<&str, usize> = BTreeMap::new();
    for tailoring in all.iter().flatten() {
        *tailored_by.entry(&tailoring.place).or_default() += 1;
    }
    for (layer, found) in all.iter().enumerate() {
        let lock = Lock::of(binder.project, layer);
        let name = &binder.project.layers[layer].name;
        for tailoring in found {
            let place = &tailoring.place;
            // What is to be typed, so that it is understood.
            let meant = match tailored_by.get(place.as_str()) {
                Some(1) => place.clone(),
                _ => format!("{place} --layer {name}"),
            };
            match State::of(tailoring, &lock) {
                State::Fresh => {}
                State::Stale => findings.tell(stale(tailoring, &meant)),
                State::Unaccepted => findings.tell(unaccepted(tailoring, &meant)),
            }
            if tailoring.redundant {
                findings.tell(redundant(tailoring));
            }
        }
        let tailored: HashSet<&str> = found.iter().map(|tailoring| tailoring.place.as_str()).collect();
        for (place, (_, span)) in &lock.entries {
            if !tailored.contains(place.as_str()) {
                let diagnostic =
                    Diagnostic::new(UNACCEPTED.name, format!("nothing tailors `{place}` any more"))
                        .at(*span, "not needed")
                        .at_most(Level::Warning)
                        .help("take the line out, or run `redbinder accept`")
                        .fix(binder.project.sources.whole_lines(*span), "");
                findings.tell(diagnostic);
            }
        }
        for span in lock.unclear.into_iter().take(MOST_UNCLEAR) {
            let diagnostic = Diagnostic::new(UNACCEPTED.name, "this line of the lock says nothing")
                .at(span, "a place and a mark are expected")
                .help("take the line out, or run `redbinder accept`");
            findings.tell(diagnostic);
        }
    }
}

fn stale(tailoring: &Tailoring, meant: &str) -> Diagnostic {
    let place = &tailoring.place;
    let message = format!("the inherited text of `{place}` has changed since this was written");
    let diagnostic = Diagnostic::new(STALE.name, message)
        .at(tailoring.span, format!("meant to {} another text", tailoring.verb))
        .help(format!("compare with `redbinder drift {meant}`, then `redbinder accept {meant}`"));
    beside(diagnostic, tailoring)
}

fn unaccepted(tailoring: &Tailoring, meant: &str) -> Diagnostic {
    let place = &tailoring.place;
    let diagnostic =
        Diagnostic::new(UNACCEPTED.name, format!("nobody has accepted this tailoring of `{place}`"))
            .at(tailoring.span, "not in tailoring.lock")
            .help(format!("read the inherited text, then `redbinder accept {meant}`"));
    beside(diagnostic, tailoring)
}

fn redundant(tailoring: &Tailoring) -> Diagnostic {
    let message = format!("`{}` is replaced by what it says already", tailoring.place);
    let diagnostic = Diagnostic::new(REDUNDANT.name, message)
        .at(tailoring.span, "makes no difference")
        .help("take it out: what is not named is inherited");
    beside(diagnostic, tailoring)
}

fn beside(diagnostic: Diagnostic, tailoring: &Tailoring) -> Diagnostic {
    match tailoring.inherited.first() {
        Some(span) => diagnostic.and(*span, "the inherited text"),
        None => diagnostic,
    }
}
