//! Requests of clients, one `match` over all.

use super::Shard;
use super::request::{
    ActivityDescription, CancelRequest, Description, Progress, Reply, Request, RunError, Target, Termination,
};
use super::staging::summary_of;
use crate::wasm::Guests;
use mainspring_core::{Refused, RunId, SignalReceived, Timestamp};

/// Callers that may wait for one run's progress at a time; one more is answered at once, and asks again.
const WATCHERS_PER_RUN_MAX: usize = 1_000;

impl<G: Guests> Shard<G> {
    /// Takes one request. What it comes to is seen in later batches, and answered once they are committed.
    pub fn handle(&mut self, request: Request, now: Timestamp) {
        match request {
            Request::Start(start, reply) => {
                let answer = self.start(*start, now);
                self.answer(reply, answer);
            }
            Request::SignalWithStart(start, signal, reply) => {
                let answer = self.signal_with_start(*start, *signal, now);
                self.answer(reply, answer);
            }
            Request::Signal(target, signal, reply) => {
                let answer = self.signal(&target, *signal, now);
                self.answer(reply, answer);
            }
            Request::RequestCancel(target, request, reply) => {
                let answer = self.request_cancel(&target, request, now);
                self.answer(reply, answer);
            }
            Request::Pause(target, pause, reply) => {
                let answer = self.pause_or_resume(&target, |run| run.pause(pause, now));
                self.answer(reply, answer);
            }
            Request::Resume(target, resumption, reply) => {
                let answer = self.pause_or_resume(&target, |run| run.resume(resumption, now));
                self.answer(reply, answer);
            }
            Request::Reset(target, request, reply) => {
                let answer = self.reset(&target, *request, now);
                self.answer(reply, answer);
            }
            Request::Terminate(target, termination, reply) => {
                let answer = self.terminate(&target, termination, now);
                self.answer(reply, answer);
            }
            Request::Delete(target, reply) => {
                let answer = self.delete(&target, now);
                self.answer(reply, answer);
            }
            Request::Query(target, question, reply) => self.query(&target, question, reply, now),
            Request::Update(target, update, reply) => {
                let answer = self.update(&target, *update, now);
                self.answer(reply, answer);
            }
            Request::UpdateWithStart(start, update, reply) => {
                let answer = self.update_with_start(*start, *update, now);
                self.answer(reply, answer);
            }
            Request::CheckUpdate(target, update_id, reply) => {
                let answer = self.find_update(&target, &update_id);
                self.answer(reply, answer);
            }
            Request::AwaitUpdate(target, update_id, reply) => self.await_update(&target, update_id, reply),
            Request::Schedule(name, request) => self.handle_schedule(name, request, now),
            Request::Describe(target, reply) => {
                let answer = self.describe(&target);
                self.answer(reply, answer);
            }
            Request::AwaitProgress(target, beyond, reply) => self.await_progress(&target, beyond, reply),
            Request::Operate(target, selection, action, reply) => {
                let answer = self.operate(&target, selection, &action, now);
                self.answer(reply, answer);
            }
            Request::FindAttempt(target, activity_id, reply) => {
                let answer = self.attempt_of_activity(&target, activity_id);
                self.answer(reply, answer);
            }
            Request::StartAttempt(target, worker, reply) => {
                self.start_attempt((&target).into(), &worker, reply, now);
            }
            Request::EndAttempt(target, outcome, identity, reply) => {
                let answer = self.end_attempt((&target).into(), outcome, identity, now);
                self.answer(reply, answer);
            }
            Request::Heartbeat(target, details, reply) => {
                let answer = self.heartbeat((&target).into(), details, now);
                self.answer(reply, answer);
            }
        }
    }

    fn signal(&mut self, target: &Target, signal: SignalReceived, now: Timestamp) -> Result<(), RunError> {
        let id = self.find(target)?;
        self.change(id, |run| run.signal(signal, now).map(drop))
    }

    fn request_cancel(&mut self, target: &Target, request: CancelRequest, now: Timestamp) -> Result<(), RunError> {
        let id = self.find(target)?;
        self.change(id, |run| {
            run.request_cancel(request.reason, request.identity, request.request_id, None, now)
                .map(drop)
        })
    }

    fn terminate(&mut self, target: &Target, it: Termination, now: Timestamp) -> Result<(), RunError> {
        let id = self.find(target)?;
        self.change(id, |run| run.terminate(it.reason, it.details, it.identity, now))
    }

    fn change(
        &mut self,
        id: RunId,
        change: impl FnOnce(&mut mainspring_core::Run) -> Result<(), Refused>,
    ) -> Result<(), RunError> {
        if let Some(resident) = self.residents.get_mut(&id) {
            change(resident.run_mut()).map_err(|_| RunError::Closed)?;
        }
        self.stage(id);
        Ok(())
    }

    fn describe(&mut self, target: &Target) -> Result<Box<Description>, RunError> {
        let id = self.find(target)?;
        let resident = self.residents.get(&id).ok_or_else(|| target.not_found())?;
        let state = resident.run().state();
        let activities = state.activities();
        let activities = activities.map(|activity| ActivityDescription::of(activity, state.started()));
        Ok(Box::new(Description {
            summary: summary_of(resident.run(), resident.settled.bytes),
            started: state.started().clone(),
            activities: activities.collect(),
            timers: state.timers().collect(),
            children: state.children().cloned().collect(),
            externals: state.externals().cloned().collect(),
            cancel_requested: state.cancel_requested(),
            paused: state.paused().map(|(since, pause)| (since, pause.clone())),
            original_start: state.original_start_time(),
            is_reset: state.is_reset(),
            heir: state.heir(),
            blocked: resident.blocked.clone(),
            type_paused: self.type_pause(id).filter(|_| !state.status().is_closed()),
            current_details: resident.current_details.clone(),
        }))
    }

    fn await_progress(&mut self, target: &Target, beyond: u64, reply: Reply<Result<Progress, RunError>>) {
        let found = self.find(target).map(|id| self.residents.get_mut(&id));
        let resident = match found {
            Ok(Some(resident)) => resident,
            Ok(None) => return self.answer(reply, Err(target.not_found())),
            Err(error) => return self.answer(reply, Err(error)),
        };
        let progress = resident.progress();
        resident.watchers.retain(|(_, reply)| !reply.is_closed());
        let is_full = resident.watchers.len() >= WATCHERS_PER_RUN_MAX;
        if progress.length > beyond || progress.status.is_closed() || is_full {
            // What is durable may be told without waiting for anything.
            let _ = reply.send(Ok(progress));
        } else {
            resident.watchers.push((beyond, reply));
        }
    }
}
