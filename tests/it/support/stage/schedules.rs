//! Schedules on a stage.

use super::Stage;
use super::clients::{Answer, json};
use mainspring::shard::{NewSchedule, Request, ScheduleError, ScheduleName, ScheduleRequest};
use mainspring_core::schedule::{Action, Activity, Interval, Patch, Policies, Progress, Schedule, Spec};
use mainspring_core::{Millis, WorkflowTimeouts};
use serde_json::Value;
use tokio::sync::oneshot::channel;

impl Stage {
    /// Starts a workflow of the schedule's name every so many seconds, so many times.
    pub(crate) fn schedule(&mut self, id: &str, workflow_type: &str, arguments: &[Value], every: u64, times: u64) {
        let schedule = Schedule {
            namespace: "default".into(),
            id: id.into(),
            spec: Spec {
                intervals: vec![Interval {
                    every: Millis::from_secs(every),
                    phase: Millis::ZERO,
                }],
                ..Spec::default()
            },
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
            activity: Activity {
                remaining: Some(times),
                ..Activity::default()
            },
            memo: Vec::new(),
            search_attributes: Vec::new(),
            created: self.now,
            updated: None,
            revision: 1,
            created_by: format!("creation of {id}"),
            changed_by: Vec::new(),
            progress: Progress::new((5, 6), self.now),
        };
        let name = ScheduleName {
            namespace: schedule.namespace.clone(),
            id: schedule.id.clone(),
        };
        let new = NewSchedule {
            schedule,
            patch: Patch::default(),
        };
        let (reply, answer) = channel();
        self.ask(Request::Schedule(name, ScheduleRequest::Create(Box::new(new), reply)));
        Answer::<u64, ScheduleError>(answer).get().expect("it is created");
    }
}
