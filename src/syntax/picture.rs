//! Pictures among a plan's files: what kind they are, and how large.

/// Endings of files that are pictures, each with its media type.
const TYPES: &[(&str, &str)] = &[
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
];

/// The media type of a picture, by its file's name; none where it is no picture.
pub fn media_type(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    TYPES.iter().find(|(other, _)| ending.eq_ignore_ascii_case(other)).map(|(_, media)| *media)
}

/// Whether pictures of this kind can be printed.
pub fn is_printable(path: &str) -> bool {
    media_type(path).is_some_and(|media| media != "image/avif")
}

/// Width and height of a picture in pixels, as its file tells them; none where it tells none.
pub fn size(path: &str, bytes: &[u8]) -> Option<(f64, f64)> {
    let size = match media_type(path)? {
        "image/svg+xml" => size_of_svg(std::str::from_utf8(bytes).ok()?)?,
        _ => {
            let size = imagesize::blob_size(bytes).ok()?;
            (size.width as f64, size.height as f64)
        }
    };
    (size.0 > 0.0 && size.1 > 0.0).then_some(size)
}

/// The size an SVG gives itself: by its width and height, or else its view box.
fn size_of_svg(text: &str) -> Option<(f64, f64)> {
    let at = text.find("<svg")?;
    let tag = &text[at..at + text[at..].find('>')?];
    let value = |name: &str| -> Option<&str> {
        let at = tag.match_indices(name).find(|(at, _)| {
            tag[..*at].ends_with(char::is_whitespace) && tag[at + name.len()..].trim_start().starts_with('=')
        })?;
        let rest = tag[at.0 + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|quote| "\"'".contains(*quote))?;
        rest[1..].split(quote).next()
    };
    let view_box = || -> Option<(f64, f64)> {
        let numbers = value("viewBox")?.split([' ', ',', '\n', '\t']).filter(|number| !number.is_empty());
        let numbers: Vec<f64> = numbers.map_while(|number| number.parse().ok()).collect();
        (numbers.len() == 4).then(|| (numbers[2], numbers[3]))
    };
    let (width, height) = (value("width").and_then(pixels), value("height").and_then(pixels));
    match (width, height, view_box()) {
        (Some(width), Some(height), _) => Some((width, height)),
        (Some(width), None, Some((w, h))) => Some((width, width * h / w)),
        (None, Some(height), Some((w, h))) => Some((height * w / h, height)),
        (None, None, view_box) => view_box,
        _ => None,
    }
}

/// A length in pixels; none where it depends on something else, as a share does.
pub fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let unit = length.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(length.len());
    let number: f64 = length[..unit].parse().ok()?;
    let factor = match length[unit..].trim() {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        "em" | "rem" => 16.0,
        _ => return None,
    };
    Some(number * factor).filter(|pixels| *pixels > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_svg_has_the_size_it_gives_itself() {
        let size = |attributes: &str| size("a.svg", format!("<?xml?>\n<svg {attributes}>").as_bytes());
        assert_eq!(size("width='96' height=\"1in\""), Some((96.0, 96.0)));
        assert_eq!(size("viewBox='0 0 300 150'"), Some((300.0, 150.0)));
        assert_eq!(size("width='100%' viewBox='0 0 300 150'"), Some((300.0, 150.0)));
        assert_eq!(size("width='60' viewBox='0,0,300,150'"), Some((60.0, 30.0)));
        assert_eq!(size("data-width='3' xmlns='x'"), None);
        assert_eq!(size("width='60'"), None);
        assert_eq!(size("width='0' height='1'"), None);
        assert_eq!(size("viewBox='0 0 1'"), None);
    }

    #[test]
    fn other_pictures_tell_their_size_in_their_first_bytes() {
        let gif = b"GIF89a\x03\x00\x05\x00\x80\x00\x00";
        assert_eq!(size("a.GIF", gif), Some((3.0, 5.0)));
        assert_eq!(size("a.png", b"this is no picture"), None);
        assert_eq!(size("a.txt", gif), None);
    }
}
