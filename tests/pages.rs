//! Pages that are composed from the records: what they say, in a plan small enough to see why.

mod project;

use std::collections::BTreeMap;

use project::Project;

const PLAN: &str = "\
---
document:
  version: 2.1.0
  owner: Harbor master
  reviewed_on: 2026-05-02
  review_every: 1 year
  approved_by:
    council: {on: 2026-05-04}
  changes:
    2.0.0: {on: 2025-05-01, what: Boats count too}
    2.1.0: {on: 2026-05-04, what: The bell is rung twice}
  controls:
    IR-6: roles.md#how
timers:
  bell: {title: Ring the bell, within: 5m, starts: noticed, by: watch}
  storm: {title: Close the harbor, within: 2h, starts: declared, by: watch, severities: [storm]}
contacts:
  report: {title: the harbor office, email: office@harbor.test}
---
# Harbor plan

Hello.
";

fn harbor() -> Project {
    let project = Project::empty();
    project.write("site.toml", "title = \"Harbor\"\n[editions]\nresponders = \"\"\n[rules]\nunused-record = \"off\"\nunaccepted-tailoring = \"off\"\norphan-page = \"off\"\n");
    project.write("content/base/plan.md", PLAN);
    project.write("content/base/roles.md", "# Roles\n\n## How {#how}\n\nOnly the [](role:watch) is named.\n");
    let role = |title: &str, more: &str| {
        format!("---\ntitle: {title}\nsummary: {title} in short\n{more}---\nWords.\n")
    };
    project.write("content/base/roles/watch.md", role("Watch", "hands_over_to: [pilot]\n"));
    project.write("content/base/roles/pilot.md", role("Pilot", "assigned_by: watch\n"));
    project.write("content/base/severities.md", "# Severities\n\nThere are two.\n");
    let severity = |rank: u8, title: &str, criteria: &str| {
        format!(
            "---\ntitle: {title}\nrank: {rank}\ncriteria: {criteria}\nhours: business\nsitrep_every: {rank}h\nauthority: Nobody\n---\nWords.\n"
        )
    };
    project.write("content/base/severities/storm.md", severity(1, "Storm", "Boats sink"));
    project.write("content/base/severities/breeze.md", severity(2, "Breeze", "Hats fly"));
    project.write("content/base/phases.md", "# Phases\n\n{{ process_diagram() }}\n");
    project.write(
        "content/base/phases/look.md",
        "---\ntitle: Look\nnumber: 1\nled_by: watch\nwho: {watch: Looks out}\n---\nLook around.\n",
    );
    project.write(
        "content/base/phases/act.md",
        "---\ntitle: Act\nnumber: 2\nwho: {pilot: Steers}\n---\nThen act.\n",
    );
    project.write(
        "content/base/checklists/round.md",
        "---\ntitle: Round\n---\n## At dusk {#dusk}\n\nThe [](role:watch) does this:\n\n- [ ] Light the lamp\n",
    );
    project.write(
        "content/island/plan.md",
        "---\nextends: base\norganization: {name: Island}\ncontacts:\n  report: {email: office@island.test}\n---\n",
    );
    project
        .write("content/island/roles.md", "## How {#how .replace}\n\nThe [](role:watch) and nobody else.\n");
    project
}

/// The words of each page, by its address, without their markup.
fn words(project: &Project) -> BTreeMap<String, String> {
    let site = project.build();
    let pages = site.into_iter().filter(|(path, _)| path.ends_with(".html"));
    pages.map(|(path, bytes)| (path, plain(&String::from_utf8(bytes).expect("a page is text")))).collect()
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        // Words on both sides of a tag that does not break the line stay together.
        if !["a", "/a", "b", "/b", "time", "/time", "span", "/span"]
            .contains(&tag.split(' ').next().unwrap_or_default())
        {
            text.push(' ');
        }
        text.push_str(words);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_says(page: &str, phrases: &[&str]) {
    for phrase in phrases {
        assert!(page.contains(phrase), "not there: {phrase:?} in {page}");
    }
}

/// The part of a page between two of its phrases.
fn between<'t>(page: &'t str, start: &str, end: &str) -> &'t str {
    let rest = page.split_once(start).unwrap_or_else(|| panic!("no {start:?} in {page}")).1;
    rest.split_once(end).map_or(rest, |(part, _)| part)
}

#[test]
fn document_control_says_what_the_plan_is_and_what_of_it_is_tailored() {
    let pages = words(&harbor());
    let base = &pages["base/document.html"];
    assert_says(
        base,
        &[
            "Version 2.1.0",
            "Harbor master",
            "Council 4 May 2026",
            "every year, next on 2 May 2027",
            "IR-6 Roles, How",
        ],
    );
    let changes = between(base, "Changes 2.1.0", "Controls");
    assert_says(changes, &["The bell is rung twice", "2.0.0, 1 May 2025 Boats count too"]);
    assert!(!base.contains("What is tailored"), "the baseline tailors nothing: {base}");
    let island = between(&pages["island/document.html"], "What is tailored This plan", "Controls");
    assert_says(island, &["Roles How Island", "report the harbor office Island"]);
    assert!(!island.contains("Storm"), "what is inherited is not listed: {island}");
}

#[test]
fn a_page_of_an_author_keeps_its_address() {
    let project = harbor();
    project.write("content/base/document.md", "# Documents\n\nPapers.\n");
    let pages = words(&project);
    assert_says(&pages["base/document.html"], &["Papers."]);
    assert_says(&pages["base/document-control.html"], &["Version 2.1.0"]);
    assert_says(&pages["base/index.html"], &["Document control"]);
}

#[test]
fn a_severity_says_what_is_due_when() {
    let pages = words(&harbor());
    let storm = between(&pages["base/severities/storm.html"], "not to scale.", "Words.");
    assert_says(
        storm,
        &[
            "Ring the bell within 5 minutes from when it is noticed",
            "Close the harbor within 2 hours",
            "Send a situation report every hour",
        ],
    );
    let breeze = between(&pages["base/severities/breeze.html"], "not to scale.", "Words.");
    assert_says(breeze, &["Ring the bell", "every 2 hours"]);
    assert!(!breeze.contains("Close the harbor"), "that is due in a storm: {breeze}");
}

#[test]
fn a_role_says_what_it_does_where_and_who_gives_it_to_whom() {
    let pages = words(&harbor());
    let watch = &pages["base/roles/watch.html"];
    assert_says(
        watch,
        &[
            "In each phase Look leads Looks out",
            "Round: At dusk",
            "Hands over to Pilot",
            "Gives others Pilot",
            "Ring the bell within 5 minutes",
        ],
    );
    let pilot = &pages["base/roles/pilot.html"];
    assert_says(pilot, &["Given by Watch", "Takes over from Watch", "Act Steers"]);
    assert!(!pilot.contains("Round: At dusk") && !pilot.contains("Ring the bell"), "{pilot}");
}

#[test]
fn overviews_show_what_their_author_did_not() {
    let project = harbor();
    let pages = words(&project);
    let severities = between(&pages["base/severities.html"], "There are two.", "Written by");
    assert_says(severities, &["Side by side", "Boats sink It is Storm.", "Hats fly It is Breeze."]);
    let roles = between(&pages["base/roles.html"], "is named.", "Written by");
    assert_says(roles, &["Pilot: Pilot in short"]);
    assert!(!roles.contains("Watch"), "the text names it already: {roles}");

    let questions = "{{ severity_table() }}\n\n1. Do boats sink? It is [](severity:storm).\n2. None of it? It is [](severity:breeze).\n";
    project.write("content/base/severities.md", format!("# Severities\n\n{questions}"));
    let pages = words(&project);
    let severities = between(&pages["base/severities.html"], "None of it?", "Written by");
    assert!(!severities.contains("Side by side") && !severities.contains("Hats fly"), "{severities}");
}

#[test]
fn the_process_is_drawn_with_who_leads() {
    let page = &words(&harbor())["base/phases.html"];
    assert_says(page, &["1. Look, led by Watch; 2. Act", "Look Led by Watch Act"]);
}

#[test]
fn a_home_has_three_doors_with_the_pages_behind_them() {
    let project = harbor();
    let pages = words(&project);
    let doors = between(&pages["base/index.html"], "power off the machine.", "Hello.");
    assert_says(doors, &["I look after this plan", "Document control"]);
    project.write(
        "content/base/plan.md",
        PLAN.replace("Hello.", "Hello.\n\n## For keepers {#plan}\n\nKeep it.\n"),
    );
    let pages = words(&project);
    let doors = between(&pages["base/index.html"], "power off the machine.", "Hello.");
    assert!(!doors.contains("Document control"), "the author's own words are the door: {doors}");
}
