//! `tailoring.lock`, whoever merged it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redbinder::tailor::drift::{tailorings, Lock, State};

fuzz_target!(|data: &[u8]| {
    let files: [(&str, &[u8]); 4] = [
        ("content/base/plan.md", b"# Plan\n\n## One {#one}\n\nA.\n\n## Two {#two}\n\nB.\n"),
        ("content/own/plan.md", b"---\nextends: base\n---\n## {#one .append}\n\nC.\n\n## {#two .remove}\n\nD.\n"),
        ("content/own/tailoring.lock", data),
        ("content/own/more/tailoring.lock", data),
    ];
    let compilation = redbinder_fuzz::project(&files);
    redbinder_fuzz::build(&compilation);
    for layer in 0..compilation.project.layers.len() {
        let lock = Lock::of(&compilation.project, layer);
        for tailoring in tailorings(&compilation.project, layer) {
            State::of(&tailoring, &lock).name();
        }
        let entries = lock.entries.iter().map(|(place, (mark, _))| (place.clone(), mark.clone())).collect();
        Lock::write(&entries);
    }
});
