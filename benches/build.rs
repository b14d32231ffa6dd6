//! Times the stages of a build of `content/`: `cargo bench`. The median and the best of
//! several runs, in milliseconds. Compare figures of one run only: machines differ.

use std::path::Path;
use std::time::Instant;

use redbinder::Compilation;

const RUNS: usize = 15;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stages: [(&str, Vec<f64>); 3] =
        [("read and tailor", Vec::new()), ("check", Vec::new()), ("render", Vec::new())];
    let mut size = (0, 0);
    for _ in 0..RUNS {
        let start = Instant::now();
        let compilation = Compilation::read(root).expect("content/ can be read");
        let read = Instant::now();
        let diagnostics = compilation.check();
        let checked = Instant::now();
        let output = compilation.render().expect("the theme can be used");
        let rendered = Instant::now();
        assert!(diagnostics.is_empty(), "content/ passes its own check");
        size = (compilation.plans.iter().map(|plan| plan.pages.len()).sum(), output.len());
        for (stage, time) in stages.iter_mut().zip([read - start, checked - read, rendered - checked]) {
            stage.1.push(time.as_secs_f64() * 1e3);
        }
    }
    println!("{} pages, {} files, {RUNS} runs", size.0, size.1);
    for (name, times) in &mut stages {
        times.sort_by(f64::total_cmp);
        println!("{name:16} median {:7.1} ms, best {:7.1} ms", times[RUNS / 2], times[0]);
    }
}
