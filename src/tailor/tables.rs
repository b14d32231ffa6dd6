//! The functions of pages that write markdown out of a variant's facts and records.
//!
//! Every text in them is escaped; the tables link to the things they name. A column
//! nobody fills is left out, so that a small plan has small tables.

use minijinja::{Environment, State, Value};

use crate::syntax::{day, escape_mail, escape_value};

/// The functions there are.
pub const NAMES: &[&str] = &[
    "severity_table",
    "role_table",
    "phase_table",
    "process_diagram",
    "channel_table",
    "contact_table",
    "tool_table",
    "timer_table",
    "status_table",
    "term_table",
    "obligation_table",
    "dependency_table",
    "reporting_table",
    "document_table",
    "deviation_table",
    "tailoring_table",
    "checklist_list",
    "playbook_list",
    "template_list",
    "range",
];

/// Makes the functions known to the engine.
pub fn add_to(environment: &mut Environment) {
    environment.add_filter("every", |duration: &str| every(duration));
    environment.add_function("severity_table", |state: &State| {
        table(
            &["Severity", "It is one when", "Worked on", "Situation report", "Taking systems down"],
            rows(state, "severities", |id, it| {
                let hours = match text(it, "hours").as_str() {
                    "continuous" => "around the clock".to_string(),
                    "business" => "in business hours".to_string(),
                    other => other.to_string(),
                };
                vec![
                    link("severity", id, &label(it)),
                    text(it, "criteria"),
                    hours,
                    every(&text(it, "sitrep_every")),
                    text(it, "authority"),
                ]
            }),
        )
    });
    environment.add_function("role_table", |state: &State| {
        table(
            &["Role", "In short", "Assigned by"],
            rows(state, "roles", |id, it| {
                vec![own_name("role", id), text(it, "summary"), thing(it, "assigned_by", "role")]
            }),
        )
    });
    environment.add_function("phase_table", |state: &State| {
        table(
            &["", "Process", "In short", "Led by"],
            rows(state, "phases", |id, it| {
                vec![
                    text(it, "number"),
                    own_name("phase", id),
                    text(it, "summary"),
                    thing(it, "led_by", "role"),
                ]
            }),
        )
    });
    environment.add_function("process_diagram", |state: &State| {
        let lines = rows(state, "phases", |id, _| vec![own_name("phase", id)]);
        let lines = lines.iter().enumerate().map(|(index, row)| format!("{}. {}\n", index + 1, row[0]));
        markdown(lines.collect())
    });
    environment.add_function("channel_table", |state: &State| {
        table(
            &["Channel", "Product", "Address", "Mention", "For", "Never"],
            rows(state, "channels", |_, it| {
                vec![
                    title(it),
                    product(state, it),
                    address(it),
                    code(&text(it, "mention")),
                    text(it, "purpose"),
                    text(it, "never"),
                ]
            }),
        )
    });
    environment.add_function("contact_table", |state: &State| {
        table(
            &["Contact", "E-mail", "Phone", "Web", "Hours", "For"],
            rows(state, "contacts", |_, it| {
                let name = text(it, "name");
                let who = if name.is_empty() { title(it) } else { format!("{}, {name}", title(it)) };
                vec![
                    who,
                    mail(&raw(it, "email")),
                    phone(&raw(it, "phone")),
                    web(&raw(it, "url")),
                    text(it, "hours"),
                    text(it, "purpose"),
                ]
            }),
        )
    });
    environment.add_function("tool_table", |state: &State| {
        table(
            &["Tool", "For", "Web"],
            rows(state, "tools", |_, it| vec![title(it), text(it, "purpose"), web(&raw(it, "url"))]),
        )
    });
    environment.add_function("timer_table", |state: &State| {
        table(
            &["What", "Within", "Every", "Counted from", "By"],
            rows(state, "timers", |_, it| {
                vec![title(it), text(it, "within"), text(it, "every"), start(it), thing(it, "by", "role")]
            }),
        )
    });
    environment.add_function("status_table", |state: &State| {
        table(&["Status", "Meaning"], rows(state, "statuses", |_, it| vec![title(it), text(it, "meaning")]))
    });
    environment.add_function("term_table", |state: &State| {
        table(
            &["Term", "Short", "Meaning"],
            rows(state, "terms", |_, it| vec![title(it), text(it, "abbreviation"), text(it, "meaning")]),
        )
    });
    environment.add_function("obligation_table", |state: &State| {
        table(
            &["Tell", "When", "Within", "Counted from", "Because of", "By"],
            rows(state, "obligations", |_, it| {
                vec![
                    text(it, "to"),
                    text(it, "when"),
                    text(it, "within"),
                    start(it),
                    text(it, "basis"),
                    thing(it, "by", "role"),
                ]
            }),
        )
    });
    environment.add_function("dependency_table", |state: &State| {
        table(
            &["We depend on", "Without it", "Meanwhile", "Its state"],
            rows(state, "dependencies", |_, it| {
                vec![title(it), text(it, "effect"), text(it, "fallback"), web(&raw(it, "url"))]
            }),
        )
    });
    environment.add_function("reporting_table", |state: &State| {
        let contact = get(&lookup(state, "contacts"), "report");
        let channels = lookup(state, "channels");
        let own = get(&channels, &raw(&contact, "channel"));
        let channel = if own.is_undefined() { get(&channels, "main") } else { own };
        let timer = get(&lookup(state, "timers"), "report");
        let within = text(&timer, "within");
        let rows = [
            (
                "Within",
                if within.is_empty() { within } else { format!("{within} of when it is {}", start(&timer)) },
            ),
            ("By e-mail", mail(&raw(&contact, "email"))),
            ("By phone", phone(&raw(&contact, "phone"))),
            ("By chat", chat(state, &channel)),
        ];
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        table(&["How", "Where"], rows.map(|(how, value)| vec![how.to_string(), value]).collect())
    });
    environment.add_function("document_table", |state: &State| {
        let document = lookup(state, "document");
        let approvals = entries(&get(&document, "approved_by"));
        let approvals: Vec<String> = approvals
            .iter()
            .map(|(id, it)| {
                let role = text(it, "role");
                let name = text(it, "name");
                let who = [name, if role.is_empty() { escape_value(id) } else { role }];
                let who = who.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
                format!("{who} on {}", day(it, "on"))
            })
            .collect();
        let rows = [
            ("Document", text(&document, "id")),
            ("Version", text(&document, "version")),
            ("Status", text(&document, "status")),
            ("Owner", text(&document, "owner")),
            ("Approved by", approvals.join("; ")),
            ("Last reviewed", day(&document, "reviewed_on")),
            ("Reviewed every", text(&document, "review_every")),
            ("Last exercised", day(&document, "tested_on")),
            ("Exercised every", text(&document, "test_every")),
            ("Classification", text(&document, "classification")),
        ];
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        table(&["", "Document control"], rows.map(|(what, value)| vec![what.to_string(), value]).collect())
    });
    environment.add_function("deviation_table", |state: &State| {
        table(
            &["What differs", "Why", "Accepted by", "On"],
            rows(state, "deviations", |path, it| {
                vec![code(path), text(it, "reason"), text(it, "approved_by"), day(it, "on")]
            }),
        )
    });
    environment.add_function("tailoring_table", |state: &State| {
        let layers = lookup(state, "lineage");
        let rows =
            layers.try_iter().into_iter().flatten().map(|layer| {
                vec![text(&layer, "title"), code(&raw(&layer, "name")), text(&layer, "version")]
            });
        table(&["Layer", "Name", "Version"], rows.collect())
    });
    environment.add_function("checklist_list", |state: &State| list(state, "checklists", "checklist"));
    environment.add_function("playbook_list", |state: &State| list(state, "playbooks", "playbook"));
    environment.add_function("template_list", |state: &State| list(state, "templates", "template"));
}

fn lookup(state: &State, name: &str) -> Value {
    state.lookup(name).unwrap_or_default()
}

fn get(value: &Value, key: &str) -> Value {
    value.get_attr(key).unwrap_or_default()
}

fn entries(map: &Value) -> Vec<(String, Value)> {
    let keys = map.try_iter().into_iter().flatten();
    keys.map(|key| (key.to_string(), map.get_item(&key).unwrap_or_default())).collect()
}

fn rows(state: &State, map: &str, mut row: impl FnMut(&str, &Value) -> Vec<String>) -> Vec<Vec<String>> {
    entries(&lookup(state, map)).iter().map(|(id, it)| row(id, it)).collect()
}

/// A text as it is written, on one line; nothing where there is none.
fn raw(it: &Value, key: &str) -> String {
    let value = get(it, key);
    if value.is_undefined() || value.is_none() { String::new() } else { value.to_string() }
}

fn text(it: &Value, key: &str) -> String {
    escape_value(&raw(it, key))
}

fn day(it: &Value, key: &str) -> String {
    escape_value(&day::short(&raw(it, key)))
}

/// What a clock counts from, as words: `handed over`.
fn start(it: &Value) -> String {
    text(it, "starts").replace('-', " ")
}

/// A title at the start of a row: facts are titled for the middle of a sentence.
fn title(it: &Value) -> String {
    let title = text(it, "title");
    let mut characters = title.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => title,
    }
}

fn label(it: &Value) -> String {
    let label = text(it, "label");
    if label.is_empty() { title(it) } else { label }
}

fn every(duration: &str) -> String {
    match duration.strip_prefix("1 ") {
        _ if duration.is_empty() => String::new(),
        Some(unit) => format!("every {unit}"),
        None => format!("every {duration}"),
    }
}

fn link(kind: &str, id: &str, text: &str) -> String {
    format!("[{text}]({kind}:{id})")
}

/// A link that takes the thing's own name.
fn own_name(kind: &str, id: &str) -> String {
    link(kind, id, "")
}

fn thing(it: &Value, key: &str, kind: &str) -> String {
    let id = raw(it, key);
    if id.is_empty() { id } else { own_name(kind, &id) }
}

fn code(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("`{}`", escape_value(words)) }
}

fn mail(address: &str) -> String {
    if address.is_empty() {
        return String::new();
    }
    format!("[{}](mailto:{})", escape_value(address), escape_value(&escape_mail(address)))
}

fn phone(number: &str) -> String {
    if number.is_empty() {
        return String::new();
    }
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("[{}](tel:{digits})", escape_value(number))
}

fn web(address: &str) -> String {
    if address.is_empty() {
        return String::new();
    }
    let shown = address.trim_start_matches("https://").trim_end_matches('/');
    format!("[{}]({})", escape_value(shown), escape_value(address))
}

fn address(channel: &Value) -> String {
    let address = raw(channel, "address");
    if raw(channel, "kind") == "email" { mail(&address) } else { code(&address) }
}

fn product(state: &State, channel: &Value) -> String {
    title(&get(&lookup(state, "tools"), &raw(channel, "product")))
}

fn chat(state: &State, channel: &Value) -> String {
    let place = [product(state, channel), code(&raw(channel, "address"))];
    let place = place.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    match code(&raw(channel, "mention")) {
        mention if mention.is_empty() || place.is_empty() => place,
        mention => format!("{place}, mentioning {mention}"),
    }
}

fn list(state: &State, map: &str, kind: &str) -> Value {
    let lines = rows(state, map, |id, it| vec![own_name(kind, id), text(it, "summary")]);
    let lines = lines.iter().map(|row| match row[1].as_str() {
        "" => format!("- {}\n", row[0]),
        summary => format!("- {}: {summary}\n", row[0]),
    });
    markdown(lines.collect())
}

/// A table as markdown, without the columns nobody fills. Nothing at all without rows.
fn table(header: &[&str], rows: Vec<Vec<String>>) -> Value {
    let used: Vec<usize> = (0..header.len())
        .filter(|column| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty())))
        .collect();
    if used.is_empty() {
        return markdown(String::new());
    }
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(used.iter().map(|column| header[*column]).collect());
    text += &line(used.iter().map(|_| "---").collect());
    for row in &rows {
        text += &line(used.iter().map(|column| row[*column].as_str()).collect());
    }
    markdown(text)
}

fn markdown(text: String) -> Value {
    Value::from_safe_string(text.trim_end().to_string())
}
