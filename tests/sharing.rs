//! What many variants have in common is read and made once.

mod project;

use std::collections::HashSet;
use std::sync::Arc;

use project::Project;
use redbinder::Compilation;

const SYSTEMS: usize = 30;

#[test]
fn a_page_is_read_once_for_all_variants_where_nothing_differs() {
    let project = Project::empty();
    project.write("site.toml", "title = \"Harbors\"\n[editions]\nresponders = \"\"\n");
    project.write(
        "content/base/plan.md",
        "---\ntitle: Plan\ntimers:\n  bell: {title: Ring, within: 5m, starts: noticed}\n---\nHello.\n",
    );
    project.write("content/base/plain.md", "---\ntitle: Plain\n---\n## Part {#part}\n\nWords.\n");
    project.write("content/base/value.md", "---\ntitle: Value\n---\nRing within {{ timers.bell.within }}.\n");
    for number in 0..SYSTEMS {
        let bell = if number == 7 { "timers: {bell: {within: 9m}}\n" } else { "" };
        project.write(
            &format!("content/port-{number:02}/plan.md"),
            format!("---\nextends: base\norganization: {{name: Port {number}}}\n{bell}---\n"),
        );
    }
    project.write("content/port-03/plain.md", "## Part {#part .replace}\n\nOther words.\n");

    let compilation = Compilation::read(&project.path("")).expect("a project");
    assert_eq!(compilation.plans.len(), SYSTEMS + 1);
    let readings = |path: &str| {
        let pages =
            compilation.plans.iter().map(|plan| &plan.pages[plan.page_index(path).expect("the page")]);
        pages.map(|page| Arc::as_ptr(&page.body)).collect::<HashSet<_>>().len()
    };
    assert_eq!(readings("plain.md"), 2, "one for all, and one for the port that has its own words");
    assert_eq!(readings("value.md"), 2, "one for all, and one for the port with its own time");
}
