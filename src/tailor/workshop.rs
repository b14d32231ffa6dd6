//! The making of variants, and what they share while they are made.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Environment, Value as TemplateValue};

use crate::limits;
use crate::load::{PageSource, Project, has_template};
use crate::source::{ExpansionMap, Span, Spanned};
use crate::syntax::{Audience, Document, Kind, Map, Shape, Value, markdown};
use crate::tailor::draft::{Draft, first_heading};
use crate::tailor::engine::Engine;
use crate::tailor::{
    Ancestor, Body, Page, TailorFault, TailorFaultKind, Variant, context, expand, facts, layer_title, merge,
    record_id, title_of_path,
};

/// A text filled in: the address of its page as it was read, the text, and where each part of it is from.
type DocumentKey = (usize, String, ExpansionMap);
/// With that page: kept, so that its address does not become another's.
type KnownDocument = (Arc<Document>, Arc<PageSource>);
/// A merged text: the documents it is of, by address, and who may see it.
type BodyKey = (Vec<usize>, Audience);
/// Merged front matter: that of the parent and what is laid over it, by address.
type FrontKey = (usize, usize);
/// With those two: kept, so that the address of none becomes another's.
type KnownFront = (Arc<Map>, [Arc<Map>; 2]);

/// A merged text, and what is wrong with it.
#[derive(Debug, Clone)]
struct MergedBody {
    body: Arc<Body>,
    faults: Arc<[TailorFault]>,
    /// What it is of: kept, so that the address of none becomes another's.
    _documents: Arc<[Arc<Document>]>,
}

impl MergedBody {
    fn new(body: Body, faults: Vec<TailorFault>, documents: &[Arc<Document>]) -> MergedBody {
        MergedBody { body: Arc::new(body), faults: faults.into(), _documents: documents.into() }
    }
}

/// The texts that were made of a project, for whoever makes them again after a change: what comes out the
/// same is the same in memory.
#[derive(Debug, Default)]
pub struct Memory {
    documents: HashMap<DocumentKey, KnownDocument>,
    bodies: HashMap<BodyKey, MergedBody>,
    fronts: HashMap<FrontKey, KnownFront>,
}

/// What variants share while they are made: a text that comes out the same is read once.
pub(super) struct Workshop<'p> {
    project: &'p Project,
    environment: Environment<'static>,
    /// The layers that others extend
    extended: HashSet<usize>,
    /// What the lineage of each of them makes
    drafts: Mutex<HashMap<usize, Arc<Drafts>>>,
    /// The pages without a template in them, by the address of their drafts, for each edition
    pages: Mutex<HashMap<(usize, Audience), KnownPage>>,
    documents: Mutex<HashMap<DocumentKey, KnownDocument>>,
    bodies: Mutex<HashMap<BodyKey, MergedBody>>,
    fronts: Mutex<HashMap<FrontKey, KnownFront>>,
    before: &'p Memory,
}

/// What a lineage makes: for each path a draft, and what is wrong with them.
#[derive(Debug, Clone, Default)]
struct Drafts {
    of_path: BTreeMap<Arc<str>, Arc<Draft>>,
    faults: Vec<TailorFault>,
}

/// A page, and what is wrong with it.
struct KnownPage {
    page: Arc<Page>,
    /// Most have none.
    faults: Option<Arc<[TailorFault]>>,
    /// What it is made of: kept, so that its address does not become another's
    _draft: Arc<Draft>,
}

impl<'p> Workshop<'p> {
    /// A workshop in which nothing has been made yet, and what was made in the one `before`.
    pub(super) fn new(project: &'p Project, before: &'p Memory) -> Workshop<'p> {
        Workshop {
            project,
            environment: expand::environment(),
            extended: project.layers.iter().filter_map(|layer| layer.parent).collect(),
            drafts: Mutex::default(),
            pages: Mutex::default(),
            documents: Mutex::default(),
            bodies: Mutex::default(),
            fronts: Mutex::default(),
            before,
        }
    }

    /// What was made in it.
    pub(super) fn memory(self) -> Memory {
        Memory {
            documents: self.documents.into_inner().unwrap_or_else(PoisonError::into_inner),
            bodies: self.bodies.into_inner().unwrap_or_else(PoisonError::into_inner),
            fronts: self.fronts.into_inner().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The variant of a layer, where the edition may see it at all.
    pub(super) fn variant(&self, layer: usize, edition: Audience) -> Option<Variant> {
        let lineage = self.project.lineage(layer);
        let Drafts { of_path: mut drafts, mut faults } = self.drafts(&lineage);
        let lineage: Vec<Ancestor> = lineage.into_iter().map(|layer| self.ancestor(layer)).collect();
        let mut facts = match drafts.get("plan.md") {
            Some(plan) if facts::page_audience(&plan.front) > edition => return None,
            Some(plan) => (*plan.front).clone(),
            None => Map::default(),
        };
        let stated = stated_facts(&facts);
        let layers = self.project.layers.len();
        let engine = Engine::new(&self.environment, layers, self.written(&drafts));
        let context = self.narrow(&mut drafts, &mut facts, edition, &lineage, &engine, &mut faults);
        let context = context::with_records(&context, &drafts, &self.project.sources);
        let pages = self.pages(drafts, edition, &context, &engine, &mut faults);
        let mut assets = BTreeMap::new();
        for (place, ancestor) in lineage.iter().enumerate() {
            for (path, bytes) in &self.project.layers[ancestor.layer].assets {
                assets.insert(path.clone(), (place, bytes.clone()));
            }
        }
        let written_by = self.project.written_by.clone();
        let name = self.project.layers[layer].name.clone();
        Some(Variant { name, layer, lineage, written_by, edition, facts, stated, pages, assets, faults })
    }

    /// Takes out of the front matter what an edition may not see, and fills in its values.
    /// Returns the facts as templates see them.
    fn narrow(
        &self,
        drafts: &mut BTreeMap<Arc<str>, Arc<Draft>>,
        facts: &mut Map,
        edition: Audience,
        lineage: &[Ancestor],
        engine: &Engine,
        faults: &mut Vec<TailorFault>,
    ) -> TemplateValue {
        let mut hidden = facts::Hidden::default();
        facts::narrow(facts, edition, &mut hidden);
        let paths = if edition == Audience::Responders { Vec::new() } else { facts::paths(facts) };
        self.hide(drafts, edition, &paths, &mut hidden);
        facts::narrow_limited(facts, &mut hidden);
        let past = match edition {
            Audience::Responders => facts::Hidden::default(),
            _ => self.past(edition, lineage, &paths),
        };
        facts::forget_paths(facts, &[&hidden, &past]);
        // What was taken out may have been stated anew, for these readers too.
        hidden.add(past.without(facts, drafts.keys().map(|path| &**path)));
        facts::forget(facts, Kind::Plan.all_fields(), &hidden);
        let mut context = context::of_plan(self.project, lineage, facts);
        if facts::has_text(facts, &has_template) {
            self.fill_texts(facts, Kind::Plan, &context, engine, faults);
            context = context::of_plan(self.project, lineage, facts);
        }
        for draft in drafts.values_mut() {
            // Most say nothing that is hidden or filled in.
            let stays = hidden.is_empty() && !facts::has_text(&draft.front, &has_template);
            if stays && draft.kind != Kind::Plan {
                continue;
            }
            let mut front = (*draft.front).clone();
            if draft.kind == Kind::Plan {
                front = facts.clone();
            } else {
                facts::forget(&mut front, draft.kind.all_fields(), &hidden);
                self.fill_texts(&mut front, draft.kind, &context, engine, faults);
            }
            if front != *draft.front {
                Arc::make_mut(draft).front = Arc::new(front);
            }
        }
        context
    }

    /// What an edition may not see of the layers above, also where the layers below took it out.
    fn past(&self, edition: Audience, lineage: &[Ancestor], paths: &[String]) -> facts::Hidden {
        let mut past = facts::Hidden::default();
        for length in 1..lineage.len() {
            let above: Vec<usize> = lineage[..length].iter().map(|it| it.layer).collect();
            let Drafts { of_path: mut before, .. } = self.drafts(&above);
            if let Some(plan) = before.get("plan.md") {
                facts::narrow(&mut (*plan.front).clone(), edition, &mut past);
            }
            self.hide(&mut before, edition, paths, &mut past);
        }
        past
    }

    /// Takes out the pages that an edition may not see, and notes them, and which of some paths lead to sections that
    /// it may not see.
    fn hide(
        &self,
        drafts: &mut BTreeMap<Arc<str>, Arc<Draft>>,
        edition: Audience,
        paths: &[String],
        hidden: &mut facts::Hidden,
    ) {
        drafts.retain(|path, draft| {
            let shown = facts::page_audience(&draft.front) <= edition;
            if !shown {
                hidden.page(path);
                record_id(path).into_iter().for_each(|id| hidden.record(draft.kind, id));
            }
            shown
        });
        for (page, draft) in drafts.iter() {
            let inside = paths.iter().filter_map(|path| Some((path, facts::in_page(path, page)?)));
            let inside: Vec<(&String, &str)> = inside.collect();
            if inside.is_empty() {
                continue;
            }
            let hiding = draft.hiding(edition, page, &self.project.sources);
            let is_hidden = |id: &str| hiding.as_ref().is_some_and(|hiding| hiding.has(id));
            inside.iter().filter(|(_, id)| is_hidden(id)).for_each(|(path, _)| hidden.section(path));
        }
    }

    fn ancestor(&self, layer: usize) -> Ancestor {
        let found = &self.project.layers[layer];
        let front = found.plan().map(|plan| plan.front.clone()).unwrap_or_default();
        Ancestor {
            layer,
            name: found.name.clone(),
            plan_span: found.plan().map_or(Span::default(), |plan| Span::new(plan.source, 0..0)),
            title: layer_title(&found.name, &front),
        }
    }

    /// For each path, what a lineage makes of it.
    fn drafts(&self, lineage: &[usize]) -> Drafts {
        let known = {
            let known = lock(&self.drafts);
            (1..=lineage.len())
                .rev()
                .find_map(|length| Some((length, known.get(&lineage[length - 1])?.clone())))
        };
        let (start, mut drafts) = known.unwrap_or_default();
        for (place, layer) in lineage.iter().enumerate().skip(start) {
            let mut own = Arc::unwrap_or_clone(drafts);
            self.lay_over(&mut own, *layer, place);
            drafts = Arc::new(own);
            if self.extended.contains(layer) {
                // Where another thread made them meanwhile, all have the same.
                drafts = lock(&self.drafts).entry(*layer).or_insert(drafts).clone();
            }
        }
        Arc::unwrap_or_clone(drafts)
    }

    /// Lays the pages of a layer over what it inherits. `place` is its place in the lineage.
    fn lay_over(&self, Drafts { of_path: drafts, faults }: &mut Drafts, layer: usize, place: usize) {
        for (path, file) in &self.project.layers[layer].pages {
            let tailor = file.front.get("tailor");
            let verb = tailor.and_then(|node| node.value.as_text());
            let Some(draft) = drafts.get_mut(path) else {
                if let Some(node) = tailor {
                    let known = drafts.keys().map(|path| path.to_string()).collect();
                    let kind = TailorFaultKind::NothingInherited { page: path.to_string(), known };
                    faults.push(TailorFault { span: node.span, kind });
                }
                if verb != Some("remove") {
                    let draft = Draft {
                        front: file.front.clone(),
                        kind: file.kind,
                        files: vec![file.clone()],
                        layers: vec![place],
                    };
                    drafts.insert(path.clone(), Arc::new(draft));
                }
                continue;
            };
            match (verb, tailor) {
                (Some("remove"), Some(node)) if draft.kind == Kind::Plan => {
                    faults.push(TailorFault { span: node.span, kind: TailorFaultKind::PlanRemoved });
                }
                (Some("remove"), Some(node)) => {
                    let text = &self.project.sources.get(file.source).text;
                    if text[file.body.clone()].trim().is_empty() {
                        faults.push(TailorFault { span: node.span, kind: TailorFaultKind::ReasonMissing });
                    }
                    drafts.remove(path);
                }
                (verb, _) => {
                    let draft = Arc::make_mut(draft);
                    draft.front = self.front(&draft.front, &file.front);
                    draft.layers.push(place);
                    if verb == Some("replace") {
                        draft.files.clear();
                        // A page written anew has its own heading for a title.
                        if file.front.get("title").is_none()
                            && first_heading(file, &self.project.sources).is_some()
                        {
                            Arc::make_mut(&mut draft.front).remove("title");
                        }
                    }
                    draft.files.push(file.clone());
                }
            }
        }
    }

    /// Front matter laid over that of the parent.
    fn front(&self, parent: &Arc<Map>, own: &Arc<Map>) -> Arc<Map> {
        let key = (Arc::as_ptr(parent) as usize, Arc::as_ptr(own) as usize);
        let make = |_: &FrontKey| (Arc::new(facts::merge(parent, own)), [parent.clone(), own.clone()]);
        made_once(&self.fronts, &self.before.fronts, key, make).0
    }

    /// Fills values into the texts of front matter.
    fn fill_texts(
        &self,
        front: &mut Map,
        kind: Kind,
        context: &TemplateValue,
        engine: &Engine,
        faults: &mut Vec<TailorFault>,
    ) {
        facts::each_text(front, kind.all_fields(), &mut |node, shape| {
            let Value::Text(text) = &node.value else { return };
            if !has_template(text) {
                return;
            }
            let expanded = engine.expand(text, context);
            for (_, fault) in expanded.faults {
                faults.push(TailorFault { span: node.span, kind: TailorFaultKind::Template(fault) });
            }
            let mut plain = crate::syntax::unescape_value(&expanded.text).into_owned();
            if matches!(shape, Shape::Name) && limits::NAME.is_passed_by(&plain) {
                let fault =
                    expand::TemplateFault::Broken(format!("the text becomes longer than {}", limits::NAME));
                faults.push(TailorFault { span: node.span, kind: TailorFaultKind::Template(fault) });
                plain.clear();
            }
            *node = Spanned::new(Value::Text(plain), node.span);
        });
    }

    /// How many bytes were written of some pages.
    fn written(&self, drafts: &BTreeMap<Arc<str>, Arc<Draft>>) -> usize {
        let files = drafts.values().flat_map(|draft| &draft.files);
        files.map(|file| self.project.sources.get(file.source).text.len()).sum()
    }

    fn document(
        &self,
        file: &Arc<PageSource>,
        context: &TemplateValue,
        engine: &Engine,
        faults: &mut Vec<TailorFault>,
    ) -> Arc<Document> {
        if let Some(document) = &file.document {
            return document.clone();
        }
        let text = &self.project.sources.get(file.source).text;
        let expanded = engine.expand(&text[file.body.clone()], context);
        for (range, fault) in expanded.faults {
            let range = file.body.start + range.start..file.body.start + range.end;
            let span = Span::new(file.source, range);
            faults.push(TailorFault { span, kind: TailorFaultKind::Template(fault) });
        }
        let map = expanded.map.shifted(file.body.start);
        let key = (Arc::as_ptr(file) as usize, expanded.text, map);
        let make = |key: &DocumentKey| (Arc::new(markdown::parse(file.source, &key.1, &key.2)), file.clone());
        made_once(&self.documents, &self.before.documents, key, make).0
    }

    /// The pages of drafts. One without a template in it is made once for all variants that have its draft.
    fn pages(
        &self,
        drafts: BTreeMap<Arc<str>, Arc<Draft>>,
        edition: Audience,
        context: &TemplateValue,
        engine: &Engine,
        faults: &mut Vec<TailorFault>,
    ) -> BTreeMap<Arc<str>, Arc<Page>> {
        let key = |draft: &Arc<Draft>| (Arc::as_ptr(draft) as usize, edition);
        type Known = (Arc<Page>, Option<Arc<[TailorFault]>>);
        let known: Vec<Option<Known>> = {
            let known = lock(&self.pages);
            let of = |draft| known.get(&key(draft)).map(|known| (known.page.clone(), known.faults.clone()));
            drafts.values().map(of).collect()
        };
        let mut made = Vec::new();
        let mut page = |((path, draft), known): ((Arc<str>, Arc<Draft>), Option<Known>)| {
            if let Some((page, of_page)) = known {
                faults.extend(of_page.iter().flat_map(|faults| faults.iter().cloned()));
                return (path, page);
            }
            let mut of_page = Vec::new();
            let page = Arc::new(self.page(path.clone(), &draft, edition, context, engine, &mut of_page));
            faults.extend_from_slice(&of_page);
            if draft.files.iter().all(|file| file.document.is_some()) {
                let of_page = Some(of_page).filter(|faults| !faults.is_empty()).map(Arc::from);
                let known = KnownPage { page: page.clone(), faults: of_page, _draft: draft.clone() };
                made.push((path.clone(), key(&draft), known));
            }
            (path, page)
        };
        let mut pages: BTreeMap<Arc<str>, Arc<Page>> = drafts.into_iter().zip(known).map(&mut page).collect();
        let mut known = lock(&self.pages);
        for (path, key, own) in made {
            // Where another thread made it meanwhile, all have the same.
            pages.insert(path, known.entry(key).or_insert(own).page.clone());
        }
        drop(known);
        pages
    }

    fn page(
        &self,
        path: Arc<str>,
        draft: &Draft,
        edition: Audience,
        context: &TemplateValue,
        engine: &Engine,
        faults: &mut Vec<TailorFault>,
    ) -> Page {
        let mut of_templates = Vec::new();
        let documents: Vec<Arc<Document>> =
            draft.files.iter().map(|file| self.document(file, context, engine, &mut of_templates)).collect();
        if !of_templates.is_empty() {
            let dropped = merge::dropped(&documents);
            of_templates.retain(|fault| !merge::hold(&dropped, fault.span));
        }
        faults.append(&mut of_templates);
        for document in &documents {
            faults.extend(document.faults.iter().map(|fault| TailorFault {
                span: fault.span,
                kind: TailorFaultKind::Syntax(fault.kind.clone()),
            }));
        }
        let read: Vec<bool> = draft.files.iter().map(|file| file.document.is_some()).collect();
        let merged = self.body(&documents, &read, edition, &path);
        faults.extend(merged.faults.iter().cloned());
        let title = match draft.front.get("title").and_then(|node| node.value.as_text()) {
            Some(title) => title.trim().to_string(),
            None => match documents.iter().find_map(|document| document.title.as_ref()) {
                Some(title) => title.value.clone(),
                None => title_of_path(&path),
            },
        };
        Page {
            kind: draft.kind,
            front: draft.front.clone(),
            title,
            body: merged.body,
            source: draft.files[0].source,
            layers: draft.layers.clone(),
            waivers: documents.iter().flat_map(|document| document.waivers.iter().cloned()).collect(),
            path,
        }
    }

    /// What an edition gets of a page. Editions that see all of it share it. `read` says of each document whether
    /// it is the same for all variants.
    fn body(&self, documents: &[Arc<Document>], read: &[bool], edition: Audience, path: &str) -> MergedBody {
        let ids: Vec<usize> = documents.iter().map(|document| Arc::as_ptr(document) as usize).collect();
        let whole = self.whole_body(documents, &ids, read, path);
        if !whole.body.hides_something(edition) {
            return whole;
        }
        self.known_body((ids, edition), || {
            let mut body = (*whole.body).clone();
            body.narrow(edition);
            MergedBody { body: Arc::new(body), ..whole }
        })
    }

    /// All of a page: its last document, laid over what the parent has where that is the same for all its variants.
    fn whole_body(
        &self,
        documents: &[Arc<Document>],
        ids: &[usize],
        read: &[bool],
        path: &str,
    ) -> MergedBody {
        let below = documents.len().saturating_sub(1);
        self.known_body((ids.to_vec(), Audience::Responders), || {
            if below < 2 || !read[..below].iter().all(|same| *same) {
                let (body, faults) = merge::merged(documents, path);
                return MergedBody::new(body, faults, documents);
            }
            let parents = self.whole_body(&documents[..below], &ids[..below], &read[..below], path);
            let (mut body, mut faults) = ((*parents.body).clone(), parents.faults.to_vec());
            merge::lay_over(&mut body, &documents[below], path, &mut faults);
            body.drop_unmentioned();
            MergedBody::new(body, faults, documents)
        })
    }

    fn known_body(&self, key: BodyKey, make: impl FnOnce() -> MergedBody) -> MergedBody {
        made_once(&self.bodies, &self.before.bodies, key, |_| make())
    }
}

/// What was made of a key already, in this workshop or in the one before; else what is made of it now. Where
/// another thread made it meanwhile, all have the same.
fn made_once<K: Eq + Hash, V: Clone>(
    made: &Mutex<HashMap<K, V>>,
    before: &HashMap<K, V>,
    key: K,
    make: impl FnOnce(&K) -> V,
) -> V {
    if let Some(known) = lock(made).get(&key) {
        return known.clone();
    }
    let own = before.get(&key).cloned().unwrap_or_else(|| make(&key));
    lock(made).entry(key).or_insert(own).clone()
}

/// A poisoned lock only means that another thread stopped: what it guards is whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The place of every fact that says something, by its path.
fn stated_facts(facts: &Map) -> BTreeMap<String, Span> {
    fn collect(map: &Map, path: &str, found: &mut BTreeMap<String, Span>) {
        for (key, node) in map.iter().filter(|(_, node)| !node.value.is_blank()) {
            let path = if path.is_empty() { key.value.clone() } else { format!("{path}.{}", key.value) };
            if let Value::Map(inner) = &node.value {
                collect(inner, &path, found);
            }
            found.insert(path, node.span);
        }
    }
    let mut found = BTreeMap::new();
    collect(facts, "", &mut found);
    found
}
