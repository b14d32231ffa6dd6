//! Files compressed when they are built, for servers that send such a file in the place of the other:
//! `gzip_static` of nginx, `precompressed` of Caddy.

use std::io::Write;
use std::sync::Arc;

use flate2::{Compression, GzBuilder};
use rayon::prelude::*;

use crate::files::Output;
use crate::render::search;

/// What is smaller travels in one packet anyway.
const WORTH_IT: usize = 1024;

/// Adds to each style sheet, script and drawing the same as gzip, where that is smaller.
pub fn compress(site: &mut Output) {
    let is_text = |address: &str| {
        [".css", ".js", ".svg"].iter().any(|ending| address.ends_with(ending))
            && !address.ends_with("/worker.js")
    };
    let files: Vec<(&String, &Arc<[u8]>)> =
        site.iter().filter(|(address, bytes)| is_text(address) && bytes.len() > WORTH_IT).collect();
    let compressed: Vec<(String, Arc<[u8]>)> = files
        .into_par_iter()
        .filter_map(|(address, bytes)| {
            // What is compressed already, for another reason, gains little.
            let level =
                if address.ends_with(search::INDEX) { Compression::fast() } else { Compression::best() };
            let smaller = gzip(bytes, level).ok().filter(|smaller| smaller.len() < bytes.len())?;
            Some((format!("{address}.gz"), smaller.into()))
        })
        .collect();
    for (address, bytes) in compressed {
        // A file of the author's own stays.
        site.entry(address).or_insert(bytes);
    }
}

/// Without a name or a time: the same bytes each time.
fn gzip(bytes: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().write(Vec::new(), level);
    writer.write_all(bytes)?;
    writer.finish()
}
