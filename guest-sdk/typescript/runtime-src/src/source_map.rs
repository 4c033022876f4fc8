//! Where the author wrote what the bundle does: the source map that the bundler left at its end, kept as a table.
//!
//! The format is "Source map", ECMA-426: in `mappings`, a line of the bundle ends with `;`, its segments are separated by `,`, and each is up to five base64 VLQ numbers, relative to those before: column, source, line of the source, column of the source, name.

use std::cell::RefCell;

use rquickjs::{Ctx, Exception, Object, Result};

use crate::engine::BUNDLE;

const COMMENT: &str = "//# sourceMappingURL=data:application/json;base64,";

thread_local! {
    static TABLE: RefCell<Table> = const { RefCell::new(Table { sources: Vec::new(), places: Vec::new() }) };
}

struct Table {
    sources: Vec<String>,
    /// Sorted by where they are in the bundle.
    places: Vec<Place>,
}

/// A place in the bundle, and where it came from. Lines and columns count from 0.
struct Place {
    line: u32,
    column: u32,
    source: u32,
    source_line: u32,
    source_column: u32,
}

/// Keeps the map of the bundle, and gives the bundle without it.
pub(crate) fn take(ctx: &Ctx<'_>, mut bundle: String) -> Result<String> {
    let Some(start) = bundle.rfind(COMMENT) else {
        return Ok(bundle);
    };
    let malformed = || Exception::throw_message(ctx, "the bundle's source map cannot be read");
    let encoded = bundle[start + COMMENT.len()..].trim_end();
    let json = base64(encoded).ok_or_else(malformed)?;
    let map: Object = ctx.json_parse(json)?.get()?;
    let mappings: String = map.get("mappings")?;
    let table = Table {
        sources: map.get("sources")?,
        places: places(&mappings).ok_or_else(malformed)?,
    };
    TABLE.set(table);
    bundle.truncate(start);
    Ok(bundle)
}

/// Puts the author's places into a stack trace in place of the bundle's. Frames that nobody wrote, of the bundler's own functions and of the engine's, are left out.
pub(crate) fn map(stack: &str) -> String {
    TABLE.with_borrow(|table| {
        let written = |line: &&str| !line.ends_with("(native)");
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
        let source = &self.sources[place.source as usize];
        let (row, column) = (place.source_line + 1, place.source_column + 1);
        Some(format!("{}{source}:{row}:{column}{}", &line[..start], &rest[length..]))
    }

    /// The place that `:line:column` at the beginning of `text` is, and how long that is.
    fn find_after_name(&self, text: &str) -> Option<(&Place, usize)> {
        let mut length = 0;
        let mut number = || {
            let digits = text[length..].strip_prefix(':')?;
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            length += 1 + end;
            digits[..end].parse::<u32>().ok()?.checked_sub(1)
        };
        let position = (number()?, number()?);
        let after = self.places.partition_point(|it| (it.line, it.column) <= position);
        let place = self.places[..after].last().filter(|it| it.line == position.0)?;
        self.sources.get(place.source as usize)?;
        Some((place, length))
    }
}

fn places(mappings: &str) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    let [mut source, mut source_line, mut source_column] = [0; 3];
    for (line, segments) in mappings.split(';').enumerate() {
        let mut column = 0;
        for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
            let mut digits = segment.bytes();
            column += number(&mut digits)?;
            // A segment of one number is of text that nobody wrote.
            if digits.len() == 0 {
                continue;
            }
            source += number(&mut digits)?;
            source_line += number(&mut digits)?;
            source_column += number(&mut digits)?;
            let place = Place {
                line: line.try_into().ok()?,
                column: column.try_into().ok()?,
                source: source.try_into().ok()?,
                source_line: source_line.try_into().ok()?,
                source_column: source_column.try_into().ok()?,
            };
            // One for each line of the source, not for each token: the table is a part of every module.
            let is_new = places.last().is_none_or(|last: &Place| {
                (last.line, last.source, last.source_line) != (place.line, place.source, place.source_line)
            });
            if is_new {
                places.push(place);
            }
        }
    }
    places.shrink_to_fit();
    Some(places)
}

/// A base64 VLQ number: five bits a digit, the lowest first, the sixth for "more follows"; the lowest bit of all is the sign.
fn number(digits: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let digit = sextet(digits.next()?)?;
        value |= i64::from(digit & 31) << shift;
        if digit & 32 == 0 {
            break;
        }
        shift += 5;
        if shift > 30 {
            return None;
        }
    }
    Some(if value & 1 == 1 { -(value >> 1) } else { value >> 1 })
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | u32::from(sextet(digit)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
