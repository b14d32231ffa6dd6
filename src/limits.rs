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
/// All files of a folder of the project together: of its layers, or of its theme.
pub const FOLDER: Limit = bytes("folder-size", 2_000);
/// What lies in the folders that the symbolic links of a folder lead to.
pub const LINKED: Limit = Limit { name: "linked-files", most: 100_000, of: "files" };
/// The text of all variants together, where layers are laid over it or values filled in.
pub const TAILORED: Limit = bytes("tailored-size", 1_000);
/// A page, as it is written.
pub const PAGE: Limit = bytes("page-size", 1);
/// Another file that is read as text: `site.toml`, `tailoring.lock`.
pub const TEXT: Limit = bytes("text-size", 8);
/// A page with its values filled in.
pub const EXPANDED: Limit = bytes("expanded-size", 2);
/// A name, an address or an id in front matter, and a canary.
pub const NAME: Limit = Limit { name: "name-length", most: 1_000, of: "letters" };
/// The steps a page's template may take. What it makes counts as well, 64 bytes a step.
pub const STEPS: Limit = Limit { name: "template-steps", most: 2_000_000, of: "steps" };
/// What the templates of all variants make together, beyond four times what is written.
pub const MADE: Limit = bytes("made-size", 50);
/// The steps that the templates of all variants take together, beyond a hundred for each byte that is written.
pub const MADE_STEPS: Limit = Limit { name: "made-steps", most: 50_000_000, of: "steps" };
/// The steps a template of a theme may take for one page. What it makes counts as well, 64 bytes a step.
pub const THEME_STEPS: Limit = Limit { name: "theme-steps", most: 5_000_000, of: "steps" };

/// The steps of a checklist that are held against its page, and those of the page.
pub const COMPARED: Limit = Limit { name: "checklist-steps", most: 2_000, of: "steps" };
/// The steps that all checklists of a plan are held against, or those of the checklists where they have more.
pub const ALL_COMPARED: Limit = Limit { name: "all-checklist-steps", most: 100_000, of: "steps" };
/// The layers of a project.
pub const LAYERS: Limit = Limit { name: "layers", most: 5_000, of: "layers" };
/// A layer and all it extends.
pub const LINEAGE: Limit = Limit { name: "lineage", most: 100, of: "layers" };

/// The findings of one rule, which are kept and told.
pub const FINDINGS: Limit = Limit { name: "findings", most: 20_000, of: "findings" };

/// All of them, for people.
pub const ALL: [Limit; 17] = [
    FILE,
    FOLDER,
    LINKED,
    TAILORED,
    PAGE,
    TEXT,
    EXPANDED,
    NAME,
    STEPS,
    MADE,
    MADE_STEPS,
    THEME_STEPS,
    COMPARED,
    ALL_COMPARED,
    LAYERS,
    LINEAGE,
    FINDINGS,
];

const fn bytes(name: &'static str, megabytes: usize) -> Limit {
    Limit { name, most: megabytes * 1_000_000, of: "MB" }
}

impl Limit {
    /// Whether a text has more letters.
    pub fn is_passed_by(self, text: &str) -> bool {
        text.len() > self.most && text.chars().nth(self.most).is_some()
    }

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

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_limit_is_told_where_users_look() {
        let promised = include_str!("../SECURITY.md");
        for limit in ALL {
            let amount = limit.amount();
            let (number, of) = amount.split_once(' ').expect("a number and what it counts");
            let row = promised.lines().find(|line| line.starts_with(&format!("| `{}` |", limit.name)));
            let row = row.unwrap_or_else(|| panic!("SECURITY.md does not name `{}`", limit.name));
            let plain = row.replace(',', "");
            assert!(
                plain.contains(&format!("| {number} {of}")),
                "{amount} is not what SECURITY.md says: {row}"
            );
        }
    }
}
