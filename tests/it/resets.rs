//! Runs that go on from an earlier point: on another version of their module, and with a history as long as they come.

use crate::support::embedded::{QUEUE, blocked, describe, event_names, history, load, open, start, target};
use crate::support::patience::{in_time, until};
use futures::{StreamExt, stream};
use mainspring::engine::CallError;
use mainspring::shard::{ActivityTask, AttemptOutcome, ResetError, ResetPoint, ResetRequest, Target};
use mainspring::store::ResetPoint as WhichActivation;
use mainspring::wasm::Question;
use mainspring::{Mainspring, Settings};
use mainspring_core::{Event, NotReset, Payload, Reapply, RunId, RunStatus, SignalReceived};
use serde_json::{Value, json};

/// The run did the second thing first. What it did after the point is undone in its history, and done right.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_went_wrong_goes_on_under_the_mended_module() {
    let mainspring = open(Settings::ephemeral()).await;
    load(&mainspring, "test_guests_swapped").await;
    start(&mainspring, "order_of_calls", "order", &()).await;
    let first = poll(&mainspring).await;
    assert_eq!(first.request.activity_type, "b", "the mistake");
    complete(&mainspring, &first).await;
    let second = poll(&mainspring).await;

    load(&mainspring, "test_guests").await;
    complete(&mainspring, &second).await;
    assert!(blocked(&mainspring, "order").await.contains("at event 3"));

    let base = describe(&mainspring, "order").await.summary.execution.run_id;
    let run = reset(&mainspring, "order", base, 1).await.expect("it is reset");
    for expected in ["a", "b"] {
        let task = poll(&mainspring).await;
        assert_eq!(
            (task.request.activity_type.as_str(), task.target().execution.run_id),
            (expected, run)
        );
        complete(&mainspring, &task).await;
    }
    is_closed_as(&mainspring, "order", RunStatus::Completed).await;
    let known = describe(&mainspring, "order").await;
    assert_eq!((known.summary.execution.run_id, known.is_reset), (run, true));

    let old = mainspring.engine().describe(of(base)).await.expect("it is known");
    assert_eq!((old.summary.status, old.heir), (RunStatus::Terminated, Some(run)));
    let late = mainspring
        .engine()
        .end_attempt(second.target().into(), AttemptOutcome::Completed(None), "late".into());
    late.await.expect_err("its run is over");
}

/// A module that does not agree with what is kept blocks the new run, as it would have blocked the old one.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_must_agree_with_the_module() {
    let mainspring = open(Settings::ephemeral()).await;
    start(&mainspring, "order_of_calls", "order", &()).await;
    let a = poll(&mainspring).await;
    complete(&mainspring, &a).await;
    poll(&mainspring).await;
    let base = describe(&mainspring, "order").await.summary.execution.run_id;

    load(&mainspring, "test_guests_swapped").await;
    reset(&mainspring, "order", base, SECOND_ACTIVATION)
        .await
        .expect("it is reset");
    assert!(blocked(&mainspring, "order").await.contains("at event 3"));
    // So it is reset to before what it does not agree with.
    reset(&mainspring, "order", base, 1).await.expect("it is reset again");
    assert_eq!(poll(&mainspring).await.request.activity_type, "b");
}

/// As a batch does that finds several runs of one workflow id, and repeats what it was at when the server died.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_recognised_when_it_is_asked_for_again_after_that_of_another_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let mainspring = open(Settings::at(directory.path())).await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        let run = start(&mainspring, "chance", "lots", &()).await;
        let _: Value = in_time("it completes", run.result()).await.expect("it completes");
        runs.push(describe(&mainspring, "lots").await.summary.execution.run_id);
    }
    let first = || ResetPoint::Activation(WhichActivation::First);
    let mut copies = Vec::new();
    for run in &runs {
        let copy = reset_as(&mainspring, "lots", *run, first(), &format!("reset of {run}")).await;
        copies.push(copy.expect("it is reset"));
        is_closed_as(&mainspring, "lots", RunStatus::Completed).await;
    }
    for _ in 0..2 {
        for (run, copy) in runs.iter().zip(&copies) {
            let again = reset_as(&mainspring, "lots", *run, first(), &format!("reset of {run}")).await;
            assert_eq!(again.expect("it is recognised"), *copy);
        }
    }
    mainspring.shut_down().await;
    drop(mainspring);

    let mainspring = open(Settings::at(directory.path())).await;
    for (run, copy) in runs.iter().zip(&copies) {
        let again = reset_as(&mainspring, "lots", *run, first(), &format!("reset of {run}")).await;
        assert_eq!(again.expect("it is recognised"), *copy);
    }
    mainspring.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_within_an_activation_is_refused() {
    let mainspring = open(Settings::ephemeral()).await;
    start(&mainspring, "order_of_calls", "order", &()).await;
    poll(&mainspring).await;
    let base = describe(&mainspring, "order").await.summary.execution.run_id;
    for kept in [0, 2, 3, 1_000, usize::MAX] {
        let refused = reset(&mainspring, "order", base, kept).await;
        assert!(
            matches!(
                refused,
                Err(CallError::Refused(ResetError::Point(NotReset::NoActivation)))
            ),
            "{kept}: {refused:?}"
        );
    }
    assert_eq!(describe(&mainspring, "order").await.summary.status, RunStatus::Running);
}

/// The new run has its own chance: what it draws after the point is not what the old one drew.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_draws_new_lots() {
    let mainspring = open(Settings::ephemeral()).await;
    let run = start(&mainspring, "chance", "lots", &()).await;
    let first: Value = in_time("it completes", run.result()).await.expect("it completes");
    let base = describe(&mainspring, "lots").await.summary.execution.run_id;
    for (kept, is_drawn_anew) in [(SECOND_ACTIVATION, false), (1, true)] {
        reset(&mainspring, "lots", base, kept).await.expect("it is reset");
        is_closed_as(&mainspring, "lots", RunStatus::Completed).await;
        let again: Value = mainspring.handle("lots").result().await.expect("it completes");
        for (before, after) in [(&first[1], &again[1]), (&first[2], &again[2])] {
            assert_eq!(before != after, is_drawn_anew, "{first} and {again}");
        }
    }
}

/// Of a run that calls one activity after the other, the place in its history.
const SECOND_ACTIVATION: usize = 4;
const SIGNALS: usize = 50_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_fifty_thousand_events_is_reset() {
    let directory = tempfile::tempdir().expect("a directory");
    let mainspring = open(Settings::at(directory.path())).await;
    start(&mainspring, "collector", "long", &json!(SIGNALS + 1)).await;
    let sent = stream::iter(0..SIGNALS).map(|number| signal(&mainspring, number));
    sent.buffer_unordered(500).collect::<()>().await;
    let asked = mainspring.engine().query(target("long"), everything());
    in_time("it has heard all of them", asked).await.expect("it answers");
    let before = history(&mainspring, "long").await;
    let point = before.iter().rposition(|event| matches!(event, Event::Activated(_)));
    let point = point.expect("it was activated");

    let base = describe(&mainspring, "long").await.summary.execution.run_id;
    let begun = std::time::Instant::now();
    let run = reset(&mainspring, "long", base, point).await.expect("it is reset");
    println!("{} events were reset in {:?}", before.len(), begun.elapsed());
    signal(&mainspring, SIGNALS).await;
    is_closed_as(&mainspring, "long", RunStatus::Completed).await;
    let after = history(&mainspring, "long").await;
    assert_eq!(after[..point], before[..point]);
    mainspring.shut_down().await;
    drop(mainspring);

    // All of it is on the disk.
    let mainspring = open(Settings::at(directory.path())).await;
    let names = event_names(&mainspring, "long").await;
    assert_eq!(names[point], "RunReset");
    assert_eq!(names.last(), Some(&"RunCompleted"));
    let collected: Vec<String> = mainspring.handle("long").result().await.expect("it completed");
    assert_eq!(collected.len(), SIGNALS + 1);
    assert_eq!(describe(&mainspring, "long").await.summary.execution.run_id, run);
    mainspring.shut_down().await;
}

fn everything() -> Question {
    Question {
        name: "collected".into(),
        input: Vec::new(),
        headers: Vec::new(),
    }
}

async fn signal(mainspring: &Mainspring, number: usize) {
    let signal = SignalReceived {
        name: "collect".into(),
        input: vec![Payload::encoded("json/plain", format!("\"{number}\""))],
        headers: Vec::new(),
        identity: "the test".into(),
        request_id: format!("signal-{number}"),
        sender: None,
    };
    let sent = mainspring.engine().signal(target("long"), signal).await;
    sent.expect("the signal is taken");
}

async fn reset(
    mainspring: &Mainspring,
    workflow_id: &str,
    run_id: RunId,
    kept: usize,
) -> Result<RunId, CallError<ResetError>> {
    reset_as(mainspring, workflow_id, run_id, ResetPoint::After(kept), "").await
}

async fn reset_as(
    mainspring: &Mainspring,
    workflow_id: &str,
    run_id: RunId,
    point: ResetPoint,
    request_id: &str,
) -> Result<RunId, CallError<ResetError>> {
    let engine = mainspring.engine();
    let request = ResetRequest {
        point,
        run_id: engine.new_id(),
        random_seed: engine.random_seed(),
        reason: "a mistake".into(),
        identity: "the test".into(),
        request_id: request_id.to_owned(),
        reapply: Reapply {
            signals: true,
            updates: true,
            cancel_requests: true,
        },
    };
    let run = Target {
        run_id: Some(run_id),
        ..target(workflow_id)
    };
    in_time("the reset is answered", engine.reset(run, request)).await
}

async fn is_closed_as(mainspring: &Mainspring, workflow_id: &str, status: RunStatus) {
    let closed = until("the run closes", async || {
        let now = describe(mainspring, workflow_id).await.summary.status;
        now.is_closed().then_some(now)
    });
    assert_eq!(closed.await, status);
}

fn of(run_id: RunId) -> Target {
    Target {
        run_id: Some(run_id),
        ..target("order")
    }
}

async fn poll(mainspring: &Mainspring) -> Box<ActivityTask> {
    let polled = mainspring.engine().poll_activity("default", QUEUE, "the test", None);
    in_time("there is a task", polled).await.expect("the engine runs")
}

async fn complete(mainspring: &Mainspring, task: &ActivityTask) {
    let target = task.target().into();
    let ended = mainspring
        .engine()
        .end_attempt(target, AttemptOutcome::Completed(None), "the test".into());
    ended.await.expect("the report is taken");
}
