//! What the templates of a site's own theme may not make: lists of lists.
//!
//! The engine counts the steps of a template and the size of what it makes, but looks into a list only where it is
//! written or compared: one that was put into itself forty times over is small until then, and endless after.

use minijinja::machinery::{Instruction, Instructions, get_compiled_template};
use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, Template, Value, filters};

/// The filters of the engine that put lists and maps into others or behind each other, and one that writes with as
/// much space as it is told.
const NESTING_FILTERS: [&str; 7] = ["batch", "chain", "groupby", "pprint", "slice", "sum", "zip"];
/// Its functions that do, and the one that writes all there is.
const NESTING_FUNCTIONS: [&str; 3] = ["debug", "dict", "namespace"];

/// Takes what puts lists into lists out of an engine.
pub(super) fn flatten(environment: &mut Environment) {
    NESTING_FILTERS.iter().for_each(|name| environment.remove_filter(name));
    NESTING_FUNCTIONS.iter().for_each(|name| environment.remove_global(name));
    let compact = |value: &Value| filters::tojson(value, None, Kwargs::from_iter([] as [(&str, Value); 0]));
    environment.add_filter("tojson", compact);
    // The engine's own also takes filters, and a value for what is missing.
    environment.add_filter("map", each);
}

/// What each of some values has by a name: `pages | map(attribute="title")`. That was in them before, so nothing
/// gets deeper.
fn each(values: &Value, options: Kwargs) -> Result<Vec<Value>, Error> {
    let name: &str = options.get("attribute")?;
    options.assert_all_used()?;
    values.try_iter()?.map(|value| value.get_attr(name)).collect()
}

/// The line, from 1, in which a template puts values into a list or a map, or adds what may be lists, and why it may
/// not.
pub(super) fn nesting(template: &Template) -> Option<(usize, &'static str)> {
    let compiled = get_compiled_template(template);
    std::iter::once(&compiled.instructions).chain(compiled.blocks.values()).find_map(in_instructions)
}

fn in_instructions(instructions: &Instructions) -> Option<(usize, &'static str)> {
    let mut each = (0..).map_while(|at| Some((at, instructions.get(at)?)));
    each.find_map(|(at, instruction)| {
        let why = match instruction {
            // One without names in it is made once, when the template is read.
            Instruction::BuildList(Some(1..)) | Instruction::BuildTuple(_) | Instruction::BuildMap(1..) => {
                "a list or a map that is made here holds words and numbers, and no other values"
            }
            Instruction::Add if !adds_number(instructions, at) => {
                "`+` adds a number that is written after it"
            }
            _ => return None,
        };
        Some((instructions.get_line(at).unwrap_or(1), why))
    })
}

/// Whether what is added is a number that is written out.
fn adds_number(instructions: &Instructions, at: u32) -> bool {
    let added = at.checked_sub(1).and_then(|before| instructions.get(before));
    matches!(added, Some(Instruction::LoadConst(value)) if value.kind() == ValueKind::Number)
}
