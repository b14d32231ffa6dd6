//! `inaccessible-print`: what cannot be printed so that everybody can read it.

use crate::check::Rule;
use crate::diagnostic::Level;

pub(super) const RULE: Rule = Rule {
    name: "inaccessible-print",
    level: Level::Error,
    finds: "something that keeps a printed file from being one a screen reader can read (PDF/UA-1)",
    explanation: "\
Why it matters
  Printed files say what their parts are: headings, lists, the header of a table, what a picture
  shows. Where a part cannot say it, the file is not accessible, and must not claim to be. Only
  the typesetter sees it, so it is told by `print` and by `build`, not by `check`.

What to do
  Mend the block it points at. Where that has to wait, an exception before the block says why, and
  the file is printed without the claim; so it is where `site.toml` sets the level to `warning`.
  `--no-pdf` builds the site without it.
",
    // Known only when everything is set in type: `print` tells it.
    look: |_, _| {},
};
