//! A run that is asked of many of its words what stands around each: it is divided into sentences
//! and words once, when that is first asked, and not once for each of them.

use std::cell::OnceCell;
use std::ops::Range;

use crate::plan::Run;

/// A run with its sentences and words.
pub struct Divided<'r> {
    /// The run
    pub run: &'r Run,
    sentences: OnceCell<Vec<Range<usize>>>,
    words: OnceCell<Vec<Range<usize>>>,
}

impl<'r> Divided<'r> {
    /// A run, not yet divided.
    pub fn of(run: &'r Run) -> Divided<'r> {
        Divided { run, sentences: OnceCell::new(), words: OnceCell::new() }
    }

    /// Its sentences, as [`Run::sentences`] gives them.
    pub fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| self.run.sentences())
    }

    /// The sentence that a place of the text is in; `None` in the space between two.
    pub fn sentence_at(&self, place: usize) -> Option<Range<usize>> {
        let next = self.sentences().partition_point(|sentence| sentence.end <= place);
        self.sentences().get(next).filter(|sentence| sentence.contains(&place)).cloned()
    }

    /// Its words, as [`Run::words`] gives them.
    pub fn words(&self) -> &[Range<usize>] {
        self.words.get_or_init(|| self.run.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn a_place_is_in_the_sentence_around_it_or_in_none() {
        let run = Run::of_value("Go there.  Then call.", Span::default());
        let divided = Divided::of(&run);
        let at = |place: usize| divided.sentence_at(place).map(|range| &run.text[range]);
        assert_eq!((at(0), at(8)), (Some("Go there."), Some("Go there.")));
        assert_eq!((at(9), at(10)), (None, None));
        assert_eq!((at(11), at(20), at(21)), (Some("Then call."), Some("Then call."), None));
    }
}
