//! Chance that repeats itself in a replay: the same generator, with the same numbers, as in the Rust SDK (`guest-sdk/rust/src/random.rs`), which see.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<(u64, u64)> = const { Cell::new(FALLBACK) };
}

/// The algorithm cannot leave the state of zeros.
const FALLBACK: (u64, u64) = (0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03);

/// Begins anew, with the host's random bits.
pub(crate) fn reseed(seed: (u64, u64)) {
    STATE.set(if seed == (0, 0) { FALLBACK } else { seed });
}

fn next() -> u64 {
    let (s0, mut s1) = STATE.get();
    let output = s0.wrapping_add(s1).rotate_left(17).wrapping_add(s0);
    s1 ^= s0;
    STATE.set((s0.rotate_left(49) ^ s1 ^ (s1 << 21), s1.rotate_left(28)));
    output
}

/// `Math.random()`: in `0.0..1.0`, of 53 random bits.
pub(crate) fn float() -> f64 {
    (next() >> 11) as f64 * (-53f64).exp2()
}

/// A random UUID (version 4) in its usual form.
pub(crate) fn uuid4() -> String {
    let bits = (u128::from(next()) << 64) | u128::from(next());
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
