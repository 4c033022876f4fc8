//! Messages to other runs.

use super::*;
use crate::server::history::execution_to_wire;
use mainspring_api::temporal::enums::v1::{
    CancelExternalWorkflowExecutionFailedCause as CancelFailedCause,
    SignalExternalWorkflowExecutionFailedCause as SignalFailedCause,
};
use mainspring_core::{ExternalSignal, ExternalTarget, NotDelivered, SignalReceived};

fn target() -> ExternalTarget {
    ExternalTarget {
        workflow_id: "stock".into(),
        run_id: None,
        child_only: false,
    }
}

/// A run that has sent a signal and a request to cancel.
fn sent() -> Vec<Record> {
    let signal = ExternalSignal {
        target: target(),
        name: "reserve".into(),
        input: Vec::new(),
        headers: Vec::new(),
    };
    vec![
        at(0, started()),
        at(1, activated()),
        at(
            1,
            Event::ExternalSignalInitiated {
                operation: OperationId(1),
                signal: Box::new(signal),
            },
        ),
        at(
            1,
            Event::ExternalCancelInitiated {
                operation: OperationId(2),
                target: target(),
                reason: "sold out".into(),
            },
        ),
    ]
}

fn resolved(operation: u64, result: Result<(), NotDelivered>) -> Record {
    let operation = OperationId(operation);
    at(2, Event::ExternalResolved { operation, result })
}

#[test]
fn messages_read_as_temporals() {
    let mut delivered = sent();
    delivered.extend([resolved(2, Ok(())), resolved(1, Ok(()))]);
    insta::assert_snapshot!(story(&delivered), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 SignalExternalWorkflowExecutionInitiated [4]
    6 @1 RequestCancelExternalWorkflowExecutionInitiated [4]
    7 @2 ExternalWorkflowExecutionCancelRequested [6]
    8 @2 ExternalWorkflowExecutionSignaled [5]
    ");
    let Attributes::ExternalWorkflowExecutionSignaledEventAttributes(of) = last(&delivered) else {
        panic!("it is delivered")
    };
    assert_eq!(of.workflow_execution.map(|it| it.workflow_id), Some("stock".into()));
}

#[test]
fn a_message_that_nobody_could_take_says_so() {
    let failed = |record| {
        let mut records = sent();
        records.push(record);
        last(&records)
    };
    let Attributes::SignalExternalWorkflowExecutionFailedEventAttributes(signal) =
        failed(resolved(1, Err(NotDelivered::NotFound)))
    else {
        panic!("it failed")
    };
    assert_eq!(signal.cause(), SignalFailedCause::ExternalWorkflowExecutionNotFound);
    assert_eq!(signal.initiated_event_id, 5);
    let Attributes::RequestCancelExternalWorkflowExecutionFailedEventAttributes(cancel) =
        failed(resolved(2, Err(NotDelivered::NotFound)))
    else {
        panic!("it failed")
    };
    assert_eq!(cancel.cause(), CancelFailedCause::ExternalWorkflowExecutionNotFound);
    assert_eq!(cancel.initiated_event_id, 6);
    let given_up = Event::ExternalCancelled {
        operation: OperationId(1),
    };
    let Attributes::SignalExternalWorkflowExecutionFailedEventAttributes(given_up) = failed(at(2, given_up)) else {
        panic!("it failed")
    };
    assert_eq!(given_up.cause(), SignalFailedCause::Unspecified);
}

#[test]
fn what_another_run_sent_names_it() {
    let sender = Execution {
        workflow_id: "stock".into(),
        run_id: RunId::from_bytes([3; 16]),
    };
    let signal = SignalReceived {
        name: "reserved".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: "workflow stock".into(),
        request_id: "a-run/1".into(),
        sender: Some(sender.clone()),
    };
    let cancel = Event::CancelRequested {
        reason: "sold out".into(),
        identity: "workflow stock".into(),
        request_id: "a-run/2".into(),
        sender: Some(CancelSender {
            execution: sender.clone(),
            initiated: Some(ShownEventId(7)),
        }),
    };
    let records = [
        at(0, started()),
        at(1, Event::SignalReceived(Box::new(signal))),
        at(2, cancel),
    ];
    let named: Vec<_> = to_wire(&records)
        .into_iter()
        .filter_map(|event| match event.attributes? {
            Attributes::WorkflowExecutionSignaledEventAttributes(it) => it.external_workflow_execution,
            Attributes::WorkflowExecutionCancelRequestedEventAttributes(it) => it.external_workflow_execution,
            _ => None,
        })
        .collect();
    assert_eq!(named, [execution_to_wire(&sender), execution_to_wire(&sender)]);
    let Attributes::WorkflowExecutionCancelRequestedEventAttributes(asked) = last(&records) else {
        panic!("it was asked")
    };
    assert_eq!(asked.external_initiated_event_id, 7);
}
