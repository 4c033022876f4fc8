//! The only clock there is: the moment of the activation.

use std::cell::Cell;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// Sets the time, in milliseconds since the Unix epoch.
pub(crate) fn set(now: u64) {
    NOW.set(now);
}

/// What QuickJS asks for the time, in microseconds; its one import, which ends here.
#[unsafe(no_mangle)]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    NOW.get() as f64 * 1e3
}
