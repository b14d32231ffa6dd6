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
    let made = compilation.variants.iter().map(|variant| Arc::as_ptr(&variant.pages["plain.md"]));
    assert_eq!(made.collect::<HashSet<_>>().len(), 2, "nor is it tailored again for each");
}

#[test]
fn what_a_page_is_called_by_its_links_is_each_variants_own() {
    let project = Project::empty();
    project.write("site.toml", "title = \"Harbors\"\n[editions]\nresponders = \"\"\n");
    project.write(
        "content/base/plan.md",
        "---\ntitle: Plan\ncontacts: {desk: {title: the desk}}\n\
         terms: {log: {title: Log, abbreviation: L, meaning: A list of events}}\n---\nHello.\n",
    );
    project.write("content/base/roles/lead.md", "---\ntitle: Lead\nabbreviation: LD\n---\nLeads.\n");
    project.write("content/base/severities/high.md", "---\ntitle: High\nlabel: High\nrank: 1\n---\nBad.\n");
    project.write("content/base/other.md", "---\ntitle: Other\n---\nWords.\n");
    project.write(
        "content/base/text.md",
        "---\ntitle: Text\n---\n- [ ] Ask [](contact:desk) and [](role:lead)\n\n\
         | It | Means |\n|---|---|\n| [](term:log) | A list of events |\n\n\
         ## Part {#part}\n\n[](severity:high), [](other.md), [](role:lead)\n\n```message\n[role]\n```\n",
    );
    let own = [
        ("one", "plan.md", "contacts: {desk: {title: our desk}}", "our desk"),
        ("two", "plan.md", "terms: {log: {title: Journal}}", "Journal"),
        ("three", "plan.md", "terms: {log: {abbreviation: LG}}", ">LG</abbr>"),
        ("four", "roles/lead.md", "title: Chief", "Chief"),
        ("five", "roles/lead.md", "abbreviation: CF", ">CF</abbr>"),
        ("six", "severities/high.md", "label: Red", ">Red</a>"),
        ("seven", "severities/high.md", "rank: 2", "sev rank-2"),
        ("eight", "other.md", "title: Else", "Else"),
    ];
    for (name, path, fact, _) in own {
        project.write(&format!("content/{name}/plan.md"), "---\nextends: base\n---\n");
        let head = if path == "plan.md" { "extends: base\n" } else { "" };
        project.write(&format!("content/{name}/{path}"), format!("---\n{head}{fact}\n---\n"));
    }
    // What two systems have from one organization, they have by its name; and each has what it wrote itself.
    project.write("content/port/plan.md", "---\nextends: base\norganization: {name: Port}\n---\n");
    project.write("content/port/text.md", "## {#part .append}\n\nMore.\n");
    for name in ["pier", "quay"] {
        let system = format!("---\nextends: port\nsystem: {{name: The {name}}}\n---\n");
        project.write(&format!("content/{name}/plan.md"), system);
    }

    let compilation = Compilation::read(&project.path("")).expect("a project");
    let site = compilation.render().expect("a site");
    let text = |name: &str| String::from_utf8_lossy(&site[&format!("{name}/text.html")]).into_owned();
    for (name, _, _, said) in own {
        assert!(text(name).contains(said), "{name} does not say {said}");
        assert!(!text("base").contains(said), "base says {said}");
    }
    assert!(text("quay").contains("With additions by <b>Port</b>"));
    // What is made by itself shares nothing.
    let mut alone = HashSet::new();
    for (address, bytes) in &site {
        if let Some(own) = compilation.render_file(address).expect("a file") {
            assert_eq!(String::from_utf8_lossy(bytes), String::from_utf8_lossy(&own), "{address}");
            alone.insert(address.as_str());
        }
    }
    assert!(alone.len() > 12 * 6, "{} files were compared", alone.len());
    for name in ["text.html", "search.html", "document.html"] {
        assert!(alone.contains(&*format!("port/{name}")), "{name} takes the whole site");
    }
}
