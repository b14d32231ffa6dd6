//! Which characters can be printed: those that one of the fonts for paper has.
//!
//! The fonts themselves are in `fonts/` and only in programs with the feature `pdf`, where a test
//! holds this table against them.

use std::sync::LazyLock;

/// The code points that have a shape, in order: ranges and single ones, hexadecimal.
const TABLE: &str = include_str!("glyphs.txt");

static RANGES: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
    let range = |word: &str| {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        Some((u32::from_str_radix(first, 16).ok()?, u32::from_str_radix(last, 16).ok()?))
    };
    TABLE.split_whitespace().filter_map(range).collect()
});

/// Whether a character can be printed. White space has no shape and needs none.
pub fn has_glyph(character: char) -> bool {
    let code = u32::from(character);
    let at = RANGES.partition_point(|(_, last)| *last < code);
    character.is_whitespace() || RANGES.get(at).is_some_and(|(first, _)| *first <= code)
}

/// Whether a character has no shape of its own: it chooses between the looks of the one before,
/// joins two into one, or says which way the text around it runs.
pub fn is_shapeless(character: char) -> bool {
    let joins = matches!(
        character,
        '\u{fe00}'..='\u{fe0f}'
            | '\u{200d}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    joins || character.is_control()
}

/// Whether a character is one that people agree on among themselves: nobody else can read it aloud.
pub fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// What stands on paper for a character that cannot be printed.
pub const STAND_IN: char = '\u{25a1}';

/// The characters of a text that cannot be printed, each with its place in the text.
pub fn unprintable(text: &str) -> impl Iterator<Item = (usize, char)> {
    // Most texts have none but these, and all are looked at.
    let text = if text.is_ascii() { "" } else { text };
    text.char_indices().filter(|(_, c)| !c.is_ascii() && !is_shapeless(*c) && !has_glyph(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_marks_and_pictures_can_be_printed_and_scripts_without_a_font_cannot() {
        for character in ['a', 'é', 'я', 'Ω', 'ש', 'ل', '→', '✓', '▲', '⚠', '\u{1f6a8}', '\n', '\u{a0}']
        {
            assert!(has_glyph(character), "{character}");
        }
        for character in ['\u{6f22}', '\u{0}', '\u{e000}'] {
            assert!(!has_glyph(character), "{character}");
        }
    }

    #[test]
    fn what_cannot_be_printed_has_its_place() {
        let found: Vec<_> = unprintable("é \u{6f22}\u{fe0f}! \u{1f44d}\u{1f3fd}\t\u{e000}").collect();
        assert_eq!(found, [(3, '\u{6f22}'), (20, '\u{e000}')]);
    }
}
