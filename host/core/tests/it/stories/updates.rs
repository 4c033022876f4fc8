//! Updates: messages with an answer.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn an_update_is_answered() {
    let told = story("start; activate:; update set u1; activate: answer u1 done");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > update set u1
      3 UpdateAccepted at 0s set u1
    > activate: answer u1 done
      told: update set u1
      4 Activated at 0s
      5 UpdateCompleted at 0s u1 completed with done
      announce: update u1
    ");
}

#[test]
fn an_update_is_answered_later() {
    let told = story("start; activate: timer nap 5s; update set u1; activate:; wait 5s; activate: answer u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 TimerStarted at 0s #1 for 5s
      next due at 5s
    > update set u1
      4 UpdateAccepted at 0s set u1
    > activate:
      told: update set u1
      5 Activated at 0s
    > wait 5s
      6 TimerFired at 5s #1
      nothing is due
    > activate: answer u1
      told: timer #1 fired
      7 Activated at 5s
      8 UpdateCompleted at 5s u1 completed
      announce: update u1
    ");
}

#[test]
fn an_update_fails() {
    let told = story("start; activate:; update set u1; activate: reject u1 too-late");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > update set u1
      3 UpdateAccepted at 0s set u1
    > activate: reject u1 too-late
      told: update set u1
      4 Activated at 0s
      5 UpdateCompleted at 0s u1 failed: too-late
      announce: update u1
    ");
}

#[test]
fn an_update_that_comes_again_is_taken_once() {
    let told = story(
        "start; update set u1; update set u1; activate: answer u1; update set u1; evict; update set u1;
         activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > update set u1
      a duplicate
    > activate: answer u1
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 UpdateCompleted at 0s u1 completed
      announce: update u1
    > update set u1
      a duplicate
    > evict
    > update set u1
      a duplicate
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn an_update_is_recognised_after_the_end() {
    let told = story("start; update set u1; activate: answer u1 done, complete; evict; update set u1; update set u2");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > activate: answer u1 done, complete
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 UpdateCompleted at 0s u1 completed with done
      5 RunCompleted at 0s
      announce: update u1
      announce: Completed
    > evict
    > update set u1
      a duplicate
    > update set u2
      refused: the run is closed
    ");
}

#[test]
fn an_answer_comes_once() {
    let told = story("start; update set u1; activate: answer u1, answer u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > activate: answer u1, answer u1
      misuse: an answer to an update that is not pending
    ");
}

#[test]
fn an_answer_comes_once_in_all_activations() {
    let told = story("start; update set u1; activate: answer u1; signal go; activate: reject u1 late");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > activate: answer u1
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 UpdateCompleted at 0s u1 completed
      announce: update u1
    > signal go
      5 SignalReceived at 0s go
    > activate: reject u1 late
      misuse: an answer to an update that is not pending
    ");
}

#[test]
fn nobody_asked_for_the_answer() {
    let told = story("start; activate: answer u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: answer u1
      misuse: an answer to an update that is not pending
    ");
}

#[test]
fn a_run_may_end_without_the_answer() {
    let told = story("start; update set u1; activate: complete; update set u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > activate: complete
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 RunCompleted at 0s
      announce: Completed
    > update set u1
      a duplicate
    ");
}

#[test]
fn an_answer_after_the_outcome() {
    let told = story("start; update set u1; activate: complete, answer u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > activate: complete, answer u1
      misuse: a command after the run's outcome; complete, fail, cancelled or continue-as-new come last, and once
    ");
}

#[test]
fn an_update_that_was_not_durable_is_new_again() {
    let told = story("start; activate:; undurable update set u1; crash; update set u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate:
      told: start order at 0s
      2 Activated at 0s
    > undurable update set u1
    > crash
    > update set u1
      3 UpdateAccepted at 0s set u1
    ");
}

#[test]
fn an_answer_that_was_not_durable_is_given_again() {
    let told = story("start; update set u1; undurable activate: answer u1 done; crash; activate: answer u1 done");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > undurable activate: answer u1 done
      told: start order at 0s
      told: update set u1
    > crash
    > activate: answer u1 done
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 UpdateCompleted at 0s u1 completed with done
      announce: update u1
    ");
}

#[test]
fn a_trap_answers_nothing() {
    let told = story("start; update set u1; trap: answer u1; activate: answer u1");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > update set u1
      2 UpdateAccepted at 0s set u1
    > trap: answer u1
    > activate: answer u1
      told: start order at 0s
      told: update set u1
      3 Activated at 0s
      4 UpdateCompleted at 0s u1 completed
      announce: update u1
    ");
}
