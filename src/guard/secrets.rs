//! What an edition keeps from its readers, and where a file of it has some.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::config::Config;
use crate::guard::open::{Open, OpenedBy, Seen};
use crate::guard::said::Said;
use crate::guard::words::{TakenApart, Words};
use crate::load::Project;
use crate::plan::alone::{is_in_hash, names_section, names_step, stands_alone};
use crate::plan::facts::{NAME, WAYS};
use crate::plan::letters::is_unspaced;
use crate::plan::spelling::{is_spelled, is_telling, plain, without_scheme};
use crate::plan::telephone::{Directory, endings, numbers};
use crate::source::Span;
use crate::syntax::Audience;
use crate::syntax::escape::push_percent_encoded;

/// What leads to somebody or to something.
pub(super) const WAY: &str = "an address";
/// What a declared canary is.
pub(super) const CANARY: &str = "a canary";
/// Any other text.
pub(super) const TEXT: &str = "text";
/// What the path of a page is.
pub(super) const PAGE: &str = "an address of a page";
/// How the files of a page end, on the site and before.
const FILE_ENDINGS: [&str; 2] = [".html", ".md"];

/// What was found in a file.
pub(super) struct Leak {
    pub(super) what: String,
    /// Where it is written
    pub(super) span: Span,
    /// What it is, one of the kinds
    pub(super) kind: &'static str,
}

/// A declared canary.
struct Canary {
    text: String,
    /// Its words by their numbers
    words: Vec<u64>,
    span: Span,
}

/// A text that may be a secret.
struct Candidate<'s> {
    text: String,
    what: &'static str,
    it: &'s Said,
}

/// What an edition must not have.
pub(super) struct Secrets {
    /// Words in a row, with the piece they are from
    rows: Rows,
    /// Texts that can only be meant as these, with what each is and where it stands
    texts: BTreeMap<String, (&'static str, Span)>,
    /// Telephone numbers, however they are written, with the piece each is from
    numbers: Directory<usize>,
    /// Those that these readers may see
    open_numbers: Directory<()>,
    /// The declared canaries that are more than a sign, by the number of their first word
    canaries: HashMap<u64, Vec<Canary>>,
    /// The names of variants, in small letters
    variants: HashSet<String>,
    /// Looks for the texts in every form; `None` where they are too many
    pub(super) finder: Option<AhoCorasick>,
    /// For each form, its text
    text_of_form: Vec<String>,
    /// Looks for them in what their files say, whatever the spelling; `None` where they are too many
    plain_finder: Option<AhoCorasick>,
    /// For each form of these, its text
    text_of_plain: Vec<String>,
}

impl Secrets {
    pub(super) fn read(
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
            numbers: Directory::default(),
            open_numbers: Directory::default(),
            canaries: HashMap::new(),
            variants: project
                .layers
                .iter()
                .flat_map(|it| [it.name.to_string(), it.name.to_lowercase()])
                .collect(),
            finder: None,
            text_of_form: Vec::new(),
            plain_finder: None,
            text_of_plain: Vec::new(),
        };
        secrets.canaries(&project.config, edition);
        if closed.is_empty() {
            return secrets;
        }
        let pieces = |of: &[usize]| -> Vec<&Said> { of.iter().map(|index| &said[*index]).collect() };
        let seen = Seen::read(project, &pieces(&closed), &pieces(&open), files);
        for (_, number) in numbers(&seen.ways.text).chain(numbers(&own.text)) {
            secrets.open_numbers.add(number, ());
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for index in closed {
            let it = &said[index];
            let open = seen.of(OpenedBy::of(it));
            // The words of an address are no sentence: it is looked for as a whole.
            let is_address = it.key.as_deref() == Some("target");
            let parts = it.parts.as_deref().unwrap_or(std::slice::from_ref(&it.text));
            for row in parts.iter().filter(|_| !is_address).flat_map(|part| Words::of(part).telling()) {
                if !open.rows.contains(&row) && !own.rows.contains(&row) {
                    secrets.rows.add(row, index);
                }
            }
            for (what, text) in telling(it) {
                // A section that everybody reads may be called as this page is, and a single word means others too.
                let is_of_others = || anchors.contains(text) || !text.contains(['/', '-']);
                let endings = if what == PAGE && is_of_others() { &FILE_ENDINGS[..] } else { &[""] };
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                candidates.extend(endings.iter().map(|ending| Candidate {
                    text: format!("{text}{ending}"),
                    what,
                    it,
                }));
            }
            if it.key.as_deref() == Some("phone") {
                for (_, number) in numbers(&it.text) {
                    if secrets.open_numbers.find(&number).is_none() {
                        secrets.numbers.add(number, index);
                    }
                }
            }
        }
        let own = own.said(&candidates.iter().map(|it| it.text.as_str()).collect());
        for by in OpenedBy::EACH {
            let candidates: Vec<&Candidate> =
                candidates.iter().filter(|it| OpenedBy::of(it.it) == by).collect();
            // All of them are looked for at once.
            let said = seen.of(by).said(&candidates.iter().map(|it| it.text.as_str()).collect());
            for Candidate { text, what, it } in candidates {
                if !said.contains(text.as_str()) && !own.contains(text.as_str()) {
                    secrets.texts.entry(text.clone()).or_insert((what, it.span));
                }
            }
        }
        secrets
    }

    /// The same, ready to be looked for.
    pub(super) fn with_finder(mut self) -> Secrets {
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
            if !text.contains(is_unspaced) && (words.len() > 1 || text.chars().all(char::is_alphanumeric)) {
                let words = words.numbers().to_vec();
                let of_word = self.canaries.entry(words.first().copied().unwrap_or_default()).or_default();
                of_word.push(Canary { text: text.to_string(), words, span });
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.texts.is_empty() && self.numbers.is_empty()
    }

    /// The first of the texts that stands in another by itself. A canary is told even as the name of a section.
    fn stands_in<'s>(&self, finder: &AhoCorasick, texts: &'s [String], content: &str) -> Option<&'s String> {
        finder.find_overlapping_iter(content).find_map(|found| {
            let text = &texts[found.pattern().as_usize()];
            let kind = self.texts[text].0;
            let is_name = names_section(content, found.start()) && kind != CANARY
                || kind == PAGE
                    && (names_step(content, found.start())
                        || !text.contains(['/', '-']) && !self.is_in_variant(&content[..found.start()]));
            let is_own = is_name || kind != CANARY && is_in_hash(content, found.range());
            (stands_alone(content, found.range()) && !is_own).then_some(text)
        })
    }

    /// Whether the name of a variant stands before that of a page, as in its address: a single word means others too.
    fn is_in_variant(&self, before: &str) -> bool {
        let names = before.strip_suffix('/').map(|before| {
            before.rsplit(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).next().unwrap_or_default()
        });
        names.is_some_and(|name| self.variants.contains(name))
    }

    /// A canary whose words stand in others in a row.
    fn canary(&self, words: &Words) -> Option<&Canary> {
        let numbers = words.numbers();
        numbers.iter().enumerate().find_map(|(at, first)| {
            let of_word = self.canaries.get(first)?;
            of_word.iter().find(|canary| numbers[at..].starts_with(&canary.words))
        })
    }

    /// One of the texts that can only be meant as these.
    pub(super) fn text(&self, finder: &AhoCorasick, content: &str) -> Option<Leak> {
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
    pub(super) fn leak(
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
        // Letters of two bytes each have one that is nothing, and a file of several has stretches of them.
        let content = match content.contains('\0') {
            true if !is_markup && is_wordless(bytes) => return None,
            true => content.replace('\0', "").into(),
            false => content,
        };
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
        let secret = |(_, number): (_, String)| {
            let piece = self.numbers.find(&number)?;
            self.open_numbers.find(&number).is_none().then_some(*piece)
        };
        let mut numbers = endings(&content).chain(endings(&plain));
        if !self.numbers.is_empty()
            && let Some(piece) = numbers.find_map(secret)
        {
            let it = &said[piece];
            let what = format!("{WAY}, `{}`,", it.text.trim());
            return Some(Leak { what, span: it.span, kind: WAY });
        }
        if self.rows.is_empty() && self.canaries.is_empty() {
            return None;
        }
        let words = if is_markup { Words::of_html(&apart) } else { Words::of_data(&content) };
        if let Some(canary) = self.canary(&words).or_else(|| self.canary(&Words::of(address))) {
            let what = format!("{CANARY}, `{}`,", canary.text);
            return Some(Leak { what, span: canary.span, kind: CANARY });
        }
        let mut found = None;
        words.each_window(&mut |row| found = found.or_else(|| self.rows.find(row)));
        let it = &said[found?];
        let start: String = it.text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        Some(Leak { what: format!("text that begins with “{start}”"), span: it.span, kind: TEXT })
    }
}

/// Whether a file has no words of its own, by how it begins: a picture, a sound or a font, or one that packs others,
/// which are looked through by themselves.
fn is_wordless(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 12] = [
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"RIFF",
        b"wOF",
        b"OggS",
        b"ID3",
        b"\0\0\x01\0",
        b"\x1a\x45\xdf\xa3",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"%PDF-",
    ];
    STARTS.iter().any(|start| bytes.starts_with(start)) || bytes.get(4..8) == Some(b"ftyp")
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

/// The parts of a text that can only be meant as these, and what each is: an address, a path, a word
/// that is no word of a language.
fn telling(said: &Said) -> Vec<(&'static str, &str)> {
    let text = said.text.trim();
    let mut found = Vec::new();
    match said.key.as_deref() {
        Some(key) if (WAYS.contains(&key) || key == NAME) && is_telling(text) => {
            found.push((WAY, text));
        }
        Some("path" | "aliases") if text.chars().count() > 5 => {
            found.push((PAGE, text));
        }
        Some("target") if text.contains("://") => found.push((WAY, text)),
        Some("target") if text.starts_with("mailto:") => {
            let address = &text["mailto:".len()..];
            found.push((WAY, address.split('?').next().unwrap_or(address)));
            return found;
        }
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
    let with_port = |scheme: &str, port: &str| {
        let (host, path) = text.strip_prefix(scheme)?.split_once('/')?;
        Some(Cow::Owned(format!("{host}:{port}/{path}")))
    };
    // A host by its other scheme, and a meeting without the word that lets people in.
    let is_host = |host: &&str| !host.trim_end_matches('/').contains('/');
    let host = text.strip_prefix("https://").filter(is_host);
    forms.extend(host.map(|host| Cow::Owned(format!("http://{host}"))));
    let meeting = text
        .split_once('?')
        .filter(|_| text.contains("://"))
        .and_then(|(meeting, _)| without_scheme(meeting));
    let has_number = |meeting: &&str| meeting.bytes().filter(u8::is_ascii_digit).count() > 5;
    forms.extend(meeting.filter(has_number).map(Cow::Borrowed));
    forms.extend(with_port("https://", "443").or_else(|| with_port("http://", "80")));
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
