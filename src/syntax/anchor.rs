//! Anchors: the id a heading gets when its author gives none.

/// The id of a heading with this text, as GitHub makes it: lower case, spaces become
/// hyphens, punctuation goes. Empty for a heading without letters or digits.
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            ' ' | '\t' | '\n' => slug.push('-'),
            '-' | '_' => slug.push(character),
            c if c.is_alphanumeric() => slug.extend(c.to_lowercase()),
            _ => {}
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_those_links_on_github_use() {
        assert_eq!(slug("3. Initiate the response"), "3-initiate-the-response");
        assert_eq!(slug("What's an incident?"), "whats-an-incident");
        assert_eq!(slug("Communications & handoff"), "communications--handoff");
        assert_eq!(slug("Über uns"), "über-uns");
        assert_eq!(slug("!!!"), "");
    }
}
