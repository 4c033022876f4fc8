//! Messages to other runs.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_signal_arrives() {
    let told = story("start; activate: signal-to note other-1 hello; activate:; delivered note; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > activate:
      there is nothing to tell the guest
    > delivered note
      4 ExternalResolved at 0s #1 Ok(())
    > activate:
      told: #1 arrived
      5 Activated at 0s
    ");
}

#[test]
fn a_signal_finds_nobody() {
    let told = story("start; activate: signal-to note other-1 hello; not-found note; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > not-found note
      4 ExternalResolved at 0s #1 Err(NotFound)
    > activate:
      told: #1 did not arrive: there is no open run of workflow "other-1" that could take the message
      5 Activated at 0s
    "#);
}

#[test]
fn a_request_to_cancel_arrives() {
    let told = story("start; activate: cancel-to stop other-1; delivered stop; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: cancel-to stop other-1
      told: start order at 0s
      2 Activated at 0s
      3 ExternalCancelInitiated at 0s #1 to other-1: no longer needed
      to other-1: cancel from #1: no longer needed, to be answered
    > delivered stop
      4 ExternalResolved at 0s #1 Ok(())
    > activate:
      told: #1 arrived
      5 Activated at 0s
    ");
}

#[test]
fn a_request_to_cancel_finds_nobody() {
    let told = story("start; activate: cancel-to stop other-1 child-only; not-found stop; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: cancel-to stop other-1 child-only
      told: start order at 0s
      2 Activated at 0s
      3 ExternalCancelInitiated at 0s #1 to other-1 (only a child): no longer needed
      to other-1: cancel from #1: no longer needed, if a child, to be answered
    > not-found stop
      4 ExternalResolved at 0s #1 Err(NotFound)
    > activate:
      told: #1 did not arrive: there is no open run of workflow "other-1" that could take the message
      5 Activated at 0s
    "#);
}

#[test]
fn a_signal_is_given_up() {
    let told = story(
        "start; activate: signal-to note other-1 hello; signal go; activate: cancel note; delivered note;
         activate:; not-found note; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > signal go
      4 SignalReceived at 0s go
    > activate: cancel note
      told: signal go
      5 Activated at 0s
      6 ExternalCancelled at 0s #1
    > delivered note
    > activate:
      told: #1 did not arrive: the message to workflow "other-1" was cancelled
      7 Activated at 0s
    > not-found note
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn a_signal_is_given_up_in_the_activation_that_sends_it() {
    let told = story(
        "start; activate: signal-to note other-1 hello, cancel note, cancel note; delivered note;
         activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello, cancel note, cancel note
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      4 ExternalCancelled at 0s #1
      to other-1: signal hello from #1
    > delivered note
    > activate:
      told: #1 did not arrive: the message to workflow "other-1" was cancelled
      5 Activated at 0s
    "#);
}

#[test]
fn a_request_to_cancel_is_given_up() {
    let told = story("start; activate: cancel-to stop other-1; signal go; activate: cancel stop; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: cancel-to stop other-1
      told: start order at 0s
      2 Activated at 0s
      3 ExternalCancelInitiated at 0s #1 to other-1: no longer needed
      to other-1: cancel from #1: no longer needed, to be answered
    > signal go
      4 SignalReceived at 0s go
    > activate: cancel stop
      told: signal go
      5 Activated at 0s
      6 ExternalCancelled at 0s #1
    > activate:
      told: #1 did not arrive: the message to workflow "other-1" was cancelled
      7 Activated at 0s
    "#);
}

#[test]
fn answers_that_come_again_are_ignored() {
    let told = story(
        "start; activate: signal-to note other-1 hello; delivered note; delivered note; not-found note;
         activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > delivered note
      4 ExternalResolved at 0s #1 Ok(())
    > delivered note
    > not-found note
    > activate:
      told: #1 arrived
      5 Activated at 0s
    ");
}

#[test]
fn what_was_answered_is_not_given_up() {
    let told = story("start; activate: signal-to note other-1 hello; delivered note; activate: cancel note; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > delivered note
      4 ExternalResolved at 0s #1 Ok(())
    > activate: cancel note
      told: #1 arrived
      5 Activated at 0s
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn answers_to_nothing_are_ignored() {
    let told = story(
        "start; activate: schedule charge, timer nap 5s; delivered charge; delivered nap; delivered #9;
         activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: schedule charge, timer nap 5s
      told: start order at 0s
      2 Activated at 0s
      3 ActivityScheduled at 0s #1 charge
      4 TimerStarted at 0s #2 for 5s
      offer: #1 attempt 1
      next due at 5s
    > delivered charge
    > delivered nap
    > delivered #9
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn a_closed_run_hears_no_answers() {
    let told = story("start; activate: signal-to note other-1 hello, complete; delivered note");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: signal-to note other-1 hello, complete
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      4 RunCompleted at 0s
      to other-1: signal hello from #1
      announce: Completed
    > delivered note
      refused: the run is closed
    ");
}

#[test]
fn messages_are_sent_again_only_if_they_were_lost() {
    let told = story(
        "start; undurable activate: signal-to note other-1 hello; crash;
         activate: signal-to note other-1 hello; crash; evict; delivered note",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > undurable activate: signal-to note other-1 hello
      told: start order at 0s
    > crash
    > activate: signal-to note other-1 hello
      told: start order at 0s
      2 Activated at 0s
      3 ExternalSignalInitiated at 0s #1 hello to other-1
      to other-1: signal hello from #1
    > crash
    > evict
    > delivered note
      4 ExternalResolved at 0s #1 Ok(())
    ");
}
