//! What others read of a run's state.

use super::RunState;
use crate::agenda::Subject;
use crate::{
    Job, OperationId, Pause, PayloadMap, PendingActivity, PendingChild, PendingExternal, Phase, RunStarted, RunStatus,
    TakenBefore, Timestamp, UpdateStage,
};
use std::collections::BTreeSet;
use std::sync::Arc;

impl RunState {
    /// What the run was started with. Shared, since whoever hands out its attempts needs some of it.
    pub const fn started(&self) -> &Arc<RunStarted> {
        &self.started
    }

    /// When it was.
    pub const fn start_time(&self) -> Timestamp {
        self.start_time
    }

    /// Whether and how it is closed, and whether it is paused.
    pub const fn status(&self) -> RunStatus {
        match self.paused {
            Some(_) => RunStatus::Paused,
            None => self.status,
        }
    }

    /// Since when it is paused, and by whose wish, if it is.
    pub fn paused(&self) -> Option<(Timestamp, &Pause)> {
        self.paused.as_ref().map(|(since, pause)| (*since, pause))
    }

    /// The key of the latest request to pause the run; empty for none.
    pub fn paused_by(&self) -> &str {
        &self.paused_by
    }

    /// The key of the latest request to let it go on; empty for none.
    pub fn resumed_by(&self) -> &str {
        &self.resumed_by
    }

    /// Events so far.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The moment of the latest event.
    pub const fn last_time(&self) -> Timestamp {
        self.last_time
    }

    /// The id that the next operation gets.
    pub const fn next_operation(&self) -> OperationId {
        OperationId(self.last_operation.0 + 1)
    }

    /// Activities that have not come to their end, oldest first.
    pub fn activities(&self) -> impl ExactSizeIterator<Item = &PendingActivity> {
        self.activities.values().map(Box::as_ref)
    }

    /// The activity of that operation, if it has not come to its end.
    pub fn activity(&self, operation: OperationId) -> Option<&PendingActivity> {
        self.activities.get(&operation).map(Box::as_ref)
    }

    /// The activity of that name within the run, if it has not come to its end.
    pub fn activity_with_id(&self, activity_id: &str) -> Option<OperationId> {
        let named = self.activity_ids.get(activity_id).copied();
        let is_unnamed = |activity: &PendingActivity| activity.request.activity_id.is_none();
        let numbered = OperationId::parse(activity_id).filter(|it| self.activity(*it).is_some_and(is_unnamed));
        named.max(numbered)
    }

    /// Whether the guest gave a name to a pending activity.
    pub(crate) fn has_named_activities(&self) -> bool {
        !self.activity_ids.is_empty()
    }

    /// Whether a worker may take this attempt.
    pub fn may_be_taken(&self, operation: OperationId, number: u32) -> bool {
        let is_ready = |activity: &PendingActivity| {
            let attempt = &activity.attempt;
            attempt.number == number && matches!(attempt.phase, Phase::Ready(_)) && attempt.paused().is_none()
        };
        self.paused.is_none() && self.activity(operation).is_some_and(is_ready)
    }

    /// Whether that operation is a running timer.
    pub fn has_timer(&self, operation: OperationId) -> bool {
        self.timers.contains(&operation)
    }

    /// Running timers, oldest first, and when each is due.
    pub fn timers(&self) -> impl Iterator<Item = (OperationId, Timestamp)> {
        let timers = self.timers.iter().copied();
        timers.filter_map(|operation| Some((operation, self.agenda.moment(Subject::Timer(operation))?)))
    }

    /// Children that have not come to their end, oldest first.
    pub fn children(&self) -> impl ExactSizeIterator<Item = &PendingChild> {
        self.children.values()
    }

    /// The workflow id of a child that was not started.
    pub fn refused_child(&self, operation: OperationId) -> Option<&str> {
        self.refused_children.get(&operation).map(String::as_str)
    }

    /// The child of that operation, if it has not come to its end.
    pub fn child(&self, operation: OperationId) -> Option<&PendingChild> {
        self.children.get(&operation)
    }

    /// The message of that operation, if it has not been answered.
    pub fn external(&self, operation: OperationId) -> Option<&PendingExternal> {
        self.externals.get(&operation)
    }

    /// Messages that have not been answered, oldest first.
    pub fn externals(&self) -> impl ExactSizeIterator<Item = &PendingExternal> {
        self.externals.values()
    }

    /// How far an update is that was accepted.
    pub fn update(&self, update_id: &str) -> Option<&UpdateStage> {
        self.updates.get(update_id)
    }

    /// All updates that were accepted, with how far they are, by their ids.
    pub fn updates(&self) -> impl ExactSizeIterator<Item = (&str, &UpdateStage)> {
        self.updates.iter().map(|(id, stage)| (id.as_str(), stage))
    }

    /// Whether the run takes this path of its code.
    pub fn has_patch(&self, patch_id: &str) -> bool {
        self.patches.contains(patch_id)
    }

    /// The paths of its code that the run takes.
    pub const fn patches(&self) -> &BTreeSet<String> {
        &self.patches
    }

    /// When the execution timeout ends the chain, if it does.
    pub const fn expiration(&self) -> Option<Timestamp> {
        self.expiration
    }

    /// Whether the guest is to be activated: it has not been told everything, need not wait for its beginning, and is
    /// not paused.
    ///
    /// That the moment of its beginning has come leaves no event: a run that was [folded](crate::Run::fold) waits until
    /// [time passes](crate::Run::pass_time).
    pub fn owes_activation(&self) -> bool {
        !self.undelivered.is_empty() && self.has_begun() && self.paused.is_none()
    }

    /// Whether the guest need not wait for its beginning, or not any longer.
    pub fn has_begun(&self) -> bool {
        !self.agenda.has(Subject::Begin)
    }

    /// The guest need not wait for its beginning any longer.
    pub(crate) fn begin_now(&mut self) {
        self.agenda.set(Subject::Begin, None);
    }

    /// What the guest has not been told yet, in order.
    pub fn undelivered(&self) -> &[Job] {
        &self.undelivered
    }

    /// Whether somebody asked the run to cancel itself.
    pub const fn cancel_requested(&self) -> bool {
        self.cancel_requested
    }

    /// Whether a signal with this request id has been recorded, among the latest of the run and those before it.
    pub fn has_signal(&self, request_id: &str) -> bool {
        self.signal_ids.contains(request_id)
    }

    /// Whether the request to cancel that was recorded has this id, or one that the runs before it have taken.
    pub fn was_cancelled_by(&self, request_id: &str) -> bool {
        let before = &self.started.origin.taken_before.cancellation;
        [&self.cancel_request_id, before].contains(&&Some(request_id.to_owned()))
    }

    /// What the run that follows need not take again.
    pub(crate) fn taken(&self) -> TakenBefore {
        let before = &self.started.origin.taken_before.cancellation;
        TakenBefore {
            signals: self.signal_ids.latest(),
            cancellation: self.cancel_request_id.as_ref().or(before.as_ref()).cloned(),
        }
    }

    /// The memo as it is now.
    pub const fn memo(&self) -> &PayloadMap {
        &self.memo
    }

    /// The search attributes as they are now.
    pub const fn search_attributes(&self) -> &PayloadMap {
        &self.search_attributes
    }

    /// When the run must next be told the time, if ever.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(due, _)| due)
    }

    pub(crate) fn first_due(&self) -> Option<(Timestamp, Subject)> {
        self.agenda.first()
    }
}
