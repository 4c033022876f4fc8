//! How benchmarks show what they measured: a table, and below it what was to be reached and whether it is.

use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Display;

/// A table that is being filled. The first columns are text, the others figures.
pub(crate) struct Report {
    table: Table,
    text_columns: usize,
    reached: Vec<Reached>,
}

/// What was measured, beside what it is to be.
pub(crate) struct Reached {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) wanted: String,
    pub(crate) is_reached: bool,
}

impl Report {
    pub(crate) fn new<const N: usize>(text_columns: usize, header: [&str; N]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header);
        Self {
            table,
            text_columns,
            reached: Vec::new(),
        }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.table.add_row(cells);
    }

    pub(crate) fn reached(&mut self, of_row: impl IntoIterator<Item = Reached>) {
        self.reached.extend(of_row);
    }

    pub(crate) fn print(mut self) {
        for column in self.table.column_iter_mut().skip(self.text_columns) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        println!("{}", self.table);
        for line in self.reached {
            println!("{line}");
        }
    }
}

impl Display for Reached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verdict = if self.is_reached { "reached" } else { "not reached" };
        write!(f, "{}: {}, wanted {}: {verdict}", self.what, self.measured, self.wanted)
    }
}
