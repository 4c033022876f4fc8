//! Limits, and what no story can tell: misuse from the host's side, damaged histories, and plain values.

use crate::world::{self, World};
use insta::assert_snapshot;
use mainspring_core::retry::backoff;
use mainspring_core::{
    COMMANDS_PER_ACTIVATION_MAX, Command, Digest, Event, Millis, Misuse, Payload, Record, Replay, ReplayError,
    RetryPolicy, RetryState, Run, RunId, Timestamp, WorkflowTimeouts,
};

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
fn commands_belong_to_activations() {
    let mut world = world();
    assert_eq!(
        world.run.command(Command::CompleteRun(None)),
        Err(Misuse::NotActivating)
    );
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
