//! Reading what authors write: front matter, and markdown as one small tree.
//!
//! Nothing here fails. A text is read as far as it can be understood, and what could not
//! be is kept beside it as [`Fault`]s, which `check` words.

pub mod anchor;
pub mod day;
pub mod duration;
pub mod escape;
pub mod fault;
pub mod fields;
pub mod front_matter;
pub mod glyphs;
pub mod html;
pub mod markdown;
mod marks;
mod pairs;
pub mod picture;
pub mod schema;
pub mod section;
pub mod stated;
pub mod target;
pub mod tree;
mod yaml;

pub use anchor::slug;
pub use duration::{Duration, DurationRange};
pub use escape::{escape_mail, escape_value, unescape_value};
pub use fault::{Fault, FaultKind};
pub use fields::{Field, Kind, Shape};
pub use front_matter::{Map, Node, Value};
pub use section::{Audience, Document, Mark, Misuse, Placement, Section, Verb, Waiver};
pub use stated::{Stated, stated};
pub use tree::{Alert, Block, Cell, Image, Inline, Item, Link, Table};
pub use yaml::NotYaml;
