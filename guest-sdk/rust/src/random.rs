//! Chance that repeats itself in a replay.
//!
//! The generator is xoroshiro128++ 1.0 (Blackman and Vigna, *Scrambled Linear Pseudorandom Number Generators*, 2019), its state the 128 bits that the host gives at a run's start. It is a part of what a module promises: the same seed gives the same numbers in every version of this crate.
//! It is not for secrets.

use std::ops::Range;

use crate::run::Run;

/// The state; the all-zero one, which the algorithm cannot leave, is replaced.
#[derive(Debug)]
pub(crate) struct Generator {
    s0: u64,
    s1: u64,
}

impl Generator {
    pub(crate) fn new((s0, s1): (u64, u64)) -> Self {
        if (s0, s1) == (0, 0) {
            return Self {
                s0: 0x9e37_79b9_7f4a_7c15,
                s1: 0xd1b5_4a32_d192_ed03,
            };
        }
        Self { s0, s1 }
    }

    fn next(&mut self) -> u64 {
        let (s0, mut s1) = (self.s0, self.s1);
        let output = s0.wrapping_add(s1).rotate_left(17).wrapping_add(s0);
        s1 ^= s0;
        self.s0 = s0.rotate_left(49) ^ s1 ^ (s1 << 21);
        self.s1 = s1.rotate_left(28);
        output
    }
}

/// What [`random`] can make.
pub trait Random {
    /// Makes one from a source of random bits.
    fn from_bits(next: impl FnMut() -> u64) -> Self;
}

impl Random for u64 {
    fn from_bits(mut next: impl FnMut() -> u64) -> Self {
        next()
    }
}

impl Random for u128 {
    fn from_bits(mut next: impl FnMut() -> u64) -> Self {
        (u128::from(next()) << 64) | u128::from(next())
    }
}

impl Random for u32 {
    fn from_bits(mut next: impl FnMut() -> u64) -> Self {
        // The upper bits are the better ones.
        (next() >> 32) as u32
    }
}

impl Random for bool {
    fn from_bits(mut next: impl FnMut() -> u64) -> Self {
        next() >> 63 == 1
    }
}

/// In `0.0..1.0`, of 53 random bits.
impl Random for f64 {
    fn from_bits(mut next: impl FnMut() -> u64) -> Self {
        (next() >> 11) as f64 * (-53f64).exp2()
    }
}

/// A random value, the same one in every replay: any integer, true or false, a float in `0.0..1.0`.
pub fn random<T: Random>() -> T {
    let run = Run::current();
    let mut generator = run.random.borrow_mut();
    T::from_bits(|| generator.next())
}

/// A random number of the range, each as likely as the other.
///
/// # Panics
/// If the range is empty.
pub fn random_range(range: Range<u64>) -> u64 {
    assert!(!range.is_empty(), "a random number of the empty range {range:?}");
    let width = range.end - range.start;
    // The widest multiple of `width` that fits; beyond it, small numbers would be likelier.
    let excess = (u64::MAX % width + 1) % width;
    loop {
        let bits = random::<u64>();
        if bits <= u64::MAX - excess {
            return range.start + bits % width;
        }
    }
}

/// A random UUID (version 4) in its usual form, the same one in every replay.
pub fn uuid4() -> String {
    let bits = random::<u128>();
    let bits = (bits & !(0xf << 76)) | (0x4 << 76);
    let bits = (bits & !(0x3 << 62)) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that the authors' reference implementation gives for the state (1, 2).
    #[test]
    fn the_generator_is_xoroshiro128_plus_plus() {
        let mut generator = Generator::new((1, 2));
        let numbers: Vec<u64> = (0..4).map(|_| generator.next()).collect();
        assert_eq!(
            numbers,
            [
                393_217,
                669_327_710_093_319,
                1_732_421_326_133_921_491,
                11_394_790_081_659_126_983
            ]
        );
    }
}
