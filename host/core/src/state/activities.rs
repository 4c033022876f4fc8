//! Transitions of activities; and their attempts, which leave no events.

use super::{RunState, Transition};
use crate::agenda::Subject;
use crate::{
    ActivityFailure, AttemptEnd, CancellationType, Failure, FailureInfo, FailureLayer, Job, OperationId, Payload,
    PendingActivity, Resolution, RetryState,
};

impl RunState {
    pub(super) fn cancel_activity(&mut self, operation: OperationId) -> Transition {
        let activity = self
            .activities
            .get_mut(&operation)
            .ok_or("there is no such pending activity")?;
        if activity.cancel_requested || activity.guest_told {
            return Err("its cancellation was requested before");
        }
        activity.cancel_requested = activity.request.cancellation != CancellationType::Abandon;
        activity.guest_told = activity.request.cancellation != CancellationType::WaitCancellationCompleted;
        if activity.guest_told {
            // Who runs it now is known to no event, so a replayed guest could not be told.
            let failure = cancelled(activity, "", Vec::new());
            self.undelivered
                .push(Job::ActivityResolved(operation, Resolution::Cancelled(failure)));
        }
        Ok(())
    }

    pub(super) fn end_activity(
        &mut self,
        end: &AttemptEnd,
        resolution: impl FnOnce(&PendingActivity) -> Resolution,
    ) -> Transition {
        let activity = self
            .activities
            .remove(&end.operation)
            .ok_or("there is no such pending activity")?;
        if let Some(name) = &activity.request.activity_id
            && self.activity_ids.get(name) == Some(&end.operation)
        {
            self.activity_ids.remove(name);
        }
        self.agenda.set(Subject::Activity(end.operation), None);
        if !activity.guest_told {
            self.undelivered
                .push(Job::ActivityResolved(end.operation, resolution(&activity)));
        }
        Ok(())
    }

    /// Changes a pending activity's attempt, and keeps its deadline right.
    pub(crate) fn change_attempt(&mut self, operation: OperationId, change: impl FnOnce(&mut PendingActivity)) {
        if let Some(activity) = self.activities.get_mut(&operation) {
            change(activity);
            activity.follow_options();
            self.refresh_deadline(operation);
        }
    }

    pub(super) fn refresh_deadline(&mut self, operation: OperationId) {
        let is_held = self.paused.is_some();
        let due = self.activities.get(&operation).and_then(|it| it.next_due(is_held));
        self.agenda.set(Subject::Activity(operation), due.map(|(at, _)| at));
    }
}

/// What the guest is told of an activity that did not succeed. It may depend on nothing that is not in the history:
/// the attempt's own data is not, so the identity comes from the event.
pub(super) fn activity_failure(
    activity: &PendingActivity,
    identity: &str,
    retry_state: RetryState,
    cause: Failure,
) -> Failure {
    cause.wrapped_in(FailureLayer::of_engine(
        "activity error",
        FailureInfo::Activity(ActivityFailure {
            activity_type: activity.request.activity_type.clone(),
            activity_id: activity.activity_id(),
            identity: identity.to_owned(),
            retry_state,
        }),
    ))
}

pub(super) fn cancelled(activity: &PendingActivity, identity: &str, details: Vec<Payload>) -> Failure {
    let cause = Failure::new(FailureLayer::of_engine(
        "activity cancelled",
        FailureInfo::Cancelled(details),
    ));
    activity_failure(activity, identity, RetryState::CancelRequested, cause)
}
