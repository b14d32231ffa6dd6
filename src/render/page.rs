//! One page of a plan in its frame: navigation, switcher, contents, where it is from.

use std::collections::HashMap;
use std::sync::Mutex;

use minijinja::{Value, context};

use crate::config::Config;
use crate::plan::{Navigation, Plan, PlanPage, navigation};
use crate::render::Printed;
use crate::render::address::in_folder;
use crate::render::html::{self, Surroundings};
use crate::render::theme::Theme;
use crate::render::{address, nav, record, report, search};
use crate::syntax::{Audience, Kind, Section};

/// What the pages of one edition are written with.
pub struct Press<'p> {
    /// `site.toml`
    pub config: &'p Config,
    /// The theme
    pub theme: &'p Theme,
    /// The plans of the edition, in the order of the switcher, with how deep each is
    pub plans: &'p [(&'p Plan, usize)],
    /// The edition's folder in the output; empty for its root
    pub edition_folder: &'p str,
    /// The printed copies that are published beside the site
    pub printed: &'p [Printed],
}

impl Press<'_> {
    /// The addresses of the theme's files, as seen from an address.
    pub fn assets(&self, from: &str) -> Value {
        Value::from_pairs(self.theme.assets.iter().map(|(name, (to, _))| {
            (name.clone(), address::relative(from, &in_folder(self.edition_folder, to)))
        }))
    }

    /// The folder of the edition as seen from an address, with a slash at the end; empty where that
    /// is in it.
    pub fn root(&self, from: &str) -> String {
        let door = address::relative(from, &in_folder(self.edition_folder, "index.html"));
        door.strip_suffix("index.html").unwrap_or(&door).to_string()
    }

    /// The folder of a variant, from the site's root.
    pub fn folder(&self, plan: &Plan) -> String {
        in_folder(self.edition_folder, &plan.name)
    }

    /// Where the current hashes of printed copies are listed: a whole address where that is known.
    pub fn verify_address(&self) -> String {
        let verify = in_folder(self.edition_folder, "verify/");
        match &self.config.base_url {
            Some(base) => format!("{base}/{verify}"),
            None => format!("/{verify}"),
        }
    }

    /// What every template needs to know of the site.
    pub fn site(&self) -> Value {
        context! { title => &self.config.title }
    }
}

/// The pages of one plan.
pub struct Pages<'p> {
    press: &'p Press<'p>,
    plan: &'p Plan,
    folder: String,
    navigation: Navigation,
    order: Vec<usize>,
    /// The navigation as seen from each folder: the same for all pages in it
    navigation_html: Mutex<HashMap<String, String>>,
}

impl<'p> Pages<'p> {
    /// The pages of a plan.
    pub fn new(press: &'p Press<'p>, plan: &'p Plan) -> Pages<'p> {
        let navigation = Navigation::new(plan);
        Pages {
            press,
            plan,
            folder: press.folder(plan),
            order: navigation.order(plan),
            navigation,
            navigation_html: Mutex::default(),
        }
    }

    /// The address of a page from the site's root.
    pub fn address(&self, page: &PlanPage) -> String {
        format!("{}/{}", self.folder, address::of_page(&page.path))
    }

    /// A page as HTML.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn render(&self, index: usize) -> Result<String, String> {
        self.filled("page.html", index)
    }

    /// A page without its frame, as a part of the whole plan on one page.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn on_paper(&self, index: usize) -> Result<String, String> {
        self.filled("print-page.html", index)
    }

    /// The pages in the order one would read them.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    fn filled(&self, template: &str, index: usize) -> Result<String, String> {
        let plan = self.plan;
        let page = &plan.pages[index];
        let address = self.address(page);
        let around = Surroundings { plan, page, address: &address, folder: &self.folder };
        let is_home = page.kind == Kind::Plan;
        let near = |step: isize| {
            let at = self.order.iter().position(|other| *other == index)?;
            let page = &plan.pages[*self.order.get(at.checked_add_signed(step)?)?];
            Some(context! { title => &page.title, href => around.href(page) })
        };
        let source_url =
            self.press.config.edit_url.as_ref().map(|url| url.replace("{path}", &page.source_path));
        let canonical = self
            .press
            .config
            .base_url
            .as_ref()
            .map(|base| format!("{base}/{}", address::relative("", &address)));
        let report = report::context(plan, &|path| around.record_href(path));
        let page_context = context! {
            title => &page.title,
            summary => &page.summary,
            kind => page.kind.name(),
            kind_label => kind_label(page.kind),
            is_home => is_home,
            show_report => is_home || &*page.path == report::PAGE,
            content => html::body(&around),
            toc => contents(&around),
            path => page.path.trim_end_matches(".md"),
            source_url => source_url,
            previous => near(-1),
            next => near(1),
            origins => self.origins(&around),
            canonical => canonical,
        };
        self.press.theme.render(
            template,
            &context! {
                site => self.press.site(),
                generator => crate::render::GENERATOR,
                asset => self.press.assets(&address),
                root => self.press.root(&address),
                variant => self.variant(&around),
                door => address::relative(&address, &in_folder(self.press.edition_folder, "index.html")),
                nav_html => self.navigation(&around)?,
                variants => self.switcher(&around),
                crumbs => self.crumbs(&around),
                report => report,
                page => page_context,
                record => record::context(&around),
            },
        )
    }

    /// The page for searching; nothing where an edition has no landing page, and so no way to it.
    ///
    /// # Errors
    /// When a template of the theme cannot be used.
    pub fn search(&self) -> Result<Option<(String, String)>, String> {
        let plan = self.plan;
        let Some(home) = plan.page_index("plan.md") else { return Ok(None) };
        let address = format!("{}/{}", self.folder, search::PAGE);
        let around = Surroundings { plan, page: &plan.pages[home], address: &address, folder: &self.folder };
        let variants = self.press.plans.iter().map(|(other, depth)| {
            let to = format!("{}/{}", self.press.folder(other), search::PAGE);
            context! {
                name => &*other.name,
                title => &other.title,
                href => address::relative(&address, &to),
                has_page => true,
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
            nav_html => self.navigation(&around)?,
            variants => variants.collect::<Vec<Value>>(),
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
            .filter(|layer| self.press.plans.iter().any(|(other, _)| other.name == layer.name))
            .map(|layer| context! { name => &*layer.name, title => &layer.title, href => home(&layer.name) })
            .collect();
        let reviewed = plan.document.reviewed_on.as_ref().map(|day| day.value.clone());
        context! {
            name => &*plan.name,
            title => &plan.title,
            home => home(&plan.name),
            edition => plan.edition.name(),
            edition_label => match plan.edition {
                Audience::Public => Some("Public edition"),
                Audience::Staff => Some("Staff edition"),
                Audience::Responders => None,
            },
            version => &plan.document.version,
            status => &plan.document.status,
            reviewed_on => reviewed.as_deref().map(day),
            reviewed_iso => reviewed,
            next_review => plan.document.next_review.map(|date| day(&date.to_string())),
            next_review_iso => plan.document.next_review.map(|date| date.to_string()),
            lineage => lineage,
        }
    }

    fn navigation(&self, around: &Surroundings) -> Result<String, String> {
        let folder = around.address.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
        let lock = || self.navigation_html.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = lock().get(&folder).cloned();
        let html = match known {
            Some(html) => html,
            None => {
                let context = nav::context(&self.navigation, self.plan, &|page| around.href(page));
                let html = self.press.theme.render("nav.html", &context)?;
                lock().insert(folder, html.clone());
                html
            }
        };
        let own = crate::render::escape_html(&around.href(around.page));
        Ok(html.replacen(
            &format!("<a href=\"{own}\""),
            &format!("<a aria-current=\"page\" href=\"{own}\""),
            1,
        ))
    }

    fn switcher(&self, around: &Surroundings) -> Vec<Value> {
        self.press
            .plans
            .iter()
            .map(|(other, depth)| {
                let has_page = other.page_index(&around.page.path).is_some();
                let path = if has_page { address::of_page(&around.page.path) } else { "index.html".into() };
                let to = format!("{}/{path}", self.press.folder(other));
                context! {
                    name => &*other.name,
                    title => &other.title,
                    href => address::relative(around.address, &to),
                    has_page => has_page,
                    current => other.name == self.plan.name,
                    depth => depth,
                }
            })
            .collect()
    }

    fn crumbs(&self, around: &Surroundings) -> Vec<Value> {
        let page = around.page;
        if page.kind == Kind::Plan {
            return Vec::new();
        }
        let home = address::relative(around.address, &format!("{}/index.html", self.folder));
        let mut crumbs = vec![context! { title => &self.plan.title, href => home }];
        crumbs.push(match navigation::overview(self.plan, page) {
            Some(overview) => context! { title => &overview.title, href => around.href(overview) },
            None => context! { title => navigation::group_title(page), href => () },
        });
        crumbs
    }

    fn origins(&self, around: &Surroundings) -> Vec<Value> {
        let page = around.page;
        let lineage = &self.plan.lineage;
        let own = lineage.len() - 1;
        let entry = |section: Option<(&str, String)>, layer: usize, change: &str| {
            let (id, title) = section.map_or((None, None), |(id, title)| (Some(id), Some(title)));
            context! {
                section => title,
                id => id,
                layer => &*lineage[layer].name,
                layer_title => &lineage[layer].title,
                change => change,
            }
        };
        let first = page.origin.first;
        let mut origins = vec![entry(None, first, if first == own { "added" } else { "inherited" })];
        let mut anchors = page.anchors.of_sections.iter();
        let mut written = page.origin.sections.iter();
        // The layer that the section around the present one is from, by its level.
        let mut around_it: Vec<(u8, usize)> = Vec::new();
        page.body.walk(&mut |section: &Section| {
            let (Some(anchor), Some((heading, parts))) = (anchors.next(), written.next()) else { return };
            around_it.retain(|(level, _)| *level < section.level);
            let within = around_it.last().map_or(first, |(_, layer)| *layer);
            around_it.push((section.level, *heading));
            let mut layers: Vec<usize> = std::iter::once(heading).chain(parts).copied().collect();
            layers.dedup();
            for layer in layers.into_iter().filter(|layer| *layer != within) {
                origins.push(entry(Some((anchor, around.words(&section.title))), layer, "tailored"));
            }
        });
        let by_facts = page.origin.tailored_by.iter().filter(|layer| {
            !page.origin.sections.iter().any(|(heading, parts)| heading == *layer || parts.contains(layer))
        });
        origins.extend(by_facts.map(|layer| entry(None, *layer, "tailored")));
        origins
    }
}

/// The contents of a page: its sections, two levels deep.
fn contents(around: &Surroundings) -> Vec<Value> {
    let mut anchors = around.page.anchors.of_sections.iter();
    entries(&around.page.body.sections, 0, around, &mut anchors)
}

fn entries(
    sections: &[std::sync::Arc<Section>],
    depth: usize,
    around: &Surroundings,
    anchors: &mut std::slice::Iter<Box<str>>,
) -> Vec<Value> {
    let mut list = Vec::new();
    for section in sections {
        // Deeper sections have anchors too: each is passed by, listed or not.
        let anchor = anchors.next().map_or("", |anchor| anchor);
        let children = entries(&section.children, depth + 1, around, anchors);
        if depth < 2 {
            list.push(context! { id => anchor, title => around.words(&section.title), children => children });
        }
    }
    list
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

/// A day as people read it: `2 Sep 2026`. As written where it is none.
pub fn day(iso: &str) -> String {
    match iso.parse::<jiff::civil::Date>() {
        Ok(date) => date.strftime("%-d %b %Y").to_string(),
        Err(_) => iso.to_string(),
    }
}
