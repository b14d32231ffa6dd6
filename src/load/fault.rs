//! What is wrong with a project's folder, as data.

use crate::config::ConfigFault;
use crate::files::Problem;
use crate::limits::Limit;
use crate::source::Span;
use crate::syntax::Fault;

/// Something wrong with the folder, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectFault {
    /// `site.toml`
    Config(ConfigFault),
    /// A file or folder that could not be read, with the system's reason
    Unreadable {
        /// The file
        path: String,
        /// The reason
        reason: String,
    },
    /// A text that is larger than it may be
    TooLarge {
        /// The file
        path: String,
        /// How large it may be
        limit: Limit,
    },
    /// More layers than there may be
    ManyLayers {
        /// The `plan.md` of the first one too many
        span: Span,
        /// How many there are
        count: usize,
        /// How many there may be
        limit: Limit,
    },
    /// More text in all variants than there may be
    MuchText {
        /// The `plan.md` of the first layer whose variant makes it too much
        span: Span,
        /// How much there may be
        limit: Limit,
    },
    /// A layer that extends more than it may
    LongLineage {
        /// Where it says so
        span: Span,
        /// How many there may be
        limit: Limit,
    },
    /// A symbolic link that leads to a folder it is in
    SymlinkLoop(String),
    /// A symbolic link that leads out of the project
    OutsideProject(String),
    /// Two names that are one on systems that do not tell case apart
    NameClash {
        /// One
        path: String,
        /// The other
        other: String,
    },
    /// A name that Windows does not take
    UnportableName(String),
    /// A name that is not Unicode
    BadName(String),
    /// A text that is not UTF-8; the place of the first byte that is not.
    NotUtf8(Span),
    /// A character that nobody writes: for private use, or a control character
    Unwritable(Span, char),
    /// A file of the site's own theme
    Theme(crate::theme::Fault),
    /// Front matter
    FrontMatter(Fault),
    /// Two layers of one name
    LayerNameTaken {
        /// The `plan.md` of the later one
        span: Span,
        /// The name
        name: String,
        /// The folder of the first one
        other: String,
    },
    /// A layer that extends one that does not exist
    UnknownParent {
        /// Where it says so
        span: Span,
        /// The name
        name: String,
        /// The names there are
        known: Vec<String>,
    },
    /// A layer that extends itself, directly or by way of others
    ExtendsItself {
        /// Where it says so
        span: Span,
        /// The way round, by name
        way: Vec<String>,
    },
    /// A `plan.md` inside a layer's folder
    LayerInsideLayer {
        /// The inner `plan.md`
        span: Span,
        /// The outer layer
        outer: String,
    },
    /// A layer whose name the site needs itself
    ReservedName {
        /// Its `plan.md`
        span: Span,
        /// The name
        name: String,
    },
    /// A page in no layer's folder
    PageWithoutLayer(Span),
    /// A project without a layer
    NoLayer {
        /// The folder that was looked into
        folder: String,
    },
}

impl ProjectFault {
    /// What is wrong with a folder that was read.
    pub fn of(problem: &Problem) -> ProjectFault {
        match problem.clone() {
            Problem::Unreadable { path, reason } => ProjectFault::Unreadable { path, reason },
            Problem::SymlinkLoop { path } => ProjectFault::SymlinkLoop(path),
            Problem::OutsideProject { path } => ProjectFault::OutsideProject(path),
            Problem::NameClash { path, other } => ProjectFault::NameClash { path, other },
            Problem::UnportableName { path } => ProjectFault::UnportableName(path),
            Problem::BadName { path } => ProjectFault::BadName(path),
        }
    }
}
