//! SIGKILL at many moments, of the real program, under load: nothing that was acknowledged is lost, nothing that was
//! completed is done again.

use crate::support::client::{Client, start_request, value};
use crate::support::modules;
use crate::support::patience::{in_time, until};
use crate::support::server::Server;
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus};
use mainspring_api::temporal::history::v1::history_event::Attributes;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonic::{Code, Status};

const QUEUE: &str = "work";
const SEED: u64 = 20;
const KILLS: u32 = 20;
const WORKERS: u64 = 6;
const STEPS: u32 = 5;
const SIGNALS: u32 = 5;

/// An activity of a run, as the worker knows it.
type Activity = (String, String);

/// What the worker did, in its order.
#[derive(Debug)]
enum Deed {
    Executed(Activity),
    /// The server has said that it has the result.
    Acknowledged(Activity),
}

#[derive(Default)]
struct Ledger {
    deeds: Mutex<Vec<Deed>>,
    is_over: AtomicBool,
}

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
        .map(|seed| tokio::spawn(work(client.clone(), ledger.clone(), seed)))
        .collect();

    // How it is when nobody kills.
    start(&client, "hasty_steps", "undisturbed", &json!(STEPS)).await;
    closed(&client, "undisturbed").await;
    let undisturbed = event_types(&client, "undisturbed").await;

    let stepping = tokio::spawn(start_steps(client.clone(), ledger.clone()));
    let collecting = tokio::spawn(start_collectors(client.clone(), ledger.clone()));
    let mut moments = fastrand::Rng::with_seed(SEED);
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(moments.u64(20..400))).await;
        server.kill();
        server.start_again().await;
    }
    ledger.is_over.store(true, Ordering::Relaxed);
    let steps = stepping.await.expect("every start is acknowledged in the end");
    let collectors = collecting.await.expect("every signal is acknowledged in the end");
    assert!(
        steps.len() >= 20 && collectors.len() >= 5,
        "hardly anything went on: {} and {}",
        steps.len(),
        collectors.len()
    );

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
    let completed = nothing_is_repeated(&ledger);
    assert!(completed > steps.len(), "only {completed} activities were acknowledged");
}

/// No activity is handed out once its completion was acknowledged. Returns how many were.
fn nothing_is_repeated(ledger: &Ledger) -> usize {
    let mut acknowledged = BTreeSet::new();
    for deed in ledger.deeds.lock().expect("no worker panicked").iter() {
        match deed {
            Deed::Executed(activity) => {
                assert!(
                    !acknowledged.contains(activity),
                    "{activity:?} was completed, and yet executed again (seed {SEED})"
                );
            }
            Deed::Acknowledged(activity) => {
                acknowledged.insert(activity.clone());
            }
        }
    }
    acknowledged.len()
}

/// A worker that never tires: it polls, works for a moment, and reports until the server answers.
async fn work(client: Client, ledger: Arc<Ledger>, seed: u64) {
    let mut moments = fastrand::Rng::with_seed(seed);
    loop {
        let task = match client.poll(QUEUE).await {
            Ok(task) if !task.task_token.is_empty() => task,
            Ok(_) => continue,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let workflow_id = task.workflow_execution.map(|it| it.workflow_id).unwrap_or_default();
        let activity = (workflow_id, task.activity_id);
        let note = |deed| ledger.deeds.lock().expect("no worker panicked").push(deed);
        note(Deed::Executed(activity.clone()));
        tokio::time::sleep(Duration::from_millis(moments.u64(..15))).await;
        if acknowledged(|| client.complete(&task.task_token, task.input.clone()))
            .await
            .is_ok()
        {
            note(Deed::Acknowledged(activity));
        }
    }
}

async fn start_steps(client: Client, ledger: Arc<Ledger>) -> Vec<String> {
    let mut started = Vec::new();
    while !ledger.is_over.load(Ordering::Relaxed) {
        let workflow_id = format!("steps-{}", started.len());
        start(&client, "hasty_steps", &workflow_id, &json!(STEPS)).await;
        started.push(workflow_id);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    started
}

async fn start_collectors(client: Client, ledger: Arc<Ledger>) -> Vec<String> {
    let mut started = Vec::new();
    while !ledger.is_over.load(Ordering::Relaxed) {
        let workflow_id = format!("collector-{}", started.len());
        start(&client, "collector", &workflow_id, &json!(SIGNALS)).await;
        for number in 0..SIGNALS {
            let item = json!(format!("item {number}"));
            let sent = acknowledged(|| client.signal(&workflow_id, "collect", &item)).await;
            // The last one closes the run; if only the answer was lost, there is no run to signal any more.
            let was_taken_before = number + 1 == SIGNALS && sent.as_ref().is_err_and(|it| it.code() == Code::NotFound);
            assert!(sent.is_ok() || was_taken_before, "{workflow_id}: {sent:?}");
        }
        started.push(workflow_id);
    }
    started
}

async fn start(client: &Client, workflow_type: &str, workflow_id: &str, argument: &Value) {
    let request = start_request(workflow_type, workflow_id, QUEUE, argument);
    acknowledged(|| client.start(request.clone()))
        .await
        .expect("it is started");
}

/// Calls until the server has answered, whatever the answer.
async fn acknowledged<T, F: Future<Output = Result<T, Status>>>(mut call: impl FnMut() -> F) -> Result<T, Status> {
    let calling = async {
        loop {
            match call().await {
                Err(status) if is_no_answer(&status) => tokio::time::sleep(Duration::from_millis(10)).await,
                answer => return answer,
            }
        }
    };
    in_time("the server answers", calling).await
}

/// Whether the call may or may not have reached the server: it died, or was not there.
fn is_no_answer(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded | Code::Internal
    )
}

/// Waits for a run's end, which must be a good one, and gives its result.
async fn closed(client: &Client, workflow_id: &str) -> Value {
    let closing = until(workflow_id, async || {
        let info = client.describe(workflow_id).await.ok()?.workflow_execution_info?;
        (info.status() != WorkflowExecutionStatus::Running).then(|| info.status())
    });
    assert_eq!(closing.await, WorkflowExecutionStatus::Completed, "{workflow_id}");
    let history = in_time("there is a history", client.history(workflow_id))
        .await
        .expect("it can be read");
    match history.into_iter().next_back().and_then(|event| event.attributes) {
        Some(Attributes::WorkflowExecutionCompletedEventAttributes(completed)) => value(completed.result.as_ref()),
        other => panic!("{workflow_id} ends with {other:?}"),
    }
}

async fn event_types(client: &Client, workflow_id: &str) -> Vec<EventType> {
    let history = client.history(workflow_id).await.expect("it can be read");
    history.iter().map(|event| event.event_type()).collect()
}
