//! Drift: what a parent said when its tailoring was accepted, found in git's history; and a lock
//! that two people's work merges in.

mod project;

use project::{Project, Ran, redbinder, run};

const TALK: &str = "Talk in the incident room. Do write passwords there, and wait for an answer.";

fn response(talk: &str) -> String {
    format!(
        "# Response\n\n## Where we talk {{#talk}}\n\n{talk}\n\n## Handoff {{#handoff}}\n\nSay it aloud.\n"
    )
}

/// A base, the harbor's organization over it, and the cranes' system over that.
fn binder() -> Project {
    let project = Project::empty();
    project.write("site.toml", "title = \"Guidebook\"\n");
    project.write("content/base/plan.md", "# Plan\n\nStart with [the response](response.md).\n");
    project.write("content/base/response.md", response(TALK));
    project.write("content/organizations/harbor/plan.md", plan("base"));
    project.write(
        "content/organizations/harbor/response.md",
        "## {#talk .append}\n\nChannel 12 of the radio.\n",
    );
    project
}

fn plan(parent: &str) -> String {
    format!("---\nextends: {parent}\norganization:\n  name: the Harbor Authority\n---\n")
}

/// The same, accepted and committed.
fn accepted() -> Project {
    let project = binder();
    project.commit("A base and a harbor");
    project.accept();
    project.commit("The harbor has looked");
    project
}

fn view(project: &Project, args: &[&str]) -> Ran {
    project.run(&[&["drift", "response.md#talk"], args].concat())
}

/// The lines of a part of the view, by the start of its title; without the marks of a quotation.
fn part(ran: &Ran, title: &str) -> Vec<String> {
    let lines = ran.stdout.lines().skip_while(|line| !line.starts_with(title));
    let lines = lines.skip(1).take_while(|line| !line.is_empty());
    lines.map(|line| line.trim_start().trim_start_matches("| ").to_string()).collect()
}

fn short(project: &Project, revision: &str) -> String {
    project.git(&["log", "-1", "--format=%h of %cs", revision]).trim().to_string()
}

// Then, now and ours

#[test]
fn one_word_makes_a_tailoring_stale_and_the_view_shows_it() {
    let project = accepted();
    project.write("content/base/response.md", response(&TALK.replace("Do write", "Do not write")));
    project.commit("No passwords");
    let ran = view(&project, &[]);
    assert_eq!(ran.status, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("response.md#talk in harbor: append, stale\n"), "{}", ran.stdout);
    let accepted_in = short(&project, "HEAD~2");
    let changed = part(&ran, &format!("What has changed in the inherited text since revision {accepted_in}"));
    let marked = TALK.replace("Do write", "Do {+not+} write");
    assert!(changed.contains(&marked), "{}", ran.stdout);
    let then = part(&ran, &format!("The inherited text then, in revision {accepted_in}"));
    assert_eq!(then, ["content/base/response.md:3", "## Where we talk {#talk}", "|", TALK], "{}", ran.stdout);
    let now = part(&ran, "The inherited text now");
    assert_eq!(now.last(), Some(&TALK.replace("Do write", "Do not write")), "{}", ran.stdout);
    let ours = part(&ran, "What harbor adds at its end");
    assert_eq!(ours, ["content/organizations/harbor/response.md:3", "Channel 12 of the radio."]);

    let ran = project.run(&["accept", "response.md#talk", "--layer", "harbor"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let ran = view(&project, &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert!(!ran.stdout.contains("The inherited text then"), "{}", ran.stdout);
}

#[test]
fn words_that_went_are_marked_too_and_a_change_not_yet_committed_counts() {
    let project = accepted();
    project.write("content/base/response.md", response(&TALK.replace(", and wait", " and wait")));
    let changed = part(&view(&project, &[]), "What has changed");
    assert!(changed.contains(&TALK.replace(", and", "[-,-] and")), "{changed:?}");
}

#[test]
fn colours_take_the_place_of_the_marks() {
    let project = accepted();
    project.write("content/base/response.md", response(&TALK.replace("Do write", "Never write")));
    let coloured = view(&project, &["--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}[9;31mDo\u{1b}[0m \u{1b}[4;32mNever\u{1b}[0m write"), "{coloured}");
    let plain = view(&project, &["--color", "never"]).stdout;
    assert!(plain.contains("[-Do-] {+Never+} write"), "{plain}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
}

#[test]
fn a_paragraph_wrapped_anew_is_fresh() {
    let project = accepted();
    project.write("content/base/response.md", response(&TALK.replace(" there", "\nthere")));
    let ran = view(&project, &[]);
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("response.md#talk in harbor: append, fresh\n"), "{}", ran.stdout);
}

#[test]
fn of_several_revisions_the_latest_with_the_accepted_text_is_shown() {
    let project = accepted();
    for (talk, message) in [("Talk.", "Shorter"), (TALK, "Longer again"), ("Do not talk.", "Silence")] {
        project.write("content/base/response.md", response(talk));
        project.commit(message);
    }
    let ran = view(&project, &[]);
    let then = part(&ran, &format!("The inherited text then, in revision {}", short(&project, "HEAD~1")));
    assert_eq!(then.last().map(String::as_str), Some(TALK), "{}", ran.stdout);
}

#[test]
fn folders_and_layers_may_have_other_names_than_then() {
    let project = accepted();
    project.git(&["mv", "content", "guide"]);
    project.git(&["mv", "guide/base", "guide/baseline"]);
    project.write("site.toml", "title = \"Guidebook\"\ncontent = \"guide\"\n");
    project.write("guide/organizations/harbor/plan.md", plan("baseline"));
    project.commit("Move");
    project.write("guide/baseline/response.md", response("Talk."));
    project.commit("Shorter");
    let moved = part(&view(&project, &[]), "The inherited text then");
    assert_eq!(moved.first().map(String::as_str), Some("guide/baseline/response.md:3"));

    // Changed by the very commit that moves it: then it was elsewhere.
    let project = accepted();
    project.git(&["mv", "content/base", "content/baseline"]);
    project.write("content/organizations/harbor/plan.md", plan("baseline"));
    project.write("content/baseline/response.md", response("Talk."));
    project.commit("Move and shorten");
    let moved = part(&view(&project, &[]), "The inherited text then");
    assert_eq!(moved.first().map(String::as_str), Some("content/base/response.md:3"));
}

#[test]
fn a_name_that_git_could_take_for_a_pattern_is_a_name() {
    let project = binder();
    project.write("content/base/rooms[1].md", response(TALK));
    project.write("content/organizations/harbor/rooms[1].md", "## {#talk .append}\n\nOurs.\n");
    project.commit("Rooms");
    project.accept();
    project.commit("The harbor has looked");
    project.write("content/base/rooms[1].md", response("Talk."));
    let then = part(&project.run(&["drift", "rooms[1].md#talk"]), "The inherited text then");
    assert_eq!(then.first().map(String::as_str), Some("content/base/rooms[1].md:3"), "{then:?}");
}

#[test]
fn a_page_rewritten_as_a_whole_is_compared_as_a_whole() {
    let project = binder();
    let own = "---\ntailor: replace\n---\n# Response\n\nCall the harbor master.\n";
    project.write("content/organizations/harbor/response.md", own);
    project.commit("A base and a harbor");
    project.accept();
    project.commit("The harbor has looked");
    project.write("content/base/response.md", response("Talk.").replace("it aloud", "nothing"));
    let ran = project.run(&["drift", "response.md"]);
    assert!(ran.stdout.starts_with("response.md in harbor: replace, stale\n"), "{}", ran.stdout);
    let changed = part(&ran, "What has changed").join("\n");
    assert!(changed.contains("Say [-it aloud-] {+nothing+}."), "{changed}");
    assert!(ran.stdout.contains("Call the harbor master."), "{}", ran.stdout);
}

#[test]
fn a_section_that_the_parent_took_out_can_still_be_read() {
    let project = accepted();
    project.write("content/base/response.md", response(TALK).replace("{#talk}", "{#rooms}"));
    let ran = view(&project, &[]);
    assert_eq!(ran.status, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("response.md#talk in harbor: accepted, and now"), "{}", ran.stdout);
    assert_eq!(part(&ran, "The inherited text then").last().map(String::as_str), Some(TALK));
}

// Several layers

#[test]
fn a_place_tailored_by_two_layers_is_shown_for_each() {
    let project = binder();
    project.write("content/organizations/quay/plan.md", plan("base"));
    project.write("content/organizations/quay/response.md", "## {#talk .prepend}\n\nRing the bell first.\n");
    project.commit("Two organizations");
    project.accept();
    project.commit("Both have looked");
    project.write("content/base/response.md", response("Talk."));
    let ran = view(&project, &[]);
    for start in ["response.md#talk in harbor: append, stale\n", "response.md#talk in quay: prepend, stale\n"]
    {
        assert!(ran.stdout.contains(start), "{}", ran.stdout);
    }
    let one = view(&project, &["--layer", "quay"]);
    assert!(one.stdout.starts_with("response.md#talk in quay"), "{}", one.stdout);
    assert!(!one.stdout.contains("harbor"), "{}", one.stdout);
}

#[test]
fn what_a_layer_in_the_middle_tailors_is_inherited_text() {
    let project = binder();
    project.write("content/systems/cranes/plan.md", "---\nextends: harbor\nsystem:\n  name: Cranes\n---\n");
    project.write("content/systems/cranes/response.md", "## {#talk .append}\n\nCall the cabin.\n");
    project.commit("A base, a harbor and its cranes");
    project.accept();
    project.commit("Both have looked");
    project.write(
        "content/organizations/harbor/response.md",
        "## {#talk .append}\n\nChannel 14 of the radio.\n",
    );
    project.commit("Another channel");
    let ran = view(&project, &["--layer", "cranes"]);
    assert!(ran.stdout.starts_with("response.md#talk in cranes: append, stale\n"), "{}", ran.stdout);
    assert!(part(&ran, "What has changed").contains(&"Channel [-12-] {+14+} of the radio.".into()));
    let then = part(&ran, "The inherited text then");
    assert!(then.contains(&"content/organizations/harbor/response.md:3".into()), "{then:?}");
    let harbor = view(&project, &["--layer", "harbor"]);
    assert_eq!(harbor.status, Some(0), "the base has not moved: {}", harbor.stdout);
}

// What git does not know

/// The sentence that says why the text cannot be shown. The rest is shown all the same.
fn why_not(ran: &Ran) -> String {
    assert_eq!(ran.status, Some(1), "{}{}", ran.stdout, ran.stderr);
    for title in ["The inherited text now", "What harbor adds at its end"] {
        assert!(!part(ran, title).is_empty(), "{}", ran.stdout);
    }
    let line =
        ran.stdout.lines().find_map(|line| line.strip_prefix("What harbor accepted cannot be shown: "));
    line.unwrap_or_else(|| panic!("no reason: {}", ran.stdout)).to_string()
}

#[test]
fn without_a_repository_the_view_says_so() {
    let project = binder();
    project.accept();
    project.write("content/base/response.md", response("Talk."));
    assert_eq!(why_not(&view(&project, &[])), "this folder is in no git repository.");
    project.git(&["init", "--quiet", "-b", "main"]);
    assert_eq!(why_not(&view(&project, &[])), "nothing has been committed here yet.");
}

#[test]
fn without_git_the_view_says_so() {
    let project = accepted();
    project.write("content/base/response.md", response("Talk."));
    let mut command = project.command(&["drift", "response.md#talk"]);
    let ran = run(command.env("PATH", project.path("nowhere")));
    assert_eq!(why_not(&ran), "the program `git` is not installed.");
}

#[test]
fn a_text_that_was_never_committed_is_not_found() {
    let project = binder();
    project.accept();
    project.write("content/base/response.md", response("Talk."));
    project.commit("Accepted before it was committed, and changed since");
    assert_eq!(why_not(&view(&project, &[])), "it is in no revision of `response.md` that git has.");
}

#[test]
fn in_a_shallow_clone_the_view_says_so() {
    let project = accepted();
    project.write("content/base/response.md", response("Talk."));
    project.commit("Shorter");
    let clone = Project::empty();
    let origin = format!("file://{}", project.path("").display());
    clone.git(&["clone", "--quiet", "--depth=1", &origin, "clone"]);
    let ran = run(redbinder().arg("-C").arg(clone.path("clone")).args(["drift", "response.md#talk"]));
    let expected =
        "git has only the latest part of its history here (`git fetch --unshallow` brings the rest).";
    assert_eq!(why_not(&ran), expected);
}

#[test]
fn a_project_in_a_folder_of_a_repository_has_its_history_too() {
    let project = Project::empty();
    let inner = binder();
    for (path, bytes) in inner.tree("") {
        project.write(&format!("docs/{path}"), bytes);
    }
    project.commit("A project in a folder");
    let within = |args: &[&str]| run(redbinder().arg("-C").arg(project.path("docs")).args(args));
    assert_eq!(within(&["accept", "--all"]).status, Some(0));
    project.commit("The harbor has looked");
    project.write("docs/content/base/response.md", response("Talk."));
    let then = part(&within(&["drift", "response.md#talk"]), "The inherited text then");
    assert_eq!(then.last().map(String::as_str), Some(TALK));
}

// Facts to confirm

#[test]
fn a_fact_that_must_not_be_inherited_is_listed_as_such() {
    let project = binder();
    project.write(
        "content/base/plan.md",
        "---\ncontacts:\n  report:\n    title: the people who answer\n    email: nobody@example.org\n\
         requires:\n  contacts.report.email:\n    why: It must work.\n    set_by: organization\n\
         \x20 organization.name:\n    why: Whose plan is it?\n    set_by: organization\n---\n\
         Start with [the response](response.md).\n",
    );
    project.accept();
    assert!(project.run(&["check"]).errors()[0].starts_with("missing-fact "), "it is an error still");
    let list = project.run(&["drift"]);
    assert_eq!(list.status, Some(0), "{}", list.stdout);
    let row = "harbor  contacts.report.email  nobody@example.org  from base (content/base/plan.md:5)  \
               an organization must state it";
    assert!(list.stdout.contains(row), "{}", list.stdout);
    assert!(!list.stdout.contains("organization.name"), "the harbor states it: {}", list.stdout);
    assert!(list.stdout.ends_with("1 fact to confirm\n"), "{}", list.stdout);
}

// The lock

#[test]
fn what_two_people_accept_merges() {
    let project = binder();
    let sections: Vec<String> =
        ('a'..='h').map(|id| format!("## {id} {{#{id}}}\n\nText {id}.\n\n")).collect();
    project.write("content/base/response.md", format!("# Response\n\n{}", sections.concat()));
    let own: Vec<String> = ('a'..='h').map(|id| format!("## {{#{id} .append}}\n\nOurs.\n\n")).collect();
    project.write("content/organizations/harbor/response.md", own.concat());
    project.accept();
    let changed: Vec<String> =
        sections.iter().map(|section| section.replace("Text", "Another text")).collect();
    project.write("content/base/response.md", format!("# Response\n\n{}", changed.concat()));
    project.commit("The base moves");

    let lock = "content/organizations/harbor/tailoring.lock";
    let accept = |ids: &[&str]| {
        for id in ids {
            let ran = project.run(&["accept", &format!("response.md#{id}")]);
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        }
    };
    project.git(&["switch", "--quiet", "-c", "one"]);
    accept(&["b", "c"]);
    project.commit("One looks at two of them");
    project.git(&["switch", "--quiet", "-c", "other", "main"]);
    accept(&["f", "h"]);
    project.commit("Another looks at two more");
    project.git(&["merge", "--quiet", "--no-edit", "one"]);

    let merged = project.tree("")[lock].clone();
    project.git(&["switch", "--quiet", "--detach", "main"]);
    accept(&["h", "f", "c", "b"]);
    let written = project.tree("")[lock].clone();
    assert_eq!(String::from_utf8_lossy(&merged), String::from_utf8_lossy(&written));
    let list = project.run(&["drift"]).stdout;
    assert!(list.contains("4 stale, 0 unaccepted, 0 redundant, 4 fresh\n"), "{list}");
}

#[test]
fn a_lock_that_could_not_be_read_is_not_written_over() {
    const LOCK: &str = "content/organizations/harbor/tailoring.lock";
    let many = "# nothing\n".repeat(900_000).into_bytes();
    for (bytes, why) in [
        (b"\xff\xfe\x00 7".to_vec(), "it is not UTF-8"),
        (b"response.md#talk \x1b[1m".to_vec(), "it has characters that nobody writes"),
        (many, "it is larger than the limit `text-size`, 8 MB"),
    ] {
        let project = binder();
        project.write(LOCK, &bytes);
        refused(&project, LOCK, why);
        assert!(project.tree("")[LOCK] == bytes, "{why}: the lock is another one");
    }
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_pipe_is_not_written_over() {
    use std::os::unix::fs::FileTypeExt;
    const LOCK: &str = "content/organizations/harbor/tailoring.lock";
    let project = binder();
    let made = std::process::Command::new("mkfifo").arg(project.path(LOCK)).status().expect("mkfifo runs");
    assert!(made.success());
    refused(&project, LOCK, "");
    let found = project.path(LOCK).symlink_metadata().expect("the pipe is there");
    assert!(found.file_type().is_fifo());
}

fn refused(project: &Project, lock: &str, why: &str) {
    let ran = project.run(&["accept", "--all"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("`{lock}` cannot be read: {why}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("bring back the file as it was"), "{}", ran.stderr);
}
