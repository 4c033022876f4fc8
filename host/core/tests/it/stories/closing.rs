//! How runs end, and what guests may not do.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_run_completes() {
    assert_snapshot!(story("start; activate: complete done"), @"
    > start
      1 RunStarted at 0s order
    > activate: complete done
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with done
      announce: Completed
    ");
}

#[test]
fn a_run_fails() {
    assert_snapshot!(story("start; activate: schedule charge, fail broke"), @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, fail broke
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 RunFailed at 0s broke
      announce: Failed
    ");
}

#[test]
fn a_run_is_terminated() {
    let told = story(
        "start; activate: schedule charge, timer nap 5s; take charge; signal more; terminate; done charge 1;
         beat charge 1; signal late; wait 60s; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 5s
      offer: #1 attempt 1
      next due at 5s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal more
      5 SignalReceived at 0s more
    > terminate
      6 RunTerminated at 0s out of stock
      announce: Terminated
      nothing is due
    > done charge 1
      refused: the run is closed
    > beat charge 1
      refused: the run is closed
    > signal late
      refused: the run is closed
    > wait 60s
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn a_run_is_terminated_before_it_was_activated() {
    assert_snapshot!(story("start; terminate"), @"
    > start
      1 RunStarted at 0s order
    > terminate
      2 RunTerminated at 0s out of stock
      announce: Terminated
    ");
}

#[test]
fn nothing_follows_the_outcome_but_clean_up() {
    let told =
        story("start; activate: schedule charge, timer nap 5s, complete done, cancel charge, cancel nap, cancel #99");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, timer nap 5s, complete done, cancel charge, cancel nap, cancel #99
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 5s
      5 RunCompleted at 0s with done
      announce: Completed
    ");
}

#[test]
fn an_outcome_comes_once() {
    assert_snapshot!(story("start; activate: complete done, complete again"), @"
    > start
      1 RunStarted at 0s order
    > activate: complete done, complete again
      misuse: a command after the run's outcome; complete, fail, cancelled or continue-as-new come last, and once
    ");
}

#[test]
fn no_command_follows_the_outcome() {
    assert_snapshot!(story("start; activate: complete done, timer nap 5s"), @"
    > start
      1 RunStarted at 0s order
    > activate: complete done, timer nap 5s
      misuse: a command after the run's outcome; complete, fail, cancelled or continue-as-new come last, and once
    ");
}

#[test]
fn nobody_asked_to_cancel() {
    assert_snapshot!(story("start; activate: cancelled"), @"
    > start
      1 RunStarted at 0s order
    > activate: cancelled
      misuse: the run cannot end as cancelled: nobody asked for its cancellation
    ");
}

#[test]
fn an_operation_that_never_was_cannot_be_cancelled() {
    assert_snapshot!(story("start; activate: timer nap 5s, cancel #2"), @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s, cancel #2
      misuse: operation 2 does not exist: the run has begun none with that id
    ");
}

#[test]
fn there_is_no_operation_zero() {
    assert_snapshot!(story("start; activate: cancel #0"), @"
    > start
      1 RunStarted at 0s order
    > activate: cancel #0
      misuse: operation 0 does not exist: the run has begun none with that id
    ");
}

#[test]
fn a_failed_activation_leaves_no_trace() {
    let told = story("start; trap: schedule charge, timer nap 5s, memo a=1, complete done; activate: timer nap 7s");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > trap: schedule charge, timer nap 5s, memo a=1, complete done
    > activate: timer nap 7s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 7s
      next due at 7s
    ");
}

#[test]
fn memo_and_attributes_change() {
    assert_snapshot!(story("start; activate: memo a=1, memo b=2, memo a=3, memo b=, attribute state=new"), @"
    > start
      1 RunStarted at 0s order
    > activate: memo a=1, memo b=2, memo a=3, memo b=, attribute state=new
      told: start order at 0s
      2 Activated at 0s
      3 MemoUpserted at 0s a=1
      4 MemoUpserted at 0s b=2
      5 MemoUpserted at 0s a=3
      6 MemoUpserted at 0s b=<binary/null>
      7 SearchAttributesUpserted at 0s state=new
    ");
}
