//! `audience-leak`: a page that sends readers to what they may not see, or quotes it.

mod left_over;
mod opened;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem::Finder;

use crate::check::audience_leak::left_over::LeftOver;
use crate::check::audience_leak::opened::{mark_lost, opened};
use crate::check::signs::Signs;
use crate::check::{Binder, Findings, Reader, Rule};
use crate::diagnostic::{Diagnostic, Level};
use crate::plan::alone::stands_alone;
use crate::plan::facts::{NAME, WAYS};
use crate::plan::reference::Problem;
use crate::plan::spelling::{is_spelled, is_telling, plain};
use crate::plan::telephone::{Directory, endings, numbers};
use crate::plan::{self, Plan, PlanFaultKind, PlanPage, Run, each_reference, prose};
use crate::source::{Sources, Span};
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::target::decode;
use crate::syntax::tree::{Reference, plain_text};
use crate::syntax::{Audience, Block, FaultKind, Kind, Map, Node, Value};
use crate::tailor::{self, Body, TailorFaultKind, TemplateFault, Variant};

pub(super) const RULE: Rule = Rule {
    name: "audience-leak",
    level: Level::Error,
    finds: "a page that links to, prints, quotes or opens up what some of its readers may not see",
    explanation: "\
Why it matters
  A page for everybody that names the responders' room tells an attacker where to listen. A link
  to what an edition does not have is dead for its readers, who are sent there all the same.

What it reads
  Links and values in each edition that lead to a page, section, channel or contact for fewer
  readers; and addresses, telephone numbers and rooms of restricted channels and contacts that
  are written out by hand, in any spelling; and links whose address (`[room]: https://…`) stands
  in a section for fewer. Pages, channels, contacts and titles of sections that a layer inherits
  for fewer readers and marks for more: what it keeps of them was never written for these; and
  sections that it writes anew under the same id without an audience. An edition that is not
  built is looked at as if it were. After a build every finished file is searched for what its
  readers may not see, however it got there.

What to do
  Move the sentence into a section for the same readers (`{audience=responders}`), print it only
  where it is there (`{% if channels.fire is defined %}`), or open up what it names.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    opened(binder, findings);
    for (reader, fault) in binder.tailor_faults() {
        let diagnostic = match &fault.kind {
            TailorFaultKind::TitleOpened { readers: before, inherited, is_in_id } => {
                let (what, help) = match is_in_id {
                    true => (
                        "id of this section is made of a title that",
                        "leave it for these readers, give the inherited section an id of its own, or remove it and \
                         write another",
                    ),
                    false => {
                        ("title of this section", "leave it for these readers, or give it a title of its own")
                    }
                };
                let message = format!("the {what} is inherited for {} only", readers(*before));
                Diagnostic::new(RULE.name, message)
                    .at(fault.span, "this opens up what was written for them")
                    .and(*inherited, format!("for {} only", readers(*before)))
                    .help(help)
            }
            TailorFaultKind::Syntax(FaultKind::DefinedForFewer { audience, .. })
                if binder.readers_of_page(reader, fault.span) >= *audience =>
            {
                continue;
            }
            TailorFaultKind::Syntax(FaultKind::DefinedForFewer { definition, audience, marked }) => {
                let only = readers(*audience);
                Diagnostic::new(RULE.name, format!("where this leads is written for {only} only"))
                    .at(fault.span, "others read this")
                    .and(*definition, "its address stands under the heading for them")
                    .and(*marked, format!("for {only} only"))
                    .help("move the line with the address before that heading, or write it at the link: `[words](address)`")
            }
            TailorFaultKind::LeavesSection(around) => {
                let message = format!("this change is written in a section for {} only", readers(*around));
                Diagnostic::new(RULE.name, message)
                    .at(fault.span, "goes where others read it")
                    .help("move it out of that section, or give it a place and an audience of its own")
            }
            _ => continue,
        };
        findings.tell_in(reader, diagnostic);
    }
    let built: Vec<Audience> = binder.plans.iter().map(|plan| plan.edition).collect();
    let not_built: Vec<Variant>;
    let complete: &[Variant] = match built.contains(&Audience::Responders) {
        true => binder.variants,
        false if restricts(binder, Audience::Public) => {
            not_built = tailor::tailor_for(binder.project, Audience::Responders);
            &not_built
        }
        false => &[],
    };
    let in_order = || complete.iter().filter(|variant| variant.edition == Audience::Responders);
    let complete: HashMap<&str, &Variant> = in_order().map(|variant| (&*variant.name, variant)).collect();
    for own in in_order() {
        let [.., parent, _] = &own.lineage[..] else { continue };
        let lost = complete.get(&*parent.name).map(|parent| mark_lost(own, parent));
        lost.into_iter().flatten().for_each(|it| findings.tell_in((&*own.name, own.edition), it));
    }
    let mut said = Said::new(binder);
    for (plan, variant) in binder.plans.iter().zip(binder.variants) {
        look_at(binder, plan, variant, &complete, &mut said, findings);
    }
    let narrower = [Audience::Public, Audience::Staff].into_iter();
    // An edition that is not built leaks nothing today. Its pages say what it would leak.
    for audience in narrower.filter(|audience| !built.is_empty() && !built.contains(audience)) {
        if built.iter().any(|other| other > &audience) && restricts(binder, audience) {
            let variants = tailor::tailor_for(binder.project, audience);
            let plans = plan::read_all(&variants, &binder.project.sources, &[]);
            let mut said = Said::new(binder);
            for (plan, variant) in plans.iter().zip(&variants) {
                look_at(binder, plan, variant, &complete, &mut said, findings);
            }
        }
    }
}

/// Whether anything is meant for this audience, or kept from everybody.
fn restricts(binder: &Binder, audience: Audience) -> bool {
    let is_for = |text: &str| {
        Audience::parse(text).is_some_and(|other| match audience {
            Audience::Public => other > Audience::Public,
            Audience::Staff | Audience::Responders => other == audience,
        })
    };
    const MARK: &str = "audience";
    let marks = Finder::new(MARK);
    binder.project.sources.iter().any(|source| {
        marks.find_iter(source.text.as_bytes()).any(|at| {
            let rest = source.text[at + MARK.len()..].trim_start_matches([':', '=', ' ', '"', '\'']);
            is_for(rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default())
        })
    })
}

/// The runs of pages and their front matter, and what is left over on them, read once for all variants that share
/// them.
struct Said<'b> {
    of_texts: HashMap<*const Body, Cow<'b, [Run]>>,
    /// What pages have besides running text
    of_others: HashMap<*const Body, Vec<Run>>,
    of_fronts: HashMap<*const Map, Vec<Run>>,
    left_over: LeftOver,
}

impl<'b> Said<'b> {
    fn new(binder: &'b Binder) -> Said<'b> {
        let own = binder
            .texts
            .iter()
            .map(|text| (Arc::as_ptr(&text.page.body), Cow::Borrowed(&text.words.runs[..])));
        Said {
            of_texts: own.collect(),
            of_others: HashMap::new(),
            of_fronts: HashMap::new(),
            left_over: LeftOver::default(),
        }
    }

    fn of(&mut self, page: &PlanPage, sources: &Sources) -> impl Iterator<Item = &Run> {
        let text = self.of_texts.entry(Arc::as_ptr(&page.body));
        let text = text.or_insert_with(|| Cow::Owned(prose::runs(&page.body, sources)));
        let others = self.of_others.entry(Arc::as_ptr(&page.body)).or_insert_with(|| others(page));
        let front = self.of_fronts.entry(Arc::as_ptr(&page.front));
        let values = || {
            let mut runs: Vec<Run> = prose::value_runs(page).into_iter().map(|(_, run)| run).collect();
            add_keys(&page.front, &mut runs);
            runs
        };
        text.iter().chain(others.iter()).chain(front.or_insert_with(values).iter())
    }
}

/// Adds the keys of a map that an author chose; those of records are of small letters.
fn add_keys(map: &Map, found: &mut Vec<Run>) {
    for (key, node) in map.iter() {
        if key.value.contains(|c: char| !c.is_ascii_lowercase() && c != '_') {
            found.push(Run::of_value(&key.value, key.span));
        }
        if let Value::Map(map) = &node.value {
            add_keys(map, found);
        }
    }
}

/// What a page has besides its running text: code, tags, what links lead to, and what pictures show.
fn others(page: &PlanPage) -> Vec<Run> {
    let mut found = Vec::new();
    let mut say = |text: &str, span: Span| found.push(Run::of_value(text, span));
    for block in page.body.parts().flat_map(|part| part.iter()) {
        block.each_text(&mut |block| {
            if let Block::Code(span, _, code) = block {
                say(code, *span);
            }
        });
    }
    each_reference(&page.body, &mut |reference| match reference {
        Reference::Link(link) => {
            say(&decode(&link.target), link.target_span);
            say(&link.title, link.span);
        }
        Reference::Image(image) => {
            say(&decode(&image.target), image.target_span);
            say(&image.title, image.span);
            say(&plain_text(&image.alternative), image.span);
        }
        Reference::Html(html) => say(&html.text, html.span),
        Reference::Footnote(..) => {}
    });
    found
}

fn look_at(
    binder: &Binder,
    plan: &Plan,
    variant: &Variant,
    complete: &HashMap<&str, &Variant>,
    said: &mut Said,
    findings: &mut Findings,
) {
    let reader = (&*plan.name, plan.edition);
    if let Some(complete) = complete.get(&*variant.name).filter(|_| variant.edition < Audience::Responders) {
        let left_over = said.left_over.of(variant, complete);
        left_over.into_iter().for_each(|diagnostic| findings.tell_in(reader, diagnostic));
    }
    let links = plan.faults.iter().filter_map(|fault| match &fault.kind {
        PlanFaultKind::BrokenLink(_, problem) => Some((fault.span, hidden_by(binder, variant, problem)?)),
        _ => None,
    });
    let values = variant.faults.iter().filter_map(|fault| match &fault.kind {
        TailorFaultKind::Template(TemplateFault::Undefined { expression, .. }) => {
            Some((fault.span, hidden_value(binder, variant, expression)?))
        }
        _ => None,
    });
    // That a page is hidden because its front matter cannot be read is told there, and stops every build.
    for (span, hidden) in links.chain(values).filter(|(_, hidden)| !hidden.place.range().is_empty()) {
        let message = format!("{} is for {} only", hidden.what, readers(hidden.audience));
        let diagnostic = Diagnostic::new(RULE.name, message)
            .at(span, format!("{} read this", readers(plan.edition)))
            .and(hidden.place, format!("for {} only", readers(hidden.audience)))
            .help(HELP);
        findings.tell_in(reader, diagnostic);
    }
    quotes(binder, plan, variant, said, findings);
}

const HELP: &str = "move it into a section for these readers, or print it only where it is defined";

fn readers(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "everybody may",
        Audience::Staff => "staff",
        Audience::Responders => "responders",
    }
}

/// Something an edition may not see.
pub(super) struct Hidden {
    what: String,
    audience: Audience,
    /// Where it says for whom it is
    place: Span,
}

/// Whether a link is broken because its target is for others than this edition's readers.
pub(super) fn hides(binder: &Binder, reader: Reader, problem: &Problem) -> bool {
    let mut variants = binder.variants.iter();
    let variant = variants.find(|variant| (&*variant.name, variant.edition) == reader);
    variant.is_some_and(|variant| hidden_by(binder, variant, problem).is_some())
}

/// Whether a value is not defined because it is for others than this edition's readers.
pub(super) fn hides_value(binder: &Binder, reader: Reader, expression: &str) -> bool {
    let mut variants = binder.variants.iter();
    let variant = variants.find(|variant| (&*variant.name, variant.edition) == reader);
    variant.is_some_and(|variant| hidden_value(binder, variant, expression).is_some())
}

fn hidden_by(binder: &Binder, variant: &Variant, problem: &Problem) -> Option<Hidden> {
    match problem {
        Problem::NoThing { scheme, id, .. } => {
            if let Some((_, map)) = FACT_KINDS.iter().find(|(known, _)| known == scheme) {
                return hidden_fact(binder, variant, map, id, format!("the {scheme} `{id}`"));
            }
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == *scheme)?;
            let path = format!("{}/{id}.md", kind.folder()?);
            hidden_page(binder, variant, &path, format!("the {scheme} `{id}`"))
        }
        Problem::NoPage { path, .. } => hidden_page(binder, variant, path, format!("`{path}`")),
        Problem::NoSection { page, anchor, .. } => hidden_section(binder, variant, page, anchor),
        Problem::TwoSections { .. }
        | Problem::UnknownScheme { .. }
        | Problem::ClimbsOut
        | Problem::Script
        | Problem::Empty => None,
    }
}

/// A fact that is stated for fewer readers.
fn hidden_fact(binder: &Binder, variant: &Variant, map: &str, id: &str, what: String) -> Option<Hidden> {
    let place = *variant.stated.get(&format!("{map}.{id}.audience"))?;
    let audience = Audience::parse(binder.project.sources.text(place).trim_matches(['"', '\'', ' ']))?;
    (audience > variant.edition).then_some(Hidden { what, audience, place })
}

/// A value of a fact that is stated for fewer readers, by an expression such as
/// `channels.fire.address`.
fn hidden_value(binder: &Binder, variant: &Variant, expression: &str) -> Option<Hidden> {
    let mut names = expression
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
        .filter(|name| !name.is_empty());
    let (map, id) = (names.next()?, names.next()?);
    hidden_fact(binder, variant, map, id, format!("`{map}.{id}`"))
}

/// A page whose front matter keeps it from the edition.
fn hidden_page(binder: &Binder, variant: &Variant, path: &str, what: String) -> Option<Hidden> {
    let mut found = None;
    for ancestor in &variant.lineage {
        let Some(page) = binder.project.layers[ancestor.layer].pages.get(path) else { continue };
        if page.front.get("tailor").is_some_and(|node| node.value.as_text() == Some("remove")) {
            return None;
        }
        if let Some(node) = page.front.get("audience") {
            let audience = node.value.as_text().and_then(Audience::parse)?;
            found = Some((audience, node.span));
        }
    }
    let (audience, place) = found?;
    (audience > variant.edition).then_some(Hidden { what, audience, place })
}

/// A section whose heading, or one above it, keeps it from the edition.
fn hidden_section(binder: &Binder, variant: &Variant, page: &str, anchor: &str) -> Option<Hidden> {
    let own = variant.pages.get(page);
    let wider =
        binder.variants.iter().filter(|other| other.name == variant.name && other.edition > variant.edition);
    let mut bodies = wider.filter_map(|other| other.pages.get(page)).map(|page| &page.body);
    let (audience, place) = bodies.find_map(|body| {
        // Where nothing of a page is hidden, all editions share it.
        if own.is_some_and(|own| Arc::ptr_eq(&own.body, body)) {
            return None;
        }
        let marks = binder.marks.of(body);
        marks.get(anchor)?.iter().copied().find(|(audience, _)| *audience > variant.edition)
    })?;
    Some(Hidden { what: format!("the section `{page}#{anchor}`"), audience, place })
}

/// The marks on sections and around them, by the id: read once for each page that is asked for.
#[derive(Debug, Default)]
pub(super) struct Marks(Mutex<HashMap<usize, Arc<OfSections>>>);

/// For each section that has any, the marks on the headings around it and on its own, the outermost first.
type OfSections = HashMap<Box<str>, Vec<(Audience, Span)>>;

impl Marks {
    fn of(&self, body: &Arc<Body>) -> Arc<OfSections> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(Arc::as_ptr(body) as usize).or_insert_with(|| Arc::new(marks(body))).clone()
    }
}

fn marks(body: &Body) -> OfSections {
    let mut found = OfSections::new();
    let mut open: Vec<(u8, Audience, Span)> = Vec::new();
    body.walk(&mut |section| {
        open.retain(|(level, ..)| *level < section.level);
        open.extend(section.audience.map(|audience| (section.level, audience, section.span)));
        if !open.is_empty() {
            let own = open.iter().map(|(_, audience, span)| (*audience, *span));
            found.entry(section.id.clone()).or_default().extend(own);
        }
    });
    found
}

/// What a restricted channel or contact has that must not be written out, and is.
fn quotes(binder: &Binder, plan: &Plan, variant: &Variant, said: &mut Said, findings: &mut Findings) {
    // Most plans keep nothing from anybody, and nobody asks.
    let shown = LazyCell::new(|| Shown::of(plan));
    let (secrets, hidden_numbers) = secrets(binder, plan, variant, &shown);
    if secrets.is_empty() {
        return;
    }
    let sources = &binder.project.sources;
    let signs = Signs::in_any_case(secrets.iter().map(|secret| &*secret.plain));
    for page in &plan.pages {
        for run in said.of(page, sources) {
            let in_plain: Cow<str> =
                if is_spelled(&run.text) { plain(&run.text).into() } else { (&*run.text).into() };
            let is_said = signs.is_match(&in_plain);
            let numbers: Vec<_> = match hidden_numbers.is_empty() {
                true => Vec::new(),
                false => endings(&run.text).collect(),
            };
            if !is_said && numbers.is_empty() {
                continue;
            }
            let text = run.text.to_ascii_lowercase();
            let mut places: Vec<(&Hidden, Range<usize>)> = Vec::new();
            for Secret { text: secret, plain, hidden } in secrets.iter().filter(|_| is_said) {
                let mut of_secret = whole_words(&text, secret);
                // In another spelling it has no place of its own.
                if of_secret.is_empty() && !whole_words(&in_plain, plain).is_empty() {
                    of_secret.push(0..run.text.len());
                }
                places.extend(of_secret.into_iter().map(|range| (hidden, range)));
            }
            for (range, number) in numbers {
                let is_told = places.iter().any(|(_, it)| it.start < range.end && range.start < it.end);
                // What is written without its area may be that of another office.
                if let (Some(at), None, false) =
                    (hidden_numbers.find(&number), shown.numbers.find(&number), is_told)
                {
                    places.push((&secrets[*at].hidden, range));
                }
            }
            for (hidden, range) in places {
                let message =
                    format!("{} is written out, and is for {} only", hidden.what, readers(hidden.audience));
                let diagnostic = Diagnostic::new(RULE.name, message)
                    .at(run.span(range, sources), format!("{} read this", readers(plan.edition)))
                    .and(hidden.place, format!("for {} only", readers(hidden.audience)))
                    .help(HELP);
                findings.tell_in((&plan.name, plan.edition), diagnostic);
            }
        }
    }
}

/// What must not be written out.
struct Secret {
    /// In small letters
    text: String,
    /// Without what tells its spellings apart
    plain: String,
    hidden: Hidden,
}

/// What restricted channels and contacts have that nothing this edition sees has too, and the telephone numbers among
/// it, each with the place of its secret. And the declared canaries.
fn secrets(
    binder: &Binder,
    plan: &Plan,
    variant: &Variant,
    shown: &LazyCell<Shown, impl FnOnce() -> Shown>,
) -> (Vec<Secret>, Directory<usize>) {
    let (mut found, mut hidden_numbers) = (Vec::new(), Directory::default());
    for (path, place) in &variant.stated {
        let Some((record, key)) = path.rsplit_once('.') else { continue };
        let Some((map, id)) = record.split_once('.') else { continue };
        if !matches!(map, "channels" | "contacts") || !(WAYS.contains(&key) || key == NAME) {
            continue;
        }
        let what = format!("the {key} of `{record}`");
        let Some(hidden) = hidden_fact(binder, variant, map, id, what) else { continue };
        let secret = binder.project.sources.text(*place).trim_matches(['"', '\'', ' ']);
        if is_telling(secret) && !shown.has(plan, key, secret) {
            for (_, number) in numbers(secret).filter(|_| key == "phone") {
                hidden_numbers.add(number, found.len());
            }
            found.push(Secret { text: secret.to_ascii_lowercase(), plain: plain(secret), hidden });
        }
    }
    for (readers, canaries) in &binder.project.config.canaries {
        let Some(audience) = Audience::parse(readers).filter(|readers| *readers > plan.edition) else {
            continue;
        };
        for canary in canaries {
            let (text, place) = (canary.value.trim(), canary.span);
            let hidden = Hidden { what: "a canary".to_string(), audience, place };
            found.push(Secret { text: text.to_ascii_lowercase(), plain: plain(text), hidden });
        }
    }
    (found, hidden_numbers)
}

/// What this edition sees, where it leads to somebody; who somebody is may be said anywhere.
#[derive(Default)]
struct Shown {
    /// All values, in small letters
    texts: HashSet<String>,
    /// Those that lead to somebody
    ways: HashSet<String>,
    numbers: Directory<()>,
}

impl Shown {
    fn of(plan: &Plan) -> Shown {
        let mut shown = Shown::default();
        plan.values.iter().for_each(|(key, node)| shown.add(&key.value, node));
        shown
    }

    fn add(&mut self, key: &str, node: &Node) {
        match &node.value {
            Value::Text(text) => {
                self.texts.insert(text.to_ascii_lowercase());
                if WAYS.contains(&key) {
                    self.ways.insert(text.to_ascii_lowercase());
                    numbers(text).for_each(|(_, number)| self.numbers.add(number, ()));
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.add(key, item)),
            Value::Map(map) => map.iter().for_each(|(key, node)| self.add(&key.value, node)),
            Value::Null | Value::Flag(_) => {}
        }
    }

    /// Whether something has the same value: a name also as a part of another, and as the title of a page.
    fn has(&self, plan: &Plan, key: &str, secret: &str) -> bool {
        let text = secret.to_ascii_lowercase();
        if key == NAME {
            return self.texts.iter().any(|it| !whole_words(it, &text).is_empty())
                || plan.pages.iter().any(|page| page.title == secret);
        }
        let is_shown = |(_, number): (_, String)| self.numbers.find(&number).is_some();
        self.ways.contains(&text) || key == "phone" && numbers(secret).any(is_shown)
    }
}

/// Where some words stand in a text by themselves.
fn whole_words(text: &str, words: &str) -> Vec<Range<usize>> {
    let found = text.match_indices(words).map(|(at, found)| at..at + found.len());
    found.filter(|range| stands_alone(text, range.clone())).collect()
}
