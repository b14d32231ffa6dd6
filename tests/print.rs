//! What is printed, and how a printed copy is told to be current.

mod project;

use std::path::Path;

use redbinder::Compilation;
use redbinder::plan::content_hash::content_hash;

use project::{Project, run};

/// Writes a project of one layer with one page, and reads it.
fn compiled(folder: &Path, page: &str) -> Compilation {
    let base = folder.join("content/base");
    std::fs::create_dir_all(&base).expect("a folder");
    let plan = "---\ntitle: Plan\ntimers:\n  report: {title: Report, within: 1h, starts: noticed}\n---\n";
    std::fs::write(base.join("plan.md"), plan).expect("a file");
    std::fs::write(base.join("response.md"), page).expect("a file");
    Compilation::read(folder).expect("a project")
}

fn hash(page: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    content_hash(&compiled(folder.path(), page).plans[0])
}

#[test]
fn a_word_changes_the_hash_and_what_nobody_reads_does_not() {
    let written = hash("# Response\n\nDo not power it off.\n");
    assert_ne!(written, hash("# Response\n\nDo power it off.\n"));
    assert_ne!(written, hash("# Response\n\nDo *not* power it off.\n"));
    assert_ne!(written, hash("# Response\n\n## Do not power it off.\n"));
    assert_eq!(written, hash("# Response\n\n\n<!-- why? -->\n\nDo not power it off.\n\n"));
}

#[test]
fn a_hash_is_short_enough_to_be_read_out() {
    let hash = hash("x\n");
    assert!(hash.split(' ').all(|group| group.len() == 4), "{hash}");
    assert_eq!(hash.len(), 14);
}

#[cfg(not(feature = "pdf"))]
#[test]
fn a_program_without_pdf_says_in_one_line_how_to_get_it() {
    let project = Project::small();
    let ran = run(&mut project.command(&["print"]));
    assert_eq!(ran.status, Some(2));
    assert_eq!(ran.stderr.trim_end().lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("--features pdf"), "{}", ran.stderr);
}
