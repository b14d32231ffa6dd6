//! An account for a comment on a pull request.

use crate::change::{Change, Piece, Reach};
use crate::cli::diff::{Account, phrase};
use crate::cli::tell::number;

pub fn render(account: &Account) -> String {
    let mut out = format!("## {}\n\n", escape(&account.title));
    out += &format!("{}\n\n", summary(account));
    for (area, changes) in phrase::by_area(&account.changes) {
        out += &format!("### {}\n\n", phrase::heading(area));
        for change in changes {
            tell(change, account.reach.as_ref(), &mut out);
        }
        out.push('\n');
    }
    if let Some(reach) = account.reach.as_ref().filter(|reach| !reach.editions.is_empty()) {
        tell_reach(reach, &mut out);
    }
    out
}

/// `**3 changes**, reaching 2 of 8 variants and 4 of 16 printed editions; 1 tailoring made stale`
fn summary(account: &Account) -> String {
    let count = format!("**{}**", phrase::count(&account.changes));
    let Some(reach) = account.reach.as_ref().filter(|reach| !reach.editions.is_empty()) else { return count };
    let variants = format!("{} of {}", reach.variants.len(), number(reach.of_variants, "variant"));
    let editions = format!("{} of {}", reach.editions.len(), number(reach.of_editions, "printed edition"));
    let stale = match reach.stale.len() {
        0 => String::new(),
        stale => format!("; {} made stale", number(stale, "tailoring")),
    };
    format!("{count}, reaching {variants} and {editions}{stale}")
}

fn tell(change: &Change, reach: Option<&Reach>, out: &mut String) {
    *out += &format!("- {}", escape(&change.words));
    let variants = phrase::variants(change, reach).map(|words| escape(&words));
    let beside: Vec<String> = [variants, phrase::places(change, "`")].into_iter().flatten().collect();
    if !beside.is_empty() {
        *out += &format!(" — {}", beside.join(", "));
    }
    out.push('\n');
    if !change.notes.is_empty() {
        let notes: Vec<String> = change.notes.iter().map(|note| escape(note)).collect();
        *out += &format!("  **{}**\n", notes.join("; "));
    }
    if !change.excerpt.is_empty() {
        *out += &format!("  > {}\n", excerpt(&change.excerpt));
    }
}

fn excerpt(pieces: &[Piece]) -> String {
    let shown = pieces.iter().map(|piece| match piece {
        Piece::Same(words) => escape(words),
        Piece::Out(words) => format!("<del>{}</del>", escape(words)),
        Piece::In(words) => format!("<ins>{}</ins>", escape(words)),
        Piece::Gap => "…".into(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn tell_reach(reach: &Reach, out: &mut String) {
    *out += "### Reach\n\n";
    *out += &format!("- {}\n", escape(&phrase::reached_variants(reach)));
    *out += &format!("- {}\n", escape(&phrase::reached_editions(reach)));
    let files: Vec<String> = reach.files().into_iter().map(|file| format!("`{file}`")).collect();
    let pages = number(files.len(), "page");
    *out += &format!("- <details><summary>{pages}</summary>{}</details>\n", files.join(", "));
    for stale in &reach.stale {
        let place = format!("`{}:{}`", stale.place.file, stale.place.line);
        *out += &format!("- **made stale**: `{}` of {}, {place}\n", stale.target, escape(&stale.layer));
    }
}

/// A text that markdown shows as it is. A comment must not notify the people it names, nor refer
/// to an issue that has the number of a room.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            '\\' | '*' | '_' | '[' | ']' | '~' | '|' | '`' | '$' => escaped.extend(['\\', letter]),
            '<' => escaped += "&lt;",
            '&' => escaped += "&amp;",
            '@' if next.is_alphanumeric() => escaped += "@<!-- -->",
            '#' if next.is_ascii_digit() => escaped += "#<!-- -->",
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_is_quoted_marks_nothing_up_and_calls_nobody() {
        assert_eq!(escape("*a* <b> x_y"), "\\*a\\* &lt;b> x\\_y");
        assert_eq!(escape("@security in #12, #fire"), "@<!-- -->security in #<!-- -->12, #fire");
    }
}
