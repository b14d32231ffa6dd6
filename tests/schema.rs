//! The schemas say what is read: what they accept is what the program accepts, as far as a schema
//! can know it.

mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use redbinder::limits;
use redbinder::source::SourceId;
use redbinder::syntax::{Duration, DurationRange, FaultKind, Field, Kind, Shape, front_matter};
use redbinder::{check, config};
use serde_json::{Value as Json, json};
use serde_yaml::Value as Yaml;

use project::{redbinder, run};

static PRINTED: LazyLock<Printed> = LazyLock::new(Printed::read);

/// The schemas, as the command prints them.
struct Printed {
    schemas: Schemas,
    site: SchemaIndex,
    kinds: Vec<(Kind, SchemaIndex)>,
}

impl Printed {
    fn read() -> Printed {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        let mut compile = |name: &str| {
            let ran = run(redbinder().args(["schema", name]));
            assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
            let schema: Json = serde_json::from_str(&ran.stdout).expect("JSON");
            let address = format!("https://schema.test/{name}");
            compiler.add_resource(&address, schema).expect("a new address");
            compiler.compile(&address, &mut schemas).expect("a schema")
        };
        let site = compile("site");
        let kinds = Kind::ALL.map(|kind| (kind, compile(kind.name()))).to_vec();
        Printed { schemas, site, kinds }
    }

    /// Whether the schema of a kind accepts some front matter, and what it says where it does not.
    fn judge(&self, kind: Kind, value: &Json) -> Result<(), String> {
        let (_, index) = self.kinds.iter().find(|(own, _)| *own == kind).expect("every kind has a schema");
        self.schemas.validate(value, *index).map_err(|error| error.to_string())
    }

    fn judge_site(&self, value: &Json) -> Result<(), String> {
        self.schemas.validate(value, self.site).map_err(|error| error.to_string())
    }
}

/// Every file of the repository's plans with this ending.
fn files(ending: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![];
    for folder in ["content", "tests/check"] {
        walk(&root.join(folder), ending, &mut found);
    }
    found.sort();
    found
}

/// The kind of a page, by its path below the folder of its layer.
fn kind_of(path: &Path) -> Kind {
    let layer = path.ancestors().skip(1).find(|folder| folder.join("plan.md").exists());
    let inside = layer.and_then(|layer| path.strip_prefix(layer).ok()).unwrap_or(path);
    Kind::of_path(&inside.to_string_lossy())
}

/// YAML as an editor's language server sees it.
fn as_json(yaml: &Yaml) -> Json {
    match yaml {
        Yaml::Null => Json::Null,
        Yaml::Bool(flag) => json!(flag),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or(json!(0)),
        Yaml::String(text) => json!(text),
        Yaml::Sequence(items) => items.iter().map(as_json).collect(),
        Yaml::Mapping(map) => Json::Object(
            map.iter()
                .map(|(key, value)| {
                    let name = key.as_str().map(str::to_string);
                    let name = name.unwrap_or_else(|| serde_yaml::to_string(key).unwrap_or_default());
                    (name.trim().to_string(), as_json(value))
                })
                .collect(),
        ),
        Yaml::Tagged(tagged) => as_json(&tagged.value),
    }
}

/// What the program says of front matter that a schema could say as well.
fn faults(yaml: &str, kind: Kind) -> Vec<FaultKind> {
    let (_, faults) = front_matter::read(SourceId(0), yaml, 0..yaml.len(), kind);
    // A key that is no text is no YAML to the reader, and an unknown key to a schema.
    let knowable = |kind: &FaultKind| {
        use FaultKind::{NotAMap, NotYaml, UnknownKey, WrongShape};
        matches!(kind, UnknownKey { .. } | WrongShape { .. } | NotAMap(_) | NotYaml(_))
    };
    faults.into_iter().map(|fault| fault.kind).filter(knowable).collect()
}

#[test]
fn a_schema_and_the_reader_judge_every_page_alike() {
    let (mut accepted, mut rejected) = (0, 0);
    for path in files(".md") {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let Some(range) = front_matter::split(SourceId(0), &text).0 else { continue };
        let yaml = &text[range];
        let Ok(tree) = serde_yaml::from_str::<Yaml>(yaml) else { continue };
        let kind = kind_of(&path);
        let faults = faults(yaml, kind);
        let verdict = PRINTED.judge(kind, &as_json(&tree));
        assert_eq!(verdict.is_ok(), faults.is_empty(), "{}: {verdict:?} {faults:?}", path.display());
        if faults.is_empty() { accepted += 1 } else { rejected += 1 }
    }
    assert!(accepted > 300 && rejected > 12, "{accepted} accepted, {rejected} rejected");
}

#[test]
fn the_schema_and_the_reader_judge_every_site_toml_alike() {
    let (mut accepted, mut rejected) = (0, 0);
    for path in files("site.toml") {
        let text = fs::read_to_string(&path).expect("a text");
        let Ok(table) = toml::from_str::<Json>(&text) else { continue };
        let (config, faults) = config::read(SourceId(0), &text);
        // That two settings do not go together is more than a schema can say.
        let alone = faults.iter().all(|fault| fault.message.starts_with("two editions"));
        let fine = alone && config.rules.keys().all(|rule| check::rule(rule).is_some());
        let verdict = PRINTED.judge_site(&table);
        assert_eq!(verdict.is_ok(), fine, "{}: {verdict:?} {faults:?}", path.display());
        if fine { accepted += 1 } else { rejected += 1 }
    }
    assert!(accepted > 5 && rejected > 8, "{accepted} accepted, {rejected} rejected");
}

#[test]
fn folders_are_judged_alike() {
    let folders =
        ["", "/", "a", "a/", "a/b", "/a", "..", "../a", "a/..", "a/../b", "..a", "a..", ".", "./a", "a//b"];
    for folder in folders {
        for key in ["content", "theme", "output", "responders"] {
            let line = format!("{key} = \"{folder}\"\n");
            let text = if key == "responders" { format!("[editions]\n{line}") } else { line };
            let (_, faults) = config::read(SourceId(0), &text);
            let verdict = PRINTED.judge_site(&toml::from_str(&text).expect("TOML"));
            let alone = faults.iter().all(|fault| fault.message.contains("among the sources"));
            assert_eq!(verdict.is_ok(), alone, "{text}: {faults:?}");
        }
    }
}

#[test]
fn a_date_is_written_in_one_way() {
    for (date, good) in [
        (json!("2026-05-02"), true),
        (json!("2028-02-29"), true),
        (json!("2026-02-30"), false),
        (json!("2026-13-01"), false),
        (json!("2026-5-2"), false),
        (json!("20260502"), false),
        (json!(20260502), false),
        (json!("2026-05-02T09:00"), false),
        (json!("+002026-05-02"), false),
        (json!(" 2026-05-02"), false),
        (json!("2 May 2026"), false),
    ] {
        let value = json!({ "document": { "reviewed_on": date } });
        assert_eq!(faults(&value.to_string(), Kind::Plan).is_empty(), good, "{date} as it is read");
        assert_eq!(PRINTED.judge(Kind::Plan, &value).is_ok(), good, "{date} by the schema");
    }
}

#[test]
fn a_line_that_names_the_schema_is_a_comment() {
    let line = "# yaml-language-server: $schema=../../schemas/front-matter-page.schema.json\n";
    for rest in ["title: Handover\n", ""] {
        let yaml = format!("{line}{rest}");
        let (map, faults) = front_matter::read(SourceId(0), &yaml, 0..yaml.len(), Kind::Page);
        assert_eq!(faults, []);
        assert_eq!(map.is_empty(), rest.is_empty());
    }
    let directive = "#:schema ./schemas/site.schema.json\ntitle = \"Plan\"\n";
    assert_eq!(config::read(SourceId(0), directive).1, []);
}

#[test]
fn every_setting_is_named_where_settings_are_explained() {
    let rule = check::rule("invalid-configuration").expect("a rule");
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a text");
    for setting in config::SETTINGS {
        assert!(rule.explanation.contains(setting.key), "`{}` in the rule's explanation", setting.key);
        let shown = [format!("\n{} = ", setting.key), format!("\n[{}]", setting.key)];
        assert!(shown.iter().any(|line| readme.contains(line)), "`{}` in README.md", setting.key);
    }
}

#[test]
fn every_field_says_what_it_is() {
    fn look(schema: &Json, path: &str) {
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            if let Some(entry) = schema.get("additionalProperties") {
                look(entry, &format!("{path}.*"));
            }
            return;
        };
        for (name, property) in properties {
            let told = property.get("description").and_then(Json::as_str).unwrap_or_default();
            assert!(!told.is_empty(), "{path}.{name} has no description");
            look(property, &format!("{path}.{name}"));
        }
    }
    for name in ["site"].into_iter().chain(Kind::ALL.map(Kind::name)) {
        let schema: Json =
            serde_json::from_str(&run(redbinder().args(["schema", name])).stdout).expect("JSON");
        assert!(schema["title"].is_string() && schema["description"].is_string());
        look(&schema, name);
    }
}

#[test]
fn all_schemas_are_written_and_written_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("deep/schemas");
    for _ in 0..2 {
        let ran = run(redbinder().args(["schema", "--output"]).arg(&inside));
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
        let mut names: Vec<String> = fs::read_dir(&inside)
            .expect("the schemas")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        assert_eq!(names.len(), 1 + Kind::ALL.len());
        assert_eq!(names.last().map(String::as_str), Some("site.schema.json"));
        let printed = run(redbinder().args(["schema", "severity"])).stdout;
        let written = fs::read_to_string(inside.join("front-matter-severity.schema.json")).expect("a text");
        assert_eq!(written, printed);
    }
}

/// Texts that are durations, nearly are, or are not.
fn durations() -> impl Strategy<Value = String> {
    let amount = "[0-9]{0,4}|0{9}[0-9]{9}|[+-][0-9]";
    let unit = prop_oneof![
        "(s|sec|second|m|min|minute|h|hr|hour|d|day|calendar day|business day|working day|w|week|month|y|year)s?",
        "(MIN|Minutes|Business Days|businessday|business  days|calendar|ms|days ago|)",
    ];
    let one = (amount, "[ \t]{0,2}", unit, "[ \n]{0,1}").prop_map(|(a, b, c, d)| a + &b + &c + &d);
    let join = prop_oneof![Just(".."), Just("..."), Just("."), Just(" .. "), Just("-")];
    (one.clone(), prop::option::of((join, one))).prop_map(|(first, rest)| match rest {
        Some((join, second)) => first + join + &second,
        None => first,
    })
}

/// Whether a text is a range, or would be with its ends in order: that is more than a schema can say.
fn is_range(text: &str) -> bool {
    let turned = text.split_once("..").and_then(|(least, most)| {
        Duration::parse(most)?;
        (least.trim().parse::<u32>().is_ok() || Duration::parse(least).is_some()).then_some(())
    });
    turned.is_some() || DurationRange::parse(text).is_some()
}

/// A value that has a shape more often than not.
fn of_shape(shape: &'static Shape) -> BoxedStrategy<Json> {
    let fitting = match shape {
        Shape::Flag => any::<bool>().prop_map(Json::from).boxed(),
        Shape::OneOf(words) => prop::sample::select(*words).prop_map(Json::from).boxed(),
        Shape::List(item) => prop::collection::vec(of_shape(item), 0..3).prop_map(Json::from).boxed(),
        Shape::Map(item) | Shape::ById(_, item) => map_of("[a-z0-9]{1,4}|x{1001}", of_shape(item)),
        Shape::Record(fields) => record(fields.iter().collect()),
        Shape::Text
        | Shape::Name
        | Shape::Whole
        | Shape::Duration
        | Shape::DurationRange
        | Shape::Date
        | Shape::Id(_)
        | Shape::FactId(_)
        | Shape::Address => scalar().boxed(),
    };
    prop_oneof![20 => fitting, 1 => scalar(), 1 => Just(json!([])), 1 => Just(json!({})), 1 => Just(Json::Null)]
        .boxed()
}

fn map_of(keys: &'static str, values: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    prop::collection::btree_map(keys, values, 0..3)
        .prop_map(|map| Json::Object(map.into_iter().collect()))
        .boxed()
}

/// Some of these fields, and rarely a key that is none of them.
fn record(fields: Vec<&'static Field>) -> BoxedStrategy<Json> {
    let some = prop::sample::subsequence(fields.clone(), 0..=fields.len().min(4));
    let entries = some.prop_flat_map(|fields| {
        fields
            .into_iter()
            .map(|field| of_shape(&field.shape).prop_map(|value| (field.name.to_string(), value)))
            .collect::<Vec<_>>()
    });
    (entries, prop::bool::weighted(0.03))
        .prop_map(|(mut entries, unknown)| {
            entries.extend(unknown.then(|| ("unknown".to_string(), json!("text"))));
            Json::Object(entries.into_iter().collect())
        })
        .boxed()
}

/// A text one letter longer than a name may be.
const LONG: &str = match std::str::from_utf8(&[b'x'; limits::NAME.most + 1]) {
    Ok(text) => text,
    Err(_) => "",
};

/// Single values of every shape, and some that have none.
fn scalar() -> impl Strategy<Value = Json> {
    let texts = [
        "text",
        LONG,
        "3",
        "+3",
        "-3",
        "15m",
        "15m..30m",
        "2026-05-02",
        "2026-02-30",
        "20260502",
        "2026-05-02T09:00",
        "public",
        "https://status.test",
        "mailto:a@b.test",
        "a/b.html",
        "a/b:c",
        "",
    ];
    let numbers = [json!(0), json!(3), json!(-1), json!(20260502), json!(1.5)];
    prop_oneof![
        5 => prop::sample::select(texts.to_vec()).prop_map(Json::from),
        2 => prop::sample::select(numbers.to_vec()),
        1 => any::<bool>().prop_map(Json::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn durations_are_judged_alike(text in durations()) {
        let one = PRINTED.judge(Kind::Severity, &json!({ "act_after": text })).is_ok();
        prop_assert_eq!(one, Duration::parse(&text).is_some());
        let range = PRINTED.judge(Kind::Severity, &json!({ "sitrep_every": text })).is_ok();
        prop_assert_eq!(range, is_range(&text));
    }

    /// JSON is YAML, so the same text goes to both.
    #[test]
    fn any_front_matter_is_judged_alike(
        (kind, value) in prop::sample::select(&Kind::ALL[..])
            .prop_flat_map(|kind| (Just(kind), record(kind.all_fields().collect())))
    ) {
        let faults = faults(&value.to_string(), kind);
        let verdict = PRINTED.judge(kind, &value);
        prop_assert_eq!(verdict.is_ok(), faults.is_empty(), "{}: {:?} {:?}", kind.name(), verdict, faults);
    }
}
