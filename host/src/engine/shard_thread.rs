//! A thread that owns some of the shards.

use super::local::{LocalWorkers, Place, RanHere, StartedHere};
use super::router::Router;
use super::skipping::Rest;
use super::writer::{Failed, HandedOver, IfBusy, Writer};
use super::{Ambient, Message};
use crate::dispatch::Dispatcher;
use crate::shard::{BatchNumber, Mail, Offer, Shard};
use crate::store::ShardId;
use crate::wasm::Guests;
use mainspring_core::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Messages taken in before a batch is handed out: a bound on how long the first one waits for the last. One that has
/// many requests has those of activities that this thread began together.
const MESSAGES_PER_BATCH_MAX: usize = 512;
/// How long the thread sleeps at most. Wall clocks may jump, so a far deadline is not trusted for longer.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// A batch of so many runs takes longer to make than to commit, and would gain little from sharing a commit with others:
/// the thread that made it commits it. On a machine whose cores are all busy, the writer's thread gets its turn later
/// than that takes.
const LARGE_BATCH_RUNS: usize = 64;
/// While so many writes of a thread wait for the writer or are under way, a small one would have to wait for them, too:
/// what comes meanwhile goes together in the next, up to a large batch.
const WRITES_IN_FLIGHT_ENOUGH: usize = 2;
/// wasmtime runs guests on the calling thread's stack, and needs half a megabyte more than they may use.
pub(super) const STACK_BYTES: usize = 4 << 20;

pub(super) struct ShardThread<G: Guests> {
    pub(super) shards: Vec<Shard<G>>,
    pub(super) inbox: Receiver<Message>,
    pub(super) own_sender: Sender<Message>,
    /// Requests in the inbox.
    pub(super) depth: Arc<AtomicUsize>,
    pub(super) writer: Writer,
    /// Writes that the writer has not yet told to be durable.
    pub(super) writes_in_flight: usize,
    /// Messages taken in and batches handed out.
    pub(super) done: u64,
    /// Who asks how the thread stands. They are answered when it has handed out all that it had.
    pub(super) asked: Vec<UnboundedSender<Rest>>,
    /// Whether something was made durable since the shards last did what is due: then there may be more to do.
    pub(super) goes_on: bool,
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
        if self.hand_out(false).is_ok() {
            while self.turn() {}
        }
    }

    /// Takes in what has come, and hands out what it came to. `false` when it is time to stop.
    fn turn(&mut self) -> bool {
        let sleep = if self.goes_on {
            Duration::ZERO
        } else {
            self.time_to_sleep()
        };
        let mut next = match self.inbox.recv_timeout(sleep) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return false,
        };
        let mut has_nothing_else = false;
        for _ in 0..MESSAGES_PER_BATCH_MAX {
            let Some(message) = next.take().or_else(|| self.inbox.try_recv().ok()) else {
                has_nothing_else = true;
                break;
            };
            if !self.take_in(message) {
                return false;
            }
        }
        let handed_out = self.hand_out(has_nothing_else);
        if !self.asked.is_empty() && !self.goes_on {
            self.tell_rest();
        }
        handed_out.is_ok()
    }

    fn tell_rest(&mut self) {
        let rest = Rest {
            done: self.done,
            is_committing: self.writes_in_flight > 0,
            runs_due: self.shards.iter().filter_map(Shard::next_deadline_of_runs).min(),
            schedules_due: self.shards.iter().filter_map(Shard::next_deadline_of_schedules).min(),
        };
        for asker in self.asked.drain(..) {
            // Who has gone needs no answer.
            let _ = asker.send(rest);
        }
    }

    /// Lets every shard do what is due, and makes durable what came of it: here, if the thread has nothing else to do
    /// and one run has it to itself, or very many wait for this. Otherwise the writer's thread commits while this one goes
    /// on, and what several threads hand to it meanwhile goes together. Little that comes while much is under way waits.
    /// Fails if the store has: nothing may be acknowledged any more.
    fn hand_out(&mut self, has_nothing_else: bool) -> Result<(), Failed> {
        let now = self.ambient.now();
        self.goes_on = false;
        self.shards.iter_mut().for_each(|shard| shard.advance(now));
        if self.waits_for_more() {
            return Ok(());
        }
        let outgoing = |shard: &mut Shard<G>| Some((shard.id(), shard.take_batch()?));
        let batches: Vec<_> = self.shards.iter_mut().filter_map(outgoing).collect();
        if batches.is_empty() {
            return Ok(());
        }
        self.done += 1;
        let may_commit = has_nothing_else && self.writes_in_flight == 0;
        let committed = &self.own_sender;
        let handed_over = match batches.iter().map(|(_, outgoing)| outgoing.batch.runs.len()).sum() {
            0..=1 if may_commit => self.writer.commit_or_send(batches, IfBusy::Send, committed),
            LARGE_BATCH_RUNS.. if may_commit => self.writer.commit_or_send(batches, IfBusy::Wait, committed),
            _ => self.writer.send(batches, committed),
        };
        match handed_over? {
            HandedOver::Committed(batches) => {
                self.settle_all(batches);
                self.goes_on = true;
            }
            HandedOver::Waiting => self.writes_in_flight += 1,
        }
        Ok(())
    }

    /// Whether what has been decided is little, and would have to wait anyway. What is told next brings the thread back.
    fn waits_for_more(&self) -> bool {
        let decided = || self.shards.iter().map(Shard::staged).sum::<usize>();
        self.writes_in_flight >= WRITES_IN_FLIGHT_ENOUGH && decided() < LARGE_BATCH_RUNS
    }

    fn take_in(&mut self, message: Message) -> bool {
        if let Message::Rest(asker) = message {
            self.asked.push(asker);
            return true;
        }
        self.done += 1;
        let now = self.ambient.now();
        match message {
            Message::Requests(requests) => {
                self.depth.fetch_sub(requests.len(), Ordering::Relaxed);
                for (id, request) in requests {
                    if let Some(shard) = self.shard_mut(id) {
                        shard.handle(request, now);
                    }
                }
            }
            Message::Mail(id, mail) => {
                if let Some(shard) = self.shard_mut(id) {
                    match mail {
                        Mail::Message { from, number, message } => shard.deliver(from, number, *message, now),
                        Mail::Receipt { number, .. } => shard.forget(number),
                    }
                }
            }
            Message::Committed(batches) => {
                self.writes_in_flight -= 1;
                self.settle_all(batches);
            }
            Message::NamespacesChanged => self.shards.iter_mut().for_each(|shard| shard.namespaces_changed(now)),
            Message::ModulesChanged => self.shards.iter_mut().for_each(|shard| shard.modules_changed(now)),
            // Taken in above.
            Message::Rest(_) => {}
            Message::Stop => return false,
        }
        true
    }

    fn settle_all(&mut self, batches: Vec<(ShardId, BatchNumber)>) {
        let mut started = Vec::new();
        for (id, number) in batches {
            self.settle(id, number, &mut started);
        }
        if started.is_empty() {
            return;
        }
        let RanHere { ended, goes_on } = self.local.run(started);
        let now = self.ambient.now();
        for (id, ended) in ended {
            if let Some(shard) = self.shard_mut(id) {
                ended.tell(shard, now);
            }
        }
        for (id, run) in goes_on {
            if let Some(shard) = self.shard_mut(id) {
                shard.attempt_goes_on_here(run);
            }
        }
    }

    fn settle(&mut self, id: ShardId, number: BatchNumber, started: &mut Vec<StartedHere>) {
        let Some(at) = self.shards.iter().position(|shard| shard.id() == id) else {
            return;
        };
        let now = self.ambient.now();
        let notices = self.shards[at].committed(number, now);
        if !notices.is_empty() {
            let offers = self.dispatcher.take_in(notices, now);
            for (offer, place) in self.local.places(offers) {
                started.extend(self.start_here(at, &offer, place, now));
            }
        }
        self.post(at);
    }

    /// Sends what a shard has for others.
    fn post(&mut self, shard: usize) {
        for mail in self.shards[shard].take_mail() {
            self.router.send_mail(mail);
        }
    }

    /// Starts an attempt that a function of this process is to do; it is yet to be run.
    fn start_here(&mut self, shard: usize, offer: &Offer, place: Place, now: Timestamp) -> Option<StartedHere> {
        let shard = &mut self.shards[shard];
        if let Some(task) = shard.start_attempt_here(offer.target(), place.name(), now) {
            let (shard, task) = (shard.id(), Arc::new(task));
            return Some(StartedHere { shard, place, task });
        }
        place.start_and_run(offer);
        None
    }

    fn shard_mut(&mut self, id: ShardId) -> Option<&mut Shard<G>> {
        self.shards.iter_mut().find(|shard| shard.id() == id)
    }

    fn time_to_sleep(&self) -> Duration {
        let deadline = self.shards.iter().filter_map(Shard::next_deadline).min();
        let until = deadline.map_or(SLEEP_MAX, |due| {
            Duration::from_millis(due.since(self.ambient.now()).get())
        });
        until.min(SLEEP_MAX)
    }
}
