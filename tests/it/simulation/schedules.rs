//! A schedule, and what it starts: as often as it may, each time once, whatever happens in between.

use super::clients::Call;
use super::world::World;
use mainspring::shard::{NewSchedule, Request, ScheduleError, ScheduleName, ScheduleRequest};
use mainspring_core::schedule::{
    Action, Activity, Interval, OverlapPolicy, Patch, Policies, Progress, Schedule, Spec, Trigger,
};
use mainspring_core::{Event, Execution, Millis, Payload, RunStatus, WorkflowTimeouts};
use std::collections::BTreeSet;
use tokio::sync::oneshot::channel;

const NAME: &str = "schedule";

const POLICIES: [OverlapPolicy; 6] = [
    OverlapPolicy::Skip,
    OverlapPolicy::BufferOne,
    OverlapPolicy::BufferAll,
    OverlapPolicy::CancelOther,
    OverlapPolicy::TerminateOther,
    OverlapPolicy::AllowAll,
];

/// One schedule, with who creates it and triggers it once.
pub(super) struct Schedules {
    new: NewSchedule,
    create: Call<u64, ScheduleError>,
    trigger: Call<(), ScheduleError>,
    limit: u64,
}

impl Schedules {
    pub(super) fn new(world: &mut World) -> Self {
        let limit = world.rng.u64(1..5);
        let overlap = *world.rng.choice(&POLICIES).expect("there are some");
        let sleep = world.rng.u64(..3_000);
        let schedule = Schedule {
            namespace: "default".into(),
            id: NAME.into(),
            spec: Spec {
                intervals: vec![Interval {
                    every: Millis::from_secs(world.rng.u64(1..5)),
                    phase: Millis::ZERO,
                }],
                jitter: Millis::new(world.rng.u64(..2_000)),
                ..Spec::default()
            },
            action: Action {
                workflow_id: "scheduled".into(),
                workflow_type: "sleeper".into(),
                task_queue: "queue".into(),
                input: vec![Payload::encoded("json/plain", sleep.to_string())],
                headers: Vec::new(),
                timeouts: WorkflowTimeouts::default(),
                retry: None,
                memo: Vec::new(),
                search_attributes: Vec::new(),
                priority: None,
                summary: None,
                details: None,
            },
            policies: Policies {
                overlap,
                ..Policies::default()
            },
            activity: Activity {
                remaining: Some(limit),
                ..Activity::default()
            },
            memo: Vec::new(),
            search_attributes: Vec::new(),
            created: world.now,
            updated: None,
            revision: 1,
            created_by: "create".into(),
            changed_by: Vec::new(),
            progress: Progress::new((world.rng.u64(..), world.rng.u64(..)), world.now),
        };
        Self {
            new: NewSchedule {
                schedule,
                patch: Patch::default(),
            },
            create: Call::NotMade,
            trigger: Call::NotMade,
            limit,
        }
    }

    /// Whoever has an answer to hear hears it, and does what comes next.
    pub(super) fn act(&mut self, world: &mut World) {
        if let Some(answer) = self.create.poll() {
            answer.unwrap_or_else(|error| panic!("it is not created: {error}"));
        }
        if let Some(answer) = self.trigger.poll() {
            answer.unwrap_or_else(|error| panic!("it is not triggered: {error}"));
        }
        if self.create.is_to_be_made() {
            world.tell(|| "a client creates the schedule".into());
            let (reply, receiver) = channel();
            ask(world, ScheduleRequest::Create(Box::new(self.new.clone()), reply));
            self.create = Call::Made(receiver);
        } else if matches!(self.create, Call::Answered) && self.trigger.is_to_be_made() {
            world.tell(|| "a client triggers the schedule".into());
            let patch = Patch {
                trigger: Some(Trigger::default()),
                request_id: "trigger".into(),
                ..Patch::default()
            };
            let (reply, receiver) = channel();
            ask(world, ScheduleRequest::Patch(Box::new(patch), reply));
            self.trigger = Call::Made(receiver);
        }
    }

    /// Whether it has done all it may, and everything that it started has ended.
    pub(super) fn are_over(&self, world: &World) -> bool {
        let is_done = |schedule: Schedule| {
            schedule.activity.remaining == Some(0)
                && schedule.progress.buffer.is_empty()
                && schedule.progress.running.is_empty()
        };
        matches!(self.trigger, Call::Answered) && stored(world).is_some_and(is_done)
    }

    pub(super) fn check(&self, world: &World) {
        let schedule = stored(world).expect("it is there");
        let progress = &schedule.progress;
        let runs: Vec<_> = world
            .runs()
            .into_iter()
            .filter(|run| run.execution.workflow_id.starts_with("scheduled-"))
            .collect();
        // What it asked for has started, but for a time whose workflow id the trigger took before.
        let started = runs.len() as u64;
        assert_eq!(progress.counts.started, started, "{progress:?}");
        assert!(
            started == progress.asked || started + 1 == progress.asked,
            "{progress:?}"
        );
        // The trigger counts for nothing, and may have been skipped.
        let by_itself = progress.asked - u64::from(progress.asked > self.limit);
        assert_eq!(by_itself, self.limit, "{progress:?}");
        // Nothing is a year late here. It may be a day, and then more wait than may.
        assert_eq!(progress.counts.missed, 0, "{progress:?}");

        let executions: BTreeSet<_> = runs.iter().map(|run| run.execution.run_id).collect();
        assert_eq!(executions.len(), runs.len());
        for taken in &progress.recent {
            let run = runs.iter().find(|run| run.execution == taken.execution);
            let run = run.unwrap_or_else(|| panic!("{taken:?} never was"));
            assert_eq!(run.status, taken.status);
            assert!(started_by_it(world, &run.execution));
        }
        // Those that may not overlap do not.
        if schedule.policies.overlap != OverlapPolicy::AllowAll {
            let mut ends: Vec<_> = runs.iter().map(|run| (run.started, run.closed)).collect();
            ends.sort_unstable();
            for pair in ends.windows(2) {
                assert!(pair[0].1 <= Some(pair[1].0), "{runs:?}");
            }
        }
        let may_be_stopped = matches!(
            schedule.policies.overlap,
            OverlapPolicy::CancelOther | OverlapPolicy::TerminateOther
        );
        let completed = runs.iter().filter(|run| run.status == RunStatus::Completed).count();
        assert!(completed == runs.len() || may_be_stopped, "{runs:?}");
    }
}

fn ask(world: &mut World, request: ScheduleRequest) {
    let name = ScheduleName {
        namespace: "default".into(),
        id: NAME.into(),
    };
    world.ask(Request::Schedule(name, request));
}

fn stored(world: &World) -> Option<Schedule> {
    use mainspring::store::Store;
    world.store.schedule("default", NAME).expect("the model does not fail")
}

fn started_by_it(world: &World, execution: &Execution) -> bool {
    let history = world.history(execution.run_id);
    match history.first().map(|record| &record.event) {
        Some(Event::RunStarted(started)) => started.origin.scheduled_by.as_deref() == Some(NAME),
        _ => false,
    }
}
