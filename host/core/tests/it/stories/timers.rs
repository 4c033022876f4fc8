//! Timers.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_timer_fires_once() {
    assert_snapshot!(story("start; activate: timer nap 5s; wait 4s; wait 1s; wait 60s; activate:"), @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > wait 4s
    > wait 1s
      4 TimerFired at 5s #1
      nothing is due
    > wait 60s
    > activate:
      told: timer #1 fired
      5 Activated at 65s
    ");
}

#[test]
fn a_timer_of_zero_fires_at_the_next_look_at_the_clock() {
    assert_snapshot!(story("start; activate: timer nap 0s; activate:; wait 0s; activate:"), @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 0s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 0s
      next due at 0s
    > activate:
      there is nothing to tell the guest
    > wait 0s
      4 TimerFired at 0s #1
      nothing is due
    > activate:
      told: timer #1 fired
      5 Activated at 0s
    ");
}

#[test]
fn a_cancelled_timer_is_silent() {
    let told =
        story("start; activate: timer nap 5s; signal wake; activate: cancel nap, cancel nap; wait 60s; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > signal wake
      4 SignalReceived at 0s wake
    > activate: cancel nap, cancel nap
      told: signal wake
      5 Activated at 0s
      6 TimerCancelled at 0s #1
      nothing is due
    > wait 60s
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn a_timer_is_cancelled_where_it_was_started() {
    assert_snapshot!(story("start; activate: timer nap 5s, cancel nap"), @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s, cancel nap
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      4 TimerCancelled at 0s #1
    ");
}

#[test]
fn cancelling_a_timer_that_has_fired_does_nothing() {
    assert_snapshot!(story("start; activate: timer nap 5s; wait 5s; activate: cancel nap"), @"
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
    > activate: cancel nap
      told: timer #1 fired
      5 Activated at 5s
    ");
}
