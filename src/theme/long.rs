//! What of a theme's templates the engine would read by recursion without end: long expressions, and conditions of
//! many branches.

use minijinja::machinery::{Token, tokenize};

/// An expression has no more parts: names, numbers, texts and signs.
const LONGEST: usize = 1_000;
/// A template has no more branches of conditions.
const MOST_BRANCHES: usize = 200;

/// Where a template, in bytes, has an expression that is too long, or a branch too many; and which. What comes after
/// something that is no template is not looked at: the engine does not read it either.
pub(super) fn too_long(template: &str) -> Option<(usize, String)> {
    let (mut parts, mut branches, mut is_first) = (0, 0, false);
    for (token, span) in tokenize(template, false, Default::default()).map_while(Result::ok) {
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => parts = 0,
            Token::Ident("elif") if is_first => branches += 1,
            _ => parts += 1,
        }
        is_first = matches!(token, Token::BlockStart);
        if parts > LONGEST {
            return Some((
                span.start_offset as usize,
                format!("an expression has more than {LONGEST} parts"),
            ));
        }
        if branches > MOST_BRANCHES {
            return Some((
                span.start_offset as usize,
                format!("its conditions have more than {MOST_BRANCHES} branches"),
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_anybody_writes_is_not_read() {
        for (start, part, end) in [
            ("{{ 1", "+1", " }}"),
            ("{{ ", "not ", "x }}"),
            ("{{ ", "-", "1 }}"),
            ("{{ x", "|upper", " }}"),
            ("{{ x", ".a", " }}"),
            ("{{ \"}}\"", "~1", " }}"),
            ("{% if x", " and 1", " %}{% endif %}"),
            ("{% if x %}", "{% elif 1 %}", "{% endif %}"),
        ] {
            let template = |times: usize| format!("text\n{start}{}{end}", part.repeat(times));
            assert_eq!(too_long(&template(150)), None, "{part}");
            let (at, _) = too_long(&template(50_000)).unwrap_or_else(|| panic!("{part} is read"));
            assert!(at > 5 && at < 20_000, "{part} {at}");
        }
        assert_eq!(too_long(&"{{ a }}{% if b %}c{% endif %}".repeat(10_000)), None);
    }
}
