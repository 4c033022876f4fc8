//! Changing the code under running workflows.

use crate::script::{divergence, story};
use insta::assert_snapshot;

#[test]
fn a_new_run_takes_the_new_path() {
    let told = story("start; activate: patch fast, timer nap 5s; wait 5s; activate: patch fast, complete");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: patch fast, timer nap 5s
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast
      4 TimerStarted at 0s #1 for 5s
      next due at 5s
    > wait 5s
      5 TimerFired at 5s #1
      nothing is due
    > activate: patch fast, complete
      told: timer #1 fired
      takes fast
      6 Activated at 5s
      7 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_path_is_new_wherever_it_is_first_met() {
    let told = story("start; activate: timer nap 5s; wait 5s; activate: patch fast, schedule charge");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > wait 5s
      4 TimerFired at 5s #1
      nothing is due
    > activate: patch fast, schedule charge
      told: timer #1 fired
      takes fast
      5 Activated at 5s
      6 Patched at 5s fast
      7 ActivityScheduled at 5s #2 charge
      offer: #2 attempt 1
    ");
}

#[test]
fn a_run_that_passed_the_old_path_keeps_to_it() {
    let told = story(
        "start; activate: timer nap 5s; redeploy 1: patch fast; wait 5s;
         activate: patch fast, schedule charge; evict; done charge; activate: patch fast; crash;
         signal go; activate: patch fast",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: patch fast
      declines fast
    > wait 5s
      4 TimerFired at 5s #1
      nothing is due
    > activate: patch fast, schedule charge
      told: timer #1 fired
      declines fast
      5 Activated at 5s
      6 ActivityScheduled at 5s #2 charge
      offer: #2 attempt 1
    > evict
    > done charge
      7 ActivityCompleted at 5s #2 attempt 1 by w1 never started
    > activate: patch fast
      told: #2 completed
      declines fast
      8 Activated at 5s
    > crash
    > signal go
      9 SignalReceived at 5s go
    > activate: patch fast
      told: signal go
      declines fast
      10 Activated at 5s
    ");
}

#[test]
fn a_path_that_comes_later_is_still_new_to_an_old_run() {
    let told = story(
        "start; activate: timer nap 5s; redeploy 1: patch fast; wait 5s;
         activate: patch fast, patch faster",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: patch fast
      declines fast
    > wait 5s
      4 TimerFired at 5s #1
      nothing is due
    > activate: patch fast, patch faster
      told: timer #1 fired
      declines fast
      takes faster
      5 Activated at 5s
      6 Patched at 5s faster
    ");
}

#[test]
fn a_path_once_taken_is_taken_by_code_that_asks_earlier() {
    let told = story(
        "start; activate: timer nap 5s; wait 5s; activate: patch fast; redeploy 1: patch fast; signal go;
         activate: patch fast",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > wait 5s
      4 TimerFired at 5s #1
      nothing is due
    > activate: patch fast
      told: timer #1 fired
      takes fast
      5 Activated at 5s
      6 Patched at 5s fast
    > redeploy 1: patch fast
      declines fast
    > signal go
      7 SignalReceived at 5s go
    > activate: patch fast
      told: signal go
      takes fast
      8 Activated at 5s
    ");
}

#[test]
fn a_path_is_taken_again_by_another_guest() {
    let told = story(
        "start; activate: patch fast, timer nap 5s; evict; wait 5s; activate: patch fast; crash;
         signal go; activate: patch fast",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: patch fast, timer nap 5s
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast
      4 TimerStarted at 0s #1 for 5s
      next due at 5s
    > evict
    > wait 5s
      5 TimerFired at 5s #1
      nothing is due
    > activate: patch fast
      told: timer #1 fired
      takes fast
      6 Activated at 5s
    > crash
    > signal go
      7 SignalReceived at 5s go
    > activate: patch fast
      told: signal go
      takes fast
      8 Activated at 5s
    ");
}

#[test]
fn what_was_not_durable_is_decided_anew() {
    let told = story("start; undurable activate: patch fast; crash; activate: patch fast");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > undurable activate: patch fast
      told: start order at 0s
      takes fast
    > crash
    > activate: patch fast
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast
    ");
}

#[test]
fn a_trap_takes_no_path() {
    let told = story("start; trap: patch fast; activate: patch fast");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > trap: patch fast
    > activate: patch fast
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast
    ");
}

#[test]
fn deprecated_markers_may_be_dropped() {
    let told = story(
        "start; activate: patch fast deprecated, timer nap 5s; redeploy 1: drop fast; wait 5s;
         activate: complete",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: patch fast deprecated, timer nap 5s
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast (deprecated)
      4 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: drop fast
    > wait 5s
      5 TimerFired at 5s #1
      nothing is due
    > activate: complete
      told: timer #1 fired
      6 Activated at 5s
      7 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn behind_a_dropped_marker_a_path_is_still_taken() {
    let told = story(
        "start; activate: patch fast deprecated, patch faster, timer nap 5s; redeploy 1: drop fast;
         wait 5s; activate: patch faster",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: patch fast deprecated, patch faster, timer nap 5s
      told: start order at 0s
      takes fast
      takes faster
      2 Activated at 0s
      3 Patched at 0s fast (deprecated)
      4 Patched at 0s faster
      5 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: drop fast
      takes faster
    > wait 5s
      6 TimerFired at 5s #1
      nothing is due
    > activate: patch faster
      told: timer #1 fired
      takes faster
      7 Activated at 5s
    ");
}

#[test]
fn a_marker_that_is_not_asked_for_hides_no_other() {
    let told = story(
        "start; activate: patch fast deprecated, timer nap 5s; redeploy 1: patch other; wait 5s;
         activate: patch fast deprecated",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: patch fast deprecated, timer nap 5s
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 Patched at 0s fast (deprecated)
      4 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: patch other
      declines other
      takes fast
    > wait 5s
      5 TimerFired at 5s #1
      nothing is due
    > activate: patch fast deprecated
      told: timer #1 fired
      takes fast
      6 Activated at 5s
    ");
}

#[test]
fn a_dropped_marker_may_be_the_last() {
    let told = story("start; activate: timer nap 5s, patch fast deprecated; redeploy 1: drop fast");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s, patch fast deprecated
      told: start order at 0s
      takes fast
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      4 Patched at 0s fast (deprecated)
      next due at 5s
    > redeploy 1: drop fast
    ");
}

#[test]
fn an_old_run_meets_a_deprecation() {
    let told = story("start; activate: timer nap 5s; redeploy 1: patch fast deprecated; wait 5s; activate: complete");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > redeploy 1: patch fast deprecated
      declines fast
    > wait 5s
      4 TimerFired at 5s #1
      nothing is due
    > activate: complete
      told: timer #1 fired
      5 Activated at 5s
      6 RunCompleted at 5s
      announce: Completed
    ");
}

#[test]
fn a_path_may_be_deprecated_while_it_is_taken() {
    let told = divergence(
        "start; activate: patch fast, timer nap 5s",
        &["patch fast deprecated, timer nap 5s"],
    );
    assert_snapshot!(told, @"no divergence");
}

#[test]
fn code_that_no_longer_asks_for_a_path_that_was_taken() {
    let told = divergence("start; activate: patch fast, timer nap 5s", &["timer nap 5s"]);
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: Patched
      asked:    TimerStarted
      ≠ patch id: recorded fast, asked -
      ≠ operation: recorded -, asked 1
      ≠ duration: recorded -, asked 5000 ms
    ");
}

#[test]
fn code_that_no_longer_asks_for_a_path_at_the_end() {
    let told = divergence("start; activate: timer nap 5s, patch fast", &["timer nap 5s"]);
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 4
      recorded: Patched
      asked:    nothing more in this activation
      ≠ patch id: recorded fast, asked -
    ");
}

#[test]
fn code_that_asks_for_a_path_too_late() {
    let told = divergence(
        "start; activate: patch fast, timer nap 5s",
        &["timer nap 5s, patch fast"],
    );
    assert_snapshot!(told, @"
    the workflow's code no longer does what its history says, at event 3
      recorded: Patched
      asked:    TimerStarted
      ≠ patch id: recorded fast, asked -
      ≠ operation: recorded -, asked 1
      ≠ duration: recorded -, asked 5000 ms
    ");
}

#[test]
fn after_the_outcome_no_path_is_new() {
    let told = story("start; activate: complete, patch fast");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: complete, patch fast
      told: start order at 0s
      declines fast
      2 Activated at 0s
      3 RunCompleted at 0s
      announce: Completed
    ");
}
