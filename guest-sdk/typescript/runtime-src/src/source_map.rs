//! Where the author wrote what the bundle does, as the builder packs it (`host/build/src/typescript/source_map.rs`): for each place five LEB128 numbers, relative to those before. They are unpacked only when a trace is asked for, so that they take little of every module.

use std::cell::RefCell;

use crate::engine::{BUNDLE, RUNTIME};

thread_local! {
    static TABLE: RefCell<Table> = const { RefCell::new(Table { sources: Vec::new(), places: Vec::new() }) };
}

struct Table {
    sources: Vec<String>,
    /// Sorted by where they are in the bundle.
    places: Vec<u8>,
}

/// A place in the bundle, and where it came from. Lines and columns count from 0.
#[derive(Clone, Copy, Default)]
struct Place {
    line: u32,
    column: u32,
    source: u32,
    source_line: u32,
    source_column: u32,
}

pub(crate) fn keep(sources: Vec<String>, places: Vec<u8>) {
    TABLE.set(Table { sources, places });
}

/// Puts the author's places into a stack trace in place of the bundle's. Frames that nobody wrote, of the bundler's own functions and of the engine's, are left out.
pub(crate) fn map(stack: &str) -> String {
    TABLE.with_borrow(|table| {
        let written = |line: &&str| !line.ends_with("(native)") && !line.contains(RUNTIME);
        let lines: Vec<_> = stack
            .lines()
            .filter(written)
            .filter_map(|line| table.map(line))
            .collect();
        lines.join("\n")
    })
}

impl Table {
    /// A line of a trace; none if it is of the bundle and of no source.
    fn map(&self, line: &str) -> Option<String> {
        let Some(start) = line.find(BUNDLE) else {
            return Some(line.to_owned());
        };
        let rest = &line[start + BUNDLE.len()..];
        let (place, length) = self.find_after_name(rest)?;
        let source = self.sources.get(place.source as usize)?;
        let (row, column) = (place.source_line + 1, place.source_column + 1);
        Some(format!("{}{source}:{row}:{column}{}", &line[..start], &rest[length..]))
    }

    /// The place that `:line:column` at the beginning of `text` is, and how long that is.
    fn find_after_name(&self, text: &str) -> Option<(Place, usize)> {
        let mut length = 0;
        let mut number = || {
            let digits = text[length..].strip_prefix(':')?;
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            length += 1 + end;
            digits[..end].parse::<u32>().ok()?.checked_sub(1)
        };
        let position = (number()?, number()?);
        let before = self.places().take_while(|it| (it.line, it.column) <= position);
        let place = before.last().filter(|it| it.line == position.0)?;
        Some((place, length))
    }

    fn places(&self) -> impl Iterator<Item = Place> {
        let mut packed = self.places.iter();
        let mut place = Place::default();
        std::iter::from_fn(move || {
            let lines = number(&mut packed)?;
            if lines > 0 {
                place.column = 0;
            }
            place.line += lines;
            place.column += number(&mut packed)?;
            for part in [&mut place.source, &mut place.source_line, &mut place.source_column] {
                let number = number(&mut packed)?;
                // The lowest bit is the sign.
                let by = (number >> 1) as i32 ^ -((number & 1) as i32);
                *part = part.wrapping_add_signed(by);
            }
            Some(place)
        })
    }
}

/// A LEB128 number: seven bits a byte, the lowest first, the eighth for "more follows".
fn number<'a>(packed: &mut impl Iterator<Item = &'a u8>) -> Option<u32> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = *packed.next()?;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}
