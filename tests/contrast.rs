//! The colours of the built-in theme can be told from what they stand on, in light and in dark.
//!
//! Contrast is that of WCAG 2.2: from 1 for the same colour to 21 for black on white.

use std::collections::BTreeMap;
use std::path::Path;

type Palette = BTreeMap<String, [f64; 3]>;

/// The colours that are set in a block of the style sheet.
fn colours(block: &str) -> Palette {
    let properties = block.split(';').filter_map(|line| line.split_once(':'));
    let colours = properties.filter_map(|(name, value)| {
        let digits = value.trim().strip_prefix('#')?;
        let digits: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_string(),
        };
        let part = |at: usize| Some(f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0);
        Some((name.trim().strip_prefix("--")?.to_string(), [part(0)?, part(2)?, part(4)?]))
    });
    colours.collect()
}

/// The palettes, by the words that begin them in the style sheet.
fn palettes() -> [(&'static str, Palette); 2] {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/static/style.css");
    let css = std::fs::read_to_string(file).expect("the style sheet");
    let block = |begin: &str| {
        let rest = css.split_once(begin).unwrap_or_else(|| panic!("no {begin}")).1;
        colours(rest.split_once('}').expect("its end").0)
    };
    let light = block(":root {");
    let mut dark = light.clone();
    dark.extend(block(":root[data-theme=\"dark\"] {"));
    assert_ne!(light, dark);
    [("light", light), ("dark", dark)]
}

fn contrast(one: &[f64; 3], other: &[f64; 3]) -> f64 {
    let luminance = |colour: &[f64; 3]| {
        let linear = |it: f64| if it <= 0.04045 { it / 12.92 } else { ((it + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_what_the_guidelines_compute() {
    assert!((contrast(&[0.0; 3], &[1.0; 3]) - 21.0).abs() < 1e-9);
    // The grey that is just enough on white: #767676.
    assert!((contrast(&[118.0 / 255.0; 3], &[1.0; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn text_can_be_read_and_borders_that_mean_something_can_be_seen() {
    const TEXT: &[&str] = &["ink", "soft", "accent", "alarm", "warn", "good"];
    const RANKS: &[&str] = &["rank-1", "rank-2", "rank-3", "rank-4", "rank-5"];
    const CODE: &[&str] = &["code-1", "code-2", "code-3", "code-4"];
    const SOFT: &[&str] = &["accent-soft", "alarm-soft", "warn-soft", "good-soft"];
    for (name, palette) in palettes() {
        let told = |front: &str, ground: &str, least: f64| {
            let ratio = contrast(&palette[front], &palette[ground]);
            assert!(ratio >= least, "{name}: {front} on {ground} has {ratio:.2}, and needs {least}");
        };
        for front in [TEXT, RANKS, CODE].concat() {
            told(front, "paper", 7.0);
            told(front, "raised", 7.0);
            SOFT.iter().for_each(|ground| told(front, ground, 4.5));
        }
        told("alarm-ink", "alarm", 7.0);
        ["paper", "raised"].iter().chain(SOFT).for_each(|ground| told("edge", ground, 3.0));
    }
}
