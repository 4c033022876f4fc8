//! What operators do to activities that are under way.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_paused_activity_is_not_tried_again_until_it_is_unpaused() {
    let told = story(
        "start; activate: schedule charge initial=1s; take charge; fail charge 1 declined; pause-activity charge p-1;
         wait 5s; take charge 2; unpause-activity charge; take charge 2; done charge 2",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge initial=1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 1s, after "declined"
      next due at 1s
    > pause-activity charge p-1
      stored: #1 attempt 2 backs off until 1s, paused since 0s by operator, after "declined"
      nothing is due
    > wait 5s
    > take charge 2
      refused: the attempt is not ready to be taken
    > unpause-activity charge
      stored: #1 attempt 2 ready since 5s, after "declined"
      offer: #1 attempt 2
    > take charge 2
      stored: #1 attempt 2 started at 5s by w1, after "declined"
    > done charge 2
      4 ActivityCompleted at 5s #1 attempt 2 by w1 since 5s
    "#);
}

#[test]
fn an_attempt_that_was_offered_before_a_pause_is_offered_anew() {
    let told = story(
        "start; activate: schedule charge schedule-to-start=3s; pause-activity charge; take charge; wait 5s; evict;
         unpause-activity charge; take charge 1; take charge 2; done charge 2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=3s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 3s
    > pause-activity charge
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
      nothing is due
    > take charge
      refused: the attempt is not ready to be taken
    > wait 5s
    > evict
    > unpause-activity charge
      stored: #1 attempt 2 ready since 5s, counted as 1
      offer: #1 attempt 2
      next due at 8s
    > take charge 1
      refused: the attempt is over; the activity is at another one
    > take charge 2
      stored: #1 attempt 2 started at 5s by w1, counted as 1
      nothing is due
    > done charge 2
      4 ActivityCompleted at 5s #1 attempt 1 by w1 since 5s
    ");
}

#[test]
fn a_running_attempt_hears_of_the_pause_and_may_finish() {
    let told = story(
        "start; activate: schedule charge heartbeat=2s, schedule pack; take charge; take pack; pause-activity all p-1; wait 1s;
         beat charge half; fail charge 1 stopped; done pack; wait 60s; crash; unpause-activity all jitter=10s; wait 10s;
         take charge 2; beat charge 2",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge heartbeat=2s, schedule pack
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityScheduled at 0s #2 pack
      offer: #1 attempt 1
      offer: #2 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 2s
    > take pack
      stored: #2 attempt 1 started at 0s by w1
    > pause-activity all p-1
      stored: #1 attempt 1 started at 0s by w1, paused since 0s by operator
      stored: #2 attempt 1 started at 0s by w1, paused since 0s by operator
    > wait 1s
    > beat charge half
      the worker hears that it is paused
      stored: #1 attempt 1 started at 0s by w1, paused since 0s by operator, heartbeat half at 1s
      next due at 3s
    > fail charge 1 stopped
      stored: #1 attempt 2 backs off until 2s, paused since 0s by operator, heartbeat half, after "stopped"
      nothing is due
    > done pack
      5 ActivityCompleted at 1s #2 attempt 1 by w1 since 0s
    > wait 60s
    > crash
    > unpause-activity all jitter=10s
      stored: #1 attempt 2 backs off until 61814ms, heartbeat half, after "stopped"
      next due at 61814ms
    > wait 10s
      stored: #1 attempt 2 ready since 71s, heartbeat half, after "stopped"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 71s by w1, heartbeat half, after "stopped"
      next due at 73s
    > beat charge 2
      stored: #1 attempt 2 started at 71s by w1, heartbeat at 71s, after "stopped"
    "#);
}

#[test]
fn a_paused_activity_can_run_out_of_time_and_of_attempts() {
    let told =
        story("start; activate: schedule charge schedule-to-close=5s; pause-activity charge; wait 5s; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-close=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 5s
    > pause-activity charge
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > wait 5s
      4 ActivityTimedOut at 5s #1 attempt 1 never started: activity schedule-to-close timeout (Timeout)
      nothing is due
    > activate:
      told: #1 failed: activity error [charge 1 by "", Timeout]: activity schedule-to-close timeout
      5 Activated at 5s
    "#);
    let told =
        story("start; activate: schedule charge attempts=1; take charge; pause-activity charge; fail charge 1 no");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > pause-activity charge
      stored: #1 attempt 1 started at 0s by w1, paused since 0s by operator
    > fail charge 1 no
      4 ActivityFailed at 0s #1 attempt 1 by w1 since 0s: no (MaximumAttemptsReached)
    ");
}

#[test]
fn a_paused_activity_can_be_cancelled() {
    let told = story(
        "start; activate: schedule charge; pause-activity charge; signal enough; activate: cancel charge; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > pause-activity charge
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > signal enough
      4 SignalReceived at 0s enough
    > activate: cancel charge
      told: signal enough
      5 Activated at 0s
      6 ActivityCancelRequested at 0s #1
      7 ActivityCancelled at 0s #1 attempt 1 never started
    > activate:
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn pauses_of_activities_are_recognised_when_they_come_again() {
    let told = story(
        "start; activate: schedule charge, schedule pack; pause-activity charge p-1; pause-activity charge p-1;
         pause-activity charge p-2; pause-activity type=pack p-2; pause-activity all p-2; unpause-activity charge;
         unpause-activity charge; pause-activity all p-2; pause-activity all",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, schedule pack
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityScheduled at 0s #2 pack
      offer: #1 attempt 1
      offer: #2 attempt 1
    > pause-activity charge p-1
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > pause-activity charge p-1
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > pause-activity charge p-2
      refused: the activity is already paused
    > pause-activity type=pack p-2
      stored: #2 attempt 1 ready since 0s, paused since 0s by operator
    > pause-activity all p-2
      refused: the activity is already paused
    > unpause-activity charge
      stored: #1 attempt 2 ready since 0s, counted as 1
      offer: #1 attempt 2
    > unpause-activity charge
    > pause-activity all p-2
      stored: #1 attempt 2 ready since 0s, counted as 1, paused since 0s by operator
      stored: #2 attempt 1 ready since 0s, paused since 0s by operator
    > pause-activity all
      refused: the activity is already paused
    ");
}

#[test]
fn an_activity_that_waits_is_reset_at_once() {
    let told = story(
        "start; activate: schedule charge initial=1s attempts=2; take charge; beat charge half; fail charge 1 declined;
         wait 1s; take charge 2; return charge 2; reset-activity charge; take charge 3; fail charge 3 declined;
         reset-activity charge heartbeat; take charge 4; fail charge 4 declined; wait 1s; take charge 5; fail charge 5 no",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge initial=1s attempts=2
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > beat charge half
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
    > return charge 2
      stored: #1 attempt 2 ready since 1s, heartbeat half, after "declined"
      offer: #1 attempt 2
    > reset-activity charge
      stored: #1 attempt 3 ready since 1s, counted as 1, heartbeat half
      offer: #1 attempt 3
    > take charge 3
      stored: #1 attempt 3 started at 1s by w1, counted as 1, heartbeat half
    > fail charge 3 declined
      stored: #1 attempt 4 backs off until 2s, counted as 2, heartbeat half, after "declined"
      next due at 2s
    > reset-activity charge heartbeat
      stored: #1 attempt 4 ready since 1s, counted as 1
      offer: #1 attempt 4
      nothing is due
    > take charge 4
      stored: #1 attempt 4 started at 1s by w1, counted as 1
    > fail charge 4 declined
      stored: #1 attempt 5 backs off until 2s, counted as 2, after "declined"
      next due at 2s
    > wait 1s
      stored: #1 attempt 5 ready since 2s, counted as 2, after "declined"
      offer: #1 attempt 5
      nothing is due
    > take charge 5
      stored: #1 attempt 5 started at 2s by w1, counted as 2, after "declined"
    > fail charge 5 no
      4 ActivityFailed at 2s #1 attempt 2 by w1 since 2s: no (MaximumAttemptsReached)
    "#);
}

#[test]
fn a_running_attempt_is_the_last_before_its_reset() {
    let told = story(
        "start; activate: schedule charge attempts=1 heartbeat=5s; take charge; beat charge half; reset-activity charge heartbeat;
         crash; beat charge more; fail charge 1 stopped; wait 0s; take charge 2; done charge 2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1 heartbeat=5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 5s
    > beat charge half
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 0s
    > reset-activity charge heartbeat
      stored: #1 attempt 1 started at 0s by w1, the last before a reset, heartbeat half at 0s
    > crash
      stored: #1 attempt 1 started at 0s by w1, the last before a reset, heartbeat half at 0s
    > beat charge more
      the worker hears that it was reset
      stored: #1 attempt 1 started at 0s by w1, the last before a reset, heartbeat more at 0s
    > fail charge 1 stopped
      stored: #1 attempt 2 backs off until 0s, counted as 1
      next due at 0s
    > wait 0s
      stored: #1 attempt 2 ready since 0s, counted as 1
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 0s by w1, counted as 1
      next due at 5s
    > done charge 2
      4 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s
      nothing is due
    ");
    let told = story("start; activate: schedule charge; take charge; reset-activity charge; done charge 1 paid");
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
    > reset-activity charge
      stored: #1 attempt 1 started at 0s by w1, the last before a reset
    > done charge 1 paid
      4 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s with paid
    ");
}

#[test]
fn a_reset_ends_a_pause_unless_it_is_to_stay() {
    let told = story(
        "start; activate: schedule charge; pause-activity charge; reset-activity charge keep-paused; take charge 1;
         reset-activity charge; take charge 2; pause-activity charge; reset-activity charge; beat charge 2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > pause-activity charge
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > reset-activity charge keep-paused
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > take charge 1
      refused: the attempt is not ready to be taken
    > reset-activity charge
      stored: #1 attempt 2 ready since 0s, counted as 1
      offer: #1 attempt 2
    > take charge 2
      stored: #1 attempt 2 started at 0s by w1, counted as 1
    > pause-activity charge
      stored: #1 attempt 2 started at 0s by w1, counted as 1, paused since 0s by operator
    > reset-activity charge
      stored: #1 attempt 2 started at 0s by w1, counted as 1, the last before a reset
    > beat charge 2
      the worker hears that it was reset
      stored: #1 attempt 2 started at 0s by w1, counted as 1, the last before a reset, heartbeat at 0s
    ");
}

#[test]
fn options_hold_from_now_on_and_can_be_taken_back() {
    let told = story(
        "start; activate: schedule charge start-to-close=60s initial=10s; change charge queue=backup start-to-close=5s;
         take charge 1; take charge 2; change charge initial=2s; wait 5s; change charge initial=4s coefficient=1; crash;
         change all restore; wait 10s; take charge 3; evict; reset-activity charge restore",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=60s initial=10s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > change charge queue=backup start-to-close=5s
      stored: #1 attempt 2 ready since 0s, counted as 1, with queue=backup start-to-close=5s initial=10s coefficient=2 attempts=0
      offer: #1 attempt 2
    > take charge 1
      refused: the attempt is over; the activity is at another one
    > take charge 2
      stored: #1 attempt 2 started at 0s by w1, counted as 1, with queue=backup start-to-close=5s initial=10s coefficient=2 attempts=0
      next due at 5s
    > change charge initial=2s
      stored: #1 attempt 2 started at 0s by w1, counted as 1, with queue=backup start-to-close=5s initial=2s coefficient=2 attempts=0
    > wait 5s
      stored: #1 attempt 3 backs off until 7s, counted as 2, with queue=backup start-to-close=5s initial=2s coefficient=2 attempts=0, after "activity start-to-close timeout"
      next due at 7s
    > change charge initial=4s coefficient=1
      stored: #1 attempt 3 backs off until 9s, counted as 2, with queue=backup start-to-close=5s initial=4s coefficient=1 attempts=0, after "activity start-to-close timeout"
      next due at 9s
    > crash
    > change all restore
      stored: #1 attempt 3 backs off until 15s, counted as 2, after "activity start-to-close timeout"
      next due at 15s
    > wait 10s
      stored: #1 attempt 3 ready since 15s, counted as 2, after "activity start-to-close timeout"
      offer: #1 attempt 3
      nothing is due
    > take charge 3
      stored: #1 attempt 3 started at 15s by w1, counted as 2, after "activity start-to-close timeout"
      next due at 75s
    > evict
    > reset-activity charge restore
      stored: #1 attempt 3 started at 15s by w1, counted as 1, the last before a reset, after "activity start-to-close timeout"
    "#);
}

#[test]
fn options_that_make_no_sense_change_nothing() {
    let told = story(
        "start; activate: schedule charge start-to-close=60s, schedule pack start-to-close=5s schedule-to-close=60s;
         change type=charge start-to-close=0s; change all start-to-close=0s; change pack start-to-close=0s",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=60s, schedule pack start-to-close=5s schedule-to-close=60s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityScheduled at 0s #2 pack
      offer: #1 attempt 1
      offer: #2 attempt 1
      next due at 60s
    > change type=charge start-to-close=0s
      refused: an activity needs a start-to-close or a schedule-to-close timeout
    > change all start-to-close=0s
      refused: an activity needs a start-to-close or a schedule-to-close timeout
    > change pack start-to-close=0s
      stored: #2 attempt 2 ready since 0s, counted as 1, with schedule-to-close=60s
      offer: #2 attempt 2
    ");
}

#[test]
fn what_is_not_pending_cannot_be_operated_on() {
    let told = story(
        "start; activate: schedule charge; change type=pack attempts=1; take charge; done charge; pause-activity #1;
         unpause-activity all; terminate; reset-activity all",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > change type=pack attempts=1
      refused: the activity is not pending: it is over, or never was
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > done charge
      4 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s
    > pause-activity #1
      refused: the activity is not pending: it is over, or never was
    > unpause-activity all
      refused: the activity is not pending: it is over, or never was
    > terminate
      5 RunTerminated at 0s out of stock
      announce: Terminated
    > reset-activity all
      refused: the run is closed
    ");
}

#[test]
fn a_paused_run_and_a_paused_activity_wait_for_both() {
    let told = story(
        "start; activate: schedule charge; pause; pause-activity charge; unpause-activity charge; take charge 2;
         pause-activity charge; resume; take charge 2; unpause-activity charge; take charge 3",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > pause
      4 RunPaused at 0s by operator: maintenance
    > pause-activity charge
      stored: #1 attempt 1 ready since 0s, paused since 0s by operator
    > unpause-activity charge
      stored: #1 attempt 2 ready since 0s, counted as 1
    > take charge 2
      refused: the attempt is not ready to be taken
    > pause-activity charge
      stored: #1 attempt 2 ready since 0s, counted as 1, paused since 0s by operator
    > resume
      5 RunResumed at 0s by operator: maintenance
      stored: #1 attempt 2 ready since 0s, counted as 1, paused since 0s by operator
    > take charge 2
      refused: the attempt is not ready to be taken
    > unpause-activity charge
      stored: #1 attempt 3 ready since 0s, counted as 1
      offer: #1 attempt 3
    > take charge 3
      stored: #1 attempt 3 started at 0s by w1, counted as 1
    ");
}
