//! What keeps a screen reader from reading a PDF, by the rules of PDF/UA-1 that a machine can judge.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use hayro_syntax::Pdf;
use hayro_syntax::content::UntypedIter;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};

/// Everything that is wrong with a file.
pub fn faults(bytes: Vec<u8>) -> Vec<String> {
    let Ok(pdf) = Pdf::new(bytes) else { return vec!["the file cannot be read".into()] };
    let mut look = Look::new(&pdf);
    look.catalog();
    look.structure();
    look.pages();
    look.fonts();
    look.bookmarks();
    look.faults
}

/// A file with its packed objects laid open, each with its words as they are written.
pub fn laid_open(file: &[u8]) -> Vec<u8> {
    let find = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|window| window == part);
    let number = |head: &str, key: &str| -> usize {
        let rest = head.split(key).nth(1).unwrap_or_else(|| panic!("no {key} in {head}"));
        rest.split(|it: char| !it.is_ascii_digit()).next().unwrap_or_default().parse().expect("a number")
    };
    let mut at = find(file, b" 0 obj\n").expect("an object");
    while file[at - 1].is_ascii_digit() {
        at -= 1;
    }
    let mut out = file[..at].to_vec();
    let mut objects: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut trailer = String::new();
    // Each is a stream that says its length, one after another.
    while file[at].is_ascii_digit() {
        let object = &file[at..];
        let data_at = find(object, b"stream\n").expect("a stream") + b"stream\n".len();
        let head = String::from_utf8_lossy(&object[..data_at]);
        let data = &object[data_at..data_at + number(&head, "/Length ")];
        let end = data_at + data.len() + find(&object[data_at + data.len()..], b"endobj").expect("its end");
        if head.contains("/Type/ObjStm") {
            let mut unpacked = Vec::new();
            flate2::read::ZlibDecoder::new(data).read_to_end(&mut unpacked).expect("packed objects");
            let (heads, values) = unpacked.split_at(number(&head, "/First "));
            let heads = std::str::from_utf8(heads).expect("numbers");
            let heads: Vec<usize> = heads.split_whitespace().filter_map(|it| it.parse().ok()).collect();
            for (index, pair) in heads.chunks(2).enumerate() {
                let end = heads.get(2 * index + 3).copied().unwrap_or(values.len());
                objects.insert(pair[0], values[pair[1]..end].to_vec());
            }
        } else if head.contains("/Type/XRef") {
            trailer = format!("<</Root {} 0 R>>", number(&head, "/Root "));
        } else {
            let number = number(&format!(" {head}"), " ");
            let start = find(object, b"obj\n").expect("an object") + b"obj\n".len();
            objects.insert(number, object[start..end].to_vec());
        }
        at += end + b"endobj\n\n".len();
    }
    let size = objects.keys().max().expect("an object") + 1;
    let mut places = vec![0; size];
    for (number, value) in objects {
        places[number] = out.len();
        out.extend(format!("{number} 0 obj\n").bytes().chain(value).chain(*b"\nendobj\n"));
    }
    let table_at = out.len();
    out.extend(format!("xref\n0 {size}\n").bytes());
    for place in places {
        let kind = if place == 0 { "65535 f" } else { "00000 n" };
        out.extend(format!("{place:010} {kind}\r\n").bytes());
    }
    out.extend(
        format!(
            "trailer\n{}\nstartxref\n{table_at}\n%%EOF",
            trailer.replace("<<", &format!("<</Size {size}"))
        )
        .bytes(),
    );
    out
}

/// What is in the content of a page: the numbers of its marked parts, and what is painted outside of
/// any part and is no artifact.
pub fn marked(content: &[u8]) -> (BTreeSet<i32>, Vec<String>) {
    const PAINT: &[&str] =
        &["Tj", "TJ", "'", "\"", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "BI"];
    let (mut parts, mut outside, mut open) = (BTreeSet::new(), Vec::new(), 0_usize);
    let mut instructions = UntypedIter::new(content);
    while let Some(instruction) = instructions.next() {
        match &**instruction.operator {
            b"BMC" | b"BDC" => {
                open += 1;
                let number = instruction
                    .operands()
                    .find_map(|operand| operand.clone().into_dict()?.get::<i32>("MCID"));
                parts.extend(number);
            }
            b"EMC" => open = open.saturating_sub(1),
            name if open == 0 && PAINT.iter().any(|paint| paint.as_bytes() == name) => {
                outside.push(String::from_utf8_lossy(name).into_owned());
            }
            _ => {}
        }
    }
    (parts, outside)
}

/// A part of a page's content: the page, and the part's number.
type Part = (ObjectIdentifier, i32);

/// What a number of the tree of parents leads to: where it does, the element, and the elements of the
/// parts of a page.
type Parents = (Option<ObjectIdentifier>, Vec<Option<ObjectIdentifier>>);

struct Look<'a> {
    pdf: &'a Pdf,
    root: Dict<'a>,
    /// For each part, the element it belongs to
    parts: BTreeMap<Part, ObjectIdentifier>,
    /// For each annotation, the element it belongs to
    annotations: BTreeMap<ObjectIdentifier, ObjectIdentifier>,
    /// What the number of a page or an annotation leads to, in the tree of parents
    parents: BTreeMap<i32, Parents>,
    roles: BTreeMap<String, String>,
    /// The level of the heading before
    level: u8,
    faults: Vec<String>,
}

/// The names an element can have, and which others may stand in it; none where any may.
const ELEMENTS: &[(&str, Option<&[&str]>)] = &[
    ("Document", None),
    ("Part", None),
    ("Sect", None),
    ("Div", None),
    ("BlockQuote", None),
    ("Caption", None),
    ("NonStruct", None),
    ("P", None),
    ("H1", None),
    ("H2", None),
    ("H3", None),
    ("H4", None),
    ("H5", None),
    ("H6", None),
    ("TOC", Some(&["TOC", "TOCI", "Caption"])),
    ("TOCI", Some(&["Lbl", "Reference", "NonStruct", "P", "TOC"])),
    ("Reference", None),
    // A list that follows in an item stands beside it.
    ("L", Some(&["L", "LI", "Caption"])),
    ("LI", Some(&["Lbl", "LBody"])),
    ("Lbl", None),
    ("LBody", None),
    ("Table", Some(&["TR", "THead", "TBody", "TFoot", "Caption"])),
    ("THead", Some(&["TR"])),
    ("TBody", Some(&["TR"])),
    ("TFoot", Some(&["TR"])),
    ("TR", Some(&["TH", "TD"])),
    ("TH", None),
    ("TD", None),
    ("Span", None),
    ("Code", None),
    ("Quote", None),
    ("Note", None),
    ("Link", None),
    ("Figure", None),
];

impl<'a> Look<'a> {
    fn new(pdf: &'a Pdf) -> Look<'a> {
        let root = pdf.xref().get::<Dict>(pdf.xref().root_id()).unwrap_or_else(Dict::empty);
        let tree = root.get::<Dict>("StructTreeRoot").unwrap_or_else(Dict::empty);
        let mut roles = BTreeMap::new();
        if let Some(map) = tree.get::<Dict>("RoleMap") {
            roles =
                map.keys().filter_map(|key| Some((key.as_str().into(), name(&map, key.as_str())?))).collect();
        }
        let mut parents = BTreeMap::new();
        if let Some(tree) = tree.get::<Dict>("ParentTree") {
            number_tree(pdf, &tree, &mut parents);
        }
        let (parts, annotations) = (BTreeMap::new(), BTreeMap::new());
        Look { pdf, root, parts, annotations, parents, roles, level: 0, faults: Vec::new() }
    }

    fn tell(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    fn catalog(&mut self) {
        let root = self.root.clone();
        let flag = |dict: &str, key: &str| {
            root.get::<Dict>(dict).and_then(|dict| dict.get::<bool>(key)).unwrap_or(false)
        };
        if !flag("MarkInfo", "Marked") {
            self.tell("the file does not say that it is tagged");
        }
        if !flag("ViewerPreferences", "DisplayDocTitle") {
            self.tell("a window shows the file's name and not its title");
        }
        if string(&root, "Lang").is_none_or(|language| language.is_empty()) {
            self.tell("the file says no language");
        }
        let metadata = root.get::<Stream>("Metadata").and_then(|it| Some(it.decoded().ok()?.into_owned()));
        let metadata = String::from_utf8_lossy(&metadata.unwrap_or_default()).into_owned();
        for said in ["<pdfuaid:part>1<", "<dc:title>"] {
            if !metadata.contains(said) {
                self.tell(format!("the metadata has no {said}"));
            }
        }
    }

    fn structure(&mut self) {
        let tree = self.root.get::<Dict>("StructTreeRoot").unwrap_or_else(Dict::empty);
        let Some(top) = tree.get::<Array>("K") else { return self.tell("there is no tree of parts") };
        for child in top.raw_iter().filter_map(|child| child.as_obj_ref()) {
            self.element(child.into(), None, "");
        }
    }

    /// Looks at an element. Its page is that of the one around it where it says none.
    fn element(&mut self, id: ObjectIdentifier, page: Option<ObjectIdentifier>, around: &str) {
        let Some(element) = self.pdf.xref().get::<Dict>(id) else {
            return self.tell("the tree leads to something that is not there");
        };
        let own = name(&element, "S").unwrap_or_default();
        let own = self.roles.get(&own).cloned().unwrap_or(own);
        let Some((_, inner)) = ELEMENTS.iter().find(|(name, _)| *name == own) else {
            return self.tell(format!("`{own}` is no part of a text"));
        };
        if let Some((_, Some(may))) = ELEMENTS.iter().find(|(name, _)| *name == around)
            && !may.contains(&&*own)
        {
            self.tell(format!("{own} stands in {around}"));
        }
        self.attributes(&element, &own);
        let page = element.get_ref("Pg").map(ObjectIdentifier::from).or(page);
        let mut has_annotation = false;
        for child in kids(&element) {
            match child {
                MaybeRef::Ref(child) => self.element(child.into(), page, &own),
                MaybeRef::NotRef(Object::Dict(child)) => {
                    let page = child.get_ref("Pg").map(ObjectIdentifier::from).or(page);
                    if let Some(annotation) = child.get_ref("Obj") {
                        has_annotation = true;
                        self.annotations.insert(annotation.into(), id);
                    } else if let (Some(page), Some(number)) = (page, child.get::<i32>("MCID")) {
                        self.parts.insert((page, number), id);
                    }
                }
                MaybeRef::NotRef(child) => {
                    let number = child.into_i32();
                    if inner.is_some() {
                        self.tell(format!("words stand in {own} and in no part of it"));
                    }
                    match (page, number) {
                        (Some(page), Some(number)) => drop(self.parts.insert((page, number), id)),
                        _ => self.tell("a part of a page is on no page"),
                    }
                }
            }
        }
        if own == "Link" && !has_annotation {
            self.tell("a link leads nowhere");
        }
    }

    fn attributes(&mut self, element: &Dict<'a>, own: &str) {
        let said = |key: &str| string(element, key).is_some_and(|words| !words.is_empty());
        match own {
            "Figure" if !said("Alt") && !said("ActualText") => self.tell("a picture has no words"),
            "Note" if !said("ID") => self.tell("a note has no name"),
            "TH" => {
                let attributes = element.get::<Array>("A").map(|all| all.iter::<Dict>().collect::<Vec<_>>());
                let attributes = attributes.unwrap_or_else(|| element.get::<Dict>("A").into_iter().collect());
                let scope = attributes.iter().find_map(|it| name(it, "Scope"));
                if !matches!(scope.as_deref(), Some("Row" | "Column" | "Both")) {
                    self.tell("a header does not say of which cells");
                }
            }
            _ => {}
        }
        if let Some(level) = own.strip_prefix('H').and_then(|level| level.parse::<u8>().ok()) {
            if level > self.level + 1 {
                self.tell(format!("a heading of level {level} follows one of level {}", self.level));
            }
            self.level = level;
        }
    }

    fn pages(&mut self) {
        let pages: Vec<_> = self.pdf.pages().iter().map(|page| page.raw().clone()).collect();
        let mut seen = BTreeSet::new();
        for (at, (page, raw)) in self.pdf.pages().iter().zip(&pages).enumerate() {
            let number = at + 1;
            let Some(id) = raw.obj_id() else { continue };
            if name(raw, "Tabs").as_deref() != Some("S") {
                self.tell(format!("sheet {number}: the tab key does not follow the text"));
            }
            let (parts, outside) = marked(page.page_stream().unwrap_or_default());
            if !outside.is_empty() {
                self.tell(format!("sheet {number}: {} outside of any part", outside.join(", ")));
            }
            let parents = raw.get::<i32>("StructParents").and_then(|at| self.parents.get(&at));
            let parents = parents.map(|(_, parts)| parts.clone()).unwrap_or_default();
            for part in parts {
                seen.insert((id, part));
                let element = self.parts.get(&(id, part)).copied();
                if element.is_none() {
                    self.tell(format!("sheet {number}: part {part} is not in the tree"));
                } else if parents.get(part as usize).copied().flatten() != element {
                    self.tell(format!("sheet {number}: part {part} does not lead to its element"));
                }
            }
            for annotation in
                raw.get::<Array>("Annots").into_iter().flat_map(|all| all.raw_iter().collect::<Vec<_>>())
            {
                let Some(annotation) = annotation.as_obj_ref() else { continue };
                self.annotation(annotation.into(), number);
            }
        }
        let lost = self.parts.keys().filter(|part| !seen.contains(part)).count();
        if lost > 0 {
            self.tell(format!("{lost} parts in the tree are on no sheet"));
        }
    }

    fn annotation(&mut self, id: ObjectIdentifier, sheet: usize) {
        let annotation = self.pdf.xref().get::<Dict>(id).unwrap_or_else(Dict::empty);
        if string(&annotation, "Contents").is_none_or(|words| words.is_empty()) {
            self.tell(format!("sheet {sheet}: a link has no words"));
        }
        let element = self.annotations.get(&id).copied();
        let parent = annotation.get::<i32>("StructParent").and_then(|at| self.parents.get(&at)?.0);
        if element.is_none() || parent != element {
            self.tell(format!("sheet {sheet}: a link is not in the tree"));
        }
        if let Some(target) = annotation.get::<Array>("Dest") {
            self.target(&target, "a link");
        }
    }

    fn target(&mut self, target: &Array<'a>, what: &str) {
        let page = target.raw_iter().next().and_then(|page| page.as_obj_ref()).map(ObjectIdentifier::from);
        if !self.pdf.pages().iter().any(|it| it.raw().obj_id() == page) || page.is_none() {
            self.tell(format!("{what} leads to no sheet"));
        }
    }

    fn fonts(&mut self) {
        for object in self.pdf.objects() {
            let Object::Dict(font) = object else { continue };
            let base = || name(&font, "BaseFont").unwrap_or_default();
            match (name(&font, "Type").as_deref(), name(&font, "Subtype").as_deref()) {
                (Some("Font"), Some("Type0" | "Type3")) if !font.contains_key("ToUnicode") => {
                    self.tell(format!("the letters of {} cannot be copied", base()));
                }
                (Some("FontDescriptor"), _)
                    if !["FontFile", "FontFile2", "FontFile3"].iter().any(|key| font.contains_key(key)) =>
                {
                    self.tell(format!("{:?} is not in the file", name(&font, "FontName")));
                }
                _ => {}
            }
        }
    }

    fn bookmarks(&mut self) {
        let Some(outlines) = self.root.get::<Dict>("Outlines") else { return };
        let mut open = vec![outlines.get::<Dict>("First")];
        while let Some(item) = open.pop() {
            let Some(item) = item else { continue };
            if string(&item, "Title").is_none_or(|title| title.is_empty()) {
                self.tell("a bookmark has no title");
            }
            match item.get::<Array>("Dest") {
                Some(target) => self.target(&target, "a bookmark"),
                None => self.tell("a bookmark leads to no sheet"),
            }
            open.extend([item.get::<Dict>("First"), item.get::<Dict>("Next")]);
        }
    }
}

fn name(dict: &Dict, key: &str) -> Option<String> {
    Some(dict.get::<Name>(key)?.as_str().to_string())
}

fn string(dict: &Dict, key: &str) -> Option<Vec<u8>> {
    Some(dict.get::<hayro_syntax::object::String>(key)?.as_bytes().to_vec())
}

/// The children of an element: one, or several.
fn kids<'a>(element: &Dict<'a>) -> Vec<MaybeRef<Object<'a>>> {
    match element.get_raw::<Object>("K") {
        Some(MaybeRef::NotRef(Object::Array(all))) => all.raw_iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

fn number_tree(pdf: &Pdf, node: &Dict, found: &mut BTreeMap<i32, Parents>) {
    if let Some(numbers) = node.get::<Array>("Nums") {
        let all: Vec<MaybeRef<Object>> = numbers.raw_iter().collect();
        for pair in all.chunks_exact(2) {
            let MaybeRef::NotRef(Object::Number(number)) = &pair[0] else { continue };
            let id = pair[1].as_obj_ref().map(ObjectIdentifier::from);
            let parts = match &pair[1] {
                MaybeRef::Ref(id) => pdf.xref().get::<Array>((*id).into()),
                MaybeRef::NotRef(object) => object.clone().into_array(),
            };
            let parts = parts.map(|all| all.raw_iter().map(|it| Some(it.as_obj_ref()?.into())).collect());
            found.insert(number.as_i64() as i32, (id, parts.unwrap_or_default()));
        }
    }
    let kids = node.get::<Array>("Kids");
    for child in kids.into_iter().flat_map(|kids| kids.iter::<Dict>().collect::<Vec<_>>()) {
        number_tree(pdf, &child, found);
    }
}
