//! What a check is to machines: formats, changes, known faults, and edits.

mod project;

use std::fs;
use std::path::Path;

use project::{Project, Ran, redbinder, run};
use serde_json::Value as Json;

/// A base, and one organization's tailored version that links to a section of the base.
fn plan() -> Project {
    let project = Project::small();
    project.write(
        "content/base/response.md",
        "# Response\n\n## Handing over {#handoff}\n\nTell the next one.\n\n## Ending {#ending}\n\nSay so.\n",
    );
    project.write("content/organizations/harbor/plan.md", "---\nextends: base\n---\n");
    project.write(
        "content/organizations/harbor/local.md",
        "# Harbor\n\nSee [handing over](response.md#handoff).\n",
    );
    assert_eq!(project.run(&["check"]).status, Some(0), "{}", project.run(&["check"]).stderr);
    project
}

/// A plan with findings of every level, with and without a place, an edit or a second place.
fn plan_with_many_findings() -> Project {
    let project = plan();
    project.write("site.toml", "[rules]\nempty-link = \"note\"\nno-such-rule = \"error\"\n");
    for page in 0..15 {
        let text = format!(
            "# Page {page}\n\n[a](nowhere.md) [a](nowhere.md) [b](response.md#handof)\n\n[c]()\n\n[](role:nobody)\n\n\
             <!-- allow broken-link: it moves -->\n\nText\n"
        );
        project.write(&format!("content/base/page-{page}.md"), text);
    }
    project.write("content/base/odd 100% #1 <é>&.md", "# Odd\n\n[\"<x>\"](no|`where.md)\n");
    project.write("content/base/bytes.md", b"# Bytes\n\n\xFF\n");
    project.write(
        "content/organizations/harbor/tailoring.lock",
        "response.md#gone 00112233445566778899aabbccddeeff\n",
    );
    project.write(
        "content/organizations/harbor/response.md",
        "## {#handoff .append}\n\nMore.\n\n## {#nothing .remove}\n\nNot needed.\n",
    );
    project
}

const FORMATS: [&str; 6] = ["text", "json", "sarif", "github", "junit", "markdown"];

fn json(ran: &Ran) -> Json {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

/// Each finding as `rule file: variants`.
fn told(ran: &Ran) -> Vec<String> {
    let found = json(ran)["diagnostics"].as_array().expect("diagnostics").clone();
    let word = |value: &Json| value.as_str().unwrap_or("-").to_string();
    let variants = |found: &Json| {
        found["variants"].as_array().expect("variants").iter().map(word).collect::<Vec<_>>().join(" ")
    };
    let line =
        |found: &Json| format!("{} {}: {}", word(&found["rule"]), word(&found["file"]), variants(found));
    found.iter().map(line).collect()
}

// Formats

#[test]
fn a_second_run_says_what_the_first_said_in_every_format() {
    let project = plan_with_many_findings();
    let summary = project.path("summary.md");
    for format in FORMATS {
        let once = || {
            let _ = fs::remove_file(&summary);
            let ran = run(project
                .command(&["check", "--quiet", "--format", format])
                .env("GITHUB_STEP_SUMMARY", &summary));
            assert_eq!(ran.status, Some(1), "{format}: {}", ran.stderr);
            (ran.stdout, ran.stderr, fs::read_to_string(&summary).unwrap_or_default())
        };
        let first = once();
        let said = first.0.len() + first.1.len();
        assert!(said > 1000, "{format} says {said} bytes");
        assert_eq!(first, once(), "{format}");
    }
}

#[test]
fn sarif_is_what_the_standard_says() {
    const ADDRESS: &str = "https://plan.test/sarif.schema.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sarif.schema.json");
    let schema: Json = serde_json::from_slice(&fs::read(path).expect("the schema")).expect("JSON");
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource(ADDRESS, schema).expect("a new address");
    let schema = compiler.compile(ADDRESS, &mut schemas).expect("a schema");
    let log = |project: &Project| json(&project.run(&["check", "--format", "sarif"]));
    let many = log(&plan_with_many_findings());
    for log in [&many, &log(&plan())] {
        schemas.validate(log, schema).unwrap_or_else(|error| panic!("{error}"));
    }

    let results = many["runs"][0]["results"].as_array().expect("results");
    let has = |what: &dyn Fn(&Json) -> bool| results.iter().any(what);
    assert!(has(&|result| result["fixes"].is_array()), "a result has an edit");
    assert!(has(&|result| result["relatedLocations"].is_array()), "a result has a second place");
    let uri = "/physicalLocation/artifactLocation/uri";
    let uris: Vec<&str> =
        results.iter().filter_map(|result| result["locations"][0].pointer(uri)?.as_str()).collect();
    assert_eq!(uris.len(), results.len(), "every result has a file");
    assert!(uris.contains(&"content/base/odd%20100%25%20%231%20%3C%C3%A9%3E%26.md"), "{uris:?}");

    let mut broken = many.clone();
    broken["runs"][0]["results"][0]["message"] = Json::Null;
    assert!(schemas.validate(&broken, schema).is_err(), "the schema allows everything");
}

#[test]
fn files_are_named_from_where_the_command_runs_or_from_the_checkout() {
    let outer = Project::empty();
    let place = outer.path("plans/agency");
    for (path, bytes) in plan().tree("") {
        outer.write(&format!("plans/agency/{path}"), bytes);
    }
    outer.write("plans/agency/content/base/page.md", "# Page\n\n[it](nowhere.md)\n");
    let check = |folder: &Path, project: &str, setting: &str| {
        let mut command = redbinder();
        command.args(["-C", project, "check", "--format", "json"]).current_dir(folder);
        if !setting.is_empty() {
            command.env(setting, outer.path(""));
        }
        json(&run(&mut command))["diagnostics"][0]["file"].as_str().expect("a file").to_string()
    };
    let whole = "plans/agency/content/base/page.md";
    assert_eq!(check(&outer.path(""), "plans/agency", ""), whole);
    assert_eq!(check(&outer.path("plans"), "agency", ""), "agency/content/base/page.md");
    assert_eq!(check(&place, ".", ""), "content/base/page.md");
    assert_eq!(check(&place, ".", "GITHUB_WORKSPACE"), whole);
    assert_eq!(check(&place, ".", "CI_PROJECT_DIR"), whole);
    assert_eq!(check(&outer.path("plans/agency/content"), "..", ""), "content/base/page.md");
    let elsewhere = Project::empty();
    let named = outer.path("plans/agency");
    assert_eq!(check(&elsewhere.path(""), &named.to_string_lossy(), ""), "content/base/page.md");
    let mut github = redbinder();
    github.args(["-C", "plans/agency", "check", "--format", "github"]).current_dir(outer.path(""));
    assert!(run(&mut github).stdout.starts_with(&format!("::error file={whole},line=3,")));
}

#[test]
fn the_summary_of_the_job_has_what_the_platform_does_not_show() {
    let project = plan_with_many_findings();
    project.write("summary.md", "before\n");
    let summary = project.path("summary.md");
    let ran = run(project.command(&["check", "--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary));
    let count = |start: &str| ran.stdout.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("::error "), count("::warning "), count("::notice ")), (10, 10, 10), "{}", ran.stdout);
    let text = fs::read_to_string(&summary).expect("the summary");
    assert!(text.starts_with("before\n### redbinder: "), "{text}");
    let whole = project.run(&["check", "--format", "markdown"]).stdout;
    assert_eq!(text, format!("before\n{whole}"));
    for page in 0..15 {
        assert!(text.contains(&format!("`content/base/page-{page}.md:5`")), "{page}: {text}");
    }

    let nowhere = project.path("no/such/folder.md");
    let ran = run(project.command(&["check", "--format", "github"]).env("GITHUB_STEP_SUMMARY", nowhere));
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("::error "), "what was found is told all the same");
}

#[test]
fn a_junit_report_has_a_failed_case_for_each_error_and_a_passed_one_for_each_rule_without() {
    let ran = plan_with_many_findings().run(&["check", "--format", "junit"]);
    let errors = ran.stdout.matches("<failure ").count();
    assert!(errors > 30, "{errors}");
    assert!(ran.stdout.contains(&format!(" failures=\"{errors}\" errors=\"0\"")), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1}') && !ran.stdout.contains("no|`where.md\"<"));
    let sound = plan().run(&["check", "--format", "junit"]).stdout;
    assert_eq!(sound.matches("<failure ").count(), 0);
    assert_eq!(sound.matches("<testcase ").count(), redbinder::check::RULES.len());
}

// Changes

#[test]
fn only_what_a_change_caused_is_told() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n");
    project.commit("an old fault");
    project.git(&["switch", "--quiet", "-c", "change"]);
    let ran = project.run(&["check", "--changed-since", "main"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("nothing wrong; 1 older finding left out"), "{}", ran.stdout);

    // Lines above the old fault do not make it new.
    project.write("content/base/old.md", "# Old\n\nNew words.\n\n[it](nowhere.md)\n\n[](role:nobody)\n");
    let ran = project.run(&["check", "--changed-since", "main", "--format", "json"]);
    assert_eq!(told(&ran), ["unknown-role content/base/old.md: base harbor"]);
    assert_eq!(json(&ran)["left_out"], serde_json::json!({"older": 1, "known": 0}));
    assert_eq!(ran.status, Some(1));
}

#[test]
fn what_a_change_of_the_base_causes_elsewhere_is_told() {
    let project = plan();
    project.commit("before");
    project.write("content/base/response.md", "# Response\n\n## Ending {#ending}\n\nSay so.\n");
    let ran = project.run(&["check", "--changed-since", "HEAD", "--format", "json"]);
    assert_eq!(told(&ran), ["broken-link content/organizations/harbor/local.md: harbor"]);
}

#[test]
fn an_old_fault_that_reaches_a_further_variant_is_told_for_that_one() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n");
    project.commit("before");
    project.write("content/organizations/marina/plan.md", "---\nextends: base\n---\n");
    let ran = project.run(&["check", "--changed-since", "main", "--format", "json"]);
    assert_eq!(told(&ran), ["broken-link content/base/old.md: marina"]);
    let note = json(&ran)["diagnostics"][0]["notes"][0].as_str().expect("a note").to_string();
    assert_eq!(note, "before the change it was wrong in base, harbor already");
}

#[test]
fn what_was_mended_since_on_the_main_branch_is_not_the_changes_fault() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n");
    project.commit("before");
    project.git(&["branch", "change"]);
    project.write("content/base/old.md", "# Old\n");
    project.commit("mended on main");
    project.git(&["switch", "--quiet", "change"]);
    let ran = project.run(&["check", "--changed-since", "main"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
}

#[test]
fn a_level_that_is_raised_makes_no_old_fault_new_and_a_level_of_no_rule_is_new() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it]()\n");
    project.write("site.toml", "[rules]\nempty-link = \"off\"\n");
    project.commit("before");
    project.write("site.toml", "[rules]\nempty-link = \"error\"\n");
    let ran = project.run(&["check", "--changed-since", "main"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    project.write("site.toml", "[rules]\nemty-link = \"error\"\n");
    let ran = project.run(&["check", "--changed-since", "main", "--format", "json"]);
    assert_eq!(told(&ran), ["nothing-checked site.toml: "]);
}

#[test]
fn a_project_below_the_top_of_its_repository_has_a_history_too() {
    let outer = Project::empty();
    for (path, bytes) in plan().tree("") {
        outer.write(&format!("plans/agency/{path}"), bytes);
    }
    outer.write("plans/agency/content/base/old.md", "# Old\n\n[it](nowhere.md)\n");
    outer.commit("before");
    outer.write("plans/agency/content/base/new.md", "# New\n\n[it](nowhere.md)\n");
    let mut command = redbinder();
    command.args(["-C", "plans/agency", "check", "--changed-since", "main", "--format", "json"]);
    let ran = run(command.current_dir(outer.path("")));
    assert_eq!(told(&ran), ["broken-link plans/agency/content/base/new.md: base harbor"]);
}

#[test]
fn a_plan_that_was_not_there_before_is_new() {
    let project = Project::empty();
    project.write("README.md", "Nothing yet.\n");
    project.commit("before");
    project.write("content/base/plan.md", "# Plan\n\n[it](nowhere.md)\n");
    let ran = project.run(&["check", "--changed-since", "HEAD"]);
    assert_eq!(ran.errors(), ["broken-link content/base/plan.md:3:6"]);
    assert!(ran.stderr.contains("so everything is told"), "{}", ran.stderr);
}

#[test]
fn a_revision_that_is_not_there_is_said_kindly() {
    let project = plan();
    let refused = |revision: &str| {
        let ran = project.run(&["check", &format!("--changed-since={revision}")]);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("help: name a revision"), "{}", ran.stderr);
        ran.stderr
    };
    assert!(refused("main").contains("in no git repository"));
    project.commit("before");
    assert!(refused("mian").contains("cannot read mian: git knows no such revision here"));
    assert!(refused("--output=x").contains("that is no revision"));
}

// Baseline

fn baseline(project: &Project) -> String {
    fs::read_to_string(project.path("known.txt")).expect("the baseline")
}

#[test]
fn known_faults_are_quiet_and_new_ones_are_not() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n\n[it](nowhere.md)\n\n[it]()\n");
    let ran = project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let text = baseline(&project);
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines.is_sorted(), "{text}");
    assert!(
        lines[0].starts_with("broken-link content/base/old.md: no page or file is called `nowhere.md` [")
    );
    project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    assert_eq!(baseline(&project), text, "written again it is the same");

    // The same words in other lines are the same fault, and one more is one more.
    project.write(
        "content/base/old.md",
        "# Old\n\nNew words.\n\n[it](nowhere.md), [it](nowhere.md)\n\n[it]()\n",
    );
    let ran = project.run(&["check", "--baseline", "known.txt"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("nothing wrong; 3 known findings left out"), "{}", ran.stdout);
    let ran = project.run(&["build", "--baseline", "known.txt"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert_eq!(project.run(&["build"]).status, Some(1));
    project.write("content/base/new.md", "# New\n\n[it](nowhere.md)\n");
    let ran = project.run(&["check", "--baseline", "known.txt"]);
    assert_eq!(ran.errors(), ["broken-link content/base/new.md:3:6"]);
}

#[test]
fn a_mended_fault_must_leave_the_baseline() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n\n[it](nowhere.md)\n\n[it]()\n");
    project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n\n[it]()\n");
    let ran = project.run(&["check", "--baseline", "known.txt"]);
    assert_eq!(ran.errors(), ["mended-baseline known.txt:4:1"]);
    // What is known stays known when only a change is told.
    project.commit("before");
    let ran = project.run(&["check", "--baseline", "known.txt", "--changed-since", "HEAD"]);
    assert_eq!(ran.errors(), ["mended-baseline known.txt:4:1"]);
    let ran = project.run(&["check", "--baseline", "known.txt", "--warn", "mended-baseline"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let ran = project.run(&["check", "--baseline", "known.txt", "--allow", "empty-link", "--fix"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("fixed known.txt:4: mended-baseline: "), "{}", ran.stderr);
    assert_eq!(baseline(&project).lines().count(), 4);
    assert_eq!(project.run(&["check", "--baseline", "known.txt"]).status, Some(0));
}

#[test]
fn what_protects_readers_cannot_be_known() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n<script>alert()</script>\n\n[it]()\n");
    let ran = project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    assert_eq!((ran.status, ran.errors().len()), (Some(1), 1), "{}", ran.stderr);
    assert!(!baseline(&project).contains("unsafe-html"), "{}", baseline(&project));
    let found = json(&project.run(&["check", "--format", "json"]));
    let print = found["diagnostics"][0]["fingerprint"].as_str().expect("a fingerprint");
    let text = format!("{}unsafe-html by hand [{print}]\nand so on\n", baseline(&project));
    project.write("known.txt", text);
    let ran = project.run(&["check", "--baseline", "known.txt"]);
    let expected = [
        "mended-baseline known.txt:4:1",
        "mended-baseline known.txt:5:1",
        "unsafe-html content/base/old.md:3:1",
    ];
    assert_eq!(ran.errors(), expected);
}

#[test]
fn two_branches_that_mend_different_faults_merge() {
    let project = plan();
    for name in ["a", "b", "c", "d", "e"] {
        project.write(&format!("content/base/{name}.md"), format!("# {name}\n\n[it](nowhere.md)\n"));
    }
    project.run(&["check", "--baseline", "known.txt", "--write-baseline"]);
    project.commit("before");
    project.git(&["branch", "other"]);
    let mend = |name: &str| {
        project.write(&format!("content/base/{name}.md"), format!("# {name}\n"));
        project.run(&["check", "--baseline", "known.txt", "--fix"]);
        project.commit(name);
    };
    mend("a");
    project.git(&["switch", "--quiet", "other"]);
    mend("e");
    project.git(&["merge", "--quiet", "--no-edit", "main"]);
    let ran = project.run(&["check", "--baseline", "known.txt"]);
    assert!(ran.stdout.contains("nothing wrong; 3 known findings left out"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_baseline_is_a_file_of_the_project() {
    let project = plan();
    let refused = |path: &str, write: bool| {
        let mut args = vec!["check", "--baseline", path];
        args.extend(write.then_some("--write-baseline"));
        let ran = project.run(&args);
        assert_eq!(ran.status, Some(2), "{}", ran.stdout);
        ran.stderr
    };
    assert!(refused("known.txt", false).contains("--write-baseline` writes it"));
    for write in [true, false] {
        assert!(refused("../known.txt", write).contains("outside the project folder"));
        assert!(refused("/known.txt", write).contains("outside the project folder"));
    }
    let before = project.tree("content");
    assert!(refused("content/base/plan.md", true).contains("it is there, and no baseline"));
    project::assert_same(&project.tree("content"), &before, "a page is no baseline");
}

// The action

/// The scripts of the steps of `action.yml`.
fn scripts() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml");
    let text = fs::read_to_string(path).expect("action.yml");
    let action: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    steps.iter().map(|step| step["run"].as_str().expect("a script").to_string()).collect()
}

#[test]
fn the_action_puts_no_input_into_a_script() {
    let scripts = scripts();
    assert_eq!(scripts.len(), 2);
    assert!(scripts.iter().all(|script| !script.contains("${{")), "{scripts:?}");
}

#[cfg(unix)]
#[test]
fn the_action_checks_and_writes_sarif_and_runs_nothing_it_is_given() {
    let project = plan();
    project.write("content/base/old.md", "# Old\n\n[it](nowhere.md)\n");
    project.commit("before");
    project.write("content/base/new.md", "# New\n\n[it](nowhere.md)\n");
    let bin = project.path("temp/redbinder/bin");
    fs::create_dir_all(&bin).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_redbinder"), bin.join("redbinder")).expect("a link");
    let script = scripts().pop().expect("a script");
    let act = |inputs: &[(&str, &str)]| {
        let mut command = std::process::Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
            .current_dir(project.path(""));
        for name in ["CHANGED_SINCE", "BASELINE", "TODAY", "SARIF", "GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"]
        {
            command.env(name, "");
        }
        command.env("RUNNER_TEMP", project.path("temp")).env("PROJECT", ".").env("FORMAT", "github");
        run(command.envs(inputs.iter().copied()))
    };
    let ran = act(&[("CHANGED_SINCE", "main"), ("SARIF", "found.sarif")]);
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.starts_with("::error file=content/base/new.md,line=3"), "{}", ran.stdout);
    let log: Json =
        serde_json::from_slice(&fs::read(project.path("found.sarif")).expect("a log")).expect("JSON");
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(2), "code scanning gets all of them");

    for name in ["PROJECT", "FORMAT", "CHANGED_SINCE", "BASELINE", "TODAY", "SARIF"] {
        for evil in ["$(touch evil)", "`touch evil`", "; touch evil", "--help", "' \" touch evil"] {
            let ran = act(&[(name, evil)]);
            assert_ne!(ran.status, Some(0), "{name}={evil}: {}", ran.stdout);
            assert!(!project.path("evil").exists(), "{name}={evil}");
        }
    }
}
