//! Front matter of every kind of page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redbinder::source::SourceId;
use redbinder::syntax::{front_matter, Kind};

fuzz_target!(|data: &[u8]| {
    let text = format!("---\n{}\n---\n", redbinder_fuzz::text(data));
    let (range, body, _) = front_matter::split(SourceId(0), &text);
    assert!(text.is_char_boundary(body));
    if let Some(range) = range {
        for kind in Kind::ALL {
            let (_, faults) = front_matter::read(SourceId(0), &text, range.clone(), kind);
            for fault in faults {
                assert!(text.get(fault.span.range()).is_some(), "{fault:?}");
            }
        }
    }
});
