//! Files compressed when they are built, for servers that send such a file in the place of the other:
//! `gzip_static` of nginx, `precompressed` of Caddy.

use std::io::Write;

use flate2::{Compression, GzBuilder};

use crate::render::search;

/// What is smaller travels in one packet anyway.
const WORTH_IT: usize = 1024;

/// A style sheet, script or drawing as gzip, where that is smaller: its address and bytes.
pub fn compressed(address: &str, bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    if !may_be_compressed(address) || bytes.len() <= WORTH_IT {
        return None;
    }
    // What is compressed already, for another reason, gains little.
    let level = if address.ends_with(search::INDEX) { Compression::fast() } else { Compression::best() };
    let smaller = gzip(bytes, level).ok().filter(|smaller| smaller.len() < bytes.len())?;
    Some((format!("{address}.gz"), smaller))
}

/// Whether a file of this address is one of those.
pub fn may_be_compressed(address: &str) -> bool {
    let is_text = [".css", ".js", ".svg"].iter().any(|ending| address.ends_with(ending));
    is_text && !address.ends_with("/worker.js")
}

/// Without a name or a time: the same bytes each time.
fn gzip(bytes: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().write(Vec::new(), level);
    writer.write_all(bytes)?;
    writer.finish()
}
