//! A page as a template over the facts of a plan.
#![no_main]

use libfuzzer_sys::fuzz_target;

const FACTS: &[u8] = b"---
channels: { main: { title: the room, kind: chat, address: '#a' } }
contacts: { report: { title: the team, email: a@b.example } }
timers: { report: { title: report, within: 1h..2h, starts: noticed } }
terms: { pii: { title: Personal, abbreviation: PII, meaning: '*x* {{ lineage }}' } }
---
";

fuzz_target!(|data: &[u8]| {
    let plan = [FACTS, data].concat();
    let role = [b"---\ntitle: A\nduties: { a: b }\n---\n", data].concat();
    let severity = b"---\nrank: 1\ncriteria: a\nhours: continuous\nsitrep_every: 1h\nauthority: b\n---\n";
    let files: [(&str, &[u8]); 3] = [
        ("content/base/plan.md", &plan),
        ("content/base/roles/a.md", &role),
        ("content/base/severities/high.md", severity),
    ];
    redbinder_fuzz::build(&redbinder_fuzz::project(&files));
});
