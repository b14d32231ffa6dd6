//! What reading, parsing, one template and writing cost alone, with no checks, links, search or
//! highlighting: `floor CORPUS OUT [BYTES [COPIES]]` makes a page of each markdown file below CORPUS, with a
//! list of the pages in its folder, on all cores, and all of it so many times. Each is filled up with
//! spaces, so that BYTES are written in all: as many as another program writes for the same corpus.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minijinja::{Environment, context};
use rayon::prelude::*;

#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const TEMPLATE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{{ title }}</title>
<nav><ul>{% for page in pages %}<li><a href=\"{{ page }}\">{{ page }}</a></li>{% endfor %}</ul></nav>
<main>{{ body | safe }}</main></html>
";

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(corpus), Some(out)) = (args.next(), args.next()) else {
        eprintln!("floor CORPUS OUT [BYTES [COPIES]]");
        std::process::exit(2);
    };
    let mut number = |otherwise| args.next().and_then(|number| number.parse().ok()).unwrap_or(otherwise);
    let (bytes, copies): (usize, usize) = (number(0), number(1));
    let (corpus, out) = (Path::new(&corpus), Path::new(&out));

    let mut files = Vec::new();
    find(corpus, &mut files);
    let mut folders: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for file in &files {
        let folder = file.parent().unwrap_or(corpus).to_path_buf();
        let name = file.with_extension("html").file_name().unwrap_or_default().to_string_lossy().into_owned();
        folders.entry(folder).or_default().push(name);
    }
    let below =
        |copy: usize, path: &Path| out.join(copy.to_string()).join(path.strip_prefix(corpus).unwrap_or(path));
    for copy in 0..copies {
        folders.keys().for_each(|folder| fs::create_dir_all(below(copy, folder)).expect("a folder"));
    }
    let mut environment = Environment::new();
    environment.add_template("page.html", TEMPLATE).expect("a template");
    let least = bytes / (files.len() * copies).max(1);
    let pages = (0..copies).flat_map(|copy| files.iter().map(move |file| (copy, file)));
    pages.collect::<Vec<_>>().par_iter().for_each(|(copy, file)| {
        let text = fs::read_to_string(file).expect("a text");
        let mut body = String::with_capacity(text.len() * 2);
        pulldown_cmark::html::push_html(
            &mut body,
            pulldown_cmark::Parser::new_ext(&text, pulldown_cmark::Options::all()),
        );
        let name = below(*copy, file).with_extension("html");
        let pages = &folders[file.parent().unwrap_or(corpus)];
        let template = environment.get_template("page.html").expect("the template");
        let mut page = template
            .render(context! { title => name.to_string_lossy(), pages => pages, body => body })
            .expect("a page");
        let missing = least.saturating_sub(page.len());
        page.extend(std::iter::repeat_n(' ', missing));
        fs::write(name, page).expect("a file");
    });
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => find(&path, files),
            false if path.extension().is_some_and(|ending| ending == "md") => files.push(path),
            false => {}
        }
    }
}
