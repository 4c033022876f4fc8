//! SIGKILL at many moments, of the real program, under load.

use super::calls::{closed, event_types, returns, runs, signal, start, start_with, update};
use super::worker::{Ledger, work};
use crate::support::client::Client;
use crate::support::modules;
use crate::support::server::Server;
use mainspring_api::temporal::enums::v1::EventType;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SEED: u64 = 20;
const KILLS: u32 = 20;
const WORKERS: u64 = 6;
const STEPS: u32 = 5;
const SIGNALS: u32 = 5;
const RUNS: usize = 3;
const UPDATES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_killed_server_loses_nothing_and_repeats_nothing() {
    let mut server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    let ledger = Arc::new(Ledger::default());
    let workers: Vec<_> = (0..WORKERS)
        .map(|seed| {
            let (client, ledger) = (client.clone(), ledger.clone());
            tokio::spawn(async move { work(&client, &ledger, seed).await })
        })
        .collect();
    let is_over = Arc::new(AtomicBool::new(false));

    // How it is when nobody kills.
    start(&client, "hasty_steps", "undisturbed", &json!(STEPS)).await;
    closed(&client, "undisturbed").await;
    let undisturbed = event_types(&client, "undisturbed").await;

    let stepping = tokio::spawn(start_steps(client.clone(), is_over.clone()));
    let collecting = tokio::spawn(start_collectors(client.clone(), is_over.clone()));
    let killing = async {
        let mut moments = fastrand::Rng::with_seed(SEED);
        for _ in 0..KILLS {
            tokio::time::sleep(Duration::from_millis(moments.u64(20..400))).await;
            server.kill();
            server.start_again().await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let conversing = start_conversations(client.clone(), is_over.clone());
    let ((), conversations) = tokio::join!(killing, conversing);
    let steps = stepping.await.expect("every start is acknowledged in the end");
    let collectors = collecting.await.expect("every signal is acknowledged in the end");
    assert!(
        steps.len() >= 20 && collectors.len() >= 5 && conversations >= 5,
        "hardly anything went on: {}, {} and {conversations}",
        steps.len(),
        collectors.len()
    );
    for number in 0..conversations {
        check_conversation(&client, number).await;
    }

    for workflow_id in &steps {
        assert_eq!(closed(&client, workflow_id).await, json!(STEPS), "{workflow_id}");
        assert_eq!(
            event_types(&client, workflow_id).await,
            undisturbed,
            "{workflow_id} has another history"
        );
    }
    let all: Vec<_> = (0..SIGNALS).map(|number| json!(format!("item {number}"))).collect();
    for workflow_id in &collectors {
        assert_eq!(
            closed(&client, workflow_id).await,
            Value::Array(all.clone()),
            "{workflow_id}"
        );
        let types = event_types(&client, workflow_id).await;
        let signals = types
            .iter()
            .filter(|it| **it == EventType::WorkflowExecutionSignaled)
            .count();
        assert_eq!(signals, all.len(), "{workflow_id} has a signal too many or too few");
    }
    for worker in workers {
        worker.abort();
    }
    let completed = ledger.repeats_nothing();
    assert!(completed > steps.len(), "only {completed} activities were acknowledged");
}

async fn start_steps(client: Client, is_over: Arc<AtomicBool>) -> Vec<String> {
    let mut started = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let workflow_id = format!("steps-{}", started.len());
        start(&client, "hasty_steps", &workflow_id, &json!(STEPS)).await;
        started.push(workflow_id);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    started
}

async fn start_collectors(client: Client, is_over: Arc<AtomicBool>) -> Vec<String> {
    let mut started = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let workflow_id = format!("collector-{}", started.len());
        start(&client, "collector", &workflow_id, &json!(SIGNALS)).await;
        for number in 0..SIGNALS {
            let item = json!(format!("item {number}"));
            signal(&client, &workflow_id, "collect", &item, number + 1 == SIGNALS).await;
        }
        started.push(workflow_id);
    }
    started
}

/// Children, chains of runs and updates, one after the other; returns how many of each there are.
async fn start_conversations(client: Client, is_over: Arc<AtomicBool>) -> u32 {
    let mut started = 0;
    while !is_over.load(Ordering::Relaxed) {
        let child = json!(format!("child-{started}"));
        let parent = format!("parent-{started}");
        start_with(
            &client,
            "calls_child",
            &parent,
            &[json!("hasty_steps"), child, json!(1)],
        )
        .await;
        let chain = format!("chain-{started}");
        start_with(&client, "counts_runs", &chain, &[json!(RUNS - 1), json!(0)]).await;
        let counter = format!("counter-{started}");
        start(&client, "counter", &counter, &Value::Null).await;
        for number in 1..=UPDATES {
            let answer = update(&client, &counter, &format!("update {number}"), "add", 1).await;
            assert_eq!(answer, Ok(json!(number)), "{counter}");
        }
        signal(&client, &counter, "close", &Value::Null, true).await;
        started += 1;
    }
    started
}

async fn check_conversation(client: &Client, number: u32) {
    returns(client, &format!("parent-{number}"), json!(1)).await;
    returns(client, &format!("child-{number}"), json!(1)).await;
    for once in [
        EventType::StartChildWorkflowExecutionInitiated,
        EventType::ChildWorkflowExecutionStarted,
        EventType::ChildWorkflowExecutionCompleted,
    ] {
        assert_eq!(
            count(client, &format!("parent-{number}"), once).await,
            1,
            "{once:?} of parent {number}"
        );
    }

    let chain = format!("chain-{number}");
    returns(client, &chain, json!(RUNS - 1)).await;
    assert_eq!(runs(client, &chain).await.len(), RUNS, "{chain}");

    let counter = format!("counter-{number}");
    returns(client, &counter, json!(UPDATES)).await;
    let accepted = count(client, &counter, EventType::WorkflowExecutionUpdateAccepted).await;
    assert_eq!(accepted, UPDATES, "{counter} has an update too many or too few");
}

async fn count(client: &Client, workflow_id: &str, event: EventType) -> usize {
    event_types(client, workflow_id)
        .await
        .iter()
        .filter(|it| **it == event)
        .count()
}
