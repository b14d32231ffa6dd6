//! What a reader's phone has to load, over a slow network and in a hurry.

mod project;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use flate2::{Compression, write::GzEncoder};
use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, element, rewrite_str};
use project::Project;

type Site = BTreeMap<String, Vec<u8>>;

/// The site of this repository, built once for all tests.
static SITE: LazyLock<Site> = LazyLock::new(|| Project::of_repository().build());

const KB: usize = 1000;
const PAGE: usize = 20 * KB;
const STYLES: usize = 12 * KB;
const SCRIPTS: usize = 12 * KB;
/// The engine and the dialog of the search. What they know of a language is data: a site in another
/// language brings its own, and what is said there is as much as somebody wrote. It has a limit of its own.
const SEARCH: usize = 6 * KB;
/// The same with the English that comes with it, which is what a reader loads.
const SEARCH_IN_ENGLISH: usize = 10 * KB;
const REQUESTS: usize = 4;
/// Of the HTML of a variant, in percent
const INDEX: usize = 15;

/// As a web server sends it.
fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory has room").len()
}

fn named(wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    SITE.iter().filter(move |(path, _)| wanted(path)).map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
}

/// Whether a page is read on a screen. The others are loaded by those who want all of a plan at once.
fn is_screen(path: &str) -> bool {
    path.ends_with(".html") && !path.ends_with("/print.html")
}

fn is_search(path: &str) -> bool {
    path.starts_with("assets/search.") && path.ends_with(".js")
}

/// Fails when the files are heavier together than they may be, and tells the weight of each.
fn assert_light(what: &str, limit: usize, files: impl Iterator<Item = (&'static str, &'static [u8])>) {
    let weights: Vec<(&str, usize)> = files.map(|(path, bytes)| (path, compressed(bytes))).collect();
    let sum: usize = weights.iter().map(|(_, weight)| weight).sum();
    assert!(!weights.is_empty(), "no {what} in the site");
    println!("{what}: {sum} of {limit} bytes");
    assert!(sum <= limit, "{what}: {sum} bytes compressed, {limit} allowed: {weights:#?}");
}

#[test]
fn pages() {
    let mut weights: Vec<_> = named(is_screen).map(|(path, html)| (compressed(html), path)).collect();
    weights.sort_unstable();
    let (heaviest, path) = *weights.last().expect("a site has pages");
    println!("the heaviest of {} pages: {path}, {heaviest} of {PAGE} bytes", weights.len());
    let heavy: Vec<_> = weights.iter().filter(|(weight, _)| *weight > PAGE).collect();
    assert!(heavy.is_empty(), "pages of more than {PAGE} bytes compressed: {heavy:#?}");
}

#[test]
fn styles() {
    assert_light("styles", STYLES, named(|path| path.starts_with("assets/") && path.ends_with(".css")));
}

/// What the scripts of one page weigh; what is loaded on demand is not among them.
#[test]
fn scripts_besides_search() {
    let mut bundles: Vec<(&str, usize)> = Vec::new();
    for (path, html) in named(is_screen) {
        let html = std::str::from_utf8(html).expect("a page is text");
        for tag in html.split("<script src=\"").skip(1) {
            let name =
                tag.split('"').next().and_then(|src| src.rsplit("assets/").next()).expect("an address");
            if bundles.iter().all(|(other, _)| *other != name) {
                let script =
                    SITE.get(&format!("assets/{name}")).unwrap_or_else(|| panic!("{path} loads {name}"));
                bundles.push((name, compressed(script)));
            }
        }
    }
    println!("scripts of a page: {bundles:?}, {SCRIPTS} bytes at most");
    assert!(!bundles.is_empty(), "pages have scripts");
    let heavy: Vec<_> = bundles.iter().filter(|(_, weight)| *weight > SCRIPTS).collect();
    assert!(heavy.is_empty(), "scripts of more than {SCRIPTS} bytes compressed: {heavy:#?}");
}

#[test]
fn script_of_the_search() {
    assert_light("the search in English", SEARCH_IN_ENGLISH, named(is_search));
    let speechless = Project::small();
    speechless.write(
        "mute/static/search/language.js",
        r#"export const language = { says: {}, tries: [], kinds: {}, idle: "", endings: [], same: {} };"#,
    );
    speechless.write("site.toml", "title = \"Mute\"\ntheme = \"mute\"\n");
    let site = speechless.build();
    let scripts: Vec<usize> =
        site.iter().filter(|(path, _)| is_search(path)).map(|(_, script)| compressed(script)).collect();
    println!("the search without a language: {scripts:?} of {SEARCH} bytes");
    assert!(scripts.len() == 1 && scripts[0] <= SEARCH, "{scripts:?} bytes compressed, {SEARCH} allowed");
}

#[test]
fn indexes_of_the_search() {
    for (path, index) in named(|path| path.ends_with("/search/index.js")) {
        let folder = path.trim_end_matches("search/index.js");
        let pages = named(|path| path.starts_with(folder) && is_screen(path));
        let pages: usize = pages.map(|(_, html)| html.len()).sum();
        println!("{path}: {} bytes for {pages} of pages", index.len());
        assert!(
            index.len() * 100 <= pages * INDEX,
            "{path}: {} bytes, {INDEX} % of {pages} allowed",
            index.len()
        );
    }
}

#[test]
fn requests_of_a_page_view() {
    for (path, html) in named(is_screen) {
        let mut requests = vec![path.to_string()];
        let settings = RewriteStrSettings::new().append_element_content_handler(element!(
            "script[src], link[href], img[src], iframe[src], object[data], embed[src]",
            |element: &mut Element| {
                let loads = match element.get_attribute("rel") {
                    // What is offered, and asked for by those who want it.
                    Some(rel) => {
                        ["stylesheet", "icon", "preload", "modulepreload", "prefetch"].contains(&rel.as_str())
                    }
                    None => true,
                };
                let address = ["src", "href", "data"].iter().find_map(|name| element.get_attribute(name));
                if loads
                    && let Some(address) = address
                    && !address.starts_with("data:")
                {
                    requests.push(address);
                }
                Ok(())
            }
        ));
        rewrite_str(std::str::from_utf8(html).expect("a page is text"), settings).expect("HTML is read");
        assert!(requests.len() <= REQUESTS, "a view of {path} asks for {requests:#?}");
    }
}
