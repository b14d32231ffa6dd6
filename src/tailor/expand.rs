//! Values in pages: each page is a template over its variant's facts.
//!
//! Marks travel through the template engine with the text, so that every character that
//! comes out is related to the place it was written at.

use std::io;
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use crate::limits::{self, Limit};
use crate::source::ExpansionMap;
use crate::syntax::escape::{MISSING, escape_value};
use crate::tailor::tables;
use crate::tailor::tags::{self, Tag, find_tags, refuse};

/// What is wrong with a template, at a range of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateFault {
    /// A name that nothing defines
    Undefined {
        /// The expression
        expression: String,
        /// What of it is defined
        defined: String,
        /// The name that is not
        name: String,
        /// The names there are in its place
        known: Vec<String>,
    },
    /// A value that is null or empty where it is printed; the expression.
    Blank(String),
    /// A template that cannot be understood or run; the engine's reason.
    Broken(String),
}

/// A page with its values filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The text
    pub text: String,
    /// Where each part of it is from
    pub map: ExpansionMap,
    /// What could not be filled in
    pub faults: Vec<(Range<usize>, TemplateFault)>,
    /// The steps it took, as far as they are known
    pub steps: usize,
}

/// The mark of the first tag; the others follow.
const FIRST_MARK: u32 = 0x10_0000;
/// Marks stop before the stand-ins of values.
const MARKS: usize = 0xF000;
/// Stands where a value is null or empty.
const HOLE: char = '\u{10F800}';
/// Faults told of one page
const MOST_FAULTS: usize = tags::MOST_OPEN;

/// The template engine, as pages use it.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_fuel(Some(limits::STEPS.most as u64));
    environment.set_recursion_limit(100);
    let syntax = SyntaxConfig::builder().comment_delimiters("{##", "##}").keep_trailing_newline(true).build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment.set_formatter(|out, _state: &mut State, value| {
        use minijinja::value::ValueKind;
        if value.is_none() {
            out.write_str(HOLE.encode_utf8(&mut [0; 4]))?;
        } else if matches!(
            value.kind(),
            ValueKind::Map | ValueKind::Seq | ValueKind::Iterable | ValueKind::Plain
        ) {
            return Err(Error::new(ErrorKind::InvalidOperation, not_a_value(value)));
        } else if value.is_safe() {
            out.write_str(value.as_str().unwrap_or_default())?;
        } else {
            let text = value.to_string();
            if text.trim().is_empty() {
                out.write_str(HOLE.encode_utf8(&mut [0; 4]))?;
            } else {
                out.write_str(&escape_value(&text))?;
            }
        }
        Ok(())
    });
    use minijinja::{filters, tests};
    environment.add_filter("lower", filters::lower);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("title", filters::title);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("length", filters::length);
    environment.add_filter("join", filters::join);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_filter("items", filters::items);
    environment.add_filter("sort", filters::sort);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.add_test("none", tests::is_none);
    environment.add_function("range", minijinja::functions::range);
    tables::add_to(&mut environment);
    environment
}

/// Why a map, a list or a function cannot be printed.
fn not_a_value(value: &Value) -> String {
    let keys: Vec<String> = match value.kind() {
        minijinja::value::ValueKind::Map => {
            value.try_iter().map(|keys| keys.map(|key| key.to_string()).collect())
        }
        _ => Ok(Vec::new()),
    }
    .unwrap_or_default();
    if keys.is_empty() {
        "this is no single value; a function is called with `()`, a list is written with `| join(\", \")`"
            .into()
    } else {
        format!("this is a map; name one of its values: {}", keys.join(", "))
    }
}

/// Fills the values of `context` into `text`. A tag that cannot be run is left out and told.
/// `limit` is that on its steps, which the engine knows by itself.
pub fn expand(environment: &Environment, text: &str, context: &Value, limit: Limit) -> Expanded {
    let mut faults: Vec<(Range<usize>, TemplateFault)> = Vec::new();
    let mut template = text.to_string();
    let tags = find_tags(text);
    if let Some(tag) = tags::branch_too_many(text, &tags) {
        let fault = TemplateFault::Broken("there are too many branches".into());
        return unexpanded(template, vec![(tag.range.clone(), fault)], 0);
    }
    for tag in &tags {
        let open = tag.open.map(|close| format!("`{close}` is missing"));
        if let Some(reason) = open.or_else(|| refuse(&text[tag.range.clone()])) {
            faults.push((tag.range.clone(), TemplateFault::Broken(reason)));
            blank(&mut template, tag);
        }
        if faults.len() == MOST_FAULTS {
            return unexpanded(template, faults, 0);
        }
    }
    let mut steps = 0;
    // What follows a broken block, such as its end, is no mistake of its own.
    let mut broken_block = !faults.is_empty();
    for _ in 0..MOST_FAULTS {
        let tags = find_tags(&template);
        let (marked, marks, places) = mark(&template, &tags);
        let mut output = Bounded(Vec::new());
        let rendered = environment
            .template_from_named_str("page", &marked)
            .and_then(|template| template.render_captured_to(context, &mut output));
        let error = match rendered {
            Ok(captured) => {
                steps += captured.state().fuel_levels().map_or(0, |(taken, _)| taken as usize);
                let output = String::from_utf8_lossy(&output.0);
                let (text, map) = unmark(&output, &marks, text, &mut faults);
                if text.len() > limits::EXPANDED.most {
                    // Which tag makes the most of it is not known. Where another is broken, that is to be mended first.
                    if faults.is_empty() {
                        let first = tags.first().map_or(0..0, |tag| tag.range.clone());
                        faults.push((first, TemplateFault::Broken(too_long())));
                    }
                    return unexpanded(template, faults, steps);
                }
                faults.sort_by_key(|(range, _)| range.start);
                return Expanded { text, map, faults, steps };
            }
            Err(error) => error,
        };
        steps += steps_before(&error, &tags, text);
        // The end of the text belongs to the last tag before it: the one that is not closed.
        let place =
            error.range().and_then(|range| places.iter().rposition(|place| place.start <= range.start));
        // Steps that are not those of a tag are those of a loop.
        let place = place.or_else(|| match error.kind() {
            ErrorKind::OutOfFuel => tags.iter().position(|tag| is_loop(tag, text)),
            _ => None,
        });
        let tag = place.map(|place| &tags[place]);
        let range = tag.map_or(0..0, |tag| tag.range.clone());
        let is_block = tag.is_none_or(|tag| !tag.prints);
        let found = fault(&error, text, range.clone(), context, limit);
        // Nor is a name that the broken block would have given.
        let given = matches!(&found, TemplateFault::Undefined { defined, .. } if defined.is_empty());
        if !(broken_block && (is_block || given)) {
            faults.push((range, found));
        }
        broken_block |= is_block;
        match tag {
            Some(tag) => blank(&mut template, tag),
            None => break,
        }
    }
    unexpanded(template, faults, steps)
}

fn is_loop(tag: &Tag, text: &str) -> bool {
    !tag.prints && text[tag.range.clone()].contains("for ")
}

/// How many steps a template may have taken before it failed: the engine does not say it.
fn steps_before(error: &Error, tags: &[Tag], text: &str) -> usize {
    match error.kind() {
        ErrorKind::OutOfFuel => limits::STEPS.most,
        ErrorKind::SyntaxError => 0,
        _ if tags.iter().any(|tag| is_loop(tag, text)) => limits::STEPS.most / 4,
        _ => tags.len(),
    }
}

/// A template that is not run, since those before it have reached a limit.
pub fn refused(text: &str, reason: Option<String>) -> Expanded {
    let first = find_tags(text).first().map_or(0..0, |tag| tag.range.clone());
    let fault = reason.map(|reason| (first, TemplateFault::Broken(reason)));
    unexpanded(text.to_string(), fault.into_iter().collect(), 0)
}

/// The text that comes out of a template, up to as much as a page may have: marks and the stand-ins of values have
/// four bytes each.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > 4 * limits::EXPANDED.most {
            return Err(io::Error::other("too much"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn too_long() -> String {
    format!("the page becomes larger than {}", limits::EXPANDED)
}

/// A template without its tags: what is left to read of one that cannot be run.
fn unexpanded(template: String, mut faults: Vec<(Range<usize>, TemplateFault)>, steps: usize) -> Expanded {
    let mut text = template.clone().into_bytes();
    for tag in find_tags(&template) {
        text[tag.range].fill(b' ');
    }
    faults.sort_by_key(|(range, _)| range.start);
    Expanded {
        text: String::from_utf8(text).unwrap_or(template),
        map: ExpansionMap::copied(0),
        faults,
        steps,
    }
}

/// Takes a tag out without moving what follows; where it would have printed something, that
/// is missing, unless the tag is shorter than the sign for it: two braces at the end of a line.
fn blank(template: &mut String, tag: &Tag) {
    let length = tag.range.len();
    let mark = if tag.prints && length >= MISSING.len_utf8() { MISSING.to_string() } else { String::new() };
    let rest = " ".repeat(length - mark.len());
    template.replace_range(tag.range.clone(), &(mark + &rest));
}

fn fault(error: &Error, text: &str, range: Range<usize>, context: &Value, limit: Limit) -> TemplateFault {
    let tag = text.get(range).unwrap_or_default();
    let expression = tag.trim_matches(['{', '}', '%', '-', ' ']).trim();
    match error.kind() {
        ErrorKind::UndefinedError => undefined(expression, text, context),
        ErrorKind::UnknownFunction => TemplateFault::Undefined {
            defined: String::new(),
            name: expression.split('(').next().unwrap_or_default().trim().to_string(),
            known: tables::NAMES.iter().map(|name| name.to_string()).collect(),
            expression: expression.to_string(),
        },
        ErrorKind::OutOfFuel => {
            TemplateFault::Broken(format!("the template does not come to an end within {limit}"))
        }
        ErrorKind::WriteFailure => TemplateFault::Broken(too_long()),
        kind => TemplateFault::Broken(match error.detail() {
            Some(detail) => detail.to_string(),
            None => kind.to_string(),
        }),
    }
}

/// What of an expression is undefined, and what could stand in its place.
fn undefined(expression: &str, text: &str, context: &Value) -> TemplateFault {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '[' | ']' | '"' | '\'');
    let words =
        ["if", "elif", "else", "for", "in", "not", "and", "or", "is", "defined", "none", "true", "false"];
    let paths = expression
        .split(|c: char| !is_part(c))
        .map(|path| path.trim_matches(['-', '.']))
        .filter(|path| path.starts_with(|c: char| c.is_alphabetic()) && !words.contains(path));
    let mut first = None;
    for path in paths {
        let plain = path.replace("[\"", ".").replace("['", ".").replace(['"', '\'', ']'], "");
        let root = plain.split('.').next().unwrap_or_default();
        // A name that a loop gives is known only while it runs.
        let of_a_loop = text.contains(&format!("for {root} ")) || text.contains(&format!(", {root} in"));
        if of_a_loop {
            let name = plain.rsplit('.').next().unwrap_or_default().to_string();
            first.get_or_insert(TemplateFault::Undefined {
                expression: path.to_string(),
                defined: String::new(),
                name,
                known: Vec::new(),
            });
            continue;
        }
        if let Some((defined, name, known)) = undefined_part(&plain, context) {
            return TemplateFault::Undefined { expression: path.to_string(), defined, name, known };
        }
    }
    first.unwrap_or(TemplateFault::Undefined {
        expression: expression.to_string(),
        defined: String::new(),
        name: expression.to_string(),
        known: Vec::new(),
    })
}

/// For a path that is not defined: what of it is, the first part that is not, and what there
/// is in its place.
fn undefined_part(path: &str, context: &Value) -> Option<(String, String, Vec<String>)> {
    let mut value = context.clone();
    let mut defined = String::new();
    for part in path.split('.') {
        match value.get_attr(part).ok().filter(|next| !next.is_undefined()) {
            Some(next) => {
                defined = format!("{defined}{part}.");
                value = next;
            }
            None => {
                let keys = value.try_iter().map(|keys| keys.map(|key| key.to_string()).collect());
                return Some((defined, part.to_string(), keys.unwrap_or_default()));
            }
        }
    }
    None
}

/// What a mark in the output stands for.
#[derive(Debug, Clone)]
enum Mark {
    /// Text copied from here on
    Text(usize),
    /// The value of an expression
    Value(Range<usize>),
}

/// The template with a mark before each expression and after each tag. A line that holds
/// nothing but tags that print nothing is taken out; elsewhere white space stays, so that
/// a tag at the end of a line does not glue the next one to it.
fn mark(text: &str, tags: &[Tag]) -> (String, Vec<Mark>, Vec<Range<usize>>) {
    let mut marked = String::with_capacity(text.len() + tags.len() * 8);
    let mut marks = Vec::new();
    let mut origins = Vec::new();
    let put = |marked: &mut String, marks: &mut Vec<Mark>, mark: Mark| {
        if marks.len() < MARKS {
            marked.extend(char::from_u32(FIRST_MARK + marks.len() as u32));
            marks.push(mark);
        }
    };
    let mut at = 0;
    // White space that the engine takes away after a tag must not be held by a mark.
    let mut trims_after = false;
    let alone = find_lines_of_tags(text, tags);
    for (index, tag) in tags.iter().map(Some).chain([None]).enumerate() {
        let end = tag.map_or(text.len(), |tag| tag.range.start);
        let mut from = at;
        if index > 0 && alone[index - 1] {
            from = text[at..end].find('\n').map_or(end, |newline| at + newline + 1);
        }
        let mut to = end;
        if alone.get(index) == Some(&true) {
            let kept = text[from..end].trim_end_matches([' ', '\t']).len();
            to = from + kept;
        }
        let run = &text[from..to];
        let lead = if trims_after { run.len() - run.trim_start().len() } else { 0 };
        marked.push_str(&run[..lead]);
        if lead < run.len() {
            put(&mut marked, &mut marks, Mark::Text(from + lead));
            marked.push_str(&run[lead..]);
        }
        let Some(tag) = tag else { break };
        let words = &text[tag.range.clone()];
        if tag.prints && !words.starts_with("{{-") {
            put(&mut marked, &mut marks, Mark::Value(tag.range.clone()));
        }
        origins.push(marked.len()..marked.len() + words.len());
        marked.push_str(words);
        trims_after = words.ends_with("-}}") || words.ends_with("-%}");
        at = tag.range.end;
    }
    (marked, marks, origins)
}

/// For each tag, whether its line holds nothing but tags that print nothing.
fn find_lines_of_tags(text: &str, tags: &[Tag]) -> Vec<bool> {
    let mut alone = Vec::with_capacity(tags.len());
    while alone.len() < tags.len() {
        let first = alone.len();
        let start = text[..tags[first].range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let mut is_blank = text[start..tags[first].range.start].trim().is_empty();
        let mut last = first;
        let mut rest = tags[first].range.end;
        // The tags that follow on the line.
        loop {
            is_blank &= !tags[last].prints;
            let next = tags.get(last + 1).map_or(text.len(), |tag| tag.range.start);
            let end = text[rest..next].find('\n').map_or(next, |newline| rest + newline);
            is_blank &= text[rest..end].trim().is_empty();
            if end < next || last + 1 == tags.len() {
                break;
            }
            last += 1;
            rest = tags[last].range.end;
        }
        alone.resize(last + 1, is_blank);
    }
    alone
}

fn mark_index(character: char) -> Option<usize> {
    let index = (character as u32).checked_sub(FIRST_MARK)? as usize;
    (index < MARKS).then_some(index)
}

/// The output without its marks, and where each part of it is from.
fn unmark(
    output: &str,
    marks: &[Mark],
    source: &str,
    faults: &mut Vec<(Range<usize>, TemplateFault)>,
) -> (String, ExpansionMap) {
    let mut text = String::with_capacity(output.len());
    let mut map = ExpansionMap::copied(0);
    let mut value: Option<Range<usize>> = None;
    for character in output.chars() {
        if character == HOLE {
            let range = value.clone().unwrap_or(0..0);
            let expression = source[range.clone()].trim_matches(['{', '}', '-', ' ']).to_string();
            faults.push((range, TemplateFault::Blank(expression)));
            text.push(MISSING);
            continue;
        }
        match mark_index(character).and_then(|index| marks.get(index)) {
            Some(Mark::Text(from)) => {
                map.copy(text.len(), *from);
                value = None;
            }
            Some(Mark::Value(range)) => {
                map.value(text.len(), range.clone());
                value = Some(range.clone());
            }
            None => text.push(character),
        }
    }
    (text, map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::unescape_value;
    use minijinja::context;

    fn run(text: &str) -> Expanded {
        let context = context! {
            timers => context! { report => context! { within => "1 hour" } },
            names => vec!["a", "b"],
            empty => "",
            tricky => "*x* | [y](z)",
        };
        expand(&environment(), text, &context, limits::STEPS)
    }

    #[test]
    fn every_part_knows_where_it_is_from() {
        let source = "Report within {{ timers.report.within }}, then\n{% for n in names %}\n- {{ n }} waits\n{% endfor %}\nend\n";
        let expanded = run(source);
        assert_eq!(expanded.faults, []);
        assert_eq!(expanded.text, "Report within 1 hour, then\n- a waits\n- b waits\nend\n");
        let from = |words: &str| {
            let at = expanded.text.rfind(words).expect("in the text");
            &source[expanded.map.source_range(at..at + words.len())]
        };
        assert_eq!(from("Report"), "Report");
        assert_eq!(from("1 hour"), "{{ timers.report.within }}");
        assert_eq!(from("then"), "then");
        assert_eq!(from("waits"), "waits");
        assert_eq!(from("end"), "end");
    }

    #[test]
    fn all_undefined_names_of_a_page_are_told_with_what_was_meant() {
        let source = "{{ timers.reprot.within }} {{ empty }} {{ timer.report.within }} {{ severty_table() }}";
        let faults = run(source).faults;
        let told: Vec<_> =
            faults.iter().map(|(range, fault)| (&source[range.clone()], fault.clone())).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        let undefined = |index: usize| match &told[index].1 {
            TemplateFault::Undefined { defined, name, known, .. } => {
                (defined.as_str(), name.as_str(), known.iter().map(String::as_str).collect::<Vec<_>>())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(undefined(0), ("timers.", "reprot", vec!["report"]));
        assert_eq!(told[1].1, TemplateFault::Blank("empty".into()));
        assert_eq!(undefined(2).1, "timer");
        assert!(undefined(2).2.contains(&"timers"));
        assert_eq!(undefined(3).1, "severty_table");
        assert!(undefined(3).2.contains(&"severity_table"));
    }

    #[test]
    fn a_value_is_never_markup() {
        let text = run("{{ tricky }}").text;
        assert!(!text.contains(['*', '|', '[', ']', '(']));
        assert_eq!(unescape_value(&text), "*x* | [y](z)");
    }

    #[test]
    fn broken_and_endless_templates_are_faults() {
        for source in [
            "{{ a",
            "{% if %}",
            "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
            "{% include 'x' %}",
            "{{ names | nothing }}",
        ] {
            assert!(!run(source).faults.is_empty(), "{source}");
        }
        assert_eq!(run("{% raw %}${{ github.ref }}{% endraw %}").text, "${{ github.ref }}");
        assert_eq!(run("## A {#a}\n{## a note ##}\nb").text, "## A {#a}\nb");
    }

    #[test]
    fn a_line_of_tags_goes_and_a_tag_at_the_end_of_a_line_glues_nothing() {
        assert_eq!(run("- a{% if empty is defined %} b{% endif %}\n- c\n").text, "- a b\n- c\n");
        assert_eq!(run("- a\n  {% if names %} \n- b\n{% endif %}{## x ##}\n- c\n").text, "- a\n- b\n- c\n");
        assert_eq!(run("a {%- if names %} b{% endif %} {{- names[0] -}} \n c").text, "a bac");
    }
}
