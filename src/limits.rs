//! How much is read and made, so that no input exhausts the machine. What is more is refused, with
//! the name of the limit.

use std::fmt;

/// A limit, as messages name it: "the limit `text-size`, 8 MB".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name
    pub name: &'static str,
    /// The most there may be
    pub most: usize,
    /// Of what, in words
    of: &'static str,
}

/// A file of the project, in bytes.
pub const FILE: Limit = bytes("file-size", 256);
/// A file that is read as text: a page, `site.toml`, `tailoring.lock`, a baseline.
pub const TEXT: Limit = bytes("text-size", 8);
/// A page with its values filled in.
pub const EXPANDED: Limit = bytes("expanded-size", 8);
/// A value that a filter makes for a page.
pub const VALUE: Limit = bytes("value-size", 1);
/// The steps a page's template may take.
pub const STEPS: Limit = Limit { name: "template-steps", most: 2_000_000, of: "steps" };
/// The steps a template of a theme may take for one page.
pub const THEME_STEPS: Limit = Limit { name: "theme-steps", most: 20_000_000, of: "steps" };

/// All of them, for people.
pub const ALL: [Limit; 6] = [FILE, TEXT, EXPANDED, VALUE, STEPS, THEME_STEPS];

const fn bytes(name: &'static str, megabytes: usize) -> Limit {
    Limit { name, most: megabytes * 1_000_000, of: "MB" }
}

impl Limit {
    /// How much it is: `8 MB`.
    pub fn amount(self) -> String {
        let most = if self.of == "MB" { self.most / 1_000_000 } else { self.most };
        format!("{most} {}", self.of)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the limit `{}`, {}", self.name, self.amount())
    }
}
