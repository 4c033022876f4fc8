//! Runs that somebody pauses.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_paused_run_hears_of_everything_once_it_is_resumed() {
    let told = story(
        "start; activate: schedule charge, timer patience 5s; take charge; pause p-1; signal hurry; done charge 1 paid;
         wait 5s; activate:; resume r-1; activate: complete",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, timer patience 5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 5s
      offer: #1 attempt 1
      next due at 5s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > pause p-1
      5 RunPaused at 0s by operator: maintenance
    > signal hurry
      6 SignalReceived at 0s hurry
    > done charge 1 paid
      7 ActivityCompleted at 0s #1 attempt 1 by w1 since 0s with paid
    > wait 5s
      8 TimerFired at 5s #2
      nothing is due
    > activate:
      there is nothing to tell the guest
    > resume r-1
      9 RunResumed at 5s by operator: maintenance
    > activate: complete
      told: signal hurry
      told: #1 completed with paid
      told: timer #2 fired
      10 Activated at 5s
      11 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_paused_run_gives_no_worker_anything_to_do() {
    let told = story(
        "start; activate: schedule charge schedule-to-start=3s schedule-to-close=60s; pause; take charge; wait 10s;
         resume; take charge; fail charge 1 declined; pause; wait 10s; resume; wait 0s; take charge 2; done charge 2",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-start=3s schedule-to-close=60s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
      next due at 3s
    > pause
      4 RunPaused at 0s by operator: maintenance
      next due at 60s
    > take charge
      refused: the attempt is not ready to be taken
    > wait 10s
    > resume
      5 RunResumed at 10s by operator: maintenance
      stored: #1 attempt 1 ready since 10s
      offer: #1 attempt 1
      next due at 13s
    > take charge
      stored: #1 attempt 1 started at 10s by w1
      next due at 60s
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 11s, after "declined"
      next due at 11s
    > pause
      6 RunPaused at 10s by operator: maintenance
      next due at 60s
    > wait 10s
    > resume
      7 RunResumed at 20s by operator: maintenance
      next due at 11s
    > wait 0s
      stored: #1 attempt 2 ready since 20s, after "declined"
      offer: #1 attempt 2
      next due at 23s
    > take charge 2
      stored: #1 attempt 2 started at 20s by w1, after "declined"
      next due at 60s
    > done charge 2
      8 ActivityCompleted at 20s #1 attempt 2 by w1 since 20s
      nothing is due
    "#);
}

#[test]
fn an_attempt_that_runs_goes_on_while_its_run_is_paused() {
    let told = story(
        "start; activate: schedule charge start-to-close=5s heartbeat=2s attempts=2, schedule pack; take charge;
         pause; wait 1s; beat charge half; wait 2s; return pack",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge start-to-close=5s heartbeat=2s attempts=2, schedule pack
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityScheduled at 0s #2 pack
      offer: #1 attempt 1
      offer: #2 attempt 1
    > take charge
      stored: #1 attempt 1 started at 0s by w1
      next due at 2s
    > pause
      5 RunPaused at 0s by operator: maintenance
    > wait 1s
    > beat charge half
      stored: #1 attempt 1 started at 0s by w1, heartbeat half at 1s
      next due at 3s
    > wait 2s
      stored: #1 attempt 2 backs off until 4s, heartbeat half, after "activity heartbeat timeout"
      nothing is due
    > return pack
    "#);
}

#[test]
fn a_paused_run_can_time_out_and_be_terminated() {
    let told = story("start run-timeout=5s; pause; wait 5s; resume");
    assert_snapshot!(told, @"
    > start run-timeout=5s
      1 RunStarted at 0s order
      next due at 5s
    > pause
      2 RunPaused at 0s by operator: maintenance
    > wait 5s
      3 RunTimedOut at 5s
      announce: TimedOut
      nothing is due
    > resume
      refused: the run is closed
    ");
    let told = story("start; activate: schedule charge; pause; terminate; resume");
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
    > terminate
      5 RunTerminated at 0s out of stock
      announce: Terminated
    > resume
      refused: the run is closed
    ");
}

#[test]
fn a_paused_run_takes_no_update() {
    let told = story(
        "start; activate:; update rename u-1; pause; update rename u-1; update rename u-2; resume; activate: answer u-1",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > update rename u-1
      3 UpdateAccepted at 0s rename u-1
    > pause
      4 RunPaused at 0s by operator: maintenance
    > update rename u-1
      a duplicate
    > update rename u-2
      refused: the run is paused; resume it first
    > resume
      5 RunResumed at 0s by operator: maintenance
    > activate: answer u-1
      told: update rename u-1
      6 Activated at 0s
      7 UpdateCompleted at 0s u-1 completed
      announce: update u-1
    ");
}

#[test]
fn pauses_are_recognised_when_they_come_again() {
    let told =
        story(
            "start; pause p-1; pause p-1; pause p-2; pause; resume r-1; resume r-1; resume r-2; resume; pause p-1; pause p-2;
             terminate; pause p-2; resume r-1; resume r-2",
        );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > pause p-1
      2 RunPaused at 0s by operator: maintenance
    > pause p-1
      a duplicate
    > pause p-2
      refused: the run is already paused
    > pause
      refused: the run is already paused
    > resume r-1
      3 RunResumed at 0s by operator: maintenance
    > resume r-1
      a duplicate
    > resume r-2
      refused: the run is not paused
    > resume
      refused: the run is not paused
    > pause p-1
      a duplicate
    > pause p-2
      4 RunPaused at 0s by operator: maintenance
    > terminate
      5 RunTerminated at 0s out of stock
      announce: Terminated
    > pause p-2
      a duplicate
    > resume r-1
      a duplicate
    > resume r-2
      refused: the run is closed
    ");
}

#[test]
fn a_pause_survives_a_crash() {
    let told = story(
        "start delay=5s; pause; crash; wait 5s; evict; activate:; resume; crash; wait 0s; activate: schedule charge initial=1s;
         take charge; fail charge 1 declined; pause; crash; wait 5s; resume; crash; wait 0s; take charge 2",
    );
    assert_snapshot!(told, @r#"
    > start delay=5s
      1 RunStarted at 0s order, begins at 5s
      next due at 5s
    > pause
      2 RunPaused at 0s by operator: maintenance
    > crash
    > wait 5s
      nothing is due
    > evict
    > activate:
      there is nothing to tell the guest
    > resume
      3 RunResumed at 5s by operator: maintenance
    > crash
      next due at 5s
    > wait 0s
      nothing is due
    > activate: schedule charge initial=1s
      told: start order at 0s
      4 Activated at 5s
      5 ActivityScheduled at 5s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 5s by w1
    > fail charge 1 declined
      stored: #1 attempt 2 backs off until 6s, after "declined"
      next due at 6s
    > pause
      6 RunPaused at 5s by operator: maintenance
      nothing is due
    > crash
    > wait 5s
    > resume
      7 RunResumed at 10s by operator: maintenance
      next due at 6s
    > crash
    > wait 0s
      stored: #1 attempt 2 ready since 10s, after "declined"
      offer: #1 attempt 2
      nothing is due
    > take charge 2
      stored: #1 attempt 2 started at 10s by w1, after "declined"
    "#);
}
