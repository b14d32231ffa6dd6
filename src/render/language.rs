//! Languages: which way their text runs.

/// `rtl` for a language (BCP 47) that is written from right to left, else `ltr`: by its script where the
/// tag has one, else by the script it is mostly written in.
pub fn direction(tag: &str) -> &'static str {
    const SCRIPTS: [&str; 8] = ["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "syrc"];
    const LANGUAGES: [&str; 15] =
        ["ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur"];
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let script = parts.find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let is_rtl = match script {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&language) || language == "yi",
    };
    if is_rtl { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::direction;

    #[test]
    fn a_script_counts_more_than_its_language() {
        for (tag, expected) in [
            ("en", "ltr"),
            ("ar", "rtl"),
            ("fa-IR", "rtl"),
            ("he", "rtl"),
            ("az-Arab-IR", "rtl"),
            ("ks-Deva", "ltr"),
        ] {
            assert_eq!(direction(tag), expected, "{tag}");
        }
    }
}
