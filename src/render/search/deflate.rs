//! A text deflated piece by piece (RFC 1951), each with the text before it in sight, so that pieces
//! which several variants have are deflated once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use flate2::{Compress, CompressError, Compression, FlushCompress};
use rayon::prelude::*;
use twox_hash::XxHash3_128;

/// How thoroughly a text is deflated: a level more takes a fifth longer and saves one byte in a hundred.
const LEVEL: Compression = Compression::new(5);
/// So many bytes before a piece may be referred to in it (RFC 1951, 2).
const WINDOW: usize = 32 * 1024;
/// So many pieces are kept; one of them has a few thousand bytes.
const MOST: usize = 20_000;
/// The last block of a stream, which is empty: its mark, the codes of RFC 1951, 3.2.6, and the end.
const END: [u8; 2] = [0x03, 0x00];

/// What was deflated for one text and may stand in another.
#[derive(Default)]
pub struct Deflated {
    /// By the hash of a piece and of what is in sight before it
    known: Mutex<HashMap<u128, Arc<[u8]>>>,
}

/// A piece of a text.
pub struct Piece {
    /// Its bytes in the text
    pub range: Range<usize>,
    /// Whether other texts may have it
    pub is_shared: bool,
}

impl Deflated {
    /// A text as one stream. `pieces` are all of it, in order.
    ///
    /// # Errors
    /// None that is known: writing into memory does not fail.
    pub fn stream(&self, text: &[u8], pieces: &[Piece]) -> Result<Vec<u8>, CompressError> {
        let piece = |(at, piece): (usize, &Piece)| {
            let seen = piece.range.start.saturating_sub(WINDOW);
            let in_sight = pieces[..at].iter().rev().take_while(|before| before.range.end > seen);
            let (before, own) = (&text[seen..piece.range.start], &text[piece.range.clone()]);
            if !piece.is_shared || in_sight.into_iter().any(|before| !before.is_shared) {
                return deflate(before, own).map(Arc::from);
            }
            let key = XxHash3_128::oneshot_with_seed(before.len() as u64, &text[seen..piece.range.end]);
            let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(deflated) = known().get(&key) {
                return Ok(deflated.clone());
            }
            let deflated: Arc<[u8]> = deflate(before, own)?.into();
            let mut known = known();
            if known.len() < MOST {
                known.insert(key, deflated.clone());
            }
            Ok(deflated)
        };
        let pieces: Vec<Arc<[u8]>> = pieces.par_iter().enumerate().map(piece).collect::<Result<_, _>>()?;
        let mut stream = pieces.concat();
        stream.extend(END);
        Ok(stream)
    }
}

/// A piece, deflated to a whole byte and without an end. `before` is what is in sight before it.
fn deflate(before: &[u8], piece: &[u8]) -> Result<Vec<u8>, CompressError> {
    let mut compress = Compress::new(LEVEL, false);
    if !before.is_empty() {
        compress.set_dictionary(before)?;
    }
    let begun = compress.total_in();
    let mut deflated = Vec::with_capacity(piece.len() / 3 + 64);
    loop {
        let done = (compress.total_in() - begun) as usize;
        compress.compress_vec(&piece[done..], &mut deflated, FlushCompress::Sync)?;
        // Where room is left, nothing is held back.
        if deflated.len() < deflated.capacity() {
            return Ok(deflated);
        }
        deflated.reserve(deflated.len());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;

    use super::*;

    fn inflate(stream: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        DeflateDecoder::new(stream).read_to_end(&mut text).expect("a stream");
        text
    }

    /// Pieces of a text that end at some bytes of it.
    fn pieces(ends: &[usize], is_shared: bool) -> Vec<Piece> {
        let starts = std::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(start, end)| Piece { range: *start..*end, is_shared }).collect()
    }

    #[test]
    fn pieces_are_one_stream() {
        let mut noise = 1u32;
        let mut text: Vec<u8> = b"Report within 1 hour. ".repeat(5_000);
        text.extend((0..100_000).map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        }));
        for ends in [vec![text.len()], vec![1, 1, 40_000, 110_000, 110_001, 180_000, text.len()]] {
            for is_shared in [true, false] {
                let stream = Deflated::default().stream(&text, &pieces(&ends, is_shared)).expect("a stream");
                assert_eq!(inflate(&stream), text);
            }
        }
        assert_eq!(inflate(&Deflated::default().stream(b"", &[]).expect("a stream")), b"");
    }

    #[test]
    fn what_is_known_is_not_told_by_its_own_bytes_alone() {
        let deflated = Deflated::default();
        let one = b"call the lead, call the lead".to_vec();
        let other = b"tell a friend, call the lead".to_vec();
        let ends = [15, 28];
        for text in [&one, &other, &one] {
            assert_eq!(inflate(&deflated.stream(text, &pieces(&ends, true)).expect("a stream")), *text);
        }
        assert_eq!(deflated.known.lock().expect("no panic").len(), 4, "each piece once");
    }
}
