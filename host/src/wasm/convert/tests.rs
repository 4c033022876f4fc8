//! Nothing is lost between guest and core.

use super::from_guest::{priority, retry_policy};
use super::to_guest::{failure_in, payload_in, payload_map_in, retry_policy_in};
use super::*;
use crate::wasm::bindings::types as wit;
use mainspring_core as core;
use mainspring_core::Millis;
use mainspring_core::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, Payload, RetryState,
    RunId, TimeoutKind,
};

fn sample_payload() -> Payload {
    Payload {
        metadata: core::Metadata::new(vec![
            ("encoding".into(), "binary/encrypted".into()),
            ("key".into(), bytes::Bytes::from_static(&[0, 255])),
        ]),
        data: bytes::Bytes::from_static(&[0, 1, 255]),
    }
}

fn sample_failure() -> Failure {
    let infos = [
        FailureInfo::Activity(ActivityFailure {
            activity_type: "charge".into(),
            activity_id: "1".into(),
            identity: "worker".into(),
            retry_state: RetryState::MaximumAttemptsReached,
        }),
        FailureInfo::ChildWorkflow(ChildWorkflowFailure {
            workflow_type: "order".into(),
            workflow_id: "o-1".into(),
            run_id: Some(RunId::from_bytes([9; 16])),
            retry_state: RetryState::Timeout,
        }),
        FailureInfo::Timeout {
            kind: TimeoutKind::Heartbeat,
            last_heartbeat: vec![sample_payload()],
        },
        FailureInfo::Cancelled(vec![sample_payload()]),
        FailureInfo::Terminated,
        FailureInfo::Server { non_retryable: true },
        FailureInfo::Unspecified,
        FailureInfo::Application(ApplicationFailure {
            kind: "CardDeclined".into(),
            non_retryable: true,
            benign: true,
            details: vec![sample_payload()],
            next_retry_delay: Some(Millis::new(3)),
        }),
    ];
    let layers = infos.map(|info| FailureLayer {
        message: "no".into(),
        source: "sdk".into(),
        stack_trace: "at charge".into(),
        encoded_attributes: Some(sample_payload()),
        info,
    });
    Failure::from_layers(layers.into()).expect("it has layers")
}

#[test]
fn nothing_is_lost_on_the_way_there_and_back() {
    assert_eq!(payload(payload_in(sample_payload())), Ok(sample_payload()));
    assert_eq!(failure(failure_in(sample_failure())), Ok(sample_failure()));
    let map = vec![("a".to_owned(), sample_payload()), ("b".to_owned(), Payload::default())];
    assert_eq!(payload_map(payload_map_in(map.clone())), Ok(map));
    let policy = core::RetryPolicy {
        non_retryable_kinds: vec!["CardDeclined".into()],
        ..Default::default()
    };
    assert_eq!(retry_policy(retry_policy_in(policy.clone())), Ok(policy));
}

#[test]
fn names_are_put_in_order() {
    let map = ["b", "a"].map(|name| (name.to_owned(), payload_in(sample_payload())));
    let names = payload_map(map.into())
        .expect("it is right")
        .into_iter()
        .map(|(name, _)| name);
    assert_eq!(names.collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn what_breaks_a_rule_is_refused() {
    let twice = ["a", "a"].map(|name| (name.to_owned(), payload_in(sample_payload())));
    assert_eq!(
        payload_map(twice.into()),
        Err(WrongArgument("a map of payloads has `a` twice".into()))
    );
    assert_eq!(failure(Vec::new()), Err(WrongArgument("a failure has no layer".into())));
    for coefficient in [0.5, f64::NAN, f64::INFINITY, -1.0] {
        let policy = wit::RetryPolicy {
            backoff_coefficient: coefficient,
            ..retry_policy_in(core::RetryPolicy::default())
        };
        assert!(retry_policy(policy).is_err(), "{coefficient}");
    }
    for (bytes, weight) in [(65, 1.0), (1, -1.0), (1, f32::NAN)] {
        let wrong = wit::Priority {
            key: 1,
            fairness_key: "k".repeat(bytes),
            fairness_weight: weight,
        };
        assert!(priority(wrong).is_err(), "{bytes} {weight}");
    }
}
