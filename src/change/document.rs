//! Document control: versions, approvals and reviews, in sentences of their own.

use std::collections::BTreeSet;

use crate::plan::{Fields as Read, Place};
use crate::source::Spanned;
use crate::syntax::{Field, Kind as PageKind, Map, Shape};

use super::fields::Fields;
use super::{Area, Change, Kind, Pair, View};

/// Tells what differs in the document control of a variant.
pub fn compare(pair: &Pair, changes: &mut Vec<Change>) {
    let nothing = Map::default();
    let (before, after) =
        (control(&pair.before).unwrap_or(&nothing), control(&pair.after).unwrap_or(&nothing));
    let fields = Fields {
        pair,
        area: Area::Document,
        subject: String::new(),
        path: "document".into(),
        page: "plan.md",
    };
    fields.compare(before, after, table().iter(), &["approved_by"], changes);
    let (old, new) = (Control::read(before), Control::read(after));
    let roles: BTreeSet<&str> = old.approvals.iter().chain(&new.approvals).map(|it| it.id).collect();
    for role in roles {
        let find = |control: &'_ Control<'_>| control.approvals.iter().position(|it| it.id == role);
        let (was, is) = (find(&old).map(|at| &old.approvals[at]), find(&new).map(|at| &new.approvals[at]));
        changes.extend(approval(pair, (&old, was), (&new, is)));
    }
}

fn control<'v>(view: &View<'v>) -> Option<&'v Map> {
    view.variant.facts.get("document")?.value.as_map()
}

fn table() -> &'static [Field] {
    let document = PageKind::Plan.fields().iter().find(|field| field.name == "document");
    match document.map(|field| &field.shape) {
        Some(Shape::Record(fields)) => fields,
        _ => &[],
    }
}

/// What an approval is judged by.
struct Control<'m> {
    version: Option<Spanned<String>>,
    reviewed_on: Option<Spanned<String>>,
    approvals: Vec<Approval<'m>>,
}

struct Approval<'m> {
    id: &'m str,
    key: &'m Spanned<String>,
    who: String,
    on: Option<Spanned<String>>,
}

impl<'m> Control<'m> {
    fn read(document: &'m Map) -> Control<'m> {
        let fields = Read::new(document);
        let approval = |(key, fields): (&'m Spanned<String>, Read<'m>)| Approval {
            id: &key.value,
            key,
            who: fields.text("role").map_or(super::fields::label(&key.value), |role| role.value),
            on: fields.text("on"),
        };
        Control {
            version: fields.text("version"),
            reviewed_on: fields.text("reviewed_on"),
            approvals: fields.records("approved_by").into_iter().map(approval).collect(),
        }
    }

    fn version(&self) -> &str {
        self.version.as_ref().map_or("", |version| &version.value)
    }
}

type Stand<'c, 'm> = (&'c Control<'m>, Option<&'c Approval<'m>>);

/// What became of one approval.
fn approval(pair: &Pair, old: Stand, new: Stand) -> Option<Change> {
    let ((old, was), (new, is)) = (old, new);
    let date =
        |approval: Option<&Approval>| approval.and_then(|it| it.on.as_ref().map(|on| on.value.clone()));
    let (was_on, is_on) = (date(was), date(is));
    let has_new_version = old.version() != new.version();
    let has_new_review = text(&old.reviewed_on) != text(&new.reviewed_on);
    let is_older_than_review = matches!(
        (&is_on, &new.reviewed_on), (Some(on), Some(reviewed)) if *on < reviewed.value
    );
    let who = is.or(was)?.who.as_str();
    let since = if has_new_version { format!(" since version {}", new.version()) } else { String::new() };
    let (kind, words) = match (was, is) {
        // Two plans are approved each for itself: nothing became of an approval.
        (Some(_), None) if !pair.is_in_time() => (Kind::Removed, format!("not approved by {who}")),
        (Some(was), Some(is)) if !pair.is_in_time() && (was.who != is.who || was_on != is_on) => {
            (Kind::Changed, format!("approved by {who}{} (not by {}{})", on(&is_on), was.who, on(&was_on)))
        }
        (Some(_), Some(_)) if !pair.is_in_time() => return None,
        (Some(_), None) => (Kind::Removed, format!("approval of {who} missing{since}")),
        (None, Some(_)) => (Kind::Added, format!("approved by {who}{}", on(&is_on))),
        (Some(_), Some(_)) if has_new_version && was_on == is_on => {
            let older = format!("approval of {who} missing{since}: the one{} is of version", of(&is_on));
            (Kind::Changed, format!("{older} {}", old.version()))
        }
        (Some(_), Some(_)) if (has_new_version || has_new_review) && is_older_than_review => {
            let reviewed = text(&new.reviewed_on);
            (Kind::Changed, format!("approval of {who}{} is older than the review of {reviewed}", of(&is_on)))
        }
        (Some(_), Some(_)) if was_on != is_on => {
            (Kind::Changed, format!("approval of {who} renewed{}", on(&is_on)))
        }
        _ => return None,
    };
    let path = format!("document.approved_by.{}", was.or(is)?.id);
    let was_at = was.map(|it| pair.before.place(it.key.span));
    let is_at = is.map(|it| pair.after.place(it.key.span)).or_else(|| version_place(pair, new));
    Some(Change::new(Area::Document, kind, path, words).values(was_on, is_on).places(was_at, is_at))
}

fn on(date: &Option<String>) -> String {
    date.as_ref().map_or(String::new(), |date| format!(" on {date}"))
}

fn of(date: &Option<String>) -> String {
    date.as_ref().map_or(String::new(), |date| format!(" of {date}"))
}

fn text(text: &Option<Spanned<String>>) -> &str {
    text.as_ref().map_or("", |text| &text.value)
}

fn version_place(pair: &Pair, control: &Control) -> Option<Place> {
    control.version.as_ref().map(|version| pair.after.place(version.span))
}
