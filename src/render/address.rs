//! Addresses: where each page is in the site, and how one page reaches another.

pub use crate::plan::address::{in_folder, of_alias, of_page};

/// An address, as seen from another: never absolute, so that the site works from any
/// folder, also from a disk.
pub fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len() - 1;
    let common = from[..folders].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let mut parts: Vec<String> = vec!["..".into(); folders - common];
    parts.extend(to[common..].iter().map(|part| encode(part)));
    let address = parts.join("/");
    // A first part with a colon would be read as a scheme.
    if parts[0].contains(':') { format!("./{address}") } else { address }
}

/// One part of a path, with what has a meaning in addresses encoded.
fn encode(part: &str) -> String {
    part.bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._~!$'()*+,;=@:".contains(&b) => (b as char).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
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
        assert_eq!(relative("index.html", "é.html"), "%C3%A9.html");
    }
}
