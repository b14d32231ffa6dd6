//! One tailoring beside the inherited text: as it was when it was accepted, as it is, and what
//! differs between the two.

use crate::cli::drift::then::{self, Then};
use crate::cli::{Session, tell};
use crate::load::Project;
use crate::source::{Sources, Span};
use crate::tailor::drift::{Lock, State, Tailoring};
use crate::tailor::wording::{Piece, Side, compare};

/// Lines that are shown before and after one that differs.
const CONTEXT: usize = 2;

/// Shows a tailoring of a layer; returns its state.
pub fn show(session: &Session, project: &Project, layer: usize, tailoring: &Tailoring) -> State {
    let lock = Lock::of(project, layer);
    let state = State::of(tailoring, &lock);
    let layer = &project.layers[layer];
    let (name, place) = (&layer.name, &tailoring.place);
    let redundant = if tailoring.redundant { ", redundant" } else { "" };
    tell::line(&bold(&format!("{place} in {name}: {}, {}{redundant}", tailoring.verb, state.name())));
    match state {
        State::Fresh => {
            section("The inherited text, as it was accepted");
            texts(&tailoring.inherited, &project.sources);
        }
        State::Unaccepted => {
            tell::line("Nobody has accepted an inherited text for it yet.");
            section("The inherited text now");
            texts(&tailoring.inherited, &project.sources);
        }
        State::Stale => {
            let parent = layer.parent.map_or("", |parent| &project.layers[parent].name);
            let mark = lock.entries.get(place).map_or("", |(mark, _)| mark);
            match look_back(session, place, mark, parent) {
                Ok(then) => then_and_now(&then, tailoring, &project.sources),
                Err(reason) => {
                    tell::line(&format!("What {name} accepted cannot be shown: {reason}."));
                    section("The inherited text now");
                    texts(&tailoring.inherited, &project.sources);
                }
            }
        }
    }
    section(&match tailoring.verb {
        "append" => format!("What {name} adds at its end"),
        "prepend" => format!("What {name} adds at its start"),
        "remove" => format!("Why {name} takes it out"),
        _ => format!("What {name} writes in its place"),
    });
    texts(&tailoring.own, &project.sources);
    if tailoring.redundant {
        tell::line("\nBoth say the same: taken out, it would be inherited, with what the parent improves.");
    }
    if state != State::Fresh {
        tell::line(&format!("\nOnce yours fits it: redbinder accept {place} --layer {name}"));
    }
    state
}

/// Shows what a layer accepted at a place where nothing inherited is tailored any more.
pub fn show_lost(session: &Session, project: &Project, layer: usize, place: &str, mark: &str) {
    let layer = &project.layers[layer];
    let (name, parent) = (&layer.name, layer.parent.map_or("", |parent| &project.layers[parent].name));
    tell::line(&bold(&format!("{place} in {name}: accepted, and now nothing inherited is tailored there")));
    match look_back(session, place, mark, parent) {
        Ok(then) => {
            section(&format!("The inherited text then, in revision {}", name_of(&then)));
            texts(&then.spans, &then.project.sources);
        }
        Err(reason) => tell::line(&format!("What {name} accepted cannot be shown: {reason}.")),
    }
}

fn look_back(session: &Session, place: &str, mark: &str, parent: &str) -> Result<Then, String> {
    let progress = tell::Progress::start(session);
    progress.stage("looking through git's history");
    let found = then::find(&session.root, place, mark, parent);
    progress.finish();
    found
}

/// `3f2a1bc of 2026-05-02`
fn name_of(then: &Then) -> String {
    format!("{} of {}", then.revision.short, then.revision.day)
}

fn then_and_now(then: &Then, tailoring: &Tailoring, sources: &Sources) {
    let revision = name_of(then);
    section(&format!("What has changed in the inherited text since revision {revision}"));
    let earlier = whole(&then.spans, &then.project.sources);
    changes(&compare(&earlier, &whole(&tailoring.inherited, sources)));
    section(&format!("The inherited text then, in revision {revision}"));
    texts(&then.spans, &then.project.sources);
    section("The inherited text now");
    texts(&tailoring.inherited, sources);
}

/// Texts that follow each other as one.
fn whole(spans: &[Span], sources: &Sources) -> String {
    let texts: Vec<&str> = spans.iter().map(|span| sources.text(*span).trim_end()).collect();
    texts.join("\n\n")
}

/// The lines that differ, with a few around them.
fn changes(lines: &[Vec<Piece>]) {
    let mut is_near = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate() {
        if line.iter().any(|piece| piece.side != Side::Both) {
            let end = lines.len().min(at + CONTEXT + 1);
            is_near[at.saturating_sub(CONTEXT)..end].fill(true);
        }
    }
    let colours = tell::has_colours();
    let mut was_shown = true;
    for (line, is_shown) in lines.iter().zip(is_near) {
        if is_shown {
            let words: String = line.iter().map(|piece| marked(piece, colours)).collect();
            quote(&words);
        } else if was_shown {
            tell::line("  …");
        }
        was_shown = is_shown;
    }
}

fn marked(piece: &Piece, colours: bool) -> String {
    let words = printable(&piece.words);
    match (piece.side, colours) {
        (Side::Both, _) => words,
        // Struck and underlined too: not everybody tells red from green.
        (Side::Then, true) => format!("\x1b[9;31m{words}\x1b[0m"),
        (Side::Now, true) => format!("\x1b[4;32m{words}\x1b[0m"),
        (Side::Then, false) => format!("[-{words}-]"),
        (Side::Now, false) => format!("{{+{words}+}}"),
    }
}

/// Texts with their places: one for each stretch of a file.
fn texts(spans: &[Span], sources: &Sources) {
    let mut last = None;
    for span in spans {
        let text = sources.text(*span);
        let blank = text.len() - text.trim_start().len();
        let start = Span { start: span.start + u32::try_from(blank).unwrap_or_default(), ..*span };
        if last == Some(span.source) {
            quote("");
        } else {
            let source = sources.get(span.source);
            tell::line(&format!("  {}:{}", source.path, source.line_column(start.start).0));
        }
        last = Some(span.source);
        for line in text.trim().lines() {
            quote(&printable(line));
        }
    }
}

fn quote(line: &str) {
    tell::line(format!("  | {line}").trim_end());
}

fn section(title: &str) {
    tell::line(&format!("\n{}", bold(title)));
}

fn bold(text: &str) -> String {
    format!("\x1b[1m{text}\x1b[0m")
}

/// A text that does to a terminal nothing but appear.
fn printable(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\t', "\u{FFFD}")
}
