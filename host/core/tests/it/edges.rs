//! Limits, and what no story can tell: misuse from the host's side, damaged histories, and plain values.

use crate::properties::request;
use crate::script::child_of_type;
use crate::world::{self, World};
use insta::assert_snapshot;
use mainspring_core::retry::backoff;
use mainspring_core::{
    ApplicationFailure, COMMAND_BYTES_PER_ACTIVATION_MAX, COMMANDS_PER_ACTIVATION_MAX, ChildCancellationType,
    ChildRequest, Command, Digest, Event, Failure, FailureInfo, FailureLayer, Millis, Misuse, NotDelivered,
    OperationId, Payload, Record, Refused, Replay, ReplayError, RetryPolicy, RetryState, Run, RunId, SignalReceived,
    Taken, Timestamp, UpdateRequest, WorkflowTimeouts,
};
use std::sync::Arc;

const TIMED_OUT: Event = Event::RunTimedOut {
    retry_state: RetryState::Timeout,
    successor: None,
};

fn world() -> World {
    let mut world = World::start(world::order(WorkflowTimeouts::default()), Timestamp::from_millis(0));
    world.commit();
    world
}

#[test]
fn one_activation_issues_so_many_commands_and_no_more() {
    let memo = || std::iter::repeat(Command::UpsertMemo(Vec::new()));
    let now = Timestamp::from_millis(0);
    let refused = world().activate(now, memo().take(COMMANDS_PER_ACTIVATION_MAX + 1));
    assert_eq!(refused, Some(Err(Misuse::TooManyCommands)));

    let mut world = world();
    let taken = world.activate(now, memo().take(COMMANDS_PER_ACTIVATION_MAX));
    assert!(matches!(taken, Some(Ok(_))));
    assert_eq!(world.commit().events.len(), COMMANDS_PER_ACTIVATION_MAX + 1);
}

#[test]
fn a_failures_details_count_as_data() {
    let with_details = |bytes: usize| {
        let details = vec![Payload::encoded("binary/plain", vec![0; bytes])];
        let mut layer = FailureLayer::of_engine("broke", FailureInfo::Unspecified);
        layer.info = FailureInfo::Application(ApplicationFailure {
            details,
            ..ApplicationFailure::default()
        });
        Command::FailRun(Failure::new(layer))
    };
    let now = Timestamp::from_millis(0);
    let refused = world().activate(now, [with_details(COMMAND_BYTES_PER_ACTIVATION_MAX)]);
    assert_eq!(refused, Some(Err(Misuse::TooManyBytes)));
    assert!(matches!(world().activate(now, [with_details(1_000)]), Some(Ok(_))));
}

#[test]
fn a_run_works_on_so_many_updates_at_once_and_takes_so_many_in_all() {
    const AT_ONCE: usize = 200;
    const IN_ALL: usize = 2_000;
    let now = Timestamp::from_millis(0);
    let update = |id: usize| UpdateRequest {
        id: id.to_string(),
        name: "set".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: String::new(),
    };
    let mut world = world();
    for first in (0..IN_ALL).step_by(AT_ONCE) {
        let ids = first..first + AT_ONCE;
        for id in ids.clone() {
            assert_eq!(world.run.accept_update(update(id), now), Ok(Taken::New));
        }
        if ids.end < IN_ALL {
            let refused = Err(Refused::TooManyUpdatesAtOnce);
            assert_eq!(world.run.accept_update(update(ids.end), now), refused);
        }
        assert_eq!(world.run.accept_update(update(first), now), Ok(Taken::Duplicate));
        world.activate(now, ids.map(|id| Command::CompleteUpdate(id.to_string(), Ok(None))));
    }
    assert_eq!(world.run.check_update("more"), Err(Refused::TooManyUpdates));
    assert_eq!(world.run.check_update("0"), Ok(Taken::Duplicate));
}

#[test]
fn the_latest_requests_are_recognised() {
    const REMEMBERED: u64 = 10_000;
    let now = Timestamp::from_millis(0);
    let signal = |id: u64| SignalReceived {
        name: "pay".into(),
        input: Vec::new(),
        headers: Vec::new(),
        identity: String::new(),
        request_id: id.to_string(),
        sender: None,
    };
    let mut world = world();
    for id in 0..=REMEMBERED {
        assert_eq!(world.run.signal(signal(id), now), Ok(Taken::New));
    }
    assert_eq!(world.run.signal(signal(1), now), Ok(Taken::Duplicate));
    assert_eq!(world.run.signal(signal(0), now), Ok(Taken::New));
    assert_eq!(world.run.signal(signal(1), now), Ok(Taken::New));
    world.commit();
    world.assert_folds_to_itself();
}

#[test]
fn a_child_that_was_not_found_does_not_have_the_request() {
    let now = Timestamp::from_millis(0);
    let request = ChildRequest {
        cancellation: ChildCancellationType::WaitCancellationRequested,
        ..child_of_type("ship", None)
    };
    let child = OperationId(1);
    let mut world = world();
    let commands = [
        Command::StartChild(Box::new(request)),
        Command::CancelOperation(child, String::new()),
    ];
    world.activate(now, commands);
    let answered = |result| {
        let event = Event::ExternalResolved {
            operation: child,
            result,
        };
        let applied = world.run.state().clone().apply(&Record { time: now, event });
        applied.map_err(|illegal| illegal.to_string())
    };
    assert_snapshot!(answered(Err(NotDelivered::NotFound)).expect_err("it is illegal"), @"event 5 (ExternalResolved) cannot happen here: a child that cannot be asked to cancel itself tells how it ended");
    assert_eq!(answered(Ok(())), Ok(()));
}

/// Older versions let two activities share an id; what they recorded is still replayed.
#[test]
fn a_history_may_have_an_activity_id_twice() {
    let now = Timestamp::from_millis(0);
    let schedule = || {
        let mut request = request(0);
        request.activity_id = Some("a".into());
        request
    };
    let mut world = world();
    world.activate(now, [Command::ScheduleActivity(Arc::new(schedule()))]);
    world.commit();
    let scheduled = Record {
        time: now,
        event: Event::ActivityScheduled {
            operation: OperationId(2),
            request: Arc::new(schedule()),
        },
    };
    world.history.push(scheduled);
    let mut replay = Replay::new(world.history.clone());
    replay.next_activation().expect("no divergence");
    for operation in [1, 2] {
        let answer = replay.command(Command::ScheduleActivity(Arc::new(schedule())));
        assert_eq!(answer, Ok(Some(OperationId(operation))));
    }
    assert_eq!(replay.end_activation(), Ok(()));

    let mut run = Run::fold(&world.history, []).expect("it is legal");
    run.complete_activity(OperationId(1), 1, None, String::new(), now)
        .expect("it is pending");
    assert_eq!(run.state().activity_with_id("a"), Some(OperationId(2)));
    run.complete_activity(OperationId(2), 1, None, String::new(), now)
        .expect("it is pending");
    assert_eq!(run.state().activity_with_id("a"), None);
}

#[test]
fn commands_belong_to_activations() {
    let mut world = world();
    assert_eq!(
        world.run.command(Command::CompleteRun(None)),
        Err(Misuse::NotActivating)
    );
    assert_eq!(world.run.patched("fast", false), Err(Misuse::NotActivating));
    let mut replay = Replay::new(world.history);
    let not_activating = ReplayError::Misuse(Misuse::NotActivating);
    assert_eq!(replay.command(Command::CompleteRun(None)), Err(not_activating.clone()));
    assert_eq!(replay.next_activation(), Ok(None));
    assert_eq!(replay.end_activation(), Err(not_activating));
}

#[test]
fn damaged_histories_are_reported() {
    let start = world().history.remove(0);
    let at = |time, event| Record {
        time: Timestamp::from_millis(time),
        event,
    };
    let damage = |history: Vec<Record>| {
        let folded = Run::fold(&history, []).map(|_| ()).expect_err("it is damaged");
        let mut replay = Replay::new(history);
        let replayed = loop {
            match replay.next_activation() {
                Ok(Some(_)) => {}
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        (folded.to_string(), replayed.map(|error| error.to_string()))
    };
    assert_snapshot!(damage(Vec::new()).0, @"event 1 (nothing) cannot happen here: the history is empty");
    let (folded, replayed) = damage(vec![at(0, TIMED_OUT)]);
    assert_snapshot!(folded, @"event 1 (RunTimedOut) cannot happen here: a history begins with RunStarted");
    assert_eq!(replayed, Some(format!("the recorded history is damaged: {folded}")));
    let (folded, replayed) = damage(vec![start.clone(), at(0, TIMED_OUT), at(0, TIMED_OUT)]);
    assert_snapshot!(folded, @"event 3 (RunTimedOut) cannot happen here: the run is closed");
    assert_eq!(replayed, Some(format!("the recorded history is damaged: {folded}")));
    let late = Record {
        time: Timestamp::from_millis(5),
        ..start
    };
    let (folded, _) = damage(vec![late, at(4, Event::Activated(world::activated()))]);
    assert_snapshot!(folded, @"event 2 (Activated) cannot happen here: it is earlier than the event before it");
}

#[test]
fn backoff_has_no_overflow() {
    let policy = |initial, coefficient, maximum: Option<u64>| RetryPolicy {
        initial_interval: Millis::new(initial),
        backoff_coefficient: coefficient,
        maximum_interval: maximum.map(Millis::new),
        ..RetryPolicy::default()
    };
    let waits = |policy: &RetryPolicy| [1, 2, 3, 8, 9, u32::MAX].map(|attempt| backoff(policy, attempt).get());
    assert_eq!(
        waits(&policy(1000, 2.0, None)),
        [1000, 2000, 4000, 100_000, 100_000, 100_000]
    );
    assert_eq!(
        waits(&policy(1000, 1.5, Some(3000))),
        [1000, 1500, 2250, 3000, 3000, 3000]
    );
    assert_eq!(waits(&policy(1000, 0.0, None)), [1000; 6]);
    assert_eq!(waits(&policy(1000, f64::NAN, None)), [1000; 6]);
    assert_eq!(waits(&policy(0, 2.0, None)), [0; 6]);
    assert_eq!(waits(&policy(5000, 2.0, Some(1000))), [1000; 6]);
    assert_eq!(backoff(&policy(1000, f64::INFINITY, Some(u64::MAX)), 2).get(), u64::MAX);
}

#[test]
fn ids_are_read_as_they_are_written() {
    let run_id = RunId::from_bytes([0xa7; 16]);
    assert_eq!(run_id.to_string(), "a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7a7");
    assert_eq!(RunId::parse(&run_id.to_string()), Some(run_id));
    assert_eq!(RunId::parse(&run_id.to_string().to_uppercase()), Some(run_id));
    for wrong in [
        "",
        "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7",
        "a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7a",
        "a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7a-",
        "a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7ag",
        "a7a7a7a7-a7a7-a7a7-a7a7-a7a7a7a7a7é",
    ] {
        assert_eq!(RunId::parse(wrong), None, "{wrong:?}");
    }
    let digest = Digest::from_bytes([0x0b; 32]);
    assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
    assert_eq!(Digest::parse(&"0b".repeat(31)), None);
    assert_eq!(Digest::parse(&"+b".repeat(32)), None);
}

#[test]
fn payloads_are_shown_briefly() {
    let shown = |encoding, data: &str| Payload::encoded(encoding, data.to_owned()).to_string();
    assert_eq!(shown("json/plain", r#"{"a":1}"#), r#"{"a":1}"#);
    assert_eq!(shown("binary/null", ""), "<binary/null>");
    assert_eq!(shown("binary/plain", "abc"), "<binary/plain, 3 bytes>");
    let long = "é".repeat(121);
    assert_eq!(shown("json/plain", &long), format!("{}… (242 bytes)", "é".repeat(120)));
    assert_eq!(Payload::default().to_string(), "<no encoding>");
}
