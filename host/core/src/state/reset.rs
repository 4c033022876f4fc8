//! What a reset changes: whose run it is from here on, and what begins anew with it.

use super::{RunState, Transition};
use crate::agenda::Subject;
use crate::{Attempt, Execution, Job, Millis, OperationId, RunId, RunReset, Timestamp};
use std::sync::Arc;

/// A run whose beginning this one has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ancestor {
    run_id: RunId,
    random_seed: (u64, u64),
    /// The last operation that it began before it was reset.
    last_operation: OperationId,
}

/// Under what name an operation was begun, and of which random bits what it begets comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origins {
    pub(crate) run_id: RunId,
    pub(crate) random_seed: (u64, u64),
}

impl RunState {
    pub(super) fn reset(&mut self, time: Timestamp, reset: &RunReset) -> Transition {
        if self.undelivered.is_empty() {
            return Err("a run is reset to where its guest was about to be activated");
        }
        self.ancestors.push(Ancestor {
            run_id: self.started.execution.run_id,
            random_seed: self.started.random_seed,
            last_operation: self.last_operation,
        });
        self.reset_request_id = Some(reset.request_id.clone()).filter(|id| !id.is_empty());
        // The event that both runs begin with stays what it was.
        let started = Arc::make_mut(&mut self.started);
        started.execution.run_id = reset.run_id;
        started.random_seed = reset.random_seed;
        started.module.clone_from(&reset.module);
        self.begin_anew(time);
        self.undelivered.push(Job::RandomReseeded(reset.random_seed));
        Ok(())
    }

    /// Lets all limits of time count from now on, as no attempt at a pending activity has been made in this run. Timers
    /// are due when they would have been.
    fn begin_anew(&mut self, time: Timestamp) {
        self.start_time = time;
        let started = Arc::make_mut(&mut self.started);
        self.expiration = Millis::deadline(started.timeouts.execution, time);
        started.origin.begins = None;
        started.origin.expiration = self.expiration;
        let run_deadline = Millis::deadline(started.timeouts.run, time);
        self.agenda
            .set(Subject::Run, run_deadline.into_iter().chain(self.expiration).min());
        self.agenda.set(Subject::Begin, None);
        let pending: Vec<OperationId> = self.activities.keys().copied().collect();
        for operation in pending {
            self.change_attempt(operation, |activity| {
                activity.scheduled = time;
                activity.attempt = Attempt::first(time);
            });
        }
    }

    /// When the history's first event happened, in whichever run.
    pub const fn original_start_time(&self) -> Timestamp {
        self.original_start_time
    }

    /// Whether the run began at a point of another run's history.
    pub const fn is_reset(&self) -> bool {
        !self.ancestors.is_empty()
    }

    /// The run that took the place of this one, by a reset.
    pub const fn heir(&self) -> Option<RunId> {
        self.heir
    }

    /// The key of the request for the reset that made this run, if it has one.
    pub fn reset_request_id(&self) -> Option<&str> {
        self.reset_request_id.as_deref()
    }

    /// Whether that run began the operation, was then reset, and this one goes on with it.
    pub fn continues(&self, run_id: RunId, operation: OperationId) -> bool {
        let origins = self.origins(operation);
        operation <= self.last_operation && origins.run_id == run_id && run_id != self.started.execution.run_id
    }

    /// The run by whose name others know the operation.
    pub(crate) fn execution_of(&self, operation: OperationId) -> Execution {
        Execution {
            workflow_id: self.started.execution.workflow_id.clone(),
            run_id: self.origins(operation).run_id,
        }
    }

    /// The run that began the operation: it stays known to others under that run's name.
    pub(crate) fn origins(&self, operation: OperationId) -> Origins {
        let ancestor = self.ancestors.iter().find(|it| operation <= it.last_operation);
        ancestor.map_or(
            Origins {
                run_id: self.started.execution.run_id,
                random_seed: self.started.random_seed,
            },
            |it| Origins {
                run_id: it.run_id,
                random_seed: it.random_seed,
            },
        )
    }
}
