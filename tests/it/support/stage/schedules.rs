//! Schedules on a stage.

use super::Stage;
use super::clients::{Answer, json};
use mainspring::shard::{NewSchedule, Request, ScheduleError, ScheduleName, ScheduleRequest};
use mainspring_core::schedule::{
    Action, Activity, Interval, OverlapPolicy, Patch, Policies, Progress, Schedule, Spec, Trigger,
};
use mainspring_core::{Millis, Timestamp, WorkflowTimeouts};
use serde_json::Value;
use tokio::sync::oneshot::channel;

impl Stage {
    /// Starts a workflow of the schedule's name every so many seconds, so many times.
    pub(crate) fn schedule(&mut self, id: &str, workflow_type: &str, arguments: &[Value], every: u64, times: u64) {
        let mut schedule = self.new_schedule(id, workflow_type, arguments);
        schedule.spec.intervals = vec![Interval {
            every: Millis::from_secs(every),
            phase: Millis::ZERO,
        }];
        schedule.activity.remaining = Some(times);
        self.schedule_as(schedule);
    }

    /// One that starts a workflow of its own name when it is told to.
    pub(crate) fn new_schedule(&self, id: &str, workflow_type: &str, arguments: &[Value]) -> Schedule {
        Schedule {
            namespace: "default".into(),
            id: id.into(),
            spec: Spec::default(),
            action: Action {
                workflow_id: id.into(),
                workflow_type: workflow_type.into(),
                task_queue: "work".into(),
                input: arguments.iter().map(json).collect(),
                headers: Vec::new(),
                timeouts: WorkflowTimeouts::default(),
                retry: None,
                memo: Vec::new(),
                search_attributes: Vec::new(),
                priority: None,
                summary: None,
                details: None,
            },
            policies: Policies::default(),
            activity: Activity::default(),
            memo: Vec::new(),
            search_attributes: Vec::new(),
            created: self.now,
            updated: None,
            revision: 1,
            created_by: format!("creation of {id}"),
            changed_by: Vec::new(),
            progress: Progress::new((5, 6), self.now),
        }
    }

    pub(crate) fn schedule_as(&mut self, schedule: Schedule) {
        let name = name_of(&schedule.id);
        let new = NewSchedule {
            schedule,
            patch: Patch::default(),
        };
        let (reply, answer) = channel();
        self.ask(Request::Schedule(name, ScheduleRequest::Create(Box::new(new), reply)));
        Answer::<u64, ScheduleError>(answer).get().expect("it is created");
    }

    pub(crate) fn patch_schedule(&mut self, id: &str, patch: Patch) {
        let (reply, answer) = channel();
        let request = ScheduleRequest::Patch(Box::new(patch), reply);
        self.ask(Request::Schedule(name_of(id), request));
        Answer::<(), ScheduleError>(answer).get().expect("it is patched");
    }

    /// Has it act for that moment, in seconds since 1970.
    pub(crate) fn trigger(&mut self, id: &str, seconds: u64, overlap: OverlapPolicy) {
        let trigger = Trigger {
            overlap: Some(overlap),
            scheduled_for: Some(Timestamp::from_millis(1_000 * seconds)),
        };
        let patch = Patch {
            trigger: Some(trigger),
            ..Patch::default()
        };
        self.patch_schedule(id, patch);
    }
}

fn name_of(id: &str) -> ScheduleName {
    ScheduleName {
        namespace: "default".into(),
        id: id.into(),
    }
}
