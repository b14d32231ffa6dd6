//! `check --fix`: what is safe is mended, and nothing else moves.

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use project::{Project, tree};
use redbinder::Compilation;

/// A base with a page, and one tailored version of it.
fn plan() -> Project {
    let project = Project::small();
    project.write(
        "content/base/response.md",
        "# Response\n\n## Handing over {#handoff}\n\nTell the next one.\n",
    );
    project.write("content/organizations/harbor/plan.md", "---\nextends: base\n---\n");
    project
}

#[test]
fn safe_edits_are_made_and_told_and_the_rest_is_left() {
    let project = plan();
    project.write(
        "content/base/page.md",
        "# Page\n\nBefore\n<!-- allow broken-link: it moves -->\nAfter\n\n<!-- allow unknown-role: soon -->\n\nEnd [it](nowhere.md)\n",
    );
    project.write(
        "content/organizations/harbor/tailoring.lock",
        "# The lock\nresponse.md#gone 00112233445566778899aabbccddeeff\n",
    );
    let before = project.run(&["check"]);
    assert!(before.stdout.contains("1 error, 3 warnings; `--fix` mends 3"), "{}", before.stdout);
    let ran = project.run(&["check", "--fix"]);
    let fixed: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("fixed ")).collect();
    assert_eq!(
        fixed,
        [
            "fixed content/base/page.md:4: unused-waiver: nothing needs the exception from `broken-link` any more",
            "fixed content/base/page.md:7: unused-waiver: nothing needs the exception from `unknown-role` any more",
            "fixed content/organizations/harbor/tailoring.lock:2: unaccepted-tailoring: nothing tailors `response.md#gone` any more",
        ]
    );
    assert_eq!(ran.errors(), ["broken-link content/base/page.md:7:10"]);
    assert_eq!(ran.status, Some(1));
    let text = fs::read_to_string(project.path("content/base/page.md")).expect("the page");
    assert_eq!(text, "# Page\n\nBefore\n\nAfter\n\nEnd [it](nowhere.md)\n");
    let lock = fs::read_to_string(project.path("content/organizations/harbor/tailoring.lock"));
    assert_eq!(lock.expect("the lock"), "# The lock\n");
    assert!(!project.run(&["check", "--fix"]).stderr.contains("fixed"), "there is nothing left to do");
    assert_eq!(project.tree("content").len(), 5, "nothing is left beside the files");
}

/// What costs more for each one the more there are would not end here.
#[test]
fn thousands_of_edits_are_made() {
    let project = plan();
    let exception = "<!-- allow broken-link: it moves -->\n\nText.\n\n";
    project.write("content/base/page.md", format!("# Page\n\n{}", exception.repeat(10_000)));
    let ran = project.run(&["check", "--fix"]);
    assert_eq!(ran.status, Some(0), "{:.500}", ran.stderr);
    assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("fixed ")).count(), 10_000);
}

#[test]
fn a_value_is_named_whatever_its_id_and_only_where_it_is_filled_in() {
    let project = Project::small();
    project.write(
        "content/base/plan.md",
        "---\ntitle: Plan\ntools:\n  büro: { title: Slack Enterprise }\n  code: { title: Bitbucket Cloud }\n---\n\nWrite in Slack Enterprise.\n",
    );
    project.write("content/organizations/harbor/plan.md", "---\nextends: base\n---\n");
    let page =
        |title: &str, summary: &str| format!("---\ntitle: {title}\nsummary: {summary}\n---\n\nText.\n");
    for (file, summary) in [
        ("whole", "Slack Enterprise"),
        ("after-words", "All of it is in Slack Enterprise"),
        ("in-double-quotes", "\"All of it is in Slack Enterprise\""),
        ("in-double-quotes-without-any", "\"Bitbucket Cloud has the code\""),
        ("before-words", "Bitbucket Cloud has the code"),
    ] {
        project.write(&format!("content/base/{file}.md"), page(file, summary));
    }
    project.write(
        "content/base/raw.md",
        "# Raw\n\n{% raw %}In Slack Enterprise.{% endraw %} In Slack Enterprise.\n",
    );
    let fixed = project.run(&["check", "--fix"]);
    assert_eq!(fixed.errors(), Vec::<String>::new());
    let raw = fs::read_to_string(project.path("content/base/raw.md")).expect("the page");
    assert!(
        raw.ends_with("{% raw %}In Slack Enterprise.{% endraw %} In {{ tools[\"büro\"].title }}.\n"),
        "{raw}"
    );
    let summary = |file: &str| {
        let text = fs::read_to_string(project.path(&format!("content/base/{file}.md"))).expect("the page");
        let line = text.lines().find_map(|line| line.strip_prefix("summary: ")).map(str::to_string);
        line.expect("its summary")
    };
    assert_eq!(summary("whole"), "'{{ tools[\"büro\"].title }}'");
    assert_eq!(summary("after-words"), "All of it is in {{ tools[\"büro\"].title }}");
    assert_eq!(summary("in-double-quotes-without-any"), "\"{{ tools.code.title }} has the code\"");
    // What would need other quotes around other words is left to the author.
    assert_eq!(summary("in-double-quotes"), "\"All of it is in Slack Enterprise\"");
    assert_eq!(summary("before-words"), "Bitbucket Cloud has the code");
    let left = project.run(&["check"]).stderr;
    assert_eq!(left.matches("help: write `{{ tools").count(), 3, "{left}");
    let plan = fs::read_to_string(project.path("content/base/plan.md")).expect("the plan");
    assert!(plan.ends_with("Write in {{ tools[\"büro\"].title }}.\n"), "{plan}");
    assert!(!project.run(&["check", "--fix"]).stderr.contains("fixed "), "there is nothing left to do");
}

#[test]
fn exceptions_in_front_matter_go_one_by_one_and_leave_no_empty_key() {
    let project = plan();
    let file = "content/base/page.md";
    project
        .write(file, "---\nallow:\n  broken-link: it moves\n  empty-link: soon\ntitle: Page\n---\n\nEnd\n");
    let ran = project.run(&["check", "--fix"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("fixed content/base/page.md:3: unused-waiver").count(),
        2,
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_to_string(project.path(file)).expect("the page"), "---\ntitle: Page\n---\n\nEnd\n");
}

#[test]
fn a_file_keeps_its_line_ends_and_its_mark() {
    let project = plan();
    let file = "content/base/page.md";
    project.write(file, "\u{FEFF}# Page\r\n\r\n<!-- allow broken-link: it moves -->\r\n\r\nEnd\r\n");
    assert_eq!(project.run(&["check", "--fix"]).status, Some(0));
    let bytes = fs::read(project.path(file)).expect("the page");
    assert_eq!(String::from_utf8_lossy(&bytes), "\u{FEFF}# Page\r\n\r\nEnd\r\n");
}

#[test]
fn only_what_is_told_is_mended() {
    let project = plan();
    let page = "# Page\n\n<!-- allow broken-link: it moves -->\n\nEnd\n";
    project.write("content/base/old.md", page);
    project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    project.commit("before");
    project.write("content/base/new.md", page);
    for args in [&["--changed-since", "main"], &["--baseline", "known.txt"]] {
        project.write("content/base/new.md", page);
        let ran = project.run(&[&["check", "--fix"], &args[..]].concat());
        assert_eq!(ran.stderr.lines().filter(|line| line.starts_with("fixed")).count(), 1, "{}", ran.stderr);
        let read = |path: &str| fs::read_to_string(project.path(path)).expect("a page");
        assert_eq!(read("content/base/old.md"), page);
        assert_eq!(read("content/base/new.md"), "# Page\n\nEnd\n");
    }
}

#[cfg(unix)]
#[test]
fn a_linked_file_is_mended_where_it_is_and_the_link_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = plan();
    project.write("shared/page.md", "# Page\n\n<!-- allow broken-link: it moves -->\n\nEnd\n");
    let place = project.path("shared/page.md");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("../../shared/page.md", project.path("content/base/page.md")).expect("a link");
    assert_eq!(project.run(&["check", "--fix"]).status, Some(0));
    assert!(project.path("content/base/page.md").is_symlink());
    assert_eq!(fs::read_to_string(&place).expect("the page"), "# Page\n\nEnd\n");
    assert_eq!(fs::metadata(&place).expect("the page").permissions().mode() & 0o777, 0o640);
}

#[test]
fn in_a_format_for_machines_what_was_done_goes_to_standard_error() {
    let project = plan();
    project.write("content/base/page.md", "# Page\n\n<!-- allow broken-link: it moves -->\n\nEnd\n");
    let ran = project.run(&["check", "--fix", "--format", "json"]);
    assert!(ran.stderr.starts_with("fixed content/base/page.md:3: unused-waiver"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("{\n  \"diagnostics\": [],"), "{}", ran.stdout);
}

/// What is wrong with a project, without places.
fn wrong(root: &Path) -> BTreeSet<(&'static str, String)> {
    let diagnostics = Compilation::read(root).expect("the project can be read").check();
    diagnostics.into_iter().map(|found| (found.rule, found.message)).collect()
}

/// The edits of every rule, in its own failing cases.
#[test]
fn no_edit_makes_anything_worse_and_none_is_offered_for_ever() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let mut mended = BTreeSet::new();
    for rule in fs::read_dir(cases).expect("the rules").map(|rule| rule.expect("a rule").path()) {
        for case in fs::read_dir(&rule).expect("the cases").map(|case| case.expect("a case").path()) {
            let found = Compilation::read(&case).expect("the case can be read").check();
            if found.iter().all(|diagnostic| diagnostic.fix.is_empty()) {
                continue;
            }
            let project = Project::empty();
            for (path, bytes) in tree(&case) {
                project.write(&path, bytes);
            }
            let before = wrong(&project.path(""));
            let ran = project.run(&["check", "--fix"]);
            assert!(ran.stderr.contains("fixed "), "{}: {}", case.display(), ran.stderr);
            let after = wrong(&project.path(""));
            let new: Vec<_> = after.difference(&before).collect();
            assert!(new.is_empty(), "{}: {new:?}", case.display());
            let again = project.run(&["check", "--fix"]).stderr;
            assert!(!again.contains("fixed "), "{}: {again}", case.display());
            mended.extend(found.iter().filter(|found| !found.fix.is_empty()).map(|found| found.rule));
        }
    }
    for rule in ["unaccepted-tailoring", "unused-waiver"] {
        assert!(mended.contains(rule), "{rule} has no case with an edit: {mended:?}");
    }
}
