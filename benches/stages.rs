//! Times each stage of a build: `cargo bench`, or `CORPUS=folder cargo bench -- check` for some stages of
//! another project than this one. Compare figures of one run only: machines differ.

use std::path::PathBuf;
use std::sync::LazyLock;

use divan::{Bencher, black_box};
use redbinder::check::{Binder, Findings, RULES};
use redbinder::plan::{Plan, read_all};
use redbinder::theme::Theme;
use redbinder::{Compilation, files, load, render, tailor};

fn main() {
    divan::main();
}

static ROOT: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os("CORPUS").map_or(env!("CARGO_MANIFEST_DIR").into(), PathBuf::from));
static COMPILATION: LazyLock<Compilation> =
    LazyLock::new(|| Compilation::read(&ROOT).expect("the project can be read"));
static BINDER: LazyLock<Binder> =
    LazyLock::new(|| Binder::new(&COMPILATION.project, &COMPILATION.variants, &COMPILATION.plans));

fn content() -> files::Files {
    files::read_folder(&ROOT, &COMPILATION.project.config.content.value).expect("a folder")
}

/// The files from the disk.
#[divan::bench]
fn a_read() -> files::Files {
    content()
}

/// Front matter, and the markdown of pages without values.
#[divan::bench]
fn b_load(bencher: Bencher) {
    let settings = files::read_file(&ROOT, "site.toml").expect("settings");
    bencher.with_inputs(content).bench_values(|content| load::load(settings.as_deref(), |_| Ok(content)));
}

/// The same, when one page of them changed.
#[divan::bench]
fn b_load_again(bencher: Bencher) {
    let settings = files::read_file(&ROOT, "site.toml").expect("settings");
    let edited = || {
        let mut content = content();
        let page = content.files.iter_mut().rfind(|file| file.path.ends_with(".md")).expect("a page");
        page.bytes.extend_from_slice(b"\n\nEdited.\n");
        content
    };
    let before = Some(&COMPILATION.project);
    bencher
        .with_inputs(edited)
        .bench_values(|content| load::load_again(settings.as_deref(), |_| Ok(content), before));
}

/// Values filled in, sections merged, editions narrowed.
#[divan::bench]
fn c_tailor() -> Vec<tailor::Variant> {
    tailor::tailor(&COMPILATION.project)
}

/// Records, links and names.
#[divan::bench]
fn d_plan() -> Vec<Plan> {
    let project = &COMPILATION.project;
    read_all(&COMPILATION.variants, &project.sources, &[])
}

/// The words of all pages, for the rules.
#[divan::bench]
fn e_words() -> Binder<'static> {
    Binder::new(&COMPILATION.project, &COMPILATION.variants, &COMPILATION.plans)
}

/// One rule, on one core.
#[divan::bench(args = RULES.iter().map(|rule| rule.name))]
fn f_rule(name: &str) -> Findings {
    let rule = redbinder::check::rule(name).expect("a rule");
    let mut findings = Findings::default();
    (rule.look)(&BINDER, &mut findings);
    findings
}

/// One page as HTML in its frame, with what its folder needs.
#[divan::bench]
fn g_page() -> Option<Vec<u8>> {
    let plan = &COMPILATION.plans[0];
    let page = plan.pages.iter().rfind(|page| page.path.contains('/')).expect("a page in a folder");
    let folder = &COMPILATION.project.config.editions[plan.edition.name()].value;
    let path = page.path.replace(".md", ".html");
    let slash = if folder.is_empty() { "" } else { "/" };
    COMPILATION.render_file(&format!("{folder}{slash}{}/{path}", plan.name)).expect("a page")
}

/// The index of the search, of the first plan.
#[divan::bench]
fn h_search_index() -> String {
    render::search::index(&COMPILATION.plans[0], &Default::default())
}

/// The whole site, in memory.
#[divan::bench]
fn i_site() -> files::Output {
    COMPILATION.render().expect("a site")
}

/// The templates, style sheets and scripts of the theme.
#[divan::bench]
fn j_theme() -> Theme {
    Theme::new(&files::Files::default(), "", &mut black_box(redbinder::source::Sources::default()))
}

/// The site written to a folder, and put in the place of the one before.
#[divan::bench]
fn k_write(bencher: Bencher) {
    let site = COMPILATION.render().expect("a site");
    let folder = std::env::temp_dir().join(format!("redbinder-bench-{}", std::process::id()));
    bencher.bench(|| files::publish(&ROOT, &["content"], &folder.to_string_lossy(), &site));
    let _ = std::fs::remove_dir_all(folder);
}
