//! Failures: the wire nests each cause inside its effect, the core lays the chain flat.

use super::{
    InvalidField, duration_from_wire, duration_to_wire,
    options::{retry_state_from_wire, retry_state_to_wire},
    payload_from_wire, payload_to_wire, payloads_from_wire, payloads_to_wire,
};
use mainspring_api::temporal::{
    common::v1::{ActivityType, WorkflowExecution, WorkflowType},
    enums::v1::{ApplicationErrorCategory, TimeoutType},
    failure::v1::{self as wire, failure::FailureInfo as WireInfo},
};
use mainspring_core::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, RunId, TimeoutKind,
};

pub(crate) fn failure_to_wire(failure: &Failure) -> wire::Failure {
    let innermost_first = failure.layers().iter().rev();
    let chain = innermost_first.fold(None, |cause, layer| Some(Box::new(layer_to_wire(layer, cause))));
    // A core failure has at least one layer, so the chain is never empty.
    chain.map(|failure| *failure).unwrap_or_default()
}

/// Takes the chain of causes apart. The decoder has bounded its depth already.
pub(crate) fn failure_from_wire(failure: wire::Failure) -> Result<Failure, InvalidField> {
    let mut layers = Vec::new();
    let mut next = Some(Box::new(failure));
    while let Some(mut layer) = next {
        next = layer.cause.take();
        layers.push(layer_from_wire(*layer)?);
    }
    Failure::from_layers(layers).ok_or_else(|| InvalidField::new("failure", "a failure must say something"))
}

fn layer_to_wire(layer: &FailureLayer, cause: Option<Box<wire::Failure>>) -> wire::Failure {
    wire::Failure {
        message: layer.message.clone(),
        source: layer.source.clone(),
        stack_trace: layer.stack_trace.clone(),
        encoded_attributes: layer.encoded_attributes.as_ref().map(payload_to_wire),
        cause,
        failure_info: info_to_wire(&layer.info),
    }
}

fn layer_from_wire(layer: wire::Failure) -> Result<FailureLayer, InvalidField> {
    Ok(FailureLayer {
        message: layer.message,
        source: layer.source,
        stack_trace: layer.stack_trace,
        encoded_attributes: layer.encoded_attributes.map(payload_from_wire),
        info: layer
            .failure_info
            .map_or(Ok(FailureInfo::Unspecified), info_from_wire)?,
    })
}

fn info_to_wire(info: &FailureInfo) -> Option<WireInfo> {
    Some(match info {
        FailureInfo::Application(application) => WireInfo::ApplicationFailureInfo(wire::ApplicationFailureInfo {
            r#type: application.kind.clone(),
            non_retryable: application.non_retryable,
            details: payloads_to_wire(&application.details),
            next_retry_delay: application.next_retry_delay.map(duration_to_wire),
            category: category_to_wire(application.benign).into(),
        }),
        FailureInfo::Cancelled(details) => WireInfo::CanceledFailureInfo(wire::CanceledFailureInfo {
            details: payloads_to_wire(details),
            ..Default::default()
        }),
        FailureInfo::Terminated => WireInfo::TerminatedFailureInfo(wire::TerminatedFailureInfo::default()),
        FailureInfo::Timeout { kind, last_heartbeat } => WireInfo::TimeoutFailureInfo(wire::TimeoutFailureInfo {
            timeout_type: timeout_kind_to_wire(*kind).into(),
            last_heartbeat_details: payloads_to_wire(last_heartbeat),
        }),
        FailureInfo::Server { non_retryable } => WireInfo::ServerFailureInfo(wire::ServerFailureInfo {
            non_retryable: *non_retryable,
        }),
        FailureInfo::Activity(activity) => WireInfo::ActivityFailureInfo(wire::ActivityFailureInfo {
            identity: activity.identity.clone(),
            activity_type: Some(ActivityType {
                name: activity.activity_type.clone(),
            }),
            activity_id: activity.activity_id.clone(),
            retry_state: retry_state_to_wire(activity.retry_state).into(),
            ..Default::default()
        }),
        FailureInfo::ChildWorkflow(child) => {
            WireInfo::ChildWorkflowExecutionFailureInfo(wire::ChildWorkflowExecutionFailureInfo {
                workflow_execution: Some(WorkflowExecution {
                    workflow_id: child.workflow_id.clone(),
                    run_id: child.run_id.map(|run| run.to_string()).unwrap_or_default(),
                }),
                workflow_type: Some(WorkflowType {
                    name: child.workflow_type.clone(),
                }),
                retry_state: retry_state_to_wire(child.retry_state).into(),
                ..Default::default()
            })
        }
        FailureInfo::Unspecified => return None,
    })
}

fn info_from_wire(info: WireInfo) -> Result<FailureInfo, InvalidField> {
    Ok(match info {
        WireInfo::ApplicationFailureInfo(application) => FailureInfo::Application(ApplicationFailure {
            benign: application.category() == ApplicationErrorCategory::Benign,
            kind: application.r#type,
            non_retryable: application.non_retryable,
            details: payloads_from_wire(application.details),
            next_retry_delay: duration_from_wire("failure.next_retry_delay", application.next_retry_delay)?,
        }),
        WireInfo::CanceledFailureInfo(cancelled) => FailureInfo::Cancelled(payloads_from_wire(cancelled.details)),
        WireInfo::TerminatedFailureInfo(_) => FailureInfo::Terminated,
        WireInfo::TimeoutFailureInfo(timeout) => FailureInfo::Timeout {
            kind: timeout_kind_from_wire(timeout.timeout_type()),
            last_heartbeat: payloads_from_wire(timeout.last_heartbeat_details),
        },
        WireInfo::ServerFailureInfo(server) => FailureInfo::Server {
            non_retryable: server.non_retryable,
        },
        WireInfo::ActivityFailureInfo(activity) => FailureInfo::Activity(ActivityFailure {
            retry_state: retry_state_from_wire(activity.retry_state()),
            activity_type: activity.activity_type.map(|of| of.name).unwrap_or_default(),
            activity_id: activity.activity_id,
            identity: activity.identity,
        }),
        WireInfo::ChildWorkflowExecutionFailureInfo(child) => {
            let retry_state = retry_state_from_wire(child.retry_state());
            let execution = child.workflow_execution.unwrap_or_default();
            FailureInfo::ChildWorkflow(ChildWorkflowFailure {
                workflow_type: child.workflow_type.map(|of| of.name).unwrap_or_default(),
                run_id: RunId::parse(&execution.run_id),
                workflow_id: execution.workflow_id,
                retry_state,
            })
        }
        // Of these the message remains: no activity is reset in this way here, and there is no Nexus.
        WireInfo::ResetWorkflowFailureInfo(_)
        | WireInfo::NexusOperationExecutionFailureInfo(_)
        | WireInfo::NexusHandlerFailureInfo(_) => FailureInfo::Unspecified,
    })
}

const fn category_to_wire(benign: bool) -> ApplicationErrorCategory {
    if benign {
        ApplicationErrorCategory::Benign
    } else {
        ApplicationErrorCategory::Unspecified
    }
}

const fn timeout_kind_to_wire(kind: TimeoutKind) -> TimeoutType {
    match kind {
        TimeoutKind::StartToClose => TimeoutType::StartToClose,
        TimeoutKind::ScheduleToStart => TimeoutType::ScheduleToStart,
        TimeoutKind::ScheduleToClose => TimeoutType::ScheduleToClose,
        TimeoutKind::Heartbeat => TimeoutType::Heartbeat,
    }
}

const fn timeout_kind_from_wire(kind: TimeoutType) -> TimeoutKind {
    match kind {
        TimeoutType::Unspecified | TimeoutType::StartToClose => TimeoutKind::StartToClose,
        TimeoutType::ScheduleToStart => TimeoutKind::ScheduleToStart,
        TimeoutType::ScheduleToClose => TimeoutKind::ScheduleToClose,
        TimeoutType::Heartbeat => TimeoutKind::Heartbeat,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_core::{Millis, Payload, RetryState};

    fn layer(message: &str, info: FailureInfo) -> FailureLayer {
        FailureLayer {
            message: message.into(),
            source: "PythonSDK".into(),
            stack_trace: "line 1".into(),
            encoded_attributes: Some(Payload::encoded("binary/encrypted", "x")),
            info,
        }
    }

    #[test]
    fn every_kind_of_failure_survives_the_wire() {
        let note = || vec![Payload::encoded("json/plain", "1")];
        let kinds = [
            FailureInfo::Activity(ActivityFailure {
                activity_type: "chargeCard".into(),
                activity_id: "2".into(),
                identity: "1@host".into(),
                retry_state: RetryState::MaximumAttemptsReached,
            }),
            FailureInfo::ChildWorkflow(ChildWorkflowFailure {
                workflow_type: "Child".into(),
                workflow_id: "c".into(),
                run_id: Some(RunId::from_bytes([7; 16])),
                retry_state: RetryState::RetryPolicyNotSet,
            }),
            FailureInfo::Application(ApplicationFailure {
                kind: "Declined".into(),
                non_retryable: true,
                details: note(),
                next_retry_delay: Some(Millis::new(1500)),
                benign: true,
            }),
            FailureInfo::Timeout {
                kind: TimeoutKind::Heartbeat,
                last_heartbeat: note(),
            },
            FailureInfo::Cancelled(note()),
            FailureInfo::Server { non_retryable: true },
            FailureInfo::Terminated,
            FailureInfo::Unspecified,
        ];
        let layers = kinds
            .into_iter()
            .enumerate()
            .map(|(depth, info)| layer(&format!("layer {depth}"), info));
        let failure = Failure::from_layers(layers.collect()).expect("it has layers");
        assert_eq!(failure_from_wire(failure_to_wire(&failure)), Ok(failure));
    }
}
