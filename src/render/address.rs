//! Addresses: where each page is in the site, and how one page reaches another.

use crate::syntax::escape::push_percent_encoded;

pub use crate::plan::address::{in_folder, of_alias, of_page};

/// An address, as seen from another: never absolute, so that the site works from any
/// folder, also from a disk.
pub fn relative(from: &str, to: &str) -> String {
    let (mut from, mut to) = (from, to);
    while let (Some((folder, below)), Some((other, rest))) = (from.split_once('/'), to.split_once('/'))
        && folder == other
    {
        (from, to) = (below, rest);
    }
    let mut address = "../".repeat(from.matches('/').count());
    // A first part with a colon would be read as a scheme.
    if address.is_empty() && to.split('/').next().is_some_and(|first| first.contains(':')) {
        address.push_str("./");
    }
    push_encoded(&mut address, to);
    address
}

/// The end of an address, as it stands in one.
pub fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    push_encoded(&mut address, path);
    address
}

/// Adds to an address, with what has a meaning there encoded.
fn push_encoded(address: &mut String, path: &str) {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;=@:/".contains(&byte);
    push_percent_encoded(address, path, is_kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_reaches_another_from_any_folder() {
        assert_eq!(relative("bixal/index.html", "bixal/response.html"), "response.html");
        assert_eq!(relative("bixal/roles/ic.html", "bixal/response.html"), "../response.html");
        assert_eq!(relative("bixal/roles/ic.html", "base/roles/ic.html"), "../../base/roles/ic.html");
        assert_eq!(relative("index.html", "assets/a b.css"), "assets/a%20b.css");
        assert_eq!(relative("a/b.html", "a/b.html"), "b.html");
        assert_eq!(relative("index.html", "a:b.html"), "./a:b.html");
        assert_eq!(relative("a/b.html", "a:b/c.html"), "../a:b/c.html");
        assert_eq!(relative("a/b/c.html", "a"), "../../a");
        assert_eq!(relative("a/b.html", "a/b/c d/é/e.html"), "b/c%20d/%C3%A9/e.html");
        assert_eq!(relative("index.html", "é.html"), "%C3%A9.html");
    }
}
