//! `redbinder build`

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::mem::ManuallyDrop;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::cli::print::Copies;
use crate::cli::{Failure, NOTHING_TO_PUBLISH, Outcome, Result, Session, check, print, tell};
use crate::diagnostic::{Diagnostic, Level};
use crate::files::{self, Output, Publication, Published};
use crate::guard::Watch;
use crate::plan::Plan;
use crate::render::{Sink, WritePieces};
use crate::theme::Fault;
use crate::{Compilation, render};

const EXAMPLES: &str = "\
Examples:
  redbinder build
  redbinder build --output dist
  redbinder build --pack
  redbinder build && rsync -a public/ host:/srv/guidebook/

Nothing is published while there is an error: the folder keeps the last good site. The new
site is written beside it and swapped in whole.";

/// Small pieces of a file are gathered to as many bytes.
const PIECE: usize = 16 * 1024;

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
    print::copies(session, progress, compilation, &compilation.plans.iter().collect::<Vec<_>>(), output)
}

pub fn run(session: &Session, args: &Args) -> Result {
    let progress = tell::Progress::start(session);
    progress.stage("reading");
    // The system takes all of it back at once when the command ends.
    let mut compilation = ManuallyDrop::new(Compilation::read(&session.root)?);
    compilation.project.config.today = args.today;
    progress.stage("checking");
    let mut told = check::Told::all(&compilation);
    if let Some(path) = &args.baseline {
        told = told.without_known(&session.root, path, false, &mut compilation)?;
    }
    let mut diagnostics: Vec<_> = told.findings.into_iter().map(|finding| finding.diagnostic).collect();
    let output = args.output.as_deref().unwrap_or(&compilation.project.config.output);
    if let Some(packs) = &args.pack {
        let sources = compilation.project.config.sources();
        files::check_apart(&session.root, &sources, output, packs)?;
    }
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
    if compilation.plans.is_empty() {
        progress.finish();
        tell::diagnostics(&diagnostics, &compilation.project.sources);
        let failure = Failure::new(format!("{NOTHING_TO_PUBLISH}; {output} is as it was"));
        return Err(failure
            .help("`redbinder check` says what is left out; no level of a rule makes a site of nothing"));
    }
    let copies = copies(session, args, &progress, &compilation, output)?;
    progress.stage("rendering");
    let publishing = Publishing {
        publication: Publication::start(&session.root, &compilation.project.config.sources(), output)?,
        watch: Watch::new(compilation.guard()),
        compressed: Mutex::default(),
        failure: Mutex::default(),
    };
    copies
        .readable
        .iter()
        .for_each(|(address, bytes)| publishing.watch.see(address, || Cow::Borrowed(bytes)));
    let mut leaks = Vec::new();
    if let Err(fault) = compilation.render_into(&copies.printed, &publishing) {
        match lock(&publishing.failure).take() {
            Some(failure) => return Err(failure.into()),
            None => leaks.push(tell::theme_fault(fault)?),
        }
    }
    leaks.extend(publishing.watch.leaks());
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
    progress.stage("writing");
    let published = publishing.finish(&copies.files)?;
    if let Some(folder) = &args.pack {
        files::publish(&session.root, &compilation.project.config.sources(), folder, &packs)?;
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

/// A site that is written as it is made, each file once it was looked through.
struct Publishing<'c> {
    publication: Publication,
    watch: Watch<'c>,
    /// The compressed copies of files
    compressed: Mutex<Vec<(String, Vec<u8>)>>,
    /// Why a file could not be written
    failure: Mutex<Option<files::Error>>,
}

impl Publishing<'_> {
    /// Publishes all of it, with the copies that were printed.
    fn finish(self, copies: &Output) -> std::result::Result<Published, files::Error> {
        copies.par_iter().try_for_each(|(path, bytes)| self.publication.write(path, bytes))?;
        for (path, bytes) in lock(&self.compressed).iter() {
            // A file of the author's own stays.
            if !self.publication.has(path) {
                self.publication.write(path, bytes)?;
            }
        }
        self.publication.finish()
    }
}

impl Publishing<'_> {
    /// Keeps why a file could not be written.
    fn failed(&self, error: files::Error) -> Fault {
        let reason = error.to_string();
        *lock(&self.failure) = Some(error);
        Fault::from(reason)
    }
}

impl Sink for Publishing<'_> {
    fn put(&self, address: &str, bytes: &[u8]) -> std::result::Result<(), Fault> {
        self.watch.see(address, || render::readable(address, bytes));
        self.publication.write(address, bytes).map_err(|error| self.failed(error))?;
        // Made before the list is locked: others add to it meanwhile.
        if let Some(copy) = render::compressed(address, bytes) {
            lock(&self.compressed).push(copy);
        }
        Ok(())
    }

    fn put_pieces(&self, address: &str, write: WritePieces) -> std::result::Result<(), Fault> {
        if self.watch.is_for(address) || render::may_be_compressed(address) {
            let mut bytes = Vec::new();
            write(&mut bytes)?;
            return self.put(address, &bytes);
        }
        let mut file = self.publication.begin(address).map_err(|error| self.failed(error))?;
        let mut pieces = BufWriter::with_capacity(PIECE, &mut file);
        let written =
            write(&mut pieces).and_then(|()| pieces.flush().map_err(|error| error.to_string().into()));
        drop(pieces);
        // What the disk refuses is the reason of what `write` says.
        file.finish().map_err(|error| self.failed(error)).and(written)
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
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
