//! A clock for guests that do not come back: a thread that moves the engine's epoch on.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;
use wasmtime::Engine;

/// The epoch moves this often in the time that a call may take. The limit is kept to one part in so many, and an
/// idle server wakes a few times a second for it.
const TICKS_PER_LIMIT: u32 = 8;

/// Moves the epoch of one engine on for as long as it lives.
#[derive(Debug)]
pub(super) struct Watchdog {
    /// The thread stops when this goes.
    _stop: Sender<()>,
}

impl Watchdog {
    /// Starts the thread for calls that may take `limit`.
    pub(super) fn start(engine: &Engine, limit: Duration) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let tick = limit / TICKS_PER_LIMIT;
        let engine = engine.weak();
        thread::Builder::new().name("wasm-watchdog".into()).spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(tick) {
                let Some(engine) = engine.upgrade() else { return };
                engine.increment_epoch();
            }
        })?;
        Ok(Self { _stop: stop })
    }
}

/// By how many epochs a call may last, with or without a watchdog.
pub(super) fn epochs_per_call(limit: Option<Duration>) -> u64 {
    match limit {
        // The tick under way counts as whole, and must not shorten the time.
        Some(_) => u64::from(TICKS_PER_LIMIT) + 1,
        // Half of all epochs: far enough, and no overflow when the present epoch is added.
        None => u64::MAX / 2,
    }
}
