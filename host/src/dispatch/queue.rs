//! One task queue: two backlogs, one of what functions of this process do and one for workers that poll; who can take
//! something; and the gate that both pass.

use super::attempts::{ActivityKey, Attempts, Place, QueueNumber};
use super::backlog::{self, Backlog, Level};
use super::fairness::{Arrival, Rules};
use super::rate::{Bucket, Buckets, Empty};
use super::{EffectiveRate, QueueDescription, QueueName};
use crate::shard::Offer;
use crate::store::TaskQueueSettings;
use mainspring_core::{Millis, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::oneshot;

/// A poller that has not polled for so long is not shown any more.
const POLLER_SHOWN_FOR: Millis = Millis::from_secs(300);
/// Pollers remembered by identity; the one that has been silent for longest is forgotten first.
const POLLERS_REMEMBERED_MAX: usize = 1_000;
/// Entries that nobody wants any more and that may lie in a backlog, on top of as many as are wanted.
const UNWANTED_MAX: usize = 1_000;

/// Offers are bounded by what shards hold: at most one for each pending activity of an open run.
pub(super) struct Queue {
    pub(super) number: QueueNumber,
    pub(super) settings: Arc<TaskQueueSettings>,
    /// The rate that a worker has named, most recently.
    worker_rate: Option<f32>,
    bucket: Bucket,
    buckets_of_keys: Buckets,
    /// For functions of this process.
    here: Backlog<Offer>,
    /// For workers that poll.
    away: Backlog<Offer>,
    /// The activities that this process has functions for.
    functions: BTreeSet<String>,
    /// How many functions may begin now.
    places_here: usize,
    waiting: VecDeque<Poller>,
    seen: BTreeMap<String, Timestamp>,
    /// Attempts that somebody has.
    running: usize,
    /// Offers that wait, by priority.
    counts: BTreeMap<Level, usize>,
    /// Offers that lie in a backlog though nobody wants them any more.
    unwanted: usize,
    /// When something that is held back may go.
    pub(super) wakes: Option<Timestamp>,
}

struct Poller {
    id: u64,
    give: oneshot::Sender<Offer>,
}

/// The rules as they are at one moment.
struct Gate<'a> {
    settings: &'a TaskQueueSettings,
    buckets: &'a mut Buckets,
    attempts: &'a Attempts,
    now: Timestamp,
}

impl Rules<Offer> for Gate<'_> {
    fn is_wanted(&self, arrival: Arrival, offer: &Offer) -> bool {
        is_waiting(self.attempts, arrival, offer)
    }

    fn weight(&self, key: &str, own: f32) -> f32 {
        self.settings.weights.get(key).copied().unwrap_or(own)
    }

    fn admit(&mut self, key: &str, weight: f32) -> Result<(), Empty> {
        match &self.settings.key_rate {
            None => Ok(()),
            Some(rate) => {
                let weight = if weight > 0.0 { weight } else { 1.0 };
                self.buckets.take(key, rate.per_second * weight, self.now)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

/// Whether it is this entry of a backlog that the activity's attempt waits as.
fn is_waiting(attempts: &Attempts, arrival: Arrival, offer: &Offer) -> bool {
    matches!(attempts.get(activity(offer)), Some(Place::Waiting(_, since, _)) if since == arrival)
}

/// The activity that an offer is for.
pub(super) fn activity(offer: &Offer) -> ActivityKey {
    let target = offer.target();
    (target.execution.run_id, target.operation)
}

impl Queue {
    pub(super) fn new(number: QueueNumber, name: &QueueName) -> Self {
        Self {
            settings: Arc::new(TaskQueueSettings::of(&name.namespace, &name.name)),
            number,
            worker_rate: None,
            bucket: Bucket::default(),
            buckets_of_keys: Buckets::default(),
            here: Backlog::default(),
            away: Backlog::default(),
            functions: BTreeSet::new(),
            places_here: 0,
            waiting: VecDeque::new(),
            seen: BTreeMap::new(),
            running: 0,
            counts: BTreeMap::new(),
            unwanted: 0,
            wakes: None,
        }
    }

    /// Whether nothing is known of it but who polled it.
    pub(super) fn is_idle(&self) -> bool {
        self.counts.is_empty()
            && self.here.first_level().is_none()
            && self.away.first_level().is_none()
            && self.running == 0
            && self.waiting.is_empty()
            && self.functions.is_empty()
            && self.settings.is_default()
    }

    /// Takes in an offer. Returned is one that a function of this process is to do now.
    pub(super) fn offer(&mut self, offer: Offer, arrival: Arrival, attempts: &mut Attempts) -> Option<Offer> {
        let is_for_here = self.functions.contains(offer.activity_type());
        if is_for_here && self.places_here > 0 && self.has_no_limits() && self.here.first_level().is_none() {
            attempts.put(activity(&offer), Place::Running(self.number));
            self.running += 1;
            self.places_here -= 1;
            return Some(offer);
        }
        let priority = offer.priority();
        let level = backlog::level(priority.as_ref());
        attempts.put(activity(&offer), Place::Waiting(self.number, arrival, level));
        *self.counts.entry(level).or_default() += 1;
        let backlog = if is_for_here { &mut self.here } else { &mut self.away };
        backlog.push(priority.as_ref(), arrival, offer.into_waiting());
        None
    }

    pub(super) fn poll(
        &mut self,
        id: u64,
        identity: &str,
        rate: Option<f32>,
        now: Timestamp,
    ) -> oneshot::Receiver<Offer> {
        self.remember(identity, now);
        if rate.is_some() && self.worker_rate != rate {
            self.worker_rate = rate;
        }
        let (give, given) = oneshot::channel();
        self.waiting.push_back(Poller { id, give });
        given
    }

    pub(super) fn leave(&mut self, poller: u64) {
        self.waiting.retain(|it| it.id != poller);
    }

    /// So many functions of this process have ended, or will not begin.
    pub(super) fn free_places(&mut self, count: usize) {
        self.places_here += count;
    }

    /// This process has a function for the activity; so many of them may run at once, of all activities of the queue.
    pub(super) fn register(&mut self, activity_type: &str, places: usize) {
        if self.functions.is_empty() {
            self.places_here = places;
        }
        self.functions.insert(activity_type.to_owned());
        // What came before there was a function for it, since a restart above all, waits for workers.
        for (arrival, offer) in self.away.extract(|_, offer| offer.activity_type() == activity_type) {
            self.here.push(offer.priority().as_ref(), arrival, offer);
        }
    }

    pub(super) fn configure(&mut self, settings: Arc<TaskQueueSettings>) {
        self.settings = settings;
        self.here.release_all();
        self.away.release_all();
    }

    /// An attempt of this queue is over.
    pub(super) fn end_running(&mut self) {
        self.running = self.running.saturating_sub(1);
    }

    /// Somebody has an attempt who was not given it here.
    pub(super) fn begin_running(&mut self) {
        self.running += 1;
    }

    /// What waited is not wanted any more. It is passed over when its turn comes, or swept out with many others.
    pub(super) fn stop_waiting(&mut self, level: Level, attempts: &Attempts) {
        self.count_down(level);
        self.unwanted += 1;
        if self.unwanted > UNWANTED_MAX + self.counts.values().sum::<usize>() {
            for backlog in [&mut self.here, &mut self.away] {
                drop(backlog.extract(|arrival, offer| !is_waiting(attempts, arrival, offer)));
            }
            self.unwanted = 0;
        }
    }

    /// Hands out what can be, and may. Returned is what functions of this process are to do now.
    pub(super) fn hand_out(&mut self, attempts: &mut Attempts, now: Timestamp) -> Vec<Offer> {
        let mut for_here = Vec::new();
        self.wakes = None;
        while let Some(offer) = self.next(attempts, now) {
            let before = attempts.put(activity(&offer), Place::Running(self.number));
            self.running += 1;
            if let Some(Place::Waiting(_, _, level)) = before {
                self.count_down(level);
            }
            self.count_of_rate(now);
            if self.functions.contains(offer.activity_type()) {
                self.places_here -= 1;
                for_here.push(offer);
            } else if let Some(poller) = self.waiting.pop_front() {
                // Who waits holds the other end, and leaves before letting it go.
                let _ = poller.give.send(offer);
            }
        }
        for_here
    }

    /// The next offer that somebody can take and that the limits let pass. Sets when to look again, if that is known.
    fn next(&mut self, attempts: &Attempts, now: Timestamp) -> Option<Offer> {
        let here = self.here.first_level().filter(|_| self.places_here > 0);
        let away = self.away.first_level().filter(|_| !self.waiting.is_empty());
        if here.is_none() && away.is_none() || self.settings.paused.is_some() {
            return None;
        }
        if self
            .settings
            .concurrency
            .is_some_and(|max| self.running >= max as usize)
        {
            return None;
        }
        if let Some(rate) = self.rate()
            && let Err(Empty(at)) = self.bucket.check(rate, now)
        {
            self.wakes = at;
            return None;
        }
        let mut gate = Gate {
            settings: &self.settings,
            buckets: &mut self.buckets_of_keys,
            attempts,
            now,
        };
        let here_first = away.is_none_or(|away| here.is_some_and(|here| here <= away));
        let (first, second) = match here_first {
            true => ((&mut self.here, here), (&mut self.away, away)),
            false => ((&mut self.away, away), (&mut self.here, here)),
        };
        let mut held_until = None;
        for (backlog, _) in [first, second].into_iter().filter(|(_, level)| level.is_some()) {
            if let Some(offer) = backlog.take(&mut gate) {
                return Some(offer);
            }
            held_until = held_until.into_iter().chain(backlog.next_release()).min();
        }
        self.wakes = held_until;
        None
    }

    fn has_no_limits(&self) -> bool {
        self.rate().is_none() && self.settings.is_default()
    }

    /// The rate that holds: what was set goes before what a worker has named.
    fn rate(&self) -> Option<f32> {
        let set = self.settings.rate.as_ref().map(|rate| rate.per_second);
        set.or(self.worker_rate)
    }

    fn count_of_rate(&mut self, now: Timestamp) {
        if let Some(rate) = self.rate() {
            // It was checked before.
            let _ = self.bucket.take(rate, now);
        }
    }

    fn count_down(&mut self, level: Level) {
        if let Some(count) = self.counts.get_mut(&level) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&level);
            }
        }
    }

    pub(super) fn waiting_offers(&self) -> usize {
        self.counts.values().sum()
    }

    pub(super) const fn running(&self) -> usize {
        self.running
    }

    pub(super) fn describe(&self) -> QueueDescription {
        let latest = self.seen.values().copied().max().unwrap_or_default();
        let of_late = self
            .seen
            .iter()
            .filter(|(_, seen)| latest.since(**seen) <= POLLER_SHOWN_FOR);
        let of_worker = self.settings.rate.is_none();
        QueueDescription {
            waiting: self.counts.clone(),
            running: self.running,
            pollers: of_late.map(|(identity, seen)| (identity.clone(), *seen)).collect(),
            rate: self.rate().map(|per_second| EffectiveRate { per_second, of_worker }),
            settings: self.settings.clone(),
        }
    }

    fn remember(&mut self, identity: &str, now: Timestamp) {
        if self.seen.len() >= POLLERS_REMEMBERED_MAX && !self.seen.contains_key(identity) {
            let silent = self
                .seen
                .iter()
                .min_by_key(|(_, seen)| **seen)
                .map(|(identity, _)| identity.clone());
            silent.map(|identity| self.seen.remove(&identity));
        }
        self.seen.insert(identity.to_owned(), now);
    }
}
