//! Tables of a page.

use std::fmt::Write;

use crate::render::escape_html;
use crate::render::html::{LEVELS, Writer};
use crate::syntax::tree::{Align, Table};
use crate::syntax::{Cell, Inline};

impl<'w> Writer<'w> {
    pub(super) fn table(&mut self, table: &'w Table) {
        let titles: Vec<String> = table.header.iter().map(|cell| self.around.words(&cell.content)).collect();
        let label = titles.iter().filter(|title| !title.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        // Levels stand side by side. Three columns are a list of rows on a phone, five of them anywhere.
        let compares = table.rows.len() > 1
            && table.rows.iter().all(|row| matches!(&row[..], [first, ..] if matches!(&first.content[..], [it] if self.is_severity(it))));
        let of_levels = format!("{LEVELS} of-{}\"", table.columns.len());
        let (class, wide) = match table.columns.len() {
            3..=8 if compares => (&*of_levels, true),
            0..=2 => ("", false),
            3..=4 if counts(table) => (" class=\"stack counted\"", false),
            3..=4 => (" class=\"stack\"", false),
            _ => (" class=\"wide\"", true),
        };
        let _ = write!(
            self.html,
            "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table{class}>\n<thead><tr>",
            escape_html(&label)
        );
        for (cell, align) in table.header.iter().zip(&table.columns) {
            if cell.content.is_empty() {
                let _ = write!(self.html, "<td{}></td>", alignment(*align));
                continue;
            }
            let _ = write!(self.html, "<th scope=\"col\"{}>", alignment(*align));
            self.inlines(&cell.content);
            self.html.push_str("</th>");
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.html.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let align = alignment(table.columns.get(index).copied().unwrap_or(Align::Start));
                self.cell(cell, index, titles.get(index).map_or("", |title| title), align, wide);
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody></table></div>\n");
    }

    fn cell(&mut self, cell: &'w Cell, index: usize, title: &str, align: &str, wide: bool) {
        if index == 0 {
            let _ = write!(self.html, "<th scope=\"row\"{align}>");
            self.inlines(&cell.content);
            self.html.push_str("</th>");
        } else {
            let _ = write!(self.html, "<td data-label=\"{}\"{align}>", escape_html(title));
            match wide && !cell.content.is_empty() {
                // The name and the words are laid out beside each other.
                true => self.wrapped("span", &cell.content),
                false => self.inlines(&cell.content),
            }
            self.html.push_str("</td>");
        }
    }
}

/// Whether the first column only numbers the rows.
fn counts(table: &Table) -> bool {
    !table.rows.is_empty()
        && table.rows.iter().all(|row| match row.first().map(|cell| &cell.content[..]) {
            Some([Inline::Text(_, words)]) => words.chars().all(|it| it.is_ascii_digit()),
            _ => false,
        })
}

fn alignment(align: Align) -> &'static str {
    match align {
        Align::Start => "",
        Align::Center => " class=\"center\"",
        Align::End => " class=\"end\"",
    }
}
