//! What is inside a file that does not say it in UTF-8: a text in UTF-16, or one that packs others: a zip, which
//! documents and tables of offices are too, a file of gzip, and the streams of a PDF that an author put beside the
//! pages.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use memchr::memmem;
use zip::ZipArchive;

/// No more than this of one file is looked through, in bytes, or four times as much as it has packed: a short one may
/// hold zeros without end.
const MOST: u64 = 64_000_000;
/// What is unpacked is looked through in pieces of so many bytes, with so many of the piece before.
const PIECE: u64 = 1_000_000;
const OVERLAP: usize = 8_000;
/// A table in a document in an archive is three deep.
const DEEPEST: usize = 4;

/// A part of what is packed.
pub struct Piece<'p> {
    /// The name of the file inside; empty where it has none
    pub name: &'p str,
    pub bytes: &'p [u8],
    /// Whether its file has words between tags
    pub is_markup: bool,
    /// Whether it is of a PDF
    pub is_of_pdf: bool,
}

/// A file that has more packed in it than is looked through.
pub struct TooMuch;

/// Calls `see` with each piece of the files inside, and of those that are packed again in them, until it finds
/// something.
///
/// # Errors
/// When there is more than is looked through, or it is packed too often, and nothing was found before that.
pub fn find_inside<T>(bytes: &[u8], mut see: impl FnMut(Piece) -> Option<T>) -> Result<Option<T>, TooMuch> {
    let left = MOST.max(4 * bytes.len() as u64);
    Search { see: &mut see, left, deeper: DEEPEST }.inside(bytes)
}

/// How a file has something in it that it does not say in UTF-8.
enum Packing {
    Zip,
    Gzip,
    Pdf,
    Wide,
}

impl Packing {
    /// By how it begins.
    fn of(bytes: &[u8]) -> Option<Packing> {
        match bytes {
            [b'P', b'K', 3, 4, ..] => Some(Packing::Zip),
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Packing::Pdf),
            [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => Some(Packing::Wide),
            _ => None,
        }
    }
}

/// A text in UTF-16, whose mark of two bytes says which of two stands first.
fn in_wide_letters(bytes: &[u8]) -> String {
    let is_big = bytes.starts_with(b"\xfe\xff");
    let letter = |pair: &[u8]| match is_big {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    };
    let letters: Vec<u16> = bytes[2..].chunks_exact(2).map(letter).collect();
    String::from_utf16_lossy(&letters)
}

/// A look through what is packed.
struct Search<'s, T> {
    see: &'s mut dyn FnMut(Piece) -> Option<T>,
    /// How many bytes may still be unpacked
    left: u64,
    /// How many times more it may be packed
    deeper: usize,
}

impl<T> Search<'_, T> {
    fn inside(&mut self, bytes: &[u8]) -> Result<Option<T>, TooMuch> {
        match Packing::of(bytes) {
            Some(Packing::Zip) => self.in_zip(bytes),
            Some(Packing::Gzip) => self.in_stream(MultiGzDecoder::new(bytes), "", false),
            Some(Packing::Pdf) => self.in_pdf(bytes),
            Some(Packing::Wide) => {
                let text = in_wide_letters(bytes);
                let is_markup = text.starts_with('<');
                Ok((self.see)(Piece { name: "", bytes: text.as_bytes(), is_markup, is_of_pdf: false }))
            }
            None => Ok(None),
        }
    }

    fn in_zip(&mut self, bytes: &[u8]) -> Result<Option<T>, TooMuch> {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(None) };
        // Several names may have one content.
        let mut seen = HashSet::new();
        for index in 0..archive.len() {
            let Ok(file) = archive.by_index(index) else { continue };
            if !seen.insert(file.data_start()) {
                continue;
            }
            let name = String::from_utf8_lossy(file.name_raw()).into_owned();
            if let Some(found) = self.in_stream(file, &name, false)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn in_pdf(&mut self, bytes: &[u8]) -> Result<Option<T>, TooMuch> {
        let starts = memmem::find_iter(bytes, b"stream").map(|at| at + b"stream".len());
        let streams = starts.filter_map(|start| {
            let rest = &bytes[start..];
            rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))
        });
        // One that is not packed this way does not begin like it, and is looked through with the file itself.
        for stream in streams.filter(|stream| stream.first().is_some_and(|first| first & 0x0f == 8)) {
            if let Some(found) = self.in_stream(ZlibDecoder::new(stream), "", true)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// What can be unpacked of a stream, also where it breaks off, piece by piece.
    fn in_stream(
        &mut self,
        mut stream: impl Read,
        name: &str,
        is_of_pdf: bool,
    ) -> Result<Option<T>, TooMuch> {
        let (mut bytes, mut is_markup) = (Vec::new(), None);
        loop {
            let before = bytes.len();
            // Where it breaks off, what was read is looked at, and no more comes.
            let _ = stream.by_ref().take(PIECE).read_to_end(&mut bytes);
            let is_first = is_markup.is_none();
            let is_packed = is_first && Packing::of(&bytes).is_some();
            if is_packed {
                // It is unpacked from all of it.
                let _ = stream.by_ref().take(self.left).read_to_end(&mut bytes);
            }
            let read = bytes.len() - before;
            if read == 0 && !is_first {
                return Ok(None);
            }
            self.left = self.left.checked_sub(read as u64).ok_or(TooMuch)?;
            let is_markup = *is_markup.get_or_insert(bytes.trim_ascii_start().starts_with(b"<"));
            if let Some(found) = (self.see)(Piece { name, bytes: &bytes, is_markup, is_of_pdf }) {
                return Ok(Some(found));
            }
            if is_packed {
                return self.again(&bytes);
            }
            bytes.drain(..bytes.len().saturating_sub(OVERLAP));
        }
    }

    /// Looks through what is packed once more inside.
    fn again(&mut self, bytes: &[u8]) -> Result<Option<T>, TooMuch> {
        self.deeper = self.deeper.checked_sub(1).ok_or(TooMuch)?;
        let found = self.inside(bytes);
        self.deeper += 1;
        found
    }
}

/// The words that the stream of a page of a PDF sets, where it has them as letters: `(in br)-20(ackets) Tj`, or as
/// the numbers of letters, `<68657265>`. Programs cut words wherever two letters stand closer. A font of a PDF may
/// number its letters otherwise, and then nothing can be read.
pub fn set_in_pdf(stream: &[u8]) -> String {
    let mut words = Vec::new();
    let mut rest = stream;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'(' => {
                let mut depth = 1;
                while let Some((byte, after)) = rest.split_first() {
                    rest = after;
                    match byte {
                        b'\\' => {
                            words.extend(rest.first());
                            rest = rest.get(1..).unwrap_or_default();
                            continue;
                        }
                        b'(' => depth += 1,
                        b')' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    words.push(*byte);
                }
            }
            b'<' => {
                let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
                let digits: Vec<u8> = rest[..end]
                    .iter()
                    .filter_map(|byte| char::from(*byte).to_digit(16))
                    .map(|it| it as u8)
                    .collect();
                words.extend(digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)));
                rest = &rest[end..];
            }
            // The ends of an operator, between which there may be a space on paper.
            b'j' | b'J' | b'\'' | b'"' | b'*' | b'd' | b'D' | b'm' => words.push(b' '),
            _ => {}
        }
    }
    String::from_utf8_lossy(&words).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn says(bytes: &[u8], words: &str) -> bool {
        let has = |piece: Piece| memmem::find(piece.bytes, words.as_bytes()).map(drop);
        find_inside(bytes, has).is_ok_and(|found| found.is_some())
    }

    #[test]
    fn what_is_packed_is_looked_through_in_pieces_and_not_without_end() {
        let packed = |length: usize, end: &str| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
            gzip.write_all("<p>".repeat(length / 3).as_bytes()).unwrap();
            gzip.write_all(end.as_bytes()).unwrap();
            gzip.finish().unwrap()
        };
        // The words lie where two pieces meet.
        let length = PIECE as usize - 6;
        let is_found = |piece: Piece| {
            (piece.is_markup && memmem::find(piece.bytes, b"the keys").is_some()).then_some(())
        };
        assert!(
            find_inside(&packed(length, "the keys are here"), is_found).is_ok_and(|found| found.is_some())
        );
        let longest = std::cell::Cell::new(0);
        let found = find_inside(&packed(MOST as usize + 9, ""), |piece| -> Option<()> {
            longest.set(piece.bytes.len().max(longest.get()));
            None
        });
        assert!(found.is_err() && longest.get() <= PIECE as usize + OVERLAP);
    }

    #[test]
    fn the_words_of_a_page_on_paper_are_read_wherever_they_are_cut() {
        let stream =
            b"BT /F1 12 Tf [(duty.off)-5(icer)] TJ (@agency.gov \\(by day\\)) Tj 0 -14 Td <63616C6c> Tj ET";
        assert_eq!(
            set_in_pdf(stream).split_whitespace().collect::<Vec<_>>(),
            ["duty.officer", "@agency.gov", "(by", "day)", "call"]
        );
        assert_eq!(set_in_pdf(b"(open (inside) <4"), "open (inside) <4");
        assert_eq!(set_in_pdf(b"<4"), "@");
    }

    #[test]
    fn what_is_packed_is_found() {
        let words = "where the keys are ".repeat(20);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
        zip.write_all(words.as_bytes()).unwrap();
        let zip = zip.finish().unwrap().into_inner();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(words.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(words.as_bytes()).unwrap();
        let stream = zlib.finish().unwrap();
        let pdf = [b"%PDF-1.7\n1 0 obj << >>\nstream\r\n", &stream[..], b"\nendstream"].concat();
        let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide = [b"\xfe\xff", &wide[..]].concat();
        for bytes in [zip, gzip, pdf, wide] {
            assert!(says(&bytes, "the keys") && !says(&bytes, "the locks"));
            // A file that breaks off says what can be read of it; a zip has its list at the end.
            let half = &bytes[..bytes.len() * 2 / 3];
            assert_eq!(says(half, "the keys"), !bytes.starts_with(b"PK"));
        }
        assert!(!says(words.as_bytes(), "the keys"), "what is not packed is read elsewhere");
    }

    #[test]
    fn what_is_packed_again_is_found_and_not_without_end() {
        let zipped = |bytes: &[u8]| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file("inside", SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
            zip.finish().unwrap().into_inner()
        };
        let gzipped = |bytes: &[u8]| {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
            gzip.write_all(bytes).unwrap();
            gzip.finish().unwrap()
        };
        let words = "where the keys are ".repeat(20);
        let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for inside in [zipped(words.as_bytes()), gzipped(words.as_bytes()), [b"\xff\xfe", &wide[..]].concat()]
        {
            for bytes in [zipped(&inside), gzipped(&inside), zipped(&gzipped(&zipped(&inside)))] {
                assert!(says(&bytes, "the keys") && !says(&bytes, "the locks"));
            }
        }
        let nested = |times| (0..times).fold(words.clone().into_bytes(), |bytes, _| gzipped(&bytes));
        let looked_through = |times| find_inside(&nested(times), |_| None::<()>).is_ok();
        assert!(looked_through(DEEPEST + 1) && !looked_through(DEEPEST + 2));
    }
}
