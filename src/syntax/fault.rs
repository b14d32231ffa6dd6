//! What could not be understood in a text, as data.

use crate::source::Span;
use crate::syntax::{Audience, Kind, NotYaml};

/// Something an author wrote that cannot be what they meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault at `span`.
    pub fn new(span: Span, kind: FaultKind) -> Self {
        Fault { span, kind }
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Front matter that is not YAML, and why.
    NotYaml(NotYaml),
    /// Front matter that is not a map of keys; what it is instead.
    NotAMap(&'static str),
    /// A page that starts with `---` and never ends its front matter.
    UnclosedFrontMatter,
    /// A page whose first line is not `---`, and is meant as it: keys follow.
    WrongFence,
    /// A key that stands twice in one map.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stands first.
        first: Span,
    },
    /// A key this kind of front matter does not have.
    UnknownKey {
        /// The key.
        key: String,
        /// The keys there are.
        known: Vec<&'static str>,
        /// The kind of page.
        kind: Kind,
        /// The path of the map it stands in; empty for the front matter itself.
        within: String,
    },
    /// A value that does not have the field's shape.
    WrongShape {
        /// The field.
        field: String,
        /// What is expected, in words.
        expected: String,
        /// The value as written, or what it is.
        found: String,
        /// The words that would do, where there is a choice.
        choices: Vec<&'static str>,
    },
    /// Blocks or values nested deeper than anybody means.
    TooDeep,
    /// Raw HTML that could run, load or frame something.
    UnsafeHtml(String),
    /// Raw HTML that does not end.
    OpenHtml,
    /// Raw HTML that opens an element and does not close it, or closes one that is not open; its name.
    UnbalancedHtml(String),
    /// Raw HTML that has a part of a table where no table is; its name.
    OutsideTable(String),
    /// The text of a footnote that the page does not mention; its label.
    UnmentionedNote(String),
    /// The text of a footnote whose label another one has already.
    DuplicateNote {
        /// The label.
        label: String,
        /// Where the first one stands.
        first: Span,
    },
    /// The address of a reference that has another address already, which counts.
    DuplicateDefinition {
        /// The name of the reference.
        label: String,
        /// Where the first one stands.
        first: Span,
    },
    /// A comment of HTML that is an audience and nothing else.
    CommentedAudience,
    /// A heading that is one by a line of signs under it, has no words, or is of the page's own level, and ends a
    /// section for some readers.
    EndedByChance {
        /// The heading of that section.
        marked: Span,
        /// For whom it is.
        audience: Audience,
    },
    /// A link to a target that stands elsewhere: in a section for fewer readers.
    DefinedForFewer {
        /// Where the target is defined.
        definition: Span,
        /// For whom that section is.
        audience: Audience,
        /// Its heading.
        marked: Span,
    },
    /// A heading inside a list or a quote that has an id, a verb or an audience.
    InnerHeading,
    /// A key without a value; where it was meant to be removed, `null` says so.
    EmptyValue(String),
    /// A text that starts like a value and is a comment, because `#` starts one.
    CommentForValue(String),
    /// A character that nobody writes: for private use, or a control character.
    Unwritable(char),
}
