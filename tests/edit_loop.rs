//! The preview serves, after any edit, what a clean build of the same project has.

mod project;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use project::Project;
use redbinder::Compilation;
use redbinder::diagnostic::Diagnostic;
use redbinder::files::Output;
use redbinder::source::Span;

/// How many edits a short run makes; `EDITS=2000 SEED=3` is a long one of other edits.
const EDITS: usize = 40;
/// How long an edit may take to be served on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// After so long a preview has done what it had to do, on a machine that is not busy; on one that is, a test sees
/// less.
const QUIET: Duration = Duration::from_millis(300);

struct Preview {
    process: Child,
    address: String,
}

impl Preview {
    fn start(project: &Project) -> Preview {
        Preview::run(project.command(&["serve", "--port", "0"]))
    }

    fn run(mut command: Command) -> Preview {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a preview");
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let address = lines.by_ref().find_map(|line| {
            let line = line.ok()?;
            Some(line.split_once("http://")?.1.split('/').next()?.to_string())
        });
        // What else it says has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Preview { process, address: address.expect("an address") }
    }

    /// What it tells its authors, as [`built`] has it.
    fn told(&self) -> Vec<[String; 3]> {
        let json: serde_json::Value =
            serde_json::from_slice(&self.get("_redbinder/messages.json").1).expect("messages");
        let text = |it: &serde_json::Value, key: &str| it[key].as_str().unwrap_or_default().to_string();
        let messages = json.as_array().expect("a list").iter();
        let mut told: Vec<_> =
            messages.map(|it| [text(it, "rule"), text(it, "text"), text(it, "place")]).collect();
        told.sort();
        told
    }

    /// That a page comes to say some words.
    fn shows(&self, path: &str, words: &str) {
        self.comes_to(words, || String::from_utf8_lossy(&self.get(path).1).into_owned());
    }

    /// That what it tells comes to have some words in it.
    fn tells(&self, words: &str) {
        self.comes_to(words, || format!("{:?}", self.told()));
    }

    fn comes_to(&self, words: &str, says: impl Fn() -> String) {
        let end = Instant::now() + PATIENCE;
        while !says().contains(words) {
            assert!(Instant::now() < end, "no {words:?} in {}", says());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// That each of several edits of a file is seen in a page. The first may be read with what was done before
    /// it, so that it is no proof that the file is watched.
    fn sees_edits(&self, project: &Project, file: &str, page: &str) {
        for edit in ["Amber", "Basalt", "Cobalt"] {
            std::thread::sleep(QUIET);
            let words = format!("{edit} in {file}");
            project.write(file, format!("# Page\n\n{words}\n"));
            self.shows(page, &words);
        }
    }

    /// What it answers: the status, and the body without what the preview adds to it.
    fn get(&self, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let status =
            String::from_utf8_lossy(&answer[..end]).split(' ').nth(1).unwrap_or_default().to_string();
        let body = answer.split_off(end + 4);
        let text = String::from_utf8_lossy(&body);
        // A page that is whole by itself allows the preview what it adds.
        let text = text.replacen(
            "script-src 'self'; connect-src 'self'; style-src 'self' 'sha256-",
            "style-src 'sha256-",
            1,
        );
        let tags = text
            .find("<link rel=\"stylesheet\" href=\"/_redbinder/")
            .zip(text.find("defer></script></head>"));
        let body = match tags {
            Some((from, to)) => {
                (text[..from].to_string() + &text[to + "defer></script>".len()..]).into_bytes()
            }
            None => body,
        };
        (status, body)
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A clean build of what a project is now, as the preview makes it, and what a clean check finds: the rule, its
/// words and its place, sorted.
fn built(project: &Project) -> (Output, Vec<[String; 3]>) {
    let mut compilation = Compilation::read(&project.path("")).expect("a project");
    let found = found(&compilation, compilation.check());
    compilation.project.config.offline = false;
    (compilation.render().expect("a site"), found)
}

/// Diagnostics as a preview tells them.
fn found(compilation: &Compilation, diagnostics: Vec<Diagnostic>) -> Vec<[String; 3]> {
    let place = |span: Span| compilation.project.sources.place(span);
    let found = diagnostics.into_iter();
    let found =
        found.map(|it| [it.rule.to_string(), it.message.clone(), it.span().map(place).unwrap_or_default()]);
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

/// A small generator, so that each run makes the same edits.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

/// A number that whoever runs the test may give.
fn given(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok()
}

fn page(number: usize, words: &str) -> String {
    format!(
        "---\ntitle: Page {number}\n---\n## Part {{#part}}\n\n{words} within {{{{ timers.bell.within }}}}.\n"
    )
}

#[test]
fn every_served_file_is_that_of_a_clean_build_after_every_edit() {
    let project = Project::empty();
    let settings = |title: &str| {
        format!(
            "title = \"{title}\"\ntheme = \"theme\"\n[editions]\nresponders = \"\"\npublic = \"public\"\n"
        )
    };
    project.write("site.toml", settings("Harbor"));
    let heading = |words: &str| format!("<b>{words}</b>");
    project.write("theme/templates/standing.html", heading("Theme"));
    let plan = |minutes: usize| {
        format!(
            "---\ntitle: Plan\ntimers:\n  bell: {{title: Ring, within: {minutes}m, starts: noticed}}\n---\nHello.\n"
        )
    };
    project.write("content/base/plan.md", plan(5));
    project.write("content/island/plan.md", "---\nextends: base\norganization: {name: Island}\n---\n");
    for number in 0..6 {
        project.write(&format!("content/base/page-{number}.md"), page(number, "Ring"));
    }
    let preview = Preview::start(&project);
    let mut findings = 0;
    let mut dice = Dice(given("SEED").unwrap_or(7) as u64);
    for edit in 0..given("EDITS").unwrap_or(EDITS) {
        let number = dice.below(6);
        let path = format!("content/base/page-{number}.md");
        match dice.below(10) {
            0 => project.write("content/base/plan.md", plan(5 + edit)),
            1 => drop(std::fs::remove_file(project.path(&path))),
            2 => drop(std::fs::rename(
                project.path(&path),
                project.path(&format!("content/base/moved-{edit}.md")),
            )),
            3 => project
                .write("content/island/page-0.md", format!("## Part {{#part .replace}}\n\nNumber {edit}.\n")),
            4 => drop(std::fs::remove_file(project.path("content/island/page-0.md"))),
            5 => project.write("site.toml", settings(&format!("Harbor {edit}"))),
            6 => project.write("theme/templates/standing.html", heading(&format!("Theme {edit}"))),
            7 => project
                .write("content/reef/plan.md", "---\nextends: island\norganization: {name: Reef}\n---\n"),
            8 => drop(std::fs::remove_dir_all(project.path("content/reef"))),
            _ => project.write(&path, page(number, &format!("Edit {edit}"))),
        }
        let (wanted, found) = built(&project);
        let end = Instant::now() + PATIENCE;
        let differs = |preview: &Preview| {
            wanted
                .iter()
                .find(|(path, bytes)| preview.get(path) != ("200".into(), bytes.to_vec()))
                .map(|it| it.0)
        };
        while let Some(path) = differs(&preview) {
            assert!(Instant::now() < end, "edit {edit}: {path} is not that of a clean build");
            std::thread::sleep(Duration::from_millis(5));
        }
        while preview.told() != found {
            assert!(Instant::now() < end, "edit {edit}: told is {:?} and found {found:?}", preview.told());
            std::thread::sleep(Duration::from_millis(5));
        }
        findings += found.len();
        let gone = format!("base/page-{number}.html");
        if !wanted.contains_key(&gone) {
            assert_eq!(preview.get(&gone).0, "404", "edit {edit}: {gone}");
        }
    }
    assert!(findings > 0, "a plan in which nothing is wrong shows nothing");
}

/// A plan with a page `a`, and its own theme.
fn with_theme() -> Project {
    let project = Project::small();
    project.write("site.toml", "title = \"Guidebook\"\ntheme = \"theme\"\n");
    project.write("theme/templates/standing.html", "<b>Theme</b>");
    project.write("content/base/a.md", "# Page\n");
    project
}

fn rename(project: &Project, from: &str, to: &str) {
    std::fs::rename(project.path(from), project.path(to)).expect("it can be moved");
}

fn remove_folder(project: &Project, folder: &str) {
    std::fs::remove_dir_all(project.path(folder)).expect("it can be removed");
}

#[test]
fn a_folder_that_was_taken_away_and_put_back_is_watched_as_before() {
    let project = with_theme();
    let preview = Preview::start(&project);
    preview.sees_edits(&project, "content/base/a.md", "base/a.html");
    let theme_is_seen = |words: &str| {
        project.write("theme/templates/standing.html", format!("<b>{words}</b>"));
        preview.shows("base/a.html", words);
        std::thread::sleep(QUIET);
    };
    for round in 0..3 {
        rename(&project, "content", "away");
        rename(&project, "away", "content");
        preview.sees_edits(&project, "content/base/a.md", "base/a.html");
        rename(&project, "theme", "away");
        rename(&project, "away", "theme");
        std::thread::sleep(QUIET);
        theme_is_seen(&format!("Birch {round}"));
        theme_is_seen(&format!("Cedar {round}"));
        let copy = project.tree("content");
        remove_folder(&project, "content");
        for (path, bytes) in copy {
            project.write(&format!("content/{path}"), bytes);
        }
        preview.sees_edits(&project, "content/base/a.md", "base/a.html");
    }
}

#[test]
fn a_page_that_is_there_for_a_moment_is_gone_with_the_moment() {
    let project = with_theme();
    project.write("content/base/b.md", "# Second\n");
    let preview = Preview::start(&project);
    preview.shows("base/b.html", "Second");
    for round in 0..10 {
        std::thread::sleep(QUIET / 4);
        project.write("content/base/b.new", format!("# Second {round}\n"));
        rename(&project, "content/base/b.new", "content/base/b.md");
        // Each time at another moment of the build that follows.
        std::thread::sleep(Duration::from_millis(round));
        std::fs::remove_file(project.path("content/base/b.md")).expect("it is there");
        preview.comes_to("404", || preview.get("base/b.html").0);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_keeps_no_other_from_being_watched() {
    use std::os::unix::fs::PermissionsExt;
    let project = with_theme();
    let folder = |number: usize| format!("content/base/f{number}");
    for number in 0..8 {
        project.write(&format!("{}/a.md", folder(number)), "# Page\n");
    }
    let mode = |number: usize, mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(project.path(&folder(number)), permissions).expect("it is ours");
    };
    mode(3, 0o000);
    // Who may read everything sees no difference.
    let preview = Preview::start(&project);
    for number in [0, 1, 2, 4, 5, 6, 7] {
        let words = format!("Amber {number}");
        std::thread::sleep(QUIET / 4);
        project.write(&format!("{}/a.md", folder(number)), format!("# Page\n\n{words}\n"));
        preview.shows(&format!("base/f{number}/a.html"), &words);
    }
    mode(3, 0o755);
    preview.sees_edits(&project, &format!("{}/a.md", folder(3)), "base/f3/a.html");
}

#[test]
fn where_no_edition_is_at_the_root_the_last_good_site_stays_too() {
    let project = with_theme();
    let settings = "theme = \"theme\"\n[editions]\nresponders = \"r\"\npublic = \"p\"\n";
    project.write("site.toml", settings);
    let preview = Preview::start(&project);
    preview.shows("r/base/a.html", "Theme");
    let home = preview.get("r/index.html");
    project.write("theme/templates/door.html", "{{ nothing.there }}\n");
    preview.tells("theme/templates/door.html");
    assert_eq!((preview.get("r/index.html"), &*preview.get("").0), (home.clone(), "302"));
    std::fs::remove_file(project.path("theme/templates/door.html")).expect("it is there");
    // Nor is a site of nothing.
    project.write("site.toml", format!("{settings}[rules]\ninvalid-layer = \"warning\"\n"));
    project.write("content/base/plan.md", "---\nextends: bsae\n---\n");
    preview.tells("so nothing was checked");
    assert_eq!(preview.get("r/index.html"), home);
}

#[test]
fn what_a_build_that_failed_was_to_be_made_from_is_watched() {
    let project = with_theme();
    let preview = Preview::start(&project);
    preview.shows("base/a.html", "Theme");
    let settings = |content: &str, theme: &str| {
        project.write("site.toml", format!("content = \"{content}\"\ntheme = \"{theme}\"\n"));
    };
    project.write("other/templates/page.html", "{% if %}");
    settings("content", "other");
    preview.tells("other/templates/page.html:1");
    std::thread::sleep(QUIET);
    project.write("other/templates/page.html", "<html><head></head><body>Mended</body></html>");
    preview.shows("base/a.html", "Mended");

    settings("content", "third");
    preview.tells("third");
    std::thread::sleep(QUIET);
    project.write("third/templates/standing.html", "<b>Third</b>");
    preview.shows("base/a.html", "Third");

    settings("plans/now", "third");
    preview.tells("plans/now");
    std::thread::sleep(QUIET);
    project.write("plans/now/base/plan.md", "# Plan\n");
    project.write("plans/now/base/a.md", "# Page\n\nMade\n");
    preview.shows("base/a.html", "Made");
    preview.sees_edits(&project, "plans/now/base/a.md", "base/a.html");

    settings("moved", "third");
    preview.tells("moved");
    std::thread::sleep(QUIET);
    rename(&project, "content", "moved");
    preview.sees_edits(&project, "moved/base/a.md", "base/a.html");
}

#[cfg(unix)]
fn link(project: &Project, target: &str, path: &str) {
    let place = project.path(path);
    std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
    let _ = std::fs::remove_file(&place);
    std::os::unix::fs::symlink(target, place).expect("a link");
}

#[cfg(unix)]
#[test]
fn what_links_lead_to_is_watched_and_so_are_the_links() {
    let project = Project::small();
    for name in ["shared/c.md", "shared/d.md", "one/f.md", "two/f.md", "content/base/sub/b.md"] {
        project.write(name, format!("# Page\n\nFirst {name}\n"));
    }
    link(&project, "../../shared/c.md", "content/base/c.md");
    link(&project, "sub", "content/base/lnk");
    link(&project, "sub", "content/base/.a");
    let preview = Preview::start(&project);
    preview.shows("base/lnk/b.html", "First");
    preview.sees_edits(&project, "shared/c.md", "base/c.html");
    preview.sees_edits(&project, "content/base/sub/b.md", "base/sub/b.html");
    // Made, pointed elsewhere and taken away while it is served.
    link(&project, "../../shared/d.md", "content/base/d.md");
    preview.sees_edits(&project, "shared/d.md", "base/d.html");
    link(&project, "../../one", "content/base/folder");
    preview.sees_edits(&project, "one/f.md", "base/folder/f.html");
    link(&project, "../../two", "content/base/folder");
    preview.sees_edits(&project, "two/f.md", "base/folder/f.html");
    std::fs::remove_file(project.path("content/base/lnk")).expect("it can be removed");
    preview.sees_edits(&project, "content/base/sub/b.md", "base/sub/b.html");
    // A link to a link, and one to what is not there yet.
    link(&project, "shared", "way");
    link(&project, "../../way/e.md", "content/base/e.md");
    preview.tells("content/base/e.md");
    std::thread::sleep(QUIET);
    preview.sees_edits(&project, "shared/e.md", "base/e.html");
    link(&project, "one", "way");
    preview.sees_edits(&project, "one/e.md", "base/e.html");
}

#[cfg(unix)]
#[test]
fn a_folder_or_settings_that_are_a_link_are_watched_where_it_lies_and_where_it_leads() {
    let project = Project::empty();
    for version in ["v1", "v2"] {
        project.write(&format!("{version}/base/plan.md"), "# Plan\n");
        project.write(&format!("{version}/base/a.md"), format!("# Page\n\nText of {version}\n"));
        project.write(&format!("settings/{version}.toml"), format!("title = \"Title {version}\"\n"));
    }
    link(&project, "v1", "content");
    link(&project, "settings/v1.toml", "site.toml");
    let preview = Preview::start(&project);
    preview.shows("base/a.html", "Text of v1");
    preview.shows("base/a.html", "Title v1");
    std::thread::sleep(QUIET);
    let swap = |target: &str, path: &str| {
        link(&project, target, "new");
        rename(&project, "new", path);
    };
    swap("v2", "content");
    preview.shows("base/a.html", "Text of v2");
    preview.sees_edits(&project, "v2/base/a.md", "base/a.html");
    swap("settings/v2.toml", "site.toml");
    preview.shows("base/a.html", "Title v2");
    std::thread::sleep(QUIET);
    project.write("settings/v2.toml", "title = \"Title of now\"\n");
    preview.shows("base/a.html", "Title of now");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_outside_the_project_is_watched() {
    let (project, outside) = (Project::small(), Project::empty());
    for number in 0..200 {
        outside.write(&format!("{number}/page.md"), "# Page\n");
    }
    let far = outside.path("").to_string_lossy().into_owned();
    link(&project, &far, "content/base/far");
    link(&project, "far", "content/base/near");
    let preview = Preview::start(&project);
    preview.tells("content/base/far");
    preview.sees_edits(&project, "content/base/a.md", "base/a.html");
    let handles = std::fs::read_dir(format!("/proc/{}/fdinfo", preview.process.id())).expect("its files");
    let watches = handles.flatten().map(|handle| {
        let text = std::fs::read_to_string(handle.path()).unwrap_or_default();
        text.lines().filter(|line| line.starts_with("inotify ")).count()
    });
    let watches: usize = watches.sum();
    assert!((1..20).contains(&watches), "{watches} folders are watched");
}

#[test]
fn a_theme_that_makes_no_page_is_told_as_check_tells_it_beside_all_else() {
    let project = with_theme();
    project.write("content/base/a.md", "# Page\n\n[Nowhere](nowhere.md)\n");
    let preview = Preview::start(&project);
    preview.shows("base/a.html", "Theme");
    let tells = |rule: &str, place: &str| {
        let fault = preview.told().into_iter().find(|it| it[0] == rule);
        fault.is_some_and(|it| it[2].starts_with(place))
    };
    for (file, text) in [
        ("theme/static/greet.js", "export function openMenus() {}\n"),
        ("theme/templates/door.html", "{{ nothing.there }}\n"),
    ] {
        project.write(file, text);
        preview.tells(file);
        let end = Instant::now() + PATIENCE;
        while !(tells("broken-theme", file) && tells("broken-link", "content/base/a.md:3")) {
            assert!(Instant::now() < end, "{file}: {:?}", preview.told());
            std::thread::sleep(Duration::from_millis(5));
        }
        let compilation = Compilation::read(&project.path("")).expect("a project");
        let mut diagnostics = compilation.check();
        if !diagnostics.iter().any(|it| it.rule == "broken-theme") {
            let fault = compilation.theme_fault().expect("a fault of the theme");
            let span = fault.span.expect("its place");
            diagnostics.push(Diagnostic::new("broken-theme", fault.message).at(span, "here"));
        }
        assert_eq!(preview.told(), found(&compilation, diagnostics), "{file}");
        std::fs::remove_file(project.path(file)).expect("it can be removed");
        let end = Instant::now() + PATIENCE;
        while preview.told() != built(&project).1 {
            assert!(Instant::now() < end, "{file}: {:?}", preview.told());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn sources_in_the_output_are_told_and_watched() {
    let project = Project::empty();
    project.write("site.toml", "content = \"site/content\"\noutput = \"site\"\n");
    project.write("site/content/base/plan.md", "# Plan\n");
    project.write("site/content/base/a.md", "# Page\n");
    let place = "site.toml:1:11";
    for command in ["check", "build"] {
        let ran = project.run(&[command]);
        assert_eq!((ran.status, ran.errors()), (Some(1), vec![format!("invalid-configuration {place}")]));
    }
    let preview = Preview::start(&project);
    preview.tells(place);
    preview.sees_edits(&project, "site/content/base/a.md", "base/a.html");
}

#[test]
fn what_is_due_is_due_from_the_day_that_is_given() {
    let project = Project::small();
    let front =
        "---\ntitle: Base\ndocument: {reviewed_on: 2026-05-02, review_every: 1 year}\n---\nWhat to do.\n";
    project.write("content/base/plan.md", front);
    let mut command = project.command(&["serve", "--port", "0"]);
    command.env("REDBINDER_TODAY", "2027-06-01");
    Preview::run(command).tells("overdue-review");
    Preview::run(project.command(&["serve", "--port", "0", "--today", "2027-06-01"])).tells("overdue-review");
}
