//! The colours of a theme that others than its style sheet have to know: a browser's frame, and
//! the screen of an installed site before its first page.

/// The colour behind a page, by day and by night, as the style sheet says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// In the light theme
    pub light: String,
    /// In the dark theme
    pub dark: String,
}

impl Default for Paper {
    fn default() -> Paper {
        Paper { light: "#ffffff".into(), dark: "#000000".into() }
    }
}

impl Paper {
    /// The values of `--paper` on `:root`: the last one in a rule that is for dark screens, and the
    /// last one in a rule that is for no screens in particular. What is no plain colour counts as nothing.
    pub(super) fn of(style: &str) -> Paper {
        let mut paper = Paper::default();
        // The heads of the blocks around the present place.
        let mut around: Vec<&str> = Vec::new();
        let mut start = 0;
        for (at, sign) in style.match_indices(['{', ';', '}']) {
            let piece = style[start..at].trim();
            match sign {
                "{" => around.push(piece.rsplit("*/").next().unwrap_or_default().trim()),
                _ => {
                    let value =
                        piece.rsplit("*/").next().and_then(|piece| piece.trim().strip_prefix("--paper:"));
                    let is_root = around.last().is_some_and(|head| head.starts_with(":root"));
                    if let Some(value) = value.map(str::trim).filter(|value| is_root && is_colour(value)) {
                        let is_dark = around
                            .iter()
                            .any(|head| head.contains("dark") && !head.contains("not([data-theme=\"dark\""));
                        match around.iter().any(|head| head.contains("print")) {
                            true => {}
                            false if is_dark => paper.dark = value.into(),
                            false => paper.light = value.into(),
                        }
                    }
                    if sign == "}" {
                        around.pop();
                    }
                }
            }
            start = at + 1;
        }
        paper
    }
}

fn is_colour(value: &str) -> bool {
    let digits = value.strip_prefix('#').unwrap_or_default();
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts_for_each_kind_of_screen() {
        let style = "@layer a, b;\n/* --paper: #000; */\n@layer a { :root { --ink: #111; --paper: #fffdf9; }\n\
            @media (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) { --paper: #161; } }\n\
            @media print { :root { --paper: #fff } } .door { --paper: #abc }\n\
            :root[data-theme=\"dark\"] { --paper: #16181a; --ink: #eee } }\n:root { --paper: #eef }";
        assert_eq!(Paper::of(style), Paper { light: "#eef".into(), dark: "#16181a".into() });
        assert_eq!(Paper::of(":root { --paper: var(--x); }"), Paper::default());
    }
}
