//! The text of a page as a tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redbinder::source::{ExpansionMap, SourceId};
use redbinder::syntax::markdown;

fuzz_target!(|data: &[u8]| {
    let text = redbinder_fuzz::text(data);
    let document = markdown::parse(SourceId(0), &text, &ExpansionMap::copied(0));
    for fault in &document.faults {
        assert!(text.get(fault.span.range()).is_some(), "{fault:?}");
    }
    for section in &document.sections {
        assert!(text.get(section.extent().range()).is_some());
    }
});
