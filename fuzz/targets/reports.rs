//! What is found, in every format, and a baseline read back: the page and the baseline are divided
//! by a line `===`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redbinder::check::{baseline, RULES};
use redbinder::diagnostic::fingerprint::Finding;
use redbinder::diagnostic::report::{LeftOut, Report, RuleText};
use redbinder::diagnostic::{fix, github, json, junit, markdown, sarif};

fuzz_target!(|data: &[u8]| {
    let at = data.windows(5).position(|five| five == b"\n===\n");
    let (page, known) = at.map_or((data, &data[..0]), |at| (&data[..at], &data[at + 5..]));
    let files: [(&str, &[u8]); 2] = [("content/base/plan.md", b"# Plan\n"), ("content/base/page.md", page)];
    let mut compilation = redbinder_fuzz::project(&files);
    let findings = Finding::all(compilation.check(), &compilation.project.sources);
    let written = baseline::write(&findings, &compilation.project.sources);
    for text in [redbinder_fuzz::text(known).into_owned(), written] {
        let sources = &mut compilation.project.sources;
        let source = sources.add("known.txt", text);
        let findings = Finding::all(compilation.check(), &compilation.project.sources);
        let (findings, known) =
            baseline::apply(findings, source, &compilation.project.sources, &compilation.project.config);
        let rules: Vec<RuleText> = RULES
            .iter()
            .map(|rule| RuleText {
                name: rule.name,
                finds: rule.finds,
                explanation: rule.explanation,
                level: rule.level,
                looked: true,
            })
            .collect();
        let sources = &compilation.project.sources;
        let left_out = LeftOut { known, ..LeftOut::default() };
        let report = Report { findings: &findings, sources, rules: &rules, prefix: "a/", scope: "it", left_out };
        for write in [json::write, sarif::write] {
            let mut text = Vec::new();
            write(&report, &mut text).expect("room for it");
            serde_json::from_slice::<serde_json::Value>(&text).expect("what is written as JSON is JSON");
        }
        github::render(&report, "x");
        junit::render(&report);
        markdown::render(&report);
        for diagnostic in fix::together(&findings) {
            for change in &diagnostic.fix {
                let text = &sources.get(change.span.source).text;
                fix::edit(text.as_bytes(), text, &[change]);
            }
        }
    }
});
