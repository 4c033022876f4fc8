//! Runs that follow runs: continuations, retries, cron schedules.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_run_continues_as_new() {
    let told = story(
        "start input=1 memo=stage=paid attribute=color=red run-timeout=60s attempts=3;
         activate: memo owner=ann, continue input=2; succeed; activate: complete",
    );
    assert_snapshot!(told, @"
    > start input=1 memo=stage=paid attribute=color=red run-timeout=60s attempts=3
      1 RunStarted at 0s order, input 1, stage=paid, color=red
      next due at 60s
    > activate: memo owner=ann, continue input=2
      told: start order at 0s
      2 Activated at 0s
      3 MemoUpserted at 0s owner=ann
      4 RunContinuedAsNew at 0s with 2 → ..009d
      next: order ..009d by Continuation after ..0101, input 2, owner=ann, stage=paid, color=red, run timeout 60s
      announce: ContinuedAsNew
      nothing is due
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101, input 2, owner=ann, stage=paid, color=red, run timeout 60s
      next due at 60s
    > activate: complete
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s
      announce: Completed
      nothing is due
    ");
}

#[test]
fn a_continuation_changes_what_it_says() {
    let told = story(
        "start memo=stage=paid attribute=color=red;
         activate: continue type=refund queue=back run-timeout=5s memo=stage=new attribute=color=blue;
         succeed",
    );
    assert_snapshot!(told, @"
    > start memo=stage=paid attribute=color=red
      1 RunStarted at 0s order, stage=paid, color=red
    > activate: continue type=refund queue=back run-timeout=5s memo=stage=new attribute=color=blue
      told: start order at 0s
      2 Activated at 0s
      3 RunContinuedAsNew at 0s → ..009d
      next: refund ..009d by Continuation after ..0101, queue back, stage=new, color=blue, run timeout 5s
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s refund ..009d by Continuation after ..0101, queue back, stage=new, color=blue, run timeout 5s
      next due at 5s
    ");
}

#[test]
fn a_continuation_waits_if_it_says_so() {
    let told =
        story("start; activate: continue backoff=5s; succeed; signal go; activate:; wait 5s; activate: complete");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: continue backoff=5s
      told: start order at 0s
      2 Activated at 0s
      3 RunContinuedAsNew at 0s → ..009d
      next: order ..009d by Continuation after ..0101, begins at 5s
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101, begins at 5s
      next due at 5s
    > signal go
      2 SignalReceived at 0s go
    > activate:
      there is nothing to tell the guest
    > wait 5s
      nothing is due
    > activate: complete
      told: start order at 0s
      told: signal go
      3 Activated at 5s
      4 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_continuation_has_all_attempts_before_it() {
    let told = story(
        "start attempts=2; activate: fail broke; succeed; wait 1s; activate: continue; succeed;
         activate: fail broke",
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
    > wait 1s
      nothing is due
    > activate: continue
      told: start order at 0s
      2 Activated at 1s
      3 RunContinuedAsNew at 1s → ..19d6
      next: order ..19d6 by Continuation after ..009d
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 1s order ..19d6 by Continuation after ..009d
    > activate: fail broke
      told: start order at 1s
      2 Activated at 1s
      3 RunFailed at 1s broke (InProgress) → ..acde
      next: order ..acde by Retry after ..19d6, attempt 2, begins at 2s, last failed: broke
      announce: Failed
    ");
}

#[test]
fn a_failed_run_is_tried_again() {
    let told = story(
        "start input=1 memo=stage=paid attempts=3; activate: memo stage=shipped, fail broke; succeed;
         activate:; wait 1s; activate: fail broke; succeed; wait 2s; activate: fail broke; wait 60s",
    );
    assert_snapshot!(told, @"
    > start input=1 memo=stage=paid attempts=3
      1 RunStarted at 0s order, input 1, stage=paid
    > activate: memo stage=shipped, fail broke
      told: start order at 0s
      2 Activated at 0s
      3 MemoUpserted at 0s stage=shipped
      4 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, input 1, stage=paid, begins at 1s, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 0s order ..009d by Retry after ..0101, attempt 2, input 1, stage=paid, begins at 1s, last failed: broke
      next due at 1s
    > activate:
      there is nothing to tell the guest
    > wait 1s
      nothing is due
    > activate: fail broke
      told: start order at 0s
      2 Activated at 1s
      3 RunFailed at 1s broke (InProgress) → ..19d6
      next: order ..19d6 by Retry after ..009d, attempt 3, input 1, stage=paid, begins at 3s, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 1s order ..19d6 by Retry after ..009d, attempt 3, input 1, stage=paid, begins at 3s, last failed: broke
      next due at 3s
    > wait 2s
      nothing is due
    > activate: fail broke
      told: start order at 1s
      2 Activated at 3s
      3 RunFailed at 3s broke (MaximumAttemptsReached)
      announce: Failed
    > wait 60s
    ");
}

#[test]
fn a_final_failure_is_not_tried_again() {
    let told = story("start attempts=3; activate: fail broke final=yes");
    assert_snapshot!(told, @"
    > start attempts=3
      1 RunStarted at 0s order
    > activate: fail broke final=yes
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (NonRetryableFailure)
      announce: Failed
    ");
}

#[test]
fn a_failure_says_when_it_is_tried_again() {
    let told = story("start attempts=3; activate: fail broke after=7s");
    assert_snapshot!(told, @"
    > start attempts=3
      1 RunStarted at 0s order
    > activate: fail broke after=7s
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, begins at 7s, last failed: broke
      announce: Failed
    ");
}

#[test]
fn without_a_policy_nothing_is_tried_again() {
    let told = story("start; activate: fail broke");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke
      announce: Failed
    ");
}

#[test]
fn a_run_that_was_asked_to_cancel_is_not_tried_again() {
    let told = story("start attempts=3; ask-cancel; activate: fail broke");
    assert_snapshot!(told, @"
    > start attempts=3
      1 RunStarted at 0s order
    > ask-cancel
      2 CancelRequested at 0s changed my mind
    > activate: fail broke
      told: start order at 0s
      told: cancel requested: changed my mind
      3 Activated at 0s
      4 RunFailed at 0s broke (CancelRequested)
      announce: Failed
    ");
}

#[test]
fn a_terminated_run_is_not_tried_again() {
    let told = story("start attempts=3 cron=@daily; activate:; terminate");
    assert_snapshot!(told, @"
    > start attempts=3 cron=@daily
      1 RunStarted at 0s order, cron @daily
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > terminate
      3 RunTerminated at 0s out of stock
      announce: Terminated
    ");
}

#[test]
fn a_run_that_takes_too_long_is_tried_again() {
    let told = story("start run-timeout=5s attempts=2; activate:; wait 5s; succeed; wait 1s; activate:; wait 5s");
    assert_snapshot!(told, @"
    > start run-timeout=5s attempts=2
      1 RunStarted at 0s order
      next due at 5s
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > wait 5s
      3 RunTimedOut at 5s (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, run timeout 5s, begins at 6s, last failed: workflow timed out
      announce: TimedOut
      nothing is due
    > succeed
      1 RunStarted at 5s order ..009d by Retry after ..0101, attempt 2, run timeout 5s, begins at 6s, last failed: workflow timed out
      next due at 6s
    > wait 1s
      next due at 11s
    > activate:
      told: start order at 5s
      2 Activated at 6s
    > wait 5s
      3 RunTimedOut at 11s (MaximumAttemptsReached)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn without_a_policy_a_run_takes_too_long_once() {
    let told = story("start run-timeout=5s; activate:; wait 5s");
    assert_snapshot!(told, @"
    > start run-timeout=5s
      1 RunStarted at 0s order
      next due at 5s
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > wait 5s
      3 RunTimedOut at 5s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn the_execution_timeout_spans_the_chain() {
    let told = story(
        "start execution-timeout=10s run-timeout=7s attempts=9; activate:; wait 7s; succeed; wait 1s;
         activate:; wait 2s",
    );
    assert_snapshot!(told, @"
    > start execution-timeout=10s run-timeout=7s attempts=9
      1 RunStarted at 0s order
      next due at 7s
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > wait 7s
      3 RunTimedOut at 7s (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, run timeout 7s, begins at 8s, expires at 10s, last failed: workflow timed out
      announce: TimedOut
      nothing is due
    > succeed
      1 RunStarted at 7s order ..009d by Retry after ..0101, attempt 2, run timeout 7s, begins at 8s, expires at 10s, last failed: workflow timed out
      next due at 8s
    > wait 1s
      next due at 10s
    > activate:
      told: start order at 7s
      2 Activated at 8s
    > wait 2s
      3 RunTimedOut at 10s (Timeout)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn no_try_begins_after_the_execution_timeout() {
    let told = story("start execution-timeout=10s attempts=9 initial=10s; activate: fail broke");
    assert_snapshot!(told, @"
    > start execution-timeout=10s attempts=9 initial=10s
      1 RunStarted at 0s order
      next due at 10s
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (Timeout)
      announce: Failed
      nothing is due
    ");
}

#[test]
fn the_execution_timeout_spans_continuations() {
    let told = story("start execution-timeout=10s; wait 6s; activate: continue; succeed; activate:; wait 4s");
    assert_snapshot!(told, @"
    > start execution-timeout=10s
      1 RunStarted at 0s order
      next due at 10s
    > wait 6s
    > activate: continue
      told: start order at 0s
      2 Activated at 6s
      3 RunContinuedAsNew at 6s → ..009d
      next: order ..009d by Continuation after ..0101, expires at 10s
      announce: ContinuedAsNew
      nothing is due
    > succeed
      1 RunStarted at 6s order ..009d by Continuation after ..0101, expires at 10s
      next due at 10s
    > activate:
      told: start order at 6s
      2 Activated at 6s
    > wait 4s
      3 RunTimedOut at 10s (Timeout)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn a_continuation_may_time_out_before_it_begins() {
    let told = story(
        "start execution-timeout=10s; activate: continue backoff=60s; succeed; wait 10s; wait 50s;
         activate:",
    );
    assert_snapshot!(told, @"
    > start execution-timeout=10s
      1 RunStarted at 0s order
      next due at 10s
    > activate: continue backoff=60s
      told: start order at 0s
      2 Activated at 0s
      3 RunContinuedAsNew at 0s → ..009d
      next: order ..009d by Continuation after ..0101, begins at 60s, expires at 10s
      announce: ContinuedAsNew
      nothing is due
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101, begins at 60s, expires at 10s
      next due at 10s
    > wait 10s
      2 RunTimedOut at 10s (Timeout)
      announce: TimedOut
      nothing is due
    > wait 50s
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn cron_follows_completion() {
    let told = story(
        "start cron=@daily attempts=2; activate: complete one; succeed; wait 59s; activate:; wait 1s;
         activate: fail broke; succeed; wait 1s; activate: fail broke; succeed; wait 59s;
         activate: complete two",
    );
    assert_snapshot!(told, @"
    > start cron=@daily attempts=2
      1 RunStarted at 0s order, cron @daily
    > activate: complete one
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with one → ..009d
      next: order ..009d by Cron after ..0101, cron @daily, begins at 60s, last completed with one
      announce: Completed
    > succeed
      1 RunStarted at 0s order ..009d by Cron after ..0101, cron @daily, begins at 60s, last completed with one
      next due at 60s
    > wait 59s
    > activate:
      there is nothing to tell the guest
    > wait 1s
      nothing is due
    > activate: fail broke
      told: start order at 0s
      2 Activated at 60s
      3 RunFailed at 60s broke (InProgress) → ..19d6
      next: order ..19d6 by Retry after ..009d, attempt 2, cron @daily, begins at 61s, last completed with one, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 60s order ..19d6 by Retry after ..009d, attempt 2, cron @daily, begins at 61s, last completed with one, last failed: broke
      next due at 61s
    > wait 1s
      nothing is due
    > activate: fail broke
      told: start order at 60s
      2 Activated at 61s
      3 RunFailed at 61s broke (MaximumAttemptsReached) → ..acde
      next: order ..acde by Cron after ..19d6, cron @daily, begins at 120s, last completed with one, last failed: broke
      announce: Failed
    > succeed
      1 RunStarted at 61s order ..acde by Cron after ..19d6, cron @daily, begins at 120s, last completed with one, last failed: broke
      next due at 120s
    > wait 59s
      nothing is due
    > activate: complete two
      told: start order at 61s
      2 Activated at 120s
      3 RunCompleted at 120s with two → ..337b
      next: order ..337b by Cron after ..acde, cron @daily, begins at 180s, last completed with two
      announce: Completed
    ");
}

#[test]
fn cron_follows_a_run_that_took_too_long() {
    let told = story("start cron=@daily run-timeout=5s; activate:; wait 5s");
    assert_snapshot!(told, @"
    > start cron=@daily run-timeout=5s
      1 RunStarted at 0s order, cron @daily
      next due at 5s
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > wait 5s
      3 RunTimedOut at 5s → ..009d
      next: order ..009d by Cron after ..0101, cron @daily, run timeout 5s, begins at 60s, last failed: workflow timed out
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn cron_goes_on_after_a_continuation() {
    let told = story("start cron=@daily; activate: continue; succeed; activate: complete done");
    assert_snapshot!(told, @"
    > start cron=@daily
      1 RunStarted at 0s order, cron @daily
    > activate: continue
      told: start order at 0s
      2 Activated at 0s
      3 RunContinuedAsNew at 0s → ..009d
      next: order ..009d by Continuation after ..0101, cron @daily
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101, cron @daily
    > activate: complete done
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with done → ..19d6
      next: order ..19d6 by Cron after ..009d, cron @daily, begins at 60s, last completed with done
      announce: Completed
    ");
}

#[test]
fn cron_does_not_follow_cancellation() {
    let told = story("start cron=@daily; ask-cancel; activate: cancelled");
    assert_snapshot!(told, @"
    > start cron=@daily
      1 RunStarted at 0s order, cron @daily
    > ask-cancel
      2 CancelRequested at 0s changed my mind
    > activate: cancelled
      told: start order at 0s
      told: cancel requested: changed my mind
      3 Activated at 0s
      4 RunCancelled at 0s
      announce: Cancelled
    ");
}

#[test]
fn cron_does_not_follow_what_was_to_be_cancelled() {
    let told = story("start cron=@daily; ask-cancel; activate: complete");
    assert_snapshot!(told, @"
    > start cron=@daily
      1 RunStarted at 0s order, cron @daily
    > ask-cancel
      2 CancelRequested at 0s changed my mind
    > activate: complete
      told: start order at 0s
      told: cancel requested: changed my mind
      3 Activated at 0s
      4 RunCompleted at 0s
      announce: Completed
    ");
}

/// The schedule has no moment after the first minute: the chain ends, and its last run is followed by none.
#[test]
fn cron_ends_with_its_schedule() {
    let told = story(
        "start cron=@once child attempts=1; activate: complete one; succeed; wait 60s; activate: complete two;
         start cron=@once run-timeout=5s; wait 60s",
    );
    assert_snapshot!(told, @"
    > start cron=@once child attempts=1
      1 RunStarted at 0s order, cron @once, child #4 of parent-1
    > activate: complete one
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with one → ..009d
      next: order ..009d by Cron after ..0101, cron @once, begins at 60s, last completed with one, child #4 of parent-1
      announce: Completed
    > succeed
      1 RunStarted at 0s order ..009d by Cron after ..0101, cron @once, begins at 60s, last completed with one, child #4 of parent-1
      next due at 60s
    > wait 60s
      nothing is due
    > activate: complete two
      told: start order at 0s
      2 Activated at 60s
      3 RunCompleted at 60s with two
      to parent-1: child #4 completed with two
      announce: Completed
    > start cron=@once run-timeout=5s
      1 RunStarted at 60s order, cron @once
      next due at 65s
    > wait 60s
      2 RunTimedOut at 120s
      announce: TimedOut
      nothing is due
    ");
}

/// Who has not heard that a request was taken repeats it, and may reach the run that follows, or one after that.
#[test]
fn what_a_run_has_taken_its_successors_have() {
    let told = story(
        "start; signal go one; activate: continue; succeed; signal go one; signal go two; ask-cancel three;
         activate: continue; succeed; signal go one; signal go two; ask-cancel three; signal go three;
         activate: continue; succeed; ask-cancel three; ask-cancel four",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > signal go one
      2 SignalReceived at 0s go
    > activate: continue
      told: start order at 0s
      told: signal go
      3 Activated at 0s
      4 RunContinuedAsNew at 0s → ..009d
      next: order ..009d by Continuation after ..0101, one was taken before
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101, one was taken before
    > signal go one
      a duplicate
    > signal go two
      2 SignalReceived at 0s go
    > ask-cancel three
      3 CancelRequested at 0s changed my mind
    > activate: continue
      told: start order at 0s
      told: signal go
      told: cancel requested: changed my mind
      4 Activated at 0s
      5 RunContinuedAsNew at 0s → ..19d6
      next: order ..19d6 by Continuation after ..009d, one was taken before, two was taken before, three was taken before
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..19d6 by Continuation after ..009d, one was taken before, two was taken before, three was taken before
    > signal go one
      a duplicate
    > signal go two
      a duplicate
    > ask-cancel three
      a duplicate
    > signal go three
      2 SignalReceived at 0s go
    > activate: continue
      told: start order at 0s
      told: signal go
      3 Activated at 0s
      4 RunContinuedAsNew at 0s → ..acde
      next: order ..acde by Continuation after ..19d6, one was taken before, two was taken before, three was taken before, three was taken before
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..acde by Continuation after ..19d6, one was taken before, two was taken before, three was taken before, three was taken before
    > ask-cancel three
      a duplicate
    > ask-cancel four
      2 CancelRequested at 0s changed my mind
    ");
}

#[test]
fn cron_ends_with_the_execution_timeout() {
    let told = story("start cron=@daily execution-timeout=10s; wait 10s");
    assert_snapshot!(told, @"
    > start cron=@daily execution-timeout=10s
      1 RunStarted at 0s order, cron @daily
      next due at 10s
    > wait 10s
      2 RunTimedOut at 10s (Timeout)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn the_same_run_is_followed_by_the_same() {
    let told = story("start attempts=3; undurable activate: fail broke; crash; activate: fail broke");
    assert_snapshot!(told, @"
    > start attempts=3
      1 RunStarted at 0s order
    > undurable activate: fail broke
      told: start order at 0s
    > crash
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, begins at 1s, last failed: broke
      announce: Failed
    ");
}

#[test]
fn a_parent_hears_of_the_last_run_only() {
    let told = story(
        "start child attempts=2; activate: fail broke; succeed; wait 1s; activate: continue; succeed;
         activate: complete done",
    );
    assert_snapshot!(told, @"
    > start child attempts=2
      1 RunStarted at 0s order, child #4 of parent-1
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke (InProgress) → ..009d
      next: order ..009d by Retry after ..0101, attempt 2, begins at 1s, last failed: broke, child #4 of parent-1
      announce: Failed
    > succeed
      1 RunStarted at 0s order ..009d by Retry after ..0101, attempt 2, begins at 1s, last failed: broke, child #4 of parent-1
      next due at 1s
    > wait 1s
      nothing is due
    > activate: continue
      told: start order at 0s
      2 Activated at 1s
      3 RunContinuedAsNew at 1s → ..19d6
      next: order ..19d6 by Continuation after ..009d, child #4 of parent-1
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 1s order ..19d6 by Continuation after ..009d, child #4 of parent-1
    > activate: complete done
      told: start order at 1s
      2 Activated at 1s
      3 RunCompleted at 1s with done
      to parent-1: child #4 completed with done
      announce: Completed
    ");
}
