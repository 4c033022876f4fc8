//! What the author of a workflow reads when its code no longer does what it did.

use crate::script::divergence;
use insta::assert_snapshot;

#[test]
fn another_activity_type() {
    assert_snapshot!(divergence("start; activate: schedule charge input=7", &["schedule refund input=7"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
      ≠ activity type: recorded charge, asked refund
        input: recorded 7, asked 7
    ");
}

#[test]
fn other_arguments() {
    assert_snapshot!(divergence("start; activate: schedule charge input=7", &["schedule charge input=8"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
        activity type: recorded charge, asked charge
      ≠ input: recorded 7, asked 8
    ");
}

#[test]
fn arguments_that_differ_where_they_are_not_shown() {
    let zeros = "0".repeat(150);
    let script = format!("start; activate: schedule charge input={zeros}1;");
    let asked = format!("schedule charge input={zeros}2");
    assert_snapshot!(divergence(&script, &[&asked]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
        activity type: recorded charge, asked charge
        input: recorded 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000… (151 bytes), asked 000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000… (151 bytes)
      ≠ first difference: recorded payload 1 at byte 150: …000000000000000000001, asked payload 1 at byte 150: …000000000000000000002
    ");
}

#[test]
fn arguments_that_differ_in_their_metadata() {
    let script = "start; activate: schedule charge input=7";
    assert_snapshot!(divergence(script, &["schedule charge input=7 encoding=json/protobuf"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
        activity type: recorded charge, asked charge
        input: recorded 7, asked 7
      ≠ first difference: recorded payload 1 with metadata encoding=json/plain, asked payload 1 with metadata encoding=json/protobuf
    ");
}

#[test]
fn another_activity_id() {
    assert_snapshot!(divergence("start; activate: schedule charge id=a", &["schedule charge"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ActivityScheduled
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
        activity type: recorded charge, asked charge
        input: recorded none, asked none
      ≠ activity id: recorded a, asked -
    ");
}

#[test]
fn another_kind_of_operation() {
    assert_snapshot!(divergence("start; activate: timer nap 5s", &["schedule charge"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: TimerStarted
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
      ≠ duration: recorded 5000 ms, asked -
      ≠ activity type: recorded -, asked charge
      ≠ input: recorded -, asked none
    ");
}

#[test]
fn one_command_too_many() {
    assert_snapshot!(divergence("start; activate: timer nap 5s", &["timer nap 5s, schedule charge"]), @"
    the workflow's code no longer does what its history says, at event 4
      recorded: nothing more in this activation
      asked:    ActivityScheduled
      ≠ operation: recorded -, asked 2
      ≠ activity type: recorded -, asked charge
      ≠ input: recorded -, asked none
    ");
}

#[test]
fn one_command_too_few() {
    assert_snapshot!(divergence("start; activate: timer nap 5s, schedule charge input=7", &["timer nap 5s"]), @"
    the workflow's code no longer does what its history says, at event 4
      recorded: ActivityScheduled
      asked:    nothing more in this activation
      ≠ operation: recorded 2, asked -
      ≠ activity type: recorded charge, asked -
      ≠ input: recorded 7, asked -
    ");
}

#[test]
fn the_order_matters() {
    let told = divergence(
        "start; activate: timer nap 5s, schedule charge",
        &["schedule charge, timer nap 5s"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: TimerStarted
      asked:    ActivityScheduled
        operation: recorded 1, asked 1
      ≠ duration: recorded 5000 ms, asked -
      ≠ activity type: recorded -, asked charge
      ≠ input: recorded -, asked none
    ");
}

#[test]
fn another_operation_is_cancelled() {
    let told = divergence(
        "start; activate: timer a 5s, timer b 6s; signal stop; activate: cancel a",
        &["timer a 5s, timer b 6s", "cancel b"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 7
      recorded: TimerCancelled
      asked:    TimerCancelled
      ≠ operation: recorded 1, asked 2
    ");
}

#[test]
fn it_no_longer_ends() {
    assert_snapshot!(divergence("start; activate: complete done", &[""]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: RunCompleted
      asked:    nothing more in this activation
      ≠ output: recorded done, asked -
    ");
}

#[test]
fn it_ends_too_early() {
    assert_snapshot!(divergence("start; activate: timer nap 5s", &["complete done"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: TimerStarted
      asked:    RunCompleted
      ≠ operation: recorded 1, asked -
      ≠ duration: recorded 5000 ms, asked -
      ≠ output: recorded -, asked done
    ");
}

#[test]
fn it_ends_otherwise() {
    assert_snapshot!(divergence("start; activate: complete done", &["fail broke"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: RunCompleted
      asked:    RunFailed
      ≠ output: recorded done, asked -
      ≠ failure: recorded -, asked broke
    ");
}

#[test]
fn another_memo() {
    assert_snapshot!(divergence("start; activate: memo stage=paid", &["memo stage=shipped"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: MemoUpserted
      asked:    MemoUpserted
      ≠ changes: recorded stage=paid, asked stage=shipped
    ");
}

#[test]
fn what_only_tunes_may_change() {
    let told = divergence(
        "start; activate: timer nap 5s, schedule charge attempts=3 start-to-close=5s, complete done",
        &["timer nap 9s, schedule charge attempts=4 wait, complete other"],
    );
    assert_snapshot!(told, @"no divergence");
}

#[test]
fn senseless_commands_are_no_divergence() {
    assert_snapshot!(divergence("start; activate: timer nap 5s", &["cancelled"]), @"the run cannot end as cancelled: nobody asked for its cancellation");
}

#[test]
fn a_history_that_stops_within_an_activation_asks_for_no_more() {
    assert_snapshot!(divergence("start; activate:", &["timer nap 5s"]), @"
    the workflow's code no longer does what its history says, at event 3
      recorded: nothing more in this activation
      asked:    TimerStarted
      ≠ operation: recorded -, asked 1
      ≠ duration: recorded -, asked 5000 ms
    ");
}

#[test]
fn another_type_of_child() {
    let told = divergence("start; activate: child ship id=a input=1", &["child fly id=a input=1"]);
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ChildInitiated
      asked:    ChildInitiated
        operation: recorded 1, asked 1
      ≠ workflow type: recorded ship, asked fly
        input: recorded 1, asked 1
        workflow id: recorded a, asked a
    ");
}

#[test]
fn another_child_id() {
    let told = divergence("start; activate: child ship id=a", &["child ship"]);
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ChildInitiated
      asked:    ChildInitiated
        operation: recorded 1, asked 1
        workflow type: recorded ship, asked ship
        input: recorded none, asked none
      ≠ workflow id: recorded a, asked -
    ");
}

#[test]
fn another_signal_to_another_run() {
    let told = divergence(
        "start; activate: signal-to note other-1 hello input=1",
        &["signal-to note other-2 goodbye input=2"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ExternalSignalInitiated
      asked:    ExternalSignalInitiated
        operation: recorded 1, asked 1
      ≠ signal: recorded hello, asked goodbye
      ≠ workflow id: recorded other-1, asked other-2
      ≠ input: recorded 1, asked 2
    ");
}

#[test]
fn only_a_child_is_meant() {
    let told = divergence(
        "start; activate: cancel-to stop other-1",
        &["cancel-to stop other-1 child-only"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: ExternalCancelInitiated
      asked:    ExternalCancelInitiated
        operation: recorded 1, asked 1
        workflow id: recorded other-1, asked other-1
      ≠ only a child: recorded -, asked yes
    ");
}

#[test]
fn another_update_is_answered() {
    let told = divergence(
        "start; update set u1; update set u2; activate: answer u1",
        &["answer u2"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 5
      recorded: UpdateCompleted
      asked:    UpdateCompleted
      ≠ update id: recorded u1, asked u2
    ");
}

#[test]
fn it_goes_on_as_new_instead() {
    let told = divergence("start; activate: complete done", &["continue input=1"]);
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: RunCompleted
      asked:    RunContinuedAsNew
      ≠ output: recorded done, asked -
      ≠ input: recorded -, asked 1
    ");
}

#[test]
fn an_answer_may_be_worded_otherwise() {
    let told = divergence(
        "start; update set u1; activate: child a on-close=cancel, answer u1 yes, continue input=1",
        &["child a on-close=abandon, answer u1 no, continue input=2"],
    );
    assert_snapshot!(told, @"no divergence");
}
