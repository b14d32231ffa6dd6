//! Files compressed when they are built, for servers that send such a file in the place of the other:
//! `gzip_static` of nginx, `precompressed` of Caddy.

use zlib_rs::{DeflateConfig, ReturnCode, Strategy, compress_slice};

use crate::render::search;

/// What is smaller travels in one packet anyway.
const WORTH_IT: usize = 1024;

/// A style sheet, script or drawing as gzip, where that is smaller: its address and bytes.
pub fn compressed(address: &str, bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    if !may_be_compressed(address) || bytes.len() <= WORTH_IT {
        return None;
    }
    // Base64 of what is deflated says nothing twice, but each of its letters says six bits of eight.
    let strategy = if address.ends_with(search::INDEX) { Strategy::HuffmanOnly } else { Strategy::Default };
    gzip(bytes, strategy).map(|smaller| (format!("{address}.gz"), smaller))
}

/// Whether a file of this address is one of those.
pub fn may_be_compressed(address: &str) -> bool {
    let is_text = [".css", ".js", ".svg"].iter().any(|ending| address.ends_with(ending));
    is_text && address.rsplit('/').next() != Some("worker.js")
}

/// Without a name or a time: the same bytes each time. `None` where they would not be fewer.
fn gzip(bytes: &[u8], strategy: Strategy) -> Option<Vec<u8>> {
    let as_gzip = DeflateConfig::default().window_bits + 16;
    let config = DeflateConfig { window_bits: as_gzip, strategy, ..DeflateConfig::best_compression() };
    let mut room = vec![0; bytes.len() - 1];
    let (smaller, outcome) = compress_slice(&mut room, bytes, config);
    let length = smaller.len();
    (outcome == ReturnCode::Ok).then(|| {
        room.truncate(length);
        room
    })
}
