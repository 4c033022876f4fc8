//! Requests to a workflow id whose runs follow each other.

use crate::support::embedded::{QUEUE, describe, history, open, start, target};
use crate::support::patience::{in_time, until};
use mainspring::engine::{CallError, Engine};
use mainspring::shard::{CancelRequest, IdConflictPolicy, IdReusePolicy, RunError, StartRequest, Started, Target};
use mainspring::{Failure, Mainspring, Settings};
use mainspring_core::{Event, Execution, Payload, RunId, SignalReceived, WorkflowTimeouts};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A workflow that continues as new each time it is let go on.
struct Chain {
    mainspring: Mainspring,
    gate: Arc<Semaphore>,
    first: RunId,
}

const WORKFLOW_ID: &str = "chain";

impl Chain {
    async fn of_runs(count: u32) -> Self {
        let mainspring = open(Settings::ephemeral()).await;
        let gate = Arc::new(Semaphore::new(0));
        let passing = gate.clone();
        mainspring.activity(QUEUE, "noop", move |_, number: u32| {
            let gate = passing.clone();
            async move {
                gate.acquire().await.expect("it stays open").forget();
                Ok::<_, Failure>(number)
            }
        });
        let handle = start(&mainspring, "continues", WORKFLOW_ID, &(count - 1)).await;
        let first = handle.run_id().expect("it has begun");
        Self {
            mainspring,
            gate,
            first,
        }
    }

    /// Waits for the next run.
    async fn go_on(&self) {
        let now = describe(&self.mainspring, WORKFLOW_ID).await.summary.execution.run_id;
        self.gate.add_permits(1);
        until("the next run has begun", async || {
            let described = describe(&self.mainspring, WORKFLOW_ID).await;
            (described.summary.execution.run_id != now).then_some(())
        })
        .await;
    }

    async fn signal(&self, target: Target, request_id: &str) -> Result<(), CallError<RunError>> {
        self.mainspring.engine().signal(target, signal(request_id)).await
    }

    async fn signal_with_start(&self, request_id: &str) -> Started {
        let engine = self.mainspring.engine();
        let started = engine.signal_with_start(another_chain(engine), signal(request_id));
        started.await.expect("it is taken")
    }

    /// The signals of the current run, by their request ids.
    async fn signals(&self) -> Vec<String> {
        let history = history(&self.mainspring, WORKFLOW_ID).await;
        let signals = history.into_iter().filter_map(|event| match event {
            Event::SignalReceived(signal) => Some(signal.request_id),
            _ => None,
        });
        signals.collect()
    }
}

/// A workflow that calls `noop` once.
fn another_chain(engine: &Engine) -> StartRequest {
    StartRequest {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: WORKFLOW_ID.into(),
            run_id: engine.new_id(),
        },
        random_seed: engine.random_seed(),
        workflow_type: "continues".into(),
        task_queue: QUEUE.into(),
        input: vec![Payload::encoded("json/plain", "0")],
        headers: Vec::new(),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        cron_schedule: String::new(),
        start_delay: None,
        scheduled: None,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        identity: "the test".into(),
        request_id: engine.new_id().to_string(),
        summary: None,
        details: None,
        reuse: IdReusePolicy::AllowDuplicate,
        conflict: IdConflictPolicy::UseExisting,
        parentage: None,
    }
}

fn signal(request_id: &str) -> SignalReceived {
    SignalReceived {
        name: "hello".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: "the test".into(),
        request_id: request_id.into(),
        sender: None,
    }
}

/// Its sender has not heard that it was taken; meanwhile another run goes on with the work.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_that_is_repeated_after_continue_as_new_is_recognised() {
    let chain = Chain::of_runs(2).await;
    chain.signal(target(WORKFLOW_ID), "once").await.expect("it is taken");
    chain.go_on().await;
    chain.signal(target(WORKFLOW_ID), "once").await.expect("it is known");
    chain.signal(target(WORKFLOW_ID), "twice").await.expect("it is taken");
    assert_eq!(chain.signals().await, ["twice"]);
    chain.gate.add_permits(1);
    in_time("it ends", chain.mainspring.handle(WORKFLOW_ID).result::<String>())
        .await
        .expect("it completes");
}

/// So is one that comes with a start: nothing is started, and no run takes it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_with_start_that_is_repeated_is_recognised() {
    let chain = Chain::of_runs(3).await;
    chain.signal_with_start("once").await;
    chain.go_on().await;
    chain.go_on().await;
    assert!(!chain.signal_with_start("once").await.is_new);
    assert_eq!(chain.signals().await, [""; 0]);
    chain.gate.add_permits(1);
    in_time("it ends", chain.mainspring.handle(WORKFLOW_ID).result::<String>())
        .await
        .expect("it completes");
    // The run that had it is over, and so is the chain.
    assert!(!chain.signal_with_start("once").await.is_new);
    assert!(chain.signal_with_start("twice").await.is_new);
    assert_eq!(chain.signals().await, ["twice"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_means_a_chain_reaches_whatever_run_it_is_at() {
    let chain = Chain::of_runs(2).await;
    chain.go_on().await;
    let in_chain = |first_run_id| Target {
        first_run_id: Some(first_run_id),
        ..target(WORKFLOW_ID)
    };
    let (this, other) = (in_chain(chain.first), in_chain(RunId::from_bytes([7; 16])));
    chain.signal(this.clone(), "this").await.expect("it is taken");
    let refused = chain.signal(other.clone(), "other").await;
    refused.expect_err("it is not of that chain");
    assert_eq!(chain.signals().await, ["this"]);

    let engine = chain.mainspring.engine();
    let refused = engine.request_cancel(other, CancelRequest::default()).await;
    let refused = refused.expect_err("it is not of that chain").to_string();
    assert!(refused.contains("in the chain that run 07070707"), "{refused}");
    assert!(!describe(&chain.mainspring, WORKFLOW_ID).await.cancel_requested);
    let cancelled = engine.request_cancel(this, CancelRequest::default()).await;
    cancelled.expect("it is of this chain");
    assert!(describe(&chain.mainspring, WORKFLOW_ID).await.cancel_requested);
}
