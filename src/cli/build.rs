//! `redbinder build`

use rayon::prelude::*;

use crate::cli::print::Copies;
use crate::cli::{Failure, Outcome, Result, Session, check, print, tell};
use crate::diagnostic::{Diagnostic, Level};
use crate::files::{self, Output};
use crate::plan::Plan;
use crate::{Compilation, render};

const EXAMPLES: &str = "\
Examples:
  redbinder build
  redbinder build --output dist
  redbinder build --pack
  redbinder build && rsync -a public/ host:/srv/guidebook/

Nothing is published while there is an error: the folder keeps the last good site. The new
site is written beside it and swapped in whole.";

/// Check, and publish the site to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The folder to publish to, instead of the one site.toml names
    #[arg(long, short, value_name = "DIR")]
    output: Option<String>,

    /// Also write each variant and edition as a zip to carry on a stick, to a folder of their own
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true, default_missing_value = "packs")]
    pack: Option<String>,

    /// Publish in spite of the faults this file of the project knows; see `check --baseline`
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,

    /// Make no PDFs; a program compiled without the feature `pdf` makes none anyway
    #[arg(long)]
    no_pdf: bool,

    /// The day from which reviews and exercises are judged to be due, such as 2026-11-25; without
    /// it none is
    #[arg(long, value_name = "DATE", env = "REDBINDER_TODAY")]
    today: Option<jiff::civil::Date>,
}

/// The printed copies, where this program makes them and they are wanted.
fn copies(
    session: &Session,
    args: &Args,
    progress: &tell::Progress,
    compilation: &Compilation,
    output: &str,
) -> Result<Copies> {
    if args.no_pdf {
        return Ok(Copies::default());
    }
    progress.stage("printing");
    print::copies(session, compilation, &compilation.plans.iter().collect::<Vec<_>>(), output)
}

pub fn run(session: &Session, args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    let mut compilation = Compilation::read(&session.root)?;
    compilation.project.config.today = args.today;
    progress.stage("checking");
    let mut told = check::Told::all(&compilation);
    if let Some(path) = &args.baseline {
        told = told.without_known(&session.root, path, false, &mut compilation)?;
    }
    let mut diagnostics: Vec<_> = told.findings.into_iter().map(|finding| finding.diagnostic).collect();
    let output = args.output.as_deref().unwrap_or(&compilation.project.config.output);
    let scope = check::scope(&compilation);
    if crate::count(&diagnostics, Level::Error) > 0 {
        let time = progress.finish();
        tell::diagnostics(&diagnostics, &compilation.project.sources);
        if !session.quiet {
            let counts = tell::counts(&diagnostics);
            tell::line(&format!("published nothing: {counts} in {scope} ({time}); {output} is as it was"));
        }
        return Ok(Outcome::Faulty);
    }
    let copies = copies(session, args, &progress, &compilation, output)?;
    progress.stage("rendering");
    let (mut site, mut leaks) = match compilation.render_beside(&copies.printed) {
        Ok(site) => {
            let mut said = site.clone();
            said.extend(copies.readable);
            let leaks = compilation.leaks(&said);
            (site, leaks)
        }
        Err(fault) => (Output::new(), vec![tell::theme_fault(fault)?]),
    };
    let mut packs = Output::new();
    if args.pack.is_some() && leaks.is_empty() {
        progress.stage("packing");
        (packs, leaks) = pack(&compilation)?;
    }
    leaks.extend(copies.diagnostics);
    if crate::count(&leaks, Level::Error) > 0 {
        progress.finish();
        tell::diagnostics(&leaks, &compilation.project.sources);
        tell::line(&format!("published nothing: {}; {output} is as it was", tell::counts(&leaks)));
        return Ok(Outcome::Faulty);
    }
    diagnostics.extend(leaks);
    site.extend(copies.files);
    progress.stage("writing");
    render::compress(&mut site);
    let published = files::publish(&session.root, output, &site)?;
    if let Some(folder) = &args.pack {
        files::publish(&session.root, folder, &packs)?;
    }
    let time = progress.finish();
    tell::diagnostics(&diagnostics, &compilation.project.sources);
    tell::remarks(&copies.remarks);
    if !session.quiet {
        let files = tell::number(published.files, "file");
        let size = published.bytes as f64 / 1e6;
        tell::line(&format!(
            "built {scope} in {time}: {files}, {size:.1} MB in {output}; {}",
            tell::counts(&diagnostics)
        ));
        if let Some(folder) = &args.pack {
            tell::line(&format!("packed {} in {folder}", tell::number(packs.len(), "zip")));
        }
    }
    Ok(Outcome::Good)
}

/// Each plan as a zip, and what is in one of them that its readers must not see.
fn pack(compilation: &Compilation) -> Result<(Output, Vec<Diagnostic>)> {
    let packs = match compilation.packs() {
        Ok(packs) => packs,
        Err(fault) => return Ok((Output::new(), vec![tell::theme_fault(fault)?])),
    };
    let leaks = compilation.leaks_of_packs(&packs);
    let zip = |(plan, files): &(&Plan, Output)| {
        let name = render::pack::name(plan);
        Ok((format!("{name}.zip"), render::pack::zip(&name, files).map_err(Failure::new)?))
    };
    let zips =
        if leaks.is_empty() { packs.par_iter().map(zip).collect::<Result<Output>>()? } else { Output::new() };
    Ok((zips, leaks))
}
