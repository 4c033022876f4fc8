//! Task queues as their users see them, and their order beside a plain model of it.

mod model;
mod offers;
mod order;
mod queues;

use super::{Dispatcher, QueueName, Waiting};
use crate::shard::{Notice, Offer};
use crate::store::TaskQueueSettings;
use mainspring_core::{OperationId, RunId, Timestamp};
use std::sync::Arc;

const QUEUE: &str = "orders";

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + millis)
}

fn queue() -> QueueName {
    QueueName {
        namespace: "default".into(),
        name: QUEUE.into(),
    }
}

fn run(number: u64) -> RunId {
    RunId::from_bytes(u128::from(number).to_be_bytes())
}

fn activity(number: u64) -> (RunId, OperationId) {
    (run(number), OperationId(1))
}

/// Offers that nobody does in this process.
fn offered(dispatcher: &Dispatcher, offers: impl IntoIterator<Item = Offer>, now: Timestamp) {
    let notices = offers.into_iter().map(Notice::Offered).collect();
    assert_eq!(dispatcher.take_in(notices, now), []);
}

fn released(dispatcher: &Dispatcher, number: u64, now: Timestamp) {
    assert_eq!(dispatcher.take_in(vec![Notice::Released(activity(number))], now), []);
}

fn set(dispatcher: &Dispatcher, now: Timestamp, set: impl FnOnce(&mut TaskQueueSettings)) {
    let mut settings = TaskQueueSettings::of("default", QUEUE);
    set(&mut settings);
    dispatcher.configure(Arc::new(settings), now);
}

/// The run whose activity the poll was given, if it was.
fn given(waiting: &mut Waiting) -> Option<u64> {
    let offer = waiting.given.try_recv().ok()?;
    Some(u128::from_be_bytes(*offer.target().execution.run_id.as_bytes()) as u64)
}

/// What polls are given, one after the other, until one must wait.
fn drain(dispatcher: &Dispatcher, now: Timestamp) -> Vec<u64> {
    let poll = || given(&mut dispatcher.poll(queue(), "worker", None, now));
    std::iter::from_fn(poll).collect()
}
