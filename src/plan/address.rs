//! Addresses of pages in their variant's folder.

/// What the site writes for every variant, from its folder: no page and no file of an author has such an
/// address.
pub const OF_SITE: [&str; 9] = [
    "plan.json",
    "search.html",
    "search/index.js",
    "print.html",
    "404.html",
    "cards.js",
    "changes.xml",
    "app.webmanifest",
    "worker.js",
];

/// The address of a page: `plan.md` is `index.html`.
pub fn of_page(path: &str) -> String {
    match path.strip_suffix(".md").unwrap_or(path) {
        "plan" => "index.html".into(),
        path => format!("{path}.html"),
    }
}

/// The address of an alias. One that ends with a slash is a folder's.
pub fn of_alias(alias: &str) -> String {
    let path = alias.trim_matches('/');
    if alias.ends_with('/') {
        return format!("{path}/index.html");
    }
    format!("{}.html", path.strip_suffix(".html").unwrap_or(path))
}

/// A path in a folder; the folder may be the root, which has no name.
pub fn in_folder(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") }
}

/// Whether an address is that of a host alone, and what stands after it in a text makes it another one on that
/// host: `https://a.example` in `https://a.example/b`.
pub fn begins_another(address: &str, after: &str) -> bool {
    let host = address.split_once("://").map(|(_, host)| host.trim_end_matches('/'));
    let goes_on = after.trim_start_matches(['/', '?', '#']);
    host.is_some_and(|host| !host.contains('/'))
        && (goes_on.len() < after.len() || address.ends_with('/'))
        && goes_on.starts_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_host_begins_others_on_it() {
        assert!(begins_another("https://a.example", "/b") && begins_another("https://a.example/", "b"));
        for (address, after) in [
            ("https://a.example", "/ and"),
            ("https://a.example", ", b"),
            ("https://a.example/b", "/c"),
            ("a", "/b"),
        ] {
            assert!(!begins_another(address, after), "{address} {after}");
        }
    }

    #[test]
    fn pages_and_aliases_have_addresses() {
        assert_eq!(of_page("plan.md"), "index.html");
        assert_eq!(of_page("roles/scribe.md"), "roles/scribe.html");
        assert_eq!(of_alias("/old/report"), "old/report.html");
        assert_eq!(of_alias("old.html"), "old.html");
        assert_eq!(of_alias("/security/incidents/"), "security/incidents/index.html");
    }
}
