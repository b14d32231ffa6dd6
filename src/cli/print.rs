//! `redbinder print`, and the printed copies that `redbinder build` puts into the site.

#[cfg(not(feature = "pdf"))]
use crate::Compilation;
#[cfg(not(feature = "pdf"))]
use crate::cli::{Result, Session, tell};
use crate::diagnostic::Diagnostic;
use crate::files::Output;
#[cfg(not(feature = "pdf"))]
use crate::plan::Plan;
use crate::render;

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

/// Printed copies, and what there is to say of them.
#[derive(Default)]
pub struct Copies {
    /// The files, with the list of them in each edition
    pub files: Output,
    /// Where each copy is, and what it is called
    pub printed: Vec<render::Printed>,
    /// What each says, under its address: its bytes are compressed
    pub readable: Output,
    /// What could not be printed as it is written
    pub remarks: Vec<String>,
    /// What keeps copies from being accessible
    pub diagnostics: Vec<Diagnostic>,
}

#[cfg(feature = "pdf")]
pub use set::{copies, run};

/// Says how to get a program that prints.
#[cfg(not(feature = "pdf"))]
pub fn run(_: &Session, args: &Args) -> Result {
    // Nothing of them is needed to say what is missing.
    let Args { output: _, variant: _ } = args;
    Err(crate::cli::Failure::new(
        "this redbinder makes no PDFs; get one that does with `cargo install --path . --features pdf`",
    ))
}

/// None.
#[cfg(not(feature = "pdf"))]
pub fn copies(_: &Session, _: &tell::Progress, _: &Compilation, _: &[&Plan], _: &str) -> Result<Copies> {
    Ok(Copies::default())
}

#[cfg(feature = "pdf")]
mod set {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};
    use std::thread;

    use rayon::prelude::*;
    use serde_json::{Value as Json, json};
    use sha2::{Digest, Sha256};

    use super::{Args, Copies};
    use crate::Compilation;
    use crate::cli::{Failure, Outcome, Result, Session, check, tell};
    use crate::diagnostic::{Diagnostic, Level, did_you_mean};
    use crate::files;
    use crate::plan::Plan;
    use crate::source::Span;
    use crate::{print, render};

    /// The list of printed copies in an edition's folder: from what each was made, and its own hash.
    const LIST: &str = "verify/printed.json";

    /// Prints.
    pub fn run(session: &Session, args: &Args) -> Result {
        let progress = tell::Progress::start(session);
        progress.stage("reading");
        let compilation = Compilation::read(&session.root)?;
        let plans = chosen(&compilation.plans, &args.variant)?;
        progress.stage("checking");
        let told = check::Told::all(&compilation);
        let mut diagnostics: Vec<_> = told.findings.into_iter().map(|finding| finding.diagnostic).collect();
        let output = &args.output;
        if crate::count(&diagnostics, Level::Error) > 0 {
            let time = progress.finish();
            tell::diagnostics(&diagnostics, &compilation.project.sources);
            if !session.quiet {
                let counts = tell::counts(&diagnostics);
                tell::line(&format!("printed nothing: {counts} ({time}); {output} is as it was"));
            }
            return Ok(Outcome::Faulty);
        }
        progress.stage("printing");
        let copies = copies(session, &progress, &compilation, &plans, output)?;
        let mut wrong = copies.diagnostics;
        wrong.extend(compilation.leaks(&copies.readable));
        if crate::count(&wrong, Level::Error) > 0 {
            progress.finish();
            tell::diagnostics(&wrong, &compilation.project.sources);
            tell::line(&format!("printed nothing: {}; {output} is as it was", tell::counts(&wrong)));
            return Ok(Outcome::Faulty);
        }
        let published =
            files::publish(&session.root, &compilation.project.config.sources(), output, &copies.files)?;
        let time = progress.finish();
        diagnostics.extend(wrong);
        tell::diagnostics(&diagnostics, &compilation.project.sources);
        tell::remarks(&copies.remarks);
        if !session.quiet {
            let files = tell::number(copies.printed.len(), "document");
            let size = published.bytes as f64 / 1e6;
            tell::line(&format!("printed {files} in {time}, {size:.1} MB in {output}"));
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

    /// The printed copies of some plans. Those that are in the output already, made from the same,
    /// are not made again.
    ///
    /// # Errors
    /// When a template cannot be set.
    pub fn copies(
        session: &Session,
        progress: &tell::Progress,
        compilation: &Compilation,
        plans: &[&Plan],
        output: &str,
    ) -> Result<Copies> {
        let config = &compilation.project.config;
        let old = Old { session, output, lists: lists(session, compilation, output) };
        let jobs: Vec<print::Job> =
            plans.par_iter().flat_map_iter(|plan| print::jobs(config, plan)).collect();
        let done = AtomicUsize::new(0);
        let make = |job: &print::Job| {
            let from = job.made_from();
            let copy = match old.copy(&job.address, &from) {
                Some(copy) => copy,
                None => Copy::of(job.print()?),
            };
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.stage(&format!("printing: {done} of {} done", jobs.len()));
            Ok((from, copy))
        };
        let made: Vec<(String, Copy)> = each(&jobs, make)
            .into_iter()
            .collect::<std::result::Result<_, String>>()
            .map_err(Failure::new)?;
        let mut copies = Copies::default();
        let mut lists: BTreeMap<String, BTreeMap<String, Json>> = BTreeMap::new();
        let mut faults = Faults::new();
        for (job, (from, copy)) in jobs.iter().zip(made) {
            let list = lists.entry(list_address(compilation, job.plan)).or_default();
            // What is wrong with a copy is looked for again each time.
            if copy.inaccessible.is_empty() {
                let mut entry = json!({ "made_from": from, "sha256": sha256(&copy.bytes) });
                if !copy.unreadable.is_empty() {
                    entry["unreadable"] = json!(copy.unreadable);
                }
                list.insert(job.address.clone(), entry);
            }
            for (span, reason) in copy.inaccessible {
                let file = job.address.rsplit('/').next().unwrap_or_default();
                let (files, variants) = faults.entry((span, reason)).or_default();
                files.insert(file.to_string());
                variants.insert(job.plan.name.to_string());
            }
            let remark =
                |path| format!("warning: {path} is no picture that can be printed; its words stand for it");
            copies.remarks.extend(copy.unreadable.iter().map(remark));
            copies.printed.push(render::Printed { address: job.address.clone(), title: job.title.into() });
            copies.files.insert(job.address.clone(), copy.bytes);
            copies.readable.insert(job.address.clone(), job.readable());
        }
        for (address, list) in lists {
            let text = serde_json::to_string_pretty(&list).unwrap_or_default() + "\n";
            copies.files.insert(address, text.into_bytes().into());
        }
        copies.remarks.sort();
        copies.remarks.dedup();
        copies.diagnostics = compilation.settle(diagnostics(faults));
        Ok(copies)
    }

    /// What keeps copies from being accessible: the place and the reason, with the files and variants.
    type Faults = BTreeMap<(Option<Span>, String), (BTreeSet<String>, BTreeSet<String>)>;

    fn diagnostics(faults: Faults) -> Vec<Diagnostic> {
        const RULE: &str = "inaccessible-print";
        let diagnostic = |((span, reason), (files, variants)): ((Option<Span>, String), (BTreeSet<_>, _))| {
            let files: Vec<String> = files.into_iter().collect();
            let message = format!("this cannot be printed for a screen reader: {reason}");
            let mut diagnostic = Diagnostic::new(RULE, message).note(format!("in {}", files.join(", ")));
            diagnostic.variants = Vec::from_iter::<BTreeSet<String>>(variants);
            match span {
                Some(span) => diagnostic.at(span, "in this block"),
                None => diagnostic,
            }
        };
        faults.into_iter().map(diagnostic).collect()
    }

    /// A copy, made now or before.
    struct Copy {
        bytes: Arc<[u8]>,
        /// The paths of pictures that cannot be shown
        unreadable: BTreeSet<String>,
        /// What keeps it from being accessible, with the place
        inaccessible: Vec<(Option<Span>, String)>,
    }

    impl Copy {
        fn of(printed: print::Printed) -> Copy {
            let print::Printed { bytes, unreadable, inaccessible } = printed;
            Copy { bytes: bytes.into(), unreadable, inaccessible }
        }
    }

    /// What is made of each of some things, as many at a time as there are processors. What is made in parts has
    /// one processor for them: whoever waits for a part would begin the next thing meanwhile, and in the end all
    /// of them would be in memory.
    fn each<T: Sync, R: Send + Sync>(things: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let made: Vec<OnceLock<R>> = things.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(thing) = things.get(at) else { return };
                made[at].get_or_init(|| match &alone {
                    Ok(alone) => alone.install(|| make(thing)),
                    Err(_) => make(thing),
                });
            }
        };
        thread::scope(|scope| {
            for _ in 0..rayon::current_num_threads() {
                scope.spawn(work);
            }
        });
        made.into_iter().filter_map(OnceLock::into_inner).collect()
    }

    /// What is in the output already.
    struct Old<'o> {
        session: &'o Session,
        output: &'o str,
        lists: BTreeMap<String, Json>,
    }

    impl Old<'_> {
        /// The copy at an address, where it was made from the same and nobody has changed it.
        fn copy(&self, address: &str, from: &str) -> Option<Copy> {
            let entry = self.lists.get(address)?;
            let is = |key: &str, value: &str| entry.get(key).and_then(Json::as_str) == Some(value);
            if !is("made_from", from) {
                return None;
            }
            let bytes = read(self.session, self.output, address)?;
            let unreadable = entry.get("unreadable").and_then(Json::as_array).into_iter().flatten();
            let unreadable = unreadable.filter_map(Json::as_str).map(str::to_string).collect();
            is("sha256", &sha256(&bytes)).then(|| Copy {
                bytes: bytes.into(),
                unreadable,
                inaccessible: Vec::new(),
            })
        }
    }

    fn lists(session: &Session, compilation: &Compilation, output: &str) -> BTreeMap<String, Json> {
        let addresses: BTreeSet<String> =
            compilation.plans.iter().map(|plan| list_address(compilation, plan)).collect();
        let list = |address: &String| -> Option<BTreeMap<String, Json>> {
            serde_json::from_slice(&read(session, output, address)?).ok()
        };
        addresses.iter().filter_map(list).flatten().collect()
    }

    /// A file of the output; none where there is none, or it is not in the project.
    fn read(session: &Session, output: &str, address: &str) -> Option<Vec<u8>> {
        files::read_file(&session.root, &format!("{output}/{address}")).ok().flatten()
    }

    fn list_address(compilation: &Compilation, plan: &Plan) -> String {
        let folder = compilation.project.config.editions.get(plan.edition.name());
        render::address::in_folder(folder.map_or("", |folder| &folder.value), LIST)
    }

    fn sha256(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
