//! A thread that owns some of the shards.

use super::local::{LocalWorkers, Placement, StartedHere};
use super::router::Router;
use super::writer::Write;
use super::{Ambient, Message};
use crate::dispatch::Dispatcher;
use crate::shard::{BatchNumber, Mail, Offer, Shard};
use crate::store::ShardId;
use crate::wasm::Guests;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender};
use std::time::Duration;

/// Messages taken in before a batch is handed out: a bound on how long the first one waits for the last.
const MESSAGES_PER_BATCH_MAX: usize = 512;
/// How long the thread sleeps at most. Wall clocks may jump, so a far deadline is not trusted for longer.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// wasmtime runs guests on the calling thread's stack, and needs half a megabyte more than they may use.
pub(super) const STACK_BYTES: usize = 4 << 20;

pub(super) struct ShardThread<G: Guests> {
    pub(super) shards: Vec<Shard<G>>,
    pub(super) inbox: Receiver<Message>,
    pub(super) own_sender: Sender<Message>,
    /// Requests in the inbox.
    pub(super) depth: Arc<AtomicUsize>,
    pub(super) writer: SyncSender<Write>,
    pub(super) dispatcher: Dispatcher,
    pub(super) local: LocalWorkers,
    pub(super) router: Router,
    pub(super) ambient: Arc<dyn Ambient>,
}

impl<G: Guests> ShardThread<G> {
    pub(super) fn run(mut self) {
        // Messages that had not arrived when the last process ended.
        for at in 0..self.shards.len() {
            self.post(at);
        }
        // What the shards owe since they were opened waits for nobody.
        if self.hand_out() {
            while self.turn() {}
        }
    }

    /// Takes in what has come, and hands out what it came to. `false` when it is time to stop.
    fn turn(&mut self) -> bool {
        let first = match self.inbox.recv_timeout(self.time_to_sleep()) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let mut next = first;
        for _ in 0..MESSAGES_PER_BATCH_MAX {
            let Some(message) = next.take().or_else(|| self.inbox.try_recv().ok()) else {
                break;
            };
            if !self.take_in(message) {
                return false;
            }
        }
        self.hand_out()
    }

    /// Lets every shard do what is due, and gives the writer what came of it. `false` if the writer has failed:
    /// nothing may be acknowledged any more.
    fn hand_out(&mut self) -> bool {
        let now = self.ambient.now();
        let mut batches = Vec::new();
        for shard in &mut self.shards {
            shard.advance(now);
            batches.extend(shard.take_batch().map(|outgoing| (shard.id(), outgoing)));
        }
        if batches.is_empty() {
            return true;
        }
        let committed = self.own_sender.clone();
        self.writer.send(Write { batches, committed }).is_ok()
    }

    fn take_in(&mut self, message: Message) -> bool {
        let now = self.ambient.now();
        match message {
            Message::Request(id, request) => {
                self.depth.fetch_sub(1, Ordering::Relaxed);
                if let Some(shard) = self.shards.iter_mut().find(|shard| shard.id() == id) {
                    shard.handle(request, now);
                }
            }
            Message::Mail(id, mail) => {
                if let Some(shard) = self.shards.iter_mut().find(|shard| shard.id() == id) {
                    match mail {
                        Mail::Message { from, number, message } => shard.deliver(from, number, *message, now),
                        Mail::Receipt { number, .. } => shard.forget(number),
                    }
                }
            }
            Message::Committed(batches) => {
                let mut started = Vec::new();
                for (id, number) in batches {
                    self.settle(id, number, &mut started);
                }
                if !started.is_empty() {
                    self.local.run(started);
                }
            }
            Message::ModulesChanged => self.shards.iter_mut().for_each(|shard| shard.modules_changed(now)),
            Message::Stop => return false,
        }
        true
    }

    fn settle(&mut self, id: ShardId, number: BatchNumber, started: &mut Vec<StartedHere>) {
        let Some(at) = self.shards.iter().position(|shard| shard.id() == id) else {
            return;
        };
        let now = self.ambient.now();
        for offer in self.shards[at].committed(number, now) {
            started.extend(self.place(at, offer));
        }
        self.post(at);
    }

    /// Sends what a shard has for others.
    fn post(&mut self, shard: usize) {
        for mail in self.shards[shard].take_mail() {
            self.router.send_mail(mail);
        }
    }

    /// Gives an offer to who can take it; an attempt that thereby started in this process is yet to be run.
    fn place(&mut self, shard: usize, offer: Offer) -> Option<StartedHere> {
        match self.local.place(offer) {
            Placement::Here(worker, offer) => {
                let now = self.ambient.now();
                let shard = &mut self.shards[shard];
                if let Some(task) = shard.start_attempt_here(&offer.target, worker.identity(), now) {
                    return Some(StartedHere { worker, task });
                }
                worker.start_and_run(offer);
            }
            Placement::Waits => {}
            Placement::Elsewhere(offer) => self.dispatcher.offer(offer),
        }
        None
    }

    fn time_to_sleep(&self) -> Duration {
        let deadline = self.shards.iter().filter_map(Shard::next_deadline).min();
        let until = deadline.map_or(SLEEP_MAX, |due| {
            Duration::from_millis(due.since(self.ambient.now()).get())
        });
        until.min(SLEEP_MAX)
    }
}
