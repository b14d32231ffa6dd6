//! Diagnostics for people at a terminal, with the lines they are about.

use annotate_snippets::{AnnotationKind, Group, Level as Mark, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Level};
use crate::source::{Source, Sources};

/// Lines longer than this are cut around what is underlined: a paragraph is often one line.
const WIDEST: usize = 110;

/// A diagnostic as text, with colours where `styled`.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let mark = match diagnostic.level {
        Level::Error => Mark::ERROR,
        Level::Warning => Mark::WARNING,
        Level::Note => Mark::NOTE,
    };
    let title = mark.primary_title(diagnostic.message.as_str()).id(diagnostic.rule);
    let mut group = Group::with_title(title);
    if let Some(path) = &diagnostic.path {
        group = group.element(Origin::path(path.as_str()));
    }
    for labels in by_file(&diagnostic.labels) {
        let source = sources.get(labels[0].span.source);
        if labels.iter().all(|label| fits(source, label)) {
            // Only the lines concerned: the whole text would be looked through each time.
            let ranges: Vec<_> = labels.iter().map(|label| first_line(source, label)).collect();
            let from = ranges.iter().map(|range| line_of(source, range.start).start).min().unwrap_or(0);
            let to = ranges.iter().map(|range| line_of(source, range.end).end).max().unwrap_or(0);
            let annotations = labels.iter().zip(ranges).map(|(label, range)| {
                kind(label).span(range.start - from..range.end - from).label(label.text.as_str())
            });
            group = group.element(
                Snippet::source(&source.text[from..to])
                    .line_start(source.line_column(from as u32).0)
                    .path(&*source.path)
                    .annotations(annotations.collect::<Vec<_>>()),
            );
        } else {
            for label in labels {
                let (line, column) = source.line_column(label.span.start);
                let (text, range) = cut(source, label);
                let origin = Origin::path(&*source.path).line(line).char_column(column);
                group = group.element(origin).element(
                    Snippet::source(text)
                        .line_start(line)
                        .annotation(kind(label).span(range).label(label.text.as_str())),
                );
            }
        }
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Mark::HELP.message(help.as_str()));
    }
    for note in &diagnostic.notes {
        group = group.element(Mark::NOTE.message(note.as_str()));
    }
    if let Some(note) = variants_note(diagnostic) {
        group = group.element(Mark::NOTE.message(note));
    }
    let text = renderer.render(&[group]).to_string();
    // A place of its own before a cut line leaves the library an empty row to write.
    let lines = text.lines().filter(|line| !is_empty_row(line));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Whether a row is nothing but `:::`, whatever its colours.
fn is_empty_row(line: &str) -> bool {
    let plain: String =
        line.split('\x1b').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
    line.contains(":::") && plain.trim() == ":::"
}

/// "in 3 variants: a, b, c"
pub fn variants_note(diagnostic: &Diagnostic) -> Option<String> {
    const SHOWN: usize = 6;
    let variants = &diagnostic.variants;
    let names = variants.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match variants.len() {
        0 => None,
        1 => Some(format!("in the variant {names}")),
        count if count > SHOWN => Some(format!("in {count} variants: {names} and {} more", count - SHOWN)),
        count => Some(format!("in {count} variants: {names}")),
    }
}

fn kind(label: &Label) -> AnnotationKind {
    if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context }
}

fn by_file(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut files: Vec<Vec<&Label>> = Vec::new();
    for label in labels {
        match files.iter_mut().find(|file| file[0].span.source == label.span.source) {
            Some(file) => file.push(label),
            None => files.push(vec![label]),
        }
    }
    files
}

/// What is underlined: of several lines, the first.
fn first_line(source: &Source, label: &Label) -> std::ops::Range<usize> {
    let range = source.range(label.span);
    let text = &source.text[range.clone()];
    let length = text.find('\n').unwrap_or(text.len());
    range.start..range.start + length
}

fn line_of(source: &Source, offset: usize) -> std::ops::Range<usize> {
    let text = &source.text;
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    start..end
}

fn fits(source: &Source, label: &Label) -> bool {
    let line = line_of(source, label.span.start as usize);
    source.text[line].chars().nth(WIDEST).is_none()
}

/// The part of a line around what is underlined, and where that is in it.
fn cut(source: &Source, label: &Label) -> (String, std::ops::Range<usize>) {
    const LEAD: usize = 30;
    let line = line_of(source, label.span.start as usize);
    let marked = first_line(source, label);
    let before = &source.text[line.start..marked.start];
    let inside = &source.text[marked.clone()];
    let after = &source.text[marked.end.max(line.start)..line.end.max(marked.end)];
    let mut text = String::new();
    let skipped = before.chars().count().saturating_sub(LEAD);
    if skipped > 0 {
        text.push('…');
    }
    text.extend(before.chars().skip(skipped));
    let start = text.len();
    text.extend(inside.chars().take(WIDEST - LEAD));
    let end = text.len();
    let room = WIDEST.saturating_sub(text.chars().count());
    text.extend(after.chars().take(room));
    if after.chars().count() > room {
        text.push('…');
    }
    (text, start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn a_diagnostic_shows_the_line_and_underlines_the_words() {
        let mut sources = Sources::default();
        let id = sources.add("content/base/response.md", "one\n\n- [ ] [](role:scribbe) opens the log\n");
        let mut diagnostic = Diagnostic::new("unknown-role", "no role is called `scribbe`")
            .at(Span::new(id, 14..26), "not defined in this plan")
            .help("did you mean `scribe`?");
        diagnostic.variants = vec!["bixal".into(), "elimu".into()];
        assert_eq!(
            render(&diagnostic, &sources, false),
            "\
error[unknown-role]: no role is called `scribbe`
 --> content/base/response.md:3:10
  |
3 | - [ ] [](role:scribbe) opens the log
  |          ^^^^^^^^^^^^ not defined in this plan
  |
  = help: did you mean `scribe`?
  = note: in 2 variants: bixal, elimu
"
        );
    }

    #[test]
    fn a_long_line_is_cut_and_its_place_stays_true() {
        let mut sources = Sources::default();
        let text = format!("{} WRONG {}\n", "word ".repeat(60), "word ".repeat(60));
        let id = sources.add("a.md", text);
        let diagnostic = Diagnostic::new("placeholder", "wrong").at(Span::new(id, 301..306), "here");
        let shown = render(&diagnostic, &sources, false);
        assert!(shown.contains("a.md:1:302"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 130), "{shown}");
        assert!(shown.contains("WRONG"));
    }
}
