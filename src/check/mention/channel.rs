//! Rooms and mentions in running text: `#general`, `@security`.

use std::collections::HashSet;
use std::ops::Range;

use crate::check::mention::{Knowledge, Mention, Unknown, is_set_apart};
use crate::check::passage::{Part, Passage, Setting};
use crate::check::{Binder, Findings};
use crate::plan::prose::Mark;
use crate::plan::{Fields, NameSort, Plan, Run};
use crate::syntax::Kind;

pub(in crate::check) fn look(binder: &Binder, findings: &mut Findings) {
    super::look::<Channels>(binder, findings);
}

/// The rooms and mentions of a plan.
pub(super) struct Channels {
    rooms: Vec<String>,
    mentions: Vec<String>,
    /// Each that a text of a channel or a contact names, in lower case
    stated: HashSet<String>,
}

impl Knowledge for Channels {
    const RULE: &'static str = "unknown-channel";

    fn of(plan: &Plan) -> Option<Channels> {
        let names = plan.names();
        let of = |sort: NameSort, mark: char| -> Vec<String> {
            let names = names.iter().filter(|name| name.map == "channels" && name.sort == sort);
            names.map(|name| name.words.clone()).filter(|words| words.contains(mark)).collect()
        };
        let facts = Fields::new(&plan.values);
        let records = facts.records("channels").into_iter().chain(facts.records("contacts"));
        let mut stated = HashSet::new();
        for (_, record) in records {
            let one = ["title", "address", "mention", "url", "email"].map(|key| record.text_or_empty(key));
            let many = ["also_called", "retired_names"].map(|key| record.texts(key)).into_iter().flatten();
            for text in one.into_iter().chain(many.map(|it| it.value)) {
                let lower = text.to_lowercase();
                stated.extend(marked(&lower).map(str::to_string));
            }
        }
        Some(Channels { rooms: of(NameSort::Address, '#'), mentions: of(NameSort::Mention, '@'), stated })
    }

    fn mentions(part: &Part, passage: &Passage) -> Vec<Mention> {
        let defines =
            ["address", "mention", "also_called", "retired_names"].iter().any(|key| part.is_under(key));
        if defines {
            return Vec::new();
        }
        let mut found = mentions(part.run);
        // In a program `@retry` is something else; a message is sent as it stands.
        if part.setting == Setting::Code && passage.page.kind != Kind::Template {
            found.retain(|mention| mention.range.start > 0);
        }
        found
    }

    fn judge(&self, mention: &Mention, _: &Part) -> Option<Unknown<'_>> {
        let words = mention.words.as_str();
        let (what, known, key) = match words.starts_with('#') {
            true => ("address", &self.rooms, "address"),
            false => ("mention", &self.mentions, "mention"),
        };
        let is_stated = self.stated.contains(&words.to_lowercase());
        (!is_stated && !known.is_empty()).then(|| Unknown {
            message: format!("no channel has the {what} `{words}`"),
            known,
            otherwise: match &known[..] {
                [one] => {
                    Some(format!("`{one}` is the only one there is; state another as a channel's `{key}:`"))
                }
                _ => None,
            },
        })
    }
}

/// The words with a mark before them in a text, wherever they stand.
fn marked(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(['#', '@']).map(|(at, _)| {
        let length = text[at + 1..].find(|c: char| !is_inside(c)).unwrap_or(text.len() - at - 1);
        &text[at..at + 1 + length]
    })
}

pub(in crate::check) fn is_inside(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// The rooms and mentions in a run.
fn mentions(run: &Run) -> Vec<Mention> {
    if !run.alphabet.has_any("#@") {
        return Vec::new();
    }
    tokens(&run.text)
        .into_iter()
        .filter(|range| {
            let token = &run.text[range.clone()];
            let is_colour = token.starts_with('#')
                && matches!(token.len(), 4 | 7 | 9)
                && token[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
                && (run.has_code(range.clone()) || token.bytes().any(|byte| byte.is_ascii_digit()));
            let is_directive = run.has_code(range.clone())
                && matches!(
                    token,
                    "#define" | "#include" | "#if" | "#ifdef" | "#ifndef" | "#endif" | "#pragma"
                );
            let is_anchor =
                run.marks_of(range.clone()).any(|mark| matches!(mark, Mark::Link(to) if to.starts_with('#')));
            !is_colour && !is_directive && !is_anchor && !is_set_apart(run, range.start)
        })
        .map(|range| Mention { words: run.text[range.clone()].to_string(), range, is_certain: true })
        .collect()
}

/// Where `#room` and `@mention` stand in a text.
pub(in crate::check) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices(['#', '@']) {
        let before = text[..at].chars().next_back();
        let opens = before
            .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '"' | '\'' | '“' | '‘' | '[' | '/' | ','));
        let rest = &text[at + 1..];
        let length = rest.find(|c: char| !is_inside(c)).unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('-');
        let after = &rest[name.len()..];
        // `@team/package`, `@example.com` and a blank to be filled in are none.
        let goes_on = after.starts_with(['/', '{', '<', '*'])
            || after.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        let is_name =
            name.starts_with(|c: char| c.is_ascii_lowercase() || (mark == "#" && c.is_alphabetic()));
        let is_blank = name.len() > 1 && name.chars().all(|c| !c.is_lowercase());
        let is_path = before == Some('/') && mark == "#";
        if opens && is_name && !goes_on && !is_blank && !is_path && name.len() > 1 {
            found.push(at..at + 1 + name.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{marked, tokens};

    #[test]
    fn an_address_states_what_follows_its_marks() {
        let of = |text| marked(text).collect::<Vec<_>>();
        assert_eq!(of("https://chat.example/#war-room, @on_call; #"), ["#war-room", "@on_call", "#"]);
        assert_eq!(of("a room"), [] as [&str; 0]);
    }

    #[test]
    fn rooms_and_mentions_are_known_by_their_mark() {
        let found = |text: &str| -> Vec<String> {
            tokens(text).into_iter().map(|range| text[range].to_string()).collect()
        };
        assert_eq!(
            found("Write to #cg-support (or #Official), with @here."),
            ["#cg-support", "#Official", "@here"]
        );
        assert_eq!(
            found("#1, C#, a@example.org, @example.org, @scope/package, #TEAM, # of"),
            Vec::<String>::new()
        );
    }
}
