//! Where an address leads among the pages, as authors write it.

/// Brings back percent-encoded characters; what is none stays as it is.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_string();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.filter(|hex| !hex.starts_with('+')).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A relative path as seen from a page, from the layer's folder; `None` where it leads out.
pub fn join(page: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => page.split('/').collect::<Vec<_>>().split_last().map(|(_, folder)| folder.to_vec())?,
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The pages a path may lead to: that of its own name, or the first of its folder.
pub fn pages_at(path: &str) -> impl Iterator<Item = String> {
    ["", "/index.md", "/README.md"]
        .into_iter()
        .map(move |ending| format!("{path}{ending}").trim_start_matches('/').into())
}

/// The pages an address may lead to, seen from the folder of the layer, and the id behind it: `b.md` and `c` for
/// `./a/../b.md?x#c`.
pub fn from_folder(address: &str) -> (Vec<String>, String) {
    let (path, id) = address.split_once('#').unwrap_or((address, ""));
    let path = join("plan.md", &decode(path.split('?').next().unwrap_or_default()));
    (path.iter().flat_map(|path| pages_at(path)).collect(), decode(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_stand_for_letters_where_they_can() {
        assert_eq!(decode("a%20b%zz%+1%c3%a9"), "a b%zz%+1é");
    }

    #[test]
    fn paths_are_seen_from_their_page() {
        assert_eq!(join("roles/scribe.md", "../response.md"), Some("response.md".into()));
        assert_eq!(join("response.md", "roles/scribe.md"), Some("roles/scribe.md".into()));
        assert_eq!(join("response.md", "/roles/./scribe.md"), Some("roles/scribe.md".into()));
        assert_eq!(join("roles/scribe.md", "../../secret.md"), None);
    }

    #[test]
    fn an_address_has_many_spellings() {
        for address in ["notes.md#hatch", "./notes.md#hatch", "/notes.md?x#hatch", "a/../%6eotes.md#%68atch"]
        {
            let (pages, id) = from_folder(address);
            assert_eq!((&*pages[0], &*id), ("notes.md", "hatch"), "{address}");
        }
        let (pages, id) = from_folder("/roles/./");
        assert_eq!(
            (pages, &*id),
            (["roles", "roles/index.md", "roles/README.md"].map(String::from).into(), "")
        );
        assert_eq!(from_folder("../notes.md#hatch"), (Vec::new(), "hatch".to_string()));
    }
}
