use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring_core::schedule::text::{self, CalendarText};
use mainspring_core::schedule::{BackfillRequest, Interval, OverlapPolicy, Patch};
use mainspring_core::{Millis, Timestamp};
use serde_json::json;

/// Of 2026, in UTC.
const NEW_YEAR: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const DAY: u64 = 24 * 3_600_000;

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    // What one run answers, the next one is given.
    ("run-by-schedule", |stage| {
        stage.schedule("daily", "golden_activity", &[json!({ "attempts": 1 })], 10, 2);
        for number in 1..=2 {
            stage.pass(10_000);
            let task = stage.take();
            let _ = stage.complete(&task, &json!(number));
        }
        stage.pass(60_000);
    }),
    ("run-by-schedule-through-a-crash", |stage| {
        stage.schedule("daily", "golden_activity", &[json!({ "attempts": 1 })], 10, 2);
        stage.pass(10_000);
        let task = stage.take();
        stage.crash(15_000);
        let _ = stage.fail(&task, "Hopeless");
        stage.pass(20_000);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("run-by-schedule-of-a-calendar", |stage| {
        stage.set_clock(NEW_YEAR);
        let mut schedule = stage.new_schedule("daily", "golden_leaf", &[json!("completes")]);
        let half_past_six = CalendarText {
            minute: "30",
            hour: "6",
            ..CalendarText::default()
        };
        schedule.spec.calendars = vec![text::calendar(&half_past_six).expect("it is one")];
        schedule.spec.time_zone = "Europe/Berlin".into();
        schedule.spec.jitter = Millis::from_secs(600);
        schedule.activity.remaining = Some(2);
        stage.schedule_as(schedule);
        stage.pass(3 * DAY);
    }),
    ("run-by-schedule-that-is-cancelled-for-the-next", |stage| {
        overlap(stage, OverlapPolicy::CancelOther)
    }),
    ("run-by-schedule-that-is-terminated-for-the-next", |stage| {
        overlap(stage, OverlapPolicy::TerminateOther)
    }),
    ("run-by-schedule-beside-another", |stage| {
        overlap(stage, OverlapPolicy::AllowAll)
    }),
    ("run-by-schedule-that-is-skipped", |stage| {
        overlap(stage, OverlapPolicy::Skip)
    }),
    ("run-by-schedule-that-waits", |stage| {
        overlap(stage, OverlapPolicy::BufferOne)
    }),
    ("runs-by-schedule-that-wait", |stage| {
        overlap(stage, OverlapPolicy::BufferAll)
    }),
    ("run-by-schedule-for-a-time-that-was", |stage| {
        stage.set_clock(NEW_YEAR);
        let mut schedule = stage.new_schedule("hourly", "golden_leaf", &[json!("completes")]);
        schedule.spec.intervals = vec![every(3_600)];
        schedule.activity.paused = true;
        stage.schedule_as(schedule);
        let backfill = BackfillRequest {
            start: Timestamp::from_millis(NEW_YEAR.as_millis() - DAY),
            end: Timestamp::from_millis(NEW_YEAR.as_millis() - DAY + 7_200_000),
            overlap: Some(OverlapPolicy::BufferAll),
        };
        let patch = Patch {
            backfills: vec![backfill],
            ..Patch::default()
        };
        stage.patch_schedule("hourly", patch);
    }),
    ("run-by-schedule-after-a-pause", |stage| {
        stage.schedule("often", "golden_leaf", &[json!("completes")], 10, 2);
        let pause = |paused| Patch {
            pause: Some((paused, "maintenance".into())),
            ..Patch::default()
        };
        stage.patch_schedule("often", pause(true));
        stage.pass(60_000);
        stage.patch_schedule("often", pause(false));
        stage.pass(60_000);
    }),
    ("run-by-schedule-that-pauses-on-failure", |stage| {
        let mut schedule = stage.new_schedule("fragile", "golden_leaf", &[json!("fails")]);
        schedule.spec.intervals = vec![every(10)];
        schedule.policies.pause_on_failure = true;
        stage.schedule_as(schedule);
        stage.pass(60_000);
    }),
    // The server is away for longer than what it may make good.
    ("run-by-schedule-within-its-catch-up-window", |stage| {
        let mut schedule = stage.new_schedule("late", "golden_leaf", &[json!("completes")]);
        schedule.spec.intervals = vec![every(10)];
        schedule.policies.catch_up = Millis::from_secs(15);
        schedule.policies.overlap = OverlapPolicy::AllowAll;
        schedule.activity.remaining = Some(3);
        stage.schedule_as(schedule);
        stage.crash(60_000);
        stage.pass(30_000);
    }),
];

/// Three that are to run at once, each for ever.
fn overlap(stage: &mut Stage, overlap: OverlapPolicy) {
    let schedule = stage.new_schedule("overlapping", "golden_leaf", &[json!("waits")]);
    stage.schedule_as(schedule);
    for number in 1..=3 {
        stage.trigger("overlapping", 10_000 * number, overlap);
    }
    // Those that wait have their turn.
    let _ = stage.terminate("overlapping-1970-01-01T02:46:40Z");
}

fn every(seconds: u64) -> Interval {
    Interval {
        every: Millis::from_secs(seconds),
        phase: Millis::ZERO,
    }
}
