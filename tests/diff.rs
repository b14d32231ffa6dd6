//! What `redbinder diff` says of changes, in temporary git repositories.

mod project;

use project::{Project, run};
use serde_json::Value;

/// The content of this repository, committed.
fn repository() -> Project {
    let project = Project::of_repository();
    project.commit("The plan");
    project
}

/// Puts words in the place of others, which must be there once.
fn edit(project: &Project, path: &str, before: &str, after: &str) {
    let text = std::fs::read_to_string(project.path(path)).expect("a text");
    assert_eq!(text.matches(before).count(), 1, "{path} has `{before}` once");
    project.write(path, text.replace(before, after));
}

fn diff(project: &Project, args: &[&str]) -> Value {
    let ran = project.run(&[&["diff", "--format", "json"], args].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("a JSON document")
}

/// The sentences of the changes of the working tree.
fn words(project: &Project) -> Vec<String> {
    list(&diff(project, &[]), "words")
}

fn list(account: &Value, key: &str) -> Vec<String> {
    changes(account).iter().map(|change| text(&change[key])).collect()
}

fn changes(account: &Value) -> Vec<Value> {
    account["changes"].as_array().expect("changes").clone()
}

fn only_change(project: &Project) -> Value {
    let found = changes(&diff(project, &[]));
    assert_eq!(found.len(), 1, "{found:#?}");
    found[0].clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_string()
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(text).collect()
}

fn place(value: &Value) -> String {
    format!("{}:{}", text(&value["file"]), value["line"])
}

/// The line of a file that has some words.
fn line_of(project: &Project, path: &str, words: &str) -> String {
    let file = std::fs::read_to_string(project.path(path)).expect("a text");
    let line = file.lines().position(|line| line.contains(words)).expect("the words are there");
    format!("{path}:{}", line + 1)
}

const PLAN: &str = "content/base/plan.md";
const CHECKLIST: &str = "content/base/checklists/response.md";

/// What costs more for each one the more there are would not end here.
#[test]
fn thousands_of_reworded_steps_are_told_as_reworded() {
    const MANY: usize = 4_000;
    let project = Project::small();
    let write = |word: &str| {
        let steps: String =
            (0..MANY).map(|n| format!("- [ ] {word} the person of room {n} at home\n")).collect();
        project.write("content/base/checklists/calls.md", format!("# Calls\n\n{steps}"));
    };
    write("Call");
    project.commit("The plan");
    write("Phone");
    let found = words(&project);
    assert_eq!(found.len(), MANY, "{:?}", &found[..3]);
    assert!(found.iter().all(|words| words.contains("reworded")), "{:?}", &found[..3]);
}

#[test]
fn a_fact_is_told_where_it_is_stated_and_not_where_it_is_said() {
    let project = repository();
    edit(&project, PLAN, "within: 1h\n    starts: noticed", "within: 2h\n    starts: noticed");
    let account = diff(&project, &[]);
    let change = only_change(&project);
    assert_eq!(change["words"], "timer Report what you noticed: within 1 hour → 2 hours");
    assert_eq!(change["path"], "timers.report.within");
    assert_eq!((text(&change["before"]), text(&change["after"])), ("1 hour".into(), "2 hours".into()));
    assert_eq!(names(&change["notes"]), ["longer"]);
    assert_eq!(place(&change["is_at"]), line_of(&project, PLAN, "within: 2h"));
    // Every page that prints the value has to be printed again.
    let pages: Vec<String> = account["reach"]["editions"][0]["pages"]
        .as_array()
        .expect("pages")
        .iter()
        .map(|page| text(&page["path"]))
        .collect();
    assert!(pages.contains(&"reporting.md".to_string()), "{pages:?}");
}

#[test]
fn what_a_variant_states_itself_does_not_reach_it() {
    let project = repository();
    edit(&project, "content/base/severities/high.md", "sitrep_every: 1h", "sitrep_every: 2h");
    let change = only_change(&project);
    assert_eq!(change["words"], "severity High: sitrep every 1 hour → 2 hours");
    assert_eq!(names(&change["not_in"]), ["decision-support", "elimu"]);
    assert!(names(&change["variants"]).contains(&"bixal".to_string()));
}

#[test]
fn the_same_length_in_other_words_is_no_change() {
    let project = repository();
    edit(&project, "content/base/severities/high.md", "sitrep_every: 1h", "sitrep_every: 60 minutes");
    assert_eq!(words(&project), [""; 0]);
}

#[test]
fn five_business_days_are_not_five_days() {
    let project = repository();
    edit(&project, PLAN, "within: 5 business days", "within: 5 days");
    assert_eq!(
        words(&project),
        ["timer Hold the retrospective and write up the incident: within 5 business days → 5 days"]
    );
}

#[test]
fn a_reflowed_paragraph_is_no_change_and_reaches_nobody() {
    let project = repository();
    let path = "content/base/maintenance.md";
    let page = std::fs::read_to_string(project.path(path)).expect("a text");
    let (front, body) = page.split_once("\n---\n").expect("front matter");
    let wrapped: Vec<String> = body
        .lines()
        .map(|line| match line.starts_with(|c: char| c.is_alphabetic()) && line.ends_with('.') {
            true => line.replace(", ", ",\n"),
            false => line.to_string(),
        })
        .collect();
    project.write(path, format!("{front}\n---\n{}", wrapped.join("\n")));
    assert!(!project.git(&["diff", "--name-only"]).is_empty(), "there is something to wrap");
    let account = diff(&project, &["--exit-code"]);
    assert_eq!(list(&account, "words"), [""; 0]);
    assert_eq!(account["reach"]["editions"], Value::Array(Vec::new()));
}

#[test]
fn a_role_dropped_by_one_layer_is_told_for_that_layer() {
    let project = repository();
    let path = "content/systems/data-catalog/roles/communications-officer.md";
    project.write(path, "---\ntailor: remove\n---\n\nThe catalog has no press.\n");
    let found = changes(&diff(&project, &[]));
    assert_eq!(found[0]["words"], "role Communications Officer dropped");
    assert_eq!(names(&found[0]["variants"]), ["data-catalog"]);
    assert_eq!(place(&found[0]["is_at"]), format!("{path}:2"));
    assert_eq!(
        found[1]["words"],
        "data-catalog now tailors Communications Officer (roles/communications-officer.md, remove)"
    );
    assert_eq!(names(&found[1]["notes"]), ["because: The catalog has no press."]);
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn what_a_layer_drops_is_dropped_for_its_heirs() {
    let project = repository();
    let path = "content/organizations/bixal/roles/product-owner.md";
    project.write(path, "---\ntailor: remove\n---\n\nProjects have none.\n");
    let found = changes(&diff(&project, &[]));
    assert_eq!(found.len(), 2, "{found:#?}");
    for change in found {
        assert_eq!(names(&change["variants"]), ["bixal", "data-catalog"], "{change:#}");
    }
}

#[test]
fn a_text_that_others_add_to_is_told_once() {
    let project = repository();
    let path = "content/base/response.md";
    edit(&project, path, "Leave it running until", "Do not leave it running until");
    let account = diff(&project, &[]);
    let change = only_change(&project);
    assert_eq!(names(&change["variants"]).len(), 8, "{change:#}");
    assert_eq!(names(&change["notes"]), ["now says “not”"]);
    assert_eq!(place(&change["is_at"]), line_of(&project, path, "Do not leave it running"));
    assert_eq!(account["reach"]["stale"][0]["layer"], "elimu");
    assert_eq!(account["reach"]["stale"][0]["target"], "response.md#contain");
}

#[test]
fn an_edition_that_may_not_see_a_change_is_not_printed_again() {
    let project = repository();
    edit(&project, PLAN, "Anybody who is not part of this response", "Anybody who is not working on it");
    let account = diff(&project, &[]);
    assert_eq!(list(&account, "path"), ["channels.fire.never"]);
    let editions = account["reach"]["editions"].as_array().expect("a list");
    assert!(!editions.is_empty());
    for edition in editions {
        assert_eq!(edition["edition"], "responders", "{edition:#}");
    }
}

#[test]
fn steps_that_a_loop_writes_are_each_told() {
    let project = Project::small();
    let plan = |tools: &str| project.write("content/base/plan.md", format!("---\ntools: {{{tools}}}\n---\n"));
    let steps = "{% for id, it in tools | items %}\n- [ ] Stop {{ it.title }}.\n{% endfor %}";
    project.write("content/base/checklists/stop.md", format!("---\ntitle: Stop\n---\n\n{steps}\n"));
    plan("chat: {title: the chat}");
    project.commit("one");
    plan("chat: {title: the chat}, mail: {title: the mail}, wiki: {title: the wiki}");
    assert_eq!(
        words(&project),
        [
            "tool the mail added",
            "tool the wiki added",
            "Stop, step 2 added: Stop the mail",
            "Stop, step 3 added: Stop the wiki",
        ]
    );
}

#[test]
fn a_value_put_into_braces_is_no_change() {
    let project = Project::small();
    let plan = |address: &str, words: &str| {
        let channel = format!("main: {{title: the room, kind: chat, address: \"{address}\"}}");
        project.write("content/base/plan.md", format!("---\nchannels:\n  {channel}\n---\n\n{words}\n"));
    };
    plan("#fire", "Report in #fire.");
    project.commit("one");
    plan("#fire", "Report in {{ channels.main.address }}.");
    assert_eq!(words(&project), [""; 0]);
    project.commit("two");
    plan("#help", "Report in {{ channels.main.address }}.");
    assert_eq!(words(&project), ["channel the room: address #fire → #help"]);
}

#[test]
fn a_fact_taken_out_by_null_is_told_at_the_null() {
    let project = repository();
    let path = "content/organizations/bixal/plan.md";
    edit(&project, path, "timers:\n", "timers:\n  triage: null\n");
    let change = only_change(&project);
    assert_eq!(change["words"], "timer Decide whether it may be an incident dropped");
    assert_eq!(place(&change["is_at"]), line_of(&project, path, "triage: null"));
    assert_eq!(names(&change["variants"]), ["bixal", "data-catalog"]);
}

#[test]
fn steps_are_counted_and_told_apart() {
    let project = repository();
    edit(&project, CHECKLIST, "- [ ] Put a time with its time zone in front of every note.\n", "");
    edit(&project, CHECKLIST, "- [ ] Stay out of the repair.", "- [ ] Do not stay out of the repair.");
    edit(
        &project,
        CHECKLIST,
        "- [ ] Thank the reporter.\n- [ ] Something confused people? Open a ticket to make it clearer.\n",
        "- [ ] Something confused people? Open a ticket to make it clearer.\n- [ ] Thank the reporter.\n",
    );
    edit(&project, CHECKLIST, "- [ ] Find the cause.\n", "- [ ] Find the cause.\n- [ ] Sleep in turns.\n");
    let account = diff(&project, &[]);
    let mut steps: Vec<(String, String)> =
        list(&account, "kind").into_iter().zip(list(&account, "words")).collect();
    steps.sort();
    let expected = [
        ("added", "Response checklist, step 34 (5. Remediate) added: Sleep in turns"),
        ("changed", "Response checklist, step 43 (5. Remediate) reworded"),
        ("moved", "Response checklist, step 60 (False alarm) moved (was step 59): Thank the reporter"),
        (
            "removed",
            "Response checklist, step 4 (2. Start documenting) removed: Put a time with its time zone in \
             front of every note",
        ),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(kind, words)| (kind.to_string(), words.to_string())).collect();
    assert_eq!(steps, expected);
    let reworded = changes(&account).into_iter().find(|change| change["kind"] == "changed").expect("one");
    assert_eq!(names(&reworded["notes"]), ["now says “not”"]);
    let stale = account["reach"]["stale"].as_array().expect("a list");
    let stale: Vec<String> =
        stale.iter().map(|it| format!("{} {}", text(&it["layer"]), text(&it["target"]))).collect();
    assert_eq!(
        stale,
        [
            "elimu checklists/response.md#document",
            "elimu checklists/response.md#remediate",
            "records-archive checklists/response.md#remediate"
        ]
    );
}

#[test]
fn approvals_are_of_a_version() {
    let project = repository();
    let path = "content/organizations/bixal/plan.md";
    edit(&project, path, "version: 1.0.0", "version: 3.1.0");
    edit(&project, path, "management:\n      on: 2026-10-29", "management:\n      on: 2026-11-20");
    assert_eq!(
        words(&project),
        [
            "version 1.0.0 → 3.1.0",
            "approval of Information security officer missing since version 3.1.0: the one of 2026-10-28 is \
             of version 1.0.0",
            "approval of Member of management responsible for security renewed on 2026-11-20",
        ]
    );
}

#[test]
fn an_approval_that_is_gone_is_missing_since_the_version() {
    let project = repository();
    edit(&project, PLAN, "version: 1.0.0", "version: 1.1.0");
    edit(&project, PLAN, "on: 2026-10-14", "on: 2026-11-14");
    let approval =
        "    management:\n      role: Member of management responsible for security\n      on: 2026-10-16\n";
    edit(&project, PLAN, approval, "");
    assert!(
        words(&project).contains(
            &"approval of Member of management responsible for security missing since version 1.1.0"
                .to_string()
        ),
        "{:?}",
        words(&project)
    );
}

#[test]
fn a_new_tailoring_tells_what_it_does_and_the_inherited_section_does_not() {
    let project = repository();
    let path = "content/organizations/bixal/response.md";
    let before = std::fs::read_to_string(project.path(path)).expect("a text");
    project.write(path, format!("{before}\n## {{#contain .replace}}\n\nPull the plug.\n"));
    let change = only_change(&project);
    assert_eq!(
        change["words"],
        "bixal now tailors Contain without destroying (response.md#contain, replace)"
    );
    assert_eq!(change["kind"], "added");
    assert_eq!(names(&change["variants"]), ["bixal", "data-catalog"]);
    project.commit("tailored");
    project.write(path, format!("{before}\n## {{#contain .replace}}\n\nPull both plugs.\n"));
    let change = only_change(&project);
    assert_eq!(
        change["words"],
        "bixal changed its tailoring of Contain without destroying (response.md#contain, replace)"
    );
    project.write(path, &before);
    let change = only_change(&project);
    assert_eq!(
        change["words"],
        "bixal no longer tailors Contain without destroying (response.md#contain, replace)"
    );
}

#[test]
fn a_tailoring_that_lost_its_section_is_told() {
    let project = repository();
    edit(&project, "content/base/response.md", "{#contain}", "{#containment}");
    let found = words(&project);
    assert_eq!(
        found,
        [
            "section Contain without destroying of page Respond to an incident is now at #containment (was at \
             #contain)",
            "what elimu tailors is gone: Contain without destroying (response.md#contain, append)",
        ]
    );
}

#[test]
fn sections_are_retitled_moved_and_closed_to_some() {
    let project = repository();
    let path = "content/base/response.md";
    edit(&project, path, "## False alarms {#false-alarms}", "## If it was nothing {#false-alarms}");
    edit(&project, path, "{#obligations}\n", "{#obligations audience=responders}\n");
    let page = std::fs::read_to_string(project.path(path)).expect("a text");
    let (before, rest) = page.split_once("## Handoff").expect("the section");
    let (handoff, after) = rest.split_once("## Where we talk").expect("the next section");
    project.write(path, format!("{before}## Where we talk{after}"));
    let other = "content/base/maintenance.md";
    let page = std::fs::read_to_string(project.path(other)).expect("a text");
    project.write(other, format!("{page}\n## Handoff{handoff}"));
    assert_eq!(
        words(&project),
        [
            "section Handoff of page Respond to an incident moved to page How this plan is kept up to date",
            "section False alarms of page Respond to an incident retitled If it was nothing",
            "section Who must be informed of page Respond to an incident: audience public → responders",
        ]
    );
}

#[test]
fn a_page_with_another_file_name_is_the_same_page() {
    let project = repository();
    let (old, new) = ("content/base/playbooks/phishing.md", "content/base/playbooks/phish.md");
    std::fs::rename(project.path(old), project.path(new)).expect("renamed");
    let change = only_change(&project);
    assert_eq!(
        change["words"],
        "playbook Phishing is now at playbooks/phish.md (was at playbooks/phishing.md)"
    );
    assert_eq!(place(&change["was_at"]), format!("{old}:1"));
}

#[test]
fn layers_and_editions_come_go_and_move() {
    let project = repository();
    project.write("content/systems/payroll/plan.md", "---\nextends: bixal\nsystem: {name: Payroll}\n---\n");
    std::fs::remove_dir_all(project.path("content/systems/data-catalog")).expect("removed");
    edit(&project, "site.toml", "public = \"public\"\n", "");
    assert_eq!(
        words(&project),
        [
            "the public edition is no longer built",
            "layer data-catalog removed",
            "layer payroll added, extends bixal",
        ]
    );
    project.commit("moved");
    edit(&project, "content/systems/payroll/plan.md", "extends: bixal", "extends: civicactions");
    assert_eq!(words(&project)[0], "layer payroll extends bixal → civicactions");
}

#[test]
fn revisions_are_named_as_for_git() {
    let project = Project::small();
    let page = |words: &str| project.write("content/base/page.md", format!("# Page\n\n{words}\n"));
    page("Call the duty officer at once.");
    project.commit("one");
    project.git(&["checkout", "--quiet", "-b", "topic"]);
    page("Call the duty officer at noon.");
    project.commit("two");
    project.git(&["checkout", "--quiet", "main"]);
    project.write("content/base/other.md", "# Other\n\nSomething new.\n");
    project.commit("three");
    let of = |range: &str| list(&diff(&project, &[range]), "words");
    let reworded = "the opening of page Page reworded (1 of 6 words out, 1 in)";
    assert_eq!(of("main...topic"), [reworded]);
    assert_eq!(of("main..topic"), ["page Other dropped", reworded]);
    assert_eq!(of("main~1..main"), ["page Other added"]);
    assert_eq!(of("HEAD"), [""; 0]);
    page("Call the duty officer at dusk.");
    assert_eq!(of("HEAD.."), [reworded]);
    assert_eq!(of("topic..."), ["page Other added", reworded]);
}

#[test]
fn the_status_tells_of_changes_only_when_asked() {
    let project = Project::small();
    project.commit("one");
    assert_eq!(project.run(&["diff", "--exit-code"]).status, Some(0));
    project.write("content/base/plan.md", "# The plan\n\nWhat not to do.\n");
    assert_eq!(project.run(&["diff"]).status, Some(0));
    assert_eq!(project.run(&["diff", "--exit-code"]).status, Some(1));
}

#[test]
fn what_git_does_not_know_is_said() {
    let project = Project::small();
    let outside = run(project.command(&["diff"]).env("GIT_CEILING_DIRECTORIES", project.path("..")));
    assert_eq!(outside.status, Some(2));
    assert!(outside.stderr.contains("this folder is in no git repository"), "{}", outside.stderr);
    project.commit("one");
    for range in ["nowhere..", "HEAD..nowhere", "HEAD~7...HEAD", "..-p", "^HEAD.."] {
        let ran = project.run(&["diff", range]);
        assert_eq!(ran.status, Some(2), "{range}: {}", ran.stdout);
    }
    let ran = project.run(&["diff", "nowhere.."]);
    assert!(ran.stderr.contains("git knows no such revision here"), "{}", ran.stderr);
    project.write(".git/config", "[core\n");
    let broken = project.run(&["diff"]);
    assert!(broken.stderr.contains("git says: fatal: bad config line 1 in file"), "{}", broken.stderr);
    assert!(!broken.stderr.contains("help:"), "{}", broken.stderr);
    project.write(".git/config", "");
    project.write(".git/HEAD", "junk");
    let broken = run(project.command(&["diff"]).env("GIT_CEILING_DIRECTORIES", project.path("..")));
    assert!(broken.stderr.contains("git says: fatal: not a git repository"), "{}", broken.stderr);
    assert!(ran.stderr.contains("help: name commits"), "{}", ran.stderr);
    let ran = project.run(&["diff", "HEAD..HEAD..HEAD"]);
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("has more than two ends"), "{}", ran.stderr);
}

#[test]
fn what_a_project_may_not_be_now_it_may_not_have_been_then() {
    let project = Project::small();
    project.write("site.toml", "#".repeat(9_000_000));
    project.commit("one");
    project.write("site.toml", "");
    project.commit("two");
    let ran = project.run(&["diff", "HEAD~1.."]);
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("text-size"), "{}", ran.stderr);
    // An object that is not there, as in a clone of a part.
    let id = project.git(&["rev-parse", "HEAD:content/base/plan.md"]);
    let (folder, name) = id.trim().split_at(2);
    std::fs::remove_file(project.path(&format!(".git/objects/{folder}/{name}"))).expect("an object");
    let ran = project.run(&["diff", "HEAD.."]);
    assert_eq!(ran.status, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("git does not have all of its files here"), "{}", ran.stderr);
}

#[test]
fn markdown_calls_nobody_and_marks_nothing_up() {
    let project = repository();
    edit(&project, PLAN, "mention: \"@security\"", "mention: \"@everybody\"");
    let ran = project.run(&["diff", "--format", "markdown"]);
    assert!(ran.stdout.starts_with("## What changes from HEAD to the working tree\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("mention @<!-- -->security → @<!-- -->everybody"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[test]
fn the_same_change_is_told_in_the_same_words_each_time() {
    let project = repository();
    edit(&project, PLAN, "address: \"#incidents\"", "address: \"#fire\"");
    edit(&project, CHECKLIST, "- [ ] Find the cause.\n", "");
    let first = project.run(&["diff"]).stdout;
    for _ in 0..3 {
        assert_eq!(project.run(&["diff"]).stdout, first);
    }
}
