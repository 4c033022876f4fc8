//! Runs that do not begin at once.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_delayed_start_waits() {
    let told = story("start delay=5s; activate:; wait 4999ms; activate:; wait 1ms; activate: complete");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > activate:
      there is nothing to tell the guest
    > wait 4999ms
    > activate:
      there is nothing to tell the guest
    > wait 1ms
      nothing is due
    > activate: complete
      told: start order at 0s
      2 Activated at 5s
      3 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_signal_ends_the_delay() {
    let told = story("start delay=5s; wait 2s; signal go; activate:; wait 3s");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 2s
    > signal go
      2 SignalReceived at 2s go
      nothing is due
    > activate:
      told: start order at 0s
      told: signal go
      3 Activated at 2s
    > wait 3s
    ");
}

#[test]
fn an_update_ends_the_delay() {
    let told = story("start delay=5s; wait 2s; update set u1; activate: answer u1");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 2s
    > update set u1
      2 UpdateAccepted at 2s set u1
      nothing is due
    > activate: answer u1
      told: start order at 0s
      told: update set u1
      3 Activated at 2s
      4 UpdateCompleted at 2s u1 completed
      announce: update u1
    ");
}

#[test]
fn a_cancel_request_ends_the_delay() {
    let told = story("start delay=5s; wait 2s; ask-cancel; activate: cancelled");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 2s
    > ask-cancel
      2 CancelRequested at 2s changed my mind
      nothing is due
    > activate: cancelled
      told: start order at 0s
      told: cancel requested: changed my mind
      3 Activated at 2s
      4 RunCancelled at 2s
      announce: Cancelled
    ");
}

#[test]
fn a_delayed_run_is_terminated() {
    let told = story("start delay=5s; wait 2s; terminate; wait 3s; activate:");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 2s
    > terminate
      2 RunTerminated at 2s out of stock
      announce: Terminated
      nothing is due
    > wait 3s
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn timeouts_count_from_the_beginning() {
    let told = story("start delay=5s run-timeout=10s; wait 5s; activate:; wait 9s; wait 1s");
    assert_snapshot!(told, @"
    > start delay=5s run-timeout=10s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 5s
      next due at 15s
    > activate:
      told: start order at 0s
      2 Activated at 5s
    > wait 9s
    > wait 1s
      3 RunTimedOut at 15s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn a_delay_outlives_eviction_and_crash() {
    let told = story("start delay=5s; evict; crash; activate:; wait 5s; evict; activate: complete");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > evict
    > crash
    > activate:
      there is nothing to tell the guest
    > wait 5s
      nothing is due
    > evict
    > activate: complete
      told: start order at 0s
      2 Activated at 5s
      3 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_beginning_that_was_missed_comes_with_time() {
    let told = story("start delay=5s; wait 5s; crash; activate:; wait 0s; activate:");
    assert_snapshot!(told, @"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > wait 5s
      nothing is due
    > crash
      next due at 5s
    > activate:
      there is nothing to tell the guest
    > wait 0s
      nothing is due
    > activate:
      told: start order at 0s
      2 Activated at 5s
    ");
}

#[test]
fn no_message_ends_the_backoff_between_runs() {
    let told = story(
        "start attempts=2; activate: fail broke; succeed; signal go; update set u1; activate:; wait 1s;
         activate: answer u1",
    );
    assert_snapshot!(told, @"
    > start attempts=2
      1 RunStarted at 0s order
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, begins at 1s, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 0s order ..009d by Retry after ..0101, attempt 2, begins at 1s, last failed: broke
      next due at 1s
    > signal go
      2 SignalReceived at 0s go
    > update set u1
      3 UpdateAccepted at 0s set u1
    > activate:
      there is nothing to tell the guest
    > wait 1s
      nothing is due
    > activate: answer u1
      told: start order at 0s
      told: signal go
      told: update set u1
      4 Activated at 1s
      5 UpdateCompleted at 1s u1 completed
      announce: update u1
    ");
}

#[test]
fn a_cancel_request_ends_the_backoff_between_runs() {
    let told = story(
        "start attempts=2 initial=60s; activate: fail broke; succeed; signal go; ask-cancel;
         activate: cancelled",
    );
    assert_snapshot!(told, @"
    > start attempts=2 initial=60s
      1 RunStarted at 0s order
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, begins at 60s, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 0s order ..009d by Retry after ..0101, attempt 2, begins at 60s, last failed: broke
      next due at 60s
    > signal go
      2 SignalReceived at 0s go
    > ask-cancel
      3 CancelRequested at 0s changed my mind
      nothing is due
    > activate: cancelled
      told: start order at 0s
      told: signal go
      told: cancel requested: changed my mind
      4 Activated at 0s
      5 RunCancelled at 0s
      announce: Cancelled
    ");
}
