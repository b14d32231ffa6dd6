//! `redbinder print`

use crate::cli::{Result, Session};

const EXAMPLES: &str = "\
Examples:
  redbinder print
  redbinder print --variant bixal --output /tmp/bixal
  redbinder print && lp printed/bixal/print/runbook.pdf

Nothing is printed while there is an error. `redbinder build` puts the same files into the site.";

/// Print the binder, the runbook, role pages and cards of each variant, as PDF
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder to print to; each time, all of it is replaced
    #[arg(long, short, value_name = "DIR", default_value = "printed")]
    output: String,

    /// Only this variant; may be given several times
    #[arg(long, value_name = "NAME")]
    variant: Vec<String>,
}

/// Prints, where this program can.
pub fn run(session: &Session, args: &Args) -> Result {
    #[cfg(feature = "pdf")]
    return set::run(session, args);
    #[cfg(not(feature = "pdf"))]
    {
        // Nothing of them is needed to say what is missing.
        let (Session { .. }, Args { output: _, variant: _ }) = (session, args);
        Err(crate::cli::Failure::new(WITHOUT))
    }
}

#[cfg(not(feature = "pdf"))]
const WITHOUT: &str = "this redbinder makes no PDFs: it takes `cargo install --path . --features pdf`, or print a page from the browser";

#[cfg(feature = "pdf")]
mod set {
    use rayon::prelude::*;

    use super::Args;
    use crate::Compilation;
    use crate::cli::{Failure, Outcome, Result, Session, check, tell};
    use crate::diagnostic::{Level, did_you_mean};
    use crate::files::{self, Output};
    use crate::plan::Plan;
    use crate::print::{self, Printed};
    use crate::source::Sources;

    pub fn run(session: &Session, args: &Args) -> Result {
        let progress = tell::Progress::start(session);
        progress.stage("reading");
        let compilation = Compilation::read(&session.root)?;
        let config = &compilation.project.config;
        let plans = chosen(&compilation.plans, &args.variant)?;
        progress.stage("checking");
        let told = check::Told::all(&compilation);
        let diagnostics: Vec<_> = told.findings.into_iter().map(|finding| finding.diagnostic).collect();
        if crate::count(&diagnostics, Level::Error) > 0 {
            let time = progress.finish();
            tell::diagnostics(&diagnostics, &compilation.project.sources);
            if !session.quiet {
                let counts = tell::counts(&diagnostics);
                tell::line(&format!("printed nothing: {counts} ({time}); {} is as it was", args.output));
            }
            return Ok(Outcome::Faulty);
        }
        progress.stage("printing");
        let jobs: Vec<print::Job> =
            plans.par_iter().flat_map_iter(|plan| print::jobs(config, plan)).collect();
        let printed = jobs
            .par_iter()
            .map(|job| Ok((job, job.print()?)))
            .collect::<std::result::Result<Vec<_>, String>>();
        let printed = printed.map_err(Failure::new)?;
        let mut output = Output::new();
        let mut remarks = Vec::new();
        for (job, it) in printed {
            remarks.extend(remarks_of(job, &it, &compilation.project.sources));
            output.insert(job.address.clone(), it.bytes.into());
        }
        remarks.dedup();
        let published = files::publish(&session.root, &args.output, &output)?;
        let time = progress.finish();
        tell::remarks(&remarks);
        if !session.quiet {
            let files = tell::number(published.files, "file");
            let size = published.bytes as f64 / 1e6;
            tell::line(&format!("printed {files} in {time}, {size:.1} MB in {}", args.output));
        }
        Ok(Outcome::Good)
    }

    fn chosen<'p>(plans: &'p [Plan], names: &[String]) -> Result<Vec<&'p Plan>> {
        for name in names {
            if !plans.iter().any(|plan| *plan.name == **name) {
                let failure = Failure::new(format!("no variant is called `{name}`"));
                let help = did_you_mean(name, plans.iter().map(|plan| &*plan.name));
                return Err(failure.help(help.unwrap_or("`redbinder variants` lists them".into())));
            }
        }
        let is_chosen = |plan: &&Plan| names.is_empty() || names.iter().any(|name| **name == *plan.name);
        Ok(plans.iter().filter(is_chosen).collect())
    }

    /// What could not be printed as it is written.
    fn remarks_of(job: &print::Job, printed: &Printed, sources: &Sources) -> Vec<String> {
        let _ = sources;
        let mut remarks: Vec<String> = Vec::new();
        for character in &printed.missing {
            remarks.push(format!(
                "warning: no font has {character} (U+{:04X}); a box stands for it on paper",
                u32::from(*character)
            ));
        }
        for path in &printed.unreadable {
            remarks
                .push(format!("warning: {path} is no picture that can be printed; its words stand for it"));
        }
        if let Some(reason) = &printed.shortfall {
            remarks.push(format!(
                "warning: {} has its tags but not all of PDF/UA-1 and PDF/A-2a: {reason}",
                job.address
            ));
        }
        remarks
    }
}
