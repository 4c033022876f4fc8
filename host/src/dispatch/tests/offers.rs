//! Offers of runs with one activity, and what they keep in memory.

use super::*;
use mainspring_core::{ActivityRequest, ActivityTimeouts, CancellationType, Execution, Origin, Priority, RunStarted};
use mainspring_core::{Payload, WorkflowTimeouts};

/// The first attempt at the only activity of run `number`.
pub(super) fn offer(number: u64) -> Offer {
    with_priority(number, None)
}

pub(super) fn urgent(number: u64, key: u32) -> Offer {
    let priority = Priority {
        key,
        ..Priority::default()
    };
    with_priority(number, Some(priority))
}

pub(super) fn of_key(number: u64, fairness_key: &str, fairness_weight: f32) -> Offer {
    let priority = Priority {
        key: 0,
        fairness_key: fairness_key.into(),
        fairness_weight,
    };
    with_priority(number, Some(priority))
}

pub(super) fn with_priority(number: u64, priority: Option<Priority>) -> Offer {
    let request = ActivityRequest { priority, ..charge() };
    Offer::new(Arc::new(started(number)), Arc::new(request), OperationId(1), 1)
}

fn started(number: u64) -> RunStarted {
    RunStarted {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: format!("order-{number}"),
            run_id: run(number),
        },
        workflow_type: "order".into(),
        module: "orders".into(),
        task_queue: QUEUE.into(),
        input: vec![Payload::encoded("json/plain", "1")],
        headers: Vec::new(),
        random_seed: (1, 2),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        attempt: 1,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        identity: "client".into(),
        request_id: String::new(),
        first_run_id: run(number),
        summary: None,
        details: None,
        origin: Origin::default(),
    }
}

fn charge() -> ActivityRequest {
    ActivityRequest {
        activity_type: "charge".into(),
        activity_id: None,
        task_queue: None,
        input: vec![Payload::encoded("json/plain", "1")],
        headers: Vec::new(),
        timeouts: ActivityTimeouts::default(),
        retry: None,
        cancellation: CancellationType::default(),
        local: false,
        priority: None,
        summary: None,
        details: None,
    }
}

#[test]
fn an_offer_that_waits_keeps_no_input_in_memory_and_says_what_it_said() {
    let priority = Some(Priority {
        fairness_key: "card".into(),
        ..Priority::default()
    });
    let (run, request) = (Arc::new(started(1)), Arc::new(ActivityRequest { priority, ..charge() }));
    let made = || Offer::new(run.clone(), request.clone(), OperationId(1), 2);
    let dispatcher = Dispatcher::default();
    offered(&dispatcher, [made()], at(0));
    assert_eq!((Arc::strong_count(&run), Arc::strong_count(&request)), (1, 1));
    let mut poll = dispatcher.poll(queue(), "worker", None, at(0));
    assert_eq!(poll.given.try_recv(), Ok(made()));
}
