//! The whole site of this repository's content, as its readers get it; and what a build
//! does to the site that was there before.

mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
use project::{Project, assert_same, run};
use redbinder::Compilation;
use redbinder::syntax::{Audience, Value};
use serde_json::Value as Json;

type Site = BTreeMap<String, Vec<u8>>;
type Pages = BTreeMap<String, Page>;

/// The site of this repository, built once for all tests.
static SITE: LazyLock<Site> = LazyLock::new(|| Project::of_repository().build());

/// Its pages, read.
static PAGES: LazyLock<Pages> = LazyLock::new(|| pages(&SITE));

/// A page, as a browser sees it.
struct Page {
    elements: Vec<Tag>,
    title: String,
    heading: String,
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

fn pages(site: &Site) -> Pages {
    let html = site.iter().filter(|(path, _)| path.ends_with(".html"));
    html.map(|(path, bytes)| (path.clone(), read(std::str::from_utf8(bytes).expect("a page is text"))))
        .collect()
}

fn read(html: &str) -> Page {
    let mut page = Page { elements: Vec::new(), title: String::new(), heading: String::new() };
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |element: &mut Element| {
            let attributes =
                element.attributes().iter().map(|it| (it.name(), unescape(&it.value()))).collect();
            page.elements.push(Tag { name: element.tag_name(), attributes });
            Ok(())
        }))
        .append_element_content_handler(text!("title", |words| {
            page.title.push_str(words.as_str());
            Ok(())
        }))
        .append_element_content_handler(text!("h1", |words| {
            page.heading.push_str(words.as_str());
            Ok(())
        }));
    rewrite_str(html, settings).expect("a page can be read");
    page
}

fn unescape(value: &str) -> String {
    let marks =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    marks.iter().fold(value.to_string(), |text, (from, to)| text.replace(from, to))
}

/// Brings back percent-encoded bytes.
fn decode(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("an address is text")
}

/// The file a relative address leads to; `None` where it leaves the site.
fn follow(from: &str, address: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(decode(&parts.join("/")))
}

/// Where this repository's site is published, where that is known.
static BASE: LazyLock<Option<String>> = LazyLock::new(|| {
    let project = Project::of_repository();
    Compilation::read(&project.path("")).expect("the project can be read").project.config.base_url
});

/// What is wrong with an address in a page; `None` where nothing is.
fn complaint(site: &Site, pages: &Pages, page: &str, tag: &Tag, address: &str) -> Option<String> {
    let base = BASE.as_deref().unwrap_or("https://nowhere.test");
    let scheme =
        address.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '#', '?']));
    match scheme {
        Some("mailto" | "tel" | "https") if tag.name == "a" => return None,
        // It is said and not loaded.
        Some("https") if tag.get("rel") == Some("canonical") => {
            let file = address.strip_prefix(&format!("{base}/")).map(decode);
            let is_there = file.is_some_and(|file| site.contains_key(&file));
            return (!is_there).then(|| "no page of the site".into());
        }
        Some(scheme) => return Some(format!("`{scheme}:` in <{}>", tag.name)),
        // It is shown at any depth.
        None if address.starts_with('/') && page.ends_with("404.html") => {
            let root = base.splitn(4, '/').nth(3).map_or(String::new(), |path| format!("/{path}"));
            let file = address.strip_prefix(&format!("{root}/")).map(decode);
            let is_there = file.is_some_and(|file| site.contains_key(&file));
            return (!is_there).then(|| "no file of the site".into());
        }
        None if address.starts_with('/') => return Some("not relative".into()),
        None if address.is_empty() => return Some("empty".into()),
        None => {}
    }
    let (path, fragment) = match address.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (address, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    let file = if path.is_empty() { Some(page.to_string()) } else { follow(page, path) };
    let Some(file) = file.filter(|file| site.contains_key(file)) else {
        return Some("there is no such file".into());
    };
    let id = decode(fragment?);
    let has_id = |page: &Page| page.elements.iter().any(|tag| tag.get("id") == Some(&id));
    (!pages.get(&file).is_some_and(has_id)).then(|| format!("{file} has no id {id:?}"))
}

/// The addresses of an element, however they are written.
fn addresses(tag: &Tag) -> Vec<String> {
    let plain = ["href", "src", "poster", "data", "action", "formaction", "background", "cite", "xlink:href"];
    let mut found: Vec<String> = plain.iter().filter_map(|name| tag.get(name)).map(str::to_string).collect();
    let list = tag.get("srcset").unwrap_or_default().split(',');
    found.extend(list.filter_map(|part| part.split_whitespace().next()).map(str::to_string));
    if tag.get("http-equiv").is_some_and(|what| what.eq_ignore_ascii_case("refresh")) {
        let target = tag.get("content").and_then(|content| content.split_once("url="));
        found.push(target.map_or(String::new(), |(_, target)| target.to_string()));
    }
    found
}

/// What is wrong with every page's addresses.
fn complaints(site: &Site, pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        for tag in &page.elements {
            for address in addresses(tag) {
                let wrong = complaint(site, pages, path, tag, &address);
                found.extend(wrong.map(|wrong| format!("{path}: {address}: {wrong}")));
            }
        }
    }
    found
}

/// Ids that stand twice in a page, or are empty.
fn repeated_ids(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        let mut seen = BTreeSet::new();
        for id in page.elements.iter().filter_map(|tag| tag.get("id")) {
            if id.is_empty() || !seen.insert(id) {
                found.push(format!("{path}: {id:?}"));
            }
        }
    }
    found
}

/// Elements that are named by an id which is not in the page.
fn missing_labels(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        let ids: BTreeSet<&str> = page.elements.iter().filter_map(|tag| tag.get("id")).collect();
        for tag in &page.elements {
            for name in ["for", "aria-labelledby", "aria-describedby", "aria-controls"] {
                let named = tag.get(name).unwrap_or_default().split_whitespace();
                found.extend(named.filter(|id| !ids.contains(id)).map(|id| format!("{path}: {name}={id}")));
            }
        }
    }
    found
}

/// Styles and scripts inside a page.
fn inline_parts(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        for tag in &page.elements {
            let inline = match tag.name.as_str() {
                // The page that is whole by itself has its style in it, and names its hash.
                "style" => !path.ends_with("/print.html"),
                "script" => tag.get("src").is_none(),
                _ => false,
            };
            if inline {
                found.push(format!("{path}: <{}>", tag.name));
            }
            let refused = tag.attributes.iter().filter(|(name, _)| name == "style" || name.starts_with("on"));
            found.extend(refused.map(|(name, _)| format!("{path}: {name}= in <{}>", tag.name)));
        }
    }
    found
}

/// Pages that let the browser load or run more than they need.
fn weak_policies(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        let policy =
            page.elements.iter().find(|tag| tag.get("http-equiv") == Some("Content-Security-Policy"));
        let policy = policy.and_then(|tag| tag.get("content")).unwrap_or_default();
        if path.ends_with("/print.html") != policy.contains("style-src 'sha256-") {
            found.push(format!("{path}: {policy:?}"));
        }
        if !policy.contains("default-src 'none'") || policy.contains("unsafe") || policy.contains("http") {
            found.push(format!("{path}: {policy:?}"));
        }
    }
    found
}

/// Pages without one heading, a title or a language.
fn nameless_pages(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        let headings = page.elements.iter().filter(|tag| tag.name == "h1").count();
        if headings != 1 || page.heading.trim().is_empty() {
            found.push(format!("{path}: {headings} h1: {:?}", page.heading));
        }
        if page.title.trim().is_empty() {
            found.push(format!("{path}: no title"));
        }
        let root = page.elements.first().filter(|tag| tag.name == "html");
        if root.and_then(|tag| tag.get("lang")).unwrap_or_default().is_empty() {
            found.push(format!("{path}: no language"));
        }
    }
    found
}

/// Headings more than one level below the one before.
fn skipped_levels(pages: &Pages) -> Vec<String> {
    let mut found = Vec::new();
    for (path, page) in pages {
        let mut last = 0;
        for tag in &page.elements {
            let level = tag.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok());
            let Some(level) = level else { continue };
            if level > last + 1 {
                found.push(format!("{path}: h{last}, then h{level}"));
            }
            last = level;
        }
    }
    found
}

/// Everything that is wrong with pages, whatever is on them.
fn faults(site: &Site) -> Vec<String> {
    let pages = pages(site);
    let looks = [repeated_ids, missing_labels, inline_parts, weak_policies, nameless_pages, skipped_levels];
    looks.iter().flat_map(|look| look(&pages)).chain(complaints(site, &pages)).collect()
}

#[track_caller]
fn assert_none(found: Vec<String>) {
    assert!(found.is_empty(), "{} of them:\n{}", found.len(), found[..found.len().min(20)].join("\n"));
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

// What is built

#[test]
fn the_repository_passes_its_own_check_without_a_word() {
    let ran = Project::of_repository().run(&["check"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.ends_with(": nothing wrong\n"), "{}", ran.stdout);
}

#[test]
fn building_again_elsewhere_and_with_one_thread_gives_the_same_bytes() {
    assert!(SITE.len() > 100, "there is a site");
    let project = Project::of_repository();
    let ran = run(project.command(&["build"]).env("RAYON_NUM_THREADS", "1").env("TZ", "Pacific/Apia"));
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_same(&SITE, &project.tree("public"), "another folder");
    assert_same(&SITE, &project.build(), "the same folder again");
}

#[test]
fn every_address_is_relative_and_leads_to_a_place_that_is_there() {
    assert!(PAGES.len() > 100, "there are pages");
    assert_none(complaints(&SITE, &PAGES));
}

#[test]
fn no_id_stands_twice_in_a_page() {
    assert_none(repeated_ids(&PAGES));
}

#[test]
fn what_labels_and_describes_is_in_the_page() {
    assert_none(missing_labels(&PAGES));
}

#[test]
fn no_page_has_a_style_or_a_script_of_its_own() {
    assert_none(inline_parts(&PAGES));
}

#[test]
fn every_page_forbids_what_it_does_not_need() {
    assert_none(weak_policies(&PAGES));
}

#[test]
fn every_page_has_one_heading_a_title_and_a_language() {
    assert_none(nameless_pages(&PAGES));
}

#[test]
fn headings_do_not_skip_a_level() {
    assert_none(skipped_levels(&PAGES));
}

#[test]
fn style_sheets_and_scripts_load_nothing_from_elsewhere() {
    let mut looked = 0;
    for (path, bytes) in SITE.iter().filter(|(path, _)| path.ends_with(".css") || path.ends_with(".js")) {
        let words = text_of(bytes);
        for part in words.split("url(").skip(1) {
            assert!(part.trim_start_matches(['"', '\'']).starts_with("data:"), "{path}: url({:.60}", part);
        }
        // A service worker asks its own site for the files of its list.
        let words = if path.ends_with("/worker.js") || path == "worker.js" {
            words.replace("fetch(", "")
        } else {
            words
        };
        for refused in ["@import", "fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "eval("] {
            assert!(!words.contains(refused), "{path} has {refused}");
        }
        looked += 1;
    }
    assert!(looked >= 2, "there is a style sheet and a script");
}

// Who may see what

/// The parts of a text that stand in HTML as they stand in markdown, with at least four words.
fn phrases(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| "[](){}*_`#<>|&\"'\n".contains(c));
    let trimmed = parts.map(|part| part.trim_matches(|c: char| !c.is_alphabetic()).to_string());
    trimmed.filter(|part| part.split_whitespace().count() >= 4).collect()
}

/// The lines of sections that say they are for responders, with what is below them.
fn restricted_lines(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut within: Option<usize> = None;
    for line in text.lines() {
        let level = line.find(|c| c != '#').filter(|level| *level > 0 && line[*level..].starts_with(' '));
        if let Some(level) = level {
            if within.is_some_and(|outer| level <= outer) {
                within = None;
            }
            if within.is_none() && line.contains("audience=responders") {
                within = Some(level);
            }
        }
        if within.is_some() {
            found.push(line);
        }
    }
    found
}

/// What this repository's content says to responders alone, in the words of the site.
fn restricted(project: &Project) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    let mut open = String::new();
    for (path, bytes) in project.tree("content") {
        let text = text_of(&bytes);
        if !path.ends_with(".md") {
            continue;
        }
        let (front, body) = match text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")) {
            Some(parts) => parts,
            None => ("", text.as_str()),
        };
        if front.lines().any(|line| line == "audience: responders") {
            secrets.extend(phrases(&text));
            continue;
        }
        let hidden = restricted_lines(body);
        secrets.extend(hidden.iter().flat_map(|line| phrases(line)));
        open.extend(body.lines().filter(|line| !hidden.contains(line)).flat_map(|line| [line, " "]));
    }
    let compilation = Compilation::read(&project.path("")).expect("the project can be read");
    for plan in compilation.plans.iter().filter(|plan| plan.edition == Audience::Responders) {
        for map in ["channels", "contacts"] {
            let entries = plan.values.get(map).and_then(|node| node.value.as_map());
            for (_, entry) in entries.into_iter().flat_map(|map| map.iter()) {
                let Some(fields) = entry.value.as_map() else { continue };
                let audience = fields.get("audience").and_then(|node| node.value.as_text());
                if audience != Some("responders") {
                    continue;
                }
                for (_, node) in fields.iter() {
                    let Value::Text(value) = &node.value else { continue };
                    if value.starts_with(['#', '@', '+']) || value.contains(['@', '/']) {
                        secrets.insert(value.clone());
                    }
                    secrets.extend(phrases(value));
                }
            }
        }
    }
    // Words that also stand in a text for everybody are no secret.
    secrets.retain(|secret| !open.contains(secret.as_str()));
    secrets
}

#[test]
fn what_is_for_responders_is_not_in_the_public_edition() {
    let secrets = restricted(&Project::of_repository());
    assert!(secrets.len() > 5, "the repository restricts something: {secrets:?}");
    assert!(SITE.keys().any(|path| path.starts_with("public/base/")), "there is a public edition");
    let (public, responders): (Vec<_>, Vec<_>) = SITE
        .iter()
        .map(|(path, bytes)| (path, text_of(bytes).split_whitespace().collect::<Vec<_>>().join(" ")))
        .partition(|(path, _)| path.starts_with("public/"));
    for secret in &secrets {
        assert!(
            responders.iter().any(|(_, text)| text.contains(secret)),
            "responders do not get {secret:?} either"
        );
        let shown: Vec<_> =
            public.iter().filter(|(_, text)| text.contains(secret)).map(|(path, _)| path).collect();
        assert!(shown.is_empty(), "{secret:?} is public: {shown:?}");
    }
}

/// A project that restricts in every way there is. Every secret is a word of its own.
fn secretive() -> Project {
    let project = Project::empty();
    project.write(
        "site.toml",
        "title = \"Guidebook\"\nbase_url = \"https://plan.test\"\n[editions]\nresponders = \"all\"\nstaff = \"inside\"\npublic = \"\"\n",
    );
    project.write(
        "content/base/plan.md",
        "---\n\
        channels:\n  \
          open: {title: the hall, kind: chat, address: '#hall'}\n  \
          war: {title: secret-one, kind: chat, address: '#secret-two', purpose: secret-three, audience: responders}\n  \
          desk: {title: quiet-one, kind: chat, address: '#quiet-two', audience: staff}\n\
        contacts:\n  \
          boss: {title: secret-four, phone: '+secret-five', email: secret-six@plan.test, audience: responders}\n\
        ---\n# Plan\n\nHello. {% if channels.war is defined %}secret-seven{% endif %}\n",
    );
    project.write(
        "content/base/page.md",
        "# Page\n\nOpen words.\n\n\
        ## Secret-eight {#secret-nine audience=responders}\n\nsecret-ten\n\n### secret-eleven\n\nsecret-twelve\n\n\
        ## Quiet-three {audience=staff}\n\nquiet-four\n\n\
        ## Open again {#again}\n\nOpen.\n\n\
        ### Secret-thirteen {#inner audience=responders}\n\nsecret-fourteen [^n]\n\n[^n]: secret-fifteen\n",
    );
    project.write(
        "content/base/secret-sixteen.md",
        "---\ntitle: Secret-seventeen\nsummary: secret-eighteen\naudience: responders\naliases: [secret-nineteen]\n---\nsecret-twenty\n",
    );
    project.write(
        "content/base/roles/secret-role.md",
        "---\ntitle: Secret-title\naudience: responders\nduties: {one: secret-duty}\n---\nsecret-words\n",
    );
    project.write(
        "content/agency/plan.md",
        "---\nextends: base\nchannels:\n  war: {address: '#secret-changed'}\ncontacts:\n  boss: {name: secret-name}\n---\n",
    );
    project.write(
        "content/agency/page.md",
        "## Secret-anew {#secret-nine .replace}\n\nsecret-instead\n\n## {#inner .append}\n\nsecret-more\n\n\
        ## Secret-added {#added after=again audience=responders}\n\nsecret-addition\n",
    );
    project.write("content/agency/secret-sixteen.md", "---\ntailor: replace\n---\nsecret-rewritten\n");
    project
}

fn restricted_words(project: &Project, start: &str) -> BTreeSet<String> {
    let text: String =
        project.tree("content").iter().map(|(path, bytes)| format!("{path}\n{}", text_of(bytes))).collect();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_lowercase);
    words.filter(|word| word.starts_with(start)).collect()
}

#[test]
fn an_edition_holds_nothing_its_audience_may_not_see_and_all_it_may() {
    let project = secretive();
    project.accept();
    let site = project.build();
    let secret = restricted_words(&project, "secret-");
    let quiet = restricted_words(&project, "quiet-");
    assert!(secret.len() > 25 && quiet.len() == 4, "{secret:?} {quiet:?}");
    let lower: Site = site
        .iter()
        .map(|(path, bytes)| (path.to_lowercase(), text_of(bytes).to_lowercase().into()))
        .collect();
    // What one edition has, by the address and in the text of its files.
    let has = |edition: &str, word: &str| {
        lower.iter().any(|(path, bytes)| {
            let own = match path.split('/').next() {
                Some("all") => "all",
                Some("inside") => "inside",
                _ => "",
            };
            own == edition && (path.contains(word) || text_of(bytes).contains(word))
        })
    };
    for word in &secret {
        assert!(!has("", word), "{word} is public");
        assert!(!has("inside", word), "{word} is shown to staff");
    }
    for word in &quiet {
        assert!(!has("", word), "{word} is public");
        assert!(has("inside", word), "{word} is kept from staff");
        assert!(has("all", word), "{word} is kept from responders");
    }
    // A layer's own text stands for what it replaces; everything else reaches responders.
    let missing: Vec<&String> = secret.iter().filter(|word| !has("all", word)).collect();
    assert!(missing.is_empty(), "{missing:?} is kept from responders");
}

// For machines

/// The facts of the variants of a site, by address.
fn facts(site: &Site) -> BTreeMap<&str, Json> {
    let found = site.iter().filter(|(path, _)| path.ends_with("/plan.json"));
    found.map(|(path, bytes)| (path.as_str(), serde_json::from_slice(bytes).expect("JSON"))).collect()
}

#[test]
fn the_facts_of_every_variant_are_as_the_schema_says() {
    const ADDRESS: &str = "https://plan.test/plan.schema.json";
    let schema: Json = serde_json::from_slice(&SITE["plan.schema.json"]).expect("JSON");
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource(ADDRESS, schema).expect("a new address");
    let schema = compiler.compile(ADDRESS, &mut schemas).expect("a schema");
    let facts = facts(&SITE);
    assert!(facts.len() > 10, "there are variants");
    for (path, plan) in &facts {
        schemas.validate(plan, schema).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    assert!(schemas.validate(&Json::Null, schema).is_err(), "the schema allows everything");
}

/// Whether no author wrote a page.
fn is_composed(page: &str) -> bool {
    let is_document = page.ends_with("/document.html") && !page.ends_with("/phases/document.html");
    is_document || page.ends_with("/search.html") || page.ends_with("/print.html")
}

#[test]
fn the_facts_name_the_pages_that_are_there_and_where_each_fact_is_stated() {
    let project = Project::of_repository();
    for (path, plan) in facts(&SITE) {
        let folder = path.trim_end_matches("plan.json");
        let addresses = plan["pages"].as_array().expect("pages").iter();
        let listed: BTreeSet<String> = addresses
            .map(|page| format!("{folder}{}", page["address"].as_str().expect("an address")))
            .collect();
        let there = PAGES
            .keys()
            .filter(|page| page.starts_with(folder) && !is_composed(page) && !page.ends_with("/404.html"));
        assert_eq!(listed, there.cloned().collect(), "{path}");
        for (fact, place) in plan["provenance"].as_object().expect("provenance") {
            let file = place["file"].as_str().expect("a file");
            let line = place["line"].as_u64().expect("a line") as usize;
            let text = fs::read_to_string(project.path(file)).unwrap_or_default();
            assert!(text.lines().nth(line - 1).is_some(), "{path}: {fact} is not at {file}:{line}");
        }
    }
}

#[test]
fn a_variant_that_tailors_nothing_has_the_facts_of_its_parent() {
    let project = Project::of_repository();
    let parents = ["civicactions", "bixal", "elimu"];
    for parent in parents {
        let name = project.path(&format!("content/organizations/{parent}"));
        assert!(name.is_dir(), "{parent} is in the repository");
        project.write(
            &format!("content/twins/twin-of-{parent}/plan.md"),
            format!("---\nextends: {parent}\n---\n"),
        );
    }
    let site = project.build();
    let facts = facts(&site);
    for parent in parents {
        for edition in ["", "public/"] {
            let own = &facts[&*format!("{edition}{parent}/plan.json")];
            let twin = &facts[&*format!("{edition}twin-of-{parent}/plan.json")];
            let without_parent = |plan: &Json| {
                let mut facts = plan["facts"].clone();
                facts.as_object_mut().expect("facts").remove("extends");
                facts
            };
            assert_eq!(without_parent(own), without_parent(twin), "{edition}{parent}");
            assert_eq!(own["records"], twin["records"], "{edition}{parent}");
            let addresses = |plan: &Json| -> Vec<(Json, Json)> {
                let pages = plan["pages"].as_array().expect("pages").iter();
                pages.map(|page| (page["address"].clone(), page["title"].clone())).collect()
            };
            assert_eq!(addresses(own), addresses(twin), "{edition}{parent}");
            let provenance = |plan: &Json| {
                let mut places = plan["provenance"].clone();
                places.as_object_mut().expect("places").remove("extends");
                places
            };
            assert_eq!(provenance(own), provenance(twin), "{edition}{parent}");
        }
    }
}

#[test]
fn the_site_map_lists_the_pages_of_the_public_edition_and_no_others() {
    let project = Project::of_repository();
    let editions = "[editions]\nresponders = \"\"\npublic = \"public\"\n";
    project.write("site.toml", format!("base_url = \"https://plan.test/guide/\"\n{editions}"));
    let site = project.build();
    let map = text_of(&site["sitemap.xml"]);
    let mut listed: Vec<String> = Vec::new();
    for part in map.split("<loc>").skip(1) {
        let address = unescape(part.split("</loc>").next().expect("an end"));
        let path = address.strip_prefix("https://plan.test/guide/").expect("an address of the site");
        listed.push(decode(path));
    }
    listed.sort();
    let is_public = |path: &&String| path.starts_with("public/") && path.ends_with(".html");
    let others = ["404.html", "/search.html", "/print.html", "verify/index.html"];
    let is_own = |path: &&String| !others.iter().any(|other| path.ends_with(other));
    let there: Vec<String> = site.keys().filter(is_public).filter(is_own).cloned().collect();
    assert!(there.len() > 100, "there are public pages");
    assert_eq!(listed, there);
    assert!(!Project::small().build().contains_key("sitemap.xml"), "without an address there is no site map");
}

#[test]
fn old_addresses_lead_to_the_page_in_every_variant() {
    let project = Project::small();
    project.write(
        "content/base/guide/report.md",
        "---\naliases: [old/report.html, reporting, /guide/deep/er/report]\n---\n# How to report\n",
    );
    project.write("content/agency/plan.md", "---\nextends: base\n---\n");
    let site = project.build();
    assert_none(faults(&site));
    let pages = pages(&site);
    for variant in ["base", "agency"] {
        for alias in ["old/report.html", "reporting.html", "guide/deep/er/report.html"] {
            let path = format!("{variant}/{alias}");
            let page = pages.get(&path).unwrap_or_else(|| panic!("there is no {path}"));
            let goal = Some(format!("{variant}/guide/report.html"));
            let refresh = page.elements.iter().find(|tag| tag.get("http-equiv") == Some("refresh"));
            let refresh = refresh.and_then(|tag| tag.get("content")).unwrap_or_default();
            let target = refresh
                .strip_prefix("0; url=")
                .unwrap_or_else(|| panic!("{path} does not lead on: {refresh:?}"));
            assert_eq!(follow(&path, target), goal, "{path} leads elsewhere");
            let link = page.elements.iter().find(|tag| tag.name == "a").and_then(|tag| tag.get("href"));
            assert_eq!(follow(&path, link.unwrap_or_default()), goal, "{path} links elsewhere");
        }
    }
}

// What was there before

#[test]
fn a_build_that_finds_an_error_leaves_the_last_good_site_as_it_was() {
    let project = Project::of_repository();
    let good = project.build();
    project.write("content/base/more.md", "# More\n\n[it](nowhere.md)\n");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert_eq!(ran.errors(), ["broken-link content/base/more.md:3:6"]);
    assert_same(&good, &project.tree("public"), "a build with an error");
    assert_eq!(project.leftovers(), Vec::<String>::new());
}

#[test]
fn a_theme_that_cannot_be_used_leaves_the_last_good_site_as_it_was() {
    let project = Project::small();
    let good = project.build();
    for broken in
        ["{{ nothing.here }}", "{% if %}", "{% include 'nothing.html' %}", "{% extends 'page.html' %}"]
    {
        project.write("site.toml", "theme = \"look\"\n");
        project.write("look/templates/page.html", broken);
        let ran = project.run(&["build"]);
        assert_eq!(ran.status, Some(1), "{broken}: {}", ran.stderr);
        assert!(ran.stderr.contains("error[broken-theme]"), "{broken}: {}", ran.stderr);
        assert!(ran.stderr.contains("--> look/templates/page.html:1:"), "{broken}: {}", ran.stderr);
        assert_same(&good, &project.tree("public"), broken);
        assert_eq!(project.leftovers(), Vec::<String>::new());
    }
}

#[test]
fn an_internal_edition_is_not_for_search_engines() {
    let project = Project::small();
    project.write(
        "site.toml",
        "base_url = \"https://plan.test\"\n[editions]\nresponders = \"\"\npublic = \"open\"\n",
    );
    let site = project.build();
    let is_closed = |path: &str| text_of(&site[path]).contains("<meta name=\"robots\" content=\"noindex\">");
    assert!(is_closed("index.html") && is_closed("base/index.html") && is_closed("open/404.html"));
    assert!(!is_closed("open/index.html") && !is_closed("open/base/index.html"));
    assert!(text_of(&site["_headers"]).contains("\n/base/*\n  X-Robots-Tag: noindex\n"));
    assert!(!text_of(&site["open/_headers"]).contains("X-Robots-Tag"));
    assert!(!text_of(&site["sitemap.xml"]).contains("plan.test/base/"));
}

#[test]
fn a_page_says_its_language_and_which_way_it_runs() {
    let project = Project::small();
    project.write("site.toml", "lang = \"fa\"\n");
    project.write("content/spanish/plan.md", "---\nextends: base\ndocument: { language: es }\n---\n");
    let site = project.build();
    let root = |path: &str| text_of(&site[path]).split("<head>").next().unwrap_or_default().to_string();
    for path in ["index.html", "404.html", "base/index.html", "base/404.html"] {
        assert!(root(path).contains("<html lang=\"fa\" dir=\"rtl\""), "{path}: {}", root(path));
    }
    let spanish = root("spanish/index.html");
    assert!(spanish.contains("<html lang=\"es\"") && !spanish.contains("dir="), "{spanish}");
}

#[test]
fn a_file_is_compressed_beside_itself_and_the_same_each_time() {
    let project = Project::small();
    let site = project.build();
    let style = site.keys().find(|path| path.starts_with("assets/style.") && path.ends_with(".css"));
    let style = style.expect("a style sheet");
    let compressed = &site[&format!("{style}.gz")];
    assert!(compressed.len() * 2 < site[style].len());
    assert_eq!(&compressed[..2], [0x1f, 0x8b]);
    assert_same(&site, &project.build(), "built again");
}

#[test]
fn a_site_that_is_not_to_be_kept_says_so_to_the_workers_there_are() {
    let project = Project::small();
    let kept = project.build();
    assert!(text_of(&kept["base/index.html"]).contains(" data-kept"));
    project.write("site.toml", "offline = false\n");
    let site = project.build();
    assert!(!text_of(&site["base/index.html"]).contains(" data-kept"));
    assert!(
        text_of(&site["base/worker.js"])
            .contains("const list = {\"version\":\"\",\"name\":\"\",\"files\":{}};")
    );
}

#[test]
fn a_page_that_is_gone_is_gone_from_the_site() {
    let project = Project::small();
    let good = project.build();
    project.write("content/base/more.md", "# More\n");
    project.write("content/base/picture.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    let more = project.build();
    assert!(more.contains_key("base/more.html") && more.contains_key("base/picture.svg"));
    fs::remove_file(project.path("content/base/more.md")).expect("it can be removed");
    fs::remove_file(project.path("content/base/picture.svg")).expect("it can be removed");
    assert_same(&good, &project.build(), "a page that was taken back");
}

#[test]
fn a_folder_somebody_else_filled_is_not_touched() {
    let project = Project::small();
    project.write("public/letter.txt", "Dear all");
    let before = project.tree("public");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.stderr.starts_with("error: cannot write public: it has files redbinder did not write"),
        "{}",
        ran.stderr
    );
    assert_same(&before, &project.tree("public"), "a refused build");
    assert_eq!(project.leftovers(), Vec::<String>::new());
}

/// When to kill a build.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So many milliseconds after its start
    After(u64),
    /// As soon as so many files of the new site are written beside the old one
    Written(usize),
    /// As soon as all are
    AllWritten,
    /// As soon as the new site stands where the old one stood
    Swapped,
}

#[test]
fn a_killed_build_leaves_a_whole_site_and_the_next_one_clears_up() {
    let project = Project::of_repository();
    let title = |title: &str| project.write("site.toml", format!("title = \"{title}\"\n"));
    title("One");
    let one = project.build();
    title("Two");
    let two = project.build();
    assert_ne!(one["index.html"], two["index.html"], "the two can be told apart");
    let beside = ".public.redbinder-building";
    let mut interrupted = 0;
    let mut now_two = true;
    let times = [0, 20, 80, 200, 400].map(Moment::After);
    // Until it was met while it wrote: whether one try does depends on the machine.
    let written = [Moment::Written(0), Moment::Written(20), Moment::AllWritten, Moment::Swapped];
    let written = written.into_iter().cycle().take(40);
    for (index, moment) in times.into_iter().chain(written).enumerate() {
        if index >= times.len() + 4 && interrupted >= 3 {
            break;
        }
        let (before, after) = if now_two { (&two, &one) } else { (&one, &two) };
        title(if now_two { "One" } else { "Two" });
        let mut child = project.command(&["build", "--quiet"]).spawn().expect("the program starts");
        let start = Instant::now();
        while child.try_wait().expect("it can be waited for").is_none() {
            let is_now = match moment {
                Moment::After(time) => start.elapsed() >= Duration::from_millis(time),
                Moment::Written(0) => project.path(beside).exists(),
                Moment::Written(count) => files_in(&project.path(beside)) >= count,
                Moment::AllWritten => files_in(&project.path(beside)) >= after.len(),
                Moment::Swapped => {
                    fs::read(project.path("public/index.html")).ok().as_ref() == after.get("index.html")
                }
            };
            if is_now {
                child.kill().expect("it can be killed");
                break;
            }
        }
        child.wait().expect("it ends");
        interrupted += usize::from(project.path(beside).exists());
        let site = project.tree("public");
        let left = if site.get("index.html") == after.get("index.html") { after } else { before };
        assert_same(&site, left, &format!("killed at {moment:?}"));
        assert_same(&project.build(), after, &format!("built after {moment:?}"));
        assert_eq!(project.leftovers(), Vec::<String>::new(), "after {moment:?}");
        now_two = !now_two;
    }
    assert!(interrupted >= 3, "the build was never met while it wrote");
}

fn files_in(folder: &std::path::Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_in(&entry.path()),
            _ => 1,
        })
        .sum()
}

#[test]
fn the_theme_that_the_readme_shows_is_one() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a text");
    let block = |language: &str, after: &str| {
        let (_, rest) = readme.split_once(after).expect("README.md has it");
        let (_, rest) = rest.split_once(&format!("```{language}\n")).expect("a block");
        rest.split_once("```").expect("its end").0.to_string()
    };
    let project = Project::small();
    project.write("site.toml", "title = \"Guidebook\"\ntheme = \"theme\"\n");
    project.write("theme/static/colours.css", block("css", "`theme/static/colours.css`"));
    project.write("theme/templates/origins.html", block("html", "`theme/templates/origins.html`"));
    let site = project.build();
    let style = site.iter().find(|(path, _)| path.starts_with("assets/style.") && path.ends_with(".css"));
    assert!(String::from_utf8_lossy(style.expect("a sheet").1).contains("--accent: #2b4a82"));
    assert!(String::from_utf8_lossy(&site["base/index.html"]).contains("<p>Written by Base.</p>"));
}

#[test]
fn what_the_site_writes_itself_is_at_the_addresses_kept_for_it() {
    let site = Project::of_repository().build();
    for address in redbinder::plan::address::OF_SITE {
        assert!(site.contains_key(&format!("public/base/{address}")), "no {address}");
    }
}

#[test]
fn a_template_that_breaks_when_it_makes_a_page_is_found_by_the_check() {
    let project = Project::small();
    project.write("site.toml", "theme = \"theme\"\n");
    project.write("theme/templates/standing.html", "<p>{{ nowhere.at.all }}</p>\n");
    for command in ["check", "build"] {
        let ran = project.run(&[command]);
        assert_eq!(ran.status, Some(1), "{command}: {}", ran.stderr);
        assert!(ran.stderr.contains("theme/templates/standing.html:1:7"), "{command}: {}", ran.stderr);
    }
    project.write("theme/templates/standing.html", "<p>{{ page.title }}</p>\n");
    for command in ["check", "build"] {
        assert_eq!(project.run(&[command]).status, Some(0), "{command}");
    }
}
