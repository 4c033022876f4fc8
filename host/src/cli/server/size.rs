//! Sizes in configuration files.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Bytes: a number, or a text such as `"64 MiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size(pub(super) usize);

const UNITS: [(&str, u32); 4] = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

impl Size {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (digits, shift) = UNITS
            .iter()
            .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)))
            .unwrap_or((text, 0));
        let number: usize = digits.trim_end().parse().ok()?;
        number.checked_mul(1 << shift).map(Self)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |shift: u32| self.0 >> shift << shift == self.0 && self.0 >> shift > 0;
        let (unit, shift) = UNITS.iter().find(|(_, shift)| fits(*shift)).unwrap_or(&UNITS[3]);
        write!(f, "{} {unit}", self.0 >> shift)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size such as \"64 MiB\" or a number of bytes")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Size, E> {
        usize::try_from(number)
            .map(Size)
            .map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        Size::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        let check = |text: &str, bytes| assert_eq!(Size::parse(text), Some(Size(bytes)), "{text}");
        check("64 MiB", 64 << 20);
        check("1GiB", 1 << 30);
        check("17", 17);
        check("17 B", 17);
        assert_eq!(Size::parse("64 MB"), None);
        assert_eq!(Size::parse("-1"), None);
        assert_eq!(Size::parse("99999999999 GiB"), None);
        for size in [0, 17, 512 << 10, 64 << 20, 3 << 30] {
            assert_eq!(Size::parse(&Size(size).to_string()), Some(Size(size)));
        }
    }
}
