//! What front matter may say: one table of fields for each kind of page.
//!
//! The tables are the single source for reading, merging and checking front matter, and
//! for its schema. A folder is a kind, a file name is an id.

use std::collections::BTreeSet;

#[cfg(doc)]
use crate::limits;

/// What a page describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `plan.md`: the layer itself, its facts, and the landing page.
    Plan,
    /// Any other page.
    Page,
    /// `severities/<id>.md`
    Severity,
    /// `roles/<id>.md`
    Role,
    /// `phases/<id>.md`
    Phase,
    /// `checklists/<id>.md`
    Checklist,
    /// `templates/<id>.md`: a message somebody sends.
    Template,
    /// `playbooks/<id>.md`
    Playbook,
}

impl Kind {
    /// Every kind, in the order of a guidebook.
    pub const ALL: [Kind; 8] = [
        Kind::Plan,
        Kind::Page,
        Kind::Checklist,
        Kind::Playbook,
        Kind::Severity,
        Kind::Role,
        Kind::Phase,
        Kind::Template,
    ];

    /// The folder of the kind, where it has one.
    pub fn folder(self) -> Option<&'static str> {
        match self {
            Kind::Plan | Kind::Page => None,
            Kind::Severity => Some("severities"),
            Kind::Role => Some("roles"),
            Kind::Phase => Some("phases"),
            Kind::Checklist => Some("checklists"),
            Kind::Template => Some("templates"),
            Kind::Playbook => Some("playbooks"),
        }
    }

    /// Where its pages are, in words: "a page in severities/".
    pub fn place(self) -> String {
        match (self, self.folder()) {
            (_, Some(folder)) => format!("a page in {folder}/"),
            (Kind::Plan, None) => "plan.md".into(),
            (_, None) => "any other page".into(),
        }
    }

    /// The kind's name: the scheme of a typed link.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Plan => "plan",
            Kind::Page => "page",
            Kind::Severity => "severity",
            Kind::Role => "role",
            Kind::Phase => "phase",
            Kind::Checklist => "checklist",
            Kind::Template => "template",
            Kind::Playbook => "playbook",
        }
    }

    /// The kind of the page at `path`, relative to its layer.
    pub fn of_path(path: &str) -> Kind {
        if path == "plan.md" {
            return Kind::Plan;
        }
        let folder = path.split_once('/').map(|(folder, _)| folder);
        Kind::ALL
            .into_iter()
            .find(|kind| kind.folder().is_some() && kind.folder() == folder && !is_overview(path))
            .unwrap_or(Kind::Page)
    }

    /// The fields its front matter may have, without the ones every page may have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Kind::Plan => PLAN,
            Kind::Page => &[],
            Kind::Severity => SEVERITY,
            Kind::Role => ROLE,
            Kind::Phase => PHASE,
            Kind::Checklist => CHECKLIST,
            Kind::Template => TEMPLATE,
            Kind::Playbook => PLAYBOOK,
        }
    }

    /// Every field its front matter may have.
    pub fn all_fields(self) -> impl Iterator<Item = &'static Field> + Clone {
        COMMON.iter().chain(self.fields())
    }
}

/// Whether a page is about all of its folder, by its name.
fn is_overview(path: &str) -> bool {
    path.ends_with("/index.md") || path.ends_with("/README.md")
}

/// One field of front matter.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Whether the merged front matter of a page must have it.
    pub required: bool,
    /// What it says, in one line.
    pub doc: &'static str,
}

/// What a value looks like.
#[derive(Debug)]
pub enum Shape {
    /// Any text on one or several lines; numbers are taken as written.
    Text,
    /// What something is called or reached by: a text of at most [`limits::NAME`] letters.
    Name,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 on.
    Whole,
    /// `15m`, `1h`, `3 business days`.
    Duration,
    /// A duration, or a range of two: `15m..30m`.
    DurationRange,
    /// `2026-05-02`
    Date,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The id of a page of this kind.
    Id(Kind),
    /// The id of a fact in this map of the plan.
    FactId(&'static str),
    /// A list of values.
    List(&'static Shape),
    /// `https://…`, `http://…`, or the path of a page or a file.
    Address,
    /// A map from ids to values; it merges key by key.
    Map(&'static Shape),
    /// The same, with the ids of pages of a kind.
    ById(Kind, &'static Shape),
    /// A map with these keys; it merges key by key.
    Record(&'static [Field]),
}

/// The names of all fields of all kinds of pages, and of the records in them.
pub fn names() -> BTreeSet<&'static str> {
    fn add(field: &'static Field, names: &mut BTreeSet<&'static str>) {
        names.insert(field.name);
        let mut shape = &field.shape;
        while let Shape::List(inner) | Shape::Map(inner) | Shape::ById(_, inner) = shape {
            shape = inner;
        }
        if let Shape::Record(fields) = shape {
            fields.iter().for_each(|field| add(field, names));
        }
    }
    let mut names = BTreeSet::new();
    Kind::ALL.iter().flat_map(|kind| kind.all_fields()).for_each(|field| add(field, &mut names));
    names
}

const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// Who may read something, from everybody to those who respond.
pub const AUDIENCES: &[&str] = &["public", "staff", "responders"];

/// What starts a timer.
pub const STARTS: &[&str] = &[
    "suspected",
    "noticed",
    "identified",
    "reported",
    "acknowledged",
    "declared",
    "assigned",
    "started",
    "handed-over",
    "contained",
    "resolved",
    "sent",
    "requested",
];

const NAMES: Shape = Shape::List(&Shape::Name);
const TEXTS: Shape = Shape::List(&Shape::Text);
const TEXT_BY_ID: Shape = Shape::Map(&Shape::Text);
const AUDIENCE: Field =
    field("audience", Shape::OneOf(AUDIENCES), "who may read it; everybody where nothing is said");
const ALSO_CALLED: Field = field("also_called", NAMES, "other names people use for it");
const RETIRED_NAMES: Field = field("retired_names", NAMES, "names that are no longer used");

/// The fields every page may have.
pub const COMMON: &[Field] = &[
    field("title", Shape::Name, "the page's title; else its first heading"),
    field("summary", Shape::Text, "one line under the title and in lists"),
    AUDIENCE,
    field(
        "group",
        Shape::OneOf(&["noticed", "responding", "plan"]),
        "the part of the navigation it stands in",
    ),
    field("order", Shape::Whole, "its place among its neighbours in lists"),
    field("found_by", NAMES, "what people type who look for this page, in other words than its own"),
    field("aliases", NAMES, "old addresses that lead here, such as `old/name.html`"),
    field(
        "tailor",
        Shape::OneOf(&["replace", "remove"]),
        "rewrite or drop the inherited page; the body says why",
    ),
    field("allow", TEXT_BY_ID, "rules this page is excepted from, each with its reason"),
];

const PLAN: &[Field] = &[
    field("extends", Shape::Name, "the layer this one tailors"),
    field("organization", Shape::Record(ORGANIZATION), "whose plan it is"),
    field("system", Shape::Record(SYSTEM), "the system it is for"),
    field("document", Shape::Record(DOCUMENT), "document control"),
    field("channels", Shape::Map(&Shape::Record(CHANNEL)), "where people talk"),
    field("contacts", Shape::Map(&Shape::Record(CONTACT)), "whom to reach"),
    field("tools", Shape::Map(&Shape::Record(TOOL)), "products in use"),
    field("timers", Shape::Map(&Shape::Record(TIMER)), "how long things may take"),
    field("statuses", Shape::Map(&Shape::Record(STATUS)), "what state an incident is in"),
    field("terms", Shape::Map(&Shape::Record(TERM)), "words and abbreviations"),
    field("obligations", Shape::Map(&Shape::Record(OBLIGATION)), "who must be told by law or contract"),
    field("dependencies", Shape::Map(&Shape::Record(DEPENDENCY)), "services the plan relies on"),
    field(
        "requires",
        Shape::Map(&Shape::Record(REQUIREMENT)),
        "facts every variant must have, by path such as `contacts.report.email`",
    ),
    field(
        "deviations",
        Shape::Map(&Shape::Record(DEVIATION)),
        "what is weaker here than in the plan it extends, by path such as `timers.report`",
    ),
];

const ORGANIZATION: &[Field] = &[
    required("name", Shape::Name, "its name in a sentence"),
    field("legal_name", Shape::Name, "its full name"),
    field("domains", NAMES, "its internet domains"),
    field("team", Shape::Name, "what its responders are called together, such as SIRT"),
    ALSO_CALLED,
];

const SYSTEM: &[Field] = &[
    required("name", Shape::Name, "its name in a sentence"),
    field("owner", Shape::Name, "the role that answers for it"),
    field("mission", Shape::Text, "what it is for, and for whom"),
    field("unique_requirements", Shape::Text, "what sets it apart (NIST SP 800-53 IR-8 a.4)"),
    field("data", Shape::List(&Shape::FactId("terms")), "the classes of data it holds"),
    field("hosts", NAMES, "its host names"),
];

const DOCUMENT: &[Field] = &[
    field("id", Shape::Name, "a name that never changes"),
    field("version", Shape::Name, "the version of the text"),
    field("status", Shape::OneOf(&["draft", "in-review", "approved", "retired"]), "where it stands"),
    field("owner", Shape::Name, "the role that answers for it"),
    field("approved_by", Shape::Map(&Shape::Record(APPROVAL)), "who approved it, by role"),
    field("reviewed_on", Shape::Date, "the day of the last review"),
    field("review_every", Shape::Duration, "how often it is reviewed"),
    field("tested_on", Shape::Date, "the day of the last exercise"),
    field("test_every", Shape::Duration, "how often it is exercised"),
    field("distribution", TEXT_BY_ID, "who gets a copy"),
    field("classification", Shape::Name, "how the copy is handled"),
    field(
        "language",
        Shape::Name,
        "the language of the text by its tag, such as `es`; else that of the site",
    ),
    field("controls", TEXT_BY_ID, "where each control is covered: `IR-6: reporting.md`"),
    field("changes", Shape::Map(&Shape::Record(CHANGE)), "what each version changed, by version"),
];

const CHANGE: &[Field] = &[
    required("on", Shape::Date, "the day it was published"),
    required("what", Shape::Text, "what is different, and for whom"),
];

const APPROVAL: &[Field] = &[
    field("role", Shape::Name, "as what they approved"),
    field("name", Shape::Name, "who"),
    required("on", Shape::Date, "the day"),
];

const CHANNEL: &[Field] = &[
    required("title", Shape::Name, "what it is called in a sentence"),
    required(
        "kind",
        Shape::OneOf(&["chat", "email", "ticket", "video", "phone", "page", "document", "in-person"]),
        "how one talks there",
    ),
    field("product", Shape::FactId("tools"), "the product it is in"),
    field("address", Shape::Name, "its name or address there, such as `#general`"),
    field("mention", Shape::Name, "the mention that reaches people, such as `@security`"),
    field("url", Shape::Address, "its web address"),
    field("purpose", Shape::Text, "what it is for"),
    field("never", Shape::Text, "what must not be said there"),
    field("from", Shape::Id(Kind::Phase), "the first phase it may be used in"),
    field("until", Shape::Id(Kind::Phase), "the last phase it may be used in"),
    AUDIENCE,
    ALSO_CALLED,
    RETIRED_NAMES,
];

const CONTACT: &[Field] = &[
    required("title", Shape::Name, "who it is, as a function"),
    field("name", Shape::Name, "the person, where one is published"),
    field("role", Shape::Id(Kind::Role), "the role they hold"),
    field("email", Shape::Name, "electronic mail"),
    field("phone", Shape::Name, "telephone, as +1 202 555…"),
    field("url", Shape::Address, "a web address"),
    field("hours", Shape::Name, "when they answer"),
    field("channel", Shape::FactId("channels"), "where to reach them besides; for reports, else `main`"),
    field("purpose", Shape::Text, "what to reach them for"),
    AUDIENCE,
];

const TOOL: &[Field] = &[
    required("title", Shape::Name, "the product's name"),
    field("url", Shape::Address, "its web address"),
    field("purpose", Shape::Text, "what it is used for"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const TIMER: &[Field] = &[
    required("title", Shape::Name, "what must happen"),
    field("within", Shape::DurationRange, "how long after the start at most"),
    field("every", Shape::DurationRange, "how often, for what repeats"),
    required("starts", Shape::OneOf(STARTS), "what the clock starts with"),
    field("by", Shape::Id(Kind::Role), "who has to act"),
    field(
        "severities",
        Shape::List(&Shape::Id(Kind::Severity)),
        "the severities it counts for; all where nothing is said",
    ),
    field("says", NAMES, "the words a sentence about it uses, such as `report`"),
    field("calendar", Shape::Text, "the days and hours that count, for business days"),
];

const STATUS: &[Field] = &[
    required("title", Shape::Name, "as it is written in messages"),
    required("meaning", Shape::Text, "when an incident has it"),
    field("order", Shape::Whole, "its place in the life of an incident"),
    field("next", Shape::List(&Shape::FactId("statuses")), "what may follow"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const TERM: &[Field] = &[
    required("title", Shape::Name, "the word, or the long form of an abbreviation"),
    field("abbreviation", Shape::Name, "the short form"),
    required("meaning", Shape::Text, "what it means here"),
    field("data_class", Shape::Flag, "whether it is a class of data"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const OBLIGATION: &[Field] = &[
    required("to", Shape::Name, "who must be told"),
    field("within", Shape::Duration, "how soon"),
    field("starts", Shape::OneOf(STARTS), "what the clock starts with"),
    required("when", Shape::Text, "when it applies"),
    field("basis", Shape::Text, "the law, contract or policy"),
    field("by", Shape::Id(Kind::Role), "who tells them"),
];

const DEPENDENCY: &[Field] = &[
    required("title", Shape::Name, "the service"),
    required("effect", Shape::Text, "what stops without it"),
    field("fallback", Shape::Text, "what to do meanwhile"),
    field("url", Shape::Address, "where it reports its state"),
];

const REQUIREMENT: &[Field] = &[
    required("why", Shape::Text, "why a plan is not complete without it"),
    field(
        "set_by",
        Shape::OneOf(&["anyone", "organization", "system"]),
        "who must state it; `organization`: an organization's own layer, not the base",
    ),
];

const DEVIATION: &[Field] = &[
    required("reason", Shape::Text, "why it has to be so"),
    required("approved_by", Shape::Text, "who accepted the risk"),
    field("on", Shape::Date, "the day"),
];

const SEVERITY: &[Field] = &[
    required("rank", Shape::Whole, "1 is the worst"),
    field("label", Shape::Name, "as it is written in messages and tables; else the title"),
    required("criteria", Shape::Text, "what makes an incident one of these"),
    field("data", Shape::List(&Shape::FactId("terms")), "the classes of data it is about"),
    required("hours", Shape::OneOf(&["continuous", "business"]), "when people work on it"),
    required("sitrep_every", Shape::DurationRange, "how often a situation report is due"),
    required("authority", Shape::Text, "who may disrupt service to contain it"),
    field("consult", TEXTS, "who is asked before service is disrupted"),
    field("act_after", Shape::Duration, "how long to wait for those who cannot be reached"),
    field("examples", TEXT_BY_ID, "incidents of this kind"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const ROLE: &[Field] = &[
    field("abbreviation", Shape::Name, "its short form, used after the first mention"),
    field("team", Shape::Name, "the team its holder belongs to"),
    field("holders", Shape::OneOf(&["one", "many"]), "how many hold it at a time"),
    field("external", Shape::Flag, "whether its holder is outside the organization"),
    field("assigned_by", Shape::Id(Kind::Role), "who gives it to somebody"),
    field("hands_over_to", Shape::List(&Shape::Id(Kind::Role)), "who may take over from it"),
    field("duties", TEXT_BY_ID, "what its holder does"),
    field("may_not", TEXT_BY_ID, "what its holder leaves to others"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const PHASE: &[Field] = &[
    required("number", Shape::Whole, "its place in the response, from 1"),
    field("led_by", Shape::Id(Kind::Role), "who leads it"),
    field("status_on_exit", Shape::FactId("statuses"), "the incident's status at its end"),
    field(
        "class",
        Shape::List(&Shape::OneOf(&[
            "prepare",
            "detect",
            "analyze",
            "contain",
            "eradicate",
            "recover",
            "learn",
        ])),
        "the classes of NIST SP 800-61 it covers",
    ),
    field("who", Shape::ById(Kind::Role, &Shape::Text), "what each role does in it, by role"),
    ALSO_CALLED,
    RETIRED_NAMES,
];

const CHECKLIST: &[Field] = &[
    field("companion_of", Shape::Name, "the page whose steps it covers"),
    field("by", Shape::Id(Kind::Role), "who works through it"),
];

const TEMPLATE: &[Field] = &[
    field("sent_by", Shape::Id(Kind::Role), "who sends it"),
    field("channel", Shape::FactId("channels"), "where it is sent"),
    field("subject", Shape::Text, "the subject line"),
    field("blanks", TEXT_BY_ID, "what goes into each blank"),
];

const PLAYBOOK: &[Field] = &[
    field("severity", Shape::Id(Kind::Severity), "the severity to start from"),
    field("signs", TEXT_BY_ID, "how one notices"),
    ALSO_CALLED,
];

/// The maps of facts of a plan whose values a typed link can name, with the link's scheme.
pub const FACT_KINDS: &[(&str, &str)] = &[
    ("channel", "channels"),
    ("contact", "contacts"),
    ("tool", "tools"),
    ("timer", "timers"),
    ("status", "statuses"),
    ("term", "terms"),
    ("obligation", "obligations"),
    ("dependency", "dependencies"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_kind() {
        assert_eq!(Kind::of_path("plan.md"), Kind::Plan);
        assert_eq!(Kind::of_path("roles/scribe.md"), Kind::Role);
        assert_eq!(Kind::of_path("roles.md"), Kind::Page);
        assert_eq!(Kind::of_path("guides/roles/scribe.md"), Kind::Page);
    }

    #[test]
    fn no_kind_names_a_field_twice_or_leaves_it_unexplained() {
        for kind in Kind::ALL {
            let mut names: Vec<_> = kind.all_fields().map(|field| field.name).collect();
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "{} has a field twice", kind.name());
            assert!(kind.all_fields().all(|field| !field.doc.is_empty()));
        }
    }
}
