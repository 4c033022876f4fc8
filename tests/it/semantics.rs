//! What the engine promises of order, time and loss, sentence by sentence, with real shards and guests on a stage.

use crate::support::replay::replay;
use crate::support::stage::Stage;
use mainspring::shard::{ActivityTask, AttemptError, RunError};
use mainspring_core::{Event, Refused, Timestamp};
use serde_json::{Value, json};

#[test]
fn events_come_to_the_guest_in_the_order_of_the_journal() {
    type Ask = fn(&mut Stage, &ActivityTask);
    let activity: Ask = |stage, task| drop(stage.complete(task, &json!(0)));
    let signal: Ask = |stage, _| drop(stage.signal("it", "number", &json!(1)));
    let timer: Ask = |stage, _| stage.oversleep(1_000);
    for asks in [
        [activity, signal, timer],
        [signal, activity, timer],
        [timer, activity, signal],
        [timer, signal, activity],
        [activity, timer, signal],
        [signal, timer, activity],
    ] {
        let mut stage = Stage::new();
        stage.start("arrivals", "it", &[]);
        let task = stage.take();
        stage.together(|stage| {
            for ask in asks {
                ask(stage, &task);
            }
        });
        let history = stage.history("it");
        let arrived = history.iter().filter_map(|record| match record.event {
            Event::ActivityCompleted { .. } => Some("activity"),
            Event::SignalReceived(_) => Some("signal"),
            Event::TimerFired { .. } => Some("timer"),
            _ => None,
        });
        assert_eq!(output(&stage), json!(arrived.collect::<Vec<_>>()));
        let activations = history.iter().filter(|record| record.event.name() == "Activated");
        assert_eq!(activations.count(), 2, "they did not come together");
        replay(history).expect("the order is the same at a replay");
    }
}

#[test]
fn two_things_in_one_commit_have_one_order_the_same_at_replay() {
    let mut stage = Stage::new();
    stage.start("race", "it", &[json!(1_000)]);
    let task = stage.take();
    stage.together(|stage| {
        stage.oversleep(1_000);
        let _ = stage.complete(&task, &json!("activity"));
    });
    let before = stage.history("it");
    stage.crash(0);
    assert_eq!(stage.history("it"), before);
    replay(before).expect("the same one is first");
}

#[test]
fn a_signal_that_comes_with_what_completes_the_run_is_not_lost() {
    let mut stage = Stage::new();
    stage.start("collector", "it", &[json!(1)]);
    let (first, second) = stage.together(|stage| {
        let first = stage.signal("it", "collect", &json!("a"));
        (first, stage.signal("it", "collect", &json!("b")))
    });
    first.get().expect("it is taken");
    second.get().expect("it is taken");
    assert_eq!(output(&stage), json!(["a", "b"]));
    // What comes too late is refused, and not lost in silence.
    assert!(stage.signal("it", "collect", &json!("c")).get().is_err());
}

#[test]
fn timers_that_are_due_while_the_server_is_down_fire_once_in_due_order() {
    let mut stage = Stage::new();
    // The later one is started first.
    for (workflow_id, millis) in [("late", 2_000), ("early", 1_000)] {
        stage.start("sleeper", workflow_id, &[json!(millis)]);
    }
    stage.start("golden_timers", "both", &[]);
    stage.crash(10_000);
    stage.crash(10_000);
    for workflow_id in ["early", "late"] {
        assert_eq!(fired(&stage, workflow_id), [1], "{workflow_id}");
    }
    // Its timer 2 is of one second, 3 of two, and 1 of an hour.
    assert_eq!(fired(&stage, "both"), [2, 3]);
}

#[test]
fn a_retry_delay_survives_a_crash_with_its_remaining_time() {
    let mut stage = Stage::new();
    stage.start("golden_activity", "it", &[json!({"attempts": 3})]);
    let task = stage.take();
    stage.fail(&task, "Flaky").get().expect("it is taken");
    let due = stage.now().as_millis() + 1_000;
    stage.pass(300);
    stage.crash(300);
    stage.pass(399);
    assert!(stage.try_take().is_none(), "it is offered too early");
    stage.pass(1);
    let second = stage.take();
    assert_eq!((second.target().attempt, stage.now().as_millis()), (2, due));

    // A delay that ran down meanwhile is over.
    stage.fail(&second, "Flaky").get().expect("it is taken");
    stage.crash(60_000);
    assert_eq!(stage.take().target().attempt, 3);
}

#[test]
fn a_cancelled_activity_whose_worker_answers_completed_follows_its_cancellation_type() {
    for (cancellation, ends_as) in [("wait", "RunCompleted"), ("try", "RunFailed"), ("abandon", "RunFailed")] {
        let mut stage = Stage::new();
        let case = json!({"cancelAfter": 1_000, "cancellation": cancellation});
        stage.start("golden_activity", "it", &[case]);
        let task = stage.take();
        stage.pass(1_000);
        let is_heard = stage.complete(&task, &json!("done")).get().is_ok();
        let last = stage.history("it").pop().expect("there is a history").event;
        assert_eq!(last.name(), ends_as, "{cancellation}");
        // Only who waits has a run that is still open.
        assert_eq!(is_heard, cancellation == "wait", "{cancellation}");
    }
}

#[test]
fn a_terminated_runs_activities_learn_of_it_at_their_next_heartbeat() {
    let mut stage = Stage::new();
    stage.start("steps", "it", &[json!(1)]);
    let task = stage.take();
    let answer = stage.heartbeat(&task, &Value::Null).get().expect("it goes on");
    assert!(!answer.cancel_requested);
    stage.terminate("it").get().expect("it is taken");
    for _ in 0..2 {
        let told = stage.heartbeat(&task, &Value::Null).get();
        assert!(
            matches!(
                told,
                Err(AttemptError::Refused(Refused::RunClosed) | AttemptError::Run(RunError::Closed))
            ),
            "{told:?}"
        );
        stage.crash(100);
    }
}

#[test]
fn a_clock_that_goes_back_never_makes_now_go_back_in_a_run() {
    let mut stage = Stage::new();
    stage.start("moments", "it", &[json!(6)]);
    for back in [0, 5_000, 900_000, 0, 1, 0] {
        stage.pass(10);
        stage.set_clock(Timestamp::from_millis(stage.now().as_millis() - back));
        stage.crash(0);
        let task = stage.take();
        stage.complete(&task, &json!(0)).get().expect("it is taken");
    }
    let moments: Vec<u64> = serde_json::from_value(output(&stage)).expect("it returns moments");
    assert_eq!(moments.len(), 6);
    assert!(moments.is_sorted(), "{moments:?}");
    let history = stage.history("it");
    assert!(history.is_sorted_by_key(|record| record.time));
    replay(history).expect("the moments are the same at a replay");
}

/// The timers of the workflow that fired, by their operations, in order.
fn fired(stage: &Stage, workflow_id: &str) -> Vec<u64> {
    let history = stage.history(workflow_id);
    let fired = history.iter().filter_map(|record| match record.event {
        Event::TimerFired { operation } => Some(operation.0),
        _ => None,
    });
    fired.collect()
}

/// The result of the workflow `it`, which must have one.
fn output(stage: &Stage) -> Value {
    match stage.history("it").pop().map(|record| record.event) {
        Some(Event::RunCompleted { output: Some(it), .. }) => serde_json::from_slice(&it.data).expect("it is JSON"),
        other => panic!("it ended as {other:?}"),
    }
}
