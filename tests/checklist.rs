//! `checklist-gap` against the real content: every item of the response checklist is taken out,
//! swapped and moved in turn, and what is told is counted.

mod project;

use std::fs;
use std::path::Path;

use project::{Project, tree};
use redbinder::Compilation;

const LIST: &str = "content/base/checklists/response.md";

/// The baseline of this repository alone.
fn baseline() -> Project {
    let project = Project::empty();
    let content = tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content/base"));
    for (path, bytes) in content {
        project.write(&format!("content/base/{path}"), bytes);
    }
    project
}

/// The lines `checklist-gap` tells of when the checklist reads so, each with its file.
fn told(project: &Project, list: &str) -> Vec<String> {
    project.write(LIST, list);
    let compilation = Compilation::read(&project.path(".")).expect("it can be read");
    let sources = &compilation.project.sources;
    let found = compilation.check().into_iter().filter(|diagnostic| diagnostic.rule == "checklist-gap");
    found
        .filter_map(|diagnostic| diagnostic.span())
        .map(|span| sources.place(span).rsplit_once(':').expect("a column").0.to_string())
        .collect()
}

/// The lines of the checklist, and the numbers of those that are items.
fn lines() -> (Vec<String>, Vec<usize>) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST)).expect("a text");
    let lines: Vec<String> = text.lines().map(str::to_string).collect();
    let items = (0..lines.len()).filter(|at| lines[*at].starts_with("- [ ]")).collect();
    (lines, items)
}

/// Edits the checklist once for each item, and returns how often the edit was told of, and of how many.
fn count(edit: impl Fn(&mut Vec<String>, usize, &[usize]) -> bool) -> (usize, usize) {
    let project = baseline();
    let (lines, items) = lines();
    let (mut found, mut all) = (0, 0);
    for at in &items {
        let mut edited = lines.clone();
        if !edit(&mut edited, *at, &items) {
            continue;
        }
        all += 1;
        if told(&project, &edited.join("\n")).is_empty() {
            println!("not told: {}", lines[*at]);
        } else {
            found += 1;
        }
    }
    println!("told of {found} in {all}");
    (found, all)
}

#[test]
fn an_item_that_is_taken_out_is_missed() {
    let (found, all) = count(|lines, at, _| {
        lines.remove(at);
        true
    });
    assert!(found * 100 >= all * 88, "{found} of {all}");
}

#[test]
fn two_items_that_are_swapped_are_out_of_order() {
    let (found, all) = count(|lines, at, items| {
        let neighbours = items.contains(&(at + 1));
        if neighbours {
            lines.swap(at, at + 1);
        }
        neighbours
    });
    assert!(found * 100 >= all * 80, "{found} of {all}");
}

#[test]
fn an_item_that_is_moved_to_another_phase_is_missed_in_its_own() {
    let (found, all) = count(|lines, at, items| {
        let item = lines.remove(at);
        let other = if at < items[items.len() / 2] { items[items.len() - 3] - 1 } else { items[3] };
        lines.insert(other, item);
        true
    });
    assert!(found * 100 >= all * 88, "{found} of {all}");
}

#[test]
fn an_item_the_plan_knows_nothing_of_is_told_at_its_line() {
    let strays = [
        "Notify the board of directors.",
        "Order lunch for the team.",
        "Rotate all TLS certificates of the load balancers.",
        "Call the press office and agree on a statement.",
        "Reset the passwords of all employees.",
        "Unplug the backup server.",
        "Page the database administrator on duty.",
        "Fill in form 27B and fax it to headquarters.",
        "Update the status page for customers.",
        "Restart the build pipeline.",
        "Ask the [](role:scribe) to start a screen recording.",
        "Book a meeting room on the second floor.",
        "Freeze all deployments in {{ tools.code.title }}.",
        "Export the firewall configuration to the vendor's portal.",
        "Pay the ransom if it is less than the insurance's deductible.",
        "Run a virus scan on every laptop.",
        "Interview the people in the affected department.",
        "Send flowers.",
        "Verify the integrity of the nightly backups.",
        "Inform the works council.",
    ];
    let project = baseline();
    let (lines, items) = lines();
    let mut found = 0;
    for (number, stray) in strays.iter().enumerate() {
        let at = items[number * items.len() / strays.len()];
        let mut edited = lines.clone();
        edited.insert(at, format!("- [ ] {stray}"));
        let told = told(&project, &edited.join("\n"));
        match told.contains(&format!("{LIST}:{}", at + 1)) {
            true => found += 1,
            false => println!("not told: {stray} {told:?}"),
        }
    }
    println!("told of {found} in {}", strays.len());
    assert!(found * 100 >= strays.len() * 80, "{found} of {}", strays.len());
}

#[test]
fn other_words_for_the_same_are_no_gap() {
    let project = baseline();
    let (lines, _) = lines();
    let text = lines.join("\n");
    let mut complaints = Vec::new();
    for (from, to) in [
        ("Take a slow breath. No lives are in danger.", "Breathe slowly: nobody's life is in danger."),
        (
            "Put a time with its time zone in front of every note.",
            "Every note starts with the time and its zone.",
        ),
        (
            "Keep what you know apart from what you suspect.",
            "Separate what you know from what you only suspect.",
        ),
        ("Answer the [](role:reporter): \"I have it.\"", "Tell the [](role:reporter) that you have it."),
        (
            "Look for an innocent explanation, such as announced maintenance.",
            "Is there an innocent explanation? Maintenance, for instance.",
        ),
        (
            "Form the team: people who can contain, investigate and repair.",
            "Get people together who can investigate, contain and repair.",
        ),
        ("Take snapshots of the volumes and data concerned.", "Snapshot every volume concerned."),
        (
            "Preserve the logs, out of the attacker's reach.",
            "Save the logs where the attacker cannot get at them.",
        ),
        ("Find the cause.", "What is the cause? Find it."),
        (
            "Remove the cause, bring the system back to normal, and check that it is.",
            "Cause removed? Then back to normal, and check.",
        ),
        ("Thank everybody who helped.", "Say thanks to all who helped."),
        ("Let the reporter know how it ended.", "Tell the reporter how it ended."),
        ("Keep management informed.", "Inform management."),
        ("Stay out of the repair.", "Leave the repair to others."),
        ("Close the ticket.", "The ticket can be closed."),
        ("Thank the reporter.", "Say thank you to the reporter."),
        (
            "Open a ticket for everything that is still to be done.",
            "Whatever is still to be done gets a ticket.",
        ),
        (
            "- [ ] Take pictures of screens that show unusual activity.\n- [ ] Note what you saved, when, and where it is.",
            "- [ ] Take pictures of screens that show unusual activity, and note what you saved, when and where.",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let told = told(&project, &text.replacen(from, to, 1));
        if !told.is_empty() {
            complaints.push(format!("{to} {told:?}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
