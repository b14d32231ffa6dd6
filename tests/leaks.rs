//! What an edition keeps from its readers: a canary in every place that text can come from, and the
//! last look that finds it in a finished site.

mod project;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use project::Project;
use redbinder::Compilation;
use redbinder::files::Output;

/// A word for each place, that no other text has; all of them are for responders alone.
const CANARIES: [&str; 24] = [
    "kingfisher-path",
    "kingfisher-alias",
    "Kingfishertitle",
    "Kingfishersummary",
    "Kingfisherfact",
    "kingfisher-room",
    "Kingfisherpurpose",
    "kingfisher@duty.example",
    "+1 555 0100 77",
    "Kingfisherheading",
    "Kingfishersentence",
    "Kingfisherchild",
    "Kingfisheritem",
    "Kingfishercell",
    "Kingfishercode",
    "Kingfisherhtml",
    "Kingfisheralt",
    "Kingfisherlinktitle",
    "kingfisher-target",
    "Kingfisherfootnote",
    "Kingfisherabbr",
    "Kingfishercomment",
    "Kingfisherremark",
    "kingfisher-file",
];

const PLAN: &str = "\
---
title: The plan
tools:
  chat: { title: the chat, purpose: Quick messages }
channels:
  main: { title: the room, kind: chat, product: chat, address: '#incidents', purpose: Everybody reports here. }
  fire:
    title: the quiet room
    kind: chat
    product: chat
    address: '#kingfisher-room'
    purpose: Kingfisherpurpose is the reason for this room and for nothing else.
    audience: responders
contacts:
  report: { title: the team, email: team@organization.example, purpose: Reports }
  duty:
    title: the officer on duty
    email: kingfisher@duty.example
    phone: +1 555 0100 77
    purpose: Whoever is on duty
    audience: responders
---

# The plan

What to do. {## Kingfishercomment is for writers ##}

{% if channels.fire is defined %}Meet in {{ channels.fire.address }}.{% endif %}

<!-- Kingfisherremark is for writers too -->

## In the open {#open}

Everybody may read this. Write to {{ contacts.report.email }} in [the room](channel:main).

## Kingfisherheading {#quiet audience=responders}

Kingfishersentence goes to nobody else, and tells [where](https://kingfisher-target.example \"Kingfisherlinktitle\").[^1]

- [ ] Kingfisheritem is ticked by responders

| what | where |
|---|---|
| Kingfishercell | [](role:watcher) |

```
Kingfishercode --now
```

<abbr title=\"Kingfisherhtml\">Kingfisherabbr</abbr>

![Kingfisheralt](quiet/kingfisher-file.svg)

[^1]: Kingfisherfootnote says more.

### Below

Kingfisherchild lies deeper. See [the page](kingfisher-path.md).
";

const PAGE: &str = "\
---
title: Kingfishertitle
summary: Kingfishersummary of what is to be done.
audience: responders
aliases: [old/kingfisher-alias.html]
---

What the page says to responders about the watch at night.
";

const ROLE: &str = "\
---
title: Watcher
abbreviation: WT
audience: responders
duties: { watch: Kingfisherfact is watched all night. }
---

Watches.
";

/// A plan with a secret in every place.
fn secretive() -> Project {
    let project = Project::empty();
    let editions = "[editions]\nresponders = \"\"\nstaff = \"for-staff\"\npublic = \"public\"\n";
    let quiet = ["unused-record", "orphan-page", "retired-name", "foreign-name", "unbound-duration"];
    let rules: String = quiet.iter().map(|rule| format!("{rule} = \"off\"\n")).collect();
    project.write(
        "site.toml",
        format!("title = \"Guidebook\"\nbase_url = \"https://guide.example\"\n{editions}[rules]\n{rules}"),
    );
    project.write("content/base/plan.md", PLAN);
    project.write("content/base/kingfisher-path.md", PAGE);
    project.write("content/base/roles/watcher.md", ROLE);
    project.write("content/base/quiet/kingfisher-file.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    project
}

/// Which canaries are in which files, names of files included.
fn found_in<'s>(site: &'s BTreeMap<String, Vec<u8>>, folders: &[&str]) -> Vec<(&'static str, &'s str)> {
    let mut found = Vec::new();
    for (path, bytes) in site.iter().filter(|(path, _)| folders.iter().any(|folder| path.starts_with(folder)))
    {
        let content = String::from_utf8_lossy(bytes);
        let content = redbinder::render::search::read(&content).unwrap_or(content.into_owned());
        let holds = |canary: &&str| content.contains(*canary) || path.contains(*canary);
        found.extend(CANARIES.into_iter().filter(holds).map(|canary| (canary, path.as_str())));
    }
    found
}

#[test]
fn no_byte_of_a_lower_edition_holds_what_it_may_not_see() {
    let project = secretive();
    let site = project.build();
    assert_eq!(found_in(&site, &["public/", "for-staff/", "sitemap", "robots"]), []);
    // They are there for those who may see them, all but what is for writers only.
    let seen = found_in(&site, &["base/"]);
    let missing: Vec<&str> =
        CANARIES.into_iter().filter(|canary| !seen.iter().any(|(other, _)| other == canary)).collect();
    assert_eq!(missing, ["Kingfishercomment", "Kingfisherremark"]);
}

/// The files in the packs of a project, by the pack's name and their paths in it.
fn packed(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let ran = project.run(&["build", "--pack"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let mut files = BTreeMap::new();
    for (name, bytes) in project.tree("packs").into_iter().filter(|(name, _)| name.ends_with(".zip")) {
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        for index in 0..zip.len() {
            let mut file = zip.by_index(index).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("its bytes");
            files.insert(format!("{name}/{}", file.name().expect("a name")), bytes);
        }
    }
    files
}

#[test]
fn a_pack_holds_what_its_edition_may_see_and_nothing_else() {
    let project = secretive();
    let files = packed(&project);
    assert_eq!(found_in(&files, &["base-public.zip/", "base-staff.zip/"]), []);
    assert!(files.contains_key("base-public.zip/base-public/base/index.html"), "{:?}", files.keys());
    assert!(found_in(&files, &["base-responders.zip/"]).len() > 20);
    let packs = project.tree("packs");
    packed(&project);
    project::assert_same(&packs, &project.tree("packs"), "packed again");
}

#[test]
fn a_worker_saves_nothing_of_another_edition() {
    let project = secretive();
    let site = project.build();
    let workers: Vec<&String> = site.keys().filter(|path| path.ends_with("worker.js")).collect();
    assert_eq!(workers.len(), 6, "{workers:?}");
    for path in workers {
        let text = String::from_utf8_lossy(&site[path]);
        let own_folder = path.strip_suffix("worker.js").expect("the worker's folder");
        let list = text.lines().find_map(|line| line.strip_prefix("const list = ")).expect("a list");
        let list: serde_json::Value = serde_json::from_str(list.trim_end_matches(';')).expect("JSON");
        let files = list["files"].as_object().expect("files");
        assert!(files.len() > 5, "{path}: {files:?}");
        for file in files.keys() {
            let mut parts: Vec<&str> = own_folder.split_terminator('/').collect();
            for part in file.split('/') {
                match part {
                    ".." => parts.truncate(parts.len().saturating_sub(1)),
                    part => parts.push(part),
                }
            }
            let file = parts.join("/");
            assert!(site.contains_key(&file), "{path} saves {file}, which is not there");
            let edition = |path: &str| {
                path.split('/')
                    .next()
                    .filter(|folder| ["public", "for-staff"].contains(folder))
                    .map(str::to_string)
            };
            assert_eq!(edition(path), edition(&file), "{path} saves {file}");
        }
    }
}

#[test]
fn what_is_printed_says_what_its_edition_may_see() {
    let project = secretive();
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let mut printed = Output::new();
    for plan in &compilation.plans {
        let jobs = redbinder::print::jobs(&compilation.project.config, plan);
        printed.extend(jobs.iter().map(|job| (job.address.clone(), job.readable())));
    }
    assert_eq!(compilation.leaks(&printed), []);
    let printed: BTreeMap<String, Vec<u8>> =
        printed.into_iter().map(|(address, bytes)| (address, bytes.to_vec())).collect();
    assert!(found_in(&printed, &["base/"]).len() > 10, "responders get them on paper");
    assert_eq!(found_in(&printed, &["public/", "for-staff/"]), []);
    // Had one of them got in, the last look would tell.
    let mut spoiled = Output::new();
    spoiled.insert("public/base/print/binder.pdf".into(), printed["base/print/binder.pdf"].clone().into());
    assert_eq!(compilation.leaks(&spoiled).len(), 1);
}

#[test]
fn what_is_closed_later_is_gone_from_the_next_build() {
    let project = secretive();
    for path in ["content/base/plan.md", "content/base/kingfisher-path.md", "content/base/roles/watcher.md"] {
        let text = std::fs::read_to_string(project.path(path)).expect("a page");
        let open =
            text.replace("audience: responders", "audience: public").replace(" audience=responders", "");
        project.write(path, open);
    }
    assert!(!found_in(&project.build(), &["public/"]).is_empty(), "nothing is secret yet");
    project.write("content/base/plan.md", PLAN);
    project.write("content/base/kingfisher-path.md", PAGE);
    project.write("content/base/roles/watcher.md", ROLE);
    assert_eq!(found_in(&project.build(), &["public/", "for-staff/"]), []);
}

/// What the last look says of a site into which a text has got.
fn leaks_with(project: &Project, address: &str, text: &str) -> Vec<String> {
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let mut site: Output = compilation.render().expect("a site");
    let mut bytes = site.get(address).map(|bytes| bytes.to_vec()).unwrap_or_default();
    bytes.extend_from_slice(text.as_bytes());
    site.insert(address.to_string(), Arc::from(bytes));
    let sources = &compilation.project.sources;
    compilation
        .leaks(&site)
        .iter()
        .map(|leak| format!("{} {}", sources.place(leak.span().expect("a place")), leak.message))
        .collect()
}

#[test]
fn the_last_look_finds_what_got_into_a_page() {
    let project = secretive();
    assert_eq!(
        leaks_with(&project, "public/base/index.html", "<p>Everybody may read this.</p>"),
        [] as [&str; 0]
    );
    let cases = [
        ("<p>Kingfishersentence goes to <b>nobody</b> else, and tells where.</p>", "plan.md:38:1"),
        ("<p>Ask in #kingfisher-room</p>", "plan.md:11:14"),
        ("<a href=\"mailto:kingfisher@duty.example?subject=x\">write</a>", "plan.md:18:12"),
        ("<img alt=\"what the page says to responders about the watch at night\">", "kingfisher-path.md:8:1"),
        ("<a href=\"kingfisher-path.html\">x</a>", "kingfisher-path.md:1:1"),
        ("<p>Kingfisherfact is watched all night.</p>", "roles/watcher.md:5:18"),
    ];
    for (text, place) in cases {
        let told = leaks_with(&project, "public/base/index.html", text);
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with(&format!("content/base/{place} ")), "{text}: {told:?}");
        assert!(told[0].ends_with("in `public/base/index.html`, which is for everybody"), "{told:?}");
    }
}

#[test]
fn the_last_look_reads_every_kind_of_file_and_its_name() {
    let project = secretive();
    let data = "index([\"Kingfishersentence goes to nobody else, and\"]);";
    for (address, text) in [
        ("public/base/search.js", data),
        ("public/feed.xml", "<title>\nKingfishersentence goes to nobody else, and tells where</title>"),
        ("for-staff/base/plan.json", "{\"room\": \"#kingfisher-room\"}"),
        ("public/base/kingfisher-path.html", ""),
    ] {
        assert_eq!(leaks_with(&project, address, text).len(), 1, "{address}");
    }
    // The same in the edition that may have it.
    assert_eq!(leaks_with(&project, "base/search.js", data), [] as [&str; 0]);
}

#[test]
fn the_last_look_reads_what_search_reads() {
    let project = secretive();
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let mut site: Output = compilation.render().expect("a site");
    assert_eq!(compilation.leaks(&site).len(), 0);
    let index = site["base/search/index.js"].clone();
    site.insert("public/base/search/index.js".into(), index);
    let told: Vec<String> = compilation.leaks(&site).into_iter().map(|leak| leak.message).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`public/base/search/index.js`"), "{told:?}");
}

#[test]
fn a_declared_canary_is_found_in_any_spelling_of_files() {
    let project = secretive();
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("settings");
    project.write(
        "site.toml",
        format!("{settings}[canaries]\nresponders = [\"BLUE HERON\"]\nstaff = [\"GREY & OWL\"]\n"),
    );
    let told = leaks_with(&project, "public/base/index.html", "<p title=\"GREY &amp; OWL\">");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("site.toml:"), "{told:?}");
    assert_eq!(leaks_with(&project, "for-staff/base/index.html", "GREY &amp; OWL"), [] as [&str; 0]);
    assert_eq!(leaks_with(&project, "for-staff/base/index.html", "x/BLUE%20HERON/y").len(), 1);
    // Part of a longer word is another word.
    assert_eq!(leaks_with(&project, "for-staff/base/index.html", "BLUE HERONS"), [] as [&str; 0]);
}

#[test]
fn a_leak_is_not_published() {
    let project = secretive();
    project.build();
    // A theme of its own may print what no plan says.
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("settings");
    project.write(
        "site.toml",
        format!("theme = \"theme\"\n{settings}[canaries]\nresponders = [\"BLUE HERON\"]\n"),
    );
    project.write("theme/templates/switcher.html", "<p>BLUE HERON</p>");
    let before = project.tree("public");
    let ran = project.run(&["build"]);
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("error[audience-leak]: a canary, `BLUE HERON`, is in `"), "{}", ran.stderr);
    assert!(ran.stdout.contains("published nothing"), "{}", ran.stdout);
    project::assert_same(&before, &project.tree("public"), "the last good site");
}
