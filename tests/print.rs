//! What is printed, and how a printed copy is told to be current.

#[cfg(feature = "pdf")]
mod accessible;
mod project;

use std::path::Path;

use redbinder::Compilation;

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
    compiled(folder.path(), page).plans[0].content_hash().to_string()
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

/// The texts of all `id`s of a page, and of all links that stay in it.
fn ids_and_links(html: &str) -> (Vec<&str>, Vec<&str>) {
    let values = |before: &str| -> Vec<&str> {
        html.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    };
    (values(" id=\""), values(" href=\"#"))
}

#[test]
fn the_whole_plan_is_one_page_that_needs_no_other_file() {
    let project = Project::small();
    project.write("content/base/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>");
    project.write(
        "content/base/response.md",
        "# Response\n\n[steps](#steps), [role](roles/lead.md#steps)[^1]\n\n## Steps\n\n![A picture](a.svg)\n\n[^1]: A note.\n",
    );
    project.write("content/base/roles/lead.md", "# Lead\n\n## Steps\n\n[back](../response.md#steps)\n");
    let ran = run(&mut project.command(&["build", "--no-pdf"]));
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let html = std::fs::read_to_string(project.path("public/base/print.html")).expect("the page");
    let (mut ids, links) = ids_and_links(&html);
    for link in &links {
        assert!(ids.contains(link), "{link} leads nowhere in the page; there are {ids:?}");
    }
    for link in ["response:steps", "roles/lead:steps", "response:_fn-1", "response"] {
        assert!(links.contains(&link), "{link} is not among {links:?}");
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    for outside in [" src=\"a", "<link", "<script", "@import"] {
        assert!(!html.contains(outside), "{outside}");
    }
    for address in html.split("url(").skip(1) {
        assert!(address.trim_start_matches(['"', '\'']).starts_with("data:"), "url({}", &address[..20]);
    }
    assert!(html.contains("src=\"data:image/svg+xml;base64,"));
}

#[test]
fn a_page_has_the_same_part_of_the_whole_by_what_wrote_it_and_by_its_html() {
    let project = Project::of_repository();
    project.write("content/base/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>");
    project.write(
        "content/base/odd.md",
        "# Odd\n\n[here](#here), [there](plan.md)[^1], [out](https://out.example/?a&b)[^1]\n\n\
         - ### In a list\n\n## Here \"and\" there {#here}\n\n###### Lowest\n\n![A <picture>](a.svg \"its title\")\n\n\
         [^1]: A note, [back](#lowest).\n",
    );
    project.write(
        "content/base/raw.md",
        "# Raw\n\n<h3 id=\"own\">\n\n<a href=plan.md>plan</a> and <a href=\"#own\">own</a>\n\n</h3>\n\n<img src=a.svg>\n",
    );
    project.write(
        "content/base/inline.md",
        "# Inline\n\n<details><summary>More</summary>\n\n## There {#there}\n\nPress <kbd>X</kbd>, [there](#there)<br>now.\n\n</details>\n",
    );
    let whole = || {
        let site = Compilation::read(&project.path("")).expect("a project").render().expect("a site");
        let pages = site.into_iter().filter(|(address, _)| address.ends_with("/print.html"));
        let pages: Vec<(String, String)> =
            pages.map(|(address, html)| (address, String::from_utf8_lossy(&html).into_owned())).collect();
        assert!(pages.len() > 1);
        pages
    };
    let known = whole();
    // A theme that does something with the text: nobody knows then what is where in it.
    let template = include_str!("../themes/default/templates/print-page.html");
    let content = "page.content ";
    assert!(template.contains(content));
    let changed = "page.content|replace(\"</p>\"|safe, \"</p >\"|safe) ";
    project.write("theme/templates/print-page.html", template.replace(content, changed));
    let settings = std::fs::read_to_string(project.path("site.toml")).expect("its settings");
    project.write("site.toml", format!("theme = \"theme\"\n{settings}"));
    for ((address, known), (_, read)) in known.iter().zip(whole()) {
        assert!(read.contains("</p >"), "the theme is not in use in {address}");
        assert_eq!(*known, read.replace("</p >", "</p>"), "{address}");
    }
}

#[test]
fn the_hashes_of_printed_copies_are_listed_for_each_variant() {
    let project = Project::small();
    let ran = run(&mut project.command(&["build", "--no-pdf"]));
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    let compilation = Compilation::read(&project.path("")).expect("a project");
    let hash = compilation.plans[0].content_hash();
    for page in ["public/verify/index.html", "public/base/print.html", "public/base/document.html"] {
        let html = std::fs::read_to_string(project.path(page)).expect("the page");
        assert!(html.contains(hash), "{page} has no {hash}");
    }
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

#[cfg(feature = "pdf")]
mod pdf {
    use std::path::Path;
    use std::process::Command;
    use std::sync::OnceLock;

    use super::accessible;
    use super::project::{Project, run};
    use redbinder::Compilation;
    use redbinder::plan::Navigation;

    /// What one of poppler's programs says.
    fn poppler(program: &str, arguments: &[&str], file: &Path) -> String {
        let output = Command::new(program).args(arguments).arg(file).arg("-").output();
        let output = output.unwrap_or_else(|_| panic!("{program} is missing: install poppler-utils"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn info(arguments: &[&str], file: &Path) -> String {
        let output = Command::new("pdfinfo").args(arguments).arg(file).output();
        String::from_utf8_lossy(&output.expect("pdfinfo is missing: install poppler-utils").stdout)
            .into_owned()
    }

    /// The words of each sheet, with single spaces between them.
    fn sheets(file: &Path) -> Vec<String> {
        let text = poppler("pdftotext", &[], file);
        let sheets = text.split('\u{c}').map(|sheet| sheet.split_whitespace().collect::<Vec<_>>().join(" "));
        let mut sheets: Vec<String> = sheets.collect();
        sheets.pop();
        sheets
    }

    /// The bookmarks of a file: title and sheet.
    fn bookmarks(file: &Path) -> Vec<(String, usize)> {
        let output = Command::new("pdftohtml").args(["-xml", "-i", "-stdout"]).arg(file).output();
        let text = String::from_utf8_lossy(&output.expect("poppler-utils").stdout).into_owned();
        let items = text.split("<item page=\"").skip(1).filter_map(|rest| {
            let (page, rest) = rest.split_once("\">")?;
            let title = rest.split_once("</item>")?.0;
            Some((title.replace("&amp;", "&").replace("&#34;", "\""), page.parse().ok()?))
        });
        items.collect()
    }

    /// The real content, one variant of it printed once for all tests.
    fn printed() -> &'static Path {
        static PRINTED: OnceLock<tempfile::TempDir> = OnceLock::new();
        let folder = PRINTED.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let ran = run(super::project::redbinder()
                .args(["-C", env!("CARGO_MANIFEST_DIR"), "print", "--variant", "bixal", "--output"])
                .arg(folder.path().join("printed")));
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
            assert_eq!(ran.stderr, "", "the content prints without a remark");
            folder
        });
        Box::leak(folder.path().join("printed/bixal/print").into_boxed_path())
    }

    fn plan() -> (Compilation, usize) {
        let compilation = Compilation::read(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the content");
        let is_printed = |plan: &redbinder::plan::Plan| {
            &*plan.name == "bixal" && plan.edition == redbinder::syntax::Audience::Responders
        };
        let at = compilation.plans.iter().position(is_printed).expect("the variant");
        (compilation, at)
    }

    #[test]
    fn the_binder_has_every_page_in_order_where_its_bookmark_and_contents_say() {
        let file = printed().join("binder.pdf");
        let (sheets, bookmarks) = (sheets(&file), bookmarks(&file));
        let (compilation, at) = plan();
        let plan = &compilation.plans[at];
        let contents = &sheets[1..4].join(" ");
        let mut last = 0;
        for index in Navigation::new(plan).order(plan) {
            let title = plan.pages[index].title.split_whitespace().collect::<Vec<_>>().join(" ");
            let after = bookmarks.iter().find(|(name, sheet)| *name == title && *sheet >= last);
            let (_, sheet) = after.unwrap_or_else(|| panic!("no bookmark for {title} from sheet {last} on"));
            assert!(sheets[sheet - 1].contains(&title), "{title} is not on sheet {sheet}");
            let dots_removed = contents.replace([' ', '.', '\u{2060}'], "");
            let entry = format!("{}{sheet}", title.replace([' ', '.'], ""));
            assert!(dots_removed.contains(&entry), "the contents do not say {title} {sheet}");
            last = *sheet;
        }
    }

    #[test]
    fn every_sheet_says_what_it_is_and_until_when_it_is_valid() {
        let (compilation, at) = plan();
        let hash = compilation.plans[at].content_hash();
        for name in ["binder.pdf", "runbook.pdf", "roles.pdf", "wall-card.pdf", "wallet-cards.pdf"] {
            let sheets = sheets(&printed().join(name));
            let count = sheets.len();
            for (at, sheet) in sheets.iter().enumerate() {
                let number = format!("{} of {count}", at + 1);
                let classification = "Public, except for what is marked as being for responders";
                let frame =
                    ["Bixal", "Version 1.0.0", "Printed copy valid until", "/verify/", classification];
                for said in frame.into_iter().chain([hash, &number]) {
                    assert!(sheet.contains(said), "{name}, sheet {}: no {said}", at + 1);
                }
            }
        }
        assert_eq!(sheets(&printed().join("roles.pdf")).len(), compilation.plans[at].roles.len());
    }

    #[test]
    fn a_screen_reader_gets_tags_a_title_a_language_and_every_font_is_in_the_file() {
        for name in ["binder.pdf", "runbook.pdf", "roles.pdf", "wall-card.pdf", "wallet-cards.pdf"] {
            let file = printed().join(name);
            let said = info(&[], &file);
            assert!(said.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")), "{said}");
            assert!(said.lines().any(|line| line.starts_with("Title:") && line.contains("Bixal")), "{said}");
            let metadata = info(&["-meta"], &file);
            for standard in ["<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<", ">en<"] {
                assert!(metadata.contains(standard), "{name}: no {standard} in {metadata}");
            }
            let fonts = Command::new("pdffonts").arg(&file).output().expect("poppler-utils").stdout;
            let fonts = String::from_utf8_lossy(&fonts).into_owned();
            let fonts: Vec<&str> = fonts.lines().skip(2).collect();
            assert!(!fonts.is_empty());
            for font in fonts {
                assert!(font.split_whitespace().rev().nth(4) == Some("yes"), "not embedded: {font}");
            }
        }
    }

    #[test]
    fn a_cross_reference_says_its_page() {
        let file = printed().join("binder.pdf");
        let (sheets, bookmarks) = (sheets(&file), bookmarks(&file));
        let (_, sheet) = bookmarks.iter().find(|(title, _)| title == "Handoff").expect("the section");
        let said = format!("(p. {sheet})");
        assert!(sheets.iter().any(|text| text.replace('\u{a0}', " ").contains(&said)), "nothing says {said}");
    }

    /// The plan in `tests/print/difficult/`: everything that could be taken for markup, or does not fit.
    fn difficult() -> Project {
        let project = Project::empty();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/print/difficult");
        for (path, bytes) in super::project::tree(&folder) {
            project.write(&path, bytes);
        }
        project
    }

    #[test]
    fn what_is_hard_to_print_is_printed_and_what_cannot_be_is_told_at_its_line() {
        let project = difficult();
        let ran = run(&mut project.command(&["print"]));
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        for rule in ["unprintable-character", "image-without-size", "wide-table"] {
            assert!(ran.stderr.contains(&format!("warning[{rule}]")), "{rule}: {}", ran.stderr);
        }
        let file = project.path("printed/base/print/binder.pdf");
        assert!(info(&[], &file).contains("612 x 792"), "US Letter");
        assert!(info(&["-meta"], &file).contains("<pdfuaid:part>1<"));
        let sheets = sheets(&file);
        for sheet in &sheets[1..] {
            assert!(sheet.contains("DRAFT: not an approved copy") && sheet.contains("Internal"), "{sheet}");
        }
        let text = sheets.join(" ");
        for said in [
            "#1; [first] $y$ <lab> @ref // #let x = 1",
            "a. the fifth, which goes on",
            "Stands open on paper, with markdown in it.",
            "a new line, IC (Incident Commander)",
            "A longer one, with a paragraph. \u{2022} and a list",
            "A figure with its caption",
            "[picture: no picture]",
            "\u{1f6a8}",
            "A skipped level",
            // Each line of code is one, and a long one goes on below.
            "indented by a tab sha512sum evidence.tar",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert_eq!(text.matches("A short one.").count(), 1, "a footnote that is mentioned twice");
        assert_eq!(text.matches(&"0123456789abcdef".repeat(4)).count(), 1, "a hash can be copied");
        let heads =
            sheets.iter().filter(|sheet| sheet.contains("Host") && sheet.contains("What to do")).count();
        assert!(heads > 2, "the long table has its head on {heads} sheets");
        assert!(text.contains('\u{5e9}') && text.contains('\u{645}'), "Hebrew and Arabic");
    }

    #[test]
    fn no_word_leaves_the_margins_and_none_stands_on_another() {
        let project = difficult();
        assert_eq!(run(&mut project.command(&["print"])).status, Some(0));
        let file = project.path("printed/base/print/binder.pdf");
        let boxes = poppler("pdftotext", &["-bbox"], &file);
        let number = |word: &str, key: &str| -> f64 {
            let rest = word.split(&format!("{key}=\"")).nth(1).expect("a place");
            rest.split('"').next().and_then(|number| number.parse().ok()).expect("a number")
        };
        let words: Vec<&str> = boxes.lines().filter(|line| line.contains("<word ")).collect();
        assert!(words.len() > 500);
        // US Letter, with margins of 22 mm.
        let (left, right) = (62.36, 612.0 - 62.36);
        for word in &words {
            let is_inside = number(word, "xMin") > left - 1.0 && number(word, "xMax") < right + 1.0;
            assert!(is_inside, "{word}");
        }
        for pair in words.windows(2) {
            let same_line = (number(pair[0], "yMin") - number(pair[1], "yMin")).abs() < 0.1;
            let is_after = number(pair[1], "xMin") > number(pair[0], "xMin");
            if same_line && is_after {
                assert!(number(pair[1], "xMin") > number(pair[0], "xMax") - 1.0, "{pair:?}");
            }
        }
    }

    /// The parts of a tagged file, in order: `H1`, `Table`.
    fn parts(file: &Path) -> Vec<String> {
        let parts = info(&["-struct"], file);
        let names = parts.lines().filter_map(|line| line.split_whitespace().next());
        names.map(|name| name.trim_end_matches(':').to_string()).collect()
    }

    #[test]
    fn a_screen_reader_is_told_what_each_part_is() {
        let project = difficult();
        assert_eq!(run(&mut project.command(&["print"])).status, Some(0));
        let file = project.path("printed/base/print/binder.pdf");
        let found = parts(&file);
        for part in [
            "H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "TH", "TD", "Code", "Figure", "Note",
            "Link", "TOC",
        ] {
            assert!(found.iter().any(|it| it == part), "no {part} in {found:?}");
        }
        for name in ["binder.pdf", "runbook.pdf", "roles.pdf", "wall-card.pdf", "wallet-cards.pdf"] {
            let level = |part: &String| part.strip_prefix('H')?.parse::<u8>().ok();
            let levels: Vec<u8> = parts(&printed().join(name)).iter().filter_map(level).collect();
            assert_eq!(levels.first(), Some(&1), "{name}");
            for pair in levels.windows(2) {
                assert!(pair[1] <= pair[0] + 1, "{name} skips from H{} to H{}", pair[0], pair[1]);
            }
        }
    }

    /// The binder of a plan with everything that a file can have.
    fn difficult_binder() -> Vec<u8> {
        let project = difficult();
        assert_eq!(run(&mut project.command(&["print"])).status, Some(0));
        std::fs::read(project.path("printed/base/print/binder.pdf")).expect("the binder")
    }

    #[test]
    fn every_file_keeps_the_rules_of_accessible_files() {
        let mut files = vec![("a difficult plan".to_string(), difficult_binder())];
        for name in ["binder.pdf", "runbook.pdf", "roles.pdf", "wall-card.pdf", "wallet-cards.pdf"] {
            files.push((name.into(), std::fs::read(printed().join(name)).expect("a file")));
        }
        for (name, bytes) in files {
            let faults = accessible::faults(bytes);
            assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        }
    }

    #[test]
    fn a_file_that_breaks_such_a_rule_is_found_out() {
        let whole = accessible::laid_open(&difficult_binder());
        assert_eq!(accessible::faults(whole.clone()), [] as [&str; 0]);
        for (written, instead, fault) in [
            ("/Marked true", "/Morked true", "the file does not say that it is tagged"),
            ("/DisplayDocTitle true", "/DisplayDocTitle null", "a window shows the file's name"),
            ("/Lang(en)", "/Long(en)", "the file says no language"),
            ("<pdfuaid:part>1<", "<pdfuaid:part>2<", "the metadata has no <pdfuaid:part>1<"),
            ("/S/Figure/P", "/S/Figura/P", "`Figura` is no part of a text"),
            ("/S/LI/P", "/S/TD/P", "TD stands in L"),
            ("/S/H2/P", "/S/H1/P", "a heading of level 3 follows one of level 1"),
            ("/Alt(", "/Olt(", "a picture has no words"),
            ("/ID(Note", "/IX(Note", "a note has no name"),
            ("/Scope/", "/Skope/", "a header does not say of which cells"),
            ("/Obj ", "/Obk ", "a link leads nowhere"),
            ("/Tabs/S", "/Tabs/R", "the tab key does not follow the text"),
            ("/ParentTree<</Nums", "/ParentTree<</Mums", "does not lead to its element"),
            ("/F 4/StructParent ", "/F 4/StructPirent ", "a link is not in the tree"),
            ("/Contents<FEFF", "/Kontents<FEFF", "a link has no words"),
            ("/ToUnicode ", "/ToUmicode ", "cannot be copied"),
            ("/FontFile2 ", "/FontFileX ", "is not in the file"),
            ("/Dest ", "/Dost ", "a bookmark leads to no sheet"),
        ] {
            assert_eq!(written.len(), instead.len(), "{written}: the places of a file's objects stay");
            let damaged = replaced(&whole, written.as_bytes(), instead.as_bytes());
            assert!(damaged != whole, "{written} is not in the file");
            let faults = accessible::faults(damaged);
            assert!(faults.iter().any(|it| it.contains(fault)), "{written}: {fault} is not among {faults:?}");
        }
    }

    #[test]
    fn what_is_painted_outside_of_any_part_is_found() {
        let marked = |content: &str| accessible::marked(content.as_bytes());
        let (parts, outside) = marked("/P <</MCID 3>> BDC BT (a) Tj ET EMC /Artifact BMC 0 0 m 1 1 l S EMC");
        assert_eq!((parts.into_iter().collect::<Vec<_>>(), outside.len()), (vec![3], 0));
        let (_, outside) = marked("/P <</MCID 3>> BDC BT (a) Tj ET EMC BT (b) Tj ET 0 0 m 1 1 l S");
        assert_eq!(outside, ["Tj", "S"]);
    }

    fn replaced(bytes: &[u8], written: &[u8], instead: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let places: Vec<usize> =
            (0..bytes.len() - written.len()).filter(|at| bytes[*at..].starts_with(written)).collect();
        for at in places {
            bytes[at..at + instead.len()].copy_from_slice(instead);
        }
        bytes
    }

    #[test]
    fn what_no_screen_reader_could_read_is_told_at_its_line_and_nothing_is_published() {
        let project = Project::small();
        let page = |words: &str| {
            project.write("content/base/page.md", format!("# Page\n\n## A part\n\nText.\n\n1. an item\n\n   ![{words}](flow.svg)\n\nMore.\n\n<img src=\"flow.svg\" alt=\"\">\n"));
        };
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\"/></svg>";
        project.write("content/base/flow.svg", svg);
        let settings = |more: &str| {
            project
                .write("site.toml", format!("title = \"Guidebook\"\n[rules]\nmissing-alt = \"off\"\n{more}"));
        };
        settings("");
        page("");
        for command in ["print", "build"] {
            let ran = run(&mut project.command(&[command]));
            assert_eq!(ran.status, Some(1), "{}", ran.stderr);
            assert_eq!(ran.errors(), ["inaccessible-print content/base/page.md:7:1"], "{}", ran.stderr);
            assert!(ran.stderr.contains("alt text"), "{}", ran.stderr);
        }
        assert!(!project.path("public").exists() && !project.path("printed").exists());
        settings("inaccessible-print = \"warning\"\n");
        for _again in 0..2 {
            let ran = run(&mut project.command(&["print"]));
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
            assert!(ran.stderr.contains("warning[inaccessible-print]"), "{}", ran.stderr);
        }
        let file = project.path("printed/base/print/binder.pdf");
        assert!(!info(&["-meta"], &file).contains("pdfuaid"), "it does not claim what it is not");
        // Where somebody said why, at the block.
        settings("");
        let reasoned = "# Page\n\n<!-- allow inaccessible-print: words for it come in May -->\n1. an item\n\n   ![](flow.svg)\n";
        project.write("content/base/page.md", reasoned);
        let ran = run(&mut project.command(&["print"]));
        assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
        assert!(!info(&["-meta"], &file).contains("pdfuaid"));
        page("How a report travels");
        let ran = run(&mut project.command(&["print"]));
        assert_eq!((ran.status, &*ran.stderr), (Some(0), ""));
        assert!(info(&["-meta"], &file).contains("<pdfuaid:part>1<"));
    }

    #[test]
    fn a_file_says_which_language_it_is_in() {
        let project = Project::small();
        project.write("site.toml", "title = \"Guidebook\"\nlang = \"pt-BR\"\n");
        let file = project.path("printed/base/print/binder.pdf");
        let language = || {
            assert_eq!(run(&mut project.command(&["print"])).status, Some(0));
            let text = info(&["-meta"], &file);
            text.split("dc:language").nth(1).expect("a language").replace(char::is_whitespace, "")
        };
        assert!(language().contains(">pt-BR<"), "{}", language());
        project
            .write("content/base/plan.md", "---\ndocument: {language: ar}\n---\n# The plan\n\nWhat to do.\n");
        assert!(language().contains(">ar<"), "{}", language());
    }

    #[test]
    fn a_copy_of_another_program_is_made_again_and_what_was_said_of_a_copy_is_said_again() {
        let project = difficult();
        let print = || {
            let ran = run(&mut project.command(&["print"]));
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
            ran.stderr
        };
        let first = print();
        assert!(first.contains("broken.png is no picture"), "{first}");
        let file = project.path("printed/base/print/binder.pdf");
        let list = project.path("printed/verify/printed.json");
        let hash = |bytes: &[u8]| {
            use sha2::{Digest, Sha256};
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let made = std::fs::read(&file).expect("the binder");
        let listed = std::fs::read_to_string(&list).expect("the list");
        let known = listed.replace(&hash(&made), &hash(b"known"));
        std::fs::write(&file, "known").expect("a file");
        std::fs::write(&list, &known).expect("a file");
        assert_eq!(print(), first, "the copy is taken as it is, with what was said of it");
        assert_eq!(std::fs::read(&file).expect("the binder"), b"known");
        // Another program would have made it from something else.
        let from =
            known.split("\"made_from\": \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a hash");
        std::fs::write(&list, known.replace(from, &hash(b"another program"))).expect("a file");
        print();
        assert!(std::fs::read(&file).expect("the binder") == made);
    }

    #[test]
    fn printing_again_elsewhere_gives_the_same_bytes() {
        let project = difficult();
        for folder in ["one", "two"] {
            assert_eq!(run(&mut project.command(&["print", "--output", folder])).status, Some(0));
        }
        let read =
            |folder: &str| std::fs::read(project.path(folder).join("base/print/binder.pdf")).expect("a file");
        assert!(read("one") == read("two"));
    }

    #[test]
    fn an_unchanged_binder_is_not_made_again_and_a_changed_file_is() {
        let project = Project::small();
        let build = || {
            let ran = run(&mut project.command(&["build"]));
            assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        };
        build();
        let file = project.path("public/base/print/binder.pdf");
        let list = project.path("public/verify/printed.json");
        let made = std::fs::read(&file).expect("the binder");
        // Somebody's else file is not taken for ours.
        std::fs::write(&file, "something else").expect("a file");
        build();
        assert!(std::fs::read(&file).expect("the binder") == made);
        // A file that the list knows is.
        let hash = |bytes: &[u8]| {
            use sha2::{Digest, Sha256};
            Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let listed = std::fs::read_to_string(&list).expect("the list");
        std::fs::write(&list, listed.replace(&hash(&made), &hash(b"known"))).expect("a file");
        std::fs::write(&file, "known").expect("a file");
        build();
        assert_eq!(std::fs::read(&file).expect("the binder"), b"known");
        // With other content it is made again.
        project.write("content/base/plan.md", "# The plan\n\nWhat to do now.\n");
        build();
        let again = std::fs::read(&file).expect("the binder");
        assert!(again.starts_with(b"%PDF") && again != made);
    }
}
