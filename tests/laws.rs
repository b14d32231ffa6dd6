//! What holds for every tailoring: laws, tried on plans made up at random.
//!
//! The model beside them merges titles and paragraphs with lists and nothing else, so that what the
//! program makes of a tailoring is held against a second opinion.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use redbinder::change::{self, Side};
use redbinder::check::{self, Binder, check};
use redbinder::files::{File, Files};
use redbinder::load::{Project, load, load_again};
use redbinder::plan::{Plan, Run, prose, read_all};
use redbinder::tailor::drift::{Lock, tailorings};
use redbinder::tailor::{self, Variant, tailor, tailor_again};

/// What authors write, right and wrong.
const TEXTS: [&str; 8] = [
    "Tell the team at once.",
    "Ask [](role:scribe) to write it down.",
    "Ask [](role:scribbe) to write it down.",
    "See [the other page](page1.md#s1).",
    "See [a page that is not there](nowhere.md).",
    "Report within {{ timers.report.within }}.",
    "Report to {{ contacts.nobody.email }}.",
    "Keep keep the log.",
];

const FACTS: &str = "timers:\n  report: { title: Report it, within: 1h, starts: noticed, says: [report] }\n";

/// A section of a page: its id, and its paragraphs by their numbers.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    id: String,
    texts: Vec<usize>,
}

/// What a layer says of a section it inherits, or beside it.
#[derive(Debug, Clone)]
enum Verb {
    Append(usize),
    Prepend(usize),
    Replace(usize),
    Remove,
    After(usize),
    Before(usize),
}

type Pages = BTreeMap<String, Vec<Part>>;
/// For each section by page and number, what is done with it
type Tailoring = BTreeMap<(usize, usize), Verb>;

fn pages() -> impl Strategy<Value = Pages> {
    let texts = || prop::collection::vec(0..TEXTS.len(), 1..3);
    prop::collection::vec(prop::collection::vec(texts(), 1..4), 2..4).prop_map(|pages| {
        let part = |(number, texts): (usize, Vec<usize>)| Part { id: format!("s{number}"), texts };
        let page = |(number, parts): (usize, Vec<Vec<usize>>)| {
            (format!("page{number}.md"), parts.into_iter().enumerate().map(part).collect())
        };
        pages.into_iter().enumerate().map(page).collect()
    })
}

fn tailoring() -> impl Strategy<Value = Tailoring> {
    let text = || 0..TEXTS.len();
    let verb = prop_oneof![
        text().prop_map(Verb::Append),
        text().prop_map(Verb::Prepend),
        text().prop_map(Verb::Replace),
        Just(Verb::Remove),
        text().prop_map(Verb::After),
        text().prop_map(Verb::Before),
    ];
    prop::collection::btree_map((0..4usize, 0..4usize), verb, 0..4)
}

/// The sections a tailoring speaks of, where they are there.
fn told<'t>(pages: &Pages, tailoring: &'t Tailoring) -> Vec<(String, String, usize, &'t Verb)> {
    let known =
        |page: &str, id: &str| pages.get(page).is_some_and(|parts| parts.iter().any(|it| it.id == id));
    tailoring
        .iter()
        .map(|((page, section), verb)| {
            (format!("page{page}.md"), format!("s{section}"), page * 10 + section, verb)
        })
        .filter(|(page, id, ..)| known(page, id))
        .collect()
}

/// The model: what readers of a tailored plan get.
fn merged(mut pages: Pages, tailoring: &Tailoring, layer: &str) -> Pages {
    for (page, id, number, verb) in told(&pages.clone(), tailoring) {
        let parts = pages.get_mut(&page).expect("a known page");
        let at = parts.iter().position(|part| part.id == id).expect("a known section");
        let new = |text: &usize| Part { id: format!("{layer}{number}"), texts: vec![*text] };
        match verb {
            Verb::Append(text) => parts[at].texts.push(*text),
            Verb::Prepend(text) => parts[at].texts.insert(0, *text),
            Verb::Replace(text) => parts[at].texts = vec![*text],
            Verb::Remove => drop(parts.remove(at)),
            Verb::After(text) => parts.insert(at + 1, new(text)),
            Verb::Before(text) => parts.insert(at, new(text)),
        }
    }
    pages
}

/// A layer with pages of its own.
fn written(folder: &str, pages: &Pages) -> Vec<File> {
    let mut files = vec![
        file(format!("{folder}/plan.md"), format!("---\ntitle: The plan\n{FACTS}---\n\nWhat to do.\n")),
        file(format!("{folder}/roles/scribe.md"), "---\ntitle: Scribe\n---\n\nWrites.\n".into()),
    ];
    for (path, parts) in pages {
        let mut text = format!("---\ntitle: Page {path}\n---\n");
        for part in parts {
            text += &format!("\n## About {} {{#{}}}\n", part.id, part.id);
            part.texts.iter().for_each(|index| text += &format!("\n{}\n", TEXTS[*index]));
        }
        files.push(file(format!("{folder}/{path}"), text));
    }
    files
}

/// A layer that tailors another.
fn tailored(folder: &str, parent: &str, pages: &Pages, tailoring: &Tailoring) -> Vec<File> {
    let layer = folder.rsplit('/').next().unwrap_or(folder);
    let mut files = vec![file(
        format!("{folder}/plan.md"),
        format!("---\nextends: {parent}\nsystem: {{ name: {layer} }}\n---\n"),
    )];
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (page, id, number, verb) in told(pages, tailoring) {
        let text = match verb {
            Verb::Append(text) => format!("\n## {{#{id} .append}}\n\n{}\n", TEXTS[*text]),
            Verb::Prepend(text) => format!("\n## {{#{id} .prepend}}\n\n{}\n", TEXTS[*text]),
            Verb::Replace(text) => format!("\n## About {id} {{#{id} .replace}}\n\n{}\n", TEXTS[*text]),
            Verb::Remove => format!("\n## {{#{id} .remove}}\n\nIt is not ours.\n"),
            Verb::After(text) => {
                format!("\n## About {layer}{number} {{#{layer}{number} after={id}}}\n\n{}\n", TEXTS[*text])
            }
            Verb::Before(text) => {
                format!("\n## About {layer}{number} {{#{layer}{number} before={id}}}\n\n{}\n", TEXTS[*text])
            }
        };
        texts.entry(page).or_default().push_str(&text);
    }
    files.extend(texts.into_iter().map(|(page, text)| file(format!("{folder}/{page}"), text)));
    files
}

fn file(path: String, text: String) -> File {
    File { path: format!("content/{path}"), bytes: text.into_bytes() }
}

/// A project with its variants and plans.
struct State {
    project: Project,
    variants: Vec<Variant>,
    plans: Vec<Plan>,
}

impl State {
    fn of(mut files: Vec<File>, sorted: bool) -> State {
        if sorted {
            files.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let project = load(None, |_| Ok(Files { files, problems: Vec::new() })).expect("files");
        let variants = tailor(&project);
        let plans = variants.iter().map(|variant| Plan::read(variant, &project.sources)).collect();
        State { project, variants, plans }
    }

    /// Reads other files where these were read before.
    fn again(&self, mut files: Vec<File>, memory: &mut tailor::Memory) -> State {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let files = |_: &str| Ok(Files { files, problems: Vec::new() });
        let project = load_again(None, files, Some(&self.project)).expect("files");
        let variants = tailor_again(&project, memory);
        let plans = read_all(&variants, &project.sources, &self.plans);
        State { project, variants, plans }
    }

    fn plan(&self, name: &str) -> &Plan {
        self.plans.iter().find(|plan| &*plan.name == name).expect("a variant")
    }

    /// Each page with its title, the ids of its sections, and its words in order.
    fn text(&self, name: &str) -> Vec<(String, String, Vec<String>, Vec<String>)> {
        let words = |run: Run| run.text;
        self.plan(name)
            .pages
            .iter()
            .filter(|page| &*page.path != "plan.md")
            .map(|page| {
                (
                    page.path.to_string(),
                    page.title.clone(),
                    page.anchors.of_sections.iter().map(|id| id.to_string()).collect(),
                    prose::runs(&page.body, &self.project.sources).into_iter().map(words).collect(),
                )
            })
            .collect()
    }

    /// What is wrong with a variant's text, however its layers are written.
    fn wrong(&self, name: &str) -> BTreeSet<(String, String)> {
        const OF_TEXT: [&str; 5] =
            ["unknown-role", "broken-link", "undefined-value", "repeated-word", "contradicting-timer"];
        let found = check(&Binder::new(&self.project, &self.variants, &self.plans));
        found
            .iter()
            .filter(|it| OF_TEXT.contains(&it.rule) && it.variants.iter().any(|variant| variant == name))
            .map(|it| (it.rule.to_string(), it.message.clone()))
            .collect()
    }

    fn side(&self) -> Side<'_> {
        Side { project: &self.project, variants: &self.variants, plans: &self.plans }
    }
}

/// A base, an organization over it, and a system over that.
fn three(pages: &Pages, of_organization: &Tailoring, of_system: &Tailoring) -> Vec<File> {
    let organization = merged(pages.clone(), of_organization, "agency");
    [
        written("base", pages),
        tailored("agency", "base", pages, of_organization),
        tailored("payroll", "agency", &organization, of_system),
    ]
    .concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn who_tailors_nothing_has_the_parents_plan(pages in pages()) {
        let state = State::of(three(&pages, &Tailoring::new(), &Tailoring::new()), true);
        prop_assert_eq!(state.text("payroll"), state.text("base"));
        prop_assert_eq!(state.wrong("payroll"), state.wrong("base"));
    }

    #[test]
    fn a_tailored_plan_is_the_one_somebody_would_write_out(
        pages in pages(),
        of_organization in tailoring(),
        of_system in tailoring(),
    ) {
        let mut files = three(&pages, &of_organization, &of_system);
        let organization = merged(pages, &of_organization, "agency");
        files.extend(written("copy", &merged(organization, &of_system, "payroll")));
        let state = State::of(files, true);
        prop_assert_eq!(state.text("payroll"), state.text("copy"));
        prop_assert_eq!(state.wrong("payroll"), state.wrong("copy"));
    }

    #[test]
    fn the_order_of_the_files_says_nothing(
        pages in pages(),
        of_organization in tailoring(),
        of_system in tailoring(),
        seed in any::<u64>(),
    ) {
        let files = three(&pages, &of_organization, &of_system);
        let mut mixed = files.clone();
        mixed.sort_by_key(|file| {
            file.path.bytes().fold(seed, |number, byte| (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        let (state, other) = (State::of(files, true), State::of(mixed, false));
        for name in ["base", "agency", "payroll"] {
            prop_assert_eq!(state.text(name), other.text(name));
            prop_assert_eq!(state.wrong(name), other.wrong(name));
        }
    }

    #[test]
    fn nothing_differs_from_itself(pages in pages(), of_organization in tailoring(), of_system in tailoring()) {
        let state = State::of(three(&pages, &of_organization, &of_system), true);
        let again = State::of(three(&pages, &of_organization, &of_system), true);
        prop_assert_eq!(change::compare(&state.side(), &again.side()).changes.len(), 0);
        let itself = change::compare_variants(&state.side(), "payroll", "payroll").expect("a variant");
        prop_assert_eq!(itself.len(), 0);
    }

    #[test]
    fn what_is_read_again_is_as_if_it_were_read_first(
        states in prop::collection::vec((pages(), tailoring(), tailoring()), 2..5),
    ) {
        let (mut texts, mut words) = (tailor::Memory::default(), check::Memory::default());
        let mut state = State::of(Vec::new(), true);
        for (pages, of_organization, of_system) in states {
            let files = three(&pages, &of_organization, &of_system);
            state = state.again(files.clone(), &mut texts);
            let first = State::of(files, true);
            let binder = Binder::again(&state.project, &state.variants, &state.plans, &words);
            let found = check(&binder);
            words = binder.memory();
            prop_assert_eq!(found, check(&Binder::new(&first.project, &first.variants, &first.plans)));
            for (plan, other) in state.plans.iter().zip(&first.plans) {
                prop_assert_eq!(&plan.faults, &other.faults);
                let links = |plan: &Plan| {
                    let pages = plan.pages.iter();
                    pages.map(|page| (page.links.clone(), page.origin.clone())).collect::<Vec<_>>()
                };
                prop_assert_eq!(links(plan), links(other));
                prop_assert_eq!(plan.content_hash(), other.content_hash());
            }
        }
    }

    #[test]
    fn what_is_accepted_is_quiet(pages in pages(), of_organization in tailoring(), of_system in tailoring()) {
        let mut files = three(&pages, &of_organization, &of_system);
        let state = State::of(files.clone(), true);
        let unseen = |state: &State| {
            let found = check(&Binder::new(&state.project, &state.variants, &state.plans));
            found.iter().filter(|it| matches!(it.rule, "stale-tailoring" | "unaccepted-tailoring")).count()
        };
        let mut any = false;
        for (index, layer) in state.project.layers.iter().enumerate() {
            let found = tailorings(&state.project, index);
            any |= !found.is_empty();
            let entries = found.into_iter().map(|it| (it.place, it.mark)).collect();
            files.push(file(format!("{}/tailoring.lock", layer.name), Lock::write(&entries)));
        }
        prop_assert_eq!(unseen(&state) > 0, any);
        prop_assert_eq!(unseen(&State::of(files, true)), 0);
    }
}
