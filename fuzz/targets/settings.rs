//! `site.toml`, and what a build makes of it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let files: [(&str, &[u8]); 3] = [
        ("site.toml", data),
        ("content/base/plan.md", b"# Plan\n\n## One {#one audience=staff}\n\nA.\n"),
        ("theme/templates/switcher.html", b"{{ 1 }}"),
    ];
    let compilation = redbinder_fuzz::project(&files);
    redbinder_fuzz::build(&compilation);
});
