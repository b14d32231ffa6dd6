//! What redbinder tells an author: a rule's name, a level, words, and places.

pub mod before;
pub mod fingerprint;
pub mod fix;
pub mod github;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod report;
pub mod sarif;
mod suggest;
pub mod terminal;

use std::fmt;

use crate::source::{Span, Spanned, is_unseen};

pub use suggest::{Suggestions, did_you_mean, listed};

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The binder must not be published.
    Error,
    /// A person must look.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// Its name
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place, and what is true of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where
    pub span: Span,
    /// What is true of the words there
    pub text: String,
    /// Whether this is where the mistake is, and not what it disagrees with.
    pub primary: bool,
}

/// Something wrong, in words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The rule's name
    pub rule: &'static str,
    /// How much it matters
    pub level: Level,
    /// Where a rule's level is too much for this one of its findings: the level it has at most.
    pub at_most: Option<Level>,
    /// What is wrong, in lower case, names in backticks, no full stop
    pub message: String,
    /// Where; the first primary one is the place. Empty where no text is concerned.
    pub labels: Vec<Label>,
    /// The file, where no text is concerned.
    pub path: Option<String>,
    /// One thing to do
    pub help: Option<String>,
    /// The edits that do it, where a machine may: each a place and what is to stand there. Empty
    /// where a person has to decide.
    pub fix: Vec<Spanned<String>>,
    /// More to know
    pub notes: Vec<String>,
    /// The variants it concerns; empty where it concerns a file whatever is made of it.
    pub variants: Vec<String>,
}

/// What is told, which may quote what somebody wrote: in one line, without what a terminal obeys.
fn in_one_line(text: impl Into<String>) -> String {
    let text = text.into();
    if !text.contains(is_unseen) {
        return text;
    }
    text.replace(char::is_whitespace, " ").replace(is_unseen, "\u{FFFD}")
}

impl Diagnostic {
    /// A diagnostic of a rule. Its level is the driver's to set.
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Diagnostic {
            rule,
            level: Level::Error,
            at_most: None,
            message: in_one_line(message),
            labels: Vec::new(),
            path: None,
            help: None,
            fix: Vec::new(),
            notes: Vec::new(),
            variants: Vec::new(),
        }
    }

    /// At `span`, where `text` is true.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: in_one_line(text), primary: true });
        self
    }

    /// Also concerning `span`, where `text` is true.
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: in_one_line(text), primary: false });
        self
    }

    /// About a whole file.
    pub fn file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Mattering no more than `level`.
    pub fn at_most(mut self, level: Level) -> Self {
        self.at_most = Some(level);
        self
    }

    /// With one thing to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(in_one_line(help));
        self
    }

    /// With one thing to do, where there is one.
    pub fn help_if(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// With an edit that does what the help says, safe to make without asking: it changes what is
    /// wrong and nothing of what is meant.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix.push(Spanned::new(replacement.into(), span));
        self
    }

    /// With more to know.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(in_one_line(note));
        self
    }

    /// The place of the mistake.
    pub fn span(&self) -> Option<Span> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or(self.labels.first()).map(|label| label.span)
    }
}
