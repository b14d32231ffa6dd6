//! Where a layer takes out something it inherits: what is missing afterwards is missing because
//! of that.

use crate::check::{Binder, Reader};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::fields::FACT_KINDS;
use crate::syntax::{Kind, Value};

/// Adds to a diagnostic about something missing where a layer of the variant takes it out. `thing`
/// is the scheme of a link such as `role` or `channel`, or the map of facts.
pub(super) fn beside(
    diagnostic: Diagnostic,
    binder: &Binder,
    reader: Reader,
    thing: &str,
    id: &str,
) -> Diagnostic {
    match place(binder, reader, thing, id) {
        Some((span, layer)) => {
            let help = format!("keep the {thing} in `{layer}`, or let `{layer}` tailor what mentions it");
            diagnostic.and(span, format!("`{layer}` takes it out")).help(help)
        }
        None => diagnostic,
    }
}

/// Where the nearest layer says so, and its name.
fn place<'b>(binder: &Binder<'b>, reader: Reader, thing: &str, id: &str) -> Option<(Span, &'b str)> {
    let of_reader = |plan: usize| (&*binder.variants[plan].name, binder.variants[plan].edition) == reader;
    let variant = &binder.variants[(0..binder.variants.len()).find(|plan| of_reader(*plan))?];
    let folder = Kind::ALL.into_iter().find(|kind| kind.name() == thing).and_then(Kind::folder);
    let map = FACT_KINDS.iter().find(|(scheme, map)| *scheme == thing || *map == thing).map(|(_, map)| *map);
    variant.lineage.iter().rev().find_map(|ancestor| {
        let layer = &binder.project.layers[ancestor.layer];
        let page = folder.and_then(|folder| layer.pages.get(format!("{folder}/{id}.md").as_str()));
        let removed = page.and_then(|page| page.front.get("tailor"));
        let removed = removed.filter(|node| node.value.as_text() == Some("remove")).map(|node| node.span);
        let nulled = || {
            let facts = layer.plan()?.front.get(map?)?.value.as_map()?;
            let (key, node) = facts.entry(id)?;
            (node.value == Value::Null).then_some(key.span)
        };
        Some((removed.or_else(nulled)?, &*layer.name))
    })
}
