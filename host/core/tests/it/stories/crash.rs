//! What a crash or an eviction leaves.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn what_waits_is_offered_anew() {
    assert_snapshot!(story("start; activate: schedule charge; crash; take charge"), @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > crash
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    ");
}

#[test]
fn what_backs_off_goes_on_backing_off() {
    let told = story("start; activate: schedule charge; take charge; fail charge 1 declined; crash; wait 1s");
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
    > crash
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      nothing is due
    "#);
}

#[test]
fn a_remote_worker_goes_on() {
    let told = story("start; activate: schedule charge; take charge; crash; done charge 1 paid; activate:");
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
    > crash
    > done charge 1 paid
      4 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s with paid
    > activate:
      told: #1 completed with paid
      5 Activated at 0s
    ");
}

#[test]
fn a_remote_workers_silence_is_forgiven() {
    let told = story(
        "start; activate: schedule copy heartbeat=5s; take copy; wait 3s; crash; evict; wait 4s; beat copy 1;
         wait 5s",
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
    > wait 3s
    > crash
      stored: #1 attempt 1 started at 0s by w1, heartbeat at 3s
      next due at 8s
    > evict
    > wait 4s
    > beat copy 1
      stored: #1 attempt 1 started at 0s by w1, heartbeat at 7s
      next due at 12s
    > wait 5s
      stored: #1 attempt 2 backs off until 13s, after "activity heartbeat timeout"
      next due at 13s
    "#);
}

#[test]
fn a_worker_whose_start_was_lost_completes() {
    let told = story(
        "start; activate: schedule charge; undurable take charge; crash; done charge 1 paid;
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
    > undurable take charge
    > crash
      offer: #1 attempt 1
    > done charge 1 paid
      4 ActivityCompleted at 0s #1 attempt 1 by w1 never started with paid
    > take charge 1 by w2
      refused: the activity is not pending: it is over, or never was
    ");
}

#[test]
fn a_worker_whose_start_was_lost_fails() {
    let told = story(
        "start; activate: schedule charge; undurable take charge; crash; fail charge 1 declined;
         done charge 1",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > undurable take charge
    > crash
      offer: #1 attempt 1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > done charge 1
      refused: the attempt is over; the activity is at another one
    "#);
}

#[test]
fn a_worker_whose_start_was_lost_keeps_it_by_a_heartbeat() {
    let told = story(
        "start; activate: schedule charge schedule-to-start=5s; undurable take charge; crash;
         beat charge 1 half; take charge 1 by w2; wait 60s; done charge 1",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 5s
    > undurable take charge
    > crash
      offer: #1 attempt 1
    > beat charge 1 half
      stored: #1 attempt 1 started at 0s by , heartbeat half at 0s
      nothing is due
    > take charge 1 by w2
      refused: the attempt is not ready to be taken
    > wait 60s
    > done charge 1
      4 ActivityCompleted at 60s #1 attempt 1 by w1 since 0s
    ");
}

#[test]
fn an_attempt_in_this_process_is_offered_again() {
    let told = story("start; activate: schedule charge; take charge 1 here; crash; take charge 1 here");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1 here
    > crash
      offer: #1 attempt 1
    > take charge 1 here
    ");
}

#[test]
fn an_attempt_in_this_process_that_may_run_once_has_failed() {
    let told = story("start; activate: schedule charge attempts=1; take charge 1 here; crash; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1 here
      stored: #1 attempt 1 started at 0s here
    > crash
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: the host stopped while the activity ran in its process (MaximumAttemptsReached)
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", MaximumAttemptsReached]: the host stopped while the activity ran in its process
      5 Activated at 0s
    "#);
}

#[test]
fn an_attempt_in_this_process_survives_eviction() {
    let told = story("start; activate: schedule charge start-to-close=5s; take charge 1 here; evict; wait 5s");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge 1 here
      next due at 5s
    > evict
    > wait 5s
      stored: #1 attempt 2 backs off until 6s, after "activity start-to-close timeout"
      next due at 6s
    "#);
}

#[test]
fn an_attempt_in_this_process_that_had_a_heartbeat_is_retried() {
    let told = story("start; activate: schedule copy; take copy 1 here; beat copy 1 half; crash; wait 1s; take copy 2");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule copy
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
    > take copy 1 here
    > beat copy 1 half
      stored: #1 attempt 1 started at 0s here, heartbeat half at 0s
    > crash
      stored: #1 attempt 2 backs off until 1s, heartbeat half, after "the host stopped while the activity ran in its process"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, heartbeat half, after "the host stopped while the activity ran in its process"
      offer: #1 attempt 2
      nothing is due
    > take copy 2
      stored: #1 attempt 2 started at 1s by w1, heartbeat half, after "the host stopped while the activity ran in its process"
    "#);
}

#[test]
fn an_unwanted_attempt_is_not_offered_after_a_crash() {
    let told = story(
        "start; activate: schedule charge wait; take charge 1 here; signal stop; activate: cancel charge;
         crash; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      offer: #1 attempt 1
    > take charge 1 here
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel charge
      told: signal stop
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
    > crash
      7 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn a_signal_that_was_not_durable_is_new_again() {
    assert_snapshot!(story("start; activate:; undurable signal pay id-1; crash; signal pay id-1"), @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > undurable signal pay id-1
    > crash
    > signal pay id-1
      3 SignalReceived at 0s pay
    ");
}

#[test]
fn what_a_guest_did_in_a_lost_step_it_does_again() {
    assert_snapshot!(story("start; undurable activate: schedule charge; crash; activate: schedule refund"), @"
    > start
      1 RunStarted at 0s order
    > undurable activate: schedule charge
      told: start order at 0s
    > crash
    > activate: schedule refund
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 refund
      offer: #1 attempt 1
    ");
}

#[test]
fn deadlines_outlive_a_crash() {
    let told = story(
        "start run-timeout=60s; activate: timer nap 5s, schedule charge schedule-to-close=30s; crash; wait 5s;
         crash; wait 25s; crash; wait 30s",
    );
    assert_snapshot!(told, @"
    > start run-timeout=60s
      1 RunStarted at 0s order
      next due at 60s
    > activate: timer nap 5s, schedule charge schedule-to-close=30s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      4 ActivityScheduled at 0s #2 charge
      offer: #2 attempt 1
      next due at 5s
    > crash
      offer: #2 attempt 1
    > wait 5s
      5 TimerFired at 5s #1
      next due at 30s
    > crash
      offer: #2 attempt 1
    > wait 25s
      6 ActivityTimedOut at 30s #2 attempt 1 never started: activity schedule-to-close timeout (Timeout)
      next due at 60s
    > crash
    > wait 30s
      7 RunTimedOut at 60s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn a_closed_run_stays_closed() {
    assert_snapshot!(story("start; activate: complete done; crash; signal late; wait 60s"), @"
    > start
      1 RunStarted at 0s order
    > activate: complete done
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with done
      announce: Completed
    > crash
    > signal late
      refused: the run is closed
    > wait 60s
    ");
}
