//! A whole project, from its files to its site: each file after a line `=== path`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let files = redbinder_fuzz::files_of(data);
    redbinder_fuzz::build(&redbinder_fuzz::project(&files));
});
