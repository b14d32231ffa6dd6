//! A page laid over another, for several editions: the two are divided by a line `===`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let at = data.windows(5).position(|five| five == b"\n===\n");
    let (parent, own) = at.map_or((data, &data[..0]), |at| (&data[..at], &data[at + 5..]));
    let settings: &[u8] = b"[editions]\nresponders = \"\"\nstaff = \"s\"\npublic = \"p\"\n";
    let files: [(&str, &[u8]); 5] = [
        ("site.toml", settings),
        ("content/base/plan.md", b"# Plan\n\n[it](page.md)\n"),
        ("content/base/page.md", parent),
        ("content/own/plan.md", b"---\nextends: base\n---\n"),
        ("content/own/page.md", own),
    ];
    let mut compilation = redbinder_fuzz::project(&files);
    // What is written is looked at however it is tailored, and whether anybody accepted it or not.
    let quiet = ["stale-tailoring", "unaccepted-tailoring", "orphan-page", "empty-link"];
    for rule in redbinder::check::RULES.iter().filter(|rule| quiet.contains(&rule.name)) {
        let level = redbinder::source::Spanned::new(None, redbinder::source::Span::default());
        compilation.project.config.rules.insert(rule.name.into(), level);
    }
    redbinder_fuzz::build(&compilation);
});
