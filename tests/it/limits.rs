//! Limits and pauses, kept to by functions in the engine's process; and types whose workflows wait.

use crate::support::embedded::{QUEUE, describe, event_names, frugal, load, open, start, target};
use crate::support::patience::{in_time, until};
use mainspring::engine::CallError;
use mainspring::shard::QueryError;
use mainspring::store::{Change, Rate, TaskQueueSettings};
use mainspring::wasm::Question;
use mainspring::{Failure, Mainspring, Settings};
use mainspring_core::SignalReceived;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

async fn set(mainspring: &Mainspring, set: impl FnOnce(&mut TaskQueueSettings) + Send + 'static) {
    let changed = mainspring.engine().change_task_queue("default", QUEUE, set);
    changed.await.expect("it is set");
}

fn because(reason: &str) -> Change {
    Change {
        reason: reason.into(),
        identity: "the test".into(),
        at: mainspring_core::Timestamp::from_millis(1_700_000_000_000),
    }
}

/// `noop` that takes a moment, and how many of it ran at once at most.
fn count_running(mainspring: &Mainspring) -> Arc<AtomicUsize> {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    mainspring.activity(QUEUE, "noop", move |_, number: u32| {
        let (running, most) = (running.clone(), most.clone());
        async move {
            let now = running.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            running.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Failure>(number)
        }
    });
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_this_process_keep_to_a_limit_of_how_many_run_at_once() {
    let mainspring = Mainspring::open(frugal(Settings::ephemeral())).await.expect("it opens");
    load(&mainspring, "test_guests").await;
    set(&mainspring, |settings| settings.concurrency = Some(3)).await;
    let most = count_running(&mainspring);
    let run = start(&mainspring, "fanout", "wide", &30).await;
    let sum = in_time("it ends", run.result::<u32>()).await.expect("it completes");
    assert_eq!(sum, (0..30).sum::<u32>());
    assert_eq!(most.load(Ordering::SeqCst), 3);
    // The workflow's end is told before the end of its last activity is counted.
    until("nothing runs, and nothing waits", async || {
        let known = mainspring.engine().describe_queue("default", QUEUE);
        (known.running == 0 && known.backlog() == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_this_process_keep_to_a_rate() {
    let mainspring = open(Settings::ephemeral()).await;
    // One at once, and then nobody lives to see the next.
    let rate = Rate {
        per_second: 0.000_01,
        change: Change::default(),
    };
    set(&mainspring, |settings| settings.rate = Some(rate)).await;
    let run = start(&mainspring, "steps", "slow", &2).await;
    until("the second step waits", async || {
        let names = event_names(&mainspring, "slow").await;
        let known = mainspring.engine().describe_queue("default", QUEUE);
        (names.contains(&"ActivityCompleted") && known.backlog() == 1).then_some(())
    })
    .await;
    set(&mainspring, |settings| settings.rate = None).await;
    assert_eq!(in_time("it ends", run.result::<u32>()).await.expect("it completes"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_queue_keeps_functions_of_this_process_waiting() {
    let mainspring = open(Settings::ephemeral()).await;
    set(&mainspring, |settings| settings.paused = Some(because("closed"))).await;
    let run = start(&mainspring, "steps", "waits", &1).await;
    until("the step waits", async || {
        (mainspring.engine().describe_queue("default", QUEUE).backlog() == 1).then_some(())
    })
    .await;
    set(&mainspring, |settings| settings.paused = None).await;
    assert_eq!(in_time("it ends", run.result::<u32>()).await.expect("it completes"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn workflows_of_a_paused_type_start_and_wait_and_go_on_when_it_is_resumed() {
    const RUNS: usize = 600;
    let mainspring = open(Settings::ephemeral()).await;
    let engine = mainspring.engine();
    let paused = engine.pause_workflow_type("default", "echo", because("it echoes too loud"));
    paused.await.expect("it is paused");
    let mut runs = Vec::new();
    for number in 0..RUNS {
        runs.push(start(&mainspring, "echo", &format!("echo-{number}"), &number).await);
    }
    // Others go on meanwhile, and those that wait do as well as they can.
    let other = start(&mainspring, "steps", "other", &3).await;
    assert_eq!(
        in_time("it ends", other.result::<u32>()).await.expect("it completes"),
        3
    );
    assert_eq!(event_names(&mainspring, "echo-0").await, ["RunStarted"]);
    let pause = describe(&mainspring, "echo-0").await.type_paused.expect("it is paused");
    assert_eq!(*pause, because("it echoes too loud"));
    let question = Question {
        name: "anything".into(),
        input: Vec::new(),
        headers: Vec::new(),
    };
    let asked = engine.query(target("echo-0"), question).await;
    let Err(CallError::Refused(QueryError::Blocked(said))) = asked else {
        panic!("it was answered: {asked:?}")
    };
    insta::assert_snapshot!(said, @r#"it has not begun: workflow type "echo" is paused (it echoes too loud)"#);

    assert!(
        engine
            .resume_workflow_type("default", "echo")
            .await
            .expect("it is resumed")
    );
    for (number, run) in runs.iter().enumerate() {
        let echo = in_time("it ends", run.result::<usize>()).await.expect("it completes");
        assert_eq!(echo, number);
    }
    assert_eq!(describe(&mainspring, "echo-0").await.type_paused, None);
    assert!(
        !engine
            .resume_workflow_type("default", "echo")
            .await
            .expect("it was not paused")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_whose_type_is_paused_keeps_what_comes_and_answers_as_it_stands() {
    let mut settings = Settings::ephemeral();
    // What is kept for it must not be kept by memory.
    settings.shard.evict_always = true;
    let mainspring = open(settings).await;
    let engine = mainspring.engine();
    let run = start(&mainspring, "collector", "collects", &2).await;
    let collect = |item: &str| SignalReceived {
        name: "collect".into(),
        input: vec![mainspring_core::Payload::encoded("json/plain", json!(item).to_string())],
        headers: Vec::new(),
        identity: "the test".into(),
        request_id: item.into(),
        sender: None,
    };
    let collected = async || {
        let question = Question {
            name: "collected".into(),
            input: Vec::new(),
            headers: Vec::new(),
        };
        engine
            .query(target("collects"), question)
            .await
            .expect("it answers")
            .to_string()
    };
    engine
        .signal(target("collects"), collect("one"))
        .await
        .expect("it is taken");
    assert_eq!(collected().await, "[\"one\"]");
    let paused = engine.pause_workflow_type("default", "collector", because(""));
    paused.await.expect("it is paused");
    engine
        .signal(target("collects"), collect("two"))
        .await
        .expect("it is taken");
    assert_eq!(collected().await, "[\"one\"]");
    let resumed = engine.resume_workflow_type("default", "collector").await;
    assert!(resumed.expect("it is resumed"));
    let all = in_time("it ends", run.result::<Vec<String>>())
        .await
        .expect("it completes");
    assert_eq!(all, ["one", "two"]);
}
