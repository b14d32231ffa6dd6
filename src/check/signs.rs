//! A quick look before a long one: whether a text has any of some words, all looked for at once.

use aho_corasick::{AhoCorasick, MatchKind};

/// Words or signs that are looked for together.
pub(super) struct Signs {
    /// `None` where there are more than can be looked for at once: then every text may have one.
    finder: Option<AhoCorasick>,
}

impl Signs {
    /// Looks for some words as they are written.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Signs {
        // Of this kind several bytes are looked at together.
        let kind = MatchKind::LeftmostFirst;
        Signs { finder: AhoCorasick::builder().match_kind(kind).build(words).ok() }
    }

    /// Looks for some words in capitals and in small letters alike.
    pub fn in_any_case<'w>(words: impl IntoIterator<Item = &'w str>) -> Signs {
        Signs { finder: AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok() }
    }

    /// Whether a text has one of them, also inside a word.
    pub fn is_match(&self, text: &str) -> bool {
        // Without a word to look for, it would go through the text all the same.
        self.finder.as_ref().is_none_or(|finder| finder.patterns_len() > 0 && finder.is_match(text))
    }
}
