//! Data set in type, through Typst as a library: no other program, no network, no file.
//!
//! The only module that knows Typst, whose interface changes with every release.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use sha2::{Digest, Sha256};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::print::condense::condensed;

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
    include_bytes!("../../fonts/NotoEmoji-Regular.ttf"),
];

/// What the templates share.
const SHEET: &str = include_str!("sheet.typ");

/// From so many sheets on, what was remembered while a document was set goes before its file is made. Of
/// shorter ones it is little, and the next one is set faster with it.
const LONG: usize = 200;

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
        // The header of a row is one of the extras.
        library: LazyHash::new(
            Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
        ),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        sheet: Source::new(file("sheet.typ"), SHEET.into()),
    }
});

/// A document in print.
#[derive(Debug)]
pub struct Pdf {
    /// The file: PDF/UA-1, and PDF/A-2a where it has the day of a review, which that asks for
    pub bytes: Vec<u8>,
    /// Why it is not even PDF/UA-1 but has its tags alone, where it does not
    pub inaccessible: Option<String>,
}

/// A name for everything here that decides how a document comes out: the templates' shared part, the
/// fonts, this module, and the typesetter with all it uses.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        let module = include_str!("typeset.rs");
        for part in [SHEET, module, include_str!("condense.rs"), include_str!("../../Cargo.lock")] {
            hash.update(Sha256::digest(part));
        }
        FONTS.iter().for_each(|font| hash.update(Sha256::digest(font)));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    });
    &VERSION
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
    if document.pages().len() > LONG {
        typst::comemo::evict(0);
    }
    let print = |standards: &[PdfStandard]| -> Result<Vec<u8>, String> {
        let standards = PdfStandards::new(standards).map_err(|error| error.message().to_string())?;
        let options = PdfOptions {
            ident: Smart::Custom(name.to_string()),
            creator: Smart::Custom(Some(concat!("redbinder ", env!("CARGO_PKG_VERSION")).into())),
            standards,
            ..PdfOptions::default()
        };
        let file = typst_pdf::pdf(&document, &options).map_err(|errors| words(&errors))?;
        Ok(condensed(file))
    };
    let accessible = || print(&[PdfStandard::Ua_1]);
    let printed = match print(&[PdfStandard::Ua_1, PdfStandard::A_2a]).or_else(|_| accessible()) {
        Ok(bytes) => Ok(Pdf { bytes, inaccessible: None }),
        Err(reason) => print(&[]).map(|bytes| Pdf { bytes, inaccessible: Some(reason) }),
    };
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
    use crate::syntax::glyphs::{has_glyph, is_private};
    use typst::layout::Abs;
    use typst::text::{FontInstance, FontVariant, FontVariations};

    #[test]
    fn the_table_of_characters_is_what_the_fonts_have() {
        let instance = |font: &Font| {
            font.clone().instantiate(FontVariant::default(), Abs::pt(10.0), &FontVariations::default())
        };
        let fonts: Vec<FontInstance> = PRESS.fonts.iter().map(instance).collect();
        let different: Vec<String> = ('\0'..='\u{3ffff}')
            .filter(|character| !character.is_whitespace() && !is_private(*character))
            .filter(|character| {
                let shape =
                    |font: &FontInstance| font.ttf().glyph_index(*character).is_some_and(|it| it.0 != 0);
                has_glyph(*character) != fonts.iter().any(shape)
            })
            .map(|character| format!("{:x}", u32::from(character)))
            .collect();
        assert!(different.is_empty(), "mend src/syntax/glyphs.txt: {}", different.join(" "));
    }
}
