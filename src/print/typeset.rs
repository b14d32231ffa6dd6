//! Data set in type, through Typst as a library: no other program, no network, no file.
//!
//! The only module that knows Typst, whose interface changes with every release.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// The fonts, under their own licences: see `fonts/LICENSES`.
const FONTS: &[&[u8]] = &[
    include_bytes!("../../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../../fonts/LibertinusSerif-Bold.otf"),
    include_bytes!("../../fonts/LibertinusSerif-Italic.otf"),
    include_bytes!("../../fonts/LibertinusSerif-BoldItalic.otf"),
    include_bytes!("../../fonts/OpenSans-Regular.ttf"),
    include_bytes!("../../fonts/OpenSans-Bold.ttf"),
    include_bytes!("../../fonts/OpenSans-Italic.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../../fonts/DejaVuSansMono-Bold.ttf"),
    include_bytes!("../../fonts/DejaVuSans.ttf"),
];

/// What the templates share.
const SHEET: &str = include_str!("sheet.typ");

/// What every document is set with.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sheet: Source,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().flat_map(|font| Font::iter(Bytes::new(*font))).collect();
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        sheet: Source::new(file("sheet.typ"), SHEET.into()),
    }
});

/// A document in print.
#[derive(Debug)]
pub struct Pdf {
    /// The file
    pub bytes: Vec<u8>,
    /// What it keeps of the standards: everything (PDF/UA-1 and PDF/A-2a) or only its tags, and
    /// then why
    pub shortfall: Option<String>,
}

/// Sets data with a template. `name` stays the same for a document whatever it says; `pictures`
/// are the files it shows.
///
/// # Errors
/// When the template cannot be set; the text says why. Nothing an author writes leads there.
pub fn pdf(
    name: &str,
    template: &'static str,
    data: String,
    pictures: &BTreeMap<String, Arc<[u8]>>,
) -> Result<Pdf, String> {
    let job = Job::new(template, data, pictures);
    let document: PagedDocument = typst::compile(&job).output.map_err(|errors| words(&errors))?;
    let options = |standards| PdfOptions {
        ident: Smart::Custom(name.to_string()),
        creator: Smart::Custom(Some(concat!("redbinder ", env!("CARGO_PKG_VERSION")).into())),
        standards,
        ..PdfOptions::default()
    };
    // As much as can be kept: without the day of a review, say, it is no archival copy (PDF/A
    // wants a date), and a screen reader has it as well.
    let levels: [&[PdfStandard]; 3] = [&[PdfStandard::Ua_1, PdfStandard::A_2a], &[PdfStandard::Ua_1], &[]];
    let mut shortfall = None;
    let mut printed = Err(String::new());
    for level in levels {
        let standards = PdfStandards::new(level).map_err(|error| error.message().to_string())?;
        match typst_pdf::pdf(&document, &options(standards)) {
            Ok(bytes) => {
                printed = Ok(Pdf { bytes, shortfall });
                break;
            }
            Err(errors) => {
                let reason = words(&errors);
                printed = Err(reason.clone());
                shortfall = shortfall.or(Some(reason));
            }
        }
    }
    typst::comemo::evict(8);
    printed
}

/// Whether a picture can be shown.
pub fn can_show(name: &str, bytes: &Arc<[u8]>) -> bool {
    let pictures = BTreeMap::from([(name.to_string(), bytes.clone())]);
    let job = Job::new("#image(json(\"data.json\"), width: 1cm, alt: \"-\")", format!("{name:?}"), &pictures);
    typst::compile::<PagedDocument>(&job).output.is_ok()
}

struct Job {
    main: Source,
    files: HashMap<FileId, Bytes>,
}

impl Job {
    fn new(template: &str, data: String, pictures: &BTreeMap<String, Arc<[u8]>>) -> Job {
        let mut files: HashMap<FileId, Bytes> =
            pictures.iter().map(|(name, bytes)| (file(name), Bytes::new(bytes.to_vec()))).collect();
        files.insert(file("data.json"), Bytes::from_string(data));
        Job { main: Source::new(file("main.typ"), template.into()), files }
    }
}

impl World for Job {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id {
            id if id == self.main.id() => Ok(self.main.clone()),
            id if id == PRESS.sheet.id() => Ok(PRESS.sheet.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        // Nothing reads the clock.
        None
    }
}

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).or_else(|_| VirtualPath::new("unnamed"));
    RootedPath::new(VirtualRoot::Project, path.expect("a plain name is a path")).intern()
}

fn words(errors: &[SourceDiagnostic]) -> String {
    let words: BTreeSet<String> = errors.iter().map(|error| error.message.to_string()).collect();
    words.into_iter().collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::glyphs::has_glyph;

    #[test]
    fn the_table_of_characters_is_what_the_fonts_have() {
        let different: Vec<String> = ('\0'..=char::MAX)
            .filter(|character| !character.is_whitespace())
            .filter(|character| {
                let code = u32::from(*character);
                has_glyph(*character) != PRESS.fonts.iter().any(|font| font.info().coverage.contains(code))
            })
            .map(|character| format!("{:x}", u32::from(character)))
            .collect();
        assert!(different.is_empty(), "mend src/syntax/glyphs.txt: {}", different.join(" "));
    }
}
