//! The numbers by which tools know events.
//!
//! Tools are shown a history in Temporal's shape, where one of our events may be several, or none. What they look like
//! there the server decides; how many they are is counted here, because runs tell each other of events by these
//! numbers, and because lists say how long histories are. A test of the server holds both to each other.

use super::RunState;
use crate::{CancellationType, ChildCancellationType, Event, OperationId, ShownEventId};

impl RunState {
    /// How long the history is as tools are shown it: the number of its last event.
    pub const fn shown_length(&self) -> u64 {
        self.shown_length
    }

    /// The number of the event that follows, where it is shown as one.
    pub(super) const fn next_shown(&self) -> ShownEventId {
        ShownEventId(self.shown_length + 1)
    }

    /// As how many events tools are shown an event that follows.
    pub(super) fn shown_as(&self, event: &Event) -> u64 {
        match event {
            // A workflow task: scheduled, started, and completed or failed.
            Event::Activated(_) | Event::RunReset(_) => 3,
            // The start of an attempt is shown with its end.
            Event::ActivityCompleted { attempt, .. }
            | Event::ActivityFailed { attempt, .. }
            | Event::ActivityTimedOut { attempt, .. }
            | Event::ActivityCancelled { attempt, .. } => 1 + u64::from(attempt.started.is_some()),
            Event::ActivityCancelRequested { operation } => u64::from(self.is_sent_to_activity(*operation)),
            Event::ChildCancelRequested { operation, .. } => u64::from(self.is_sent_to_child(*operation)),
            Event::RunStarted(_)
            | Event::ActivityScheduled { .. }
            | Event::TimerStarted { .. }
            | Event::TimerCancelled { .. }
            | Event::SearchAttributesUpserted(_)
            | Event::MemoUpserted(_)
            | Event::Patched { .. }
            | Event::ChildInitiated { .. }
            | Event::ChildStarted { .. }
            | Event::ChildNotStarted { .. }
            | Event::ChildClosed { .. }
            | Event::ExternalSignalInitiated { .. }
            | Event::ExternalCancelInitiated { .. }
            | Event::ExternalCancelled { .. }
            | Event::ExternalResolved { .. }
            | Event::UpdateAccepted(_)
            | Event::UpdateCompleted { .. }
            | Event::TimerFired { .. }
            | Event::SignalReceived(_)
            | Event::CancelRequested { .. }
            | Event::RunPaused(_)
            | Event::RunResumed(_)
            | Event::RunCompleted { .. }
            | Event::RunFailed { .. }
            | Event::RunCancelled { .. }
            | Event::RunTerminated { .. }
            | Event::RunContinuedAsNew { .. }
            | Event::RunTimedOut { .. } => 1,
        }
    }

    /// To turn one's back on an activity is no message to it.
    fn is_sent_to_activity(&self, operation: OperationId) -> bool {
        let activity = self.activities.get(&operation);
        activity.is_some_and(|activity| activity.request.cancellation != CancellationType::Abandon)
    }

    /// The same of a child.
    fn is_sent_to_child(&self, operation: OperationId) -> bool {
        let child = self.children.get(&operation);
        child.is_some_and(|child| child.request.cancellation != ChildCancellationType::Abandon)
    }
}
