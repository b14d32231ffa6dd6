//! What differs between two wordings of a text, word by word.
//!
//! White space does not count, as it does not for drift: a paragraph wrapped anew is the same.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// How long the smallest difference is looked for. Two pages of a normal size take a thousandth
/// of it; after that a larger difference will do.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether words stand in both wordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// In both
    Both,
    /// Only in the earlier one
    Then,
    /// Only in the later one
    Now,
}

/// Words that follow each other, all of one side, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Which wording has them
    pub side: Side,
    /// The words, with the white space between them
    pub words: String,
}

/// A word, or the punctuation at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Token<'t> {
    text: &'t str,
    /// Whether no white space stands before it
    is_attached: bool,
}

/// A token, and the white space after it in each wording that has it.
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    side: Side,
    token: Token<'t>,
    gap_then: &'t str,
    gap_now: &'t str,
}

impl Word<'_> {
    /// Whether a line ends behind it, in the wording of one side.
    fn ends_line(&self, side: Side) -> bool {
        let gap = if side == Side::Then { self.gap_then } else { self.gap_now };
        gap.contains('\n')
    }
}

/// Two wordings as one, in lines: those of the later wording, with what it no longer has in
/// between. A line without pieces is blank.
pub fn compare(then: &str, now: &str) -> Vec<Vec<Piece>> {
    let mut all = align(&words(then), &words(now));
    let mut start = 0;
    while start < all.len() {
        let side = all[start].side;
        let end = start + all[start..].iter().take_while(|word| word.side == side).count();
        if side != Side::Both {
            begin_with_a_line(&mut all, start, end);
        }
        start = end;
    }
    lines(&all)
}

/// The tokens of a text, each with the white space after it.
fn words(text: &str) -> Vec<(Token<'_>, &str)> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let (gap, after) = after.split_at(after.find(|c: char| !c.is_whitespace()).unwrap_or(after.len()));
        // Behind the last word its line ends.
        let gap = if after.is_empty() { "\n" } else { gap };
        let stem = word.trim_end_matches([',', '.', ';', ':', '!', '?']);
        let (stem, mark) = word.split_at(if stem.is_empty() { word.len() } else { stem.len() });
        if mark.is_empty() {
            words.push((Token { text: stem, is_attached: false }, gap));
        } else {
            words.push((Token { text: stem, is_attached: false }, ""));
            words.push((Token { text: mark, is_attached: true }, gap));
        }
        rest = after;
    }
    words
}

fn align<'t>(then: &[(Token<'t>, &'t str)], now: &[(Token<'t>, &'t str)]) -> Vec<Word<'t>> {
    let tokens = |words: &[(Token<'t>, &'t str)]| words.iter().map(|(token, _)| *token).collect::<Vec<_>>();
    let deadline = Some(Instant::now() + PATIENCE);
    let changes = capture_diff_slices_deadline(Algorithm::Myers, &tokens(then), &tokens(now), deadline);
    let mut all = Vec::new();
    for change in changes {
        let (then, now) = (&then[change.old_range()], &now[change.new_range()]);
        let word = |side, token, gap_then, gap_now| Word { side, token, gap_then, gap_now };
        if let DiffOp::Equal { .. } = change {
            let both = then.iter().zip(now);
            all.extend(both.map(|(then, now)| word(Side::Both, now.0, then.1, now.1)));
        } else {
            all.extend(then.iter().map(|(token, gap)| word(Side::Then, *token, gap, "")));
            all.extend(now.iter().map(|(token, gap)| word(Side::Now, *token, "", gap)));
        }
    }
    all
}

/// Moves a run of one side back to where its line begins, where the same words stand before it:
/// an item that was added to a list is shown with its own bullet, and not with the next one's.
fn begin_with_a_line(all: &mut [Word], start: usize, end: usize) {
    let side = all[start].side;
    let begins_line = |at: usize| at == 0 || all[at - 1].ends_line(side);
    let mut by = 0;
    while !begins_line(start - by) {
        let before = &all[start - by - 1];
        if before.side != Side::Both || before.token != all[end - by - 1].token {
            return;
        }
        by += 1;
    }
    for step in 0..by {
        let (before, last) = (start - step - 1, end - step - 1);
        let moved = all[before];
        all[before].side = side;
        all[last].side = Side::Both;
        if side == Side::Then {
            all[last].gap_now = moved.gap_now;
        } else {
            all[last].gap_then = moved.gap_then;
        }
    }
}

/// The white space after each word. What is gone stands behind the word before it as it did then;
/// what comes next stands as it does now.
fn gaps<'t>(words: &[Word<'t>]) -> Vec<&'t str> {
    let mut before: Option<&str> = None;
    let mut gaps = Vec::with_capacity(words.len());
    for (index, word) in words.iter().enumerate() {
        let next_is_gone = words.get(index + 1).is_some_and(|next| next.side == Side::Then);
        gaps.push(match word.side {
            Side::Then if next_is_gone => word.gap_then,
            Side::Then => before.take().unwrap_or(word.gap_then),
            Side::Both if next_is_gone => {
                before = Some(word.gap_now);
                word.gap_then
            }
            Side::Both | Side::Now => word.gap_now,
        });
    }
    gaps
}

fn lines(words: &[Word]) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    for (index, (word, gap)) in words.iter().zip(gaps(words)).enumerate() {
        add(&mut line, word.side, word.token.text);
        let Some(next) = words.get(index + 1) else { break };
        let Some((above, indent)) = gap.rsplit_once('\n') else {
            let side = if next.side == word.side { word.side } else { Side::Both };
            add(&mut line, side, gap);
            continue;
        };
        lines.push(std::mem::take(&mut line));
        if above.contains('\n') {
            lines.push(Vec::new());
        }
        add(&mut line, Side::Both, indent);
    }
    lines.push(line);
    lines
}

fn add(line: &mut Vec<Piece>, side: Side, text: &str) {
    match line.last_mut().filter(|piece| piece.side == side) {
        Some(piece) => piece.words += text,
        None if text.is_empty() => {}
        None => line.push(Piece { side, words: text.to_string() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(then: &str, now: &str) -> String {
        let line = |line: Vec<Piece>| {
            let mark = |piece: Piece| match piece.side {
                Side::Both => piece.words,
                Side::Then => format!("[-{}-]", piece.words),
                Side::Now => format!("{{+{}+}}", piece.words),
            };
            line.into_iter().map(mark).collect::<String>()
        };
        compare(then, now).into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn words_that_came_and_went_stand_where_they_came_and_went() {
        for (then, now, expected) in [
            ("Do write it.", "Do not write it.", "Do {+not+} write it."),
            ("Do not write it.", "Do write it.", "Do [-not-] write it."),
            ("within 15 minutes or so", "within an hour or so", "within [-15 minutes-] {+an hour+} or so"),
            ("Wait here.\n\nThen go.", "Wait there.\n\nThen go.", "Wait [-here-] {+there+}.\n\nThen go."),
            ("Wait here.\n\nThen go.", "Wait\n\nThen go.", "Wait [-here.-]\n\nThen go."),
            ("Wait, then go.", "Wait and then go.", "Wait[-,-] {+and+} then go."),
            ("Wait .", "Wait.", "Wait [-.-]{+.+}"),
            ("- one\n- two\n- three", "- one\n- three", "- one\n[-- two-]\n- three"),
            ("- one\n- three", "- one\n- two\n- three", "- one\n{+- two+}\n- three"),
            (
                "- [ ] one\n- [ ] three",
                "- [ ] one\n- [ ] two\n- [ ] three",
                "- [ ] one\n{+- [ ] two+}\n- [ ] three",
            ),
            ("- one\n  - in it", "- one\n  - in there", "- one\n  - in [-it-] {+there+}"),
            ("Go.", "Stop. Go.", "{+Stop.+} Go."),
            ("Stop. Go.", "Go.", "[-Stop.-] Go."),
            ("all of it", "", "[-all of it-]"),
            ("", "all of it", "{+all of it+}"),
            ("", "", ""),
        ] {
            assert_eq!(marked(then, now), expected, "{then:?} and {now:?}");
        }
    }

    #[test]
    fn a_paragraph_that_is_wrapped_anew_is_the_same() {
        assert_eq!(marked("one two\nthree  four", "one\ntwo three four"), "one\ntwo three four");
    }
}
