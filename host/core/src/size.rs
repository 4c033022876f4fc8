//! Sizes, as people read them.

use std::fmt;

/// A number of bytes: `2 MiB`, `2.1 MiB`, `17 bytes`. What is not exact is rounded up, so that whatever exceeds a limit
/// never looks like the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub usize);

const UNITS: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((unit, shift)) = UNITS.iter().find(|(_, shift)| self.0 >> shift > 0) else {
            return write!(f, "{} {}", self.0, if self.0 == 1 { "byte" } else { "bytes" });
        };
        let (whole, rest) = (self.0 >> shift, self.0 & ((1 << shift) - 1));
        // At most 2^30 * 10, and so within bounds.
        match (rest as u64 * 10).div_ceil(1 << shift) {
            0 => write!(f, "{whole} {unit}"),
            10 => write!(f, "{} {unit}", whole + 1),
            tenths => write!(f, "{whole}.{tenths} {unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_for_people() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_000, "1000 bytes"),
            (1 << 10, "1 KiB"),
            ((1 << 10) + 1, "1.1 KiB"),
            (2 << 20, "2 MiB"),
            ((2 << 20) + 1, "2.1 MiB"),
            ((3 << 20) - 1, "3 MiB"),
            (32 << 20, "32 MiB"),
            (5 << 30, "5 GiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }
}
