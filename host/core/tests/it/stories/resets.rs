//! A run goes on, as another run, from an earlier point of its history.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_run_goes_on_from_an_earlier_point() {
    let told = story(
        "start memo=a=1; wait 1s; activate: schedule charge; take charge; done charge ok; wait 1s; \
         activate: schedule ship, memo a=2; take ship; wait 1s; reset 2; activate: complete",
    );
    assert_snapshot!(told, @"
    > start memo=a=1
      1 RunStarted at 0s order, a=1
    > wait 1s
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 1s
      3 ActivityScheduled at 1s #1 charge
      offer: #1 attempt 1
    > take charge
      stored: #1 attempt 1 started at 1s by w1
    > done charge ok
      4 ActivityCompleted at 1s #1 attempt 1 by w1 since 1s with ok
    > wait 1s
    > activate: schedule ship, memo a=2
      told: #1 completed with ok
      5 Activated at 2s
      6 ActivityScheduled at 2s #2 ship
      7 MemoUpserted at 2s a=2
      offer: #2 attempt 1
    > take ship
      stored: #2 attempt 1 started at 2s by w1
    > wait 1s
    > reset 2
      the old run: 8 RunTerminated at 3s a mistake → ..0505
      5 RunReset at 3s ..0101 to ..0505: a mistake
    > activate: complete
      told: #1 completed with ok
      told: new random bits
      6 Activated at 3s
      7 RunCompleted at 3s
      announce: Completed
    ");
}

#[test]
fn a_run_can_begin_wholly_anew() {
    let told = story(
        "start run-timeout=9s; wait 1s; activate: schedule charge; wait 1s; reset 1; \
         activate: timer nap 1s",
    );
    assert_snapshot!(told, @"
    > start run-timeout=9s
      1 RunStarted at 0s order
      next due at 9s
    > wait 1s
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 1s
      3 ActivityScheduled at 1s #1 charge
      offer: #1 attempt 1
    > wait 1s
    > reset 1
      the old run: 4 RunTerminated at 2s a mistake → ..0505
      2 RunReset at 2s ..0101 to ..0505: a mistake
      next due at 11s
    > activate: timer nap 1s
      told: start order at 0s
      told: new random bits
      3 Activated at 2s
      4 TimerStarted at 2s #1 for 1s
      next due at 3s
    ");
}

#[test]
fn a_closed_run_is_reset() {
    let told = story(
        "start; activate: schedule charge; fail charge no final=yes; activate: fail no; wait 5s; reset 1; \
         activate: schedule charge",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      offer: #1 attempt 1
    > fail charge no final=yes
      4 ActivityFailed at 0s #1 attempt 1 by w1 never started: no (NonRetryableFailure)
    > activate: fail no
      told: #1 failed: activity error [charge 1 by "w1", NonRetryableFailure]: no
      5 Activated at 0s
      6 RunFailed at 0s no
      announce: Failed
    > wait 5s
    > reset 1
      2 RunReset at 5s ..0101 to ..0505: a mistake
    > activate: schedule charge
      told: start order at 0s
      told: new random bits
      3 Activated at 5s
      4 ActivityScheduled at 5s #1 charge
      offer: #1 attempt 1
    "#);
}

#[test]
fn what_people_said_after_the_point_is_said_again() {
    let told = story(
        "start; activate: timer nap 9s; signal go s-1; activate:; signal stop s-2; update set u-1; \
         ask-cancel c-1; activate: answer u-1; reset 2; activate:; signal stop s-2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 9s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 9s
      next due at 9s
    > signal go s-1
      4 SignalReceived at 0s go
    > activate:
      told: signal go
      5 Activated at 0s
    > signal stop s-2
      6 SignalReceived at 0s stop
    > update set u-1
      7 UpdateAccepted at 0s set u-1
    > ask-cancel c-1
      8 CancelRequested at 0s changed my mind
    > activate: answer u-1
      told: signal stop
      told: update set u-1
      told: cancel requested: changed my mind
      9 Activated at 0s
      10 UpdateCompleted at 0s u-1 completed
      announce: update u-1
    > reset 2
      the old run: 11 RunTerminated at 0s a mistake → ..0505
      5 RunReset at 0s ..0101 to ..0505: a mistake
      6 SignalReceived at 0s stop
      7 UpdateAccepted at 0s set u-1
      8 CancelRequested at 0s changed my mind
    > activate:
      told: signal go
      told: new random bits
      told: signal stop
      told: update set u-1
      told: cancel requested: changed my mind
      9 Activated at 0s
    > signal stop s-2
      a duplicate
    ");
}

#[test]
fn what_people_said_after_the_point_can_be_left_out() {
    let told = story(
        "start; activate: timer nap 9s; signal go s-1; activate:; signal stop s-2; update set u-1; \
         ask-cancel c-1; activate: answer u-1; reset 2 without signals, updates, cancel-requests; \
         activate:; signal stop s-2",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 9s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 9s
      next due at 9s
    > signal go s-1
      4 SignalReceived at 0s go
    > activate:
      told: signal go
      5 Activated at 0s
    > signal stop s-2
      6 SignalReceived at 0s stop
    > update set u-1
      7 UpdateAccepted at 0s set u-1
    > ask-cancel c-1
      8 CancelRequested at 0s changed my mind
    > activate: answer u-1
      told: signal stop
      told: update set u-1
      told: cancel requested: changed my mind
      9 Activated at 0s
      10 UpdateCompleted at 0s u-1 completed
      announce: update u-1
    > reset 2 without signals, updates, cancel-requests
      the old run: 11 RunTerminated at 0s a mistake → ..0505
      5 RunReset at 0s ..0101 to ..0505: a mistake
    > activate:
      told: signal go
      told: new random bits
      6 Activated at 0s
    > signal stop s-2
      7 SignalReceived at 0s stop
    ");
}

#[test]
fn an_attempt_that_was_under_way_begins_anew() {
    let told = story(
        "start; activate: schedule charge schedule-to-close=9s, timer nap 1s; take charge; fail charge; \
         wait 1s; activate:; wait 4s; take charge 2; done charge 2 ok; wait 5s; reset 2; \
         done charge 2 ok; take charge; done charge ok",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge schedule-to-close=9s, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 1s
      offer: #1 attempt 1
      next due at 1s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > fail charge
      stored: #1 attempt 2 backs off until 1s, after "failed"
    > wait 1s
      5 TimerFired at 1s #2
      stored: #1 attempt 2 ready since 1s, after "failed"
      offer: #1 attempt 2
      next due at 9s
    > activate:
      told: timer #2 fired
      6 Activated at 1s
    > wait 4s
    > take charge 2
      stored: #1 attempt 2 started at 5s by w1, after "failed"
    > done charge 2 ok
      7 ActivityCompleted at 5s #1 attempt 2 by w1 since 5s with ok
      nothing is due
    > wait 5s
    > reset 2
      the old run: 8 RunTerminated at 10s a mistake → ..0505
      6 RunReset at 10s ..0101 to ..0505: a mistake
      offer: #1 attempt 1
      next due at 19s
    > done charge 2 ok
      refused: the attempt is over; the activity is at another one
    > take charge
      stored: #1 attempt 1 started at 10s by w1
    > done charge ok
      7 ActivityCompleted at 10s #1 attempt 1 by w1 since 10s with ok
      nothing is due
    "#);
}

#[test]
fn an_activity_that_may_run_once_keeps_its_end() {
    let told = story(
        "start; activate: schedule charge attempts=1, timer nap 1s; wait 1s; activate:; take charge; \
         done charge ok; wait 5s; reset 2; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 1s
      offer: #1 attempt 1
      next due at 1s
    > wait 1s
      5 TimerFired at 1s #2
      nothing is due
    > activate:
      told: timer #2 fired
      6 Activated at 1s
    > take charge
      stored: #1 attempt 1 started at 1s by w1
    > done charge ok
      7 ActivityCompleted at 1s #1 attempt 1 by w1 since 1s with ok
    > wait 5s
    > reset 2
      the old run: 8 RunTerminated at 6s a mistake → ..0505
      6 RunReset at 6s ..0101 to ..0505: a mistake
      7 ActivityCompleted at 6s #1 attempt 1 by w1 since 1s with ok
    > activate:
      told: timer #2 fired
      told: new random bits
      told: #1 completed with ok
      8 Activated at 6s
    ");
}

#[test]
fn an_activity_that_may_run_once_is_given_up_while_it_runs() {
    let told = story(
        "start; activate: schedule charge attempts=1, schedule ship attempts=1, timer nap 1s; wait 1s; \
         take charge; activate:; wait 5s; reset 2; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1, schedule ship attempts=1, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 ActivityScheduled at 0s #2 ship
      5 TimerStarted at 0s #3 for 1s
      offer: #1 attempt 1
      offer: #2 attempt 1
      next due at 1s
    > wait 1s
      6 TimerFired at 1s #3
      nothing is due
    > take charge
      stored: #1 attempt 1 started at 1s by w1
    > activate:
      told: timer #3 fired
      7 Activated at 1s
    > wait 5s
    > reset 2
      the old run: 8 RunTerminated at 6s a mistake → ..0505
      7 RunReset at 6s ..0101 to ..0505: a mistake
      8 ActivityFailed at 6s #1 attempt 1 by w1 since 1s: the run was reset while the activity, which may run only once, may have been under way (MaximumAttemptsReached)
      offer: #2 attempt 1
    > activate:
      told: timer #3 fired
      told: new random bits
      told: #1 failed: activity error [charge 1 by "w1", MaximumAttemptsReached]: the run was reset while the activity, which may run only once, may have been under way
      9 Activated at 6s
    "#);
}

#[test]
fn an_activity_that_may_run_once_is_given_up_when_nobody_knows() {
    let told = story(
        "start; activate: schedule charge attempts=1, timer nap 1s; wait 1s; activate: fail no; reset 2; \
         activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge attempts=1, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 1s
      offer: #1 attempt 1
      next due at 1s
    > wait 1s
      5 TimerFired at 1s #2
      nothing is due
    > activate: fail no
      told: timer #2 fired
      6 Activated at 1s
      7 RunFailed at 1s no
      announce: Failed
    > reset 2
      6 RunReset at 1s ..0101 to ..0505: a mistake
      7 ActivityFailed at 1s #1 attempt 1 never started: the run was reset while the activity, which may run only once, may have been under way (MaximumAttemptsReached)
    > activate:
      told: timer #2 fired
      told: new random bits
      told: #1 failed: activity error [charge 1 by "", MaximumAttemptsReached]: the run was reset while the activity, which may run only once, may have been under way
      8 Activated at 1s
    "#);
}

#[test]
fn timers_are_due_when_they_would_have_been() {
    let told = story(
        "start; activate: timer short 5s, timer long 30s, timer nap 1s; wait 1s; activate: cancel long; \
         wait 9s; activate:; reset 2; wait 0s; wait 20s",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer short 5s, timer long 30s, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      4 TimerStarted at 0s #2 for 30s
      5 TimerStarted at 0s #3 for 1s
      next due at 1s
    > wait 1s
      6 TimerFired at 1s #3
      next due at 5s
    > activate: cancel long
      told: timer #3 fired
      7 Activated at 1s
      8 TimerCancelled at 1s #2
    > wait 9s
      9 TimerFired at 10s #1
      nothing is due
    > activate:
      told: timer #1 fired
      10 Activated at 10s
    > reset 2
      the old run: 11 RunTerminated at 10s a mistake → ..0505
      7 RunReset at 10s ..0101 to ..0505: a mistake
      next due at 5s
    > wait 0s
      8 TimerFired at 10s #1
      next due at 30s
    > wait 20s
      9 TimerFired at 30s #2
      nothing is due
    ");
}

#[test]
fn all_limits_of_time_count_from_the_reset() {
    let told = story(
        "start run-timeout=9s execution-timeout=60s; activate: timer nap 1s; wait 1s; activate:; wait 8s; \
         reset 2; wait 9s",
    );
    assert_snapshot!(told, @"
    > start run-timeout=9s execution-timeout=60s
      1 RunStarted at 0s order
      next due at 9s
    > activate: timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 1s
      next due at 1s
    > wait 1s
      4 TimerFired at 1s #1
      next due at 9s
    > activate:
      told: timer #1 fired
      5 Activated at 1s
    > wait 8s
      6 RunTimedOut at 9s
      announce: TimedOut
      nothing is due
    > reset 2
      5 RunReset at 9s ..0101 to ..0505: a mistake
      next due at 18s
    > wait 9s
      6 RunTimedOut at 18s
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn children_stay_those_of_the_run_that_began_them() {
    let told = story(
        "start; activate: child ship, child pack, child wrap, timer nap 1s; started ship; wait 1s; \
         activate: child label; started label; started pack; completed ship ok; reset 2; \
         completed pack ok; activate: cancel wrap, child print, complete",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship, child pack, child wrap, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      4 ChildInitiated at 0s #2 pack
      5 ChildInitiated at 0s #3 wrap
      6 TimerStarted at 0s #4 for 1s
      to RUN/1: start ship ..f57e
      to RUN/2: start pack ..9135
      to RUN/3: start wrap ..e847
      next due at 1s
    > started ship
      7 ChildStarted at 0s #1 ..0202
    > wait 1s
      8 TimerFired at 1s #4
      nothing is due
    > activate: child label
      told: #1 started as RUN/1 ..0202
      told: timer #4 fired
      9 Activated at 1s
      10 ChildInitiated at 1s #5 label
      to RUN/5: start label ..ec0c
    > started label
      11 ChildStarted at 1s #5 ..0202
    > started pack
      12 ChildStarted at 1s #2 ..0202
    > completed ship ok
      13 ChildClosed at 1s #1 completed with ok
    > reset 2
      the old run: 14 RunTerminated at 1s a mistake → ..0505
      the old run: to RUN/5: terminate
      9 RunReset at 1s ..0101 to ..0505: a mistake
      10 ChildStarted at 1s #2 ..0202
      11 ChildClosed at 1s #1 completed with ok
      to RUN/3: start wrap ..e847
      to RUN/2: has it closed? asks #2 of ..0101
    > completed pack ok
      12 ChildClosed at 1s #2 completed with ok
    > activate: cancel wrap, child print, complete
      told: #1 started as RUN/1 ..0202
      told: timer #4 fired
      told: new random bits
      told: #2 started as RUN/2 ..0202
      told: #1 completed with ok
      told: #2 completed with ok
      13 Activated at 1s
      14 ChildCancelRequested at 1s #3: unwanted
      15 ChildInitiated at 1s #5 print
      16 RunCompleted at 1s
      to RUN/3: cancel from #3: unwanted, if a child
      to 05050505-0505-0505-0505-050505050505/5: start print ..80c9
      to RUN/3: terminate
      to 05050505-0505-0505-0505-050505050505/5: terminate
      announce: Completed
    ");
}

#[test]
fn messages_are_told_again_until_they_are_answered() {
    let told = story(
        "start; \
         activate: signal-to note other-1 hello, cancel-to stop other-2, signal-to bye other-3 bye, timer nap 1s; \
         wait 1s; activate:; delivered bye; reset 2; delivered note; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello, cancel-to stop other-2, signal-to bye other-3 bye, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      4 ExternalCancelInitiated at 0s #2 to other-2: no longer needed
      5 ExternalSignalInitiated at 0s #3 bye to other-3
      6 TimerStarted at 0s #4 for 1s
      to other-1: signal hello from #1
      to other-2: cancel from #2: no longer needed, to be answered
      to other-3: signal bye from #3
      next due at 1s
    > wait 1s
      7 TimerFired at 1s #4
      nothing is due
    > activate:
      told: timer #4 fired
      8 Activated at 1s
    > delivered bye
      9 ExternalResolved at 1s #3 Ok(())
    > reset 2
      the old run: 10 RunTerminated at 1s a mistake → ..0505
      8 RunReset at 1s ..0101 to ..0505: a mistake
      9 ExternalResolved at 1s #3 Ok(())
      to other-1: signal hello from #1
      to other-2: cancel from #2: no longer needed, to be answered
    > delivered note
      10 ExternalResolved at 1s #1 Ok(())
    > activate:
      told: timer #4 fired
      told: new random bits
      told: #3 arrived
      told: #1 arrived
      11 Activated at 1s
    ");
}

#[test]
fn what_was_cancelled_before_the_point_stays_so() {
    let told = story(
        "start; activate: schedule charge wait, timer nap 1s; take charge; wait 1s; \
         activate: cancel charge, timer more 1s; wait 1s; activate:; cancelled charge; activate:; \
         reset 3; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge wait, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge (WaitCancellationCompleted)
      4 TimerStarted at 0s #2 for 1s
      offer: #1 attempt 1
      next due at 1s
    > take charge
      stored: #1 attempt 1 started at 0s by w1
    > wait 1s
      5 TimerFired at 1s #2
      nothing is due
    > activate: cancel charge, timer more 1s
      told: timer #2 fired
      6 Activated at 1s
      7 ActivityCancelRequested at 1s #1
      8 TimerStarted at 1s #3 for 1s
      next due at 2s
    > wait 1s
      9 TimerFired at 2s #3
      nothing is due
    > activate:
      told: timer #3 fired
      10 Activated at 2s
    > cancelled charge
      11 ActivityCancelled at 2s #1 attempt 1 by w1 since 0s
    > activate:
      told: #1 cancelled: activity error [charge 1 by "w1", CancelRequested]: activity cancelled
      12 Activated at 2s
    > reset 3
      the old run: 13 RunTerminated at 2s a mistake → ..0505
      10 RunReset at 2s ..0101 to ..0505: a mistake
      11 ActivityCancelled at 2s #1 attempt 1 never started
    > activate:
      told: timer #3 fired
      told: new random bits
      told: #1 cancelled: activity error [charge 1 by "", CancelRequested]: activity cancelled
      12 Activated at 2s
    "#);
}

#[test]
fn a_run_that_was_reset_is_reset_again() {
    let told = story(
        "start; activate: child ship, timer nap 1s; started ship; wait 1s; \
         activate: child pack, timer more 1s; started pack; wait 1s; activate:; reset 3; \
         activate: child wrap, timer rest 1s; wait 1s; activate:; reset 3; activate:; reset 2; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      4 TimerStarted at 0s #2 for 1s
      to RUN/1: start ship ..f57e
      next due at 1s
    > started ship
      5 ChildStarted at 0s #1 ..0202
    > wait 1s
      6 TimerFired at 1s #2
      nothing is due
    > activate: child pack, timer more 1s
      told: #1 started as RUN/1 ..0202
      told: timer #2 fired
      7 Activated at 1s
      8 ChildInitiated at 1s #3 pack
      9 TimerStarted at 1s #4 for 1s
      to RUN/3: start pack ..e847
      next due at 2s
    > started pack
      10 ChildStarted at 1s #3 ..0202
    > wait 1s
      11 TimerFired at 2s #4
      nothing is due
    > activate:
      told: #3 started as RUN/3 ..0202
      told: timer #4 fired
      12 Activated at 2s
    > reset 3
      the old run: 13 RunTerminated at 2s a mistake → ..0505
      12 RunReset at 2s ..0101 to ..0505: a mistake
      to RUN/1: has it closed? asks #1 of ..0101
      to RUN/3: has it closed? asks #3 of ..0101
    > activate: child wrap, timer rest 1s
      told: #3 started as RUN/3 ..0202
      told: timer #4 fired
      told: new random bits
      13 Activated at 2s
      14 ChildInitiated at 2s #5 wrap
      15 TimerStarted at 2s #6 for 1s
      to 05050505-0505-0505-0505-050505050505/5: start wrap ..80c9
      next due at 3s
    > wait 1s
      16 TimerFired at 3s #6
      nothing is due
    > activate:
      told: timer #6 fired
      17 Activated at 3s
    > reset 3
      the old run: 18 RunTerminated at 3s a mistake → ..0909
      the old run: to 05050505-0505-0505-0505-050505050505/5: terminate
      13 RunReset at 3s ..0505 to ..0909: a mistake
      to RUN/1: has it closed? asks #1 of ..0101
      to RUN/3: has it closed? asks #3 of ..0101
    > activate:
      told: #3 started as RUN/3 ..0202
      told: timer #4 fired
      told: new random bits
      told: new random bits
      14 Activated at 3s
    > reset 2
      the old run: 15 RunTerminated at 3s a mistake → ..0d0d
      the old run: to RUN/3: terminate
      7 RunReset at 3s ..0909 to ..0d0d: a mistake
      to RUN/1: has it closed? asks #1 of ..0101
    > activate:
      told: #1 started as RUN/1 ..0202
      told: timer #2 fired
      told: new random bits
      8 Activated at 3s
    ");
}

#[test]
fn a_delayed_start_is_not_waited_for_again() {
    let told = story("start delay=9s; wait 9s; activate: timer nap 1s; reset 1; activate:");
    assert_snapshot!(told, @"
    > start delay=9s
      1 RunStarted at 0s order, begins at 9s
      next due at 9s
    > wait 9s
      nothing is due
    > activate: timer nap 1s
      told: start order at 0s
      2 Activated at 9s
      3 TimerStarted at 9s #1 for 1s
      next due at 10s
    > reset 1
      the old run: 4 RunTerminated at 9s a mistake → ..0505
      2 RunReset at 9s ..0101 to ..0505: a mistake
      nothing is due
    > activate:
      told: start order at 0s
      told: new random bits
      3 Activated at 9s
    ");
}

/// The child knows nothing of the reset: it has the parent that it was started by.
#[test]
fn a_child_from_before_the_point_takes_signals() {
    let told = story(
        "start; activate: child ship id=ship-1, timer nap 1s; started ship; wait 1s; activate:; reset 2; \
         activate: signal-to note ship-1 hello child-only, signal-to other ship-2 hello child-only",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship id=ship-1, timer nap 1s
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      4 TimerStarted at 0s #2 for 1s
      to ship-1: start ship ..f57e
      next due at 1s
    > started ship
      5 ChildStarted at 0s #1 ..0202
    > wait 1s
      6 TimerFired at 1s #2
      nothing is due
    > activate:
      told: #1 started as ship-1 ..0202
      told: timer #2 fired
      7 Activated at 1s
    > reset 2
      the old run: 8 RunTerminated at 1s a mistake → ..0505
      7 RunReset at 1s ..0101 to ..0505: a mistake
      to ship-1: has it closed? asks #1 of ..0101
    > activate: signal-to note ship-1 hello child-only, signal-to other ship-2 hello child-only
      told: #1 started as ship-1 ..0202
      told: timer #2 fired
      told: new random bits
      8 Activated at 1s
      9 ExternalSignalInitiated at 1s #3 hello to ship-1 (only a child)
      10 ExternalSignalInitiated at 1s #4 hello to ship-2 (only a child)
      to ship-1: signal hello from #3, as of ..0101
      to ship-2: signal hello from #4
    ");
}
