//! Time that is skipped while nothing happens, for authors' tests: a workflow that waits for a week is over in no time.
//!
//! The clock that everything in the engine is handed is set ahead to the next moment at which something is due. That
//! is so for timers, retries, timeouts and schedules alike, and none of them knows. Who tests says when time may be
//! skipped, by locks that are counted, as in Temporal's test server.

mod clock;
mod skipper;

pub(super) use clock::LeadingClock;
pub(super) use skipper::{Rest, skip};

use super::Ambient as _;
use mainspring_core::{Millis, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long a sleeper sleeps at most before it looks at the clock again.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// The steering of a clock that can be set ahead. Cloning shares it.
#[derive(Clone)]
pub struct TimeSkipping {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<LeadingClock>,
    state: Mutex<State>,
    /// Told of every change of the state and the clock.
    changes: watch::Sender<()>,
}

struct State {
    locks: u64,
    /// Until when somebody sleeps, by a number of each.
    sleepers: BTreeMap<u64, Timestamp>,
    last_sleeper: u64,
}

/// Nobody holds a lock that could be let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("time skipping is not locked: each unlock takes back one lock")]
pub struct NotLocked;

impl TimeSkipping {
    /// Locked once, so that time goes as outside until somebody wants it otherwise.
    pub(super) fn new(clock: Arc<LeadingClock>) -> Self {
        let state = State {
            locks: 1,
            sleepers: BTreeMap::new(),
            last_sleeper: 0,
        };
        let shared = Shared {
            clock,
            state: Mutex::new(state),
            changes: watch::Sender::new(()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// No time is skipped until this is taken back by [`unlock`](Self::unlock).
    pub fn lock(&self) {
        self.change(|state| state.locks += 1);
    }

    /// Takes a lock back. After the last one, time is skipped.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn unlock(&self) -> Result<(), NotLocked> {
        self.change(|state| {
            state.locks = state.locks.checked_sub(1).ok_or(NotLocked)?;
            Ok(())
        })
    }

    /// Waits until the clock stands there. It is one of the moments that time is skipped to, while it may be.
    pub async fn sleep_until(&self, moment: Timestamp) {
        let mut changes = self.shared.changes.subscribe();
        let _sleeper = Sleeper::new(self, moment);
        loop {
            let left = moment.since(self.now());
            if left == Millis::ZERO {
                return;
            }
            let left = Duration::from_millis(left.get()).min(SLEEP_MAX);
            // Either way, it looks again.
            let _ = tokio::time::timeout(left, changes.changed()).await;
        }
    }

    /// Waits for so long, and has one lock less meanwhile.
    ///
    /// # Errors
    ///
    /// There is no lock.
    pub async fn unlock_and_sleep(&self, duration: Millis) -> Result<(), NotLocked> {
        self.unlock()?;
        // Also if the caller does not wait for the end.
        let _relock = Relock(self);
        self.sleep_until(self.now().after(duration)).await;
        Ok(())
    }

    fn may_skip(&self) -> bool {
        self.state().locks == 0
    }

    fn next_sleeper(&self) -> Option<Timestamp> {
        self.state().sleepers.values().min().copied()
    }

    fn set_to(&self, moment: Timestamp) {
        self.shared.clock.set_to(moment);
        self.shared.changes.send_replace(());
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.shared.changes.send_replace(());
        changed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Relock<'a>(&'a TimeSkipping);

impl Drop for Relock<'_> {
    fn drop(&mut self) {
        self.0.lock();
    }
}

/// Somebody who sleeps, until this is dropped.
struct Sleeper<'a> {
    time: &'a TimeSkipping,
    number: u64,
}

impl<'a> Sleeper<'a> {
    fn new(time: &'a TimeSkipping, until: Timestamp) -> Self {
        let number = time.change(|state| {
            state.last_sleeper += 1;
            state.sleepers.insert(state.last_sleeper, until);
            state.last_sleeper
        });
        Self { time, number }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.time.state().sleepers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_counted() {
        let time = TimeSkipping::new(Arc::default());
        assert!(!time.may_skip());
        time.lock();
        time.unlock().unwrap();
        assert!(!time.may_skip());
        time.unlock().unwrap();
        assert!(time.may_skip());
        assert_eq!(time.unlock(), Err(NotLocked));
        time.lock();
        assert!(!time.may_skip());
    }

    #[tokio::test]
    async fn who_sleeps_wakes_when_the_clock_stands_there() {
        const DAY: Millis = Millis::from_secs(86_400);
        let time = TimeSkipping::new(Arc::default());
        let began = time.now();
        let sleeper = time.clone();
        let sleeping = tokio::spawn(async move { sleeper.unlock_and_sleep(DAY).await });
        while time.next_sleeper().is_none() {
            tokio::task::yield_now().await;
        }
        assert!(time.may_skip());
        time.set_to(time.next_sleeper().unwrap());
        assert_eq!(sleeping.await.unwrap(), Ok(()));
        assert!(!time.may_skip());
        assert_eq!(time.next_sleeper(), None);
        assert!(time.now().since(began) >= DAY);
    }
}
