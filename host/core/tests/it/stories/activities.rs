//! An activity's attempts: taken, failed, tried again.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn an_activity_completes() {
    let told = story(
        "start; activate: schedule charge input=7; take charge; done charge 1 paid;
         activate: complete shipped",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge input=7
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > done charge 1 paid
      4 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s with paid
    > activate: complete shipped
      told: #1 completed with paid
      5 Activated at 0s
      6 RunCompleted at 0s with shipped
      announce: Completed
    ");
}

#[test]
fn retries_back_off_exponentially() {
    let told = story(
        "start; activate: schedule charge initial=1s coefficient=3 maximum=10s attempts=5; take charge 1;
         fail charge 1 declined; wait 1s; take charge 2; fail charge 2 declined; wait 3s; take charge 3;
         fail charge 3 declined; wait 8999ms; wait 1ms; take charge 4; fail charge 4 declined; wait 10s;
         take charge 5; fail charge 5 declined; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge initial=1s coefficient=3 maximum=10s attempts=5
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "declined"
    > fail charge 2 declined
      stored: #1 attempt 3 backs off until 4s, after "declined"
      next due at 4s
    > wait 3s
      stored: #1 attempt 3 ready since 4s, after "declined"
      offer: #1 attempt 3
      nothing is due
    > take charge 3
      stored: #1 attempt 3 started at 4s by w1, after "declined"
    > fail charge 3 declined
      stored: #1 attempt 4 backs off until 13s, after "declined"
      next due at 13s
    > wait 8999ms
    > wait 1ms
      stored: #1 attempt 4 ready since 13s, after "declined"
      offer: #1 attempt 4
      nothing is due
    > take charge 4
      stored: #1 attempt 4 started at 13s by w1, after "declined"
    > fail charge 4 declined
      stored: #1 attempt 5 backs off until 23s, after "declined"
      next due at 23s
    > wait 10s
      stored: #1 attempt 5 ready since 23s, after "declined"
      offer: #1 attempt 5
      nothing is due
    > take charge 5
      stored: #1 attempt 5 started at 23s by w1, after "declined"
    > fail charge 5 declined
      4 ActivityFailed at 23s #1 attempt 5 by w1 since 23s: declined (MaximumAttemptsReached)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", MaximumAttemptsReached]: declined
      5 Activated at 23s
    "#);
}

#[test]
fn without_a_policy_the_default_one_holds() {
    let told = story(
        "start; activate: schedule charge; take charge; fail charge 1 declined; wait 1s; take charge 2;
         fail charge 2 declined; wait 2s; take charge 3; fail charge 3 declined",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "declined"
    > fail charge 2 declined
      stored: #1 attempt 3 backs off until 3s, after "declined"
      next due at 3s
    > wait 2s
      stored: #1 attempt 3 ready since 3s, after "declined"
      offer: #1 attempt 3
      nothing is due
    > take charge 3
      stored: #1 attempt 3 started at 3s by w1, after "declined"
    > fail charge 3 declined
      stored: #1 attempt 4 backs off until 7s, after "declined"
      next due at 7s
    "#);
}

#[test]
fn a_maximum_interval_of_zero_is_no_maximum() {
    let told = story("start; activate: schedule charge initial=1s maximum=0s; take charge; fail charge");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge initial=1s maximum=0s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge
      stored: #1 attempt 2 backs off until 1s, after "failed"
      next due at 1s
    "#);
}

#[test]
fn a_failure_may_choose_the_delay() {
    let told = story("start; activate: schedule charge; take charge; fail charge 1 busy after=42s; wait 42s");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 busy after=42s
      stored: #1 attempt 2 backs off until 42s, after "busy"
      next due at 42s
    > wait 42s
      stored: #1 attempt 2 ready since 42s, after "busy"
      offer: #1 attempt 2
      nothing is due
    "#);
}

#[test]
fn a_failure_may_forbid_a_retry() {
    let told = story("start; activate: schedule charge; take charge; fail charge 1 stolen final=yes; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 stolen final=yes
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: stolen (NonRetryableFailure)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", NonRetryableFailure]: stolen
      5 Activated at 0s
    "#);
}

#[test]
fn a_policy_may_forbid_a_retry() {
    let told = story(
        "start; activate: schedule charge never-retry=Fraud; take charge; fail charge 1 stolen kind=Fraud;
         activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge never-retry=Fraud
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 stolen kind=Fraud
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: stolen (NonRetryableFailure)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", NonRetryableFailure]: stolen
      5 Activated at 0s
    "#);
}

#[test]
fn an_activity_that_runs_at_most_once_is_not_retried() {
    let told = story("start; activate: schedule charge attempts=1; take charge 1 here; fail charge 1 declined");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1 here
      stored: #1 attempt 1 started at 0s here
    > fail charge 1 declined
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: declined (MaximumAttemptsReached)
    ");
}

#[test]
fn a_retry_at_once_waits_for_the_next_look_at_the_clock() {
    let told = story("start; activate: schedule charge initial=0s; take charge; fail charge; wait 0s; take charge 2");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge initial=0s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge
      stored: #1 attempt 2 backs off until 0s, after "failed"
      next due at 0s
    > wait 0s
      stored: #1 attempt 2 ready since 0s, after "failed"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 0s by w1, after "failed"
    "#);
}

#[test]
fn a_late_worker_is_told_that_its_attempt_is_over() {
    let told = story(
        "start; activate: schedule charge; take charge; fail charge; done charge 1; beat charge 1;
         done charge 2; return charge 2; wait 1s; take charge 2; done charge 1; done charge 2; done charge 2",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge
      stored: #1 attempt 2 backs off until 1s, after "failed"
      next due at 1s
    > done charge 1
      refused: the attempt is over; the activity is at another one
    > beat charge 1
      refused: the attempt is over; the activity is at another one
    > done charge 2
      refused: the attempt is over; the activity is at another one
    > return charge 2
      refused: the attempt is over; the activity is at another one
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "failed"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "failed"
    > done charge 1
      refused: the attempt is over; the activity is at another one
    > done charge 2
      4 ActivityCompleted at 1s #1 attempt 2 by w1 since 1s
    > done charge 2
      refused: the activity is not pending: it is over, or never was
    "#);
}

#[test]
fn an_attempt_is_taken_once() {
    let told = story("start; activate: schedule charge; take charge 1 by w1; take charge 1 by w2; take charge 2 by w2");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1 by w1
      stored: #1 attempt 1 started at 0s by w1
    > take charge 1 by w2
      refused: the attempt is not ready to be taken
    > take charge 2 by w2
      refused: the attempt is over; the activity is at another one
    ");
}

#[test]
fn an_attempt_that_never_arrived_is_offered_again() {
    let told = story(
        "start; activate: schedule charge; take charge; wait 3s; return charge 1; return charge 1;
         take charge 1 by w2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > wait 3s
    > return charge 1
      stored: #1 attempt 1 ready since 3s
      offer: #1 attempt 1
    > return charge 1
    > take charge 1 by w2
      stored: #1 attempt 1 started at 3s by w2
    ");
}

#[test]
fn a_returned_attempt_keeps_what_was_reported_but_not_when() {
    let told = story(
        "start; activate: schedule copy heartbeat=5s; take copy; beat copy 1 half; wait 1s; return copy 1;
         take copy 1 by w2; wait 5s",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule copy heartbeat=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
    > take copy
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > beat copy 1 half
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 0s
    > wait 1s
    > return copy 1
      stored: #1 attempt 1 ready since 1s, heartbeat half at 0s
      offer: #1 attempt 1
      nothing is due
    > take copy 1 by w2
      stored: #1 attempt 1 started at 1s by w2, heartbeat half
      next due at 6s
    > wait 5s
      stored: #1 attempt 2 backs off until 7s, heartbeat half, after "activity heartbeat timeout"
      next due at 7s
    "#);
}

#[test]
fn heartbeats_reach_the_next_attempt() {
    let told = story(
        "start; activate: schedule copy heartbeat=5s; take copy; wait 4s; beat copy 1 half; wait 4s; wait 1s;
         wait 1s; take copy 2; wait 5s",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule copy heartbeat=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
    > take copy
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > wait 4s
    > beat copy 1 half
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 4s
      next due at 9s
    > wait 4s
    > wait 1s
      stored: #1 attempt 2 backs off until 10s, heartbeat half, after "activity heartbeat timeout"
      next due at 10s
    > wait 1s
      stored: #1 attempt 2 ready since 10s, heartbeat half, after "activity heartbeat timeout"
      offer: #1 attempt 2
      nothing is due
    > take copy 2
      stored: #1 attempt 2 started at 10s by w1, heartbeat half, after "activity heartbeat timeout"
      next due at 15s
    > wait 5s
      stored: #1 attempt 3 backs off until 17s, heartbeat half, after "activity heartbeat timeout"
      next due at 17s
    "#);
}

#[test]
fn a_worker_may_not_cancel_on_its_own() {
    assert_snapshot!(story("start; activate: schedule charge; take charge; cancelled charge 1; activate:"), @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > cancelled charge 1
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: the worker cancelled the activity without having been asked to (NonRetryableFailure)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", NonRetryableFailure]: the worker cancelled the activity without having been asked to
      5 Activated at 0s
    "#);
}

#[test]
fn an_activity_id_is_in_use_until_the_activity_ends() {
    let told = story(
        "start; activate: schedule charge id=a; take charge; signal go; activate: schedule refund id=a;
         done charge; activate: schedule refund id=a",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge id=a
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal go
      4 SignalReceived at 0s go
    > activate: schedule refund id=a
      misuse: an activity with the id of operation 1, which is an activity that has not ended; await it first, or choose another id
    > done charge
      5 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s
    > activate: schedule refund id=a
      told: signal go
      told: #1 completed
      6 Activated at 0s
      7 ActivityScheduled at 0s #2 refund
      offer: #2 attempt 1
    ");
}

#[test]
fn an_activity_id_comes_once_in_an_activation() {
    let told = story("start; activate: schedule charge id=a, schedule refund id=a");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge id=a, schedule refund id=a
      misuse: an activity with the id of operation 1, which is an activity that has not ended; await it first, or choose another id
    ");
}

#[test]
fn an_activity_id_may_be_the_number_of_another() {
    let told = story("start; activate: schedule charge id=2, schedule refund");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge id=2, schedule refund
      misuse: an activity with the id of operation 1, which is an activity that has not ended; await it first, or choose another id
    ");
}

#[test]
fn a_cancelled_activity_has_its_id_until_its_worker_is_done() {
    let told = story(
        "start; activate: schedule charge id=a; take charge; signal go; activate: cancel charge;
         activate: schedule refund id=a; cancelled charge; signal go; activate: schedule refund id=a",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge id=a
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal go
      4 SignalReceived at 0s go
    > activate: cancel charge
      told: signal go
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > activate: schedule refund id=a
      misuse: an activity with the id of operation 1, which is an activity that has not ended; await it first, or choose another id
    > cancelled charge
      7 ActivityCancelled at 0s #1 attempt 1 by w1 since 0s
    > signal go
      8 SignalReceived at 0s go
    > activate: schedule refund id=a
      told: #1 cancelled: activity error [charge a by "", CancelRequested]: activity cancelled
      told: signal go
      9 Activated at 0s
      10 ActivityScheduled at 0s #2 refund
      offer: #2 attempt 1
    "#);
}
