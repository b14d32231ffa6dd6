//! The last look at a site before it is published: what an edition keeps from its readers is in no
//! byte of it, wherever it might have come from.
//!
//! What is secret is read from the complete plans by the marks that authors set, and looked for in
//! the finished files. So it is found as well where a stage before forgot to leave it out.

mod packed;
mod said;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::files::Output;
use crate::guard::said::Said;
use crate::guard::words::{TakenApart, Words};
use crate::load::Project;
use crate::plan::address::begins_another;
use crate::plan::facts::{NAME, WAYS};
use crate::plan::spelling::{is_spelled, plain, without_scheme};
use crate::plan::telephone::{endings, numbers};
use crate::plan::{self, Plan};
use crate::source::{SourceId, Span};
use crate::syntax::escape::push_percent_encoded;
use crate::syntax::{Audience, front_matter};
use crate::tailor;

/// The rule that a leak breaks. It cannot be waived.
const RULE: &str = "audience-leak";

/// What the editions of a site keep from their readers.
pub struct Guard<'p> {
    config: &'p Config,
    said: Vec<Said>,
    /// For each edition that keeps anything
    secrets: BTreeMap<Audience, Secrets>,
}

impl<'p> Guard<'p> {
    /// Reads what is secret from the complete plans. `own_words` is what the theme says by itself, and `sentences`
    /// what pages make of the values of a plan.
    pub fn new(
        project: &'p Project,
        plans: &[Plan],
        own_words: &str,
        sentences: &dyn Fn(&Plan) -> Vec<String>,
    ) -> Guard<'p> {
        let mut guard = Guard { config: &project.config, said: Vec::new(), secrets: BTreeMap::new() };
        let built: Vec<Audience> = plans.iter().map(|plan| plan.edition).collect();
        let narrow: Vec<Audience> = [Audience::Public, Audience::Staff]
            .into_iter()
            .filter(|edition| built.contains(edition))
            .collect();
        if narrow.is_empty() {
            return guard;
        }
        let mut complete: Vec<&Plan> =
            plans.iter().filter(|plan| plan.edition == Audience::Responders).collect();
        let not_built: Vec<Plan>;
        if complete.is_empty() {
            let variants = tailor::tailor_for(project, Audience::Responders);
            not_built = plan::read_all(&variants, &project.sources, &[]);
            complete = not_built.iter().collect();
        }
        guard.said = said::said(&complete);
        for edition in narrow {
            let mut own = Open::default();
            own.add(own_words);
            let mut added: HashSet<String> = HashSet::new();
            for plan in plans.iter().filter(|plan| plan.edition == edition) {
                own.add(&plan.name);
                own.add(&plan.title);
                for sentence in sentences(plan) {
                    if added.insert(sentence.clone()) {
                        own.add(&sentence);
                    }
                }
            }
            let files = texts_beside(plans, edition);
            let anchors = anchors(plans, edition);
            let secrets = Secrets::read(project, edition, &guard.said, &own, &files, &anchors).with_finder();
            if !secrets.is_empty() {
                guard.secrets.insert(edition, secrets);
            }
        }
        guard
    }

    /// What a file of a site has in it that its readers must not see: the first of it, since one is enough
    /// to keep the file back, and more of them are mostly the same. `bytes` are not compressed.
    pub fn leak(&self, address: &str, bytes: &[u8]) -> Option<Diagnostic> {
        let edition = edition_of(self.config, address)?;
        let secrets = self.secrets.get(&edition)?;
        let Some(finder) = &secrets.finder else {
            let message = "what is for fewer readers is too much to be looked for".to_string();
            return Some(Diagnostic::new(RULE, message).help("nothing was published; mark less of it"));
        };
        let look = |address: &str, bytes: &[u8], is_markup: bool| {
            secrets.leak(&self.said, finder, address, bytes, is_markup)
        };
        let is_page = address.ends_with(".html") || address.ends_with(".svg");
        let inside = |name: &str, inner: &[u8]| match bytes.starts_with(b"%PDF-") {
            // Among the places of letters on paper, any number may be somebody's telephone.
            true => secrets.text(finder, &String::from_utf8_lossy(inner)),
            false => look(name, inner, inner.starts_with(b"<")),
        };
        let Leak { what, span, kind } =
            look(address, bytes, is_page).or_else(|| packed::find_inside(bytes, inside))?;
        let readers = if edition == Audience::Public { "everybody" } else { "staff" };
        let help = match kind {
            CANARY => {
                "nothing was published; take it out where it is written, or from the canaries in site.toml"
            }
            WAY => {
                "nothing was published; take it out where it is written by hand, or give it to these readers too, in a \
                 channel, contact or tool of theirs"
            }
            _ => {
                "nothing was published; unless a theme of your own prints it, this is a fault of redbinder: please \
                 report it"
            }
        };
        Some(
            Diagnostic::new(RULE, format!("{what} is in `{address}`, which is for {readers}"))
                .at(span, "for fewer readers")
                .help(help),
        )
    }

    /// Whether those who read a file may see everything.
    fn keeps_nothing_from(&self, address: &str) -> bool {
        edition_of(self.config, address).is_none_or(|edition| !self.secrets.contains_key(&edition))
    }

    /// What the files of a site have in them that their readers must not see, in the order of the files.
    pub fn leaks(&self, site: &Output) -> Vec<Diagnostic> {
        site.par_iter().filter_map(|(address, bytes)| self.leak(address, bytes)).collect()
    }
}

/// Looks at the files of a site as they go by, from several threads.
pub struct Watch<'p> {
    guard: Guard<'p>,
    leaks: Mutex<Vec<(String, Diagnostic)>>,
}

impl<'p> Watch<'p> {
    /// Begins to look.
    pub fn new(guard: Guard<'p>) -> Watch<'p> {
        Watch { guard, leaks: Mutex::default() }
    }

    /// Whether a file has to be looked at: its readers may not see all.
    pub fn is_for(&self, address: &str) -> bool {
        !self.guard.keeps_nothing_from(address)
    }

    /// Looks at a file. `bytes` are asked for where its readers may not see all, and not compressed.
    pub fn see<'b>(&self, address: &str, bytes: impl FnOnce() -> Cow<'b, [u8]>) {
        if !self.is_for(address) {
            return;
        }
        if let Some(leak) = self.guard.leak(address, &bytes()) {
            self.leaks.lock().unwrap_or_else(PoisonError::into_inner).push((address.to_string(), leak));
        }
    }

    /// What was found so far, in the order of the files.
    pub fn leaks(&self) -> Vec<Diagnostic> {
        let mut leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        leaks.sort_by(|(one, _), (other, _)| one.cmp(other));
        leaks.into_iter().map(|(_, leak)| leak).collect()
    }
}

/// The words of the pages as their files have them, whatever templates make of them; without those
/// of closed pieces, and without what no reader gets.
fn by_hand(project: &Project, closed: &[&Said], open: &[&Said]) -> Vec<String> {
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for (index, source) in project.sources.iter().enumerate() {
        let mut text = source.text.as_bytes().to_vec();
        let is_page = source.path.ends_with(".md");
        let (_, body, _) = front_matter::split(SourceId(index as u32), &source.text);
        let front = if is_page { body } else { text.len() };
        text[..front].fill(b' ');
        for comment in comments(&source.text) {
            text[comment].fill(b' ');
        }
        texts.push(text);
    }
    // A piece that a closed variant inherits from an open one is open.
    let open: HashSet<Span> = open.iter().map(|it| it.span).collect();
    for it in closed.iter().filter(|it| !open.contains(&it.span)) {
        if let Some(range) =
            texts.get_mut(it.span.source.0 as usize).and_then(|text| text.get_mut(it.span.range()))
        {
            range.fill(b' ');
        }
    }
    texts.into_iter().map(|text| String::from_utf8_lossy(&text).into_owned()).collect()
}

/// Where the comments of a page are, in HTML and in templates.
fn comments(text: &str) -> impl Iterator<Item = Range<usize>> {
    [("<!--", "-->"), ("{##", "##}")].into_iter().flat_map(move |(start, end)| {
        text.match_indices(start).map(move |(at, _)| {
            let length = text[at..].find(end).map_or(text.len() - at, |length| length + end.len());
            at..at + length
        })
    })
}

/// What was found in a file.
struct Leak {
    what: String,
    /// Where it is written
    span: Span,
    /// What it is, one of the kinds
    kind: &'static str,
}

/// What an edition must not have.
struct Secrets {
    /// Words in a row, with the piece they are from
    rows: Rows,
    /// Texts that can only be meant as these, with what each is and where it stands
    texts: BTreeMap<String, (&'static str, Span)>,
    /// Telephone numbers, however they are written: the end of each, with the piece it is from
    numbers: HashMap<String, usize>,
    /// The declared canaries that are more than a sign, by how many words each has and the number of these
    canaries: BTreeMap<usize, HashMap<u64, (String, Span)>>,
    /// Looks for the texts in every form; `None` where they are too many
    finder: Option<AhoCorasick>,
    /// For each form, its text
    text_of_form: Vec<String>,
    /// Looks for them in what their files say, whatever the spelling; `None` where they are too many
    plain_finder: Option<AhoCorasick>,
    /// For each form of these, its text
    text_of_plain: Vec<String>,
}

impl Secrets {
    fn read(
        project: &Project,
        edition: Audience,
        said: &[Said],
        own: &Open,
        files: &[&str],
        anchors: &HashSet<&str>,
    ) -> Secrets {
        let (open, closed): (Vec<usize>, Vec<usize>) =
            (0..said.len()).partition(|index| said[*index].audience <= edition);
        let mut secrets = Secrets {
            rows: Rows::default(),
            texts: BTreeMap::new(),
            numbers: HashMap::new(),
            canaries: BTreeMap::new(),
            finder: None,
            text_of_form: Vec::new(),
            plain_finder: None,
            text_of_plain: Vec::new(),
        };
        secrets.canaries(&project.config, edition);
        if closed.is_empty() {
            return secrets;
        }
        // A value is open where another value says it, or a person wrote it: not where a template
        // printed it, since that is how a value leaks: a table of contacts has links to all of them.
        let is_value = |it: &Said| it.key.as_deref().is_some_and(|key| key != "target");
        let mut values = Open::new(open.iter().map(|index| &said[*index]).filter(|it| is_value(it)));
        let pieces = |of: &[usize]| -> Vec<&Said> { of.iter().map(|index| &said[*index]).collect() };
        for text in by_hand(project, &pieces(&closed), &pieces(&open)) {
            text.split("\n\n").for_each(|paragraph| values.add(paragraph));
        }
        // Nor is it a secret what a file says that these readers get.
        let mut all = Open::new(open.iter().map(|index| &said[*index]));
        for text in files {
            values.add(text);
            all.add(text);
        }
        // What leads to somebody is open where another way to somebody is the same, and not where a person wrote
        // it out: that is a leak like any other.
        let is_way = |it: &Said| it.key.as_deref().is_some_and(|key| WAYS.contains(&key));
        let ways = Open::new(open.iter().map(|index| &said[*index]).filter(|it| is_way(it)));
        let open_numbers: HashSet<String> =
            numbers(&ways.text).chain(numbers(&own.text)).map(|(_, number)| number).collect();
        for index in closed {
            let it = &said[index];
            let open = match is_value(it) {
                true if is_way(it) => &ways,
                true => &values,
                false => &all,
            };
            for row in Words::of(&it.text).telling() {
                if !open.rows.contains(&row) && !own.rows.contains(&row) {
                    secrets.rows.add(row, index);
                }
            }
            for (what, text) in telling(it) {
                // A section that everybody reads may be called as this page is.
                let endings = if what == PAGE && anchors.contains(text) { &FILE_ENDINGS[..] } else { &[""] };
                for text in endings.iter().map(|ending| format!("{text}{ending}")) {
                    if !open.says(&text) && !own.says(&text) {
                        secrets.texts.entry(text).or_insert((what, it.span));
                    }
                }
            }
            if it.key.as_deref() == Some("phone") {
                let numbers = numbers(&it.text).map(|(_, number)| number);
                let own = numbers.filter(|number| !open_numbers.contains(number));
                secrets.numbers.extend(own.map(|number| (number, index)));
            }
        }
        secrets
    }

    /// The same, ready to be looked for.
    fn with_finder(mut self) -> Secrets {
        let forms: Vec<(Cow<str>, &String)> = self
            .texts
            .keys()
            .flat_map(|text| forms(text).into_iter().map(move |form| (form, text)))
            .collect();
        let mut finder = AhoCorasickBuilder::new();
        finder.ascii_case_insensitive(true);
        let finder = finder.build(forms.iter().map(|(form, _)| &**form)).ok();
        self.text_of_form = forms.into_iter().map(|(_, text)| text.clone()).collect();
        self.finder = finder;
        let ways = |text: &String| {
            let ways = [Some(&**text), without_scheme(text)].into_iter().flatten();
            ways.map(|way| (plain(way), text.clone())).collect::<Vec<_>>()
        };
        let (plain, texts): (Vec<String>, Vec<String>) = self.texts.keys().flat_map(ways).unzip();
        self.plain_finder = AhoCorasick::new(plain).ok();
        self.text_of_plain = texts;
        // With one of them nothing could be looked for in full.
        if self.plain_finder.is_none() {
            self.finder = None;
        }
        self
    }

    fn canaries(&mut self, config: &Config, edition: Audience) {
        let closed = config
            .canaries
            .iter()
            .filter(|(audience, _)| Audience::parse(audience).is_some_and(|audience| audience > edition));
        for canary in closed.flat_map(|(_, texts)| texts) {
            let (text, span) = (canary.value.trim(), canary.span);
            self.texts.insert(text.to_string(), (CANARY, span));
            let words = Words::of(text);
            // Without its signs, `#heron` would be the name of a bird.
            if words.len() > 1 || text.chars().all(char::is_alphanumeric) {
                let of_length = self.canaries.entry(words.len()).or_default();
                of_length.entry(words.row()).or_insert((text.to_string(), span));
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.texts.is_empty() && self.numbers.is_empty()
    }

    /// The first of the texts that stands in another by itself. A canary is told even as the name of a section.
    fn stands_in<'s>(&self, finder: &AhoCorasick, texts: &'s [String], content: &str) -> Option<&'s String> {
        finder.find_overlapping_iter(content).find_map(|found| {
            let text = &texts[found.pattern().as_usize()];
            let is_name = names_section(content, found.start()) && self.texts[text].0 != CANARY;
            (stands_alone(content, found.range()) && !is_name).then_some(text)
        })
    }

    /// A canary whose words stand in others in a row.
    fn canary(&self, words: &Words) -> Option<&(String, Span)> {
        let mut by_length = self.canaries.iter();
        by_length.find_map(|(length, known)| words.rows(*length).find_map(|row| known.get(&row)))
    }

    /// One of the texts that can only be meant as these.
    fn text(&self, finder: &AhoCorasick, content: &str) -> Option<Leak> {
        let text = self.stands_in(finder, &self.text_of_form, content)?;
        Some(self.of_text(text))
    }

    /// The same, whatever the spelling.
    fn plain_text(&self, plain: &str) -> Option<Leak> {
        let finder = self.plain_finder.as_ref()?;
        self.stands_in(finder, &self.text_of_plain, plain).map(|text| self.of_text(text))
    }

    fn of_text(&self, text: &String) -> Leak {
        let (what, span) = self.texts[text];
        Leak { what: format!("{what}, `{text}`,"), span, kind: what }
    }

    /// What a file has that it must not have. `is_markup`: whether words stand between tags.
    fn leak(
        &self,
        said: &[Said],
        finder: &AhoCorasick,
        address: &str,
        bytes: &[u8],
        is_markup: bool,
    ) -> Option<Leak> {
        let content = String::from_utf8_lossy(bytes);
        if let Some(leak) = self.text(finder, address).or_else(|| self.text(finder, &content)) {
            return Some(leak);
        }
        if content.contains('\0') && !is_markup {
            return None;
        }
        let apart = if is_markup { TakenApart::of(&content) } else { TakenApart::default() };
        // What has no escape and nothing but letters of English in it is found as it is.
        let plain = match is_markup {
            true => {
                let tags = apart.tags.iter().filter(|tag| is_spelled(tag)).map(|tag| plain(tag));
                std::iter::once(plain(&apart.lines.join("\n"))).chain(tags).collect::<Vec<_>>().join("\n")
            }
            false if is_spelled(&content) => plain(&content),
            false => String::new(),
        };
        if let Some(leak) = self.plain_text(&plain) {
            return Some(leak);
        }
        let is_secret = |(_, number): &(_, String)| self.numbers.contains_key(number);
        let mut numbers = endings(&content).chain(endings(&plain));
        if !self.numbers.is_empty()
            && let Some((_, number)) = numbers.find(is_secret)
        {
            let it = &said[self.numbers[&number]];
            let what = format!("{WAY}, `{}`,", it.text.trim());
            return Some(Leak { what, span: it.span, kind: WAY });
        }
        if self.rows.is_empty() && self.canaries.is_empty() {
            return None;
        }
        let words = if is_markup { Words::of_html(&apart) } else { Words::of_data(&content) };
        if let Some((text, span)) = self.canary(&words).or_else(|| self.canary(&Words::of(address))) {
            return Some(Leak { what: format!("{CANARY}, `{text}`,"), span: *span, kind: CANARY });
        }
        let mut found = None;
        words.each_window(&mut |row| found = found.or_else(|| self.rows.find(row)));
        let it = &said[found?];
        let start: String = it.text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        Some(Leak { what: format!("text that begins with “{start}”"), span: it.span, kind: TEXT })
    }
}

/// Words in a row by their numbers, with the piece each is from.
#[derive(Default)]
struct Rows {
    known: HashMap<u64, usize>,
    /// A bit for the first digits of each number: of all rows of a site, few have one that is set
    may_be: Vec<u64>,
}

impl Rows {
    /// How many binary digits of a number count, and so how many bits there are: 32 KB of them.
    const DIGITS: u32 = 18;

    fn add(&mut self, row: u64, piece: usize) {
        self.may_be.resize(1 << (Rows::DIGITS - u64::BITS.ilog2()), 0);
        let (word, bit) = Rows::place(row);
        self.may_be[word] |= bit;
        self.known.entry(row).or_insert(piece);
    }

    fn find(&self, row: u64) -> Option<usize> {
        let (word, bit) = Rows::place(row);
        (self.may_be.get(word)? & bit != 0).then(|| self.known.get(&row).copied()).flatten()
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The word of the bits and the bit in it.
    fn place(row: u64) -> (usize, u64) {
        // These are mixed better than the last ones.
        let at = row >> (u64::BITS - Rows::DIGITS);
        ((at / u64::from(u64::BITS)) as usize, 1 << (at % u64::from(u64::BITS)))
    }
}

/// What may be seen.
#[derive(Default)]
struct Open {
    rows: HashSet<u64>,
    /// As [`plain`] has it
    text: String,
}

impl Open {
    fn new<'s>(said: impl Iterator<Item = &'s Said>) -> Open {
        let mut open = Open::default();
        said.for_each(|it| open.add(&it.text));
        open
    }

    fn add(&mut self, text: &str) {
        Words::of(text).each_window(&mut |row| {
            self.rows.insert(row);
        });
        self.add_words(text);
    }

    fn add_words(&mut self, text: &str) {
        self.text.push_str(&plain(text));
        self.text.push('\n');
    }

    /// Whether a text stands in it by itself.
    fn says(&self, text: &str) -> bool {
        let text = plain(text);
        let mut places = self.text.match_indices(&text);
        places.any(|(at, _)| stands_alone(&self.text, at..at + text.len()) && !names_section(&self.text, at))
    }
}

/// What leads to somebody or to something.
const WAY: &str = "an address";
/// What a declared canary is.
const CANARY: &str = "a canary";
/// Any other text.
const TEXT: &str = "text";
/// What the path of a page is.
const PAGE: &str = "an address of a page";
/// How the files of a page end, on the site and before.
const FILE_ENDINGS: [&str; 2] = [".html", ".md"];

/// The texts that lie beside the pages of an edition.
fn texts_beside(plans: &[Plan], edition: Audience) -> Vec<&str> {
    let mut seen = HashSet::new();
    let files = plans.iter().filter(|plan| plan.edition == edition).flat_map(|plan| plan.files.values());
    let files = files.filter(|bytes| seen.insert(Arc::as_ptr(bytes)) && !bytes.contains(&0));
    files.filter_map(|bytes| str::from_utf8(bytes).ok()).collect()
}

/// What leads to the sections of an edition.
fn anchors(plans: &[Plan], edition: Audience) -> HashSet<&str> {
    let pages = plans.iter().filter(|plan| plan.edition == edition).flat_map(|plan| &plan.pages);
    pages.flat_map(|page| &page.anchors.of_sections).map(|anchor| &**anchor).collect()
}

/// The parts of a text that can only be meant as these, and what each is: an address, a path, a word
/// that is no word of a language.
fn telling(said: &Said) -> Vec<(&'static str, &str)> {
    let text = said.text.trim();
    let mut found = Vec::new();
    match said.key.as_deref() {
        Some(key)
            if (WAYS.contains(&key) || key == NAME)
                && text.chars().count() > 4
                && text.contains(|c: char| !c.is_alphabetic()) =>
        {
            found.push((WAY, text));
        }
        Some("path" | "aliases") if text.chars().count() > 5 && text.contains(['/', '-']) => {
            found.push((PAGE, text));
        }
        Some("target") if text.contains("://") => found.push((WAY, text)),
        // What a page is called in its source, no reader sees.
        Some("target") if !text.contains([':', '#']) && !text.ends_with(".md") => {
            let name = text.rsplit('/').next().unwrap_or(text);
            if name.chars().count() > 5 && name.contains('.') {
                found.push(("a file", name));
            }
            return found;
        }
        Some("target") => return found,
        // An id is in the addresses of sections by chance.
        Some("id") => return found,
        _ => {}
    }
    found.extend(
        text.split_whitespace()
            .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && !"#@".contains(c)))
            .filter(|word| word.chars().count() > 4 && !word.contains(['<', '>', '"']))
            .filter(|word| {
                let has = |test: fn(char) -> bool| word.contains(test);
                has(|c| c == '@' || c == '#' || c == '_')
                    || (has(|c| c.is_ascii_digit()) && has(|c| c.is_alphabetic()))
            })
            .map(|word| ("a word", word)),
    );
    found
}

/// A text as files may have it: as it is, in HTML, in an address.
fn forms(text: &str) -> Vec<Cow<'_, str>> {
    let mut forms = vec![Cow::Borrowed(text)];
    forms.extend(without_scheme(text).map(Cow::Borrowed));
    if text.contains(['&', '"', '<', '>']) {
        let escapes = [("&", "&amp;"), ("\"", "&quot;"), ("<", "&lt;"), (">", "&gt;")];
        forms.push(escapes.iter().fold(text.to_string(), |text, (from, to)| text.replace(from, to)).into());
    }
    if text.contains(|c: char| !(c.is_ascii_alphanumeric() || "-._~@/:".contains(c))) {
        let mut encoded = String::with_capacity(text.len());
        let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@/:".contains(&byte);
        push_percent_encoded(&mut encoded, text, is_kept);
        forms.push(encoded.into());
    }
    forms
}

/// Whether a part of a text is not continued on either side.
fn stands_alone(content: &str, range: Range<usize>) -> bool {
    let continues = |c: char| c.is_alphanumeric();
    let text = &content[range.clone()];
    let (before, after) = (&content[..range.start], &content[range.end..]);
    // `duty@organization.example` is none of the two in `not.duty@organization.example`.
    let name = before.trim_end_matches(['.', '+', '-', '_']);
    if text.contains('@')
        && name.len() < before.len()
        && name.ends_with(continues)
        && text.starts_with(continues)
    {
        return false;
    }
    if begins_another(text, after) {
        return false;
    }
    let goes_on = before.ends_with(continues) && text.starts_with(continues) && !ends_in_escape(before)
        || after.starts_with(continues) && text.ends_with(continues);
    !goes_on
}

/// Whether a place of a text is the sign of a number at the end of an address, which begins the name of a
/// section and no room: `href="response.html#roles"`.
fn names_section(content: &str, at: usize) -> bool {
    const ADDRESSES: [&str; 5] = [".html", ".md", "href=\"", "href='", "url("];
    content[at..].starts_with('#') && ADDRESSES.iter().any(|end| content[..at].ends_with(end))
}

/// Whether the last letters of a text are the end of an escape: `\n`, `\u003c`, `%20`.
fn ends_in_escape(text: &str) -> bool {
    let escapes = |mark: &str, length: usize| {
        let start = text.len().checked_sub(mark.len() + length)?;
        let digits = text.get(start..)?.strip_prefix(mark)?;
        Some(digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    ["\\n", "\\r", "\\t", "\\b", "\\f"].iter().any(|escape| text.ends_with(escape))
        || escapes("\\u", 4) == Some(true)
        || escapes("%", 2) == Some(true)
}

/// The edition a file of the site is for: the one with the longest folder it lies in, or the
/// narrowest where it lies in none.
fn edition_of(config: &Config, address: &str) -> Option<Audience> {
    // What lies in no edition's folder is for whoever reads any.
    match config.edition_at(address) {
        Some((name, ..)) => Audience::parse(name),
        None => config.editions.keys().filter_map(|name| Audience::parse(name)).min(),
    }
}
