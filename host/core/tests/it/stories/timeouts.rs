//! Every timeout, and what comes first of what is due.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn schedule_to_start() {
    let told = story("start; activate: schedule charge schedule-to-start=5s; wait 4999ms; wait 1ms; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 5s
    > wait 4999ms
    > wait 1ms
      4 ActivityTimedOut at 5s #1 attempt 1 never started: activity schedule-to-start timeout (Timeout)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "", Timeout]: activity schedule-to-start timeout
      5 Activated at 5s
    "#);
}

#[test]
fn schedule_to_start_begins_anew_with_each_attempt() {
    let told = story(
        "start; activate: schedule charge schedule-to-start=5s; wait 4s; take charge; wait 4s; fail charge;
         wait 1s; wait 4999ms; wait 1ms; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 5s
    > wait 4s
    > take charge
      stored: #1 attempt 1 started at 4s by w1
      nothing is due
    > wait 4s
    > fail charge
      stored: #1 attempt 2 backs off until 9s, after "failed"
      next due at 9s
    > wait 1s
      stored: #1 attempt 2 ready since 9s, after "failed"
      offer: #1 attempt 2
      next due at 14s
    > wait 4999ms
    > wait 1ms
      4 ActivityTimedOut at 14s #1 attempt 2 by w1 never started: activity schedule-to-start timeout: failed (Timeout)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", Timeout]: activity schedule-to-start timeout: failed
      5 Activated at 14s
    "#);
}

#[test]
fn start_to_close_is_retried() {
    let told = story(
        "start; activate: schedule charge start-to-close=5s attempts=2; take charge; wait 5s; wait 1s;
         take charge 2; wait 5s; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=5s attempts=2
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > wait 5s
      stored: #1 attempt 2 backs off until 6s, after "activity start-to-close timeout"
      next due at 6s
    > wait 1s
      stored: #1 attempt 2 ready since 6s, after "activity start-to-close timeout"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 6s by w1, after "activity start-to-close timeout"
      next due at 11s
    > wait 5s
      4 ActivityTimedOut at 11s #1 attempt 2 by w1 since 6s: activity start-to-close timeout (MaximumAttemptsReached)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", MaximumAttemptsReached]: activity start-to-close timeout
      5 Activated at 11s
    "#);
}

#[test]
fn one_timeout_after_another_is_told_once() {
    let told = story(
        "start; activate: schedule charge start-to-close=5s attempts=4; take charge; fail charge 1 declined;
         wait 1s; take charge 2; wait 5s; wait 2s; take charge 3; wait 5s; wait 4s; take charge 4; wait 5s;
         activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=5s attempts=4
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "declined"
      next due at 6s
    > wait 5s
      stored: #1 attempt 3 backs off until 8s, after "activity start-to-close timeout: declined"
      next due at 8s
    > wait 2s
      stored: #1 attempt 3 ready since 8s, after "activity start-to-close timeout: declined"
      offer: #1 attempt 3
      nothing is due
    > take charge 3
      stored: #1 attempt 3 started at 8s by w1, after "activity start-to-close timeout: declined"
      next due at 13s
    > wait 5s
      stored: #1 attempt 4 backs off until 17s, after "activity start-to-close timeout: declined"
      next due at 17s
    > wait 4s
      stored: #1 attempt 4 ready since 17s, after "activity start-to-close timeout: declined"
      offer: #1 attempt 4
      nothing is due
    > take charge 4
      stored: #1 attempt 4 started at 17s by w1, after "activity start-to-close timeout: declined"
      next due at 22s
    > wait 5s
      4 ActivityTimedOut at 22s #1 attempt 4 by w1 since 17s: activity start-to-close timeout: declined (MaximumAttemptsReached)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", MaximumAttemptsReached]: activity start-to-close timeout: declined
      5 Activated at 22s
    "#);
}

#[test]
fn schedule_to_close_covers_all_attempts() {
    let told = story(
        "start; activate: schedule charge schedule-to-close=10s; take charge; fail charge 1 declined; wait 1s;
         take charge 2; wait 9s; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-close=10s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 10s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      next due at 10s
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "declined"
    > wait 9s
      4 ActivityTimedOut at 10s #1 attempt 2 by w1 since 1s: activity schedule-to-close timeout: declined (Timeout)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", Timeout]: activity schedule-to-close timeout: declined
      5 Activated at 10s
    "#);
}

#[test]
fn no_attempt_begins_at_the_end_of_schedule_to_close() {
    let told = story(
        "start; activate: schedule charge schedule-to-close=3s; take charge; fail charge 1 declined; wait 1s;
         take charge 2; fail charge 2 declined; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-close=3s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 3s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > wait 1s
      stored: #1 attempt 2 ready since 1s, after "declined"
      offer: #1 attempt 2
      next due at 3s
    > take charge 2
      stored: #1 attempt 2 started at 1s by w1, after "declined"
    > fail charge 2 declined
      4 ActivityFailed at 1s #1 attempt 2 by w1 since 1s: declined (Timeout)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "w1", Timeout]: declined
      5 Activated at 1s
    "#);
}

#[test]
fn heartbeat_timeout_without_any_heartbeat() {
    let told = story("start; activate: schedule copy heartbeat=5s attempts=1; take copy; wait 5s; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule copy heartbeat=5s attempts=1
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
    > take copy
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > wait 5s
      4 ActivityTimedOut at 5s #1 attempt 1 by w1 since 0s: activity heartbeat timeout (MaximumAttemptsReached)
      nothing is due
    > activate:
      told: #1 failed: activity error [copy 1 by "w1", MaximumAttemptsReached]: activity heartbeat timeout
      5 Activated at 5s
    "#);
}

#[test]
fn of_two_at_one_moment_the_longer_limit_counts() {
    let told = story(
        "start; activate: schedule copy schedule-to-close=5s start-to-close=5s heartbeat=5s; take copy;
         wait 5s",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule copy schedule-to-close=5s start-to-close=5s heartbeat=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
      next due at 5s
    > take copy
      stored: #1 attempt 1 started at 0s by w1
    > wait 5s
      4 ActivityTimedOut at 5s #1 attempt 1 by w1 since 0s: activity schedule-to-close timeout (Timeout)
      nothing is due
    ");
}

#[test]
fn zero_is_no_limit() {
    let told = story(
        "start run-timeout=0s execution-timeout=0s;
         activate: schedule copy schedule-to-close=0s schedule-to-start=0s start-to-close=0s heartbeat=0s;
         take copy; wait forever",
    );
    assert_snapshot!(told, @"
    > start run-timeout=0s execution-timeout=0s
      1 RunStarted at 0s order
    > activate: schedule copy schedule-to-close=0s schedule-to-start=0s start-to-close=0s heartbeat=0s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 copy
      offer: #1 attempt 1
    > take copy
      stored: #1 attempt 1 started at 0s by w1
    > wait forever
    ");
}

#[test]
fn a_run_times_out() {
    let told = story(
        "start run-timeout=10s execution-timeout=20s; activate: schedule charge, timer nap 60s; wait 9s;
         wait 1s; signal late; take charge; terminate",
    );
    assert_snapshot!(told, @"
    > start run-timeout=10s execution-timeout=20s
      1 RunStarted at 0s order
      next due at 10s
    > activate: schedule charge, timer nap 60s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 60s
      offer: #1 attempt 1
    > wait 9s
    > wait 1s
      5 RunTimedOut at 10s
      announce: TimedOut
      nothing is due
    > signal late
      refused: the run is closed
    > take charge
      refused: the run is closed
    > terminate
      refused: the run is closed
    ");
}

#[test]
fn the_execution_may_time_out_first() {
    assert_snapshot!(story("start run-timeout=20s execution-timeout=10s; wait 10s"), @"
    > start run-timeout=20s execution-timeout=10s
      1 RunStarted at 0s order
      next due at 10s
    > wait 10s
      2 RunTimedOut at 10s (Timeout)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn what_is_due_happens_in_due_order_even_late() {
    let told = story(
        "start run-timeout=4s;
         activate: timer late 3s, timer early 1s, schedule charge schedule-to-start=2s, timer never 5s;
         wait 60s",
    );
    assert_snapshot!(told, @"
    > start run-timeout=4s
      1 RunStarted at 0s order
      next due at 4s
    > activate: timer late 3s, timer early 1s, schedule charge schedule-to-start=2s, timer never 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 3s
      4 TimerStarted at 0s #2 for 1s
      5 ActivityScheduled at 0s #3 charge
      6 TimerStarted at 0s #4 for 5s
      offer: #3 attempt 1
      next due at 1s
    > wait 60s
      7 TimerFired at 60s #2
      8 ActivityTimedOut at 60s #3 attempt 1 never started: activity schedule-to-start timeout (Timeout)
      9 TimerFired at 60s #1
      10 RunTimedOut at 60s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn at_one_moment_timers_precede_activities_and_ids_decide() {
    let told =
        story("start; activate: schedule charge schedule-to-start=5s, timer a 5s, timer b 5s; wait 5s; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=5s, timer a 5s, timer b 5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 5s
      5 TimerStarted at 0s #3 for 5s
      offer: #1 attempt 1
      next due at 5s
    > wait 5s
      6 TimerFired at 5s #2
      7 TimerFired at 5s #3
      8 ActivityTimedOut at 5s #1 attempt 1 never started: activity schedule-to-start timeout (Timeout)
      nothing is due
    > activate:
      told: timer #2 fired
      told: timer #3 fired
      told: #1 failed: activity error [charge 1 by "", Timeout]: activity schedule-to-start timeout
      9 Activated at 5s
    "#);
}

#[test]
fn at_one_moment_the_run_precedes_all() {
    assert_snapshot!(story("start run-timeout=5s; activate: timer a 5s; wait 5s"), @"
    > start run-timeout=5s
      1 RunStarted at 0s order
      next due at 5s
    > activate: timer a 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
    > wait 5s
      4 RunTimedOut at 5s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn a_clock_that_is_set_back_does_not_set_back_the_run() {
    let told = story(
        "start; wait 10s; activate: schedule charge heartbeat=2s, timer nap 1s; set-back 8s; take charge;
         beat charge 1 half; signal hello; wait 9s; wait 1s",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > wait 10s
    > activate: schedule charge heartbeat=2s, timer nap 1s
      told: start order at 0s
      2 Activated at 10s
      3 ActivityScheduled at 10s #1 charge
      4 TimerStarted at 10s #2 for 1s
      offer: #1 attempt 1
      next due at 11s
    > set-back 8s
    > take charge
      stored: #1 attempt 1 started at 10s by w1
    > beat charge 1 half
      stored: #1 attempt 1 started at 10s by w1, heartbeat half at 10s
    > signal hello
      5 SignalReceived at 10s hello
    > wait 9s
      6 TimerFired at 11s #2
      next due at 12s
    > wait 1s
      stored: #1 attempt 2 backs off until 13s, heartbeat half, after "activity heartbeat timeout"
      next due at 13s
    "#);
}

#[test]
fn the_end_of_time_is_no_overflow() {
    let told = story(
        "start; activate: timer nap forever, schedule charge schedule-to-close=forever initial=forever;
         take charge; wait 1s; fail charge; wait forever; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: timer nap forever, schedule charge schedule-to-close=forever initial=forever
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for the end of time
      4 ActivityScheduled at 0s #2 charge
      offer: #2 attempt 1
      next due at the end of time
    > take charge
      stored: #2 attempt 1 started at 0s by w1
    > wait 1s
    > fail charge
      5 ActivityFailed at 1s #2 attempt 1 by w1 since 0s: failed (Timeout)
    > wait forever
      6 TimerFired at the end of time #1
      nothing is due
    > activate:
      told: #2 failed: activity error [charge 2 by "w1", Timeout]: failed
      told: timer #1 fired
      7 Activated at the end of time
    "#);
}
