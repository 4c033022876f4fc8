//! Requests of workers: attempts taken, reported on, and ended.

use super::request::{
    ActivityTask, AttemptError, AttemptOutcome, AttemptRef, AttemptTarget, Reply, RunError, Target, Worker,
};
use super::residency::Resident;
use super::staging::Owed;
use super::{Notice, Shard};
use crate::wasm::Guests;
use mainspring_core::{HeartbeatAnswer, OperationId, Payload, Phase, Place, RunId, Timestamp};

impl<G: Guests> Shard<G> {
    pub(super) fn attempt_of_activity(
        &mut self,
        target: &Target,
        activity_id: String,
    ) -> Result<AttemptTarget, AttemptError> {
        let id = self.find(target)?;
        let resident = self.residents.get(&id).ok_or_else(|| target.not_found())?;
        let state = resident.run().state();
        if state.status().is_closed() {
            return Err(RunError::Closed.into());
        }
        let operation = state.activity_with_id(&activity_id);
        let Some(activity) = operation.and_then(|operation| state.activity(operation)) else {
            return Err(AttemptError::UnknownActivity(activity_id));
        };
        Ok(AttemptTarget {
            namespace: target.namespace.clone(),
            execution: state.started().execution.clone(),
            operation: activity.operation,
            attempt: activity.attempt.number,
        })
    }

    pub(super) fn start_attempt(
        &mut self,
        target: AttemptRef<'_>,
        worker: &Worker,
        reply: Reply<Result<Box<ActivityTask>, AttemptError>>,
        now: Timestamp,
    ) {
        let (activity, attempt) = ((target.execution.run_id, target.operation), target.attempt);
        let started = self.try_start_attempt(target, worker, now);
        if started.is_ok() {
            self.stage(activity.0);
        }
        match started {
            // A worker of another process may act on the task at once, so its start must be durable before.
            Ok((task, true)) => self.owe(Owed::HandOver(Box::new(task), reply)),
            Ok((task, false)) => self.hand_over(Box::new(task), reply, now),
            Err(error) => {
                // Whoever hands out attempts takes it for running, which it is only if another worker has it.
                if let Some(nobody_has_it) = self.unless_on_its_way(activity, attempt) {
                    self.owe(Owed::Notice(nobody_has_it));
                }
                drop(reply.send(Err(error)));
            }
        }
    }

    /// Nothing to tell if another worker has it, or if there is a later attempt: whatever made that has told so, and may have
    /// offered it, which must not be taken back.
    fn unless_on_its_way(&self, activity: (RunId, OperationId), attempt: u32) -> Option<Notice> {
        let (run, operation) = activity;
        let is_on_its_way = self.residents.get(&run).is_some_and(|resident| {
            let pending = resident.run().state().activity(operation);
            has_started(resident, operation) || pending.is_some_and(|it| it.attempt.number != attempt)
        });
        (!is_on_its_way).then_some(Notice::Released(activity))
    }

    /// Starts an attempt in this process. The task comes back at once where its start need not be durable first. Nobody keeps
    /// its time yet: most are over at once, and whoever runs it says that [it is](Self::attempt_ended_here), or that [it
    /// goes on](Self::attempt_goes_on_here), before anything else is asked of the shard.
    pub fn start_attempt_here(
        &mut self,
        target: AttemptRef<'_>,
        worker: &Worker,
        now: Timestamp,
    ) -> Option<ActivityTask> {
        let id = target.execution.run_id;
        let activity = self.residents.get(&id)?.run().state().activity(target.operation)?;
        if activity.runs_at_most_once() {
            return None;
        }
        self.try_start_attempt(target, worker, now).ok().map(|(task, _)| task)
    }

    /// An attempt at an activity of that run, which was [started here](Self::start_attempt_here), is not over at once.
    pub fn attempt_goes_on_here(&mut self, run: RunId) {
        self.stage(run);
    }

    /// An attempt that was [started here](Self::start_attempt_here) is over.
    pub fn attempt_ended_here(
        &mut self,
        target: AttemptRef<'_>,
        outcome: AttemptOutcome,
        identity: String,
        now: Timestamp,
    ) {
        // Refused if the activity has ended meanwhile; then nobody needs it any more.
        let _ = self.end_attempt(target, outcome, identity, now);
    }

    /// The task, and whether its start is part of the next batch. The caller stages it.
    fn try_start_attempt(
        &mut self,
        target: AttemptRef<'_>,
        worker: &Worker,
        now: Timestamp,
    ) -> Result<(ActivityTask, bool), AttemptError> {
        let id = self.find_attempt(target)?;
        let Some(resident) = self.residents.get_mut(&id) else {
            return Err(gone(target));
        };
        let ready_since = match resident
            .run()
            .state()
            .activity(target.operation)
            .map(|it| it.attempt.phase)
        {
            Some(Phase::Ready(since)) => since,
            _ => now,
        };
        let run = resident.run_mut();
        run.start_attempt(target.operation, target.attempt, &worker.identity, worker.place, now)?;
        let state = run.state();
        let Some(activity) = state.activity(target.operation) else {
            return Err(gone(target));
        };
        let is_durable_first = worker.place == Place::Remote || activity.runs_at_most_once();
        let task = ActivityTask {
            run: state.started().clone(),
            operation: target.operation,
            number: target.attempt,
            request: activity.request.clone(),
            scheduled: activity.scheduled,
            attempt: activity.attempt.count(),
            attempt_scheduled: ready_since,
            started: now,
            heartbeat: activity.attempt.heartbeat.clone(),
        };
        Ok((task, is_durable_first))
    }

    /// Gives a worker its task; if it is gone, the attempt is offered to others.
    pub(super) fn hand_over(
        &mut self,
        task: Box<ActivityTask>,
        reply: Reply<Result<Box<ActivityTask>, AttemptError>>,
        now: Timestamp,
    ) {
        if let Err(Ok(task)) = reply.send(Ok(task)) {
            // Refused only if the activity has ended meanwhile; then nobody needs it any more.
            let _ = self.end_attempt(task.target(), AttemptOutcome::Returned, String::new(), now);
        }
    }

    pub(super) fn end_attempt(
        &mut self,
        target: AttemptRef<'_>,
        outcome: AttemptOutcome,
        identity: String,
        now: Timestamp,
    ) -> Result<(), AttemptError> {
        let id = self.find_attempt(target)?;
        let Some(resident) = self.residents.get_mut(&id) else {
            return Err(gone(target));
        };
        let run = resident.run_mut();
        let (operation, attempt) = (target.operation, target.attempt);
        match outcome {
            AttemptOutcome::Completed(output) => run.complete_activity(operation, attempt, output, identity, now)?,
            AttemptOutcome::Failed(failure, last_heartbeat) => {
                if !last_heartbeat.is_empty() {
                    run.heartbeat(operation, attempt, last_heartbeat, now)?;
                }
                run.fail_activity(operation, attempt, *failure, identity, now)?;
            }
            AttemptOutcome::Cancelled(details) => run.cancel_activity(operation, attempt, details, identity, now)?,
            AttemptOutcome::Returned => run.return_attempt(operation, attempt, now)?,
        }
        self.stage(id);
        Ok(())
    }

    pub(super) fn heartbeat(
        &mut self,
        target: AttemptRef<'_>,
        details: Vec<Payload>,
        now: Timestamp,
    ) -> Result<HeartbeatAnswer, AttemptError> {
        let id = self.find_attempt(target)?;
        let Some(resident) = self.residents.get_mut(&id) else {
            return Err(gone(target));
        };
        let had_it = has_started(resident, target.operation);
        let answer = resident
            .run_mut()
            .heartbeat(target.operation, target.attempt, details, now)?;
        // Here it was on offer, and a worker of an earlier process has it.
        let activity = resident.run().state().activity(target.operation).filter(|_| !had_it);
        let taken = activity.map(|activity| Notice::taken(resident, activity));
        self.stage(id);
        if let Some(taken) = taken {
            self.owe(Owed::Notice(taken));
        }
        Ok(answer)
    }

    fn find_attempt(&mut self, target: AttemptRef<'_>) -> Result<RunId, AttemptError> {
        let execution = target.execution;
        if self.load_if_of(execution.run_id, target.namespace, &execution.workflow_id)? {
            Ok(execution.run_id)
        } else {
            Err(gone(target))
        }
    }
}

fn has_started(resident: &Resident, operation: OperationId) -> bool {
    let activity = resident.run().state().activity(operation);
    activity.is_some_and(|it| it.attempt.started().is_some())
}

fn gone(target: AttemptRef<'_>) -> AttemptError {
    Target::of(target.namespace, target.execution).not_found().into()
}
