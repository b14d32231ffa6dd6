//! Facts that a plan must state and only inherits.

use crate::plan::{Plan, PlanFaultKind, Requirement};
use crate::source::Span;
use crate::syntax::{Node, Value};
use crate::tailor::Variant;

/// A required fact that the variant's own layer does not state.
#[derive(Debug, Clone)]
pub struct InheritedFact<'p> {
    /// What is required, and who has to state it
    pub requirement: &'p Requirement,
    /// The name of the layer that states it
    pub from: &'p str,
    /// Where it does
    pub span: Span,
    /// The value on one line; empty where it is none of a few words
    pub value: String,
    /// Whether it must not be inherited from there: `missing-fact` tells it
    pub is_refused: bool,
}

/// The required facts that a variant inherits, in the order they are required. `plan` is the
/// variant's.
pub fn inherited_facts<'p>(variant: &'p Variant, plan: &'p Plan) -> Vec<InheritedFact<'p>> {
    let own = variant.lineage.len() - 1;
    let refused = |path: &str| {
        plan.faults.iter().any(|fault| {
            matches!(&fault.kind, PlanFaultKind::MissingFact { path: missing, .. } if missing == path)
        })
    };
    plan.requirements
        .iter()
        .filter_map(|requirement| {
            let path = requirement.path.value.as_str();
            let span = *variant.stated.get(path)?;
            let writer = variant.writer(span.source)?;
            (writer != own).then(|| InheritedFact {
                requirement,
                from: &variant.lineage[writer].name,
                span,
                value: variant.facts.at(path).map(in_words).unwrap_or_default(),
                is_refused: refused(path),
            })
        })
        .collect()
}

fn in_words(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
        Value::List(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Value::Map(_) | Value::Null => String::new(),
    }
}
