//! The ways through a plan, and from plan to plan, when there are many pages or many plans.

mod project;

use std::collections::BTreeMap;

use project::Project;

fn project() -> Project {
    let project = Project::empty();
    project.write("site.toml", "title = \"Harbors\"\n[editions]\nresponders = \"\"\n");
    project.write("content/base/plan.md", "---\ntitle: Harbor plan\n---\n");
    project
}

fn page(project: &Project, path: &str, title: &str) {
    project.write(&format!("content/base/{path}"), format!("---\ntitle: {title}\n---\nWords.\n"));
}

/// The links of a part of a page, `[address] title`, the current one with a star.
fn links(site: &BTreeMap<String, Vec<u8>>, path: &str, part: &str) -> Vec<String> {
    let html = String::from_utf8(site[path].clone()).expect("a page is text");
    let part = html.split(part).nth(1).unwrap_or_else(|| panic!("{path} has no {part}"));
    let nav = part.split("</nav>").next().unwrap_or_default();
    let link = |link: &str| {
        let (attributes, rest) = link.split_once('>')?;
        let address = attributes.split("href=\"").nth(1)?.split('"').next()?;
        let star = if attributes.contains("aria-current") { "*" } else { "" };
        Some(format!("{star}[{address}] {}", rest.split("</a>").next()?.trim()))
    };
    nav.split("<a ").skip(1).filter_map(link).collect()
}

const NAVIGATION: &str = "<nav class=\"plan\"";

#[test]
fn pages_of_a_folder_stand_under_its_page_and_only_where_the_reader_is() {
    let project = project();
    page(&project, "boats.md", "All boats");
    page(&project, "boats/ferry.md", "Ferry");
    page(&project, "boats/canoe.md", "Canoe");
    page(&project, "quay.md", "Quay");
    let site = project.build();
    let outside = links(&site, "base/quay.html", NAVIGATION);
    assert_eq!(outside[..2], ["[boats.html] All boats", "*[quay.html] Quay"]);
    let inside = links(&site, "base/boats/ferry.html", NAVIGATION);
    assert_eq!(
        inside[..4],
        ["[../boats.html] All boats", "[canoe.html] Canoe", "*[ferry.html] Ferry", "[../quay.html] Quay"]
    );
    let crumbs = links(&site, "base/boats/ferry.html", "<nav class=\"crumbs\"");
    assert_eq!(crumbs, ["[../index.html] Base", "[../boats.html] All boats"]);
}

#[test]
fn a_folder_that_no_page_is_about_has_its_name_and_leads_to_its_first_page() {
    let project = project();
    page(&project, "war-rooms/north.md", "North");
    page(&project, "war-rooms/east.md", "East");
    page(&project, "alone/one.md", "One");
    let site = project.build();
    let outside = links(&site, "base/alone/one.html", NAVIGATION);
    assert_eq!(outside[..2], ["*[one.html] One", "[../war-rooms/east.html] War rooms"]);
    let inside = links(&site, "base/war-rooms/east.html", NAVIGATION);
    assert_eq!(
        inside[..4],
        ["[../alone/one.html] One", "[east.html] War rooms", "*[east.html] East", "[north.html] North"]
    );
}

#[test]
fn a_long_list_shows_the_neighbours_and_leads_to_the_rest() {
    let project = project();
    for number in 0..120 {
        page(&project, &format!("page-{number:03}.md"), &format!("Page {number:03}"));
    }
    let site = project.build();
    let near = links(&site, "base/page-060.html", NAVIGATION);
    assert_eq!(near[0], "[page-050.html] Page 050");
    assert_eq!(near[10], "*[page-060.html] Page 060");
    assert_eq!(near[49], "[page-099.html] Page 099");
    assert!(near.contains(&"[search.html] 70 more".to_string()), "{near:?}");
    let whole = links(&site, "base/search.html", "<nav class=\"contents\"");
    assert_eq!(whole.iter().filter(|link| link.contains("Page ")).count(), 120);
}

#[test]
fn a_switcher_of_many_plans_has_the_nearest_and_the_way_to_all() {
    let project = project();
    page(&project, "quay.md", "Quay");
    let plan = |name: &str, extends: &str, title: &str| {
        project.write(
            &format!("content/{name}/plan.md"),
            format!("---\nextends: {extends}\norganization: {{name: {title}}}\n---\n"),
        );
    };
    for number in 0..60 {
        plan(&format!("port-{number:02}"), "base", &format!("Port {number:02}"));
    }
    plan("mole", "port-30", "Mole");
    let site = project.build();
    let of_mole = links(&site, "mole/quay.html", "<nav aria-label=\"Other guidebooks\"");
    assert_eq!(
        of_mole,
        [
            "[../base/quay.html] Base",
            "[../port-30/quay.html] Port 30",
            "*[quay.html] Mole",
            "[../index.html] All organizations and systems"
        ]
    );
    let of_port = links(&site, "port-30/quay.html", "<nav aria-label=\"Other guidebooks\"");
    assert_eq!(of_port.len(), 13);
    for near in ["*[quay.html] Port 30", "[../port-31/quay.html] Port 31", "[../mole/quay.html] Mole"] {
        assert!(of_port.contains(&near.to_string()), "{near} is not in {of_port:?}");
    }
    assert!(!of_port.contains(&"[../port-59/quay.html] Port 59".to_string()), "{of_port:?}");
}
