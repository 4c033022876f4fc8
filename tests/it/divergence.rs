//! A module whose code no longer does what a history says: the run is blocked, told why, and waits for the right one.

use crate::support::embedded::{QUEUE, blocked, describe, event_names, load, open, start};
use crate::support::patience::{in_time, until};
use mainspring::shard::{ActivityTask, AttemptOutcome};
use mainspring::{Mainspring, Settings};

const WORKER: &str = "the test";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_order_of_calls_is_reported_and_mended_by_the_right_module() {
    let mainspring = open(Settings::ephemeral()).await;
    let run = start(&mainspring, "order_of_calls", "changed", &()).await;
    let a = poll(&mainspring).await;
    assert_eq!(a.request.activity_type, "a");

    load(&mainspring, "test_guests_swapped").await;
    complete(&mainspring, &a).await;

    let reason = blocked(&mainspring, "changed").await;
    let (divergence, backtrace) = split(&reason);
    insta::assert_snapshot!(divergence, @r"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
      ≠ activity type: recorded a, asked b
        input: recorded none, asked none
    ");
    assert!(
        backtrace.contains("test_guests.wasm!"),
        "it does not say where in the guest:\n{reason}"
    );

    // What came from outside is kept; what the guest would have asked is not there.
    let until_a = ["RunStarted", "Activated", "ActivityScheduled", "ActivityCompleted"];
    assert_eq!(event_names(&mainspring, "changed").await, until_a);

    // Everybody else is served, by the same module.
    let other = start(&mainspring, "steps", "other", &3).await;
    assert_eq!(
        in_time("others are served", other.result::<u32>())
            .await
            .expect("it completes"),
        3
    );

    // Still blocked, however often it is tried.
    let tries = describe(&mainspring, "changed")
        .await
        .blocked
        .expect("it is still blocked")
        .tries;
    until("it is tried again", async || {
        let blocked = describe(&mainspring, "changed")
            .await
            .blocked
            .expect("it stays blocked");
        (blocked.tries > tries).then_some(())
    })
    .await;
    assert_eq!(event_names(&mainspring, "changed").await, until_a);

    load(&mainspring, "test_guests").await;
    let b = poll(&mainspring).await;
    assert_eq!(b.request.activity_type, "b");
    assert_eq!(describe(&mainspring, "changed").await.blocked, None);
    complete(&mainspring, &b).await;
    in_time("the run goes on by itself", run.result::<()>())
        .await
        .expect("it completes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_behind_where_the_run_stands_is_found_when_it_matters() {
    let mainspring = open(Settings::ephemeral()).await;
    let run = start(&mainspring, "order_of_calls", "changed", &()).await;
    let a = poll(&mainspring).await;
    complete(&mainspring, &a).await;
    let b = poll(&mainspring).await;

    load(&mainspring, "test_guests_swapped").await;
    complete(&mainspring, &b).await;
    assert!(blocked(&mainspring, "changed").await.contains("at event 3"));

    // The answer that came while the run was blocked is not lost.
    load(&mainspring, "test_guests").await;
    in_time("the run goes on by itself", run.result::<()>())
        .await
        .expect("it completes");
}

/// What diverged, and the guest's functions that asked.
fn split(reason: &str) -> (&str, &str) {
    let backtrace = reason
        .find("\n    0:")
        .or_else(|| reason.find("\n   0:"))
        .unwrap_or(reason.len());
    reason.split_at(backtrace)
}

async fn poll(mainspring: &Mainspring) -> Box<ActivityTask> {
    let polled = mainspring.engine().poll_activity("default", QUEUE, WORKER, None);
    in_time("there is a task", polled).await.expect("the engine runs")
}

async fn complete(mainspring: &Mainspring, task: &ActivityTask) {
    let ended = mainspring
        .engine()
        .end_attempt(task.target().into(), AttemptOutcome::Completed(None), WORKER.into());
    ended.await.expect("the report is taken");
}
