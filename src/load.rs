//! The project as it is written: layers, each with its pages, and who extends whom.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::{Config, ConfigFault};
use crate::files::{File, Files, Problem};
use crate::limits::{self, Limit};
use crate::source::{ExpansionMap, Source, SourceId, Sources, Span, Spanned};
use crate::syntax::escape::{find_unwritable, is_unwritable};
use crate::syntax::{Document, Fault, Kind, Map, front_matter, markdown};

/// Everything a project's folder says.
#[derive(Debug)]
pub struct Project {
    /// `site.toml`
    pub config: Config,
    /// The texts
    pub sources: Sources,
    /// The layers that have a lineage, by name.
    pub layers: Vec<Layer>,
    /// For each source, the layer that wrote it.
    pub written_by: Arc<[Option<usize>]>,
    /// What could not be read or understood
    pub faults: Vec<ProjectFault>,
}

impl Project {
    /// A layer and all it extends, the farthest first.
    pub fn lineage(&self, layer: usize) -> Vec<usize> {
        let mut lineage = vec![layer];
        while let Some(parent) = self.layers[lineage[lineage.len() - 1]].parent {
            lineage.push(parent);
        }
        lineage.reverse();
        lineage
    }

    /// The pages of all layers, by the number of their source.
    fn pages_by_source(&self) -> HashMap<u32, &Arc<PageSource>> {
        self.layers.iter().flat_map(|layer| layer.pages.values()).map(|page| (page.source.0, page)).collect()
    }

    /// The layer that wrote the text at a span.
    pub fn layer_of(&self, span: Span) -> Option<&Layer> {
        let index = *self.written_by.get(span.source.0 as usize)?;
        index.map(|index| &self.layers[index])
    }
}

/// What one party wrote: a folder with a `plan.md`.
#[derive(Debug)]
pub struct Layer {
    /// The folder's name
    pub name: Arc<str>,
    /// The folder, from the project's
    pub folder: Arc<str>,
    /// The name of the layer it extends, as written
    pub extends: Option<Spanned<String>>,
    /// The layer it extends
    pub parent: Option<usize>,
    /// Its pages, by path from its folder
    pub pages: BTreeMap<Arc<str>, Arc<PageSource>>,
    /// Its `tailoring.lock`
    pub lock: Option<SourceId>,
    /// Its other files, such as images, by path from its folder
    pub assets: BTreeMap<Arc<str>, Arc<[u8]>>,
}

impl Layer {
    /// Its `plan.md`
    pub fn plan(&self) -> Option<&Arc<PageSource>> {
        self.pages.get("plan.md")
    }
}

/// One markdown file.
#[derive(Debug)]
pub struct PageSource {
    /// The text
    pub source: SourceId,
    /// The path from the layer's folder
    pub path: Arc<str>,
    /// What it describes
    pub kind: Kind,
    /// Its front matter
    pub front: Arc<Map>,
    /// Where its body is in the text
    pub body: Range<usize>,
    /// Its body, read; `None` where values have to be filled in first.
    pub document: Option<Arc<Document>>,
    /// What is wrong with its front matter
    pub faults: Vec<Fault>,
}

/// Something wrong with the folder, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectFault {
    /// `site.toml`
    Config(ConfigFault),
    /// A file or folder that could not be read, with the system's reason
    Unreadable {
        /// The file
        path: String,
        /// The reason
        reason: String,
    },
    /// A text that is larger than it may be
    TooLarge {
        /// The file
        path: String,
        /// How large it may be
        limit: Limit,
    },
    /// More layers than there may be
    ManyLayers {
        /// The `plan.md` of the first one too many
        span: Span,
        /// How many there are
        count: usize,
        /// How many there may be
        limit: Limit,
    },
    /// More text in all variants than there may be
    MuchText {
        /// The `plan.md` of the first layer whose variant makes it too much
        span: Span,
        /// How much there may be
        limit: Limit,
    },
    /// A layer that extends more than it may
    LongLineage {
        /// Where it says so
        span: Span,
        /// How many there may be
        limit: Limit,
    },
    /// A symbolic link that leads to a folder it is in
    SymlinkLoop(String),
    /// A symbolic link that leads out of the project
    OutsideProject(String),
    /// Two names that are one on systems that do not tell case apart
    NameClash {
        /// One
        path: String,
        /// The other
        other: String,
    },
    /// A name that is not Unicode
    BadName(String),
    /// A text that is not UTF-8; the place of the first byte that is not.
    NotUtf8(Span),
    /// A character that nobody writes: for private use, or a control character
    Unwritable(Span, char),
    /// A file of the site's own theme
    Theme(crate::theme::Fault),
    /// Front matter
    FrontMatter(Fault),
    /// Two layers of one name
    LayerNameTaken {
        /// The `plan.md` of the later one
        span: Span,
        /// The name
        name: String,
        /// The folder of the first one
        other: String,
    },
    /// A layer that extends one that does not exist
    UnknownParent {
        /// Where it says so
        span: Span,
        /// The name
        name: String,
        /// The names there are
        known: Vec<String>,
    },
    /// A layer that extends itself, directly or by way of others
    ExtendsItself {
        /// Where it says so
        span: Span,
        /// The way round, by name
        way: Vec<String>,
    },
    /// A `plan.md` inside a layer's folder
    LayerInsideLayer {
        /// The inner `plan.md`
        span: Span,
        /// The outer layer
        outer: String,
    },
    /// A layer whose name the site needs itself
    ReservedName {
        /// Its `plan.md`
        span: Span,
        /// The name
        name: String,
    },
    /// A page in no layer's folder
    PageWithoutLayer(Span),
    /// A project without a layer
    NoLayer {
        /// The folder that was looked into
        folder: String,
    },
}

impl ProjectFault {
    /// What is wrong with a folder that was read.
    pub fn of(problem: &Problem) -> ProjectFault {
        match problem.clone() {
            Problem::Unreadable { path, reason } => ProjectFault::Unreadable { path, reason },
            Problem::SymlinkLoop { path } => ProjectFault::SymlinkLoop(path),
            Problem::OutsideProject { path } => ProjectFault::OutsideProject(path),
            Problem::NameClash { path, other } => ProjectFault::NameClash { path, other },
            Problem::BadName { path } => ProjectFault::BadName(path),
        }
    }
}

/// So many layers with an unknown parent are told which there are.
const MOST_SUGGESTIONS: usize = 100;

/// Names in the output that no layer may take.
pub const RESERVED_NAMES: &[&str] = &[
    "assets",
    "public",
    "staff",
    "responders",
    "search",
    "verify",
    "index.html",
    "404.html",
    "sitemap.xml",
    "robots.txt",
    "worker.js",
    "_headers",
    "plan.schema.json",
];

/// Makes a project of what its folder holds. `settings` is `site.toml`, where there is one;
/// `files_of` reads the folder of the layers.
///
/// # Errors
/// Those of `files_of`.
pub fn load(
    settings: Option<&[u8]>,
    files_of: impl FnOnce(&str) -> Result<Files, crate::files::Error>,
) -> Result<Project, crate::files::Error> {
    load_again(settings, files_of, None)
}

/// The same, when it was read before: pages whose text is still the same are not read again.
///
/// # Errors
/// Those of `files_of`.
pub fn load_again(
    settings: Option<&[u8]>,
    files_of: impl FnOnce(&str) -> Result<Files, crate::files::Error>,
    before: Option<&Project>,
) -> Result<Project, crate::files::Error> {
    let mut sources = Sources::default();
    let mut faults = Vec::new();
    let settings = File { path: "site.toml".to_string(), bytes: settings.unwrap_or_default().to_vec() };
    let config_source = add_text(&mut sources, text(settings), &mut faults);
    let (config, config_faults) = crate::config::read(config_source, &sources.get(config_source).text);
    faults.extend(config_faults.into_iter().map(ProjectFault::Config));
    let files = files_of(&config.content.value)?;
    faults.extend(files.problems.iter().map(ProjectFault::of));

    let mut texts: Vec<(String, SourceId)> = Vec::new();
    let mut locks: Vec<(String, SourceId)> = Vec::new();
    let is_text = |path: &str| path.ends_with(".md") || path.ends_with("/tailoring.lock");
    let (written, assets): (Vec<File>, Vec<File>) =
        files.files.into_iter().partition(|file| is_text(&file.path));
    for text in written.into_par_iter().map(text).collect::<Vec<_>>() {
        let path = text.source.path.to_string();
        let of_its_kind = if path.ends_with(".md") { &mut texts } else { &mut locks };
        of_its_kind.push((path, add_text(&mut sources, text, &mut faults)));
    }

    let (mut layers, folders) = find_layers(&texts, &config.content.value, &mut faults);
    if layers.is_empty() {
        faults.push(ProjectFault::NoLayer { folder: config.content.value.clone() });
    }
    let mut written_by = vec![None; sources.iter().count()];
    let mut jobs = Vec::new();
    for (path, id) in &texts {
        match owner(&folders, path) {
            Some((folder, Some(layer))) => {
                written_by[id.0 as usize] = Some(layer);
                jobs.push((layer, *id, Arc::from(&path[folder.len() + 1..])));
            }
            // In the folder of a layer that is left out, which is told.
            Some((_, None)) => {}
            None => faults.push(ProjectFault::PageWithoutLayer(Span::new(*id, 0..0))),
        }
    }
    let known = before.map(Project::pages_by_source).unwrap_or_default();
    let page = |(layer, id, path): (usize, SourceId, Arc<str>)| {
        let known = before.zip(known.get(&id.0)).and_then(|(before, page)| {
            let (then, now) = (before.sources.get(id), sources.get(id));
            (page.path == path && then.path == now.path && then.text == now.text).then(|| (*page).clone())
        });
        (layer, known.unwrap_or_else(|| Arc::new(read_page(&sources, id, path))))
    };
    let pages: Vec<(usize, Arc<PageSource>)> = jobs.into_par_iter().map(page).collect();
    for (layer, page) in pages {
        faults.extend(page.faults.iter().cloned().map(ProjectFault::FrontMatter));
        layers[layer].pages.insert(page.path.clone(), page);
    }
    for (path, id) in locks {
        if let Some((folder, Some(layer))) = owner(&folders, &path)
            && folder_of(&path) == folder
        {
            written_by[id.0 as usize] = Some(layer);
            layers[layer].lock = Some(id);
        }
    }
    for File { path, bytes } in assets {
        if let Some((folder, Some(layer))) = owner(&folders, &path) {
            layers[layer].assets.insert(Arc::from(&path[folder.len() + 1..]), bytes.into());
        }
    }
    let (layers, kept) = find_parents(layers, &mut faults);
    for layer in &mut written_by {
        *layer = layer.and_then(|layer: usize| kept[layer]);
    }
    Ok(Project { config, sources, layers, written_by: written_by.into(), faults })
}

/// A text of the project as it is read: UTF-8, without a byte order mark, lines ending in `\n`.
pub fn text_of(bytes: &[u8]) -> String {
    decode(bytes.to_vec()).0
}

/// A text, and why it is not what its file has.
struct Text {
    source: Source,
    problem: Option<TextProblem>,
}

enum TextProblem {
    TooLarge(Limit),
    NotUtf8(usize),
    Unwritable(usize, char),
}

fn text(file: File) -> Text {
    let limit = if file.path.ends_with(".md") { limits::PAGE } else { limits::TEXT };
    if file.bytes.len() > limit.most {
        return Text { source: Source::new(file.path, ""), problem: Some(TextProblem::TooLarge(limit)) };
    }
    let (text, problem) = decode(file.bytes);
    Text { source: Source::new(file.path, text), problem }
}

/// Adds a file's text to the sources, and tells what in it is no text.
fn add_text(sources: &mut Sources, text: Text, faults: &mut Vec<ProjectFault>) -> SourceId {
    let id = sources.push(text.source);
    faults.extend(text.problem.map(|problem| match problem {
        TextProblem::TooLarge(limit) => {
            ProjectFault::TooLarge { path: sources.get(id).path.to_string(), limit }
        }
        TextProblem::NotUtf8(at) => ProjectFault::NotUtf8(Span::new(id, at..at + 3)),
        TextProblem::Unwritable(at, character) => {
            ProjectFault::Unwritable(Span::new(id, at..at + 3), character)
        }
    }));
    id
}

/// The text of a file: without a byte order mark, with `\n` at the end of lines. Bytes
/// that are no text become `U+FFFD`.
fn decode(mut bytes: Vec<u8>) -> (String, Option<TextProblem>) {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    let (mut text, is_text) = match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), false),
    };
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    if !is_text {
        let at = text.find('\u{FFFD}').unwrap_or(0);
        return (text, Some(TextProblem::NotUtf8(at)));
    }
    match find_unwritable(&text) {
        Some((at, character)) => {
            (text.replace(is_unwritable, "\u{FFFD}"), Some(TextProblem::Unwritable(at, character)))
        }
        None => (text, None),
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders that have a `plan.md`, each with the number of its layer; those of layers that
/// are left out have none.
type Folders = HashMap<String, Option<usize>>;

/// The layers of a project, by name, without their pages.
fn find_layers(
    texts: &[(String, SourceId)],
    content: &str,
    faults: &mut Vec<ProjectFault>,
) -> (Vec<Layer>, Folders) {
    let plans = texts.iter().filter(|(path, _)| path.ends_with("/plan.md"));
    let mut plans: Vec<(&str, SourceId)> = plans.map(|(path, id)| (folder_of(path), *id)).collect();
    // A plan.md in the content folder itself is no layer: it is told as a page in none.
    plans.retain(|(folder, _)| *folder != content);
    plans.sort_by_key(|(folder, _)| (folder.matches('/').count(), folder.to_string()));
    let mut layers: Vec<Layer> = Vec::new();
    let mut folders = Folders::new();
    let mut names: HashMap<String, String> = HashMap::new();
    let (count, mut too_many) = (plans.len(), None);
    for (folder, id) in plans {
        let span = Span::new(id, 0..0);
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let outer = owner(&folders, folder).map(|(outer, _)| outer.to_string());
        folders.insert(folder.to_string(), None);
        if RESERVED_NAMES.iter().any(|reserved| reserved.eq_ignore_ascii_case(name)) {
            faults.push(ProjectFault::ReservedName { span, name: name.to_string() });
        } else if let Some(outer) = outer {
            let outer = outer.rsplit('/').next().unwrap_or_default().to_string();
            faults.push(ProjectFault::LayerInsideLayer { span, outer });
        } else if let Some(other) = names.get(&name.to_lowercase()) {
            let other = other.clone();
            faults.push(ProjectFault::LayerNameTaken { span, name: name.to_string(), other });
        } else if layers.len() == limits::LAYERS.most {
            too_many.get_or_insert(span);
        } else {
            names.insert(name.to_lowercase(), folder.to_string());
            layers.push(Layer {
                name: name.into(),
                folder: folder.into(),
                extends: None,
                parent: None,
                pages: BTreeMap::new(),
                lock: None,
                assets: BTreeMap::new(),
            });
        }
    }
    faults.extend(too_many.map(|span| ProjectFault::ManyLayers { span, count, limit: limits::LAYERS }));
    layers.sort_by(|a, b| a.name.cmp(&b.name));
    for (index, layer) in layers.iter().enumerate() {
        folders.insert(layer.folder.to_string(), Some(index));
    }
    (layers, folders)
}

/// The nearest folder above a path that has a `plan.md`.
fn owner<'p>(folders: &Folders, path: &'p str) -> Option<(&'p str, Option<usize>)> {
    let mut folder = folder_of(path);
    loop {
        if let Some(layer) = folders.get(folder) {
            return Some((folder, *layer));
        }
        folder = match folder_of(folder) {
            "" => return None,
            above => above,
        };
    }
}

fn read_page(sources: &Sources, source: SourceId, path: Arc<str>) -> PageSource {
    let text = &sources.get(source).text;
    let kind = Kind::of_path(&path);
    let (range, body, fault) = front_matter::split(source, text);
    let mut faults: Vec<Fault> = fault.into_iter().collect();
    let mut front = Map::default();
    if !faults.is_empty() {
        front = front_matter::unreadable(source);
    }
    if let Some(range) = range {
        let (map, more) = front_matter::read(source, text, range, kind);
        front = map;
        faults.extend(more);
    }
    let content = &text[body..];
    let document = (!has_template(content))
        .then(|| Arc::new(markdown::parse(source, content, &ExpansionMap::copied(body))));
    PageSource { source, path, kind, front: Arc::new(front), body: body..text.len(), document, faults }
}

/// Whether a text has values to fill in. A heading's `{#id}` is none: comments of
/// templates are written `{## … ##}`.
pub fn has_template(text: &str) -> bool {
    ["{{", "{%", "{##"].iter().any(|mark| text.contains(mark))
}

/// For each page of a variant how long its text is before values are filled in, and whether any are.
type Texts<'l> = BTreeMap<&'l str, (usize, bool)>;

/// Leaves out the layers from the first on with whose variant the text of all is more than it may be. What a
/// variant has as its parent has it is made once.
fn leave_out_excess(layers: &[Layer], dropped: &mut [bool], faults: &mut Vec<ProjectFault>) {
    let extended: HashSet<usize> = layers.iter().filter_map(|layer| layer.parent).collect();
    let mut known: HashMap<usize, Texts> = HashMap::new();
    let (mut size, mut first) = (0, None);
    for (index, layer) in layers.iter().enumerate() {
        if dropped[index] {
            continue;
        }
        let mut way = vec![index];
        while let Some(parent) =
            layers[way[way.len() - 1]].parent.filter(|parent| !known.contains_key(parent))
        {
            way.push(parent);
        }
        let mut texts =
            layers[way[way.len() - 1]].parent.map(|parent| known[&parent].clone()).unwrap_or_default();
        for place in way.into_iter().rev() {
            for (path, page) in &layers[place].pages {
                let text = texts.entry(path).or_default();
                *text = (text.0 + page.body.len(), text.1 || page.document.is_none());
            }
            if extended.contains(&place) {
                known.insert(place, texts.clone());
            }
        }
        let is_own = |path: &str| layer.parent.is_some() && layer.pages.contains_key(path);
        let own = texts.iter().filter(|(path, (_, is_filled_in))| *is_filled_in || is_own(path));
        size += own.map(|(_, (length, _))| length).sum::<usize>();
        if size > limits::TAILORED.most {
            first.get_or_insert(index);
            dropped[index] = true;
        }
    }
    let Some(first) = first else { return };
    let span = layers[first].plan().map_or(Span::default(), |plan| Span::new(plan.source, 0..0));
    faults.push(ProjectFault::MuchText { span, limit: limits::TAILORED });
    for start in 0..layers.len() {
        let above = std::iter::successors(Some(start), |index| layers[*index].parent);
        if above.take(limits::LINEAGE.most).any(|index| dropped[index]) {
            dropped[start] = true;
        }
    }
}

/// Finds each layer's parent. Layers without a lineage are left out; for each old index
/// the new one is returned.
fn find_parents(mut layers: Vec<Layer>, faults: &mut Vec<ProjectFault>) -> (Vec<Layer>, Vec<Option<usize>>) {
    let names: Vec<String> = layers.iter().map(|layer| layer.name.to_string()).collect();
    let mut dropped = vec![false; layers.len()];
    for (index, layer) in layers.iter_mut().enumerate() {
        let extends = layer.plan().and_then(|plan| plan.front.get("extends").cloned());
        let Some(node) = extends else { continue };
        let Some(name) = node.value.as_text() else { continue };
        layer.extends = Some(Spanned::new(name.to_string(), node.span));
        match names.binary_search_by(|known| known.as_str().cmp(name)) {
            Ok(parent) => layer.parent = Some(parent),
            Err(_) => {
                // Who makes a mistake so often knows where.
                let asked = if faults.len() < MOST_SUGGESTIONS { &names[..] } else { &[] };
                let known = asked.iter().filter(|other| **other != names[index]).cloned().collect();
                faults.push(ProjectFault::UnknownParent { span: node.span, name: name.to_string(), known });
                dropped[index] = true;
            }
        }
    }
    let mut is_told = false;
    for start in 0..layers.len() {
        let mut way = vec![start];
        while let Some(parent) = layers[way[way.len() - 1]].parent {
            if way.contains(&parent) {
                dropped[start] = true;
                // Told once for each circle: at its first layer by name.
                let circle = &way[way.iter().position(|index| *index == parent).unwrap_or(0)..];
                if parent == start && circle.iter().min() == Some(&start) {
                    let span = layers[start].extends.as_ref().map_or(Span::default(), |extends| extends.span);
                    let mut names: Vec<String> = circle.iter().map(|index| names[*index].clone()).collect();
                    names.push(layers[start].name.to_string());
                    faults.push(ProjectFault::ExtendsItself { span, way: names });
                }
                break;
            }
            way.push(parent);
            if way.len() > limits::LINEAGE.most {
                dropped[start] = true;
                if !is_told {
                    let span = layers[start].extends.as_ref().map_or(Span::default(), |extends| extends.span);
                    faults.push(ProjectFault::LongLineage { span, limit: limits::LINEAGE });
                }
                is_told = true;
                break;
            }
        }
        if way.iter().any(|index| dropped[*index]) {
            dropped[start] = true;
        }
    }
    leave_out_excess(&layers, &mut dropped, faults);
    let mut kept = vec![None; layers.len()];
    let mut next = 0;
    for (index, dropped) in dropped.iter().enumerate() {
        if !dropped {
            kept[index] = Some(next);
            next += 1;
        }
    }
    let layers = layers
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !dropped[*index])
        .map(|(_, layer)| Layer { parent: layer.parent.and_then(|parent| kept[parent]), ..layer })
        .collect();
    (layers, kept)
}
