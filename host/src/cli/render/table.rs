//! Aligned columns.

use super::style::{HEADING, Paint};

/// Rows of cells under a heading, each column as wide as its widest cell.
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// A text with its colour.
pub(crate) struct Cell(Paint, String);

const GAP: usize = 2;

impl Cell {
    pub(crate) fn new(paint: Paint, text: impl Into<String>) -> Self {
        Self(paint, text.into())
    }

    fn width(&self) -> usize {
        self.1.chars().count()
    }
}

impl Table {
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn render(self) -> String {
        let headings = self
            .headings
            .iter()
            .map(|heading| Cell::new(HEADING, *heading))
            .collect();
        let rows: Vec<Vec<Cell>> = std::iter::once(headings).chain(self.rows).collect();
        let columns = self.headings.len();
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(Cell::width)
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        rows.iter().map(|row| line(row, &widths)).collect()
    }
}

fn line(row: &[Cell], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
        line.push_str(&cell.0.paint(&cell.1));
        // No spaces at a line's end.
        if at + 1 < row.len() {
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + GAP));
        }
    }
    line.push('\n');
    line
}
