//! How a table fits on paper: the size of its type, and how wide its columns are.
//!
//! Widths are estimated from those of the letters of the fonts for paper (`fonts/`).

/// The words of a cell: each stretch with whether it is code, which is not hyphenated.
pub type Cell = Vec<(bool, String)>;

/// A table as it fits on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// The size of the type in points
    pub size: f64,
    /// How wide each column is, in points; together as wide as the text
    pub widths: Vec<f64>,
    /// For each column, whether it has a word that fits only where it is hyphenated
    pub hyphenates: Vec<bool>,
    /// How wide the table would have to be at least, in points, in the smallest type
    pub least: f64,
    /// For each column, the most letters in a row that fit; none where every word fits
    pub most: Option<Vec<usize>>,
}

/// Sizes of type for tables, in points, the best first: with whole words, and with hyphenated ones.
const WHOLE: [f64; 3] = [9.0, 8.5, 8.0];
const HYPHENATED: [f64; 3] = [8.5, 8.0, 7.0];
/// What stands beside the text of a cell, in sizes of its type.
const INSET: f64 = 0.95;

/// Fits a table into a width in points. The first row is its header.
pub fn columns(rows: &[Vec<Cell>], width: f64) -> Columns {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let demands: Vec<Demand> = (0..count).map(|column| Demand::of(rows, column)).collect();
    let sum = |size: f64, need: &dyn Fn(&Demand) -> f64| -> f64 {
        demands.iter().map(|demand| (need(demand) + INSET) * size).sum()
    };
    let whole = |demand: &Demand| demand.whole;
    let hyphenated = |demand: &Demand| demand.hyphenated;
    let least = sum(HYPHENATED[HYPHENATED.len() - 1], &hyphenated);
    let (size, need): (f64, &dyn Fn(&Demand) -> f64) =
        match WHOLE.into_iter().find(|size| sum(*size, &whole) <= width) {
            Some(size) => (size, &whole),
            None => {
                let size = HYPHENATED.into_iter().find(|size| sum(*size, &hyphenated) <= width);
                (size.unwrap_or(HYPHENATED[HYPHENATED.len() - 1]), &hyphenated)
            }
        };
    let fits = sum(size, need) <= width;
    let floor: Vec<f64> = match fits {
        true => demands.iter().map(|demand| (need(demand) + INSET) * size).collect(),
        // Long words are cut wherever the column ends: each gets a share by the root of what it needs.
        false => {
            let roots: Vec<f64> = demands.iter().map(|demand| (demand.hyphenated + INSET).sqrt()).collect();
            let all: f64 = roots.iter().sum();
            roots.iter().map(|root| width * root / all).collect()
        }
    };
    let rest = (width - floor.iter().sum::<f64>()).max(0.0);
    let wishes: Vec<f64> = demands
        .iter()
        .zip(&floor)
        .map(|(demand, floor)| ((demand.text + INSET) * size - floor).max(0.5).powf(0.75))
        .collect();
    let all: f64 = wishes.iter().sum();
    let widths: Vec<f64> = floor.iter().zip(&wishes).map(|(floor, wish)| floor + rest * wish / all).collect();
    let hyphenates = demands.iter().zip(&widths);
    let hyphenates =
        hyphenates.map(|(demand, width)| (demand.unbroken + INSET) * size > width + 0.01).collect();
    let room = |width: &f64| ((width / size - INSET) / CODE).floor().max(1.0) as usize;
    let most = (!fits).then(|| widths.iter().map(room).collect());
    Columns { size, widths, hyphenates, least, most }
}

/// What a column asks for, in sizes of its type.
struct Demand {
    /// Its longest word
    unbroken: f64,
    /// Its longest word, where only very long ones are hyphenated
    whole: f64,
    /// Its longest word, where those that can be are hyphenated
    hyphenated: f64,
    /// Between its longest and its average text
    text: f64,
}

/// So many letters of a word stay together where it is hyphenated.
const TOGETHER: usize = 8;
/// Words that are longer are hyphenated before the type gets smaller.
const LONG: usize = 16;

impl Demand {
    fn of(rows: &[Vec<Cell>], column: usize) -> Demand {
        let mut demand = Demand { unbroken: 1.0, whole: 1.0, hyphenated: 1.0, text: 1.0 };
        let (mut longest, mut sum, mut count) = (0.0_f64, 0.0, 0.0);
        for (at, row) in rows.iter().enumerate() {
            let Some(cell) = row.get(column) else { continue };
            let of_letter = if at == 0 { HEADER } else { TEXT };
            let mut length = 0.0;
            for (is_code, words) in cell {
                let width = |text: &str| text.chars().map(|c| of_letter.width(c, *is_code)).sum::<f64>();
                length += width(words);
                for word in
                    words.split_whitespace().flat_map(|word| word.split_inclusive(['-', '/', '\u{200b}']))
                {
                    let together = |letters: usize| match word.char_indices().nth(letters) {
                        Some((end, _)) if !is_code && is_word(word) => width(&word[..end]) + 0.4,
                        _ => width(word),
                    };
                    demand.unbroken = demand.unbroken.max(width(word));
                    demand.whole = demand.whole.max(together(LONG));
                    demand.hyphenated = demand.hyphenated.max(together(TOGETHER));
                }
            }
            longest = longest.max(length);
            sum += length;
            count += 1.0;
        }
        demand.text = (longest * sum / f64::max(count, 1.0)).sqrt();
        demand
    }
}

/// Whether a word can be hyphenated: an address or a number cannot.
fn is_word(word: &str) -> bool {
    let inner = word.trim_matches(|c: char| c.is_ascii_punctuation());
    inner.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
}

/// How wide letters are, in sizes of the type.
struct Letters {
    /// Those from space to `~`, in thousandths
    ascii: [u16; 95],
    /// The size, seen from that of the table
    size: f64,
}

/// A letter of code.
const CODE: f64 = 0.602 * 0.86;

impl Letters {
    fn width(&self, letter: char, is_code: bool) -> f64 {
        match (letter, u32::from(letter)) {
            ('\u{200b}', _) => 0.0,
            (' '..='~', code) if !is_code => f64::from(self.ascii[(code - 32) as usize]) / 1000.0 * self.size,
            (_, 0x2e80..) => 1.25,
            _ if is_code => CODE,
            _ => 0.55 * self.size,
        }
    }
}

/// Open Sans Bold, in which headers are set.
const HEADER: &Letters = &Letters {
    ascii: [
        260, 286, 472, 646, 571, 901, 750, 266, 339, 339, 545, 571, 290, 322, 285, 413, 571, 571, 571, 571,
        571, 571, 571, 571, 571, 571, 285, 290, 571, 571, 571, 477, 897, 690, 672, 637, 740, 560, 549, 724,
        765, 331, 331, 664, 565, 943, 813, 796, 628, 796, 660, 551, 579, 756, 650, 967, 667, 624, 579, 331,
        413, 331, 532, 411, 607, 604, 633, 514, 633, 591, 387, 565, 657, 305, 305, 620, 305, 982, 657, 619,
        633, 633, 454, 497, 434, 657, 569, 856, 578, 569, 488, 394, 551, 394, 571,
    ],
    size: 0.9,
};

/// Libertinus Serif, in which the other cells are set.
const TEXT: &Letters = &Letters {
    ascii: [
        250, 288, 336, 465, 465, 637, 705, 190, 298, 298, 369, 550, 220, 338, 220, 323, 465, 465, 465, 465,
        465, 465, 465, 465, 465, 465, 236, 236, 550, 550, 550, 435, 895, 695, 588, 646, 701, 557, 485, 685,
        730, 297, 322, 637, 528, 839, 699, 702, 541, 702, 587, 485, 597, 661, 652, 951, 660, 575, 604, 356,
        287, 356, 518, 486, 392, 457, 493, 428, 506, 447, 310, 500, 538, 271, 272, 512, 264, 790, 542, 504,
        519, 503, 372, 390, 316, 531, 497, 747, 490, 515, 424, 277, 205, 277, 449,
    ],
    size: 1.0,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<Cell>> {
        let cell = |cell: &str| match cell.trim().strip_prefix('`') {
            Some(code) => vec![(true, code.trim_end_matches('`').to_string())],
            None => vec![(false, cell.trim().to_string())],
        };
        text.lines().map(|line| line.split('|').map(cell).collect()).collect()
    }

    #[test]
    fn a_small_table_has_the_type_of_tables_and_the_longer_text_more_room() {
        let fit = columns(&rows("Who | What\nlead | decides what is done next, and tells everybody"), 470.0);
        assert_eq!((fit.size, &fit.most), (9.0, &None));
        assert_eq!(fit.hyphenates, [false, false]);
        assert!((fit.widths.iter().sum::<f64>() - 470.0).abs() < 0.01, "{:?}", fit.widths);
        assert!(fit.widths[1] > 2.0 * fit.widths[0], "{:?}", fit.widths);
    }

    #[test]
    fn words_are_hyphenated_where_they_do_not_fit_and_code_is_not() {
        let many = |cell: &str| rows(&format!("{0}\n{0}", [cell; 9].join("|")));
        let words = columns(&many("responsibilities"), 470.0);
        assert!(words.size < 9.0 && words.most.is_none() && words.least < 470.0, "{words:?}");
        assert_eq!(words.hyphenates, [true; 9]);
        let code = columns(&many("`responsibilities`"), 470.0);
        assert!(code.most.is_some() && code.least > 470.0, "{code:?}");
    }

    #[test]
    fn a_table_without_cells_is_no_fault() {
        assert_eq!(columns(&[], 470.0).widths, Vec::<f64>::new());
        assert_eq!(columns(&rows("|||"), 470.0).widths.len(), 4);
    }
}
