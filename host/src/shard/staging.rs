//! What a shard has decided and not yet handed out, and what waits for it to be durable.

use super::delivering::{Mail, MessageNumber};
use super::request::{ActivityTask, AttemptError, Progress, Reply, RunError, ScheduleName};
use super::residency::head_of;
use super::scheduling::StagedSchedules;
use super::{Notice, Offer, Shard, pause_info};
use crate::store::{Batch, RunSummary, RunWrite, format::Chunk};
use crate::wasm::Guests;
use mainspring_core::{Attempt, Effect, Message, OperationId, Record, RunId, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Numbers a shard's batches, from 1.
pub type BatchNumber = u64;

/// A batch to be made durable.
#[derive(Debug)]
pub struct Outgoing {
    /// To be given back to [`Shard::committed`], in order.
    pub number: BatchNumber,
    /// What is to be made durable.
    pub batch: Batch,
}

/// What the world is owed once a batch is durable.
pub(super) enum Owed {
    /// An answer.
    Answer(Box<dyn FnOnce() + Send>),
    /// An attempt for the worker that took it.
    HandOver(Box<ActivityTask>, Reply<Result<Box<ActivityTask>, AttemptError>>),
    /// An attempt for whoever will take it.
    Offer(RunId, OperationId, u32),
    /// Something for another shard.
    Mail(Mail),
    /// Something for whoever hands out attempts.
    Notice(Notice),
}

/// Invariant: `in_flight` is in the order of the batch numbers.
#[derive(Default)]
pub(super) struct Staging {
    runs: BTreeMap<RunId, StagedRun>,
    outbox: Vec<(MessageNumber, Option<Message>)>,
    deletions: Vec<RunId>,
    pub(super) schedules: StagedSchedules,
    owed: Vec<Owed>,
    in_flight: VecDeque<InFlight>,
    last_number: BatchNumber,
}

#[derive(Default)]
struct StagedRun {
    events: Vec<Record>,
    /// Most steps forget one and keep none, and a map of small entries is cheap to make.
    attempts: BTreeMap<OperationId, Option<Box<Attempt>>>,
}

struct InFlight {
    number: BatchNumber,
    /// Each run with its new events' count.
    runs: Vec<(RunId, usize)>,
    deletions: Vec<RunId>,
    schedules: Vec<ScheduleName>,
    owed: Vec<Owed>,
}

impl Staging {
    fn is_empty(&self) -> bool {
        self.runs.is_empty()
            && self.outbox.is_empty()
            && self.deletions.is_empty()
            && self.schedules.is_empty()
            && self.owed.is_empty()
    }

    pub(super) fn keep_message(&mut self, number: MessageNumber, message: Message) {
        self.outbox.push((number, Some(message)));
    }

    pub(super) fn delete(&mut self, id: RunId) {
        self.deletions.push(id);
    }

    pub(super) fn forget_message(&mut self, number: MessageNumber) {
        self.outbox.push((number, None));
    }
}

impl<G: Guests> Shard<G> {
    /// Takes over what a run has staged, and sees to what it needs next.
    pub(super) fn stage(&mut self, id: RunId) {
        let Some(resident) = self.residents.get_mut(&id) else {
            return;
        };
        let step = resident.run_mut().take_step();
        let state = resident.run().state();
        // One that is about to be tried again has no later moment yet.
        let is_due = self.ready.contains(&id);
        let retry = resident
            .blocked
            .as_ref()
            .filter(|_| !is_due && !state.status().is_closed())
            .map(|blocked| blocked.next_try);
        self.agenda
            .set(id, state.next_deadline().into_iter().chain(retry).min());
        if state.owes_activation() && resident.blocked.is_none() {
            self.ready.insert(id);
        }
        let closed = state.last_time();
        if step.events.is_empty() && step.attempts.is_empty() && step.effects.is_empty() {
            return;
        }
        let is_new = resident.is_new();
        let staged = self.staging.runs.entry(id).or_default();
        for record in &step.events {
            // What was kept of an attempt goes with its activity. Of a run that was reset, nothing was.
            match ended_activity(&record.event) {
                Some(operation) if is_new => drop(staged.attempts.remove(&operation)),
                Some(operation) => {
                    staged.attempts.insert(operation, None);
                    self.staging.owed.push(Owed::Notice(Notice::Released((id, operation))));
                }
                None => {}
            }
        }
        for (operation, attempt) in &step.attempts {
            if attempt.started().is_none() {
                self.staging.owed.push(Owed::Notice(Notice::Released((id, *operation))));
            }
        }
        staged.attempts.extend(
            step.attempts
                .into_iter()
                .map(|(operation, attempt)| (operation, Some(Box::new(attempt)))),
        );
        match staged.events.is_empty() {
            true => staged.events = step.events,
            false => staged.events.extend(step.events),
        }
        for message in step.messages {
            self.send(message);
        }
        if let Some(successor) = step.successor {
            self.succeed(successor, closed);
        }
        for effect in step.effects {
            match effect {
                Effect::OfferActivity(operation, attempt) => {
                    self.staging.owed.push(Owed::Offer(id, operation, attempt))
                }
                Effect::AnnounceClose(_) => {
                    drop(self.cache.take(&id));
                    self.let_go(id);
                    // Nothing is tried any more, and nothing keeps it in memory.
                    self.residents.block(id, None);
                    self.staging.owed.push(Owed::Notice(Notice::RunClosed(id)));
                    self.tell_update_watchers(id, None);
                }
                Effect::AnnounceUpdate(update_id) => self.tell_update_watchers(id, Some(&update_id)),
            }
        }
    }

    /// Whether the run is part of the next batch.
    pub(super) fn has_staged(&self, id: RunId) -> bool {
        self.staging.runs.contains_key(&id)
    }

    /// What the run has done since the last batch.
    pub(super) fn staged_events(&self, id: RunId) -> &[Record] {
        self.staging.runs.get(&id).map_or(&[], |staged| &staged.events)
    }

    /// Answers once all that the shard has decided so far is durable.
    pub(super) fn answer<T: Send + 'static>(&mut self, reply: Reply<T>, answer: T) {
        if reply.is_closed() {
            return;
        }
        self.owe_answer(move || {
            // Nobody may be waiting any more, and that is fine.
            let _ = reply.send(answer);
        });
    }

    pub(super) fn owe_answer(&mut self, answer: impl FnOnce() + Send + 'static) {
        self.owe(Owed::Answer(Box::new(answer)));
    }

    pub(super) fn owe(&mut self, owed: Owed) {
        self.staging.owed.push(owed);
    }

    /// How many runs the next batch changes or deletes so far, or how many are owed something for it, whichever is most.
    pub fn staged(&self) -> usize {
        let Staging {
            runs, owed, deletions, ..
        } = &self.staging;
        runs.len().max(owed.len()).max(deletions.len())
    }

    /// Hands out what has been decided since the last time, if anything has.
    pub fn take_batch(&mut self) -> Option<Outgoing> {
        if self.staging.is_empty() {
            return None;
        }
        self.residents.begin_batch();
        let staged = std::mem::take(&mut self.staging.runs);
        let mut writes = Vec::with_capacity(staged.len());
        let mut touched = Vec::with_capacity(staged.len());
        for (id, run) in staged {
            touched.push((id, run.events.len()));
            writes.push(self.write_of(id, run));
        }
        let schedules = self.staging.schedules.take_writes();
        self.staging.last_number += 1;
        let number = self.staging.last_number;
        let deletions = std::mem::take(&mut self.staging.deletions);
        // The next batch will owe about as much.
        let next_owed = Vec::with_capacity(self.staging.owed.len());
        self.staging.in_flight.push_back(InFlight {
            number,
            runs: touched,
            deletions: deletions.clone(),
            schedules: schedules.iter().map(ScheduleName::of_write).collect(),
            owed: std::mem::replace(&mut self.staging.owed, next_owed),
        });
        Some(Outgoing {
            number,
            batch: Batch {
                shard: self.id,
                epoch: self.epoch,
                runs: writes,
                outbox: std::mem::take(&mut self.staging.outbox),
                deletions,
                schedules,
            },
        })
    }

    fn write_of(&mut self, id: RunId, staged: StagedRun) -> RunWrite {
        let resident = self
            .residents
            .get_mut(&id)
            .expect("a run with something staged stays in memory");
        let is_new = resident.is_new();
        let chunk = (!staged.events.is_empty()).then(|| Chunk::encode(&staged.events));
        resident.settled.bytes += chunk.as_ref().map_or(0, Chunk::size_bytes);
        resident.batches_in_flight += 1;
        let shows = |record: &Record| is_shown(&record.event);
        let summary = staged
            .events
            .iter()
            .any(shows)
            .then(|| Arc::new(summary_of(resident.run(), resident.settled.bytes)));
        resident.unsettled.extend(staged.events);
        let head = head_of(resident.run(), resident.settled.bytes);
        let attempts = staged.attempts.into_iter();
        RunWrite {
            run: id,
            chunk,
            head,
            attempts: attempts
                .map(|(operation, attempt)| (operation, attempt.map(|it| *it)))
                .collect(),
            summary,
            becomes_current: is_new && self.is_newest(id),
        }
    }

    /// Whether no later run has the run's workflow id: one that begins and is followed within a batch never was current.
    fn is_newest(&self, id: RunId) -> bool {
        let started = self.residents.get(&id).map(|resident| resident.run().state().started());
        started.is_some_and(|it| self.residents.current(&it.namespace, &it.execution.workflow_id) == Some(id))
    }

    /// The batch is durable, and so are all before it: pays what is owed. Returns what is to be told to whoever hands out
    /// attempts.
    pub fn committed(&mut self, number: BatchNumber, now: Timestamp) -> Vec<Notice> {
        let mut notices = Vec::new();
        while self
            .staging
            .in_flight
            .front()
            .is_some_and(|batch| batch.number <= number)
        {
            let Some(batch) = self.staging.in_flight.pop_front() else {
                break;
            };
            for (id, events) in batch.runs {
                self.settle(id, events);
            }
            notices.reserve(batch.owed.len());
            for schedule in batch.schedules {
                self.staging.schedules.settle(&schedule);
            }
            for owed in batch.owed {
                match owed {
                    Owed::Answer(answer) => answer(),
                    Owed::HandOver(task, reply) => self.hand_over(task, reply, now),
                    Owed::Mail(mail) => self.mail.push(mail),
                    Owed::Offer(id, operation, attempt) => {
                        let resident = self.residents.get(&id);
                        let offer = resident.and_then(|resident| Offer::of(resident, operation, attempt));
                        notices.extend(offer.map(Notice::Offered));
                    }
                    Owed::Notice(notice) => notices.push(notice),
                }
            }
            for id in batch.deletions {
                self.has_left(id);
            }
        }
        self.make_room();
        notices
    }

    fn settle(&mut self, id: RunId, events: usize) {
        let Some(resident) = self.residents.get_mut(&id) else {
            return;
        };
        resident.batches_in_flight -= 1;
        let last = resident.unsettled.drain(..events).last();
        resident.settled.length += events as u64;
        if let Some(last) = last
            && !resident.watchers.is_empty()
        {
            let mut progress = resident.progress();
            if progress.status.is_closed() {
                progress.end = Some(Arc::new(last.event));
            }
            answer_watchers(&mut resident.watchers, &progress);
        }
    }
}

fn answer_watchers(watchers: &mut Vec<(u64, Reply<Result<Progress, RunError>>)>, progress: &Progress) {
    let is_done = |beyond| progress.length > beyond || progress.status.is_closed();
    for (_, reply) in watchers.extract_if(.., |(beyond, _)| is_done(*beyond)) {
        let _ = reply.send(Ok(progress.clone()));
    }
}

fn ended_activity(event: &mainspring_core::Event) -> Option<OperationId> {
    use mainspring_core::Event;
    match event {
        Event::ActivityCompleted { attempt, .. }
        | Event::ActivityFailed { attempt, .. }
        | Event::ActivityTimedOut { attempt, .. }
        | Event::ActivityCancelled { attempt, .. } => Some(attempt.operation),
        _ => None,
    }
}

/// Whether the event changes what lists show.
fn is_shown(event: &mainspring_core::Event) -> bool {
    use mainspring_core::Event;
    matches!(
        event,
        Event::RunStarted(_)
            | Event::MemoUpserted(_)
            | Event::SearchAttributesUpserted(_)
            | Event::RunPaused(_)
            | Event::RunResumed(_)
    ) || event.closes_as().is_some()
}

/// What lists show of a run whose history takes so many bytes.
pub(super) fn summary_of(run: &mainspring_core::Run, history_bytes: u64) -> RunSummary {
    let state = run.state();
    let started = state.started();
    RunSummary {
        namespace: started.namespace.clone(),
        execution: started.execution.clone(),
        workflow_type: started.workflow_type.clone(),
        task_queue: started.task_queue.clone(),
        status: state.status(),
        started: state.start_time(),
        closed: state.status().is_closed().then(|| state.last_time()),
        history_length: state.shown_length(),
        transitions: state.length(),
        history_bytes,
        memo: state.memo().clone(),
        search_attributes: pause_info::search_attributes(state),
        start_request_id: started.request_id.clone(),
        reset_request_id: state.reset_request_id().map(str::to_owned),
        first_run_id: started.first_run_id,
        begins: started.origin.begins,
        parent: started.origin.parent.as_ref().map(|parent| parent.execution.clone()),
        root: started.origin.root.clone(),
    }
}
