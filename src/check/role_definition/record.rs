//! Short forms and names that the records give to two things.

use std::collections::BTreeMap;

use crate::check::passage::bare;
use crate::check::role_definition::RULE;
use crate::diagnostic::Diagnostic;
use crate::plan::{Name, NameSort, Plan};

pub(super) fn look(plan: &Plan, tell: &mut dyn FnMut(Diagnostic)) {
    let names = plan.names();
    let of =
        |name: &&Name| name.map == "roles" || (name.map == "terms" && name.sort == NameSort::Abbreviation);
    let mut known: BTreeMap<String, &Name> = BTreeMap::new();
    for name in names.iter().filter(of).filter(|name| name.is_current()) {
        let key = match name.sort {
            NameSort::Abbreviation => name.words.clone(),
            _ => bare(&name.words),
        };
        let Some(other) = known.get(&key) else {
            known.insert(key, name);
            continue;
        };
        if other.id == name.id && other.map == name.map {
            continue;
        }
        let (here, there) = (thing(plan, &names, name), thing(plan, &names, other));
        // A term may say what the short form of a role means.
        if name.map != other.map && bare(&here) == bare(&there) {
            continue;
        }
        let what = if name.sort == NameSort::Abbreviation { "short form" } else { "name" };
        let message = match bare(&here) == bare(&there) {
            true => format!("`{}` is the {what} of two roles, `{}` and `{}`", name.words, other.id, name.id),
            false => format!("`{}` is the {what} of `{there}` and of `{here}`", name.words),
        };
        let Some(span) = name.span.or(other.span) else { continue };
        let mut diagnostic =
            Diagnostic::new(RULE.name, message).at(span, format!("`{here}` here")).help("give each its own");
        if let Some(first) = other.span.filter(|first| *first != span) {
            diagnostic = diagnostic.and(first, format!("`{there}` here"));
        }
        tell(diagnostic);
    }
}

fn thing(plan: &Plan, names: &[Name], name: &Name) -> String {
    let title = Plan::current_name(names, name.map, &name.id);
    title.map_or_else(|| plan.title.clone(), str::to_string)
}
