//! Guests that do what no guest may: each is blocked with its reason, loses nothing, and harms nobody.

use crate::support::embedded::{blocked, describe, event_names, open, start};
use crate::support::patience::in_time;
use mainspring::Settings;
use mainspring::embedded::SendError;
use mainspring::engine::CallError;
use mainspring::shard::QueryError;
use mainspring_core::{Millis, RunStatus};
use std::time::Duration;

/// Limits that are quick to reach.
fn limited() -> Settings {
    let mut settings = Settings::ephemeral();
    settings.wasm.limits.memory_bytes_max = 32 << 20;
    settings.wasm.limits.call_time_max = Some(Duration::from_secs(1));
    settings
}

/// Limits that let a guest get as far as a million futures.
fn generous() -> Settings {
    let mut settings = Settings::ephemeral();
    settings.wasm.limits.memory_bytes_max = 1 << 30;
    settings.wasm.limits.call_time_max = Some(Duration::from_secs(30));
    settings
}

/// The workflow is blocked with all of these words, and another one is served while it is.
async fn check(settings: Settings, workflow_type: &str, argument: &impl serde::Serialize, words: &[&str]) {
    let mainspring = open(settings).await;
    start(&mainspring, workflow_type, "bad", argument).await;
    let good = start(&mainspring, "steps", "good", &20).await;

    let reason = blocked(&mainspring, "bad").await;
    for word in words {
        assert!(reason.contains(word), "{word:?} is missing in the reason:\n{reason}");
    }
    assert_eq!(
        in_time("others are served", good.result::<u32>())
            .await
            .expect("it completes"),
        20
    );

    // Blocked is not failed, and what went wrong is no part of the history.
    assert_eq!(describe(&mainspring, "bad").await.summary.status, RunStatus::Running);
    let before = ["RunStarted", "Activated", "ActivityScheduled", "ActivityCompleted"];
    assert_eq!(event_names(&mainspring, "bad").await, before);

    // Nor can it keep anybody from being rid of it.
    mainspring
        .handle("bad")
        .terminate("enough")
        .await
        .expect("a blocked run can be terminated");
    let described = describe(&mainspring, "bad").await;
    assert_eq!(described.summary.status, RunStatus::Terminated);
    // What is blocked stays in memory, and is tried again. What is closed need not.
    assert_eq!(described.blocked, None);
    assert_eq!(mainspring.engine().blocked(&described.summary), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_without_end() {
    check(limited(), "spin", &(), &["did not return within 1s"]).await;
}

/// While it runs, others wait: so it runs seldom. What fails at once is tried again soon.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_had_to_be_stopped_is_tried_again_late() {
    let mainspring = open(limited()).await;
    start(&mainspring, "spin", "spins", &()).await;
    start(&mainspring, "panics", "panics", &"at once").await;
    let wait = async |workflow_id| {
        blocked(&mainspring, workflow_id).await;
        let blocked = describe(&mainspring, workflow_id).await.blocked.expect("it is blocked");
        blocked.next_try.since(blocked.since)
    };
    assert!(wait("spins").await >= Millis::from_secs(30));
    assert!(wait("panics").await < Millis::from_secs(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn recursion_without_end() {
    check(limited(), "recurse", &(), &["stack is exhausted", "deeper"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_without_end() {
    check(limited(), "hog", &(), &["needs more than 32 MiB of memory"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_commands() {
    check(
        generous(),
        "flood",
        &(),
        &["more than 20000 commands in one activation"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic() {
    check(
        limited(),
        "panics",
        &"the stars are wrong",
        &["the stars are wrong", "misbehaving.rs"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_writes() {
    let mainspring = open(limited()).await;
    let run = start(&mainspring, "query_that_writes", "asked", &()).await;

    // A command is refused; nothing of it is left.
    let refused = run
        .query::<bool>("command", &())
        .await
        .expect_err("a query may issue no command");
    let SendError::Call(CallError::Refused(QueryError::Blocked(reason))) = refused else {
        panic!("refused in another way: {refused}")
    };
    assert!(reason.contains("query"), "{reason}");
    assert_eq!(event_names(&mainspring, "asked").await, ["RunStarted", "Activated"]);
    assert_eq!(
        describe(&mainspring, "asked").await.blocked,
        None,
        "the run itself is well"
    );

    // A changed state is seen by queries at most, never by the run.
    for _ in 0..3 {
        assert!(run.query::<u32>("ask", &()).await.expect("it answers") >= 1);
    }
    run.signal("finish", &()).await.expect("it is taken");
    assert_eq!(in_time("it ends", run.result::<u32>()).await.expect("it completes"), 0);
}
