//! Signals.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn signals_arrive_in_order_and_together() {
    assert_snapshot!(story("start; signal a; signal b; activate:; activate:; signal c; activate:"), @"
    > start
      1 RunStarted at 0s order
    > signal a
      2 SignalReceived at 0s a
    > signal b
      3 SignalReceived at 0s b
    > activate:
      told: start order at 0s
      told: signal a
      told: signal b
      4 Activated at 0s
    > activate:
      there is nothing to tell the guest
    > signal c
      5 SignalReceived at 0s c
    > activate:
      told: signal c
      6 Activated at 0s
    ");
}

#[test]
fn a_signal_that_comes_again_is_taken_once() {
    let told = story(
        "start; signal pay id-1; signal pay id-1; activate:; signal pay id-1; signal pay id-2; signal pay;
         signal pay; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > signal pay id-1
      2 SignalReceived at 0s pay
    > signal pay id-1
      a duplicate
    > activate:
      told: start order at 0s
      told: signal pay
      3 Activated at 0s
    > signal pay id-1
      a duplicate
    > signal pay id-2
      4 SignalReceived at 0s pay
    > signal pay
      5 SignalReceived at 0s pay
    > signal pay
      6 SignalReceived at 0s pay
    > activate:
      told: signal pay
      told: signal pay
      told: signal pay
      7 Activated at 0s
    ");
}

#[test]
fn a_signal_is_recognised_after_eviction_and_after_the_end() {
    let told = story(
        "start; signal pay id-1; evict; signal pay id-1; activate: complete; evict; signal pay id-1;
         signal pay id-2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > signal pay id-1
      2 SignalReceived at 0s pay
    > evict
    > signal pay id-1
      a duplicate
    > activate: complete
      told: start order at 0s
      told: signal pay
      3 Activated at 0s
      4 RunCompleted at 0s
      announce: Completed
    > evict
    > signal pay id-1
      a duplicate
    > signal pay id-2
      refused: the run is closed
    ");
}

#[test]
fn a_signal_and_a_cancel_request_may_have_the_same_id() {
    let told = story(
        "start; signal pay id-1; ask-cancel id-1; ask-cancel id-1; signal pay id-1; activate: cancelled;
         ask-cancel id-1; ask-cancel id-2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > signal pay id-1
      2 SignalReceived at 0s pay
    > ask-cancel id-1
      3 CancelRequested at 0s changed my mind
    > ask-cancel id-1
      a duplicate
    > signal pay id-1
      a duplicate
    > activate: cancelled
      told: start order at 0s
      told: signal pay
      told: cancel requested: changed my mind
      4 Activated at 0s
      5 RunCancelled at 0s
      announce: Cancelled
    > ask-cancel id-1
      a duplicate
    > ask-cancel id-2
      refused: the run is closed
    ");
}
