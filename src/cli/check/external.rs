//! Asking other sites: `redbinder check --external`.

use std::collections::BTreeMap;

use crate::check;
use crate::cli::{Failure, Result, tell};
use crate::plan::Plan;
use crate::web;

/// The addresses of other sites that do not answer, each with the reason.
pub fn gone(plans: &[Plan], progress: &tell::Progress) -> Result<BTreeMap<String, String>> {
    let addresses = check::addresses(plans);
    let asked = web::ask(&addresses, |address| progress.stage(&format!("asking {address}")));
    let answers = asked.map_err(|reason| {
        Failure::new(format!("cannot ask other sites: {reason}"))
            .help("install curl, or leave out --external")
    })?;
    let gone = answers.into_iter().filter_map(|(address, answer)| match answer {
        web::Answer::There => None,
        web::Answer::Gone(reason) => Some((address, reason)),
    });
    Ok(gone.collect())
}
