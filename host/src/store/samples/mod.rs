//! One of everything that is stored, for tests. The golden files were made of these: they are added to, not edited.

mod batch_operations;
mod control;
mod later;
mod messages;
mod schedules;

pub(super) use batch_operations::batch_operations;
pub(super) use control::{task_queue, workflow_type};
pub(super) use later::later_events;
pub(super) use messages::{messages, outbox_batch};
pub(super) use schedules::{messages_of_schedules, schedules, schedules_batch};

use super::search::{AttributeType, AttributeTypes};
use super::{Batch, Epoch, ModuleVersion, Namespace, RunHead, RunSummary, RunWrite, ShardId, format::Chunk};
use bytes::Bytes;
use mainspring_core::*;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn run(number: u8) -> RunId {
    let mut bytes = [0x11; 16];
    bytes[6] = 0x70;
    bytes[15] = number;
    RunId::from_bytes(bytes)
}

pub(super) fn payload(text: &str) -> Payload {
    Payload {
        metadata: Metadata::new(vec![
            ("encoding".into(), Bytes::from_static(b"json/plain")),
            ("messageType".into(), Bytes::from_static(b"shop.Order")),
        ]),
        data: Bytes::copy_from_slice(text.as_bytes()),
    }
}

fn map(name: &str) -> PayloadMap {
    vec![
        (name.into(), payload("\"one\"")),
        ("z-nothing".into(), Payload::default()),
    ]
}

fn retry() -> RetryPolicy {
    RetryPolicy {
        initial_interval: Millis::new(250),
        backoff_coefficient: 1.5,
        maximum_interval: Some(Millis::ZERO),
        maximum_attempts: 7,
        non_retryable_kinds: vec!["CardDeclined".into(), String::new()],
    }
}

fn priority() -> Priority {
    Priority {
        key: 3,
        fairness_key: "tenant-7".into(),
        fairness_weight: 0.25,
    }
}

/// Every kind of layer, and among them every timeout and every retry state.
pub(super) fn failure() -> Failure {
    let layer = |message: &str, info| FailureLayer {
        message: message.into(),
        source: "python-sdk".into(),
        stack_trace: "at line 1\nat line 2".into(),
        encoded_attributes: None,
        info,
    };
    let activity = |retry_state| {
        FailureInfo::Activity(ActivityFailure {
            activity_type: "charge".into(),
            activity_id: "1".into(),
            identity: "worker@host".into(),
            retry_state,
        })
    };
    let timeout = |kind| FailureInfo::Timeout {
        kind,
        last_heartbeat: vec![payload("42")],
    };
    let application = |next_retry_delay: Option<Millis>| {
        FailureInfo::Application(ApplicationFailure {
            kind: "CardDeclined".into(),
            non_retryable: next_retry_delay.is_none(),
            details: vec![payload("{\"code\":51}"), payload("null")],
            next_retry_delay,
            benign: next_retry_delay.is_some(),
        })
    };
    let child = |run_id| {
        FailureInfo::ChildWorkflow(ChildWorkflowFailure {
            workflow_type: "ship".into(),
            workflow_id: "order-1/ship".into(),
            run_id,
            retry_state: RetryState::Timeout,
        })
    };
    let mut layers = vec![
        layer("activity error", activity(RetryState::Unspecified)),
        layer("child failed", child(Some(run(9)))),
        layer("child never started", child(None)),
        layer("too late", timeout(TimeoutKind::StartToClose)),
        layer("nobody took it", timeout(TimeoutKind::ScheduleToStart)),
        layer("all attempts", timeout(TimeoutKind::ScheduleToClose)),
        layer("silence", timeout(TimeoutKind::Heartbeat)),
        layer("cancelled", FailureInfo::Cancelled(vec![payload("\"bye\"")])),
        layer("terminated", FailureInfo::Terminated),
        layer("server", FailureInfo::Server { non_retryable: true }),
        layer("declined", application(Some(Millis::from_secs(9)))),
        layer("declined for good", application(None)),
        layer("", FailureInfo::Unspecified),
    ];
    let states = [
        RetryState::InProgress,
        RetryState::NonRetryableFailure,
        RetryState::Timeout,
        RetryState::MaximumAttemptsReached,
        RetryState::RetryPolicyNotSet,
        RetryState::InternalServerError,
        RetryState::CancelRequested,
    ];
    layers.extend(states.map(|state| layer("again", activity(state))));
    layers[0].encoded_attributes = Some(payload("\"secret\""));
    Failure::from_layers(layers).expect("there are layers")
}

fn run_started() -> RunStarted {
    RunStarted {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: "order-1".into(),
            run_id: run(1),
        },
        workflow_type: "fulfil".into(),
        module: "shop".into(),
        task_queue: "orders".into(),
        input: vec![payload("{\"sku\":\"a\"}")],
        headers: map("trace"),
        random_seed: (u64::MAX, 7),
        timeouts: WorkflowTimeouts {
            execution: Some(Millis::from_secs(86_400)),
            run: None,
            task: Some(Millis::from_secs(10)),
        },
        retry: Some(retry()),
        attempt: 2,
        memo: map("memo"),
        search_attributes: map("CustomerId"),
        priority: Some(priority()),
        identity: "client@host".into(),
        request_id: "a-request".into(),
        first_run_id: run(0),
        summary: Some(payload("\"a summary\"")),
        details: Some(payload("\"details\"")),
        origin: Origin::default(),
    }
}

fn activity_request(cancellation: CancellationType) -> ActivityRequest {
    ActivityRequest {
        activity_type: "charge".into(),
        activity_id: Some("charge-1".into()),
        task_queue: Some("payments".into()),
        input: vec![payload("1200")],
        headers: map("trace"),
        timeouts: ActivityTimeouts {
            schedule_to_close: Some(Millis::from_secs(60)),
            schedule_to_start: Some(Millis::ZERO),
            start_to_close: Some(Millis::from_secs(10)),
            heartbeat: None,
        },
        retry: Some(retry()),
        cancellation,
        local: true,
        priority: Some(priority()),
        summary: Some(payload("\"charge the card\"")),
        details: None,
    }
}

fn plain_activity_request() -> ActivityRequest {
    ActivityRequest {
        activity_type: "notify".into(),
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
        details: Some(payload("\"details\"")),
    }
}

fn attempt_end(started: Option<Timestamp>) -> AttemptEnd {
    AttemptEnd {
        operation: OperationId(1),
        attempt: 3,
        started,
        identity: "worker@host".into(),
        last_failure: None,
    }
}

fn events() -> Vec<Event> {
    let operation = OperationId(300);
    let scheduled = |request| Event::ActivityScheduled {
        operation,
        request: Arc::new(request),
    };
    let started = Some(Timestamp::from_millis(1_700_000_000_100));
    vec![
        Event::RunStarted(Arc::new(run_started())),
        Event::Activated(Activated {
            module: Digest::from_bytes([0xd1; 32]),
            history_bytes: 250,
            continue_as_new_suggested: true,
        }),
        scheduled(activity_request(CancellationType::WaitCancellationCompleted)),
        scheduled(activity_request(CancellationType::Abandon)),
        scheduled(plain_activity_request()),
        Event::TimerStarted {
            operation,
            request: TimerRequest {
                after: Millis::from_secs(5),
                summary: Some(payload("\"wait\"")),
                details: None,
            },
        },
        Event::ActivityCancelRequested { operation },
        Event::TimerCancelled { operation },
        Event::SearchAttributesUpserted(map("Status")),
        Event::MemoUpserted(map("note")),
        Event::ActivityCompleted {
            attempt: attempt_end(started),
            output: Some(payload("\"paid\"")),
        },
        Event::ActivityCompleted {
            attempt: attempt_end(None),
            output: None,
        },
        Event::ActivityFailed {
            attempt: attempt_end(started),
            failure: failure(),
            retry_state: RetryState::MaximumAttemptsReached,
        },
        Event::ActivityTimedOut {
            attempt: attempt_end(None),
            failure: failure(),
            retry_state: RetryState::Timeout,
        },
        Event::ActivityCancelled {
            attempt: attempt_end(started),
            details: vec![payload("\"half\"")],
        },
        Event::TimerFired { operation },
        Event::SignalReceived(Box::new(SignalReceived {
            name: "address-changed".into(),
            input: vec![payload("\"Main Street\"")],
            headers: map("trace"),
            identity: "client@host".into(),
            request_id: "b-request".into(),
            sender: None,
        })),
        Event::CancelRequested {
            reason: "changed my mind".into(),
            identity: "client@host".into(),
            request_id: "c-request".into(),
            sender: None,
        },
        Event::RunCompleted {
            output: Some(payload("{}")),
            successor: None,
        },
        Event::RunCompleted {
            output: None,
            successor: None,
        },
        Event::RunFailed {
            failure: failure(),
            retry_state: RetryState::Unspecified,
            successor: None,
        },
        Event::RunCancelled {
            details: vec![payload("\"refunded\"")],
        },
        Event::RunTerminated {
            reason: "stuck".into(),
            details: vec![payload("1")],
            identity: "operator".into(),
            successor: None,
        },
        Event::RunTimedOut {
            retry_state: RetryState::Unspecified,
            successor: None,
        },
    ]
}

/// Every kind of event that the golden chunk has, at moments that are equal, near and far apart.
pub(super) fn records() -> Vec<Record> {
    let time = |at: usize| 1_700_000_000_000 + [0, 0, 1, 300, 86_400_000][at % 5] + 1_000_000_000 * (at as u64 / 5);
    let records = events().into_iter().enumerate().map(|(at, event)| Record {
        time: Timestamp::from_millis(time(at)),
        event,
    });
    records.collect()
}

/// Every phase.
pub(super) fn attempts() -> Vec<Attempt> {
    let at = Timestamp::from_millis(1_700_000_000_500);
    let phases = [
        Phase::Ready(at),
        Phase::BackingOff(at),
        Phase::Started(at, Place::Remote),
        Phase::Started(at, Place::InProcess),
    ];
    let attempts = phases.map(|phase| Attempt {
        number: 4,
        phase,
        last_failure: Some(failure()),
        last_identity: "worker@host".into(),
        last_failed: None,
        heartbeat: vec![payload("17")],
        heartbeat_at: Some(at),
        intervention: None,
    });
    std::iter::once(Attempt::first(at)).chain(attempts).collect()
}

/// What attempts gained after those were written.
pub(super) fn later_attempts() -> Vec<(&'static str, Attempt)> {
    let at = Timestamp::from_millis(1_700_000_000_500);
    let attempt = |last_failed, intervention| Attempt {
        number: 6,
        last_failed,
        intervention,
        ..Attempt::first(at)
    };
    let options = ActivityOptions {
        task_queue: Some("backup".into()),
        timeouts: ActivityTimeouts {
            schedule_to_close: Some(Millis::from_secs(3_600)),
            start_to_close: Some(Millis::from_secs(60)),
            ..ActivityTimeouts::default()
        },
        retry: Some(retry()),
        priority: Some(priority()),
    };
    let all = Intervention {
        paused: Some((at, later::pause())),
        uncounted: 5,
        reset: Some(PendingReset { drops_heartbeat: true }),
        options: Some(options),
    };
    let little = Intervention {
        paused: Some((at, Pause::default())),
        reset: Some(PendingReset::default()),
        options: Some(ActivityOptions::default()),
        ..Intervention::default()
    };
    vec![
        ("last-failed", attempt(Some(at), None)),
        ("intervention", attempt(None, Some(Box::new(all)))),
        ("little-intervention", attempt(None, Some(Box::new(little)))),
    ]
}

/// Every status.
pub(super) fn summaries() -> Vec<RunSummary> {
    let statuses = [
        RunStatus::Running,
        RunStatus::Completed,
        RunStatus::Failed,
        RunStatus::Cancelled,
        RunStatus::Terminated,
        RunStatus::TimedOut,
        RunStatus::ContinuedAsNew,
        RunStatus::Paused,
    ];
    statuses.map(summary).into()
}

pub(super) fn summary(status: RunStatus) -> RunSummary {
    RunSummary {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: "order-1".into(),
            run_id: run(1),
        },
        workflow_type: "fulfil".into(),
        task_queue: "orders".into(),
        status,
        started: Timestamp::from_millis(1_700_000_000_000),
        closed: status.is_closed().then_some(Timestamp::from_millis(1_700_000_005_000)),
        history_length: 24,
        transitions: 24,
        history_bytes: 0,
        memo: map("memo"),
        search_attributes: map("CustomerId"),
        start_request_id: "a-request".into(),
        reset_request_id: None,
        first_run_id: run(0),
        begins: None,
        parent: None,
        root: None,
    }
}

/// What summaries got later: how long the history is as tools are shown it.
pub(super) fn summaries_with_shown_length() -> [(&'static str, RunSummary); 2] {
    let shown = |history_length| RunSummary {
        history_length,
        ..summary(RunStatus::Completed)
    };
    [("longer", shown(41)), ("shorter", shown(23))]
}

/// What summaries got later: the reset that made the run.
pub(super) fn summary_of_a_reset() -> RunSummary {
    RunSummary {
        reset_request_id: Some("a-reset".into()),
        ..summary(RunStatus::Running)
    }
}

pub(super) fn summary_of_a_child() -> RunSummary {
    let execution = |workflow_id: &str, number| Execution {
        workflow_id: workflow_id.into(),
        run_id: run(number),
    };
    RunSummary {
        begins: Some(Timestamp::from_millis(1_700_000_003_000)),
        parent: Some(execution("order-1", 1)),
        root: Some(execution("orders-of-today", 2)),
        ..summary(RunStatus::Running)
    }
}

/// Every flag.
pub(super) fn heads() -> Vec<RunHead> {
    let head = RunHead {
        length: 24,
        bytes: 6_000,
        is_busy: false,
        next_deadline: None,
        is_closed: false,
    };
    vec![
        RunHead::default(),
        RunHead { is_busy: true, ..head },
        RunHead {
            is_closed: true,
            ..head
        },
        RunHead {
            next_deadline: Some(Timestamp::from_millis(0)),
            ..head
        },
        RunHead {
            is_busy: true,
            next_deadline: Some(Timestamp::from_millis(1_700_000_009_000)),
            ..head
        },
    ]
}

pub(super) fn module_version() -> ModuleVersion {
    ModuleVersion {
        namespace: "default".into(),
        name: "shop".into(),
        digest: Digest::from_bytes([0xd1; 32]),
        size_bytes: 123_456,
        pushed: Timestamp::from_millis(1_700_000_000_000),
    }
}

pub(super) fn namespace() -> Namespace {
    Namespace {
        name: "default".into(),
        id: run(200),
        description: "where everything goes".into(),
        registered: Timestamp::from_millis(1_700_000_000_000),
        search_attributes: AttributeTypes::new(),
        retention: None,
        is_deprecated: false,
        owner_email: String::new(),
        data: BTreeMap::new(),
        is_leaving: false,
    }
}

/// What summaries got later.
pub(super) fn later_summary() -> RunSummary {
    RunSummary {
        history_bytes: 6_000,
        ..summary(RunStatus::Completed)
    }
}

/// What namespaces got later: every type of search attribute.
pub(super) fn later_namespace() -> Namespace {
    let types = AttributeType::ALL.map(|of_type| (format!("A{}", of_type.name()), of_type));
    Namespace {
        search_attributes: types.into(),
        ..namespace()
    }
}

/// What namespaces got after that.
pub(super) fn owned_namespace() -> Namespace {
    Namespace {
        retention: Some(Millis::from_secs(72 * 3600)),
        is_deprecated: true,
        owner_email: "orders@example.org".into(),
        data: [("team".into(), "orders".into()), (String::new(), String::new())].into(),
        ..namespace()
    }
}

/// And after that.
pub(super) fn leaving_namespace() -> Namespace {
    Namespace {
        is_leaving: true,
        ..namespace()
    }
}

/// A batch from which runs go, one of which it has closed itself.
pub(super) fn deleting_batch() -> Batch {
    let head = RunHead {
        is_closed: true,
        ..heads()[1]
    };
    Batch {
        runs: vec![RunWrite {
            run: run(2),
            chunk: None,
            head,
            attempts: Vec::new(),
            summary: Some(Arc::new(summary(RunStatus::Terminated))),
            becomes_current: false,
        }],
        outbox: Vec::new(),
        deletions: vec![run(2), run(7)],
        ..outbox_batch()
    }
}

pub(super) fn chunk() -> Chunk {
    Chunk::encode(&records())
}

pub(super) fn batches() -> Vec<Batch> {
    let started = RunWrite {
        run: run(1),
        chunk: Some(chunk()),
        head: heads()[4],
        attempts: vec![(OperationId(300), attempts().pop()), (OperationId(1), None)],
        summary: Some(Arc::new(summary(RunStatus::Running))),
        becomes_current: true,
    };
    let heartbeat = RunWrite {
        run: run(2),
        chunk: None,
        head: heads()[1],
        attempts: vec![(OperationId(7), attempts().pop())],
        summary: None,
        becomes_current: false,
    };
    let batch = |shard, runs| Batch {
        shard: ShardId(shard),
        epoch: Epoch(u64::from(shard) + 70_000),
        runs,
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: Vec::new(),
    };
    vec![batch(0, vec![started, heartbeat]), batch(700, Vec::new())]
}
