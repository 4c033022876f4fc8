//! Schedules, and what they and their runs tell each other.

use super::later::{child_outcomes, execution, not_started};
use super::{failure, map, payload, priority, retry, run};
use crate::store::{Batch, Epoch, ScheduleWrite, ShardId};
use mainspring_core::schedule::*;
use mainspring_core::schedule::{Calendar, Taken};
use mainspring_core::*;
use std::sync::Arc;

/// Each with the name of a golden file of its own: one that has everything, one that has nothing yet.
pub(in crate::store) fn schedules() -> [(&'static str, Schedule); 2] {
    let moment = Timestamp::from_millis;
    let full = Schedule {
        namespace: "default".into(),
        id: "nightly-report".into(),
        spec: spec(),
        action: action(),
        policies: Policies {
            overlap: OverlapPolicy::AllowAll,
            catch_up: Millis::from_secs(60),
            pause_on_failure: true,
            keep_workflow_id: true,
        },
        activity: Activity {
            paused: true,
            notes: "the printer is broken".into(),
            remaining: Some(0),
        },
        memo: map("about"),
        search_attributes: map("Team"),
        created: moment(1_700_000_000_001),
        updated: Some(moment(1_700_000_000_002)),
        revision: u64::MAX,
        created_by: "request-1".into(),
        changed_by: vec!["request-2".into(), "request-3".into()],
        progress: progress(),
    };
    let plain = Schedule {
        id: "hourly-report".into(),
        spec: Spec::default(),
        action: Action {
            input: Vec::new(),
            headers: Vec::new(),
            timeouts: WorkflowTimeouts::default(),
            retry: None,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            summary: None,
            details: None,
            ..action()
        },
        policies: Policies::default(),
        activity: Activity::default(),
        memo: Vec::new(),
        search_attributes: Vec::new(),
        updated: None,
        revision: 1,
        created_by: String::new(),
        changed_by: Vec::new(),
        progress: Progress::new((0, 0), moment(1_700_000_000_001)),
        ..full.clone()
    };
    [("full", full), ("plain", plain)]
}

fn spec() -> Spec {
    let calendar = |first: u32| Calendar {
        second: vec![Range::one(first)],
        minute: vec![Range::all(0, 59), Range::one(7)],
        hour: vec![Range {
            start: 1,
            end: 23,
            step: 2,
        }],
        day_of_month: vec![Range::one(31)],
        month: vec![Range::one(12)],
        year: vec![Range::one(2100)],
        day_of_week: vec![Range::all(0, 6)],
        comment: "after closing time".into(),
    };
    Spec {
        calendars: vec![calendar(0), Calendar::default()],
        intervals: vec![Interval {
            every: Millis::from_secs(3_600),
            phase: Millis::from_secs(60),
        }],
        exclusions: vec![calendar(59)],
        start: Some(Timestamp::from_millis(1)),
        end: Some(Timestamp::from_millis(4_000_000_000_000)),
        jitter: Millis::from_secs(30),
        time_zone: "Europe/Berlin".into(),
        time_zone_rules: bytes::Bytes::from_static(b"TZif2"),
    }
}

fn action() -> Action {
    Action {
        workflow_id: "report".into(),
        workflow_type: "makeReport".into(),
        task_queue: "reports".into(),
        input: vec![payload("1"), payload("{}")],
        headers: map("trace"),
        timeouts: WorkflowTimeouts {
            execution: Some(Millis::from_secs(100)),
            run: Some(Millis::from_secs(50)),
            task: Some(Millis::from_secs(10)),
        },
        retry: Some(retry()),
        memo: map("note"),
        search_attributes: map("Customer"),
        priority: Some(priority()),
        summary: Some(payload("\"the report\"")),
        details: Some(payload("\"of the night\"")),
    }
}

fn progress() -> Progress {
    let moment = Timestamp::from_millis;
    let buffered = |overlap, manual| Buffered {
        nominal: moment(1_700_000_001_000),
        due: moment(1_700_000_001_500),
        overlap,
        manual,
    };
    let backfill = |overlap| Backfill {
        handled: moment(1_600_000_000_000),
        end: moment(1_600_000_100_000),
        overlap,
    };
    let running = |number, is_started, stop| Running {
        execution: execution("report-2024-01-01T00:00:00Z", number),
        due: moment(1_700_000_000_500),
        is_started,
        overlaps: !is_started,
        stop,
    };
    Progress {
        random_seed: (3, u64::MAX),
        asked: 300,
        handled: moment(1_700_000_001_000),
        buffer: vec![
            buffered(None, false),
            buffered(Some(OverlapPolicy::Skip), true),
            buffered(Some(OverlapPolicy::BufferOne), true),
            buffered(Some(OverlapPolicy::BufferAll), true),
        ],
        backfills: vec![
            backfill(None),
            backfill(Some(OverlapPolicy::CancelOther)),
            backfill(Some(OverlapPolicy::TerminateOther)),
        ],
        running: vec![
            running(1, true, Some(Stop::Cancel)),
            running(2, true, Some(Stop::Terminate)),
            running(3, false, None),
        ],
        refused: vec![running(5, false, None)],
        recent: vec![
            taken(RunStatus::Running),
            taken(RunStatus::Completed),
            taken(RunStatus::TimedOut),
        ],
        counts: Counts {
            started: 1,
            missed: 200,
            overlapped: 3,
            dropped: 4,
        },
        last_completion: Some(payload("42")),
        last_failure: Some(failure()),
        last_refusal: Some("workflow \"report\" was not started".into()),
    }
}

fn taken(status: RunStatus) -> Taken {
    Taken {
        execution: execution("report-2024-01-01T00:00:00Z", 4),
        due: Timestamp::from_millis(1_700_000_000_500),
        started: Timestamp::from_millis(1_700_000_000_600),
        status,
    }
}

/// Every kind of message, each with the name of a golden file of its own.
pub(in crate::store) fn messages_of_schedules() -> Vec<(&'static str, Content)> {
    let mut contents = vec![
        (
            "start-scheduled",
            Content::StartScheduled(Box::new(ScheduledStart {
                schedule_id: "nightly-report".into(),
                action: Box::new(action()),
                run_id: run(8),
                random_seed: (7, u64::MAX),
                reuse: IdReusePolicy::RejectDuplicate,
                last_completion: Some(payload("42")),
                last_failure: Some(failure()),
            })),
        ),
        (
            "scheduled-started",
            Content::ScheduledStarted {
                run_id: run(8),
                result: Ok(Timestamp::from_millis(1_700_000_000_600)),
            },
        ),
        ("stop-scheduled-cancel", stop(Stop::Cancel)),
        ("stop-scheduled-terminate", stop(Stop::Terminate)),
    ];
    let names = ["scheduled-not-started-in-use", "scheduled-not-started-refused"];
    let causes = not_started().into_iter().map(|(_, cause)| Content::ScheduledStarted {
        run_id: run(8),
        result: Err(cause),
    });
    contents.extend(names.into_iter().zip(causes));
    let outcomes = child_outcomes()
        .into_iter()
        .map(|(_, outcome)| Content::ScheduledClosed {
            first_run_id: run(8),
            outcome,
        });
    let names = [
        "scheduled-closed-completed",
        "scheduled-closed-completed-empty",
        "scheduled-closed-failed",
        "scheduled-closed-cancelled",
        "scheduled-closed-terminated",
        "scheduled-closed-timed-out",
    ];
    contents.extend(names.into_iter().zip(outcomes));
    contents
}

fn stop(stop: Stop) -> Content {
    Content::StopScheduled {
        schedule_id: "nightly-report".into(),
        first_run_id: run(8),
        stop,
    }
}

/// A batch that keeps and forgets schedules, and has nothing else.
pub(in crate::store) fn schedules_batch() -> Batch {
    let kept = schedules().map(|(_, schedule)| ScheduleWrite {
        namespace: schedule.namespace.clone(),
        id: schedule.id.clone(),
        schedule: Some(Arc::new(schedule)),
    });
    let forgotten = ScheduleWrite {
        namespace: "default".into(),
        id: "weekly-report".into(),
        schedule: None,
    };
    Batch {
        shard: ShardId(3),
        epoch: Epoch(70_000),
        runs: Vec::new(),
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: kept.into_iter().chain([forgotten]).collect(),
    }
}
