//! Messages somebody sends, with the blanks in them.

use std::fmt::Write;

use crate::plan::{Fields, Plan};
use crate::render::escape_html;
use crate::render::html::Surroundings;

/// A message, or its subject, with its blanks marked: `[reporter]` by its id, and where the plan has
/// values for it (a severity, a status, a role, a channel) with these. Where the page explains its
/// blanks, only those are blanks; elsewhere everything in brackets is.
pub fn marked(around: &Surroundings, message: &str) -> String {
    let template = around.plan.templates.iter().find(|it| it.record.page == around.page.path);
    let known: Vec<&str> =
        template.into_iter().flat_map(|it| &it.blanks).map(|(id, _)| id.value.as_str()).collect();
    let mut html = String::new();
    let mut rest = message.trim_end();
    while let Some((before, after)) = rest.split_once('[') {
        html.push_str(&escape_html(before));
        let blank = after
            .split_once(']')
            .map(|(name, after)| (name.trim(), after))
            .filter(|(name, _)| !name.is_empty() && !name.contains('\n'))
            .filter(|(name, _)| known.is_empty() || known.contains(name));
        match blank {
            Some((name, after)) => {
                let line = before.rsplit('\n').next().unwrap_or_default();
                mark(&mut html, name, &options(around.plan, name, line));
                rest = after;
            }
            None => {
                html.push('[');
                rest = after;
            }
        }
    }
    html.push_str(&escape_html(rest));
    html
}

fn mark(html: &mut String, name: &str, options: &[String]) {
    let name = escape_html(name);
    let _ = write!(html, "<mark data-blank=\"{name}\"");
    if !options.is_empty() {
        let list = serde_json::Value::from(options).to_string();
        let _ = write!(html, " data-options=\"{}\"", escape_html(&list));
    }
    let _ = write!(html, ">[{name}]</mark>");
}

/// What the plan has to say in a blank: where the last word of its id, or of what stands before it
/// in its line, is one that the plan has records of. "Roles that changed hands" wants a sentence.
fn options(plan: &Plan, name: &str, line: &str) -> Vec<String> {
    let last = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.next_back().map(str::to_lowercase)
    };
    [name, line]
        .into_iter()
        .filter_map(last)
        .map(|word| values(plan, &word))
        .find(|values| !values.is_empty())
        .unwrap_or_default()
}

fn values(plan: &Plan, word: &str) -> Vec<String> {
    match word {
        "severity" => plan.severities.iter().map(|it| it.label.clone()).collect(),
        "role" => plan.roles.iter().map(|it| it.record.title.clone()).collect(),
        "status" => {
            let statuses = plan.facts.iter().filter(|fact| fact.map == "statuses");
            statuses.map(|fact| fact.title.clone()).collect()
        }
        "channel" | "room" => Fields::new(&plan.values)
            .records("channels")
            .into_iter()
            .map(|(_, channel)| channel.text_or_empty("address"))
            .filter(|address| !address.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}
