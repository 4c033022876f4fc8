//! Cancelling activities, and being cancelled.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn what_no_worker_has_is_cancelled_at_once() {
    let told = story("start; activate: schedule charge; signal stop; activate: cancel charge; activate:; take charge");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
      7 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 0s
    > take charge
      refused: the activity is not pending: it is over, or never was
    "#);
}

#[test]
fn what_no_worker_has_is_cancelled_at_once_though_the_guest_waits() {
    let told = story("start; activate: schedule charge wait; signal stop; activate: cancel charge; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
      7 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn what_is_cancelled_where_it_was_scheduled_is_never_offered() {
    assert_snapshot!(story("start; activate: schedule charge, cancel charge, cancel charge; activate:"), @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, cancel charge, cancel charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityCancelRequested at 0s #1
      5 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      6 Activated at 0s
    "#);
}

#[test]
fn try_cancel_does_not_wait_for_the_worker() {
    let told = story(
        "start; activate: schedule charge; take charge; signal stop; activate: cancel charge;
         activate: cancel charge; beat charge 1 half; cancelled charge 1; activate:",
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
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > activate: cancel charge
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      7 Activated at 0s
    > beat charge 1 half
      the worker is to cancel it
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 0s
    > cancelled charge 1
      8 ActivityCancelled at 0s #1 attempt 1 by w1 since 0s
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn wait_cancellation_waits_for_the_worker() {
    let told = story(
        "start; activate: schedule charge wait; take charge; signal stop; activate: cancel charge;
         beat charge 1 half; cancelled charge 1; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > beat charge 1 half
      the worker is to cancel it
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 0s
    > cancelled charge 1
      7 ActivityCancelled at 0s #1 attempt 1 by w1 since 0s
    > activate:
      told: #1 cancelled: activity error [charge 1 by "w1", CancelRequested]: activity cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn the_worker_may_complete_all_the_same() {
    let told = story(
        "start; activate: schedule charge wait; take charge; signal stop; activate: cancel charge;
         done charge 1 paid; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > done charge 1 paid
      7 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s with paid
    > activate:
      told: #1 completed with paid
      8 Activated at 0s
    ");
}

#[test]
fn a_cancelled_activity_is_not_retried() {
    let told = story(
        "start; activate: schedule charge wait; take charge; signal stop; activate: cancel charge;
         fail charge 1 declined; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > fail charge 1 declined
      7 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: declined (CancelRequested)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", CancelRequested]: declined
      8 Activated at 0s
    "#);
}

#[test]
fn a_cancelled_activity_may_still_run_out_of_time() {
    let told = story(
        "start; activate: schedule charge wait heartbeat=5s; take charge; signal stop;
         activate: cancel charge; wait 5s; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait heartbeat=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > wait 5s
      7 ActivityTimedOut at 5s #1 attempt 1 by w1 since 0s: activity heartbeat timeout (CancelRequested)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", CancelRequested]: activity heartbeat timeout
      8 Activated at 5s
    "#);
}

#[test]
fn an_activity_that_backs_off_is_cancelled_at_once() {
    let told = story(
        "start; activate: schedule charge wait; take charge; fail charge 1 declined; signal stop;
         activate: cancel charge; wait 60s; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
      7 ActivityCancelled at 0s #1 attempt 2 never started
      nothing is due
    > wait 60s
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 60s
    "#);
}

#[test]
fn an_abandoned_activity_goes_on_unheard() {
    let told = story(
        "start; activate: schedule charge abandon; signal stop; activate: cancel charge; take charge;
         beat charge 1 half; fail charge 1 declined; wait 1s; take charge 2; done charge 2 paid; activate:;
         activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge abandon
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (Abandon)
      offer: #1 attempt 1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > beat charge 1 half
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 0s
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, heartbeat half, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, heartbeat half, after "declined"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, heartbeat half, after "declined"
    > done charge 2 paid
      7 ActivityCompleted at 1s #1 attempt 2 by w1 since 1s with paid
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 1s
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn a_returned_attempt_that_is_unwanted_is_over() {
    let told = story(
        "start; activate: schedule charge wait; take charge; signal stop; activate: cancel charge;
         return charge 1; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > return charge 1
      7 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn a_run_is_asked_to_cancel_once() {
    let told = story(
        "start; activate: timer nap 60s; ask-cancel id-1; ask-cancel id-1; ask-cancel id-2; ask-cancel;
         activate: cancel nap, cancelled; ask-cancel id-1; ask-cancel id-3",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 60s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 60s
      next due at 60s
    > ask-cancel id-1
      4 CancelRequested at 0s changed my mind
    > ask-cancel id-1
      a duplicate
    > ask-cancel id-2
      a duplicate
    > ask-cancel
      a duplicate
    > activate: cancel nap, cancelled
      told: cancel requested: changed my mind
      5 Activated at 0s
      6 TimerCancelled at 0s #1
      7 RunCancelled at 0s
      announce: Cancelled
      nothing is due
    > ask-cancel id-1
      a duplicate
    > ask-cancel id-3
      refused: the run is closed
    ");
}

#[test]
fn a_run_may_end_otherwise_though_it_was_asked_to_cancel() {
    assert_snapshot!(story("start; activate:; ask-cancel; activate: complete anyway"), @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > ask-cancel
      3 CancelRequested at 0s changed my mind
    > activate: complete anyway
      told: cancel requested: changed my mind
      4 Activated at 0s
      5 RunCompleted at 0s with anyway
      announce: Completed
    ");
}
