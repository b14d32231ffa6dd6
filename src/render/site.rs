//! What belongs to the site and to no plan: the front door, the page for wrong addresses,
//! redirects, and the sitemap.

use minijinja::{Value, context};

use crate::config::Config;
use crate::plan::Plan;
use crate::render::address::in_folder;
use crate::render::press::Press;
use crate::render::{Rendered, address, bytes, document, escape_html, report, search};
use crate::syntax::Audience;
use crate::theme::Fault;

/// The front door of an edition.
pub(super) fn door(press: &Press) -> Result<String, Fault> {
    let own = in_folder(press.edition_folder, "index.html");
    let context = context! {
        site => press.site(),
        generator => super::GENERATOR,
        asset => press.assets(&own),
        root => press.root(&own),
        variants => variants(press, 0..press.plans.len(), &|to| address::relative(&own, to)),
    };
    press.theme.render("door.html", &context)
}

/// The page shown where there is none. It is shown at any depth, so its links are
/// absolute where the site's address is known.
pub(super) fn not_found(press: &Press) -> Result<String, Fault> {
    let own = in_folder(press.edition_folder, "404.html");
    let root = press.config.base_url.as_ref().map(|base| {
        let rest = base.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once('/').map_or(String::new(), |(_, path)| format!("/{path}"))
    });
    let href = |to: &str| match &root {
        Some(root) => format!("{root}/{to}"),
        None => address::relative(&own, to),
    };
    let assets = press.theme.assets.iter();
    let assets = assets.map(|(name, (to, _))| (name.clone(), href(&in_folder(press.edition_folder, to))));
    let context = context! {
        site => press.site(),
        generator => super::GENERATOR,
        asset => Value::from_pairs(assets),
        root => href(&in_folder(press.edition_folder, "")),
        door => href(&in_folder(press.edition_folder, "index.html")),
        variants => variants(press, 0..press.plans.len(), &href),
    };
    press.theme.render("404.html", &context)
}

/// The page of one variant for addresses there are none of, with its report box: what its reader sees
/// without a network where a page is not saved.
pub(super) fn not_found_in(press: &Press, plan: &Plan, near: &[usize]) -> Result<String, Fault> {
    let own = format!("{}/404.html", press.folder(plan));
    let href = |to: &str| address::relative(&own, to);
    let context = context! {
        site => press.site(),
        generator => super::GENERATOR,
        asset => press.assets(&own),
        root => press.root(&own),
        door => href(&in_folder(press.edition_folder, "index.html")),
        variant => context! {
            name => &*plan.name,
            title => &plan.title,
            home => "index.html",
            search => plan.page_index("plan.md").map(|_| search::PAGE),
            language => press.language(plan).0,
            direction => press.language(plan).1,
        },
        report => report::context(plan, &|page| address::of_page(page)),
        variants => variants(press, near.iter().copied(), &href),
    };
    press.theme.render("404.html", &context)
}

/// Some variants of an edition, by their places in it.
fn variants(
    press: &Press,
    places: impl IntoIterator<Item = usize>,
    href: &dyn Fn(&str) -> String,
) -> Vec<Value> {
    places
        .into_iter()
        .map(|at| {
            let (plan, depth) = press.plans[at];
            let folder = press.folder(plan);
            let report = report::context(plan, &|page| href(&format!("{folder}/{}", address::of_page(page))));
            let own = |path: &str| plan.places.get(path).is_some_and(|place| place.layer == plan.name);
            let text = |path: &str| plan.values.at(path).and_then(|node| node.value.as_text());
            // What a layer says of itself; an inherited line would be the same for all.
            let summary = text("system.mission").or(text("summary").filter(|_| own("summary")));
            context! {
                name => &*plan.name,
                title => &plan.title,
                href => href(&format!("{folder}/index.html")),
                depth => depth,
                report => report,
                summary => summary,
                kind => match depth { 0 => "base", _ if plan.is_system => "system", _ => "organization" },
            }
        })
        .collect()
}

/// The pages that lead on from the old addresses of a plan.
pub(super) fn redirects(press: &Press, plan: &Plan) -> Result<Vec<Rendered>, Fault> {
    let folder = press.folder(plan);
    let mut files = Vec::new();
    for page in &plan.pages {
        for alias in &page.aliases {
            let own = format!("{folder}/{}", address::of_alias(&alias.value));
            let target = format!("{folder}/{}", address::of_page(&page.path));
            let context = context! {
                site => press.site(),
                language => press.language(plan).0,
                direction => press.language(plan).1,
                title => &page.title,
                target => address::relative(&own, &target),
                canonical => press.config.base_url.as_ref().map(|base| format!("{base}/{}", address::relative("", &target))),
                generator => super::GENERATOR,
                asset => press.assets(&own),
            };
            files.push((own, bytes(press.theme.render("redirect.html", &context)?)));
        }
    }
    Ok(files)
}

/// The sitemap (sitemaps.org 0.9) of the edition for everybody, where there is one and the site's address
/// is known: what is internal is not for search engines.
pub(super) fn sitemap(config: &Config, plans: &[Plan]) -> Option<Rendered> {
    let base = config.base_url.as_ref()?;
    let of_edition = plans.iter().filter(|plan| plan.edition == Audience::Public);
    let folder = of_edition.clone().next().and(config.editions.get(Audience::Public.name()))?.value.as_str();
    let mut addresses = vec![(in_folder(folder, "index.html"), None)];
    for plan in of_edition {
        let reviewed = plan.document.reviewed_on.as_ref().map(|day| day.value.clone());
        let pages = plan.pages.iter().map(|page| address::of_page(&page.path));
        addresses.extend(
            pages
                .chain([document::address(plan)])
                .map(|address| (in_folder(folder, &format!("{}/{address}", plan.name)), reviewed.clone())),
        );
    }
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (path, reviewed) in addresses {
        let encoded = address::relative("", &path);
        text += &format!("<url><loc>{}</loc>", escape_html(&format!("{base}/{encoded}")));
        if let Some(day) = reviewed {
            text += &format!("<lastmod>{}</lastmod>", escape_html(&day));
        }
        text += "</url>\n";
    }
    text += "</urlset>\n";
    Some(("sitemap.xml".into(), bytes(text)))
}
