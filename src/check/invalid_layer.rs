//! `invalid-layer`: layers that cannot be put on top of each other.

use crate::check::{Binder, Findings, Rule};
use crate::diagnostic::{Diagnostic, Level, did_you_mean, listed};
use crate::load::{ProjectFault, RESERVED_NAMES};

pub(super) const RULE: Rule = Rule {
    name: "invalid-layer",
    level: Level::Error,
    finds: "a layer that extends itself or a stranger, a name two layers have, a page in no layer",
    explanation: "\
Why it matters
  A variant is a layer over all it extends. A layer without a lineage has no text, so its
  readers would get nothing; a name that two layers have would give one's readers the other's.

What to do
  A layer is a folder with a `plan.md`; the folder's name is the layer's. `extends:` names
  another layer. Give each layer a name of its own, and put every page into a layer's folder.
",
    look,
};

fn look(binder: &Binder, findings: &mut Findings) {
    for fault in binder.project_faults() {
        let new = |message: String| Diagnostic::new(RULE.name, message);
        let diagnostic = match fault {
            ProjectFault::LayerNameTaken { span, name, other } => {
                new(format!("two layers are called `{name}`"))
                    .at(*span, "this one is left out")
                    .help(format!("rename this folder; `{other}` has the name already"))
            }
            ProjectFault::UnknownParent { span, name, known } => new(format!("no layer is called `{name}`"))
                .at(*span, "cannot be extended")
                .help_if(did_you_mean(name, known.iter().map(String::as_str)).or_else(|| {
                    let known = known.iter().map(String::as_str);
                    (known.len() > 0).then(|| format!("the layers are {}", listed(known)))
                })),
            ProjectFault::ExtendsItself { span, way } => new(format!("`{}` extends itself", way[0]))
                .at(*span, "leads back here")
                .note(format!("the way round is {}", way.join(" → ")))
                .help("let one of them extend a layer outside the circle"),
            ProjectFault::LayerInsideLayer { span, outer } => {
                new(format!("this layer stands inside the layer `{outer}`"))
                    .at(*span, "a second plan.md")
                    .help("give it a folder of its own beside the other, and say `extends:`")
            }
            ProjectFault::ReservedName { span, name } => new(format!("no layer can be called `{name}`"))
                .at(*span, "the site needs this name")
                .help(format!("rename the folder; taken are {}", RESERVED_NAMES.join(", "))),
            ProjectFault::PageWithoutLayer(span) => new("this page is in no layer".to_string())
                .at(*span, "no folder above it has a plan.md")
                .help("move it into a layer's folder, or add a plan.md beside it"),
            ProjectFault::ManyLayers { span, count, limit } => {
                new(format!("there are {count} layers, more than {limit}"))
                    .at(*span, "this one and those after it are left out")
                    .help("make a project of its own of some of them")
            }
            ProjectFault::MuchText { span, limit } => new(format!(
                "the text of all variants together is more than {limit}"
            ))
            .at(*span, "this layer and those after it are left out")
            .help("make a project of its own of some layers, or divide the longest pages that they tailor"),
            ProjectFault::LongLineage { span, limit } => {
                new(format!("this layer and all it extends are more than {limit}"))
                    .at(*span, "it is left out, and so is what extends it")
                    .help("let it extend a layer nearer to the base")
            }
            _ => continue,
        };
        findings.tell(diagnostic);
    }
}
