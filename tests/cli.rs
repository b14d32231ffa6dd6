//! What the commands say, as transcripts: `tests/cli/*.md`, each with its projects beside it.
//!
//! `TRYCMD=overwrite cargo test --test cli` rewrites them.

mod project;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use project::{Project, Ran, redbinder, run};

#[test]
fn every_transcript_is_what_the_program_says() {
    let cases = trycmd::TestCases::new();
    cases.register_bin("redbinder", Path::new(env!("CARGO_BIN_EXE_redbinder")));
    cases.insert_var("[VERSION]", env!("CARGO_PKG_VERSION")).expect("a new variable");
    // Whoever runs the tests may have set these.
    for (name, value) in [("COLUMNS", "100"), ("CLICOLOR_FORCE", ""), ("REDBINDER_PROJECT", ".")] {
        cases.env(name, value);
    }
    for name in ["GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "CI_PROJECT_DIR"] {
        cases.env(name, "");
    }
    cases.case("tests/cli/*.md");
}

fn transcripts() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let entries = fs::read_dir(folder).expect("the transcripts").map(|entry| entry.expect("an entry").path());
    let files = entries.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    files.map(|path| (path.clone(), fs::read_to_string(path).expect("a text"))).collect()
}

fn commands(transcript: &str) -> impl Iterator<Item = &str> {
    transcript.lines().filter_map(|line| line.strip_prefix("$ "))
}

/// A command that is not known is passed over without a word.
#[test]
fn transcripts_run_nothing_but_the_program() {
    let mut count = 0;
    for (path, text) in transcripts() {
        for command in commands(&text) {
            let mut words = command.split(' ').skip_while(|word| word.contains('='));
            assert_eq!(words.next(), Some("redbinder"), "{}: {command}", path.display());
            count += 1;
        }
    }
    assert!(count > 30, "there are transcripts");
}

/// The commands as the help lists them, but for `help` itself.
fn listed_commands() -> BTreeSet<String> {
    let help = run(redbinder().arg("--help")).stdout;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_string).collect()
}

#[test]
fn every_command_has_its_help_in_a_transcript() {
    let texts: String = transcripts().into_iter().map(|(_, text)| text).collect();
    let shown =
        commands(&texts).filter_map(|command| command.strip_prefix("redbinder ")?.strip_suffix(" --help"));
    assert_eq!(shown.map(str::to_string).collect::<BTreeSet<_>>(), listed_commands());
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let project = Project::empty();
    let pages = project.path("man");
    let ran = run(redbinder().arg("man").arg("--output").arg(&pages));
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let mut found: Vec<String> = project.tree("man").into_keys().collect();
    found.sort();
    let mut expected: Vec<String> =
        listed_commands().iter().map(|name| format!("redbinder-{name}.1")).collect();
    expected.push("redbinder.1".into());
    expected.sort();
    assert_eq!(found, expected);
}

// Colours

fn coloured(ran: &Ran) -> bool {
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("broken-link"), "{}", ran.stderr);
    ran.stderr.contains('\u{1b}')
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let project = Project::small();
    project.write("content/base/page.md", "# Page\n\n[it](nowhere.md)\n");
    let check = |args: &[&str], settings: &[(&str, &str)]| {
        let mut command = project.command(&[&["check"], args].concat());
        coloured(&run(command.envs(settings.iter().copied())))
    };
    assert!(!check(&[], &[]), "a pipe is no terminal");
    assert!(check(&["--color", "always"], &[]));
    assert!(check(&["--color", "always"], &[("NO_COLOR", "1")]), "the option is nearer than the setting");
    assert!(check(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!check(&[], &[("NO_COLOR", "1")]));
    assert!(!check(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn the_project_is_named_by_option_by_setting_or_by_where_one_stands() {
    let project = Project::small();
    let elsewhere = Project::empty();
    let good = |command: &mut std::process::Command| {
        let ran = run(command);
        ran.assert_orderly();
        ran.status == Some(0)
    };
    assert!(good(redbinder().arg("check").current_dir(project.path(""))));
    assert!(good(
        redbinder().arg("check").arg("--project").arg(project.path("")).current_dir(elsewhere.path(""))
    ));
    assert!(good(
        redbinder().arg("check").env("REDBINDER_PROJECT", project.path("")).current_dir(elsewhere.path(""))
    ));
    let mut both = redbinder();
    both.args(["check", "-C", "."])
        .env("REDBINDER_PROJECT", project.path(""))
        .current_dir(elsewhere.path(""));
    assert!(!good(&mut both), "the option is nearer than the setting");
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_stops_the_words_and_nothing_else() {
    use std::io::Read;
    use std::process::Stdio;
    let project = Project::small();
    let page: String = (0..2000).map(|number| format!("[it](nowhere-{number}.md)\n\n")).collect();
    project.write("content/base/page.md", format!("# Page\n\n{page}"));
    let mut child = project
        .command(&["check"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = [0; 5];
    child.stderr.take().expect("a pipe").read_exact(&mut first).expect("a first word");
    assert_eq!(&first, b"error");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}
