//! The theme: the built-in one, with a site's own files laid over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use minijinja::{Environment, UndefinedBehavior, Value};
use sha2::{Digest, Sha256};

use crate::files::Files;
use crate::render::{bundle, escape_html};

static BUILT_IN: Dir = include_dir!("$CARGO_MANIFEST_DIR/themes/default");

/// Templates, and the files they use.
pub struct Theme {
    environment: Environment<'static>,
    /// By name, such as `style.css` or `search/search.js`: the address from the site's root, and the bytes.
    pub assets: BTreeMap<String, (String, Arc<[u8]>)>,
}

impl Theme {
    /// The built-in theme with `own` laid over it: `templates/…` and `static/…`.
    ///
    /// # Errors
    /// When a template cannot be read; the text says which, and where.
    pub fn new(own: &Files, folder: &str) -> Result<Theme, String> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(|out, _, value| {
            if value.is_undefined() || value.is_none() {
                return Ok(());
            }
            match value.as_str() {
                Some(text) if value.is_safe() => out.write_str(text)?,
                _ => out.write_str(&escape_html(&value.to_string()))?,
            }
            Ok(())
        });
        let files = laid_over(own, folder);
        let mut assets = BTreeMap::new();
        let mut sheets = BTreeMap::new();
        let mut scripts = BTreeMap::new();
        for (path, bytes) in files {
            if let Some(name) = path.strip_prefix("templates/") {
                let text =
                    String::from_utf8(bytes).map_err(|_| format!("the template {name} is not UTF-8"))?;
                environment.add_template_owned(name.to_string(), text).map_err(|error| words(&error))?;
            } else if let Some(name) = path.strip_prefix("static/") {
                if !bundle::is_bundled(name) {
                    assets.insert(name.to_string(), asset(name, bytes));
                    continue;
                }
                let text = String::from_utf8(bytes).map_err(|_| format!("static/{name} is not UTF-8"))?;
                let into = if name.ends_with(".css") { &mut sheets } else { &mut scripts };
                into.insert(name.to_string(), text);
            }
        }
        let bundles = [(bundle::STYLE, bundle::style(&sheets)), (bundle::SCRIPT, bundle::script(&scripts)?)];
        assets.extend(bundles.map(|(name, text)| (name.to_string(), asset(name, text.into_bytes()))));
        Ok(Theme { environment, assets })
    }

    /// A template filled in.
    ///
    /// # Errors
    /// When the template does not exist or uses what is not there.
    pub fn render(&self, template: &str, context: &Value) -> Result<String, String> {
        let template = self.environment.get_template(template).map_err(|error| words(&error))?;
        template.render(context).map_err(|error| words(&error))
    }
}

/// The files of the built-in theme with `own` laid over them.
fn laid_over(own: &Files, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    collect(&BUILT_IN, &mut files);
    for file in &own.files {
        if let Some(path) = file.path.strip_prefix(folder).and_then(|path| path.strip_prefix('/')) {
            files.insert(path.to_string(), file.bytes.clone());
        }
    }
    files
}

/// All text of the theme's files.
pub fn text(own: &Files, folder: &str) -> String {
    let files = laid_over(own, folder);
    files.values().filter_map(|bytes| str::from_utf8(bytes).ok()).collect::<Vec<_>>().join("\n")
}

fn words(error: &minijinja::Error) -> String {
    let place = match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!("the template {name}, line {line}"),
        (Some(name), None) => format!("the template {name}"),
        _ => "a template of the theme".into(),
    };
    format!("{place}: {}", error.detail().map_or(error.kind().to_string(), str::to_string))
}

fn collect(folder: &Dir, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let script = file.contents_utf8().filter(|_| path.ends_with(".js"));
        let bytes =
            script.map_or_else(|| file.contents().to_vec(), |script| bundle::bare(script).into_bytes());
        files.insert(path, bytes);
    }
    folder.dirs().for_each(|folder| collect(folder, files));
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
