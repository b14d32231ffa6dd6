//! Whatever is in the folder: the program says what is wrong and where, and the last good
//! site stays whole.

mod project;

use std::fs;

use redbinder::files::{File, Files};
use redbinder::load::ProjectFault;

use project::{Project, assert_same};

const PAGE: &str = "content/base/page.md";

/// A project with a good site, then spoilt. Checking and building say the same errors, which
/// are returned, and no site changes or appears.
#[track_caller]
fn refused(spoil: impl FnOnce(&Project)) -> Vec<String> {
    let project = Project::small();
    let good = project.build();
    spoil(&project);
    let check = project.run(&["check"]);
    assert_eq!(check.status, Some(1), "{}", check.stderr);
    for args in [&["build"][..], &["build", "--output", "first"]] {
        let build = project.run(args);
        assert_eq!((build.status, build.stderr), (Some(1), check.stderr.clone()), "{args:?}");
    }
    assert_untouched(&project, &good);
    check.errors()
}

/// The same, with exactly these errors.
#[track_caller]
fn refuses(spoil: impl FnOnce(&Project), expected: &[&str]) {
    let errors = refused(spoil);
    // A place without a line stands for any line: where a library stops is its own affair.
    let is_expected = |error: &String, expected: &&str| {
        error.strip_prefix(expected).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    let all = errors.len() == expected.len() && errors.iter().zip(expected).all(|(a, b)| is_expected(a, b));
    assert!(all, "expected {expected:#?} and got {errors:#?}");
}

/// A project that cannot be worked on at all: the exit status is 2 and the words say why.
#[track_caller]
fn cannot_run(spoil: impl FnOnce(&Project), words: &str) {
    let project = Project::small();
    let good = project.build();
    spoil(&project);
    for args in [&["check"][..], &["build"], &["build", "--output", "first"]] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{args:?}");
        assert!(ran.stderr.starts_with(&format!("error: {words}\n")), "{args:?} said:\n{}", ran.stderr);
    }
    assert_untouched(&project, &good);
}

#[track_caller]
fn assert_untouched(project: &Project, good: &std::collections::BTreeMap<String, Vec<u8>>) {
    assert_same(&project.tree("public"), good, "the last good site has changed");
    assert!(!project.path("first").exists(), "a site was begun");
    assert_eq!(project.leftovers(), Vec::<String>::new());
}

/// A project that is odd and not wrong: it is built, and the page has the words.
#[track_caller]
fn takes(spoil: impl FnOnce(&Project), address: &str, words: &str) {
    let project = Project::small();
    spoil(&project);
    let check = project.run(&["check"]);
    assert_eq!((check.status, check.errors()), (Some(0), Vec::new()), "{}", check.stderr);
    let site = project.build();
    let page = site.get(address).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    assert!(page.contains(words), "{address} has no {words:?}; the site is {:?}", site.keys());
}

/// A page with a text of many equal parts.
fn page(text: String) -> impl FnOnce(&Project) {
    move |project| project.write(PAGE, format!("# Page\n\n{text}\n"))
}

fn front(yaml: String) -> impl FnOnce(&Project) {
    move |project| project.write(PAGE, format!("---\n{yaml}\n---\n# Page\n"))
}

const DEEP: usize = 10_000;

// Bytes

#[test]
fn bytes_that_are_no_text_are_told_at_the_first_of_them() {
    refuses(
        |it| it.write(PAGE, b"# Page\n\nok \xff\xfe bytes\n"),
        &["unreadable-file content/base/page.md:3:4"],
    );
    refuses(|it| it.write(PAGE, b"\xff"), &["unreadable-file content/base/page.md:1:1"]);
    refuses(|it| it.write("site.toml", b"title = \"Caf\xe9\"\n"), &["unreadable-file site.toml:1:13"]);
}

#[test]
fn byte_order_marks_and_windows_line_ends_make_the_same_site() {
    let plain = Project::of_repository();
    let windows = Project::of_repository();
    let mut changed = 0;
    for (path, bytes) in plain.tree("content") {
        if path.ends_with(".md") {
            let text = String::from_utf8(bytes).expect("text");
            windows.write(&format!("content/{path}"), format!("\u{feff}{}", text.replace('\n', "\r\n")));
            changed += 1;
        }
    }
    assert!(changed > 50, "the repository has pages");
    let settings = fs::read_to_string(plain.path("site.toml")).expect("site.toml");
    windows.write("site.toml", format!("\u{feff}{}", settings.replace('\n', "\r\n")));
    assert_same(&windows.build(), &plain.build(), "line ends matter");
}

#[test]
fn a_fault_in_a_file_with_windows_line_ends_has_the_place_an_editor_shows() {
    let text = "\u{feff}---\r\ntitle: Page\r\n---\r\n\r\nSee [it](nowhere.md).\r\n";
    refuses(|it| it.write(PAGE, text), &["broken-link content/base/page.md:5:10"]);
}

#[test]
fn nul_bytes_are_no_text() {
    refuses(|it| it.write(PAGE, "# Page\n\nbefore\0after\n"), &["unreadable-file content/base/page.md:3:7"]);
    refuses(|it| it.write(PAGE, vec![0; 100_000]), &["unreadable-file content/base/page.md:1:1"]);
    refuses(front("title: a\0b".into()), &["unreadable-file content/base/page.md:2:9"]);
}

#[test]
fn a_line_as_long_as_a_page_may_be_is_a_page() {
    takes(page("word ".repeat(199_000)), "base/page.html", "word word word");
    takes(page("x".repeat(999_000)), "base/page.html", "xxxxxxxx");
}

#[test]
fn a_fault_in_a_line_as_long_as_a_page_may_be_is_shown_with_a_part_of_it() {
    let project = Project::small();
    let half = "word form ".repeat(49_000);
    page(format!("{half}[it](nowhere.md) {half}"))(&project);
    let ran = project.run(&["check"]);
    assert_eq!(ran.errors(), ["broken-link content/base/page.md:3:490006"]);
    assert!(ran.stderr.len() < 2_000, "{} bytes were said", ran.stderr.len());
}

// Front matter

#[test]
fn pages_need_no_front_matter() {
    takes(|it| it.write(PAGE, "# The words\n\nText.\n"), "base/page.html", "<h1>The words");
    takes(|it| it.write("content/base/plan.md", "Text alone.\n"), "base/index.html", "Text alone.");
}

#[test]
fn an_empty_plan_is_a_page() {
    takes(|it| it.write("content/base/plan.md", ""), "base/index.html", "<h1");
    takes(|it| it.write("content/base/plan.md", "---\n---\n"), "base/index.html", "<h1");
}

#[test]
fn front_matter_that_is_no_map_is_refused() {
    refuses(front("- a\n- b".into()), &["invalid-front-matter content/base/page.md:2:3"]);
    refuses(front("just words".into()), &["invalid-front-matter content/base/page.md:2:1"]);
    refuses(front("title: [".into()), &["invalid-front-matter content/base/page.md:2:8"]);
    refuses(
        |it| it.write(PAGE, "---\ntitle: x\n\n# Page\n"),
        &["invalid-front-matter content/base/page.md:1:1"],
    );
}

#[test]
fn a_key_that_stands_twice_is_told_at_the_second() {
    refuses(
        front("title: A\nsummary: B\ntitle: C".into()),
        &["invalid-front-matter content/base/page.md:4:1"],
    );
    refuses(front("allow:\n  a: x\n  a: y".into()), &["invalid-front-matter content/base/page.md:4:3"]);
}

#[test]
fn anchors_that_multiply_are_refused() {
    let mut yaml = "allow:\n  a: &a [x, x, x, x, x, x, x, x, x, x]".to_string();
    for pair in b"abcdefghijklm".windows(2) {
        let (from, to) = (pair[0] as char, pair[1] as char);
        yaml += &format!("\n  {to}: &{to} [{}]", vec![format!("*{from}"); 10].join(", "));
    }
    refuses(front(yaml), &["invalid-front-matter content/base/page.md"]);
}

#[test]
fn yaml_lists_inside_each_other_ten_thousand_deep_are_refused() {
    let [open, close] = ["[", "]"].map(|bracket| bracket.repeat(DEEP));
    refuses(front(format!("title: {open}{close}")), &["invalid-front-matter content/base/page.md"]);
    refuses(front(format!("title: {open}")), &["invalid-front-matter content/base/page.md"]);
}

// Nesting

#[test]
fn lists_and_quotes_inside_each_other_ten_thousand_deep_are_refused() {
    refuses(page(format!("{}x", "- ".repeat(DEEP))), &["deep-nesting content/base/page.md:3:65"]);
    refuses(page(format!("{}x", "1. ".repeat(DEEP))), &["deep-nesting content/base/page.md:3:97"]);
    refuses(page(format!("{} x", ">".repeat(DEEP))), &["deep-nesting content/base/page.md:3:65"]);
    refuses(page(format!("{}x", "> - ".repeat(DEEP))), &["deep-nesting content/base/page.md:3:87"]);
}

#[test]
fn lists_and_quotes_are_refused_from_the_depth_the_rule_says() {
    takes(page(format!("{}x", ">".repeat(60))), "base/page.html", "<p>x</p>");
    takes(page(format!("{}x", "- ".repeat(30))), "base/page.html", "<li>x</li>");
}

#[test]
fn stars_inside_each_other_ten_thousand_deep_are_refused() {
    let stars = "*".repeat(DEEP);
    refuses(page(format!("{stars}x{stars}")), &["deep-nesting content/base/page.md:3:127"]);
}

#[test]
fn stars_and_brackets_that_close_nothing_are_text() {
    takes(page("*a **b ".repeat(DEEP)), "base/page.html", "*a **b");
    takes(page("a **** ".repeat(DEEP)), "base/page.html", "a **** a");
    takes(page(format!("{}x", "[".repeat(DEEP))), "base/page.html", "[[[[x");
    takes(page(format!("{}x{}", "[".repeat(DEEP), "]".repeat(DEEP))), "base/page.html", "[x]");
    takes(page(format!("x {}", "<".repeat(DEEP))), "base/page.html", "&lt;&lt;&lt;");
}

#[test]
fn brackets_inside_each_other_that_link_are_one_link() {
    let links = format!("{}x{}", "[".repeat(4_000), "](nowhere.md)".repeat(4_000));
    let shown = "broken-syntax content/base/page.md:3";
    refuses(page(links), &["broken-link content/base/page.md:3:4004", shown]);
}

#[test]
fn html_inside_itself_ten_thousand_deep_is_taken() {
    let divisions = format!("{}words{}", "<div>".repeat(DEEP), "</div>".repeat(DEEP));
    takes(page(divisions), "base/page.html", "words</div>");
    takes(
        page(format!("x {}words{}", "<b>".repeat(DEEP), "</b>".repeat(DEEP))),
        "base/page.html",
        "words</b>",
    );
}

#[test]
fn folders_inside_each_other_are_walked() {
    let deep = "d/".repeat(500);
    takes(
        |it| it.write(&format!("content/base/{deep}page.md"), "# Far down\n"),
        &format!("base/{deep}page.html"),
        "Far down",
    );
}

// Templates

#[test]
fn a_template_that_never_ends_is_stopped() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}";
    refuses(page(endless.into()), &["broken-template content/base/page.md"]);
    for recursive in [
        "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ] {
        let errors = refused(page(recursive.into()));
        assert!(errors[0].starts_with("broken-template content/base/page.md:3:"), "{errors:?}");
    }
}

#[test]
fn a_template_that_asks_for_more_memory_than_there_is_is_refused() {
    for expression in ["'a' * 100000000000", "range(100000000000)", "[1] * 100000000000"] {
        refuses(page(format!("{{{{ {expression} }}}}")), &["broken-template content/base/page.md:3:1"]);
    }
}

#[test]
fn tags_that_do_not_end_are_told_up_to_fifty() {
    for (tag, end) in [("{{ a", "}}"), ("{% a", "%}"), ("{## a", "##}")] {
        let project = Project::small();
        project.write(PAGE, format!("# Page\n\n{}", format!("{tag}\n").repeat(5_000)));
        let ran = project.run(&["check", "--format", "json"]);
        assert_eq!(ran.stdout.matches(&format!("`{end}` is missing")).count(), 50, "{tag}: {}", ran.stderr);
    }
    let raw = format!("{{% raw %}}{}{{% endraw %}}", "{% ".repeat(5_000));
    takes(page(raw), "base/page.html", "{% {%");
}

#[test]
fn the_templates_of_all_variants_have_a_limit_together() {
    const OTHERS: usize = 499;
    let project = Project::small();
    for number in 0..OTHERS {
        project.write(&format!("content/other-{number}/plan.md"), "# Other\n");
    }
    let looping = format!("# Loop\n\n{{% for a in range(9999) %}}{}{{% endfor %}}\n", "{{ a }}".repeat(2));
    for page in ["one", "three", "two"] {
        project.write(&format!("content/base/{page}.md"), &looping);
    }
    let ran = project.run(&["check", "--format", "json"]);
    assert_eq!(ran.stdout.matches("the limit `made-size`, 50 MB").count(), 1, "{}", ran.stdout);
    let place = ran.stdout.split("the limit `made-size`").nth(1).expect("it is told");
    assert!(place.contains("content/base/three.md"), "{place}");
}

#[test]
fn a_letter_of_a_tag_that_cannot_be_run_is_never_cut() {
    // A space stands for each of its bytes: the code these begin starts inside a letter.
    let errors = refused(page("Text\n\n{% ééé %} \u{7fe}\n".into()));
    assert_eq!(errors, ["broken-template content/base/page.md:5:1"]);
}

#[test]
fn templates_inside_each_other_ten_thousand_deep_are_refused() {
    let tags = format!("{}x{}", "{% if true %}".repeat(DEEP), "{% endif %}".repeat(DEEP));
    refuses(page(tags), &["broken-template content/base/page.md"]);
    let brackets = format!("{{{{ {}1{} }}}}", "(".repeat(DEEP), ")".repeat(DEEP));
    refuses(page(brackets), &["broken-template content/base/page.md:3:1"]);
}

/// The words of the one error.
#[track_caller]
fn refuses_with(spoil: impl FnOnce(&Project) + Copy, error: &str, words: &str) {
    refuses(spoil, &[error]);
    let project = Project::small();
    spoil(&project);
    let said = project.run(&["check"]).stderr;
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_page_larger_than_its_limit_is_refused_by_the_name_of_it() {
    let large = |it: &Project| it.write(PAGE, "word \n".repeat(1_000_001 / 6 + 1));
    refuses_with(large, "unreadable-file content/base/page.md", "the limit `page-size`, 1 MB");
    let just = format!("# P\n\n{}", "word \n".repeat((1_000_000 - 5) / 6));
    takes(|it| it.write(PAGE, &just), "base/page.html", "word");
    let settings = |it: &Project| it.write("site.toml", "#".repeat(8_000_001));
    refuses_with(settings, "unreadable-file site.toml", "the limit `text-size`, 8 MB");
    let file = |it: &Project| {
        let file = fs::File::create(it.path("content/base/video.bin")).expect("a new file");
        file.set_len(256_000_001).expect("a file of nothing");
    };
    refuses_with(file, "unreadable-file content/base/video.bin", "the limit `file-size`, 256 MB");
}

#[test]
fn a_name_longer_than_its_limit_is_refused_by_the_name_of_it() {
    const LIMIT: &str = "the limit `name-length`, 1000 letters";
    let room = |length: usize| {
        let address = "ü".repeat(length);
        let record = format!("channels:\n  main: {{title: Room, kind: chat, address: \"{address}\"}}\n");
        move |it: &Project| it.write("content/base/plan.md", format!("---\n{record}---\n# Plan\n"))
    };
    refuses_with(&room(1_001), "invalid-front-matter content/base/plan.md:3:44", LIMIT);
    let project = Project::small();
    room(1_000)(&project);
    assert_eq!(project.run(&["check"]).status, Some(0));
    let id = |it: &Project| {
        let blanks = format!("---\nblanks:\n  {}: words\n---\n# Message\n", "i".repeat(1_001));
        it.write("content/base/templates/message.md", blanks);
    };
    refuses_with(id, "invalid-front-matter content/base/templates/message.md:3:3", LIMIT);
    let filled_in = |it: &Project| {
        let name = "n".repeat(600);
        let title = "{{ organization.name }}{{ organization.name }}";
        let front = format!("---\ntitle: \"{title}\"\norganization: {{name: {name}}}\n---\n");
        it.write("content/base/plan.md", front);
    };
    refuses_with(filled_in, "broken-template content/base/plan.md:2:8", LIMIT);
    let title = format!("title = \"{}\"\n", "t".repeat(1_001));
    refuses_with(|it| it.write("site.toml", &title), "invalid-configuration site.toml:1:9", LIMIT);
}

#[test]
fn a_checklist_of_more_steps_than_its_limit_is_not_held_against_its_page() {
    let of = |count: usize| {
        move |it: &Project| {
            let steps =
                |mark: &str| (0..count).map(|n| format!("{mark} Call number {n}\n")).collect::<String>();
            it.write("content/base/response.md", format!("# Response\n\n{}", steps("1.")));
            let front = "---\ncompanion_of: response.md\n---\n";
            let list = format!("{front}# Response\n\n{}", steps("- [ ]"));
            it.write("content/base/checklists/response.md", list);
        }
    };
    let place = "checklist-gap content/base/checklists/response.md:2:15";
    refuses_with(of(2_001), place, "2001 steps are more than the limit `checklist-steps`, 2000 steps");
    takes(of(2_000), "base/checklists/response.html", "Call number 1999");
}

#[test]
fn more_checklists_of_one_long_page_than_the_limit_are_not_held_against_it() {
    let of = |count: usize| {
        move |it: &Project| {
            let steps: String = (0..1_000).map(|n| format!("1. Call number {n}\n")).collect();
            it.write("content/base/response.md", format!("# Response\n\n## Calls {{#a}}\n\n{steps}"));
            for list in 0..count {
                let list = format!("content/base/checklists/of-{list}.md");
                let front = "---\ncompanion_of: response.md\n---\n# Calls\n\n## Calls {#a}\n\n";
                it.write(&list, format!("{front}- [ ] Call number 1\n"));
            }
        }
    };
    let told = "the steps of all checklists and their pages are more than the limit `all-checklist-steps`, 100000 steps";
    let says = |count: usize| {
        let project = Project::small();
        of(count)(&project);
        project.run(&["check", "--format", "json"]).stdout.contains(told)
    };
    assert!(says(101) && !says(100));
}

#[test]
fn of_more_dropped_steps_than_the_limit_the_rest_is_told_at_once() {
    let project = Project::small();
    let steps = |words: &str| (0..2_100).map(|n| format!("- [ ] {words} {n}\n")).collect::<String>();
    project.write(
        "content/base/checklists/calls.md",
        format!("# Calls\n\n## All {{#all}}\n\n{}", steps("Call room")),
    );
    project.write("content/agency/plan.md", "---\nextends: base\n---\n");
    project.write(
        "content/agency/checklists/calls.md",
        format!("## {{#all .replace}}\n\n{}", steps("Paint wall")),
    );
    project.run(&["accept", "--all"]);
    let ran = project.run(&["check"]);
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    let told = "the rest beyond the limit `checklist-steps`, 2000 steps, of `base` is dropped";
    let all = project.run(&["check", "--format", "json"]).stdout;
    assert!(ran.stderr.contains("weaker-than-parent") && all.contains(told), "{:.2000}", ran.stderr);
}

#[test]
fn of_more_findings_of_a_rule_than_the_limit_that_there_are_more_is_told() {
    let project = Project::empty();
    let links: String = (0..30_000).map(|at| format!("[a](there-is-no-{at}.md) ")).collect();
    project.write("content/base/plan.md", format!("# P\n\n{links}\n"));
    let ran = project.run(&["check", "--format", "json"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.stdout.matches("there are more findings of this rule than").count(), 1);
    assert!(ran.stdout.contains("the limit `findings`, 20000 findings"), "{}", &ran.stdout[..2_000]);
    assert!(ran.stdout.len() < 60_000_000, "{}", ran.stdout.len());
}

#[test]
fn a_page_that_grows_beyond_its_limit_is_refused_by_the_name_of_it() {
    for (text, words) in [
        (
            format!("{{% for a in range(99999) %}}{}{{% endfor %}}", "word ".repeat(100)),
            "the limit `expanded-size`, 2 MB",
        ),
        (
            "{{ range(99999) | join('many words that stand between two numbers') }}".into(),
            "the limit `expanded-size`, 2 MB",
        ),
        (format!("{{{{ '{}' | replace('a', '{}') }}}}", "a".repeat(900), "b".repeat(900)), ""),
        (
            format!("{{{{ '{0}' | replace('a', '{0}') | replace('a', '{0}') }}}}", "a".repeat(400)),
            "the limit `expanded-size`, 2 MB",
        ),
        (
            format!("{{{{ '{0}' | replace('a', '{0}') | replace('a', '{0}') }}}}", "a".repeat(600)),
            "the limit `template-steps`, 2000000 steps",
        ),
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}".into(),
            "the limit `template-steps`",
        ),
        (
            "{% for a in ['aaaaaaaa'] %}{% for b in [a ~ a] %}{{ b }}{% endfor %}{% endfor %}".into(),
            "`~` and `+` are not for its head",
        ),
        (
            "{% for a in ['aaaaaaaa'] %}{% for b in[[a, a]] %}{{ b ~ b }}{% endfor %}{% endfor %}".into(),
            "a list in a list is not for its head",
        ),
        (
            "{% for a in ['aaaaaaaa'] %}{% for b in [{'x': a}] %}{{ b ~ b }}{% endfor %}{% endfor %}".into(),
            "a list in a list is not for its head",
        ),
        ("{{ 'a' * 100000000 }}".into(), "`*` is not for pages"),
        ("{{ '\\'' * 100000000 }}".into(), "`*` is not for pages"),
    ] {
        if words.is_empty() {
            takes(page(text), "base/page.html", "bbbbbb");
            continue;
        }
        let project = Project::small();
        page(text.clone())(&project);
        let ran = project.run(&["build"]);
        assert_eq!(ran.status, Some(1), "{text:.80}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("error[broken-template]") && ran.stderr.contains(words),
            "{text:.80}: {}",
            ran.stderr
        );
    }
    let lists = "{% for a in ['b', 'b'] | default(['b', 'c']) if a in ['b', 'c'] %}{{ a ~ [['d']][0][0] }} {% endfor %}";
    takes(page(lists.into()), "base/page.html", "bd bd");
    // A star and a plus in quotes are words.
    takes(page("{% for a in ['*~+'] %}{{ a ~ '*' }}{% endfor %}".into()), "base/page.html", "*~+*");
}

/// A page of 1 MB that says one thing in `part` again and again, and what `check` says of it.
#[track_caller]
fn full_of(part: impl Fn(usize) -> String, words: &str) {
    let project = Project::small();
    let mut text = String::from("# Page\n\n");
    let mut number = 0;
    while text.len() < 950_000 {
        text += &part(number);
        number += 1;
    }
    project.write("content/base/plan.md", ROOM);
    project.write(PAGE, text);
    let ran = project.run(&["check"]);
    let said = ran.stderr + &ran.stdout;
    assert!(said.contains(&words.replace("{}", &number.to_string())), "{words}: {said:.2000}");
}

const ROOM: &str =
    "---\ntitle: Base\nchannels:\n  war-room: {title: War room, kind: chat, address: \"#war\"}\n---\n";

#[test]
fn large_pages_of_the_same_thing_are_looked_through() {
    full_of(|number| format!("<!-- allow broken-link: part {number} -->\n\n"), "`--fix` mends {}");
    full_of(|number| format!("@person-{number} "), "nothing mentions the channel");
    full_of(|_| "The war room is at #war ".into(), "nothing wrong");
    // Both are one paragraph: of one sentence, and of many.
    let sentence =
        "and whoever looks at the log of the day writes within {} minutes of it what is \"there\", ";
    full_of(|number| sentence.replace("{}", &number.to_string()), "nothing mentions the channel");
    full_of(|number| format!("Call within {number} minutes. "), "nothing mentions the channel");
    full_of(|_| "\u{0f00}".into(), "no font for paper has");
    full_of(|_| "{{ channels['war-room'].title }} \u{0f00} ".into(), "no font for paper has");
}

/// A theme that cannot be used, which a build tells in the template's line with `words`; the last good site stays.
#[track_caller]
fn stops(text: &str, words: &str) {
    let project = Project::small();
    let good = project.build();
    template(text)(&project);
    let ran = project.run(&["build"]);
    let errors = ran.errors();
    assert_eq!((ran.status, errors.len()), (Some(1), 1), "{}", ran.stderr);
    assert!(errors[0].starts_with("broken-theme theme/templates/switcher.html:1:"), "{errors:?}");
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    assert_untouched(&project, &good);
}

/// Spoils the theme: one of its templates is `text`.
fn template(text: &str) -> impl Fn(&Project) + Copy {
    move |it: &Project| {
        it.write("site.toml", "theme = \"theme\"\n");
        it.write("theme/templates/switcher.html", text);
    }
}

#[test]
fn a_theme_that_never_ends_is_stopped() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    stops(endless, "the limit `theme-steps`, 5000000 steps");
}

#[test]
fn a_theme_is_read_only_as_far_as_anybody_writes() {
    let long = |part: &str| format!("{{{{ 1{} }}}}", part.repeat(50_000));
    for part in ["+1", "~1", " and 1", ".a", "|upper", " if 1 else 1"] {
        stops(&long(part), "this template cannot be used: an expression has more than 1000 parts");
    }
    let branches = format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(50_000));
    stops(&branches, "this template cannot be used: its conditions have more than 200 branches");
}

#[test]
fn a_theme_whose_texts_grow_without_end_is_stopped_by_the_name_of_the_limit() {
    let times = |count: usize, step: &str| format!("{{% set s = 'grow' %}}{}{{{{ s }}}}", step.repeat(count));
    let joined = "{% set s = s ~ s %}";
    let captured = "{% set s %}{{ s }}{{ s }}{% endset %}";
    for text in [
        &times(40, joined),
        &times(40, captured),
        "{% macro m(s) %}{{ m(s ~ s) }}{% endmacro %}{{ m('grow') }}",
        "{{ ('g' * 99999) | replace('g', 'g' * 99999) }}",
        "{{ range(9999) | join('g' * 99999) }}",
        "{{ '%2000000000d' | format(1) }}",
        "{{ ('g\\n' * 99999) | indent(99999) }}",
        &format!("{{% for a in range(99999) %}}{}{{% endfor %}}", "grow ".repeat(9999)),
    ] {
        stops(text, "the limit `theme-steps`, 5000000 steps");
    }
    for step in [joined, captured] {
        takes(template(&times(10, step)), "base/index.html", &"grow".repeat(1024));
    }
}

#[test]
fn a_theme_makes_no_lists_of_lists() {
    let listed = "a list or a map that is made here holds words and numbers, and no other values, so that it keeps \
        the limit `theme-steps`, 5000000 steps";
    for text in [
        &format!("{{% set l = [1] %}}{}{{{{ l ~ '' }}}}", "{% set l = [l, l] %}".repeat(40)),
        "{% set l = site, site %}",
        "{% with l = {'a': site} %}{% endwith %}",
        "{% macro m(l) %}{% endmacro %}{{ m([[site]]) }}",
        "{% block other %}{{ site in [site] }}{% endblock %}",
    ] {
        stops(text, listed);
    }
    stops("{% set l = site.title %}{% set l = l + l %}", "`+` adds a number that is written after it");
    for (text, words) in [
        ("{% set n = namespace(l=site) %}", "namespace"),
        ("{{ site | batch(1) | length }}", "batch"),
        ("{{ [1] | map('list') | length }}", "cannot be"),
        ("{{ [1] | map(attribute='a', default=site) | length }}", "unknown keyword argument 'default'"),
        ("{{ [1] | tojson(indent=1000000000) }}", "too many arguments"),
    ] {
        stops(text, words);
    }
    let flat = "{% set m = {'a': 1} %}{{ m.a + 1 }} {% if 'b' in ['b', 'c'] %}{{ m | tojson }}{% endif %}";
    takes(template(flat), "base/index.html", "2 {\"a\": 1}");
    takes(
        template("<i>{{ variants | map(attribute='name') | join(', ') }}</i>"),
        "base/index.html",
        "<i>base</i>",
    );
    takes(template("{% for n in range(9) if n % 2 %}{{ n }}{% endfor %}"), "base/index.html", "1357");
}

#[test]
fn a_theme_writes_single_values() {
    let words = "this is a list or a map, no single value; write one of its parts";
    stops("{{ [1] }}", words);
    takes(template("{% set a = [1] %}{{ a[0] }} and {{ 2 }}"), "base/index.html", "1 and 2");
}

#[test]
fn layers_on_layers_without_end_are_refused_by_the_name_of_the_limit() {
    let chain = |it: &Project, length: usize| {
        for n in 0..length {
            let below = if n == 0 { "base".into() } else { format!("s{:04}", n - 1) };
            let plan = format!("---\nextends: {below}\nsystem:\n  name: System {n}\n---\n");
            it.write(&format!("content/systems/s{n:04}/plan.md"), plan);
        }
    };
    refuses_with(
        |it| chain(it, 100),
        "invalid-layer content/systems/s0099/plan.md:2:10",
        "the limit `lineage`, 100 layers",
    );
    let project = Project::small();
    chain(&project, 99);
    let ran = project.run(&["check"]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
}

#[test]
fn more_layers_than_there_may_be_are_left_out_by_the_name_of_the_limit() {
    let read = |count: usize| {
        let file = |n| File { path: format!("content/systems/s{n:04}/plan.md"), bytes: b"# Plan\n".to_vec() };
        let files = Files { files: (0..count).map(file).collect(), problems: Vec::new() };
        redbinder::load::load(None, |_| Ok(files)).expect("what is in memory can be read")
    };
    let project = read(5_000);
    assert_eq!((project.layers.len(), project.faults.as_slice()), (5_000, &[][..]));
    let project = read(5_001);
    let [ProjectFault::ManyLayers { span, count: 5_001, limit }] = project.faults.as_slice() else {
        panic!("{:?}", project.faults);
    };
    assert_eq!(project.sources.place(*span), "content/systems/s5000/plan.md:1:1");
    assert_eq!((project.layers.len(), limit.name), (5_000, "layers"));
}

#[test]
fn layers_whose_text_is_more_than_there_may_be_are_left_out_by_the_name_of_the_limit() {
    let read = |plan: &str, word: &str, count: usize| {
        let page = format!("{plan}\n{}", word.repeat(999_950 / word.len().max(1)));
        let base = [("content/base/plan.md".to_string(), page)];
        let above =
            (0..count).map(|n| (format!("content/s{n:04}/plan.md"), "---\nextends: base\n---\n".into()));
        let all = base.into_iter().chain(above);
        let files = all.map(|(path, text): (_, String)| File { path, bytes: text.into_bytes() }).collect();
        redbinder::load::load(None, |_| Ok(Files { files, problems: Vec::new() })).expect("what is in memory")
    };
    // A page in which every variant fills in its own values is made for each.
    let project = read("{{ lineage }}", "word ", 1_010);
    let [ProjectFault::MuchText { span, limit }] = project.faults.as_slice() else {
        panic!("{:?}", project.faults);
    };
    assert_eq!(project.sources.place(*span), "content/s0998/plan.md:1:1");
    assert_eq!((project.layers.len(), limit.name), (999, "tailored-size"));
    // What is made of signs takes more memory than words, and so does a fact that each variant has.
    assert_eq!(read("{{ lineage }}", "## H\n\n", 100).layers.len(), 69);
    let facts: String = (0..20_000).map(|n| format!("  t{n}: {{title: Desk {n}, kind: phone}}\n")).collect();
    let plan = format!("---\nchannels:\n{facts}---");
    assert_eq!(read(&plan, "", 100).layers.len(), 60);
}

#[test]
fn of_thousands_of_findings_the_first_are_shown_and_all_are_counted() {
    let project = Project::small();
    page("[gone](nowhere.md)\n\n".repeat(5_000))(&project);
    let ran = project.run(&["check"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.errors().len(), 100);
    assert!(
        ran.stderr.contains("and 4900 more of `broken-link`"),
        "{}",
        ran.stderr.lines().next_back().unwrap_or_default()
    );
    assert!(ran.stdout.contains("5000 errors"), "{}", ran.stdout);
    let all = project.run(&["check", "--format", "json"]);
    assert_eq!(all.stdout.matches("\"rule\": \"broken-link\"").count(), 5_000);
}

/// What costs more for each one the more there are would not end here.
#[test]
fn thousands_of_anything_are_read() {
    const MANY: usize = 3_000;
    let each = |make: &dyn Fn(usize) -> String| (0..MANY).map(make).collect::<String>();
    for (text, words) in [
        (each(&|n| format!("a[^{n}]\n\n")) + &each(&|n| format!("[^{n}]: x\n\n")), "_fn-3000"),
        (each(&|_| "- [ ] the same item\n".into()), "the-same-item-3000"),
        (each(&|_| "within 15 minutes or 2 hours. ".into()), "15 minutes"),
        (each(&|_| "@name #room ".into()), "#room"),
        (each(&|n| format!("## Heading {n}\n\nText.\n\n")), "heading-2999"),
        (each(&|_| "## Same\n\nText.\n\n".into()), "same"),
        (each(&|_| "[a](plan.md) ".into()), "index.html"),
        (
            each(&|n| format!("[r{n}]: https://a.example/{n}\n")) + "\n" + &each(&|n| format!("[r{n}] ")),
            "https://a.example/2999",
        ),
        (each(&|_| "<!-- allow broken-link: it moves -->\n\nText.\n\n".into()), "Text."),
    ] {
        let project = Project::small();
        page(text)(&project);
        let ran = project.run(&["build"]);
        assert_eq!((ran.status, ran.errors()), (Some(0), Vec::new()), "{:.500}", ran.stderr);
        let built = String::from_utf8_lossy(&project.tree("public")["base/page.html"]).into_owned();
        assert!(built.contains(words), "{words}");
    }
}

/// As above, for records that have one address or one name.
#[test]
fn a_thousand_records_of_one_name_are_looked_for_as_one() {
    const MANY: usize = 1_000;
    let each = |make: &dyn Fn(usize) -> String| (0..MANY).map(make).collect::<String>();
    let rooms = each(&|n| {
        format!("  r{n}: {{title: Room {n}, kind: chat, address: \"#one\", mention: \"@m{n}\"}}\n")
    });
    let desks = each(&|n| format!("  d{n}: {{title: War Desk, email: d{n}@a.example}}\n"));
    let project = Project::small();
    project.write(
        "content/base/plan.md",
        format!("---\ntitle: Base\nchannels:\n{rooms}contacts:\n{desks}---\n"),
    );
    project.write(
        PAGE,
        "# Page\n\n".to_string() + &each(&|n| format!("Join #one now, or ask the War Desk {n}. ")),
    );
    let ran = project.run(&["check"]);
    // Each room with another mention than the first one's is told, and no record is one that nothing mentions.
    assert_eq!(ran.errors().len(), 100, "{:.500}", ran.stderr);
    assert!(ran.stderr.contains("and 899 more of `contradicting-channel`"), "{:.500}", ran.stderr);
    assert!(!ran.stderr.contains("unused-record"), "{:.500}", ran.stderr);
}

/// As above, for what one layer does to another's page.
#[test]
fn a_tailoring_of_all_sections_of_a_large_page_is_taken() {
    const MANY: usize = 10_000;
    let each = |make: &dyn Fn(usize) -> String| (0..MANY).map(make).collect::<String>();
    let project = Project::small();
    project
        .write(PAGE, String::from("## S\n\nlast words\n\n") + &each(&|n| format!("## S {{#a{n}}}\n\nx\n\n")));
    project.write("content/agency/plan.md", "---\nextends: base\n---\n");
    for (text, last) in [
        (each(&|n| format!("## {{#a{n} .append}}\n\nmore {n}\n\n")), "<p>more 9999</p>"),
        (each(&|n| format!("## N {{#b{n} after=a{n}}}\n\nbeside {n}\n\n")), "<p>beside 9999</p>"),
        (each(&|n| format!("## {{#a{} .remove}}\n\nwhy\n\n", MANY - 1 - n)), "<p>last words</p>"),
    ] {
        project.write("content/agency/page.md", text);
        project.run(&["accept", "--all"]);
        project.build();
        let built = String::from_utf8_lossy(&project.tree("public")["agency/page.html"]).into_owned();
        assert!(built.contains(last), "{last}: {built:.500}");
    }
}

#[test]
fn a_tag_of_many_attributes_is_refused() {
    let attributes = |many: usize| (0..many).map(|n| format!(" a{n}=\"b\"")).collect::<String>();
    takes(page(format!("<p{}>words</p>", attributes(64))), "base/page.html", "<p>words</p>");
    refuses(page(format!("<p{}>words</p>", attributes(65))), &["unsafe-html content/base/page.md:3:1"]);
    refuses(page(format!("<p{}>words</p>", attributes(70_000))), &["unsafe-html content/base/page.md:3:1"]);
}

// Layers

#[test]
fn a_layer_that_extends_itself_is_refused() {
    let layer = "---\nextends: agency\n---\n";
    refuses(|it| it.write("content/agency/plan.md", layer), &["invalid-layer content/agency/plan.md:2:10"]);
}

#[test]
fn a_circle_of_three_layers_is_told_once() {
    let circle = |it: &Project| {
        for (name, parent) in [("a", "b"), ("b", "c"), ("c", "a")] {
            it.write(&format!("content/{name}/plan.md"), format!("---\nextends: {parent}\n---\n"));
        }
        // What extends a layer of the circle has no lineage either.
        it.write("content/d/plan.md", "---\nextends: c\n---\n");
    };
    refuses(circle, &["invalid-layer content/a/plan.md:2:10"]);
}

#[test]
fn a_layer_that_extends_a_stranger_is_refused_with_what_was_meant() {
    let layer = "---\nextends: bsae\n---\n";
    refuses(|it| it.write("content/agency/plan.md", layer), &["invalid-layer content/agency/plan.md:2:10"]);
    let project = Project::small();
    project.write("content/agency/plan.md", layer);
    let said = project.run(&["check"]).stderr;
    assert!(said.contains("no layer is called `bsae`") && said.contains("did you mean `base`?"), "{said}");
}

#[test]
fn two_layers_of_one_name_are_told_at_the_second() {
    refuses(|it| it.write("content/more/base/plan.md", ""), &["invalid-layer content/more/base/plan.md:1:1"]);
}

#[test]
fn a_layer_inside_a_layer_is_refused() {
    refuses(|it| it.write("content/base/more/plan.md", ""), &["invalid-layer content/base/more/plan.md:1:1"]);
}

#[test]
fn a_layer_cannot_have_a_name_the_site_needs() {
    let folders = ["assets", "public", "staff", "responders", "search", "Assets"];
    let files = ["index.html", "404.html", "plan.schema.json", "sitemap.xml", "robots.txt", "worker.js"];
    for name in folders.into_iter().chain(files) {
        let path = format!("content/{name}/plan.md");
        refuses(|it| it.write(&path, ""), &[&format!("invalid-layer {path}:1:1")]);
    }
}

#[test]
fn a_page_in_no_layer_is_refused() {
    refuses(|it| it.write("content/page.md", "# Page\n"), &["invalid-layer content/page.md:1:1"]);
}

// Names

#[cfg(target_os = "linux")]
#[test]
fn names_that_differ_only_in_case_are_refused() {
    let pages = |it: &Project| {
        it.write("content/base/page.md", "# Page\n");
        it.write("content/base/Page.md", "# Page\n");
    };
    refuses(pages, &["name-clash content/base/page.md"]);
    refuses(
        |it| it.write("content/Base/plan.md", ""),
        &["invalid-layer content/base/plan.md:1:1", "name-clash content/base"],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_windows_does_not_take_is_told_and_published() {
    let project = Project::small();
    project.write("content/base/aux.md", "# What else to bring\n");
    project.write("content/base/auxiliary.md", "# Whom else to call\n");
    let built = project.run(&["build"]);
    assert_eq!(built.status, Some(0), "{}", built.stderr);
    assert_eq!(built.stderr.matches("warning[unportable-name]").count(), 1, "{}", built.stderr);
    assert!(built.stderr.contains("`aux.md` is no name for a file on Windows"), "{}", built.stderr);
    assert!(project.path("public/base/aux.html").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let odd = |it: &Project| {
        let name = OsStr::from_bytes(b"p\xff.md");
        fs::write(it.path("content/base").join(name), "# Page\n").expect("a new file");
    };
    refuses(odd, &["unreadable-file content/base/p\u{fffd}.md"]);
    // Nor one that a terminal obeys, or a runner that reads lines.
    let name = "content/base/\u{1b}[2J\u{9b}2J\n::error::\u{202e}dm.md";
    refuses(
        |it| it.write(name, "# Page\n"),
        &["unreadable-file content/base/\u{fffd}[2J\u{fffd}2J\u{fffd}::error::\u{fffd}dm.md"],
    );
}

#[test]
fn a_file_that_is_all_ending_is_hidden() {
    let project = Project::small();
    let good = project.build();
    project.write("content/base/.md", "# Hidden\n\n[it](nowhere.md)\n");
    assert_same(&project.build(), &good, "a hidden file matters");
}

#[test]
fn a_folder_named_like_a_page_is_a_folder() {
    takes(|it| it.write("content/base/x.md/page.md", "# Inside\n"), "base/x.md/page.html", "Inside");
    takes(
        |it| it.write("content/base/x/plan.md/page.md", "# Inside\n"),
        "base/x/plan.md/page.html",
        "Inside",
    );
}

#[test]
fn a_layer_with_an_odd_name_has_pages_that_find_each_other() {
    let project = Project::small();
    let name = "a b#%41&'é";
    project
        .write(&format!("content/{name}/plan.md"), "---\nextends: base\n---\n## {#top .append}\n\nMore.\n");
    project.accept();
    let site = project.build();
    let door = String::from_utf8_lossy(&site["index.html"]).into_owned();
    assert!(site.contains_key(&format!("{name}/index.html")), "{:?}", site.keys());
    assert!(door.contains("href=\"a%20b%23%2541%26'%C3%A9/index.html\""), "{door}");
}

#[test]
fn two_things_at_one_address_are_refused() {
    let cases: &[&[(&str, &str)]] = &[
        &[("content/base/index.md", "# Index\n")],
        &[("content/base/index.html", "<p>Index")],
        &[("content/base/plan.json", "{}")],
        &[("content/base/x.md", "# X\n"), ("content/base/x.html", "<p>X")],
        &[("content/base/x.md", "---\naliases: [y]\n---\n# X\n"), ("content/base/y.md", "# Y\n")],
        &[("content/base/x.md", "---\naliases: [y]\n---\n# X\n"), ("content/base/y.html", "<p>Y")],
        &[("content/base/x.md", "---\naliases: [a/./b]\n---\n# X\n")],
        &[("site.toml", "[editions]\nresponders = \"\"\npublic = \"base\"\n")],
    ];
    for files in cases {
        let errors = refused(|it| files.iter().for_each(|(path, text)| it.write(path, text)));
        let all = errors.iter().all(|error| error.starts_with("taken-address "));
        assert!(!errors.is_empty() && all, "{files:?}: {errors:?}");
    }
}

#[test]
fn a_name_that_no_disk_takes_is_told_before_anything_is_written() {
    // The page's address ends with two bytes more than its file.
    let (longest, longer) = ("x".repeat(250), "x".repeat(251));
    let page = |name: &str| format!("content/base/{name}.md");
    takes(|it| it.write(&page(&longest), "# X\n"), &format!("base/{longest}.html"), "X");
    refuses(|it| it.write(&page(&longer), "# X\n"), &[&format!("taken-address {}", page(&longer))]);
    let accents = "é".repeat(126);
    refuses(|it| it.write(&page(&accents), "# X\n"), &[&format!("taken-address {}", page(&accents))]);
    let alias = |name: &str| format!("---\naliases: [old/{name}]\n---\n# X\n");
    takes(|it| it.write(PAGE, alias(&longest)), &format!("base/old/{longest}.html"), "page.html");
    refuses(|it| it.write(PAGE, alias(&longer)), &["taken-address content/base/page.md:2:11"]);
    let far = format!("{}far.txt", format!("{longest}/").repeat(8));
    refuses(
        |it| it.write(&format!("content/base/{far}"), "far"),
        &[&format!("taken-address content/base/{far}")],
    );
    let edition = |name: &str| format!("[editions]\nresponders = \"{name}\"\n");
    takes(|it| it.write("site.toml", edition(&longest)), &format!("{longest}/base/index.html"), "");
    refuses(|it| it.write("site.toml", edition(&"x".repeat(256))), &["taken-address site.toml:2:14"]);
}

#[test]
fn an_edition_is_written_inside_the_output() {
    for folder in ["/x", "/", "//x", "x/../.."] {
        let settings = format!("[editions]\nresponders = \"{folder}\"\n");
        refuses(|it| it.write("site.toml", settings), &["invalid-configuration site.toml:2:14"]);
    }
    for (folder, inside) in [("x/", "x/"), ("x/y", "x/y/"), ("", "")] {
        let settings = format!("[editions]\nresponders = \"{folder}\"\n");
        takes(|it| it.write("site.toml", settings), &format!("{inside}base/index.html"), "");
    }
}

/// Whoever finds out, and when: a part of a site is never published.
#[test]
fn what_cannot_be_written_at_its_address_changes_no_site() {
    let cases: &[&[(&str, &str)]] = &[
        &[("content/base/x.md", "# X\n"), ("content/base/x.html/y.md", "# Y\n")],
        &[("content/base/x.md", "---\naliases: [x.html/y]\n---\n# X\n")],
        &[("site.toml", "[editions]\nresponders = \"\"\npublic = \"a//b\"\n")],
    ];
    for files in cases {
        let project = Project::small();
        let good = project.build();
        files.iter().for_each(|(path, text)| project.write(path, text));
        project.run(&["check"]);
        for args in [&["build"][..], &["build", "--output", "first"]] {
            let ran = project.run(args);
            assert_ne!(ran.status, Some(0), "{files:?} was published");
            assert!(ran.stderr.contains("error"), "{files:?} said nothing");
        }
        assert_untouched(&project, &good);
    }
}

// Links and files that lead elsewhere

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    fn link(from: &str, to: &str) -> impl FnOnce(&Project) {
        move |project| symlink(to, project.path(from)).expect("a new link")
    }

    #[test]
    fn symbolic_links_that_turn_in_circles_are_refused() {
        refuses(link("content/base/loop", "."), &["unreadable-file content/base/loop"]);
        refuses(link("content/base/loop", "../../content"), &["unreadable-file content/base/loop"]);
        refuses(link("content/base/loop", "loop"), &["unreadable-file content/base/loop"]);
        refuses(link("content/base/loop.md", "loop.md"), &["unreadable-file content/base/loop.md"]);
        let pair = |it: &Project| {
            it.write("content/base/x/page.md", "# X\n");
            it.write("content/base/y/page.md", "# Y\n");
            link("content/base/x/to-y", "../y")(it);
            link("content/base/y/to-x", "../x")(it);
        };
        refuses(
            pair,
            &["unreadable-file content/base/x/to-y/to-x", "unreadable-file content/base/y/to-x/to-y"],
        );
    }

    #[test]
    fn symbolic_links_out_of_the_project_are_refused_and_not_read() {
        let elsewhere = Project::empty();
        elsewhere.write("secret.md", "# A secret\n\n[it](nowhere.md)\n");
        let target = |path: &str| elsewhere.path(path).to_string_lossy().into_owned();
        refuses(
            link("content/base/page.md", &target("secret.md")),
            &["unreadable-file content/base/page.md"],
        );
        refuses(link("content/base/more", &target("")), &["unreadable-file content/base/more"]);
        refuses(
            link("content/base/picture.png", "/etc/hostname"),
            &["unreadable-file content/base/picture.png"],
        );
        let by_a_link = |it: &Project| {
            link("content/base/a.md", "b.md")(it);
            link("content/base/b.md", &target("secret.md"))(it);
        };
        refuses(by_a_link, &["unreadable-file content/base/a.md", "unreadable-file content/base/b.md"]);
    }

    #[test]
    fn a_symbolic_link_to_nothing_is_refused() {
        refuses(link("content/base/page.md", "nothing.md"), &["unreadable-file content/base/page.md"]);
    }

    #[test]
    fn a_symbolic_link_inside_the_project_is_followed() {
        let shared = |it: &Project| {
            it.write("shared/page.md", "# Shared words\n");
            link("content/base/page.md", "../../shared/page.md")(it);
        };
        takes(shared, "base/page.html", "Shared words");
    }

    #[test]
    fn a_project_whose_parts_lie_elsewhere_cannot_be_run() {
        let elsewhere = Project::small();
        let target = |path: &str| elsewhere.path(path).to_string_lossy().into_owned();
        let instead = |path: &'static str, target: String| {
            move |it: &Project| {
                fs::rename(it.path(path), it.path("aside")).expect("it can be moved");
                link(path, &target)(it);
            }
        };
        cannot_run(
            instead("content", target("content")),
            "cannot read content: it is outside the project folder",
        );
        cannot_run(
            instead("site.toml", target("site.toml")),
            "cannot read site.toml: it is outside the project folder",
        );
    }

    /// Whoever may read everything cannot be refused a file.
    #[test]
    fn a_file_that_may_not_be_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let probe = Project::small();
        let lock = |it: &Project, path: &str| {
            fs::set_permissions(it.path(path), fs::Permissions::from_mode(0o000)).expect("permissions");
        };
        lock(&probe, "site.toml");
        if fs::read(probe.path("site.toml")).is_ok() {
            return;
        }
        let page = |it: &Project| {
            it.write(PAGE, "# Page\n");
            lock(it, PAGE);
        };
        refuses(page, &["unreadable-file content/base/page.md"]);
        let folder = |it: &Project| {
            it.write("content/base/more/page.md", "# Page\n");
            lock(it, "content/base/more");
        };
        // The temporary folder can only be removed when it can be read again.
        let project = Project::small();
        folder(&project);
        let ran = project.run(&["check"]);
        fs::set_permissions(project.path("content/base/more"), fs::Permissions::from_mode(0o700))
            .expect("permissions");
        assert_eq!(
            (ran.status, ran.errors()),
            (Some(1), vec!["unreadable-file content/base/more".to_string()])
        );
        cannot_run(|it| lock(it, "site.toml"), "cannot read site.toml: permission denied");
    }
}

#[test]
fn links_that_climb_out_of_the_folder_are_refused() {
    // Each would be found if climbing stopped at the folder.
    let text = "[a](../plan.md) ![b](../../site.toml) <a href=\"../../plan.md\">c</a> [d](%2e%2e/plan.md)";
    refuses(
        page(text.into()),
        &[
            "broken-link content/base/page.md:3:22",
            "broken-link content/base/page.md:3:48",
            "broken-link content/base/page.md:3:5",
            "broken-link content/base/page.md:3:73",
        ],
    );
}

#[test]
fn settings_that_lead_out_of_the_project_are_refused() {
    for setting in [
        "content = \"../x\"",
        "content = \"/etc\"",
        "content = \"a\\u001bb\"",
        "theme = \"a/../../x\"",
        "output = \"a\\u0000b\"",
    ] {
        let at = setting.find('"').expect("a quote") + 1;
        refuses(|it| it.write("site.toml", setting), &[&format!("invalid-configuration site.toml:1:{at}")]);
    }
    let edition = "[editions]\npublic = \"a\\u001bb\"\n";
    refuses(|it| it.write("site.toml", edition), &["invalid-configuration site.toml:2:10"]);
}

#[test]
fn a_lock_of_lines_that_say_nothing_is_told_at_the_first_of_them() {
    let told = |lines: usize| {
        let project = Project::small();
        project.write("content/agency/plan.md", "---\nextends: base\n---\n");
        project.write("content/agency/tailoring.lock", "x\n".repeat(lines));
        let ran = project.run(&["check", "--format", "json"]);
        assert_eq!(ran.status, Some(1), "{}", ran.stderr);
        ran.stdout.matches("this line of the lock says nothing").count()
    };
    assert_eq!((told(3), told(100_000)), (3, 1_000));
}

// Nothing there

#[test]
fn an_empty_folder_is_no_project() {
    let project = Project::empty();
    for args in [&["check"][..], &["build"]] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2));
        assert!(ran.stderr.contains("cannot read content: no such folder"), "{}", ran.stderr);
        assert!(ran.stderr.contains("redbinder init"), "{}", ran.stderr);
    }
    assert_eq!(project.tree("").len(), 0);
}

#[test]
fn a_project_without_its_content_folder_cannot_be_run() {
    let gone = |it: &Project| fs::remove_dir_all(it.path("content")).expect("it can be removed");
    cannot_run(gone, "cannot read content: no such folder");
    let a_file = |it: &Project| {
        gone(it);
        it.write("content", "words\n");
    };
    cannot_run(a_file, "cannot read content: not a directory");
}

#[test]
fn a_content_folder_without_a_layer_is_no_pass() {
    let empty = |it: &Project| fs::remove_dir_all(it.path("content/base")).expect("it can be removed");
    refuses(empty, &["nothing-checked content"]);
}

#[test]
fn settings_in_a_folder_cannot_be_read() {
    let folder = |it: &Project| {
        fs::remove_file(it.path("site.toml")).expect("it can be removed");
        it.write("site.toml/x", "");
    };
    cannot_run(folder, "cannot read site.toml: it is not a file");
}

#[test]
fn yaml_maps_inside_each_other_are_refused() {
    for deep in [65, 100, DEEP] {
        let flow = format!("title: {}{}", "{a: ".repeat(deep), "}".repeat(deep));
        refuses(front(flow), &["invalid-front-matter content/base/page.md"]);
        let list = format!("title:\n {}x", "- ".repeat(deep));
        refuses(front(list), &["invalid-front-matter content/base/page.md"]);
    }
    let block: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    refuses(front(block), &["invalid-front-matter content/base/page.md"]);
}

#[test]
fn a_choice_of_ten_thousand_branches_is_refused() {
    let text = format!("{{% if false %}}{}{{% endif %}}", "{% elif false %}".repeat(DEEP));
    refuses(page(text), &["broken-template content/base/page.md"]);
}

#[test]
fn what_cannot_be_written_is_found_by_the_check() {
    let cases: &[&[(&str, &str)]] = &[
        &[("content/base/x.md", "# X\n"), ("content/base/x.html/y.md", "# Y\n")],
        &[("content/base/x.md", "---\naliases: [x.html/y]\n---\n# X\n")],
        &[("site.toml", "[editions]\nresponders = \"\"\npublic = \"a//b\"\n")],
        &[("site.toml", "output = \"content\"\n")],
        &[("site.toml", "output = \"../elsewhere\"\n")],
    ];
    for files in cases {
        refused(|it| files.iter().for_each(|(path, text)| it.write(path, text)));
    }
}

#[test]
fn a_page_at_the_address_of_the_plan_is_told_at_that_page() {
    refuses(|it| it.write("content/base/index.md", "# I\n"), &["taken-address content/base/index.md:1:1"]);
    refuses(|it| it.write("content/base/index.html", "I"), &["taken-address content/base/index.html"]);
}

#[test]
fn ids_and_headings_in_html_are_as_unique_as_others() {
    for text in [
        "<p id=\"_main\">x</p>",
        "<p id=\"a\">x</p>\n\n<p id=\"a\">y</p>",
        "<h1>Another</h1>",
        "## Main {#_main}",
    ] {
        let errors = refused(page(text.into()));
        assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    }
}

/// What closes an element, an attribute, a script, a comment or a string, and what turns the text around.
const BREAKERS: &str =
    "'\"><img src=x onerror=alert(1)></script><script>alert(2)</script>]]>--> \\\" `|` \u{202e}";

#[test]
fn what_a_field_says_is_words_wherever_it_stands() {
    // A text of JSON is one of YAML and of TOML.
    let said = serde_json::to_string(BREAKERS).expect("a text");
    let project = Project::empty();
    project.write("site.toml", format!("title = {said}\nbase_url = \"https://g.example\"\n"));
    let plan = format!(
        "---\ntitle: {said}\n\
         document: {{owner: {said}, version: {said}, changes: {{\"1.0\": {{on: 2026-01-01, what: {said}}}}}}}\n\
         contacts:\n  report: {{title: {said}, email: \"a@b.example?bcc=c@d.example&body=%0d%0aX\", phone: \"+1 22;ext=x\", channel: main}}\n\
         channels:\n  main: {{title: {said}, address: {said}, mention: {said}, kind: chat, purpose: {said}}}\n\
         terms:\n  z: {{title: \"</script>\", abbreviation: ZZ, meaning: {said}}}\n\
         timers:\n  report: {{title: {said}, within: 1h, starts: noticed}}\n\
         ---\n# Plan\n\nThe ZZ.\n\n{{{{ channel_table() }}}}\n\n{{{{ contact_table() }}}}\n"
    );
    project.write("content/base/plan.md", plan);
    let site = project.build();
    for (path, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        let is_markup = [".html", ".svg", ".xml"].iter().any(|ending| path.ends_with(ending));
        if is_markup {
            assert!(!text.contains("<img src=x") && !text.contains("alert(2)</script>"), "{path}");
        }
        if path.ends_with(".xml") || path.ends_with(".svg") {
            assert!(roxmltree::Document::parse(&text).is_ok(), "{path}");
        }
        if path.ends_with(".json") || path.ends_with(".webmanifest") {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{path}");
        }
        assert!(!text.contains("mailto:a@b.example?bcc"), "{path} writes to somebody else as well");
    }
    let html = String::from_utf8_lossy(&site["base/index.html"]).into_owned();
    assert!(html.contains("&lt;img src=x"), "it is there to be read");
    assert!(site.keys().any(|path| path.ends_with("changes.xml")));
}

#[test]
fn no_format_of_findings_passes_on_what_a_terminal_or_a_runner_obeys() {
    let project = Project::small();
    let words = "x\u{1b}]0;title\u{7}\u{1b}[2J";
    project.write(
        "content/base/page.md",
        format!("# Page {words}\n\n[{words}](nowhere.md)\n\n::error::injected [y](no%0a::error::where.md)\n"),
    );
    // In a text these are told and replaced; a name has them still.
    project.write(&format!("content/base/{words}.md"), "# Other\n\n[x](nowhere.md)\n");
    for format in ["text", "json", "sarif", "github", "junit", "markdown"] {
        let ran = project.run(&["check", "--format", format, "--color", "never"]);
        assert_eq!(ran.status, Some(1), "{format}: {}", ran.stderr);
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains("broken-link"), "{format}: {said}");
        let control = |it: char| it.is_control() && it != '\n';
        assert!(!said.contains(control), "{format} passes on {said:?}");
        if format == "github" {
            assert!(said.lines().all(|line| !line.starts_with("::error::")), "{said}");
        }
    }
}
