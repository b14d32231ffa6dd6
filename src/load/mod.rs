//! The project as it is written: layers, each with its pages, and who extends whom.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

mod fault;
mod lineage;
mod text;

pub use fault::ProjectFault;
pub use text::text_of;

use crate::config::Config;
use crate::files::{File, Files};
use crate::limits;
use crate::source::{ExpansionMap, SourceId, Sources, Span, Spanned};
use crate::syntax::{Document, Fault, Kind, Map, front_matter, markdown};
use lineage::find_parents;
use text::{add_text, text};

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
    let (layers, kept) = find_parents(layers, &sources, &mut faults);
    for layer in &mut written_by {
        *layer = layer.and_then(|layer: usize| kept[layer]);
    }
    Ok(Project { config, sources, layers, written_by: written_by.into(), faults })
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
