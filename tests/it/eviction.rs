//! Memory is a cache: a host that forgets every run after each step writes the same histories as one that forgets none.

use crate::support::embedded::{QUEUE, frugal, history, load, start_with};
use crate::support::order;
use crate::support::patience::in_time;
use mainspring::embedded::failure;
use mainspring::shard::{ActivityTask, AttemptOutcome};
use mainspring::{Mainspring, Settings};
use mainspring_core::{Event, Millis, Payload};
use serde_json::{Value, json};
use std::slice;
use std::time::Duration;
use tempfile::TempDir;

/// What a workflow is put through. Each step is durable before the next is made, so that both hosts see the same order.
#[derive(Clone, Copy)]
enum Step {
    Signal(&'static str, &'static str),
    Cancel,
    Query(&'static str),
    /// A worker takes the next activity, of that type, and completes it.
    Work(&'static str),
    /// The same, but the attempt fails.
    FailedWork(&'static str),
}

use Step::{Cancel, FailedWork, Query, Signal, Work};

/// Puts a workflow through the steps on both hosts, and compares the histories event by event.
async fn check(workflow_type: &str, argument: Value, steps: &[Step], closes_with: &str) {
    check_of("test_guests", workflow_type, argument, steps, closes_with).await;
}

/// The same, with a workflow of another module.
async fn check_of(module: &str, workflow_type: &str, argument: Value, steps: &[Step], closes_with: &str) {
    let kept = play(false, module, workflow_type, &argument, steps).await;
    let evicted = play(true, module, workflow_type, &argument, steps).await;
    assert_eq!(kept.last().map(Event::name), Some(closes_with));
    for (at, (kept, evicted)) in kept.iter().zip(&evicted).enumerate() {
        assert_eq!(kept, evicted, "event {} of {workflow_type} differs", at + 1);
    }
    assert_eq!(kept.len(), evicted.len());
}

/// Puts a workflow of another module through nothing, on the host that forgets. Its timers are so close that a machine with much
/// else to do has them run down together, so its history is not always the same; a replay that differs would block it.
async fn closes_of(module: &str, workflow_type: &str, closes_with: &str) {
    let evicted = play(true, module, workflow_type, &Value::Null, &[]).await;
    assert_eq!(evicted.last().map(Event::name), Some(closes_with), "{workflow_type}");
}

async fn play(evict_always: bool, module: &str, workflow_type: &str, argument: &Value, steps: &[Step]) -> Vec<Event> {
    let directory = TempDir::new().expect("there is room");
    let mut settings = frugal(Settings::at(directory.path()));
    settings.shard.evict_always = evict_always;
    let mainspring = Mainspring::open(settings).await.expect("the engine opens");
    load(&mainspring, module).await;
    load(&mainspring, "order_workflow").await;
    order::shop(&mainspring, QUEUE);

    // Python counts arguments: a workflow that takes none is given none.
    let arguments = if argument.is_null() {
        &[]
    } else {
        slice::from_ref(argument)
    };
    let run = start_with(&mainspring, workflow_type, "it", arguments).await;
    for step in steps {
        match *step {
            Signal(name, argument) => run.signal(name, &argument).await.expect("the signal is taken"),
            Cancel => run.request_cancel("enough").await.expect("the request is taken"),
            Query(name) => drop(run.query::<Value>(name, &()).await.expect("the query is answered")),
            Work(activity_type) => work(&mainspring, activity_type, completed).await,
            FailedWork(activity_type) => work(&mainspring, activity_type, failed).await,
        }
    }
    let _ = in_time("the run closes", run.result::<Value>()).await;
    let history = history(&mainspring, "it").await;
    mainspring.shut_down().await;
    history.into_iter().map(order::without_chance).collect()
}

async fn work(mainspring: &Mainspring, activity_type: &str, outcome: impl Fn(&ActivityTask) -> AttemptOutcome) {
    let engine = mainspring.engine();
    let polled = engine.poll_activity("default", QUEUE, "the test", None);
    let task = in_time("there is a task", polled).await.expect("the engine runs");
    assert_eq!(task.request.activity_type, activity_type);
    engine
        .end_attempt(task.target().into(), outcome(&task), "the test".into())
        .await
        .expect("the report is taken");
}

/// Gives back the argument, where there is one.
fn completed(task: &ActivityTask) -> AttemptOutcome {
    AttemptOutcome::Completed(match task.request.activity_type.as_str() {
        "slow" => Some(Payload::encoded("json/plain", "\"done\"")),
        _ => task.request.input.first().cloned(),
    })
}

fn failed(_: &ActivityTask) -> AttemptOutcome {
    AttemptOutcome::Failed(Box::new(failure("Flaky", "not this time")), Vec::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn activities_one_after_the_other() {
    check("steps", json!(5), &[Work("noop"); 5], "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn activities_at_once() {
    check("fanout", json!(6), &[Work("noop"); 6], "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_that_fail() {
    let steps = [
        FailedWork("noop"),
        Work("noop"),
        FailedWork("noop"),
        FailedWork("noop"),
        FailedWork("noop"),
    ];
    check("steps", json!(2), &steps, "RunFailed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_that_the_timer_wins() {
    check("race", json!(50), &[], "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_that_the_activity_wins() {
    check(
        "race",
        json!(Duration::from_secs(3600).as_millis() as u64),
        &[Work("slow")],
        "RunCompleted",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_and_queries() {
    let collect = |item| Signal("collect", item);
    let steps = [
        collect("a"),
        Query("collected"),
        collect("b"),
        collect("c"),
        Query("collected"),
        collect("d"),
    ];
    check("collector", json!(4), &steps, "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation() {
    check("cancellable", Value::Null, &[Cancel, Work("cleanup")], "RunCancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer() {
    check("sleeper", json!(Millis::new(30).get()), &[], "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_with_activities_in_this_process() {
    check("processOrder", json!("o-1"), &[], "RunCompleted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_in_python() {
    const GOLDEN: &str = "python_golden";
    let item = |text| Signal("item", text);
    let signals = [item("early"), Work("work"), item("late")];
    check_of(GOLDEN, "golden_signals", Value::Null, &signals, "RunCompleted").await;
    check_of(
        GOLDEN,
        "golden_cleanup",
        Value::Null,
        &[Cancel, Work("work")],
        "RunCancelled",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_in_typescript() {
    const FEATURES: &str = "typescript_features";
    const GOLDEN: &str = "typescript_golden";
    check_of(FEATURES, "steps", json!(5), &[Work("work"); 5], "RunCompleted").await;
    closes_of(FEATURES, "scopes", "RunCompleted").await;
    closes_of(FEATURES, "conditions", "RunCompleted").await;
    check_of(FEATURES, "introspects", Value::Null, &[], "RunCompleted").await;
    let say = |text| Signal("say", text);
    let listens = [
        say("a"),
        Work("work"),
        Query("said"),
        say("b"),
        say("c"),
        Query("said"),
        Signal("stop", ""),
    ];
    check_of(FEATURES, "listens", Value::Null, &listens, "RunCompleted").await;
    check_of(
        GOLDEN,
        "golden_activities",
        json!(6),
        &[Work("work"); 6],
        "RunCompleted",
    )
    .await;
    check_of(
        GOLDEN,
        "golden_cleanup",
        Value::Null,
        &[Cancel, Work("work")],
        "RunCancelled",
    )
    .await;
}
