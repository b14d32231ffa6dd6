//! `site.toml`: what is built, for whom, and which rules count how much.

pub mod schema;

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned as Placed;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Level, did_you_mean};
use crate::limits;
use crate::source::{SourceId, Span, Spanned};

/// The settings of a project. Every one has a default: `site.toml` may be empty.
#[derive(Debug, Clone)]
pub struct Config {
    /// The site's title
    pub title: String,
    /// The language of the site, such as `en` or `pt-BR` (BCP 47)
    pub lang: String,
    /// Whether browsers keep the site for the time without a network
    pub offline: bool,
    /// Where the site is published, without a slash at its end; for the sitemap and canonical addresses.
    pub base_url: Option<String>,
    /// The folder of the layers
    pub content: Spanned<String>,
    /// The folder the site is written to
    pub output: String,
    /// A folder laid over the built-in theme, file by file
    pub theme: Option<Spanned<String>>,
    /// Where a page's source can be changed; `{path}` stands for the file.
    pub edit_url: Option<String>,
    /// What printed copies are printed on
    pub paper: Paper,
    /// What is built: for each audience, its folder in the output.
    pub editions: BTreeMap<String, Spanned<String>>,
    /// Texts that stand for what an audience alone may see: none of them may be in an edition for
    /// others.
    pub canaries: BTreeMap<String, Vec<Spanned<String>>>,
    /// The day from which reviews and exercises are judged to be due; not in `site.toml` but given
    /// with the command. Without it nothing is overdue: the same content always says the same.
    pub today: Option<jiff::civil::Date>,
    /// The addresses of other sites that did not answer, each with the reason; `None`
    /// where they were not asked.
    pub gone: Option<BTreeMap<String, String>>,
    /// The levels of rules that differ from their own; `None` switches a rule off.
    pub rules: BTreeMap<String, Spanned<Option<Level>>>,
}

impl Config {
    /// The folders of the project that its author writes: nothing is published into them.
    pub fn sources(&self) -> Vec<&str> {
        let theme = self.theme.as_ref().map(|theme| &*theme.value);
        std::iter::once(&*self.content.value).chain(theme).collect()
    }

    /// The edition that an address of the site lies in, by the name of its audience, with the edition's folder
    /// and the rest of the address: the one with the longest folder. `None` where it lies in none.
    pub fn edition_at<'a>(&'a self, address: &'a str) -> Option<(&'a str, &'a str, &'a str)> {
        let found = self.editions.iter().filter_map(|(name, folder)| {
            let folder = folder.value.as_str();
            let rest = match folder {
                "" => address,
                folder => address.strip_prefix(folder)?.strip_prefix('/')?,
            };
            Some((name.as_str(), folder, rest))
        });
        found.max_by_key(|(_, folder, _)| folder.len())
    }
}

impl Default for Config {
    fn default() -> Self {
        let nowhere = Span::default();
        Config {
            title: "Incident guidebook".into(),
            lang: "en".into(),
            offline: true,
            base_url: None,
            content: Spanned::new("content".into(), nowhere),
            output: "public".into(),
            theme: None,
            edit_url: None,
            paper: Paper::A4,
            editions: BTreeMap::from([("responders".into(), Spanned::new(String::new(), nowhere))]),
            canaries: BTreeMap::new(),
            today: None,
            gone: None,
            rules: BTreeMap::new(),
        }
    }
}

/// What printed copies are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// ISO 216: 210 by 297 mm
    A4,
    /// 8.5 by 11 inches
    UsLetter,
}

impl Paper {
    /// Every paper.
    pub const ALL: [Paper; 2] = [Paper::A4, Paper::UsLetter];

    /// Its name, as `site.toml` has it.
    pub fn name(self) -> &'static str {
        match self {
            Paper::A4 => "a4",
            Paper::UsLetter => "us-letter",
        }
    }

    /// How wide and how high the text of a page may be, in points.
    pub fn text_area(self) -> (f64, f64) {
        const POINTS: f64 = 72.0 / 25.4;
        let (width, height) = match self {
            Paper::A4 => (210.0, 297.0),
            Paper::UsLetter => (215.9, 279.4),
        };
        // What `sheets` in `print/sheet.typ` leaves between its margins.
        ((width - 2.0 * 22.0) * POINTS, (height - 24.0 - 26.0) * POINTS)
    }
}

/// Something in `site.toml` that cannot be what its author meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where
    pub span: Span,
    /// What is wrong
    pub message: String,
    /// What to do
    pub help: Option<String>,
}

/// A setting of `site.toml`.
#[derive(Debug)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// What it says, in one sentence.
    pub doc: &'static str,
}

/// What the value of a setting looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any text.
    Text,
    /// `true` or `false`.
    Switch,
    /// A language by its tag.
    Language,
    /// `https://…` or `http://…`
    WebAddress,
    /// A folder inside the project.
    Folder,
    /// A folder, inside the project or not.
    OutputFolder,
    /// The name of a paper.
    Paper,
    /// A table from audiences to folders in the output.
    Editions,
    /// A table from audiences to lists of texts.
    Canaries,
    /// A table from rules to levels.
    Rules,
}

/// Every setting: what is read, and what the schema describes.
pub const SETTINGS: &[Setting] = &[
    setting("title", Shape::Text, "The site's title."),
    setting("lang", Shape::Language, "The language of the site, such as `en` or `pt-BR`; else `en`."),
    setting(
        "offline",
        Shape::Switch,
        "Whether browsers keep a plan for the time without a network; else `true`.",
    ),
    setting(
        "base_url",
        Shape::WebAddress,
        "Where the site is published; for the sitemap, canonical addresses and the page for wrong ones.",
    ),
    setting("content", Shape::Folder, "The folder of the layers; else `content`."),
    setting("output", Shape::OutputFolder, "The folder the site is written to; else `public`."),
    setting("theme", Shape::Folder, "A folder laid over the built-in theme, file by file."),
    setting(
        "edit_url",
        Shape::WebAddress,
        "Where a page's source can be changed; `{path}` stands for the file.",
    ),
    setting("paper", Shape::Paper, "What printed copies are printed on; else `a4`."),
    setting(
        "editions",
        Shape::Editions,
        "For each audience that gets an edition, its folder in the output; `\"\"` is the output itself.",
    ),
    setting(
        "canaries",
        Shape::Canaries,
        "For an audience, texts that only it may see; where one of them is in an edition for others, nothing is published.",
    ),
    setting("rules", Shape::Rules, "Rules whose level is not their own, each with its level."),
];

const fn setting(key: &'static str, shape: Shape, doc: &'static str) -> Setting {
    Setting { key, shape, doc }
}

const AUDIENCES: &[&str] = &["public", "staff", "responders"];
const LEVELS: &[&str] = &["error", "warning", "note", "off"];

/// Reads `site.toml`, and tells everything that is wrong with it.
pub fn read(source: SourceId, text: &str) -> (Config, Vec<ConfigFault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { source, faults: Vec::new(), config: Config::default() };
    for error in errors {
        let span = reader.span(error.span().unwrap_or(0..0));
        reader.fault(span, error.message().trim_end_matches('.').to_string(), None);
    }
    reader.read(table.get_ref());
    (reader.config, reader.faults)
}

/// Whether a text has the form of a language's tag (BCP 47): `en`, `pt-BR`, `zh-Hans`.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_first = parts.next().is_some_and(|first| {
        (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    is_first
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// A path without parts that lead nowhere.
fn shortest(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

struct Reader {
    source: SourceId,
    faults: Vec<ConfigFault>,
    config: Config,
}

impl Reader {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    fn fault(&mut self, span: Span, message: String, help: Option<String>) {
        self.faults.push(ConfigFault { span, message, help });
    }

    fn read(&mut self, table: &DeTable) {
        let mut output = None;
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "title" => {
                    if let Some(text) = self.text("title", value) {
                        self.config.title = text.value;
                    }
                }
                "lang" => {
                    if let Some(text) = self.text("lang", value) {
                        if is_language(&text.value) {
                            self.config.lang = text.value;
                        } else {
                            let help = Some("write its tag, such as `en`, `es` or `pt-BR`".into());
                            self.fault(text.span, format!("`{}` is not a language", text.value), help);
                        }
                    }
                }
                "offline" => match value.get_ref() {
                    DeValue::Boolean(on) => self.config.offline = *on,
                    _ => {
                        let span = self.span(value.span());
                        self.fault(span, "`offline` must be `true` or `false`".into(), None);
                    }
                },
                "base_url" => {
                    let address = self.web_address("base_url", value);
                    self.config.base_url = address.map(|text| text.trim_end_matches('/').to_string());
                }
                "content" => {
                    if let Some(text) = self.folder("content", value) {
                        self.config.content = text;
                    }
                }
                "output" => {
                    if let Some(text) = self.text("output", value) {
                        let path = shortest(&text.value);
                        // A place of one machine is for whoever runs the program there to name.
                        let climbs = text.value.starts_with('/') || path.split('/').any(|part| part == "..");
                        if path.is_empty() || climbs || path.contains(char::is_control) {
                            let help = "name a folder of the project, such as `public`; `--output` takes any";
                            let message = "the output cannot be there".into();
                            self.fault(text.span, message, Some(help.into()));
                        } else {
                            self.config.output = path;
                            output = Some(text.span);
                        }
                    }
                }
                "theme" => self.config.theme = self.folder("theme", value),
                "edit_url" => self.config.edit_url = self.web_address("edit_url", value),
                "paper" => self.paper(value),
                "editions" => self.editions(value),
                "canaries" => self.canaries(value),
                "rules" => self.rules(value),
                other => {
                    let span = self.span(key.span());
                    let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
                    let help = did_you_mean(other, known.iter().copied())
                        .or_else(|| Some(format!("known keys are {}", known.join(", "))));
                    self.fault(span, format!("no setting is called `{other}`"), help);
                }
            }
        }
        self.keep_apart(output);
    }

    /// Tells an output among the sources, and sources in the output: where it is written, at `output`, or where
    /// they are.
    fn keep_apart(&mut self, output: Option<Span>) {
        let folders = [Some(&self.config.content), self.config.theme.as_ref()];
        let folders = folders.into_iter().flatten().map(|folder| (shortest(&folder.value), folder.span));
        let folders: Vec<_> = folders.filter(|(folder, _)| !folder.is_empty()).collect();
        let place = self.config.output.clone();
        let is_among = |folder: &str| Path::new(&place).starts_with(folder);
        if let Some(span) = output
            && folders.iter().any(|(folder, _)| is_among(folder))
        {
            let help = Some("name a folder of its own, such as `public`".into());
            self.fault(span, "the output cannot be among the sources".into(), help);
            return;
        }
        for (folder, span) in folders {
            if is_among(&folder) || Path::new(&folder).starts_with(&place) {
                let help = format!("name a folder outside of `{place}`, or another `output`");
                self.fault(
                    span,
                    format!("`{folder}` is in the folder that the site is written to"),
                    Some(help),
                );
            }
        }
    }

    fn web_address(&mut self, name: &str, value: &Placed<DeValue>) -> Option<String> {
        let text = self.text(name, value)?;
        if text.value.starts_with("https://") || text.value.starts_with("http://") {
            return Some(text.value);
        }
        let help = Some("write the whole address, such as `https://ir.agency.gov/plan`".into());
        self.fault(text.span, format!("`{}` is not a web address", text.value), help);
        None
    }

    fn text(&mut self, name: &str, value: &Placed<DeValue>) -> Option<Spanned<String>> {
        let span = self.span(value.span());
        match value.get_ref() {
            DeValue::String(text) if limits::NAME.is_passed_by(text) => {
                let help = Some(format!("write it in {} or fewer", limits::NAME.amount()));
                self.fault(span, format!("`{name}` is longer than {}", limits::NAME), help);
                None
            }
            DeValue::String(text) => Some(Spanned::new(text.to_string(), span)),
            _ => {
                self.fault(span, format!("`{name}` must be a text"), Some("put it in quotes".into()));
                None
            }
        }
    }

    /// A folder inside the project.
    fn folder(&mut self, name: &str, value: &Placed<DeValue>) -> Option<Spanned<String>> {
        let text = self.text(name, value)?;
        let path = text.value.trim_end_matches('/');
        let climbs = path.split('/').any(|part| part == "..") || path.starts_with('/') || path.is_empty();
        if climbs || path.contains(char::is_control) {
            let help = Some("redbinder reads nothing outside the project folder".into());
            self.fault(text.span, format!("`{name}` must be a folder inside the project"), help);
            return None;
        }
        Some(Spanned::new(path.to_string(), text.span))
    }

    fn table<'t, 'i>(&mut self, name: &str, value: &'t Placed<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
        let span = self.span(value.span());
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.fault(
                    span,
                    format!("`{name}` must be a table"),
                    Some(format!("write `[{name}]` on a line of its own")),
                );
                None
            }
        }
    }

    fn paper(&mut self, value: &Placed<DeValue>) {
        let Some(text) = self.text("paper", value) else { return };
        match Paper::ALL.into_iter().find(|paper| paper.name() == text.value) {
            Some(paper) => self.config.paper = paper,
            None => {
                let known = Paper::ALL.map(Paper::name);
                let help = did_you_mean(&text.value, known)
                    .or_else(|| Some(format!("papers are {}", known.join(", "))));
                self.fault(text.span, format!("no paper is called `{}`", text.value), help);
            }
        }
    }

    fn editions(&mut self, value: &Placed<DeValue>) {
        let Some(table) = self.table("editions", value) else { return };
        let mut editions: BTreeMap<String, Spanned<String>> = BTreeMap::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            let Some(folder) = self.text(name, value) else { continue };
            let path = folder.value.trim_end_matches('/').to_string();
            let is_inside = folder.value.is_empty() || path.split('/').all(is_plain);
            if !AUDIENCES.contains(&name) {
                let span = self.span(key.span());
                let help = Some(format!("editions are named for their audience: {}", AUDIENCES.join(", ")));
                self.fault(span, format!("no audience is called `{name}`"), help);
            } else if !is_inside {
                let help = "name a folder inside the output, such as `public`; `\"\"` is the output itself";
                let help = Some(help.into());
                self.fault(folder.span, "an edition's folder is a plain path inside the output".into(), help);
            // Some systems take capitals and small letters for the same.
            } else if editions.values().any(|other| other.value.to_lowercase() == path.to_lowercase()) {
                let help = Some("give each edition a folder of its own".into());
                self.fault(folder.span, format!("two editions are written to `{path}`"), help);
            } else {
                editions.insert(name.to_string(), Spanned::new(path, folder.span));
            }
        }
        if editions.is_empty() && self.faults.is_empty() {
            let span = self.span(value.span());
            self.fault(
                span,
                "no edition is built".into(),
                Some("write `responders = \"\"` for everything".into()),
            );
        }
        if !editions.is_empty() {
            self.config.editions = editions;
        }
    }

    fn canaries(&mut self, value: &Placed<DeValue>) {
        let Some(table) = self.table("canaries", value) else { return };
        for (key, value) in table.iter() {
            let name = key.get_ref().as_ref();
            // What everybody may see is no secret.
            if !AUDIENCES[1..].contains(&name) {
                let span = self.span(key.span());
                let help = Some(format!("canaries are for {}", AUDIENCES[1..].join(" or ")));
                self.fault(span, format!("no canaries are for `{name}`"), help);
                continue;
            }
            let DeValue::Array(texts) = value.get_ref() else {
                let help = Some(format!("write `{name} = [\"BLUE HERON\"]`"));
                self.fault(self.span(value.span()), format!("`{name}` must be a list of texts"), help);
                continue;
            };
            let texts: Vec<_> = texts.iter().filter_map(|text| self.text(name, text)).collect();
            for text in texts.iter().filter(|text| text.value.trim().chars().count() < 4) {
                let help = Some("take one of four letters or more, that no other text has".into());
                self.fault(text.span, "a canary this short is in many texts by chance".into(), help);
            }
            let texts = texts.into_iter().filter(|text| text.value.trim().chars().count() >= 4).collect();
            self.config.canaries.insert(name.to_string(), texts);
        }
    }

    fn rules(&mut self, value: &Placed<DeValue>) {
        let Some(table) = self.table("rules", value) else { return };
        for (key, value) in table.iter() {
            let name = key.get_ref().to_string();
            let Some(word) = self.text(&name, value) else { continue };
            let level = match word.value.as_str() {
                "error" => Some(Level::Error),
                "warning" => Some(Level::Warning),
                "note" => Some(Level::Note),
                "off" => None,
                other => {
                    let help = did_you_mean(other, LEVELS.iter().copied())
                        .or_else(|| Some(format!("levels are {}", LEVELS.join(", "))));
                    self.fault(word.span, format!("no level is called `{other}`"), help);
                    continue;
                }
            };
            let span = self.span(key.span());
            self.config.rules.insert(name, Spanned::new(level, span));
        }
    }
}

/// Whether a part of a path is the name of a folder that a person could type.
fn is_plain(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_a_whole_configuration() {
        let (config, faults) = read(SourceId(0), "");
        assert_eq!(faults, []);
        assert_eq!(config.content.value, "content");
        assert_eq!(config.editions.keys().collect::<Vec<_>>(), ["responders"]);
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        let text = "titel = \"x\"\ncontent = \"../secrets\"\nbase_url = 3\n[rules]\nbroken-link = \"eror\"\n[editions]\neverybody = \"\"\n";
        let (_, faults) = read(SourceId(0), text);
        let mut places: Vec<&str> = faults.iter().map(|fault| &text[fault.span.range()]).collect();
        places.sort();
        assert_eq!(places, ["\"../secrets\"", "\"eror\"", "3", "everybody", "titel"]);
    }

    #[test]
    fn editions_have_folders_that_every_system_tells_apart() {
        for (folders, told) in [(["open", "inner"], 0), (["open", "open/"], 1), (["open", "Open"], 1)] {
            let text = format!("[editions]\npublic = \"{}\"\nstaff = \"{}\"\n", folders[0], folders[1]);
            assert_eq!(read(SourceId(0), &text).1.len(), told, "{folders:?}");
        }
    }

    #[test]
    fn what_is_written_and_what_it_is_made_from_lie_apart() {
        for (text, places) in [
            ("content = \"site/content\"\noutput = \"site\"\n", vec!["\"site/content\""]),
            ("theme = \"public/theme\"\n", vec!["\"public/theme\""]),
            ("content = \"./public\"\n", vec!["\"./public\""]),
            ("output = \"content/public\"\n", vec!["\"content/public\""]),
            ("content = \"site\"\noutput = \"site\"\n", vec!["\"site\""]),
            ("content = \"o/a\"\ntheme = \"o/b\"\noutput = \"o\"\n", vec!["\"o/a\"", "\"o/b\""]),
            ("content = \"sites\"\ntheme = \"publicity\"\noutput = \"site\"\n", vec![]),
        ] {
            let (_, faults) = read(SourceId(0), text);
            let told: Vec<&str> = faults.iter().map(|fault| &text[fault.span.range()]).collect();
            assert_eq!(told, places, "{text}");
        }
    }

    #[test]
    fn every_setting_is_read() {
        for setting in SETTINGS {
            let (_, faults) = read(SourceId(0), &format!("{} = 3\n", setting.key));
            let told: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            assert!(matches!(told[..], [one] if one.contains("must be")), "{}: {told:?}", setting.key);
        }
    }

    #[test]
    fn an_address_is_one_of_the_web() {
        for name in ["base_url", "edit_url"] {
            for (address, told) in
                [("https://a.example/{path}", 0), ("javascript:alert(1)//{path}", 1), ("a.example", 1)]
            {
                let (_, faults) = read(SourceId(0), &format!("{name} = \"{address}\"\n"));
                assert_eq!(faults.len(), told, "{name} = {address}: {faults:?}");
            }
        }
    }

    #[test]
    fn broken_toml_is_told_and_what_can_be_read_is_read() {
        let (config, faults) = read(SourceId(0), "title = \"Plan\"\nbase_url = \n");
        assert_eq!(config.title, "Plan");
        assert!(!faults.is_empty());
    }
}
