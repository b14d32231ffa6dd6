//! The feeds of a plan's changes and the site map, read back with an XML reader.

mod project;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use project::Project;
use roxmltree::{Document, Node};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const SITE_MAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const BASE: &str = "https://plan.test/guide/";

fn site() -> BTreeMap<String, Vec<u8>> {
    let project = Project::of_repository();
    let editions = "[editions]\nresponders = \"\"\npublic = \"public\"\n";
    project.write("site.toml", format!("title = \"Fire & water\"\nbase_url = \"{BASE}\"\n{editions}"));
    project.build()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("XML is written as UTF-8")
}

fn children<'a>(of: Node<'a, 'a>, name: &str) -> Vec<Node<'a, 'a>> {
    let namespace = of.tag_name().namespace().expect("everything is in a namespace");
    of.children().filter(|it| it.has_tag_name((namespace, name))).collect()
}

/// The text of the one child with a name.
fn only<'a>(of: Node<'a, 'a>, name: &str) -> &'a str {
    let found = children(of, name);
    assert_eq!(found.len(), 1, "one {name} in {:?}", of.tag_name());
    let text = found[0].text().unwrap_or_default();
    assert!(!text.trim().is_empty(), "{name} says something");
    text
}

/// Whether a file of the site is at an address.
fn is_there(site: &BTreeMap<String, Vec<u8>>, address: &str) -> bool {
    address.strip_prefix(BASE).is_some_and(|path| site.contains_key(path))
}

/// The address of the one link with a relation, which has to lead to a file of the site.
fn link<'a>(site: &BTreeMap<String, Vec<u8>>, of: Node<'a, 'a>, relation: &str) -> &'a str {
    let links: Vec<_> =
        children(of, "link").into_iter().filter(|it| it.attribute("rel") == Some(relation)).collect();
    assert_eq!(links.len(), 1, "one link to {relation}");
    let address = links[0].attribute("href").expect("a link has an address");
    assert!(is_there(site, address), "{address} is in the site");
    address
}

/// RFC 4287, section 4: what every feed and every entry must have.
#[test]
fn every_feed_is_what_the_standard_asks_for() {
    let site = site();
    let feeds: Vec<_> = site.iter().filter(|(path, _)| path.ends_with("/changes.xml")).collect();
    assert!(feeds.len() > 8, "both editions have feeds");
    let mut ids = BTreeSet::new();
    for (path, bytes) in feeds {
        let document = Document::parse(text(bytes)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let feed = document.root_element();
        assert!(feed.has_tag_name((ATOM, "feed")), "{path}");
        assert!(only(feed, "title").contains("Fire & water"), "{path} is of this site");
        assert!(ids.insert(only(feed, "id").to_string()), "{path} has an id of its own");
        let updated: Timestamp = only(feed, "updated").parse().expect("a time of RFC 3339");
        let authors = children(feed, "author");
        assert_eq!(authors.len(), 1, "{path} has an author, and so its entries have");
        only(authors[0], "name");
        assert_eq!(link(&site, feed, "self"), format!("{BASE}{path}"));
        link(&site, feed, "alternate");
        let mut of_entries = BTreeSet::new();
        let mut times = Vec::new();
        for entry in children(feed, "entry") {
            only(entry, "title");
            only(entry, "content");
            link(&site, entry, "alternate");
            times.push(only(entry, "updated").parse::<Timestamp>().expect("a time of RFC 3339"));
            assert!(of_entries.insert(only(entry, "id")), "{path} has an id for each entry");
        }
        assert_eq!(times.iter().max(), Some(&updated), "{path} was updated with its latest entry");
        let all = of_entries.iter().copied().chain([only(feed, "id")]);
        for id in all {
            let digits = id.strip_prefix("urn:uuid:").expect("an id is a whole IRI");
            let lengths: Vec<usize> = digits.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id} is a UUID");
        }
    }
}

#[test]
fn a_page_names_the_feed_of_its_plan() {
    let site = site();
    let home = text(&site["bixal/index.html"]);
    assert!(home.contains("type=\"application/atom+xml\"") && home.contains("href=\"changes.xml\""));
}

#[test]
fn the_site_map_is_one_and_leads_to_pages() {
    let site = site();
    let document = Document::parse(text(&site["sitemap.xml"])).expect("XML");
    let map = document.root_element();
    assert!(map.has_tag_name((SITE_MAP, "urlset")));
    let addresses: Vec<&str> = children(map, "url").into_iter().map(|url| only(url, "loc")).collect();
    assert!(addresses.len() > 100, "all public pages");
    let once: BTreeSet<&str> = addresses.iter().copied().collect();
    assert_eq!(once.len(), addresses.len(), "each once");
    for address in addresses {
        assert!(is_there(&site, address), "{address} is in the site");
    }
}
