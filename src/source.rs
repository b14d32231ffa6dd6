//! The texts redbinder reads, and places in them.
//!
//! Everything that is later said about a plan points at a [`Span`]: a range of bytes of
//! one source file. Text that came out of a template is related back to its file by an
//! [`ExpansionMap`], so a span never points at text nobody wrote.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The number of a file in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// A range of bytes of one source file. Empty where only a position is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `range` of `source`. Offsets beyond 4 GiB are clamped.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source, start: clamp(range.start), end: clamp(range.end.max(range.start)) }
    }

    /// Whether another span lies in this one.
    pub fn holds(self, other: Span) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The range as `usize`, to slice a text with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Places of one text of which no two share a character.
#[derive(Debug, Default)]
pub struct Taken {
    /// Their ends, by their starts
    ends: BTreeMap<usize, usize>,
}

impl Taken {
    /// Whether a place shares no character with one of these, and does not begin where one of them does.
    pub fn is_free(&self, place: &Range<usize>) -> bool {
        let before = self.ends.range(..place.start).next_back();
        let next = self.ends.range(place.start..).next();
        before.is_none_or(|(_, end)| *end <= place.start)
            && next.is_none_or(|(start, _)| *start != place.start && place.end <= *start)
    }

    /// Adds a place where it is free, and says whether it was.
    pub fn take(&mut self, place: Range<usize>) -> bool {
        let is_free = self.is_free(&place);
        if is_free {
            self.ends.insert(place.start, place.end);
        }
        is_free
    }
}

/// A value and the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path as the author would type it: relative to the project folder, `/` between parts.
    pub path: Arc<str>,
    /// The text, without a byte order mark, lines ending in `\n`.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
    /// How many characters begin in the first stretch of the text, in the first two, and so on
    characters: Vec<u32>,
}

/// The bytes of a stretch. Where lines are longer, their characters are not counted for each place again.
const STRETCH: usize = 4_096;

/// How many characters begin in some bytes of a text.
fn begun(bytes: &[u8]) -> usize {
    // Nearly every text is ASCII, which is seen faster than it is counted.
    if bytes.is_ascii() {
        return bytes.len();
    }
    let goes_on = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    bytes.iter().filter(|byte| !goes_on(byte)).count()
}

impl Source {
    /// A file with its text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        let text: Arc<str> = text.into();
        let stretches = text.as_bytes().chunks_exact(STRETCH);
        let characters = stretches.scan(0, |count, stretch| {
            *count += begun(stretch) as u32;
            Some(*count)
        });
        let characters = characters.collect();
        let ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let line_starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect();
        Source { path: path.into(), text, line_starts, characters }
    }

    /// Line and column of a byte offset, both counted from 1; columns in characters.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1] as usize;
        let end = self.text.floor_char_boundary(offset as usize);
        let before = match end - start {
            0..STRETCH => begun(&self.text.as_bytes()[start..end]),
            _ => self.characters_before(end) - self.characters_before(start),
        };
        (line, before + 1)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stretches = offset / STRETCH;
        let counted = stretches.checked_sub(1).map_or(0, |last| self.characters[last] as usize);
        counted + begun(&self.text.as_bytes()[stretches * STRETCH..offset])
    }

    /// The bytes a span covers, whole characters of the text: where spaces stand for a broken tag, a span
    /// may begin or end inside one.
    pub fn range(&self, span: Span) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start as usize);
        start..self.text.ceil_char_boundary(span.end as usize).max(start)
    }
}

/// All the files of a project, by number.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns its number.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        self.push(Source::new(path, text))
    }

    /// Adds a file that was read and returns its number.
    pub fn push(&mut self, file: Source) -> SourceId {
        self.files.push(file);
        SourceId(self.files.len() as u32 - 1)
    }

    /// The file with this number.
    ///
    /// # Panics
    /// When the number was not given out by this value.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        let source = self.get(span.source);
        &source.text[source.range(span)]
    }

    /// The whole lines a span is in, with the end of the last one: what to take out so that nothing
    /// of them stays.
    pub fn whole_lines(&self, span: Span) -> Span {
        let text = &self.get(span.source).text;
        let range = self.get(span.source).range(span);
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[range.end..].find('\n');
        Span::new(span.source, start..end.map_or(text.len(), |at| range.end + at + 1))
    }

    /// `path:line:column` of the first byte of a span.
    pub fn place(&self, span: Span) -> String {
        let source = self.get(span.source);
        let (line, column) = source.line_column(span.start);
        format!("{}:{line}:{column}", source.path)
    }

    /// The files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }
}

/// A stretch of expanded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Piece {
    /// Where it starts in the expanded text.
    at: usize,
    /// Where it comes from in the source.
    from: usize,
    /// The end of the whole expression, where the stretch is the value of one.
    expression_end: Option<usize>,
}

/// Relates expanded text to the source it was expanded from.
///
/// Text copied from the source maps byte for byte; text an expression produced maps to
/// the whole expression.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ExpansionMap {
    pieces: Vec<Piece>,
}

impl ExpansionMap {
    /// The map of a text that starts at `offset` of its source and has no expression.
    pub fn copied(offset: usize) -> Self {
        let mut map = ExpansionMap::default();
        map.copy(0, offset);
        map
    }

    /// From `at` on, the text is copied from the source at `from`.
    pub fn copy(&mut self, at: usize, from: usize) {
        self.push(at, from, None);
    }

    /// From `at` on, the text is the value of the expression at `source`.
    pub fn value(&mut self, at: usize, source: Range<usize>) {
        self.push(at, source.start, Some(source.end));
    }

    fn push(&mut self, at: usize, from: usize, expression_end: Option<usize>) {
        // A piece of no length says nothing: the later one at the same offset wins.
        if self.pieces.last().is_some_and(|last| last.at == at) {
            self.pieces.pop();
        }
        self.pieces.push(Piece { at, from, expression_end });
    }

    /// The same map for a source whose text begins `offset` bytes later.
    pub fn shifted(mut self, offset: usize) -> Self {
        for piece in &mut self.pieces {
            piece.from += offset;
            piece.expression_end = piece.expression_end.map(|end| end + offset);
        }
        self
    }

    fn piece(&self, offset: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.at <= offset);
        self.pieces.get(index.checked_sub(1)?)
    }

    /// Where in a range of expanded text, between its ends, copied text and values meet.
    pub fn cuts(&self, range: Range<usize>) -> Vec<usize> {
        let first = self.pieces.partition_point(|piece| piece.at <= range.start);
        self.pieces[first..].iter().map(|piece| piece.at).take_while(|at| *at < range.end).collect()
    }

    /// The source range of a range of expanded text.
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let start = match self.piece(range.start) {
            Some(piece) if piece.expression_end.is_some() => piece.from,
            Some(piece) => piece.from + (range.start - piece.at),
            None => range.start,
        };
        if range.end <= range.start {
            return start..start;
        }
        let end = match self.piece(range.end - 1) {
            Some(piece) => piece.expression_end.unwrap_or(piece.from + (range.end - piece.at)),
            None => range.end,
        };
        // A loop can make the end come from before the start.
        start..end.max(start)
    }
}

/// Whether a character is none that a person sees: a control character, or one that turns the direction of what
/// follows it.
pub fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_once() {
        let mut taken = Taken::default();
        assert!(taken.take(2..5) && taken.take(5..6) && taken.take(0..2) && taken.take(8..8));
        for place in [4..5, 3..9, 2..2, 5..5, 0..1, 8..9, 7..9] {
            assert!(!taken.take(place.clone()), "{place:?}");
        }
        assert!(taken.take(6..8) && taken.take(9..12));
    }

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.md", "é1\nzwei\n");
        let place = |at: usize| sources.place(Span::new(id, at..at));
        assert_eq!(place(0), "a.md:1:1");
        assert_eq!(place(2), "a.md:1:2");
        assert_eq!(place(4), "a.md:2:1");
        assert_eq!(place(9), "a.md:3:1");
        assert_eq!(place(999), "a.md:3:1", "beyond the end is the end");
    }

    #[test]
    fn in_a_long_line_characters_are_counted_as_in_a_short_one() {
        for letter in ["a", "é", "水", "𝄞"] {
            let text = format!("first\n{}\nlast", letter.repeat(3 * STRETCH));
            let source = Source::new("a.md", &*text);
            for (at, _) in text.char_indices().step_by(97) {
                let before = &text[..at];
                let line = before.matches('\n').count();
                let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
                assert_eq!(source.line_column(at as u32), (line + 1, column + 1), "{letter} {at}");
            }
        }
    }

    #[test]
    fn copied_text_maps_to_itself_and_a_value_to_its_expression() {
        // source:   "in {{ t }} or"   (expression at 3..10)
        // expanded: "in 1 hour or"
        let mut map = ExpansionMap::default();
        map.copy(0, 0);
        map.value(3, 3..10);
        map.copy(9, 10);
        assert_eq!(map.source_range(0..2), 0..2);
        assert_eq!(map.source_range(5..6), 3..10);
        assert_eq!(map.source_range(10..12), 11..13);
        assert_eq!(map.source_range(0..12), 0..13);
        assert_eq!(map.source_range(9..9), 10..10);
    }
}
