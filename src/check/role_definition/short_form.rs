//! Short forms in brackets after a name, and names in brackets after a short form.

use std::ops::Range;

use crate::check::mention::role::is_noun;
use crate::check::passage::bare;
use crate::check::role_definition::RULE;
use crate::check::role_definition::cast::{Cast, How, Named, is_filled_in};
use crate::diagnostic::Diagnostic;
use crate::plan::Run;
use crate::source::Sources;

pub(super) fn look(
    cast: &Cast,
    run: &Run,
    named: &[Named],
    sources: &Sources,
    tell: &mut dyn FnMut(Diagnostic),
) {
    if !run.text.contains('(') {
        return;
    }
    for (at, _) in run.text.match_indices('(') {
        let Some(length) = run.text[at + 1..].find(')') else { continue };
        let inside = at + 1..at + 1 + length;
        let words = &run.text[inside.clone()];
        if is_filled_in(run, inside.clone(), sources) {
            continue;
        }
        let before = run.text[..at].trim_end().len();
        let ends_here = |it: &&Named| {
            it.range.end == before || run.text.get(it.range.end..before).is_some_and(possessive)
        };
        let role = named.iter().find(ends_here);
        let diagnostic = match (role, is_short(words)) {
            (Some(it), true) if it.how != How::Short => of_role(cast, it.role, words),
            (Some(it), false) if it.how == How::Short => of_name(cast, it.role, words),
            (None, true) => of_stranger(cast, run, before, words),
            _ => None,
        };
        if let Some(diagnostic) = diagnostic {
            tell(diagnostic(run.span(inside, sources)));
        }
    }
}

type Told = Box<dyn FnOnce(crate::source::Span) -> Diagnostic>;

fn possessive(rest: &str) -> bool {
    matches!(rest, "s" | "'s" | "’s" | "'")
}

/// One to five capitals, perhaps in the plural.
fn is_short(words: &str) -> bool {
    let one = singular(words);
    (1..=5).contains(&one.len()) && one.chars().all(|c| c.is_ascii_uppercase())
}

fn singular(words: &str) -> &str {
    words.strip_suffix('s').filter(|one| one.len() > 1).unwrap_or(words)
}

/// "Incident Commander (ICM)"
fn of_role(cast: &Cast, role: usize, words: &str) -> Option<Told> {
    let short = singular(words).to_string();
    let title = cast.title(role).to_string();
    let own = cast.roles[role].abbreviation.clone();
    match own {
        Some(own) if own.value != short => Some(Box::new(move |span| {
            Diagnostic::new(RULE.name, format!("`{short}` is not the short form of `{title}`"))
                .at(span, "said to be its short form here")
                .and(own.span, format!("`{}` here", own.value))
                .help(format!("write `({})`, or mend the role's page", own.value))
        })),
        Some(_) => None,
        None => {
            let other = cast.abbreviated(&short).map(|other| cast.title(other).to_string());
            let term =
                cast.terms.iter().find(|(known, ..)| *known == short).map(|(_, title, _)| title.clone());
            let other = other.or(term)?;
            Some(Box::new(move |span| {
                Diagnostic::new(
                    RULE.name,
                    format!("`{short}` is the short form of `{other}`, not of `{title}`"),
                )
                .at(span, "taken by something else")
                .help("leave it out, or give the role a short form of its own")
            }))
        }
    }
}

/// "IC (Incident Coordinator)"
fn of_name(cast: &Cast, role: usize, words: &str) -> Option<Told> {
    let short = cast.roles[role].abbreviation.clone()?;
    let parts: Vec<&str> = words.split_whitespace().collect();
    let is_name = parts.len() >= 2 && parts.iter().all(|part| part.starts_with(char::is_uppercase));
    let is_other = match cast.called(words) {
        Some(other) => other != role,
        None => is_name && !cast.was_called(words) && (initials(&parts) == short.value || is_office(&parts)),
    };
    let (title, words) = (cast.title(role).to_string(), words.to_string());
    is_other.then(|| -> Told {
        Box::new(move |span| {
            Diagnostic::new(RULE.name, format!("`{}` is short for `{title}`, not for `{words}`", short.value))
                .at(span, "another name here")
                .and(short.span, format!("short for `{title}`"))
                .help(format!("write `{title}`, or mend the role's page"))
        })
    })
}

/// "Intelligence Community (IC)", where IC is a role
fn of_stranger(cast: &Cast, run: &Run, before: usize, words: &str) -> Option<Told> {
    let short = singular(words);
    let role = cast.abbreviated(short)?;
    let name = capitalised_before(&run.text, before)?;
    let name = run.text[name].to_string();
    let parts: Vec<&str> = name.split_whitespace().collect();
    if cast.was_called(&name) || !(initials(&parts) == short || is_office(&parts)) {
        return None;
    }
    let own = cast.roles[role].abbreviation.clone()?;
    let (title, short) = (cast.title(role).to_string(), short.to_string());
    Some(Box::new(move |span| {
        Diagnostic::new(RULE.name, format!("`{short}` is short for `{title}`, not for `{name}`"))
            .at(span, "short for something else here")
            .and(own.span, format!("short for `{title}`"))
            .help(format!("write `{title}`, or give the other a short form of its own"))
    }))
}

/// The capitalised words that end at a place, two at least.
fn capitalised_before(text: &str, end: usize) -> Option<Range<usize>> {
    let mut start = end;
    let mut count = 0;
    while count < 4 {
        let word = text[..start].trim_end().rsplit([' ', '\u{FFFC}']).next()?;
        let word_start = text[..start].trim_end().len() - word.len();
        if !word.starts_with(char::is_uppercase) || !word.chars().all(|c| c.is_alphanumeric() || c == '-') {
            break;
        }
        start = word_start;
        count += 1;
    }
    let name = text[start..end].trim();
    let leading = ["The ", "A ", "An ", "Each "].iter().find_map(|word| name.strip_prefix(word));
    let name = leading.unwrap_or(name);
    name.contains(' ').then(|| end - name.len()..end)
}

fn initials(parts: &[&str]) -> String {
    parts.iter().filter_map(|part| part.chars().next()).filter(|c| c.is_uppercase()).collect()
}

/// Whether some words end as the name of a role does.
fn is_office(parts: &[&str]) -> bool {
    parts.last().is_some_and(|last| is_noun(&bare(last)))
}
