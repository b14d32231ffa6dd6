//! A PDF with its small objects packed together and compressed: the tags of an accessible file are
//! tens of thousands of them, and most of its bytes.
//!
//! Object streams and the table of places as a stream: ISO 32000-1, 7.5.7 and 7.5.8. Nothing in an
//! object changes. A library that writes such files would read and write anew every object, with
//! fifty more libraries.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// So many objects are in one stream: a reader unpacks all of them to see one.
const TOGETHER: usize = 200;

/// The bytes of a row of the table of places: a kind, a place of four bytes, an index of two.
const ROW: usize = 7;

/// A file as the typesetter writes it, packed; the same bytes where it is written otherwise.
pub fn condensed(file: Vec<u8>) -> Vec<u8> {
    pack(&file).unwrap_or(file)
}

/// An object: its number, where it begins, and all of it from its number to `endobj`.
struct Written<'a> {
    number: usize,
    at: usize,
    bytes: &'a [u8],
}

impl<'a> Written<'a> {
    /// What the number names; none for a stream, which must stand by itself.
    fn value(&self) -> Option<&'a [u8]> {
        let value = self.bytes.strip_prefix(format!("{} 0 obj\n", self.number).as_bytes())?;
        let value = value.strip_suffix(b"endobj")?.trim_ascii();
        (!value.ends_with(b"endstream")).then_some(value)
    }
}

/// None where the file is not what the typesetter writes: one plain table of places, at its end.
fn pack(file: &[u8]) -> Option<Vec<u8>> {
    let end = rfind(file, b"startxref\n")?;
    let table_at = number(&file[end + b"startxref\n".len()..])?;
    let trailer_at = table_at + rfind(file.get(table_at..end)?, b"trailer\n<<")?;
    let mut objects = objects(file, table_at, std::str::from_utf8(&file[table_at..trailer_at]).ok()?)?;
    // What the file begins with: its version.
    let mut out = file[..objects.first()?.at].to_vec();
    objects.sort_by_key(|object| object.number);
    // The size becomes another, the rest stays.
    let trailer = file[trailer_at + b"trailer\n<<".len()..end].trim_ascii().strip_suffix(b">>")?;
    let trailer = trailer.trim_ascii_start().strip_prefix(b"/Size ")?;
    let trailer = &trailer[trailer.iter().position(|byte| !byte.is_ascii_digit())?..];
    let mut places = vec![[0; ROW]; objects.last()?.number + 1];
    places[0] = [0, 0, 0, 0, 0, 0xff, 0xff];
    let (packed, alone): (Vec<_>, Vec<_>) = objects.iter().partition(|object| object.value().is_some());
    for object in alone {
        places[object.number] = row(1, out.len(), 0)?;
        out.extend_from_slice(object.bytes);
        out.extend_from_slice(b"\n\n");
    }
    for together in packed.chunks(TOGETHER) {
        let stream = places.len();
        let (mut heads, mut values) = (String::new(), Vec::new());
        for (index, object) in together.iter().enumerate() {
            places[object.number] = row(2, stream, index)?;
            heads += &format!("{} {} ", object.number, values.len());
            values.extend_from_slice(object.value()?);
            values.push(b'\n');
        }
        places.push(row(1, out.len(), 0)?);
        let head = format!("/Type/ObjStm/N {}/First {}", together.len(), heads.len());
        write_stream(&mut out, stream, head.as_bytes(), &[heads.as_bytes(), &values].concat())?;
    }
    let (number, at) = (places.len(), out.len());
    places.push(row(1, at, 0)?);
    let mut head = format!("/Type/XRef/Size {}/W[1 4 2]", places.len()).into_bytes();
    // Each byte as its difference from the one above it compresses far better.
    head.extend_from_slice(format!("/DecodeParms<</Predictor 12/Columns {ROW}>>").as_bytes());
    head.extend_from_slice(trailer);
    let above = std::iter::once(&[0; ROW]).chain(&places);
    let differences: Vec<u8> = places
        .iter()
        .zip(above)
        .flat_map(|(row, above)| {
            std::iter::once(2).chain(row.iter().zip(above).map(|(byte, above)| byte.wrapping_sub(*above)))
        })
        .collect();
    write_stream(&mut out, number, &head, &differences)?;
    out.extend_from_slice(format!("startxref\n{at}\n%%EOF").as_bytes());
    Some(out)
}

/// The objects that a table of places names, in their order in the file. None where one is not where it says.
fn objects<'a>(file: &'a [u8], table_at: usize, rows: &str) -> Option<Vec<Written<'a>>> {
    let rows = rows.strip_prefix("xref\n0 ")?.split_once('\n')?.1;
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for (number, row) in rows.lines().enumerate() {
        let mut words = row.split_whitespace();
        let (at, _, kind) = (words.next()?, words.next()?, words.next()?);
        if kind == "n" {
            starts.push((at.parse().ok()?, number));
        }
    }
    starts.sort_unstable();
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([table_at]);
    let bytes = starts.iter().zip(ends).map(|((start, number), end)| {
        let bytes = file.get(*start..end)?.trim_ascii_end();
        let is_whole =
            bytes.starts_with(format!("{number} 0 obj\n").as_bytes()) && bytes.ends_with(b"endobj");
        is_whole.then_some(Written { number: *number, at: *start, bytes })
    });
    bytes.collect()
}

fn row(kind: u8, place: usize, index: usize) -> Option<[u8; ROW]> {
    let [a, b, c, d] = u32::try_from(place).ok()?.to_be_bytes();
    let [e, f] = u16::try_from(index).ok()?.to_be_bytes();
    Some([kind, a, b, c, d, e, f])
}

fn write_stream(out: &mut Vec<u8>, number: usize, head: &[u8], data: &[u8]) -> Option<()> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).ok()?;
    let data = encoder.finish().ok()?;
    out.extend_from_slice(format!("{number} 0 obj\n<<").as_bytes());
    out.extend_from_slice(head);
    out.extend_from_slice(format!("/Filter/FlateDecode/Length {}>>\nstream\n", data.len()).as_bytes());
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n\n");
    Some(())
}

/// The number that some bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro_syntax::Pdf;
    use hayro_syntax::object::{Dict, Object, Stream};

    /// A file of a catalog, some pages without a word, and one with a stream.
    fn plain(pages: usize) -> Vec<u8> {
        let kids: String = (0..pages).map(|page| format!("{} 0 R ", 4 + page)).collect();
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R/Lang(en)>>".to_string(),
            format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>"),
            "<</Length 22>>\nstream\n(endobj) endstream 1 0\n\nendstream".to_string(),
        ];
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R>>";
        objects.extend((0..pages).map(|_| page.to_string()));
        let mut file = String::from("%PDF-1.7\n\n");
        let mut table = format!("xref\n0 {}\n0000000000 65535 f\r\n", objects.len() + 1);
        for (index, object) in objects.iter().enumerate() {
            table += &format!("{:010} 00000 n\r\n", file.len());
            file += &format!("{} 0 obj\n{object}\nendobj\n\n", index + 1);
        }
        let at = file.len();
        file += &format!("{table}trailer\n<</Size {}/Root 1 0 R/ID[(a)(b)]>>\n", objects.len() + 1);
        file += &format!("startxref\n{at}\n%%EOF");
        file.into_bytes()
    }

    #[test]
    fn a_packed_file_holds_the_same_and_less_room() {
        for pages in [1, TOGETHER, 3 * TOGETHER] {
            let (whole, packed) = (plain(pages), condensed(plain(pages)));
            assert!(pages == 1 || packed.len() < whole.len() / 4, "{} of {}", packed.len(), whole.len());
            let pdf = Pdf::new(packed).expect("a file");
            assert_eq!(pdf.pages().len(), pages);
            let root: Dict = pdf.xref().get(pdf.xref().root_id()).expect("the catalog");
            assert_eq!(
                root.get::<hayro_syntax::object::String>("Lang").expect("a language").as_bytes(),
                b"en"
            );
            for page in pdf.pages().iter() {
                let content: Stream = page.raw().get("Contents").expect("a stream");
                assert_eq!(content.raw_data().as_ref(), b"(endobj) endstream 1 0");
            }
            // The catalog, the pages' list, the stream, the pages.
            let kept = pdf.objects().into_iter().filter(|object| !is_packing(object)).count();
            assert_eq!(kept, 3 + pages);
        }
    }

    fn is_packing(object: &Object) -> bool {
        let Object::Stream(stream) = object else { return false };
        let kind = stream.dict().get::<hayro_syntax::object::Name>("Type");
        kind.is_some_and(|kind| [&b"ObjStm"[..], b"XRef"].contains(&&*kind))
    }

    #[test]
    fn what_the_typesetter_would_not_write_stays_as_it_is() {
        let whole = plain(2);
        let text = String::from_utf8(whole.clone()).expect("text");
        assert_ne!(condensed(whole), text.as_bytes());
        for other in [
            String::new(),
            "startxref\n".into(),
            text.replace("xref\n0 6", "xref\n1 6"),
            text.replace("2 0 obj", "3 0 obj"),
            text.replace("trailer", "trialer"),
            text.replace("/Size 6", ""),
            text.replace("startxref\n", "startxref\n9"),
            text.replace("00000 n", "00000"),
        ] {
            assert_ne!(other, text);
            assert_eq!(condensed(other.clone().into_bytes()), other.as_bytes(), "{other}");
        }
    }
}
