mod causes;
mod chains;
mod children;
mod externals;
mod lengths;
mod pauses;
mod resets;
mod updates;

use super::to_wire;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use mainspring_core::{
    Activated, ActivityRequest, ActivityTimeouts, ApplicationFailure, AttemptEnd, CancelSender, CancellationType,
    Digest, Event, Execution, Failure, FailureInfo, FailureLayer, Millis, OperationId, Origin, Payload, Record,
    RetryState, RunId, RunStarted, ShownEventId, TimerRequest, Timestamp, WorkflowTimeouts,
};
use std::sync::Arc;

fn at(millis: u64, event: Event) -> Record {
    Record {
        time: Timestamp::from_millis(millis),
        event,
    }
}

fn started() -> Event {
    Event::RunStarted(Arc::new(order_started()))
}

fn order_started() -> RunStarted {
    RunStarted {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: "order-1".into(),
            run_id: RunId::from_bytes([1; 16]),
        },
        workflow_type: "order".into(),
        module: "orders".into(),
        task_queue: "orders".into(),
        input: vec![Payload::encoded("json/plain", "\"1\"")],
        headers: Vec::new(),
        random_seed: (1, 2),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        attempt: 1,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        identity: "cli".into(),
        request_id: "r".into(),
        first_run_id: RunId::from_bytes([1; 16]),
        summary: None,
        details: None,
        origin: Origin::default(),
    }
}

fn activated() -> Event {
    let module = Digest::from_bytes([2; 32]);
    Event::Activated(Activated {
        module,
        history_bytes: 100,
        continue_as_new_suggested: false,
    })
}

fn activity(operation: u64) -> Event {
    Event::ActivityScheduled {
        operation: OperationId(operation),
        request: Arc::new(ActivityRequest {
            activity_type: "chargeCard".into(),
            activity_id: None,
            task_queue: None,
            input: Vec::new(),
            headers: Vec::new(),
            timeouts: ActivityTimeouts::default(),
            retry: None,
            cancellation: CancellationType::TryCancel,
            local: false,
            priority: None,
            summary: None,
            details: None,
        }),
    }
}

fn timer(operation: u64) -> Event {
    let request = TimerRequest {
        after: Millis::from_secs(5),
        summary: None,
        details: None,
    };
    Event::TimerStarted {
        operation: OperationId(operation),
        request,
    }
}

fn end(operation: u64, started: Option<u64>) -> AttemptEnd {
    AttemptEnd {
        operation: OperationId(operation),
        attempt: 2,
        started: started.map(Timestamp::from_millis),
        identity: "worker".into(),
        last_failure: None,
    }
}

/// One line an event: id, moment, type, and the ids that it refers to.
fn story(records: &[Record]) -> String {
    let lines = to_wire(records).into_iter().map(|event| {
        let time = event.event_time.expect("every event has a time");
        let millis = time.seconds * 1000 + i64::from(time.nanos) / 1_000_000;
        let name = format!("{:?}", event.event_type());
        let references = match event.attributes.expect("every event has attributes") {
            Attributes::WorkflowTaskStartedEventAttributes(of) => vec![of.scheduled_event_id],
            Attributes::WorkflowTaskCompletedEventAttributes(of) => vec![of.scheduled_event_id, of.started_event_id],
            Attributes::WorkflowTaskFailedEventAttributes(of) => vec![of.scheduled_event_id, of.started_event_id],
            Attributes::ActivityTaskScheduledEventAttributes(of) => vec![of.workflow_task_completed_event_id],
            Attributes::ActivityTaskStartedEventAttributes(of) => vec![of.scheduled_event_id],
            Attributes::ActivityTaskCompletedEventAttributes(of) => vec![of.scheduled_event_id, of.started_event_id],
            Attributes::ActivityTaskFailedEventAttributes(of) => vec![of.scheduled_event_id, of.started_event_id],
            Attributes::ActivityTaskTimedOutEventAttributes(of) => vec![of.scheduled_event_id, of.started_event_id],
            Attributes::ActivityTaskCanceledEventAttributes(of) => {
                vec![
                    of.scheduled_event_id,
                    of.started_event_id,
                    of.latest_cancel_requested_event_id,
                ]
            }
            Attributes::ActivityTaskCancelRequestedEventAttributes(of) => vec![of.scheduled_event_id],
            Attributes::TimerFiredEventAttributes(of) => vec![of.started_event_id],
            Attributes::TimerCanceledEventAttributes(of) => vec![of.started_event_id],
            Attributes::WorkflowExecutionCompletedEventAttributes(of) => vec![of.workflow_task_completed_event_id],
            Attributes::WorkflowExecutionContinuedAsNewEventAttributes(of) => vec![of.workflow_task_completed_event_id],
            Attributes::MarkerRecordedEventAttributes(of) => vec![of.workflow_task_completed_event_id],
            Attributes::StartChildWorkflowExecutionInitiatedEventAttributes(of) => {
                vec![of.workflow_task_completed_event_id]
            }
            Attributes::StartChildWorkflowExecutionFailedEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::ChildWorkflowExecutionStartedEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::ChildWorkflowExecutionCompletedEventAttributes(of) => {
                vec![of.initiated_event_id, of.started_event_id]
            }
            Attributes::ChildWorkflowExecutionFailedEventAttributes(of) => {
                vec![of.initiated_event_id, of.started_event_id]
            }
            Attributes::ChildWorkflowExecutionCanceledEventAttributes(of) => {
                vec![of.initiated_event_id, of.started_event_id]
            }
            Attributes::ChildWorkflowExecutionTimedOutEventAttributes(of) => {
                vec![of.initiated_event_id, of.started_event_id]
            }
            Attributes::ChildWorkflowExecutionTerminatedEventAttributes(of) => {
                vec![of.initiated_event_id, of.started_event_id]
            }
            Attributes::RequestCancelExternalWorkflowExecutionInitiatedEventAttributes(of) => {
                vec![of.workflow_task_completed_event_id]
            }
            Attributes::RequestCancelExternalWorkflowExecutionFailedEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::ExternalWorkflowExecutionCancelRequestedEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::SignalExternalWorkflowExecutionInitiatedEventAttributes(of) => {
                vec![of.workflow_task_completed_event_id]
            }
            Attributes::SignalExternalWorkflowExecutionFailedEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::ExternalWorkflowExecutionSignaledEventAttributes(of) => vec![of.initiated_event_id],
            Attributes::WorkflowExecutionUpdateAcceptedEventAttributes(of) => {
                vec![of.accepted_request_sequencing_event_id]
            }
            Attributes::WorkflowExecutionUpdateCompletedEventAttributes(of) => vec![of.accepted_event_id],
            _ => Vec::new(),
        };
        format!("{} @{millis} {name} {references:?}", event.event_id)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The attributes of the last event.
fn last(records: &[Record]) -> Attributes {
    let last = to_wire(records).pop().expect("there are events");
    last.attributes.expect("every event has attributes")
}

fn failure(message: &str) -> Failure {
    Failure::new(FailureLayer::of_engine(
        message,
        FailureInfo::Application(ApplicationFailure::default()),
    ))
}

fn order() -> Vec<Record> {
    vec![
        at(0, started()),
        at(1, activated()),
        at(1, activity(1)),
        at(1, timer(2)),
        at(1, activity(3)),
        at(
            9,
            Event::ActivityCompleted {
                attempt: end(1, Some(4)),
                output: None,
            },
        ),
        at(10, activated()),
        at(10, timer(4)),
        at(
            10,
            Event::TimerCancelled {
                operation: OperationId(4),
            },
        ),
        at(
            10,
            Event::ActivityCancelRequested {
                operation: OperationId(3),
            },
        ),
        at(
            12,
            Event::ActivityCancelled {
                attempt: end(3, None),
                details: Vec::new(),
            },
        ),
        at(
            5001,
            Event::TimerFired {
                operation: OperationId(2),
            },
        ),
        at(5002, activated()),
        at(5002, activity(5)),
        at(
            5009,
            Event::ActivityFailed {
                attempt: end(5, Some(5003)),
                failure: failure("declined"),
                retry_state: RetryState::MaximumAttemptsReached,
            },
        ),
        at(5010, activated()),
        at(
            5010,
            Event::RunCompleted {
                output: None,
                successor: None,
            },
        ),
    ]
}

#[test]
fn a_history_reads_as_temporals() {
    insta::assert_snapshot!(story(&order()), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 ActivityTaskScheduled [4]
    6 @1 TimerStarted []
    7 @1 ActivityTaskScheduled [4]
    8 @4 ActivityTaskStarted [5]
    9 @9 ActivityTaskCompleted [5, 8]
    10 @10 WorkflowTaskScheduled []
    11 @10 WorkflowTaskStarted [10]
    12 @10 WorkflowTaskCompleted [10, 11]
    13 @10 TimerStarted []
    14 @10 TimerCanceled [13]
    15 @10 ActivityTaskCancelRequested [7]
    16 @12 ActivityTaskCanceled [7, 0, 15]
    17 @5001 TimerFired [6]
    18 @5002 WorkflowTaskScheduled []
    19 @5002 WorkflowTaskStarted [18]
    20 @5002 WorkflowTaskCompleted [18, 19]
    21 @5002 ActivityTaskScheduled [20]
    22 @5003 ActivityTaskStarted [21]
    23 @5009 ActivityTaskFailed [21, 22]
    24 @5010 WorkflowTaskScheduled []
    25 @5010 WorkflowTaskStarted [24]
    26 @5010 WorkflowTaskCompleted [24, 25]
    27 @5010 WorkflowExecutionCompleted [26]
    ");
}

#[test]
fn to_give_an_activity_up_is_no_event() {
    let Event::ActivityScheduled { operation, request } = activity(1) else {
        panic!("it is scheduled")
    };
    let mut request = (*request).clone();
    request.cancellation = CancellationType::Abandon;
    let request = Arc::new(request);
    let records = [
        at(0, started()),
        at(1, activated()),
        at(1, Event::ActivityScheduled { operation, request }),
        at(2, Event::ActivityCancelRequested { operation }),
        at(
            3,
            Event::ActivityCompleted {
                attempt: end(1, Some(2)),
                output: None,
            },
        ),
    ];
    insta::assert_snapshot!(story(&records), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 ActivityTaskScheduled [4]
    6 @2 ActivityTaskStarted [5]
    7 @3 ActivityTaskCompleted [5, 6]
    ");
}

#[test]
fn what_was_shown_of_a_history_stays_as_its_beginning() {
    let records = order();
    let whole = to_wire(&records);
    for length in 0..records.len() {
        let part = to_wire(&records[..length]);
        assert_eq!(part, whole[..part.len()]);
    }
}
