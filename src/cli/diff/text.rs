//! An account for a terminal.

use crate::change::{Change, Piece, Reach};
use crate::cli::diff::{Account, phrase};
use crate::cli::tell::number;

pub fn render(account: &Account) -> String {
    let mut out = format!("{}: {}\n", account.title, phrase::count(&account.changes));
    for (area, changes) in phrase::by_area(&account.changes) {
        out += &format!("\n\x1b[1m{}\x1b[0m\n", phrase::heading(area));
        for change in changes {
            tell(change, account.reach.as_ref(), &mut out);
        }
    }
    if let Some(reach) = account.reach.as_ref().filter(|reach| !reach.editions.is_empty()) {
        out += "\n\x1b[1mReach\x1b[0m\n";
        tell_reach(reach, &mut out);
    }
    out
}

fn tell(change: &Change, reach: Option<&Reach>, out: &mut String) {
    *out += &format!("  {}\n", change.words);
    if !change.excerpt.is_empty() {
        *out += &format!("      {}\n", excerpt(&change.excerpt));
    }
    for note in &change.notes {
        *out += &format!("      {note}\n");
    }
    let beside = [phrase::places(change, ""), phrase::variants(change, reach)];
    let beside: Vec<String> = beside.into_iter().flatten().collect();
    if !beside.is_empty() {
        *out += &format!("      \x1b[2m{}\x1b[0m\n", beside.join("; "));
    }
}

/// `Do [-not-] {+never+} wait`
fn excerpt(pieces: &[Piece]) -> String {
    let shown = pieces.iter().map(|piece| match piece {
        Piece::Same(words) => words.clone(),
        Piece::Out(words) => format!("\x1b[31m[-{words}-]\x1b[0m"),
        Piece::In(words) => format!("\x1b[32m{{+{words}+}}\x1b[0m"),
        Piece::Gap => "…".into(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// More pages than this are only counted.
const PAGES: usize = 15;

fn tell_reach(reach: &Reach, out: &mut String) {
    *out += &format!("  {}\n  {}\n", phrase::reached_variants(reach), phrase::reached_editions(reach));
    let files = reach.files();
    *out += &format!("  {}\n", number(files.len(), "page"));
    for file in files.iter().take(PAGES) {
        *out += &format!("      {file}\n");
    }
    if files.len() > PAGES {
        *out += &format!("      … and {} more, which --format json lists\n", files.len() - PAGES);
    }
    if !reach.stale.is_empty() {
        *out += &format!("  {} made stale\n", number(reach.stale.len(), "tailoring"));
        for stale in &reach.stale {
            let place = format!("{}:{}", stale.place.file, stale.place.line);
            *out += &format!("      {} of {}  \x1b[2m{place}\x1b[0m\n", stale.target, stale.layer);
        }
    }
}
