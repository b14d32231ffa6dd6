//! An account as one JSON document.
//!
//! `before` and `after` name the sides. Each of `changes` has `area` (`settings`, `layers`,
//! `document`, `facts`, `records`, `steps`, `pages`, `tailorings`), `kind` (`added`, `removed`,
//! `changed`, `renamed`, `moved`), `path`, `words`, `before` and `after` (texts, or null),
//! `excerpt` (a list of objects with one of the keys `same`, `out`, `in` and `gap`), `notes`,
//! `was_at` and `is_at` (null, or `layer`, `file` and `line`), `variants` and `not_in`. `reach` is
//! null where two variants are compared; else it has `variants`, `of_variants`, `editions` (each
//! with `variant`, `edition` and `pages` of `path` and `file`), `of_editions`, and `stale` (each
//! with `layer`, `target` and `place`).

use serde_json::{Value, json};

use crate::change::{Change, Edition, Piece, Reach, Stale};
use crate::cli::diff::Account;
use crate::plan::Place;

pub fn render(account: &Account) -> String {
    let document = json!({
        "before": account.sides.0,
        "after": account.sides.1,
        "changes": account.changes.iter().map(change).collect::<Vec<_>>(),
        "reach": account.reach.as_ref().map(reach),
    });
    format!("{document:#}\n")
}

fn change(change: &Change) -> Value {
    json!({
        "area": change.area.name(),
        "kind": change.kind.name(),
        "path": change.path,
        "words": change.words,
        "before": change.before,
        "after": change.after,
        "excerpt": change.excerpt.iter().map(piece).collect::<Vec<_>>(),
        "notes": change.notes,
        "was_at": change.was_at.as_ref().map(place),
        "is_at": change.is_at.as_ref().map(place),
        "variants": change.variants,
        "not_in": change.not_in,
    })
}

fn piece(piece: &Piece) -> Value {
    match piece {
        Piece::Same(words) => json!({ "same": words }),
        Piece::Out(words) => json!({ "out": words }),
        Piece::In(words) => json!({ "in": words }),
        Piece::Gap => json!({ "gap": true }),
    }
}

fn place(place: &Place) -> Value {
    json!({ "layer": &*place.layer, "file": &*place.file, "line": place.line })
}

fn reach(reach: &Reach) -> Value {
    json!({
        "variants": reach.variants,
        "of_variants": reach.of_variants,
        "editions": reach.editions.iter().map(edition).collect::<Vec<_>>(),
        "of_editions": reach.of_editions,
        "stale": reach.stale.iter().map(stale).collect::<Vec<_>>(),
    })
}

fn edition(edition: &Edition) -> Value {
    let pages: Vec<Value> =
        edition.pages.iter().map(|page| json!({ "path": page.path, "file": page.file })).collect();
    json!({ "variant": edition.variant, "edition": edition.audience.name(), "pages": pages })
}

fn stale(stale: &Stale) -> Value {
    json!({ "layer": stale.layer, "target": stale.target, "place": place(&stale.place) })
}
