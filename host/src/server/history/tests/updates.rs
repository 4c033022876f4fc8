//! Updates.

use super::*;
use mainspring_api::temporal::update::v1::outcome;
use mainspring_core::{UpdateOutcome, UpdateRequest};

fn completed(outcome: UpdateOutcome) -> Vec<Record> {
    let update = UpdateRequest {
        id: "u-1".into(),
        name: "add".into(),
        input: vec![Payload::encoded("json/plain", "1")],
        headers: Vec::new(),
        identity: "cli".into(),
    };
    vec![
        at(0, started()),
        at(1, Event::UpdateAccepted(Box::new(update))),
        at(1, activated()),
        at(
            1,
            Event::UpdateCompleted {
                update_id: "u-1".into(),
                outcome,
            },
        ),
    ]
}

#[test]
fn an_update_reads_as_temporals() {
    let records = completed(Ok(Some(Payload::encoded("json/plain", "2"))));
    insta::assert_snapshot!(story(&records), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowExecutionUpdateAccepted [1]
    3 @1 WorkflowTaskScheduled []
    4 @1 WorkflowTaskStarted [3]
    5 @1 WorkflowTaskCompleted [3, 4]
    6 @1 WorkflowExecutionUpdateCompleted [2]
    ");
    let Attributes::WorkflowExecutionUpdateAcceptedEventAttributes(accepted) = last(&records[..2]) else {
        panic!("it is accepted")
    };
    assert_eq!(accepted.protocol_instance_id, "u-1");
    let request = accepted.accepted_request.expect("it is shown");
    assert_eq!(request.input.map(|it| it.name), Some("add".into()));
    assert_eq!(request.meta.as_ref().map(|it| it.identity.as_str()), Some("cli"));
    let Attributes::WorkflowExecutionUpdateCompletedEventAttributes(of) = last(&records) else {
        panic!("it is completed")
    };
    assert_eq!(of.meta, request.meta);
    let Some(outcome::Value::Success(payloads)) = of.outcome.and_then(|it| it.value) else {
        panic!("it succeeded")
    };
    assert_eq!(payloads.payloads[0].data, b"2");
}

#[test]
fn an_update_without_a_value_has_an_outcome_all_the_same() {
    let value = |outcome| {
        let Attributes::WorkflowExecutionUpdateCompletedEventAttributes(of) = last(&completed(outcome)) else {
            panic!("it is completed")
        };
        of.outcome.and_then(|it| it.value)
    };
    assert_eq!(
        value(Ok(None)),
        Some(outcome::Value::Success(
            mainspring_api::temporal::common::v1::Payloads::default()
        ))
    );
    assert!(matches!(value(Err(failure("no"))), Some(outcome::Value::Failure(of)) if of.message == "no"));
}
