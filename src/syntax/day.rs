//! Days as people read them.

use jiff::civil::Date;

/// `2 Sep 2026`; as written where it is no day.
pub fn short(iso: &str) -> String {
    written(iso, "%-d %b %Y")
}

/// `2 September 2026`; as written where it is no day.
pub fn in_full(iso: &str) -> String {
    written(iso, "%-d %B %Y")
}

fn written(iso: &str, form: &str) -> String {
    iso.parse::<Date>().map_or(iso.to_string(), |day| day.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_out_and_what_is_none_stays() {
        assert_eq!(
            (short("2026-09-02"), in_full("2026-09-02")),
            ("2 Sep 2026".into(), "2 September 2026".into())
        );
        assert_eq!((short("2026-13-02"), in_full("soon")), ("2026-13-02".into(), "soon".into()));
    }
}
