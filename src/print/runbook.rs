//! What a responder holds: the runbook, the role pages, and the cards.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::plan::{Fields, Plan, Role};
use crate::print::model::{Block, Imprint, Page, Section};
use crate::print::record::{fact, in_phases, texts, value};
use crate::print::text::{Places, Writer, label};
use crate::print::words;

/// The runbook, the role pages and the cards, as their templates read them.
#[derive(Debug, Serialize)]
pub struct Runbook {
    /// What stands on every sheet
    pub imprint: Imprint,
    /// How to report
    pub report: Option<Report>,
    /// The phases in order
    pub phases: Vec<PhaseStep>,
    /// The checklists
    pub checklists: Vec<Checklist>,
    /// The severities, the worst first
    pub severities: Vec<SeverityRow>,
    /// How long things may take
    pub timers: Vec<TimerRow>,
    /// What to do where somebody must be told by law or contract
    pub obligations: Vec<ObligationRow>,
    /// The roles
    pub roles: Vec<RoleCard>,
    /// Messages with their blanks
    pub templates: Vec<Page>,
    /// How a role moves from one person to another; empty where the plan does not say
    pub handoff: Vec<Section>,
    /// Who to reach
    pub contacts: Vec<ContactRow>,
    /// Where to talk
    pub channels: Vec<ChannelRow>,
    /// What to do while a service is down
    pub dependencies: Vec<DependencyRow>,
}

/// How to report.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Report {
    pub within: String,
    pub starts: String,
    pub email: String,
    pub phone: String,
    pub channel: String,
    pub product: String,
    pub mention: String,
}

/// A phase.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct PhaseStep {
    pub number: u32,
    pub title: String,
    pub summary: String,
    pub led_by: String,
    pub status: String,
}

/// A checklist.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Checklist {
    pub by: String,
    pub page: Page,
}

/// A severity.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct SeverityRow {
    pub rank: u32,
    pub label: String,
    pub criteria: String,
    pub authority: String,
    pub act_after: String,
    pub hours: String,
    pub sitrep: String,
    pub to: String,
}

/// A timer.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct TimerRow {
    pub title: String,
    pub within: String,
    pub starts: String,
    pub by: String,
}

/// Somebody who must be told.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct ObligationRow {
    pub whom: String,
    pub within: String,
    pub when: String,
    pub by: String,
}

/// A role on one page.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct RoleCard {
    pub label: String,
    pub title: String,
    pub abbreviation: String,
    pub summary: String,
    pub team: String,
    pub holders: String,
    pub assigned_by: String,
    pub hands_over_to: Vec<String>,
    pub duties: Vec<String>,
    pub may_not: Vec<String>,
    pub phases: Vec<Named>,
    pub messages: Vec<String>,
    pub checklists: Vec<String>,
}

/// A name and what belongs to it.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct Named {
    pub title: String,
    pub text: String,
}

/// Somebody to reach.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct ContactRow {
    pub title: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub hours: String,
    pub purpose: String,
}

/// A place to talk.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct ChannelRow {
    pub title: String,
    pub address: String,
    pub mention: String,
    pub product: String,
    pub purpose: String,
    pub never: String,
}

/// A service the response relies on.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct DependencyRow {
    pub title: String,
    pub effect: String,
    pub fallback: String,
}

/// The id of the section about handing over a role.
const HANDOFF: &[&str] = &["handoff", "handover", "hand-off"];

impl Runbook {
    /// The runbook of a plan, the paths of the pictures it shows, and where its blocks are written.
    pub fn new(plan: &Plan, imprint: Imprint) -> (Runbook, BTreeSet<String>, Places) {
        let labels = printed(plan);
        let mut images = BTreeSet::new();
        let mut places = Places::new();
        let mut page = |path: &str, facts: Vec<Block>| {
            let mut writer = Writer::new(plan, plan.page_index(path)?, &labels, imprint.paper);
            let page = writer.page(facts);
            images.append(&mut writer.images);
            places.append(&mut writer.places);
            Some(page)
        };
        let checklists = plan.checklists.iter().filter_map(|it| {
            let by = it.by.as_ref().map_or(String::new(), |by| words::role_title(plan, &by.value));
            Some(Checklist { by, page: page(&it.record.page, Vec::new())? })
        });
        let checklists = checklists.collect();
        let templates = plan.templates.iter().filter_map(|it| {
            let facts = crate::print::record::blocks(plan, plan.page_index(&it.record.page)?);
            let page = page(&it.record.page, facts)?;
            // The examples stay in the binder.
            Some(Page { sections: Vec::new(), ..page })
        });
        let templates = templates.collect();
        let handoff = match handoff(plan) {
            Some((path, anchor)) => page(&path, Vec::new())
                .map_or(Vec::new(), |page| under(page.sections, &label(&path, Some(&anchor)))),
            None => Vec::new(),
        };
        let runbook = Runbook {
            report: report(plan),
            phases: phases(plan),
            checklists,
            severities: severities(plan),
            timers: timers(plan),
            obligations: obligations(plan),
            roles: plan.roles.iter().map(|role| role_card(plan, role)).collect(),
            templates,
            handoff,
            contacts: contacts(plan),
            channels: channels(plan),
            dependencies: dependencies(plan),
            imprint,
        };
        (runbook, images, places)
    }
}

/// The labels the runbook has: a link to anything else is only words in it.
fn printed(plan: &Plan) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    let records = plan.roles.iter().map(|it| &it.record).chain(plan.severities.iter().map(|it| &it.record));
    labels.extend(records.map(|record| label(&record.page, None)));
    labels.extend(plan.templates.iter().map(|it| label(&it.record.page, None)));
    for checklist in &plan.checklists {
        let path = &checklist.record.page;
        labels.insert(label(path, None));
        if let Some(page) = plan.page_index(path) {
            labels
                .extend(plan.pages[page].anchors.of_sections.iter().map(|anchor| label(path, Some(anchor))));
        }
    }
    if let Some((path, anchor)) = handoff(plan) {
        labels.insert(label(&path, Some(&anchor)));
    }
    labels
}

/// The page and anchor of the section about handing over a role: the first in the order of
/// the paths that is no checklist's.
fn handoff(plan: &Plan) -> Option<(String, String)> {
    plan.pages.iter().filter(|page| page.kind == crate::syntax::Kind::Page).find_map(|page| {
        let anchor = page.anchors.of_sections.iter().find(|anchor| HANDOFF.contains(&&***anchor))?;
        Some((page.path.to_string(), anchor.to_string()))
    })
}

/// A section and those inside it, so that it begins at depth 1.
fn under(sections: Vec<Section>, label: &str) -> Vec<Section> {
    let Some(start) = sections.iter().position(|section| section.label == label) else { return Vec::new() };
    let depth = sections[start].depth;
    let inside = |(at, section): &(usize, Section)| *at == 0 || section.depth > depth;
    let taken = sections.into_iter().skip(start).enumerate().take_while(inside);
    taken.map(|(_, section)| Section { depth: section.depth - depth + 1, ..section }).collect()
}

fn report(plan: &Plan) -> Option<Report> {
    let report = &plan.reporting;
    let channel = report.channel.clone().unwrap_or_default();
    let is_there = !(report.email.is_empty() && report.phone.is_empty() && channel.address.is_empty());
    is_there.then(|| Report {
        within: report.within.as_ref().map_or(String::new(), |within| within.value.to_string()),
        starts: match report.starts.as_str() {
            "noticed" => "of noticing it".into(),
            starts => words::starts(starts),
        },
        email: report.email.clone(),
        phone: report.phone.clone(),
        channel: channel.address,
        product: channel.product,
        mention: channel.mention,
    })
}

fn phases(plan: &Plan) -> Vec<PhaseStep> {
    let step = |(at, phase): (usize, &crate::plan::Phase)| PhaseStep {
        number: phase.number.as_ref().map_or(at as u32 + 1, |number| number.value),
        title: phase.record.title.clone(),
        summary: phase.record.summary.clone(),
        led_by: value(&phase.led_by).map_or(String::new(), |id| words::role_title(plan, id)),
        status: value(&phase.status_on_exit).and_then(|id| fact(plan, "statuses", id)).unwrap_or_default(),
    };
    plan.phases.iter().enumerate().map(step).collect()
}

fn severities(plan: &Plan) -> Vec<SeverityRow> {
    let row = |it: &crate::plan::Severity| SeverityRow {
        rank: it.rank.as_ref().map_or(1, |rank| rank.value.clamp(1, 5)),
        label: it.label.clone(),
        criteria: value(&it.criteria).unwrap_or_default().to_string(),
        authority: value(&it.authority).unwrap_or_default().to_string(),
        act_after: it.act_after.as_ref().map_or(String::new(), |after| after.value.to_string()),
        hours: value(&it.hours).map_or(String::new(), words::hours),
        sitrep: it
            .sitrep_every
            .as_ref()
            .map_or(String::new(), |every| words::every(&every.value.to_string())),
        to: label(&it.record.page, None),
    };
    plan.severities.iter().map(row).collect()
}

fn timers(plan: &Plan) -> Vec<TimerRow> {
    let timers = Fields::new(&plan.values).records("timers");
    let row = |(id, timer): (&crate::source::Spanned<String>, Fields)| {
        let within = timer.range("within").map(|within| within.value.to_string());
        let every = timer.range("every").map(|every| words::every(&every.value.to_string()));
        TimerRow {
            title: timer.text("title").map_or(id.value.clone(), |title| title.value),
            within: within.into_iter().chain(every).collect::<Vec<_>>().join(", then "),
            starts: words::starts(&timer.text_or_empty("starts")),
            by: timer.text("by").map_or(String::new(), |by| words::role_title(plan, &by.value)),
        }
    };
    timers.into_iter().map(row).collect()
}

fn obligations(plan: &Plan) -> Vec<ObligationRow> {
    let obligations = Fields::new(&plan.values).records("obligations");
    let row = |(_, it): (&crate::source::Spanned<String>, Fields)| {
        let within = it.duration("within").map(|within| within.value.to_string());
        let starts = words::starts(&it.text_or_empty("starts"));
        ObligationRow {
            whom: it.text_or_empty("to"),
            within: within.map_or(String::new(), |within| format!("{within} {starts}").trim().to_string()),
            when: it.text_or_empty("when"),
            by: it.text("by").map_or(String::new(), |by| words::role_title(plan, &by.value)),
        }
    };
    obligations.into_iter().map(row).collect()
}

fn role_card(plan: &Plan, role: &Role) -> RoleCard {
    let id = role.record.id.as_str();
    let sent = plan.templates.iter().filter(|it| value(&it.sent_by) == Some(id));
    let worked = plan.checklists.iter().filter(|it| value(&it.by) == Some(id));
    let phases = in_phases(plan, id);
    RoleCard {
        label: label(&role.record.page, None),
        title: role.record.title.clone(),
        abbreviation: value(&role.abbreviation).unwrap_or_default().to_string(),
        summary: role.record.summary.clone(),
        team: value(&role.team).unwrap_or_default().to_string(),
        holders: value(&role.holders).map_or("", words::holders).to_string(),
        assigned_by: value(&role.assigned_by).map_or(String::new(), |id| words::role_title(plan, id)),
        hands_over_to: texts(&role.hands_over_to).iter().map(|id| words::role_title(plan, id)).collect(),
        duties: role.duties.iter().map(|(_, text)| text.value.clone()).collect(),
        may_not: role.may_not.iter().map(|(_, text)| text.value.clone()).collect(),
        phases: phases
            .into_iter()
            .map(|(phase, text)| Named { title: phase.title.clone(), text: text.to_string() })
            .collect(),
        messages: sent.map(|it| it.record.title.clone()).collect(),
        checklists: worked.map(|it| it.record.title.clone()).collect(),
    }
}

fn contacts(plan: &Plan) -> Vec<ContactRow> {
    let contacts = Fields::new(&plan.values).records("contacts");
    let row = |(id, it): (&crate::source::Spanned<String>, Fields)| ContactRow {
        title: it.text("title").map_or(id.value.clone(), |title| title.value),
        name: it.text_or_empty("name"),
        email: it.text_or_empty("email"),
        phone: it.text_or_empty("phone"),
        hours: it.text_or_empty("hours"),
        purpose: it.text_or_empty("purpose"),
    };
    contacts.into_iter().map(row).collect()
}

fn channels(plan: &Plan) -> Vec<ChannelRow> {
    let channels = Fields::new(&plan.values).records("channels");
    let row = |(id, it): (&crate::source::Spanned<String>, Fields)| ChannelRow {
        title: it.text("title").map_or(id.value.clone(), |title| title.value),
        address: it.text_or_empty("address"),
        mention: it.text_or_empty("mention"),
        product: it.text("product").and_then(|id| fact(plan, "tools", &id.value)).unwrap_or_default(),
        purpose: it.text_or_empty("purpose"),
        never: it.text_or_empty("never"),
    };
    channels.into_iter().map(row).collect()
}

fn dependencies(plan: &Plan) -> Vec<DependencyRow> {
    let dependencies = Fields::new(&plan.values).records("dependencies");
    let row = |(id, it): (&crate::source::Spanned<String>, Fields)| DependencyRow {
        title: it.text("title").map_or(id.value.clone(), |title| title.value),
        effect: it.text_or_empty("effect"),
        fallback: it.text_or_empty("fallback"),
    };
    dependencies.into_iter().map(row).collect()
}
