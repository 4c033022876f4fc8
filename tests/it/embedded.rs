//! The engine inside a Rust program.

use crate::support::embedded::{QUEUE, describe, event_names, frugal, load, open, start, start_with};
use crate::support::patience::{in_time, until};
use mainspring::embedded::{ResultError, failure, non_retryable_failure};
use mainspring::{Failure, Mainspring, Settings};
use mainspring_core::{FailureInfo, FailureLayer, Payload, Phase, TimeoutKind};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Semaphore;

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_ten_lines() {
    let mainspring = Mainspring::open(frugal(Settings::ephemeral()))
        .await
        .expect("the engine opens");
    load(&mainspring, "order_workflow").await;
    mainspring.activity("orders", "validateOrder", async |_, order_id: String| {
        match order_id.as_str() {
            "o-1" => Ok(json!({"orderId": order_id, "customer": "Ada", "amountCents": 4200, "items": []})),
            _ => Err(non_retryable_failure(
                "UnknownOrder",
                format!("there is no order {order_id}"),
            )),
        }
    });
    let charged = |_, _: Value| async { Ok::<_, Failure>(json!({"chargeId": "ch-1", "amountCents": 4200})) };
    mainspring.activity("orders", "chargeCard", charged);
    let shipped = |_, _: Value| async { Ok::<_, Failure>(json!({"trackingNumber": "track-1"})) };
    mainspring.activity("orders", "createShipment", shipped);
    mainspring.activity("orders", "updateInventory", async |_, _: Value| Ok::<_, Failure>(()));
    mainspring.activity("orders", "sendConfirmation", async |_, _: Value| Ok::<_, Failure>(()));

    let order = mainspring
        .workflow("processOrder", "order-1")
        .task_queue("orders")
        .start(&"o-1")
        .await;
    let receipt = in_time("it ends", order.expect("it starts").result::<Value>())
        .await
        .expect("it completes");
    assert_eq!(
        receipt,
        json!({"orderId": "o-1", "chargeId": "ch-1", "trackingNumber": "track-1"})
    );

    let unknown = mainspring
        .workflow("processOrder", "order-2")
        .task_queue("orders")
        .start(&"o-2")
        .await;
    let refused = in_time("it ends", unknown.expect("it starts").result::<Value>())
        .await
        .expect_err("it fails");
    assert!(refused.to_string().contains("there is no order o-2"), "{refused}");
    mainspring.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_is_tried_again_until_it_succeeds() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "flaky", async |context, _: Value| {
        match context.target().attempt {
            attempt @ 1..=2 => Err(failure("Flaky", format!("attempt {attempt} fails"))),
            attempt => Ok(attempt),
        }
    });
    assert_eq!(
        call(&mainspring, "flaky", 5).await.expect("the third attempt succeeds"),
        3
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_is_tried_no_more_often_than_allowed() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "hopeless", async |context, _: Value| {
        Err::<(), _>(failure(
            "Hopeless",
            format!("attempt {} fails", context.target().attempt),
        ))
    });
    let failed = call(&mainspring, "hopeless", 2).await.expect_err("no attempt succeeds");
    assert!(failed.to_string().contains("attempt 2 fails"), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_an_activity_is_a_failure_of_the_attempt() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "panics", async |context, _: Value| {
        match context.target().attempt {
            1 => panic!("the first attempt panics"),
            attempt => Ok::<_, Failure>(attempt),
        }
    });
    assert_eq!(
        call(&mainspring, "panics", 2)
            .await
            .expect("the second attempt succeeds"),
        2
    );
}

/// What many runs do at the same moment goes another way to the disk than what few do.
#[tokio::test(flavor = "multi_thread")]
async fn many_runs_at_once_do_each_step_once() {
    const RUNS: u32 = 300;
    const STEPS: u32 = 20;
    let home = TempDir::new().expect("there is room");
    let settings = || {
        let mut settings = frugal(Settings::at(home.path()));
        settings.wasm.limits.instances_max = RUNS;
        settings
    };
    let mainspring = Mainspring::open(settings()).await.expect("the engine opens");
    load(&mainspring, "test_guests").await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    mainspring.activity(QUEUE, "noop", move |_, number: u32| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move { Ok::<_, Failure>(number) }
    });
    let ids: Vec<String> = (0..RUNS).map(|at| format!("many-{at}")).collect();
    let runs = ids.iter().map(|id| async {
        let run = start(&mainspring, "steps", id, &STEPS).await;
        run.result::<u32>().await.expect("it completes")
    });
    let results = in_time("all end", futures::future::join_all(runs)).await;
    assert!(results.iter().all(|steps| *steps == STEPS), "{results:?}");
    assert_eq!(calls.load(Ordering::Relaxed), RUNS * STEPS);
    mainspring.shut_down().await;
    drop(mainspring);

    let again = Mainspring::open(settings()).await.expect("the engine opens");
    for id in &ids {
        let events = event_names(&again, id).await;
        let ends = events.iter().filter(|name| **name == "ActivityCompleted").count();
        assert_eq!(ends, STEPS as usize, "{id}: {events:?}");
        assert_eq!(events.last(), Some(&"RunCompleted"), "{id}");
    }
    again.shut_down().await;
}

/// Quick functions run where their shard does; what does not end at once there must end all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_was_quick_may_wait_or_panic() {
    const STEPS: u32 = 60;
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "noop", async |context, number: u32| {
        match (number, context.task().attempt) {
            (40, _) => tokio::time::sleep(Duration::from_millis(20)).await,
            (50, 1) => panic!("not the first time"),
            _ => {}
        }
        Ok::<_, Failure>(number)
    });
    let run = start(&mainspring, "steps", "quick", &STEPS).await;
    let done = in_time("it ends", run.result::<u32>()).await.expect("it completes");
    assert_eq!(done, STEPS);
}

/// The time of an attempt is kept wherever it runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_was_quick_and_never_ends_times_out() {
    const STEPS: u32 = 42;
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "noop", async |context, number: u32| {
        if (number, context.task().attempt) == (40, 1) {
            std::future::pending::<()>().await;
        }
        Ok::<_, Failure>(number)
    });
    let run = start(&mainspring, "hasty_steps", "quick", &STEPS).await;
    let done = in_time("it ends", run.result::<u32>()).await.expect("it completes");
    assert_eq!(done, STEPS);
}

async fn call(mainspring: &Mainspring, activity_type: &str, attempts: u32) -> Result<u32, ResultError> {
    start_call(mainspring, activity_type, attempts).await;
    in_time("it ends", mainspring.handle("calling").result()).await
}

async fn start_call(mainspring: &Mainspring, activity_type: &str, attempts: u32) {
    let arguments = [json!(activity_type), json!("argument"), json!(attempts)];
    start_with(mainspring, "call", "calling", &arguments).await;
}

/// An activity of `heartbeats` that has one second between two heartbeats, and none left.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_falls_silent_times_out() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "slow", async |context, (): ()| {
        context.heartbeat(vec![Payload::encoded("json/plain", "42")]).await;
        std::future::pending::<Result<(), Failure>>().await
    });
    let run = start(&mainspring, "heartbeats", "silent", &()).await;
    let failed = in_time("it times out", run.result::<String>())
        .await
        .expect_err("nobody tries again");
    let ResultError::Failed(failure) = failed else {
        panic!("ended in another way: {failed}")
    };
    let timeout = failure.layers().iter().find_map(|layer| match &layer.info {
        FailureInfo::Timeout { kind, last_heartbeat } => Some((*kind, last_heartbeat.clone())),
        _ => None,
    });
    // What was reported last travels with the timeout.
    assert_eq!(
        timeout,
        Some((TimeoutKind::Heartbeat, vec![Payload::encoded("json/plain", "42")])),
        "{failure}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_attempt_reported_is_there_for_the_next() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "resumes", async |context, _: Value| {
        match context.task().heartbeat.first() {
            None => {
                context.heartbeat(vec![Payload::encoded("json/plain", "17")]).await;
                Err(failure("Interrupted", "after 17"))
            }
            Some(reported) => Ok(serde_json::from_slice::<u32>(&reported.data).expect("a number")),
        }
    });
    assert_eq!(
        call(&mainspring, "resumes", 2)
            .await
            .expect("the second attempt succeeds"),
        17
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_tells_of_the_cancellation() {
    let mainspring = open(Settings::ephemeral()).await;
    mainspring.activity(QUEUE, "slow", async |context, (): ()| {
        while !context.heartbeat(Vec::new()).await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err::<String, _>(cancelled())
    });
    let run = start(&mainspring, "heartbeats", "asked", &()).await;
    until("the activity runs", async || {
        let pending = describe(&mainspring, "asked").await.activities;
        pending.first().and_then(|it| it.attempt.started())
    })
    .await;
    run.request_cancel("enough").await.expect("the request is taken");
    let ended = in_time("it ends", run.result::<String>()).await;
    assert!(matches!(ended, Err(ResultError::Cancelled)), "{ended:?}");
}

/// How an activity says that it has cancelled itself.
fn cancelled() -> Failure {
    Failure::new(FailureLayer {
        message: "cancelled".into(),
        source: String::new(),
        stack_trace: String::new(),
        encoded_attributes: None,
        info: FailureInfo::Cancelled(Vec::new()),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_takes_no_longer_than_it_may() {
    let mainspring = open(Settings::ephemeral()).await;
    let workflow = mainspring
        .workflow("idle", "late")
        .run_timeout(Duration::from_millis(50));
    let run = workflow.start(&()).await.expect("it is started");
    let ended = in_time("it ends", run.result::<()>()).await;
    assert!(matches!(ended, Err(ResultError::TimedOut)), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_its_data_directory_is_opened_again() {
    let directory = TempDir::new().expect("there is room");
    let calls: Arc<[AtomicU32; 4]> = Arc::default();
    let gate = Arc::new(Semaphore::new(0));

    // The third step does not end before the engine does.
    let mainspring = Mainspring::open(frugal(Settings::at(directory.path())))
        .await
        .expect("the engine opens");
    load(&mainspring, "test_guests").await;
    count_steps(&mainspring, &calls, &gate);
    start(&mainspring, "steps", "long", &4).await;
    until("two steps are done and the third runs", async || {
        let third = describe(&mainspring, "long").await.activities.pop()?;
        (third.request.input == [Payload::encoded("json/plain", "2")] && third.attempt.started().is_some())
            .then_some(())
    })
    .await;
    mainspring.shut_down().await;
    drop(mainspring);

    gate.add_permits(1);
    let mainspring = reopen(&directory).await;
    count_steps(&mainspring, &calls, &gate);
    let steps = in_time("it ends", mainspring.handle("long").result::<u32>())
        .await
        .expect("it completes");
    assert_eq!(steps, 4);
    // What was completed is not run again; what was under way in this process died with the engine, and is.
    assert_eq!(
        calls.each_ref().map(|count| count.load(Ordering::Relaxed)),
        [1, 1, 2, 1]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_that_is_registered_late_is_run_all_the_same() {
    let mainspring = Mainspring::open(frugal(Settings::ephemeral()))
        .await
        .expect("the engine opens");
    load(&mainspring, "test_guests").await;
    let run = start(&mainspring, "steps", "early", &3).await;
    until("the first step waits in its queue", async || {
        (mainspring.engine().describe_queue("default", QUEUE).backlog() == 1).then_some(())
    })
    .await;
    mainspring.activity(QUEUE, "noop", async |_, number: u32| Ok::<_, Failure>(number));
    let steps = in_time("it ends", run.result::<u32>()).await.expect("it completes");
    assert_eq!(steps, 3);
}

/// Counts how often each step is run. Number 2 has to wait at the gate.
fn count_steps(mainspring: &Mainspring, calls: &Arc<[AtomicU32; 4]>, gate: &Arc<Semaphore>) {
    let (calls, gate) = (calls.clone(), gate.clone());
    mainspring.activity(QUEUE, "noop", move |_, number: u32| {
        let (calls, gate) = (calls.clone(), gate.clone());
        async move {
            calls[number as usize].fetch_add(1, Ordering::Relaxed);
            if number == 2 {
                drop(gate.acquire().await);
            }
            Ok::<_, Failure>(number)
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activity_with_one_attempt_is_never_run_twice() {
    let directory = TempDir::new().expect("there is room");
    let calls = Arc::new(AtomicU32::new(0));
    let mainspring = open(Settings::at(directory.path())).await;
    register_once(&mainspring, &calls);
    start_call(&mainspring, "once", 1).await;
    until("it runs", async || (calls.load(Ordering::Relaxed) == 1).then_some(())).await;
    let phase = describe(&mainspring, "calling")
        .await
        .activities
        .pop()
        .expect("it is pending")
        .attempt
        .phase;
    assert!(matches!(phase, Phase::Started(..)), "{phase:?}");
    mainspring.shut_down().await;
    drop(mainspring);

    // Whether it had its effect nobody knows; so it is not tried again, and the workflow is told.
    let mainspring = reopen(&directory).await;
    register_once(&mainspring, &calls);
    let lost = in_time("it ends", mainspring.handle("calling").result::<u32>())
        .await
        .expect_err("it is lost");
    assert!(
        lost.to_string()
            .contains("the host stopped while the activity ran in its process"),
        "{lost}"
    );
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

fn register_once(mainspring: &Mainspring, calls: &Arc<AtomicU32>) {
    let calls = calls.clone();
    mainspring.activity(QUEUE, "once", move |_, _: Value| {
        calls.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<Result<(), Failure>>()
    });
}

/// Opens a directory whose engine has just been dropped; the last of its tasks may still hold it for a moment.
async fn reopen(directory: &TempDir) -> Mainspring {
    until("the data directory can be opened again", async || {
        Mainspring::open(frugal(Settings::at(directory.path()))).await.ok()
    })
    .await
}
