//! The theme's style sheets as one, and the scripts of a page as one: a page view asks for two files,
//! however many the theme is written in.

use std::collections::BTreeMap;

/// The sheet that comes first, and the name of all of them together.
pub const STYLE: &str = "style.css";
/// The name of the scripts of every page together.
pub const SCRIPT: &str = "site.js";
/// Folders of scripts that only some pages need. Those of `tools/` and those of every page are together
/// `tools.js`, which such a page loads in the place of [`SCRIPT`].
pub const PARTS: [&str; 3] = ["choice", "door", "tools"];
/// The folder of scripts that are loaded when somebody asks for them. They are one script, which stands for
/// itself: `search.js`.
pub const ON_DEMAND: &str = "search";

/// Whether a file of `static/`, by its path in there, goes into a bundle. What is in another folder
/// stands for itself, such as a picture.
pub fn is_bundled(path: &str) -> bool {
    match path.split_once('/') {
        None => path.ends_with(".css") || path.ends_with(".js"),
        Some((folder, name)) => {
            let bundled = folder == ON_DEMAND || PARTS.contains(&folder);
            bundled && !name.contains('/') && name.ends_with(".js")
        }
    }
}

/// The scripts that pages load, each with its name: [`SCRIPT`], one for each of [`PARTS`], and [`ON_DEMAND`].
///
/// # Errors
/// See [`script`].
pub fn scripts(all: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, Broken> {
    let of_every_page = |path: &str| !path.contains('/');
    let is_of = |path: &str, part| path.split_once('/').is_some_and(|(folder, _)| folder == part);
    let some = |wanted: &dyn Fn(&str) -> bool| {
        let wanted = all.iter().filter(|(path, _)| wanted(path));
        script(&wanted.map(|(path, text)| (path.clone(), text.clone())).collect())
    };
    let mut bundles = vec![(SCRIPT.to_string(), some(&of_every_page)?)];
    for part in PARTS {
        bundles.push((format!("{part}.js"), some(&|path| of_every_page(path) || is_of(path, part))?));
    }
    bundles.push((format!("{ON_DEMAND}.js"), some(&|path| is_of(path, ON_DEMAND))?));
    Ok(bundles)
}

/// The style sheets one after the other: [`STYLE`] first, since it declares the cascade layers, then
/// by name.
pub fn style(sheets: &BTreeMap<String, String>) -> String {
    let first = sheets.get(STYLE).into_iter();
    let others = sheets.iter().filter(|(name, _)| *name != STYLE).map(|(_, sheet)| sheet);
    first.chain(others).map(|sheet| sheet.trim_end().to_string() + "\n").collect()
}

/// Why scripts cannot be one: where, and the reason.
#[derive(Debug)]
pub struct Broken {
    /// The script, such as `menu.js`
    pub name: String,
    /// The line, from 0
    pub line: usize,
    /// Another script and its line, where two disagree
    pub other: Option<(String, usize)>,
    /// What is wrong there, and what to do
    pub reason: String,
}

/// The scripts as one classic script, since browsers load no modules from a disk. Each is written as
/// a module; all of them share one scope here, so what they import is there, and imports and the word
/// `export` are left out.
///
/// # Errors
/// When an import is not one line that names one of them, or two of them define one name.
fn script(scripts: &BTreeMap<String, String>) -> Result<String, Broken> {
    let mut bundle = String::from("(() => {\n\"use strict\";\n");
    let mut defined: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (name, text) in scripts {
        for (index, line) in text.lines().enumerate() {
            let broken = |reason: String| Broken { name: name.clone(), line: index, other: None, reason };
            if line.starts_with("import ") || line.starts_with("import{") {
                let from = line.trim_end().strip_suffix("\";").and_then(|line| line.rsplit_once("from \""));
                if from.and_then(|(_, to)| beside(name, to)).is_some_and(|path| scripts.contains_key(&path)) {
                    continue;
                }
                return Err(broken(
                    "an import is one line that names a script of the same page: `import { … } from \"./name.js\";`"
                        .into(),
                ));
            }
            let line = match line.strip_prefix("export ") {
                Some(rest) if rest.starts_with("default ") || rest.starts_with(['{', '*']) => {
                    return Err(broken("write `export` before what is defined".into()));
                }
                Some(rest) => rest,
                None => line,
            };
            if let Some(definition) = definition(line)
                && let Some((other, line)) = defined.insert(definition, (name, index))
            {
                let reason = format!(
                    "`{definition}` is defined in static/{other} and in static/{name}, and the scripts of a theme share their names"
                );
                return Err(Broken { other: Some((other.into(), line)), ..broken(reason) });
            }
            // Readers need no indentation. A text over several lines would lose its own.
            if !line.trim().is_empty() {
                bundle.push_str(line.trim());
                bundle.push('\n');
            }
        }
    }
    bundle.push_str("})();\n");
    Ok(bundle)
}

/// The path of a script that another one names: `./name.js`, or `../name.js` from a folder.
fn beside(from: &str, to: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map(|(folder, _)| folder);
    match (to.strip_prefix("./"), to.strip_prefix("../"), folder) {
        (Some(name), _, Some(folder)) => Some(format!("{folder}/{name}")),
        (Some(name), _, None) | (_, Some(name), Some(_)) => Some(name.to_string()),
        _ => None,
    }
}

/// A script of ours without its comments, each line where it was. A line that begins as a comment is one, and
/// so is all between `/**` and `*/`: no text in our scripts has these.
pub fn bare(script: &str) -> String {
    let mut bare = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines() {
        let mut rest = if line.trim_start().starts_with("//") { "" } else { line };
        while !rest.is_empty() {
            let (kept, after) = match (inside, rest.split_once(if inside { "*/" } else { "/**" })) {
                (true, after) => ("", after.map(|(_, after)| after)),
                (false, Some((kept, after))) => (kept, Some(after)),
                (false, None) => (rest, None),
            };
            bare.push_str(kept);
            rest = after.unwrap_or_default();
            inside ^= after.is_some();
        }
        bare.truncate(bare.trim_end_matches(' ').len());
        bare.push('\n');
    }
    bare
}

/// A style sheet of ours without its comments and indentation: no text in our sheets has their signs.
pub fn bare_sheet(sheet: &str) -> String {
    let mut parts = sheet.split("/*");
    let mut bare = parts.next().unwrap_or_default().to_string();
    bare.extend(parts.filter_map(|part| part.split_once("*/")).map(|(_, after)| after));
    bare.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| line.to_string() + "\n").collect()
}

/// The name that a line defines for the whole script.
fn definition(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let line = ["function* ", "function ", "const ", "let ", "class "]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    let end = line.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(line.len());
    (end > 0).then(|| &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
    }

    #[test]
    fn the_style_sheet_that_declares_the_layers_comes_first() {
        let sheets = files(&[("a.css", "a {}\n\n"), ("style.css", "@layer parts;"), ("z.css", "z {}")]);
        assert_eq!(style(&sheets), "@layer parts;\na {}\nz {}\n");
    }

    #[test]
    fn modules_become_one_classic_script() {
        let scripts = files(&[
            ("a.js", "import { b } from \"./b.js\";\naddEventListener(\"load\", b);\n"),
            ("b.js", "export function b() {\n  export_();\n}\n"),
        ]);
        let expected = "(() => {\n\"use strict\";\naddEventListener(\"load\", b);\nfunction b() {\nexport_();\n}\n})();\n";
        assert_eq!(script(&scripts).unwrap(), expected);
    }

    #[test]
    fn comments_of_ours_are_not_published() {
        let script =
            "// One\n/**\n * Two {a}\n */\nfunction f(a) {\n  const b = /** @type {B} */ (a); // kept\n}\n";
        assert_eq!(bare(script), "\n\n\n\nfunction f(a) {\n  const b =  (a); // kept\n}\n");
    }

    #[test]
    fn a_sheet_of_ours_is_published_without_what_only_we_read() {
        let sheet = "/* One\n   two */\n@layer a {\n  b { c: d; } /* e */\n\n  f { g: \"h\"; }\n}\n";
        assert_eq!(bare_sheet(sheet), "@layer a {\nb { c: d; }\nf { g: \"h\"; }\n}\n");
    }

    #[test]
    fn pages_with_tools_load_those_of_every_page_with_them() {
        let all = files(&[
            ("a.js", "export const a = 1;"),
            ("tools/b.js", "import { a } from \"../a.js\";\nimport { c } from \"./c.js\";\nc(a);"),
            ("tools/c.js", "export function c() {}"),
        ]);
        let bundles = scripts(&all).unwrap();
        let expected =
            [("site.js", "const a = 1;\n"), ("tools.js", "const a = 1;\nc(a);\nfunction c() {}\n")];
        for (name, expected) in expected {
            let text = &bundles.iter().find(|(other, _)| other == name).expect("a script").1;
            assert!(text.contains(expected), "{text}");
        }
        // What only some pages have cannot be counted on by all.
        let broken = scripts(&files(&[("a.js", "import { b } from \"./tools/b.js\";"), ("tools/b.js", "")]))
            .unwrap_err();
        assert_eq!((broken.name.as_str(), broken.line), ("a.js", 0));
    }

    #[test]
    fn what_is_loaded_on_demand_stands_for_itself() {
        let all = files(&[("a.js", "export const a = 1;"), ("search/b.js", "export const b = 1;")]);
        let bundles = scripts(&all).unwrap();
        let (_, search) = bundles.iter().find(|(name, _)| name == "search.js").expect("a script");
        assert_eq!(search, "(() => {\n\"use strict\";\nconst b = 1;\n})();\n");
        assert!(bundles.iter().all(|(name, script)| name == "search.js" || !script.contains("const b")));
    }

    #[test]
    fn two_scripts_do_not_define_one_name() {
        let scripts = files(&[("a.js", "const x = 1;"), ("b.js", "\nexport async function x() {}")]);
        let broken = script(&scripts).unwrap_err();
        assert_eq!((broken.name.as_str(), broken.line), ("b.js", 1));
        assert_eq!(broken.other, Some(("a.js".to_string(), 0)));
        assert!(script(&files(&[("a.js", "const x = 1;"), ("b.js", "  const x = 2;")])).is_ok());
    }

    #[test]
    fn an_import_is_one_line_from_beside() {
        for line in ["import x from \"https://elsewhere.example/x.js\";", "import {", "import \"./a.js\";"] {
            let broken = script(&files(&[("a.js", line)])).unwrap_err();
            assert!(broken.reason.starts_with("an import"), "{broken:?}");
        }
    }
}
