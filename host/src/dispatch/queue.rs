//! One task queue.

use super::QueueDescription;
use crate::shard::Offer;
use mainspring_core::{Millis, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;

/// A poller that has not polled for so long is not shown any more.
const POLLER_SHOWN_FOR: Millis = Millis::from_secs(300);
/// Pollers remembered by identity; the one that has been silent for longest is forgotten first.
const POLLERS_REMEMBERED_MAX: usize = 1_000;
/// What an offer without a priority has; 1 goes first, 5 last.
const DEFAULT_PRIORITY: u32 = 3;

/// Invariant: not both offers and waiting pollers.
///
/// Offers are bounded by what shards hold: at most one for each pending activity of an open run.
#[derive(Default)]
pub(super) struct Queue {
    /// By priority, each in the order in which they came.
    backlog: BTreeMap<u32, VecDeque<Offer>>,
    waiting: VecDeque<Poller>,
    seen: BTreeMap<String, Timestamp>,
}

struct Poller {
    id: u64,
    give: oneshot::Sender<Offer>,
}

impl Queue {
    pub(super) fn offer(&mut self, offer: Offer) {
        let mut offer = offer;
        while let Some(poller) = self.waiting.pop_front() {
            match poller.give.send(offer) {
                Ok(()) => return,
                Err(refused) => offer = refused,
            }
        }
        let priority = offer.priority.as_ref().map_or(DEFAULT_PRIORITY, |it| match it.key {
            0 => DEFAULT_PRIORITY,
            key => key,
        });
        self.backlog.entry(priority).or_default().push_back(offer);
    }

    pub(super) fn poll(&mut self, id: u64, identity: &str, now: Timestamp) -> oneshot::Receiver<Offer> {
        self.remember(identity, now);
        let (give, given) = oneshot::channel();
        match self.next() {
            // The receiver is right here.
            Some(offer) => drop(give.send(offer)),
            None => self.waiting.push_back(Poller { id, give }),
        }
        given
    }

    pub(super) fn leave(&mut self, id: u64) {
        self.waiting.retain(|poller| poller.id != id);
    }

    pub(super) fn withdraw(&mut self, activity_type: &str) -> Vec<Offer> {
        let mut withdrawn = Vec::new();
        self.backlog.retain(|_, offers| {
            let (of_type, others) = offers.drain(..).partition(|offer| offer.activity_type == activity_type);
            *offers = others;
            withdrawn.extend::<VecDeque<_>>(of_type);
            !offers.is_empty()
        });
        withdrawn
    }

    pub(super) fn is_idle(&self) -> bool {
        self.backlog.is_empty() && self.waiting.is_empty()
    }

    pub(super) fn describe(&self) -> QueueDescription {
        let latest = self.seen.values().copied().max().unwrap_or_default();
        let of_late = self
            .seen
            .iter()
            .filter(|(_, seen)| latest.since(**seen) <= POLLER_SHOWN_FOR);
        QueueDescription {
            backlog: self.backlog.values().map(VecDeque::len).sum(),
            pollers: of_late.map(|(identity, seen)| (identity.clone(), *seen)).collect(),
        }
    }

    fn next(&mut self) -> Option<Offer> {
        let mut first = self.backlog.first_entry()?;
        let offer = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        offer
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
