//! Which events a failure speaks of.
//!
//! What a guest fails with names an activity or a child, as guests know no events. Tools are told the events, too.

use super::Writer;
use crate::server::convert::failure_to_wire;
use mainspring_api::temporal::{
    failure::v1::{self as failure, failure::FailureInfo},
    history::v1::history_event::Attributes,
};
use mainspring_core::Failure;

impl Writer<'_> {
    /// A failure of this run. What lies behind that of a child is the child's, and its history is not known here.
    pub(super) fn own_failure(&self, failure: &Failure) -> failure::Failure {
        let mut named = failure_to_wire(failure);
        let mut next = Some(&mut named);
        while let Some(layer) = next {
            match &mut layer.failure_info {
                Some(FailureInfo::ActivityFailureInfo(activity)) => self.name_activity(activity),
                Some(FailureInfo::ChildWorkflowExecutionFailureInfo(child)) => {
                    self.name_child(child);
                    break;
                }
                _ => {}
            }
            next = layer.cause.as_deref_mut();
        }
        named
    }

    /// An id may have been used again: it is the latest activity that a workflow fails of.
    fn name_activity(&self, info: &mut failure::ActivityFailureInfo) {
        let begun = self.latest(|event| match event {
            Attributes::ActivityTaskScheduledEventAttributes(it) => it.activity_id == info.activity_id,
            _ => false,
        });
        let Some(scheduled) = begun else { return };
        info.scheduled_event_id = scheduled;
        let started = self.latest(|event| match event {
            Attributes::ActivityTaskStartedEventAttributes(it) => it.scheduled_event_id == scheduled,
            _ => false,
        });
        info.started_event_id = started.unwrap_or_default();
    }

    fn name_child(&self, info: &mut failure::ChildWorkflowExecutionFailureInfo) {
        info.namespace = self.namespace();
        let Some(execution) = &info.workflow_execution else {
            return;
        };
        let begun = self.latest(|event| match event {
            Attributes::StartChildWorkflowExecutionInitiatedEventAttributes(it) => {
                it.workflow_id == execution.workflow_id
            }
            _ => false,
        });
        let Some(initiated) = begun else { return };
        info.initiated_event_id = initiated;
        let started = self.latest(|event| match event {
            Attributes::ChildWorkflowExecutionStartedEventAttributes(it) => it.initiated_event_id == initiated,
            _ => false,
        });
        info.started_event_id = started.unwrap_or_default();
    }

    fn latest(&self, is_meant: impl Fn(&Attributes) -> bool) -> Option<i64> {
        let mut backwards = self.events.iter().rev();
        let found = backwards.find(|event| event.attributes.as_ref().is_some_and(&is_meant));
        found.map(|event| event.event_id)
    }
}
