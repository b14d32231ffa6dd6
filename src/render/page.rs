//! One page of a plan in its frame: navigation, switcher, contents, where it is from.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Value, context};

use crate::plan::navigation::Place;
use crate::plan::{Navigation, Plan, PlanPage};
use crate::render::address::in_folder;
use crate::render::html::{self, Body, Surroundings};
use crate::render::overview::Overview;
use crate::render::press::Press;
use crate::render::{address, document, feed, nav, origin, overview, record, report, search, switcher};
use crate::syntax::{Audience, Kind, day};
use crate::theme::{Fault, english_of};

/// A page as HTML.
pub struct Sheets {
    /// In its frame, as a file of the site
    pub screen: String,
    /// Without it, as a part of the whole plan on one page
    pub paper: String,
    /// What of it is written in the page's body
    pub body: Arc<Body>,
}

/// A folder, and the part of the navigation that some of its pages show.
type FolderAndPart = (String, Option<nav::Part>);

/// What the templates need that is the same for all pages of a folder.
#[derive(Clone)]
struct OfFolder {
    site: Value,
    asset: Value,
    root: Value,
    variant: Value,
    door: Value,
    report: Value,
    english: Value,
    /// The folders of the plans in its switcher
    near: Arc<[String]>,
}

/// The pages of one plan.
pub struct Pages<'p> {
    press: &'p Press<'p>,
    plan: &'p Plan,
    folder: String,
    navigation: Navigation,
    order: Vec<usize>,
    /// The address of the page about document control, from the site's root
    document_address: String,
    /// Where each page is in that order
    position: HashMap<usize, usize>,
    /// Where each page is in the navigation
    places: HashMap<usize, Place>,
    /// Which layers of its lineage have a plan in the edition
    is_there: Vec<bool>,
    /// The plans in its switcher, by their places among those of the edition
    near: Vec<usize>,
    /// What is the same for all pages of a folder, by its address
    of_folders: Mutex<HashMap<String, OfFolder>>,
    /// The parts of the navigation as seen from each folder: the same for many pages
    navigation_html: Mutex<HashMap<FolderAndPart, Arc<str>>>,
}

impl<'p> Pages<'p> {
    /// The pages of a plan.
    pub fn new(press: &'p Press<'p>, plan: &'p Plan) -> Pages<'p> {
        let navigation = Navigation::new(plan);
        let folder = press.folder(plan);
        let order = navigation.order(plan);
        Pages {
            press,
            plan,
            document_address: format!("{folder}/{}", document::address(plan)),
            folder,
            position: order.iter().enumerate().map(|(at, page)| (*page, at)).collect(),
            order,
            places: navigation.places(),
            is_there: plan
                .lineage
                .iter()
                .map(|layer| press.plans.iter().any(|(other, _)| other.name == layer.name))
                .collect(),
            near: switcher::near(press.plans, plan),
            navigation,
            of_folders: Mutex::default(),
            navigation_html: Mutex::default(),
        }
    }

    /// The address of a page from the site's root.
    pub fn address(&self, page: &PlanPage) -> String {
        format!("{}/{}", self.folder, address::of_page(&page.path))
    }

    /// A page as HTML, in its frame.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn screen(&self, index: usize) -> Result<String, Fault> {
        self.press.theme.render("page.html", &self.filled(index)?.0)
    }

    /// A page as HTML, in its frame and without it.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn render(&self, index: usize) -> Result<Sheets, Fault> {
        let (context, body) = self.filled(index)?;
        let theme = self.press.theme;
        Ok(Sheets {
            screen: theme.render("page.html", &context)?,
            paper: theme.render("print-page.html", &context)?,
            body,
        })
    }

    /// The pages in the order one would read them.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The plans in its switcher, by their places among those of the edition.
    pub fn near(&self) -> &[usize] {
        &self.near
    }

    /// What the templates of a page need, and its body, which is in it.
    fn filled(&self, index: usize) -> Result<(Value, Arc<Body>), Fault> {
        let plan = self.plan;
        let page = &plan.pages[index];
        let address = self.address(page);
        let around = Surroundings { plan, page, address: &address, folder: &self.folder };
        let is_home = page.kind == Kind::Plan;
        let near = |step: isize| {
            let at = self.position.get(&index)?.checked_add_signed(step)?;
            let page = &plan.pages[*self.order.get(at)?];
            Some(context! { title => &page.title, href => around.href(page) })
        };
        let canonical = self
            .press
            .config
            .base_url
            .as_ref()
            .map(|base| format!("{base}/{}", address::relative("", &address)));
        let record = record::context(&around);
        let record_html = match record.is_none() {
            true => String::new(),
            false => {
                let kind = context! { kind => page.kind.name() };
                self.press.theme.render(
                    "record.html",
                    &context! {
                        language => self.press.language(plan).0,
                        record => &record,
                        page => kind,
                    },
                )?
            }
        };
        let body = self.press.bodies.get(plan, page, || html::body(&around), |body| !body.shows_plan);
        let Overview { levels, questions, unlisted } = overview::overview(&around, body.html());
        let mut toc = headings(&record_html);
        toc.extend(body.contents.iter().cloned());
        let page_context = context! {
            title => &page.title,
            kind => page.kind.name(),
            origin => self.origin(&around),
            summary => &page.summary,
            previous => near(-1),
            next => near(1),
            canonical => canonical,
            kind_label => kind_label(page.kind),
            is_home => is_home,
            show_report => is_home || &*page.path == report::PAGE,
            is_worked_with => body.is_worked_with,
            asks => body.asks,
            doors => if is_home { nav::doors(&self.navigation, &around, &self.own_pages(&address)) } else { Vec::new() },
            record_html => Value::from_safe_string(record_html),
            content => &body.content,
            toc => toc,
            path => page.path.trim_end_matches(".md"),
            levels => levels,
            questions => questions,
            unlisted => unlisted,
        };
        Ok((self.frame(&around, page_context, record)?, body))
    }

    /// The address of the page about document control, from the site's root.
    pub fn document_address(&self) -> &str {
        &self.document_address
    }

    /// The page about document control; none where the edition has no home.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn document(&self) -> Result<Option<String>, Fault> {
        let plan = self.plan;
        let Some(home) = plan.page_index("plan.md").map(|index| &plan.pages[index]) else { return Ok(None) };
        let address = self.document_address();
        let around = Surroundings { plan, page: home, address, folder: &self.folder };
        let content = self.press.theme.render(
            "document.html",
            &context! {
                language => self.press.language(self.plan).0,
                root => self.press.root(address),
                document => document::context(&around),
            },
        )?;
        let canonical = self
            .press
            .config
            .base_url
            .as_ref()
            .map(|base| format!("{base}/{}", address::relative("", address)));
        let page = context! {
            title => document::TITLE,
            summary => format!("Version, approvals, reviews and changes of the plan of {}, and what of it is tailored.", plan.title),
            kind => "document",
            toc => headings(&content),
            content => Value::from_safe_string(content),
            canonical => canonical,
            is_home => false,
            is_worked_with => false,
            asks => false,
            show_report => false,
            kind_label => (), doors => (), record_html => (), path => (), previous => (), next => (),
            origin => (), levels => (), questions => (), unlisted => (),
        };
        let context = self.frame(&around, page, Value::from(()))?;
        self.press.theme.render("page.html", &context).map(Some)
    }

    /// What the frame of a page needs besides the page.
    fn frame(&self, around: &Surroundings, page: Value, record: Value) -> Result<Value, Fault> {
        // Not one context around another: to look into several takes longer than the rest.
        let of_folder = self.of_folder(around);
        let near = self.near.iter().copied().zip(of_folder.near.iter().map(String::as_str));
        Ok(context! {
            english => of_folder.english,
            page => page,
            variant => of_folder.variant,
            site => of_folder.site,
            asset => of_folder.asset,
            nav_html => Value::from_safe_string(self.navigation(around, false)?),
            variants => switcher::context(self.press, near, self.plan, around, self.is_own(around)),
            has_more_variants => self.near.len() < self.press.plans.len(),
            crumbs => self.crumbs(around),
            record => record,
            generator => crate::render::GENERATOR,
            root => of_folder.root,
            door => of_folder.door,
            report => of_folder.report,
        })
    }

    fn of_folder(&self, around: &Surroundings) -> OfFolder {
        let folder = folder_of(around.address);
        let lock = || self.of_folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return known.clone();
        }
        let address = around.address;
        let door = address::relative(address, &in_folder(self.press.edition_folder, "index.html"));
        let of_folder = OfFolder {
            site: self.press.site(),
            asset: self.press.assets(address),
            root: self.press.root(address).into(),
            variant: self.variant(around),
            door: door.into(),
            report: report::context(self.plan, &|path| around.record_href(path)).into(),
            english: english_of(self.press.language(self.plan).0),
            near: self
                .near
                .iter()
                .map(|at| self.press.folder_from(address, self.press.plans[*at].0))
                .collect(),
        };
        lock().insert(folder.to_string(), of_folder.clone());
        of_folder
    }

    /// The variant's pages that no author wrote, as seen from an address, with the group of the
    /// navigation each stands in.
    fn own_pages(&self, from: &str) -> Vec<(&'static str, &'static str, String)> {
        vec![("plan", document::TITLE, address::relative(from, self.document_address()))]
    }

    /// Whether a page is none that an author wrote.
    fn is_own(&self, around: &Surroundings) -> bool {
        around.address == self.document_address()
    }

    /// The address of the page for searching, which has the contents of the plan; none where an edition
    /// has no landing page.
    fn search_address(&self) -> Option<String> {
        self.plan.page_index("plan.md").map(|_| format!("{}/{}", self.folder, search::PAGE))
    }

    /// The page for searching; nothing where an edition has no landing page, and so no way to it.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn search(&self) -> Result<Option<(String, String)>, Fault> {
        let plan = self.plan;
        let (Some(home), Some(address)) = (plan.page_index("plan.md"), self.search_address()) else {
            return Ok(None);
        };
        let around = Surroundings { plan, page: &plan.pages[home], address: &address, folder: &self.folder };
        let variants = self.near.iter().map(|at| {
            let (other, depth) = self.press.plans[*at];
            let to = format!("{}/{}", self.press.folder(other), search::PAGE);
            context! {
                name => &*other.name,
                title => &other.title,
                href => address::relative(&address, &to),
                has_page => true,
                missing => (),
                current => other.name == plan.name,
                depth => depth,
            }
        });
        let context = context! {
            site => self.press.site(),
            generator => crate::render::GENERATOR,
            asset => self.press.assets(&address),
            root => self.press.root(&address),
            variant => self.variant(&around),
            door => address::relative(&address, &in_folder(self.press.edition_folder, "index.html")),
            nav_html => Value::from_safe_string(self.navigation(&around, true)?),
            variants => variants.collect::<Vec<Value>>(),
            has_more_variants => self.near.len() < self.press.plans.len(),
            report => report::context(plan, &|path| around.record_href(path)),
            glossary => plan.page_index("glossary.md").map(|page| around.href(&plan.pages[page])),
        };
        let html = self.press.theme.render("search.html", &context)?;
        Ok(Some((address, html)))
    }

    fn variant(&self, around: &Surroundings) -> Value {
        let plan = self.plan;
        let home = |name: &str| {
            address::relative(
                around.address,
                &in_folder(self.press.edition_folder, &format!("{name}/index.html")),
            )
        };
        let lineage: Vec<Value> = plan
            .lineage
            .iter()
            // A layer this edition may not see has no page here, and no name.
            .zip(&self.is_there)
            .filter(|(_, is_there)| **is_there)
            .map(|(layer, _)| context! { name => &*layer.name, title => &layer.title, href => home(&layer.name) })
            .collect();
        let reviewed = plan.document.reviewed_on.as_ref().map(|day| day.value.clone());
        context! {
            name => &*plan.name,
            title => &plan.title,
            language => self.press.language(plan).0,
            direction => self.press.language(plan).1,
            feed => (!self.press.packed && feed::has_feed(plan))
                .then(|| address::relative(around.address, &format!("{}/{}", self.folder, feed::FEED))),
            home => home(&plan.name),
            edition => plan.edition.name(),
            edition_label => match plan.edition {
                Audience::Public => Some("Public edition"),
                Audience::Staff => Some("Staff edition"),
                Audience::Responders => None,
            },
            version => &plan.document.version,
            status => &plan.document.status,
            reviewed_on => reviewed.as_deref().map(day::short),
            reviewed_iso => reviewed,
            next_review => plan.document.next_review.map(|date| day::short(&date.to_string())),
            next_review_iso => plan.document.next_review.map(|date| date.to_string()),
            lineage => lineage,
        }
    }

    /// The navigation; the whole of it, or the part about the page.
    fn navigation(&self, around: &Surroundings, is_whole: bool) -> Result<String, Fault> {
        let folder = folder_of(around.address).to_string();
        let place = self.place(around);
        let part = (!is_whole).then(|| nav::Part::around(&self.navigation, place.as_ref()));
        let lock = || self.navigation_html.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (folder, part);
        let known = lock().get(&key).cloned();
        let html = match known {
            Some(html) => html,
            None => {
                let own = self.own_pages(around.address);
                let contents = self.search_address().map(|to| address::relative(around.address, &to));
                let href = |page: &PlanPage| around.href(page);
                let (part, contents) = (key.1.as_ref(), contents.as_deref());
                let context = context! {
                    language => self.press.language(self.plan).0,
                    ..nav::context(&self.navigation, self.plan, &href, &own, part, contents)
                };
                let html: Arc<str> = self.press.theme.render("nav.html", &context)?.into();
                lock().insert(key, html.clone());
                html
            }
        };
        // Where a folder leads to its first page, that page is the one that is current.
        let own = crate::render::escape_html(&address::relative(around.address, around.address));
        let link = format!("<a href=\"{own}\"");
        Ok(match html.rfind(&link) {
            Some(at) => {
                let (before, after) = (&html[..at], &html[at + "<a".len()..]);
                format!("{before}<a aria-current=\"page\"{after}")
            }
            None => html.to_string(),
        })
    }

    /// Where in the navigation a page of the plan stands.
    fn place(&self, around: &Surroundings) -> Option<Place> {
        if self.is_own(around) {
            return None;
        }
        self.places.get(&self.plan.page_index(&around.page.path)?).copied()
    }

    fn crumbs(&self, around: &Surroundings) -> Vec<Value> {
        let page = around.page;
        let is_own = self.is_own(around);
        if page.kind == Kind::Plan && !is_own {
            return Vec::new();
        }
        let home = address::relative(around.address, &format!("{}/index.html", self.folder));
        let mut crumbs = vec![context! { title => &self.plan.title, href => home }];
        let above = self.place(around).filter(|place| place.child.is_some());
        crumbs.push(match above.map(|place| &self.navigation.groups[place.group].1[place.entry]) {
            Some(entry) => {
                let overview = entry.overview.map(|page| around.href(&self.plan.pages[page]));
                context! { title => &entry.title, href => overview }
            }
            None => context! { title => nav::group_title(page), href => () },
        });
        crumbs
    }

    /// Where a page is from: who wrote it, who changed what of it, and when that layer was reviewed.
    fn origin(&self, around: &Surroundings) -> Value {
        let page = around.page;
        let lineage = &self.plan.lineage;
        let layer = |at: usize| {
            let href = self.is_there[at].then(|| {
                let home = in_folder(self.press.edition_folder, &format!("{}/index.html", lineage[at].name));
                address::relative(around.address, &home)
            });
            context! { title => &lineage[at].title, href => href }
        };
        let changes: Vec<Value> = origin::changes(around)
            .into_iter()
            .map(|change| {
                let (id, section) =
                    change.section.map_or((None, None), |(id, title)| (Some(id), Some(title)));
                context! { id => id, section => section, layer => layer(change.layer) }
            })
            .collect();
        let source = |path: &str| {
            let url = self.press.config.edit_url.as_ref()?;
            Some(url.replace("{path}", path))
        };
        let of_changes = page.origin.tailored_by.iter().filter_map(|at| {
            let href = source(&format!("{}{}", lineage[*at].folder, page.path))?;
            Some(context! { title => &lineage[*at].title, href => href })
        });
        context! {
            source => source(&page.source_path),
            sources_of_changes => of_changes.collect::<Vec<_>>(),
            first => layer(page.origin.first),
            is_inherited => page.origin.first + 1 < lineage.len(),
            changes => changes,
        }
    }
}

/// The folder a file of the site is in, from the site's root.
fn folder_of(address: &str) -> &str {
    address.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The headings of what a template composed, for the contents: those of the second level with an id.
fn headings(html: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for part in html.split("<h2 id=\"").skip(1) {
        let Some((id, rest)) = part.split_once('"') else { continue };
        let Some((attributes, rest)) = rest.split_once('>') else { continue };
        let Some((title, _)) = rest.split_once("</h2>") else { continue };
        // What the theme says in its own language, it says in that language here too.
        let title = match attributes.is_empty() {
            true => title.to_string(),
            false => format!("<span{attributes}>{title}</span>"),
        };
        found.push(context! { id => id, title => Value::from_safe_string(title), children => [(); 0] });
    }
    found
}

fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Plan => "Plan",
        Kind::Page => "Page",
        Kind::Severity => "Severity",
        Kind::Role => "Role",
        Kind::Phase => "Phase",
        Kind::Checklist => "Checklist",
        Kind::Template => "Message template",
        Kind::Playbook => "Playbook",
    }
}
