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
    /// For each column, the most letters in a row that fit; none where every word fits
    pub most: Option<Vec<usize>>,
}

/// Sizes of type for tables, in points, the best first: with whole words, and with hyphenated ones.
const WHOLE: [f64; 3] = [9.0, 8.5, 8.0];
const HYPHENATED: [f64; 3] = [8.5, 8.0, 7.0];
/// What stands beside the text of a cell, in sizes of its type.
const INSET: f64 = 0.95;

/// Whether a table fits into a width, and how.
pub struct Fit {
    /// How wide the table would have to be at least, in points, in the smallest type
    pub least: f64,
    /// Whether all of its words have room
    pub fits: bool,
    width: f64,
    size: f64,
    /// The least that each column has, in points
    floor: Vec<f64>,
    demands: Vec<Demand>,
}

/// Fits a table into a width in points. The first row is its header.
pub fn fit(rows: &[Vec<Cell>], width: f64) -> Fit {
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
    Fit { least, fits, width, size, floor, demands }
}

impl Fit {
    /// The columns as they are printed.
    pub fn columns(&self) -> Columns {
        let mut widths = shared(&self.demands, &self.floor, self.size, self.width);
        if self.fits {
            balance(&self.demands, &self.floor, self.size, &mut widths);
        }
        let hyphenates = self.demands.iter().zip(&widths);
        let hyphenates =
            hyphenates.map(|(demand, width)| (demand.unbroken + INSET) * self.size > width + 0.01).collect();
        let room = |width: &f64| ((width / self.size - INSET) / CODE - 0.5).floor().max(1.0) as usize;
        let most = (!self.fits).then(|| widths.iter().map(room).collect());
        Columns { size: self.size, widths, hyphenates, most }
    }
}

/// So many rows say how long a table is.
const TELLING: usize = 100;
/// Words do not fill a line to its end: so much stays empty, in sizes of the type.
const EMPTY: f64 = 1.3;
/// How much a line of a row counts beside a line of one of its cells.
const ROW: u32 = 6;

/// Moves room between columns as long as that makes the table, or at least some of its cells, shorter.
fn balance(demands: &[Demand], floor: &[f64], size: f64, widths: &mut [f64]) {
    let rows = demands.iter().map(|demand| demand.lengths.len()).max().unwrap_or(0).min(TELLING);
    let lines = |column: usize, row: usize, width: f64| -> u32 {
        let length = demands[column].lengths.get(row).copied().unwrap_or(0.0);
        let room = width / size - INSET;
        if length <= room { 1 } else { (length / (room - EMPTY).max(1.0)).ceil() as u32 }
    };
    let height = |widths: &[f64]| -> u32 {
        let row = |row: usize| {
            let lines = widths.iter().enumerate().map(|(at, width)| lines(at, row, *width));
            let (most, all) = lines.fold((0, 0), |(most, all), it| (it.max(most), it + all));
            most * ROW + all
        };
        (0..rows).map(row).sum()
    };
    let mut shortest = height(widths);
    for step in [40.0, 20.0, 10.0, 5.0] {
        loop {
            let mut best: Option<(u32, usize, usize)> = None;
            for from in 0..widths.len() {
                for to in 0..widths.len() {
                    if from == to || widths[from] - step < floor[from] {
                        continue;
                    }
                    widths[from] -= step;
                    widths[to] += step;
                    let height = height(widths);
                    widths[from] += step;
                    widths[to] -= step;
                    if height < best.map_or(shortest, |(height, ..)| height) {
                        best = Some((height, from, to));
                    }
                }
            }
            let Some((height, from, to)) = best else { break };
            shortest = height;
            widths[from] -= step;
            widths[to] += step;
        }
    }
}

/// Shares a width among columns that have their least already: whoever has more to say gets more, but
/// none more than its longest text, while another could use it.
fn shared(demands: &[Demand], floor: &[f64], size: f64, width: f64) -> Vec<f64> {
    let mut widths = floor.to_vec();
    let most = |demand: &Demand| (demand.longest + INSET) * size;
    loop {
        let rest = width - widths.iter().sum::<f64>();
        let open: Vec<usize> =
            (0..widths.len()).filter(|at| widths[*at] + 0.01 < most(&demands[*at])).collect();
        let wish = |at: &usize| {
            let floor = floor[*at];
            ((demands[*at].text + INSET) * size - floor).max(0.5).powf(0.75)
        };
        let all: f64 = open.iter().map(wish).sum();
        if rest < 0.01 || open.is_empty() {
            // What nobody needs is everybody's.
            let whole: f64 = widths.iter().sum();
            return widths.iter().map(|own| own * (1.0 + rest.max(0.0) / whole)).collect();
        }
        for at in open {
            widths[at] = (widths[at] + rest * wish(&at) / all).min(most(&demands[at]));
        }
    }
}

/// What a column asks for, in sizes of its type.
struct Demand {
    /// Its longest word
    unbroken: f64,
    /// Its longest word, where only very long ones are hyphenated
    whole: f64,
    /// Its longest word, where those that can be are hyphenated
    hyphenated: f64,
    /// Its longest text, on one line
    longest: f64,
    /// Between its longest and its average text
    text: f64,
    /// How long the first of its texts are
    lengths: Vec<f64>,
}

/// So many letters of a word stay together where it is hyphenated.
const TOGETHER: usize = 8;
/// Words that are longer are hyphenated before the type gets smaller.
const LONG: usize = 16;

impl Demand {
    fn of(rows: &[Vec<Cell>], column: usize) -> Demand {
        let mut demand = Demand {
            unbroken: 1.0,
            whole: 1.0,
            hyphenated: 1.0,
            longest: 1.0,
            text: 1.0,
            lengths: Vec::new(),
        };
        let (mut sum, mut count) = (0.0, 0.0);
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
                    let own = width(word);
                    let together = |letters: usize| match word.char_indices().nth(letters) {
                        Some((end, _)) if !is_code && is_word(word) => width(&word[..end]) + 0.4,
                        _ => own,
                    };
                    // Nearly all words are so short that they stay together.
                    let (whole, hyphenated) = match word.len() <= TOGETHER {
                        true => (own, own),
                        false => (together(LONG), together(TOGETHER)),
                    };
                    demand.unbroken = demand.unbroken.max(own);
                    demand.whole = demand.whole.max(whole);
                    demand.hyphenated = demand.hyphenated.max(hyphenated);
                }
            }
            demand.longest = demand.longest.max(length);
            if at < TELLING {
                demand.lengths.resize(at, 0.0);
                demand.lengths.push(length);
            }
            sum += length;
            count += 1.0;
        }
        demand.text = (demand.longest * sum / f64::max(count, 1.0)).sqrt();
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

    fn set(rows: &[Vec<Cell>], width: f64) -> Columns {
        fit(rows, width).columns()
    }

    #[test]
    fn a_small_table_has_the_type_of_tables_and_the_longer_text_more_room() {
        let fit = set(&rows("Who | What\nlead | decides what is done next, and tells everybody"), 470.0);
        assert_eq!((fit.size, &fit.most), (9.0, &None));
        assert_eq!(fit.hyphenates, [false, false]);
        assert!((fit.widths.iter().sum::<f64>() - 470.0).abs() < 0.01, "{:?}", fit.widths);
        assert!(fit.widths[1] > 2.0 * fit.widths[0], "{:?}", fit.widths);
    }

    #[test]
    fn a_short_text_stays_on_its_line_where_a_long_one_has_room_to_spare() {
        let fit = set(
            &rows(
                "Role | In short | Assigned by\nScribe | writes down what happens, when, and who decided it | First Responder",
            ),
            470.0,
        );
        let line = "First Responder".len() as f64 * 0.5 * fit.size;
        assert!(fit.widths[2] > line, "{:?}", fit.widths);
        let long = "writes down what happens, when, and who decided it, ".repeat(4);
        let fit =
            set(&rows(&format!("Role | In short | Assigned by\nScribe | {long} | First Responder")), 470.0);
        assert!(fit.widths[1] > 300.0, "{:?}", fit.widths);
    }

    #[test]
    fn room_goes_where_it_makes_the_table_shorter() {
        let role = "Communications Officer (CO), who may be anybody";
        let words = "keeps everybody informed who is not working on the incident";
        let text = format!(
            "Role | In short | Assigned by\n{role} | {words} | a First Responder\nScribe | writes | IC"
        );
        let fit = set(&rows(&text), 400.0);
        assert!(fit.widths[2] > "a First Responder".len() as f64 * 0.48 * fit.size, "{:?}", fit.widths);
    }

    #[test]
    fn words_are_hyphenated_where_they_do_not_fit_and_code_is_not() {
        let many = |cell: &str| rows(&format!("{0}\n{0}", [cell; 9].join("|")));
        let words = set(&many("responsibilities"), 470.0);
        assert!(words.size < 9.0 && words.most.is_none(), "{words:?}");
        assert_eq!(words.hyphenates, [true; 9]);
        let code = set(&many("`responsibilities`"), 470.0);
        assert!(code.most.is_some(), "{code:?}");
    }

    #[test]
    fn a_table_without_cells_is_no_fault() {
        assert_eq!(set(&[], 470.0).widths, Vec::<f64>::new());
        assert_eq!(set(&rows("|||"), 470.0).widths.len(), 4);
    }
}
