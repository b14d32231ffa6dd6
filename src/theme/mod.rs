//! The theme: the built-in one, with a site's own files laid over it.

mod bundle;
mod colours;
mod flat;
mod long;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::{self, Write};
use std::io;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use sha2::{Digest, Sha256};

use crate::files::Files;
use crate::limits;
use crate::source::{SourceId, Sources, Span};

pub use colours::Paper;

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// The service worker's text, which becomes a file of each folder it is for.
const WORKER: &str = "static/offline/worker.js";

/// Of text that a template is around, as many bytes give it a step more. The engine takes a step for 64 bytes each
/// time they pass: into a filter, out of it, into the page.
const BYTES_OF_A_STEP: usize = 16;

/// Templates, and the files they use.
#[derive(Debug, Clone)]
pub struct Theme {
    /// Whether nothing is laid over the built-in one
    pub is_built_in: bool,
    environment: Environment<'static>,
    /// By name, such as `style.css` or `search.js`: the address from the site's root, and the bytes.
    pub assets: BTreeMap<String, (String, Arc<[u8]>)>,
    /// The service worker, without its list of files
    pub worker: String,
    /// The colours behind a page
    pub paper: Paper,
    /// What is wrong with the site's own files. The built-in ones stand in for those.
    pub faults: Vec<Fault>,
    /// All text of the built-in files: what a site's own ones say is looked through like a page
    pub text: String,
    /// The site's own texts, by path in the theme, as they are in the sources
    own: BTreeMap<String, (SourceId, String)>,
}

/// Why a theme cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, in a file of the site's own theme; `None` where no file of it is to blame.
    pub span: Option<Span>,
    /// What is wrong
    pub message: String,
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault { span: None, message }
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> String {
        fault.message
    }
}

impl Theme {
    /// The built-in theme with `own` laid over it, `templates/…` and `static/…` in `folder`. Its texts are
    /// added to the sources, so that what is wrong with them has a place.
    pub fn new(own: &Files, folder: &str, sources: &mut Sources) -> Theme {
        let mut theme = Theme {
            is_built_in: own.is_empty(),
            environment: environment(),
            assets: BTreeMap::new(),
            worker: String::new(),
            paper: Paper::default(),
            faults: Vec::new(),
            text: String::new(),
            own: BTreeMap::new(),
        };
        let mut texts = BTreeMap::new();
        let mut others = BTreeMap::new();
        for (path, bytes) in built_in() {
            match String::from_utf8(bytes) {
                Ok(text) => drop(texts.insert(path, text)),
                Err(error) => drop(others.insert(path, error.into_bytes())),
            }
        }
        for (path, text) in &texts {
            theme.add_template(path, text);
        }
        theme.text = texts.values().map(String::as_str).collect::<Vec<_>>().join("\n");
        for file in &own.files {
            let Some(path) = file.path.strip_prefix(folder).and_then(|path| path.strip_prefix('/')) else {
                continue;
            };
            match str::from_utf8(&file.bytes) {
                Ok(text) => {
                    let source = sources.add(file.path.as_str(), text);
                    theme.own.insert(path.to_string(), (source, text.to_string()));
                    theme.add_template(path, text);
                    texts.insert(path.to_string(), text.to_string());
                }
                Err(error) if is_text(path) => {
                    let text = String::from_utf8_lossy(&file.bytes);
                    let source = sources.add(file.path.as_str(), &*text);
                    let at = error.valid_up_to();
                    let span = Some(Span::new(source, at..at + '\u{FFFD}'.len_utf8()));
                    theme.faults.push(Fault { span, message: "this file is not UTF-8".into() });
                }
                Err(_) => drop(others.insert(path.to_string(), file.bytes.clone())),
            }
        }
        theme.worker = texts.remove(WORKER).unwrap_or_default();
        let mut sheets = BTreeMap::new();
        let mut scripts = BTreeMap::new();
        for (path, text) in texts {
            let Some(name) = path.strip_prefix("static/") else { continue };
            let (bundled, is_sheet) = (bundle::is_bundled(name), name.ends_with(".css"));
            match (bundled, is_sheet) {
                (true, true) => drop(sheets.insert(name.to_string(), text)),
                (true, false) => drop(scripts.insert(name.to_string(), text)),
                (false, _) => drop(others.insert(path, text.into_bytes())),
            }
        }
        for (path, bytes) in others {
            if let Some(name) = path.strip_prefix("static/") {
                theme.assets.insert(name.to_string(), asset(name, bytes));
            }
        }
        let style = bundle::style(&sheets);
        theme.paper = Paper::of(&style);
        theme.assets.insert(bundle::STYLE.into(), asset(bundle::STYLE, style.into_bytes()));
        match bundle::scripts(&scripts) {
            Ok(bundles) => theme.assets.extend(bundles.into_iter().map(|(name, script)| {
                let file = asset(&name, script.into_bytes());
                (name, file)
            })),
            Err(broken) => {
                // Where a built-in script is one of two, the site's own is the one to mend.
                let places = std::iter::once((broken.name, broken.line)).chain(broken.other);
                let span = places.into_iter().find_map(|(name, at)| {
                    let (source, text) = theme.own.get(&format!("static/{name}"))?;
                    Some(line(*source, text, at))
                });
                theme.faults.push(Fault { span, message: broken.reason });
            }
        }
        theme
    }

    fn add_template(&mut self, path: &str, text: &str) {
        let Some(name) = path.strip_prefix("templates/") else { return };
        // The built-in ones are read as they are.
        let own = self.own.get(path);
        if let Some((source, (at, why))) =
            own.and_then(|(source, text)| Some((*source, long::too_long(text)?)))
        {
            let span = Some(Span::new(source, at..at));
            self.faults.push(Fault { span, message: format!("this template cannot be used: {why}") });
            return;
        }
        if let Err(error) = self.environment.add_template_owned(name.to_string(), text.to_string()) {
            let fault = self.fault(&error);
            self.faults.push(fault);
        }
        let Some((source, text)) = self.own.get(path) else { return };
        let template = self.environment.get_template(name).ok();
        if let Some((number, why)) = template.and_then(|template| flat::nesting(&template)) {
            let span = Some(line(*source, text, number.saturating_sub(1)));
            let message =
                format!("this template cannot be used: {why}, so that it keeps {}", limits::THEME_STEPS);
            self.faults.push(Fault { span, message });
        }
    }

    /// A template filled in.
    ///
    /// # Errors
    /// When the template does not exist or uses what is not there.
    pub fn render(&self, template: &str, context: &Value) -> Result<String, Fault> {
        let template = self.environment.get_template(template).map_err(|error| self.fault(&error))?;
        template.render(context).map_err(|error| self.fault(&error))
    }

    /// Writes a template filled in around `bytes` of text, such as all pages: the more of that, the more steps it
    /// may take.
    ///
    /// # Errors
    /// As [`Theme::render`], and where `out` does not take what is written.
    pub fn render_around(
        &self,
        bytes: usize,
        template: &str,
        context: &Value,
        out: &mut dyn io::Write,
    ) -> Result<(), Fault> {
        let mut environment = self.environment.clone();
        environment.set_fuel(Some((limits::THEME_STEPS.most + bytes / BYTES_OF_A_STEP) as u64));
        let template = environment.get_template(template).map_err(|error| self.fault(&error))?;
        template.render_captured_to(context, out).map(drop).map_err(|error| self.fault(&error))
    }

    /// What the template engine says, at the innermost place that is in a file of the site's own.
    fn fault(&self, error: &Error) -> Fault {
        let mut chain = vec![error];
        while let Some(cause) = chain[chain.len() - 1].source().and_then(|cause| cause.downcast_ref()) {
            chain.push(cause);
        }
        let cause = chain[chain.len() - 1];
        let words = match cause.kind() {
            ErrorKind::OutOfFuel => format!("it does not end within {}", limits::THEME_STEPS),
            kind => cause.detail().map_or(kind.to_string(), str::to_string),
        };
        let span = chain.iter().rev().find_map(|error| {
            let (source, text) = self.own.get(&format!("templates/{}", error.name()?))?;
            match error.range() {
                Some(range) => Some(Span::new(*source, range)),
                None => Some(line(*source, text, error.line()?.saturating_sub(1))),
            }
        });
        let place = match (cause.name(), cause.line()) {
            (Some(name), _) if self.own.contains_key(&format!("templates/{name}")) && span.is_some() => {
                String::new()
            }
            (Some(name), Some(line)) => format!(" in the template {name}, line {line}"),
            (Some(name), None) => format!(" in the template {name}"),
            _ => String::new(),
        };
        Fault { span, message: format!("this template cannot be used: {words}{place}") }
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(limits::THEME_STEPS.most as u64));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    flat::flatten(&mut environment);
    environment.add_function("english", english);
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        match value.as_str() {
            Some(text) if value.is_safe() => out.write_str(text)?,
            Some(text) => write_escaped(out, text)?,
            // Lists in lists can be endless as a text.
            None if value.as_object().is_some() => {
                let message = "this is a list or a map, no single value; write one of its parts";
                return Err(Error::new(ErrorKind::InvalidOperation, message));
            }
            None => write!(out, "{value}")?,
        }
        Ok(())
    });
    environment
}

/// The attribute of an element whose words are the theme's own, where the page is in another language: a
/// screen reader reads them as English then, and they run from left to right.
fn english(state: &State) -> Value {
    let of = |owner: &str| state.lookup(owner).and_then(|owner| owner.get_attr("language").ok());
    let known = |language: &Value| language.as_str().is_some_and(|tag| !tag.is_empty());
    let language = of("variant").filter(known).or_else(|| state.lookup("language")).filter(known);
    let language = language.or_else(|| of("site")).unwrap_or_default();
    language.as_str().map_or(MARKS[0].clone(), english_within)
}

/// No attribute, and one.
static MARKS: LazyLock<[Value; 2]> =
    LazyLock::new(|| ["", " lang=\"en\""].map(|mark| Value::from_safe_string(mark.into())));

fn english_within(language: &str) -> Value {
    MARKS[usize::from(language.split('-').next() != Some("en"))].clone()
}

/// The function `english` of pages whose language is known, by its tag: it need not look for that each time.
pub fn english_of(language: &str) -> Value {
    let mark = english_within(language);
    Value::from_function(move || mark.clone())
}

/// Text as HTML, also inside an attribute in double quotes.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing into memory does not fail.
    let _ = write_escaped(&mut escaped, text);
    escaped
}

/// Writes text as [`escape_html`] gives it.
pub fn write_escaped(out: &mut impl Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some((at, escape)) = first_escaped(rest) {
        out.write_str(&rest[..at])?;
        out.write_str(escape)?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// Where the first character of a text stands that has a meaning in HTML, and what is written for it.
fn first_escaped(text: &str) -> Option<(usize, &'static str)> {
    let escape = |byte: u8| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    };
    // Most text has none of them: whether a piece has any is told without a look at each byte in turn.
    const PIECE: usize = 32;
    let has_any = |piece: &[u8; PIECE]| {
        piece.iter().fold(false, |any, byte| {
            any | (*byte == b'&') | (*byte == b'<') | (*byte == b'>') | (*byte == b'"')
        })
    };
    let (pieces, _) = text.as_bytes().as_chunks();
    let passed = pieces.iter().take_while(|piece| !has_any(piece)).count() * PIECE;
    text.bytes().enumerate().skip(passed).find_map(|(at, byte)| Some((at, escape(byte)?)))
}

fn built_in() -> Vec<(String, Vec<u8>)> {
    fn collect(folder: &Dir, files: &mut Vec<(String, Vec<u8>)>) {
        for file in folder.files() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let bytes = match file.contents_utf8() {
                Some(script) if path.ends_with(".js") => bundle::bare(script).into_bytes(),
                Some(sheet) if path.ends_with(".css") => bundle::bare_sheet(sheet).into_bytes(),
                _ => file.contents().to_vec(),
            };
            files.push((path, bytes));
        }
        folder.dirs().for_each(|folder| collect(folder, files));
    }
    let mut files = Vec::new();
    collect(&BUILT_IN, &mut files);
    files
}

/// Whether a file of a theme can only be a text.
fn is_text(path: &str) -> bool {
    path.starts_with("templates/") || [".css", ".js", ".svg"].iter().any(|ending| path.ends_with(ending))
}

/// A line of a text, counted from 0.
fn line(source: SourceId, text: &str, line: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let length = text[start..].lines().next().map_or(0, str::len);
    Span::new(source, start..start + length)
}

fn asset(name: &str, bytes: Vec<u8>) -> (String, Arc<[u8]>) {
    (asset_address(name, &bytes), bytes.into())
}

/// The address changes with the bytes, so that browsers may keep a file for ever.
fn asset_address(name: &str, bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("assets/{stem}.{hash}.{ending}"),
        None => format!("assets/{name}.{hash}"),
    }
}
