//! Plans: variants, understood. Typed records, facts, and what every link leads to.

pub mod address;
pub mod alone;
pub mod columns;
pub mod companion;
mod content_hash;
mod divided;
pub mod facts;
pub mod fields;
pub mod inherited;
pub mod letters;
mod link_name;
pub mod matching;
pub mod names;
pub mod navigation;
mod page;
pub mod prose;
pub mod provenance;
pub mod records;
pub mod reference;
pub mod severity_names;
pub mod spelling;
pub mod step;
pub mod telephone;
pub mod wording;
pub mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::source::{Sources, Span};
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::{Audience, Field, Kind, Map, Shape};
use crate::tailor::{Page, Variant, list_order, record_id};

pub use divided::Divided;
pub use facts::{Approval, Change, DocumentControl, Fact, Reporting, Requirement};
pub use fields::Fields;
pub use inherited::{InheritedFact, inherited_facts};
pub use names::{Name, NameSort};
pub use navigation::Navigation;
pub use page::{Origin, PlanPage, each_reference};
pub use prose::Run;
pub use provenance::Place;
pub use records::{Checklist, Phase, Playbook, Record, Role, Severity, Template, Text};
pub use reference::{Anchors, Problem, Target};
pub use severity_names::{Called, SeverityNames};

/// One variant's text as one audience gets it, understood.
#[derive(Debug)]
pub struct Plan {
    /// The variant's name
    pub name: Arc<str>,
    /// What it is called in a sentence
    pub title: String,
    /// Who may see it
    pub edition: Audience,
    /// The layers it consists of, the farthest first
    pub lineage: Vec<LineageEntry>,
    /// Whose plan it is; empty where nobody's
    pub organization: String,
    /// Whether it is a system's, and not an organization's
    pub is_system: bool,
    /// Document control
    pub document: DocumentControl,
    /// How a reader reports something
    pub reporting: Reporting,
    /// Facts that links can name
    pub facts: Vec<Fact>,
    /// Facts it must state
    pub requirements: Vec<Requirement>,
    /// All facts as they were merged
    pub values: Map,
    /// Where each fact is stated, by its path
    pub places: BTreeMap<String, Place>,
    /// Severities, the worst first
    pub severities: Vec<Severity>,
    /// Roles
    pub roles: Vec<Role>,
    /// Phases, in order
    pub phases: Vec<Phase>,
    /// Checklists
    pub checklists: Vec<Checklist>,
    /// Templates
    pub templates: Vec<Template>,
    /// Playbooks
    pub playbooks: Vec<Playbook>,
    /// The pages, by path
    pub pages: Vec<Arc<PlanPage>>,
    /// The other files, by path
    pub files: BTreeMap<Arc<str>, Arc<[u8]>>,
    /// What could not be understood
    pub faults: Vec<PlanFault>,
    /// The paths of the files that links could name when they were followed
    linkable: Vec<Arc<str>>,
    /// The hash of its content, once somebody has asked for it
    hash: OnceLock<String>,
}

/// A layer a plan consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageEntry {
    /// Its name
    pub name: Arc<str>,
    /// What it is called in a sentence
    pub title: String,
    /// Its folder, from the project's, with a slash at its end
    pub folder: String,
}

/// Something a plan cannot mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFault {
    /// Where
    pub span: Span,
    /// What
    pub kind: PlanFaultKind,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFaultKind {
    /// A field that is required and not there
    MissingField {
        /// The field
        field: &'static str,
        /// What it says
        doc: &'static str,
        /// The page
        page: String,
        /// The path of the record in it; empty for the page itself
        record: String,
    },
    /// Front matter that refers to nothing
    UnknownReference {
        /// What it should be: `role`, or the map of facts
        what: &'static str,
        /// The id
        id: String,
    },
    /// A link that leads nowhere, as written
    BrokenLink(String, Problem),
    /// A checklist for a page that is not there, as it names it
    LostCompanion(String, Problem),
    /// An image that is on another server
    RemoteImage(String),
    /// A fact the plan must state and does not
    MissingFact {
        /// The requirement
        path: String,
        /// Why
        why: String,
        /// Where it is required
        required: Span,
        /// Where it is inherited from, when it must not be
        inherited: Option<Span>,
        /// The layer that has to state it
        by: String,
    },
    /// Two sections of one page with one id that an author chose
    RepeatedId {
        /// The id
        id: String,
        /// The page
        page: String,
        /// Where it stands first
        first: Span,
    },
}

/// Reads variants, each after its parent, with which it shares the pages that it does not tailor. `before`
/// are the plans that were read of them when they were read last.
pub fn read_all(variants: &[Variant], sources: &Sources, before: &[Plan]) -> Vec<Plan> {
    let before: HashMap<_, _> = before.iter().map(|plan| ((&plan.name, plan.edition), plan)).collect();
    let places: HashMap<_, _> =
        variants.iter().enumerate().map(|(at, variant)| ((variant.layer, variant.edition), at)).collect();
    let mut by_depth: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, variant) in variants.iter().enumerate() {
        by_depth.entry(variant.lineage.len()).or_default().push(at);
    }
    let mut plans: Vec<Option<Plan>> = variants.iter().map(|_| None).collect();
    for of_depth in by_depth.into_values() {
        let read = |at: usize| {
            let variant = &variants[at];
            let parent = variant.lineage.iter().nth_back(1);
            let parent = parent.and_then(|parent| places.get(&(parent.layer, variant.edition)));
            let own = before.get(&(&variant.name, variant.edition)).copied();
            let parent = parent.and_then(|parent| plans[*parent].as_ref());
            let known: Vec<&Plan> = own.into_iter().chain(parent).collect();
            (at, Plan::read_again(variant, sources, &known))
        };
        let read: Vec<(usize, Plan)> = of_depth.into_par_iter().map(read).collect();
        read.into_iter().for_each(|(at, plan)| plans[at] = Some(plan));
    }
    plans.into_iter().flatten().collect()
}

/// Fewer pages of a variant are not worth the other cores: they read other variants.
const MANY_PAGES: usize = 64;

impl Plan {
    /// Reads a variant. What cannot be understood is in `faults`.
    pub fn read(variant: &Variant, sources: &Sources) -> Plan {
        Plan::read_again(variant, sources, &[])
    }

    /// The same, where its plan of before and its parent's may be `known`: pages that are the same in memory
    /// are not read anew, nor their links followed where all that links can name is the same.
    fn read_again(variant: &Variant, sources: &Sources, known: &[&Plan]) -> Plan {
        // Where a page says from which layer it is, it counts from the farthest.
        let is_above = |plan: &&Plan| {
            plan.edition == variant.edition
                && plan.lineage.len() <= variant.lineage.len()
                && plan.lineage.iter().zip(&variant.lineage).all(|(one, other)| one.name == other.name)
        };
        let known: Vec<&Plan> = known.iter().copied().filter(is_above).collect();
        let mut faults = Vec::new();
        let fields = Fields::new(&variant.facts);
        let own = variant.lineage.last();
        let of_known = known_pages(variant, &known);
        let pages: Vec<Arc<PlanPage>> = variant
            .pages
            .values()
            .zip(of_known)
            .collect::<Vec<_>>()
            .into_par_iter()
            .with_min_len(MANY_PAGES)
            .map(|(page, known)| known.unwrap_or_else(|| Arc::new(page::read(variant, page, sources))))
            .collect();
        let records: Vec<(&str, &Page)> = variant
            .pages
            .values()
            .filter(|page| page.kind.folder().is_some())
            .filter_map(|page| Some((record_id(&page.path)?, &**page)))
            .collect();
        let mut plan = Plan {
            name: variant.name.clone(),
            title: own.map_or(variant.name.to_string(), |own| own.title.clone()),
            edition: variant.edition,
            lineage: variant
                .lineage
                .iter()
                .map(|layer| LineageEntry {
                    name: layer.name.clone(),
                    title: layer.title.clone(),
                    folder: sources.get(layer.plan_span.source).path.trim_end_matches("plan.md").to_string(),
                })
                .collect(),
            organization: fields.record("organization").map_or(String::new(), |it| it.text_or_empty("name")),
            is_system: variant.facts.get("system").is_some(),
            document: DocumentControl::read(&variant.facts),
            reporting: Reporting::read(&variant.facts),
            facts: facts::read_facts(&variant.facts),
            requirements: facts::read_requirements(&variant.facts),
            values: variant.facts.clone(),
            places: provenance::places(variant, sources),
            severities: read_records(&records, Kind::Severity, Severity::read),
            roles: read_records(&records, Kind::Role, Role::read),
            phases: read_records(&records, Kind::Phase, Phase::read),
            checklists: read_records(&records, Kind::Checklist, Checklist::read),
            templates: read_records(&records, Kind::Template, Template::read),
            playbooks: read_records(&records, Kind::Playbook, Playbook::read),
            pages,
            files: variant.assets.iter().map(|(path, (_, bytes))| (path.clone(), bytes.clone())).collect(),
            faults: Vec::new(),
            linkable: variant.assets.keys().cloned().collect(),
            hash: OnceLock::new(),
        };
        plan.examine_fronts(variant, &mut faults);
        plan.find_missing_facts(variant, &mut faults);
        plan.follow_links(&known);
        faults.extend(plan.pages.iter().flat_map(|page| page.faults.iter().cloned()));
        plan.follow_controls(&mut faults);
        plan.follow_companions(&mut faults);
        if plan.edition < Audience::Responders {
            plan.keep_linked_files();
        }
        plan.faults = faults;
        plan
    }

    /// The number of the page with this path.
    pub fn page_index(&self, path: &str) -> Option<usize> {
        self.pages.binary_search_by(|page| (*page.path).cmp(path)).ok()
    }

    /// A short hash of what readers get, so that anybody can tell whether a printed copy is still the
    /// current one: the first 48 bits of a SHA-256 as three groups of four hexadecimal digits, such as
    /// `7c0f 91aa 03de`.
    pub fn content_hash(&self) -> &str {
        self.hash.get_or_init(|| content_hash::content_hash(self))
    }

    /// The records of a kind, in the order they are listed.
    pub fn records(&self, kind: Kind) -> Vec<&Record> {
        match kind {
            Kind::Severity => self.severities.iter().map(|it| &it.record).collect(),
            Kind::Role => self.roles.iter().map(|it| &it.record).collect(),
            Kind::Phase => self.phases.iter().map(|it| &it.record).collect(),
            Kind::Checklist => self.checklists.iter().map(|it| &it.record).collect(),
            Kind::Template => self.templates.iter().map(|it| &it.record).collect(),
            Kind::Playbook => self.playbooks.iter().map(|it| &it.record).collect(),
            Kind::Plan | Kind::Page => Vec::new(),
        }
    }

    /// The number of the page that a value of front matter names, from the layer's folder or from
    /// the page it stands on.
    ///
    /// # Errors
    ///
    /// What the value leads to instead.
    pub fn page_named(&self, path: &str, from: usize) -> Result<usize, Target> {
        let path = path.split('#').next().unwrap_or(path).trim();
        if let Some(page) = self.page_index(path.trim_start_matches("./")) {
            return Ok(page);
        }
        match reference::resolve(self, from, path) {
            Target::Page(page, _) => Ok(page),
            Target::Record(kind, at) => {
                let record = self.records(kind).get(at).and_then(|record| self.page_index(&record.page));
                record.ok_or(Target::Record(kind, at))
            }
            // Most are named from the layer's folder, and what is not there is looked for there.
            Target::Broken(problem) => Err(match self.page_index("plan.md") {
                Some(home) if !path.starts_with("..") => reference::resolve(self, home, path),
                _ => Target::Broken(problem),
            }),
            other => Err(other),
        }
    }

    /// The ids of the records of a kind, in the order they are listed.
    pub fn record_ids(&self, kind: Kind) -> Vec<&str> {
        self.records(kind).into_iter().map(|record| record.id.as_str()).collect()
    }

    /// The ids of what is called so: a kind of page such as `role`, or a map of facts or its scheme, such as
    /// `channels` or `channel`.
    pub fn ids(&self, what: &str) -> Vec<&str> {
        let kind =
            Kind::ALL.into_iter().filter(|kind| kind.folder().is_some()).find(|kind| kind.name() == what);
        if let Some(kind) = kind {
            return self.record_ids(kind);
        }
        let map = FACT_KINDS.iter().find(|(scheme, _)| *scheme == what).map_or(what, |(_, map)| *map);
        self.facts.iter().filter(|fact| fact.map == map).map(|fact| fact.id.value.as_str()).collect()
    }

    fn examine_fronts(&self, variant: &Variant, faults: &mut Vec<PlanFault>) {
        let mut known: HashMap<&str, HashSet<&str>> = HashMap::new();
        for page in variant.pages.values() {
            let fields: Vec<&'static Field> = page.kind.all_fields().collect();
            let front = if page.kind == Kind::Plan { &variant.facts } else { &*page.front };
            let start = Span::new(page.source, 0..0);
            fields::examine(front, &fields, "", None, &mut |finding| match finding {
                fields::Finding::Missing(field, place, record) => faults.push(PlanFault {
                    span: place.unwrap_or(start),
                    kind: PlanFaultKind::MissingField {
                        field: field.name,
                        doc: field.doc,
                        page: page.path.to_string(),
                        record: record.to_string(),
                    },
                }),
                fields::Finding::Reference(id, span, shape) => {
                    let what = match shape {
                        Shape::Id(kind) => kind.name(),
                        Shape::FactId(map) => *map,
                        _ => return,
                    };
                    let known = known.entry(what).or_insert_with(|| self.ids(what).into_iter().collect());
                    if !known.contains(id) {
                        let kind = PlanFaultKind::UnknownReference { what, id: id.to_string() };
                        faults.push(PlanFault { span, kind });
                    }
                }
            });
        }
    }

    fn find_missing_facts(&self, variant: &Variant, faults: &mut Vec<PlanFault>) {
        let own = variant.lineage.len() - 1;
        let writer = |span: Span| variant.writer(span.source);
        // Asked of what is stated, not of what this edition may see of it.
        let stated = |path: &str| variant.stated.get(path).copied();
        let is_system = stated("system.name").is_some_and(|span| writer(span) == Some(own));
        for requirement in &self.requirements {
            let path = requirement.path.value.as_str();
            let found = stated(path);
            // The layer that has to state it, and whether it does.
            let (by, is_stated) = match requirement.set_by.as_str() {
                "organization" if own > 0 => (1, found.is_some_and(|span| writer(span) != Some(0))),
                "system" if is_system => (own, found.is_some_and(|span| writer(span) == Some(own))),
                "organization" | "system" => continue,
                _ => (0, found.is_some()),
            };
            if !is_stated {
                faults.push(PlanFault {
                    span: variant.lineage[by].plan_span,
                    kind: PlanFaultKind::MissingFact {
                        path: path.to_string(),
                        why: requirement.why.clone(),
                        required: requirement.path.span,
                        inherited: found,
                        by: requirement.set_by.clone(),
                    },
                });
            }
        }
    }

    /// Follows the links of the pages, but for those of known plans whose links lead to the same things.
    fn follow_links(&mut self, known: &[&Plan]) {
        let known: Vec<_> = known.iter().filter_map(|known| Some((known, known.renamed_in(self)?))).collect();
        let is_known = |at: usize| {
            known.iter().any(|(known, renamed)| {
                let still = |target: &Target| match target {
                    Target::Page(page, _) => !renamed.contains(page),
                    Target::Broken(_) => renamed.is_empty(),
                    _ => true,
                };
                Arc::ptr_eq(&known.pages[at], &self.pages[at])
                    && (renamed.is_empty() || self.pages[at].links.values().all(still))
            })
        };
        let links: Vec<_> = (0..self.pages.len())
            .into_par_iter()
            .with_min_len(MANY_PAGES)
            .map(|page| (!is_known(page)).then(|| page::follow_links(self, page)))
            .collect();
        for (page, links) in self.pages.iter_mut().zip(links) {
            let Some((links, broken)) = links else { continue };
            let page = Arc::make_mut(page);
            page.faults.retain(|fault| matches!(fault.kind, PlanFaultKind::RepeatedId { .. }));
            page.faults.extend(broken);
            page.links = links;
        }
    }

    /// The pages whose title or sections links name otherwise in another plan; `None` where links can name
    /// other pages or things there, or the same by other numbers.
    fn renamed_in(&self, other: &Plan) -> Option<BTreeSet<usize>> {
        let pages = || self.pages.iter().zip(&other.pages);
        let facts = self.facts.iter().map(|fact| (fact.map, &fact.id.value));
        let facts_of_other = other.facts.iter().map(|fact| (fact.map, &fact.id.value));
        let is_like = self.pages.len() == other.pages.len()
            && pages().all(|(one, other)| one.path == other.path)
            && Kind::ALL.iter().all(|kind| self.record_ids(*kind) == other.record_ids(*kind))
            && facts.eq(facts_of_other)
            && self.linkable == other.linkable;
        let is_renamed = |(one, other): (&Arc<PlanPage>, &Arc<PlanPage>)| {
            !Arc::ptr_eq(one, other) && (&one.title, &one.anchors) != (&other.title, &other.anchors)
        };
        is_like.then(|| pages().enumerate().filter(|(_, pair)| is_renamed(*pair)).map(|(at, _)| at).collect())
    }

    /// Drops the files that no page of this edition leads to: they may belong to a page it may
    /// not see.
    fn keep_linked_files(&mut self) {
        let linked: BTreeSet<Arc<str>> = self
            .pages
            .iter()
            .flat_map(|page| page.links.values())
            .filter_map(|target| match target {
                Target::File(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        self.files.retain(|path, _| linked.contains(path));
    }

    /// The controls a document claims name pages and sections too.
    fn follow_controls(&self, faults: &mut Vec<PlanFault>) {
        let Some(home) = self.page_index("plan.md") else { return };
        for (_, place) in &self.document.controls {
            if let Target::Broken(problem) = reference::resolve(self, home, &place.value) {
                let kind = PlanFaultKind::BrokenLink(place.value.clone(), problem);
                faults.push(PlanFault { span: place.span, kind });
            }
        }
    }

    /// A checklist names the page whose steps it covers. That gives nothing away, unlike a link.
    fn follow_companions(&self, faults: &mut Vec<PlanFault>) {
        for checklist in &self.checklists {
            let Some(companion) = &checklist.companion_of else { continue };
            let Some(page) = self.page_index(&checklist.record.page) else { continue };
            if let Err(Target::Broken(problem)) = self.page_named(&companion.value, page) {
                let kind = PlanFaultKind::LostCompanion(companion.value.clone(), problem);
                faults.push(PlanFault { span: companion.span, kind });
            }
        }
    }
}

/// For each page of a variant, the page of a known plan that it is read as.
fn known_pages(variant: &Variant, known: &[&Plan]) -> Vec<Option<Arc<PlanPage>>> {
    // The pages of all are in the order of their paths.
    let mut rest: Vec<&[Arc<PlanPage>]> = known.iter().map(|plan| &plan.pages[..]).collect();
    let mut find = |page: &Arc<Page>| {
        rest.iter_mut().find_map(|rest| {
            let before = rest.iter().take_while(|known| known.path < page.path).count();
            *rest = &rest[before..];
            rest.first().filter(|known| known.is_of(page)).cloned()
        })
    };
    variant.pages.values().map(&mut find).collect()
}

/// The records of a kind, in the order they are listed. `records` are the pages of all kinds, by their ids.
fn read_records<T>(records: &[(&str, &Page)], kind: Kind, read: impl Fn(&str, &Page) -> T) -> Vec<T> {
    let mut pages: Vec<(&str, &Page)> =
        records.iter().copied().filter(|(_, page)| page.kind == kind).collect();
    pages.sort_by(|a, b| list_order(kind, &a.1.front, a.0).cmp(&list_order(kind, &b.1.front, b.0)));
    pages.into_iter().map(|(id, page)| read(id, page)).collect()
}
