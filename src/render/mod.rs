//! The site: every page of every plan, as files.

use crate::config::Config;
use crate::files::{Files, Output};
use crate::plan::Plan;

/// Renders.
pub fn render(_config: &Config, _plans: &[Plan], _theme: &Files) -> Result<Output, String> {
    Ok(Output::new())
}
