//! What operators do to pending activities.

use super::Shard;
use super::request::{ActivityDescription, OperateError, RunError, Target};
use crate::wasm::Guests;
use mainspring_core::{ActivityAction, ActivitySelection, PendingActivity, Refused, RunStarted, Timestamp};

impl<G: Guests> Shard<G> {
    pub(super) fn operate(
        &mut self,
        target: &Target,
        selection: ActivitySelection,
        action: &ActivityAction,
        now: Timestamp,
    ) -> Result<Box<ActivityDescription>, OperateError> {
        let id = self.find(target)?;
        let resident = self.residents.get_mut(&id).ok_or_else(|| target.not_found())?;
        let run = resident.run_mut();
        let selected = run.operate(&selection, action, now).map_err(|refused| match refused {
            Refused::RunClosed => RunError::Closed.into(),
            Refused::ActivityGone => OperateError::UnknownActivity(selection.clone()),
            refused => OperateError::Refused(refused),
        })?;
        let state = run.state();
        let last = selected.last().and_then(|operation| state.activity(*operation));
        let described = last.map(|activity| ActivityDescription::of(activity, state.started()));
        self.stage(id);
        described.map(Box::new).ok_or(OperateError::UnknownActivity(selection))
    }
}

impl ActivityDescription {
    pub(super) fn of(activity: &PendingActivity, run: &RunStarted) -> Self {
        Self {
            activity_id: activity.activity_id(),
            request: activity.request.clone(),
            task_queue: activity.request.task_queue_in(run).to_owned(),
            priority: activity.request.priority_in(run),
            scheduled: activity.scheduled,
            cancel_requested: activity.cancel_requested,
            attempt: activity.attempt.clone(),
            deadline: activity.schedule_to_close_deadline(),
        }
    }
}
