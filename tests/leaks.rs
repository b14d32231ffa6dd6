//! What an edition keeps from its readers: a canary in every place that text can come from, and the
//! last look that finds it in a finished site.

mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::sync::Arc;

use project::{Preview, Project};
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
    let files = packed(&more_secretive(LAYOUTS[0].1));
    let (wide, narrow): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| path.contains("-responders"));
    let said = |files: &[(&String, &Vec<u8>)]| -> BTreeSet<String> {
        files.iter().flat_map(|(path, bytes)| canaries_of(&said_by(path, bytes))).collect()
    };
    assert!(narrow.len() > 60 && said(&wide).len() > 100, "{} files", narrow.len());
    assert_eq!(said(&narrow), BTreeSet::new());
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

/// A plan with a room, a page and words for responders, and sections for everybody that are called as these are.
fn namesakes() -> Project {
    let project = Project::empty();
    project.write("site.toml", "title = \"T\"\n[editions]\nresponders = \"\"\npublic = \"public\"\n");
    project.write(
        "content/base/plan.md",
        "---\ntitle: Base\nchannels:\n  war: {title: the war room, kind: chat, address: \"#intrusion\", \
         audience: responders}\ndocument:\n  controls: {IR-8.a: Read it}\n---\n\
         Read [what to do](page.md), [an intrusion](page.md#intrusion) and [a breach](page.md#data-breach).\n",
    );
    project.write(
        "content/base/page.md",
        "# What to do\n\n## Intrusion\n\nKeep away from it.\n\n## Data breach\n\nTell the lead.\n\n\
         ## Notes\n\n- Write down what came of it\n- What you saw counts\n\n\
         ## I look after this plan {#upkeep audience=responders}\n\nSay what came of it. What you saw counts.\n\n\
         ## In secret {#in-secret audience=responders}\n\nJoin #intrusion, open `add_header` and \
         `also_called`, and think of IR-8.a. Then read [more](data-breach.md).\n",
    );
    project.write("content/base/data-breach.md", "---\naudience: responders\n---\n# More\n\nNothing.\n");
    project
}

#[test]
fn what_is_for_fewer_readers_may_be_called_as_a_section_for_everybody_is() {
    let project = namesakes();
    let index = "public/base/index.html";
    for text in
        ["", "<a href=\"page.html#intrusion\">x</a>", "<a href='#intrusion'>x</a>", "id=\"data-breach\""]
    {
        assert_eq!(leaks_with(&project, index, text), [] as [&str; 0], "{text}");
    }
    for (text, place) in [
        ("<p>Join #intrusion.</p>", "plan.md:4:51"),
        ("<p title=\"#intrusion\">x</p>", "plan.md:4:51"),
        ("<a href=\"data-breach.html\">x</a>", "data-breach.md:1:1"),
        ("[\"data-breach.md\"]", "data-breach.md:1:1"),
    ] {
        let told = leaks_with(&project, index, text);
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with(&format!("content/base/{place} ")), "{text}: {told:?}");
    }
    let canary = "title = \"T\"\n[editions]\nresponders = \"\"\npublic = \"public\"\n\
                  [canaries]\nresponders = [\"#heron\"]\n";
    project.write("site.toml", canary);
    assert_eq!(
        leaks_with(&project, index, "<a href=\"page.html#heron\">x</a>").len(),
        1,
        "a canary is one anywhere"
    );
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

/// A file of an office is a zip of files of XML.
#[test]
fn the_last_look_reads_what_is_packed() {
    let project = secretive();
    let of = |words: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).expect("a file");
        let text = format!("<?xml version=\"1.0\"?><w:p><w:t>{words}</w:t></w:p>{}", " ".repeat(500));
        std::io::Write::write_all(&mut zip, text.as_bytes()).expect("written");
        zip.finish().expect("a zip").into_inner()
    };
    project.write("content/base/open.docx", of("Kingfishersentence goes to nobody else, and tells where."));
    project.write("content/base/files.md", "# Files\n\n[The whole](open.docx)\n");
    let ran = project.run(&["build", "--no-pdf"]);
    assert_eq!(ran.status, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("is in `public/base/open.docx`"), "{}", ran.stderr);
    // Programs cut a word where its look or its spelling was changed.
    project.write(
        "content/base/open.docx",
        of("Kingfisher</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>sentence goes to nobody else, and tells where."),
    );
    assert_eq!(project.run(&["build", "--no-pdf"]).status, Some(1));
    project.write("content/base/open.docx", of("Everybody may read this."));
    assert_eq!(project.run(&["build", "--no-pdf"]).status, Some(0));
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

#[test]
fn a_canary_of_several_words_is_found_whatever_is_between_them() {
    let project = secretive();
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("settings");
    project.write(
        "site.toml",
        format!("{settings}[canaries]\nresponders = [\"BLUE  HERON\", \"ÄRGER\", \"#otter\"]\n"),
    );
    let told = |address: &str, text: &str| leaks_with(&project, address, text).len();
    for text in [
        "<h2>Blue <em>heron</em></h2>",
        "<td>blue</td><td>heron</td>",
        "<p>blue\nheron</p>",
        "ärger",
        "#otter",
    ] {
        assert_eq!(told("public/base/index.html", text), 1, "{text}");
    }
    for (address, text) in [("public/base/a.txt", "blue\nheron"), ("public/base/blue_heron.pdf", "")] {
        assert_eq!(told(address, text), 1, "{address}");
    }
    assert_eq!(told("public/base/index.html", "<p>A heron, blue, the otter</p>"), 0);
}

#[test]
fn what_no_reader_of_an_edition_gets_opens_nothing() {
    let project = secretive();
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("settings");
    project.write("site.toml", format!("theme = \"theme\"\n{settings}"));
    project.write(
        "content/base/notes.md",
        "# Notes\n\n<!-- kingfisher@duty.example: never publish it -->\n\n{## +1 555 0100 77 ##}\n\nNothing yet.\n",
    );
    project.write("theme/static/note.txt", "Kingfishersentence goes to nobody else, and tells where.");
    project.write("content/quiet/plan.md", "---\nextends: base\naudience: responders\n---\n");
    project.write("content/quiet/night.md", "# Night\n\nThe watch of the night rings twice.\n");
    project.write("content/pay_roll/plan.md", "---\nextends: base\n---\n");
    project.write("content/base/pay.md", "---\naudience: responders\n---\n\nAs for pay_roll, ask there.\n");
    let told = |text: &str| leaks_with(&project, "public/base/list.txt", text).len();
    // The theme's file is in each of the two lower editions.
    let of_theme = told("");
    assert_eq!(of_theme, 2);
    for text in ["kingfisher@duty.example", "(555) 0100-77", "The watch of the night rings twice."] {
        assert_eq!(told(text), of_theme + 1, "{text}");
    }
    assert_eq!(told("pay_roll"), of_theme, "a variant that everybody may read is called so");
}

#[test]
fn neither_paths_of_facts_nor_titles_read_early_tell_what_is_hidden() {
    let project = secretive();
    project.write(
        "content/base/roles/watcher.md",
        "# Kingfishertitle of a role {audience=responders}\n\nAsks {{ contacts.report.email }}.\n",
    );
    project.write(
        "content/base/roles/scribe.md",
        "---\ntitle: The scribe\naudience: responders\n---\n\nWrites.\n",
    );
    project
        .write("content/base/names.md", "# Names\n\nOf {{ roles.watcher.title }}: {{ deviation_table() }}\n");
    let paths = "requires: { contacts.duty.email: { why: Kingfisherfact } }\n\
                 deviations: { contacts.duty: { reason: Kingfisherfact, approved_by: scribe }, roles.scribe: { reason: Kingfisherfact, approved_by: scribe } }\n---\n\n# The plan";
    project.write("content/base/plan.md", PLAN.replacen("---\n\n# The plan", paths, 1));
    let ran = project.run(&["build", "--no-pdf"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let site = project.tree("public");
    let names = String::from_utf8_lossy(&site["public/base/names.html"]).into_owned();
    assert!(names.contains("Of Watcher:") && !names.contains("Kingfisher"), "{names}");
    for edition in ["public/", "for-staff/"] {
        let facts = String::from_utf8_lossy(&site[&format!("{edition}base/plan.json")]).into_owned();
        assert!(!facts.contains("contacts.duty") && !facts.contains("scribe"), "{facts}");
    }
    assert!(String::from_utf8_lossy(&site["base/plan.json"]).contains("contacts.duty"));
}

#[test]
fn no_fact_names_the_path_of_a_page_that_is_hidden() {
    let project = Project::empty();
    project.write("site.toml", "[editions]\nresponders = \"\"\npublic = \"public\"\n");
    project.write(
        "content/base/plan.md",
        "---\ntools:\n  vault: {title: The Vault, url: kingfisher-notes.md#hatch}\n  wiki: {title: The Wiki, url: open.md}\n  \
         safe: {title: The Safe, url: ./open.md#kingfisher-notes}\n  keys: {title: The Keys, url: roles/../kingfisher-notes.md?x}\n\
         dependencies:\n  dns: {title: The Names, effect: Nothing is found, url: kingfisher-notes.md}\n  \
         net: {title: The Net, effect: Nothing is sent, url: /open.md#kingfisher-notes}\n---\n\n\
         # The plan\n\nSee [](tool:vault), [](tool:wiki), [](dependency:dns) and the [checklist](checklists/hatch.md).\n",
    );
    let open = "# In the open\n\nWords.\n\n## Night {#kingfisher-notes audience=responders}\n\nMore words.\n";
    project.write("content/base/open.md", open);
    project.write(
        "content/base/kingfisher-notes.md",
        "---\naudience: responders\n---\n# Notes\n\n## The hatch {#hatch}\n\n1. Open the hatch.\n",
    );
    let front = "---\ncompanion_of: kingfisher-notes.md\n---\n";
    project.write("content/base/checklists/hatch.md", format!("{front}# Hatch\n\n- [ ] Open the hatch\n"));
    let ran = project.run(&["build", "--no-pdf"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let site = project.tree("public");
    let has = |path: &str, words: &str| String::from_utf8_lossy(&site[path]).contains(words);
    assert!(!site.iter().any(|(path, _)| path.starts_with("public/") && has(path, "kingfisher-notes")));
    assert!(has("public/base/plan.json", "open.md") && has("base/plan.json", "kingfisher-notes.md"));
}

/// A small binder for responders and everybody.
fn of_two_editions(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    let settings = "[editions]\nresponders = \"\"\npublic = \"public\"\n[canaries]\nresponders = [\"BLUE HERON\", \"op-x7\", \"Kranichflügel\", \"青鷺作戦\"]\n";
    let rules = [
        "unaccepted-tailoring",
        "orphan-page",
        "unused-record",
        "weaker-than-parent",
        "unprintable-character",
        "severity-without-response",
    ];
    let rules: String = rules.iter().map(|rule| format!("{rule} = \"note\"\n")).collect();
    project.write("site.toml", format!("{settings}[rules]\n{rules}"));
    project.write("content/base/plan.md", "# The plan\n\nWelcome.\n");
    files.iter().for_each(|(path, text)| project.write(&format!("content/{path}"), text));
    project
}

/// Whether a lower edition of what is built says a word, its search index read.
fn public_says(project: &Project, word: &str) -> bool {
    let ran = project.run(&["build", "--no-pdf"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let site = project.tree("public");
    let all = site.iter().filter(|(path, _)| path.starts_with("public/"));
    all.into_iter().any(|(path, bytes)| said_by(path, bytes).to_lowercase().contains(word))
}

const ORG: &str = "---\nextends: base\norganization: {name: the Harbor}\n---\n";

#[test]
fn a_footnote_is_that_of_its_own_file_whatever_it_is_called() {
    let project = of_two_editions(&[
        (
            "base/open.md",
            "# Open\n\n## Night {#night audience=responders}\n\nOpen the vault.[^1]\n\n## Day {#day}\n\nDay text.\n\n[^1]: The zqcode of the vault is forty two.\n",
        ),
        ("org/plan.md", ORG),
        (
            "org/open.md",
            "## {#day .append}\n\nAsk the front desk.[^1]\n\n[^1]: It is open from nine to five.\n",
        ),
    ]);
    assert!(!public_says(&project, "zqcode"));
    assert!(public_says(&project, "from nine to five"));
    let project = of_two_editions(&[
        ("base/open.md", "# Open\n\n## Day {#day}\n\nDay text.[^1]\n\n[^1]: Until five.\n"),
        ("org/plan.md", ORG),
        (
            "org/open.md",
            "## Night {#night before=day audience=responders}\n\nOpen the vault.[^1]\n\n## {#top .append}\n\nHello.\n\n[^1]: The zqcode of the vault is forty two.\n",
        ),
    ]);
    assert!(!public_says(&project, "zqcode"));
    assert!(public_says(&project, "until five"));
}

#[test]
fn a_footnote_that_nothing_mentions_is_on_no_page_and_in_no_index() {
    const NIGHT: &str = "## Night {#night audience=responders}\n\nOpen the vault.[^pin]\n\n";
    const NOTE: &str = "[^pin]: The zqcode door of the vault is forty two.\n";
    let page = format!("# Open\n\nPublic text.\n\n{NIGHT}## Day {{#day}}\n\nDay text.\n\n{NOTE}");
    for (what, base, own) in [
        ("removed", page.clone(), "## {#night .remove}\n\nWe have no vault.\n"),
        ("replaced", page.clone(), "## {#night .replace}\n\nCall the guard.\n"),
        ("in an item", format!("# Open\n\n- An item\n\n  {NOTE}\n{NIGHT}"), ""),
        ("in a quote", format!("# Open\n\n> A quote\n>\n> {NOTE}\n{NIGHT}"), ""),
        ("by nobody", format!("# Open\n\nText.\n\n{NOTE}"), ""),
    ] {
        let mut files = vec![("base/open.md", &*base), ("org/plan.md", ORG)];
        files.extend((!own.is_empty()).then_some(("org/open.md", own)));
        assert!(!public_says(&of_two_editions(&files), "zqcode"), "{what}");
    }
    // One in an item is shown to whoever gets its mark.
    let project = of_two_editions(&[("base/open.md", &format!("# Open\n\n- An item[^pin]\n\n  {NOTE}"))]);
    assert!(public_says(&project, "zqcode"));
}

#[test]
fn what_is_weaker_in_a_hidden_place_is_not_told() {
    let deviation = |path: &str| format!("  {path}: {{reason: zqreason, approved_by: The chief}}\n");
    let paths =
        ["notes.contain", "notes", "open.night", "open.moved", "open.md#night", "checklists.open.late"];
    let all: String = paths.into_iter().chain(["open.day"]).map(deviation).collect();
    let project = of_two_editions(&[
        ("base/notes.md", "---\naudience: responders\n---\n# Notes\n\n## Contain {#contain}\n\nDo it.\n"),
        (
            "base/open.md",
            "# Open\n\n{{ deviation_table() }}\n\n## Night {#night audience=responders}\n\nText.\n\n### Inside {#inside}\n\nText.\n\n## Day {#day}\n\nText.\n",
        ),
        ("org/open.md", "### Moved {#moved after=inside}\n\nIt stands among what is hidden.\n"),
        (
            "base/checklists/open.md",
            "# Steps\n\n## Late {#late audience=responders}\n\n- [ ] Do it {#step}\n",
        ),
        // What is hidden and what a layer took out of it.
        (
            "base/plan.md",
            "---\nchannels: {fire: {title: The engine room, kind: chat, address: '#engine', audience: responders}}\n---\n# The plan\n\nWelcome.\n",
        ),
        ("base/vault.md", "---\naudience: responders\n---\n# Vault\n\n## Door {#door}\n\nIn the cellar.\n"),
        ("org/vault.md", "---\ntailor: remove\n---\n\nWe have none.\n"),
        (
            "base/made.md",
            "# Made\n\n{% for id in ['scribe'] %}\n## Night {#night-{{ id }} audience=responders}\n\nText.\n{% endfor %}\n",
        ),
        (
            "org/plan.md",
            &ORG.replace("---\n", "").replace("extends", "---\nextends").replace(
                "Harbor}\n",
                &format!("Harbor}}\nchannels: {{fire: null}}\ndeviations:\n{all}---\n"),
            ),
        ),
    ]);
    assert!(public_says(&project, "zqreason"), "what is weaker by day is told");
    let site = project.tree("public");
    for file in ["public/org/plan.json", "public/org/open.html", "public/org/document.html"] {
        let text = String::from_utf8_lossy(&site[file]);
        for path in paths {
            assert!(
                !text.contains(&format!("{path}<")) && !text.contains(&format!("\"{path}\"")),
                "{file}: {path}"
            );
        }
        assert!(text.matches("zqreason").count() <= 1, "{file}");
    }
}

#[test]
fn what_a_layer_takes_out_names_nobody_afterwards() {
    let project = of_two_editions(&[
        (
            "base/plan.md",
            "---\ndocument: {owner: zqlead, approved_by: {zqlead: {role: zqlead, name: Zq Ada, on: 2026-01-01}}, distribution: {zqlead: Zq copy}}\n\
             system: {name: Sys, owner: zqlead}\ntools: {t: {title: the tool, purpose: Messages, url: zq-vault.md}}\n\
             deviations: {roles.scribe: {reason: We are few., approved_by: zqlead}}\n---\n# Plan\n\nUse [](tool:t).\n\n{{ document_table() }}\n\n{{ deviation_table() }}\n",
        ),
        ("base/roles/scribe.md", "---\ntitle: Scribe\n---\n\nWrites.\n"),
        ("base/roles/zqlead.md", "---\ntitle: Zq Lead\naudience: responders\n---\n\nLeads.\n"),
        ("base/zq-vault.md", "---\naudience: responders\n---\n# Zq vault\n\nIn the cellar.\n"),
        ("org/plan.md", "---\nextends: base\norganization: {name: Harbor}\n---\n"),
        ("org/roles/zqlead.md", "---\ntailor: remove\n---\n\nWe have none.\n"),
        ("org/zq-vault.md", "---\ntailor: remove\n---\n\nWe have none.\n"),
    ]);
    for secret in ["zqlead", "zq-vault", "zq "] {
        assert!(!public_says(&project, secret), "{secret}");
    }
    assert!(public_says(&project, "we are few."));
}

#[test]
fn the_sign_of_a_block_of_code_is_published_only_where_it_is_the_name_of_a_language() {
    let project =
        of_two_editions(&[("base/open.md", "# Open\n\n```zq@agency.gov\nx\n```\n\n```toml\na = 1\n```\n")]);
    assert!(!public_says(&project, "zq@agency.gov"));
    assert!(public_says(&project, "language-toml"));
}

#[test]
fn no_spelling_of_a_way_to_somebody_is_published() {
    const DUTY: &str = "---\ncontacts:\n  duty: {title: officer, name: Ada Müller, email: duty.officer@agency.gov, phone: \"+1 202 867 5309\", url: \"https://meet.agency.gov/fire-bridge\", audience: responders}\n---\n# The plan\n\nWelcome.\n";
    let publishes = |text: &str| {
        let page = format!("# Open\n\n{text}\n");
        let project = of_two_editions(&[("base/plan.md", DUTY), ("base/open.md", &page)]);
        project.run(&["build", "--no-pdf"]).status == Some(0)
    };
    for text in [
        "<p>On duty at night: Ada\nMüller, since May.</p>",
        "```text\nAsk Ada\nMüller\n```",
        "<abbr title=\"Ada  Müller\">A</abbr>",
        "Call 202-867-5309 24/7.",
        "(202) 867-5309 24 hours a day",
        "202-867-5309/202-867-5310",
        "202-867-5309x12",
        "\u{FF12}\u{FF10}\u{FF12} 867 5309",
        "202–867–5309",
        "202·867·5309",
        "202 867\u{200B}5309",
        "See meet.agency.gov/fire-bridge now.",
        "See <http://meet.agency.gov/fire-bridge>.",
        "See https://www.meet.agency.gov/fire-bridge.",
        "See <https://meet.agency.gov:443/fire-bridge>.",
        "当直はduty.officer@agency.govです。",
        "<a href=\"https://meet.agency.gov/fire%2Dbridge\">x</a>",
        "duty.of\u{200B}ficer@agency.gov",
        "duty.of&shy;ficer@agency.gov",
        "<a href=\"mailto:duty.officer&#64;agency.gov\">x</a>",
        "<a href=\"mailto:duty.off%69cer@agency.gov\">x</a>",
        "duty.<b>officer</b>@agency.gov",
        "Ask ADA MÜLLER.",
        "Ask Ada Mu\u{308}ller.",
        "BLU&shy;E HERON",
        "<p>BLUE&#32;HERON</p>",
        "<p>B<b>LUE</b> HERON</p>",
        "<p title=\"B&#76;UE HERON\">x</p>",
        "[x](https://a.example/b%6cue+heron)",
        "```json\n{\"a\": \"BLUE\\u0020HERON\"}\n```",
        "<p>op&#45;x7</p>",
        "<p>Kranichfl&uuml;gel</p>",
        "Kranichflu\u{308}gel",
    ] {
        assert!(!publishes(text), "{text}");
    }
    for text in [
        "Call 202-555-0100 24/7.",
        "Call 703-867-5309.",
        "See meet.agency.gov.",
        "Ask Ada Miller.",
        "A blue bird, a heron.",
        "10 20 30 40 50 60 70",
    ] {
        assert!(publishes(text), "{text}");
    }
    let wide: Vec<u8> =
        "\u{feff}a;duty.officer@agency.gov".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let project = of_two_editions(&[("base/plan.md", DUTY), ("base/open.md", "# Open\n\n[All](list.csv)\n")]);
    project.write("content/base/list.csv", wide);
    assert_eq!(project.run(&["build", "--no-pdf"]).status, Some(1));
}

#[test]
fn what_a_site_says_by_itself_or_in_its_files_is_no_leak() {
    const SECRET: &str = "---\naudience: responders\n---\n# Notes\n\n";
    let scribe = "---\ntitle: Scribe\n---\n# Scribe\n\nWrites.\n";
    let timer = "---\ntimers: {retro: {title: Hold the retrospective, within: 5 business days, starts: resolved, by: scribe, calendar: Monday to Friday}}\n---\n# The plan\n\nWelcome. See [](role:scribe).\n";
    for (what, text, others) in [
        (
            "a deadline",
            "Delete the copies of the disks within 5 business days from the end of the response.",
            [("base/plan.md", timer), ("base/roles/scribe.md", scribe)],
        ),
        (
            "a file",
            "Fill in SF1408 first. Keep all evidence in a locked cabinet.",
            [
                ("base/open.md", "# Open\n\n[Forms](forms.txt)\n"),
                ("base/forms.txt", "SF1408 pre-award survey\nKeep all evidence in a locked cabinet.\n"),
            ],
        ),
        (
            "the words of a step, as which a page is called",
            "Text of the page.",
            [
                ("base/open.md", "# Open\n\n- [ ] Call the vendor\n"),
                ("base/call-the-vendor.md", "---\naudience: responders\n---\n# Inner\n\nText.\n"),
            ],
        ),
        (
            "a row of a table",
            "You call the lead now and wait.",
            [
                ("base/open.md", "# Open\n\n| a | b |\n|---|---|\n| call the lead now | and wait |\n"),
                ("base/b.md", "# B\n"),
            ],
        ),
        (
            "sizes of icons",
            "A picture of 192x192 or 512x512 pixels.",
            [("base/a.md", "# A\n"), ("base/b.md", "# B\n")],
        ),
    ] {
        let secret = format!("{SECRET}{text}\n");
        let project = of_two_editions(&[&[("base/notes.md", &*secret)], &others[..]].concat());
        let ran = project.run(&["build", "--no-pdf"]);
        assert_eq!(ran.status, Some(0), "{what}: {}", ran.stderr);
    }
}

#[test]
fn what_pages_make_of_open_facts_is_no_leak_in_a_closed_section() {
    const CLOSED: &str = "## Night {#night audience=responders}\n\n";
    const RECORDS: [(&str, &str); 5] = [
        (
            "base/phases/assess.md",
            "---\ntitle: Assess\nnumber: 1\nled_by: commander\nstatus_on_exit: known\n---\n\nAsk first.\n",
        ),
        (
            "base/severities/high.md",
            "---\ntitle: High and urgent incident\nrank: 1\nhours: continuous\nsitrep_every: 2h\nauthority: Act alone.\ncriteria: Mail is read by others.\n---\n\nAct.\n",
        ),
        (
            "base/roles/officer.md",
            "---\ntitle: Public communications officer\nassigned_by: scribe\n---\n\nTalks.\n",
        ),
        (
            "base/roles/commander.md",
            "---\ntitle: Senior incident commander\nassigned_by: scribe\n---\n\nLeads.\n",
        ),
        ("base/roles/scribe.md", "---\ntitle: Scribe\nholders: one\n---\n\nWrites.\n"),
    ];
    const FACTS: &str = "---\nstatuses: {known: {title: Known and being worked on, meaning: We know.}}\ndocument: {version: '2', owner: scribe, tested_on: 2026-01-02}\ntimers: {report: {title: Report it, within: 1h, starts: noticed}}\n\
                         contacts: {report: {title: the team, email: team@agency.gov}}\n---\n# The plan\n\n\
                         Tell [](contact:report) or [](role:scribe).\n\n";
    for text in [
        "[Write to us](mailto:team@agency.gov) too, or to <team@agency.gov>.",
        "{{ contact_table() }}",
        "{{ reporting_table() }}",
        "- An item\n\n  {{ document_table() }}",
        "[Senior incident commander](roles/commander.md) knows.",
        "Wake [](role:officer), [](role:commander) at once.",
        "The night is led by the senior incident commander: led by Senior incident commander alone.",
        "It is high and urgent incident when we say so. It ends as known and being worked on.",
    ] {
        let plan = format!("{FACTS}{CLOSED}{text}\n");
        let project = of_two_editions(&[&[("base/plan.md", &*plan)], &RECORDS[..]].concat());
        let ran = project.run(&["build", "--no-pdf"]);
        assert_eq!(ran.status, Some(0), "{text}: {}", ran.stderr);
    }
}

#[test]
fn what_is_said_openly_in_another_markup_is_no_leak() {
    const INNER: &str = "---\naudience: responders\n---\n# Inner\n\nQuiet, please.\n";
    for (what, files) in [
        (
            "the name of an open page in a folder",
            [
                ("base/plan.md", "# The plan\n\n[All](checklists/response.md)\n"),
                ("base/checklists/response.md", "# Steps\n\n- [ ] Breathe\n"),
                ("base/response.md", INNER),
            ],
        ),
        (
            "a sentence with a link in it",
            [
                (
                    "base/plan.md",
                    "# The plan\n\nSend [situation reports](#often) at the interval of the severity.\n\n## Often {#often}\n\nYes.\n",
                ),
                (
                    "base/notes.md",
                    "---\naudience: responders\nsummary: Send situation reports at the interval of the severity\n---\n# Notes\n\nText.\n",
                ),
                ("base/other.md", "# Other\n"),
            ],
        ),
        (
            "what is said where a condition is not met",
            [
                (
                    "base/plan.md",
                    "---\nchannels: {war: {title: the war room, kind: chat, address: '#war-room', audience: responders}}\n---\n# The plan\n\n{% if channels.war is defined %}Use [](channel:war).{% else %}Ask your manager for the number.{% endif %}\n\n## Night {#night audience=responders}\n\nAsk your manager for the number.\n",
                ),
                ("base/other.md", "# Other\n"),
                ("base/more.md", "# More\n"),
            ],
        ),
        (
            "a name by its short form",
            [
                (
                    "base/plan.md",
                    "---\nterms: {pii: {title: personally identifiable information, abbreviation: PII, meaning: What tells who somebody is}}\n---\n# The plan\n\nWhere [](term:pii) was lost, call.\n\nWhere [](term:pii) was lost, call the chief.\n\n## Night {#night audience=responders}\n\nWhere personally identifiable information (PII) was lost, call. Where PII was lost, call the chief.\n",
                ),
                ("base/other.md", "# Other\n"),
                ("base/more.md", "# More\n"),
            ],
        ),
    ] {
        let project = of_two_editions(&files);
        let ran = project.run(&["build", "--no-pdf"]);
        assert_eq!(ran.status, Some(0), "{what}: {}", ran.stderr);
    }
}

#[test]
fn what_an_edition_may_not_see_of_a_plan_is_not_named_by_its_other_facts() {
    let project = of_two_editions(&[
        (
            "base/plan.md",
            "---\ntools: {vault: {title: The vault, purpose: Keys, url: 'open.md#zqnight'}}\n\
             document: {owner: zqlead, approved_by: {zqlead: {role: zqlead, name: Ada, on: 2026-01-01}}, controls: {IR-4: zqhandling.md, IR-5: 'open.md#zqnight', IR-6: open.md}}\n\
             timers: {zqcall: {title: Call the minister, within: 15m, starts: noticed, severities: [black]}}\n---\n\
             # The plan\n\nAsk [](severity:low).\n\n{{ severity_table() }}\n",
        ),
        ("base/zqhandling.md", "---\naudience: responders\n---\n# Handling\n\nIn the annex.\n"),
        ("base/open.md", "# Open\n\nText.\n\n## Night {#zqnight audience=responders}\n\nIn the annex.\n"),
        ("base/roles/zqlead.md", "---\naudience: responders\ntitle: Lead\n---\n\nLeads.\n"),
        (
            "base/severities/low.md",
            "---\ntitle: Low\nrank: 2\ncriteria: Little\nauthority: x\nhours: business\nsitrep_every: 8h\n---\n\nWait.\n",
        ),
        (
            "base/severities/black.md",
            "---\naudience: responders\ntitle: Black\nrank: 1\ncriteria: All\nauthority: x\nhours: continuous\nsitrep_every: 1h\n---\n\nRun.\n",
        ),
    ]);
    for word in ["zqhandling", "zqnight", "zqlead", "zqcall"] {
        assert!(!public_says(&project, word), "{word}");
    }
    assert!(public_says(&project, "ir-6"));
    let low =
        String::from_utf8_lossy(&project.tree("public")["public/base/severities/low.html"]).into_owned();
    assert!(!low.contains("Call the minister"), "a timer of another severity counts for this one");
}

#[test]
fn a_language_without_spaces_keeps_its_secrets() {
    let publishes = |text: &str| {
        let plan = format!(
            "---\ndocument: {{language: ja}}\n---\n# 計画\n\n{text}\n\n## 夜間 {{#night audience=responders}}\n\n夜間の鍵は金庫の下にあります。\n"
        );
        let project = of_two_editions(&[("base/plan.md", &plan)]);
        project.run(&["build", "--no-pdf"]).status == Some(0)
    };
    assert!(!publishes("合言葉は青鷺作戦です。"), "a canary inside a sentence");
    assert!(publishes("合言葉は青鷺です。鍵は金庫にあります。"));
}

/// A plan with a canary, a word that begins with Kingfisher, in every further place; the layer
/// `quiet` is for responders as a whole.
fn more_secretive(editions: &str) -> Project {
    let project = Project::empty();
    let quiet = [
        "unused-record",
        "orphan-page",
        "retired-name",
        "foreign-name",
        "missing-approval",
        "undefined-abbreviation",
        "missing-fact",
        "phase-gap",
        "uncovered-control",
        "severity-without-response",
        "contradicting-channel",
        "unaccepted-tailoring",
        "weaker-than-parent",
        "unused-waiver",
    ];
    let rules: String = quiet.iter().map(|rule| format!("{rule} = \"off\"\n")).collect();
    project.write(
        "site.toml",
        format!("base_url = \"https://guide.example\"\n[editions]\n{editions}[rules]\n{rules}"),
    );
    project.write("content/base/plan.md", MORE_PLAN);
    project.write(
        "content/base/open.md",
        "# Open page\n\nEverybody may read this page.\n\n## Seen {#seen}\n\nBy everybody.\n",
    );
    project.write(
        "content/base/pictures/kingfisherimage.svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><title>Kingfishersvg</title></svg>",
    );
    project.write("content/base/pictures/kingfisherunlinked.txt", "Kingfisherasset lies beside it.");
    let page = |path: &str, keys: &str, body: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
        let front = format!(
            "title: Kingfishertitle{name} of the page\nsummary: Kingfishersummary{name} says it in one line.\n\
             found_by: [Kingfisherfound{name} by who looks for it]\naliases: [old/kingfisheralias{name}.html]\n\
             audience: responders\n{keys}"
        );
        project.write(
            &format!("content/base/{path}"),
            format!("---\n{front}---\n\nKingfisherbody{name} is the text of it.\n\n{body}"),
        );
    };
    page("kingfisherpage.md", "", "");
    page(
        "roles/watcher.md",
        "abbreviation: Kingfisherabbreviation\nteam: Kingfisherteam of the night\n\
         duties: { a: Kingfisherduty is watched all night }\nmay_not: { a: Kingfishermaynot be left to others }\n",
        "",
    );
    page(
        "severities/worse.md",
        "rank: 9\nlabel: Kingfisherlabel\ncriteria: Kingfishercriteria makes it one of these\nhours: continuous\n\
         sitrep_every: 1h\nauthority: Kingfisherauthority may stop any service\n\
         examples: { a: Kingfisherexample of what may happen }\n",
        "",
    );
    page("phases/kingfisherphase.md", "number: 1\nwho: { watcher: Kingfisherwho does what here }\n", "");
    page(
        "checklists/kingfishercheck.md",
        "",
        "- [ ] Kingfisherstep is ticked by responders {#kingfisherstepid}\n",
    );
    page(
        "templates/kingfishertemplate.md",
        "subject: Kingfishersubject of the message here\nblanks: { what: Kingfisherblank is what goes there }\n",
        "```message\nKingfishermessage goes to nobody else, at any time [what]\n```\n",
    );
    page("playbooks/kingfisherplaybook.md", "signs: { a: Kingfishersign is how one notices }\n", "");
    project.write(
        "content/kingfisherlayer/plan.md",
        "---\nextends: base\naudience: responders\n\
         organization: { name: the Kingfisherorganization, legal_name: Kingfisherlegal Organization of the State, \
         domains: [kingfisherdomain.example], team: Kingfisherorgteam }\n\
         document: { id: KINGFISHERDOCUMENT-1, version: '7.Kingfisherversion', owner: watcher, \
         classification: Kingfisherclassification of the copy here, \
         distribution: { a: Kingfisherdistribution gets a copy of it }, \
         approved_by: { a: { role: watcher, name: Kingfisherapprover, on: 2026-01-01 } }, \
         changes: { '7.Kingfisherversion': { on: 2026-01-02, what: Kingfisherchange is what is different now } } }\n\
         tools: { kingfishertool: { title: Kingfishertooltitle of a product, purpose: Kingfishertoolpurpose is why it is used } }\n\
         timers: { kingfishertimer: { title: Kingfishertimertitle of what must be done, within: 5m, starts: noticed, \
         calendar: Kingfishercalendar of the days that count, says: [kingfishersays] } }\n\
         statuses: { kingfisherstatus: { title: Kingfisherstatustitle, meaning: Kingfisherstatusmeaning is when it has it } }\n\
         terms: { kingfisherterm: { title: Kingfishertermtitle of a word, abbreviation: KINGFISHERTERMSHORT, \
         meaning: Kingfishertermmeaning is what it means here } }\n\
         obligations: { kingfisherobligation: { to: Kingfisherto must be told by law, when: Kingfisherwhen is when it applies, \
         basis: Kingfisherbasis is the law of it } }\n\
         dependencies: { kingfisherdependency: { title: Kingfisherdependencytitle of a service, \
         effect: Kingfishereffect is what stops then, fallback: Kingfisherfallback is done meanwhile } }\n\
         requires: { organization.name: { why: Kingfisherwhy is the reason of it } }\n\
         deviations: { timers.bell: { reason: Kingfisherreason is why it has to be so, \
         approved_by: Kingfisheraccepter, on: 2026-01-01 } }\n\
         allow: { repeated-word: Kingfisherallow is why it is left }\n\
         # Kingfisheryaml is for writers\n---\n\n\
         ## Kingfisherown is of one layer {#kingfisherown after=open}\n\n\
         {% for name in ['Kingfisherloop'] %}{{ name }} is said by a template{% endfor %}\n\n\
         Kingfisherowntext is said by one layer alone.\n",
    );
    project.write(
        "content/kingfisherlayer/kingfisherbeside.txt",
        "Kingfisherbesidetext lies beside the plan of one layer.",
    );
    project.write(
        "content/kingfisherlayer/open.md",
        "## Kingfisheradded to an open page {#kingfisheradded after=seen}\n\nKingfisheraddedtext is said by one layer alone.\n\n\
         [it](kingfisherbeside.txt)\n",
    );
    // A layer for everybody that changes what is for a few does not open it.
    project.write(
        "content/open-layer/plan.md",
        "---\nextends: base\norganization: { name: the Harbor Office }\n\
         channels: { kingfisherchannel: { purpose: Kingfishertailoredpurpose is why it is there now } }\n\
         contacts: { kingfishercontact: { hours: Kingfishertailoredhours are those of the day } }\n---\n\n\
         ## Kingfishertailored is for few readers too {#kingfishersectionid .append}\n\n\
         Kingfishertailoredtext goes to nobody else either.\n\n\
         ### Kingfishernewchild lies in that section {#kingfishernewchild}\n\nKingfishernewchildtext lies deeper than that.\n\n\
         ## In the open too {#open-too after=kingfishersectionid}\n\nEverybody may read this of the harbor.\n",
    );
    project.write(
        "content/open-layer/kingfisherpage.md",
        "---\nsummary: Kingfishertailoredsummary says it in one line now.\n---\n\n\
         ## Kingfishernew is in a page for few {#kingfishernew after=top}\n\nKingfishernewtext is said there.\n",
    );
    project.write(
        "content/open-layer/roles/watcher.md",
        "---\ntailor: replace\ntitle: Kingfisherrewritten of the night\n---\n\nKingfisherrewrittentext is all of it now.\n",
    );
    project.write(
        "content/open-layer/playbooks/kingfisherplaybook.md",
        "---\ntailor: remove\n---\n\nKingfisherremoved is why it is gone.\n",
    );
    project
}

const MORE_PLAN: &str = "\
---
title: The plan
tools: { chat: { title: the chat, purpose: Quick messages } }
timers: { bell: { title: Ring the bell, within: 1m, starts: noticed } }
channels:
  main: { title: the room, kind: chat, product: chat, address: '#incidents', purpose: Everybody reports here. }
  kingfisherchannel:
    title: Kingfisherchanneltitle of the room
    kind: chat
    product: chat
    address: '#kingfisheraddress'
    mention: '@kingfishermention'
    url: https://kingfisherchannelurl.example
    purpose: Kingfisherchannelpurpose is why it is there
    never: Kingfishernever is said in there
    audience: responders
contacts:
  report: { title: the team, email: team@organization.example, phone: +1 202 555 0188, purpose: Reports }
  kingfishercontact:
    title: Kingfishercontacttitle of the night
    name: Ada Kingfishername
    email: kingfishermail@duty.example
    phone: +1 202 867 5309
    url: https://kingfishercontacturl.example
    hours: Kingfisherhours are those of the night
    purpose: Kingfishercontactpurpose is why one calls
    audience: responders
---

# The plan

What everybody may read.[^open]

{% if channels.kingfisherchannel is defined %}Kingfishercondition is said where the room is known.{% endif %}

## Open {#open}

{{ severity_table() }}

{{ role_table() }}

{{ phase_table() }}

{{ process_diagram() }}

{{ channel_table() }}

{{ contact_table() }}

{{ tool_table() }}

{{ timer_table() }}

{{ reporting_table() }}

{{ document_table() }}

{{ tailoring_table() }}

> [!NOTE]
> Everybody may read this note.

## Kingfishersection is for few readers {#kingfishersectionid audience=responders}

Kingfisherparagraph goes to nobody else, *Kingfisheremphasis too*, ~~Kingfisherstruck~~, `Kingfishercodespan`,
<https://kingfisherautolink.example>, [Kingfisherlinktext is no secret][kept],
![Kingfisheralternative is what one hears](pictures/kingfisherimage.svg), [it](https://a.example \"Kingfisherlinktitle of the link here\"),
<kbd title=\"Kingfisherattribute of a key here\">Kingfisherkey</kbd>, <abbr title=\"Kingfisherlong form of the word\">Kingfishershort</abbr>.[^kept]
Ask [](contact:kingfishercontact) in [](channel:kingfisherchannel), or [](role:watcher).

> Kingfisherquote is said by somebody else

> [!WARNING]
> Kingfisheralert is a warning for some

1. Kingfisherordered comes first of all
   - Kingfishernested lies in it somewhere
     - [x] Kingfisherticked is done by now
- [ ] Kingfisheritem is ticked by responders

| Kingfisherheader of the column here | b |
|---|---|
| Kingfishercell of the table here | c |

```kingfisherlanguage
Kingfishercode --with --some --flags now
```

    Kingfisherindented --with --some --flags now

```message
Kingfisherblock goes to nobody else either
```

<p title=\"Kingfisherblockattribute of a whole paragraph\">Kingfisherhtml stands in a block</p>

<!-- Kingfishercomment is for writers alone -->

<details><summary>Kingfishersummary2 of more to read</summary>

Kingfisherdetails are folded away here

</details>

<table><caption>Kingfishercaption of a whole table</caption><tr><td>Kingfisherhtmlcell of a whole table</td></tr></table>

### Kingfisherchild lies in that section

Kingfisherchildtext lies deeper than that

#### Kingfishergrandchild lies in that one {audience=public}

Kingfishergrandchildtext lies deeper than all

## Last {#last}

The end.

[kept]: https://kingfisherreference.example \"Kingfisherreferencetitle of the link here\"
[^open]: Everybody may read this footnote.
[^kept]: Kingfisherfootnote says more, and more yet.[^again]
[^again]: Kingfisherfootnoteagain says the rest of it.
";

/// The canaries that a text has in it, in lower case.
fn canaries_of(text: &str) -> BTreeSet<String> {
    let text = text.to_lowercase();
    let starts = text.match_indices("kingfisher").map(|(at, _)| &text[at..]);
    let words =
        starts.map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default());
    let numbers = ["867 5309", "8675309", "867-5309"].into_iter().filter(|number| text.contains(number));
    words.map(str::to_string).chain(numbers.map(|_| "the number".to_string())).collect()
}

/// What a file of a site says, whatever it is coded in, with its name.
fn said_by(path: &str, bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    if let Some(read) = redbinder::render::search::read(&text) {
        text += &read;
    }
    if bytes.starts_with(b"\x1f\x8b") {
        text.clear();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).expect("what is compressed is text");
    }
    format!("{path}\n{text}")
}

/// Where the editions are: the folder of the one for responders, and the lines of `[editions]`.
const LAYOUTS: [(&str, &str); 3] = [
    ("", "responders = \"\"\nstaff = \"for-staff\"\npublic = \"open\"\n"),
    ("within", "responders = \"within\"\nstaff = \"for-staff\"\npublic = \"\"\n"),
    ("within", "responders = \"within\"\nstaff = \"for-staff\"\npublic = \"open\"\n"),
];

/// The folders of editions for fewer readers than all: where no edition is at the root, what is
/// there is for everybody.
fn is_narrow(responders: &str, path: &str) -> bool {
    match responders {
        "" => path.starts_with("open/") || path.starts_with("for-staff/"),
        folder => !path.starts_with(&format!("{folder}/")),
    }
}

/// Says which canaries are in files for others.
#[track_caller]
fn assert_kept(site: &BTreeMap<String, Vec<u8>>, responders: &str, when: &str) {
    let narrow: Vec<_> = site.iter().filter(|(path, _)| is_narrow(responders, path)).collect();
    assert!(narrow.len() > 30, "{when}: {} files", narrow.len());
    let leaks = narrow.iter().map(|(path, bytes)| (path, canaries_of(&said_by(path, bytes))));
    let leaks: Vec<_> = leaks.filter(|(_, found)| !found.is_empty()).collect();
    assert!(leaks.is_empty(), "{when}: {leaks:#?}");
}

/// The canaries that no edition has: what is for writers alone, and what is no text of a page.
const NOWHERE: [&str; 7] = [
    "kingfishercomment",
    "kingfisherunlinked",
    "kingfisherasset",
    "kingfisheryaml",
    "kingfisherallow",
    // Words of a heading with a verb, and of a page that takes another one out
    "kingfishertailored",
    "kingfisherremoved",
];

#[test]
fn no_place_that_text_can_come_from_leaks_wherever_the_editions_are() {
    for (responders, editions) in LAYOUTS {
        let project = more_secretive(editions);
        let site = project.build();
        assert_kept(&site, responders, editions);
        let written: BTreeSet<String> = project
            .tree("content")
            .iter()
            .flat_map(|(path, bytes)| canaries_of(&said_by(path, bytes)))
            .collect();
        assert!(written.len() > 130, "{}", written.len());
        let seen: BTreeSet<String> = site
            .iter()
            .filter(|(path, _)| !is_narrow(responders, path))
            .flat_map(|(path, bytes)| canaries_of(&said_by(path, bytes)))
            .collect();
        let missing: Vec<&String> =
            written.difference(&seen).filter(|word| !NOWHERE.contains(&word.as_str())).collect();
        assert!(missing.is_empty(), "{editions}: responders do not get {missing:?}");
    }
}

/// A theme may print whatever it is given, and a heading what may not be there.
#[test]
fn neither_a_theme_nor_a_value_in_a_heading_says_it() {
    let (responders, editions) = LAYOUTS[0];
    let project = more_secretive(editions);
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("settings");
    project.write("site.toml", format!("theme = \"theme\"\n{settings}"));
    let given =
        ["site", "variant", "page", "record", "variants", "crumbs", "asset", "door", "report", "nav_html"];
    let all = given
        .map(|name| format!("{{% if {name} is defined %}}<i>{{{{ {name} | tojson }}}}</i>{{% endif %}}"));
    let all = all.concat();
    project.write("theme/templates/switcher.html", format!("<p>all of it</p>{all}"));
    project.write(
        "content/base/room.md",
        "# Room\n\n## {% if channels.kingfisherchannel is defined %}{{ channels.kingfisherchannel.title }}\
         {% else %}A room{% endif %}\n\nGo there.\n",
    );
    let site = project.build();
    assert_kept(&site, responders, "with a theme that prints all it is given");
    let page = |address: &str| String::from_utf8_lossy(&site[address]).into_owned();
    let open = page("open/base/room.html");
    assert!(open.contains("A room") && open.contains("<p>all of it</p>"), "{open}");
    // What it is given of a page for responders it prints there.
    let closed = page("base/kingfisherpage.html");
    let printed = closed.split("<p>all of it</p>").nth(1).expect("what the theme prints");
    assert!(printed.contains("Kingfishersummarykingfisherpage"), "{printed}");
    assert!(page("base/room.html").contains("Kingfisherchanneltitle of the room"));
}

#[test]
fn older_folders_and_later_builds_keep_nothing_of_it() {
    let (responders, editions) = LAYOUTS[1];
    let closed = more_secretive(editions);
    let fresh = closed.build();
    // The same plan while nothing of it was secret, and under other names.
    let open = more_secretive(editions);
    for (path, bytes) in closed.tree("content") {
        let text = String::from_utf8_lossy(&bytes);
        let text =
            text.replace("audience: responders", "audience: public").replace(" audience=responders", "");
        open.write(&format!("content/{path}"), text);
    }
    open.write("content/base/more/kingfisherolder.md", "# Kingfisherolder\n\nA page of then.\n");
    open.write("content/kingfishergone/plan.md", "---\nextends: base\n---\n");
    let settings = std::fs::read_to_string(open.path("site.toml")).expect("settings");
    open.write("site.toml", settings.replace("staff = \"for-staff\"", "staff = \"kingfisherfolder\""));
    let before = open.build();
    assert!(
        before.iter().any(|(path, bytes)| is_narrow(responders, path)
            && said_by(path, bytes).contains("Kingfisherparagraph"))
    );
    assert!(
        before.contains_key("kingfishergone/index.html")
            && before.contains_key("kingfisherfolder/base/index.html")
    );
    for folder in ["content/base/more", "content/kingfishergone"] {
        std::fs::remove_dir_all(open.path(folder)).expect("it can be removed");
    }
    for (path, bytes) in closed.tree("content") {
        open.write(&format!("content/{path}"), bytes);
    }
    open.write("site.toml", settings);
    let after = open.build();
    assert_kept(&after, responders, "with an older output in place");
    project::assert_same(&after, &fresh, "an older output in place");
}

#[test]
fn every_file_of_a_wider_edition_is_told_in_a_narrower_one() {
    let (_, editions) = LAYOUTS[0];
    let project = more_secretive(editions);
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let site: Output = compilation.render().expect("a site");
    assert_eq!(compilation.leaks(&site), []);
    let mut swapped = 0;
    let mut untold = Vec::new();
    for (path, bytes) in site.iter().filter(|(path, _)| path.starts_with("base/")) {
        let address = format!("open/{path}");
        // What lies beside the pages is marked by what mentions it alone.
        if path.ends_with("kingfisherunlinked.txt") {
            continue;
        }
        if site.get(&address) == Some(bytes) || canaries_of(&said_by(path, bytes)).is_empty() {
            continue;
        }
        // What is narrowed is as a fault would leave it: the file that others get.
        let spoiled = Output::from([(address, bytes.clone())]);
        swapped += 1;
        if compilation.leaks(&spoiled).is_empty() {
            untold.push(path);
        }
    }
    assert!(swapped > 15, "{swapped}");
    assert_eq!(untold, [] as [&String; 0]);
}

/// The parts of a page between the tags of its blocks, those with a canary.
fn blocks_of(html: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for (index, part) in html.split('<').enumerate() {
        let name =
            part.trim_start_matches('/').split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if !["a", "abbr", "code", "del", "em", "kbd", "span", "strong", "sup"].contains(&name) {
            blocks.push(String::new());
        }
        let block = blocks.last_mut().expect("there is one");
        block.push_str(if index == 0 { "" } else { "<" });
        block.push_str(part);
    }
    blocks.retain(|block| !canaries_of(block).is_empty());
    blocks
}

#[test]
fn each_text_alone_is_told_in_a_page_for_others() {
    let project = more_secretive(LAYOUTS[0].1);
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let site: Output = compilation.render().expect("a site");
    let mut told = BTreeSet::new();
    let mut untold = BTreeSet::new();
    for (_, bytes) in site.iter().filter(|(path, _)| path.starts_with("base/") && path.ends_with(".html")) {
        for text in blocks_of(&String::from_utf8_lossy(bytes)) {
            let page = text.clone().into_bytes();
            let leaks = compilation.leaks(&Output::from([("open/base/index.html".into(), page.into())]));
            let canaries = canaries_of(&text);
            if leaks.is_empty() { untold.extend(canaries) } else { told.extend(canaries) }
        }
    }
    // A condition is no mark, and nobody knows whom the words after it are for. The rest are fewer than four words, and
    // no address: what chance says too is not looked for.
    let untold: Vec<&String> = untold.difference(&told).collect();
    assert_eq!(untold, ["kingfishercondition"]);
    assert!(told.len() > 80, "{told:?}");
}

#[test]
fn an_address_or_number_is_told_however_it_is_written() {
    let project = more_secretive(LAYOUTS[0].1);
    for text in [
        "<p>Call 202-867-5309.</p>",
        "<a href=\"tel:+12028675309\">call</a>",
        "<p>(202) 867&#45;5309</p><p>+1.202.867.5309</p>",
        "<p>Write to KingfisherMail@Duty.Example</p>",
        "<script>{\"text\": \"Write to\\nkingfishermail@duty.example\\tnow\"}</script>",
        "<a href=\"https://x.example/?to=%20kingfishermail@duty.example\">x</a>",
    ] {
        assert_eq!(leaks_with(&project, "open/base/index.html", text).len(), 1, "{text}");
    }
    for text in ["<p>Call 202-555-0188, or 867-530.</p>", "<p>akingfishermail@duty.example</p>"] {
        assert_eq!(leaks_with(&project, "open/base/index.html", text), [] as [&str; 0], "{text}");
    }
    // Where no edition has a folder, everybody reads.
    let project = more_secretive(LAYOUTS[2].1);
    assert_eq!(leaks_with(&project, "robots.txt", "# kingfishermail@duty.example\n").len(), 1);
}

#[test]
fn the_preview_forgets_what_is_closed_or_gone() {
    let (responders, editions) = LAYOUTS[1];
    let project = more_secretive(editions);
    let plan = project.path("content/base/plan.md");
    let open = MORE_PLAN
        .replace("audience: responders", "audience: public")
        .replace(" audience=responders", "")
        .replace("[](role:watcher)", "somebody");
    std::fs::write(&plan, open).expect("a page");
    project.write("content/base/older.md", "# Kingfisherolder\n\nA page of then.\n");
    let preview = Preview::start(&project);
    preview.wait("base/index.html", "Kingfisherparagraph", true);
    preview.wait("base/older.html", "Kingfisherolder", true);
    std::fs::write(&plan, MORE_PLAN).expect("a page");
    preview.wait("base/index.html", "Kingfisherparagraph", false);
    std::fs::remove_file(project.path("content/base/older.md")).expect("it can be removed");
    preview.wait("base/older.html", "Kingfisherolder", false);
    // What a build of the same publishes, and nothing else.
    let mut count = 0;
    for (path, bytes) in project.build() {
        if is_narrow(responders, &path) && !path.ends_with(".gz") && path != "_redbinder" {
            let answer = preview.get(&path);
            assert_eq!(canaries_of(&said_by(&path, &answer)), BTreeSet::new(), "{path}");
            count += usize::from(!bytes.is_empty() && answer.starts_with(b"HTTP/1.1 200"));
        }
    }
    assert!(count > 30, "{count}");
}
