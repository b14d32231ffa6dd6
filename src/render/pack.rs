//! One variant in one file, to be carried on a stick: a zip that is the same each time.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::config::Config;
use crate::files::Output;
use crate::plan::Plan;
use crate::render::press::Press;
use crate::render::{GENERATOR, Sink, render_edition};
use crate::theme::{Fault, Theme};

/// So much of a version is in the name of a pack.
const VERSION: usize = 40;

/// What a pack is called, without its ending: `bixal-responders-4.2`.
pub fn name(plan: &Plan) -> String {
    let mut name = format!("{}-{}", plan.name, plan.edition.name());
    let version: String = plan
        .document
        .version
        .chars()
        .take(VERSION)
        .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' })
        .collect();
    if !version.is_empty() {
        name += &format!("-{version}");
    }
    name
}

/// The files of a pack: the variant alone, as its edition has it, with what it needs beside it. The
/// `index.html` leads to its first page.
///
/// # Errors
/// When a template of the theme cannot be used.
pub fn files(config: &Config, plan: &Plan, theme: &Theme) -> Result<Output, Fault> {
    // It lies on no server: it has no address, and nothing has to be kept of it.
    let config = Config { base_url: None, offline: false, ..config.clone() };
    let plans = [(plan, 0)];
    let press = Press { packed: true, ..Press::new(&config, theme, plan.edition, &plans, "") };
    let files: Mutex<Output> = Mutex::default();
    render_edition(&press, &files)?;
    let first = format!("{}/index.html", plan.name);
    let (language, direction) = press.language(plan);
    let context = context! {
        site => press.site(),
        language => language,
        direction => direction,
        title => &plan.title,
        canonical => (),
        target => crate::render::address::relative("index.html", &first),
        generator => GENERATOR,
        asset => press.assets("index.html"),
    };
    files.put("index.html", theme.render("redirect.html", &context)?.as_bytes())?;
    Ok(files.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Files as a zip, all of them in one folder.
///
/// # Errors
/// When they are more than a zip can hold.
pub fn zip(folder: &str, files: &Output) -> Result<Arc<[u8]>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("cannot pack {folder}: {error}");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // The first day a zip knows, so that the same files are the same bytes.
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9));
    for (path, bytes) in files {
        writer.start_file(format!("{folder}/{path}"), options).map_err(|error| fail(&error))?;
        writer.write_all(bytes).map_err(|error| fail(&error))?;
    }
    Ok(writer.finish().map_err(|error| fail(&error))?.into_inner().into())
}
