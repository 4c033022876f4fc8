//! How many in a second: a bucket that fills evenly and holds what one second brings, but at least one.
//!
//! It is kept as one moment, as the generic cell rate algorithm does (ITU-T recommendation I.371, annex A): the moment
//! at which the bucket is full again. The time is an argument.

use mainspring_core::Timestamp;
use std::collections::BTreeMap;

const NANOS_PER_SECOND: f64 = 1e9;
const NANOS_PER_MILLI: u64 = 1_000_000;
/// Of so slow a rate that nobody lives to see the second one.
const INTERVAL_NANOS_MAX: f64 = 1e18;

/// Buckets of keys that are remembered. Of one more, the one that is nearest to full is forgotten, and full again.
const KEYS_MAX: usize = 10_000;

/// One bucket, full at first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bucket {
    /// When it is full again, in nanoseconds since the Unix epoch.
    full_at: u64,
}

/// Nothing is left. Something will be at that moment, or (none) never at this rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Empty(pub(super) Option<Timestamp>);

/// The buckets of many keys. One that is full is as good as none.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    of_keys: BTreeMap<String, Bucket>,
}

/// A rate as the two lengths that a bucket needs, in nanoseconds.
struct Pace {
    /// From one to the next.
    interval: u64,
    /// From empty to full, less one interval.
    depth: u64,
}

impl Pace {
    fn of(per_second: f32) -> Option<Self> {
        if per_second <= 0.0 {
            return None;
        }
        let interval = (NANOS_PER_SECOND / f64::from(per_second)).min(INTERVAL_NANOS_MAX);
        let holds = f64::from(per_second).max(1.0);
        Some(Self {
            interval: interval as u64,
            depth: ((holds - 1.0) * interval) as u64,
        })
    }
}

impl Bucket {
    /// Whether something is left.
    pub(super) fn check(&mut self, per_second: f32, now: Timestamp) -> Result<(), Empty> {
        let pace = Pace::of(per_second).ok_or(Empty(None))?;
        // It is never emptier than empty: neither where the clock was set back, nor at a rate that was changed.
        let empty = nanos(now).saturating_add(pace.depth).saturating_add(pace.interval);
        self.full_at = self.full_at.min(empty);
        let from = self.full_at.saturating_sub(pace.depth);
        if from <= nanos(now) {
            Ok(())
        } else {
            Err(Empty(Some(Timestamp::from_millis(from.div_ceil(NANOS_PER_MILLI)))))
        }
    }

    /// Takes one, if one is left.
    pub(super) fn take(&mut self, per_second: f32, now: Timestamp) -> Result<(), Empty> {
        self.check(per_second, now)?;
        let pace = Pace::of(per_second).ok_or(Empty(None))?;
        self.full_at = self.full_at.max(nanos(now)).saturating_add(pace.interval);
        Ok(())
    }
}

impl Buckets {
    /// Takes one from a key's bucket, if one is left.
    pub(super) fn take(&mut self, key: &str, per_second: f32, now: Timestamp) -> Result<(), Empty> {
        if let Some(bucket) = self.of_keys.get_mut(key) {
            return bucket.take(per_second, now);
        }
        let mut bucket = Bucket::default();
        bucket.take(per_second, now)?;
        self.make_room(now);
        self.of_keys.insert(key.to_owned(), bucket);
        Ok(())
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.of_keys.len() < KEYS_MAX {
            return;
        }
        self.of_keys.retain(|_, bucket| bucket.full_at > nanos(now));
        if self.of_keys.len() >= KEYS_MAX {
            let fullest = self.of_keys.iter().min_by_key(|(_, bucket)| bucket.full_at);
            let fullest = fullest.map(|(key, _)| key.clone());
            fullest.map(|key| self.of_keys.remove(&key));
        }
    }
}

const fn nanos(at: Timestamp) -> u64 {
    at.as_millis().saturating_mul(NANOS_PER_MILLI)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START_MS: u64 = 1_700_000_000_000;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(START_MS + millis)
    }

    /// How many can be had within so long, by somebody who asks every millisecond.
    fn taken(bucket: &mut Bucket, per_second: f32, millis: std::ops::Range<u64>) -> u32 {
        let mut taken = 0;
        for now in millis {
            while bucket.take(per_second, at(now)).is_ok() {
                taken += 1;
            }
        }
        taken
    }

    #[test]
    fn a_second_brings_what_the_rate_says_after_a_full_bucket() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 10.0, 0..1), 10);
        assert_eq!(taken(&mut bucket, 10.0, 1..1001), 10);
        // It does not hold more than a second brings.
        assert_eq!(taken(&mut bucket, 10.0, 60_000..60_001), 10);
    }

    #[test]
    fn slow_rates_give_one_at_a_time() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 0.5, 0..1), 1);
        assert_eq!(bucket.check(0.5, at(0)), Err(Empty(Some(at(2_000)))));
        assert_eq!(bucket.check(0.5, at(1_999)), Err(Empty(Some(at(2_000)))));
        assert_eq!(bucket.check(0.5, at(2_000)), Ok(()));
    }

    #[test]
    fn at_rate_0_there_is_never_one() {
        assert_eq!(Bucket::default().take(0.0, at(0)), Err(Empty(None)));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_empty() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 1.0, 3_600_000..3_600_001), 1);
        assert_eq!(bucket.check(1.0, at(0)), Err(Empty(Some(at(1_000)))));
        assert_eq!(taken(&mut bucket, 1.0, 1_000..1_001), 1);
    }

    #[test]
    fn keys_do_not_share_and_are_not_remembered_for_ever() {
        let mut buckets = Buckets::default();
        assert_eq!(buckets.take("a", 1.0, at(0)), Ok(()));
        assert_eq!(buckets.take("a", 1.0, at(0)), Err(Empty(Some(at(1_000)))));
        assert_eq!(buckets.take("b", 1.0, at(0)), Ok(()));
        for key in 0..2 * KEYS_MAX as u64 {
            assert_eq!(buckets.take(&key.to_string(), 1.0, at(key)), Ok(()));
        }
        assert!(buckets.of_keys.len() <= KEYS_MAX);
    }

    proptest! {
        /// The promise of a bucket: in no stretch of time more than what it held plus what came in.
        #[test]
        fn no_stretch_of_time_has_more_than_its_share(
            per_second in 0.2_f32..30.0,
            waits in prop::collection::vec(0..400_u64, 1..50),
        ) {
            let mut bucket = Bucket::default();
            let (mut now, mut taken) = (0, Vec::new());
            for wait in waits {
                now += wait;
                while bucket.take(per_second, at(now)).is_ok() {
                    taken.push(now);
                }
                // What it says about the next one is true.
                let next = bucket.check(per_second, at(now)).expect_err("it is empty").0.expect("it will come");
                prop_assert!(bucket.check(per_second, next).is_ok());
                prop_assert!(next > at(now));
            }
            for (first, from) in taken.iter().enumerate() {
                for (count, until) in taken[first..].iter().enumerate() {
                    let seconds = (until - from) as f64 / 1e3;
                    let share = f64::from(per_second).max(1.0) + f64::from(per_second) * seconds;
                    prop_assert!((count + 1) as f64 <= share + 1.0, "{} in {seconds} s", count + 1);
                }
            }
        }
    }
}
