//! Messages between schedules and the workflows that they start.

use super::super::Shard;
use super::super::request::{RunError, ScheduleName, Scheduled, StartError, StartRequest, Started, Target};
use crate::store::StoreError;
use crate::wasm::Guests;
use mainspring_core::schedule::{Schedule, ScheduledStart, Stop};
use mainspring_core::{ChildNotStarted, Content, Execution, IdConflictPolicy, Message, Run, RunId, Timestamp};

impl<G: Guests> Shard<G> {
    /// Starts a workflow because it is time, and tells the schedule what came of it.
    pub(in crate::shard) fn start_scheduled(
        &mut self,
        target: Target,
        start: ScheduledStart,
        now: Timestamp,
    ) -> Result<(), RunError> {
        let (namespace, schedule_id, run_id) = (target.namespace.clone(), start.schedule_id.clone(), start.run_id);
        // Told again, it is recognised by its run: another run may have had the workflow id since then.
        let started = match self.load_if_of(run_id, &target.namespace, &target.workflow_id)? {
            true => Ok(Started { run_id, is_new: false }),
            false => self.start(start_request(target, start), now),
        };
        let result = match started {
            Ok(started) => Ok(self.start_time(started.run_id).unwrap_or(now)),
            Err(StartError::AlreadyStarted { .. }) => Err(ChildNotStarted::WorkflowIdInUse),
            Err(error @ (StartError::UnknownWorkflowType { .. } | StartError::Cron(_))) => {
                Err(ChildNotStarted::Refused(error.to_string()))
            }
            Err(StartError::Run(error)) => return Err(error),
        };
        let content = Content::ScheduledStarted { run_id, result };
        self.send(Message::to_schedule(&namespace, &schedule_id, content));
        Ok(())
    }

    /// Tells a schedule something of one of its runs. If it has been deleted, nobody needs to know.
    pub(in crate::shard) fn tell_schedule(
        &mut self,
        target: Target,
        now: Timestamp,
        tell: impl FnOnce(&mut Schedule, Timestamp),
    ) -> Result<(), StoreError> {
        let name = ScheduleName {
            namespace: target.namespace,
            id: target.workflow_id,
        };
        self.change_schedule(&name, now, tell).map(drop)
    }

    fn start_time(&self, run_id: RunId) -> Option<Timestamp> {
        self.residents.get(&run_id).map(|it| it.run().state().start_time())
    }
}

/// Ends a chain that a schedule began, if this run is of it.
pub(in crate::shard) fn stop(
    run: &mut Run,
    schedule_id: &str,
    first_run_id: RunId,
    stop: Stop,
    now: Timestamp,
) -> Option<()> {
    let started = run.state().started();
    if started.first_run_id != first_run_id || started.origin.scheduled_by.as_deref() != Some(schedule_id) {
        return None;
    }
    let identity = identity(schedule_id);
    let stopped = match stop {
        Stop::Cancel => {
            let reason = "cancelled by schedule overlap policy".to_owned();
            run.request_cancel(reason, identity, first_run_id.to_string(), None, now)
                .map(drop)
        }
        Stop::Terminate => {
            let reason = "terminated by schedule overlap policy".to_owned();
            run.terminate(reason, Vec::new(), identity, now)
        }
    };
    stopped.ok()
}

/// How a schedule names itself.
fn identity(schedule_id: &str) -> String {
    format!("schedule {schedule_id}")
}

fn start_request(target: Target, start: ScheduledStart) -> StartRequest {
    let action = *start.action;
    StartRequest {
        namespace: target.namespace,
        execution: Execution {
            workflow_id: target.workflow_id,
            run_id: start.run_id,
        },
        random_seed: start.random_seed,
        workflow_type: action.workflow_type,
        task_queue: action.task_queue,
        input: action.input,
        headers: action.headers,
        timeouts: action.timeouts,
        retry: action.retry,
        cron_schedule: String::new(),
        start_delay: None,
        memo: action.memo,
        search_attributes: action.search_attributes,
        priority: action.priority,
        identity: identity(&start.schedule_id),
        request_id: start.run_id.to_string(),
        summary: action.summary,
        details: action.details,
        reuse: start.reuse,
        conflict: IdConflictPolicy::Fail,
        parentage: None,
        scheduled: Some(Scheduled {
            by: start.schedule_id,
            last_completion: start.last_completion,
            last_failure: start.last_failure,
        }),
    }
}
