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

/// Whether a character has no shape of its own: it chooses between the looks of the one before, or
/// joins two into one.
pub fn is_shapeless(character: char) -> bool {
    let joins =
        matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{200d}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
    joins || character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_marks_and_other_scripts_can_be_printed_and_pictures_cannot() {
        for character in ['a', 'é', 'я', 'Ω', 'ש', 'ل', '→', '✓', '▲', '⚠', '\n', '\u{a0}'] {
            assert!(has_glyph(character), "{character}");
        }
        for character in ['\u{1f6a8}', '\u{6f22}', '\u{0}'] {
            assert!(!has_glyph(character), "{character}");
        }
    }
}
