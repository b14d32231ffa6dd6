//! `redbinder licenses`

use crate::cli::{Outcome, Result, tell};

pub fn run() -> Result {
    tell::line(include_str!("../../NOTICE").trim_end());
    tell::line("");
    #[cfg(feature = "pdf")]
    tell::line(include_str!("../../fonts/LICENSES"));
    tell::line(two_face::acknowledgement::listing().to_md().trim_end());
    Ok(Outcome::Good)
}
